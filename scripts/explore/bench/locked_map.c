/*
 * locked_map.c - a correct program: two threads put 50 keys each into one map, under one
 * mutex, and do little else: of 8 events, 2 are of the mutex. What bench-explore.sh measures
 * the worst with: 125 inserts each are about 2,200 events.
 *
 * usage: locked_map [INSERTS_EACH]
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { SLOTS = 1 << 10 };

struct slot {
    unsigned long key, value;
};

static struct slot map[SLOTS];
static unsigned long entries;
static long inserts_each = 50;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void put(unsigned long key, unsigned long value) {
    struct slot *s = &map[key * 0x9E3779B97F4A7C15u >> 54];
    while (s->key && s->key != key)
        s = s == map + SLOTS - 1 ? map : s + 1;
    entries += s->key == 0;
    s->key = key;
    s->value = value;
}

static void *writer(void *arg) {
    unsigned long first = (unsigned long)arg;
    for (long i = 0; i < inserts_each; i++) {
        pthread_mutex_lock(&lock);
        put(first + (unsigned long)(i % 50) + 1, first);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

int main(int argc, char **argv) {
    pthread_t a, b;
    if (argc > 1)
        inserts_each = atol(argv[1]);
    pthread_create(&a, NULL, writer, (void *)0);
    pthread_create(&b, NULL, writer, (void *)1000);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    printf("%lu entries\n", entries);
    return entries != 100;
}
