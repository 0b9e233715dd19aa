/* SPDX-License-Identifier: MIT */
/* A store for tests of the layers between the store and the index. */
#ifndef QUERN_TESTS_SUPPORT_STORE_FIXTURE_H
#define QUERN_TESTS_SUPPORT_STORE_FIXTURE_H

#include "common/segment/block_store.h"
#include "common/store/chunk.h"

/* A store in a new folder: write through the sink, read through the transaction. */
struct store_fixture {
    struct store *store;
    struct chunk_sink sink;
    struct store_txn *txn;
    struct block_store_decompressor decompressor;
};

void store_fixture_open(struct store_fixture *fixture);
/* Commits what the sink has and begins a read transaction, ending the one before. */
void store_fixture_read(struct store_fixture *fixture);
void store_fixture_close(struct store_fixture *fixture);

#endif
