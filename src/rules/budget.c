/* Each count is found by a hash of whose and what it is. A count of another day is nothing: the
 * table drops those when it is full. */
#include "rules/budget.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "model/wall.h"
#include "rules/context.h"

enum { PLACES_FIRST = 1024 };

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;
static const char TEXTS[] = "texts", CALLS[] = "calls", TOLD[] = "told";

struct place {
    uint64_t who; /* 0: free */
    int32_t day;
    int32_t count;
};

struct budget {
    struct place *places;
    size_t size, used; /* size: a power of 2 */
    int32_t today;     /* the latest day asked for */
};

static struct place *new_places(size_t size)
{
    return arena_must_alloc(size * sizeof(struct place));
}

struct budget *budget_open(void)
{
    struct budget *b = arena_must_alloc(sizeof *b);

    b->size = PLACES_FIRST;
    b->places = new_places(b->size);
    return b;
}

void budget_close(struct budget **budget)
{
    if (!*budget)
        return;
    free((*budget)->places);
    free(*budget);
    *budget = NULL;
}

int32_t budget_day(const struct roster *roster, int64_t now_ms)
{
    const int64_t local_ms = roster && roster->zone ? wall_time(roster->zone, now_ms) : now_ms;

    return (int32_t)(local_ms / day_ms);
}

static uint64_t name_of(int32_t tenant, struct span what)
{
    return hash_span(hash_number(HASH_BEGIN, (uint32_t)tenant), what) | 1;
}

static struct place *look_up(const struct budget *b, uint64_t who)
{
    size_t at = (size_t)(who ^ who >> 32);

    while (b->places[at & (b->size - 1)].who && b->places[at & (b->size - 1)].who != who)
        at++;
    return &b->places[at & (b->size - 1)];
}

/* Half of the places stay free, so that a search ends soon. Zones are less than two days apart. */
static void make_room(struct budget *b)
{
    struct place *const old = b->places;
    const size_t old_size = b->size;
    size_t kept = 0;

    if (2 * b->used < b->size)
        return;
    for (size_t i = 0; i < old_size; i++)
        kept += old[i].who && old[i].day >= b->today - 1;
    while (4 * kept >= b->size)
        b->size *= 2;
    b->places = new_places(b->size);
    b->used = kept;
    for (size_t i = 0; i < old_size; i++)
        if (old[i].who && old[i].day >= b->today - 1)
            *look_up(b, old[i].who) = old[i];
    free(old);
}

/* The count of that day. */
static int32_t *count_of(struct budget *b, int32_t tenant, int32_t day, struct span what)
{
    const uint64_t who = name_of(tenant, what);

    if (day > b->today)
        b->today = day;
    make_room(b);
    struct place *p = look_up(b, who);
    if (!p->who)
        b->used++;
    if (!p->who || p->day != day)
        *p = (struct place){.who = who, .day = day};
    return &p->count;
}

static int32_t counted(struct budget *b, const struct budget_ask *ask, struct span what)
{
    return *count_of(b, ask->tenant, ask->day, what);
}

static void add(struct budget *b, const struct budget_ask *ask, struct span what, int32_t n)
{
    *count_of(b, ask->tenant, ask->day, what) += n;
}

static void add_all(struct budget *b, const struct budget_ask *ask, int32_t n)
{
    add(b, ask, span_of(ask->is_call ? CALLS : TEXTS), n);
    if (!ask->is_call)
        add(b, ask, ask->to, n);
}

static bool is_spent(int32_t limit, int32_t count)
{
    return limit > 0 && count >= limit;
}

static const char *what_the_host_ends(struct budget *b, const struct budget_ask *ask)
{
    const struct tenant_terms *t = ask->terms;

    if (!t)
        return NULL;
    if (ask->is_call)
        return is_spent(t->calls_a_day, counted(b, ask, span_of(CALLS))) ? "the host's calls_a_day"
                                                                         : NULL;
    return is_spent(t->texts_a_day, counted(b, ask, span_of(TEXTS))) ? "the host's texts_a_day"
                                                                     : NULL;
}

static const char *what_is_over(struct budget *b, const struct budget_ask *ask)
{
    const struct budget_limits *l = ask->limits;

    if (!l)
        return NULL;
    if (ask->is_call)
        return is_spent(l->calls_per_day, counted(b, ask, span_of(CALLS))) ? "calls_per_day" : NULL;
    if (is_spent(l->texts_per_day, counted(b, ask, span_of(TEXTS))))
        return "texts_per_day";
    return is_spent(l->texts_per_number_per_day, counted(b, ask, ask->to))
               ? "texts_per_number_per_day"
               : NULL;
}

struct budget_word budget_take(struct budget *b, const struct budget_ask *ask)
{
    struct budget_word word = {.over = what_is_over(b, ask)};

    if (!word.over)
        word.over = what_the_host_ends(b, ask);
    word.goes = !word.over || ask->is_urgent;
    word.tells = word.over && counted(b, ask, span_of(TOLD)) == 0;
    if (word.goes)
        add_all(b, ask, 1);
    if (word.tells)
        add(b, ask, span_of(TOLD), 1);
    return word;
}

void budget_give_back(struct budget *b, const struct budget_ask *ask,
                      const struct budget_word *word)
{
    if (word->goes)
        add_all(b, ask, -1);
    if (word->tells)
        add(b, ask, span_of(TOLD), -1);
}

static struct spent row_of(const struct budget_ask *ask, struct span what)
{
    struct spent row = {.tenant = ask->tenant, .day = ask->day, .count = 1};

    CONTEXT_SET(row.what, what);
    return row;
}

int budget_rows(const struct budget_ask *ask, const struct budget_word *word,
                struct spent out[BUDGET_ROWS])
{
    int count = 0;

    if (word->goes)
        out[count++] = row_of(ask, span_of(ask->is_call ? CALLS : TEXTS));
    if (word->goes && !ask->is_call)
        out[count++] = row_of(ask, ask->to);
    if (word->tells)
        out[count++] = row_of(ask, span_of(TOLD));
    return count;
}

void budget_learn(struct budget *b, const struct spent *row)
{
    *count_of(b, row->tenant, row->day, span_of(row->what)) = row->count;
}
