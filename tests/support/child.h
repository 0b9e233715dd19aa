/* Parts of tests that need a process of their own: to be killed, to die, or to change what belongs
 * to the whole process. */
#ifndef QUERN_TESTS_SUPPORT_CHILD_H
#define QUERN_TESTS_SUPPORT_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* Limits of address space and signals for damaged memory are a sanitizer's own business. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define CHILD_SANITIZED 1
#else
#define CHILD_SANITIZED 0
#endif

enum {
    CHILD_FAILED = 99,  /* exit code of a require() that does not hold */
    CHILD_SECONDS = 60, /* after which a child is ended by SIGALRM: it hangs */
};

/* cmocka's asserts would go on with the next test in the child; this ends it. */
#define require(condition)                                                                         \
    do {                                                                                           \
        if (!(condition))                                                                          \
            child_fail(#condition, __FILE__, __LINE__);                                            \
    } while (0)
void child_fail(const char *condition, const char *file, int line) __attribute__((noreturn));

/* Starts a child that runs `body` and exits with 0. */
pid_t child_start(void (*body)(void *context), void *context);
/* Its exit code, or the negative number of the signal that ended it. */
int child_wait(pid_t child);
/* Both in one. */
int child_run(void (*body)(void *context), void *context);

#endif
