#include "simoffice/sim_usage.h"

#include <stdio.h>
#include <string.h>

#include "codec/timestamp.h"
#include "simapi/sim_filter.h"
#include "simapi/sim_list.h"
#include "simapi/sim_price.h"
#include "simapi/sim_write.h"

enum { DAY_BYTES = 10, MONTH_BYTES = 7, YEAR_BYTES = 4, PRICE_UNIT = 10000, PERIODS_MAX = 100 };

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

/* What was used of one category. */
struct used {
    int64_t count, usage, price;
};

struct category;
struct record;
typedef struct used usage_fn(const struct sim_api *a, const struct record *r);

struct category {
    const char *name, *words, *count_unit, *usage_unit;
    usage_fn *measure; /* NULL: the price of all that is no sum */
    int direction;     /* of calls and texts: -1 in, 1 out, 0 both */
    bool media;        /* of texts: those with media, else those without */
    bool is_sum;       /* of others on the list */
};

/* A category in [from, to). */
struct record {
    const struct category *category;
    int64_t from, to;
    char name[48]; /* unlike any other on the list */
};

static bool is_meant(const struct sim_api *a, const struct record *r,
                     const struct sim_account *account, int64_t at_ms)
{
    const bool wide = !span_is_text(sim_api_field(a, "IncludeSubaccounts"), "false");

    return (account == a->account || (wide && account->owner == a->account)) && at_ms >= r->from &&
           at_ms < r->to;
}

static bool is_way(int wanted, enum sim_direction direction)
{
    return !wanted || (direction == SIM_INBOUND) == (wanted < 0);
}

static struct used calls(const struct sim_api *a, const struct record *r)
{
    struct used u = {0};

    for (size_t i = 0; i < a->world->leg_count; i++) {
        const struct sim_leg *leg = a->world->legs[i];
        if (!leg->answered_ms || !leg->ended_ms ||
            !is_way(r->category->direction, leg->direction) ||
            !is_meant(a, r, leg->account, leg->answered_ms))
            continue;
        u.count++;
        u.usage += sim_price_minutes(leg->ended_ms - leg->answered_ms);
        u.price += sim_price_of_leg(leg);
    }
    return u;
}

static struct used texts(const struct sim_api *a, const struct record *r)
{
    const struct category *c = r->category;
    struct used u = {0};

    for (size_t i = 0; i < a->world->text_count; i++) {
        const struct sim_text *t = a->world->texts[i];
        if (t->automatic || !t->sent_ms || !is_way(c->direction, t->direction) ||
            (t->media_count > 0) != c->media || !is_meant(a, r, t->account, t->sent_ms))
            continue;
        u.count += c->media || t->segments < 1 ? 1 : t->segments;
        u.price += sim_price_of_text(t);
    }
    u.usage = u.count;
    return u;
}

static struct used recordings(const struct sim_api *a, const struct record *r)
{
    struct used u = {0};

    for (const struct sim_recording *one = a->world->recordings; one; one = one->next) {
        if (!is_meant(a, r, one->leg->account, one->since_ms))
            continue;
        u.count++;
        u.usage += sim_price_minutes(one->seconds * 1000);
        u.price += sim_price_of_recording(one);
    }
    return u;
}

static struct used numbers(const struct sim_api *a, const struct record *r)
{
    struct used u = {0};

    for (size_t i = 0; i < a->world->account_count; i++)
        if (is_meant(a, r, &a->world->accounts[i], sim_world_now(a->world)))
            u.count += (int64_t)a->world->accounts[i].numbers.count;
    u.usage = u.count;
    u.price = u.count * SIM_PRICE_OF_NUMBER;
    return u;
}

/* clang-format off */
static const struct category categories[] = {
    {"calls",          "Voice Minutes",          "calls",      "minutes",  calls,  0, false, true},
    {"calls-inbound",  "Inbound Voice Minutes",  "calls",      "minutes",  calls, -1, false, false},
    {"calls-outbound", "Outbound Voice Minutes", "calls",      "minutes",  calls,  1, false, false},
    {"sms",            "SMS",                    "messages",   "messages", texts,  0, false, true},
    {"sms-inbound",    "Inbound SMS",            "messages",   "messages", texts, -1, false, false},
    {"sms-outbound",   "Outbound SMS",           "messages",   "messages", texts,  1, false, false},
    {"mms",            "MMS",                    "messages",   "messages", texts,  0, true,  true},
    {"mms-inbound",    "Inbound MMS",            "messages",   "messages", texts, -1, true,  false},
    {"mms-outbound",   "Outbound MMS",           "messages",   "messages", texts,  1, true,  false},
    {"recordings",     "Recordings",             "recordings", "minutes",  recordings, 0, false, false},
    {"phonenumbers",   "Phone Numbers",          "numbers",    "numbers",  numbers, 0, false, false},
    {"totalprice",     "Total Price",            "",           "usd",      NULL,   0, false, true},
};
/* clang-format on */

enum { CATEGORIES = sizeof categories / sizeof categories[0] };

static struct used measure(const struct sim_api *a, const struct record *r)
{
    struct used u = {0};

    if (r->category->measure)
        return r->category->measure(a, r);
    for (size_t i = 0; i < CATEGORIES; i++) {
        struct record part = *r;
        part.category = &categories[i];
        if (!part.category->is_sum)
            u.price += part.category->measure(a, &part).price;
    }
    u.usage = u.price / PRICE_UNIT;
    return u;
}

/* ---- which periods there are ---- */

/* How a path parts the time: the bytes of a date that stay the same within a period. */
static const struct cut {
    const char *path;
    size_t bytes; /* 0: one period */
    int ago;      /* of a single day or month: how many before this one; -1: all of it */
} cuts[] = {
    {"/Usage/Records", 0, -1},
    {"/Usage/Records/AllTime", 0, -1},
    {"/Usage/Records/Today", DAY_BYTES, 0},
    {"/Usage/Records/Yesterday", DAY_BYTES, 1},
    {"/Usage/Records/ThisMonth", MONTH_BYTES, 0},
    {"/Usage/Records/LastMonth", MONTH_BYTES, 1},
    {"/Usage/Records/Daily", DAY_BYTES, -1},
    {"/Usage/Records/Monthly", MONTH_BYTES, -1},
    {"/Usage/Records/Yearly", YEAR_BYTES, -1},
};

static const struct cut *cut_of(const struct sim_api *a)
{
    size_t i = 0;

    while (strcmp(cuts[i].path, a->route->path) != 0)
        i++;
    return &cuts[i];
}

/* The beginning of the day, month or year in which the instant is. */
static int64_t begin_of(size_t bytes, int64_t at_ms)
{
    static const char first[] = "0000-01-01";
    char date[TIMESTAMP_SIZE];
    int64_t from = 0, to;

    timestamp_render_seconds(at_ms, date);
    memcpy(date + bytes, first + bytes, DAY_BYTES - bytes);
    (void)sim_filter_instant((struct span){date, DAY_BYTES}, true, &from, &to);
    return from;
}

/* The one that follows: no month has 32 days, and no year 367. */
static int64_t next_of(size_t bytes, int64_t begin_ms)
{
    const int days = bytes == YEAR_BYTES ? 366 : bytes == MONTH_BYTES ? 32 : 1;

    return begin_of(bytes, begin_ms + days * day_ms);
}

/* All the time that is asked for. */
static void whole_of(const struct sim_api *a, int64_t *out_from, int64_t *out_to)
{
    int64_t from, to;

    *out_from = a->account->created_ms - a->account->created_ms % day_ms;
    *out_to = sim_world_now(a->world) + 1;
    if (sim_filter_instant(sim_api_field(a, "StartDate"), true, &from, &to))
        *out_from = from;
    if (sim_filter_instant(sim_api_field(a, "EndDate"), true, &from, &to) && to < *out_to)
        *out_to = to;
}

/* The i-th period, 0 the newest; false when there is none. */
static bool period_of(const struct sim_api *a, size_t i, int64_t *out_from, int64_t *out_to)
{
    const struct cut *cut = cut_of(a);

    whole_of(a, out_from, out_to);
    if (!cut->bytes)
        return i == 0;
    int64_t begin = begin_of(cut->bytes, cut->ago < 0 ? *out_to - 1 : sim_world_now(a->world));
    for (size_t n = cut->ago < 0 ? i : i + (size_t)cut->ago; n > 0; n--)
        begin = begin_of(cut->bytes, begin - 1);
    if (cut->ago >= 0 ? i > 0 : begin < begin_of(cut->bytes, *out_from))
        return false;
    *out_from = begin;
    *out_to = next_of(cut->bytes, begin);
    return true;
}

/* ---- the list ---- */

static size_t count(const struct sim_api *a)
{
    int64_t from, to;
    size_t periods = 0;

    while (periods < PERIODS_MAX && period_of(a, periods, &from, &to))
        periods++;
    return periods * CATEGORIES;
}

static void *at(const struct sim_api *a, size_t i)
{
    struct record *r = ARENA_NEW(a->arena, struct record);

    r->category = &categories[i % CATEGORIES];
    (void)period_of(a, i / CATEGORIES, &r->from, &r->to);
    snprintf(r->name, sizeof r->name, "%zu-%s", i / CATEGORIES, r->category->name);
    return r;
}

static bool is_here(const struct sim_api *a, const void *row)
{
    (void)a;
    return row != NULL;
}

static bool is_met(const struct sim_api *a, const void *row)
{
    const struct record *r = row;

    return sim_filter_text(a, "Category", r->category->name);
}

static const char *name_of(const void *row)
{
    const struct record *r = row;

    return r->name;
}

static void day(struct json_out *o, const char *key, int64_t at_ms)
{
    char at[TIMESTAMP_SIZE];

    timestamp_render_seconds(at_ms, at);
    json_out_text(o, key, (struct span){at, DAY_BYTES});
}

/* Positive, unlike the prices of calls and messages. */
static void price(struct json_out *o, const struct used *u)
{
    char text[32];

    snprintf(text, sizeof text, "%lld.%04lld", (long long)(u->price / PRICE_UNIT),
             (long long)(u->price % PRICE_UNIT));
    json_out_text(o, "price", span_of(text));
    json_out_text(o, "price_unit", SPAN("usd"));
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct record *r = row;
    const struct category *c = r->category;
    const struct used u = measure(a, r);
    char as_of[TIMESTAMP_SIZE];

    timestamp_render_seconds(sim_world_now(a->world), as_of);
    as_of[strlen(as_of) - 1] = 0;
    json_out_object(o, key);
    json_out_text(o, "category", span_of(c->name));
    json_out_text(o, "description", span_of(c->words));
    json_out_text(o, "account_sid", span_of(a->account->sid));
    day(o, "start_date", r->from);
    day(o, "end_date", r->to - 1);
    json_out_text(o, "as_of", span_of(arena_printf(a->arena, "%s+00:00", as_of)));
    sim_write_number(o, "count", u.count);
    json_out_text(o, "count_unit", span_of(c->count_unit));
    sim_write_number(o, "usage", u.usage);
    json_out_text(o, "usage_unit", span_of(c->usage_unit));
    price(o, &u);
    json_out_text(o, "api_version", SPAN("2010-04-01"));
    json_out_text(o, "uri",
                  span_of(arena_printf(a->arena, "/2010-04-01/Accounts/%s%s.json?Category=%s",
                                       a->account->sid, a->route->path, c->name)));
    json_out_object(o, "subresource_uris");
    json_out_end_object(o);
    json_out_end_object(o);
}

static const struct sim_api_kind kind = {
    .name = "Usage",
    .key = "usage_records",
    .element = "UsageRecord",
    .count = count,
    .at = at,
    .is_here = is_here,
    .is_met = is_met,
    .sid = name_of,
    .shape = shape,
};

/* clang-format off */
#define ROW(TAIL, WHAT)                                                                           \
    {SIM_API_CORE, "GET", "/Usage/Records" TAIL, sim_list_answer, &kind, NULL, 0, WHAT}

const struct sim_api_route sim_usage_routes[] = {
    ROW("", "what was used, by category"),
    ROW("/AllTime", "the same"),
    ROW("/Today", "since midnight, UTC"),
    ROW("/Yesterday", "the day before"),
    ROW("/ThisMonth", "since the month began"),
    ROW("/LastMonth", "the month before"),
    ROW("/Daily", "each day, the newest hundred"),
    ROW("/Monthly", "each month"),
    ROW("/Yearly", "each year"),
    {.path = NULL},
};
/* clang-format on */
