/*
 * sys.c - see sys.h.
 */
#include "sys.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <time.h>

#include "rt.h"

any_function *real_function(const char *name) {
    union {
        void *object;
        any_function *function;
    } found = {.object = dlsym(RTLD_NEXT, name)};
    if (!found.object)
        cannot("the C library has no %s", name);
    return found.function;
}

void *map_memory(uintptr_t where, size_t size) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (where ? MAP_FIXED_NOREPLACE : 0);
    long got = sys(SYS_mmap, where, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (got < 0 || (where && (uintptr_t)got != where))
        cannot("no %u MiB of address space: ulimit -v unlimited lets it have them",
               (unsigned)(size >> 20));
    return (void *)got;
}

double seconds_now(void) {
    struct timespec t = {0};
    sys(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- text ------------------------------------------------------------------------- */

static size_t number(char *to, u64 value, unsigned radix) {
    char digits[24];
    size_t n = 0, i = 0;
    do {
        digits[n++] = "0123456789abcdef"[value % radix];
        value /= radix;
    } while (value);
    while (n)
        to[i++] = digits[--n];
    to[i] = 0;
    return i;
}

int print_list(char *to, size_t size, const char *format, va_list list) {
    size_t at = 0;
    char buffer[32];
    for (; *format; format++) {
        const char *piece = buffer;
        buffer[0] = *format, buffer[1] = 0;
        if (*format == '%') {
            bool is_long = *++format == 'l';
            if (is_long)
                format++;
            switch (*format) {
            case 's': piece = va_arg(list, const char *); break;
            case 'c': buffer[0] = (char)va_arg(list, int); break;
            case 'd': {
                long value = is_long ? va_arg(list, long) : va_arg(list, int);
                buffer[0] = '-';
                number(buffer + (value < 0), value < 0 ? 0 - (u64)value : (u64)value, 10);
                break;
            }
            case 'u':
            case 'x':
                number(buffer, is_long ? va_arg(list, unsigned long) : va_arg(list, unsigned),
                       *format == 'u' ? 10 : 16);
                break;
            case 'p': number(buffer, (uptr)va_arg(list, void *), 16); break;
            default: buffer[0] = *format; break;
            }
        }
        for (; piece && *piece && at + 1 < size; piece++)
            to[at++] = *piece;
    }
    if (size)
        to[at] = 0;
    return (int)at;
}

int print_into(char *to, size_t size, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int n = print_list(to, size, format, list);
    va_end(list);
    return n;
}

void cannot(const char *format, ...) {
    char line[300];
    va_list list;
    va_start(list, format);
    int n = print_into(line, sizeof line, "explore: ");
    n += print_list(line + n, sizeof line - (size_t)n - 1, format, list);
    va_end(list);
    if (rt.channel && !rt.alone)
        print_into(rt.channel->cannot, sizeof rt.channel->cannot, "%s", line + 9);
    line[n++] = '\n';
    sys(SYS_write, 2, line, n);
    sys(SYS_exit_group, 3);
    __builtin_unreachable();
}
