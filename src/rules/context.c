#include "rules/context.h"

#include <string.h>

#include "rules/party.h"

void context_set(char *field, size_t size, struct span text)
{
    size_t n = text.size < size ? text.size : size - 1;

    while (n > 0 && n < text.size && ((unsigned char)text.data[n] & 0xc0) == 0x80)
        n--; /* not within a character */
    if (n)
        memcpy(field, text.data, n);
    field[n] = 0;
}

static struct event_row *log_row(const struct context *c, const char *kind, int64_t thread,
                                 int64_t subject, const char *operator_id, const char *detail)
{
    struct event_row row = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = c->event->tenant,
        .kind = kind,
        .at_ms = c->facts->now_ms,
        .thread = thread,
        .subject = subject,
        .detail = arena_copy(c->facts->arena, span_of(detail)),
    };

    CONTEXT_SET(row.operator_id, span_of(operator_id));
    return facts_log(c->facts, &row);
}

void context_log(const struct context *c, const char *kind, int64_t thread, int64_t subject,
                 const char *operator_id, const char *detail)
{
    log_row(c, kind, thread, subject, operator_id, detail);
}

void context_alarm(const struct context *c, const char *kind, int64_t thread, int64_t subject,
                   const char *detail)
{
    log_row(c, kind, thread, subject, NULL, detail)->alarm = true;
}

int context_operator(const struct context *c, const char *operator_id)
{
    return c->roster ? roster_operator_by_id(c->roster, span_of(operator_id)) : -1;
}

const struct duties *context_duties(const struct context *c)
{
    return facts_duties(c->facts, c->event->tenant);
}

struct span context_job_operator(const struct context *c, struct span job)
{
    const struct job *row = job.size ? facts_job(c->facts, c->event->tenant, job) : NULL;

    return row ? span_of(row->operator_id) : (struct span){0};
}

const int64_t *context_burdens(const struct context *c, struct span job)
{
    const struct job_route *route = job.size ? roster_job_route(c->roster, job) : NULL;

    if (!route || route->operator_count < 2)
        return NULL;
    int64_t *burdens = ARENA_NEW_N(c->facts->arena, int64_t, route->operator_count);
    for (int i = 0; i < route->operator_count; i++)
        burdens[i] = facts_burden(c->facts, c->event->tenant,
                                  span_of(c->roster->operators[route->operators[i]].id));
    return burdens;
}

/* Asked by a page or a program: `by` is a name then. */
static bool has_name(const struct context *c)
{
    const enum event_kind kind = c->event->kind;
    const bool is_asked = kind == EVENT_ACK || kind == EVENT_REPLY || kind == EVENT_CALL_BACK ||
                          kind == EVENT_PASS || kind == EVENT_CLOSE || kind == EVENT_REOPEN ||
                          kind == EVENT_DUTY;

    return is_asked && c->event->by.size > 0;
}

struct span context_office(const struct context *c)
{
    if (!has_name(c))
        return SPAN("the office");
    return span_of(arena_printf(c->facts->arena, "the office (%.*s)", SPAN_ARG(c->event->by)));
}

const char *context_by(const struct context *c)
{
    if (!has_name(c))
        return "";
    return arena_printf(c->facts->arena, "by %.*s, %s", SPAN_ARG(c->event->by),
                        c->event->origin == ORIGIN_DASHBOARD ? "on the board" : "by the API");
}

const char *context_name(const struct context *c, const char *operator_id)
{
    const int i = context_operator(c, operator_id);

    return i >= 0 ? c->roster->operators[i].name : operator_id;
}

/* Nothing is lost by a name that nobody knows: it goes the way of its line, and that is said. */
static void note_unknown_job(const struct context *c, int64_t thread, struct span job)
{
    const bool asked = c->event->kind == EVENT_TEXT || c->event->kind == EVENT_CALL;

    if (!asked || !span_is(job, c->event->job) || roster_job_route(c->roster, job) ||
        facts_job(c->facts, c->event->tenant, job))
        return;
    context_log(c, "job.unknown", thread, 0, NULL,
                arena_printf(c->facts->arena, "job %.*s: routed by the line", SPAN_ARG(job)));
}

struct thread *context_thread(const struct context *c, struct thread *known, struct span line,
                              struct span party, struct span job)
{
    struct thread *t = known;

    if (!t) {
        struct thread fresh = {
            .id = id_next(c->facts->ids, c->facts->now_ms),
            .tenant = c->event->tenant,
            .opened_ms = c->facts->now_ms,
        };
        CONTEXT_SET(fresh.line, line);
        CONTEXT_SET(fresh.customer, party_key(party));
        t = facts_add_thread(c->facts, &fresh);
    }
    if (job.size) {
        note_unknown_job(c, t->id, job);
        CONTEXT_SET(t->job, job);
    }
    t->last_ms = c->facts->now_ms;
    t->closed = false;
    facts_touch(c->facts, FACT_THREAD, t);
    return t;
}
