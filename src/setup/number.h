/* setup/number.h - the account's phone numbers at the carrier, and where each points.
 *
 * Owns: nothing; all lives in the arena.
 * Threads: one.
 * Source: section 5.6 of the carrier's reference.
 */
#ifndef SETUP_NUMBER_H
#define SETUP_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "codec/json.h"
#include "model/limits.h"
#include "setup/console.h"

/* What of a number is ours to set. */
enum number_field {
    NUMBER_VOICE_URL,
    NUMBER_VOICE_METHOD,
    NUMBER_VOICE_FALLBACK_URL,
    NUMBER_VOICE_FALLBACK_METHOD,
    NUMBER_STATUS_CALLBACK,
    NUMBER_STATUS_CALLBACK_METHOD,
    NUMBER_SMS_URL,
    NUMBER_SMS_METHOD,
    NUMBER_SMS_FALLBACK_URL,
    NUMBER_SMS_FALLBACK_METHOD,
    NUMBER_VOICE_APPLICATION, /* set: its addresses count in place of the number's */
    NUMBER_SMS_APPLICATION,
    NUMBER_FIELDS
};
/* As the carrier's form has it: "VoiceUrl". */
const char *number_field_name(enum number_field field);
bool number_field_parse(struct span text, enum number_field *out);

/* What sort of registration its country wants of it. */
enum number_kind { NUMBER_LOCAL, NUMBER_TOLL_FREE, NUMBER_ABROAD, NUMBER_KINDS };
/* Of +1: toll-free by its area code, else local. */
enum number_kind number_kind_of(struct span number);

struct number {
    char sid[LIMIT_SID_SIZE];
    char number[LIMIT_NUMBER_SIZE]; /* E.164; a short code is left out of lists */
    struct span name;
    struct span fields[NUMBER_FIELDS]; /* empty: not set */
    struct span trunk;                 /* its SID: calls go there; empty: none */
    bool has_voice, has_sms;
    /* Of the messaging service that holds it, by registration.h; empty: none. */
    struct span service, service_name;
    bool service_wins;       /* texts go by the service's address, not by the number's */
    struct span service_url; /* ... which is this; empty: texts are dropped */
};

struct number_list {
    struct number *items; /* by their E.164 numbers, ascending */
    size_t count;
    void (*progress)(size_t count); /* after each NUMBER_PAGE of them; NULL: nobody is told */
};

enum { NUMBER_PAGE = 1000 }; /* the most that the carrier gives at once */

/* One number as the carrier tells it; false when it is none with an E.164 number and a SID. */
bool number_parse(struct arena *arena, const struct json *item, struct number *out);
/* All of the account's, however many; false: *answer says why. */
bool number_ask(const struct console *console, struct number_list *out,
                struct console_answer *answer);
/* The one of that E.164 number; NULL without. */
struct number *number_find(const struct number_list *list, struct span number);

#endif
