/* SPDX-License-Identifier: MIT */
/* Adds up how often documents have the words of an expansion, and scores the sums.
 *
 * There may be 65,536 words, so of most lists nothing is kept but the term's entry and the block to go
 * on with. Frequencies are added up list by list in an array of a span of documents, which begins with
 * the window and is as long as memory allows (4 bytes a document, 16 MiB for all expansions of a query
 * together); so a list of few blocks is read once for up to 2^20 documents. Only a list that has about
 * two blocks or more in each window is read window by window, as blocks without a document that is
 * asked for are passed over. A posting takes 6 to 7 ns on a busy machine, its decoding
 * included. */
#include <stdlib.h>

#include "searcher/match/tree_node.h"

enum {
    SPAN_DOCS = 1 << 22,   /* of all expansions together */
    SPAN_MAX = 1 << 20,    /* of one */
    WINDOW_POSTINGS = 256, /* lists with more in a window are read by windows */
    BOUNDED_LISTS = 16,    /* that an expansion may have if its bound is made of theirs */
};

struct tree_expansion {
    const struct plan_clause *clause;
    const struct plan_lists *lists;
    uint32_t *blocks;   /* of each list: the one to go on with; owned */
    uint32_t *windowed; /* numbers of the lists that are read by windows; owned */
    size_t windowed_count;
    struct tree_phrase *phrases;
    size_t phrase_count;
    struct lengths own;      /* of a field */
    struct lengths *lengths; /* by which it is scored */
    float weight;
    uint32_t bound;
    uint64_t documents;
    uint32_t span_docs;
    uint32_t span, span_end; /* the documents in the arrays */
    uint32_t *counts;        /* in units, by document; owned */
    uint64_t *touched;       /* documents with counts; owned */
};

static uint32_t span_docs(const struct tree_run *run) {
    size_t expansions = 0;
    for (size_t i = 0; i < run->plan->count; i++)
        expansions += run->plan->clauses[i].expansion != NULL;
    uint32_t most = (uint32_t)(SPAN_DOCS / expansions) & ~(uint32_t)(TREE_WINDOW - 1);
    most = most > SPAN_MAX ? SPAN_MAX : most < TREE_WINDOW ? TREE_WINDOW : most;
    return run->match->documents < most ? run->match->documents : most;
}

/* A document does not score more than the sum of what each list alone would: with K, tf / (tf + K) is
 * concave. Rounding down loses less than 1 a list. */
static uint32_t bound_of(const struct tree_expansion *expansion) {
    const struct plan_lists *lists = expansion->lists;
    const struct bm25 *bm25 = expansion->lengths->bm25;
    uint64_t bound = 0, most = (uint64_t)expansion->weight;
    int32_t units = 0;
    if (lists->count > BOUNDED_LISTS || expansion->phrase_count)
        return (uint32_t)most;
    for (size_t i = 0; i < lists->count; i++)
        if (!lists->items[i].matches && lists->items[i].units > units)
            units = lists->items[i].units;
    for (size_t i = 0; i < lists->count && bound < most; i++) {
        const struct plan_list *list = &lists->items[i];
        if (!list->matches)
            continue;
        uint32_t unit = (uint32_t)(list->units + units);
        bound += list->entry.documents < POSTINGS_BLOCK
                     ? most
                     : 1 + bm25_bound(bm25, expansion->weight, unit, list->entry.impacts);
    }
    return (uint32_t)(bound < most ? bound : most);
}

static enum status init_lengths(struct tree_expansion *expansion, struct tree_run *run) {
    const struct plan_clause *clause = expansion->clause;
    struct match *match = run->match;
    expansion->lengths = &match->lengths;
    if (clause->field->number == SCHEMA_ALL)
        return ST_OK;
    uint16_t number = plan_field_number(run->plan, match->ordinal, clause->field->number);
    expansion->lengths = &expansion->own;
    return lengths_init(&expansion->own, &clause->field->bm25, match->segment,
                        segment_norms(match->segment, number), NULL);
}

static enum status init_phrases(struct tree_expansion *expansion, struct tree_run *run) {
    const struct plan_expansion *from = expansion->clause->expansion;
    expansion->phrases = calloc(from->phrase_count + 1, sizeof *expansion->phrases);
    if (!expansion->phrases)
        return ST_NOMEM;
    for (size_t i = 0; i < from->phrase_count; i++) {
        const struct plan_clause *clause = &from->phrases[i];
        struct tree_phrase *phrase = &expansion->phrases[expansion->phrase_count];
        if (!match_has_clause(clause, run->match->ordinal))
            continue;
        if (match_init_scorer(&phrase->scorer, &run->match->lengths, run->plan, clause,
                              run->match->ordinal))
            return ST_NOMEM;
        expansion->documents += phrase->scorer.cursors->entry.documents;
        expansion->phrase_count++;
        tree_phrase_start(phrase);
    }
    return ST_OK;
}

static bool is_read_by_windows(const struct tree_expansion *expansion, const struct tree_run *run,
                               const struct plan_list *list) {
    return list->entry.documents >= POSTINGS_BLOCK &&
           (expansion->span_docs <= TREE_WINDOW ||
            (uint64_t)list->entry.documents * TREE_WINDOW >=
                (uint64_t)run->match->documents * WINDOW_POSTINGS);
}

struct tree_expansion *tree_expansion_new(struct tree_run *run, const struct plan_clause *clause) {
    struct tree_expansion *expansion = calloc(1, sizeof *expansion);
    if (!expansion)
        return NULL;
    expansion->clause = clause;
    expansion->weight = clause->weight;
    expansion->lists = &clause->expansion->segments[run->match->ordinal];
    expansion->span_docs = span_docs(run);
    expansion->blocks = calloc(expansion->lists->count + 1, sizeof *expansion->blocks);
    expansion->windowed = malloc((expansion->lists->count + 1) * sizeof *expansion->windowed);
    expansion->counts = calloc(expansion->span_docs + 64ul, sizeof *expansion->counts);
    expansion->touched = calloc(expansion->span_docs / 64 + 2, sizeof *expansion->touched);
    if (!expansion->blocks || !expansion->windowed || !expansion->counts || !expansion->touched ||
        init_lengths(expansion, run) || init_phrases(expansion, run)) {
        tree_expansion_free(expansion);
        return NULL;
    }
    for (size_t i = 0; i < expansion->lists->count; i++) {
        const struct plan_list *list = &expansion->lists->items[i];
        expansion->documents += list->matches ? list->entry.documents : 0;
        if (is_read_by_windows(expansion, run, list))
            expansion->windowed[expansion->windowed_count++] = (uint32_t)i;
    }
    if (expansion->documents > run->match->documents)
        expansion->documents = run->match->documents;
    expansion->bound = bound_of(expansion);
    return expansion;
}

void tree_expansion_free(struct tree_expansion *expansion) {
    if (!expansion)
        return;
    for (size_t i = 0; expansion->phrases && i < expansion->phrase_count; i++)
        scorer_release(&expansion->phrases[i].scorer);
    lengths_release(&expansion->own);
    free(expansion->phrases);
    free(expansion->blocks);
    free(expansion->windowed);
    free(expansion->counts);
    free(expansion->touched);
    free(expansion);
}

void tree_expansion_restart(struct tree_expansion *expansion) {
    memset(expansion->blocks, 0, expansion->lists->count * sizeof *expansion->blocks);
    expansion->span = expansion->span_end = 0;
    for (size_t i = 0; i < expansion->phrase_count; i++) {
        scorer_restart(&expansion->phrases[i].scorer);
        tree_phrase_start(&expansion->phrases[i]);
    }
}

uint64_t tree_expansion_documents(const struct tree_expansion *expansion) {
    return expansion->documents;
}

uint32_t tree_expansion_bound(const struct tree_expansion *expansion) {
    return expansion->bound;
}

static void touch(struct tree_expansion *expansion, uint32_t at, uint32_t units) {
    expansion->counts[at] += units;
    expansion->touched[at / 64] |= UINT64_C(1) << at % 64;
}

/* Adds the postings of the decoded block from `from` up to `end`. */
static bool add_block(struct tree_expansion *expansion, struct cursor *cursor, int32_t units,
                      uint32_t from, uint32_t end) {
    const struct postings_block *block = &cursor->block;
    uint32_t i = postings_block_search(block, from), stop = block->count;
    if (cursor->decoded_last >= end)
        stop = postings_block_search(block, end);
    if (!cursor_decode_frequencies(cursor))
        return false;
    uint32_t *counts = expansion->counts, first = expansion->span;
    uint64_t *touched = expansion->touched;
    if (units == 1)
        for (; i < stop; i++) {
            uint32_t at = block->docs[i] - first;
            counts[at] += block->frequencies[i];
            touched[at / 64] |= UINT64_C(1) << at % 64;
        }
    for (; i < stop; i++) {
        uint32_t at = block->docs[i] - first;
        counts[at] += (uint32_t)units * cursor_limited(block->frequencies[i]);
        touched[at / 64] |= UINT64_C(1) << at % 64;
    }
    return true;
}

/* Adds a list's postings in [from, end), a window if there is a `within`. */
static void add_list(struct tree_expansion *expansion, struct tree_run *run, size_t number,
                     uint32_t from, uint32_t end, const uint64_t *within) {
    const struct plan_list *list = &expansion->lists->items[number];
    struct cursor cursor;
    if (list->entry.documents == 1) {
        uint32_t doc = list->entry.doc, frequency = list->entry.frequency;
        if (doc >= from && doc < end)
            touch(expansion, doc - expansion->span,
                  list->units == 1 ? frequency : (uint32_t)list->units * cursor_limited(frequency));
        return;
    }
    cursor_init_at(&cursor, run->match->segment, &list->entry, expansion->blocks[number]);
    for (uint32_t target = from; target < end;) {
        if (within)
            target = from + tree_next(within, target - from, end - from);
        if (target >= end || !cursor_advance_shallow(&cursor, target))
            break;
        uint32_t last = cursor.shallow_last;
        if (!cursor_decode_block(&cursor) ||
            !add_block(expansion, &cursor, list->units, target, end) || last >= end)
            break;
        target = last + 1;
    }
    expansion->blocks[number] =
        cursor.shallow_block < cursor.block_count ? cursor.shallow_block : cursor.block_count - 1;
}

/* Clears what windows that were passed over have left. */
static void clear_counts(struct tree_expansion *expansion) {
    for (uint32_t i = 0; i < (expansion->span_docs + 63) / 64; i++)
        if (expansion->touched[i]) {
            memset(expansion->counts + 64ul * i, 0, 64 * sizeof *expansion->counts);
            expansion->touched[i] = 0;
        }
}

/* Begins a new span with the window, unless the window is in the current one. */
static void read_span(struct tree_expansion *expansion, struct tree_run *run) {
    if (run->end <= expansion->span_end)
        return;
    clear_counts(expansion);
    uint32_t left = run->match->documents - run->from;
    expansion->span = run->from & ~(uint32_t)63;
    expansion->span_end =
        expansion->span + (left < expansion->span_docs ? left : expansion->span_docs);
    size_t windowed = 0;
    for (size_t i = 0; i < expansion->lists->count; i++)
        if (windowed < expansion->windowed_count && expansion->windowed[windowed] == i)
            windowed++;
        else
            add_list(expansion, run, i, expansion->span, expansion->span_end, NULL);
}

static void add_phrase(struct tree_expansion *expansion, struct tree_run *run,
                       struct tree_phrase *phrase, const uint64_t *within) {
    uint32_t size = run->end - run->from;
    for (uint32_t at = within ? tree_next(within, 0, size) : 0; at < size;) {
        bool found = true;
        if (within)
            found = tree_phrase_test(phrase, run->from + at);
        else
            at = tree_phrase_next(phrase, run->from + at) - run->from;
        if (at >= size)
            break;
        if (found)
            touch(expansion, run->from + at - expansion->span, scorer_frequency(&phrase->scorer));
        at = within ? tree_next(within, at + 1, size) : at + 1;
    }
}

/* Documents of which counts are taken at a time. */
struct taken {
    uint32_t docs[64], frequencies[64 + BM25_LANES], count;
};

/* Takes the counts of a word's documents that match, and clears all. */
static void take_word(struct taken *taken, struct tree_expansion *expansion, uint32_t word,
                      uint64_t chosen) {
    uint32_t *counts = expansion->counts + 64ul * word;
    bool subtracts = expansion->clause->expansion->subtracts;
    taken->count = 0;
    for (uint64_t left = chosen; left; left &= left - 1) {
        uint32_t at = (uint32_t)__builtin_ctzll(left), frequency = counts[at];
        taken->docs[taken->count] = expansion->span + 64 * word + at;
        taken->frequencies[taken->count] = frequency < INT32_MAX ? frequency : INT32_MAX;
        taken->count += !subtracts || frequency > 0;
    }
    memset(counts, 0, 64 * sizeof *counts);
    memset(taken->frequencies + taken->count, 0, BM25_LANES * sizeof *taken->frequencies);
    expansion->touched[word] = 0;
}

/* Adds the documents of the window that have counts to the frame, and clears these. */
static void score(struct tree_expansion *expansion, struct tree_run *run, struct tree_frame *frame,
                  const uint64_t *within) {
    float inverses[64 + BM25_LANES];
    uint32_t scores[64 + BM25_LANES];
    uint32_t first = (run->from - expansion->span) / 64;
    bool scored = run->scored && frame->is_scored;
    struct taken taken;
    for (uint32_t i = 0; i < run->words; i++) {
        uint64_t touched = expansion->touched[first + i];
        if (!touched)
            continue;
        take_word(&taken, expansion, first + i, within ? touched & within[i] : touched);
        if (scored && taken.count) {
            lengths_inverses(inverses, expansion->lengths, taken.docs, taken.count);
            memset(inverses + taken.count, 0, BM25_LANES * sizeof *inverses);
            bm25_scores(scores, expansion->weight, inverses, taken.frequencies, taken.count);
        }
        for (uint32_t k = 0; k < taken.count; k++)
            tree_frame_set(frame, taken.docs[k] - run->from, scored ? scores[k] : 0);
    }
}

/* Adds up what documents of the window have. */
static void add_up(struct tree_expansion *expansion, struct tree_run *run, const uint64_t *within) {
    read_span(expansion, run);
    for (size_t i = 0; i < expansion->windowed_count; i++)
        add_list(expansion, run, expansion->windowed[i], run->from, run->end, within);
    for (size_t i = 0; i < expansion->phrase_count; i++)
        add_phrase(expansion, run, &expansion->phrases[i], within);
}

void tree_expansion_add(struct tree_expansion *expansion, struct tree_run *run,
                        struct tree_frame *frame, const uint64_t *within, uint32_t need) {
    if (need > expansion->bound) {
        run->pruned = true;
        return;
    }
    add_up(expansion, run, within);
    score(expansion, run, frame, within);
}

bool tree_expansion_look(uint32_t *frequency, uint32_t *score, double *length,
                         struct tree_expansion *expansion, struct tree_run *run, uint32_t doc) {
    add_up(expansion, run, NULL);
    uint32_t at = doc - expansion->span;
    bool matches = tree_bit(expansion->touched, at);
    *frequency = expansion->counts[at];
    *score = bm25_score(expansion->weight, lengths_inverse_k(expansion->lengths, doc), *frequency);
    *length = lengths_weighted(expansion->lengths, doc);
    clear_counts(expansion);
    return matches && (*frequency > 0 || !expansion->clause->expansion->subtracts);
}
