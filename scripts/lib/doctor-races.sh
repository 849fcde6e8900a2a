# shellcheck shell=bash
# doctor-races.sh - do the race detectors work here?
# One that starts and finds nothing is as bad as none, so each of them must find a
# real race in a program compiled here and now.

check_races() {
    check_address_space
    check_detectors
}

check_address_space() { # ThreadSanitizer wants addresses that a random layout may have given away
    local name='address space' bits said
    bits=$(cat "$proc/sys/vm/mmap_rnd_bits" 2>/dev/null)
    said=${bits:-an unknown number of} # only root may read it
    starter=() remedy=$setup
    if setarch -R true 2>/dev/null; then
        starter=(setarch -R)
        if [ "${bits:-0}" -le 28 ]; then
            fine "$name" "$said random bits; setarch -R can switch them off"
        else
            instead "$name" "$said random bits: with more than 28, ThreadSanitizer often cannot start" \
                'racelab starts programs under setarch -R, which switches them off'
        fi
    else
        remedy=$unconfined
        if [ "${bits:-0}" -le 28 ]; then
            instead "$name" "$said random bits, which setarch -R may not switch off here" \
                'racelab starts programs as they are; whether TSan bears it is said below'
        else
            cure "$name" "$said random bits, which setarch -R may not switch off here: ThreadSanitizer often cannot start" "$remedy"
        fi
    fi
}

check_detectors() {
    local starts=1
    command -v gcc >/dev/null || return # reported already
    [ ${#starter[@]} -gt 0 ] || starts=5 # where the layout is random, one start proves little
    # many accesses: of one each, ThreadSanitizer missed 1 race in 400 runs; of these, none
    printf '%s\n' '#include <pthread.h>' 'static int shared;' \
        'static void *add(void *arg) { for (int i = 0; i < 1000; i++) shared++; return arg; }' \
        'int main(void) { pthread_t t; if (pthread_create(&t, 0, add, 0)) return 2;' \
        'add(0); pthread_join(t, 0); return shared == 0; }' >"$tmp/race.c"
    if ! gcc -g -pthread -fsanitize=thread "$tmp/race.c" -o "$tmp/race-tsan" 2>"$tmp/log"; then
        cure TSan "$(tail -n 1 "$tmp/log")" "$setup (elsewhere than on Debian: install libtsan)"
    elif [ ! -x "$tmp/race-tsan" ]; then
        cure TSan "no program may run in $tmp" 'set TMPDIR to a directory that is not mounted noexec'
    else
        finds TSan 'WARNING: ThreadSanitizer: data race' "$starts" "$tmp/race-tsan"
        gcc -g -pthread "$tmp/race.c" -o "$tmp/race"
        command -v valgrind >/dev/null || return # reported already
        finds Helgrind 'Possible data race' 1 valgrind --tool=helgrind "$tmp/race"
        finds DRD 'Conflicting ' 1 valgrind --tool=drd "$tmp/race"
    fi
}

finds() { # NAME TEXT STARTS COMMAND...: each start of COMMAND says TEXT
    local i
    for ((i = 0; i < $3; i++)); do
        timeout 20 "${starter[@]}" "${@:4}" >"$tmp/log" 2>&1
        grep -q "$2" "$tmp/log" && continue
        cure "$1" "finds no race: $(grep -m 1 -E 'FATAL|Fatal|rror' "$tmp/log" || echo 'and says nothing')" "$remedy"
        return
    done
    fine "$1" 'finds the race in a program compiled just now'
}
