/*
 * explain_guide.c - the guide for newcomers: one entry for each kind of finding.
 *
 * An entry is four short texts, which together take fewer than ten lines of a page; a
 * test measures that. They say nothing that was not tried: who is silent about what
 * was seen with gcc's and clang's ThreadSanitizer and AddressSanitizer, and with Valgrind
 * 3.19, on scripts/test/fixtures/programs. The wrong repairs named here are those that
 * tempt; many of them stand in solutions/NN-slug/wrong, with what rejects them.
 */
#include "tell.h"

static const struct guide kinds[KIND_COUNT] = {
    [KIND_RACE] = {"Two threads used the same memory, at least one of them wrote, and nothing "
                   "decides who comes first.",
                   "What the two stacks share: the object, and the locks held on each side. No "
                   "lock in common is the usual find.",
                   "One lock, taken by every user of the object, readers too. Not: a lock in the "
                   "writers only, a lock for each thread, volatile, a sleep.",
                   "DRD skips stack variables (--check-stack-var=yes). Helgrind or DRD alone: "
                   "perhaps a correct C11 atomic."},
    [KIND_LOCK_ORDER] = {"The same locks are taken in two orders. With other timing each thread "
                         "has the lock that the other wants, and both wait for ever.",
                         "Each stack: which lock it held, and which it took then. Then every other "
                         "place that takes both: which order was meant?",
                         "One order for all, such as the lower address first. Not: unlocking the "
                         "first before locking the second, or a gate that only some take.",
                         "DRD does not note orders. TSan and Helgrind note one only once both "
                         "locks were got: a run that hangs at once may show nothing."},
    [KIND_MUTEX_MISUSE] = {"A lock was used against its rules: unlocked when free or by another "
                           "thread, locked twice, destroyed while locked, never made.",
                           "The headline says which rule. Then your own function in the stack: "
                           "does each way out of it unlock exactly once?",
                           "Lock and unlock in one function; destroy only after the joins. Not: a "
                           "recursive mutex because a plain one hung.",
                           "Locking one's own mutex twice hangs: DRD tells, TSan and Helgrind do "
                           "not. ASan watches memory, not locks."},
    [KIND_COND_MISUSE] = {"A condition variable was used against its rules: waited on or signalled "
                          "without its mutex, or destroyed too early.",
                          "The wait and the signal side by side: which mutex has each, and which "
                          "condition is tested around the wait?",
                          "lock; while (!ready) wait; unlock. Set ready under the same mutex, then "
                          "signal. Not: if for while, or a sleep before the signal.",
                          "TSan sees the mutex at most, ASan nothing. And a signal sent before the "
                          "wait is lost: the thread hangs, and no tool reports it."},
    [KIND_BARRIER_MISUSE] =
        {"A barrier was used against its rules: made twice or for nobody, destroyed twice, or "
         "destroyed while threads wait at it.",
         "The number given to pthread_barrier_init against the threads that really wait; who "
         "destroys it, and after what?",
         "Make it once, for as many as will wait; destroy it after joining them. Not: "
         "pthread_barrier_init again for each round: it is ready by itself.",
         "TSan does not check barriers (their destruction may show as a race), ASan nothing at "
         "all."},
    [KIND_SEM_MISUSE] =
        {"A semaphore was used against its rules: before sem_init, made twice, or after "
         "sem_destroy.",
         "Where it is made and where it is destroyed: is every user between the two, in time?",
         "sem_init before the first thread starts, sem_destroy after the last join. Not: a second "
         "sem_init to reset it, while others wait.",
         "TSan and ASan do not check semaphores. Helgrind tells of a call that failed, DRD of a "
         "second sem_init, too."},
    [KIND_USE_AFTER_FREE] =
        {"Memory was used after it had been freed. By then it may be somebody else's, and both "
         "read and spoil each other's data.",
         "Three stacks: the use, the free, the allocation. What should have kept the block alive "
         "until the user was done?",
         "Count users under the lock that guards the pointer; the last one frees. Not: p = NULL "
         "after free, freeing later, a count raised after reading p.",
         "Helgrind and DRD pass over it (DRD may tell with --free-is-write=yes). ASan forgets when "
         "the block is reused."},
    [KIND_DOUBLE_FREE] =
        {"One block was freed twice. malloc's own lists are damaged, and the crash may come much "
         "later, in a malloc that did nothing wrong.",
         "Both frees and the allocation: two owners, each of which thought that it was the last.",
         "One owner; or a count under a lock, and the last one frees. Not: if (p) free(p), p = "
         "NULL "
         "without a lock: both threads may pass the if.",
         "TSan and Helgrind said nothing in our runs, DRD died of it. ASan and Memcheck show both "
         "frees; glibc notices some and aborts."},
    [KIND_BAD_FREE] =
        {"free() got a pointer that malloc never gave: into the middle of a block, or to a local "
         "or "
         "global variable.",
         "Which block the address lies in, and where the pointer moved after malloc: p++, the "
         "address of a field, a local array.",
         "Keep what malloc gave in a variable of its own, and free that. Not: leaving the free "
         "out, which makes a leak of it.",
         "TSan and Helgrind said nothing in our runs, DRD died of it. glibc aborts with \"invalid "
         "pointer\", but not where it came from."},
    [KIND_BUFFER_OVERFLOW] =
        {"Memory before or behind a block or an array was touched. There lie other variables, or "
         "malloc's own notes.",
         "How far outside of which block it is, who allocated it, and who computed the index or "
         "the length.",
         "Check against the size that it has now, and under the same lock if others change it. "
         "Not: a bigger buffer, which only moves the edge.",
         "TSan, Helgrind and DRD look at order, not at bounds; Memcheck at heap blocks only. ASan "
         "misses a jump into another valid block or field."},
    [KIND_STACK_USE_AFTER] =
        {"A local variable was used through a pointer after its function or block had ended. The "
         "next call has its place by then.",
         "Who gave the address away: & of a local handed to pthread_create, stored in a struct "
         "or returned.",
         "A heap block for each thread, or join the thread before the function returns. Not: "
         "static, which all threads then share, nor a sleep.",
         "ASan needs detect_stack_use_after_return=1 in ASAN_OPTIONS. TSan, Helgrind and DRD see "
         "at most a race in that place."},
    [KIND_BAD_PARAMETER] =
        {"A library function got what it forbids: a negative size, which is huge as a size_t, or "
         "a memcpy whose two ranges overlap.",
         "The values in the call, and where the length comes from: is it the difference of two "
         "numbers that others change?",
         "memmove where ranges may overlap; a check that the length is not negative before it "
         "becomes a size_t. Not: a cast, which hides the sign.",
         "ASan checks these; TSan, Helgrind and DRD do not. They only see the crash, if one "
         "follows."},
    [KIND_ALLOC_MISMATCH] =
        {"Memory was given back by another way than it came: new and then free, malloc and then "
         "delete, new[] and then delete.",
         "The two stacks, of the allocation and of the free: which of them follows the rule of "
         "this object?",
         "malloc with free, new with delete, new[] with delete[]; or an owner such as unique_ptr. "
         "Not: alloc_dealloc_mismatch=0, which hides it.",
         "It often works by luck, as both end in malloc. ASan and Memcheck compare the two; TSan, "
         "Helgrind and DRD do not."},
    [KIND_LEAK] =
        {"Memory was allocated, and no pointer to it is left, so nobody can free it. Harmless "
         "once; a slow death in a loop.",
         "The allocation's stack, and bytes and count: do they grow with the work done? Who "
         "should own it at the end?",
         "Name an owner, who frees on every way out. Not: free as soon as one thread is done, "
         "while others still read (lab 10).",
         "LeakSanitizer looks once, at a normal exit, and not under GDB or strace. TSan, Helgrind "
         "and DRD do not look."},
    [KIND_THREAD_LEAK] =
        {"A thread has ended, and nobody joined or detached it. Its stack and its number stay "
         "taken as long as the process lives.",
         "Where it was created, and where its pthread_t went: often into a local variable that is "
         "gone.",
         "pthread_join before what it uses goes away. Not: pthread_detach to please the tool, "
         "while the thread still uses your data.",
         "Only TSan says so, at exit, and only of threads that have ended by then. Helgrind and "
         "DRD do not look."},
    [KIND_SIGNAL_UNSAFE] =
        {"A signal handler called a function that must not be called there. If the signal "
         "interrupted that very function: a hang, or damage.",
         "The handler in the stack, and all it calls. `man 7 signal-safety` lists what is "
         "allowed.",
         "Only set a volatile sig_atomic_t, or write() to a pipe, and do the work outside. Not: "
         "a mutex in the handler: it may wait for itself.",
         "Only TSan looks, at handlers that ran, and for malloc and free: a printf in a handler "
         "passed."},
    [KIND_ERRNO_SPOILED] =
        {"A signal handler left another errno behind. The code that it interrupted may then act "
         "on the wrong error.",
         "The handler in the stack: which of its calls can fail, and so set errno?",
         "int saved = errno; as its first line, errno = saved; as its last. Not: errno = 0 at the "
         "end, which spoils it too.",
         "Only TSan looks, and only at handlers that ran. The wrong branch itself looks like any "
         "other failure."},
    [KIND_LOCK_HELD_AT_EXIT] =
        {"A thread ended and never gave back a lock. Whoever comes for that lock waits for ever.",
         "Where it took the lock, and each way out from there: return, pthread_exit, cancellation. "
         "After a crash it is only an echo.",
         "Unlock on every way out; pthread_cleanup_push where it may be cancelled. Not: an unlock "
         "by another thread, a misuse of its own.",
         "Helgrind and DRD report it, once the thread has ended. TSan and ASan do not."},
    [KIND_LOCK_HELD_LONG] =
        {"A lock was held for longer than you allowed when you asked. No defect by itself, but "
         "all others wait that long.",
         "How many milliseconds, and what is done between lock and unlock: a sleep, a file, the "
         "network?",
         "Do slow things outside; then lock and look again. Not: unlocking in the middle and going "
         "on with what was read before (lab 08).",
         "Only DRD measures it, when started with --exclusive-threshold or --shared-threshold. "
         "Its times are longer than real ones."},
    [KIND_API_ERROR] =
        {"A pthread call failed. If nobody looks at what it returned, the thread goes on without "
         "the lock or the join that it believes in.",
         "The call and the error's name, such as EDEADLK, EINVAL, EBUSY; the call's man page says "
         "what each means.",
         "Repair what the error names, and check what these calls return: they do not set errno. "
         "Not: trying again until it works.",
         "Helgrind tells of calls that failed; DRD of the misuse, where it knows it; TSan "
         "and ASan do not look at results."},
    [KIND_DEADLOCK] =
        {"Threads wait for what can never come: each other's end, a barrier with too few at it.",
         "Each thread's last event, and what it waits for: who should have given that, and where "
         "is he now?",
         "Unlock on every way out; join in one direction only. Not: a "
         "timeout around the wait, which only makes it slow.",
         "TSan, Helgrind and DRD report locks taken in two orders; of any other wait that never "
         "ends they see nothing: the program just hangs."},
    [KIND_LOST_WAKEUP] =
        {"A thread waits for a signal that was already sent, or went to another thread. Nobody is "
         "left who would send it again.",
         "What the waiter tested before it waited, and under which lock; who changes that, and "
         "whether he holds that lock when he signals.",
         "lock; while (!ready) wait; unlock. Set ready under the same lock, then signal; broadcast "
         "if several wait. Not: a sleep before the signal.",
         "No detector reports it: each access has its lock, and a thread that waits is no error. "
         "Only the order of the steps is wrong."},
    [KIND_LIVELOCK] =
        {"Threads run and run, and nothing is ever done: each waits in a loop for what the other "
         "one does not do.",
         "The loop where it was when the schedule ended, and who should have changed what it "
         "tests.",
         "A condition variable in place of the loop; back off by different times. Not: a yield in "
         "the loop: it goes round all the same.",
         "No detector reports it. A run under one of them does not end, and its time limit ends "
         "it."},
    [KIND_EXIT_STATUS] =
        {"The program itself found that something was wrong, and ended with a status other than "
         "0.",
         "The switches before it, in what explore prints: which two steps came apart that belong "
         "together?",
         "Put both steps under one lock, or in one atomic operation. Not: a lock around each of "
         "them, which leaves the gap between them.",
         "A promise about several steps is known to the program alone: detectors only see that "
         "each access has its lock (atomicity)."},
    [KIND_DEADLY_SIGNAL] =
        {"The program died under the tool. What the tool said before that counts; what would "
         "have come later it never saw.",
         "Reports above it: the cause is often there. An address of 0 or near it is a NULL. Then "
         "a core without the tool: scripts/core.sh.",
         "First the race or the use after free that comes before it. Not: an if (p) where it "
         "died, when another thread changes p: it may change after the if.",
         "Another tool has another timing: the same program may live under it."},
    [KIND_OTHER] =
        {"A report whose headline is not known here. It is kept in the tool's own words.",
         "The report itself, in the file and at the line given, and the tool's manual.",
         "Whatever it says; understand it first. Not: a suppression, so that it goes away.",
         "What has no known kind cannot be compared, so other tools may have said the same in "
         "other words."},
    [KIND_COULD_NOT_START] =
        {"The tool did not start. That is the environment and no defect: of the program, this "
         "run says nothing, good or bad.",
         "The reason given, mostly one line with FATAL. Exit status 66 without a WARNING is no "
         "race.",
         "\"unexpected memory mapping\": start it with setarch -R, as scripts/tsan.sh does; or a "
         "higher `ulimit -v`. Not: counting the run as a pass.",
         "Nobody is silent here. Run again, and compare only runs that started."},
};

const struct guide *guide_for(enum kind kind) {
    return &kinds[(unsigned)kind < KIND_COUNT ? kind : KIND_OTHER];
}
