/*
 * blame.h - which frames are the program's own, and which one is to blame.
 *
 * A finding's identity is its kind and the blamed functions. The blamed frame is
 * the innermost one of the program's own: not the C library's, not a detector's
 * interceptor, not the C++ standard library's. Of the labs' common room (labs/common)
 * only what hmap.h declares counts, as Go blames runtime.mapassign and not what that
 * calls.
 */
#ifndef BLAME_H
#define BLAME_H

#include "case.h"

/* Is this code of the program? By its file and module, and where both are
 * unknown, by the function's name. */
bool frame_own(const struct frame *f);

/* May it be blamed? Own, and not the inside of labs/common. */
bool frame_blamable(const struct frame *f);

/* Sets own in every frame, and blamed. */
void stack_blame(struct stack *s);

/* The blamed frame, or NULL. */
const struct frame *stack_blamed(const struct stack *s);

/* The name of the blamed function; "?" where there is none. */
const char *stack_blamed_name(const struct stack *s);

/* Is this frame worth a line on a page? Own, and not what every lab's stack ends in. */
bool frame_shown(const struct frame *f);

#endif
