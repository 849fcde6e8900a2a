# recorded.sh - what traces/ has of a lab besides the tools' reports. Sourced by traces.sh,
# in the root.
# shellcheck shell=bash

# A failing schedule, shrunk, as explore tells it.
schedule() { # LAB
    build "build/explore/labs/$1/lab"
    build build/bin/explore
    COLUMNS=80 build/bin/explore --jobs 1 -- "build/explore/labs/$1/lab" >"traces/$1/schedule.txt"
    # the failure alone, in words: who crossed whom
    COLUMNS=80 build/bin/explore --jobs 1 --no-races -- "build/explore/labs/$1/lab" |
        awk 'BEGIN { RS = ""; ORS = "\n\n" } NR == 1; NR == 3' |
        sed '/^  the threads at the end/,$d; /^  at the end:/,$d' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >"traces/$1/crossing.txt"
}

# The verdict on the first wrong repair that only a schedule is sure to break.
check() { # LAB
    build build/bin/judge
    build/bin/judge --map "$(grep -l 'rejected by: explore' "solutions/$1"/wrong/*.c | head -n 1)" "$1" >"traces/$1/check.txt"
}
