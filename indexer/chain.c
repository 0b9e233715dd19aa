#include "indexer/chain.h"

void chain_enter(struct chain *chain, uint64_t head) {
    uint64_t gap;
    if (!chain_take(chain, &gap)) {
        chain->doc = CHAIN_END;
        return;
    }
    chain->doc += (uint32_t)gap;
    chain->position = (uint32_t)(head >> 1);
}

void chain_open(struct chain *chain) {
    uint64_t head;
    chain->doc = UINT32_MAX;
    if (chain_take(chain, &head))
        chain_enter(chain, head);
}
