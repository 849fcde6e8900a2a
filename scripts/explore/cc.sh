#!/usr/bin/env bash
# cc.sh - a C compiler whose programs can be explored.
#
# usage: CC=scripts/explore/cc.sh make          or: ./configure CC=…/cc.sh
#        scripts/explore/cc.sh [--cc COMPILER] ARG...
#
# Compiles with -fsanitize=thread, and links the explorer's runtime where that would
# link libtsan. COMPILER (or EXPLORE_CC) is gcc, clang, g++ or clang++ of any version;
# without it gcc, or g++ when called for a .cc file. For C++ in a Makefile:
# CXX='scripts/explore/cc.sh --cc g++'.
#
# A program made so runs by itself, too: once, with its threads taking turns.
# Optimisation is yours to choose; -O1 and more can hide a bug that -O0 shows.
#
# Exit status: the compiler's; 3 where the runtime cannot be built.
set -uo pipefail
. "$(dirname "$0")/../lib/common.sh"
case ${1-} in --help) manual ;; --version) [ $# -gt 1 ] || said_version ;; esac

compiler=${EXPLORE_CC-}
if [ "${1-}" = --cc ]; then compiler=${2-}; shift 2; fi

# -fno-ipa-reference: gcc 12 keeps statics in registers across atomics otherwise.
# -fno-builtin-…: gcc expands memcpy and its kin in place, where nobody sees them.
instrument=(-fsanitize=thread -fno-omit-frame-pointer -g)
builtins=(-fno-builtin-mem{cpy,move,set,cmp,chr} -fno-builtin-str{len,cpy,ncpy,cat,cmp,ncmp,chr,dup})

# What is to be done: link, or less? And which of the words are sources?
link=yes sources=() others=() output='' words=0 cxx=''
while [ $# -gt 0 ]; do
    case $1 in
    -c | -S | -E | -M | -MM | -fsyntax-only) link='' ; others+=("$1") ;;
    -shared | -r) link=shared; others+=("$1") ;;
    -o) output=${2-}; shift ;;
    -o?*) output=${1#-o} ;;
    -fsanitize=thread | -fsanitize=thread,* | -static-libtsan) ;;
    -x | -include | -isystem | -I | -L | -D | -U | -MF | -MT | -MQ | -Xlinker | -T | -idirafter | -iquote)
        others+=("$1" "${2-}"); shift ;;
    *.c) sources+=("$1") ;;
    *.cc | *.cpp | *.cxx | *.C) sources+=("$1"); cxx=yes ;;
    -v | -V | -dumpversion | -dumpmachine | -print-* | --version | -qversion | -###) words=1; others+=("$1") ;;
    *) others+=("$1") ;;
    esac
    shift
done
[ "$compiler" ] || compiler=$([ "$cxx" ] && echo g++ || echo gcc)
case $("$compiler" --version 2>/dev/null | head -n 1) in
*clang*) ;;
'') environment "cannot run $compiler" ;;
*) instrument+=(-fno-ipa-reference "${builtins[@]}") ;;
esac
out=(); [ -z "$output" ] || out=(-o "$output")

if [ "$words" = 1 ] && [ ${#sources[@]} -eq 0 ]; then exec "$compiler" "${others[@]}"; fi
if [ -z "$link" ]; then exec "$compiler" "${instrument[@]}" "${others[@]}" "${sources[@]}" "${out[@]}"; fi

# Sources are compiled first, each by itself: -fsanitize=thread must not be there when
# we link, or libtsan would be, too.
scratch=$(mktemp -d) || exit
trap 'rm -rf "$scratch"' EXIT
objects=() compiling=() n=0
for word in "${others[@]}"; do
    case $word in -l* | -Wl,* | -shared | *.o | *.a | *.so) ;; *) compiling+=("$word") ;; esac
done
pic=(); [ "$link" != shared ] || pic=(-fPIC)
for source in "${sources[@]}"; do
    n=$((n + 1))
    "$compiler" "${instrument[@]}" "${pic[@]}" "${compiling[@]}" -c "$source" -o "$scratch/$n.o" || exit
    objects+=("$scratch/$n.o")
done
if [ "$link" = shared ]; then # its calls are resolved by the program that loads it
    "$compiler" "${objects[@]}" "${others[@]}" "${out[@]}"
    exit
fi
runtime=$root/build/lib/explore-rt.o
[ -f "$runtime" ] || build build/lib/explore-rt.o
"$compiler" "${objects[@]}" "$runtime" "${others[@]}" "${out[@]}" -pthread -ldl -rdynamic -Wl,-z,now \
    -Wl,@"$root/build/lib/explore-wraps"
