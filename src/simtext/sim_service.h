/* simtext/sim_service.h - messaging services: pools of senders, and which of them texts whom.
 *
 * Owns: nothing of its own; rows live in the world's arena until it closes.
 * Errors: NULL when there are too many.
 * Threads: loop thread only.
 * Source: sections 5.11 and 7.1 of the carrier's reference.
 */
#ifndef SIMTEXT_SIM_SERVICE_H
#define SIMTEXT_SIM_SERVICE_H

#include "simworld/sim_field.h"
#include "simworld/sim_noun_service.h"
#include "simworld/sim_world.h"

/* The settable fields, for forms and answers. */
extern const struct sim_field sim_service_fields[];

/* New, with a SID and its defaults. */
struct sim_service *sim_service_made(struct sim_account *account);
/* NULL when the account has none of that SID. */
struct sim_service *sim_service_find(const struct sim_account *account, struct span sid);
/* Its senders are free again. */
void sim_service_drop(struct sim_service *service);

/* One that is not dropped, by the name that phones show; NULL when there is none. */
struct sim_sender *sim_service_sender(const struct sim_service *service, struct span name);
/* Whether the sender is still in its pool, and its number still the account's. */
bool sim_service_has(const struct sim_sender *sender);
size_t sim_service_count(const struct sim_service *service, enum sim_sender_kind kind);
/* Adds a sender; `number` is NULL for an alphanumeric one, whose name it is. */
struct sim_sender *sim_service_add(struct sim_service *service, enum sim_sender_kind kind,
                                   struct sim_number *number, struct span name);
void sim_service_remove(struct sim_sender *sender);
/* The service of the account that has this alphanumeric sender; NULL when none has. */
struct sim_sender *sim_service_alpha(const struct sim_account *account, struct span name);

/* Who texts `to`: the sender it knows, else one of the best kind and area, the least used. NULL
 * when none can; counts as a use. */
struct sim_sender *sim_service_pick(struct sim_service *service, const char *to, bool media);

/* Whether somebody could. */
bool sim_service_can(const struct sim_service *service, const char *to, bool media);

/* The service that the number sends for; NULL: none of its account's. */
struct sim_service *sim_service_of(const struct sim_number *number);
/* What a recipient opts out of: all of the number's service, or the number. */
const char *sim_service_scope(const struct sim_number *number);

#endif
