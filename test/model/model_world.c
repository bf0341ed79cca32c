#include "model_world.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct zone utc = {"UTC", (const struct zone_change[]){{0, 0}}, 1};
static const struct hours tuesday[] = {{2, 8 * 60, 20 * 60}};
static const char *const names[PEOPLE] = {"primary", "backup", "owner", "spare",
                                          "anna",    "boris",  "clara"};
static const char *const phones[PEOPLE] = {"+13125550111", "+13125550112", "+13125550113",
                                           "+13125550114", "+13125550121", "+13125550122",
                                           "+13125550123"};
static const char *const lines[LINES] = {"+13125550100", "+13125550101"};

int world_roll(struct world *w, int sides)
{
    return (int)dice_throw(&w->dice, (uint32_t)sides);
}

bool world_chance(struct world *w, int percent)
{
    return world_roll(w, 100) < percent;
}

void world_say(const struct world *w, const char *format, ...)
{
    va_list args;

    if (!w->is_told)
        return;
    const int64_t s = (w->now_ms - STORY_START) / S;
    printf("%3dh %02d:%02d.%03d  ", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60),
           (int)((w->now_ms - STORY_START) % S));
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    putchar('\n');
}

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

void world_set_hours(struct world *w, int person, bool is_on)
{
    w->people[person].hours = is_on ? NULL : tuesday;
    w->people[person].hours_count = is_on ? 0 : 1;
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
        strcpy(o->id, names[i]);
        strcpy(o->name, called[i]);
        strcpy(o->phone, phones[i]);
        o->zone = &utc;
        o->last_resort = world_chance(w, 25);
        if (world_chance(w, 15)) {
            o->via_count = LINES;
            o->via[1] = 1;
        }
        world_set_hours(w, i, !world_chance(w, 12));
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
    if (world_chance(w, 30))
        second->operators[second->operator_count++] = 3;
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < c[i].step_count; k++)
            c[i].steps[k].again = world_chance(w, 50);
}

static void fill_roster(struct world *w)
{
    fill_people(w);
    fill_chains(w);
    for (int i = 0; i < LINES; i++) {
        strcpy(w->lines[i].number, lines[i]);
        w->lines[i].chain = (uint16_t)i;
        w->lines[i].mms = world_chance(w, 50);
    }
    w->roster = (struct roster){
        .name = "Acme",
        .account_sid = "AC1",
        .zone = &utc,
        .wait_s = 75,
        .bare_replies = world_chance(w, 92),
        .tagged_only = world_chance(w, 8),
        .lines = w->lines,
        .operators = w->people,
        .chains = w->chains,
        .line_count = LINES,
        .operator_count = OPERATORS,
        .chain_count = 2,
    };
    if (world_chance(w, 5)) {
        w->guard = guard_open();
        w->roster.relays_per_minute = w->lines[0].relays_per_minute = 1;
    }
}

void world_begin(struct world *w, uint64_t seed)
{
    struct arena *rows = w->store.arena, *batch = w->batch;
    const bool is_told = w->is_told;
    struct model_store store = w->store;

    guard_close(&w->guard);
    memset(w, 0, sizeof *w);
    w->store = store;
    w->store.arena = rows ? rows : arena_open(1 << 21);
    w->batch = batch ? batch : arena_open(1 << 19);
    w->is_told = is_told;
    model_store_reset(&w->store);
    w->seed = seed;
    w->dice = dice_from(seed);
    for (int i = 0; i < 8; i++)
        (void)dice_throw(&w->dice, 2); /* seeds beside one another begin alike */
    w->tags = dice_from(seed ^ 0x7461677300000000u);
    w->now_ms = STORY_START;
    w->batch_size = 1;
    w->claim_ms = INT64_MAX;
    w->hides_bodies = world_chance(w, 15);
    fill_roster(w);
}

void world_end(struct world *w)
{
    guard_close(&w->guard);
    arena_close(&w->store.arena);
    arena_close(&w->batch);
}

/* ---- what is to happen ---- */

void world_plan(struct world *w, int64_t due_ms, enum item_kind kind, void *thing)
{
    MUST(w->item_count < AGENDA_MAX, "too much is to happen");
    w->agenda[w->item_count++] = (struct item){due_ms, kind, thing};
}

struct event *world_event(struct world *w, struct event e)
{
    struct event *kept = ARENA_NEW(w->store.arena, struct event);

    *kept = e;
    kept->tenant = TENANT;
    if (w->past_count < EVENTS_MAX)
        w->past[w->past_count++] = kept;
    return kept;
}
