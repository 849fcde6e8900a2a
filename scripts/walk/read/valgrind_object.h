/*
 * valgrind_object.h - what Helgrind and DRD say of the thing that threads met at: a
 * variable, a block, a lock. Each takes a sentence and updates the report's object.
 */
#ifndef VALGRIND_OBJECT_H
#define VALGRIND_OBJECT_H

#include "valgrind_report.h"

/* "… mutex 0x10c060, recursion count 1 …" in the headline */
void valgrind_object_of_headline(struct vg_report *r);

/* "Lock at 0x10C060 was first observed"; its variable's name follows in the text */
void valgrind_lock_described(struct vg_report *r, const char *sentence);

/* "Address 0x10c030 is 0 bytes inside data symbol "balance"" and its many relatives */
void valgrind_object_described(struct vg_report *r, const char *sentence);
void valgrind_object_more(struct vg_report *r, const char *sentence);

/* Locks get the names of their variables. */
void valgrind_object_finish(struct vg_report *r);

#endif
