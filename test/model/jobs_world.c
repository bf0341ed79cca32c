#include "jobs_world.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct zone utc = {"UTC", (const struct zone_change[]){{0, 0}}, 1};
static const struct hours tuesday[] = {{2, 8 * 60, 20 * 60}};
static const char *const phones[PEOPLE] = {
    "+13125550111", "+13125550112", "+13125550113", "+13125550141", "+13125550142", "+13125550143",
    "+13125550144", "+13125550151", "+13125550152", "+13125550121", "+13125550122"};
static const char *const ids[OPERATORS] = {"primary", "backup", "owner"};

int jobs_world_roll(struct world *w, int sides)
{
    return (int)dice_throw(&w->dice, (uint32_t)sides);
}

bool jobs_world_chance(struct world *w, int percent)
{
    return jobs_world_roll(w, 100) < percent;
}

void jobs_world_say(const struct world *w, const char *format, ...)
{
    va_list args;

    if (!w->is_told)
        return;
    const int64_t s = (w->now_ms - STORY_START) / S;
    printf("%3dh %02d:%02d  ", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    putchar('\n');
}

static void fill_people(struct world *w)
{
    const bool closed = jobs_world_chance(w, 15);

    for (int i = 0; i < OPERATORS; i++) {
        struct roster_operator *o = &w->people[i];
        struct step *s = &w->chain.steps[w->chain.step_count++];
        strcpy(o->id, ids[i]);
        strcpy(o->name, ids[i]);
        strcpy(o->phone, phones[i]);
        o->zone = &utc;
        o->last_resort = jobs_world_chance(w, 30);
        if (closed || jobs_world_chance(w, 10)) {
            o->hours = tuesday;
            o->hours_count = 1;
        }
        s->operators[s->operator_count++] = (uint16_t)i;
        s->ring_s = 15;
        s->ack_s = 60 * (1 + jobs_world_roll(w, 20));
    }
}

void jobs_world_begin(struct world *w, uint64_t seed)
{
    struct arena *rows = w->store.arena, *batch = w->batch;
    const struct world before = *w;

    memset(w, 0, sizeof *w);
    w->events = before.events;
    w->moves = before.moves;
    w->raises = before.raises;
    w->tellings = before.tellings;
    w->is_told = before.is_told;
    w->seed = seed;
    w->store.arena = rows ? rows : arena_open(1 << 20);
    w->batch = batch ? batch : arena_open(1 << 19);
    model_store_reset(&w->store);
    w->dice = dice_from(seed);
    for (int i = 0; i < 8; i++)
        (void)dice_throw(&w->dice, 2); /* seeds beside one another begin alike */
    w->tags = dice_from(seed ^ 0x6a6f627300000000u);
    w->now_ms = STORY_START;
    fill_people(w);
    strcpy(w->line.number, LINE);
    w->roster = (struct roster){
        .tenant = "acme",
        .name = "Acme",
        .account_sid = "AC1",
        .zone = &utc,
        .wait_s = 75,
        .bare_replies = true,
        .lines = &w->line,
        .operators = w->people,
        .chains = &w->chain,
        .line_count = 1,
        .operator_count = OPERATORS,
        .chain_count = 1,
    };
    w->crash_in = jobs_world_chance(w, 70) ? 0 : 1 + jobs_world_roll(w, 20);
}

void jobs_world_end(struct world *w)
{
    arena_close(&w->store.arena);
    arena_close(&w->batch);
}

struct event *jobs_world_event(struct world *w, struct event e)
{
    struct event *kept = ARENA_NEW(w->store.arena, struct event);

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
