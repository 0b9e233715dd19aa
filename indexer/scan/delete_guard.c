/* SPDX-License-Identifier: MIT */
/* Compares how many files of a source were deleted with how many may be. */
#include "indexer/scan/delete_guard.h"

#include "common/base/number.h"

static uint64_t allowed_deletes(const struct delete_limit *limit, uint64_t remembered) {
    if (limit->kind == DELETE_COUNT)
        return limit->value;
    uint64_t allowed = remembered / 100 * limit->value + remembered % 100 * limit->value / 100;
    return allowed < DELETE_ALLOWANCE ? DELETE_ALLOWANCE : allowed;
}

enum status delete_guard_check(const struct delete_counts *counts, const struct delete_limit *limit,
                               struct slice source, bool folder, struct error *err) {
    if (limit->kind == DELETE_UNLIMITED || counts->deleted == 0)
        return ST_OK;
    bool empty = folder && counts->present == 0;
    if (!empty && !counts->device_changed &&
        counts->deleted <= allowed_deletes(limit, counts->remembered))
        return ST_OK;
    char now[NUMBER_TEXT_MAX], before[NUMBER_TEXT_MAX];
    return error_set(
        err, ST_LIMIT, 0,
        "%.*s: %s %s now, %s before; kept them%s. "
        "To remove them: --max-delete=none",
        (int)source.size, (const char *)source.data, number_format_count(now, counts->present),
        counts->present == 1 ? "file" : "files", number_format_count(before, counts->remembered),
        empty                    ? " (not mounted?)"
        : counts->device_changed ? " (another device is mounted there)"
                                 : "");
}
