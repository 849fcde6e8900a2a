/*
 * rt_mem.c - memcpy and its kin for the runtime itself, which the program's wrapped ones
 * must not serve; the compiler calls these by name. Hidden: nobody else sees them.
 */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
#ifdef __x86_64__
    void *result = to;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
    return result;
#else
    volatile char *t = to;
    const char *f = from;
    for (size_t i = 0; i < size; i++)
        t[i] = f[i];
    return to;
#endif
}

void *memmove(void *to, const void *from, size_t size) {
    volatile char *t = to;
    const char *f = from;
    if (t < f)
        return memcpy(to, from, size);
    while (size--)
        t[size] = f[size];
    return to;
}

void *memset(void *to, int value, size_t size) {
#ifdef __x86_64__
    void *result = to;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
    return result;
#else
    volatile char *t = to;
    for (size_t i = 0; i < size; i++)
        t[i] = (char)value;
    return to;
#endif
}

int memcmp(const void *a, const void *b, size_t size) {
    const unsigned char *x = a, *y = b;
    for (size_t i = 0; i < size; i++)
        if (x[i] != y[i])
            return x[i] - y[i];
    return 0;
}

size_t strlen(const char *text) {
    size_t n = 0;
    while (((const volatile char *)text)[n])
        n++;
    return n;
}
