#include "sqlite/sqlite_schema.h"

#include <stdio.h>

#include "sql/backend.h"

/* "nrng" in the file's header: whose database it is; "nrmg": a move of it elsewhere is at its last
 * step; "nrmv": it was moved. */
enum { APPLICATION = 0x6e726e67, MOVING = 0x6e726d67, MOVED = 0x6e726d76 };

/* Rows stand in the order of their primary key (WITHOUT ROWID), so that ids, which ascend, are
 * appended; pages written per row are what a row costs, and each index with keys in random order
 * adds about one, so each one below says what it is for. 0 and "" of optional fields are
 * stored as null, which takes no space and stays out of the partial indexes. */
/* clang-format off */
static const char version_1[] =
    "CREATE TABLE tenant ("
    " id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
    " account TEXT NOT NULL, created_at INTEGER NOT NULL);"

    "CREATE TABLE roster_version ("
    " tenant INTEGER NOT NULL, version INTEGER NOT NULL, is_good INTEGER NOT NULL,"
    " digest BLOB NOT NULL, document TEXT NOT NULL, mistakes TEXT, created_at INTEGER NOT NULL,"
    " PRIMARY KEY (tenant, version)) WITHOUT ROWID;"

    /* The carrier's ids are random, so each claim costs a page; nothing else makes G2 true. */
    "CREATE TABLE claim ("
    " tenant INTEGER NOT NULL, key TEXT NOT NULL, event_id INTEGER NOT NULL,"
    " PRIMARY KEY (tenant, key)) WITHOUT ROWID;"

    "CREATE TABLE event ("
    " tenant INTEGER NOT NULL, id INTEGER NOT NULL, kind TEXT NOT NULL,"
    " created_at INTEGER NOT NULL, thread_id INTEGER, subject_id INTEGER, operator TEXT,"
    " detail TEXT, is_alarm INTEGER NOT NULL,"
    " PRIMARY KEY (tenant, id)) WITHOUT ROWID;"
    /* What happened in one thread. */
    "CREATE INDEX event_thread ON event (tenant, thread_id, id) WHERE thread_id IS NOT NULL;"

    /* An inbound text finds its thread by line and customer; all else by id. */
    "CREATE TABLE thread ("
    " tenant INTEGER NOT NULL, id INTEGER NOT NULL, line TEXT NOT NULL,"
    " customer_phone TEXT NOT NULL, opened_at INTEGER NOT NULL, last_at INTEGER NOT NULL,"
    " owner TEXT, job_id TEXT, is_closed INTEGER NOT NULL, relay_id INTEGER,"
    " closed_text_at INTEGER,"
    " PRIMARY KEY (tenant, id)) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX thread_parties ON thread (tenant, line, customer_phone);"

    /* By (tenant, id), as a receipt names only the id and new rows are appended; the thread's
     * index is small entries, while rows clustered by thread would be fat ones in random places,
     * and need an index by id beside. */
    "CREATE TABLE message ("
    " tenant INTEGER NOT NULL, id INTEGER NOT NULL, thread_id INTEGER, direction TEXT NOT NULL,"
    " origin TEXT NOT NULL, kind TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL,"
    " customer_phone TEXT NOT NULL, operator TEXT, job_id TEXT, created_at INTEGER NOT NULL,"
    " relay_id INTEGER, cascade_id INTEGER, delivery TEXT NOT NULL, error_code INTEGER,"
    " body TEXT NOT NULL, media TEXT, sid TEXT,"
    " PRIMARY KEY (tenant, id)) WITHOUT ROWID;"
    /* A thread's page. */
    "CREATE INDEX message_thread ON message (tenant, thread_id, id) WHERE thread_id IS NOT NULL;"
    /* The texts of a job; nothing for those without one. */
    "CREATE INDEX message_job ON message (tenant, job_id, id) WHERE job_id IS NOT NULL;"
    /* Which of our texts the carrier means. An inbound one is found by its claim: its sid, here
     * too, would cost it a second page in a random place, a sixth of all that it costs. */
    "CREATE INDEX message_sid ON message (tenant, sid) WHERE sid IS NOT NULL"
    " AND direction = 'out';"

    "CREATE TABLE relay ("
    " tenant INTEGER NOT NULL, id INTEGER NOT NULL, thread_id INTEGER NOT NULL,"
    " kind TEXT NOT NULL, raised_at INTEGER NOT NULL, customer_phone TEXT,"
    " message_id INTEGER, cascade_id INTEGER, state TEXT NOT NULL, step INTEGER NOT NULL,"
    " due_at INTEGER, body TEXT NOT NULL, plan TEXT, acked_by TEXT,"
    " forwarded_to_primary_at INTEGER, primary_ack_at INTEGER, forwarded_to_backup_at INTEGER,"
    " acked_at INTEGER, final_status TEXT,"
    " PRIMARY KEY (tenant, id)) WITHOUT ROWID;"
    /* A thread's page; written once in a relay's life. */
    "CREATE INDEX relay_thread ON relay (tenant, thread_id, id);"
    /* What still waits for somebody: few among many. */
    "CREATE INDEX relay_waiting ON relay (tenant, id) WHERE state IN ('idle', 'open');"

    "CREATE TABLE cascade ("
    " tenant INTEGER NOT NULL, id INTEGER NOT NULL, thread_id INTEGER, account TEXT NOT NULL,"
    " call_sid TEXT NOT NULL, line TEXT NOT NULL, caller TEXT NOT NULL, job_id TEXT,"
    " started_at INTEGER NOT NULL, state TEXT NOT NULL, outcome TEXT NOT NULL,"
    " attempt INTEGER NOT NULL, ring_s INTEGER NOT NULL, due_at INTEGER, accepted_at INTEGER,"
    " ended_at INTEGER, accepted_by TEXT, leg_sid TEXT, plan TEXT, recording TEXT,"
    " recording_s INTEGER, relay_id INTEGER,"
    " PRIMARY KEY (tenant, id)) WITHOUT ROWID;"
    /* Every step of a call comes with its sid, and a call has one cascade. */
    "CREATE UNIQUE INDEX cascade_call ON cascade (tenant, call_sid);"
    /* A thread's page, and the calls of a job. */
    "CREATE INDEX cascade_thread ON cascade (tenant, thread_id, id) WHERE thread_id IS NOT NULL;"
    "CREATE INDEX cascade_job ON cascade (tenant, job_id, id) WHERE job_id IS NOT NULL;"
    /* The calls that are on now: few among many. */
    "CREATE INDEX cascade_live ON cascade (tenant, id) WHERE state <> 'over';"

    "CREATE TABLE twilio_call_events ("
    " tenant INTEGER NOT NULL, id INTEGER NOT NULL, cascade_id INTEGER,"
    " created_at INTEGER NOT NULL, call_sid TEXT NOT NULL, kind TEXT NOT NULL, line TEXT,"
    " caller TEXT, operator TEXT, attempt INTEGER, detail TEXT,"
    " PRIMARY KEY (tenant, id)) WITHOUT ROWID;"
    /* Reports ask by time and by operator and time; a page asks for one call. */
    "CREATE INDEX twilio_call_events_time ON twilio_call_events (tenant, created_at);"
    "CREATE INDEX twilio_call_events_operator"
    " ON twilio_call_events (tenant, operator, created_at) WHERE operator IS NOT NULL;"
    "CREATE INDEX twilio_call_events_call"
    " ON twilio_call_events (tenant, cascade_id, id) WHERE cascade_id IS NOT NULL;"

    "CREATE TABLE outbox ("
    " tenant INTEGER NOT NULL, id INTEGER NOT NULL, kind TEXT NOT NULL, sender TEXT NOT NULL,"
    " class TEXT NOT NULL, state TEXT NOT NULL, due_at INTEGER NOT NULL, account TEXT NOT NULL,"
    " recipient TEXT NOT NULL, body TEXT NOT NULL, cascade_id INTEGER, expires_at INTEGER,"
    " fence INTEGER NOT NULL, attempt INTEGER NOT NULL,"
    " PRIMARY KEY (tenant, id)) WITHOUT ROWID;"
    /* What a sender may send next. */
    "CREATE INDEX outbox_ready ON outbox (tenant, sender, kind, class, due_at, id)"
    " WHERE state = 'queued';"

    "CREATE TABLE tag ("
    " tenant INTEGER NOT NULL, operator TEXT NOT NULL, tag TEXT NOT NULL,"
    " thread_id INTEGER NOT NULL, sent_at INTEGER NOT NULL,"
    " PRIMARY KEY (tenant, operator, tag)) WITHOUT ROWID;"

    /* By due time first: one look tells what is due, of every tenant. */
    "CREATE TABLE timer ("
    " due_at INTEGER NOT NULL, tenant INTEGER NOT NULL, kind TEXT NOT NULL,"
    " subject_id INTEGER NOT NULL,"
    " PRIMARY KEY (due_at, tenant, kind, subject_id)) WITHOUT ROWID;"

    /* By the hash alone: it is what tells the tenant. */
    "CREATE TABLE link ("
    " hash BLOB NOT NULL PRIMARY KEY, tenant INTEGER NOT NULL, purpose TEXT NOT NULL,"
    " subject_id INTEGER NOT NULL, operator TEXT, expires_at INTEGER NOT NULL,"
    " used_at INTEGER) WITHOUT ROWID;"

    "CREATE TABLE token ("
    " id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, role TEXT NOT NULL,"
    " hash BLOB NOT NULL UNIQUE, name TEXT NOT NULL, created_at INTEGER NOT NULL,"
    " revoked_at INTEGER, used_at INTEGER);"

    "CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), created_at INTEGER NOT NULL);"

    /* Without these, SQLite takes a tenant for ten rows and reads all of them where an index is
     * at hand. Rows of the table, then rows of one value of the first column, of the first two,
     * and so on; the plans that follow from them are tested. */
    "ANALYZE;"
    "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES"
    " ('event', 'event', '4000000 400000 1'),"
    " ('event', 'event_thread', '3000000 300000 60 1'),"
    " ('thread', 'thread', '100000 10000 1'),"
    " ('thread', 'thread_parties', '100000 10000 1000 1'),"
    " ('message', 'message', '1000000 100000 1'),"
    " ('message', 'message_thread', '1000000 100000 20 1'),"
    " ('message', 'message_job', '100000 10000 10 1'),"
    " ('message', 'message_sid', '1000000 100000 1'),"
    " ('relay', 'relay', '500000 50000 1'),"
    " ('relay', 'relay_thread', '500000 50000 10 1'),"
    " ('relay', 'relay_waiting', '5000 500 1'),"
    " ('cascade', 'cascade', '500000 50000 1'),"
    " ('cascade', 'cascade_call', '500000 50000 1'),"
    " ('cascade', 'cascade_thread', '500000 50000 10 1'),"
    " ('cascade', 'cascade_job', '50000 5000 10 1'),"
    " ('cascade', 'cascade_live', '1000 100 1'),"
    " ('twilio_call_events', 'twilio_call_events', '2000000 200000 1'),"
    " ('twilio_call_events', 'twilio_call_events_time', '2000000 200000 2'),"
    " ('twilio_call_events', 'twilio_call_events_operator', '1000000 100000 5000 2'),"
    " ('twilio_call_events', 'twilio_call_events_call', '2000000 200000 5 1'),"
    " ('outbox', 'outbox', '100000 10000 1'),"
    " ('outbox', 'outbox_ready', '100000 10000 2000 1000 500 2 1'),"
    " ('tag', 'tag', '100000 10000 500 1'),"
    " ('timer', 'timer', '1000000 10 5 2 1');"
    "ANALYZE sqlite_schema;";

/* Texts that are looked for, questions, duty and consent. */
static const char version_2[] =
    "ALTER TABLE thread ADD COLUMN closes_at INTEGER;"
    "ALTER TABLE thread ADD COLUMN heard_at INTEGER;"
    "ALTER TABLE thread ADD COLUMN heard_print INTEGER;"
    "ALTER TABLE thread ADD COLUMN burst_at INTEGER;"
    "ALTER TABLE thread ADD COLUMN burst INTEGER NOT NULL DEFAULT 0;"

    "ALTER TABLE message ADD COLUMN is_late INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE message ADD COLUMN is_duplicate INTEGER NOT NULL DEFAULT 0;"
    /* What may have been sent or not: few among many, and soon settled. */
    "CREATE INDEX message_unsure ON message (tenant, id) WHERE delivery = 'unsure';"

    "ALTER TABLE outbox ADD COLUMN media TEXT;"
    "ALTER TABLE outbox ADD COLUMN sent_at INTEGER;"
    "ALTER TABLE outbox ADD COLUMN unsure_at INTEGER;"
    "ALTER TABLE outbox ADD COLUMN is_again INTEGER NOT NULL DEFAULT 0;"
    /* Version 1 did not note when a row was sent; it was not before it was due. */
    "UPDATE outbox SET sent_at = due_at WHERE state IN ('sending', 'unsure');"
    "UPDATE outbox SET unsure_at = due_at WHERE state = 'unsure';"
    /* What is to be looked for at the carrier next, of every tenant. */
    "CREATE INDEX outbox_unsure ON outbox (due_at) WHERE state = 'unsure';"

    "ALTER TABLE tag ADD COLUMN line TEXT;"

    "CREATE TABLE duty ("
    " tenant INTEGER NOT NULL, operator TEXT NOT NULL, state TEXT NOT NULL, since_at INTEGER,"
    " until_at INTEGER, wrong_tags INTEGER NOT NULL, wrong_at INTEGER, locked_at INTEGER,"
    " PRIMARY KEY (tenant, operator)) WITHOUT ROWID;"

    "CREATE TABLE consent ("
    " tenant INTEGER NOT NULL, line TEXT NOT NULL, person TEXT NOT NULL,"
    " is_out INTEGER NOT NULL, changed_at INTEGER NOT NULL,"
    " PRIMARY KEY (tenant, line, person)) WITHOUT ROWID;"

    /* choices: the ids of threads as people read them, a space between two. */
    "CREATE TABLE question ("
    " tenant INTEGER NOT NULL, operator TEXT NOT NULL, kind TEXT NOT NULL, line TEXT NOT NULL,"
    " message_id INTEGER NOT NULL, due_at INTEGER NOT NULL, tag TEXT, body TEXT NOT NULL,"
    " media TEXT, choices TEXT,"
    " PRIMARY KEY (tenant, operator)) WITHOUT ROWID;"

    "CREATE TABLE line_since ("
    " tenant INTEGER NOT NULL, line TEXT NOT NULL, since_at INTEGER NOT NULL,"
    " PRIMARY KEY (tenant, line)) WITHOUT ROWID;"

    /* Up to when an account's log at the carrier has been searched. */
    "CREATE TABLE searched ("
    " account TEXT NOT NULL PRIMARY KEY, until_at INTEGER NOT NULL) WITHOUT ROWID;"

    "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES"
    " ('message', 'message_unsure', '100 10 1'),"
    " ('outbox', 'outbox_unsure', '100 2'),"
    " ('duty', 'duty', '1000 100 1'),"
    " ('consent', 'consent', '10000 1000 500 1'),"
    " ('question', 'question', '1000 100 1'),"
    " ('line_since', 'line_since', '100 10 1');"
    "ANALYZE sqlite_schema;";

/* Phones that ring together, and are rung once more. */
static const char version_3[] =
    "ALTER TABLE cascade ADD COLUMN round INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE cascade ADD COLUMN rang_at INTEGER;";

static const char version_4[] =
    /* What is known of a number, and a voicemail's words. */
    "CREATE TABLE parties ("
    " tenant INTEGER NOT NULL, number TEXT NOT NULL, name TEXT, line_type TEXT NOT NULL,"
    " name_at INTEGER, line_type_at INTEGER, again_at INTEGER,"
    " PRIMARY KEY (tenant, number)) WITHOUT ROWID;"
    "ALTER TABLE cascade ADD COLUMN transcript TEXT;"
    "ALTER TABLE cascade ADD COLUMN shows_line INTEGER NOT NULL DEFAULT 0;"

    /* Phones that are added one after the other, and talks by conference. */
    "ALTER TABLE cascade ADD COLUMN turn_at INTEGER;"
    "ALTER TABLE cascade ADD COLUMN added_at INTEGER;"
    "ALTER TABLE cascade ADD COLUMN watch_at INTEGER;"
    "ALTER TABLE cascade ADD COLUMN is_conference INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE outbox ADD COLUMN rung INTEGER;" /* from 1 */

    /* Since when somebody waits who had to press a key; null: since his call came. */
    "ALTER TABLE cascade ADD COLUMN waits_at INTEGER;"
    /* Whether a number that calls is shown on a phone that rings: few among many, and one of a
     * caller, however often he calls. */
    "CREATE INDEX cascade_ringing ON cascade (tenant, caller, id)"
    " WHERE state = 'ringing' AND shows_line = 0;"

    /* What has left on a day, and up to which row old words have been erased. */
    "CREATE TABLE spent ("
    " day INTEGER NOT NULL, tenant INTEGER NOT NULL, what TEXT NOT NULL, count INTEGER NOT NULL,"
    " PRIMARY KEY (day, tenant, what)) WITHOUT ROWID;"
    "CREATE TABLE swept ("
    " tenant INTEGER NOT NULL, what TEXT NOT NULL, up_to INTEGER NOT NULL,"
    " PRIMARY KEY (tenant, what)) WITHOUT ROWID;"

    "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES"
    " ('parties', 'parties', '100000 10000 1'),"
    " ('cascade', 'cascade_ringing', '500 50 2 1');"
    "ANALYZE sqlite_schema;";

static const char version_5[] =
    /* Jobs. Of the numbers of those that are over nobody asks. */
    "CREATE TABLE job ("
    " tenant INTEGER NOT NULL, id INTEGER NOT NULL, job_id TEXT NOT NULL, created_at INTEGER NOT NULL,"
    " created_by TEXT, state TEXT NOT NULL, priority TEXT NOT NULL, exception TEXT, title TEXT,"
    " notes TEXT, address TEXT, customer_phone TEXT, customer_name TEXT, language TEXT,"
    " operator TEXT, line TEXT, crew TEXT, stakeholders TEXT, claimed_by TEXT, handed_by TEXT,"
    " handed_to TEXT, handed_at INTEGER, claim_seconds INTEGER NOT NULL,"
    " progress_seconds INTEGER NOT NULL, assigned_at INTEGER, claimed_at INTEGER,"
    " started_at INTEGER, completed_at INTEGER, cancelled_at INTEGER, changed_at INTEGER NOT NULL,"
    " due_at INTEGER, version INTEGER NOT NULL, thread_id INTEGER,"
    " PRIMARY KEY (tenant, id)) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX job_name ON job (tenant, job_id);"
    /* A customer's call or text finds his job; few of many are active. */
    "CREATE INDEX job_customer ON job (tenant, customer_phone, id)"
    " WHERE state IN ('pending', 'assigned', 'in-progress') AND customer_phone IS NOT NULL;"
    "CREATE INDEX job_active ON job (tenant, id)"
    " WHERE state IN ('pending', 'assigned', 'in-progress');"
    /* Whose crew somebody is; rows of a job that is over are deleted. */
    "CREATE TABLE job_crew ("
    " tenant INTEGER NOT NULL, job INTEGER NOT NULL, phone TEXT NOT NULL,"
    " PRIMARY KEY (tenant, job, phone)) WITHOUT ROWID;"
    "CREATE INDEX job_crew_phone ON job_crew (tenant, phone, job);"
    /* A job's timeline. */
    "CREATE INDEX event_job ON event (tenant, subject_id, id)"
    " WHERE kind >= 'job.' AND kind < 'job/';"
    /* The latest shift that somebody was told of. */
    "ALTER TABLE duty ADD COLUMN shift_at INTEGER;"
    "ALTER TABLE duty ADD COLUMN shift_id INTEGER;"
    "ALTER TABLE duty ADD COLUMN shift_due_at INTEGER;"
    /* How many open threads an operator owns. */
    "CREATE INDEX thread_owned ON thread (tenant, owner)"
    " WHERE owner IS NOT NULL AND is_closed = 0;"

    "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES"
    " ('job', 'job', '200000 20000 1'),"
    " ('job', 'job_name', '200000 20000 1'),"
    " ('job', 'job_customer', '2000 200 2 1'),"
    " ('job', 'job_active', '2000 200 1'),"
    " ('job_crew', 'job_crew', '4000 400 2 1'),"
    " ('job_crew', 'job_crew_phone', '4000 400 4 1'),"
    " ('event', 'event_job', '1000000 100000 8 1'),"
    " ('thread', 'thread_owned', '1000 100 5');"
    "ANALYZE sqlite_schema;";

static const char version_6[] =
    /* Who signs in to the pages. Logins are ASCII, so NOCASE compares them right. */
    "CREATE TABLE user ("
    " id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, login TEXT NOT NULL COLLATE NOCASE UNIQUE,"
    " name TEXT NOT NULL, role TEXT NOT NULL, operator TEXT, password TEXT, setup_hash BLOB,"
    " setup_until INTEGER, code_hash BLOB, code_until INTEGER,"
    " code_tries INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, disabled_at INTEGER,"
    " seen_at INTEGER, version INTEGER NOT NULL DEFAULT 1);"
    /* A set-up link is found by its hash alone. */
    "CREATE UNIQUE INDEX user_setup ON user (setup_hash) WHERE setup_hash IS NOT NULL;"
    "CREATE TABLE session ("
    " hash BLOB NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, created_at INTEGER NOT NULL,"
    " used_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, agent TEXT) WITHOUT ROWID;"
    /* All of a user's end at once. */
    "CREATE INDEX session_user ON session (user_id, used_at);"

    /* The log's chain of hashes: each row's, and the heads that are kept where old rows went. */
    "ALTER TABLE event ADD COLUMN salt BLOB;"
    "ALTER TABLE event ADD COLUMN chain BLOB;"
    "CREATE TABLE log_head ("
    " tenant INTEGER NOT NULL, event_id INTEGER NOT NULL, chain BLOB NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " PRIMARY KEY (tenant, event_id)) WITHOUT ROWID;"

    /* Who edited a roster here, and what. */
    "ALTER TABLE roster_version ADD COLUMN made_by TEXT;"
    "ALTER TABLE roster_version ADD COLUMN note TEXT;"

    /* What a request with an Idempotency-Key was answered, to be said again; null for others. */
    "ALTER TABLE claim ADD COLUMN answer TEXT;"

    /* Threads as an inbox has them. */
    "CREATE INDEX thread_last ON thread (tenant, last_at, id);"
    /* What somebody must still answer, or nobody did: few among many. A list of three would be a
     * table of its own, made for each row that is written; a view asks in the same words. */
    "CREATE INDEX relay_unheard ON relay (tenant, id)"
    " WHERE state = 'idle' OR state = 'open' OR state = 'exhausted';"
    /* Texts of ours that did not arrive. */
    "CREATE INDEX message_trouble ON message (tenant, id)"
    " WHERE delivery = 'unsure' OR delivery = 'undelivered' OR delivery = 'failed'"
    " OR delivery = 'dropped';"
    /* What somebody must see: few among many. */
    "CREATE INDEX event_alarm ON event (tenant, id) WHERE is_alarm = 1;"
    /* A board has a page of each state. */
    "CREATE INDEX job_state ON job (tenant, state, id);"
    /* Whoever calls or texts is shown by the name that his job has. */
    "CREATE INDEX job_named ON job (tenant, customer_phone, id) WHERE customer_name IS NOT NULL;"

    "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES"
    " ('user', 'user_setup', '10 1'),"
    " ('session', 'session', '1000 1'),"
    " ('session', 'session_user', '1000 10 2'),"
    " ('log_head', 'log_head', '1000 100 1'),"
    " ('relay', 'relay_unheard', '6000 600 1'),"
    " ('job', 'job_state', '200000 20000 4000 1'),"
    " ('job', 'job_named', '200000 20000 4 1'),"
    " ('event', 'event_alarm', '5000 500 1'),"
    " ('message', 'message_trouble', '5000 500 1'),"
    " ('thread', 'thread_last', '100000 10000 1 1');"
    "ANALYZE sqlite_schema;";

static const char version_7[] =
    /* Terms of a tenant; no number: no bound. */
    "ALTER TABLE tenant ADD COLUMN state TEXT NOT NULL DEFAULT 'active';"
    "ALTER TABLE tenant ADD COLUMN weight INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE tenant ADD COLUMN texts_a_day INTEGER;"
    "ALTER TABLE tenant ADD COLUMN calls_a_day INTEGER;"
    "ALTER TABLE tenant ADD COLUMN changed_at INTEGER;"
    "CREATE TABLE tenant_secret ("
    " tenant INTEGER NOT NULL, name TEXT NOT NULL, sealed BLOB NOT NULL, key_id TEXT NOT NULL,"
    " changed_at INTEGER NOT NULL, PRIMARY KEY (tenant, name)) WITHOUT ROWID;"

    /* Who sends a row; null while nobody does. */
    "ALTER TABLE outbox ADD COLUMN node INTEGER;"
    "ALTER TABLE outbox ADD COLUMN incarnation INTEGER;"
    "CREATE TABLE node ("
    " node INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, incarnation INTEGER NOT NULL,"
    " name TEXT NOT NULL, version TEXT NOT NULL, schema INTEGER NOT NULL,"
    " started_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, until_at INTEGER NOT NULL,"
    " gone_at INTEGER, is_draining INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE chore ("
    " name TEXT NOT NULL PRIMARY KEY, node INTEGER NOT NULL, incarnation INTEGER NOT NULL,"
    " until_at INTEGER NOT NULL) WITHOUT ROWID;"

    /* A login is found as lower(login) on every database. */
    "CREATE UNIQUE INDEX user_login ON user (lower(login));"

    "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES"
    " ('user', 'user_login', '1000 1');"
    "ANALYZE sqlite_schema;";

static const char version_8[] =
    /* Lines that go live: until when wrong signatures are only reported. */
    "CREATE TABLE report_only ("
    " tenant INTEGER NOT NULL, line TEXT NOT NULL, since_at INTEGER NOT NULL,"
    " until_at INTEGER NOT NULL, made_by TEXT, PRIMARY KEY (tenant, line)) WITHOUT ROWID;";
/* clang-format on */

static const char *const versions[STORE_SCHEMA] = {version_1, version_2, version_3, version_4,
                                                   version_5, version_6, version_7, version_8};

static int64_t ask(struct sql *sql, const char *text)
{
    struct sql_query *q = sql_prepare(sql, text);
    const int64_t number = sql_next(q) ? sql_get(q) : 0;

    sql_drop(&q);
    return number;
}

static void raise_by_one(struct sql *sql, int version)
{
    char stamp[96];

    snprintf(stamp, sizeof stamp, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             APPLICATION, version);
    sql_begin(sql, SQL_WRITE);
    sql_exec(sql, versions[version - 1]);
    sql_exec(sql, stamp);
    (void)sql_end(sql); /* the error sticks, and is the caller's to ask */
}

int sqlite_schema_version(struct sql *sql)
{
    const int64_t application = ask(sql, "PRAGMA application_id");
    const int64_t version = ask(sql, "PRAGMA user_version");
    const int64_t tables = ask(sql, "SELECT count(*) FROM sqlite_schema");

    if (application == MOVED)
        sql_fail(sql, ERR_CONFLICT,
                 "%s was moved to PostgreSQL: name that database by NEXTRING_DATABASE",
                 sql_path(sql));
    if (application == MOVING)
        sql_fail(sql, ERR_CONFLICT,
                 "%s was being moved to PostgreSQL when that was broken off: say nextring move"
                 " again",
                 sql_path(sql));
    if (application != APPLICATION && (application || version || tables))
        sql_fail(sql, ERR_BAD_INPUT,
                 "%s is another program's database: name another file, or move it away",
                 sql_path(sql));
    if (version > STORE_SCHEMA)
        sql_fail(sql, ERR_CONFLICT,
                 "%s has schema %lld and this program knows %d: use the newer program",
                 sql_path(sql), (long long)version, STORE_SCHEMA);
    return (int)version;
}

void sqlite_schema_raise(struct sql *sql, int wanted)
{
    const int version = sqlite_schema_version(sql);

    for (int next = version + 1; !sql_err(sql) && next <= wanted; next++)
        raise_by_one(sql, next);
}

const char *sqlite_schema_text(int version)
{
    return versions[version - 1];
}

void sqlite_schema_mark(struct sql *sql, enum sqlite_schema_mark mark)
{
    static const int applications[SQLITE_SCHEMA_MARKS] = {
        [SQLITE_SCHEMA_OURS] = APPLICATION,
        [SQLITE_SCHEMA_MOVING] = MOVING,
        [SQLITE_SCHEMA_MOVED] = MOVED,
    };
    char text[64];

    snprintf(text, sizeof text, "PRAGMA application_id = %d", applications[mark]);
    sql_begin(sql, SQL_WRITE);
    sql_exec(sql, text);
    (void)sql_end(sql); /* the error sticks, and is the caller's to ask */
}

bool sqlite_schema_is_moving(struct sql *sql)
{
    return ask(sql, "PRAGMA application_id") == MOVING;
}
