/* sql/sql_texts.h - the statements that are prepared once, by name.
 *
 * A row's values are bound in the order of its table's columns; a change names them by number,
 * so that one function binds a new row and a changed one.
 */
#ifndef SQL_SQL_TEXTS_H
#define SQL_SQL_TEXTS_H

enum sql_text {
    TEXT_CLAIM_GET,
    TEXT_CLAIM_ADD,
    TEXT_THREAD_GET,
    TEXT_THREAD_FIND,
    TEXT_THREAD_ADD,
    TEXT_THREAD_CHANGE,
    TEXT_RELAY_GET,
    TEXT_RELAY_IDLE,
    TEXT_RELAY_LAST_WAITING,
    TEXT_RELAY_ADD,
    TEXT_RELAY_CHANGE,
    TEXT_CASCADE_GET,
    TEXT_CASCADE_FIND,
    TEXT_CASCADE_LIVE,
    TEXT_CASCADE_LIVE_OF, /* one caller's */
    TEXT_CASCADE_ADD,
    TEXT_CASCADE_CHANGE,
    TEXT_MESSAGE_GET,
    TEXT_MESSAGE_FIND, /* one of ours, by sid */
    TEXT_MESSAGE_ADD,
    TEXT_MESSAGE_CHANGE,
    TEXT_MESSAGE_BIND, /* the same with its sid, which is indexed */
    TEXT_OUTBOX_GET,
    TEXT_OUTBOX_READY,
    TEXT_OUTBOX_UNSURE,
    TEXT_OUTBOX_ADD,
    TEXT_OUTBOX_CHANGE,
    TEXT_OUTBOX_DROP,
    TEXT_LINK_GET,
    TEXT_LINK_ADD,
    TEXT_LINK_CHANGE,
    TEXT_DESK_GET,
    TEXT_TAG_PUT,
    TEXT_DUTIES_GET,
    TEXT_DUTY_PUT,
    TEXT_CONSENT_GET,
    TEXT_CONSENT_ADD,
    TEXT_CONSENT_CHANGE,
    TEXT_PARTY_GET,
    TEXT_PARTY_PUT,
    TEXT_QUESTION_GET,
    TEXT_QUESTION_PUT,
    TEXT_QUESTION_DROP,
    TEXT_JOB_GET,
    TEXT_JOB_FIND, /* by job_id */
    TEXT_JOB_ADD,
    TEXT_JOB_CHANGE,
    TEXT_JOB_CUSTOMERS, /* the active ones of a customer */
    TEXT_JOB_CREWS,     /* ... of a crew member */
    TEXT_JOB_CREW_ADD,
    TEXT_JOB_CREW_DROP,
    TEXT_BURDEN,
    TEXT_EVENT_ADD,
    TEXT_EVENT_LAST,   /* id and chain of the tenant's latest */
    TEXT_EVENT_BEHIND, /* those after an id, up to a number */
    TEXT_EVENT_BEFORE, /* the latest up to an id */
    TEXT_LOG_HEAD_LAST,
    TEXT_LOG_HEAD_BEFORE,
    TEXT_LOG_HEAD_KEEP,
    TEXT_LOG_HEAD_DROP, /* earlier ones of the same day */
    TEXT_CALL_EVENT_ADD,
    TEXT_TIMER_ADD,
    TEXT_TIMER_DROP,
    TEXT_TIMER_DUE,
    TEXT_TIMER_DUE_BETWEEN,
    TEXT_SENDER_NEXT,
    TEXT_ORPHAN_LEGS,
    TEXT_ORPHAN_UPDATES,
    TEXT_ORPHANS,
    TEXT_ORPHAN_OUTBOX,
    TEXT_ORPHAN_MESSAGE,
    TEXT_TENANT_GET,
    TEXT_TENANT_ADD,
    TEXT_TENANT_CHANGE,
    TEXT_LINE_SINCE,
    TEXT_LINE_ADD,
    TEXT_LINE_DROP,
    TEXT_LINES,
    TEXT_SEARCHED_GET,
    TEXT_SEARCHED_PUT,
    TEXT_ROSTER_LAST,
    TEXT_ROSTER_NEWEST,
    TEXT_ROSTER_ADD,
    TEXT_TOKEN_ADD,
    TEXT_TOKEN_FIND,
    TEXT_TOKEN_USED,
    TEXT_TOKEN_REVOKE,
    TEXT_USER_ADD,
    TEXT_USER_GET,
    TEXT_USER_FIND,     /* by login */
    TEXT_USER_BY_SETUP, /* by the hash of his set-up link */
    TEXT_USER_CHANGE,
    TEXT_USER_DROP,
    TEXT_USER_SEEN,
    TEXT_SESSION_ADD,
    TEXT_SESSION_FIND,
    TEXT_SESSION_USED,
    TEXT_SESSION_DROP,
    TEXT_SESSIONS_DROP,     /* a user's, but for one */
    TEXT_SESSIONS_EXPIRED,  /* anybody's */
    TEXT_SESSIONS_TOO_MANY, /* a user's oldest */
    TEXT_PROBE,
    TEXT_SPENT_ADD,
    TEXT_SPENT_SINCE,
    TEXT_SWEPT_GET,
    TEXT_SWEPT_PUT,
    TEXT_TENANT_NEXT,
    TEXT_NEWS_ADD,
    SQL_TEXTS
};

extern const char *const sql_texts[SQL_TEXTS];

#endif
