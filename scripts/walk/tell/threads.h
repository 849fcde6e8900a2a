/*
 * threads.h - the threads of a core, as every page tells them: who had a part in what
 * happened, who waits for whom, and many that did the same, told as one.
 */
#ifndef THREADS_H
#define THREADS_H

#include "tell.h"

/* The core's thread of that index; NULL where there is none, or no core. */
const struct thread *core_thread(const struct core *core, int index);

/* Is it the victim, one of the two that crossed, or one of the circle? */
bool thread_has_part(const struct core *core, int index);

/* How many of the core's threads are not in the case. */
size_t threads_missing(const struct core *core);

/* What it is there for, where its name does not say that already; or NULL. */
const char *thread_role(const struct thread *t);

/* "in hmap_assign, key 8": where it was, in a few words. */
const char *thread_where(const struct thread *t, char *buffer, size_t size);

/* "depot->bays[0].lock", or its address. */
const char *held_name(const struct held *h, char *buffer, size_t size);

bool thread_is_waiting(const struct thread *t);
/* "mutex depot->bays[0].lock, held by truck 2": what a waiting thread waits for. */
const char *thread_wish(const struct core *core, const struct thread *t, char *buffer, size_t size);

/* "truck 1 -> truck 2 -> truck 1", of a deadlock. */
const char *circle_words(const struct core *core, char *buffer, size_t size);

/* --- many as one ------------------------------------------------------------------- */

/* Threads that share a line of a page: often one alone. */
struct crowd {
    int first, last; /* indices, in the order of their names */
    size_t count;
};

/*
 * Where there are more than a few threads, those with the same stack and the same wish,
 * who hold nothing and have no part, are one crowd; who has a part comes first then.
 * Returns how many crowds there are, at most `most`; *left_out threads are in none.
 */
size_t crowds_of(const struct core *core, struct crowd *crowds, size_t most, size_t *left_out);

/* "writer 2"; "worker 1 .. worker 187 (187 threads)" */
const char *crowd_who(const struct core *core, const struct crowd *crowd, char *buffer,
                      size_t size);

#endif
