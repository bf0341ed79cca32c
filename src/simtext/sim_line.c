#include "simtext/sim_line.h"

#include <string.h>

enum {
    LONG_CODE_RATE = 1,
    TOLL_FREE_RATE = 3,
    SHORT_CODE_RATE = 100,
    ALPHA_RATE = 10,
    QUEUE_S = 36000, /* ten hours of traffic */
    MS_US = 1000,
    SECOND_US = 1000000,
};

bool sim_line_is_toll_free(const char *number)
{
    static const char *const areas[] = {"800", "833", "844", "855", "866", "877", "888"};

    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++)
        if (!strncmp(number, "+1", 2) && !strncmp(number + 2, areas[i], 3))
            return true;
    return false;
}

static bool is_short(const char *number)
{
    return number[0] != '+';
}

static int64_t usual_rate(const struct sim_number *n)
{
    if (!n)
        return ALPHA_RATE;
    if (is_short(n->phone_number))
        return SHORT_CODE_RATE;
    return sim_line_is_toll_free(n->phone_number) ? TOLL_FREE_RATE : LONG_CODE_RATE;
}

struct sim_line_pace sim_line_pace(const struct sim_account *account, const struct sim_number *n)
{
    struct sim_line_pace p = {0, 0};

    if (n && n->segments_per_second)
        p.rate = n->segments_per_second;
    else if (account->usual_text_rates)
        p.rate = usual_rate(n);
    p.room = n && n->queue_segments ? n->queue_segments : p.rate * QUEUE_S;
    return p;
}

bool sim_line_has_room(const struct sim_line *line, const struct sim_line_pace *pace,
                       int64_t segments)
{
    return !pace->rate || line->waiting + segments <= pace->room;
}

static void pump(void *ctx);

static void expire(void *ctx)
{
    struct sim_text *t = ctx;
    const struct sim_line_ends *ends = t->line->ends;

    t->timer = 0;
    sim_line_leave(t);
    ends->expires(t);
}

static int64_t now_us(const struct sim_line *line)
{
    return sim_world_now(line->world) * MS_US;
}

static void plan(struct sim_line *line)
{
    if (line->first && !line->timer)
        line->timer =
            sim_agenda_add(line->world->agenda, (line->free_us + MS_US - 1) / MS_US, pump, line);
}

/* How long a text keeps the line; not at all once a setup has lifted the rate. */
static int64_t lasts_us(const struct sim_line *line, const struct sim_text *t)
{
    return line->rate ? (int64_t)t->segments * SECOND_US / line->rate : 0;
}

/* Those whose turn has come go; the next one waits for its own. */
static void pump(void *ctx)
{
    struct sim_line *line = ctx;

    line->timer = 0;
    while (line->first && line->free_us <= now_us(line)) {
        struct sim_text *t = line->first;
        sim_line_leave(t);
        line->free_us = now_us(line) + lasts_us(line, t);
        line->ends->goes(t);
    }
    plan(line);
}

void sim_line_enter(struct sim_line *line, const struct sim_line_pace *pace, struct sim_text *t,
                    const struct sim_line_ends *ends)
{
    line->world = t->world;
    line->rate = pace->rate;
    line->ends = ends;
    if (!pace->rate) {
        ends->goes(t);
        return;
    }
    t->line = line;
    t->behind = NULL;
    if (line->last)
        line->last->behind = t;
    else
        line->first = t;
    line->last = t;
    line->waiting += t->segments;
    t->timer = sim_agenda_add(t->world->agenda, sim_world_now(t->world) + t->valid_ms, expire, t);
    if (!line->timer)
        pump(line);
}

void sim_line_leave(struct sim_text *t)
{
    struct sim_line *line = t->line;

    if (!line)
        return;
    sim_agenda_cancel(t->world->agenda, &t->timer);
    struct sim_text *before = NULL;
    for (struct sim_text *at = line->first; at && at != t; at = at->behind)
        before = at;
    if (before)
        before->behind = t->behind;
    else
        line->first = t->behind;
    if (line->last == t)
        line->last = before;
    line->waiting -= t->segments;
    t->line = NULL;
    t->behind = NULL;
}
