# shellcheck shell=bash
# doctor-tools.sh - is it there? The programs, and room for them to work in.

setup='run: sh scripts/setup.sh'

check_tools() {
    version make 'GNU Make' make --version
    version gcc '' gcc -dumpfullversion
    check_clang
    check_gdb
    version valgrind 'valgrind-' valgrind --version
    version eu-unstrip 'eu-unstrip (elfutils)' eu-unstrip --version
    check_criterion
    check_libc_symbols
    check_cpus
    check_room
}

version() { # NAME PREFIX COMMAND...: fine if COMMAND runs; its first line less PREFIX is the version
    local line
    if line=$("${@:3}" 2>/dev/null </dev/null); then
        line=${line%%$'\n'*}
        line=${line#"$2"}
        fine "$1" "${line# }"
    else
        cure "$1" 'missing' "$setup"
    fi
}

check_clang() { # its TSan and gcc's see the same bugs
    if command -v clang >/dev/null; then
        version clang '' clang -dumpversion
    else
        instead clang 'missing' 'gcc does everything; nothing is lost'
    fi
}

check_gdb() {
    local line
    if ! command -v gdb >/dev/null; then
        cure gdb 'missing' "$setup"
    elif line=$(gdb -nx -batch -ex 'python import sys; print(gdb.VERSION, "with Python", sys.version.split()[0])' 2>&1) &&
        [[ $line == *'with Python'* ]]; then
        fine gdb "$line"
    else
        cure gdb 'it has no Python, which the core reader is written in' 'install the gdb package of your distribution, not gdb-minimal'
    fi
}

check_criterion() {
    local line
    if ! command -v pkg-config >/dev/null; then
        cure criterion 'pkg-config, which finds it, is missing' "$setup"
    elif line=$(pkg-config --modversion criterion 2>/dev/null); then
        fine criterion "$line"
    else
        cure criterion 'missing' "$setup"
    fi
}

check_libc_symbols() { # Debian keeps them in a package of their own, by build-id
    local libc id
    libc=$(ldd "$BASH" 2>/dev/null | sed -n 's/.*=> \(.*libc\.so[^ ]*\).*/\1/p')
    id=$(readelf -n "$libc" 2>/dev/null | sed -n 's/.*Build ID: //p')
    if [ -e "/usr/lib/debug/.build-id/${id:0:2}/${id:2}.debug" ] || readelf -S "$libc" 2>/dev/null | grep debug_info >/dev/null; then
        fine 'libc symbols' 'there'
    else
        cure 'libc symbols' 'missing: reports and cores cannot name libc functions' "$setup (elsewhere than on Debian: install glibc's debuginfo)"
    fi
}

check_cpus() {
    local cpus
    cpus=$(nproc)
    if [ "$cpus" -gt 1 ]; then
        fine CPUs "$cpus"
    else
        instead CPUs '1: threads hardly ever meet, so plain runs seldom crash' \
            'the schedule explorer and the detectors need one only: make explore, make tsan'
    fi
}

check_room() { # Helgrind takes 8 times a program's memory; builds and cores take disk
    local memory disk
    memory=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' "$proc/meminfo" 2>/dev/null)
    memory=$((${memory:-0} / 1024))
    disk=$(($(df -Pk "$scripts" | awk 'END { print $4 }') / 1024))
    if [ "$memory" -lt 512 ] && [ "$memory" -gt 0 ]; then
        cure room "only $memory MiB of memory available" 'close other programs until there are 512 MiB'
    elif [ "$disk" -lt 512 ]; then
        cure room "only $disk MiB of disk free" 'free 512 MiB; build/ can go'
    else
        fine room "$memory MiB of memory and $disk MiB of disk free"
    fi
}
