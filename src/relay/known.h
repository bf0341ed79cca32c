/* relay/known.h - what is known of a customer: a name, and whether the number takes texts.
 *
 * Learned from the carrier's word when he calls, from a lookup where the tenant pays for them,
 * and from texts that the carrier refused because a landline takes none. Of withheld numbers
 * and of our own people nothing is kept and nothing is asked.
 * A lookup is asked for by marking the row of the number; the engine carries it out once that
 * is committed, and its result comes back as EVENT_LOOKUP. What was learned holds for
 * KNOWN_FOR_MS, a failure for KNOWN_FAILED_MS.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: docs/adr/0017-who-the-caller-is.md.
 */
#ifndef RELAY_KNOWN_H
#define RELAY_KNOWN_H

#include <stdbool.h>

#include "rules/context.h"

#define KNOWN_FOR_MS (INT64_C(90) * 24 * 3600 * 1000)
#define KNOWN_FAILED_MS (INT64_C(24) * 3600 * 1000)

/* Asks for what the functions below may need; `party` as sent. */
void known_gather(const struct context *c, struct span party);

/* Of what has been loaded; a thread's customer comes along with it. Empty without a name. */
struct span known_name(const struct context *c, const char *number);
/* The same of the thread or the call of this number and job: one of the job's crew has the name
 * that he has there. */
struct span known_name_at(const struct context *c, const char *number, const char *job);
/* True when he is of the job's crew, as far as that has been loaded: a thread's job comes along. */
bool known_is_crew(const struct context *c, const char *number, const char *job);
bool known_is_landline(const struct context *c, const char *number);

/* He calls, and the carrier says who that is (the event's name, if any). */
void known_told(const struct context *c, struct span party);
/* Asks for a lookup of what is not known yet, where the tenant pays for that. */
void known_ask(const struct context *c, struct span party);
/* He writes: no landline. */
void known_writes(const struct context *c, struct span party);
/* What became of a text to him. */
void known_refused(const struct context *c, struct span party);
void known_delivered(const struct context *c, struct span party);

enum err known_lookup(const struct context *c); /* EVENT_LOOKUP */

#endif
