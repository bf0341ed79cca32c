#include "sql/sql_store.h"

enum { SCRATCH_BYTES = 16 << 10 };

struct sql *sql_store_read(struct store *store)
{
    struct sql_store *s = (struct sql_store *)store;

    arena_reset(s->scratch);
    sql_begin(s->sql, SQL_READ);
    return s->sql;
}

struct sql_store_unit sql_store_write(struct store *store)
{
    struct sql_store *s = (struct sql_store *)store;

    return (struct sql_store_unit){.of = s, .sql = s->sql};
}

static bool is_over(const struct sql_store_unit *u)
{
    if (u->tries == SQL_STORE_TRIES)
        return true;
    return !u->sql->is_again && !(u->is_new_row && u->err == ERR_CONFLICT);
}

bool sql_store_goes(struct sql_store_unit *u)
{
    if (u->tries++) {
        u->err = sql_end(u->sql);
        if (!u->err || is_over(u))
            return false;
    }
    arena_reset(u->of->scratch);
    sql_begin(u->sql, SQL_WRITE);
    return true;
}

void sql_store_hold_one(struct sql_store *s, int32_t tenant)
{
    if (s->hold_in && !sql_err(s->sql))
        s->hold_in(s, &tenant, 1);
}

void sql_store_init(struct sql_store *s)
{
    s->store.ops = &s->ops;
    s->scratch = arena_open(SCRATCH_BYTES);
    s->desks = sql_desks_open();
    s->log = sql_log_open();
}

void sql_store_done(struct sql_store *s)
{
    sql_close(&s->sql);
    arena_close(&s->scratch);
    sql_desks_close(&s->desks);
    sql_log_close(&s->log);
}
