/* SPDX-License-Identifier: MIT */
/* Batches: any number of threads prints what one thread prints, and all see the same state. */
#include "tests/support/testing.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/index/current.h"
#include "searcher/batch.h"
#include "searcher/options.h"
#include "tests/support/child.h"
#include "tests/support/index_fixture.h"

enum { DOCUMENTS = 1500, WORDS = 40, VOCABULARY = 2000, LINES = 600, BROKEN = 300 };

static struct error err, note;
static const char *index_folder; /* an index of DOCUMENTS documents of random words */
static const unsigned threads[] = {1, 2, 3, 8, QUERY_THREADS_MAX};
enum { THREADS = sizeof threads / sizeof *threads };

static int create_index(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    index_folder = testing_path("library");
    struct writer *writer = index_fixture_writer(index_folder);
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        char id[16];
        struct buffer text = {0};
        /* Enough words that no random one is in the last block of the dictionary. */
        for (unsigned k = 0; i == 0 && k < VOCABULARY; k++)
            assert_int_equal(buffer_append(&text, id, (size_t)snprintf(id, sizeof id, "x%u ", k)),
                             ST_OK);
        snprintf(id, sizeof id, "d%u", i);
        testing_random_words(&text, &random, WORDS, VOCABULARY);
        assert_int_equal(buffer_append(&text, "zz", 3), ST_OK); /* in every document */
        index_fixture_add(writer, id, NULL, (const char *)text.data, WRITER_ADDED);
        buffer_release(&text);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    return 0;
}

/* Runs the batch in `file` with these options; *out is what it writes to standard output. */
static enum status run(struct buffer *out, const struct printer_format *format, const char *file,
                       const char *arguments, unsigned count) {
    struct query_options options;
    char text[512], *argv[16];
    int argc = 0;
    snprintf(text, sizeof text, "quern-search --index=%s --queries=%s --threads=%u %s",
             index_folder, file, count, arguments);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    assert_ok(query_options_parse(&options, &argc, argv, false, &err), &err);
    assert_int_equal(options.threads, count);
    struct indexes indexes[QUERY_THREADS_MAX] = {0};
    assert_ok(indexes_find(&indexes[0], &note, &options.indexes, &err), &err);
    unsigned opened = count;
    assert_ok(indexes_open(indexes, &opened, &err), &err);
    assert_int_equal(opened, count);
    struct schema schema = {0};
    struct request request;
    assert_ok(indexes_schema(&schema, &indexes[0], &err), &err);
    assert_ok(request_init(&request, &options, &schema, &indexes[0].snapshots[0]->catalog, 0, &err),
              &err);
    struct printer printer = {.format = format, .run_tag = options.run_tag};
    const char *path = testing_path("out");
    fflush(stdout);
    int saved = dup(STDOUT_FILENO), fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(saved >= 0 && fd >= 0);
    dup2(fd, STDOUT_FILENO);
    enum status status = query_batch_run(&printer, indexes, count, &options, &request, &err);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    close(fd);
    printer_release(&printer);
    indexes_close(indexes, count);
    request_release(&request);
    schema_release(&schema);
    query_options_release(&options);
    testing_read_file(out, path);
    return status;
}

/* Lines of one to four words: some with ids, some empty, some with the line ends of Windows, the
 * last one without a newline. `bad`, unless NULL, is added to line `at` and to some after it. */
static void make_lines(struct buffer *lines, unsigned count, const char *bad, unsigned at) {
    struct testing_random random = testing_random();
    for (unsigned i = 0; i < count; i++) {
        char name[16];
        size_t size = (size_t)snprintf(name, sizeof name, "q%u\t", i);
        if (i % 3)
            assert_int_equal(buffer_append(lines, name, size), ST_OK);
        if (i % 11)
            testing_random_words(lines, &random, 1 + testing_random_below(&random, 4), VOCABULARY);
        if (bad && i >= at && (i - at) % 50 == 0)
            assert_int_equal(buffer_append_slice(lines, slice_of_string(bad)), ST_OK);
        if (i % 7 == 0)
            assert_int_equal(buffer_append_byte(lines, '\r'), ST_OK);
        if (i + 1 < count)
            assert_int_equal(buffer_append_byte(lines, '\n'), ST_OK);
    }
}

static const char *lines_file(unsigned count, const char *bad, unsigned at) {
    const char *path = testing_path("queries");
    struct buffer lines = {0};
    make_lines(&lines, count, bad, at);
    testing_write_file(path, buffer_slice(&lines));
    buffer_release(&lines);
    return path;
}

static void check_format(const struct printer_format *format, const char *options) {
    const char *file = lines_file(LINES, NULL, 0);
    struct buffer one = {0};
    assert_ok(run(&one, format, file, options, 1), &err);
    assert_true(one.size > LINES);
    for (size_t i = 1; i < THREADS; i++) {
        struct buffer out = {0};
        assert_ok(run(&out, format, file, options, threads[i]), &err);
        assert_slice(buffer_slice(&out), buffer_slice(&one));
        buffer_release(&out);
    }
    buffer_release(&one);
}

static void test_query_batch_run__threads_print_what_one_prints(void **state) {
    (void)state;
    check_format(&printer_tsv, "--tsv");
    check_format(&printer_ids, "-l --all");
    check_format(&printer_trec, "--trec=run -n 200 --any"); /* more than the output buffer has */
}

/* Each line has the count of a search of its own, in the order of the file. */
static void test_query_batch_run__answers_each_line(void **state) {
    (void)state;
    struct buffer lines = {0}, expected = {0};
    make_lines(&lines, LINES, NULL, 0);
    struct cli_list given = {.items = (char **)(uintptr_t)&index_folder, .count = 1};
    struct indexes indexes = {0};
    assert_ok(indexes_find(&indexes, &note, &given, &err), &err);
    unsigned opened = 1;
    assert_ok(indexes_open(&indexes, &opened, &err), &err);
    struct search_options options = {.ranking = {.k1 = 1.2, .b = 0.75}, .count = true};
    unsigned number = 0;
    for (size_t at = 0, end; at < lines.size; at = end + 1) {
        const uint8_t *newline = memchr(lines.data + at, '\n', lines.size - at);
        end = newline ? (size_t)(newline - lines.data) : lines.size;
        size_t size = end - at;
        number++;
        if (size && lines.data[at + size - 1] == '\r')
            size--;
        if (!size)
            continue;
        const uint8_t *tab = memchr(lines.data + at, '\t', size);
        size_t name = tab ? (size_t)(tab - lines.data) - at + 1 : 0;
        char text[64];
        struct query query;
        struct results results;
        assert_ok(query_parse(&query, &(struct query_context){.analyzer = indexes.analyzer},
                              slice_of(lines.data + at + name, size - name), &err),
                  &err);
        assert_ok(
            search_run(&results, indexes.scratch, indexes.snapshots, 1, &query, &options, &err),
            &err);
        int length = tab ? snprintf(text, sizeof text, "%.*s%llu\n", (int)name, lines.data + at,
                                    (unsigned long long)results.total)
                         : snprintf(text, sizeof text, "%u\t%llu\n", number,
                                    (unsigned long long)results.total);
        assert_int_equal(buffer_append(&expected, text, (size_t)length), ST_OK);
        results_release(&results);
        query_release(&query);
    }
    indexes_close(&indexes, 1);
    const char *file = lines_file(LINES, NULL, 0);
    for (size_t i = 0; i < THREADS; i++) {
        struct buffer out = {0};
        assert_ok(run(&out, &printer_count, file, "-c", threads[i]), &err);
        assert_slice(buffer_slice(&out), buffer_slice(&expected));
        buffer_release(&out);
    }
    buffer_release(&lines);
    buffer_release(&expected);
}

/* Fewer lines than threads, and no line. */
static void test_query_batch_run__few_lines(void **state) {
    (void)state;
    const char *path = testing_path("queries");
    testing_write_file(path, slice_of_string("a\tw0 w1\nw0"));
    for (size_t i = 0; i < THREADS; i++) {
        struct buffer out = {0};
        assert_ok(run(&out, &printer_ids, path, "-l -n 1", threads[i]), &err);
        assert_true(out.size > 8 && memcmp(out.data, "a\td", 3) == 0);
        assert_non_null(memmem(out.data, out.size, "\n2\td", 4));
        buffer_release(&out);
    }
    testing_write_file(path, slice_of_string("\n\r\n"));
    for (size_t i = 0; i < THREADS; i++) {
        struct buffer out = {0};
        assert_status(run(&out, &printer_ids, path, "-l", threads[i]), ST_END, &err);
        assert_int_equal(out.size, 0);
        buffer_release(&out);
    }
}

/* The id and hits of each query, which unlike its time do not depend on the number of threads. */
static void read_timing(struct buffer *columns, const char *path) {
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char name[32], text[64];
    double time;
    unsigned hits;
    while (fscanf(file, "%31s %lf %u", name, &time, &hits) == 3) {
        assert_true(time > 0);
        int length = snprintf(text, sizeof text, "%s %u\n", name, hits);
        assert_int_equal(buffer_append(columns, text, (size_t)length), ST_OK);
    }
    assert_true(feof(file));
    fclose(file);
}

static void test_query_batch_run__times_in_order(void **state) {
    (void)state;
    const char *file = lines_file(LINES, NULL, 0);
    char options[300];
    struct buffer one = {0};
    for (size_t i = 0; i < THREADS; i++) {
        struct buffer out = {0}, columns = {0};
        const char *timing = testing_path("timing");
        snprintf(options, sizeof options, "-q --total --timing=%s", timing);
        assert_ok(run(&out, &printer_none, file, options, threads[i]), &err);
        assert_int_equal(out.size, 0);
        read_timing(i ? &columns : &one, timing);
        if (i)
            assert_slice(buffer_slice(&columns), buffer_slice(&one));
        buffer_release(&columns);
    }
    assert_true(one.size > LINES);
    buffer_release(&one);
}

/* Damages the block of the dictionary that ends with "zz". */
static void break_last_terms(void) {
    char path[PATH_MAX];
    struct store *store;
    struct store_txn *txn;
    struct slice key, value;
    struct buffer copy = {0};
    uint8_t last[8];
    memset(last, 0xff, sizeof last);
    assert_ok(current_generation(path, index_folder, &err), &err);
    assert_ok(store_open(&store, path, STORE_WRITE, &err), &err);
    assert_ok(store_begin(&txn, store, true, &err), &err);
    assert_ok(store_floor(&key, &value, txn, TABLE_DICT, slice_of(last, sizeof last), &err), &err);
    assert_int_equal(buffer_append_slice(&copy, value), ST_OK);
    copy.data[copy.size / 2] ^= 1;
    uint8_t name[STORE_KEY_MAX];
    memcpy(name, key.data, key.size);
    assert_ok(store_put(txn, TABLE_DICT, slice_of(name, key.size), buffer_slice(&copy), &err),
              &err);
    assert_ok(store_commit(txn, &err), &err);
    store_close(store);
    buffer_release(&copy);
}

/* If several queries fail, the first one in the file is reported, after the output of those before.
 */
static void test_query_batch_run__ends_at_the_first_failure(void **state) {
    const char *intact = index_folder;
    struct buffer before = {0};
    create_index(state);
    assert_ok(run(&before, &printer_ids, lines_file(BROKEN, NULL, 0), "-l", 1), &err);
    break_last_terms();
    const char *file = lines_file(LINES, " zz", BROKEN);
    for (size_t i = 0; i < THREADS; i++) {
        struct buffer out = {0};
        err = (struct error){0};
        assert_status(run(&out, &printer_ids, file, "-l", threads[i]), ST_CORRUPT, &err);
        assert_true(err.text[0] != '\0');
        assert_slice(buffer_slice(&out), buffer_slice(&before));
        buffer_release(&out);
    }
    buffer_release(&before);
    index_folder = intact;
}

static void test_query_batch_run__names_a_file_that_it_cannot_read(void **state) {
    (void)state;
    struct buffer out = {0};
    assert_status(run(&out, &printer_ids, testing_folder(), "-l", 1), ST_EIO, &err);
    assert_int_equal(err.sys, EISDIR);
    assert_non_null(strstr(err.text, ": read"));
    assert_int_equal(out.size, 0);
    buffer_release(&out);
}

static void commit_forever(void *context) {
    struct writer *writer = index_fixture_writer(context);
    for (unsigned i = 0;; i++) {
        char id[16];
        snprintf(id, sizeof id, "%u", i % 100);
        struct document document = {.id = slice_of_string(id), .text = slice_of(&i, sizeof i)};
        enum writer_outcome outcome;
        require(index_fixture_write(&outcome, writer, &document, &err) == ST_OK);
        require(writer_commit(writer, &err) == ST_OK);
    }
}

/* The number of the latest commit. */
static uint64_t newest_state(const char *path) {
    struct snapshot *snapshot;
    assert_ok(snapshot_open(&snapshot, path, &err), &err);
    uint64_t number = store_txn_id(snapshot->txn);
    snapshot_close(snapshot);
    return number;
}

/* Another process commits as fast as it can. Each round begins after a commit that the round before
 * did not see. */
static void test_indexes_open__shows_all_threads_one_state(void **state) {
    (void)state;
    enum { ROUNDS = 50 };
    const char *path = testing_path("index");
    index_fixture_fill(path, (struct test_document[]){{"a", NULL, "one"}}, 1, 0);
    pid_t child = child_start(commit_forever, (void *)path);
    struct cli_list given = {.items = (char **)(uintptr_t)&path, .count = 1};
    uint64_t number = 0, several = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        while (newest_state(path) == number)
            assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
        struct indexes indexes[QUERY_THREADS_MAX] = {0};
        assert_ok(indexes_find(&indexes[0], &note, &given, &err), &err);
        unsigned opened = QUERY_THREADS_MAX;
        assert_ok(indexes_open(indexes, &opened, &err), &err);
        const struct snapshot *first = indexes[0].snapshots[0];
        for (size_t i = 1; i < opened; i++) {
            const struct snapshot *other = indexes[i].snapshots[0];
            assert_int_equal(store_txn_id(other->txn), store_txn_id(first->txn));
            assert_int_equal(other->catalog.next_segment, first->catalog.next_segment);
            assert_ptr_equal(other->store, first->store);
            assert_ptr_not_equal(indexes[i].analyzer, indexes[0].analyzer);
        }
        assert_true(store_txn_id(first->txn) > number);
        several += opened > 1;
        number = store_txn_id(first->txn);
        indexes_close(indexes, QUERY_THREADS_MAX);
    }
    assert_true(several > ROUNDS / 2);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(child_wait(child), -SIGKILL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_batch_run__threads_print_what_one_prints),
        cmocka_unit_test(test_query_batch_run__answers_each_line),
        cmocka_unit_test(test_query_batch_run__few_lines),
        cmocka_unit_test(test_query_batch_run__times_in_order),
        cmocka_unit_test(test_query_batch_run__ends_at_the_first_failure),
        cmocka_unit_test(test_query_batch_run__names_a_file_that_it_cannot_read),
        cmocka_unit_test(test_indexes_open__shows_all_threads_one_state),
    };
    return cmocka_run_group_tests(tests, create_index, NULL);
}
