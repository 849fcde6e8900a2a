#!/usr/bin/env bash
# try-chroot.sh - try the README's commands where nothing is installed.
#
# usage: scripts/try-chroot.sh [OPTION...] [-- COMMAND...]
#
#   --suite NAME   what to debootstrap (default: bookworm)
#   --mirror URL   from where (default: this system's own source for that suite)
#   --base DIR     start from this bare tree, which stays as it is; no debootstrap
#   --user         run as a plain user with sudo, not as root
#
# COMMAND runs in a fresh clone of the last commit, by `sh -c` if it is one word
# (default: "sh scripts/setup.sh && make"). Exit status: that of COMMAND;
# 2 used wrongly, 3 cannot make the chroot. All mounts live in a namespace of
# their own, so they vanish with it, whatever happens.
set -euo pipefail

note() { printf 'try-chroot.sh: %s\n' "$*" >&2; }
die() { note "${@:2}"; exit "$1"; }

# Inside the namespace: put the tree together and run the command in it.
inside() { # WORK BASE USER COMMAND...
    local work=$1 base=$2 user=$3 root=$1/root home=/root begin status=0
    shift 3
    trap 'exit 143' TERM INT
    if [ -n "$base" ]; then
        mkdir "$work/changes" "$work/overlay"
        mount -t overlay -o "lowerdir=$base,upperdir=$work/changes,workdir=$work/overlay" overlay "$root" 2>/dev/null ||
            cp -a --reflink=auto "$base/." "$root"
    fi
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount --rbind /dev "$root/dev"
    cp -L --remove-destination /etc/resolv.conf "$root/etc/resolv.conf"
    # What this system needs to reach its mirror (a proxy, a lenient date check), the chroot needs too.
    apt-config dump Acquire | grep -E '^Acquire::(https?|Check|Retries)' >"$root/etc/apt/apt.conf.d/99host" || true

    local as=(env -i HOME=/root USER=root LANG=C.UTF-8 TERM="${TERM:-dumb}" PATH=/usr/sbin:/usr/bin:/sbin:/bin)
    local chroot=(chroot "$root" "${as[@]}")
    if [ -n "$user" ]; then
        home=/home/$user
        note 'installing sudo'
        "${chroot[@]}" sh -ec "apt-get -qq update
            DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends sudo
            useradd -m $user && echo '$user ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/$user" >"$work/log" 2>&1 ||
            { tail -n 4 "$work/log" >&2; die 3 'no sudo in the chroot, as said above'; }
        as+=("HOME=$home" "USER=$user")
        chroot=(chroot --userspec="$user:$user" --groups= "$root" "${as[@]}")
    fi
    cp -a "$work/clone" "$root$home/racelab"
    [ -z "$user" ] || chroot "$root" chown -R "$user:$user" "$home/racelab"

    begin=$SECONDS
    # shellcheck disable=SC2016 # the inner shell expands these
    "${chroot[@]}" sh -c 'cd "$HOME/racelab"; [ $# -gt 1 ] || exec sh -c "$1"; exec "$@"' sh "$@" || status=$?
    note "exit $status after $((SECONDS - begin)) s: ${*%%$'\n'*}"
    exit "$status"
}
[ "${1-}" != --inside ] || inside "${@:2}"

suite=bookworm mirror='' base='' user=''
while [ $# -gt 0 ]; do
    case $1 in
    --suite | --mirror | --base) [ $# -gt 1 ] || die 2 "$1 wants a value: see --help"
        declare "${1#--}=$2"; shift 2 ;;
    --user) user=learner; shift ;;
    --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --version) echo 'try-chroot.sh (racelab) 1.0'; exit 0 ;;
    --) shift; break ;;
    *) die 2 "unknown argument '$1': see --help" ;;
    esac
done
[ $# -gt 0 ] || set -- 'sh scripts/setup.sh && make'
[ -z "$base" ] || base=$(cd "$base/etc/apt/../.." 2>/dev/null && pwd) || die 2 "--base wants the directory of a Debian tree"
[ "$(id -u)" -eq 0 ] || die 3 "only root can mount: sudo $0 ..."
unshare --mount true 2>/dev/null || die 3 'no new mount namespace here: run this outside of the container, or in a privileged one'

work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
mkdir "$work/root"
git clone -q --no-hardlinks "$(dirname "$0")/.." "$work/clone" || die 3 'nothing to clone: commit first'
if [ -z "$base" ]; then
    command -v debootstrap >/dev/null || die 3 'debootstrap is missing: apt-get install debootstrap'
    # shellcheck disable=SC2016 # apt expands these
    [ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' |
        awk -v suite="$suite" '($1 == "Debian" || $1 == "Ubuntu") && $2 == suite { print $3; exit }')
    note "making a bare $suite; this takes a minute or two"
    debootstrap --variant=minbase "$suite" "$work/root" ${mirror:+"$mirror"} >"$work/log" 2>&1 ||
        { tail -n 4 "$work/log" >&2; die 3 'debootstrap failed, as said above'; }
fi
status=0
unshare --mount --pid --fork --kill-child "$BASH" "$0" --inside "$work" "$base" "$user" "$@" || status=$?
exit "$status"
