/*
 * xml.h - text in XML.
 */
#ifndef XML_H
#define XML_H

#include <stdio.h>

/* As text or inside "": newlines are kept in both, which in an attribute needs a reference.
 * What XML forbids, and bytes that are no UTF-8, are told as U+FFFD. NULL is nothing. */
void xml_words(FILE *out, const char *text);

#endif
