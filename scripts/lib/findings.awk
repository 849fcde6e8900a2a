# findings.awk - what a detector reported, as data: one line for each report,
#
#     kind <TAB> f/g
#
# where f and g are the blamed functions, in alphabetical order ("f" alone where
# the report has one stack). Reads the text output of ThreadSanitizer (gcc's and
# clang's), Helgrind and DRD, with the program's own output in between.
#
# The blamed function of a stack is its innermost frame that is the program's
# own: not the C library's, not a detector's. Of the labs' common room only
# what hmap.h declares counts, as Go blames runtime.mapassign and not what it calls.

function own(fn, where) {
    if (where ~ /^(\.\/)?labs\/common\//) return fn ~ /^hmap_/
    return !(where ~ /^\(|libsanitizer|<null>|vg_replace|hg_intercepts|drd_pthread/ ||
             where ~ /^(\.\/)?(nptl|misc|string|malloc|csu|io|sysdeps|stdlib|libio|time|signal|posix|elf|setjmp)\// ||
             where ~ /^\.\.\// || fn ~ /^(\?\?\?|_start|__libc_|__tsan_|__interceptor_)/)
}

# One more stack of the report begins; those of interest are blamed.
function stack(counts) { want = counts; }

function frame(fn, where) {
    if (!want || !own(fn, where)) return
    want = 0
    blamed[++n] = fn
}

function finish(    pair) {
    if (!kind) return
    pair = n == 0 ? "?" : n == 1 ? blamed[1] : blamed[1] < blamed[2] ? blamed[1] "/" blamed[2] : blamed[2] "/" blamed[1]
    print kind "\t" pair
    kind = ""
    n = want = 0
}

function begin(k) { finish(); kind = k; n = want = 0 }

# --- ThreadSanitizer ----------------------------------------------------------
/^WARNING: ThreadSanitizer: / {
    k = $0
    sub(/^WARNING: ThreadSanitizer: /, "", k)
    sub(/ \(pid=.*/, "", k)
    sub(/ \(potential deadlock\)/, "", k)
    begin(k == "data race" ? "race" : k == "lock-order-inversion" ? "lock order" : k ~ /use-after-free/ ? "use after free" : k)
    tsan = 1
    stack(kind !~ /race|use after free|lock order/)
    next
}
tsan && /^  (Write|Read|Previous|Atomic|  Previous).* of size/ { stack(1); next }
tsan && /^  Mutex .* acquired here while holding/ { stack(1); next }
tsan && /^  [A-Z]/ { if (kind ~ /race|use after free|lock order/) stack(0); next }
tsan && /^    #[0-9]+ / {
    fn = $2; where = $3
    if ($0 ~ /\((lib(tsan|c|m|pthread|stdc\+\+|gcc_s)[.-]|ld-linux)/) where = "("
    frame(fn, where)
    next
}
tsan && /^(SUMMARY: |=====)/ { finish(); tsan = 0; next }

/^==[0-9]+==ERROR: ThreadSanitizer: / { # it died of a signal; no race report
    k = $3
    begin(k)
    tsan = 1
    stack(1)
    next
}

# --- Helgrind and DRD ----------------------------------------------------------
/^==[0-9]+== / || /^==[0-9]+==$/ {
    line = $0
    sub(/^==[0-9]+== ?/, "", line)
    if (line ~ /^Possible data race during/) { begin("race"); stack(1) }
    else if (line ~ /^ ?This conflicts with a previous/) stack(1)
    else if (line ~ /lock order .* violated/) { begin("lock order"); stack(0) }
    else if (line ~ /followed by a later acquisition/) stack(1)
    else if (line ~ /^(Observed|Required|Lock at|Lock hint)/) stack(0)
    else if (line ~ /^Conflicting (load|store) by/) { begin("race"); stack(1) }
    else if (line ~ /Exiting thread still holds/) { begin("lock held at exit"); stack(1) }
    else if (line ~ /^(Mutex|Thread #[0-9]+: |The object at|Destroying|Recursive|Reader-writer)/ && line !~ /was created|program's root/) {
        begin("mutex misuse"); stack(1)
    }
    else if (line ~ /^ (at|by) 0x/ || line ~ /^   (at|by) 0x/) {
        sub(/^ +(at|by) 0x[0-9A-Fa-f]+: /, "", line)
        fn = line; sub(/ \(.*/, "", fn)
        where = line; sub(/^[^(]*\(/, "", where); sub(/\)$/, "", where)
        frame(fn, where ~ /^in / ? "(" : where)
    }
    else if (line ~ /^ ?(Address|Other segment|Allocation context|Block was|.*first observed)/) { if (n) want = 0 }
    else if (line ~ /^(---Thread-Announcement|ERROR SUMMARY|For lists|Process terminating)/) finish()
    next
}
END { finish() }
