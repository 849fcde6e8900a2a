#!/usr/bin/env bash
# editor.sh - write compile_commands.json, from which editors know how C is compiled.
#
# usage: scripts/editor.sh        (or: make editor)
#
# What is in it is what make itself would run now, but for flags that only gcc knows:
# each source once, as it is compiled to be run as it is, rather than for a detector or
# the explorer. clangd finds the file by itself (in Vim, Emacs, Helix, and VS Code with
# its extension). A new lab or source needs this once more. Git ignores the file.
#
# Exit status: 0 written; 2 used wrongly; 3 make cannot say how it would compile.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
case ${1-} in --help) manual ;; --version) said_version ;; ?*) wrong "unknown argument '$1'" ;; esac
cd "$root" || exit

file=compile_commands.json
# -B: everything, even what is built; -n: said, and not done
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -Bn tests 2>/dev/null |
    sed -n 's/[\\"]/\\&/g; s/ -fno-tree-[^ ]*//; s/^.* -c \([^ ]*\.c\) -o build\/\([a-z]*\)\/[^ ]*$/\2 \1 &/p' |
    awk -v root="$root" '
        BEGIN { n = split("plain tool rt asan", mode) }
        { for (i = 1; i <= n; i++) if ($1 == mode[i] && (!best[$2] || i < best[$2])) {
              if (!best[$2]) source[++count] = $2
              best[$2] = i
              command[$2] = substr($0, length($1 $2) + 3)
          } }
        END {
            print "["
            for (i = 1; i <= count; i++)
                printf "  { \"directory\": \"%s\",\n    \"file\": \"%s\",\n    \"command\": \"%s\" }%s\n",
                       root, source[i], command[source[i]], i < count ? "," : ""
            print "]"
            exit !count
        }' >$file.new
if [ "${PIPESTATUS[*]}" != '0 0 0' ]; then
    rm -f $file.new
    environment 'make cannot say how it would compile: make -n tests shows why'
fi
mv -f $file.new $file
echo "$file: how $(grep -c '"file":' $file) sources are compiled"
