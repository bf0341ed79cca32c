#include "model_world.h"

#include <string.h>

static const char *const names[PEOPLE] = {"primary", "backup", "owner", "spare",
                                          "anna",    "boris",  "clara"};
static const char *const phones[PEOPLE] = {"+13125550111", "+13125550112", "+13125550113",
                                           "+13125550114", "+13125550121", "+13125550122",
                                           "+13125550123"};
static const char *const lines[LINES] = {"+13125550100", "+13125550101"};

/* ---- people ---- */

const char *world_phone(int person)
{
    return phones[person];
}

const char *world_name(int person)
{
    return names[person];
}

int world_person(const char *phone)
{
    for (int i = 0; i < PEOPLE; i++)
        if (strcmp(phones[i], phone) == 0)
            return i;
    return -1;
}

const char *world_line(int line)
{
    return lines[line];
}

int world_line_of(const char *number)
{
    return strcmp(number, lines[0]) == 0 ? 0 : 1;
}

int world_customer_in(struct span *rest)
{
    static const struct span prefix = {"+1312555012", 11};
    const char *at = rest->size ? memmem(rest->data, rest->size, prefix.data, prefix.size) : NULL;

    if (!at || at + prefix.size >= rest->data + rest->size)
        return -1;
    const int n = at[prefix.size] - '1';
    *rest = span_skip(*rest, (size_t)(at - rest->data) + prefix.size + 1);
    return n >= 0 && n < CUSTOMERS ? OPERATORS + n : -1;
}

/* ---- the beginning ---- */

static struct step *add_step(struct chain *chain, int who, int ack_s)
{
    struct step *s = &chain->steps[chain->step_count++];

    s->operators[s->operator_count++] = (uint16_t)who;
    s->ring_s = 15;
    s->ack_s = ack_s;
    return s;
}

static void fill_people(struct world *w)
{
    static const char *const called[OPERATORS] = {"Pat", "Bo", "Olga", "Sam"};

    for (int i = 0; i < OPERATORS; i++) {
        struct roster_operator *o = &w->people[i];
        scene_fill_person(o, names[i], called[i], phones[i]);
        o->last_resort = scene_chance(&w->scene, 25);
        if (scene_chance(&w->scene, 15)) {
            o->via_count = LINES;
            o->via[1] = 1;
        }
        scene_set_hours(o, !scene_chance(&w->scene, 12));
    }
}

static void fill_chains(struct world *w)
{
    struct chain *c = w->chains;

    add_step(&c[0], 0, 900);
    struct step *second = add_step(&c[0], 1, 900);
    add_step(&c[0], 2, 1800);
    add_step(&c[1], 3, 600);
    add_step(&c[1], 2, 900);
    if (scene_chance(&w->scene, 30))
        second->operators[second->operator_count++] = 3;
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < c[i].step_count; k++)
            c[i].steps[k].again = scene_chance(&w->scene, 50);
}

static void fill_roster(struct world *w)
{
    struct roster *r = &w->scene.roster;

    fill_people(w);
    fill_chains(w);
    for (int i = 0; i < LINES; i++) {
        strcpy(w->lines[i].number, lines[i]);
        w->lines[i].chain = (uint16_t)i;
        w->lines[i].mms = scene_chance(&w->scene, 50);
    }
    r->tagged_only = scene_chance(&w->scene, 8);
    r->bare_replies = scene_chance(&w->scene, 92);
    r->lines = w->lines;
    r->operators = w->people;
    r->chains = w->chains;
    r->line_count = LINES;
    r->operator_count = OPERATORS;
    r->chain_count = 2;
    if (scene_chance(&w->scene, 5)) {
        w->scene.guard = guard_open();
        r->relays_per_minute = w->lines[0].relays_per_minute = 1;
    }
}

void world_begin(struct world *w, uint64_t seed)
{
    struct scene scene = w->scene;

    guard_close(&scene.guard);
    memset(w, 0, sizeof *w);
    w->scene = scene;
    scene_begin(&w->scene, seed, 0x7461677300000000u);
    w->batch_size = 1;
    w->claim_ms = INT64_MAX;
    w->hides_bodies = scene_chance(&w->scene, 15);
    fill_roster(w);
}

void world_end(struct world *w)
{
    guard_close(&w->scene.guard);
    scene_end(&w->scene);
}

/* ---- what is to happen ---- */

void world_plan(struct world *w, int64_t due_ms, enum item_kind kind, void *thing)
{
    MUST(w->item_count < AGENDA_MAX, "too much is to happen");
    w->agenda[w->item_count++] = (struct item){due_ms, kind, thing};
}

struct event *world_event(struct world *w, struct event e)
{
    struct event *kept = ARENA_NEW(w->scene.store.arena, struct event);

    *kept = e;
    kept->tenant = TENANT;
    if (w->past_count < EVENTS_MAX)
        w->past[w->past_count++] = kept;
    return kept;
}
