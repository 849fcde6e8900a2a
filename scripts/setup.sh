#!/bin/sh
# setup.sh - install what racelab needs, and only what is missing.
#
# usage: sh scripts/setup.sh [--dry-run] [lab | watch | test | fuzz | lint | picture]
#
#   lab        what `make` and `make test` use (the default)
#   watch      what `make watch` can use; it works without
#   test       what `make test` can use besides: a browser, Go's pprof, validators
#   fuzz       what `make fuzz` uses
#   lint       what `make lint` uses
#   picture    what redraws the picture in README.md
#   --dry-run  say what is missing, install nothing
#
# Exit status: 0 all there, 2 used wrongly, 3 cannot install (it says what to do).
set -eu

# Groups, package, proof, why. The proof is a command or a header: where it is,
# however it came, the package is not needed. "-" means that only dpkg can tell.
wanted='
lab      gcc              gcc                    compiles the labs; has ThreadSanitizer
lab      make             make                   runs everything
lab      libc6-dev        pthread.h              C headers; gcc only recommends them
lab      gdb              gdb                    opens cores
lab      valgrind         valgrind               is Helgrind and DRD
lab      libc6-dbg        -                      names libc functions in reports
lab      libcriterion-dev criterion/criterion.h  runs the tests
lab      pkg-config       pkg-config             finds Criterion for the compiler
lab      elfutils         eu-unstrip             tells whether a core fits a program
lab      libelf-dev       gelf.h                 reads what a core says of itself
lab      libdw-dev        elfutils/libdwfl.h     names lines and variables of schedules
lab      libexpat1-dev    expat.h                reads the XML of Valgrind
lab      libjansson-dev   jansson.h              writes and reads JSON
lab      libprotobuf-c-dev protobuf-c/protobuf-c.h  writes profiles for pprof
lab      protobuf-c-compiler protoc-c            makes C of their format
lab      zlib1g-dev       zlib.h                 which are compressed
lab      git              git                    knows how a lab was shipped: make check, make reset
watch,test inotify-tools  inotifywait            tells of a save at once, instead of a look twice a second
test     clangd           clangd                 must understand compile_commands.json
test     g++              g++                    compiles programs in C++, whose cores are read
test     golang-go        go                     has pprof, which must read the profiles of walk
test     python3-jsonschema -                    holds JSON and SARIF against their schemas
test     libxml2-utils    xmllint                holds HTML and JUnit against XML
test     jq               jq                     runs the examples of docs/case-format.md
test,fuzz clang           clang                  compiles what the explorer must understand, too; has libFuzzer
fuzz     libclang-rt-dev  -                      is libFuzzer
lint     clang-format     clang-format           checks the layout of C code
lint     clang-tidy       clang-tidy             finds bugs that compilers let pass
lint     cppcheck         cppcheck               finds some more
lint     shellcheck       shellcheck             does the same for scripts
picture  aha              aha                    turns terminal colours into HTML
test,picture chromium     chromium               draws the HTML pages of walk, and the picture
'

# shellcheck source=scripts/lib/apt.sh
. "$(dirname "$0")/lib/apt.sh"

say() { printf '%s\n' "$*"; }
note() { say "setup.sh: $*" >&2; }
die() { status=$1; shift; note "$*"; exit "$status"; }

present() { # PACKAGE PROOF
    case " $installed " in *" $1 "*) return 0 ;; esac
    case $2 in
    -) [ ! "$installed" ] ;; # nobody to ask: scripts/doctor.sh will look
    *.h) say "#include <$2>" | gcc -E - >/dev/null 2>&1 ;;
    *) command -v "$2" >/dev/null ;;
    esac
}

group=lab dry='' sudo=''
for arg; do
    case $arg in
    lab | watch | test | fuzz | lint | picture) group=$arg ;;
    --dry-run) dry=yes ;;
    --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --version) say 'setup.sh (racelab) 1.0'; exit 0 ;;
    *) die 2 "unknown argument '$arg': see --help" ;;
    esac
done

installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null |
    sed -n 's/^installed //p' | tr '\n' ' ')
missing='' list=''
while read -r of package proof why; do
    case ",$of," in *",$group,"*) ;; *) continue ;; esac
    ! present "$package" "$proof" || continue
    missing="$missing $package"
    list="$list$(printf '\n  %-19s  %s' "$package" "$why")"
done <<ROWS
$wanted
ROWS
[ "$missing" ] || { [ ! "$dry" ] || note 'nothing is missing'; exit 0; }

say "racelab needs, by their Debian names:$list"
command -v apt-get >/dev/null || die 3 'no apt-get here: install these with your package manager, then try again'
[ ! "$dry" ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
    sudo=$(command -v sudo) || die 3 "not root, and no sudo. As root: apt-get update && apt-get install --no-install-recommends$missing"
fi
# shellcheck disable=SC2086 # one word per package
apt_install $missing
