/* test/model/jobs_world.h - the world of a story of jobs: its people, its clock, the jobs as the
 * latest decision left them, and what is to happen.
 *
 * Owns: nothing; all lives in the arena of the story's store.
 */
#ifndef JOBS_WORLD_H
#define JOBS_WORLD_H

#include "scene.h"

enum { OPERATORS = 3, CREW = 4, STAKEHOLDERS = 2, CUSTOMERS = 2, JOBS = 4 };
enum { PEOPLE = OPERATORS + CREW + STAKEHOLDERS + CUSTOMERS };
enum { FIRST_CREW = OPERATORS, FIRST_BOSS = FIRST_CREW + CREW };
enum { FIRST_CUSTOMER = FIRST_BOSS + STAKEHOLDERS };
enum { PAST = 256, AGENDA = 128, BATCH = 24 };
#define LINE "+13125550100"

struct item {
    int64_t due_ms;
    struct event *event;
    bool dies; /* with the process that waits for it */
};

/* A text of ours that the carrier took. */
struct taken {
    struct taken *next;
    int64_t message;
    char sid[LIMIT_SID_SIZE];
};

struct world {
    struct scene scene;
    struct roster_operator people[OPERATORS];
    struct chain chain;
    struct line line;
    struct job now[JOBS]; /* as the latest decision left them */
    int job_count;
    struct event *past[PAST];
    size_t past_count;
    struct item agenda[AGENDA];
    size_t item_count;
    const struct event *queue[BATCH];
    size_t queued;
    struct taken *taken;
    unsigned sids, forms;
    int crash_in; /* batches until it dies; 0: it does not */
    bool is_quiet;
    uint64_t events, moves, raises, tellings; /* of all stories */
};

void jobs_world_begin(struct world *w, uint64_t seed);
void jobs_world_end(struct world *w);
/* Kept, so that it may come again. */
struct event *jobs_world_event(struct world *w, struct event e);
void jobs_world_plan(struct world *w, int64_t due_ms, struct event *event, bool dies);
const char *jobs_world_phone(int person);
/* Of an operator's id, or of a phone; "" for others. */
const char *jobs_world_phone_of(const struct world *w, const char *who);
/* NULL without. */
struct job *jobs_world_job(struct world *w, int64_t id);

#endif
