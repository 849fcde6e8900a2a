/*
 * head.c - see head.h.
 */
#include "head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"

/* "rejected by: stress. The reader takes no lock." and, below it, " * asks: Which …?" */
void head_read(struct head *h, const char *path) {
    char *text = file_text(path), *end = strstr(text, "*/");
    const char *base = strrchr(path, '/') + 1;
    *h = (struct head){.oracle = ""};
    if (end)
        *end = '\0';
    const char *by = strstr(text, "rejected by: "), *asks = strstr(text, "\n * asks: ");
    if (by)
        sscanf(by, "rejected by: %15[a-z]. %159[^\n]", h->oracle, h->belief);
    if (asks)
        sscanf(asks, "\n * asks: %239[^\n]", h->question);
    snprintf(h->name, sizeof h->name, "%.*s", (int)strcspn(base, "."), base);
    free(text);
}

bool about_threads(const char *oracle) {
    static const char *const list[] = {"stress", "explore", "tsan", "helgrind", "drd"};
    for (int i = 0; i < 5; i++)
        if (strcmp(oracle, list[i]) == 0)
            return true;
    return false;
}
