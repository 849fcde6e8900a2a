/*
 * keys.c - thread-specific data, and the destructors of C++'s thread_local variables.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>

#include "rt.h"

static struct key {
    bool used;
    void (*destroy)(void *);
} keys[KEYS_MAX], saved[KEYS_MAX];
static void *saved_values[KEYS_MAX]; /* main's, set before main */
static int most;                     /* keys from here on were never used, in any schedule */

/* __cxa_thread_atexit_impl: of all threads, the oldest first. */
enum { LATE_MAX = 1024 };
static struct late {
    void (*function)(void *);
    void *argument;
    int thread;
} late[LATE_MAX], saved_late[LATE_MAX];
static int late_count, saved_late_count;

void keys_save(void) {
    for (int i = 0; i < most; i++) {
        saved[i] = keys[i];
        saved_values[i] = rt.current->specific[i];
    }
    for (int i = 0; i < late_count; i++)
        saved_late[i] = late[i];
    saved_late_count = late_count;
}

void keys_begin(void) {
    for (int i = 0; i < most; i++) {
        keys[i] = saved[i];
        rt.current->specific[i] = saved_values[i];
    }
    for (int i = 0; i < saved_late_count; i++)
        late[i] = saved_late[i];
    late_count = saved_late_count;
}

void keys_fresh(struct thread *t) {
    for (int i = 0; i < most; i++)
        t->specific[i] = NULL;
}

/* --- keys --------------------------------------------------------------------------- */

EXPORT int pthread_key_create(pthread_key_t *key, void (*destroy)(void *)) {
    for (unsigned i = 0; i < KEYS_MAX; i++)
        if (!keys[i].used) {
            keys[i].used = true;
            keys[i].destroy = destroy;
            if ((int)i >= most)
                most = (int)i + 1;
            rt.current->specific[i] = NULL; /* before main it is none of these: */
            for (int t = 0; t < rt.thread_count; t++)
                threads[t].specific[i] = NULL;
            *key = i;
            return 0;
        }
    not_covered("more than 128 keys");
    return EAGAIN;
}

EXPORT int pthread_key_delete(pthread_key_t key) {
    if (key >= KEYS_MAX || !keys[key].used)
        return EINVAL;
    keys[key].used = false;
    return 0;
}

EXPORT void *pthread_getspecific(pthread_key_t key) {
    return key < KEYS_MAX && keys[key].used ? rt.current->specific[key] : NULL;
}

EXPORT int pthread_setspecific(pthread_key_t key, const void *value) {
    if (key >= KEYS_MAX || !keys[key].used)
        return EINVAL;
    rt.current->specific[key] = (void *)(uptr)value;
    return 0;
}

/* --- the end of a thread ----------------------------------------------------------------- */

EXPORT int __cxa_thread_atexit_impl(void (*function)(void *), void *argument, void *module) {
    (void)module;
    if (late_count == LATE_MAX) {
        not_covered("more than 1024 destructors of thread_local variables");
        return 0;
    }
    late[late_count++] = (struct late){function, argument, rt.current->id};
    return 0;
}

/* Takes the newest of that thread. */
static bool take_late(const struct thread *t, struct late *taken) {
    for (int i = late_count - 1; i >= 0; i--) {
        if (late[i].thread != t->id)
            continue;
        *taken = late[i];
        for (late_count--; i < late_count; i++)
            late[i] = late[i + 1];
        return true;
    }
    return false;
}

void keys_late(struct thread *t) {
    struct late l;
    while (take_late(t, &l))
        l.function(l.argument);
}

void keys_clean(struct thread *t) {
    keys_late(t);
    bool again = true;
    for (int round = 0; again && round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
        again = false;
        for (int i = 0; i < most; i++) {
            void *value = t->specific[i];
            if (!keys[i].used || !keys[i].destroy || !value)
                continue;
            t->specific[i] = NULL;
            keys[i].destroy(value);
            again = true;
        }
    }
}
