/* SPDX-License-Identifier: MIT */
/* Rebuilds the worked example of FORMAT.md and compares it with the code blocks of the text, so the
 * text and the programs cannot drift apart. FORMAT.md says how a block is written. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/segment/block_store.h"
#include "indexer/scan/changes.h"
#include "indexer/scan/sources.h"
#include "searcher/eval/search.h"
#include "tests/support/index_fixture.h"
#include "tests/support/testing.h"

static struct error err;

/* A fenced block. Its first line names what the others show. */
struct block {
    const char *language, *name, *lines;
};

static struct {
    struct buffer text; /* FORMAT.md, cut into strings */
    struct block blocks[128];
    size_t count;
    struct snapshot *snapshot;
} example;

/* Terminates the line at *at and moves past it. */
static char *take_line(char **at) {
    char *line = *at, *end = strchr(line, '\n');
    assert_non_null(end);
    *end = '\0';
    *at = end + 1;
    return line;
}

static void take_blocks(char *text) {
    static const char fence[] = "\n```";
    while ((text = strstr(text, fence))) {
        assert_true(example.count < sizeof example.blocks / sizeof *example.blocks);
        struct block *block = &example.blocks[example.count++];
        text += strlen(fence);
        block->language = take_line(&text);
        block->name = take_line(&text);
        block->lines = text;
        char *end = strstr(text, fence);
        assert_non_null(end);
        text = end + strlen(fence);
        *end = '\0';
    }
}

static size_t count_blocks(const char *language) {
    size_t count = 0;
    for (size_t i = 0; i < example.count; i++)
        count += strcmp(example.blocks[i].language, language) == 0;
    return count;
}

static const struct block *record_block(const char *name) {
    for (size_t i = 0; i < example.count; i++)
        if (strcmp(example.blocks[i].language, "record") == 0 &&
            strcmp(example.blocks[i].name, name) == 0)
            return &example.blocks[i];
    return NULL;
}

/* Prints bytes in the form of the example, so that a change can be copied from here. */
static void print_bytes(const char *name, struct slice bytes) {
    print_error("%s\n", name);
    for (size_t at = 0; at < bytes.size; at += 16) {
        print_error("%04zx:", at);
        for (size_t i = at; i < at + 16 && i < bytes.size; i++)
            print_error(" %02x", bytes.data[i]);
        print_error("\n");
    }
}

/* Compares a token with the bytes from *at on and moves past those that it shows. Returns the end
 * of the token, or NULL if they differ. */
static const char *check_token(const char *token, struct slice bytes, size_t *at) {
    if (*token == '"') {
        for (token++; *token && *token != '"'; token++, ++*at)
            if (*at == bytes.size || (*token != '?' && bytes.data[*at] != (uint8_t)*token))
                return NULL;
        return *token ? token + 1 : NULL;
    }
    if (strncmp(token, "??*", 3) == 0 && !(token[3] >= '0' && token[3] <= '9')) {
        *at = bytes.size;
        return token + 3;
    }
    unsigned value = 0, times = 1;
    int used = 0;
    bool any = strncmp(token, "??", 2) == 0;
    if (!any && (sscanf(token, "%2x%n", &value, &used) != 1 || used != 2))
        return NULL;
    token += 2;
    if (*token == '*') {
        if (sscanf(token, "*%u%n", &times, &used) != 1)
            return NULL;
        token += used;
    }
    for (; times; times--, ++*at)
        if (*at == bytes.size || (!any && bytes.data[*at] != value))
            return NULL;
    return token;
}

/* A line has its offset, the bytes there and, after two spaces, an explanation. */
static bool check_line(const char *line, struct slice bytes, size_t *at) {
    char *colon;
    if (strtoul(line, &colon, 16) != *at || *colon != ':')
        return false;
    const char *token = colon + 1;
    while (token && token[0] == ' ' && token[1] != ' ')
        token = check_token(token + 1, bytes, at);
    return token && (!*token || *token == ' ' || *token == '\n');
}

static bool check_lines(const char *line, struct slice bytes) {
    size_t at = 0;
    for (size_t size; *line; line += size + (line[size] == '\n')) {
        size = strcspn(line, "\n");
        if (!check_line(line, bytes, &at)) {
            print_error("FORMAT.md differs before offset %04zx: %.*s\n", at, (int)size, line);
            return false;
        }
    }
    if (at < bytes.size)
        print_error("FORMAT.md shows %zu of %zu bytes\n", at, bytes.size);
    return at == bytes.size;
}

/* Whether the example shows exactly these bytes under this name. Prints the difference. */
static bool check_record(const char *name, struct slice bytes) {
    const struct block *block = record_block(name);
    if (!block)
        print_error("FORMAT.md does not show it:\n");
    if (block && check_lines(block->lines, bytes))
        return true;
    print_bytes(name, bytes);
    return false;
}

static void add_document(struct writer *writer, const char *id, const char *type, const char *title,
                         const char *text, int64_t mtime, uint64_t size) {
    const struct field_value values[] = {
        {.field = SCHEMA_TYPE, .type = FIELD_TYPE_KEYWORD, .text = slice_of_string(type)},
        {.field = SCHEMA_DATE, .type = FIELD_TYPE_DATE, .key = mtime}};
    struct document document = {.id = slice_of_string(id),
                                .title = slice_of_string(title),
                                .text = slice_of_string(text),
                                .values = values,
                                .value_count = 2,
                                .size = size};
    enum writer_outcome outcome;
    assert_ok(index_fixture_write(&outcome, writer, &document, &err), &err);
    assert_int_equal(outcome, WRITER_ADDED);
}

/* Remembers the folder and its files as a scan would on a machine with these inodes. */
static void remember_files(struct writer *writer) {
    struct changes *changes;
    const struct stat leak = {
        .st_size = 34, .st_mtim.tv_sec = 1700000000, .st_ctim.tv_sec = 1700000001, .st_ino = 301};
    const struct stat repairs = {
        .st_size = 43, .st_mtim.tv_sec = 1700000060, .st_ctim.tv_sec = 1700000061, .st_ino = 302};
    assert_ok(changes_new(&changes, writer, writer_snapshot(writer)->catalog.hash_seed,
                          INT64_C(1700003600000000000), &err),
              &err);
    changes_reset(changes);
    assert_ok(changes_enter(changes, NULL, slice_of_string("/news"), 7, &err), &err);
    assert_ok(changes_remember(changes, slice_of_string("a"), &leak, 0, &err), &err);
    assert_ok(changes_remember(changes, slice_of_string("b"), &repairs, 0, &err), &err);
    assert_ok(changes_leave(changes, NULL, &err), &err);
    changes_free(changes);
}

static void remember_source(struct writer *writer) {
    struct sources sources = {0};
    struct source source = {
        .kind = SOURCE_FOLDER, .max_size = 64 << 20, .path = slice_of_string("/news")};
    bool changed;
    assert_ok(sources_add(&changed, &sources, &source, &err), &err);
    assert_ok(sources_write(&sources, writer, &err), &err);
    sources_release(&sources);
}

static int set_up(void **state) {
    (void)state;
    testing_read_file(&example.text, TEST_DATA "/../../FORMAT.md");
    assert_int_equal(buffer_append_byte(&example.text, '\0'), ST_OK);
    take_blocks((char *)example.text.data);
    const char *index = testing_path("index");
    struct writer *writer = index_fixture_writer(index);
    add_document(writer, "/news/a", "text", "Leak", "The gas pipeline leaks gas.", 1700000000, 34);
    add_document(writer, "/news/b", "html", "Norwegian gas", "Pipeline repairs reported.",
                 1700000060, 43);
    remember_files(writer);
    remember_source(writer);
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    assert_ok(snapshot_open(&example.snapshot, index, &err), &err);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    snapshot_close(example.snapshot);
    buffer_release(&example.text);
    return 0;
}

/* The name of a record: its table and its key, with text in quotes and numbers in hex. */
static void record_name(char name[128], enum store_table table, struct slice key) {
    static const char *const tables[] = {"meta", "dict", "chunk", "live", "file"};
    static const unsigned hex[] = {0, 4, 8, 8, 8}; /* bytes of a key that are a number */
    bool native = table == TABLE_CHUNK || table == TABLE_DELETES;
    int size = snprintf(name, 128, "%s ", tables[table]);
    for (unsigned i = 0; i < hex[table]; i++)
        size += snprintf(name + size, 128 - (size_t)size, "%02x",
                         key.data[native ? hex[table] - 1 - i : i]);
    if (table == TABLE_DICT) { /* the field of the first term */
        size += snprintf(name + size, 128 - (size_t)size, " %02x%02x", key.data[4], key.data[5]);
        key = slice_after(key, 2);
    }
    if (!native)
        snprintf(name + size, 128 - (size_t)size, "%s\"%.*s\"", hex[table] ? " " : "",
                 (int)(key.size - hex[table]), (const char *)key.data + hex[table]);
}

static void test_format__shows_every_record(void **state) {
    (void)state;
    size_t count = 0, wrong = 0;
    for (int table = 0; table < TABLE_COUNT; table++) {
        struct store_cursor *cursor;
        struct slice key, value;
        assert_ok(store_cursor_open(&cursor, example.snapshot->txn, (enum store_table)table, &err),
                  &err);
        enum status status;
        while (!(status = store_cursor_next(&key, &value, cursor, &err))) {
            char name[128];
            record_name(name, (enum store_table)table, key);
            wrong += !check_record(name, value);
            count++;
        }
        assert_status(status, ST_END, &err);
        store_cursor_close(cursor);
    }
    static const struct {
        const char *name;
        enum stream data, index;
    } unpacked[] = {{"unpacked docs 0", STREAM_DOCS, STREAM_DOC_INDEX},
                    {"unpacked text 0", STREAM_TEXT, STREAM_TEXT_INDEX}};
    for (size_t i = 0; i < sizeof unpacked / sizeof *unpacked; i++, count++) {
        struct chunk_reader *chunks = &example.snapshot->segments[0].chunks;
        struct block_store_entry entry;
        struct buffer raw = {0};
        struct slice tail;
        assert_int_equal(block_store_count(chunks, unpacked[i].index), 1);
        assert_true(block_store_read_entry(&entry, chunks, unpacked[i].index, 0));
        assert_ok(block_store_load(&raw, &tail, &example.snapshot->decompressor, chunks,
                                   unpacked[i].data, &entry, &err),
                  &err);
        assert_int_equal(buffer_append_slice(&raw, tail), ST_OK);
        wrong += !check_record(unpacked[i].name, buffer_slice(&raw));
        buffer_release(&raw);
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(count, count_blocks("record"));
}

/* Runs a query and lists the hits in the form of the example. */
static void run_search(char *lines, size_t size, const char *text) {
    struct query query;
    struct analyzer *analyzer;
    struct results results = {0};
    const struct analyzer_options analysis = index_fixture_options().analysis;
    struct search_scratch *scratch = search_scratch_new();
    const struct search_options options = {.limit = 10, .ranking = {.k1 = 1.2, .b = 0.75}};
    assert_non_null(scratch);
    assert_ok(analyzer_new(&analyzer, &analysis, &err), &err);
    assert_ok(query_parse(&query, &(struct query_context){.analyzer = analyzer},
                          slice_of_string(text), &err),
              &err);
    assert_ok(search_run(&results, scratch, &example.snapshot, 1, &query, &options, &err), &err);
    size_t used = 0;
    for (size_t i = 0; i < results.count; i++) {
        struct document document;
        const struct hit *hit = &results.hits[i];
        assert_ok(
            segment_document(&document, &example.snapshot->segments[hit->segment], hit->doc, &err),
            &err);
        used += (size_t)snprintf(lines + used, size - used, "%s%.4f  %.*s", i ? "\n" : "",
                                 hit->score, (int)document.id.size, (const char *)document.id.data);
        assert_true(used < size);
    }
    results_release(&results);
    query_release(&query);
    analyzer_free(analyzer);
    search_scratch_free(scratch);
}

static void test_format__finds_what_it_says(void **state) {
    (void)state;
    assert_true(count_blocks("search") > 0);
    for (size_t i = 0; i < example.count; i++) {
        char lines[512];
        if (strcmp(example.blocks[i].language, "search") != 0)
            continue;
        run_search(lines, sizeof lines, example.blocks[i].name);
        assert_string_equal(lines, example.blocks[i].lines);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format__shows_every_record),
        cmocka_unit_test(test_format__finds_what_it_says),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
