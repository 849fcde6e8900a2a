# shellcheck shell=bash
# doctor-cores.sh - does a crash leave a core here, or can gdb write one?
# Where something can be tried harmlessly, it is tried: a file in /proc says what
# is configured, only a trial says what a container lets through.

unconfined='start the container with: --cap-add=SYS_PTRACE --security-opt seccomp=unconfined'
by_gdb='racelab runs the program under gdb, which writes the core itself'

check_cores() {
    check_gdb_start
    check_gdb_attach
    check_core_pattern
    check_core_limit
}

check_gdb_start() { # the way to a core that needs neither a core pattern nor a limit
    traceable=''
    command -v gdb >/dev/null || return # reported above
    if timeout 20 gdb -nx -batch -ex run true 2>&1 </dev/null | grep 'exited normally' >/dev/null; then
        traceable=yes
        fine 'gdb starts' 'it can start a program and watch it'
    else
        instead 'gdb starts' 'ptrace is forbidden here: gdb cannot run a program' \
            'gdb opens the cores that the kernel writes; for that it needs no ptrace'
    fi
}

check_gdb_attach() {
    local scope child
    [ "$traceable" ] || return
    scope=$(cat "$proc/sys/kernel/yama/ptrace_scope" 2>/dev/null)
    sleep 30 & child=$!
    if [ "${scope:-0}" -lt 2 ] && timeout 20 gdb -nx -batch -p "$child" </dev/null 2>&1 | grep 'Inferior 1.*detached' >/dev/null; then
        fine 'gdb attaches' "it can open a program that hangs (ptrace_scope ${scope:-absent})"
    else
        instead 'gdb attaches' "it may not open a running program (ptrace_scope ${scope:-absent})" \
            'a watchdog in each lab aborts a program that hangs, and that leaves a core'
    fi
    kill "$child"
    wait "$child" 2>/dev/null
}

no_core() { # NAME DETAIL: gdb can stand in for the kernel, unless it may not trace
    if [ "$traceable" ]; then instead "$1" "$2" "$by_gdb"; else cure "$1" "$2" "$unconfined"; fi
}

check_core_pattern() {
    local name='core pattern' pattern directory
    pattern=$(cat "$proc/sys/kernel/core_pattern" 2>/dev/null)
    directory=$(dirname "${pattern%%%*}x") # up to the first field that the kernel fills in
    case $pattern in
    '') no_core "$name" 'empty or hidden: the kernel writes no core' ;;
    '|'*systemd-coredump*) no_core "$name" 'piped to systemd-coredump (see: coredumpctl list)' ;;
    '|'*apport*) no_core "$name" 'piped to apport, which may drop the core' ;;
    '|'*) no_core "$name" "piped to ${pattern#|}, perhaps outside of this container" ;;
    /*%*/*) no_core "$name" "$pattern: its directory differs from program to program" ;;
    /*)
        if [ ! -d "$directory" ]; then
            no_core "$name" "$pattern: there is no directory $directory"
        elif [ ! -w "$directory" ]; then
            no_core "$name" "$pattern: you cannot write in $directory"
        else
            fine "$name" "$pattern: cores go to $directory"
        fi ;;
    *)
        if [ "$proc" != /proc ] || kernel_dumps; then
            fine "$name" "$pattern: a core lands where the program ran"
        else
            no_core "$name" "$pattern: but a program that crashed just now left no core"
        fi ;;
    esac
}

kernel_dumps() { # crashes a program; the shell's notice tells whether the kernel dumped it
    [ "$(ulimit -H -c)" = 0 ] && return # check_core_limit's business
    (cd "$tmp" && ulimit -S -c hard; bash -c 'sh -c "kill -SEGV \$\$"; true' 2>&1) | grep 'core dumped' >/dev/null
}

check_core_limit() { # racelab raises the soft limit itself, as far as the hard one lets it
    local soft hard enough=262144 # KiB; the cores here are some 20 MiB
    soft=$(ulimit -S -c) hard=$(ulimit -H -c)
    if [ "$hard" = unlimited ] || [ "$hard" -ge "$enough" ]; then
        fine 'core limit' "$soft; racelab raises it to $hard for what it runs"
    elif [ "$hard" -eq 0 ]; then
        no_core 'core limit' '0, and only root can raise it: the kernel writes no core'
    else
        no_core 'core limit' "$hard KiB, and only root can raise it: a core may be cut short"
    fi
}
