#include "relay/consent.h"

#include <stddef.h>

static const struct word {
    const char *word;
    enum opt_out means;
} words[] = {
    {"stop", OPT_OUT_STOP},   {"stopall", OPT_OUT_STOP}, {"unsubscribe", OPT_OUT_STOP},
    {"cancel", OPT_OUT_STOP}, {"end", OPT_OUT_STOP},     {"quit", OPT_OUT_STOP},
    {"optout", OPT_OUT_STOP}, {"revoke", OPT_OUT_STOP},  {"start", OPT_OUT_START},
    {"yes", OPT_OUT_START},   {"unstop", OPT_OUT_START}, {"help", OPT_OUT_HELP},
    {"info", OPT_OUT_HELP},
};

enum opt_out consent_read(const struct event *e)
{
    const struct span text = span_trim(e->body);

    if (e->opt_out != OPT_OUT_NONE)
        return e->opt_out;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (span_is_nocase(text, span_of(words[i].word)))
            return words[i].means;
    return OPT_OUT_NONE;
}

void consent_gather(const struct context *c, struct span line, struct span person)
{
    (void)facts_consent(c->facts, c->event->tenant, line, person);
}

static struct consent *row_of(const struct context *c, struct span line, struct span person,
                              bool is_out)
{
    struct consent *row = facts_consent(c->facts, c->event->tenant, line, person);

    if (row || !is_out) /* nobody has to be told that he may be texted */
        return row;
    struct consent fresh = {.tenant = c->event->tenant};
    CONTEXT_SET(fresh.line, line);
    CONTEXT_SET(fresh.person, person);
    return facts_add_consent(c->facts, &fresh);
}

void consent_put(const struct context *c, struct span line, struct span person, bool is_out,
                 const char *operator_id)
{
    const struct event *e = c->event;
    const int64_t said_ms = e->late && e->at_ms ? e->at_ms : c->facts->now_ms;
    struct consent *row = row_of(c, line, person, is_out);

    if (!row || row->is_out == is_out || said_ms < row->at_ms)
        return; /* known, or found late and taken back since */
    row->is_out = is_out;
    row->at_ms = said_ms;
    facts_touch(c->facts, FACT_CONSENT, row);
    if (is_out && operator_id)
        context_alarm(c, "operator.opted-out", 0, c->event->id, operator_id);
    else
        context_log(c, is_out ? "consent.out" : "consent.in", 0, c->event->id, operator_id, "");
}
