#include "simhook/sim_jars.h"

#include <stdlib.h>
#include <string.h>

static const int64_t quiet_ms = INT64_C(4) * 3600 * 1000;

struct sim_jars_row {
    struct sim_jars_row *next; /* used before */
    struct sim_jar jar;
    unsigned users;
    int64_t used_ms;
    struct span from, to; /* in what follows the row */
};

static struct sim_jars_row *cut_out(struct sim_jars *jars, struct sim_jars_row **at)
{
    struct sim_jars_row *row = *at;

    *at = row->next;
    jars->count--;
    return row;
}

static void drop(struct sim_jars *jars, struct sim_jars_row **at)
{
    struct sim_jars_row *row = cut_out(jars, at);

    sim_jar_done(&row->jar);
    free(row);
}

void sim_jars_done(struct sim_jars *jars)
{
    while (jars->first)
        drop(jars, &jars->first);
}

static void put_first(struct sim_jars *jars, struct sim_jars_row *row)
{
    row->next = jars->first;
    jars->first = row;
    jars->count++;
}

static struct sim_jars_row *row_new(struct span from, struct span to)
{
    struct sim_jars_row *row = arena_must_alloc(sizeof *row + from.size + to.size);
    char *bytes = (char *)(row + 1);

    if (from.size)
        memcpy(bytes, from.data, from.size);
    if (to.size)
        memcpy(bytes + from.size, to.data, to.size);
    row->from = (struct span){bytes, from.size};
    row->to = (struct span){bytes + from.size, to.size};
    return row;
}

/* The one that nobody has used for the longest time; NULL when all are in use. */
static struct sim_jars_row **oldest(struct sim_jars *jars)
{
    struct sim_jars_row **found = NULL;

    for (struct sim_jars_row **at = &jars->first; *at; at = &(*at)->next)
        if (!(*at)->users)
            found = at;
    return found;
}

struct sim_jar *sim_jars_open(struct sim_jars *jars, struct span from, struct span to,
                              int64_t now_ms)
{
    struct sim_jars_row **at = &jars->first, *row;

    while (*at && !(span_is((*at)->from, from) && span_is((*at)->to, to)))
        at = &(*at)->next;
    if (*at) {
        row = cut_out(jars, at);
        if (!row->users && now_ms - row->used_ms > quiet_ms)
            sim_jar_done(&row->jar);
    } else {
        struct sim_jars_row **old = jars->count < SIM_JARS_MAX ? NULL : oldest(jars);
        if (old)
            drop(jars, old);
        if (jars->count == SIM_JARS_MAX)
            return NULL;
        row = row_new(from, to);
    }
    put_first(jars, row);
    row->users++;
    row->used_ms = now_ms;
    return &row->jar;
}

void sim_jars_release(struct sim_jars *jars, struct sim_jar *jar, int64_t now_ms)
{
    struct sim_jars_row **at = &jars->first;

    while (*at && &(*at)->jar != jar)
        at = &(*at)->next;
    if (!*at)
        return;
    (*at)->users--;
    (*at)->used_ms = now_ms;
    if (!(*at)->users && !(*at)->jar.count && !(*at)->jar.login)
        drop(jars, at);
}
