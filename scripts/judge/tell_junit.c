/*
 * tell_junit.c - a verdict as JUnit's XML, as CI servers read it: each oracle is a test.
 */
#include <stdlib.h>

#include "../walk/tell/xml.h"
#include "tell.h"

static void put_case(const struct verdict_of *v, int i, FILE *out) {
    static const char *const elements[] = {"skipped", NULL, NULL, "failure", "error", "error"};
    const struct opinion *o = &v->opinions[i];
    const char *element = elements[o->verdict];
    fprintf(out, "    <testcase classname=\"%s\" name=\"%s\" time=\"%.3f\"%s", v->trial->lab,
            oracles[i].name, o->seconds, element ? ">\n" : "/>\n");
    if (!element)
        return;
    char *line = opinion_line(o);
    fprintf(out, "      <%s message=\"", element);
    xml_words(out, line);
    fputs("\">", out);
    xml_words(out, o->verdict == REJECTED ? o->story : o->verdict == ENVIRONMENT ? o->cure : "");
    fprintf(out, "</%s>\n    </testcase>\n", element);
    free(line);
}

void tell_junit(const struct verdict_of *v, FILE *out) {
    int count = 0, by[6] = {0};
    for (; oracles[count].name; count++)
        by[v->opinions[count].verdict]++;
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
            "  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\" "
            "time=\"%.3f\">\n",
            v->trial->lab, count, by[REJECTED], by[ENVIRONMENT] + by[LATE], by[NOT_ASKED],
            v->seconds);
    for (int i = 0; i < count; i++)
        put_case(v, i, out);
    fputs("  </testsuite>\n</testsuites>\n", out);
}
