/* The last line of defence: stored bytes are read through a map, so a file that is cut off, a disk
 * that cannot be read and a page that points nowhere arrive as signals, and LMDB's own checks as
 * abort(). */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "common/store_private.h"

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define GUARD_SIGNALS 0 /* a sanitizer's own report says more */
#else
#define GUARD_SIGNALS 1
#endif

/* Made beforehand, so that the handler only writes. */
static char guard_line[4608];
static size_t guard_size;
static int guard_code;

static void guard_exit(void) {
    ssize_t written = write(STDERR_FILENO, guard_line, guard_size);
    (void)written;
    _exit(guard_code);
}

static void guard_handle(int number) {
    (void)number;
    guard_exit();
}

void store_guard_assert(MDB_env *env, const char *message) {
    (void)env;
    (void)message;
    if (guard_size)
        guard_exit();
}

void store_guard(const char *program, const char *index, int code) {
    int size =
        snprintf(guard_line, sizeof guard_line, "%s: %s: damaged; rebuild it\n", program, index);
    if (size < 0)
        return;
    guard_size = (size_t)size < sizeof guard_line ? (size_t)size : sizeof guard_line - 1;
    guard_line[guard_size - 1] = '\n';
    guard_code = code;
    if (!GUARD_SIGNALS)
        return;
    /* Damage can lead LMDB into a deep recursion; a handler needs a stack of its own then. */
    static char stack[64 * 1024];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    struct sigaction action = {.sa_handler = guard_handle, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    static const int signals[] = {SIGBUS, SIGSEGV, SIGFPE};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}
