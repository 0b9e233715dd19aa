/* SPDX-License-Identifier: MIT */
/* The peer SQLite FTS5, https://www.sqlite.org/fts5.html: contentless, the porter stemmer over
 * unicode61. */
#include "bench/peers/peer.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "common/base/bytes.h"

struct peer {
    sqlite3 *db;
    sqlite3_stmt *rank;
    sqlite3_stmt *count;
    struct buffer match; /* the query in FTS5's syntax */
};

static enum status fail(sqlite3 *db, const char *what, struct error *err) {
    return error_set(err, ST_EIO, 0, "%s: %s", what, sqlite3_errmsg(db));
}

/* Without journal and syncing, as a bulk load may choose. Larger hashes than FTS5's 1 MiB
 * ('hashsize'), of 4, 16 and 64 MiB, cost the same CPU and more memory. */
static const char schema[] =
    "pragma page_size = 4096; pragma journal_mode = off; pragma synchronous = off;"
    "pragma locking_mode = exclusive; pragma temp_store = memory; pragma cache_size = -65536;"
    "create table ids(id text);"
    "create virtual table documents using fts5(body, content='', tokenize='porter unicode61');"
    "begin";

static enum status insert(sqlite3_stmt *statement, const char *text, size_t size) {
    sqlite3_bind_text(statement, 1, text, (int)size, SQLITE_STATIC);
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? ST_OK : ST_EIO;
}

enum status peer_build(const char *index, struct corpus *corpus, struct error *err) {
    sqlite3 *db = NULL;
    sqlite3_stmt *add_id = NULL;
    sqlite3_stmt *add_body = NULL;
    struct corpus_document document;
    enum status status = ST_OK;
    if (sqlite3_open(index, &db) || sqlite3_exec(db, schema, NULL, NULL, NULL) ||
        sqlite3_prepare_v2(db, "insert into ids values(?)", -1, &add_id, NULL) ||
        sqlite3_prepare_v2(db, "insert into documents(rowid, body) values(last_insert_rowid(), ?)",
                           -1, &add_body, NULL)) {
        status = fail(db, index, err);
        goto out;
    }
    while ((status = corpus_next(&document, corpus, err)) == ST_OK) {
        if (insert(add_id, document.id, document.id_size) ||
            insert(add_body, document.body, document.body_size)) {
            status = fail(db, "insert", err);
            goto out;
        }
    }
    if (status != ST_END)
        goto out;
    status = ST_OK;
    if (sqlite3_exec(db, "commit", NULL, NULL, NULL))
        status = fail(db, "commit", err);
out:
    sqlite3_finalize(add_id);
    sqlite3_finalize(add_body);
    sqlite3_close(db);
    return status;
}

enum status peer_optimize(const char *index, struct error *err) {
    sqlite3 *db = NULL;
    enum status status = ST_OK;
    if (sqlite3_open(index, &db) ||
        sqlite3_exec(db,
                     "pragma journal_mode = off; pragma synchronous = off;"
                     "insert into documents(documents) values('optimize'); vacuum",
                     NULL, NULL, NULL))
        status = fail(db, "optimize", err);
    sqlite3_close(db);
    return status;
}

enum status peer_open(struct peer **out, const char *index, struct error *err) {
    struct peer *peer = calloc(1, sizeof(*peer));
    if (!peer)
        return error_nomem(err);
    if (sqlite3_open_v2(index, &peer->db, SQLITE_OPEN_READONLY, NULL) ||
        sqlite3_exec(peer->db, "pragma cache_size = -65536", NULL, NULL, NULL) ||
        sqlite3_prepare_v2(peer->db,
                           "select rowid, rank from documents where documents match ? "
                           "order by rank limit ?",
                           -1, &peer->rank, NULL) ||
        sqlite3_prepare_v2(peer->db, "select count(*) from documents where documents match ?", -1,
                           &peer->count, NULL)) {
        enum status status = fail(peer->db, index, err);
        peer_close(peer);
        return status;
    }
    *out = peer;
    return ST_OK;
}

/* A word or phrase of a query, without its quotes, and its sign or ' '. */
struct clause {
    char sign;
    struct slice words;
};

/* Takes the next clause from *query; false at its end. */
static bool clause_next(struct clause *clause, const char **query) {
    const char *at = *query + strspn(*query, " ");
    if (!*at)
        return false;
    clause->sign = *at == '+' || *at == '-' ? *at++ : ' ';
    bool quoted = *at == '"';
    at += quoted;
    clause->words = slice_of(at, strcspn(at, quoted ? "\"" : " "));
    at += clause->words.size;
    *query = at + (quoted && *at);
    return true;
}

/* Appends words, quoted so that none is read as an operator. */
static enum status clause_write(struct buffer *match, const char *before, struct slice words) {
    enum status status = buffer_append_slice(match, slice_of_string(before));
    if (!status)
        status = buffer_append_byte(match, '"');
    if (!status)
        status = buffer_append_slice(match, words);
    return status ? status : buffer_append_byte(match, '"');
}

/* Appends the clauses of a sign, with `first` before the first one and `next` before the others. */
static enum status clauses_write(struct buffer *match, const char *query, char sign,
                                 const char *first, const char *next) {
    const char *before = first;
    struct clause clause;
    enum status status = ST_OK;
    while (!status && clause_next(&clause, &query))
        if (clause.sign == sign) {
            status = clause_write(match, before, clause.words);
            before = next;
        }
    return status;
}

/* The words of the first clause of a sign; empty if there is none. */
static struct slice clause_first(const char *query, char sign) {
    struct clause clause;
    while (clause_next(&clause, &query))
        if (clause.sign == sign)
            return clause.words;
    return slice_of(NULL, 0);
}

/* Turns +a +b c d -e into "a" AND "b" AND ("a" OR "c" OR "d") NOT "e". FTS5 has no optional words:
 * a required word beside them lets all its documents pass, and counts twice in their scores. */
static enum status match_write(struct buffer *match, const char *query) {
    struct slice required = clause_first(query, '+');
    bool optional = clause_first(query, ' ').size > 0;
    enum status status = ST_OK;
    buffer_clear(match);
    status = clauses_write(match, query, '+', "", " AND ");
    if (!status && optional) {
        if (required.size)
            status = clause_write(match, " AND (", required);
        if (!status)
            status = clauses_write(match, query, ' ', required.size ? " OR " : "(", " OR ");
        if (!status)
            status = buffer_append_byte(match, ')');
    }
    return status ? status : clauses_write(match, query, '-', " NOT ", " NOT ");
}

/* Runs a statement with the match bound to it; *rows is the number of rows, and *value the number
 * in the last one. */
static int run(size_t *rows, size_t *value, sqlite3_stmt *statement, const struct buffer *match) {
    int code;
    sqlite3_bind_text(statement, 1, (const char *)match->data, (int)match->size, SQLITE_STATIC);
    for (*rows = 0; (code = sqlite3_step(statement)) == SQLITE_ROW; ++*rows)
        *value = (size_t)sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return code;
}

enum status peer_search(size_t *hits, struct peer *peer, const char *query,
                        struct peer_command command, struct error *err) {
    int code = SQLITE_DONE;
    size_t other;
    *hits = 0;
    if (match_write(&peer->match, query))
        return error_nomem(err);
    sqlite3_bind_int64(peer->rank, 2, (sqlite3_int64)command.limit);
    if (command.limit)
        code = run(hits, &other, peer->rank, &peer->match);
    if (command.total && code == SQLITE_DONE)
        code = run(&other, hits, peer->count, &peer->match);
    return code == SQLITE_DONE ? ST_OK : fail(peer->db, query, err);
}

void peer_close(struct peer *peer) {
    if (!peer)
        return;
    sqlite3_finalize(peer->rank);
    sqlite3_finalize(peer->count);
    sqlite3_close(peer->db);
    buffer_release(&peer->match);
    free(peer);
}
