/* SPDX-License-Identifier: MIT */
/* Stores for the tests of the store itself. Functions assert that they succeed. */
#ifndef QUERN_TESTS_SUPPORT_STORES_H
#define QUERN_TESTS_SUPPORT_STORES_H

#include "common/store/store.h"

enum { STORES_CHUNK = 65520 }; /* bytes of a value that fills whole pages */

/* Makes a store in a new folder and returns its path. */
const char *stores_new(void);
struct store *stores_open(const char *path, enum store_mode mode);
struct store_txn *stores_begin(struct store *store, bool write);
void stores_commit(struct store_txn *txn);

/* For records of TABLE_META. */
void stores_put(struct store_txn *txn, const char *key, const char *value);
void stores_assert_value(struct store_txn *txn, const char *key, const char *expected);
void stores_assert_absent(struct store_txn *txn, const char *key);

/* Puts chunks first, first + 1, ..., each full of its number. */
enum status stores_put_chunks(struct store_txn *txn, uint64_t first, uint64_t count,
                              struct error *err);
/* Whether the chunks are as stores_put_chunks() wrote them. */
bool stores_chunks_are_whole(struct store_txn *txn, uint64_t first, uint64_t count);

/* Bytes of data.mdb. */
uint64_t stores_file_size(const char *path);

#endif
