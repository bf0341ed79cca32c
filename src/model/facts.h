/* model/facts.h - the working set of one batch: what was asked of the store, what it said, and
 * what decisions changed.
 *
 * A stage first wants rows by key; the store fills all wanted rows in one call; decisions run
 * in order over them, see one another's changes, and mark what they changed; the store writes
 * all in one transaction. A row stands in the set once: whoever finds it by another key gets the
 * same one.
 * The find functions return NULL and want the row when it was not asked yet: then
 * `facts->short_of` is set, and the caller gives up with ERR_BUSY before it has changed
 * anything, to be called again after the next load.
 * Owns: nothing; rows live in `arena` until it is reset.
 * Threads: one at a time (the storage thread).
 */
#ifndef MODEL_FACTS_H
#define MODEL_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/fact.h"

void facts_init(struct facts *f, struct arena *arena, struct id_maker *ids, int64_t now_ms);

/* Wanting: makes sure the next load asks for it. */
void facts_want_claim(struct facts *f, int32_t tenant, struct span key);
void facts_want_thread(struct facts *f, int32_t tenant, struct span line, struct span customer);
void facts_want_id(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id);
void facts_want_call(struct facts *f, int32_t tenant, struct span call_sid);
void facts_want_sid(struct facts *f, int32_t tenant, struct span sid); /* a message of ours */
void facts_want_link(struct facts *f, const uint8_t hash[LINK_HASH_BYTES]);
void facts_want_desk(struct facts *f, int32_t tenant, struct span operator_id);
void facts_want_duties(struct facts *f, int32_t tenant);
void facts_want_consent(struct facts *f, int32_t tenant, struct span line, struct span person);
void facts_want_party(struct facts *f, int32_t tenant, struct span number);
void facts_want_live(struct facts *f, int32_t tenant, struct span caller);
void facts_want_job(struct facts *f, int32_t tenant, struct span job_id);
/* `kind`: FACT_CUSTOMER_JOBS or FACT_CREW_JOBS. */
void facts_want_jobs(struct facts *f, enum fact_kind kind, int32_t tenant, struct span number);
void facts_want_question(struct facts *f, int32_t tenant, struct span operator_id);

/* Finding. NULL with short_of unchanged: the store has no such row. NULL with short_of set: ask
 * again after a load. The `_get` names follow the noun. */
bool facts_is_claimed(struct facts *f, int32_t tenant, struct span key);
/* The id that it was claimed with; 0 when it is not. */
int64_t facts_claimed_by(struct facts *f, int32_t tenant, struct span key);
/* What it was claimed with; NULL when it is not. */
const struct claim_fact *facts_claimed(struct facts *f, int32_t tenant, struct span key);
struct thread *facts_thread(struct facts *f, int32_t tenant, struct span line,
                            struct span customer);
struct thread *facts_thread_by_id(struct facts *f, int32_t tenant, int64_t id);
struct relay *facts_relay(struct facts *f, int32_t tenant, int64_t id);
struct cascade *facts_cascade(struct facts *f, int32_t tenant, int64_t id);
struct cascade *facts_cascade_by_call(struct facts *f, int32_t tenant, struct span call_sid);
struct message *facts_message(struct facts *f, int32_t tenant, int64_t id);
struct outbox *facts_outbox(struct facts *f, int32_t tenant, int64_t id);
struct link *facts_link(struct facts *f, const uint8_t hash[LINK_HASH_BYTES]);
struct message *facts_message_by_sid(struct facts *f, int32_t tenant, struct span sid);
struct desk *facts_desk(struct facts *f, int32_t tenant, struct span operator_id);
struct duties *facts_duties(struct facts *f, int32_t tenant);
struct consent *facts_consent(struct facts *f, int32_t tenant, struct span line,
                              struct span person);
struct party *facts_party(struct facts *f, int32_t tenant, struct span number);
/* The same of what has been loaded; asks for nothing. */
const struct party *facts_party_seen(struct facts *f, int32_t tenant, struct span number);
/* NULL too for one that is gone. */
struct question *facts_question(struct facts *f, int32_t tenant, struct span operator_id);
const struct idle *facts_idle(struct facts *f, int32_t tenant);
/* The tenant's calls that ring, or those of one caller when he is not empty. What this batch has
 * changed is seen by their rows: some may ring no more. */
const struct live *facts_live(struct facts *f, int32_t tenant, struct span caller);
/* The relay of the last missed call or voicemail at a line that nobody has taken; 0 without. */
int64_t facts_waiting(struct facts *f, int32_t tenant, struct span line);

struct job *facts_job(struct facts *f, int32_t tenant, struct span job_id);
/* The same of what has been loaded; asks for nothing. */
const struct job *facts_job_seen(struct facts *f, int32_t tenant, struct span job_id);
struct job *facts_job_by_id(struct facts *f, int32_t tenant, int64_t id);
/* Of what this batch has changed, some may be over. `kind` as above. */
const struct job_list *facts_jobs(struct facts *f, enum fact_kind kind, int32_t tenant,
                                  struct span number);
/* How many open threads the operator owns; 0 too when it is not known yet (short_of). */
int64_t facts_burden(struct facts *f, int32_t tenant, struct span operator_id);

/* Gives a message of ours the carrier's sid; from now on it is found by that too. */
void facts_bind_sid(struct facts *f, struct message *message, struct span sid);

/* Marks a row that was found (or added) as changed. */
void facts_touch(struct facts *f, enum fact_kind kind, const void *row);

/* Adding: the row is copied (what its spans and plan point at is not, and must live in the
 * arena); the returned one may be changed until the batch is saved. Adding a row or a claim that
 * is present is a bug, and aborts. facts_log and facts_log_call give an id and the time to a
 * row that has none. */
void facts_claim(struct facts *f, int32_t tenant, struct span key, int64_t event);
/* ... with an answer to be given again, which is not copied. */
void facts_claim_with(struct facts *f, int32_t tenant, struct span key,
                      const struct claim_fact *claimed);
struct thread *facts_add_thread(struct facts *f, const struct thread *row);
struct relay *facts_add_relay(struct facts *f, const struct relay *row);
struct cascade *facts_add_cascade(struct facts *f, const struct cascade *row);
struct message *facts_add_message(struct facts *f, const struct message *row);
struct outbox *facts_add_outbox(struct facts *f, const struct outbox *row);
struct link *facts_add_link(struct facts *f, const struct link *row);
struct party *facts_add_party(struct facts *f, const struct party *row);
struct job *facts_add_job(struct facts *f, const struct job *row);
struct consent *facts_add_consent(struct facts *f, const struct consent *row);
/* In place of the one that was there, if any. */
struct question *facts_put_question(struct facts *f, const struct question *row);
void facts_put_duty(struct facts *f, const struct duty *duty); /* also into the duties */
void facts_put_tag(struct facts *f, const struct tag *tag);    /* also into the desk when loaded */
void facts_put_timer(struct facts *f, const struct timer *timer);
/* Adds to a row of the same count that was put before. */
void facts_put_spent(struct facts *f, const struct spent *spent);
struct event_row *facts_log(struct facts *f, const struct event_row *row);
struct call_event *facts_log_call(struct facts *f, const struct call_event *row);

/* For the store: hands over a loaded row (in the arena; of a claim, a struct claim_fact), or NULL
 * for its absence: a desk without tags is empty, never absent, and so are the other lists. When the
 * same row is in the set already, the fact becomes another name for it and the row is dropped. */
void facts_settle(struct facts *f, struct fact *fact, void *row);
#endif
