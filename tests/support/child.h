/* SPDX-License-Identifier: MIT */
/* Runs parts of tests in child processes: parts that die or that change the state of a process. */
#ifndef QUERN_TESTS_SUPPORT_CHILD_H
#define QUERN_TESTS_SUPPORT_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* A sanitizer needs its own address space and handles faults of memory itself. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define CHILD_SANITIZED 1
#else
#define CHILD_SANITIZED 0
#endif

enum {
    CHILD_FAILED = 99,  /* exit code after a require() that failed */
    CHILD_SECONDS = 60, /* SIGALRM ends a child that takes longer */
};

/* Ends the child if the condition is false. cmocka's asserts would run the next test in it. */
#define require(condition)                                                                         \
    do {                                                                                           \
        if (!(condition))                                                                          \
            child_fail(#condition, __FILE__, __LINE__);                                            \
    } while (0)
void child_fail(const char *condition, const char *file, int line) __attribute__((noreturn));

/* Starts a child that runs `body` and exits with 0. */
pid_t child_start(void (*body)(void *context), void *context);
/* Waits for the child; returns its exit code, or the negative number of the signal that ended
 * it. */
int child_wait(pid_t child);
/* Starts a child and waits for it. */
int child_run(void (*body)(void *context), void *context);

#endif
