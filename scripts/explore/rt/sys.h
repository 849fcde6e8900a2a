/*
 * sys.h - what the runtime needs of the system: raw system calls (which neither set errno
 * nor can be interposed), and the functions of libc behind those we interpose.
 */
#ifndef EXPLORE_SYS_H
#define EXPLORE_SYS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#if defined __x86_64__
static inline long sys6(long n, long a, long b, long c, long d, long e, long f) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#elif defined __aarch64__
static inline long sys6(long n, long a, long b, long c, long d, long e, long f) {
    register long x8 __asm__("x8") = n;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}
#else
#error "sys.h: write sys6() for this processor"
#endif

/* A negative result is -errno. */
#define sys(n, ...) SYS_PAD(n, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define SYS_PAD(n, a, b, c, d, e, f, ...)                                                          \
    sys6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* The next definition of a function that we interpose: libc's. Ends the process with
 * status 3 where there is none. */
typedef void any_function(void);
any_function *real_function(const char *name);
#define REAL(type, name)                                                                           \
    static type real;                                                                              \
    if (!real)                                                                                     \
    real = (type)real_function(name)

/* Memory at `where` (0: anywhere), zeroed, not reserved. Ends the process with status 3
 * when there is none. */
void *map_memory(uintptr_t where, size_t size);

double seconds_now(void); /* on the monotonic clock */

/* Text without stdio: the formats %s %d %u %x %lx %c %p of printf. Returns its length. */
int print_into(char *to, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int print_list(char *to, size_t size, const char *format, va_list list);
/* "explore: …" to standard error, then exit status 3. */
_Noreturn void cannot(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
