/* SPDX-License-Identifier: MIT */
/* Starts child processes and waits for them. */
#include "tests/support/child.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/testing.h"

void child_fail(const char *condition, const char *file, int line) {
    dprintf(STDERR_FILENO, "%s:%d: false in a child: %s\n", file, line, condition);
    _exit(CHILD_FAILED);
}

pid_t child_start(void (*body)(void *context), void *context) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    alarm(CHILD_SECONDS);
    body(context);
    _exit(0); /* not exit(), which would remove the parent's folders */
}

int child_wait(pid_t child) {
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int child_run(void (*body)(void *context), void *context) {
    return child_wait(child_start(body, context));
}
