#include "store/store_forget.h"

#include "base/id.h"
#include "sql/sql_forget.h"
#include "sql/sql_store.h"

enum err store_forget_look(struct store *store, const struct store_forget_ask *ask,
                           struct store_forget_sight *out)
{
    struct sql *sql = sql_store_read(store);

    sql_forget_look(sql, ask, out, ((struct sql_store *)store)->scratch);
    return sql_end(sql);
}

enum err store_forget_turn(struct store *store, const struct store_forget_ask *ask,
                           struct store_forget_place *place, int64_t *out_gone)
{
    struct sql_store_unit u = sql_store_write(store);
    struct store_forget_place next = *place;
    int64_t gone = 0;

    while (sql_store_goes(&u)) {
        next = *place;
        sql_store_hold_one(u.of, ask->tenant);
        sql_forget_turn(u.sql, ask, &next, &gone, u.of->scratch);
    }
    sql_desks_forget(u.of->desks); /* they may have known him */
    if (u.err)
        return u.err;
    *place = next;
    *out_gone = gone;
    return ERR_NONE;
}

enum err store_forget_note(struct store *store, int32_t tenant, int64_t now_ms, struct span words)
{
    struct sql_store_unit u = sql_store_write(store);

    sql_wipe(u.sql); /* with the commit of the note */
    while (sql_store_goes(&u)) {
        struct id_maker ids = {.node = (uint8_t)store->node};
        const struct event_row row = {
            .id = id_next(&ids, now_ms),
            .tenant = tenant,
            .kind = "person.forgotten",
            .at_ms = now_ms,
            .detail = words,
        };
        sql_store_hold_one(u.of, tenant);
        sql_log_add(u.of->log, u.sql, &ids, &row);
    }
    if (u.err)
        sql_log_forget(u.of->log);
    return u.err;
}
