/* SPDX-License-Identifier: MIT */
/* Builds pages of sorted fingerprints, and finds candidates in them. */
#include "common/segment/id_index.h"

#include <stdlib.h>

#include "common/base/codec.h"

enum {
    FINGERPRINT_BITS = 16,
    QUARTER_BITS = 14, /* of a fingerprint within a quarter of the page */
    COUNT_AT = ID_INDEX_ENTRY_SIZE - 2,
    CONTINUES = 1 << 15, /* in the count of a page_entry */
};

uint64_t id_index_hash(uint64_t seed, struct slice id) {
    return hash64(id.data, id.size, seed);
}

uint32_t id_index_page_count(uint32_t documents) {
    return documents / ID_INDEX_PAGE_DOCS + 1;
}

static uint32_t page_of_hash(uint64_t hash, uint32_t pages) {
    return (uint32_t)(((unsigned __int128)hash * pages) >> 64);
}

static uint32_t bit_width(uint32_t value) {
    return value ? 32 - (uint32_t)__builtin_clz(value) : 0;
}

/* The layout of a page that is not empty. */
struct page_layout {
    uint32_t lower_width, entry_width; /* as in struct id_index_match */
    uint32_t upper_size;               /* bytes, as is the next one */
    uint32_t entries_size;
};

static struct page_layout page_layout_of(uint32_t count, uint32_t documents) {
    struct page_layout layout = {.lower_width = FINGERPRINT_BITS - bit_width(count - 1)};
    if (layout.lower_width > QUARTER_BITS)
        layout.lower_width = QUARTER_BITS;
    layout.entry_width = layout.lower_width + bit_width(documents - 1);
    layout.upper_size = ((1u << (FINGERPRINT_BITS - layout.lower_width)) + count + 7) / 8;
    layout.entries_size = (count * layout.entry_width + 7) / 8;
    return layout;
}

/* At least 57 bits from `bit_offset` on; those past the end are zero. */
static uint64_t load_bits(const uint8_t *bytes, uint32_t size, uint64_t bit_offset) {
    uint64_t value = 0;
    uint32_t first = (uint32_t)(bit_offset / 8);
    if (size >= 8 && first <= size - 8)
        return get_u64(bytes + first) >> bit_offset % 8;
    for (uint32_t i = first; i < size; i++)
        value |= (uint64_t)bytes[i] << 8 * (i - first);
    return value >> bit_offset % 8;
}

/* Orders the keys of a page: fingerprint << 32 | document. */
static int compare_keys(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void fill_page(uint8_t *page, struct page_layout layout, const uint64_t *keys,
                      uint32_t count) {
    memset(page, 0, layout.upper_size + layout.entries_size);
    uint8_t *entries = page + layout.upper_size;
    uint64_t bit_offset = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t fingerprint = (uint32_t)(keys[i] >> 32);
        uint32_t upper_bit = (fingerprint >> layout.lower_width) + i; /* zeros and ones before it */
        page[upper_bit / 8] |= (uint8_t)(1u << upper_bit % 8);
        uint64_t entry = (fingerprint & ((1u << layout.lower_width) - 1)) |
                         (uint64_t)(uint32_t)keys[i] << layout.lower_width;
        entry <<= bit_offset % 8;
        for (uint64_t byte = bit_offset / 8; entry; byte++, entry >>= 8)
            entries[byte] |= (uint8_t)entry;
        bit_offset += layout.entry_width;
    }
}

/* Writes a page of sorted keys, 1 to ID_INDEX_PAGE_MAX. *entry becomes that of the page; if the page
 * continues, it was that of the page which continues it. */
static enum status write_part(uint8_t entry[ID_INDEX_ENTRY_SIZE], struct chunk_writer *data,
                              const uint64_t *keys, uint32_t count, bool continues,
                              uint32_t documents, struct error *err) {
    uint8_t *page;
    uint64_t address;
    struct page_layout layout = page_layout_of(count, documents);
    uint32_t size = layout.upper_size + layout.entries_size;
    enum status status = chunk_writer_reserve(&page, &address, data,
                                              size + (continues ? ID_INDEX_ENTRY_SIZE : 0), err);
    if (status)
        return status;
    fill_page(page, layout, keys, count);
    if (continues)
        memcpy(page + size, entry, ID_INDEX_ENTRY_SIZE);
    put_u48(entry, address);
    for (uint32_t quarter = 0, end = 0; quarter < 3; quarter++) {
        while (end < count && keys[end] >> (32 + QUARTER_BITS) <= quarter)
            end++;
        put_u16(entry + 6 + 2 * (size_t)quarter, (uint16_t)end);
    }
    put_u16(entry + COUNT_AT, (uint16_t)(count | (continues ? CONTINUES : 0)));
    return ST_OK;
}

/* The hash is uniform and a page has 512 documents on average; more than ID_INDEX_PAGE_MAX have a
 * probability below 1e-1000 unless the ids were chosen to collide. What continues a page is written
 * before it, so that addresses fall from each part to the next and no reader goes in circles. */
static enum status write_page(struct chunk_writer *data, struct chunk_writer *index, uint64_t *keys,
                              uint32_t count, uint32_t documents, struct error *err) {
    uint8_t entry[ID_INDEX_ENTRY_SIZE] = {0};
    uint64_t address;
    enum status status = ST_OK;
    if (count)
        qsort(keys, count, sizeof *keys, compare_keys);
    for (uint32_t end = count, first; end && !status; end = first) {
        first = (end - 1) / ID_INDEX_PAGE_MAX * ID_INDEX_PAGE_MAX;
        status = write_part(entry, data, keys + first, end - first, end < count, documents, err);
    }
    return status ? status : chunk_writer_add(&address, index, entry, sizeof entry, err);
}

/* Sorts the keys of pages [first, end) by page. ends[p] is where page p begins, and becomes where
 * it ends. */
static void scatter_keys(uint64_t *keys, uint32_t *ends, uint32_t first, uint32_t end,
                         const struct id_index_source *source) {
    uint32_t pages = id_index_page_count(source->documents);
    for (uint32_t i = 0; i < source->count; i++) {
        uint64_t hash = source->hashes[i];
        uint32_t page = page_of_hash(hash, pages);
        if (page >= first && page < end)
            keys[ends[page]++] = (hash & UINT16_MAX) << 32 | (source->first + i);
    }
}

/* Turns the sizes of pages from `first` on into where they begin, for as many as have at most
 * `max_keys` keys together, but at least one. Returns the first page after them. */
static uint32_t pages_that_fit(uint32_t *sizes, uint32_t first, uint32_t pages, uint64_t max_keys) {
    uint32_t before = 0, page = first;
    for (; page < pages && (page == first || before + (uint64_t)sizes[page] <= max_keys); page++) {
        uint32_t size = sizes[page];
        sizes[page] = before;
        before += size;
    }
    return page;
}

enum status id_index_write(uint32_t chunks[STREAM_MAX], struct chunk_sink *sink, uint32_t segment,
                           const struct id_index_source *source, uint64_t memory,
                           struct error *err) {
    struct chunk_writer data, index;
    uint32_t pages = id_index_page_count(source->documents);
    uint32_t *ends = calloc(pages, sizeof *ends);  /* at first their sizes */
    uint64_t max_keys = memory / sizeof(uint64_t); /* at a time, but at least those of a page */
    for (uint32_t i = 0; ends && i < source->count; i++)
        if (++ends[page_of_hash(source->hashes[i], pages)] > max_keys)
            max_keys = ends[page_of_hash(source->hashes[i], pages)];
    if (max_keys > source->count)
        max_keys = source->count;
    uint64_t *keys = malloc((max_keys + 1) * sizeof *keys);
    chunk_writer_init(&data, sink, segment, STREAM_IDS);
    chunk_writer_init(&index, sink, segment, STREAM_ID_INDEX);
    enum status status = keys && ends ? ST_OK : error_nomem(err);
    for (uint32_t page = 0; page < pages && !status;) {
        uint32_t first = 0, end = pages_that_fit(ends, page, pages, max_keys);
        scatter_keys(keys, ends, page, end, source);
        for (; page < end && !status; first = ends[page++])
            status =
                write_page(&data, &index, keys + first, ends[page] - first, source->documents, err);
    }
    if (!status)
        status = chunk_writer_flush(&data, err);
    if (!status)
        status = chunk_writer_flush(&index, err);
    chunks[STREAM_IDS] = data.chunk;
    chunks[STREAM_ID_INDEX] = index.chunk;
    chunk_writer_release(&data);
    chunk_writer_release(&index);
    free(keys);
    free(ends);
    return status;
}

/* Rank and select on eight bytes of a word at once (Vigna, "Broadword implementation of rank/select
 * queries", 2008): not every x86-64 has an instruction that counts bits. */
#define LOW_BITS  UINT64_C(0x0101010101010101)
#define HIGH_BITS UINT64_C(0x8080808080808080)

/* Byte i of the result is how many bits are set in bytes 0 to i. */
static uint64_t bit_sums(uint64_t word) {
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return word * LOW_BITS;
}

/* 8 times the index of the first byte that is >= `minimum`, which is 1 to 64; there is one. */
static uint32_t first_byte_at_least(uint64_t sums, uint32_t minimum) {
    return (uint32_t)__builtin_ctzll(((sums | HIGH_BITS) - minimum * LOW_BITS) & HIGH_BITS) - 7;
}

/* The offset of the `number`-th set bit, counted from 1; there is one. */
static uint32_t select_bit(uint64_t word, uint64_t sums, uint32_t number) {
    uint32_t bit_offset = first_byte_at_least(sums, number);
    number -= (uint32_t)(sums << 8 >> bit_offset & 0xff);
    /* Bit i of the byte moves to byte i, and becomes 1 there. */
    uint64_t bits = (word >> bit_offset & 0xff) * LOW_BITS & UINT64_C(0x8040201008040201);
    bits = (((bits | HIGH_BITS) - LOW_BITS) | bits) & HIGH_BITS;
    bits >>= 7;
    return bit_offset + first_byte_at_least(bits * LOW_BITS, number) / 8;
}

/* The offset after the `zeros`-th zero bit from bit `from` on; the end or past it if there are
 * fewer. */
static uint32_t skip_zeros(const uint8_t *bytes, uint32_t size, uint32_t from, uint32_t zeros) {
    if (!zeros)
        return from;
    uint64_t seen = (UINT64_C(1) << from % 8) - 1; /* in the first word */
    for (uint32_t at = from / 8; at < size; at += 8, seen = 0) {
        uint64_t word = ~(load_bits(bytes, size, 8 * at) | seen);
        uint64_t sums = bit_sums(word);
        uint32_t count = (uint32_t)(sums >> 56);
        if (count >= zeros)
            return 8 * at + select_bit(word, sums, zeros) + 1;
        zeros -= count;
    }
    return 8 * size;
}

/* The document of an entry. Returns the low bits of its fingerprint. */
static uint32_t read_entry(uint32_t *doc, const struct id_index_match *match, uint32_t index) {
    uint64_t entry =
        load_bits(match->entries, match->entries_size, (uint64_t)index * match->entry_width);
    *doc = (uint32_t)((entry & ((UINT64_C(1) << match->entry_width) - 1)) >> match->lower_width);
    return (uint32_t)entry & ((1u << match->lower_width) - 1);
}

/* Moves to the next document with the fingerprint in this page. */
static bool next_in_page(struct id_index_match *match) {
    while (match->index < match->count && match->upper_bit < 8 * match->upper_size &&
           (match->upper[match->upper_bit / 8] >> match->upper_bit % 8 & 1)) {
        uint32_t fingerprint = read_entry(&match->doc, match, match->index);
        match->upper_bit++;
        match->index++;
        if (fingerprint > match->fingerprint)
            return false;
        if (fingerprint == match->fingerprint)
            return true;
    }
    return false;
}

/* The page_entry of a page. NULL: it is damaged. */
static const uint8_t *page_entry(struct chunk_reader *chunks, uint32_t page) {
    return chunk_read(chunks, STREAM_ID_INDEX, chunk_item_address(page, ID_INDEX_ENTRY_SIZE),
                      ID_INDEX_ENTRY_SIZE);
}

/* Moves to the page of an entry, before the group of the fingerprint. False: it is empty or
 * damaged. */
static bool open_page(struct id_index_match *match, const uint8_t *entry) {
    uint32_t count = get_u16(entry + COUNT_AT), documents = match->documents;
    bool continues = count & CONTINUES;
    count &= CONTINUES - 1;
    if (!count)
        return false;
    struct page_layout layout = page_layout_of(count, documents);
    uint32_t size = layout.upper_size + layout.entries_size;
    match->address = get_u48(entry);
    const uint8_t *bytes = chunk_read(match->chunks, STREAM_IDS, match->address,
                                      size + (continues ? ID_INDEX_ENTRY_SIZE : 0));
    if (!bytes)
        return false;
    uint32_t fingerprint = match->hash, quarter = fingerprint >> QUARTER_BITS;
    uint32_t docs_before = quarter ? get_u16(entry + 4 + 2 * (size_t)quarter) : 0;
    match->next = continues ? bytes + size : NULL;
    match->upper = bytes;
    match->entries = bytes + layout.upper_size;
    match->upper_size = layout.upper_size;
    match->entries_size = layout.entries_size;
    match->count = count;
    match->lower_width = layout.lower_width;
    match->entry_width = layout.entry_width;
    match->fingerprint = fingerprint & ((1u << layout.lower_width) - 1);
    /* Fingerprints are uniform, so the address of the entry can be guessed before the upper part is
     * read. */
    __builtin_prefetch(match->entries + ((uint64_t)fingerprint * count * layout.entry_width >> 19));
    uint32_t group = fingerprint >> layout.lower_width;
    uint32_t group_in_quarter = fingerprint % (1u << QUARTER_BITS) >> layout.lower_width;
    uint32_t quarter_bit = docs_before + group - group_in_quarter;
    match->upper_bit = skip_zeros(bytes, layout.upper_size, quarter_bit, group_in_quarter);
    match->index = match->upper_bit - group;
    return true;
}

/* Moves to the next document with the fingerprint, also in the pages that continue this one. */
static bool next_candidate(struct id_index_match *match) {
    while (!next_in_page(match)) {
        /* Entries that remain have greater fingerprints, as have those of all further pages. */
        if (!match->next || match->index < match->count)
            return false;
        if (get_u48(match->next) >= match->address)
            return chunk_reader_damaged(match->chunks, "index of ids");
        if (!open_page(match, match->next))
            return false;
    }
    return true;
}

bool id_index_find(struct id_index_match *match, struct chunk_reader *chunks, uint32_t documents,
                   uint64_t hash) {
    const uint8_t *entry = page_entry(chunks, page_of_hash(hash, id_index_page_count(documents)));
    *match =
        (struct id_index_match){.chunks = chunks, .documents = documents, .hash = (uint16_t)hash};
    match->found = entry && open_page(match, entry) && next_candidate(match);
    return match->found;
}

bool id_index_next(uint32_t *doc, struct id_index_match *match) {
    if (!match->found)
        return false;
    *doc = match->doc;
    match->found = next_candidate(match);
    return true;
}

/* The number of successive one bits from bit `from` on. */
static uint32_t count_ones(const uint8_t *bytes, uint32_t size, uint32_t from) {
    enum { AT_ONCE = 56 };
    uint32_t count = 0, ones;
    do {
        uint64_t zeros = ~load_bits(bytes, size, from + count) | UINT64_C(1) << AT_ONCE;
        ones = (uint32_t)__builtin_ctzll(zeros);
        count += ones;
    } while (ones == AT_ONCE);
    return count;
}

/* Skips the candidates of this page that are below `doc`. */
static void seek_in_page(struct id_index_match *match, uint32_t doc) {
    uint32_t first = match->index, low = first;
    uint32_t high = low + count_ones(match->upper, match->upper_size, match->upper_bit);
    if (high > match->count)
        high = match->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2, other;
        uint32_t fingerprint = read_entry(&other, match, middle);
        if (fingerprint < match->fingerprint || (fingerprint == match->fingerprint && other < doc))
            low = middle + 1;
        else
            high = middle;
    }
    match->upper_bit += low - first;
    match->index = low;
}

void id_index_seek(struct id_index_match *match, uint32_t doc) {
    while (match->found && match->doc < doc) {
        seek_in_page(match, doc);
        match->found = next_candidate(match);
    }
}

bool id_index_entry_count(uint64_t *count, struct chunk_reader *chunks, uint32_t documents) {
    *count = 0;
    for (uint32_t page = 0; page < id_index_page_count(documents); page++) {
        struct id_index_match match = {.chunks = chunks, .documents = documents};
        const uint8_t *entry = page_entry(chunks, page);
        for (; entry && open_page(&match, entry); entry = match.next) {
            *count += match.count;
            if (match.next && get_u48(match.next) >= match.address)
                return chunk_reader_damaged(chunks, "index of ids");
        }
        if (chunks->status)
            return false;
    }
    return true;
}
