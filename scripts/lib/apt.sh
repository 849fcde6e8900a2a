# apt.sh - installing packages with apt-get, for setup.sh. Sourced; POSIX sh.
# It uses say, note and die of who sources it, and $sudo.
# shellcheck shell=sh disable=SC2154

apt() { # ARGUMENT...: apt-get, which talks only when it fails and waits for its locks
    for pause in 5 10 20 40 60 0; do # it waits by itself for dpkg's lock, not for its lists'
        $sudo env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -qq -y -o DPkg::Lock::Timeout=120 \
            -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1 </dev/null && return 0
        grep -q 'Could not get lock' "$log" || break
        sleep "$pause"
    done
    tail -n 4 "$log" | sed 's/^/    /' >&2
    return 1
}

apt_install() { # PACKAGE...: exits when it cannot
    log=$(mktemp) clock=''
    trap 'rm -f "$log"; [ ! "$clock" ] || { kill "$clock"; printf "%8s\r" "" >&2; }' EXIT
    trap 'exit 130' INT TERM
    note 'installing these; it takes a minute or two'
    if [ -t 2 ]; then s=0; while sleep 1; do s=$((s + 1)); printf '  %d s\r' "$s" >&2; done & clock=$!; fi

    # One broken source must not stop us when the others have what we need.
    apt update -o APT::Update::Error-Mode=any || note 'the lists could not be read afresh: using what is there'
    apt install --no-install-recommends "$@" && return
    unknown=$(sed -n "s/^E: Unable to locate package //p; s/^E: Package '\(.*\)' has no .*/\1/p" "$log" | tr '\n' ' ')
    [ ! "$unknown" ] || die 3 "apt does not know: $unknown- is the network up? On Ubuntu, enable universe: add-apt-repository universe"
    die 3 'apt-get failed, as said above: mend that, then try again'
}
