/* SPDX-License-Identifier: MIT */
/* Which terms a text gives, at which positions, in every language and in any batch. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/text/analyzer.h"
#include "common/text/stemmer.h"
#include "common/text/tokenizer.h"

static struct analyzer *analyzer_of(const char *stemmer, const char *stopwords) {
    struct analyzer_options options = {.stopwords = slice_of_string(stopwords)};
    snprintf(options.stemmer, sizeof options.stemmer, "%s", stemmer);
    struct analyzer *analyzer;
    struct error err = {0};
    assert_int_equal(analyzer_new(&analyzer, &options, &err), ST_OK);
    return analyzer;
}

/* Appends "term " for each token, taking `batch` at a time. Checks what holds for any text:
 * positions ascend, and of two tokens at one position the first contains the second, or both are the
 * same word. */
static void append_terms(struct buffer *out, struct analyzer *analyzer, struct slice text,
                         size_t batch) {
    struct token tokens[ANALYZER_BATCH];
    uint32_t next_position = 5;
    struct token last = {0};
    analyzer_begin(analyzer, text, next_position);
    for (size_t n; (n = analyzer_next(tokens, batch, analyzer)) > 0;) {
        assert_true(n <= batch);
        for (size_t i = 0; i < n; i++) {
            const struct token *token = &tokens[i];
            assert_in_range(token->term.size, 1, TERM_MAX);
            assert_true(token->start >= last.start && token->start < token->end);
            assert_true(token->end <= text.size);
            assert_non_null(token->cached_term_id);
            if (last.end && token->position == last.position)
                assert_true(token->end <= last.end &&
                            token->end - token->start <= last.end - last.start);
            else
                assert_true(token->position >= next_position);
            next_position = token->position + 1;
            last = *token;
            assert_int_equal(buffer_append_slice(out, token->term), ST_OK);
            assert_int_equal(buffer_append_byte(out, ' '), ST_OK);
        }
    }
    assert_int_equal(analyzer_status(analyzer), ST_OK);
    assert_true(analyzer_position(analyzer) >= next_position);
    assert_int_equal(analyzer_next(tokens, batch, analyzer), 0);
}

static void assert_terms_of(struct analyzer *analyzer, const char *text, const char *expected) {
    struct buffer terms = {0};
    append_terms(&terms, analyzer, slice_of_string(text), ANALYZER_BATCH);
    assert_int_equal(buffer_append_byte(&terms, '\0'), ST_OK);
    if (terms.size > 1)
        terms.data[terms.size - 2] = '\0';
    assert_string_equal((const char *)terms.data, expected);
    buffer_release(&terms);
}

static void assert_terms(const char *stemmer, const char *text, const char *expected) {
    struct analyzer *analyzer = analyzer_of(stemmer, "");
    assert_terms_of(analyzer, text, expected);
    assert_terms_of(analyzer, text, expected); /* now from the cache */
    analyzer_free(analyzer);
}

static void test_analyzer_next__terms_of_english(void **state) {
    (void)state;
    assert_terms("english", "", "");
    assert_terms("english", "The Gas Pipelines, running.", "the gas pipelin run");
    assert_terms("english", "café CAFÉ cafe cafe\u0301 Cafés cafes",
                 "cafe cafe cafe cafe cafe cafe");
    assert_terms("english", "don't Don’t DON'T", "don't don't don't");
    assert_terms("english", "company's company’s companies", "compani compani compani");
    assert_terms("english", "C++ c# .NET v1.2.3 20.04 foo_bars multi-agent U.S. Invoices#",
                 "c++ c c# c .net net v1.2.3 20.04 foo bar multi agent u.s invoices# invoic");
    assert_terms("english", "CO₂ ﬁnal ｆｕｌｌ co\u00ADoperating", "co2 final full cooper");
    assert_terms("english", "Ærø Łódź Đorđe Œuvre", "aero lodz dord oeuvr");
    assert_terms("english", "protégé Proteges protégés", "proteg proteg proteg");
    assert_terms("none", "Running cafés", "running cafes");
    assert_terms("porter", "relational cafés", "relat cafe");
}

static void test_analyzer_next__terms_of_other_languages(void **state) {
    (void)state;
    assert_terms("german", "Häuser Hauses STRASSE Straße straße", "haus haus strass strass strass");
    assert_terms("russian", "домами ДОМ ёлка елка за\u0301мок замок",
                 "дом дом елк елк замок замок");
    assert_terms("greek", "Πόλεις πολεις ΠΟΛΕΙΣ", "πολ πολ πολ");
    assert_terms("french", "L’avion l'avion avions qu'il cœur", "avion avion avion il coeur");
    assert_terms("italian", "dell'acqua acqua", "acqua acqua");
    assert_terms("romanian", "naţiune națiune", "natiun natiun");
    assert_terms("turkish", "ISPARTA'nın Isparta ısparta İzmir izmir",
                 "ispar ispar ispar izmir izmir");
    assert_terms("turkish", "ali ALI", "ali al"); /* two words */
    assert_terms("spanish", "canción CANCIONES", "cancion cancion");
    assert_terms("arabic", "مُحَمَّد محمد", "محمد محمد");
    assert_terms("hindi", "किताबें किताब", "किताब किताब");
    assert_terms("armenian", "ի՞նչ ինչ", "ինչ ինչ");
    assert_terms("german", "Muenchen München Munchen", "munch munch munch");
    assert_terms("danish", "Aalborg Ålborg", "alborg alborg");
    assert_terms("arabic", "مدينة مدينه أحمد احمد أخرى أخري", "مدين مدين احمد احمد اخر اخر");
    assert_terms("persian", "کتاب كتاب می\u200Cخواهم ميخواهم", "كتاب كتاب ميخواهم ميخواهم");
    assert_terms("hindi", "हिन्दी हिंदी चाँद चांद क़लम कलम", "हिंद हिंद चांद चांद कलम कलम");
}

static void test_analyzer_set_language__decides_the_terms(void **state) {
    (void)state;
    struct analyzer_options options = {.stemmer = "english",
                                       .other_stemmers = {"german", "vietnamese", "turkish"}};
    struct analyzer *analyzer;
    assert_int_equal(analyzer_new(&analyzer, &options, NULL), ST_OK);
    assert_int_equal(analyzer_language_count(analyzer), 4);
    static const struct {
        const char *code;
        size_t language;
        const char *terms;
    } cases[] = {
        {"en", 0, "hauser run thi"},
        {"de-AT", 1, "haus running thi"},
        {"vi", 2, "häuser hauser running thị thi"},
        {"tur", 3, "hauser runningi thi"},
        {"fr", 0, "hauser run thi"},
        {"", 0, "hauser run thi"},
        {"a code that nobody would ever use", 0, "hauser run thi"},
    };
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            size_t language = analyzer_find_language(analyzer, slice_of_string(cases[i].code));
            assert_int_equal(language, cases[i].language);
            analyzer_set_language(analyzer, language);
            assert_terms_of(analyzer, "Häuser running thị", cases[i].terms);
        }
    analyzer_free(analyzer);
}

static void test_analyzer_check_stopword__is_one_in_all_languages(void **state) {
    (void)state;
    struct analyzer_options options = {.stemmer = "english", .other_stemmers = {"german"}};
    struct analyzer *analyzer;
    bool is_stopword;
    assert_int_equal(analyzer_new(&analyzer, &options, NULL), ST_OK);
    static const struct {
        const char *word;
        bool is_stopword;
    } cases[] = {{"in", true}, {"the", false}, {"der", false}, {"gas", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(
            analyzer_check_stopword(&is_stopword, analyzer, slice_of_string(cases[i].word)), ST_OK);
        assert_int_equal(is_stopword, cases[i].is_stopword);
    }
    analyzer_free(analyzer);
}

static void test_analyzer_next__optional_signs_do_not_matter(void **state) {
    (void)state;
    for (const char **name = stemmer_names(); *name; name++) {
        assert_terms(*name, "צה\"ל צה״ל צה”ל", "צה\"ל צה\"ל צה\"ל");
        assert_terms(*name, "١٩٧٣ ۱۹۷۳ १९७३ 1973 ١٬٠٠٠٫٥", "1973 1973 1973 1973 1,000.5");
        assert_terms(*name, "👍🏽 👍 ❤️ ❤ 🇩🇪", "👍 👍 ❤ ❤ 🇩🇪");
        if (strcmp(*name, "yiddish") != 0) /* its stemmer uses points */
            assert_terms(*name, "שָׁלוֹם שלום", "שלום שלום");
    }
    assert_terms("none", "كِتَابٌ كتاب محـــمد محمد", "كتاب كتاب محمد محمد");
    assert_terms("arabic", "الكِتَابُ الكتاب محـــمد محمد هٰذا هذا", "كتاب كتاب محمد محمد هذا هذا");
}

static void test_analyzer_next__scripts_without_spaces(void **state) {
    (void)state;
    assert_terms(
        "english", "東京都 ﾃﾞｰﾀ データ 한국어 ภาษา",
        "東京 東 京都 京 都 デー デ ータ ー タ デー デ ータ ー タ 한국 한 국어 국 어 ภา าษ ษา");
    assert_terms("english", "\u1112\u1161\u11AB\u1100\u116E\u11A8 한국", "한국 한 국 한국 한 국");
}

static void test_analyzer_next__words_with_and_without_their_marks(void **state) {
    (void)state;
    assert_terms("vietnamese", "Thị trường khí ĐỐT", "thị thi trường truong khí khi đốt dot");
    assert_terms("vietnamese", "thi tru\u031Bo\u031B\u0300ng A\u0302", "thi trường truong â a");
    assert_terms("vietnamese", "é# 茶を שָׁלוֹם", "é# e# é e 茶を 茶 を שָׁלוֹם שלום");
    struct analyzer *analyzer = analyzer_of("vietnamese", "");
    struct token token;
    analyzer_begin(analyzer, slice_of_string("Khí đốt ở"), 7);
    static const uint32_t positions[] = {7, 7, 8, 8, 9, 9};
    for (size_t i = 0; i < sizeof positions / sizeof *positions; i++) {
        assert_int_equal(analyzer_next(&token, 1, analyzer), 1);
        assert_int_equal(token.position, positions[i]);
    }
    assert_int_equal(analyzer_next(&token, 1, analyzer), 0);
    assert_int_equal(analyzer_position(analyzer), 10);
    analyzer_free(analyzer);
    struct analyzer *stopped = analyzer_of("vietnamese", "Của\n");
    analyzer_begin(stopped, slice_of_string("của ai"), 0);
    assert_int_equal(analyzer_next(&token, 1, stopped), 1);
    assert_int_equal(token.position, 1);
    analyzer_free(stopped);
}

static void test_analyzer_next__stop_words_leave_a_gap(void **state) {
    (void)state;
    struct analyzer *analyzer = analyzer_of("english", "The\nof\ndon’t\n");
    assert_terms_of(analyzer, "The end OF the line don't don’t", "end line");
    struct token tokens[ANALYZER_BATCH];
    analyzer_begin(analyzer, slice_of_string("The end of the line of"), 10);
    assert_int_equal(analyzer_next(tokens, ANALYZER_BATCH, analyzer), 2);
    assert_int_equal(tokens[0].position, 11);
    assert_int_equal(tokens[1].position, 14);
    assert_int_equal(tokens[1].start, 15);
    assert_int_equal(tokens[1].end, 19);
    assert_int_equal(analyzer_next(tokens, ANALYZER_BATCH, analyzer), 0);
    assert_int_equal(analyzer_position(analyzer), 16);
    analyzer_free(analyzer);
}

static void test_analyzer_next__two_forms_at_one_position(void **state) {
    (void)state;
    struct analyzer *analyzer = analyzer_of("english", "c");
    struct token tokens[ANALYZER_BATCH];
    analyzer_begin(analyzer, slice_of_string("use F# or C# not .NET"), 0);
    assert_int_equal(analyzer_next(tokens, ANALYZER_BATCH, analyzer), 8);
    static const struct {
        uint32_t position, start, end;
    } expected[] = {{0, 0, 3},   {1, 4, 6},   {1, 4, 5},   {2, 7, 9},
                    {3, 10, 12}, {4, 13, 16}, {5, 17, 21}, {5, 18, 21}};
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(tokens[i].position, expected[i].position);
        assert_int_equal(tokens[i].start, expected[i].start);
        assert_int_equal(tokens[i].end, expected[i].end);
    }
    assert_int_equal(analyzer_next(tokens, ANALYZER_BATCH, analyzer), 0);
    assert_int_equal(analyzer_position(analyzer), 6);
    /* One of them at a time. */
    analyzer_begin(analyzer, slice_of_string("F# x"), 0);
    for (uint32_t position = 0; position < 2; position++)
        for (uint32_t form = position; form < 2; form++) {
            assert_int_equal(analyzer_next(tokens, 1, analyzer), 1);
            assert_int_equal(tokens[0].position, position);
        }
    analyzer_free(analyzer);
}

static void test_analyzer_next__batches_of_stop_words_do_not_end_the_text(void **state) {
    (void)state;
    struct analyzer *analyzer = analyzer_of("english", "the");
    char text[4 * 300 + 4];
    for (size_t i = 0; i < 300; i++)
        memcpy(text + 4 * i, "the ", 4);
    memcpy(text + 4 * 300, "end", 4);
    struct token token;
    analyzer_begin(analyzer, slice_of_string(text), 0);
    assert_int_equal(analyzer_next(&token, 1, analyzer), 1);
    assert_int_equal(token.position, 300);
    analyzer_free(analyzer);
}

static void test_analyzer_next__words_without_a_term(void **state) {
    (void)state;
    /* Folding ignores Hangul fillers, and tatweel is dropped. */
    assert_terms("english", "a \u3164 b \u0640 c", "a b c");
}

static void test_analyzer_next__long_words(void **state) {
    (void)state;
    struct analyzer *analyzer = analyzer_of("english", "");
    struct token tokens[ANALYZER_BATCH];
    size_t size = 1 << 20;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, 'x', size);
    analyzer_begin(analyzer, slice_of(text, size), 0);
    assert_int_equal(analyzer_next(tokens, ANALYZER_BATCH, analyzer), 1);
    assert_int_equal(tokens[0].term.size, TERM_MAX);
    assert_int_equal(analyzer_next(tokens, ANALYZER_BATCH, analyzer), 0);
    /* Two-byte letters: TERM_MAX is odd, so the term is a byte shorter. */
    for (size_t i = 0; i < size; i += 2)
        memcpy(text + i, "я", 2);
    analyzer_begin(analyzer, slice_of(text, size), 0);
    assert_int_equal(analyzer_next(tokens, ANALYZER_BATCH, analyzer), 1);
    assert_int_equal(tokens[0].term.size, TERM_MAX - 1);
    assert_int_equal(analyzer_next(tokens, ANALYZER_BATCH, analyzer), 0);
    /* Two forms at one position are two terms, whatever is cut. */
    static const char *const signs[] = {"#", "++"};
    for (size_t letters = TERM_MAX - 3; letters < WORD_MAX + 3; letters++)
        for (size_t i = 0; i < 2; i++) {
            memset(text, 'x', letters);
            strcpy(text + letters, signs[i]);
            analyzer_begin(analyzer, slice_of_string(text), 0);
            size_t count = analyzer_next(tokens, ANALYZER_BATCH, analyzer);
            assert_in_range(count, 1, 2);
            assert_true(count == 1 || !slice_equal(tokens[0].term, tokens[1].term));
            if (letters + 2 <= TERM_MAX)
                assert_int_equal(count, 2);
        }
    free(text);
    analyzer_free(analyzer);
}

static void test_analyzer_next__cached_term_ids(void **state) {
    (void)state;
    struct analyzer *analyzer = analyzer_of("english", "");
    struct token tokens[ANALYZER_BATCH];
    struct slice text = slice_of_string("gas pipelines Gas pipeline GAS internationalisation");
    for (uint32_t round = 0; round < 2; round++) {
        analyzer_begin(analyzer, text, 0);
        assert_int_equal(analyzer_next(tokens, ANALYZER_BATCH, analyzer), 6);
        for (size_t i = 0; i < 6; i++)
            assert_int_equal(*tokens[i].cached_term_id, i == 2 || i == 4 ? 0 : round * (uint32_t)i);
        assert_ptr_equal(tokens[0].cached_term_id, tokens[2].cached_term_id);
        assert_ptr_equal(tokens[0].cached_term_id, tokens[4].cached_term_id);
        assert_ptr_not_equal(tokens[1].cached_term_id, tokens[3].cached_term_id);
        for (uint32_t i = 0; i < 6; i++)
            *tokens[i].cached_term_id = i == 2 || i == 4 ? 0 : i;
    }
    analyzer_clear_term_ids(analyzer);
    analyzer_begin(analyzer, text, 0);
    assert_int_equal(analyzer_next(tokens, ANALYZER_BATCH, analyzer), 6);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(*tokens[i].cached_term_id, 0);
    analyzer_free(analyzer);
}

/* A xorshift generator: the same texts on every run. */
static uint32_t draw(uint32_t *seed, uint32_t limit) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed % limit;
}

/* Every term is a number, kept as its cached_term_id. It is never found with another term, although
 * the words overflow the cache several times. */
static void test_analyzer_next__cached_term_ids_when_the_cache_overflows(void **state) {
    (void)state;
    struct analyzer *analyzer = analyzer_of("none", "");
    struct token tokens[ANALYZER_BATCH];
    uint32_t seed = 3, seen = 0;
    for (unsigned round = 0; round < 2000; round++) {
        char text[4096];
        size_t size = 0;
        for (unsigned word = 0; word < 256; word++)
            size += (size_t)sprintf(text + size, "%u ", 1 + draw(&seed, 400000));
        analyzer_begin(analyzer, slice_of(text, size), 0);
        for (size_t n; (n = analyzer_next(tokens, ANALYZER_BATCH, analyzer)) > 0;)
            for (size_t i = 0; i < n; i++) {
                struct slice source =
                    slice_of(text + tokens[i].start, tokens[i].end - tokens[i].start);
                assert_true(slice_equal(tokens[i].term, source));
                uint32_t number = (uint32_t)strtoul(text + tokens[i].start, NULL, 10);
                assert_true(*tokens[i].cached_term_id == 0 || *tokens[i].cached_term_id == number);
                seen += *tokens[i].cached_term_id != 0;
                *tokens[i].cached_term_id = number;
            }
    }
    assert_true(seen > 10000);
    analyzer_free(analyzer);
}

static const char *const PIECES[] = {
    "a",    "B",   "word",   "Longer", "don't",  "’",    "'",
    ".",    ",",   " ",      " ",      " ",      "_",    "é",
    "ß",    "İ",   "I",      "я",      "ё",      "東",   "ﾃ",
    "ﾞ",    "한",  "\u1112", "\u0301", "\xFF",   "\xE2", "\x80",
    "\0",   "c++", "c#",     "1.5",    "\u3164", "ﷺ",    "ﬁ",
    "l'",   "ing", "s",      "\u00AD", "ș",      "किता", "internationalisation",
    ".net", "😀",   "🏽",   "🇩",      "שָׁ",      "\"",   "כִ",
    "ـ",    "١",
};

static void random_text(struct buffer *text, uint32_t *seed) {
    buffer_clear(text);
    for (uint32_t left = draw(seed, 400); left > 0; left--) {
        const char *piece = PIECES[draw(seed, sizeof PIECES / sizeof *PIECES)];
        assert_int_equal(buffer_append(text, piece, *piece ? strlen(piece) : 1), ST_OK);
    }
}

static void test_analyzer_next__same_tokens_in_any_batch_and_language(void **state) {
    (void)state;
    struct buffer text = {0}, whole = {0}, single = {0}, fresh = {0};
    uint32_t seed = 4;
    const char *others[] = {"none", "vietnamese", NULL};
    for (const char **name = stemmer_names(), **next; *name; name = next) {
        next = name[1] || name == &others[1] ? name + 1 : others;
        struct analyzer *one = analyzer_of(*name, "word\nд"), *two = analyzer_of(*name, "д\nword");
        assert_string_equal(analyzer_fingerprint(one), analyzer_fingerprint(two));
        for (unsigned round = 0; round < 50; round++) {
            random_text(&text, &seed);
            buffer_clear(&whole);
            buffer_clear(&single);
            append_terms(&whole, one, buffer_slice(&text), ANALYZER_BATCH);
            append_terms(&single, two, buffer_slice(&text), 1 + draw(&seed, 3));
            assert_true(slice_equal(buffer_slice(&whole), buffer_slice(&single)));
        }
        /* Earlier texts do not matter. */
        struct analyzer *new = analyzer_of(*name, "word\nд");
        buffer_clear(&fresh);
        append_terms(&fresh, new, buffer_slice(&text), ANALYZER_BATCH);
        assert_true(slice_equal(buffer_slice(&whole), buffer_slice(&fresh)));
        analyzer_free(new);
        analyzer_free(one);
        analyzer_free(two);
    }
    buffer_release(&text);
    buffer_release(&whole);
    buffer_release(&single);
    buffer_release(&fresh);
}

/* Every token is among the positions, and both end at the same one. */
static void test_analyzer_next_positions__agrees_with_tokens(void **state) {
    (void)state;
    struct analyzer *analyzer = analyzer_of("english", "word\nд");
    struct buffer text = {0};
    uint32_t seed = 6;
    for (unsigned round = 0; round < 2000; round++) {
        struct token tokens[2048], words[2048];
        size_t count = 0, word_count = 0, word = 0;
        random_text(&text, &seed);
        analyzer_begin(analyzer, buffer_slice(&text), round);
        for (size_t n; (n = analyzer_next(tokens + count, ANALYZER_BATCH, analyzer)) > 0;)
            count += n;
        uint32_t end = analyzer_position(analyzer);
        analyzer_begin(analyzer, buffer_slice(&text), round);
        for (size_t n; (n = analyzer_next_positions(
                            words + word_count, 1 + draw(&seed, ANALYZER_BATCH), analyzer)) > 0;)
            word_count += n;
        assert_int_equal(analyzer_position(analyzer), end);
        for (size_t i = 0; i < count; i++, word++) {
            while (word < word_count && words[word].start != tokens[i].start)
                word++;
            assert_true(word < word_count);
            assert_int_equal(words[word].position, tokens[i].position);
            assert_int_equal(words[word].end, tokens[i].end);
        }
    }
    buffer_release(&text);
    analyzer_free(analyzer);
}

static void test_analyzer_next__any_bytes(void **state) {
    (void)state;
    struct analyzer *analyzer = analyzer_of("english", "");
    struct buffer terms = {0};
    uint32_t seed = 5;
    uint8_t text[512];
    for (unsigned round = 0; round < 2000; round++) {
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (uint8_t)draw(&seed, 256);
        buffer_clear(&terms);
        append_terms(&terms, analyzer, slice_of(text, draw(&seed, sizeof text)), 64);
    }
    buffer_release(&terms);
    analyzer_free(analyzer);
}

static void test_analyzer_new__refuses_an_unknown_stemmer(void **state) {
    (void)state;
    struct analyzer_options options = {.stemmer = "klingon"};
    struct analyzer *analyzer;
    struct error err = {0};
    assert_int_equal(analyzer_new(&analyzer, &options, &err), ST_INVALID);
    assert_null(analyzer);
    assert_int_equal(err.code, ST_INVALID);
    assert_non_null(strstr(err.text, "\"klingon\""));
    for (const char **name = stemmer_names(); *name; name++)
        assert_non_null(strstr(err.text, *name));
    memset(options.stemmer, 'x', sizeof options.stemmer);
    assert_int_equal(analyzer_new(&analyzer, &options, &err), ST_INVALID);
}

static void test_analyzer_fingerprint__names_what_shapes_terms(void **state) {
    (void)state;
    struct analyzer *english = analyzer_of("english", ""), *german = analyzer_of("german", "");
    struct analyzer *again = analyzer_of("english", "\n"), *stopped = analyzer_of("english", "the");
    assert_string_equal(analyzer_fingerprint(english), analyzer_fingerprint(again));
    assert_string_not_equal(analyzer_fingerprint(english), analyzer_fingerprint(german));
    assert_string_not_equal(analyzer_fingerprint(english), analyzer_fingerprint(stopped));
    assert_null(strchr(analyzer_fingerprint(english), '\n'));
    analyzer_free(english);
    analyzer_free(german);
    analyzer_free(again);
    analyzer_free(stopped);
}

static void test_analyzer_stemmer_of_language__codes(void **state) {
    (void)state;
    assert_string_equal(analyzer_stemmer_of_language("de"), "german");
    assert_string_equal(analyzer_stemmer_of_language("tur"), "turkish");
    assert_string_equal(analyzer_stemmer_of_language("english"), "english");
    assert_string_equal(analyzer_stemmer_of_language("zh"), "none");
    assert_null(analyzer_stemmer_of_language("xx"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_analyzer_next__terms_of_english),
        cmocka_unit_test(test_analyzer_next__terms_of_other_languages),
        cmocka_unit_test(test_analyzer_set_language__decides_the_terms),
        cmocka_unit_test(test_analyzer_check_stopword__is_one_in_all_languages),
        cmocka_unit_test(test_analyzer_next__optional_signs_do_not_matter),
        cmocka_unit_test(test_analyzer_next__two_forms_at_one_position),
        cmocka_unit_test(test_analyzer_next__scripts_without_spaces),
        cmocka_unit_test(test_analyzer_next__words_with_and_without_their_marks),
        cmocka_unit_test(test_analyzer_next__stop_words_leave_a_gap),
        cmocka_unit_test(test_analyzer_next__batches_of_stop_words_do_not_end_the_text),
        cmocka_unit_test(test_analyzer_next__words_without_a_term),
        cmocka_unit_test(test_analyzer_next__long_words),
        cmocka_unit_test(test_analyzer_next__cached_term_ids),
        cmocka_unit_test(test_analyzer_next__cached_term_ids_when_the_cache_overflows),
        cmocka_unit_test(test_analyzer_next__same_tokens_in_any_batch_and_language),
        cmocka_unit_test(test_analyzer_next_positions__agrees_with_tokens),
        cmocka_unit_test(test_analyzer_next__any_bytes),
        cmocka_unit_test(test_analyzer_new__refuses_an_unknown_stemmer),
        cmocka_unit_test(test_analyzer_fingerprint__names_what_shapes_terms),
        cmocka_unit_test(test_analyzer_stemmer_of_language__codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
