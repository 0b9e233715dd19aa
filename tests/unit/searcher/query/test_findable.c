/* SPDX-License-Identifier: MIT */
/* Every word of a document, typed as it appears there, finds the document, and so does each of the
 * word's tokens. The documents are random text in many scripts, joined with all kinds of
 * characters; they go through the writer, the query parser and the search. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text/stemmer.h"
#include "searcher/eval/search.h"
#include "tests/support/index_fixture.h"
#include "tests/support/testing.h"

/* Letters and syllables. */
static const char *const LETTERS[] = {
    "a",          "Z",
    "word",       "Running",
    "C",          "Jane",
    "ﬁnal",       "naïve",
    "cafe\u0301", "ıI",
    "ŉ",          "Straße",
    "слово",      "т",
    "Ёлка",       "ὁδός",
    "Σίσυφος",    "ε",
    "Հայ",        "ի՞նչ",
    "שלום",       "א",
    "בּ",          "שָׁלוֹם",
    "صباح",       "كِتَابٌ",
    "محـــمد",    "ـ",
    "و",          "می\u200Cخواهم",
    "किताब",      "हिन्दी",
    "क",          "ভাষা",
    "ไทย",        "กำลัง",
    "ខ្មែរ",       "မြန်မာ",
    "ລາວ",        "東京",
    "京",         "データ",
    "ﾃﾞｰﾀ",       "ひらがな",
    "한국어",     "\u1112\u1161\u11AB",
    "ｆｕｌｌ",   "Ｃ",
    "㎏",         "Ⅷ",
    "ⓐ",          "ﷺ",
    "ʻO",         "ⵣ",
    "ᏣᎳ",         "አማርኛ",
    "𝒳",          "\u3164",
    "co\u00ADop", "ᠮᠣᠩ",
};
static const char *const DIGITS[] = {
    "0", "7", "42", "2024", "000", "١٩", "۱۲", "१२", "๒", "１２", "𝟘𝟡", "₂", "፲፪", "²", "½", "①",
};
static const char *const SIGNS[] = {
    "🍕",
    "😀",
    "❤️",
    "👍🏽",
    "👩‍💻",
    "🏳️‍🌈",
    "🇩🇪",
    "🇪",
    "1️⃣",
    "#️⃣",
    "⃣",
    "🏽",
    "★",
    "™",
    "€",
    "§",
    "🅰",
};
/* Punctuation and marks that join or surround these. */
static const char *const GLUE[] = {
    ".",      "_",      "-",      "'",      "’",      "‘",      "@",      "#",      "+",
    "++",     "/",      ":",      "\"",     ",",      ";",      "&",      "(",      ")",
    "!",      "?",      "*",      "~",      "^",      "|",      "\\",     "”",      "“",
    "„",      "«",      "»",      "‹",      "›",      "「",     "」",     "『",     "』",
    "〝",     "〟",     "‚",      "״",      "׳",      "־",      "֊",      "·",      "‧",
    "・",     "ー",     "…",      "—",      "‐",      "،",      "٫",      "٬",      "。",
    "．",     "＿",     "＃",     "＋",     "＂",     "＇",     "\u0301", "\u05B0", "\u0651",
    "\u00AD", "\u200B", "\u200C", "\u200D", "\u2060", "\uFEFF", "\uFE0F", "\u200E", "゠",
    "ʼ",      "..",     "--",     "''",     "\"\"",   ".#",     "#.",     "\".",
};
/* White space and control characters. */
static const char *const SPACES[] = {
    " ",      " ",      " ",      " ",      " ",      "\n",   "\t",   "\r\n",     "\u00A0",
    "\u2003", "\u202F", "\u2028", "\u3000", "\u205F", "\x7f", "\x01", "\xC2\x85",
};

#define DRAW(random, pieces)                                                                       \
    (pieces)[testing_random_below(random, sizeof(pieces) / sizeof *(pieces))]

static void append(struct buffer *text, const char *piece) {
    assert_int_equal(buffer_append(text, piece, strlen(piece)), ST_OK);
}

static void append_word(struct buffer *text, struct testing_random *random) {
    for (uint32_t parts = 1 + testing_random_below(random, 5); parts > 0; parts--) {
        switch (testing_random_below(random, 8)) {
        case 0:
            append(text, DRAW(random, DIGITS));
            break;
        case 1:
            append(text, DRAW(random, SIGNS));
            break;
        default:
            append(text, DRAW(random, LETTERS));
            break;
        }
        for (uint32_t glue = testing_random_below(random, 4); glue > 1; glue--)
            append(text, DRAW(random, GLUE));
        if (testing_random_below(random, 3) == 0)
            append(text, testing_random_below(random, 2) ? "." : DRAW(random, GLUE));
    }
}

/* Makes a text of `count` words between white space; words[i] is where each of them is. */
static void random_text(struct buffer *text, struct slice *words, uint32_t count,
                        struct testing_random *random) {
    size_t starts[64], ends[64];
    assert_in_range(count, 1, 64);
    buffer_clear(text);
    for (uint32_t i = 0; i < count; i++) {
        append(text, DRAW(random, SPACES));
        starts[i] = text->size;
        if (testing_random_below(random, 4) == 0)
            append(text, DRAW(random, GLUE));
        append_word(text, random);
        ends[i] = text->size;
    }
    for (uint32_t i = 0; i < count; i++)
        words[i] = slice_of(text->data + starts[i], ends[i] - starts[i]);
}

struct searcher_fixture {
    struct snapshot *snapshot;
    struct search_scratch *scratch;
    struct analyzer *analyzer; /* for queries */
    struct analyzer *other;    /* for texts */
};

/* Types a word so that the query is this word: with backslashes before all that has a meaning. */
static struct slice typed(struct buffer *query, struct slice word) {
    buffer_clear(query);
    for (size_t i = 0; i < word.size; i++) {
        if (strchr(i ? "*?~^()\\" : "*?~^()\\-+=", word.data[i]) && word.data[i])
            append(query, "\\");
        assert_int_equal(buffer_append_byte(query, word.data[i]), ST_OK);
    }
    return buffer_slice(query);
}

/* Whether the query finds the document. */
static bool finds(const struct searcher_fixture *searcher, struct slice word, uint32_t doc) {
    struct error err;
    struct buffer text = {0};
    struct query query;
    struct results results;
    struct search_options options = {.mode = QUERY_ALL,
                                     .limit =
                                         (uint32_t)searcher->snapshot->catalog.segments->documents,
                                     .ranking = {.k1 = 1.2, .b = 0.75}};
    assert_ok(query_parse(&query, &(struct query_context){.analyzer = searcher->analyzer},
                          typed(&text, word), &err),
              &err);
    assert_ok(
        search_run(&results, searcher->scratch, &searcher->snapshot, 1, &query, &options, &err),
        &err);
    bool found = false;
    for (size_t i = 0; i < results.count; i++)
        found |= results.hits[i].doc == doc;
    results_release(&results);
    query_release(&query);
    buffer_release(&text);
    return found;
}

static void assert_finds(const struct searcher_fixture *searcher, struct slice word, uint32_t doc,
                         struct slice text) {
    if (!finds(searcher, word, doc))
        fail_msg("<%.*s> does not find <%.*s>", (int)word.size, (const char *)word.data,
                 (int)text.size, (const char *)text.data);
}

/* Asserts that each token of the word finds the document; returns the number of tokens. */
static size_t check_tokens(const struct searcher_fixture *searcher, struct slice word, uint32_t doc,
                           struct slice text) {
    struct token tokens[ANALYZER_BATCH];
    size_t count = 0;
    analyzer_begin(searcher->other, word, 0);
    for (size_t n; (n = analyzer_next(tokens, ANALYZER_BATCH, searcher->other)) > 0; count += n)
        for (size_t i = 0; i < n; i++)
            assert_finds(searcher,
                         slice_of(word.data + tokens[i].start, tokens[i].end - tokens[i].start),
                         doc, text);
    assert_ok(analyzer_status(searcher->other), NULL);
    return count;
}

static void check_language(const char *stemmer, struct testing_random *random) {
    enum { DOCUMENTS = 100, WORDS = 8 };
    struct error err;
    struct buffer texts[DOCUMENTS] = {0};
    struct slice words[DOCUMENTS][WORDS];
    struct writer_options options = index_fixture_options();
    const char *path = testing_path("index");
    struct writer *writer = NULL;
    snprintf(options.analysis.stemmer, sizeof options.analysis.stemmer, "%s", stemmer);
    assert_ok(writer_open(&writer, path, &options, &err), &err);
    for (uint32_t doc = 0; doc < DOCUMENTS; doc++) {
        char id[16];
        random_text(&texts[doc], words[doc], WORDS, random);
        struct document document = {.id = slice_of(id, (size_t)sprintf(id, "d%u", (unsigned)doc)),
                                    .text = buffer_slice(&texts[doc])};
        enum writer_outcome outcome;
        assert_ok(index_fixture_write(&outcome, writer, &document, &err), &err);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);

    struct searcher_fixture searcher = {.scratch = search_scratch_new()};
    assert_non_null(searcher.scratch);
    assert_ok(snapshot_open(&searcher.snapshot, path, &err), &err);
    assert_int_equal(searcher.snapshot->catalog.segment_count, 1);
    assert_ok(analyzer_new(&searcher.analyzer, &options.analysis, &err), &err);
    assert_ok(analyzer_new(&searcher.other, &options.analysis, &err), &err);
    for (uint32_t doc = 0; doc < DOCUMENTS; doc++) {
        for (size_t i = 0; i < WORDS; i++)
            if (check_tokens(&searcher, words[doc][i], doc, buffer_slice(&texts[doc])))
                assert_finds(&searcher, words[doc][i], doc, buffer_slice(&texts[doc]));
        buffer_release(&texts[doc]);
    }
    analyzer_free(searcher.analyzer);
    analyzer_free(searcher.other);
    search_scratch_free(searcher.scratch);
    snapshot_close(searcher.snapshot);
}

static void test_search_run__finds_every_word_as_it_appears(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    check_language("none", &random);
    for (const char **name = stemmer_names(); *name; name++)
        check_language(*name, &random);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_run__finds_every_word_as_it_appears),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
