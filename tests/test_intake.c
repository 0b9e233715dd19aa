/* Batches in memory: where they end when several threads work on them. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/shelf.h"

enum { DOCUMENTS = 6000, WORDS = 500, VOCABULARY = 20000 };

/* Indexes the same documents within so much memory; returns how many batches they were. */
static uint64_t batches(unsigned threads, uint64_t memory) {
    struct testing_random random = testing_random();
    struct writer_options options = shelf_options();
    struct writer *writer = NULL;
    struct error err;
    enum writer_outcome outcome;
    struct buffer text = {0};
    options.threads = threads;
    options.memory = memory;
    assert_ok(writer_open(&writer, testing_path("index"), &options, &err), &err);
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        char id[16];
        snprintf(id, sizeof id, "%u", i);
        buffer_clear(&text);
        testing_words(&text, &random, WORDS, VOCABULARY);
        struct document document = {.id = slice_of_string(id), .text = buffer_slice(&text)};
        assert_ok(writer_add(writer, &document, &outcome, &err), &err);
        if (writer_due(writer))
            assert_ok(writer_commit(writer, &err), &err);
    }
    assert_ok(writer_commit(writer, &err), &err);
    uint64_t count = writer_counts(writer)->segments_flushed;
    writer_close(writer);
    buffer_release(&text);
    return count;
}

/* Threads share the memory: a batch ends when all of it is used, not when one of them has used its
 * part. */
static void test_intake_is_full__any_number_of_threads(void **state) {
    (void)state;
    static const unsigned threads[] = {2, 4, 8, 16};
    uint64_t one = batches(1, 32 << 20);
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++)
        assert_in_range(batches(threads[i], 32 << 20), one, one + 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intake_is_full__any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
