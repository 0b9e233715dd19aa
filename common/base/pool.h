/* Threads that work jobs off a queue, in the order in which they were put there. The thread that
 * waits for a job works as well: with one thread in all everything happens in pool_wait(), and
 * nothing is started.
 *
 *     pool_new(&pool, threads, &err);
 *     pool_submit(pool, &mine.job);
 *     pool_wait(pool, &mine.job);
 *     pool_free(pool);                          with no job left
 *
 * A job leaves its result in its own memory; pool_wait() synchronizes, so the caller may read it.
 *
 * Threads: one thread submits and waits. */
#ifndef QUERN_COMMON_BASE_POOL_H
#define QUERN_COMMON_BASE_POOL_H

#include <stdbool.h>

#include "common/base/status.h"

enum { POOL_MAX_THREADS = 256 };

/* Embedded in what describes the work. `worker` says which thread runs it, from 0, the one that
 * waits, to pool_thread_count() - 1: no two jobs run at a time with the same number. */
struct job {
    void (*run)(struct job *job, unsigned worker);
    struct job *next;
    bool done;
    bool paused; /* after pool_wait() and pool_wait_blocking(): it waits for pool_resume() */
};

struct pool;

/* `threads`, the caller included, from 1 to POOL_MAX_THREADS. */
enum status pool_new(struct pool **out, unsigned threads, struct error *err);
void pool_free(struct pool *pool);
unsigned pool_thread_count(const struct pool *pool);

/* The job stays where it is until it was waited for, to its end. */
void pool_submit(struct pool *pool, struct job *job);
/* Returns when the job is done, or paused. */
void pool_wait(struct pool *pool, struct job *job);
/* The same without working on other jobs: for a job that the calling thread runs itself, which
 * waits for one that was submitted before it. */
void pool_wait_blocking(struct pool *pool, struct job *job);

/* Called by a job that another thread than the first one runs: what it has so far is to be taken
 * by the first thread, which lets it go on then. */
void pool_pause(struct pool *pool, struct job *job);
void pool_resume(struct pool *pool, struct job *job);

#endif
