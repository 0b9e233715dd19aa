/* SQLite FTS5, https://www.sqlite.org/fts5.html: contentless, the porter stemmer over unicode61. */
#include "bench/peers/peer.h"

#include <stdlib.h>

#include <sqlite3.h>

#include "common/bytes.h"

struct peer {
    sqlite3 *db;
    sqlite3_stmt *search;
    struct buffer match; /* the query in FTS5's syntax */
};

static enum status fail(sqlite3 *db, struct error *err, const char *what) {
    return error_set(err, ST_EIO, 0, "%s: %s", what, sqlite3_errmsg(db));
}

/* No journal and no syncing is what a bulk load may ask for. A larger hash than FTS5's 1 MiB
 * ('hashsize') was tried: 4, 16 and 64 MiB cost the same CPU and more memory. */
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
        status = fail(db, err, index);
        goto out;
    }
    while ((status = corpus_next(&document, corpus, err)) == ST_OK) {
        if (insert(add_id, document.id, document.id_size) ||
            insert(add_body, document.body, document.body_size)) {
            status = fail(db, err, "insert");
            goto out;
        }
    }
    if (status != ST_END)
        goto out;
    status = ST_OK;
    if (sqlite3_exec(db, "commit", NULL, NULL, NULL))
        status = fail(db, err, "commit");
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
        status = fail(db, err, "optimize");
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
                           -1, &peer->search, NULL)) {
        enum status status = fail(peer->db, err, index);
        peer_close(peer);
        return status;
    }
    *out = peer;
    return ST_OK;
}

/* "a b", "a" "b" or "a" OR "b": quoted, so that no word is read as an operator. */
static enum status match_write(struct buffer *match, enum peer_mode mode, const char *words) {
    const char *between = mode == PEER_PHRASE ? " " : mode == PEER_ANY ? "\" OR \"" : "\" \"";
    enum status status = ST_OK;
    buffer_clear(match);
    status = buffer_append_byte(match, '"');
    for (const char *c = words; *c && !status; c++) {
        if (*c == ' ')
            status = buffer_append_slice(match, slice_of_string(between));
        else if (*c != '"')
            status = buffer_append_byte(match, (uint8_t)*c);
    }
    return status ? status : buffer_append_byte(match, '"');
}

enum status peer_search(size_t *hits, struct peer *peer, enum peer_mode mode, const char *words,
                        size_t limit, struct error *err) {
    int code;
    if (match_write(&peer->match, mode, words))
        return error_nomem(err);
    sqlite3_bind_text(peer->search, 1, (const char *)peer->match.data, (int)peer->match.size,
                      SQLITE_STATIC);
    sqlite3_bind_int64(peer->search, 2, (sqlite3_int64)limit);
    *hits = 0;
    while ((code = sqlite3_step(peer->search)) == SQLITE_ROW)
        ++*hits;
    sqlite3_reset(peer->search);
    return code == SQLITE_DONE ? ST_OK : fail(peer->db, err, words);
}

void peer_close(struct peer *peer) {
    if (!peer)
        return;
    sqlite3_finalize(peer->search);
    sqlite3_close(peer->db);
    buffer_release(&peer->match);
    free(peer);
}
