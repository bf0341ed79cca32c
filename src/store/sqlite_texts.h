/* store/sqlite_texts.h - the statements that are prepared once, by name.
 *
 * A row's values are bound in the order of its table's columns; a change names them by number,
 * so that one function binds a new row and a changed one.
 */
#ifndef STORE_SQLITE_TEXTS_H
#define STORE_SQLITE_TEXTS_H

enum sqlite_text {
    TEXT_CLAIM_GET,
    TEXT_CLAIM_ADD,
    TEXT_THREAD_GET,
    TEXT_THREAD_FIND,
    TEXT_THREAD_ADD,
    TEXT_THREAD_CHANGE,
    TEXT_RELAY_GET,
    TEXT_RELAY_ADD,
    TEXT_RELAY_CHANGE,
    TEXT_CASCADE_GET,
    TEXT_CASCADE_FIND,
    TEXT_CASCADE_ADD,
    TEXT_CASCADE_CHANGE,
    TEXT_MESSAGE_GET,
    TEXT_MESSAGE_ADD,
    TEXT_MESSAGE_CHANGE,
    TEXT_MESSAGE_BIND, /* the same with its sid, which is indexed */
    TEXT_OUTBOX_GET,
    TEXT_OUTBOX_READY,
    TEXT_OUTBOX_ADD,
    TEXT_OUTBOX_CHANGE,
    TEXT_OUTBOX_DROP,
    TEXT_LINK_GET,
    TEXT_LINK_ADD,
    TEXT_LINK_CHANGE,
    TEXT_DESK_GET,
    TEXT_TAG_PUT,
    TEXT_EVENT_ADD,
    TEXT_CALL_EVENT_ADD,
    TEXT_TIMER_ADD,
    TEXT_TIMER_DROP,
    TEXT_TIMER_DUE,
    TEXT_SENDER_NEXT,
    TEXT_ORPHANS,
    TEXT_ORPHAN_OUTBOX,
    TEXT_ORPHAN_MESSAGE,
    TEXT_TENANT_GET,
    TEXT_TENANT_ADD,
    TEXT_TENANT_CHANGE,
    TEXT_ROSTER_LAST,
    TEXT_ROSTER_NEWEST,
    TEXT_ROSTER_ADD,
    TEXT_TOKEN_ADD,
    TEXT_TOKEN_FIND,
    TEXT_TOKEN_USED,
    TEXT_TOKEN_REVOKE,
    TEXT_PROBE,
    SQLITE_TEXTS
};

extern const char *const sqlite_texts[SQLITE_TEXTS];

#endif
