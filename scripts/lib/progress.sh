# progress.sh - what is remembered of how far the learner is. Sourced, after labs.sh.
#
# One text file, .racelab/progress.txt (RACELAB_HOME names another folder): a line
# for each lab that was begun. It is the learner's: a line that is no such line,
# or the second of one lab, stays where it is, byte for byte, and a note says so.
# A writer holds the lock, writes a file beside it, sees it on the disk, and
# renames it: who is killed at any point leaves the old file or the new one.
# shellcheck shell=bash

home=${RACELAB_HOME:-$root/.racelab}
progress_file=$home/progress.txt

# After the slug: state, tries, hints shown, first try, solved, judged, # remark
progress_when='[[:blank:]]+(-|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]+)?)'
progress_shape="[[:blank:]]+(new|tried|partly|solved)([[:blank:]]+[0-9]{1,9}){2}($progress_when){2}"
progress_shape+='[[:blank:]]+(-|[0-9a-f]{12})[[:space:]]*([[:blank:]]#.*)?$'

# progress_of LAB: sets state, tries, hints, first, solved, judged, remark; and
# line, its number in the file, or 0
progress_of() {
    local found
    state=new tries=0 hints=0 first=- solved=- judged=- remark='' line=0
    found=$(grep -anEm 1 -- "^$1$progress_shape" "$progress_file" 2>/dev/null) || return 0
    line=${found%%:*}
    read -r _ state tries hints first solved judged remark <<<"${found#*:}"
    tries=$((10#$tries)) hints=$((10#$hints)) judged=${judged%$'\r'}
}

# progress_change LAB FUNCTION [ARGUMENT...]: FUNCTION sets what progress_of set, and
# all of it is written. 1, and a note, when it cannot be.
progress_change() {
    if ! mkdir -p "$home" 2>/dev/null || [ ! -w "$home" ]; then
        note "cannot write to $(short "$home"): this is not remembered"
        return 1
    fi
    (
        flock -w 30 9 || { note "$(short "$home")/lock is held by somebody: this is not remembered"; exit 1; }
        progress_of "$1"
        "${@:2}"
        progress_text "$1" >"$progress_file.new" && sync "$progress_file.new" &&
            mv -fT "$progress_file.new" "$progress_file" && sync "$home"
    ) 9>>"$home/lock" || return
    progress_doubts
}

# progress_text LAB: the whole file, with the line of LAB as it is now
progress_text() {
    if [ ! -s "$progress_file" ]; then progress_manual
    elif [ "$line" -gt 0 ]; then head -n $((line - 1)) "$progress_file"
    else grep -a '' "$progress_file"; fi || return # grep ends the last line, if nothing does
    printf '%-24s %-7s %5d %6d  %-16s  %-16s  %-12s%s\n' "$1" "$state" "$tries" "$hints" \
        "$first" "$solved" "$judged" "${remark:+  $remark}"
    [ "$line" -eq 0 ] || tail -n +$((line + 1)) "$progress_file"
}

progress_manual() {
    cat <<'TEXT'
# How far you are, one line for each lab you began. `make check` and `make hint` write
# it, `make list` shows it. It is yours: change a line, or delete it to begin anew. What
# follows a # at a line's end is a remark of yours, and stays.
# state: new (only hints were read), tried, partly (accepted by all tools that can run
# here; some cannot), solved. tries: different repairs that compiled and were judged,
# until it was solved. judged: what map.c was then (sha256).
#
# lab                    state   tries  hints  first try         solved            judged
TEXT
}

# One note when lines of the file are not understood
progress_doubts() {
    local odd good="[^[:space:]#]+$progress_shape"
    odd=$({ grep -anvE "^([[:space:]]*(#.*)?\$|$good)" "$progress_file"
            grep -anE "^$good" "$progress_file" | awk -F'[: \t]' 'seen[$2]++'; } 2>/dev/null |
        cut -d : -f 1 | sort -n | paste -sd ,)
    [ -z "$odd" ] || note "$(short "$progress_file"): not understood, and kept as it is: line ${odd//,/, }"
}

# progress_judged STATUS FINGERPRINT, for progress_change: the judge gave STATUS of the
# map.c with that fingerprint
progress_judged() {
    local now
    now=$(date +%Y-%m-%dT%H:%M)
    [ "$first" != - ] || first=$now
    [[ $state = solved || $judged = "$2" ]] || tries=$((tries + 1))
    judged=$2
    case $state/$1 in
    solved/*) ;; # and stays so, whatever is tried on it afterwards
    */0) state=solved solved=$now ;;
    */3) state=partly ;;
    partly/124) ;;
    *) state=tried ;;
    esac
}

# progress_hinted N, for progress_change: hint N was shown
progress_hinted() { [ "$1" -le "$hints" ] || hints=$1; }

# tries_and_hints: "3 tries, 1 hint"
tries_and_hints() {
    printf '%d %s, %d %s\n' "$tries" "$([ "$tries" -eq 1 ] && echo try || echo tries)" \
        "$hints" "$([ "$hints" -eq 1 ] && echo hint || echo hints)"
}
