/* SPDX-License-Identifier: MIT */
/* Chooses among forms by their edits and frequencies. */
#include "searcher/expand/correction.h"

#include "common/text/unicode.h"
#include "searcher/expand/form_matches.h"

/* Costs of edits, in bits. */
enum {
    COST_OTHER = 10,
    COST_MISSING = 9, /* or one too many */
    COST_DOUBLED = 5, /* the same next to a letter like it */
    COST_VOWEL = 7,   /* one for another */
    COST_EXCHANGED = 6,
    COST_FIRST = 5, /* more, at the first letter */
    COST_MAX = 1000,
    COST_FREQUENT = COST_VOWEL,            /* at most, of one of the most frequent errors */
    COST_TWO = COST_VOWEL + COST_VOWEL,    /* at most, of two in a word that is not long */
    COST_LONG = COST_OTHER + COST_MISSING, /* the same in a long one */
};
/* How many times as often as a word that occurs one has to occur which was meant. */
enum { RATIO = 50 };
/* How many bits the costs may exceed the frequency, less half of those of the length of all documents. In a large index a rare word is rarely what was meant, in a small one all are rare. */
enum { EXCESS = 16 };

struct word {
    uint32_t codes[SURFACE_FORM_MAX];
    int length;
};

static void decode(struct word *word, struct slice text) {
    word->length = 0;
    for (size_t at = 0; at < text.size;) {
        struct unicode_char next = unicode_decode(text.data + at, text.size - at);
        word->codes[word->length++] = next.code_point;
        at += next.size;
    }
}

static bool is_vowel(uint32_t code) {
    return code == 'a' || code == 'e' || code == 'i' || code == 'o' || code == 'u' || code == 'y';
}

static int cost_of_one(const struct word *word, int at) {
    bool doubled = (at > 0 && word->codes[at - 1] == word->codes[at]) ||
                   (at + 1 < word->length && word->codes[at + 1] == word->codes[at]);
    return (doubled ? COST_DOUBLED : COST_MISSING) + (at == 0 ? COST_FIRST : 0);
}

static int cost_of_other(const struct word *x, int i, const struct word *y, int j) {
    if (x->codes[i] == y->codes[j])
        return 0;
    bool vowels = is_vowel(x->codes[i]) && is_vowel(y->codes[j]);
    return (vowels ? COST_VOWEL : COST_OTHER) + (i == 0 || j == 0 ? COST_FIRST : 0);
}

static int least(int a, int b) {
    return a < b ? a : b;
}

/* The least cost of making y of x, of which at most two edits are needed: a band of a matrix. Both have
 * fewer than 256 characters. */
static int cost_of_edits(const struct word *x, const struct word *y) {
    enum { BAND = 2, WIDTH = 2 * BAND + 1 };
    int cells[SURFACE_FORM_MAX + 1][WIDTH]; /* [i][j - i + BAND] */
    for (int i = 0; i <= x->length; i++)
        for (int d = 0; d < WIDTH; d++) {
            int j = i + d - BAND, best = i == 0 && j == 0 ? 0 : COST_MAX;
            cells[i][d] = COST_MAX;
            if (j < 0 || j > y->length)
                continue;
            if (i > 0 && d + 1 < WIDTH)
                best = least(best, cells[i - 1][d + 1] + cost_of_one(x, i - 1));
            if (j > 0 && d > 0)
                best = least(best, cells[i][d - 1] + cost_of_one(y, j - 1));
            if (i > 0 && j > 0)
                best = least(best, cells[i - 1][d] + cost_of_other(x, i - 1, y, j - 1));
            if (i > 1 && j > 1 && x->codes[i - 1] == y->codes[j - 2] &&
                x->codes[i - 2] == y->codes[j - 1])
                best = least(best, cells[i - 2][d] + COST_EXCHANGED + (i == 2 ? COST_FIRST : 0));
            cells[i][d] = best;
        }
    int end = y->length - x->length + BAND;
    return end < 0 || end >= WIDTH ? COST_MAX : cells[x->length][end];
}

struct choice {
    struct form_visitor visitor;
    struct word word;
    uint64_t own; /* occurrences of the word itself */
    struct buffer best;
    uint64_t best_count;
    int best_cost;
    double best_score;
};

static double bits_of(uint64_t count) {
    int bits = 63 - __builtin_clzll(count | 1);
    return bits + (double)count / (double)(UINT64_C(1) << bits) - 1; /* between powers, a line */
}

static enum status take(struct form_visitor *visitor, const struct surface_form *form,
                        unsigned edits) {
    struct choice *choice = (struct choice *)visitor;
    struct word word;
    if (edits == 0) {
        choice->own += form->count;
        return ST_OK;
    }
    decode(&word, form->key);
    int cost = cost_of_edits(&choice->word, &word);
    double score = bits_of(form->count) - cost;
    if ((edits == 2 && cost > (choice->word.length < CORRECTION_LONG ? COST_TWO : COST_LONG)) ||
        (choice->best.size && score <= choice->best_score))
        return ST_OK;
    choice->best_score = score;
    choice->best_cost = cost;
    choice->best_count = form->count;
    buffer_clear(&choice->best);
    return buffer_append_slice(&choice->best, form->form);
}

static enum status choose(struct choice *choice, struct slice key, unsigned edits,
                          struct snapshot *const *snapshots, size_t count, struct error *err) {
    struct form_matcher matcher = {0};
    choice->own = 0;
    if (edit_automaton_new(&matcher.automaton, key, edits))
        return error_nomem(err);
    enum status status = form_matches(&choice->visitor, &matcher, snapshots, count, err);
    edit_automaton_free(matcher.automaton);
    return status;
}

/* The score that the best form needs, at least. */
static double least_score(struct snapshot *const *snapshots, size_t count) {
    uint64_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += catalog_total_length(&snapshots[i]->catalog);
    return bits_of(length) / 2 - EXCESS;
}

static bool is_likely(const struct choice *choice, bool occurs, double least) {
    if (!choice->best.size || choice->best_score < least)
        return false;
    return !occurs ||
           (choice->word.length >= CORRECTION_MIDDLE && choice->best_cost <= COST_FREQUENT &&
            choice->best_count / RATIO >= choice->own);
}

enum status correction_find(struct slice *better, struct arena *arena, struct slice key,
                            bool occurs, struct snapshot *const *snapshots, size_t count,
                            struct error *err) {
    struct choice choice = {.visitor = {.counts = true, .take = take}};
    if (key.size > SURFACE_FORM_MAX)
        return ST_NOT_FOUND;
    decode(&choice.word, key);
    if (choice.word.length < CORRECTION_SHORT)
        return ST_NOT_FOUND;
    /* Two edits are tried only where one is not enough, because they take twice the time. */
    enum status status = choose(&choice, key, 1, snapshots, count, err);
    if (!status && !choice.best.size && !occurs && choice.word.length >= CORRECTION_MIDDLE)
        status = choose(&choice, key, 2, snapshots, count, err);
    if (!status && !is_likely(&choice, occurs, least_score(snapshots, count)))
        status = ST_NOT_FOUND;
    if (!status) {
        *better = slice_of(arena_copy(arena, choice.best.data, choice.best.size), choice.best.size);
        if (!better->data)
            status = error_nomem(err);
    }
    buffer_release(&choice.best);
    return status;
}
