# shellcheck shell=bash
# fill.sh - puts recorded traces where documents quote them.

# The block after "<!-- trace: FILE -->" becomes what is in traces/FILE.
fill() { # DOCUMENT
    awk '
        filling && /^```/ { if (++fences == 2) filling = 0; if (fences == 1) { print; while ((getline line < file) > 0) print line; close(file); next } }
        filling && fences == 1 { next }
        { print }
        /^<!-- trace: .* -->$/ { file = "traces/" $3; filling = 1; fences = 0 }
    ' "$1" >build/evidence/filled && { cmp -s build/evidence/filled "$1" || cp build/evidence/filled "$1"; }
}
