#include "sql/sql_view.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"

enum { CELLS = 40 };

/* How one view is asked; a condition that is NULL is a filter the view does not know. */
struct spec {
    const char *columns, *from;
    const char *id; /* the key that orders it */
    bool ascends, needs_thread;
    const char *at; /* what orders it before its id; NULL: nothing */
    const char *thread, *job, *sid, *whose, *line, *kind, *alarms, *match;
    const char *state, *rare_state; /* `rare_state` for the states in `rare`: few, and indexed */
    const char *rare[6];
    const char *group, *group_state; /* the name of several states together */
    const char *always;
};

/* What is stored as null where there is none is null in a cell too. */
/* clang-format off */
/* What the carrier knows, else what the latest job says. */
#define NAME_OF(table, number)                                                              \
    " coalesce((SELECT name FROM parties WHERE parties.tenant = " table ".tenant"             \
    " AND parties.number = " table "." number "), (SELECT job.customer_name FROM job"       \
    " WHERE job.tenant = " table ".tenant AND job.customer_phone = " table "." number       \
    " AND job.customer_name IS NOT NULL ORDER BY job.id DESC LIMIT 1)) AS customer_name"
/* What people say to one another, not what we tell operators about it. */
#define SAID_KINDS "('inbound', 'reply', 'customer', 'held_back', 'crew')"
/* Between two parts of one cell: api/row_out.h. */
#define NEXT " || '\037' || "
/* The last that was said, or the last call. */
#define LAST_OF_THREAD                                                                      \
    " (SELECT said FROM (SELECT * FROM (SELECT id, kind" NEXT "direction" NEXT "created_at" \
    NEXT "''" NEXT "substr(body, 1, 120) AS said FROM message"                              \
    " WHERE message.tenant = thread.tenant AND thread_id = thread.id AND kind IN " SAID_KINDS \
    " ORDER BY id DESC LIMIT 1) AS few_texts UNION ALL SELECT * FROM (SELECT id, 'call'" NEXT "'in'" \
    NEXT "started_at" NEXT "CASE WHEN outcome = '' THEN state ELSE outcome END" NEXT        \
    "coalesce(substr(transcript, 1, 120), '') FROM cascade"                                 \
    " WHERE cascade.tenant = thread.tenant AND thread_id = thread.id"                       \
    " ORDER BY id DESC LIMIT 1) AS few_calls) AS few ORDER BY id DESC LIMIT 1) AS last"
#define THREAD_COLUMNS                                                                      \
    "id, line, customer_phone, owner, job_id,"                                              \
    " CASE WHEN is_closed = 1 THEN 'closed' ELSE 'open' END AS state,"                      \
    " is_closed, relay_id, (SELECT state FROM relay WHERE relay.tenant = thread.tenant"     \
    " AND relay.id = thread.relay_id) AS relay_state, (SELECT due_at FROM relay"            \
    " WHERE relay.tenant = thread.tenant AND relay.id = thread.relay_id) AS due_at,"        \
    " opened_at, last_at, closed_text_at," NAME_OF("thread", "customer_phone") "," LAST_OF_THREAD
#define THREAD_OF(table, column)                                                            \
    " (SELECT " column " FROM thread WHERE thread.tenant = " table ".tenant"                \
    " AND thread.id = " table ".thread_id) AS " column
/* Words that are looked for, large and small letters alike. */
#define HAS(column) "lower(" column ") LIKE lower(?15) ESCAPE '\\'"
/* As their index has it. */
#define STILL_WAITS "(state = 'idle' OR state = 'open' OR state = 'exhausted')"
/* Its chain has ended, and no later one of its thread has taken its place. */
#define UNANSWERED                                                                          \
    STILL_WAITS " AND state = 'exhausted' AND EXISTS (SELECT 1 FROM thread"                 \
    " WHERE thread.tenant = relay.tenant AND thread.id = relay.thread_id"                   \
    " AND thread.relay_id = relay.id)"
/* Events that are a line of a thread's own: the others stand beside what they tell of. */
#define TOLD_KINDS                                                                          \
    "('relay.forwarded', 'relay.lapsed', 'relay.passed-on', 'relay.acknowledged',"          \
    " 'relay.exhausted', 'relay.nobody-on-duty', 'relay.flood', 'relay.read-out',"          \
    " 'relay.not-read-out', 'thread.closed', 'thread.reopened', 'text.failed', 'text.reply-lost'," \
    " 'text.given-up', 'text.flood', 'text.over-budget', 'consent.in', 'consent.out'," \
    " 'call-back.asked', 'call-back.connected', 'call-back.not-connected', 'call-back.ended'," \
    " 'job.unknown', 'question.unanswered')"
/* The first, or the next one, of what has something queued. */
#define FIRST_OF(column, those) "(SELECT min(" column ") FROM outbox WHERE state = 'queued' AND " those ")"
/* The row that is due first of a class of a sender's. */
#define OF_QUEUE                                                                            \
    " FROM outbox WHERE state = 'queued' AND outbox.tenant = s.tenant"                      \
    " AND outbox.sender = s.sender AND outbox.kind = k.kind AND outbox.class = c.class"     \
    " ORDER BY due_at, id LIMIT 1"
static const struct spec specs[VIEWS] = {
    [VIEW_THREADS] = {
        .columns = THREAD_COLUMNS,
        .whose = "owner = ?9", .line = "line = ?10",
        .from = "thread", .id = "id", .thread = "id = ?3",
        .state = "is_closed = CASE WHEN ?5 = 'closed' THEN 1 ELSE 0 END AND ?5 IN ('open', 'closed')",
        .job = "id IN (SELECT thread_id FROM message WHERE tenant = ?1 AND job_id = ?6"
               " UNION SELECT thread_id FROM cascade WHERE tenant = ?1 AND job_id = ?6)"},
    [VIEW_RELAYS] = {
        .columns = "id, thread_id, kind, state, step, customer_phone, message_id, cascade_id,"
                   " body, plan, raised_at, due_at, forwarded_to_primary_at, primary_ack_at,"
                   " forwarded_to_backup_at, acked_at, acked_by, final_status,"
                   NAME_OF("relay", "customer_phone") "," THREAD_OF("relay", "line") ","
                   THREAD_OF("relay", "job_id"),
        .from = "relay", .id = "id", .thread = "thread_id = ?3", .state = "state = ?5",
        .rare_state = "state IN ('idle', 'open') AND state = ?5", .rare = {"idle", "open"},
        /* A later one of its thread has taken the place of one that nobody answered. */
        .group = "waiting",
        .group_state = STILL_WAITS " AND EXISTS (SELECT 1 FROM thread"
                       " WHERE thread.tenant = relay.tenant AND thread.id = relay.thread_id"
                       " AND thread.relay_id = relay.id)",
        .whose = "acked_by = ?9",
        .line = "thread_id IN (SELECT id FROM thread WHERE tenant = ?1 AND line = ?10)",
        .job = "id IN (SELECT relay_id FROM message WHERE tenant = ?1 AND job_id = ?6"
               " UNION SELECT relay_id FROM cascade WHERE tenant = ?1 AND job_id = ?6)"},
    [VIEW_CALLS] = {
        .columns = "id, thread_id, call_sid, line, caller AS customer_phone, job_id, state,"
                   " outcome, attempt, ring_s, plan, started_at, rang_at, due_at, accepted_at, ended_at,"
                   " accepted_by, leg_sid, recording, recording_s, transcript, relay_id,"
                   NAME_OF("cascade", "caller"),
        .from = "cascade", .id = "id", .thread = "thread_id = ?3", .state = "state = ?5",
        .rare_state = "state <> 'over' AND state = ?5",
        .rare = {"ringing", "accepted", "voicemail", "closed", "asked", "menu"},
        .group = "live", .group_state = "state <> 'over'",
        .whose = "accepted_by = ?9", .line = "line = ?10",
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
        .whose = "operator = ?9", .kind = "kind = ?14",
        .line = "(sender = ?10 OR recipient = ?10)",
        .job = "job_id = ?6",
        .sid = "id IN (SELECT event_id FROM claim WHERE tenant = ?1 AND key = 'm:' || ?7 UNION"
               " SELECT id FROM message WHERE tenant = ?1 AND sid = ?7 AND direction = 'out')"
               " AND sid = ?7"},
    [VIEW_EVENTS] = {
        .columns = "id, kind, created_at, thread_id, subject_id, operator, detail, is_alarm",
        .from = "event", .id = "id", .thread = "thread_id = ?3", .whose = "operator = ?9",
        .kind = "(kind = ?14 OR (?14 LIKE '%.' AND substr(kind, 1, length(?14)) = ?14))",
        .alarms = "is_alarm = 1", .match = HAS("detail")},
    [VIEW_EVENTS_AFTER] = {
        .columns = "id, kind, created_at, thread_id, subject_id, operator, detail, is_alarm",
        .from = "event", .id = "id", .ascends = true, .thread = "thread_id = ?3",
        .whose = "operator = ?9",
        .kind = "(kind = ?14 OR (?14 LIKE '%.' AND substr(kind, 1, length(?14)) = ?14))",
        .alarms = "is_alarm = 1", .match = HAS("detail")},
    [VIEW_LOG] = {
        .columns = "id, kind, created_at, thread_id, subject_id, operator, detail, is_alarm, salt,"
                   " chain",
        .from = "event", .id = "id", .ascends = true},
    [VIEW_THREAD_LOG] = {
        .columns = "id, kind, created_at, thread_id, subject_id, operator, detail, is_alarm",
        .from = "event", .id = "id", .ascends = true, .needs_thread = true,
        .thread = "thread_id = ?3"},
    [VIEW_OUTBOX] = {
        /* As the message has it: what leaves may hold links and codes. */
        .columns = "id, kind, class, state, sender, recipient,"
                   " CASE WHEN kind = 'text' THEN (SELECT message.body FROM message WHERE"
                   " message.tenant = outbox.tenant AND message.id = outbox.id) ELSE body END"
                   " AS body, cascade_id, due_at,"
                   " expires_at, fence, attempt, unsure_at, is_again",
        .from = "outbox", .id = "id", .state = "state = ?5"},
    [VIEW_TIMERS] = {
        .columns = "subject_id, kind, due_at",
        .from = "timer", .id = "subject_id", .state = "kind = ?5"},
    [VIEW_TOKENS] = { /* with tenant 0 those of every tenant */
        .columns = "id, slug AS tenant, role, name, created_at, revoked_at, used_at",
        .from = "(SELECT ?1 AS tenant, id, role, name, created_at, revoked_at, used_at,"
                " (SELECT slug FROM tenant WHERE tenant.id = token.tenant) AS slug"
                " FROM token WHERE ?1 = 0 OR token.tenant = ?1) AS few",
        .id = "id",
        .state = "CASE WHEN revoked_at IS NULL THEN 'valid' ELSE 'revoked' END = ?5"},
    [VIEW_ROSTERS] = {
        .columns = "version, is_good, encode(digest, 'hex') AS digest, length(document) AS size,"
                   " mistakes, created_at, made_by, note",
        .from = "roster_version", .id = "version",
        .state = "CASE WHEN is_good = 1 THEN 'good' ELSE 'refused' END = ?5"},
    [VIEW_ROSTER_TEXT] = {
        .columns = "version, is_good, encode(digest, 'hex') AS digest, document, mistakes, created_at,"
                   " made_by, note",
        .from = "roster_version", .id = "version"},
    /* These have no id: their place among the tenant's rows, which are few, is the cursor. */
    [VIEW_DUTIES] = {
        .columns = "place, operator, state, since_at, until_at, wrong_tags, wrong_at, locked_at",
        .from = "(SELECT *, row_number() OVER (ORDER BY operator) AS place FROM duty"
                " WHERE tenant = ?1) AS few",
        .id = "place", .ascends = true, .state = "state = ?5"},
    [VIEW_CONSENTS] = {
        .columns = "place, line, person, is_out, changed_at",
        .from = "(SELECT *, row_number() OVER (ORDER BY changed_at, line, person) AS place"
                " FROM consent WHERE tenant = ?1) AS few",
        .id = "place", .state = "CASE WHEN is_out = 1 THEN 'out' ELSE 'in' END = ?5"},
    [VIEW_JOBS] = {
        .columns = "id, job_id, state, priority, exception, title, notes, address, customer_phone,"
                   " customer_name, language, operator, line, crew, stakeholders, claimed_by,"
                   " handed_by, handed_to, handed_at, claim_seconds, progress_seconds, created_at,"
                   " created_by, assigned_at, claimed_at, started_at, completed_at, cancelled_at,"
                   " changed_at, due_at, version, thread_id",
        .from = "job", .id = "id", .job = "job_id = ?6", .sid = "customer_phone = ?7",
        .whose = "operator = ?9", .state = "state = ?5",
        .rare_state = "state IN ('pending', 'assigned', 'in-progress') AND state = ?5",
        .rare = {"pending", "assigned", "in-progress"},
        .group = "active", .group_state = "state IN ('pending', 'assigned', 'in-progress')",
        .line = "line = ?10"},
    /* With tenant 0 those of every tenant. */
    [VIEW_USERS] = {
        .columns = "id, slug AS tenant, login, name, role, operator, is_disabled, is_set_up,"
                   " created_at, seen_at, disabled_at, nullif(setup_until, 1) AS setup_until_at, version",
        .from = "(SELECT ?1 AS tenant, id, login, name, role, operator, version,"
                " (SELECT slug FROM tenant WHERE tenant.id = u.tenant) AS slug,"
                " CASE WHEN disabled_at IS NULL THEN 0 ELSE 1 END AS is_disabled,"
                " CASE WHEN password IS NULL THEN 0 ELSE 1 END AS is_set_up,"
                " created_at, seen_at, disabled_at, setup_until"
                " FROM \"user\" AS u WHERE ?1 = 0 OR u.tenant = ?1) AS few",
        .id = "id",
        .state = "CASE WHEN is_disabled = 1 THEN 'disabled' ELSE 'active' END = ?5"},
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
                " 0, NULL, NULL, NULL, NULL FROM cascade WHERE tenant = ?1 AND job_id = ?6) AS line",
        .id = "id", .ascends = true, .thread = "1 = 1", .job = "1 = 1"},
    [VIEW_INBOX] = {
        .columns = THREAD_COLUMNS ", CASE WHEN ?15 <> '' THEN"
                   " (SELECT created_at" NEXT "substr(body, 1, 400) FROM message"
                   " WHERE message.tenant = thread.tenant AND thread_id = thread.id"
                   " AND kind IN " SAID_KINDS " AND " HAS("body")
                   " ORDER BY message.id DESC LIMIT 1) END AS found",
        .from = "thread", .id = "id", .at = "last_at", .whose = "owner = ?9", .line = "line = ?10",
        .state = "is_closed = CASE WHEN ?5 = 'closed' THEN 1 ELSE 0 END AND ?5 IN ('open', 'closed')",
        .group = "waiting",
        .group_state = "relay_id IN (SELECT id FROM relay WHERE tenant = ?1"
                       " AND " STILL_WAITS ")",
        .job = "id IN (SELECT thread_id FROM message WHERE tenant = ?1 AND job_id = ?6"
               " UNION SELECT thread_id FROM cascade WHERE tenant = ?1 AND job_id = ?6)",
        /* Of all that was ever said the latest part: a search must end. */
        .match = "id IN (SELECT id FROM thread WHERE tenant = ?1 AND ((?16 <> '' AND"
                 " customer_phone LIKE ?16) OR " HAS("job_id") " OR customer_phone IN"
                 " (SELECT number FROM parties WHERE tenant = ?1 AND " HAS("name")
                 " UNION SELECT customer_phone FROM job WHERE tenant = ?1"
                 " AND " HAS("customer_name") "))"
                 " UNION SELECT thread_id FROM (SELECT thread_id, kind, body FROM message"
                 " WHERE tenant = ?1 ORDER BY id DESC LIMIT 50000) AS few_said"
                 " WHERE kind IN " SAID_KINDS " AND " HAS("body")
                 " UNION SELECT thread_id FROM (SELECT thread_id, transcript FROM cascade"
                 " WHERE tenant = ?1 ORDER BY id DESC LIMIT 20000) AS few_spoken"
                 " WHERE " HAS("transcript") ")"},
    /* Its ids come from one clock too, and its parts are merged in their order, as long as their
     * columns are of one affinity. A reply is noted with who sent it from the board. */
    [VIEW_TIMELINE] = {
        .columns = "id, type, at, subject_id, CASE WHEN type = 'message' THEN (SELECT detail"
                   " FROM event WHERE event.tenant = ?1 AND thread_id = ?3 AND event.id > line.id"
                   " AND event.id < line.id + 3276800 AND kind = 'text.replied'"
                   " AND event.subject_id = line.id) END AS note",
        .from = "(SELECT tenant, id, 'message' AS type, created_at AS at,"
                " CAST(NULL AS BIGINT) AS subject_id"
                " FROM message WHERE tenant = ?1 AND thread_id = ?3 AND kind IN " SAID_KINDS
                " UNION ALL SELECT tenant, id, 'call', started_at, CAST(NULL AS BIGINT) FROM cascade"
                " WHERE tenant = ?1 AND thread_id = ?3"
                " UNION ALL SELECT tenant, id, 'event', created_at, subject_id FROM event"
                " WHERE tenant = ?1 AND thread_id = ?3 AND kind IN " TOLD_KINDS
                " UNION ALL SELECT tenant, id, 'job', created_at, subject_id FROM event"
                " WHERE tenant = ?1 AND kind >= 'job.' AND kind < 'job/' AND subject_id IN"
                " (SELECT id FROM job WHERE tenant = ?1 AND job_id IN"
                " (SELECT job_id FROM thread WHERE tenant = ?1 AND id = ?3"
                " UNION SELECT job_id FROM (SELECT job_id FROM message WHERE tenant = ?1"
                " AND thread_id = ?3 ORDER BY id DESC LIMIT 1000) AS few_said"
                " UNION SELECT job_id FROM (SELECT job_id FROM cascade WHERE tenant = ?1"
                " AND thread_id = ?3 ORDER BY id DESC LIMIT 100) AS few_called)))"
                " AS line",
        .id = "id", .needs_thread = true, .thread = "1 = 1"},
    [VIEW_DELIVERIES] = {
        .columns = "id, created_at, kind, origin, recipient, sender, customer_phone, operator,"
                   " delivery, error_code, is_duplicate, sid, thread_id, relay_id, cascade_id, job_id",
        .from = "message", .id = "id", .thread = "thread_id = ?3",
        .state = "delivery = ?5", .rare_state = "delivery = 'unsure' AND delivery = ?5",
        .rare = {"unsure"}, .group = "trouble",
        .group_state = "(delivery = 'unsure' OR delivery = 'undelivered' OR delivery = 'failed'"
                       " OR delivery = 'dropped')",
        .whose = "operator = ?9", .kind = "kind = ?14", .line = "sender = ?10",
        .job = "job_id = ?6", .always = "direction = 'out'"},
    [VIEW_COUNTS] = {
        .columns = "one, threads_open, relays_waiting, calls_live, jobs_active, latest_id",
        .from = "(SELECT ?1 AS tenant, 1 AS one,"
                " (SELECT count(*) FROM thread WHERE tenant = ?1 AND is_closed = 0) AS threads_open,"
                " (SELECT count(*) FROM relay WHERE tenant = ?1 AND " STILL_WAITS
                " AND EXISTS (SELECT 1 FROM thread WHERE thread.tenant = relay.tenant"
                " AND thread.id = relay.thread_id AND thread.relay_id = relay.id)) AS relays_waiting,"
                " (SELECT count(*) FROM cascade WHERE tenant = ?1 AND state <> 'over') AS calls_live,"
                " (SELECT count(*) FROM job WHERE tenant = ?1"
                " AND state IN ('pending', 'assigned', 'in-progress')) AS jobs_active,"
                " (SELECT id FROM event WHERE tenant = ?1 ORDER BY id DESC LIMIT 1) AS latest_id)"
                " AS few",
        .id = "one"},
    [VIEW_ALARMS] = {
        .columns = "id, whose, slug, kind, created_at, thread_id, subject_id, operator, detail",
        .from = "(SELECT ?1 AS tenant, id, e.tenant AS whose,"
                " (SELECT slug FROM tenant WHERE tenant.id = e.tenant) AS slug,"
                " kind, created_at, thread_id, subject_id, operator, detail"
                " FROM event AS e WHERE is_alarm = 1) AS few",
        .id = "id", .ascends = true},
    [VIEW_FIGURES] = {
        .columns = "one, relays_waiting, relay_due_at, relay_raised_at, relays_unanswered,"
                   " unanswered_raised_at, outbox_queued, unsure_at, calls_live,"
                   " timer_due_at",
        .from = "(SELECT ?1 AS tenant, 1 AS one,"
                " (SELECT count(*) FROM relay WHERE state IN ('idle', 'open')) AS relays_waiting,"
                " (SELECT min(due_at) FROM relay WHERE state IN ('idle', 'open')"
                " AND state = 'open') AS relay_due_at,"
                " (SELECT min(raised_at) FROM relay WHERE state IN ('idle', 'open')"
                " AND state = 'open') AS relay_raised_at,"
                " (SELECT count(*) FROM relay WHERE " UNANSWERED ") AS relays_unanswered,"
                " (SELECT min(raised_at) FROM relay WHERE " UNANSWERED ") AS unanswered_raised_at,"
                " (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state = 'queued'"
                " ORDER BY tenant, sender, kind, class, due_at LIMIT 10000) AS few)"
                " AS outbox_queued,"
                " (SELECT min(unsure_at) FROM outbox WHERE state = 'unsure') AS unsure_at,"
                " (SELECT count(*) FROM cascade WHERE state <> 'over') AS calls_live,"
                " (SELECT min(due_at) FROM timer) AS timer_due_at) AS few",
        .id = "one"},
    [VIEW_QUEUES] = {
        .columns = "due_at, row_id, whose, sender, kind, class",
        .from = "(WITH RECURSIVE t AS (SELECT " FIRST_OF("tenant", "tenant >= 0") " AS tenant"
                " UNION ALL SELECT " FIRST_OF("tenant", "tenant > t.tenant")
                " FROM t WHERE t.tenant IS NOT NULL),"
                " s AS (SELECT t.tenant, " FIRST_OF("sender", "tenant = t.tenant") " AS sender"
                " FROM t WHERE t.tenant IS NOT NULL UNION ALL SELECT s.tenant, "
                FIRST_OF("sender", "tenant = s.tenant AND sender > s.sender")
                " FROM s WHERE s.sender IS NOT NULL)"
                " SELECT ?1 AS tenant, s.tenant AS whose, s.sender, k.kind, c.class,"
                " (SELECT due_at" OF_QUEUE ") AS due_at, (SELECT id" OF_QUEUE ") AS row_id"
                " FROM s CROSS JOIN (SELECT 'text' AS kind UNION ALL SELECT 'call'"
                " UNION ALL SELECT 'update' UNION ALL SELECT 'erase') AS k"
                " CROSS JOIN (SELECT 'urgent' AS class UNION ALL SELECT 'normal'"
                " UNION ALL SELECT 'bulk') AS c WHERE s.sender IS NOT NULL) AS few",
        .always = "due_at IS NOT NULL", .id = "due_at", .ascends = true},
    [VIEW_JOB_COUNTS] = {
        .columns = "place, state, count",
        .from = "(SELECT ?1 AS tenant, row_number() OVER (ORDER BY state) AS place, state,"
                " count(*) AS count FROM job WHERE tenant = ?1 GROUP BY state) AS few",
        .id = "place", .ascends = true},
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

static const char *state_text(const struct spec *s, struct span state)
{
    if (s->group && span_is_text(state, s->group))
        return s->group_state;
    return is_rare(s, state) ? s->rare_state : s->state;
}

/* Adds to the statement; what no longer fits is a bug, and seen at its end. */
__attribute__((format(printf, 3, 4))) static void add(char *out, size_t *size, const char *form,
                                                      ...)
{
    va_list args;

    va_start(args, form);
    *size += (size_t)vsnprintf(out + *size, SQL_VIEW_SIZE - *size, form, args);
    va_end(args);
    CHECK(*size < SQL_VIEW_SIZE);
}

/* Where the page begins, and in which order. */
static void add_page(const struct spec *s, const struct view_filter *filter, char *out,
                     size_t *size)
{
    const char *down = s->ascends ? "" : " DESC";

    if (filter->id)
        add(out, size, " AND %s = ?2", s->id);
    if (filter->since)
        add(out, size, " AND %s >= ?12", s->id);
    if (filter->until)
        add(out, size, " AND %s < ?13", s->id);
    if (filter->after && s->at)
        add(out, size, " AND (%s, %s) < (?11, ?4)", s->at, s->id);
    else if (filter->after)
        add(out, size, " AND %s %c ?4", s->id, s->ascends ? '>' : '<');
    add(out, size, " ORDER BY ");
    if (s->at)
        add(out, size, "%s%s, ", s->at, down);
    add(out, size, "%s%s LIMIT ?8", s->id, down);
}

bool sql_view_render(enum view view, const struct view_filter *filter, char out[SQL_VIEW_SIZE])
{
    const struct spec *s = &specs[view];
    const bool is_timed = strcmp(s->id, "id") == 0; /* ids tell the time, places do not */
    const struct condition conditions[] = {
        {s->always != NULL, s->always},
        {filter->thread != 0 || s->needs_thread, s->thread},
        {filter->state.size != 0, state_text(s, filter->state)},
        {filter->job.size != 0, s->job},
        {filter->sid.size != 0, s->sid},
        {filter->operator_id.size != 0, s->whose},
        {filter->line.size != 0, s->line},
        {filter->kind.size != 0, s->kind},
        {filter->alarms, s->alarms},
        {filter->match.size != 0, s->match},
        {filter->since || filter->until, is_timed ? "1 = 1" : NULL},
    };
    size_t size = 0;

    add(out, &size, "SELECT %s FROM %s WHERE tenant = ?1", s->columns, s->from);
    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
        if (!conditions[i].is_asked)
            continue;
        if (!conditions[i].text)
            return false;
        add(out, &size, " AND %s", conditions[i].text);
    }
    add_page(s, filter, out, &size);
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

/* ?1 and so on, as many as the statement has. */
static void put_values(struct sql_query *q, const struct view_filter *f)
{
    const struct value {
        int64_t number;
        const struct span *text;
    } values[] = {
        {f->tenant, NULL},    {f->id, NULL}, {f->thread, NULL},   {f->after, NULL},
        {0, &f->state},       {0, &f->job},  {0, &f->sid},        {f->limit, NULL},
        {0, &f->operator_id}, {0, &f->line}, {f->after_ms, NULL}, {f->since, NULL},
        {f->until, NULL},     {0, &f->kind}, {0, &f->match},      {0, &f->digits},
    };
    const int count = sql_values(q);

    CHECK(count <= (int)(sizeof values / sizeof values[0]));
    for (int i = 0; i < count; i++)
        if (values[i].text)
            sql_put_span(q, *values[i].text);
        else
            sql_put(q, values[i].number);
}

void sql_view(struct sql *sql, const struct view_ask *ask)
{
    char text[SQL_VIEW_SIZE];

    CHECK(ask->filter.limit >= 1 && ask->filter.limit <= 1000);
    if (!sql_view_render(ask->view, &ask->filter, text)) {
        sql_fail(sql, ERR_BAD_INPUT, "this list cannot be filtered so");
        return;
    }
    struct sql_query *q = sql_prepare(sql, text);
    put_values(q, &ask->filter);
    while (sql_next(q))
        give_row(q, ask->fn, ask->ctx);
    sql_drop(&q);
}
