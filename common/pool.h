/* Threads that work jobs off a queue, in the order in which they were put there. Whoever waits for
 * a job works as well: with one thread in all everything happens in pool_wait(), and nothing is
 * started.
 *
 *     pool_new(&pool, threads, &err);
 *     pool_submit(pool, &mine.job);
 *     pool_wait(pool, &mine.job);
 *     pool_free(pool);                          with no job left
 *
 * Jobs report in memory of their own, which pool_wait() makes visible to who waited.
 *
 * Threads: one thread submits and waits. */
#ifndef QUERN_COMMON_POOL_H
#define QUERN_COMMON_POOL_H

#include <stdbool.h>

#include "common/status.h"

enum { POOL_MAX_THREADS = 256 };

/* Embedded in what describes the work. `worker` says which thread runs it, from 0, the one that
 * waits, to pool_threads() - 1: no two jobs run at a time with the same number. */
struct job {
    void (*run)(struct job *job, unsigned worker);
    struct job *next;
    bool done;
};

struct pool;

/* `threads`, the caller included, from 1 to POOL_MAX_THREADS. */
enum status pool_new(struct pool **out, unsigned threads, struct error *err);
void pool_free(struct pool *pool);
unsigned pool_threads(const struct pool *pool);

/* The job stays where it is until it was waited for. */
void pool_submit(struct pool *pool, struct job *job);
void pool_wait(struct pool *pool, struct job *job);

#endif
