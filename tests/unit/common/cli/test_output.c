/* SPDX-License-Identifier: MIT */
/* Output that is lost is reported, a closed pipe is not, and closed descriptors do no harm. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/cli/output.h"
#include "tests/support/child.h"

/* The checks run in children, since they spoil descriptors and the environment. */
static void check_next_file(void *context) {
    int closed = *(int *)context;
    for (int fd = 0; fd <= 2; fd++)
        if (closed >> fd & 1)
            close(fd);
    output_sanitize_fds();
    int fd = open("/dev/null", O_RDONLY);
    char byte;
    require(fd > 2 && read(0, &byte, 0) == 0 && write(1, "", 0) == 0 && write(2, "", 0) == 0);
}

static void test_output_sanitize_fds__every_set_of_closed(void **state) {
    (void)state;
    for (int closed = 0; closed < 8; closed++)
        assert_int_equal(child_run(check_next_file, &closed), 0);
}

static void test_output_write__full_disk(void **state) {
    (void)state;
    struct error err;
    int full = open("/dev/full", O_WRONLY);
    if (full < 0)
        skip();
    assert_int_equal(output_write(full, slice_of_string("x"), &err), ST_FULL);
    assert_int_equal(output_write(full, slice_of_string(""), &err), ST_OK);
    close(full);
}

static void test_output_write__closed_pipe_is_quiet(void **state) {
    (void)state;
    int ends[2];
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(output_write(ends[1], slice_of_string("x"), NULL), ST_END);
    close(ends[1]);
    signal(SIGPIPE, before);
}

static void test_output_close__reports_a_kept_error(void **state) {
    (void)state;
    struct error err;
    FILE *full = fopen("/dev/full", "w"), *null = fopen("/dev/null", "w");
    if (!full || !null)
        skip();
    fputs("x", full); /* only buffered */
    assert_int_equal(output_close(full, &err), ST_FULL);
    fputs("x", null);
    assert_int_equal(output_close(null, &err), ST_OK);
}

/* The stream notices the closed pipe either when it is closed or before, and then forgets why. */
static void check_quiet_close(void *context) {
    int mode = *(int *)context;
    struct error err;
    int ends[2];
    output_sanitize_fds();
    FILE *stream = pipe(ends) == 0 ? fdopen(ends[1], "w") : NULL;
    require(stream && setvbuf(stream, NULL, mode, 4096) == 0 && close(ends[0]) == 0);
    fputs("x\n", stream);
    fputs("y\n", stream);
    require(output_close(stream, &err) == ST_END);
}

static void test_output_close__closed_pipe_is_quiet(void **state) {
    (void)state;
    static int modes[] = {_IOFBF, _IOLBF, _IONBF};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        assert_int_equal(child_run(check_quiet_close, &modes[i]), 0);
}

struct color_case {
    enum when when;
    const char *term, *no_color;
    bool expected;
};

static void check_color(void *context) {
    const struct color_case *expected = context;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) || unlockpt(master))
        return; /* no terminals here */
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    if (terminal < 0)
        return;
    unsetenv("TERM");
    unsetenv("NO_COLOR");
    if (expected->term)
        setenv("TERM", expected->term, 1);
    if (expected->no_color)
        setenv("NO_COLOR", expected->no_color, 1);
    int null = open("/dev/null", O_WRONLY);
    require(output_use_color(terminal, expected->when) == expected->expected);
    require(output_use_color(null, expected->when) == (expected->when == WHEN_ALWAYS));
}

static void test_output_use_color__follows_the_conventions(void **state) {
    (void)state;
    static struct color_case cases[] = {
        {WHEN_AUTO, "xterm", NULL, true}, {WHEN_AUTO, "xterm", "", true},
        {WHEN_AUTO, "xterm", "1", false}, {WHEN_AUTO, "dumb", NULL, false},
        {WHEN_AUTO, NULL, NULL, false},   {WHEN_NEVER, "xterm", NULL, false},
        {WHEN_ALWAYS, "dumb", "1", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(child_run(check_color, &cases[i]), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output_sanitize_fds__every_set_of_closed),
        cmocka_unit_test(test_output_write__full_disk),
        cmocka_unit_test(test_output_write__closed_pipe_is_quiet),
        cmocka_unit_test(test_output_close__reports_a_kept_error),
        cmocka_unit_test(test_output_close__closed_pipe_is_quiet),
        cmocka_unit_test(test_output_use_color__follows_the_conventions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
