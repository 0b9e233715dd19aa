/* SPDX-License-Identifier: MIT */
/* Verification notices every flipped byte of an index, unless nothing changed for readers. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/index/verify.h"
#include "common/segment/id_index.h"
#include "common/segment/segment_writer.h"
#include "common/segment/term_entry.h"
#include "indexer/commit/commit.h"
#include "tests/support/index_fixture.h"
#include "tests/support/store_fixture.h"

enum { GUARDED = 99 }; /* the exit code of store_guard() */

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { SANITIZED = 1 }; /* store_guard() leaves signals to the sanitizer */
#else
enum { SANITIZED = 0 };
#endif

/* An index of several segments with short and long lists, and replaced and deleted documents. */
static void make_index(const char *index) {
    struct testing_random random = testing_random();
    struct error err;
    struct writer *writer = index_fixture_writer(index);
    for (unsigned i = 0; i < 400; i++) {
        char id[16];
        struct buffer text = {0};
        snprintf(id, sizeof id, "id-%u", i % 350);
        testing_random_words(&text, &random, 40, 300);
        assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
        index_fixture_add(writer, id, "title", (const char *)text.data,
                          i < 350 ? WRITER_ADDED : WRITER_REPLACED);
        buffer_release(&text);
        if (i == 250 || i == 360)
            assert_ok(writer_commit(writer, &err), &err);
    }
    assert_ok(writer_remove(writer, slice_of_string("id-100"), &err), &err);
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
}

static void test_verify_snapshot__counts(void **state) {
    (void)state;
    const char *index = testing_path("index");
    static const struct test_document papers[] = {
        {"a", "one two", "three one"}, {"b", NULL, "one"}, {"c", NULL, ""}};
    index_fixture_fill(index, papers, 3, 2);
    struct error err;
    struct snapshot *snapshot;
    struct verify_counts counts;
    assert_ok(snapshot_open(&snapshot, index, &err), &err);
    assert_ok(verify_snapshot(&counts, snapshot, &err), &err);
    assert_int_equal(counts.segments, 2);
    assert_int_equal(counts.documents, 3);
    assert_int_equal(counts.terms, 5); /* two of them of the title */
    assert_int_equal(counts.postings, 6);
    assert_int_equal(counts.occurrences, 5);
    assert_true(counts.bytes > 0);
    snapshot_close(snapshot);
}

static void test_verify_snapshot__accepts_an_empty_index(void **state) {
    (void)state;
    const char *index = testing_path("index");
    writer_close(index_fixture_writer(index));
    struct error err;
    struct snapshot *snapshot;
    struct verify_counts counts;
    assert_ok(snapshot_open(&snapshot, index, &err), &err);
    assert_ok(verify_snapshot(&counts, snapshot, &err), &err);
    assert_int_equal(counts.segments + counts.documents + counts.terms + counts.bytes, 0);
    snapshot_close(snapshot);
}

/* Damage that no checksum reveals: a sound segment about which the catalog says something else. */
static void test_verify_snapshot__compares_the_catalog(void **state) {
    (void)state;
    const char *index = testing_path("index");
    make_index(index);
    static const struct {
        const char *message; /* a part of it */
        size_t place;
        int more;
        size_t size;
    } lies[] = {
#define LIE(field, more, message)                                                                  \
    {message, offsetof(struct segment_info, field), more, sizeof((struct segment_info *)0)->field}
        LIE(terms, 1, "the catalog's count of terms is wrong"),
        LIE(terms, -1, "the catalog's count of terms is wrong"),
        LIE(postings, 1, "the catalog's count of postings is wrong"),
        LIE(length, 1, "the catalog's count of tokens is wrong"),
        LIE(deleted, 1, "the catalog's count of deleted documents is wrong"),
        LIE(documents, 1, ""),
        LIE(documents, -1, ""),
        LIE(id, 1, ""),
        LIE(chunks[STREAM_POSTINGS], 1, "chunk"),
        LIE(chunks[STREAM_POSITIONS], -1, "chunk"),
        LIE(chunks[STREAM_TEXT], -1, "no such chunk"),
        LIE(chunks[STREAM_FORMS], -1, "no such chunk"),
        LIE(chunks[STREAM_FORM_INDEX], 1, "chunk"),
        LIE(text_bytes, 1, "the catalog's count of text is wrong"),
        LIE(bytes, -1, "the catalog's count of bytes is wrong"),
#undef LIE
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct error err;
        struct snapshot *snapshot;
        struct verify_counts counts;
        assert_ok(snapshot_open(&snapshot, index, &err), &err);
        struct segment_info info = snapshot->catalog.segments[0];
        uint8_t *field = (uint8_t *)&info + lies[i].place;
        if (lies[i].size == 8)
            put_u64(field, get_u64(field) + (uint64_t)(int64_t)lies[i].more);
        else
            put_u32(field, get_u32(field) + (uint32_t)lies[i].more);
        segment_close(&snapshot->segments[0]);
        segment_open(&snapshot->segments[0], snapshot->txn, &snapshot->decompressor, &info);
        assert_status(verify_snapshot(&counts, snapshot, &err), ST_CORRUPT, &err);
        assert_non_null(strstr(err.text, lies[i].message));
        assert_non_null(strstr(err.text, "segment "));
        snapshot_close(snapshot);
    }
}

/* The same of a field. */
static void test_verify_snapshot__compares_the_fields(void **state) {
    (void)state;
    const char *index = testing_path("index");
    make_index(index);
    static const struct {
        uint32_t documents, chunk;
        uint64_t length;
        bool no_norms;
        const char *message;
    } lies[] = {
        {.documents = 1, .message = "the catalog's count of documents with a field is wrong"},
        {.length = 1, .message = "the catalog's count of tokens in a field is wrong"},
        {.length = UINT64_MAX,
         .message = "term title:titl: the catalog's count of tokens is wrong"},
        {.chunk = 1, .message = "no such chunk"},
        {.no_norms = true, .message = "norms of a field are missing"},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct error err;
        struct snapshot *snapshot;
        struct verify_counts counts;
        assert_ok(snapshot_open(&snapshot, index, &err), &err);
        struct segment_field *title =
            segment_info_require_field(&snapshot->segments[0].info, SCHEMA_TITLE);
        assert_true(title && title->documents && title->has_norms);
        title->documents += lies[i].documents;
        title->length += lies[i].length;
        title->norms_chunk += lies[i].chunk;
        title->has_norms &= !lies[i].no_norms;
        assert_status(verify_snapshot(&counts, snapshot, &err), ST_CORRUPT, &err);
        if (!strstr(err.text, lies[i].message))
            fail_msg("\"%s\" says nothing of \"%s\"", err.text, lies[i].message);
        snapshot_close(snapshot);
    }
}

/* A writer that makes one mistake. The segment has 300 documents with the word "all", twice, and
 * "even" or "odd". In every third document, the title is "all", and "All" is a keyword. */
enum fault {
    NO_FAULT,
    LENGTH_WRONG,
    NORM_WRONG,
    ID_WRONG,
    BOUND_WRONG,
    POSITIONS_EQUAL,
    POSTING_OF_NO_DOCUMENT,
    TOTAL_WRONG,
    TEXT_CUT,
    TEXT_OTHER,
    ID_TWICE,
    CROWD,
    ID_TWICE_IN_CROWD,
    ID_ADDED,
    SKIPS_MOVED,
    BLOCK_ELSEWHERE,
    TEXT_OF_NOBODY,
    ID_EMPTY,
    FIELD_NORM_WRONG,
    FIELD_NORMS_MISSING,
    FIELD_TERMS_MISSING,
    FIELD_WORD_ELSEWHERE,
    FIELD_WORD_TOO_OFTEN,
    FIELD_WITHOUT_TERMS,
    FIELD_UNKNOWN,
    FORMS_UNORDERED,
    FORM_TWICE,
    FORM_OF_NO_TERM,
    FORM_OF_OTHER_KEY,
};

/* The number in the id of a document. In a crowd, the ids of some documents share a fingerprint, as
 * somebody could choose them. */
static unsigned id_number(enum fault fault, uint32_t doc) {
    enum { CROWD_FIRST = 60, CROWD_END = 92 };
    static unsigned crowd[CROWD_END];
    bool twice = fault == ID_TWICE || fault == ID_TWICE_IN_CROWD;
    if (twice && doc == 78)
        doc = 77;
    if (fault < CROWD || fault > ID_TWICE_IN_CROWD || doc < CROWD_FIRST || doc >= CROWD_END)
        return doc;
    for (unsigned next = 1000, i = CROWD_FIRST; i < CROWD_END && !crowd[CROWD_END - 1]; next++) {
        char id[16];
        int size = snprintf(id, sizeof id, "id-%u", next);
        if ((uint16_t)id_index_hash(0, slice_of(id, (size_t)size)) == 77)
            crowd[i++] = next;
    }
    return crowd[doc];
}

static void begin_list(struct postings_encoder *encoder, uint16_t field, const char *term) {
    uint8_t bytes[FIELD_TERM_MAX];
    postings_encoder_begin(encoder, field_term_join(bytes, field, slice_of_string(term)));
}

/* The list of a field: every third document has the term at position 0. */
static void write_field(struct postings_encoder *encoder, uint16_t field, const char *term,
                        uint32_t count, bool one_more) {
    struct error err;
    begin_list(encoder, field, term);
    for (uint32_t doc = 0; doc < count; doc += 3) {
        uint32_t frequency = one_more && doc == 78 ? 3 : 1;
        assert_ok(postings_encoder_add_document(encoder, doc, &err), &err);
        for (uint32_t i = 0; i < frequency; i++)
            assert_ok(postings_encoder_add_value(encoder, i > 0, &err), &err);
    }
    assert_ok(postings_encoder_end(encoder, &err), &err);
}

static void write_fields(struct postings_encoder *encoder, unsigned fault, uint32_t count) {
    if (fault != FIELD_TERMS_MISSING)
        write_field(encoder, SCHEMA_TITLE, fault == FIELD_WORD_ELSEWHERE ? "even" : "all", count,
                    fault == FIELD_WORD_TOO_OFTEN);
    write_field(encoder, SCHEMA_TAG, "all", count, true);
    if (fault == FIELD_WITHOUT_TERMS)
        write_field(encoder, SCHEMA_OWN_MIN, "all", count, false); /* a number */
    if (fault == FIELD_UNKNOWN)
        write_field(encoder, SCHEMA_OWN_MIN + 1, "all", count, false);
}

static void write_forms(struct segment_writer *writer, unsigned fault) {
    static const char *const words[] = {"all", "even", "evens", "odd"};
    struct error err;
    for (size_t i = 0; i < 4; i++) {
        size_t number = fault == FORMS_UNORDERED ? 3 - i : fault == FORM_TWICE && i == 2 ? 1 : i;
        struct slice word = slice_of_string(words[number]), term = word;
        if (number == 2 && fault != FORM_OF_NO_TERM)
            term.size = 4;
        struct surface_form form = {word, word, term, 100};
        if (number == 3 && fault == FORM_OF_OTHER_KEY)
            form.key = slice_of_string("odds");
        assert_ok(segment_writer_add_form(writer, &form, &err), &err);
    }
}

static void write_faulty(struct segment_writer *writer, unsigned fault) {
    enum { COUNT = 300 };
    static const char *const terms[] = {"all", "even", "odd"};
    const struct field_value tag = {.field = SCHEMA_TAG,
                                    .type = FIELD_TYPE_KEYWORD,
                                    .text = slice_of_string("All"),
                                    .term = slice_of_string("all")};
    struct error err;
    uint32_t doc;
    for (uint32_t i = 0; i < COUNT; i++) {
        char id[16];
        struct document document = {.length = fault == LENGTH_WRONG && i == 77 ? 4 : 3,
                                    .text = slice_of_string("text"),
                                    .has_text = true,
                                    .values = &tag,
                                    .value_count = i % 3 == 0};
        document.id = slice_of(id, (size_t)snprintf(id, sizeof id, "id-%u", id_number(fault, i)));
        if (fault == ID_EMPTY && i == 77)
            document.id.size = 0;
        uint64_t text_hash = hash64(document.text.data, document.text.size, 0);
        document.content_hash = document_content_hash(i, text_hash);
        if (fault == TEXT_OTHER && i == 77)
            document.content_hash ^= UINT64_C(1) << 32;
        assert_ok(segment_writer_add(&doc, writer, &document, &err), &err);
        uint8_t norm = i % 3 ? 0 : fault == FIELD_NORM_WRONG && i == 78 ? 2 : 1;
        if (fault == FIELD_WORD_TOO_OFTEN && i == 78)
            norm = 3;
        if (fault != FIELD_NORMS_MISSING)
            assert_ok(segment_writer_add_norm(writer, SCHEMA_TITLE, doc, norm, &err), &err);
    }
    if (fault == TEXT_CUT) {
        struct document document = {.id = slice_of_string("cut"), .length = 0};
        const struct text_location where = {.stored = true, .size = 2000, .block = 0, .offset = 5};
        assert_ok(segment_writer_add_stored(&doc, writer, &document, &where, &err), &err);
    }
    uint64_t *hashes = (void *)writer->hashes.memory.data;
    if (fault == ID_WRONG)
        hashes[77] ^= 1;   /* a bit of the fingerprint */
    if (fault == ID_ADDED) /* with another document's */
        hashes[77] = hashes[78];
    if (fault ==
        BLOCK_ELSEWHERE) /* the second one: its documents are found in place, but not by look-up */
        writer->docs.block_first -= 5;
    if (fault == TEXT_OF_NOBODY)
        writer->docs.packer.first = COUNT;
    if (fault == SKIPS_MOVED)
        writer->postings.entry.skips = 1;
    struct postings_encoder encoder = {0};
    assert_ok(segment_writer_norms(&encoder.fields, writer, &err), &err);
    for (unsigned term = 0; term < 3; term++) {
        begin_list(&encoder, SCHEMA_ALL, terms[term]);
        if (fault == BOUND_WRONG) /* impacts are made for longer documents */
            memset(writer->norms.memory.data, 9, COUNT);
        for (uint32_t i = 0; i < COUNT; i++) {
            if (term && i % 2 == term - 1)
                continue;
            uint32_t number = i;
            if (fault == POSTING_OF_NO_DOCUMENT && term == 2 && i == COUNT - 2)
                number = COUNT;
            assert_ok(postings_encoder_add_document(&encoder, number, &err), &err);
            uint32_t *place;
            assert_ok(postings_encoder_add_values(&place, &encoder, term ? 1 : 2, &err), &err);
            place[0] = term ? 2 : 0;
            if (!term)
                place[1] = fault == POSITIONS_EQUAL && i == 77 ? 0 : 1;
        }
        if (fault == TOTAL_WRONG && term == 1)
            encoder.occurrences++;
        assert_ok(postings_encoder_end(&encoder, &err), &err);
        if (fault == BOUND_WRONG)
            memset(writer->norms.memory.data, 3, COUNT);
    }
    write_fields(&encoder, fault, COUNT);
    assert_ok(segment_writer_add_lists(writer, buffer_slice(&encoder.lists), &err), &err);
    postings_encoder_release(&encoder);
    write_forms(writer, fault);
    if (fault == NORM_WRONG)
        writer->norms.memory.data[77]++; /* impacts hold for a longer document */
}

/* Verifies a segment that `write` makes with this fault. */
static enum status verify_written(void (*write)(struct segment_writer *, unsigned), unsigned fault,
                                  struct error *err) {
    static const struct buffered_changes no_changes;
    struct store_fixture fixture;
    struct segment_writer writer;
    struct catalog catalog = {.next_segment = 2,
                              .fingerprint = strdup("test"),
                              .stemmer = strdup("none"),
                              .segment_count = 1};
    catalog.segments = calloc(1, sizeof *catalog.segments);
    assert_non_null(catalog.segments);
    uint16_t number;
    assert_int_equal(schema_init(&catalog.schema), ST_OK);
    assert_int_equal(
        schema_add(&number, &catalog.schema, slice_of_string("price"), FIELD_TYPE_NUMBER, 0),
        ST_OK);
    assert_int_equal(number, SCHEMA_OWN_MIN);
    store_fixture_open(&fixture);
    assert_ok(segment_writer_open(&writer, &fixture.sink, 1, UINT64_MAX, err), err);
    write(&writer, fault);
    assert_ok(segment_writer_finish(catalog.segments, &writer, err), err);
    segment_writer_release(&writer);
    assert_ok(commit_changes(&fixture.sink, &catalog, &no_changes, err), err);
    struct snapshot *snapshot;
    struct verify_counts counts;
    assert_ok(snapshot_open_store(&snapshot, fixture.store, err), err);
    enum status status = verify_snapshot(&counts, snapshot, err);
    snapshot_close(snapshot);
    catalog_release(&catalog);
    store_fixture_close(&fixture);
    return status;
}

static void test_verify_snapshot__notices_every_fault_of_a_writer(void **state) {
    (void)state;
    static const struct {
        enum fault fault;
        const char *message;
    } faults[] = {
        {NO_FAULT, NULL},
        {CROWD, NULL},
        {LENGTH_WRONG, "segment 1, document 77: its length is wrong"},
        {NORM_WRONG, "segment 1, document 77: its length is wrong"},
        {ID_WRONG, "segment 1, document 77: its id is not found again"},
        {BOUND_WRONG, "segment 1, term all: a posting exceeds its bound"},
        {POSITIONS_EQUAL, "segment 1, term all: positions out of order"},
        {POSTING_OF_NO_DOCUMENT, "segment 1, term odd: documents out of order"},
        {TOTAL_WRONG, "segment 1, term even: its totals do not match its postings"},
        {TEXT_CUT, "segment 1, stream 9, chunk 0"},
        {TEXT_OTHER, "segment 1, document 77: its text does not match"},
        {ID_TWICE, "segment 1, document 77: its id is also that of another document"},
        {ID_TWICE_IN_CROWD, "segment 1, document 77: its id is also that of another document"},
        {ID_ADDED, "segment 1, document 77: its id is not found again"},
        {SKIPS_MOVED, "segment 1, term all"},
        {BLOCK_ELSEWHERE, "segment 1: a block of documents begins at the wrong one"},
        {TEXT_OF_NOBODY, "segment 1: a block of text begins at no document"},
        {ID_EMPTY, "segment 1, document 77: has no id"},
        {FIELD_NORM_WRONG, "segment 1, document 78: the length of a field is wrong"},
        {FIELD_NORMS_MISSING, "segment 1: norms of a field are missing"},
        {FIELD_TERMS_MISSING, "segment 1: the terms of a field are missing"},
        {FIELD_WORD_ELSEWHERE,
         "segment 1, term title:even: is not as often among the words of all fields"},
        {FIELD_WORD_TOO_OFTEN,
         "segment 1, term title:all: is not as often among the words of all fields"},
        {FIELD_WITHOUT_TERMS, "segment 1: there are terms of a field that has none"},
        {FIELD_UNKNOWN, "segment 1: there are terms of a field that has none"},

        {FORMS_UNORDERED, "segment 1: forms of words are not in order"},
        {FORM_TWICE, "segment 1: forms of words are not in order"},
        {FORM_OF_NO_TERM, "segment 1: a form of a word has a term that no document has"},
        {FORM_OF_OTHER_KEY, "segment 1: a form of a word has a wrong key"}};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct error err;
        assert_status(verify_written(write_faulty, faults[i].fault, &err),
                      faults[i].message ? ST_CORRUPT : ST_OK, &err);
        if (faults[i].message && !strstr(err.text, faults[i].message))
            fail_msg("\"%s\" says nothing of \"%s\"", err.text, faults[i].message);
    }
}

/* A document with 1,000 tokens of one term, whose position values are 1 except for number
 * `wrong`. */
enum { LONG_POSTING = 1000 };
static uint32_t wrong_value;

static void write_long_posting(struct segment_writer *writer, unsigned wrong) {
    struct error err;
    uint32_t doc, *values;
    struct document document = {.id = slice_of_string("id"), .length = LONG_POSTING};
    struct postings_encoder encoder = {0};
    assert_ok(segment_writer_add(&doc, writer, &document, &err), &err);
    assert_ok(segment_writer_norms(&encoder.fields, writer, &err), &err);
    begin_list(&encoder, SCHEMA_ALL, "all");
    assert_ok(postings_encoder_add_document(&encoder, 0, &err), &err);
    assert_ok(postings_encoder_add_values(&values, &encoder, LONG_POSTING, &err), &err);
    for (unsigned i = 0; i < LONG_POSTING; i++)
        values[i] = i == wrong ? wrong_value : 1;
    assert_ok(postings_encoder_end(&encoder, &err), &err);
    assert_ok(segment_writer_add_lists(writer, buffer_slice(&encoder.lists), &err), &err);
    postings_encoder_release(&encoder);
}

/* Positions are read in pieces; they ascend within each and from one to the next. */
static void test_verify_snapshot__reads_long_postings_whole(void **state) {
    (void)state;
    static const unsigned places[] = {0, 1, 127, 128, 129, 640, LONG_POSTING - 1};
    static const uint32_t values[] = {0, 7, 1 << 24, UINT32_MAX};
    struct error err;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
            wrong_value = values[k];
            bool sound = values[k] == UINT32_MAX ? false : values[k] || !places[i];
            assert_status(verify_written(write_long_posting, places[i], &err),
                          sound ? ST_OK : ST_CORRUPT, &err);
            if (!sound)
                assert_string_equal(err.text, "segment 1, term all: positions out of order");
        }
}

/* The file, what it should contain, and how far the child has come. */
struct trial {
    const char *index, *file;
    struct buffer content;
    size_t size, step;
    struct progress {
        size_t next; /* the next byte to flip */
        size_t refused, unchanged;
        bool judging; /* verification passed: from here on nothing may fail */
    } * shared;
};

/* Opens, verifies and reads the index. False: one of these failed. If all of them succeed with
 * other content, the test fails. */
static bool read_index(const struct trial *trial) {
    struct error err;
    struct snapshot *snapshot;
    struct verify_counts counts;
    enum status status = snapshot_open(&snapshot, trial->index, &err);
    if (!status) {
        status = verify_snapshot(&counts, snapshot, &err);
        trial->shared->judging = true;
        if (!status) {
            struct buffer content = {0};
            index_fixture_dump(&content, snapshot);
            assert_slice(buffer_slice(&content), buffer_slice(&trial->content));
            buffer_release(&content);
        }
        snapshot_close(snapshot);
    }
    trial->shared->judging = true;
    if (status) {
        assert_true(status < 0 || status == ST_NOT_FOUND);
        assert_true(err.code == status && err.text[0] && !strchr(err.text, '\n'));
    }
    trial->shared->judging = false;
    return status == ST_OK;
}

/* Flips one bit after the other, until the end or until a flip ends the process. */
static void flip_on(const struct trial *trial) {
    int fd = open(trial->file, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    for (struct progress *progress = trial->shared; progress->next < trial->size;) {
        off_t place = (off_t)progress->next;
        uint8_t byte, other;
        assert_int_equal(pread(fd, &byte, 1, place), 1);
        other = byte ^ (uint8_t)(1u << progress->next / trial->step % 8);
        assert_int_equal(pwrite(fd, &other, 1, place), 1);
        bool read = read_index(trial);
        assert_int_equal(pwrite(fd, &byte, 1, place), 1);
        progress->unchanged += read;
        progress->refused += !read;
        progress->next += trial->step;
    }
    close(fd);
}

/* Restores what a child that ended did not. */
static void restore(const struct trial *trial, const uint8_t *image) {
    int fd = open(trial->file, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, image, trial->size, 0), trial->size);
    close(fd);
}

/* Runs in children, as damage below LMDB's pages may end a process. Then store_guard() must be what
 * ends it. This is the last test, as a child that fails continues with the tests after it. */
static void test_verify_snapshot__notices_flipped_bits(void **state) {
    (void)state;
    struct trial trial = {.index = testing_path("index")};
    make_index(trial.index);
    index_fixture_dump_path(&trial.content, trial.index);
    char path[512];
    snprintf(path, sizeof path, "%s/gen-000001/data.mdb", trial.index);
    trial.file = path;
    struct stat stat;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0 && fstat(fd, &stat) == 0);
    trial.size = (size_t)stat.st_size;
    uint8_t *image = malloc(trial.size);
    assert_non_null(image);
    assert_int_equal(read(fd, image, trial.size), trial.size);
    close(fd);
    trial.step = trial.size * TESTING_FEWER / 1000 | 1;
    trial.shared =
        mmap(NULL, sizeof *trial.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(trial.shared != MAP_FAILED);
    unsigned guarded = 0;
    while (trial.shared->next < trial.size) {
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (!pid) {
            int null = open("/dev/null", O_WRONLY);
            store_guard("test", GUARDED);
            dup2(null, STDERR_FILENO);
            flip_on(&trial);
            _exit(0);
        }
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            break;
        print_message("byte %zu of %zu: %s %d\n", trial.shared->next, trial.size,
                      WIFEXITED(status) ? "exit" : "signal",
                      WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        assert_false(trial.shared->judging);
        assert_true(SANITIZED || (WIFEXITED(status) && WEXITSTATUS(status) == GUARDED));
        restore(&trial, image);
        guarded++;
        trial.shared->next += trial.step;
    }
    print_message("%zu flips refused, %zu without effect, %u stopped by the guard\n",
                  trial.shared->refused, trial.shared->unchanged, guarded);
    assert_true(trial.shared->refused > 200 / TESTING_FEWER);
    munmap(trial.shared, sizeof *trial.shared);
    free(image);
    buffer_release(&trial.content);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify_snapshot__counts),
        cmocka_unit_test(test_verify_snapshot__accepts_an_empty_index),
        cmocka_unit_test(test_verify_snapshot__compares_the_catalog),
        cmocka_unit_test(test_verify_snapshot__compares_the_fields),
        cmocka_unit_test(test_verify_snapshot__notices_every_fault_of_a_writer),
        cmocka_unit_test(test_verify_snapshot__reads_long_postings_whole),
        cmocka_unit_test(test_verify_snapshot__notices_flipped_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
