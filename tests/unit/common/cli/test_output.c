#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/cli/output.h"

/* Runs `check` in a child, which may spoil its descriptors; true when it returns true. */
static bool in_child(bool (*check)(int), int argument) {
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(check(argument) ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool next_file_is_above_2(int closed) {
    for (int fd = 0; fd <= 2; fd++)
        if (closed >> fd & 1)
            close(fd);
    output_sanitize_fds();
    int fd = open("/dev/null", O_RDONLY);
    char byte;
    return fd > 2 && read(0, &byte, 0) == 0 && write(1, "", 0) == 0 && write(2, "", 0) == 0;
}

static void test_sanitize_fds__every_set_of_closed(void **state) {
    (void)state;
    for (int closed = 0; closed < 8; closed++)
        assert_true(in_child(next_file_is_above_2, closed));
}

static void test_write__full_disk(void **state) {
    (void)state;
    struct error err;
    int full = open("/dev/full", O_WRONLY);
    if (full < 0)
        skip();
    assert_int_equal(output_write(full, slice_of_string("x"), &err), ST_FULL);
    assert_int_equal(output_write(full, slice_of_string(""), &err), ST_OK);
    close(full);
}

static void test_write__closed_pipe_is_quiet(void **state) {
    (void)state;
    int ends[2];
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(output_write(ends[1], slice_of_string("x"), NULL), ST_END);
    close(ends[1]);
    signal(SIGPIPE, before);
}

static void test_close__tells_what_stdio_kept(void **state) {
    (void)state;
    struct error err;
    FILE *full = fopen("/dev/full", "w"), *null = fopen("/dev/null", "w");
    if (!full || !null)
        skip();
    fputs("x", full); /* is only buffered */
    assert_int_equal(output_close(full, &err), ST_FULL);
    fputs("x", null);
    assert_int_equal(output_close(null, &err), ST_OK);
}

/* Whether the stream notices only when it is closed that nobody reads, or before, and forgets why.
 */
static bool close_is_quiet(int mode) {
    struct error err;
    int ends[2];
    output_sanitize_fds();
    FILE *stream = pipe(ends) == 0 ? fdopen(ends[1], "w") : NULL;
    if (!stream || setvbuf(stream, NULL, mode, 4096) || close(ends[0]))
        return false;
    fputs("x\n", stream);
    fputs("y\n", stream);
    return output_close(stream, &err) == ST_END;
}

static void test_close__closed_pipe_is_quiet(void **state) {
    (void)state;
    static const int modes[] = {_IOFBF, _IOLBF, _IONBF};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        assert_true(in_child(close_is_quiet, modes[i]));
}

static bool has_color(int number) {
    static const struct {
        enum when when;
        const char *term, *no_color;
        bool expected;
    } cases[] = {
        {WHEN_AUTO, "xterm", NULL, true}, {WHEN_AUTO, "xterm", "", true},
        {WHEN_AUTO, "xterm", "1", false}, {WHEN_AUTO, "dumb", NULL, false},
        {WHEN_AUTO, NULL, NULL, false},   {WHEN_NEVER, "xterm", NULL, false},
        {WHEN_ALWAYS, "dumb", "1", true},
    };
    if ((size_t)number >= sizeof cases / sizeof *cases)
        return true;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) || unlockpt(master))
        return true; /* no terminals here */
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    if (terminal < 0)
        return true;
    unsetenv("TERM");
    unsetenv("NO_COLOR");
    if (cases[number].term)
        setenv("TERM", cases[number].term, 1);
    if (cases[number].no_color)
        setenv("NO_COLOR", cases[number].no_color, 1);
    int null = open("/dev/null", O_WRONLY);
    return output_use_color(terminal, cases[number].when) == cases[number].expected &&
           output_use_color(null, cases[number].when) == (cases[number].when == WHEN_ALWAYS);
}

static void test_color__follows_the_conventions(void **state) {
    (void)state;
    for (int i = 0; i < 7; i++)
        assert_true(in_child(has_color, i));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sanitize_fds__every_set_of_closed),
        cmocka_unit_test(test_write__full_disk),
        cmocka_unit_test(test_write__closed_pipe_is_quiet),
        cmocka_unit_test(test_close__tells_what_stdio_kept),
        cmocka_unit_test(test_close__closed_pipe_is_quiet),
        cmocka_unit_test(test_color__follows_the_conventions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
