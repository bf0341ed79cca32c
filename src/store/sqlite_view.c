#include "store/sqlite_view.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

enum { CELLS = 40 };

/* How one view is asked; a condition that is NULL is a filter the view does not know. */
struct spec {
    const char *columns, *from;
    const char *id; /* the key that orders it */
    bool ascends, needs_thread;
    const char *thread, *job, *sid, *whose;
    const char *state, *rare_state; /* `rare_state` for the states in `rare`: few, and indexed */
    const char *rare[6];
};

/* What is stored as null where there is none is null in a cell too. */
/* clang-format off */
#define NAME_OF(table, number)                                                              \
    " (SELECT name FROM parties WHERE parties.tenant = " table ".tenant"                    \
    " AND parties.number = " number ") AS customer_name"
static const struct spec specs[VIEWS] = {
    [VIEW_THREADS] = {
        .columns = "id, line, customer_phone, owner, job_id, iif(is_closed, 'closed', 'open')"
                   " AS state, is_closed, relay_id, opened_at, last_at, closed_text_at," NAME_OF("thread", "customer_phone"),
        .from = "thread", .id = "id", .thread = "id = ?3",
        .state = "is_closed = (?5 = 'closed') AND ?5 IN ('open', 'closed')",
        .job = "id IN (SELECT thread_id FROM message WHERE tenant = ?1 AND job_id = ?6"
               " UNION SELECT thread_id FROM cascade WHERE tenant = ?1 AND job_id = ?6)"},
    [VIEW_RELAYS] = {
        .columns = "id, thread_id, kind, state, step, customer_phone, message_id, cascade_id,"
                   " body, plan, raised_at, due_at, forwarded_to_primary_at, primary_ack_at,"
                   " forwarded_to_backup_at, acked_at, acked_by, final_status,"
                   NAME_OF("relay", "customer_phone"),
        .from = "relay", .id = "id", .thread = "thread_id = ?3", .state = "state = ?5",
        .rare_state = "state IN ('idle', 'open') AND state = ?5", .rare = {"idle", "open"},
        .job = "id IN (SELECT relay_id FROM message WHERE tenant = ?1 AND job_id = ?6"
               " UNION SELECT relay_id FROM cascade WHERE tenant = ?1 AND job_id = ?6)"},
    [VIEW_CALLS] = {
        .columns = "id, thread_id, call_sid, line, caller AS customer_phone, job_id, state,"
                   " outcome, attempt, ring_s, plan, started_at, due_at, accepted_at, ended_at,"
                   " accepted_by, leg_sid, recording, recording_s, transcript, relay_id,"
                   NAME_OF("cascade", "caller"),
        .from = "cascade", .id = "id", .thread = "thread_id = ?3", .state = "state = ?5",
        .rare_state = "state <> 'over' AND state = ?5",
        .rare = {"ringing", "accepted", "voicemail", "closed", "asked", "menu"},
        .job = "job_id = ?6", .sid = "call_sid = ?7"},
    [VIEW_CALL_EVENTS] = {
        .columns = "id, cascade_id, created_at, call_sid, kind, line, caller, operator, attempt,"
                   " detail",
        .from = "twilio_call_events", .id = "id",
        .thread = "cascade_id IN (SELECT id FROM cascade WHERE tenant = ?1 AND thread_id = ?3)",
        .job = "cascade_id IN (SELECT id FROM cascade WHERE tenant = ?1 AND job_id = ?6)",
        .sid = "cascade_id IN (SELECT id FROM cascade WHERE tenant = ?1 AND call_sid = ?7)"},
    [VIEW_MESSAGES] = {
        .columns = "id, thread_id, relay_id, cascade_id, direction, origin, kind, delivery,"
                   " error_code, sid, sender, recipient, customer_phone, operator, job_id, body,"
                   " media, created_at, is_late, is_duplicate," NAME_OF("message", "customer_phone"),
        .from = "message", .id = "id", .thread = "thread_id = ?3", .state = "delivery = ?5",
        .rare_state = "delivery = 'unsure' AND delivery = ?5", .rare = {"unsure"},
        .job = "job_id = ?6",
        .sid = "id IN (SELECT event_id FROM claim WHERE tenant = ?1 AND key = 'm:' || ?7 UNION"
               " SELECT id FROM message WHERE tenant = ?1 AND sid = ?7 AND direction = 'out')"
               " AND sid = ?7"},
    [VIEW_EVENTS] = {
        .columns = "id, kind, created_at, thread_id, subject_id, operator, detail, is_alarm",
        .from = "event", .id = "id", .thread = "thread_id = ?3"},
    [VIEW_EVENTS_AFTER] = {
        .columns = "id, kind, created_at, thread_id, subject_id, operator, detail, is_alarm",
        .from = "event", .id = "id", .ascends = true, .thread = "thread_id = ?3"},
    [VIEW_THREAD_LOG] = {
        .columns = "id, kind, created_at, thread_id, subject_id, operator, detail, is_alarm",
        .from = "event", .id = "id", .ascends = true, .needs_thread = true,
        .thread = "thread_id = ?3"},
    [VIEW_OUTBOX] = {
        .columns = "id, kind, class, state, sender, recipient, body, cascade_id, due_at,"
                   " expires_at, fence, attempt, unsure_at, is_again",
        .from = "outbox", .id = "id", .state = "state = ?5"},
    [VIEW_TIMERS] = {
        .columns = "subject_id, kind, due_at",
        .from = "timer", .id = "subject_id", .state = "kind = ?5"},
    [VIEW_TOKENS] = {
        .columns = "id, role, name, created_at, revoked_at, used_at",
        .from = "token", .id = "id",
        .state = "iif(revoked_at IS NULL, 'valid', 'revoked') = ?5"},
    [VIEW_ROSTERS] = {
        .columns = "version, is_good, lower(hex(digest)) AS digest, length(document) AS size,"
                   " mistakes, created_at",
        .from = "roster_version", .id = "version",
        .state = "iif(is_good, 'good', 'refused') = ?5"},
    /* These have no id: their place among the tenant's rows, which are few, is the cursor. */
    [VIEW_DUTIES] = {
        .columns = "place, operator, state, since_at, until_at, wrong_tags, wrong_at, locked_at",
        .from = "(SELECT *, row_number() OVER (ORDER BY operator) AS place FROM duty"
                " WHERE tenant = ?1)",
        .id = "place", .ascends = true, .state = "state = ?5"},
    [VIEW_CONSENTS] = {
        .columns = "place, line, person, is_out, changed_at",
        .from = "(SELECT *, row_number() OVER (ORDER BY changed_at, line, person) AS place"
                " FROM consent WHERE tenant = ?1)",
        .id = "place", .state = "iif(is_out, 'out', 'in') = ?5"},
    [VIEW_JOBS] = {
        .columns = "id, job_id, state, priority, exception, title, notes, address, customer_phone,"
                   " customer_name, language, operator, line, crew, stakeholders, claimed_by,"
                   " handed_by, handed_to, handed_at, claim_seconds, progress_seconds, created_at,"
                   " created_by, assigned_at, claimed_at, started_at, completed_at, cancelled_at,"
                   " changed_at, due_at, version, thread_id",
        .from = "job", .id = "id", .job = "job_id = ?6", .sid = "customer_phone = ?7",
        .whose = "operator = ?9", .state = "state = ?5",
        .rare_state = "state IN ('pending', 'assigned', 'in-progress') AND state = ?5",
        .rare = {"pending", "assigned", "in-progress"}},
    /* One list of three kinds of rows; its ids come from one clock, so they are in order. */
    [VIEW_JOB_LOG] = {
        .columns = "id, kind, created_at, operator, detail, is_alarm, recipient, delivery,"
                   " error_code, body",
        .from = "(SELECT tenant, id, kind, created_at, operator, detail, is_alarm,"
                " NULL AS recipient, NULL AS delivery, NULL AS error_code, NULL AS body"
                " FROM event WHERE tenant = ?1 AND kind >= 'job.' AND kind < 'job/'"
                " AND subject_id = ?3"
                " UNION ALL SELECT tenant, id, 'text.' || kind, created_at, operator, origin, 0,"
                " recipient, delivery, error_code, body"
                " FROM message WHERE tenant = ?1 AND job_id = ?6"
                " UNION ALL SELECT tenant, id, 'call.' || state, started_at, accepted_by, outcome,"
                " 0, NULL, NULL, NULL, NULL FROM cascade WHERE tenant = ?1 AND job_id = ?6)",
        .id = "id", .ascends = true, .thread = "?3 IS NOT NULL", .job = "?6 IS NOT NULL"},
};
/* clang-format on */

static bool is_rare(const struct spec *spec, struct span state)
{
    for (size_t i = 0; i < sizeof spec->rare / sizeof spec->rare[0]; i++)
        if (spec->rare[i] && span_is_text(state, spec->rare[i]))
            return true;
    return false;
}

struct condition {
    bool is_asked;
    const char *text;
};

bool sqlite_view_render(enum view view, const struct view_filter *filter,
                        char out[SQLITE_VIEW_SIZE])
{
    const struct spec *s = &specs[view];
    const struct condition conditions[] = {
        {filter->thread != 0 || s->needs_thread, s->thread},
        {filter->state.size != 0, is_rare(s, filter->state) ? s->rare_state : s->state},
        {filter->job.size != 0, s->job},
        {filter->sid.size != 0, s->sid},
        {filter->operator_id.size != 0, s->whose},
    };
    size_t size = (size_t)snprintf(out, SQLITE_VIEW_SIZE, "SELECT %s FROM %s WHERE tenant = ?1",
                                   s->columns, s->from);

    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
        if (!conditions[i].is_asked)
            continue;
        if (!conditions[i].text)
            return false;
        size +=
            (size_t)snprintf(out + size, SQLITE_VIEW_SIZE - size, " AND %s", conditions[i].text);
    }
    if (filter->id)
        size += (size_t)snprintf(out + size, SQLITE_VIEW_SIZE - size, " AND %s = ?2", s->id);
    if (filter->after)
        size += (size_t)snprintf(out + size, SQLITE_VIEW_SIZE - size, " AND %s %c ?4", s->id,
                                 s->ascends ? '>' : '<');
    size += (size_t)snprintf(out + size, SQLITE_VIEW_SIZE - size, " ORDER BY %s%s LIMIT ?8", s->id,
                             s->ascends ? "" : " DESC");
    CHECK(size < SQLITE_VIEW_SIZE);
    return true;
}

static void give_row(struct sql_query *q, view_row_fn *fn, void *ctx)
{
    struct view_cell cells[CELLS];
    const int count = sql_columns(q);

    CHECK(count <= CELLS);
    for (int i = 0; i < count; i++) {
        struct view_cell cell = {.name = sql_column_name(q, i), .type = VIEW_NULL};
        switch (sql_column_type(q, i)) {
        case SQL_NULL:
            (void)sql_get(q);
            break;
        case SQL_NUMBER:
            cell.type = VIEW_NUMBER;
            cell.number = sql_get(q);
            break;
        case SQL_TEXT:
            cell.type = VIEW_TEXT;
            cell.text = sql_get_span(q);
            break;
        }
        cells[i] = cell;
    }
    fn(ctx, cells, (size_t)count);
}

void sqlite_view(struct sql *sql, enum view view, const struct view_filter *filter, view_row_fn *fn,
                 void *ctx)
{
    char text[SQLITE_VIEW_SIZE];

    CHECK(filter->limit >= 1 && filter->limit <= 1000);
    if (!sqlite_view_render(view, filter, text)) {
        sql_fail(sql, ERR_BAD_INPUT, "this list cannot be filtered so");
        return;
    }
    struct sql_query *q = sql_prepare(sql, text);
    sql_put(q, filter->tenant);
    sql_put(q, filter->id);
    sql_put(q, filter->thread);
    sql_put(q, filter->after);
    sql_put_span(q, filter->state);
    sql_put_span(q, filter->job);
    sql_put_span(q, filter->sid);
    sql_put(q, filter->limit);
    if (filter->operator_id.size)
        sql_put_span(q, filter->operator_id);
    while (sql_next(q))
        give_row(q, fn, ctx);
    sql_drop(&q);
}
