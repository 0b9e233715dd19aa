#include "common/segment/norm.h"

/* clang-format off */
#define MIN_LENGTH(n) ((n) < 32 ? (n) : (16 + ((n) - 32) % 16) << (((n) - 32) / 16 + 1))
#define RANGE_SIZE(n) ((n) < 32 ? 1 : 1 << (((n) - 32) / 16 + 1))
#define LENGTH(n) (float)(MIN_LENGTH(n) + (RANGE_SIZE(n) - 1) / 2.0)
#define FOUR(n) LENGTH(n), LENGTH((n) + 1), LENGTH((n) + 2), LENGTH((n) + 3)
#define SIXTEEN(n) FOUR(n), FOUR((n) + 4), FOUR((n) + 8), FOUR((n) + 12)
const float norm_lengths[256] = {
    SIXTEEN(0), SIXTEEN(16), SIXTEEN(32), SIXTEEN(48), SIXTEEN(64), SIXTEEN(80), SIXTEEN(96),
    SIXTEEN(112), SIXTEEN(128), SIXTEEN(144), SIXTEEN(160), SIXTEEN(176), SIXTEEN(192),
    SIXTEEN(208), SIXTEEN(224), SIXTEEN(240)};
/* clang-format on */
