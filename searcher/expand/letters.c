/* SPDX-License-Identifier: MIT */
/* Numbers characters. */
#include "searcher/expand/letters.h"

size_t letters_add(struct letters *letters, uint32_t code) {
    size_t number = letters_find(letters, code);
    if (number)
        return number;
    number = ++letters->count;
    letters->codes[number] = code;
    letters->next[number] = letters->first[code & 0xFF];
    letters->first[code & 0xFF] = (uint8_t)number;
    return number;
}
