/* steps.h - the steps of join(), for join.c alone. */
#ifndef STEPS_H
#define STEPS_H

#include "../case.h"

/* Sets c->link: the finding that explains the crash. The findings are sorted. */
void link_crash(struct casefile *c);

#endif
