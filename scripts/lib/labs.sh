# labs.sh - finding labs, and what their lab.txt says. Sourced, after common.sh.
# shellcheck shell=bash

# For tests, RACELAB_CLAIMS names a lab.txt to believe in place of the lab's own.

all_labs() { for dir in "$root"/labs/*/lab.txt; do basename "$(dirname "$dir")"; done; }

# The labs in the order to learn them in: that of the table in labs/README.md; then
# those that are not in it
path_labs() {
    { sed -n 's#^| *\[[^]]*\](\([^/)]*\)/).*#\1#p' "$root/labs/README.md"; all_labs; } | awk '!seen[$0]++' |
        while read -r lab; do [ ! -f "$root/labs/$lab/lab.txt" ] || echo "$lab"; done
}

# lab_find TEXT: the one lab that TEXT is the number, the slug or a part of; or a
# folder or file of which (an editor knows the path of what is open)
lab_find() {
    local found
    [ -n "${1-}" ] || wrong 'which lab? LAB=01, or a part of its name'
    if [[ $1 = . || $1 = */* ]]; then
        found=$(realpath -m -- "$1")
        [[ $found/ =~ .*/(labs|solutions|traces)/([^/]+)/ ]] && set -- "${BASH_REMATCH[2]}"
    fi
    found=$(all_labs | grep -E -- "^0?$1(-|\$)" || all_labs | grep -F -- "$1")
    case $(wc -w <<<"$found") in
    1) echo "$found" ;;
    0) wrong "no lab is called '$1': make list shows them" ;;
    *) wrong "'$1' may be any of: ${found//$'\n'/ }" ;;
    esac
}

# lab_says LAB KEY: what lab.txt has after "KEY: ", or nothing
lab_says() { sed -n "s/^$2: *//p" "${RACELAB_CLAIMS:-$root/labs/$1/lab.txt}" | head -n 1; }

# as_shipped LAB: 0: its map.c is the one in git; 1: it is not; 2: git cannot tell
as_shipped() {
    git -C "$root" cat-file -e "HEAD:./labs/$1/map.c" 2>/dev/null || return 2
    git -C "$root" cat-file --filters "HEAD:./labs/$1/map.c" 2>/dev/null | cmp -s - "$root/labs/$1/map.c" || return 1
}

# side_of LAB SIDE: its folder under build/<mode>. SIDE is racy, solution,
# wrong/NAME, right/NAME, or unannotated: the solution without its words to Valgrind
side_of() {
    case $2 in
    racy) echo "labs/$1" ;;
    solution | unannotated) echo "solutions/$1" ;;
    wrong/* | right/*)
        [ -f "$root/solutions/$1/$2.c" ] || wrong "no such ${2%%/*} repair: $2"
        echo "solutions/$1/$2" ;;
    *) wrong "SIDE is racy or solution, not '$2'" ;;
    esac
}

# program_of LAB SIDE MODE [lab|rules]: its path, built
program_of() {
    local program name=${4-lab}
    [ "$2" != unannotated ] || name='lab-unannotated'
    program=build/$3/$(side_of "$1" "$2")/$name || exit
    build "$program"
    echo "$root/$program"
}

# claimed LAB SIDE TOOL: what that side should show. A solution shows nothing.
claimed() {
    case $2 in
    solution | right/*) echo silent ;;
    unannotated) lab_says "$1" "unannotated-$3" ;;
    *) lab_says "$1" "$3" ;;
    esac
}

# findings_meet CLAIM FILE: does FILE (run, kind, functions) hold every finding
# of CLAIM, in any run - or none at all, where CLAIM is "silent"? Says which not.
findings_meet() {
    local finding kind pair all=0
    local -a wanted
    if [ "$1" = silent ]; then
        [ -s "$2" ] || return 0
        echo "silent, but $(cut -f 2,3 "$2" | sort | uniq -c | sort -rn | awk 'NR == 1 { $1 = ""; sub(/^ /, ""); print }') was found"
        return 1
    fi
    [ -n "$1" ] || { echo 'nothing: lab.txt has no line for it'; return 1; }
    IFS=, read -ra wanted <<<"$1"
    for finding in "${wanted[@]}"; do
        finding=${finding# }
        kind=${finding% *} pair=${finding##* }
        awk -F'\t' -v kind="$kind" -v a="${pair%/*}" -v b="${pair#*/}" -v one="$([[ $pair == */* ]] || echo yes)" '
            $2 == kind && ($3 == a "/" b || $3 == b "/" a || (one && ("/" $3 "/") ~ ("/" a "/"))) { yes = 1 }
            END { exit !yes }' "$2" || { echo "$finding, which was not found"; all=1; }
    done
    return $all
}

# on_core PROGRAM CORE COMMAND...: what GDB prints of its own and our commands
on_core() {
    local -a commands=()
    local c
    for c in "${@:3}"; do commands+=(-ex "$c"); done
    gdb -batch -nx -ex "source $root/scripts/gdb/racelab.py" -ex 'echo ---\n' "${commands[@]}" "$1" "$2" | sed '1,/^---$/d'
}

# walk_lab LAB OPTION...: the case of its racy side, from what is in its evidence
walk_lab() {
    local evidence=build/evidence/$1/racy tool file look
    local -a arguments=(--lab "labs/$1/lab.txt" --core "$evidence/core/core" --exe "build/plain/labs/$1/lab") looks=()
    for tool in tsan helgrind drd; do
        while IFS=$'\t' read -r _ _ _ _ _ file; do # of the last time; older runs may lie there, too
            arguments+=("--$tool" "${file#"$root"/}")
        done <"$evidence/$tool/runs.tsv"
    done
    [ ! -s "$evidence/explore.json" ] || arguments+=(--schedule "$evidence/explore.json")
    IFS=';' read -ra looks <<<"$(lab_says "$1" look)"
    for look in "${looks[@]}"; do arguments+=(--look "${look# }"); done
    (cd "$root" && walk "${arguments[@]}" "${@:2}")
}
