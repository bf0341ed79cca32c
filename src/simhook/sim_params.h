/* simhook/sim_params.h - the parameters of one webhook, in the order they were added.
 *
 * Owns: nothing; values are copied into the arena, names are borrowed.
 * Threads: one at a time.
 * Source: section 2 of the carrier's reference.
 */
#ifndef SIMHOOK_SIM_PARAMS_H
#define SIMHOOK_SIM_PARAMS_H

#include "base/arena.h"
#include "codec/form.h"

enum { SIM_PARAMS_MAX = 80 };

struct sim_params {
    struct arena *arena;
    struct form_field fields[SIM_PARAMS_MAX];
    size_t count;
};

/* Where a number is at home; NULL or "": not known. */
struct sim_place {
    const char *city, *state, *zip, *country;
};

/* Those over the cap are dropped. */
void sim_params_add(struct sim_params *params, const char *name, struct span value);
void sim_params_text(struct sim_params *params, const char *name, const char *value);
void sim_params_number(struct sim_params *params, const char *name, int64_t value);
/* `who` and City, State, Zip, Country: "FromCity", ...; what is not known is sent empty, but for
 * the country, which is then US. */
void sim_params_place(struct sim_params *params, const char *who, const struct sim_place *place);
/* The value of the first of that name; empty when there is none. */
struct span sim_params_get(const struct sim_params *params, const char *name);

#endif
