#include "sql/sql_texts.h"

#include "sql/sql_columns.h"

/* What a row is born with comes first and never changes; indexed columns are among these
 * wherever that is possible, as a change that names one touches its index. */
/* clang-format off */
#define THREAD SQL_COLUMNS_THREAD
#define RELAY SQL_COLUMNS_RELAY
#define CASCADE SQL_COLUMNS_CASCADE
#define MESSAGE SQL_COLUMNS_MESSAGE
#define OUTBOX SQL_COLUMNS_OUTBOX
#define LINK SQL_COLUMNS_LINK
#define DUTY SQL_COLUMNS_DUTY
#define CONSENT SQL_COLUMNS_CONSENT
#define PARTY SQL_COLUMNS_PARTY
#define JOB SQL_COLUMNS_JOB
#define ACTIVE SQL_COLUMNS_ACTIVE_JOB
#define QUESTION SQL_COLUMNS_QUESTION
#define TOKEN "id, tenant, role, hash, name, created_at, revoked_at, used_at"
#define USER "id, tenant, login, name, role, operator, password, setup_hash, setup_until," \
             " code_hash, code_until, code_tries, created_at, disabled_at, seen_at, version"
#define SESSION "hash, user_id, created_at, used_at, expires_at, agent"

const char *const sql_texts[SQL_TEXTS] = {
    [TEXT_CLAIM_GET] = "SELECT event_id, answer FROM claim WHERE tenant = ? AND key = ?",
    [TEXT_CLAIM_ADD] = "INSERT INTO claim (tenant, key, event_id, answer) VALUES (?, ?, ?, ?)",

    [TEXT_THREAD_GET] = "SELECT " THREAD " FROM thread WHERE tenant = ? AND id = ?",
    [TEXT_THREAD_FIND] = "SELECT " THREAD " FROM thread"
        " WHERE tenant = ? AND line = ? AND customer_phone = ?",
    [TEXT_THREAD_ADD] = "INSERT INTO thread (" THREAD ")"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [TEXT_THREAD_CHANGE] = "UPDATE thread SET last_at = ?6, owner = ?7, job_id = ?8,"
        " is_closed = ?9, relay_id = ?10, closed_text_at = ?11, closes_at = ?12, heard_at = ?13,"
        " heard_print = ?14, burst_at = ?15, burst = ?16 WHERE tenant = ?1 AND id = ?2",

    [TEXT_RELAY_GET] = "SELECT " RELAY " FROM relay WHERE tenant = ? AND id = ?",
    /* The first condition is the index's own; the second picks among the few that wait. */
    [TEXT_RELAY_IDLE] = "SELECT id FROM relay WHERE state IN ('idle', 'open')"
        " AND state = 'idle' AND tenant = ? ORDER BY id LIMIT ?",
    /* The latest first: as a rule it is at hand after a few. */
    [TEXT_RELAY_LAST_WAITING] = "SELECT id FROM relay WHERE state IN ('idle', 'open')"
        " AND tenant = ?1 AND kind IN ('missed_call', 'voicemail') AND ?2 ="
        " (SELECT line FROM thread WHERE thread.tenant = ?1 AND thread.id = thread_id)"
        " ORDER BY id DESC LIMIT 1",
    /* Its thread is there: threads are written first. */
    [TEXT_RELAY_ADD] = "INSERT INTO relay (" RELAY ", customer_phone)"
        " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,"
        " (SELECT customer_phone FROM thread WHERE tenant = ?1 AND id = ?3))",
    [TEXT_RELAY_CHANGE] = "UPDATE relay SET kind = ?4, message_id = ?6, cascade_id = ?7,"
        " state = ?8, step = ?9, due_at = ?10, body = ?11, plan = ?12, acked_by = ?13,"
        " forwarded_to_primary_at = ?14, primary_ack_at = ?15, forwarded_to_backup_at = ?16,"
        " acked_at = ?17, final_status = ?18 WHERE tenant = ?1 AND id = ?2",

    [TEXT_CASCADE_GET] = "SELECT " CASCADE " FROM cascade WHERE tenant = ? AND id = ?",
    [TEXT_CASCADE_FIND] = "SELECT " CASCADE " FROM cascade WHERE tenant = ? AND call_sid = ?",
    [TEXT_CASCADE_LIVE] = "SELECT id FROM cascade WHERE state <> 'over'"
        " AND state = 'ringing' AND tenant = ? ORDER BY id LIMIT ?",
    [TEXT_CASCADE_LIVE_OF] = "SELECT id FROM cascade WHERE state = 'ringing'"
        " AND shows_line = 0 AND tenant = ? AND caller = ? ORDER BY id LIMIT ?",
    [TEXT_CASCADE_ADD] = "INSERT INTO cascade (" CASCADE ")"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [TEXT_CASCADE_CHANGE] = "UPDATE cascade SET state = ?10, outcome = ?11, attempt = ?12,"
        " ring_s = ?13, due_at = ?14, accepted_at = ?15, ended_at = ?16, accepted_by = ?17,"
        " leg_sid = ?18, plan = ?19, recording = ?20, recording_s = ?21, relay_id = ?22,"
        " round = ?23, rang_at = ?24, transcript = ?25, shows_line = ?26,"
        " turn_at = ?27, added_at = ?28, watch_at = ?29, is_conference = ?30,"
        " waits_at = ?31"
        " WHERE tenant = ?1 AND id = ?2",

    [TEXT_MESSAGE_GET] = "SELECT " MESSAGE " FROM message WHERE tenant = ? AND id = ?",
    [TEXT_MESSAGE_FIND] = "SELECT " MESSAGE " FROM message"
        " WHERE tenant = ? AND sid = ? AND direction = 'out' LIMIT 1",
    [TEXT_MESSAGE_ADD] = "INSERT INTO message (" MESSAGE ")"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [TEXT_MESSAGE_CHANGE] = "UPDATE message SET relay_id = ?13, cascade_id = ?14,"
        " delivery = ?15, error_code = ?16, body = ?17, media = ?18, is_duplicate = ?21"
        " WHERE tenant = ?1 AND id = ?2",
    [TEXT_MESSAGE_BIND] = "UPDATE message SET relay_id = ?13, cascade_id = ?14,"
        " delivery = ?15, error_code = ?16, body = ?17, media = ?18, sid = ?19,"
        " is_duplicate = ?21"
        " WHERE tenant = ?1 AND id = ?2",

    [TEXT_OUTBOX_GET] = "SELECT " OUTBOX " FROM outbox WHERE tenant = ? AND id = ?",
    [TEXT_OUTBOX_READY] = "SELECT " OUTBOX " FROM outbox WHERE state = 'queued' AND tenant = ?"
        " AND sender = ? AND kind = ? AND class = ? ORDER BY due_at, id",
    [TEXT_OUTBOX_UNSURE] = "SELECT " OUTBOX " FROM outbox WHERE state = 'unsure'"
        " ORDER BY due_at, tenant, id",
    [TEXT_OUTBOX_ADD] = "INSERT INTO outbox (" OUTBOX ")"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [TEXT_OUTBOX_CHANGE] = "UPDATE outbox SET class = ?5, state = ?6, due_at = ?7, account = ?8,"
        " recipient = ?9, body = ?10, cascade_id = ?11, expires_at = ?12, fence = ?13,"
        " attempt = ?14, media = ?15, sent_at = ?16, unsure_at = ?17, is_again = ?18, rung = ?19,"
        " node = ?20, incarnation = ?21"
        " WHERE tenant = ?1 AND id = ?2",
    [TEXT_OUTBOX_DROP] = "DELETE FROM outbox WHERE tenant = ? AND id = ?",

    [TEXT_LINK_GET] = "SELECT " LINK " FROM link WHERE hash = ?",
    [TEXT_LINK_ADD] = "INSERT INTO link (" LINK ") VALUES (?,?,?,?,?,?,?)",
    [TEXT_LINK_CHANGE] = "UPDATE link SET expires_at = ?6, used_at = ?7 WHERE hash = ?1",

    [TEXT_DESK_GET] = "SELECT tag, thread_id, sent_at, line FROM tag"
        " WHERE tenant = ? AND operator = ? ORDER BY sent_at DESC LIMIT ?",
    [TEXT_TAG_PUT] = "INSERT INTO tag (tenant, operator, tag, thread_id, sent_at, line)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, operator, tag)"
        " DO UPDATE SET thread_id = excluded.thread_id, sent_at = excluded.sent_at,"
        " line = excluded.line",

    [TEXT_DUTIES_GET] = "SELECT " DUTY " FROM duty WHERE tenant = ? ORDER BY operator LIMIT ?",
    [TEXT_DUTY_PUT] = "INSERT INTO duty (" DUTY ") VALUES (?,?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT (tenant, operator) DO UPDATE SET state = excluded.state,"
        " since_at = excluded.since_at, until_at = excluded.until_at,"
        " wrong_tags = excluded.wrong_tags, wrong_at = excluded.wrong_at,"
        " locked_at = excluded.locked_at, shift_at = excluded.shift_at,"
        " shift_id = excluded.shift_id, shift_due_at = excluded.shift_due_at",
    [TEXT_CONSENT_GET] = "SELECT " CONSENT " FROM consent"
        " WHERE tenant = ? AND line = ? AND person = ?",
    [TEXT_CONSENT_ADD] = "INSERT INTO consent (" CONSENT ") VALUES (?,?,?,?,?)",
    [TEXT_CONSENT_CHANGE] = "UPDATE consent SET is_out = ?4, changed_at = ?5"
        " WHERE tenant = ?1 AND line = ?2 AND person = ?3",
    [TEXT_PARTY_GET] = "SELECT " PARTY " FROM parties WHERE tenant = ? AND number = ?",
    [TEXT_PARTY_PUT] = "INSERT INTO parties (" PARTY ") VALUES (?,?,?,?,?,?,?)"
        " ON CONFLICT (tenant, number) DO UPDATE SET name = excluded.name,"
        " line_type = excluded.line_type, name_at = excluded.name_at,"
        " line_type_at = excluded.line_type_at, again_at = excluded.again_at",
    [TEXT_QUESTION_GET] = "SELECT " QUESTION " FROM question WHERE tenant = ? AND operator = ?",
    [TEXT_QUESTION_PUT] = "INSERT INTO question (" QUESTION ")"
        " VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (tenant, operator) DO UPDATE SET"
        " kind = excluded.kind, line = excluded.line, message_id = excluded.message_id,"
        " due_at = excluded.due_at, tag = excluded.tag, body = excluded.body,"
        " media = excluded.media, choices = excluded.choices",
    [TEXT_QUESTION_DROP] = "DELETE FROM question WHERE tenant = ? AND operator = ?",

    [TEXT_JOB_GET] = "SELECT " JOB " FROM job WHERE tenant = ? AND id = ?",
    [TEXT_JOB_FIND] = "SELECT " JOB " FROM job WHERE tenant = ? AND job_id = ?",
    [TEXT_JOB_ADD] = "INSERT INTO job (" JOB ")"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [TEXT_JOB_CHANGE] = "UPDATE job SET"
        " state = ?6, priority = ?7, exception = ?8, title = ?9, notes = ?10, address ="
        " ?11, customer_phone = ?12, customer_name = ?13, language = ?14, operator = ?15,"
        " line = ?16, crew = ?17, stakeholders = ?18, claimed_by = ?19, handed_by = ?20,"
        " handed_to = ?21, handed_at = ?22, claim_seconds = ?23, progress_seconds = ?24,"
        " assigned_at = ?25, claimed_at = ?26, started_at = ?27, completed_at = ?28,"
        " cancelled_at = ?29, changed_at = ?30, due_at = ?31, version = ?32, thread_id ="
        " ?33"
        " WHERE tenant = ?1 AND id = ?2",
    [TEXT_JOB_CUSTOMERS] = "SELECT id FROM job WHERE " ACTIVE " AND customer_phone IS NOT NULL"
        " AND tenant = ? AND customer_phone = ? ORDER BY id DESC LIMIT ?",
    [TEXT_JOB_CREWS] = "SELECT job FROM job_crew WHERE tenant = ? AND phone = ?"
        " ORDER BY job DESC LIMIT ?",
    [TEXT_JOB_CREW_ADD] = "INSERT INTO job_crew (tenant, job, phone) VALUES (?, ?, ?)"
        " ON CONFLICT (tenant, job, phone) DO NOTHING",
    [TEXT_JOB_CREW_DROP] = "DELETE FROM job_crew WHERE tenant = ? AND job = ?",
    [TEXT_BURDEN] = "SELECT count(*) FROM thread WHERE owner IS NOT NULL AND is_closed = 0"
        " AND tenant = ? AND owner = ?",

    [TEXT_EVENT_ADD] = "INSERT INTO event (tenant, id, kind, created_at, thread_id, subject_id,"
        " operator, detail, is_alarm, salt, chain) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    [TEXT_EVENT_LAST] = "SELECT id, chain FROM event WHERE tenant = ? ORDER BY id DESC LIMIT 1",
    [TEXT_EVENT_BEHIND] = "SELECT id FROM event WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?",
    [TEXT_EVENT_BEFORE] = "SELECT id, chain FROM event WHERE tenant = ? AND id <= ?"
        " ORDER BY id DESC LIMIT 1",
    [TEXT_LOG_HEAD_BEFORE] = "SELECT event_id, chain FROM log_head WHERE tenant = ?"
        " AND event_id <= ? ORDER BY event_id DESC LIMIT 1",
    [TEXT_LOG_HEAD_LAST] = "SELECT event_id, chain FROM log_head WHERE tenant = ?"
        " ORDER BY event_id DESC LIMIT 1",
    [TEXT_LOG_HEAD_KEEP] = "INSERT INTO log_head (tenant, event_id, chain, created_at)"
        " SELECT tenant, id, coalesce(chain, ?3), created_at FROM event"
        " WHERE tenant = ?1 AND id = ?2 ON CONFLICT (tenant, event_id) DO UPDATE SET"
        " chain = excluded.chain, created_at = excluded.created_at",
    [TEXT_LOG_HEAD_DROP] = "DELETE FROM log_head WHERE tenant = ?1 AND event_id < ?2"
        " AND created_at / 86400000 = (SELECT created_at / 86400000 FROM log_head"
        " WHERE tenant = ?1 AND event_id = ?2)",
    [TEXT_CALL_EVENT_ADD] = "INSERT INTO twilio_call_events (tenant, id, cascade_id, created_at,"
        " call_sid, kind, line, caller, operator, attempt, detail) VALUES (?,?,?,?,?,?,?,?,?,?,?)",

    /* The key is the whole row: one that is there already is the same. */
    [TEXT_TIMER_ADD] = "INSERT INTO timer (due_at, tenant, kind, subject_id)"
        " VALUES (?, ?, ?, ?) ON CONFLICT (due_at, tenant, kind, subject_id) DO NOTHING",
    [TEXT_TIMER_DROP] = "DELETE FROM timer"
        " WHERE due_at = ? AND tenant = ? AND kind = ? AND subject_id = ?",
    [TEXT_TIMER_DUE] = "SELECT due_at, tenant, kind, subject_id FROM timer"
        " ORDER BY due_at, tenant, kind, subject_id LIMIT ?",

    [TEXT_TIMER_DUE_BETWEEN] = "SELECT due_at, tenant, kind, subject_id FROM timer"
        " WHERE due_at >= ? AND due_at <= ? ORDER BY due_at, tenant, kind, subject_id",

    /* One look for each sender, however many rows it has. */
    [TEXT_SENDER_NEXT] = "SELECT tenant, sender, kind FROM outbox WHERE state = 'queued'"
        " AND (tenant, sender, kind) > (?, ?, ?) ORDER BY tenant, sender, kind LIMIT 1",
    /* A phone that may ring is rung once; ending or moving a call is safe to repeat. */
    [TEXT_ORPHAN_LEGS] = "DELETE FROM outbox"
        " WHERE state = 'sending' AND kind = 'call' AND rung IS NOT NULL",
    [TEXT_ORPHAN_UPDATES] = "UPDATE outbox SET state = 'queued'"
        " WHERE state = 'sending' AND kind IN ('update', 'erase')",
    [TEXT_ORPHANS] = "SELECT tenant, id FROM outbox WHERE state = 'sending'",
    [TEXT_ORPHAN_OUTBOX] = "UPDATE outbox SET state = 'unsure', unsure_at = ?3, due_at = ?3,"
        " sent_at = coalesce(sent_at, ?3) WHERE tenant = ?1 AND id = ?2",
    /* A receipt that came first knows better. */
    [TEXT_ORPHAN_MESSAGE] = "UPDATE message SET delivery = 'unsure'"
        " WHERE tenant = ? AND id = ? AND delivery = 'queued'",

    [TEXT_TENANT_GET] = "SELECT id, name, account FROM tenant WHERE slug = ?",
    [TEXT_TENANT_ADD] = "INSERT INTO tenant (id, slug, name, account, created_at)"
        " VALUES (" SQL_COLUMNS_NEXT_TENANT ", ?, ?, ?, ?) RETURNING id",
    [TEXT_TENANT_CHANGE] = "UPDATE tenant SET name = ?, account = ? WHERE id = ?",

    [TEXT_LINE_SINCE] = "SELECT since_at FROM line_since WHERE tenant = ? AND line = ?",
    [TEXT_LINE_ADD] = "INSERT INTO line_since (tenant, line, since_at) VALUES (?, ?, ?)",
    [TEXT_LINE_DROP] = "DELETE FROM line_since WHERE tenant = ? AND line = ?",
    [TEXT_LINES] = "SELECT tenant, line FROM line_since",
    [TEXT_SEARCHED_GET] = "SELECT until_at FROM searched WHERE account = ?",
    [TEXT_SEARCHED_PUT] = "INSERT INTO searched (account, until_at) VALUES (?, ?)"
        " ON CONFLICT (account) DO UPDATE SET until_at = excluded.until_at",

    [TEXT_ROSTER_LAST] = "SELECT version, digest, document FROM roster_version"
        " WHERE tenant = ? AND is_good = 1 ORDER BY version DESC LIMIT 1",
    [TEXT_ROSTER_NEWEST] = "SELECT version, digest, is_good FROM roster_version"
        " WHERE tenant = ? ORDER BY version DESC LIMIT 1",
    [TEXT_ROSTER_ADD] = "INSERT INTO roster_version (tenant, version, is_good, digest, document,"
        " mistakes, created_at, made_by, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",

    [TEXT_TOKEN_ADD] = "INSERT INTO token (" TOKEN ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    [TEXT_TOKEN_FIND] = "SELECT " TOKEN " FROM token WHERE hash = ?",
    [TEXT_TOKEN_USED] = "UPDATE token SET used_at = ? WHERE id = ?",
    [TEXT_TOKEN_REVOKE] = "UPDATE token SET revoked_at = ?3"
        " WHERE id = ?2 AND revoked_at IS NULL AND (tenant = ?1 OR ?1 = 0) RETURNING id",

    [TEXT_USER_ADD] = "INSERT INTO \"user\" (" USER ")"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [TEXT_USER_GET] = "SELECT " USER " FROM \"user\" WHERE id = ?",
    [TEXT_USER_FIND] = "SELECT " USER " FROM \"user\" WHERE lower(login) = lower(?)",
    [TEXT_USER_BY_SETUP] = "SELECT " USER " FROM \"user\" WHERE setup_hash = ?",
    [TEXT_USER_CHANGE] = "UPDATE \"user\" SET tenant = ?2, name = ?4, role = ?5, operator = ?6,"
        " password = ?7, setup_hash = ?8, setup_until = ?9, code_hash = ?10, code_until = ?11,"
        " code_tries = ?12, disabled_at = ?14, seen_at = ?15, version = ?16"
        " WHERE id = ?1 AND version = ?17 RETURNING id",
    [TEXT_USER_DROP] = "DELETE FROM \"user\" WHERE id = ?1 AND version = ?2 RETURNING id",
    [TEXT_USER_SEEN] = "UPDATE \"user\" SET seen_at = ? WHERE id = ?",
    [TEXT_SESSION_ADD] = "INSERT INTO session (" SESSION ") VALUES (?, ?, ?, ?, ?, ?)",
    [TEXT_SESSION_FIND] = "SELECT " SESSION " FROM session WHERE hash = ?",
    [TEXT_SESSION_USED] = "UPDATE session SET used_at = ? WHERE hash = ?",
    [TEXT_SESSION_DROP] = "DELETE FROM session WHERE hash = ?",
    [TEXT_SESSIONS_DROP] = "DELETE FROM session WHERE user_id = ?1 AND hash IS DISTINCT FROM ?2",
    [TEXT_SESSIONS_EXPIRED] = "DELETE FROM session WHERE expires_at <= ?1 OR used_at <= ?2",
    [TEXT_SESSIONS_TOO_MANY] = "DELETE FROM session WHERE user_id = ?1 AND hash NOT IN"
        " (SELECT hash FROM session WHERE user_id = ?1 ORDER BY used_at DESC LIMIT ?2)",

    [TEXT_PROBE] = "INSERT INTO probe (id, created_at) VALUES (1, ?)"
        " ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at",

    [TEXT_SPENT_ADD] = "INSERT INTO spent (tenant, day, what, count) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (day, tenant, what) DO UPDATE SET count = spent.count + excluded.count",
    [TEXT_SPENT_SINCE] = "SELECT tenant, day, what, count FROM spent WHERE day >= ?",
    [TEXT_SWEPT_GET] = "SELECT up_to FROM swept WHERE tenant = ? AND what = ?",
    [TEXT_SWEPT_PUT] = "INSERT INTO swept (tenant, what, up_to) VALUES (?, ?, ?)"
        " ON CONFLICT (tenant, what) DO UPDATE SET up_to = excluded.up_to",
    [TEXT_TENANT_NEXT] = "SELECT min(id) FROM tenant WHERE id > ?",
    /* Several programs share the database: PostgreSQL alone. */
    [TEXT_NEWS_ADD] = "INSERT INTO news (tenant, node, id, changes) VALUES (?, ?, ?, ?)",
};
/* clang-format on */
