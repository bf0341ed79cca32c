/* alarm/alarm_words.h - an alarm in words for people, and for programs.
 *
 * Nothing that a customer wrote is in it, nor his number: what happened, to which business, and
 * the ids by which the board has it.
 * Pure but for the arena. Threads: any.
 * Source: RFC 5322 (mail), RFC 2047 (its subject); docs/guides/alarms.md has the JSON.
 */
#ifndef ALARM_ALARM_WORDS_H
#define ALARM_ALARM_WORDS_H

#include "alarm/alarm_bell.h"
#include "base/arena.h"
#include "model/alarm_kind.h"

struct alarm_words_of {
    const struct alarm_bell *bell;
    struct span business; /* its name; empty: the host */
    struct span board;    /* the pages' address */
};

/* For a text or a call, in whatever language. */
struct alarm_kind_about alarm_words_about(const struct alarm_words_of *of);
struct span alarm_words_mail(struct arena *arena, const struct alarm_words_of *of);
struct span alarm_words_json(struct arena *arena, const struct alarm_words_of *of);

#endif
