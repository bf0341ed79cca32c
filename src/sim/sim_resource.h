/* sim/sim_resource.h - what the REST API does to messages and calls.
 *
 * Each function judges the form as the carrier does and either changes the world and leaves a
 * row behind, or leaves an error.
 * Threads: loop thread only.
 * Source: sections 5.4, 5.5 and 7 of the carrier's reference.
 */
#ifndef SIM_SIM_RESOURCE_H
#define SIM_SIM_RESOURCE_H

#include "codec/form.h"
#include "sim/sim_world.h"

struct sim_resource {
    struct sim_world *world;
    struct sim_account *account;
    struct arena *arena;
    const struct form *form; /* the body's, or for a list the query's */
    int status;              /* of an error; 0: none */
    int code;
    const char *message;
    struct sim_text *text; /* the row, of one kind or the other */
    struct sim_leg *leg;
    struct sim_recording *recording;
};

void sim_resource_text_create(struct sim_resource *r);
void sim_resource_text_update(struct sim_resource *r);
void sim_resource_text_delete(struct sim_resource *r);
void sim_resource_call_create(struct sim_resource *r);
void sim_resource_call_update(struct sim_resource *r);
void sim_resource_call_delete(struct sim_resource *r);

/* Whether a row is on the list that the filters ask for. */
bool sim_resource_text_listed(const struct sim_resource *r, const struct sim_text *text);
bool sim_resource_call_listed(const struct sim_resource *r, const struct sim_leg *leg);
/* Those of r->leg alone when there is one. */
bool sim_resource_recording_listed(const struct sim_resource *r,
                                   const struct sim_recording *recording);

/* Leaves an error. */
__attribute__((format(printf, 4, 5))) void sim_resource_refuse(struct sim_resource *r, int status,
                                                               int code, const char *format, ...);

#endif
