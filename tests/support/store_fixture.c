/* SPDX-License-Identifier: MIT */
/* Opens a store for tests, and switches it from writing to reading. */
#include "tests/support/store_fixture.h"

#include "tests/support/testing.h"

void store_fixture_open(struct store_fixture *fixture) {
    struct error err;
    const char *path = testing_path("store");
    *fixture = (struct store_fixture){0};
    assert_ok(store_create(path, &err), &err);
    assert_ok(store_open(&fixture->store, path, STORE_WRITE_FRESH, &err), &err);
    fixture->sink.store = fixture->store;
}

void store_fixture_read(struct store_fixture *fixture) {
    struct error err;
    if (fixture->txn)
        store_abort(fixture->txn);
    assert_ok(chunk_sink_commit(&fixture->sink, &err), &err);
    assert_ok(store_begin(&fixture->txn, fixture->store, false, &err), &err);
}

void store_fixture_close(struct store_fixture *fixture) {
    if (fixture->txn)
        store_abort(fixture->txn);
    chunk_sink_abort(&fixture->sink);
    block_store_decompressor_release(&fixture->decompressor);
    store_close(fixture->store);
}
