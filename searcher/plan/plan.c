/* SPDX-License-Identifier: MIT */
/* Releases plans, and answers small questions about them. */
#include "searcher/plan/plan.h"

uint16_t plan_field_number(const struct plan *plan, size_t ordinal, uint16_t field) {
    if (field == SCHEMA_ALL)
        return SCHEMA_ALL;
    const struct schema *schema = &plan->snapshots[plan->segments[ordinal].index]->catalog.schema;
    return schema_same_field(schema, schema_field(plan->schema, field));
}

bool plan_is_beside_text(const struct schema_field *field) {
    return field->type == FIELD_TYPE_TEXT && (field->flags & SCHEMA_SEARCHED) &&
           field->number != SCHEMA_TEXT;
}

void plan_release(struct plan *plan) {
    arena_release(&plan->arena);
    *plan = (struct plan){0};
}

double plan_score(const struct plan *plan, uint64_t fixed_score) {
    return (double)fixed_score * plan->inverse_scale;
}
