/* SPDX-License-Identifier: MIT */
/* Opens, inspects, writes and closes the standard streams. */
#include "common/cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/base/io.h"

void output_sanitize_fds(void) {
    signal(SIGPIPE, SIG_IGN);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            continue;
        /* All lower descriptors are open, so this one becomes `fd`. Without it nothing is safe. */
        if (open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) != fd)
            _exit(74); /* EX_IOERR */
    }
}

bool output_is_terminal(int fd) {
    return isatty(fd) == 1;
}

bool output_is_ansi_terminal(int fd) {
    const char *term = getenv("TERM");
    return term && *term && strcmp(term, "dumb") != 0 && output_is_terminal(fd);
}

unsigned output_columns(int fd) {
    struct winsize size;
    return output_is_terminal(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool output_use_color(int fd, enum when when) {
    if (when != WHEN_AUTO)
        return when == WHEN_ALWAYS;
    const char *no_color = getenv("NO_COLOR");
    return !(no_color && *no_color) && output_is_ansi_terminal(fd);
}

bool output_use_hyperlinks(int fd, enum when when) {
    return when == WHEN_AUTO ? output_is_ansi_terminal(fd) : when == WHEN_ALWAYS;
}

/* Whether `fd` is a pipe without a reader. */
static bool is_broken(int fd) {
    struct pollfd poller = {.fd = fd, .events = POLLOUT};
    return poll(&poller, 1, 0) > 0 && poller.revents & POLLERR;
}

static enum status write_failed(struct error *err) {
    if (errno == EPIPE)
        return ST_END;
    return error_set(err, status_from_errno(errno), errno, "write the output");
}

enum status output_write(int fd, struct slice bytes, struct error *err) {
    return io_write(fd, bytes) ? write_failed(err) : ST_OK;
}

enum status output_close(FILE *stream, struct error *err) {
    enum status status = ST_OK;
    errno = 0;
    bool failed = ferror(stream);
    if (fflush(stream) != 0 || failed) {
        if (!errno) /* an earlier write failed, and stdio does not keep its errno */
            errno = is_broken(fileno(stream)) ? EPIPE : EIO;
        status = write_failed(err);
    }
    /* A network file system may report a failed write only now. */
    if (fclose(stream) != 0 && !status)
        status = write_failed(err);
    return status;
}
