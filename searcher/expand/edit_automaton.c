/* SPDX-License-Identifier: MIT */
/* Compares keys with a word. */
#include "searcher/expand/edit_automaton.h"

#include <stdlib.h>

#include "common/text/unicode.h"
#include "searcher/expand/letters.h"

enum {
    BIAS = EDIT_AUTOMATON_EDITS_MAX, /* bit BIAS + p of a set: position n + p of the word */
    WINDOW = 2 * BIAS + 1,
    WINDOW_MASK = (1 << WINDOW) - 1,
    STATES_MAX = 128, /* there are fewer, whatever is read */
    ROW_SIZE = (LETTERS_MAX + BIAS) / 8 + 3,
    NO_STATE = 0,
    START = 1,
};

/* A state after n characters of a key: sets of positions in the word, up to which it may be read. */
struct positions {
    uint8_t edits[BIAS + 1]; /* ... with this number of edits */
    /* ... with one or two edits, if the character at this position comes next: an exchange of it
     * and the following one, of which the latter was read. */
    uint8_t exchanged[BIAS + 1];
    uint8_t exchanged_far; /* the same of it and the one after the following, which is left out */
};

struct edit_automaton {
    size_t length;
    unsigned edits;
    struct letters letters;
    uint8_t rows[LETTERS_MAX + 1][ROW_SIZE]; /* bit BIAS + i: character i is this letter */
    struct positions states[STATES_MAX];
    int8_t first[STATES_MAX]; /* the least p of any position */
    size_t count;
    uint8_t next[STATES_MAX][1 << WINDOW]; /* by the equal ones of the window */
    struct step {
        uint8_t state;
        uint8_t read;              /* characters */
    } steps[SURFACE_FORM_MAX + 1]; /* after this number of bytes of the key */
};

static struct positions step(const struct positions *from, unsigned equal, unsigned edits) {
    struct positions to = {0};
    const uint8_t *was = from->edits;
    to.edits[0] = was[0] & equal;
    if (edits >= 1) {
        /* The position of what is replaced stays in the window, that of what is inserted moves
         * back by one, and that of what is left out on by one. */
        to.edits[1] = (was[1] & equal) | was[0] | was[0] >> 1 | to.edits[0] << 1 |
                      (from->exchanged[1] & equal) << 1;
        to.exchanged[1] = (was[0] & equal >> 1) >> 1;
    }
    if (edits >= 2) {
        to.edits[2] = (was[2] & equal) | was[1] | was[1] >> 1 | to.edits[1] << 1 |
                      (from->exchanged[2] & equal) << 1 | (from->exchanged_far & equal) << 2;
        to.exchanged[2] = (was[1] & equal >> 1) >> 1 | from->exchanged[1] >> 1;
        to.exchanged_far = (was[0] & equal >> 2) >> 1;
    }
    for (size_t i = 0; i <= BIAS; i++)
        to.edits[i] &= WINDOW_MASK;
    return to;
}

static uint8_t find_state(struct edit_automaton *automaton, const struct positions *positions) {
    size_t number = START;
    while (number < automaton->count &&
           memcmp(&automaton->states[number], positions, sizeof *positions) != 0)
        number++;
    if (number == automaton->count) {
        unsigned all = positions->exchanged_far;
        for (size_t i = 0; i <= BIAS; i++)
            all |= positions->edits[i] | positions->exchanged[i];
        automaton->states[number] = *positions;
        automaton->first[number] = INT8_MAX;
        if (all)
            automaton->first[number] = (int8_t)(__builtin_ctz(all) - BIAS);
        automaton->count++;
    }
    return (uint8_t)number;
}

static inline struct step advance(struct edit_automaton *automaton, struct step from,
                                  size_t letter) {
    const uint8_t *row = automaton->rows[letter] + from.read / 8;
    unsigned equal = (unsigned)(row[0] | row[1] << 8) >> from.read % 8 & WINDOW_MASK;
    uint8_t *next = &automaton->next[from.state][equal];
    if (*next == NO_STATE) {
        struct positions to = step(&automaton->states[from.state], equal, automaton->edits);
        *next = find_state(automaton, &to);
    }
    return (struct step){*next, (uint8_t)(from.read + 1)};
}

/* Positions after the end of the word, which replaced and missing characters lead to, are no
 * harm: they match nothing. */
static inline bool is_dead(const struct edit_automaton *automaton, struct step step) {
    return automaton->first[step.state] > (int)automaton->length - step.read;
}

static enum status read_word(struct edit_automaton *automaton, struct slice word, unsigned edits) {
    automaton->edits = edits;
    for (size_t at = 0; at < word.size; automaton->length++) {
        struct unicode_char next = unicode_decode(word.data + at, word.size - at);
        if (automaton->length == LETTERS_MAX)
            return ST_LIMIT;
        size_t bit = automaton->length + BIAS;
        automaton->rows[letters_add(&automaton->letters, next.code_point)][bit / 8] |=
            (uint8_t)(1 << bit % 8);
        at += next.size;
    }
    struct positions start = {0};
    for (unsigned i = 0; i <= edits; i++)
        start.edits[i] = (uint8_t)(1 << (BIAS + i));
    automaton->count = START;
    automaton->steps[0] = (struct step){find_state(automaton, &start), 0};
    return ST_OK;
}

enum status edit_automaton_new(struct edit_automaton **out, struct slice word, unsigned edits) {
    *out = calloc(1, sizeof **out);
    enum status status = *out ? read_word(*out, word, edits) : ST_NOMEM;
    if (status) {
        edit_automaton_free(*out);
        *out = NULL;
    }
    return status;
}

void edit_automaton_free(struct edit_automaton *automaton) {
    free(automaton);
}

struct key_match edit_automaton_match(struct edit_automaton *automaton, struct slice key,
                                      size_t shared) {
    size_t at = key_match_start(key, shared);
    struct step step = automaton->steps[at];
    while (at < key.size) {
        struct unicode_char next = unicode_decode(key.data + at, key.size - at);
        step = advance(automaton, step, letters_find(&automaton->letters, next.code_point));
        at += next.size;
        automaton->steps[at] = step;
        if (is_dead(automaton, step))
            return (struct key_match){.dead = at};
    }
    int left = (int)automaton->length - step.read;
    if (left < -BIAS || left > BIAS)
        return (struct key_match){0};
    const struct positions *positions = &automaton->states[step.state];
    for (unsigned edits = 0; edits <= automaton->edits; edits++)
        if (positions->edits[edits] >> (BIAS + left) & 1)
            return (struct key_match){.matches = true, .edits = edits};
    return (struct key_match){0};
}

/* Finds the least character greater than `code` with which a key may go on after a step. */
static bool next_character(uint32_t *found, struct edit_automaton *automaton, struct step from,
                           uint32_t code) {
    if (!is_dead(automaton, advance(automaton, from, 0))) {
        *found = code + 1;
        return true;
    }
    *found = UINT32_MAX;
    for (size_t i = 1; i <= automaton->letters.count; i++) {
        uint32_t letter = automaton->letters.codes[i];
        if (letter > code && letter < *found && !is_dead(automaton, advance(automaton, from, i)))
            *found = letter;
    }
    return *found != UINT32_MAX;
}

bool edit_automaton_may_match(struct edit_automaton *automaton, struct slice first,
                              const struct slice *end) {
    struct key_match match = edit_automaton_match(automaton, first, 0);
    if (!match.dead)
        return true;
    /* The least key >= `first` that is not dead: like it up to some character, and then with a
     * greater one. */
    for (size_t at = match.dead; at > 0;) {
        struct unicode_char last = unicode_decode_before(slice_of(first.data, at), at);
        uint32_t next;
        at -= last.size;
        if (!next_character(&next, automaton, automaton->steps[at], last.code_point))
            continue;
        /* Unless `end` begins as `first` does up to here, it is greater than all that does. */
        if (!end || end->size <= at || memcmp(end->data, first.data, at) != 0)
            return true;
        struct unicode_char limit = unicode_decode(end->data + at, end->size - at);
        return next <= limit.code_point;
    }
    return false;
}
