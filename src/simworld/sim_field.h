/* simworld/sim_field.h - resources with settable fields, as tables: read, judged, kept, shown.
 *
 * A row names a field's parameter in forms, its key in JSON, what it may be and where it stands
 * in the resource's struct: text-like kinds in a `const char *`, SIM_FIELD_BOOL in a bool,
 * SIM_FIELD_NUMBER in an int64_t. What is absent from a form stays; an empty value clears.
 * Owns: nothing; texts go into the arena given.
 * Threads: any.
 * Source: section 5.1 of the carrier's reference (updates).
 */
#ifndef SIMWORLD_SIM_FIELD_H
#define SIMWORLD_SIM_FIELD_H

#include "codec/form.h"
#include "codec/json.h"

enum sim_field_kind {
    SIM_FIELD_TEXT,   /* at most `max` characters */
    SIM_FIELD_URL,    /* absolute, http or https */
    SIM_FIELD_METHOD, /* GET or POST */
    SIM_FIELD_WORD,   /* one of `words`, parted by blanks */
    SIM_FIELD_SID,    /* begins with `words`; null when it is not set */
    SIM_FIELD_BOOL,
    SIM_FIELD_NUMBER, /* from `min` to `max` */
    SIM_FIELD_KINDS
};

struct sim_field {
    const char *param, *key; /* "VoiceUrl", "voice_url"; param NULL: not settable */
    enum sim_field_kind kind;
    size_t offset;
    const char *otherwise; /* when it is not set; NULL: "" */
    const char *words;
    int64_t min, max;
    int code; /* of a bad value; 0: 20001 */
};

struct sim_field_mistake {
    int code;
    char words[200];
};

/* Gives each field its default; `row` is zeroed memory. */
void sim_field_init(const struct sim_field *fields, void *row);
/* Judges all of the form, then takes it over; false leaves the row as it was. Tables end with
 * a NULL key. */
bool sim_field_take(const struct sim_field *fields, const struct form *form, struct arena *keep,
                    void *row, struct sim_field_mistake *out);
/* The same from an object's members, by key; others are not looked at. */
bool sim_field_take_json(const struct sim_field *fields, const struct json *object,
                         struct arena *keep, void *row, struct sim_field_mistake *out);
/* Adds the fields to the object being written. */
void sim_field_shape(const struct sim_field *fields, const void *row, struct json_out *out);

#endif
