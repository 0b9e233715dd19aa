/* The pool: every job is done once, by one worker at a time, whatever the number of threads. */
#include "tests/support/testing.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "common/pool.h"

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
    assert_int_equal(pool_threads(pool), threads);
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

static unsigned order[JOBS], ordered;

static void note(struct job *job, unsigned worker) {
    assert_int_equal(worker, 0);
    order[ordered++] = ((struct count *)job)->number;
}

/* With one thread jobs run when somebody waits, those before the one waited for first. */
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool_wait__every_job_once),
        cmocka_unit_test(test_pool_wait__one_thread_works_in_order),
        cmocka_unit_test(test_pool_free__without_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
