/*
 * map.h - the settings of a service, which are reloaded while it runs. A reader
 * works on a snapshot: all settings of one generation, never a mixture.
 */
#ifndef MAP_H
#define MAP_H

#include <stddef.h>

#include "size.h"

enum { SETTINGS = SIZE(200, 3) };

struct snapshot;

/* The settings as they are now. They stay readable, and as they are, until the
 * caller gives them back with map_end(). Any thread may call these. */
const struct snapshot *map_begin(void);
void map_end(const struct snapshot *s);

/* One setting of a snapshot, 0 <= n < SETTINGS: the generation it is from. */
long map_setting(const struct snapshot *s, int n);

/* Loads the next generation: every setting becomes `generation`. Only one
 * thread reloads. */
void map_reload(long generation);

/* Before and after everything: the settings of generation 0, and none. Only
 * while no other thread is in here. */
void map_open(void);
void map_close(void);

/* Snapshots that exist. After map_close() there should be none. */
int map_alive(void);

#endif
