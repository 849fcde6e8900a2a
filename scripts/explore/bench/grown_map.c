/*
 * grown_map.c - a correct program: two threads put 50 keys each into one map, under one
 * mutex. Keys are text, entries are chained, and the table doubles as it fills: about
 * 2,500 events. What bench-explore.sh measures schedules with.
 *
 * usage: grown_map [INSERTS_EACH]       (the same 50 keys again after the first 50)
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 50 };

struct entry {
    const char *key;
    unsigned long hash;
    long value;
    struct entry *next;
};

static struct entry **table;
static unsigned long size = 64, entries; /* of the table: a power of two */
static long inserts_each = KEYS;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char keys[2][KEYS][8];

static unsigned long hash_of(const char *key) { /* FNV-1a */
    unsigned long h = 0xcbf29ce484222325u;
    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * 0x100000001b3u;
    return h ^ h >> 32;
}

static void grow(void) {
    struct entry **bigger = calloc(size * 2, sizeof *bigger);
    for (unsigned long i = 0; i < size; i++)
        for (struct entry *next, *e = table[i]; e; e = next) {
            next = e->next;
            e->next = bigger[e->hash & (size * 2 - 1)];
            bigger[e->hash & (size * 2 - 1)] = e;
        }
    free(table);
    table = bigger;
    size *= 2;
}

static void put(const char *key, long value) {
    unsigned long hash = hash_of(key);
    struct entry *e = table[hash & (size - 1)];
    while (e && (e->hash != hash || strcmp(e->key, key) != 0))
        e = e->next;
    if (!e) {
        if (entries == size)
            grow();
        e = malloc(sizeof *e);
        e->key = key;
        e->hash = hash;
        e->next = table[hash & (size - 1)];
        table[hash & (size - 1)] = e;
        entries++;
    }
    e->value = value;
}

static void *writer(void *arg) {
    long who = (long)arg;
    for (long i = 0, k = 0; i < inserts_each; i++, k = k + 1 == KEYS ? 0 : k + 1) {
        pthread_mutex_lock(&lock);
        put(keys[who][k], i);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

int main(int argc, char **argv) {
    pthread_t a, b;
    if (argc > 1)
        inserts_each = atol(argv[1]);
    for (int i = 0; i < 2 * KEYS; i++)
        snprintf(keys[i / KEYS][i % KEYS], sizeof keys[0][0], "%c%d", 'a' + i / KEYS, i % KEYS);
    table = calloc(size, sizeof *table);
    pthread_create(&a, NULL, writer, (void *)0);
    pthread_create(&b, NULL, writer, (void *)1);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    printf("%lu entries\n", entries);
    return entries != 2 * KEYS;
}
