/* The lines of a file or pipe, by someone who has other things to do while none is there.
 *
 *     struct feed feed = {.fd = fd, .name = path};
 *     while ((status = feed_next(&line, &feed, true, &err)) == ST_OK)
 *         use(line);
 *     feed_release(&feed);
 *
 * Memory: the longest line, twice at most, and 64 KiB. */
#ifndef QUERN_SEARCHER_FEED_H
#define QUERN_SEARCHER_FEED_H

#include "common/base/bytes.h"
#include "common/base/status.h"

struct feed {
    int fd;             /* borrowed */
    const char *name;   /* for messages, borrowed */
    struct buffer read; /* owned */
    size_t given;       /* bytes at its front that were given out */
    size_t searched;    /* bytes at its front in which no further line ends */
    bool ended;
};

/* The next line without the newline, valid until the next call; a last line without one counts.
 * ST_END: no more. ST_NOT_FOUND: none is there yet, and it was not asked to `wait`. ST_EIO,
 * ST_NOMEM. */
enum status feed_next(struct slice *line, struct feed *feed, bool wait, struct error *err);
void feed_release(struct feed *feed);

#endif
