# jobs.sh - commands that run beside us, and can be stopped with all that they started.
# Sourced, after common.sh.
#
# A job runs in a session of its own, so that Ctrl-C reaches us alone. All its processes
# have our mark in their environment, wherever they go: into another session, or to init
# when their parent died. When a job ends, the pipe 7 says "NAME ended".
# shellcheck shell=bash

exec 7<> <(:)
jobs_mark=$$-$EPOCHREALTIME
declare -A job=() # NAME: the process that leads it

# start NAME COMMAND...
start() {
    # shellcheck disable=SC2016 # the inner shell's
    RACELAB_JOB=$jobs_mark-$1 setsid bash -c '"${@:2}" 7>&-; echo "$1 ended" >&7' bash "$@" </dev/null &
    job[$1]=$!
}

# Those of job NAME that still run
job_processes() { grep -lazsxF "RACELAB_JOB=$jobs_mark-$1" /proc/[0-9]*/environ | cut -d / -f 3; }

# stop NAME: asks its processes to end; kills those that did not within two seconds
stop() {
    [ -n "${job[$1]-}" ] || return 0
    local -a left
    local tries
    kill -TERM -- "-${job[$1]}" 2>/dev/null || kill -TERM "${job[$1]}" 2>/dev/null
    for ((tries = 0; tries < 40; tries++)); do
        mapfile -t left < <(job_processes "$1")
        [ ${#left[@]} -gt 0 ] || break
        [ $tries -lt 20 ] || kill -KILL "${left[@]}" 2>/dev/null
        sleep 0.1
    done
    wait "${job[$1]}" 2>/dev/null
    unset "job[$1]"
}
