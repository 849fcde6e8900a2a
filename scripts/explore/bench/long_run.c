/*
 * long_run.c - a correct program that runs for long: two threads make numbers, sort arrays
 * of them, each its own, and put what they find into one table, under a mutex. What
 * bench-explore.sh measures the cost of one run with. Nearly all events are accesses to
 * memory; WORK is how much is done between them without, such that ThreadSanitizer makes
 * it about 5 times as long.
 *
 * usage: long_run [ARRAYS_EACH]
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { LENGTH = 32, MEDIANS = 256, WORK = 20 };

static long arrays_each = 1000;
static unsigned long found[MEDIANS], sorted; /* under lock */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void fill(unsigned *array, unsigned long *state) {
    for (int i = 0; i < LENGTH; i++) {
        unsigned long x = ++*state;
        for (int k = 0; k < WORK; k++)
            x = (x ^ x >> 31) * 0xBF58476D1CE4E5B9u;
        array[i] = (unsigned)(x >> 32);
    }
}

static void sort(unsigned *array) { /* by insertion */
    for (int i = 1; i < LENGTH; i++) {
        unsigned value = array[i];
        int k = i;
        for (; k > 0 && array[k - 1] > value; k--)
            array[k] = array[k - 1];
        array[k] = value;
    }
}

static void *sorter(void *arg) {
    unsigned *array = calloc(LENGTH, sizeof *array);
    unsigned long state = (unsigned long)arg;
    for (long i = 0; i < arrays_each; i++) {
        fill(array, &state);
        sort(array);
        pthread_mutex_lock(&lock);
        found[array[LENGTH / 2] / (0xFFFFFFFF / MEDIANS + 1)]++;
        sorted++;
        pthread_mutex_unlock(&lock);
    }
    free(array);
    return NULL;
}

int main(int argc, char **argv) {
    pthread_t a, b;
    if (argc > 1)
        arrays_each = atol(argv[1]);
    pthread_create(&a, NULL, sorter, (void *)1);
    pthread_create(&b, NULL, sorter, (void *)((unsigned long)1 << 40));
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    printf("%lu arrays\n", sorted);
    return sorted != 2 * (unsigned long)arrays_each;
}
