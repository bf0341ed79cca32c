/* core/words.h - every sentence that people read or hear from nextring, in one place.
 *
 * Written to stay in one GSM-7 segment where the facts allow it, so plain letters only.
 * Results live in the arena.
 * Pure. Threads: any.
 */
#ifndef CORE_WORDS_H
#define CORE_WORDS_H

#include "base/arena.h"
#include "base/span.h"
#include "model/rows.h"

/* What a text is about; empty spans leave their part out. */
struct words_about {
    struct span business, customer, job, tag, name, body, link;
};

/* Texts to operators. */
struct span words_forward(struct arena *arena, enum relay_kind kind, const struct words_about *a);
struct span words_missed_call(void); /* the body of a call's relay, as it is raised */
struct span words_joined(struct arena *arena, const struct words_about *a);
struct span words_exhausted(struct arena *arena, const struct words_about *a);
struct span words_idle(struct arena *arena, const struct words_about *a);
struct span words_passed_on(struct arena *arena, const struct words_about *a); /* name */
struct span words_taken(struct arena *arena, const struct words_about *a);     /* name */
struct span words_yours(struct arena *arena, const struct words_about *a);
struct span words_prealert(struct arena *arena, const struct words_about *a);
struct span words_you_missed(struct arena *arena, const struct words_about *a);
struct span words_not_delivered(struct arena *arena, const struct words_about *a);
struct span words_unknown_tag(struct arena *arena, const struct words_about *a);
struct span words_which(struct arena *arena, struct span choices);
struct span words_nobody_wrote(struct arena *arena);
struct span words_not_a_command(struct arena *arena, struct span word);
struct span words_cannot_text(struct arena *arena, const struct words_about *a);
/* Texts to customers. */
struct span words_missed_you(struct arena *arena, const struct words_about *a);
struct span words_closed_text(struct arena *arena, const struct words_about *a);
/* Spoken. */
struct span words_screen(struct arena *arena, const struct words_about *a);
struct span words_screen_again(void);
struct span words_voicemail(struct arena *arena, const struct words_about *a);
struct span words_closed(struct arena *arena, const struct words_about *a);
struct span words_too_late(struct arena *arena, struct span name);
struct span words_recorded(void);

#endif
