/*
 * told.h - what the tests of walk's formats share: cases told to memory, and what is in
 * JSON by its path.
 */
#ifndef TOLD_H
#define TOLD_H

#include <jansson.h>
#include <stdio.h>

#include "../walk/tell/tell.h"
#include "sample_case.h"
#include "support.h"

typedef bool teller(const struct casefile *, FILE *, const struct style *);

enum { SAMPLES = 4 };
extern const struct sample {
    const char *name;
    struct casefile *(*make)(void);
} samples[SAMPLES];

/* A case told, and let go; malloc'd. */
char *told_of(struct casefile *c, teller *tell, size_t *size);
json_t *json_of(struct casefile *c, teller *tell);

/* A file in the test's own directory; and all samples there, as NAME.SUFFIX. */
void keep(const char *name, const char *text, size_t size);
void keep_samples(teller *tell, const char *suffix);

/* What is at a path such as "findings.0.sites.1.thread", or NULL. */
json_t *at(json_t *o, const char *path);

/* Fail the test unless there is this string, this number, null, so many elements. */
void says(json_t *o, const char *path, const char *expected);
void counts(json_t *o, const char *path, int expected);
void unknown(json_t *o, const char *path);
void many(json_t *o, const char *path, size_t expected);

/* The check of a schema, for sh(); "--strict" before the schema: no undocumented key. */
#define CHECK "/usr/bin/python3 scripts/test/fixtures/schemas/check.py "
#define CASE_SCHEMA "docs/case.schema.json"
#define SARIF_SUBSET "scripts/test/fixtures/schemas/sarif-subset.json"

/* The official one where there is one, which is not ours to keep in the tree: the file
 * that the environment variable SARIF_SCHEMA names; or the subset. */
const char *sarif_schema(void);

#endif
