# core-line.sh - is a core whole, and of this program? Sourced by cores.sh.
# shellcheck shell=bash

# One line on a core that is good; exit 2 if it is not.
core_line() { # CORE PROGRAM
    local want have size id fits
    readelf -h "$1" 2>/dev/null | grep 'Type:.*CORE' >/dev/null || wrong "$1 is no core"
    size=$(stat -L -c %s "$1")
    want=$(readelf -lW "$1" 2>/dev/null | awk '$1 ~ /^(LOAD|NOTE)$/ { print $2, $5 }' |
        while read -r offset bytes; do echo $((offset + bytes)); done | sort -n | tail -n 1)
    [ "$size" -ge "${want:-0}" ] || wrong "$1 is cut off: it has $size of ${want} bytes; is the disk full, or the core limit too low?"
    id=$(readelf -n "$2" 2>/dev/null | awk '/Build ID/ { print $3; exit }')
    have=$(eu-unstrip -n --core "$1" 2>/dev/null | awk 'NR == 1 { sub(/@.*/, "", $2); print $2 }')
    if [ -z "$id" ]; then fits="cannot tell whether it is of $(short "$2"): that has no build-id"
    elif [ "$id" = "$have" ]; then fits="complete, of $(short "$2") (build-id ${id:0:8})"
    else wrong "$1 is not of $2: its build-id is ${have:-unknown}, the program's is $id"; fi
    printf '    %s, %s kB, %s\n' "$(short "$1")" $((size / 1024)) "$fits"
}
