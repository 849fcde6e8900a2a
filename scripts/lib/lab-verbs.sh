# lab-verbs.sh - what lab.sh can do with a program: run it, and hold what happens
# against lab.txt. Sourced by lab.sh, which sets lab, side, runs, evidence. Every
# verb exits.
# shellcheck shell=bash

as_claimed() { note "as lab.txt says: $1"; exit 0; }
not_claimed() {
    as_shipped "$lab"
    if [ $? -eq 1 ] && [ "$side" = racy ]; then # 2: git cannot tell
        note "labs/$lab/map.c is yours now; of the one that was shipped, lab.txt says: $1"
        exit 0
    fi
    note "lab.txt of $lab says, of the $side side: $1"
    exit 1
}

# Is it the side that lives?
repaired() { [[ $side = solution || $side = right/* ]]; }

# What shows in half of the runs only may not show in a few: then there are more.
detector() { # TOOL MODE
    local program claim status missing n
    program=$(program_of "$lab" "$side" "$2") || exit
    repaired || export HMAP_CHECK=${HMAP_CHECK-0}
    claim=$(claimed "$lab" "$side" "$1")
    for n in "${runs:-5}" "$more"; do
        [ "$n" -gt 0 ] || break
        "$root/scripts/$1.sh" --runs "$n" --out "$evidence/$1" -- "$program" >"$evidence/verdict"
        status=$?
        [ $status -lt 2 ] || break
        missing=$(findings_meet "$claim" "$evidence/$1/findings.tsv") && break
        [[ $claim != silent && $n != "$more" ]] || break
        note "$missing in $n runs; now $more"
    done
    cat "$evidence/verdict"
    [ $status -lt 2 ] || exit $status
    [ -z "$missing" ] || not_claimed "$missing"
    ! repaired || [ $status -eq 0 ] || not_claimed 'it lives'
    as_claimed "$1: $claim"
}

# One line of `run`: did it end as lab.txt says of this side?
ended_as_claimed() { # HOW VALUE OUTPUT
    local crash says
    ! repaired || { [ "$1 $2" = 'exit 0' ]; return; }
    crash=$(lab_says "$lab" crash) says=$(lab_says "$lab" says)
    [ "$crash" != none ] || { [ "$1 $2" = 'exit 0' ]; return; }
    [[ $1 = signal && "|${crash/hang/SIGABRT}|" = *"|$2|"* ]] || return 1
    [ "$2" != SIGABRT ] || grep -qaF -- "${says// | /$'\n'}" "$3"
}
expectation() { if repaired; then echo 'it lives'; else echo "it dies of $(lab_says "$lab" crash)"; fi; }

# Seeds make it the same on each run: what 300 schedules showed once, they show again.
explore() {
    local program claim missing status
    program=$(program_of "$lab" "$side" explore) || exit
    build build/bin/explore
    cd "$root" || exit
    rm -f "$evidence/explore.json"
    build/bin/explore --schedules "${runs:-20000}" ${bold:+--color always} -- "$(short "$program")"
    status=$?
    [ $status -lt 2 ] || exit $status
    if [ "$side" != racy ]; then
        [ $status -eq 0 ] || not_claimed 'no schedule makes it fail'
        as_claimed 'no schedule makes it fail'
    fi
    claim=$(lab_says "$lab" explore)
    build/bin/explore --json --until end --schedules 300 --output "$evidence/explore.json" -- "$(short "$program")"
    awk -F'"' '$2 == "kind" { kind = $4 } $2 == "pair" { print "1\t" kind "\t" $4 }' "$evidence/explore.json" >"$evidence/explore.tsv"
    missing=$(findings_meet "$claim" "$evidence/explore.tsv") || not_claimed "$missing"
    as_claimed "explore: $claim"
}

crash() {
    local program how value seconds file
    program=$(program_of "$lab" "$side" plain) || exit
    runner --runs "${runs:-20}" --until-signal --no-core --timeout 20 --out "$evidence" -- "$program" >"$evidence/runs.tsv" || exit
    IFS=$'\t' read -r _ how value seconds _ file < <(tail -n 1 "$evidence/runs.tsv")
    cat "$file"
    echo "$how $value after $seconds s" | sed 's/^signal/died of/; s/^exit 0/ended well/'
    if [ "${HMAP_CHECK-}" = 0 ]; then
        note 'lab.txt speaks of runs with the check on'
        exit 0
    fi
    ended_as_claimed "$how" "$value" "$file" || not_claimed "$(expectation)"
    as_claimed "$(expectation)"
}

# "died as claimed in 200 of 200 runs, median 0.009 s (at most 0.1 s)"
rate() {
    local program how value seconds file died=0
    program=$(program_of "$lab" "$side" plain) || exit
    runner --runs "${runs:-200}" --no-core --timeout 20 --out "$evidence" -- "$program" >"$evidence/runs.tsv" || exit
    : >"$evidence/seconds"
    while IFS=$'\t' read -r _ how value seconds _ file; do
        ended_as_claimed "$how" "$value" "$file" || continue
        died=$((died + 1))
        echo "$seconds" >>"$evidence/seconds"
    done <"$evidence/runs.tsv"
    echo "$(repaired && echo lived || echo died) as claimed in $died of ${runs:-200} runs, $(sort -n "$evidence/seconds" |
        awk '{ s[NR] = $1 } END { if (NR) printf "median %.3f s (at most %.3f s)", s[int((NR + 1) / 2)], s[NR] }')"
    [ "$died" -gt 0 ] || not_claimed "$(expectation)"
    exit 0
}

core() {
    local program how value file
    program=$(program_of "$lab" "$side" plain) || exit
    mkdir -p "$evidence/cwd" && cd "$evidence/cwd" && "$root/scripts/core.sh" --out "$evidence/core" -- "$program"
    core_status=$?; cd "$root" || exit
    [ "$core_status" -eq 1 ] || not_claimed "it dies of $(lab_says "$lab" crash)"
    if IFS=$'\t' read -r _ how value _ _ file < <(tail -n 1 "$evidence/core/runs.tsv") && [[ $value = SIG* ]]; then
        ended_as_claimed "$how" "$value" "$file" || not_claimed "$(expectation)" # not so under GDB
    fi
    echo
    on_core "$program" "$evidence/core/core" team 'echo \n' crossing 'echo \n' locks \
        "case $evidence/core/core.json" 2>"$evidence/core/gdb.txt"
    victim=$(sed -n 's/^ *"victim_role": "\(.*\)".*/\1/p' "$evidence/core/core.json")
    [[ "|$(lab_says "$lab" victim | sed 's/ *| */|/g')|" = *"|$victim|"* ]] || not_claimed "the victim is $(lab_says "$lab" victim), not $victim"
    as_claimed "the victim is $victim"
}
