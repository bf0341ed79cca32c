#include "relay/known.h"

#include <string.h>

#include "rules/party.h"

enum {
    UNDER_WAY_MS = 3600 * 1000, /* an answer that has not come by then was lost */
};
static const int64_t told_again_ms = INT64_C(24) * 3600 * 1000; /* one word a day is noted */

static bool is_kept(const struct context *c, struct span party)
{
    return c->roster && party_is_number(party) && roster_operator_by_phone(c->roster, party) < 0 &&
           !roster_line(c->roster, party);
}

void known_gather(const struct context *c, struct span party)
{
    if (is_kept(c, party))
        (void)facts_party(c->facts, c->event->tenant, party);
}

static const struct party *seen(const struct context *c, const char *number)
{
    return facts_party_seen(c->facts, c->event->tenant, span_of(number));
}

struct span known_name(const struct context *c, const char *number)
{
    const struct party *p = seen(c, number);

    return p ? span_of(p->name) : (struct span){0};
}

static const struct job *crew_job(const struct context *c, const char *number, const char *job)
{
    const struct job *row =
        job[0] ? facts_job_seen(c->facts, c->event->tenant, span_of(job)) : NULL;

    return row && job_crew_find(row, span_of(number)) >= 0 ? row : NULL;
}

bool known_is_crew(const struct context *c, const char *number, const char *job)
{
    return crew_job(c, number, job) != NULL;
}

struct span known_name_at(const struct context *c, const char *number, const char *job)
{
    const struct job *row = crew_job(c, number, job);
    const int i = row ? job_crew_find(row, span_of(number)) : -1;

    return i >= 0 && row->crew[i].name[0] ? span_of(row->crew[i].name) : known_name(c, number);
}

bool known_is_landline(const struct context *c, const char *number)
{
    const struct party *p = seen(c, number);

    return p && p->line_type == LINE_TYPE_LANDLINE;
}

/* Its row, made when there is none; gathered. */
static struct party *row_of(const struct context *c, struct span number)
{
    struct party *p = facts_party(c->facts, c->event->tenant, number);

    if (!p) {
        struct party fresh = {.tenant = c->event->tenant};
        CONTEXT_SET(fresh.number, number);
        p = facts_add_party(c->facts, &fresh);
    }
    facts_touch(c->facts, FACT_PARTY, p);
    return p;
}

static bool is_old(const struct context *c, int64_t since_ms)
{
    return c->facts->now_ms - since_ms >= KNOWN_FOR_MS;
}

void known_ask(const struct context *c, struct span party)
{
    if (!is_kept(c, party))
        return;
    const struct party *p = facts_party(c->facts, c->event->tenant, party);
    const bool name = c->roster->looks_up_names && (!p || is_old(c, p->name_ms));
    const bool line_type = c->roster->looks_up_line_types && (!p || is_old(c, p->line_type_ms));

    if (!(name || line_type) || (p && c->facts->now_ms < p->again_ms))
        return;
    struct party *row = row_of(c, party);
    row->ask_name = name;
    row->ask_line_type = line_type;
    row->again_ms = c->facts->now_ms + UNDER_WAY_MS;
}

static void note_name(const struct context *c, struct party *p, struct span name)
{
    CONTEXT_SET(p->name, name);
    p->name_ms = c->facts->now_ms;
}

void known_told(const struct context *c, struct span party)
{
    const struct span name = c->event->name;

    if (!is_kept(c, party))
        return;
    const struct party *p = facts_party(c->facts, c->event->tenant, party);
    if (name.size &&
        (!p || !span_is_text(name, p->name) || c->facts->now_ms - p->name_ms >= told_again_ms))
        note_name(c, row_of(c, party), name);
}

static void note_line_type(const struct context *c, struct party *p, enum line_type type)
{
    p->line_type = type;
    p->line_type_ms = c->facts->now_ms;
}

/* It takes texts, whatever was known. */
static void takes_texts(const struct context *c, struct span party)
{
    const struct party *p = facts_party(c->facts, c->event->tenant, party);

    if (p && p->line_type == LINE_TYPE_LANDLINE)
        note_line_type(c, row_of(c, party), LINE_TYPE_UNKNOWN);
}

void known_writes(const struct context *c, struct span party)
{
    if (is_kept(c, party))
        takes_texts(c, party);
}

void known_refused(const struct context *c, struct span party)
{
    if (!is_kept(c, party) || known_is_landline(c, arena_text(c->facts->arena, party)))
        return;
    note_line_type(c, row_of(c, party), LINE_TYPE_LANDLINE);
    context_log(c, "customer.landline", 0, c->event->id, NULL, "it refuses texts");
}

void known_delivered(const struct context *c, struct span party)
{
    if (is_kept(c, party))
        takes_texts(c, party);
}

enum err known_lookup(const struct context *c)
{
    const struct event *e = c->event;
    const int64_t now_ms = c->facts->now_ms;
    const struct party *known = facts_party(c->facts, e->tenant, e->from);

    if (c->facts->short_of)
        return ERR_BUSY;
    if (!known)
        return ERR_NONE; /* forgotten meanwhile */
    struct party *p = row_of(c, e->from);
    p->again_ms = e->failed ? now_ms + KNOWN_FAILED_MS : 0;
    if (e->asked_name && e->name.size)
        note_name(c, p, e->name);
    else if (e->asked_name)
        p->name_ms = now_ms; /* nobody knows it: what was known before stays */
    if (e->asked_line_type)
        note_line_type(c, p, e->line_type);
    return ERR_NONE;
}
