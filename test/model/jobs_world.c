#include "jobs_world.h"

#include <string.h>

static const char *const phones[PEOPLE] = {
    "+13125550111", "+13125550112", "+13125550113", "+13125550141", "+13125550142", "+13125550143",
    "+13125550144", "+13125550151", "+13125550152", "+13125550121", "+13125550122"};
static const char *const ids[OPERATORS] = {"primary", "backup", "owner"};

static void fill_people(struct world *w)
{
    const bool closed = scene_chance(&w->scene, 15);

    for (int i = 0; i < OPERATORS; i++) {
        struct roster_operator *o = &w->people[i];
        struct step *s = &w->chain.steps[w->chain.step_count++];
        scene_fill_person(o, ids[i], ids[i], phones[i]);
        o->last_resort = scene_chance(&w->scene, 30);
        if (closed || scene_chance(&w->scene, 10))
            scene_set_hours(o, false);
        s->operators[s->operator_count++] = (uint16_t)i;
        s->ring_s = 15;
        s->ack_s = 60 * (1 + scene_roll(&w->scene, 20));
    }
}

void jobs_world_begin(struct world *w, uint64_t seed)
{
    const struct scene scene = w->scene;
    const uint64_t events = w->events, moves = w->moves, raises = w->raises, tellings = w->tellings;

    memset(w, 0, sizeof *w);
    w->events = events;
    w->moves = moves;
    w->raises = raises;
    w->tellings = tellings;
    w->scene = scene;
    scene_begin(&w->scene, seed, 0x6a6f627300000000u);
    fill_people(w);
    strcpy(w->line.number, LINE);
    w->scene.roster.lines = &w->line;
    w->scene.roster.operators = w->people;
    w->scene.roster.chains = &w->chain;
    w->scene.roster.line_count = w->scene.roster.chain_count = 1;
    w->scene.roster.operator_count = OPERATORS;
    w->crash_in = scene_chance(&w->scene, 70) ? 0 : 1 + scene_roll(&w->scene, 20);
}

void jobs_world_end(struct world *w)
{
    scene_end(&w->scene);
}

struct event *jobs_world_event(struct world *w, struct event e)
{
    struct event *kept = ARENA_NEW(w->scene.store.arena, struct event);

    *kept = e;
    kept->tenant = TENANT;
    if (w->past_count < PAST)
        w->past[w->past_count++] = kept;
    return kept;
}

void jobs_world_plan(struct world *w, int64_t due_ms, struct event *event, bool dies)
{
    MUST(w->item_count < AGENDA, "too much is to happen");
    w->agenda[w->item_count++] = (struct item){due_ms, event, dies};
}

const char *jobs_world_phone(int person)
{
    return phones[person];
}

const char *jobs_world_phone_of(const struct world *w, const char *who)
{
    for (int i = 0; i < OPERATORS; i++)
        if (strcmp(w->people[i].id, who) == 0)
            return w->people[i].phone;
    return who[0] == '+' ? who : "";
}

struct job *jobs_world_job(struct world *w, int64_t id)
{
    for (int i = 0; i < w->job_count; i++)
        if (w->now[i].id == id)
            return &w->now[i];
    return NULL;
}
