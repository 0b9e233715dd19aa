/* SPDX-License-Identifier: MIT */
/* Runs jobs on threads, with one lock for the queue and all states of jobs. */
#include "common/base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum { HANDLER_STACK = 64 * 1024 };

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t queued; /* a job was queued, or the pool ends */
    pthread_cond_t ended;  /* a job is done or paused */
    pthread_cond_t resumed;
    struct job *first, **last;
    bool stop;
    unsigned threads; /* the caller included */
    unsigned started;
    pthread_t *thread_ids;
};

/* The argument of a new thread. */
struct thread_start {
    struct pool *pool;
    unsigned worker;
};

/* Takes the first job and runs it. The caller holds the lock, which is released during the job. */
static void run_next_job(struct pool *pool, unsigned worker) {
    struct job *job = pool->first;
    pool->first = job->next;
    if (!pool->first)
        pool->last = &pool->first;
    pthread_mutex_unlock(&pool->lock);
    job->run(job, worker);
    pthread_mutex_lock(&pool->lock);
    job->done = true;
    pthread_cond_signal(&pool->ended);
}

/* Each thread has a stack for signal handlers (store_guard()): damage can lead LMDB into a
 * recursion that uses up the ordinary stack. */
static void *thread_main(void *argument) {
    struct thread_start start = *(struct thread_start *)argument;
    free(argument);
    struct pool *pool = start.pool;
    char stack[HANDLER_STACK];
    stack_t before;
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, &before);
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        if (pool->first)
            run_next_job(pool, start.worker);
        else if (pool->stop)
            break;
        else
            pthread_cond_wait(&pool->queued, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    sigaltstack(&before, NULL);
    return NULL;
}

/* Signals go to the first thread, except those raised by a fault of the thread itself. */
static int start_thread(struct pool *pool, unsigned worker) {
    struct thread_start *start = malloc(sizeof *start);
    if (!start)
        return -1;
    *start = (struct thread_start){pool, worker};
    sigset_t all, before;
    sigfillset(&all);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGABRT);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&pool->thread_ids[pool->started], NULL, thread_main, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        free(start);
    else
        pool->started++;
    return failed;
}

enum status pool_new(struct pool **out, unsigned threads, struct error *err) {
    *out = NULL;
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return error_nomem(err);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->queued, NULL);
    pthread_cond_init(&pool->ended, NULL);
    pthread_cond_init(&pool->resumed, NULL);
    pool->last = &pool->first;
    pool->threads = 1;
    pool->thread_ids = calloc(threads, sizeof *pool->thread_ids);
    if (!pool->thread_ids) {
        pool_free(pool);
        return error_nomem(err);
    }
    /* If no more threads may be started (ulimit -u), fewer do the same work. */
    while (pool->threads < threads && start_thread(pool, pool->threads) == 0)
        pool->threads++;
    *out = pool;
    return ST_OK;
}

void pool_free(struct pool *pool) {
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->queued);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->started; i++)
        pthread_join(pool->thread_ids[i], NULL);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->queued);
    pthread_cond_destroy(&pool->ended);
    pthread_cond_destroy(&pool->resumed);
    free(pool->thread_ids);
    free(pool);
}

unsigned pool_thread_count(const struct pool *pool) {
    return pool->threads;
}

void pool_submit(struct pool *pool, struct job *job) {
    job->next = NULL;
    job->done = job->paused = false;
    pthread_mutex_lock(&pool->lock);
    *pool->last = job;
    pool->last = &job->next;
    pthread_cond_signal(&pool->queued);
    pthread_mutex_unlock(&pool->lock);
}

static void wait_for_job(struct pool *pool, const struct job *job, bool help) {
    pthread_mutex_lock(&pool->lock);
    while (!job->done && !job->paused) {
        if (help && pool->first)
            run_next_job(pool, 0);
        else
            pthread_cond_wait(&pool->ended, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
}

void pool_wait(struct pool *pool, struct job *job) {
    wait_for_job(pool, job, true);
}

void pool_wait_blocking(struct pool *pool, struct job *job) {
    wait_for_job(pool, job, false);
}

void pool_pause(struct pool *pool, struct job *job) {
    pthread_mutex_lock(&pool->lock);
    job->paused = true;
    pthread_cond_signal(&pool->ended);
    while (job->paused)
        pthread_cond_wait(&pool->resumed, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

void pool_resume(struct pool *pool, struct job *job) {
    pthread_mutex_lock(&pool->lock);
    job->paused = false;
    pthread_cond_broadcast(&pool->resumed);
    pthread_mutex_unlock(&pool->lock);
}
