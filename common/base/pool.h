/* SPDX-License-Identifier: MIT */
/* A pool of threads that run jobs in the order in which they were submitted. The thread that waits
 * for a job runs jobs too, so a pool of one starts no thread and does everything in pool_wait().
 *
 *     pool_new(&pool, threads, &err);
 *     pool_submit(pool, &task.job);
 *     pool_wait(pool, &task.job);
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

/* Embedded in the description of the work. `worker` is the number of the thread that runs the job:
 * 0 for the thread that waits, up to pool_thread_count() - 1. No two jobs run at the same time with
 * the same number. */
struct job {
    void (*run)(struct job *job, unsigned worker);
    struct job *next;
    bool done;
    bool paused; /* after a wait: the job is paused until pool_resume() */
};

struct pool;

/* `threads` includes the caller, from 1 to POOL_MAX_THREADS. The pool has fewer if the system
 * refuses to start more. ST_NOMEM. */
enum status pool_new(struct pool **out, unsigned threads, struct error *err);
void pool_free(struct pool *pool);
unsigned pool_thread_count(const struct pool *pool);

/* Queues a job, which must stay valid until a wait finds it done. */
void pool_submit(struct pool *pool, struct job *job);
/* Runs queued jobs until this one is done or paused. */
void pool_wait(struct pool *pool, struct job *job);
/* The same without running jobs, for a job of worker 0 that waits for one submitted before it. */
void pool_wait_blocking(struct pool *pool, struct job *job);

/* Pauses the calling job, which must not run on worker 0, until the waiting thread has taken its
 * results so far and resumes it. */
void pool_pause(struct pool *pool, struct job *job);
void pool_resume(struct pool *pool, struct job *job);

#endif
