/*
 * explain_fault.c - the guide for newcomers: one entry for each way in which a core
 * says that a program died, and one for a deadlock. The rules of explain_guide.c hold.
 */
#include "tell.h"

static const struct guide faults[FAULT_COUNT] = {
    [FAULT_NONE] =
        {"No access failed: the signal was sent, by abort(), a failed check, or kill from outside. "
         "The program, or somebody, chose to stop.",
         "What it printed last; then, in the stack of the thread that died, the first function of "
         "your own below abort(): what did it check?",
         "Repair what the check found. Not: taking out the check, after which wrong data goes on "
         "quietly.",
         "A check knows that something is wrong now, not who did it. The culprit may be long gone: "
         "ask a race detector."},
    [FAULT_NULL] =
        {"A pointer was NULL and was used: never set, not set yet, or cleared by another thread.",
         "Which pointer, in the line of the frame that died; then who sets it, and whether that is "
         "before the threads start.",
         "Set it before the threads start, or under a lock or by pthread_once. Not: if (p) without "
         "a lock: it may become NULL after the if.",
         "A pointer that is always NULL is no race, so race detectors are silent; they speak when "
         "another thread sets it at the same time."},
    [FAULT_NEAR_NULL] =
        {"A field of a struct was used through a NULL pointer: the small address is the field's "
         "offset in the struct.",
         "`ptype /o struct NAME` in GDB: the field at this offset says which struct it is. Then "
         "who should have set the pointer.",
         "Set it before the threads start, or under a lock that its readers take too. Not: if (p) "
         "without that lock.",
         "A pointer that is always NULL is no race, so race detectors are silent; they speak when "
         "another thread sets it at the same time."},
    [FAULT_NON_CANONICAL] =
        {"The pointer is no address at all, so the processor tells 0. Most often something wrote "
         "over it, or it is read from freed memory.",
         "The pointer itself, among the frame's variables or in `info registers`: do its bytes "
         "read "
         "as text, or as a pattern?",
         "Find who wrote there: ASan for bounds and frees, TSan for threads. Not: a check against "
         "NULL, which this pointer passes.",
         "Race detectors are silent when one thread alone spoiled it; ASan is, when what was hit "
         "is a valid block."},
    [FAULT_FREED] =
        {"The address lies in memory that was given back. Somebody freed it while this thread "
         "still had a pointer to it.",
         "Who frees such blocks, and what should have told that this thread still uses it.",
         "Count the users under the lock that guards the pointer; the last one frees. Not: p = "
         "NULL "
         "after free (others have copies), or freeing a little later.",
         "Helgrind and DRD do not mind reads of freed memory. TSan and ASan show the use and the "
         "free."},
    [FAULT_UNMAPPED] =
        {"Nothing lies at this address: a wild pointer, an index far out of bounds, or memory "
         "that was given back to the system.",
         "The pointer and the index in the line that died: which of them cannot be right? Then "
         "who wrote it last.",
         "Repair where the value comes from. Not: a check of the value where it died, as long as "
         "another thread can change it after the check.",
         "A wild pointer of one thread alone is no race. ASan tells more, for it sees the first "
         "wrong access and not the last."},
    [FAULT_STACK_OVERFLOW] =
        {"The thread's stack is used up: a recursion without an end, or local arrays that are too "
         "big. Threads have less stack than you may think.",
         "Does one function come again and again? Then what should have ended it. Otherwise the "
         "sizes of the locals.",
         "Give the recursion an end; move big arrays to the heap. Not: a bigger stack for a "
         "recursion that never ends.",
         "Race detectors do not watch the stack's size. But a list that a race bent into a ring "
         "makes a recursion endless: ask them too."},
    [FAULT_READ_ONLY] =
        {"A write to memory that may only be read: a string literal, a const object, the "
         "program's code, or a page protected on purpose.",
         "What the pointer points to, and where it became a pointer that may be written through.",
         "Copy a literal into an array of your own. Not: a cast that takes the const away; it "
         "only quiets the compiler.",
         "No second thread is needed, so race detectors are silent; TSan and ASan report only the "
         "signal."},
    [FAULT_BEYOND_FILE] =
        {"SIGBUS: a file is mapped, and the part that was touched is not in the file any more. "
         "Somebody made it shorter.",
         "Which file is mapped at this address (`info proc mappings` in GDB), how long it is, "
         "and who truncates it.",
         "Write a new file and rename() it over the old one. Not: a handler for SIGBUS that goes "
         "on as if there were data.",
         "The other side is often another process, or ftruncate(): no detector watches a file's "
         "length."},
    [FAULT_NOT_CODE] =
        {"The program jumped to where no code is: through a function pointer that is NULL or "
         "spoiled, or back to a return address that was written over.",
         "The frame below: which pointer did it call through? If the stack makes no sense, an "
         "array beside the return address overflowed.",
         "Set the function pointer before the threads start; ASan for overflows. Not: a check "
         "against NULL, when the value is spoiled.",
         "Race detectors speak only if another thread changed the pointer. ASan sees an overflow "
         "before it hits the return address."},
    [FAULT_OTHER] =
        {"The core does not say why the access failed, or the signal is none of memory: a "
         "division by zero, an illegal instruction.",
         "The signal's name, and the line of the frame that died; `print $_siginfo` and `x/i $pc` "
         "in GDB.",
         "Depends on what that shows. Not: a handler for the signal that lets the program go on.",
         "Detectors report the defects that they know, and a signal only as a signal."},
};

static const struct guide deadlock = {
    "Each thread of the circle has a lock that the next one wants. None of them can ever go on; "
    "they use no processor time.",
    "For each: the lock it waits for, the one it has, and where it took that. Threads outside of "
    "the circle only queue behind it.",
    "One order of the locks for all, such as the lower address first. Not: a timeout that gives "
    "up half-way, or unlocking the first before the second.",
    "TSan and Helgrind note an order once both locks were got: a run that hangs at once may "
    "show nothing. DRD notes none.",
};

const struct guide *guide_for_fault(enum fault fault) {
    return &faults[(unsigned)fault < FAULT_COUNT ? fault : FAULT_OTHER];
}

const struct guide *guide_for_deadlock(void) {
    return &deadlock;
}
