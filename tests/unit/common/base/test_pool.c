/* SPDX-License-Identifier: MIT */
/* Every job runs exactly once, and each worker runs one at a time, with any number of threads. */
#include "tests/support/testing.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/pool.h"
#include "tests/support/child.h"

enum { JOBS = 2000 };

struct count {
    struct job job;
    unsigned number;
    unsigned runs;
    unsigned worker;
};

static atomic_uint busy[POOL_MAX_THREADS];
static atomic_uint clashes;

static void run(struct job *job, unsigned worker) {
    struct count *count = (struct count *)job;
    clashes += atomic_exchange(&busy[worker], 1);
    volatile unsigned spin = 0;
    for (unsigned i = 0; i < count->number % 7 * 100; i++)
        spin++;
    count->runs++;
    count->worker = worker;
    atomic_store(&busy[worker], 0);
}

static void check(unsigned threads) {
    struct pool *pool;
    struct error err;
    assert_ok(pool_new(&pool, threads, &err), &err);
    assert_int_equal(pool_thread_count(pool), threads);
    struct count *counts = calloc(JOBS, sizeof *counts);
    assert_non_null(counts);
    unsigned waited = 0;
    for (unsigned i = 0; i < JOBS; i++) {
        counts[i] = (struct count){.job.run = run, .number = i};
        pool_submit(pool, &counts[i].job);
        for (; i - waited > 10; waited++)
            pool_wait(pool, &counts[waited].job);
    }
    for (; waited < JOBS; waited++)
        pool_wait(pool, &counts[waited].job);
    for (unsigned i = 0; i < JOBS; i++) {
        assert_int_equal(counts[i].runs, 1);
        assert_in_range(counts[i].worker, 0, threads - 1);
    }
    assert_int_equal(clashes, 0);
    free(counts);
    pool_free(pool);
}

static void test_pool_wait__every_job_once(void **state) {
    (void)state;
    static const unsigned threads[] = {1, 2, 3, 8};
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++)
        check(threads[i]);
}

/* A job that counts to a limit and hands over every number. */
struct counting {
    struct job job;
    struct pool *pool;
    unsigned number, limit;
};

static void count_up(struct job *job, unsigned worker) {
    struct counting *counting = (struct counting *)job;
    assert_int_not_equal(worker, 0);
    while (++counting->number < counting->limit)
        pool_pause(counting->pool, job);
}

/* A job hands over its results so far, and goes on when it is resumed. */
static void test_pool_pause__step_by_step(void **state) {
    (void)state;
    enum { COUNTERS = 3 };
    struct pool *pool;
    struct error err;
    struct counting counters[COUNTERS];
    assert_ok(pool_new(&pool, 1 + COUNTERS, &err), &err);
    for (unsigned i = 0; i < COUNTERS; i++) {
        counters[i] = (struct counting){.job.run = count_up, .pool = pool, .limit = 100 * i + 1};
        pool_submit(pool, &counters[i].job);
    }
    for (unsigned i = 0; i < COUNTERS; i++) {
        unsigned seen = 1;
        for (pool_wait_blocking(pool, &counters[i].job); !counters[i].job.done;
             pool_wait_blocking(pool, &counters[i].job)) {
            assert_true(counters[i].job.paused);
            assert_int_equal(counters[i].number, seen++);
            pool_resume(pool, &counters[i].job);
        }
        assert_int_equal(seen, counters[i].limit);
        assert_int_equal(counters[i].number, seen);
    }
    pool_free(pool);
}

static unsigned order[JOBS], ordered;

static void note(struct job *job, unsigned worker) {
    assert_int_equal(worker, 0);
    order[ordered++] = ((struct count *)job)->number;
}

/* With one thread jobs run within pool_wait(), in the order of submission. */
static void test_pool_wait__one_thread_works_in_order(void **state) {
    (void)state;
    struct pool *pool;
    struct error err;
    struct count counts[5];
    assert_ok(pool_new(&pool, 1, &err), &err);
    for (unsigned i = 0; i < 5; i++) {
        counts[i] = (struct count){.job.run = note, .number = i};
        pool_submit(pool, &counts[i].job);
    }
    assert_int_equal(ordered, 0);
    pool_wait(pool, &counts[2].job);
    assert_int_equal(ordered, 3);
    for (unsigned i = 0; i < 5; i++)
        pool_wait(pool, &counts[i].job);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(order[i], i);
    pool_free(pool);
}

static void test_pool_free__without_work(void **state) {
    (void)state;
    struct pool *pool;
    struct error err;
    pool_free(NULL);
    for (unsigned threads = 1; threads < 5; threads++) {
        assert_ok(pool_new(&pool, threads, &err), &err);
        pool_free(pool);
    }
}

static volatile unsigned deep = 1;

/* Frames smaller than the guard page after the stack, so that none jumps over it. */
__attribute__((noinline)) static unsigned recurse(unsigned depth) {
    volatile unsigned char frame[256];
    frame[depth % sizeof frame] = 1;
    return deep ? recurse(depth + 1) + frame[depth % sizeof frame] : 0;
}

static void run_out_of_stack(struct job *job, unsigned worker) {
    (void)job;
    recurse(worker);
}

static void leave(int number) {
    (void)number;
    _exit(7);
}

static void overflow(void *context) {
    struct error err;
    struct pool *pool;
    struct job job = {.run = run_out_of_stack};
    (void)context;
    sigaction(SIGSEGV, &(struct sigaction){.sa_handler = leave, .sa_flags = SA_ONSTACK}, NULL);
    require(pool_new(&pool, 2, &err) == ST_OK);
    pool_submit(pool, &job);
    for (;;)
        pause(); /* not pool_wait(), which would run the job on this thread */
}

/* store_guard() relies on this when damage makes LMDB recurse. */
static void test_pool__handlers_run_where_the_stack_has_no_room(void **state) {
    (void)state;
    if (CHILD_SANITIZED)
        skip();
    assert_int_equal(child_run(overflow, NULL), 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool_wait__every_job_once),
        cmocka_unit_test(test_pool_wait__one_thread_works_in_order),
        cmocka_unit_test(test_pool_pause__step_by_step),
        cmocka_unit_test(test_pool_free__without_work),
        cmocka_unit_test(test_pool__handlers_run_where_the_stack_has_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
