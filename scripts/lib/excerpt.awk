# excerpt.awk - the first report of a detector's output, trimmed to what a person
# reads first: what was accessed, and the program's own frames of each stack.
# Frames of the labs' team, which every stack ends in, are left out.

function title(text) { if (++titles <= (locks ? 5 : 2)) print "      " text; else done = 1 }
function frame(fn, where) {
    if (where ~ /team\.c|libsanitizer|^in |nptl|sysdeps/ || fn ~ /^(\?\?\?|<null>|start_thread|clone)/) return
    sub(/^\.\//, "", where)
    printf "          %-20s %s\n", fn, where
}

done { next }

/^WARNING: ThreadSanitizer:/ { if (inside) { done = 1; next } inside = 1; locks = /lock-order/; sub(/ \(pid=.*/, ""); print "      " $0; next }
inside && /^  (Write|Read|Previous|Atomic).* of size/ { sub(/ at 0x[0-9a-f]+/, ""); sub(/:$/, ""); gsub(/ +/, " "); sub(/^ /, ""); title($0); next }
inside && /^  Mutex .* acquired here while/ { sub(/:$/, ""); gsub(/ +/, " "); sub(/^ /, ""); title($0); skip = 0; next }
inside && /^  Mutex .* previously acquired/ { skip = 1; next }
inside && /^  (Location|Thread|As if|Hint)/ { skip = 1; next }
inside && !skip && /^    #[0-9]/ { frame($2, $3); next }
inside && /^SUMMARY/ { done = 1; next }

/^==[0-9]+==/ {
    sub(/^==[0-9]+== */, "")
    if (/^Possible data race during|^Conflicting (load|store)|lock order .* violated/) {
        if (inside++) { done = 1; next }
        locks = /lock order/
        sub(/ at 0x[0-9A-Fa-f]+/, "")
        title($0)
    } else if (inside && /^This conflicts with|followed by a later acquisition/) { sub(/ at 0x[0-9A-Fa-f]+/, ""); title($0); skip = 0 }
    else if (inside && /^(Observed|Required)/) { sub(/ at 0x[0-9A-Fa-f]+/, ""); title($0); skip = 0 }
    else if (inside && /^(Address|Allocation|Other segment|Lock at|Block was|ERROR)/) done = 1
    else if (inside && /^(at|by) 0x/) {
        sub(/^(at|by) 0x[0-9A-Fa-f]+: /, "")
        fn = $0; sub(/ \(.*/, "", fn); where = $0; sub(/^[^(]*\(/, "", where); sub(/\)$/, "", where)
        frame(fn, where)
    }
}
