#include "searcher/feed.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024 };

/* Whether read() would return at once, be it with the end or a failure. */
static bool is_ready(int fd) {
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    return poll(&poller, 1, 0) != 0;
}

static enum status read_more(struct feed *feed, struct error *err) {
    struct buffer *bytes = &feed->read;
    if (feed->given) {
        bytes->size -= feed->given;
        memmove(bytes->data, bytes->data + feed->given, bytes->size);
        feed->searched -= feed->given;
        feed->given = 0;
    }
    if (buffer_reserve(bytes, READ_BYTES))
        return error_nomem(err);
    ssize_t got;
    do
        got = read(feed->fd, bytes->data + bytes->size, READ_BYTES);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_set(err, ST_EIO, errno, "%s: read", feed->name);
    bytes->size += (size_t)got;
    feed->ended = got == 0;
    return ST_OK;
}

enum status feed_next(struct slice *line, struct feed *feed, bool wait, struct error *err) {
    for (;;) {
        const struct buffer *bytes = &feed->read;
        const uint8_t *end = NULL;
        if (feed->searched < bytes->size)
            end = memchr(bytes->data + feed->searched, '\n', bytes->size - feed->searched);
        feed->searched = end ? (size_t)(end - bytes->data) + 1 : bytes->size;
        if (end || (feed->ended && feed->given < bytes->size)) {
            *line = slice_of(bytes->data + feed->given, feed->searched - feed->given - (end != 0));
            feed->given = feed->searched;
            return ST_OK;
        }
        if (feed->ended)
            return ST_END;
        if (!wait && !is_ready(feed->fd))
            return ST_NOT_FOUND;
        enum status status = read_more(feed, err);
        if (status)
            return status;
    }
}

void feed_release(struct feed *feed) {
    buffer_release(&feed->read);
}
