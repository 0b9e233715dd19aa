/* SPDX-License-Identifier: MIT */
/* The peer Xapian, https://xapian.org/docs/: its own term generator, query parser and BM25. */
#include "bench/peers/peer.h"

#include <exception>
#include <filesystem>
#include <string>

#include <xapian.h>

/* STEM_ALL keeps each word once, stemmed, with its position, as FTS5 and quern do; STEM_SOME, which
 * Xapian's documentation prefers, keeps it twice and costs 1.7 times the CPU (2,000 articles).
 * Without sync and copy-on-write, as a bulk load may choose. */
static enum status build(const char *index, struct corpus *corpus, struct error *err) {
    Xapian::WritableDatabase database(index, Xapian::DB_CREATE | Xapian::DB_NO_SYNC |
                                                 Xapian::DB_DANGEROUS);
    Xapian::TermGenerator generator;
    generator.set_stemmer(Xapian::Stem("english"));
    generator.set_stemming_strategy(Xapian::TermGenerator::STEM_ALL);
    struct corpus_document next;
    enum status status;
    while ((status = corpus_next(&next, corpus, err)) == ST_OK) {
        Xapian::Document document;
        generator.set_document(document);
        generator.set_termpos(0);
        generator.index_text(Xapian::Utf8Iterator(next.body, next.body_size));
        document.set_data(std::string(next.id, next.id_size));
        database.add_document(document);
    }
    if (status != ST_END)
        return status;
    database.commit();
    return ST_OK;
}

/* Calls `body` and turns exceptions into a status, since none may pass through C. */
template <typename Body> static enum status guard(const char *what, struct error *err, Body body) {
    try {
        return body();
    } catch (const Xapian::Error &xapian) {
        return error_set(err, ST_EIO, 0, "%s: %s", what, xapian.get_description().c_str());
    } catch (const std::exception &other) {
        return error_set(err, ST_EIO, 0, "%s: %s", what, other.what());
    }
}

enum status peer_build(const char *index, struct corpus *corpus, struct error *err) {
    return guard(index, err, [=] { return build(index, corpus, err); });
}

enum status peer_optimize(const char *index, struct error *err) {
    return guard(index, err, [=] {
        std::string compacted = std::string(index) + ".compacted";
        Xapian::Database(index).compact(compacted, Xapian::Compactor::FULL);
        std::filesystem::remove_all(index);
        std::filesystem::rename(compacted, index);
        return ST_OK;
    });
}

struct peer {
    Xapian::Database database;
    Xapian::Enquire enquire;
    Xapian::QueryParser parser;

    explicit peer(const char *index) : database(index), enquire(database) {
        parser.set_stemmer(Xapian::Stem("english"));
        parser.set_stemming_strategy(Xapian::QueryParser::STEM_ALL);
        parser.set_default_op(Xapian::Query::OP_OR);
    }
};

enum status peer_open(struct peer **out, const char *index, struct error *err) {
    return guard(index, err, [=] {
        *out = new peer(index);
        return ST_OK;
    });
}

/* k1 = 1.2 and b = 0.75, as in all engines; the length is normalized but has no floor. Nothing is
 * weighted if nothing is ranked. A match that checks every document counts exactly. */
enum status peer_search(size_t *hits, struct peer *peer, const char *query,
                        struct peer_command command, struct error *err) {
    return guard(query, err, [=] {
        const unsigned flags =
            Xapian::QueryParser::FLAG_PHRASE | Xapian::QueryParser::FLAG_LOVEHATE;
        peer->enquire.set_query(peer->parser.parse_query(query, flags));
        if (command.limit)
            peer->enquire.set_weighting_scheme(Xapian::BM25Weight(1.2, 0, 1, 0.75, 0));
        else
            peer->enquire.set_weighting_scheme(Xapian::BoolWeight());
        Xapian::doccount check_at_least = command.total ? peer->database.get_doccount() : 0;
        Xapian::MSet found =
            peer->enquire.get_mset(0, (Xapian::doccount)command.limit, check_at_least);
        *hits = command.total ? found.get_matches_estimated() : found.size();
        return ST_OK;
    });
}

void peer_close(struct peer *peer) {
    delete peer;
}
