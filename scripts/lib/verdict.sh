# verdict.sh - what some runs under a detector come to, in words. Sourced by
# detector.sh, whose out, tool, runs, started, found, late, died and cure it tells.
# shellcheck shell=bash disable=SC2154

# Lines of `uniq -c`: the most frequent first, but what only tells of a death last.
most_first() {
    awk '{ print (/lock held at exit/ ? 1 : 0) "\t" $0 }' | sort -t$'\t' -k1,1n -k2,2nr | cut -f 2-
}

# How many runs had a finding of each kind: "race in 20 of 20 runs, lock order in 3"
kinds() {
    cut -f 1,2 "$out/findings.tsv" | sort -u | cut -f 2 | sort | uniq -c | most_first |
        awk -v n="$started" '{ c = $1; $1 = ""; printf (NR == 1 ? "%s in %d of %d runs" : ",%s in %d"), $0, c, n }' |
        sed 's/^ //'
}

verdict() {
    colours
    if [ "$started" -eq 0 ]; then
        environment "$tool: could not start in any of $runs runs: $cure"
    fi
    local rest=''
    [ "$started" -eq "$runs" ] || rest="; could not start in $((runs - started))"
    [ "$late" -eq 0 ] || rest="$rest; out of time in $late"
    [ "$died" -eq 0 ] || rest="$rest; died in $died"
    if [ "$found" -gt 0 ]; then
        printf '%s%s: %s%s%s\n' "$red" "$tool" "$(kinds)" "$plain" "$rest"
        cut -f 2,3 "$out/findings.tsv" | sort | uniq -c | most_first | head -n 5 |
            awk -F'\t' -v n="$started" '{ c = $1; sub(/^ *[0-9]+ /, "", $1); sub(/^ */, "", c); sub(/ .*/, "", c)
                                          printf "    %-17s %-31s in %d of %d\n", $1, $2, c, n }'
        status=1
    else
        printf '%s%s: silent in %d of %d: rate below %s at 95%%%s%s\n' "$green" "$tool" "$started" \
            "$started" "$(below "$started")" "$plain" "$rest"
        status=0
        [ "$died" -eq 0 ] || status=1
        [ "$late" -eq 0 ] || status=124
    fi
    note "reports are in $(short "$out")"
    exit "$status"
}
