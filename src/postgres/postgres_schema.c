#include "postgres/postgres_schema.h"

#include <stdio.h>

#include "base/check.h"
#include "sql/backend.h"

enum { FIRST = 7, PARTS = 12, RAISE_TRIES = 5 };

/* Order and equality are those of the bytes, as in SQLite, so that no index hangs on what a
 * system's library knows of languages. */
#define T "text COLLATE \"C\""
/* What is written again soon finds room on its page, beside the row that it was: no index is
 * touched then. */
#define ROOM " WITH (fillfactor = 85)"
/* Few rows that change all the time: dead ones go soon, and not by a share of the table. */
#define HOT                                                                 \
    " WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0,"           \
    " autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0," \
    " autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000)"
#define BY_MONTH " PARTITION BY RANGE (id)"

/* clang-format off */

/* ---- what is found without its tenant: copied everywhere when the rest is distributed ---- */

static const char everywhere_7[] =
    "CREATE TABLE schema ("
    " one integer PRIMARY KEY CHECK (one = 1), version integer NOT NULL,"
    " works_from integer NOT NULL, is_distributed integer NOT NULL, moving_from " T ");"

    "CREATE TABLE tenant ("
    " id integer PRIMARY KEY, slug " T " NOT NULL UNIQUE, name " T " NOT NULL,"
    " account " T " NOT NULL, created_at bigint NOT NULL, state " T " NOT NULL DEFAULT 'active',"
    " weight integer NOT NULL DEFAULT 1, texts_a_day integer, calls_a_day integer,"
    " changed_at bigint);"

    /* By the hash alone: it is what tells the tenant. */
    "CREATE TABLE link ("
    " hash bytea PRIMARY KEY, tenant integer NOT NULL, purpose " T " NOT NULL,"
    " subject_id bigint NOT NULL, operator " T ", expires_at bigint NOT NULL, used_at bigint);"

    "CREATE TABLE token ("
    " id bigint PRIMARY KEY, tenant integer NOT NULL, role " T " NOT NULL,"
    " hash bytea NOT NULL UNIQUE, name " T " NOT NULL, created_at bigint NOT NULL,"
    " revoked_at bigint, used_at bigint);"

    "CREATE TABLE \"user\" ("
    " id bigint PRIMARY KEY, tenant integer NOT NULL, login " T " NOT NULL, name " T " NOT NULL,"
    " role " T " NOT NULL, operator " T ", password " T ", setup_hash bytea, setup_until bigint,"
    " code_hash bytea, code_until bigint, code_tries integer NOT NULL DEFAULT 0,"
    " created_at bigint NOT NULL, disabled_at bigint, seen_at bigint,"
    " version integer NOT NULL DEFAULT 1);"
    "CREATE UNIQUE INDEX user_login ON \"user\" (lower(login));"
    /* A set-up link is found by its hash alone. */
    "CREATE UNIQUE INDEX user_setup ON \"user\" (setup_hash) WHERE setup_hash IS NOT NULL;"

    "CREATE TABLE session ("
    " hash bytea PRIMARY KEY, user_id bigint NOT NULL, created_at bigint NOT NULL,"
    " used_at bigint NOT NULL, expires_at bigint NOT NULL, agent " T ")" ROOM ";"
    /* All of a user's end at once. */
    "CREATE INDEX session_of_user ON session (user_id, used_at);"

    /* Up to when an account's log at the carrier has been searched. */
    "CREATE TABLE searched (account " T " PRIMARY KEY, until_at bigint NOT NULL);"
    "CREATE TABLE probe (id integer PRIMARY KEY CHECK (id = 1), created_at bigint NOT NULL)" HOT ";"

    "CREATE TABLE node ("
    " node integer PRIMARY KEY, key " T " NOT NULL UNIQUE, incarnation bigint NOT NULL,"
    " name " T " NOT NULL, version " T " NOT NULL, schema integer NOT NULL,"
    " started_at bigint NOT NULL, seen_at bigint NOT NULL, until_at bigint NOT NULL,"
    " gone_at bigint, is_draining integer NOT NULL DEFAULT 0)" HOT ";"
    "CREATE TABLE chore ("
    " name " T " PRIMARY KEY, node integer NOT NULL, incarnation bigint NOT NULL,"
    " until_at bigint NOT NULL)" HOT ";"
    /* How often rosters, tenants and rights have changed, for those who did not change them. */
    "CREATE TABLE topic (name " T " PRIMARY KEY, count bigint NOT NULL)" HOT ";"
    /* Keys that all nodes must have alike. */
    "CREATE TABLE shared (name " T " PRIMARY KEY, value bytea NOT NULL);";

/* ---- what is spread by its tenant ---- */

static const char own_7[] =
    /* Whoever writes a tenant's rows holds his row here, which itself never changes. */
    "CREATE TABLE hold (tenant integer PRIMARY KEY);"

    "CREATE TABLE tenant_secret ("
    " tenant integer NOT NULL, name " T " NOT NULL, sealed bytea NOT NULL, key_id " T " NOT NULL,"
    " changed_at bigint NOT NULL, PRIMARY KEY (tenant, name));"

    "CREATE TABLE roster_version ("
    " tenant integer NOT NULL, version bigint NOT NULL, is_good integer NOT NULL,"
    " digest bytea NOT NULL, document " T " NOT NULL, mistakes " T ", created_at bigint NOT NULL,"
    " made_by " T ", note " T ", PRIMARY KEY (tenant, version));"

    /* Not by month: a month would have to be in the key, and the same text could come twice. */
    "CREATE TABLE claim ("
    " tenant integer NOT NULL, key " T " NOT NULL, event_id bigint NOT NULL, answer " T ","
    " PRIMARY KEY (tenant, key));"

    "CREATE TABLE thread ("
    " tenant integer NOT NULL, id bigint NOT NULL, line " T " NOT NULL,"
    " customer_phone " T " NOT NULL, opened_at bigint NOT NULL, last_at bigint NOT NULL,"
    " owner " T ", job_id " T ", is_closed integer NOT NULL, relay_id bigint,"
    " closed_text_at bigint, closes_at bigint, heard_at bigint, heard_print bigint,"
    " burst_at bigint, burst integer NOT NULL DEFAULT 0, PRIMARY KEY (tenant, id))" ROOM ";"
    /* An inbound text finds its thread by line and customer. */
    "CREATE UNIQUE INDEX thread_parties ON thread (tenant, line, customer_phone);"
    /* The inbox goes by the latest. */
    "CREATE INDEX thread_last ON thread (tenant, last_at, id);"
    /* How many open threads an operator owns. */
    "CREATE INDEX thread_owned ON thread (tenant, owner) WHERE owner IS NOT NULL AND is_closed = 0;"

    "CREATE TABLE relay ("
    " tenant integer NOT NULL, id bigint NOT NULL, thread_id bigint NOT NULL, kind " T " NOT NULL,"
    " raised_at bigint NOT NULL, customer_phone " T ", message_id bigint, cascade_id bigint,"
    " state " T " NOT NULL, step integer NOT NULL, due_at bigint, body " T " NOT NULL, plan " T ","
    " acked_by " T ", forwarded_to_primary_at bigint, primary_ack_at bigint,"
    " forwarded_to_backup_at bigint, acked_at bigint, final_status " T ","
    " PRIMARY KEY (tenant, id))"
    " WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01,"
    " autovacuum_vacuum_threshold = 1000);"
    /* A thread's page; written once in a relay's life. */
    "CREATE INDEX relay_thread ON relay (tenant, thread_id, id);"
    /* What still waits for somebody: few among many. */
    "CREATE INDEX relay_waiting ON relay (tenant, id) WHERE state IN ('idle', 'open');"
    /* ... or nobody answered. */
    "CREATE INDEX relay_unheard ON relay (tenant, id)"
    " WHERE state = 'idle' OR state = 'open' OR state = 'exhausted';"

    "CREATE TABLE cascade ("
    " tenant integer NOT NULL, id bigint NOT NULL, thread_id bigint, account " T " NOT NULL,"
    " call_sid " T " NOT NULL, line " T " NOT NULL, caller " T " NOT NULL, job_id " T ","
    " started_at bigint NOT NULL, state " T " NOT NULL, outcome " T " NOT NULL,"
    " attempt integer NOT NULL, ring_s integer NOT NULL, due_at bigint, accepted_at bigint,"
    " ended_at bigint, accepted_by " T ", leg_sid " T ", plan " T ", recording " T ","
    " recording_s integer, relay_id bigint, round integer NOT NULL DEFAULT 0, rang_at bigint,"
    " transcript " T ", shows_line integer NOT NULL DEFAULT 0, turn_at bigint, added_at bigint,"
    " watch_at bigint, is_conference integer NOT NULL DEFAULT 0, waits_at bigint,"
    " PRIMARY KEY (tenant, id))" ROOM ";"
    /* Every step of a call comes with its sid, and a call has one cascade. */
    "CREATE UNIQUE INDEX cascade_call ON cascade (tenant, call_sid);"
    /* A thread's page, and the calls of a job. */
    "CREATE INDEX cascade_thread ON cascade (tenant, thread_id, id) WHERE thread_id IS NOT NULL;"
    "CREATE INDEX cascade_job ON cascade (tenant, job_id, id) WHERE job_id IS NOT NULL;"
    /* The calls that are on now: few among many. */
    "CREATE INDEX cascade_live ON cascade (tenant, id) WHERE state <> 'over';"
    /* Whether a number that calls is shown on a phone that rings. */
    "CREATE INDEX cascade_ringing ON cascade (tenant, caller, id)"
    " WHERE state = 'ringing' AND shows_line = 0;"

    "CREATE TABLE outbox ("
    " tenant integer NOT NULL, id bigint NOT NULL, kind " T " NOT NULL, sender " T " NOT NULL,"
    " class " T " NOT NULL, state " T " NOT NULL, due_at bigint NOT NULL, account " T " NOT NULL,"
    " recipient " T " NOT NULL, body " T " NOT NULL, cascade_id bigint, expires_at bigint,"
    " fence bigint NOT NULL, attempt integer NOT NULL, media " T ", sent_at bigint,"
    " unsure_at bigint, is_again integer NOT NULL DEFAULT 0, rung integer, node integer,"
    " incarnation bigint, PRIMARY KEY (tenant, id))" HOT ";"
    /* What a sender may send next. */
    "CREATE INDEX outbox_ready ON outbox (tenant, sender, kind, class, due_at, id)"
    " WHERE state = 'queued';"
    /* What is to be looked for at the carrier next, of every tenant. */
    "CREATE INDEX outbox_unsure ON outbox (due_at) WHERE state = 'unsure';"
    /* What is under way, and on which node: few among many. */
    "CREATE INDEX outbox_sending ON outbox (node, incarnation, tenant, id)"
    " WHERE state = 'sending';"

    "CREATE TABLE tag ("
    " tenant integer NOT NULL, operator " T " NOT NULL, tag " T " NOT NULL,"
    " thread_id bigint NOT NULL, sent_at bigint NOT NULL, line " T ","
    " PRIMARY KEY (tenant, operator, tag))" ROOM ";"

    "CREATE TABLE duty ("
    " tenant integer NOT NULL, operator " T " NOT NULL, state " T " NOT NULL, since_at bigint,"
    " until_at bigint, wrong_tags integer NOT NULL, wrong_at bigint, locked_at bigint,"
    " shift_at bigint, shift_id bigint, shift_due_at bigint, PRIMARY KEY (tenant, operator))"
    ROOM ";"

    "CREATE TABLE consent ("
    " tenant integer NOT NULL, line " T " NOT NULL, person " T " NOT NULL,"
    " is_out integer NOT NULL, changed_at bigint NOT NULL, PRIMARY KEY (tenant, line, person));"

    /* choices: the ids of threads as people read them, a space between two. */
    "CREATE TABLE question ("
    " tenant integer NOT NULL, operator " T " NOT NULL, kind " T " NOT NULL, line " T " NOT NULL,"
    " message_id bigint NOT NULL, due_at bigint NOT NULL, tag " T ", body " T " NOT NULL,"
    " media " T ", choices " T ", PRIMARY KEY (tenant, operator));"

    "CREATE TABLE line_since ("
    " tenant integer NOT NULL, line " T " NOT NULL, since_at bigint NOT NULL,"
    " PRIMARY KEY (tenant, line));"

    "CREATE TABLE parties ("
    " tenant integer NOT NULL, number " T " NOT NULL, name " T ", line_type " T " NOT NULL,"
    " name_at bigint, line_type_at bigint, again_at bigint, PRIMARY KEY (tenant, number));"

    "CREATE TABLE swept ("
    " tenant integer NOT NULL, what " T " NOT NULL, up_to bigint NOT NULL,"
    " PRIMARY KEY (tenant, what));"

    "CREATE TABLE log_head ("
    " tenant integer NOT NULL, event_id bigint NOT NULL, chain bytea NOT NULL,"
    " created_at bigint NOT NULL, PRIMARY KEY (tenant, event_id));"

    "CREATE TABLE job ("
    " tenant integer NOT NULL, id bigint NOT NULL, job_id " T " NOT NULL,"
    " created_at bigint NOT NULL, created_by " T ", state " T " NOT NULL, priority " T " NOT NULL,"
    " exception " T ", title " T ", notes " T ", address " T ", customer_phone " T ","
    " customer_name " T ", language " T ", operator " T ", line " T ", crew " T ","
    " stakeholders " T ", claimed_by " T ", handed_by " T ", handed_to " T ", handed_at bigint,"
    " claim_seconds integer NOT NULL, progress_seconds integer NOT NULL, assigned_at bigint,"
    " claimed_at bigint, started_at bigint, completed_at bigint, cancelled_at bigint,"
    " changed_at bigint NOT NULL, due_at bigint, version integer NOT NULL, thread_id bigint,"
    " PRIMARY KEY (tenant, id))" ROOM ";"
    "CREATE UNIQUE INDEX job_name ON job (tenant, job_id);"
    /* A customer's call or text finds his job; few of many are active. */
    "CREATE INDEX job_customer ON job (tenant, customer_phone, id)"
    " WHERE state IN ('pending', 'assigned', 'in-progress') AND customer_phone IS NOT NULL;"
    "CREATE INDEX job_active ON job (tenant, id)"
    " WHERE state IN ('pending', 'assigned', 'in-progress');"
    /* A board has a page of each state. */
    "CREATE INDEX job_state ON job (tenant, state, id);"
    /* Whoever calls or texts is shown by the name that his job has. */
    "CREATE INDEX job_named ON job (tenant, customer_phone, id) WHERE customer_name IS NOT NULL;"
    /* Whose crew somebody is; rows of a job that is over are deleted. */
    "CREATE TABLE job_crew ("
    " tenant integer NOT NULL, job bigint NOT NULL, phone " T " NOT NULL,"
    " PRIMARY KEY (tenant, job, phone));"
    "CREATE INDEX job_crew_phone ON job_crew (tenant, phone, job);";

/* ---- what differs: by due time first, by day first, by month; or all by tenant ---- */

/* One look tells what is due, of every tenant. */
static const char by_time_7[] =
    "CREATE TABLE timer ("
    " due_at bigint NOT NULL, tenant integer NOT NULL, kind " T " NOT NULL,"
    " subject_id bigint NOT NULL, PRIMARY KEY (due_at, tenant, kind, subject_id))" HOT ";"
    "CREATE TABLE spent ("
    " day integer NOT NULL, tenant integer NOT NULL, what " T " NOT NULL, count integer NOT NULL,"
    " PRIMARY KEY (day, tenant, what))" ROOM ";"
    /* What a node tells the others, who ask for it by node; worth nothing after a crash. */
    "CREATE UNLOGGED TABLE news ("
    " tenant integer NOT NULL, node integer NOT NULL, id bigint NOT NULL, changes " T " NOT NULL,"
    " PRIMARY KEY (tenant, node, id));"
    "CREATE INDEX news_node ON news (node, id);";

static const char by_tenant_7[] =
    "CREATE TABLE timer ("
    " due_at bigint NOT NULL, tenant integer NOT NULL, kind " T " NOT NULL,"
    " subject_id bigint NOT NULL, PRIMARY KEY (tenant, due_at, kind, subject_id))" HOT ";"
    "CREATE INDEX timer_due ON timer (due_at, tenant, kind, subject_id);"
    "CREATE TABLE spent ("
    " day integer NOT NULL, tenant integer NOT NULL, what " T " NOT NULL, count integer NOT NULL,"
    " PRIMARY KEY (tenant, day, what))" ROOM ";"
    "CREATE INDEX spent_day ON spent (day);"
    "CREATE TABLE news ("
    " tenant integer NOT NULL, node integer NOT NULL, id bigint NOT NULL, changes " T " NOT NULL,"
    " PRIMARY KEY (tenant, node, id));"
    "CREATE INDEX news_node ON news (node, id);";

#define EVENT                                                                                     \
    "CREATE TABLE event ("                                                                        \
    " tenant integer NOT NULL, id bigint NOT NULL, kind " T " NOT NULL,"                          \
    " created_at bigint NOT NULL, thread_id bigint, subject_id bigint, operator " T ","           \
    " detail " T ", is_alarm integer NOT NULL, salt bytea, chain bytea,"                          \
    " PRIMARY KEY (tenant, id))"
#define MESSAGE                                                                                   \
    "CREATE TABLE message ("                                                                      \
    " tenant integer NOT NULL, id bigint NOT NULL, thread_id bigint, direction " T " NOT NULL,"   \
    " origin " T " NOT NULL, kind " T " NOT NULL, sender " T " NOT NULL,"                         \
    " recipient " T " NOT NULL, customer_phone " T " NOT NULL, operator " T ", job_id " T ","     \
    " created_at bigint NOT NULL, relay_id bigint, cascade_id bigint, delivery " T " NOT NULL,"   \
    " error_code integer, body " T " NOT NULL, media " T ", sid " T ","                           \
    " is_late integer NOT NULL DEFAULT 0, is_duplicate integer NOT NULL DEFAULT 0,"               \
    " PRIMARY KEY (tenant, id))"
#define CALL_EVENTS                                                                               \
    "CREATE TABLE twilio_call_events ("                                                           \
    " tenant integer NOT NULL, id bigint NOT NULL, cascade_id bigint,"                            \
    " created_at bigint NOT NULL, call_sid " T " NOT NULL, kind " T " NOT NULL, line " T ","      \
    " caller " T ", operator " T ", attempt integer, detail " T ", PRIMARY KEY (tenant, id))"

static const char history_by_month_7[] = EVENT BY_MONTH ";" MESSAGE BY_MONTH ";"
    CALL_EVENTS BY_MONTH ";";
static const char history_by_tenant_7[] = EVENT ";" MESSAGE ROOM ";" CALL_EVENTS ";";

static const char history_indexes_7[] =
    /* What happened in one thread. */
    "CREATE INDEX event_thread ON event (tenant, thread_id, id) WHERE thread_id IS NOT NULL;"
    /* A job's timeline. */
    "CREATE INDEX event_job ON event (tenant, subject_id, id)"
    " WHERE kind >= 'job.' AND kind < 'job/';"
    /* What somebody must see: few among many. */
    "CREATE INDEX event_alarm ON event (tenant, id) WHERE is_alarm = 1;"
    /* A thread's page, and the texts of a job. */
    "CREATE INDEX message_thread ON message (tenant, thread_id, id) WHERE thread_id IS NOT NULL;"
    "CREATE INDEX message_job ON message (tenant, job_id, id) WHERE job_id IS NOT NULL;"
    /* Which of our texts the carrier means; an inbound one is found by its claim. */
    "CREATE INDEX message_sid ON message (tenant, sid) WHERE sid IS NOT NULL"
    " AND direction = 'out';"
    /* Texts of ours that did not arrive, or may not have been sent: few among many. */
    "CREATE INDEX message_trouble ON message (tenant, id)"
    " WHERE delivery = 'unsure' OR delivery = 'undelivered' OR delivery = 'failed'"
    " OR delivery = 'dropped';"
    /* Reports ask by time and by operator and time; a page asks for one call. */
    "CREATE INDEX twilio_call_events_time ON twilio_call_events (tenant, created_at);"
    "CREATE INDEX twilio_call_events_operator ON twilio_call_events (tenant, operator, created_at)"
    " WHERE operator IS NOT NULL;"
    "CREATE INDEX twilio_call_events_call ON twilio_call_events (tenant, cascade_id, id)"
    " WHERE cascade_id IS NOT NULL;";

/* Lines that go live: until when wrong signatures are only reported. Programs that do not know of
 * it refuse them, as they did. */
static const char own_8[] =
    "CREATE TABLE report_only ("
    " tenant integer NOT NULL, line " T " NOT NULL, since_at bigint NOT NULL,"
    " until_at bigint NOT NULL, made_by " T ", PRIMARY KEY (tenant, line));";

/* A part that differs has a text for each variant. */
static const struct version {
    int works_from; /* the oldest program that still works with it */
    const char *parts[PARTS][2];
} versions[STORE_SCHEMA - FIRST + 1] = {
    {7, {{everywhere_7, everywhere_7},
         {own_7, own_7},
         {by_time_7, by_tenant_7},
         {history_by_month_7, history_by_tenant_7},
         {history_indexes_7, history_indexes_7}}},
    {7, {{own_8, own_8}}},
};

static const char *const copied[] = {"schema", "tenant", "link", "token", "user", "session",
                                     "searched", "probe", "node", "chore", "topic", "shared"};
/* clang-format on */

const char *postgres_schema_text(int version, bool is_distributed, int part)
{
    CHECK(version <= STORE_SCHEMA);
    if (version < FIRST) /* there was no PostgreSQL yet */
        return NULL;
    return part < PARTS ? versions[version - FIRST].parts[part][is_distributed] : NULL;
}

const char *postgres_schema_copied(int at)
{
    return at < (int)(sizeof copied / sizeof copied[0]) ? copied[at] : NULL;
}

/* ---- what is there ---- */

enum place { NOWHERE, EMPTY, OURS, FOREIGN };

/* The first schema of the search path, and whether tables of ours are in it, or others. */
static enum place look(struct sql *sql)
{
    struct sql_query *q = sql_prepare(
        sql, "SELECT CASE WHEN n.oid IS NULL THEN 0 ELSE 1 END,"
             " (SELECT count(*) FROM pg_catalog.pg_class AS c WHERE c.relnamespace = n.oid"
             " AND c.relkind IN ('r', 'p')), (SELECT count(*) FROM pg_catalog.pg_class AS c"
             " WHERE c.relnamespace = n.oid AND c.relname IN ('schema', 'hold', 'roster_version')"
             " AND c.relkind = 'r') FROM (SELECT current_schema() AS name) AS here"
             " LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = here.name");
    enum place place = NOWHERE;

    if (sql_next(q) && sql_get(q)) {
        const int64_t tables = sql_get(q);
        const int64_t ours = sql_get(q);
        place = tables == 0 ? EMPTY : ours == 3 ? OURS : FOREIGN;
    }
    sql_drop(&q);
    return place;
}

static void read_row(struct sql *sql, struct postgres_schema *out)
{
    struct sql_query *q = sql_prepare(sql, "SELECT version, works_from, is_distributed,"
                                           " CASE WHEN moving_from IS NULL THEN 0 ELSE 1 END"
                                           " FROM schema");

    if (sql_next(q)) {
        out->version = (int)sql_get(q);
        out->works_from = (int)sql_get(q);
        out->is_distributed = sql_get(q) != 0;
        out->is_moving = sql_get(q) != 0;
    }
    sql_drop(&q);
}

struct postgres_schema postgres_schema_read(struct sql *sql)
{
    struct postgres_schema there = {0};

    switch (look(sql)) {
    case NOWHERE:
        sql_fail(sql, ERR_BAD_INPUT,
                 "%s: the schema that search_path names is not there: create it, or leave it out",
                 sql_path(sql));
        break;
    case EMPTY:
        break;
    case OURS:
        read_row(sql, &there);
        break;
    case FOREIGN:
        sql_fail(sql, ERR_BAD_INPUT,
                 "%s holds another program's tables: name an empty database of its own",
                 sql_path(sql));
        break;
    }
    return there;
}

int postgres_schema_version(struct sql *sql)
{
    return postgres_schema_read(sql).version;
}

/* ---- raising ---- */

/* The first one makes the row; each later one changes it, and waits for whoever else does. */
static bool is_still(struct sql *sql, int version)
{
    if (version == FIRST)
        return true; /* whoever makes a table second is refused */
    struct sql_query *q = sql_prepare(sql, "SELECT version FROM schema FOR UPDATE");
    const int64_t found = sql_next(q) ? sql_get(q) : 0;
    sql_drop(&q);
    return found == version - 1;
}

static void raise_by_one(struct sql *sql, int version, bool is_distributed)
{
    char stamp[256];

    sql_begin(sql, SQL_WRITE);
    sql_exec(sql, "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '30s';"
                  " SET LOCAL idle_in_transaction_session_timeout = 0;");
    if (is_still(sql, version)) {
        for (int part = 0; postgres_schema_text(version, is_distributed, part); part++)
            sql_exec(sql, postgres_schema_text(version, is_distributed, part));
        snprintf(stamp, sizeof stamp,
                 "INSERT INTO schema (one, version, works_from, is_distributed)"
                 " VALUES (1, %d, %d, %d) ON CONFLICT (one) DO UPDATE"
                 " SET version = excluded.version, works_from = excluded.works_from",
                 version, versions[version - FIRST].works_from, is_distributed);
        sql_exec(sql, stamp);
    }
    (void)sql_end(sql); /* the error sticks, and is the caller's to ask */
}

/* What two do at once the database refuses one of, in one of many words; he finds it done. */
void postgres_schema_raise(struct sql *sql, int wanted, bool is_distributed)
{
    int version = 0;

    for (int tries = 0; tries < RAISE_TRIES; tries++) {
        sql_begin(sql, SQL_READ);
        const struct postgres_schema there = postgres_schema_read(sql);
        if (sql_end(sql) || there.version >= wanted)
            return;
        if (there.version != version)
            tries = 0;
        version = there.version;
        raise_by_one(sql, version ? version + 1 : FIRST,
                     version ? there.is_distributed : is_distributed);
    }
}

/* ---- greeting ---- */

static void refuse(struct sql *sql, const struct postgres_schema *there)
{
    if (there->works_from > STORE_SCHEMA)
        sql_fail(sql, ERR_CONFLICT,
                 "%s has schema %d and this program knows %d: use the newer program", sql_path(sql),
                 there->version, (int)STORE_SCHEMA);
    else if (there->version < STORE_SCHEMA)
        sql_fail(sql, ERR_CONFLICT,
                 "%s has schema %d and this program needs %d: run nextring migrate", sql_path(sql),
                 there->version, (int)STORE_SCHEMA);
    else if (there->is_moving)
        sql_fail(sql, ERR_CONFLICT, "a move into %s is not finished: run nextring move again",
                 sql_path(sql));
}

struct postgres_schema postgres_schema_greet(struct sql *sql)
{
    struct postgres_schema there = postgres_schema_read(sql);

    if (!sql_err(sql) && there.version == 0) {
        postgres_schema_raise(sql, STORE_SCHEMA, false);
        if (!sql_err(sql))
            there = postgres_schema_read(sql);
    }
    if (!sql_err(sql))
        refuse(sql, &there);
    return there;
}
