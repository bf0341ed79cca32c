/* test/model/scene.h - what every story has: a store in memory, dice, a clock and a roster, and the
 * decision of one event over them.
 *
 * Owns: both arenas and what stands in them, from the first beginning to the end.
 * Errors: what a decision must not do fails the story (model_run.h).
 */
#ifndef SCENE_H
#define SCENE_H

#include "model_run.h"
#include "model_store.h"
#include "rules/context.h"
#include "rules/guard.h"

enum { TENANT = 1, S = 1000, MIN = 60000, HOUR = 3600000 };
/* A Monday, 12:00 UTC; whoever is made off duty comes on again on Tuesday at 08:00. */
#define STORY_START INT64_C(1773057600000)

struct scene {
    uint64_t seed;
    bool is_told; /* prints what happens */
    struct model_store store;
    struct arena *batch;
    struct dice dice; /* the story's */
    struct dice tags; /* the decisions' */
    struct id_maker ids;
    struct guard *guard; /* the world's; NULL without */
    int64_t now_ms;
    struct roster roster;
};

/* Empties the store and fills the roster but for its people, chains and lines. Stories of one seed
 * and different salts have different marks. */
void scene_begin(struct scene *s, uint64_t seed, uint64_t salt);
void scene_end(struct scene *s);

/* One of so many, from 0. */
int scene_roll(struct scene *s, int sides);
bool scene_chance(struct scene *s, int percent);
/* Prints a line of the story when it is told. */
__attribute__((format(printf, 2, 3))) void scene_say(const struct scene *s, const char *format,
                                                     ...);

/* Someone who is on duty at all hours. */
void scene_fill_person(struct roster_operator *o, const char *id, const char *name,
                       const char *phone);
void scene_set_hours(struct roster_operator *o, bool is_on);

/* Decides the event, loading what it lacks; it must not be refused. */
void scene_decide(struct scene *s, struct facts *f, const struct event *e, struct answer *out);
/* NULL without. */
struct fact *scene_last_fact(const struct facts *f);

#endif
