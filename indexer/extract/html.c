#include "indexer/extract/html.h"

#include <libxml/HTMLparser.h>
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>

#include "indexer/source/charset.h"

enum {
    CHUNK = 8 * 1024,   /* bytes given to the parser at a time */
    TAG_MAX = 4 * 1024, /* bytes of an unfinished tag that the parser may hold */
    DEPTH_MAX = 512,
    NAME_MAX_SIZE = 64,
    DECLARATION_MAX = 4 * 1024,
};

/* HTML Standard, "Text-level semantics" and "Edits", with what earlier versions had. Sorted. */
static const char *const inline_names[] = {
    "a",      "abbr",   "acronym", "b",    "bdi",  "bdo", "big",  "cite", "code",  "data",
    "del",    "dfn",    "em",      "font", "i",    "ins", "kbd",  "mark", "nobr",  "q",
    "rb",     "rp",     "rt",      "rtc",  "ruby", "s",   "samp", "slot", "small", "span",
    "strike", "strong", "sub",     "sup",  "time", "tt",  "u",    "var",  "wbr"};

/* One pass of one page. When the parser gets into a state that makes it slow, it is stopped, and a
 * fresh one goes on at `resume`, on a new line, as if the element `opened` had just been entered.
 */
struct page {
    struct content *content;
    struct slice bytes;
    htmlParserCtxtPtr parser;
    size_t fed; /* bytes[0, fed) were given to a parser */
    bool stopped;
    size_t resume;
    char opened[NAME_MAX_SIZE];
    unsigned hidden;   /* templates that we are in */
    unsigned verbatim; /* pre and textarea that we are in */
    unsigned foreign;  /* svg that we are in, whose titles are not the page's */
    bool in_title, has_title;
};

static int compare_name(const void *key, const void *element) {
    return strcmp(key, *(const char *const *)element);
}

static bool is_inline(const char *name) {
    return bsearch(name, inline_names, sizeof inline_names / sizeof *inline_names,
                   sizeof *inline_names, compare_name);
}

static bool is_heading(const char *name) {
    return name[0] == 'h' && name[1] >= '1' && name[1] <= '6' && name[2] == '\0';
}

static bool is_verbatim(const char *name) {
    return strcmp(name, "pre") == 0 || strcmp(name, "textarea") == 0;
}

static void append(struct page *page, struct slice text) {
    if (page->hidden)
        return;
    if (page->in_title)
        content_title(page->content, text);
    else if (page->verbatim)
        content_verbatim(page->content, text);
    else
        content_flow(page->content, text);
}

static void append_alternative(struct page *page, struct slice text) {
    append(page, slice_of_string(" "));
    append(page, text);
    append(page, slice_of_string(" "));
}

/* Bytes that the parser has not looked at yet. */
static size_t pending(const struct page *page) {
    return (size_t)(page->parser->input->end - page->parser->input->cur);
}

static void stop(struct page *page, size_t resume, struct slice opened) {
    page->stopped = true;
    page->resume = resume;
    if (opened.size >= sizeof page->opened)
        opened.size = 0;
    if (opened.size > 0)
        memcpy(page->opened, opened.data, opened.size);
    page->opened[opened.size] = '\0';
}

static void on_start(void *context, const xmlChar *name_bytes, const xmlChar **attributes) {
    struct page *page = context;
    const char *name = (const char *)name_bytes;
    if (page->stopped)
        return;
    if (page->parser->nameNr > DEPTH_MAX) {
        /* The parser stands behind the attributes. */
        size_t resume = page->fed - pending(page);
        while (resume < page->fed && page->bytes.data[resume] == '/')
            resume++;
        if (resume < page->fed && page->bytes.data[resume] == '>')
            resume++;
        stop(page, resume, slice_of_string(name));
        xmlStopParser(page->parser);
        return;
    }
    if (strcmp(name, "img") == 0) {
        for (; attributes && attributes[0]; attributes += 2)
            if (strcmp((const char *)attributes[0], "alt") == 0 && attributes[1])
                append_alternative(page, slice_of_string((const char *)attributes[1]));
        return;
    }
    if (is_inline(name))
        return;
    if (strcmp(name, "title") == 0 && !page->has_title && !page->foreign) {
        page->in_title = true;
        return;
    }
    content_break(page->content);
    page->hidden += strcmp(name, "template") == 0;
    page->verbatim += is_verbatim(name);
    page->foreign += strcmp(name, "svg") == 0;
    if (is_heading(name))
        content_heading_begin(page->content);
}

static void on_end(void *context, const xmlChar *name_bytes) {
    struct page *page = context;
    const char *name = (const char *)name_bytes;
    if (page->stopped || is_inline(name) || strcmp(name, "img") == 0)
        return;
    if (page->in_title && strcmp(name, "title") == 0) {
        page->in_title = false;
        page->has_title = page->content->title.size > 0;
        return;
    }
    if (is_heading(name))
        content_heading_end(page->content);
    page->hidden -= page->hidden && strcmp(name, "template") == 0;
    page->verbatim -= page->verbatim && is_verbatim(name);
    page->foreign -= page->foreign && strcmp(name, "svg") == 0;
    content_break(page->content);
}

static void on_text(void *context, const xmlChar *text, int size) {
    struct page *page = context;
    if (!page->stopped)
        append(page, slice_of(text, (size_t)size));
}

/* What is in script and style. */
static void on_code(void *context, const xmlChar *text, int size) {
    (void)context, (void)text, (void)size;
}

static bool is_blank(uint8_t byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Reads the tag at the start of `bytes` by the rules of the HTML Standard, 13.2.5, in linear time.
 * Returns its size; all there is, when it does not end. */
static size_t scan_tag(struct slice *name, struct slice *alternative, struct slice bytes) {
    const uint8_t *data = bytes.data;
    size_t at = 1, size = bytes.size;
    while (at < size && !is_blank(data[at]) && data[at] != '>' && data[at] != '/')
        at++;
    *name = slice_of(data + 1, at - 1);
    *alternative = slice_of(data, 0);
    while (at < size && data[at] != '>') {
        if (is_blank(data[at]) || data[at] == '/') {
            at++;
            continue;
        }
        size_t start = at++;
        while (at < size && !is_blank(data[at]) && !memchr("=>/", data[at], 3))
            at++;
        struct slice attribute = slice_of(data + start, at - start);
        size_t next = at;
        while (next < size && is_blank(data[next]))
            next++;
        if (next == size || data[next] != '=')
            continue;
        at = next + 1;
        while (at < size && is_blank(data[at]))
            at++;
        uint8_t quote = at < size && (data[at] == '"' || data[at] == '\'') ? data[at++] : 0;
        start = at;
        while (at < size && (quote ? data[at] != quote : !is_blank(data[at]) && data[at] != '>'))
            at++;
        if (attribute.size == 3 && strncasecmp((const char *)attribute.data, "alt", 3) == 0)
            *alternative = slice_of(data + start, at - start);
        at += quote && at < size;
    }
    return at + (at < size);
}

/* Takes a tag that grows too long out of the parser's hands: what would cost it the square of the
 * attributes is read here in a line. Script and style are let be, since there a `<` is no tag. */
static void take_long_tag(struct page *page) {
    const xmlChar *at = page->parser->input->cur;
    const char *inside = (const char *)page->parser->name;
    if (pending(page) <= TAG_MAX || at[0] != '<' || (at[1] | 32) < 'a' || (at[1] | 32) > 'z')
        return;
    if (inside && (strcmp(inside, "script") == 0 || strcmp(inside, "style") == 0))
        return;
    size_t start = page->fed - pending(page);
    struct slice name, alternative;
    size_t size =
        scan_tag(&name, &alternative, slice_of(page->bytes.data + start, page->bytes.size - start));
    if (size <= TAG_MAX) /* the parser is only late */
        return;
    if (name.size == 3 && strncasecmp((const char *)name.data, "img", 3) == 0)
        append_alternative(page, alternative);
    stop(page, start + size, name);
}

/* The parser takes </html> for the end; browsers and we do not. */
static void go_on_behind_end(struct page *page, size_t started) {
    size_t at = page->fed - pending(page);
    if (!page->stopped && page->parser->instate == XML_PARSER_EOF && at > started)
        stop(page, at, slice_of(NULL, 0));
}

static htmlParserCtxtPtr new_parser(struct page *page) {
    htmlSAXHandler handler = {.startElement = on_start,
                              .endElement = on_end,
                              .characters = on_text,
                              .ignorableWhitespace = on_text,
                              .cdataBlock = on_code};
    htmlParserCtxtPtr parser =
        htmlCreatePushParserCtxt(&handler, page, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (parser)
        htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                       HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    return parser;
}

/* Parses from page->resume until the end, or until the parser was stopped. */
static enum status parse_on(struct page *page) {
    page->stopped = false;
    page->hidden = page->verbatim = page->foreign = 0;
    page->in_title = false;
    size_t started = page->fed = page->resume;
    page->parser = new_parser(page);
    if (!page->parser)
        return ST_NOMEM;
    if (*page->opened) {
        htmlParseChunk(page->parser, "<", 1, 0);
        htmlParseChunk(page->parser, page->opened, (int)strlen(page->opened), 0);
        htmlParseChunk(page->parser, ">", 1, 0);
    }
    while (page->fed < page->bytes.size && !page->stopped) {
        size_t left = page->bytes.size - page->fed;
        const char *chunk = (const char *)page->bytes.data + page->fed;
        size_t size = left < CHUNK ? left : CHUNK;
        page->fed += size;
        htmlParseChunk(page->parser, chunk, (int)size, 0);
        go_on_behind_end(page, started);
        if (!page->stopped)
            take_long_tag(page);
    }
    if (!page->stopped) {
        htmlParseChunk(page->parser, NULL, 0, 1);
        go_on_behind_end(page, started);
    }
    enum status status = page->parser->errNo == XML_ERR_NO_MEMORY ? ST_NOMEM : ST_OK;
    htmlFreeParserCtxt(page->parser);
    return status;
}

static void parse_page(struct content *content, struct slice utf8) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, xmlInitParser);
    struct page page = {.content = content, .bytes = utf8, .has_title = content->title.size > 0};
    do {
        enum status status = parse_on(&page);
        if (status && !content->status)
            content->status = status;
    } while (page.stopped && page.resume < utf8.size && !content->status);
    content_break(content);
}

void html_extract(struct content *content, struct slice utf8) {
    if (utf8.size == 0)
        return;
    if (!memchr(utf8.data, 0, utf8.size)) {
        parse_page(content, utf8);
        return;
    }
    uint8_t *copy = malloc(utf8.size);
    if (!copy) {
        content->status = ST_NOMEM;
        return;
    }
    size_t size = 0;
    for (size_t i = 0; i < utf8.size; i++) {
        copy[size] = utf8.data[i];
        size += utf8.data[i] != 0;
    }
    parse_page(content, slice_of(copy, size));
    free(copy);
}

/* The place of an ASCII word in bytes, in any letter case, or NULL. */
static const uint8_t *find(struct slice bytes, const char *word) {
    size_t size = strlen(word);
    for (size_t i = 0; i + size <= bytes.size; i++)
        if (strncasecmp((const char *)bytes.data + i, word, size) == 0)
            return bytes.data + i;
    return NULL;
}

/* The value behind `key` in the tag or declaration at the start of bytes, without quotes. */
static struct slice value_of(struct slice bytes, const char *key) {
    struct slice none = slice_of(bytes.data, 0);
    const uint8_t *close = bytes.size ? memchr(bytes.data, '>', bytes.size) : NULL;
    const uint8_t *end = close ? close : bytes.data + bytes.size;
    const uint8_t *at = find(slice_of(bytes.data, (size_t)(end - bytes.data)), key);
    if (!at)
        return none;
    at += strlen(key);
    while (at < end && is_blank(*at))
        at++;
    if (at == end || *at++ != '=')
        return none;
    while (at < end && (is_blank(*at) || *at == '"' || *at == '\''))
        at++;
    const uint8_t *start = at;
    while (at < end && !is_blank(*at) && !memchr("\"';/?", *at, 5))
        at++;
    return slice_of(start, (size_t)(at - start));
}

struct slice html_charset(struct slice bytes) {
    struct slice rest = slice_of(bytes.data, bytes.size);
    if (rest.size > DECLARATION_MAX)
        rest.size = DECLARATION_MAX;
    struct slice label = slice_of(bytes.data, 0);
    if (rest.size > 5 && memcmp(rest.data, "<?xml", 5) == 0)
        label = value_of(rest, "encoding");
    const uint8_t *end = rest.data + rest.size, *at;
    while (label.size == 0 && (at = find(rest, "<meta"))) {
        rest = slice_of(at + 5, (size_t)(end - at) - 5);
        label = value_of(rest, "charset");
    }
    return label;
}

bool html_looks_like(struct slice bytes) {
    static const char *const starts[] = {"<!doctype html", "<html", "<head", "<body"};
    if (bytes.size > DECLARATION_MAX)
        bytes.size = DECLARATION_MAX;
    const uint8_t *at = bytes.data, *end = at + bytes.size;
    if (bytes.size >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    for (;;) {
        while (at < end && is_blank(*at))
            at++;
        size_t left = (size_t)(end - at);
        const char *close = left > 4 && memcmp(at, "<!--", 4) == 0    ? "-->"
                            : left > 5 && memcmp(at, "<?xml", 5) == 0 ? "?>"
                                                                      : NULL;
        if (close && (at = find(slice_of(at, left), close))) {
            at += strlen(close);
            continue;
        }
        for (size_t i = 0; !close && i < sizeof starts / sizeof *starts; i++)
            if (left > strlen(starts[i]) &&
                strncasecmp((const char *)at, starts[i], strlen(starts[i])) == 0)
                return true;
        return false;
    }
}

void html_reference(struct content *content, struct slice reference) {
    char name[NAME_MAX_SIZE];
    if (reference.size < 3 || reference.size >= sizeof name || content->status) {
        content_flow(content, reference);
        return;
    }
    /* Without its ampersand and its semicolon. */
    memcpy(name, reference.data + 1, reference.size - 2);
    name[reference.size - 2] = '\0';
    const htmlEntityDesc *entity = NULL;
    if (*name == '#') {
        bool hexadecimal = name[1] == 'x' || name[1] == 'X';
        unsigned long point = strtoul(name + (hexadecimal ? 2 : 1), NULL, hexadecimal ? 16 : 10);
        content->status =
            charset_append(&content->text, point > 0x10FFFF ? 0xFFFD : (uint32_t)point);
    } else if ((entity = htmlEntityLookup((const xmlChar *)name))) {
        content->status = charset_append(&content->text, entity->value);
    } else {
        content_flow(content, reference);
    }
}
