/* model/alarm_kind.h - what each kind of alarm says to people, in their language: one table.
 *
 * English, Spanish, German and French; any other language reads English. A new kind is a row.
 * Pure but for the arena. Threads: any.
 * Source: docs/guides/alarms.md.
 */
#ifndef MODEL_ALARM_KIND_H
#define MODEL_ALARM_KIND_H

#include "base/arena.h"
#include "base/span.h"

/* "en", "es", "de" or "fr": the one that is meant by `language`; "en" for any other. Static. */
const char *alarm_kind_language(struct span language);
/* One sentence without its full stop; of a kind that has no row its name is in it. */
const char *alarm_kind_what(struct arena *arena, const char *kind, const char *language);

struct alarm_kind_about {
    const char *kind;
    struct span whose;  /* the business, or nextring */
    struct span detail; /* may be empty */
    struct span board;  /* the pages' address */
    int more;           /* like it */
};
/* All of a text. */
struct span alarm_kind_text(struct arena *arena, const char *language,
                            const struct alarm_kind_about *about);

/* What is said on the phone. */
enum alarm_kind_said {
    ALARM_KIND_ASKED, /* the key by which he says that he has heard it */
    ALARM_KIND_HEARD, /* ... was pressed */
    ALARM_KIND_UNHEARD,
    ALARM_KIND_SAIDS
};
/* The carrier's code of the language: "de-DE". Static. */
const char *alarm_kind_tongue(const char *language);
const char *alarm_kind_said(const char *language, enum alarm_kind_said what);
/* All of a call; its last line is ALARM_KIND_ASKED. */
struct span alarm_kind_spoken(struct arena *arena, const char *language,
                              const struct alarm_kind_about *about);
/* " And 3 more like it."; empty for 0. */
const char *alarm_kind_more(struct arena *arena, const char *language, int more);

#endif
