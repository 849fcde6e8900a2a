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

static struct late { /* __cxa_thread_atexit_impl */
    void (*function)(void *);
    void *argument;
    int thread;
} late[256];
static int late_count;

void keys_save(void) {
    for (int i = 0; i < KEYS_MAX; i++) {
        saved[i] = keys[i];
        saved_values[i] = rt.current->specific[i];
    }
}

void keys_begin(void) {
    late_count = 0;
    for (int i = 0; i < KEYS_MAX; i++) {
        keys[i] = saved[i];
        rt.current->specific[i] = saved_values[i];
    }
}

EXPORT int pthread_key_create(pthread_key_t *key, void (*destroy)(void *)) {
    for (unsigned i = 0; i < KEYS_MAX; i++)
        if (!keys[i].used) {
            keys[i].used = true;
            keys[i].destroy = destroy;
            for (int t = 0; t < rt.thread_count; t++)
                threads[t].specific[i] = NULL;
            *key = i;
            return 0;
        }
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

EXPORT int __cxa_thread_atexit_impl(void (*function)(void *), void *argument, void *module) {
    (void)module;
    if (late_count == sizeof late / sizeof *late)
        return -1;
    late[late_count++] = (struct late){function, argument, rt.current->id};
    return 0;
}

void keys_clean(struct thread *t) {
    for (int i = late_count - 1; i >= 0; i--)
        if (late[i].thread == t->id && late[i].function) {
            void (*function)(void *) = late[i].function;
            late[i].function = NULL;
            function(late[i].argument);
        }
    bool again = true;
    for (int round = 0; again && round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
        again = false;
        for (int i = 0; i < KEYS_MAX; i++) {
            void *value = t->specific[i];
            if (!keys[i].used || !keys[i].destroy || !value)
                continue;
            t->specific[i] = NULL;
            keys[i].destroy(value);
            again = true;
        }
    }
}
