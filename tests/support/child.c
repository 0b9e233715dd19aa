#include "tests/support/child.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/testing.h"

void child_fail(const char *condition, const char *file, int line) {
    dprintf(STDERR_FILENO, "%s:%d: in a child: not so: %s\n", file, line, condition);
    _exit(CHILD_FAILED);
}

pid_t child_start(void (*body)(void *context), void *context) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    alarm(CHILD_SECONDS);
    body(context);
    _exit(0); /* and leave the parent's folders alone */
}

int child_wait(pid_t child) {
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int child_run(void (*body)(void *context), void *context) {
    return child_wait(child_start(body, context));
}
