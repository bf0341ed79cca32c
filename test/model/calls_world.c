#include "calls_world.h"

#include <stdio.h>
#include <string.h>

#define LINE "+13125550100"

static const struct blocked blocked[] = {{"+13125550123"}};

static void fill_people(struct world *w)
{
    static const char *const names[OPERATORS] = {"primary", "backup", "owner", "spare", "fifth"};
    const bool closed = scene_chance(&w->scene, 4);

    for (int i = 0; i < OPERATORS; i++) {
        struct roster_operator *o = &w->people[i];
        const int takes = scene_roll(&w->scene, 20);
        char phone[LIMIT_NUMBER_SIZE];
        (void)snprintf(phone, sizeof phone, "+1312555011%d", i + 1);
        scene_fill_person(o, names[i], names[i], phone);
        o->accept = takes < 14 ? ACCEPT_PRESS : takes < 17 ? ACCEPT_SPEECH : ACCEPT_NONE;
        o->prealert = (enum prealert)scene_roll(&w->scene, PREALERTS);
        o->caller_id = (enum caller_id)scene_roll(&w->scene, CALLER_IDS);
        o->ring_s = scene_chance(&w->scene, 70) ? 0 : (uint8_t)(5 + scene_roll(&w->scene, 56));
        o->last_resort = i == 2;
        if (closed || scene_chance(&w->scene, 10))
            scene_set_hours(o, false);
    }
}

static void fill_chain(struct world *w)
{
    w->chain.step_count = (uint8_t)(1 + scene_roll(&w->scene, STEPS));
    for (int i = 0; i < w->chain.step_count; i++) {
        struct step *s = &w->chain.steps[i];
        const int first = scene_roll(&w->scene, OPERATORS);
        s->operator_count = (uint8_t)(1 + scene_roll(&w->scene, 3));
        for (int k = 0; k < s->operator_count; k++)
            s->operators[k] = (uint16_t)((first + k) % OPERATORS);
        s->how = (enum ring_how)scene_roll(&w->scene, RING_HOWS);
        s->ring_s = (uint8_t)(5 + scene_roll(&w->scene, scene_chance(&w->scene, 70) ? 20 : 56));
        s->ack_s = 900;
    }
}

static void fill_roster(struct world *w)
{
    struct roster *r = &w->scene.roster;

    fill_people(w);
    fill_chain(w);
    strcpy(w->line.number, LINE);
    r->blocked = blocked;
    r->blocked_count = 1;
    r->anonymous = (enum anonymous)scene_roll(&w->scene, ANONYMOUSES);
    r->still_trying = scene_chance(&w->scene, 40);
    r->wait_s = (uint16_t)(20 + scene_roll(&w->scene, 100));
    r->lines = &w->line;
    r->operators = w->people;
    r->chains = &w->chain;
    r->line_count = r->chain_count = 1;
    r->operator_count = OPERATORS;
}

void calls_world_begin(struct world *w, uint64_t seed)
{
    const struct scene scene = w->scene;
    const uint64_t events = w->events, vanished = w->vanished;
    uint64_t tally[OUTCOMES + 1];

    memcpy(tally, w->tally, sizeof tally);
    memset(w, 0, sizeof *w);
    memcpy(w->tally, tally, sizeof tally);
    w->events = events;
    w->vanished = vanished;
    w->scene = scene;
    scene_begin(&w->scene, seed, 0x63616c6c00000000u);
    fill_roster(w);
    w->drops_at_pick_up = scene_chance(&w->scene, 50);
    w->in_step = scene_chance(&w->scene, 30);
    w->is_slow = scene_chance(&w->scene, 20);
    w->loss = scene_chance(&w->scene, 50) ? 0 : scene_roll(&w->scene, 50);
    w->repeats = scene_chance(&w->scene, 50) ? 0 : scene_roll(&w->scene, 40);
    w->crash_in = scene_chance(&w->scene, 80) ? 0 : 1 + scene_roll(&w->scene, 12);
}

void calls_world_end(struct world *w)
{
    scene_end(&w->scene);
}

void calls_world_plan(struct world *w, int64_t after_ms, struct item item)
{
    MUST(w->item_count < AGENDA, "too much is to happen");
    item.at_ms = w->scene.now_ms + after_ms;
    if (w->in_step && after_ms > 0)
        item.at_ms = (item.at_ms + S - 1) / S * S;
    w->agenda[w->item_count++] = item;
}

struct cascade *calls_world_cascade(const struct world *w, const struct call *call)
{
    const struct store_row *r =
        model_store_row(&w->scene.store, FACT_CASCADE, 0, span_of(call->sid));

    return r ? r->data : NULL;
}

struct event *calls_world_event(struct world *w, const struct call *call, struct event e)
{
    struct event *kept = ARENA_NEW(w->scene.store.arena, struct event);

    *kept = e;
    kept->tenant = TENANT;
    kept->account = SPAN("AC1");
    if (!kept->sid.size)
        kept->sid = span_of(call->sid);
    kept->from = span_of(call->from);
    kept->to = SPAN(LINE);
    return kept;
}
