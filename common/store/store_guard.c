/* SPDX-License-Identifier: MIT */
/* Turns crashes that a damaged file causes into a message.
 *
 * Stored bytes are read through a map. A file that is cut off, a disk that cannot be read and a
 * page number that leads nowhere therefore arrive as signals, and LMDB's own checks as abort().
 *
 * Only crashes that certainly come from there count as damage: a fault while LMDB is at work, which
 * trusts its pages, or at an address in a map, where records are read after LMDB has found them.
 * Any other crash keeps its status. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/base/codec.h"
#include "common/store/store_private.h"
#include "common/text/escape.h"

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define GUARD_SIGNALS 0 /* the sanitizer's own report says more */
#else
#define GUARD_SIGNALS 1
#endif

_Thread_local const struct store *store_in_lmdb;

static const char *guard_program; /* NULL: no guard */
static int guard_code;

/* Async-signal-safe. */
static void guard_exit(const struct store *store) {
    ssize_t written = write(STDERR_FILENO, store->damage_message, strlen(store->damage_message));
    (void)written;
    _exit(guard_code);
}

/* The store whose map has this address. Another thread may change the list meanwhile, but the
 * process is about to end anyway. */
static const struct store *store_at(uintptr_t address) {
    const struct store *store = store_registry;
    while (store && address - atomic_load(&store->map) >= atomic_load(&store->map_size))
        store = store->next;
    return store;
}

static void guard_handle(int number, siginfo_t *info, void *context) {
    (void)context;
    bool raised = info->si_code > 0; /* by the kernel, for an instruction of this thread */
    const struct store *store = raised ? store_in_lmdb : NULL;
    if (raised && !store && number != SIGFPE)
        store = store_at((uintptr_t)info->si_addr);
    if (store && store->damage_message)
        guard_exit(store);
    /* After the return, the instruction faults again, or the signal that was sent arrives. */
    signal(number, SIG_DFL);
    if (!raised)
        raise(number);
}

void store_guard_assert(MDB_env *env, const char *message) {
    (void)message;
    const struct store *store = mdb_env_get_userctx(env);
    if (store->damage_message)
        guard_exit(store);
}

/* LMDB does not say where its map is, but an unchanged page begins with its own number. */
void store_guard_map(struct store *store, const uint8_t *record, const MDB_envinfo *info) {
    uintptr_t page = (uintptr_t)record & ~((uintptr_t)store->page_size - 1);
    uint64_t number = get_u64((const void *)page);
    if (number > info->me_last_pgno)
        return;
    atomic_store(&store->map, page - number * store->page_size);
    atomic_store(&store->map_size, info->me_mapsize);
}

enum status store_guard_prepare(struct store *store) {
    struct buffer line = {0};
    if (!guard_program)
        return ST_OK;
    if (buffer_append_slice(&line, slice_of_string(guard_program)) ||
        buffer_append(&line, ": ", 2) ||
        escape_append(&line, slice_of_string(store->path), ESCAPE_NAME) ||
        buffer_append_slice(&line, slice_of_string(": damaged; rebuild the index\n")) ||
        buffer_append_byte(&line, 0)) {
        buffer_release(&line);
        return ST_NOMEM;
    }
    store->damage_message = (char *)line.data;
    return ST_OK;
}

void store_guard(const char *program, int code) {
    guard_program = program;
    guard_code = code;
    if (!GUARD_SIGNALS)
        return;
    /* The handler needs a stack of its own, as damage can lead LMDB into a deep recursion. */
    static char stack[64 * 1024];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    struct sigaction action = {.sa_sigaction = guard_handle, .sa_flags = SA_ONSTACK | SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    static const int signals[] = {SIGBUS, SIGSEGV, SIGFPE};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}
