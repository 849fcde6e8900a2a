/*
 * head.h - what the first comment of a wrong repair, solutions/NN-slug/wrong, says.
 */
#ifndef HEAD_H
#define HEAD_H

#include <stdbool.h>

struct head {
    char name[64];      /* "only-the-writer-locks": of the file */
    char oracle[16];    /* that rejects it */
    char belief[160];   /* its sentence: "The reader takes no lock." */
    char question[240]; /* that leads on, or "" */
};

void head_read(struct head *h, const char *path);

/* Does that oracle look at threads? Which of those rejects a repair is in part luck. */
bool about_threads(const char *oracle);

#endif
