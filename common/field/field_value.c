/* SPDX-License-Identifier: MIT */
/* Reads values from text. */
#include "common/field/field_value.h"

#include <math.h>

#include "common/base/ascii.h"
#include "common/base/number.h"
#include "common/field/date.h"

enum status field_value_parse_quantity(double *number, struct slice text, double thousand) {
    static const char units[] = "kmgt";
    double read, factor = 1;
    const char *unit = text.size ? strchr(units, ascii_lower(text.data[text.size - 1])) : NULL;
    if (unit && *unit) {
        text.size--;
        for (const char *u = units; u <= unit; u++)
            factor *= thousand;
    }
    if (number_parse_real_slice(&read, text) || !isfinite(read * factor))
        return ST_INVALID;
    *number = read * factor;
    return ST_OK;
}

enum status field_value_parse_key(int64_t *key, enum field_type type, struct slice text) {
    double number;
    if (type == FIELD_TYPE_DATE)
        return date_parse_value(key, text);
    enum status status = number_parse_real_slice(&number, ascii_trim(text));
    if (!status)
        *key = field_value_key_of_number(number);
    return status;
}
