/*
 * likeness.c - see likeness.h.
 *
 * Each repair becomes a bag of its runs of four tokens. Names of variables and members are
 * all alike, for everybody calls a lock as he likes; calls, types and words of C count. A
 * run that all known repairs have says nothing, one that few have says much: the weights
 * are those of text search (Salton and Buckley, "Term-weighting approaches in automatic
 * text retrieval", 1988: tf-idf, and the cosine of the angle between two bags).
 */
#include "likeness.h"

#include <ctype.h>
#include <glob.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "tokens.h"

enum { RUN = 4, BAG_BITS = 12, BAG = 1 << BAG_BITS, KNOWN_MAX = 48 };

/* Below that, repairs of one lab are alike because they are repairs of one lab. A rough
 * bound: that a known mistake by another hand is above it is tested. */
static const double enough = 0.5;

struct bag {
    float count[BAG];
};

struct known {
    char path[256];
    bool wrong;
    struct bag bag;
};

/* --- bags ----------------------------------------------------------------------------- */

static uint32_t mix(uint32_t h, const char *text, size_t n) {
    for (size_t i = 0; i < n; i++) /* FNV-1a */
        h = (h ^ (unsigned char)text[i]) * 16777619u;
    return h;
}

static bool a_word_of_c(const struct token *k) {
    static const char *const list[] = {
        "if",    "else",     "while",  "for",  "do",    "return",   "static",
        "const", "volatile", "struct", "bool", "int",   "long",     "void",
        "NULL",  "true",     "false",  "goto", "break", "continue", "_Atomic"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if ((size_t)k->length == strlen(list[i])
            && memcmp(k->text, list[i], (size_t)k->length) == 0)
            return true;
    return k->length > 2 && memcmp(k->text + k->length - 2, "_t", 2) == 0;
}

/* A call, a type and a word of C as they stand; any other name, number or string as such. */
static uint32_t kind_of(const struct tokens *t, size_t i) {
    const struct token *k = &t->list[i];
    if (k->kind == TOKEN_NAME && !token_is(t, i + 1, "(") && !a_word_of_c(k)
        && !token_begins(t, i, "memory_order") && !token_begins(t, i, "PTHREAD_"))
        return 1;
    if (k->kind == TOKEN_STRING)
        return 2;
    return mix(2166136261u, k->text, (size_t)k->length);
}

static bool fill(struct bag *b, const char *path) {
    struct tokens t;
    uint32_t last[RUN] = {0};
    memset(b, 0, sizeof *b);
    if (!tokens_read(&t, path))
        return false;
    for (size_t i = 0; i < t.count; i++) {
        if (t.list[i].on_directive)
            continue;
        memmove(last, last + 1, sizeof last - sizeof *last);
        last[RUN - 1] = kind_of(&t, i);
        uint32_t h = mix(2166136261u, (const char *)last, sizeof last);
        b->count[(h ^ h >> BAG_BITS) & (BAG - 1)] += 1;
    }
    tokens_free(&t);
    return true;
}

/* --- weights -------------------------------------------------------------------------- */

static void weigh(float *weight, const struct known *known, int count, const struct bag *new) {
    for (int i = 0; i < BAG; i++) {
        int in = new->count[i] > 0;
        for (int k = 0; k < count; k++)
            in += known[k].bag.count[i] > 0;
        weight[i] = in ? logf((float)(count + 1) / (float)in) : 0;
    }
}

static double cosine(const float *weight, const struct bag *a, const struct bag *b) {
    double ab = 0, aa = 0, bb = 0;
    for (int i = 0; i < BAG; i++) {
        double x = a->count[i] * weight[i], y = b->count[i] * weight[i];
        ab += x * y, aa += x * x, bb += y * y;
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

/* --- what is known -------------------------------------------------------------------- */

static int gather(const char *lab, struct known *known) {
    static const char *const where[] = {"solutions/%s/wrong/*.c", "solutions/%s/right/*.c",
                                        "solutions/%s/map.c", "labs/%s/map.c"};
    int count = 0;
    for (int w = 0; w < 4; w++) {
        char pattern[256];
        snprintf(pattern, sizeof pattern, where[w], lab);
        glob_t g;
        if (glob(pattern, 0, NULL, &g) == 0)
            for (size_t i = 0; i < g.gl_pathc && count < KNOWN_MAX; i++) {
                struct known *k = &known[count];
                snprintf(k->path, sizeof k->path, "%s", g.gl_pathv[i]);
                k->wrong = w == 0;
                count += fill(&k->bag, k->path);
            }
        globfree(&g);
    }
    return count;
}

struct likeness likeness(const struct trial *t, const char *oracle) {
    struct likeness best = {.degree = 0};
    struct known *known = calloc(KNOWN_MAX, sizeof *known), *most = NULL;
    float *weight = calloc(BAG, sizeof *weight);
    static struct bag new;
    if (!known || !weight)
        stop(3, "out of memory");
    int count = gather(t->lab, known);
    if (fill(&new, t->map)) {
        weigh(weight, known, count, &new);
        for (int i = 0; i < count; i++) {
            double degree = cosine(weight, &known[i].bag, &new);
            if (degree > best.degree)
                best.degree = degree, most = &known[i];
        }
    }
    if (most && most->wrong && best.degree >= enough) {
        head_read(&best.head, most->path);
        const char *by = best.head.oracle;
        if (strcmp(by, oracle) != 0 && !(about_threads(by) && about_threads(oracle)))
            *best.head.name = '\0';
    }
    free(weight);
    free(known);
    return best;
}
