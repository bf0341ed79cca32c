/* alarm/alarm.h - sees that alarms reach people: by text, by a call, by a command, by a webhook.
 *
 * Alarms are events of the log (context_alarm and its like). Each goes the ways that the roster's
 * "alarms" or the host's settings name (alarm_way.h), held back where they come in a storm
 * (alarm_hold.h). A way that fails is tried again, at growing intervals, for a day; when it fails
 * for the third time and no other has worked, the host's ways are gone as well. What arrived, and
 * what was given up, is on record (core/alarm_note.h).
 * Owns: the alarms under way, its HTTP client and thread.
 * Threads: loop thread only.
 * Source: docs/guides/alarms.md.
 */
#ifndef ALARM_ALARM_H
#define ALARM_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "engine/engine.h"
#include "net/loop.h"
#include "service/helper.h"

struct alarm;

/* Texts are borrowed and must live as long. */
struct alarm_options {
    struct loop *loop;
    struct engine *engine;
    struct helper *helper; /* may be NULL */
    bool is_json;          /* what the command gets; else a letter */
    const char *webhook;   /* NULL: none */
    struct span secret;    /* empty: the webhook is not signed */
    const char *pages_url; /* for people */
    bool is_rehearsal;     /* tenants' addresses may be private */
};

MUST_USE enum err alarm_open(const struct alarm_options *options, struct alarm **out);
/* Before the engine is closed it must be told so; what is under way is dropped, and is found in the
 * log at the next start. */
void alarm_close(struct alarm **alarm);

/* An alarm of the host: it is put into the log, and goes its ways. `kind` as in the log. */
void alarm_raise(struct alarm *alarm, const char *kind, const char *detail);
/* The same while nothing can be stored. */
void alarm_raise_unstored(struct alarm *alarm, const char *kind, const char *detail);
/* Somebody would be told. */
bool alarm_has_ways(const struct alarm *alarm);

/* Those that reached nobody by any way. */
uint64_t alarm_undelivered(const struct alarm *alarm);

#endif
