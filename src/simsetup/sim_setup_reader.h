/* simsetup/sim_setup_reader.h - a document being read: the first mistake stays, with its words.
 *
 * Each function reads one member of an object and leaves a mistake when it is not what it
 * should be. Texts live in the world's arena unless said.
 * Threads: loop thread only.
 */
#ifndef SIMSETUP_SIM_SETUP_READER_H
#define SIMSETUP_SIM_SETUP_READER_H

#include "codec/json.h"
#include "simworld/sim_field.h"
#include "simworld/sim_world.h"

enum { SIM_SETUP_WORDS = 240 };

struct sim_setup_reader {
    struct sim_world *world;
    char *words;         /* SIM_SETUP_WORDS bytes: the first mistake; empty: none */
    struct arena *arena; /* for the time of the reading */
};

__attribute__((format(printf, 2, 3))) void sim_setup_reader_wrong(struct sim_setup_reader *r,
                                                                  const char *format, ...);
/* Whether it is one of the words, which blanks part. */
bool sim_setup_reader_is_word_of(struct span word, const char *words);
/* Nothing but these members. */
void sim_setup_reader_keys(struct sim_setup_reader *r, const struct json *object, const char *keys);
/* A text that must fit; empty when it is absent. */
void sim_setup_reader_text_into(struct sim_setup_reader *r, const struct json *object,
                                const char *key, char *out, size_t room);
/* Milliseconds, up to a week. */
int64_t sim_setup_reader_ms(struct sim_setup_reader *r, const struct json *object, const char *key,
                            int64_t otherwise);
/* A number from 1 to `max`; 0 when it is absent. */
int64_t sim_setup_reader_count(struct sim_setup_reader *r, const struct json *object,
                               const char *key, int64_t max);
/* The list under `key`, at most `max` long; NULL when it is absent. */
const struct json *sim_setup_reader_list(struct sim_setup_reader *r, const struct json *object,
                                         const char *key, size_t max);
/* One of the words; NULL when it is absent. */
const char *sim_setup_reader_word(struct sim_setup_reader *r, const struct json *object,
                                  const char *key, const char *words);
/* A text; NULL when it is absent. */
const char *sim_setup_reader_text(struct sim_setup_reader *r, const struct json *object,
                                  const char *key);
/* The members that a table of fields knows, after `first`; in r->arena. */
const char *sim_setup_reader_known(struct sim_setup_reader *r, const char *first,
                                   const struct sim_field *fields);
/* The members that are fields, into `out`. */
void sim_setup_reader_fields(struct sim_setup_reader *r, const struct json *object,
                             const struct sim_field *fields, void *out);

#endif
