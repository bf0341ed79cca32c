/* sql/sql_columns.h - the columns of each table, in the order in which rows are written
 * (sql_save.c) and read (sql_rows.c).
 *
 * What a row is born with comes first and never changes; indexed columns are among these
 * wherever that is possible, as a change that names one touches its index.
 */
#ifndef SQL_SQL_COLUMNS_H
#define SQL_SQL_COLUMNS_H

/* clang-format off */
#define SQL_COLUMNS_THREAD "tenant, id, line, customer_phone, opened_at, last_at, owner, job_id, is_closed," \
               " relay_id, closed_text_at, closes_at, heard_at, heard_print, burst_at, burst"
#define SQL_COLUMNS_RELAY "tenant, id, thread_id, kind, raised_at, message_id, cascade_id, state, step," \
              " due_at, body, plan, acked_by, forwarded_to_primary_at, primary_ack_at," \
              " forwarded_to_backup_at, acked_at, final_status"
#define SQL_COLUMNS_CASCADE "tenant, id, thread_id, account, call_sid, line, caller, job_id, started_at," \
                " state, outcome, attempt, ring_s, due_at, accepted_at, ended_at, accepted_by," \
                " leg_sid, plan, recording, recording_s, relay_id, round, rang_at, transcript," \
                " shows_line, turn_at, added_at, watch_at, is_conference, waits_at"
#define SQL_COLUMNS_MESSAGE "tenant, id, thread_id, direction, origin, kind, sender, recipient," \
                " customer_phone, operator, job_id, created_at, relay_id, cascade_id, delivery," \
                " error_code, body, media, sid, is_late, is_duplicate"
#define SQL_COLUMNS_OUTBOX "tenant, id, kind, sender, class, state, due_at, account, recipient, body," \
               " cascade_id, expires_at, fence, attempt, media, sent_at, unsure_at, is_again," \
               " rung, node, incarnation"
#define SQL_COLUMNS_LINK "hash, tenant, purpose, subject_id, operator, expires_at, used_at"
#define SQL_COLUMNS_DUTY                                                                                    \
    "tenant, operator, state, since_at, until_at, wrong_tags, wrong_at, locked_at, shift_at,"    \
    " shift_id, shift_due_at"
#define SQL_COLUMNS_CONSENT "tenant, line, person, is_out, changed_at"
#define SQL_COLUMNS_PARTY "tenant, number, name, line_type, name_at, line_type_at, again_at"
#define SQL_COLUMNS_JOB "tenant, id, job_id, created_at, created_by, state, priority, exception, title, notes," \
            " address, customer_phone, customer_name, language, operator, line, crew," \
            " stakeholders, claimed_by, handed_by, handed_to, handed_at, claim_seconds," \
            " progress_seconds, assigned_at, claimed_at, started_at, completed_at," \
            " cancelled_at, changed_at, due_at, version, thread_id"
#define SQL_COLUMNS_ACTIVE_JOB "state IN ('pending', 'assigned', 'in-progress')"
#define SQL_COLUMNS_QUESTION "tenant, operator, kind, line, message_id, due_at, tag, body, media, choices"
/* A tenant's number; one whose tenant is gone is given to nobody else, as many remember it. */
#define SQL_COLUMNS_NEXT_TENANT "(SELECT max(n) + 1 FROM (SELECT max(id) AS n FROM tenant UNION ALL" \
    " SELECT up_to FROM swept WHERE tenant = 0 AND what = 'tenant' UNION ALL SELECT 0) AS numbers)"
/* clang-format on */

#endif
