#include "calls_world.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE "+13125550100"

static const struct zone utc = {"UTC", (const struct zone_change[]){{0, 0}}, 1};
static const struct hours tuesday[] = {{2, 8 * 60, 20 * 60}};

int calls_world_roll(struct world *w, int sides)
{
    return (int)dice_throw(&w->dice, (uint32_t)sides);
}

bool calls_world_chance(struct world *w, int percent)
{
    return calls_world_roll(w, 100) < percent;
}

void calls_world_say(const struct world *w, const char *format, ...)
{
    va_list args;

    if (!w->is_told)
        return;
    const int64_t ms = w->now_ms - STORY_START;
    printf("%5d.%03d  ", (int)(ms / S), (int)(ms % S));
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    putchar('\n');
}

static const struct blocked blocked[] = {{"+13125550123"}};

static void fill_people(struct world *w)
{
    static const char *const names[OPERATORS] = {"primary", "backup", "owner", "spare", "fifth"};
    const bool closed = calls_world_chance(w, 4);

    for (int i = 0; i < OPERATORS; i++) {
        struct roster_operator *o = &w->people[i];
        const int takes = calls_world_roll(w, 20);
        strcpy(o->id, names[i]);
        strcpy(o->name, names[i]);
        (void)snprintf(o->phone, sizeof o->phone, "+1312555011%d", i + 1);
        o->zone = &utc;
        o->accept = takes < 14 ? ACCEPT_PRESS : takes < 17 ? ACCEPT_SPEECH : ACCEPT_NONE;
        o->prealert = (enum prealert)calls_world_roll(w, PREALERTS);
        o->caller_id = (enum caller_id)calls_world_roll(w, CALLER_IDS);
        o->ring_s = calls_world_chance(w, 70) ? 0 : (uint8_t)(5 + calls_world_roll(w, 56));
        o->last_resort = i == 2;
        if (closed || calls_world_chance(w, 10)) {
            o->hours = tuesday;
            o->hours_count = 1;
        }
    }
}

static void fill_chain(struct world *w)
{
    w->chain.step_count = (uint8_t)(1 + calls_world_roll(w, STEPS));
    for (int i = 0; i < w->chain.step_count; i++) {
        struct step *s = &w->chain.steps[i];
        const int first = calls_world_roll(w, OPERATORS);
        s->operator_count = (uint8_t)(1 + calls_world_roll(w, 3));
        for (int k = 0; k < s->operator_count; k++)
            s->operators[k] = (uint16_t)((first + k) % OPERATORS);
        s->how = (enum ring_how)calls_world_roll(w, RING_HOWS);
        s->ring_s = (uint8_t)(5 + calls_world_roll(w, calls_world_chance(w, 70) ? 20 : 56));
        s->ack_s = 900;
    }
}

void calls_world_begin(struct world *w, uint64_t seed)
{
    struct arena *rows = w->store.arena, *batch = w->batch;
    const bool is_told = w->is_told;
    const uint64_t events = w->events, vanished = w->vanished;
    uint64_t tally[OUTCOMES + 1];

    memcpy(tally, w->tally, sizeof tally);
    memset(w, 0, sizeof *w);
    memcpy(w->tally, tally, sizeof tally);
    w->events = events;
    w->vanished = vanished;
    w->is_told = is_told;
    w->seed = seed;
    w->store.arena = rows ? rows : arena_open(1 << 20);
    w->batch = batch ? batch : arena_open(1 << 19);
    model_store_reset(&w->store);
    w->dice = dice_from(seed);
    for (int i = 0; i < 8; i++)
        (void)dice_throw(&w->dice, 2); /* seeds beside one another begin alike */
    w->tags = dice_from(seed ^ 0x63616c6c00000000u);
    w->now_ms = STORY_START;
    fill_people(w);
    fill_chain(w);
    strcpy(w->line.number, LINE);
    w->roster = (struct roster){
        .tenant = "acme",
        .name = "Acme",
        .account_sid = "AC1",
        .zone = &utc,
        .wait_s = (uint16_t)(20 + calls_world_roll(w, 100)),
        .still_trying = calls_world_chance(w, 40),
        .bare_replies = true,
        .blocked = blocked,
        .blocked_count = 1,
        .anonymous = (enum anonymous)calls_world_roll(w, ANONYMOUSES),
        .lines = &w->line,
        .operators = w->people,
        .chains = &w->chain,
        .line_count = 1,
        .operator_count = OPERATORS,
        .chain_count = 1,
    };
    w->drops_at_pick_up = calls_world_chance(w, 50);
    w->in_step = calls_world_chance(w, 30);
    w->is_slow = calls_world_chance(w, 20);
    w->loss = calls_world_chance(w, 50) ? 0 : calls_world_roll(w, 50);
    w->repeats = calls_world_chance(w, 50) ? 0 : calls_world_roll(w, 40);
    w->crash_in = calls_world_chance(w, 80) ? 0 : 1 + calls_world_roll(w, 12);
}

void calls_world_end(struct world *w)
{
    arena_close(&w->store.arena);
    arena_close(&w->batch);
}

void calls_world_plan(struct world *w, int64_t after_ms, struct item item)
{
    MUST(w->item_count < AGENDA, "too much is to happen");
    item.at_ms = w->now_ms + after_ms;
    if (w->in_step && after_ms > 0)
        item.at_ms = (item.at_ms + S - 1) / S * S;
    w->agenda[w->item_count++] = item;
}

struct cascade *calls_world_cascade(const struct world *w, const struct call *call)
{
    const struct store_row *r = model_store_row(&w->store, FACT_CASCADE, 0, span_of(call->sid));

    return r ? r->data : NULL;
}

struct event *calls_world_event(struct world *w, const struct call *call, struct event e)
{
    struct event *kept = ARENA_NEW(w->store.arena, struct event);

    *kept = e;
    kept->tenant = TENANT;
    kept->account = SPAN("AC1");
    if (!kept->sid.size)
        kept->sid = span_of(call->sid);
    kept->from = span_of(call->from);
    kept->to = SPAN(LINE);
    return kept;
}
