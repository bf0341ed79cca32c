#include "simhook/sim_params.h"

void sim_params_add(struct sim_params *p, const char *name, struct span value)
{
    if (p->count == SIM_PARAMS_MAX)
        return;
    p->fields[p->count++] = (struct form_field){span_of(name), arena_copy(p->arena, value)};
}

void sim_params_text(struct sim_params *p, const char *name, const char *value)
{
    sim_params_add(p, name, span_of(value));
}

void sim_params_number(struct sim_params *p, const char *name, int64_t value)
{
    sim_params_text(p, name, arena_printf(p->arena, "%lld", (long long)value));
}

void sim_params_place(struct sim_params *p, const char *who, const struct sim_place *place)
{
    const bool somewhere = place->country && place->country[0];

    sim_params_text(p, arena_printf(p->arena, "%sCity", who), place->city);
    sim_params_text(p, arena_printf(p->arena, "%sState", who), place->state);
    sim_params_text(p, arena_printf(p->arena, "%sZip", who), place->zip);
    sim_params_text(p, arena_printf(p->arena, "%sCountry", who), somewhere ? place->country : "US");
}

struct span sim_params_get(const struct sim_params *p, const char *name)
{
    for (size_t i = 0; i < p->count; i++)
        if (span_is_text(p->fields[i].name, name))
            return p->fields[i].value;
    return (struct span){0};
}
