/*
 * size.h - how much a lab has to do.
 *
 *     enum { WRITERS = 2, USERS_EACH = SIZE(4000, 6) };
 *
 * Natively, and under a detector, a bug needs luck: `many` steps are many chances. The
 * schedule explorer needs none; it tries one order of the steps after the other, and
 * the fewer steps, the more of all orders it gets to see: `few`, in programs compiled
 * with -DFEW (the mode "explore" of the Makefile), which also play one round only.
 */
#ifndef SIZE_H
#define SIZE_H

#ifdef FEW
#define SIZE(many, few) (few)
#else
#define SIZE(many, few) (many)
#endif

#endif
