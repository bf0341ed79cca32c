#include "postgres/postgres_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "postgres/postgres_pipe.h"
#include "postgres/postgres_text.h"
#include "postgres/postgres_wire.h"

enum {
    SCRATCH_BYTES = 1024,
    PREPARED = 1024, /* statements of the pipe's, a power of 2 */
    NUMBER_SIZE = 24,
};
static const int64_t ms_ns = 1000000;

struct query {
    struct sql_query sql;
    char *text; /* with $N; NULL: not numbered yet */
    int index, values;
    unsigned prepared; /* on which connection; 0: on none */
    struct postgres_put *puts;
    uint32_t *types; /* as they were prepared */
    struct postgres_answer *answer;
    int row; /* the next one */
    int64_t changes;
    bool is_asked, is_stream;
};

/* A statement of the pipe's. */
struct prepared {
    const char *text;
    unsigned on;
};

struct connection {
    struct sql sql;
    struct postgres_wire wire;
    char *address;
    const char *const *texts;
    struct query *queries;
    int count;
    struct prepared prepared[PREPARED];
    struct query taken;
    int64_t changes;
    postgres_put_off_fn *put_off;
    void *put_off_ctx;
    struct arena *scratch; /* of a unit */
};

static struct connection *connection_of(const struct sql *sql)
{
    return (struct connection *)sql;
}

static struct query *query_of(const struct sql_query *q)
{
    return (struct query *)q;
}

void postgres_pipe_fresh(struct sql *sql)
{
    struct connection *c = connection_of(sql);

    arena_reset(c->scratch);
    postgres_wire_fresh(&c->wire);
}

/* ---- statements ---- */

static void fill(const struct query *q, struct postgres_wire_statement *s,
                 char numbers[][NUMBER_SIZE])
{
    static const uint32_t types[] = {
        [POSTGRES_PUT_NULL] = 0,
        [POSTGRES_PUT_NUMBER] = POSTGRES_INT8,
        [POSTGRES_PUT_TEXT] = POSTGRES_TEXT,
        [POSTGRES_PUT_BYTES] = POSTGRES_BYTES,
    };

    s->count = q->values;
    for (int i = 0; i < q->values; i++) {
        const struct postgres_put *put = &q->puts[i];
        s->data[i] = put->kind == POSTGRES_PUT_NULL ? NULL : put->bytes.data;
        s->sizes[i] = (int)put->bytes.size;
        s->formats[i] = 1;
        s->types[i] = types[put->kind];
        if (put->kind != POSTGRES_PUT_NUMBER)
            continue;
        s->data[i] = numbers[i];
        s->sizes[i] = 8;
        postgres_text_put(numbers[i], 8, put->number);
    }
}

/* What was null when it was prepared has the type that the statement gives it: a number then goes
 * as a text, which the server reads as that type. */
static void fit_types(const struct query *q, struct postgres_wire_statement *s,
                      char numbers[][NUMBER_SIZE])
{
    for (int i = 0; i < q->values; i++)
        if (q->puts[i].kind == POSTGRES_PUT_NUMBER && q->types[i] != POSTGRES_INT8) {
            snprintf(numbers[i], NUMBER_SIZE, "%lld", (long long)q->puts[i].number);
            s->formats[i] = 0;
        }
}

static void send_query(struct connection *c, struct query *q)
{
    struct postgres_wire_statement s = {.text = q->text};
    char numbers[POSTGRES_WIRE_VALUES][NUMBER_SIZE], name[16];

    fill(q, &s, numbers);
    if (q->index >= 0) {
        snprintf(name, sizeof name, "u%d", q->index);
        s.name = name;
        s.prepared = &q->prepared;
        if (q->prepared != c->wire.serial && q->values)
            memcpy(q->types, s.types, (size_t)q->values * sizeof *q->types);
        fit_types(q, &s, numbers);
    }
    postgres_wire_send(&c->wire, &s, false);
}

/* Rows of a statement that is asked once may be many: they come one by one. */
static void ask(struct connection *c, struct query *q)
{
    if (!postgres_wire_ready(&c->wire))
        return;
    send_query(c, q);
    q->is_stream = q->index < 0 && c->wire.unit == SQL_READ && postgres_wire_stream(&c->wire);
    if (!q->is_stream) {
        q->answer = postgres_wire_hear(&c->wire, false);
        q->changes = postgres_wire_changes(q->answer);
        postgres_wire_finish(&c->wire);
    }
    q->row = 0;
    q->is_asked = !c->sql.err;
}

static void drop_answer(struct query *q)
{
    postgres_wire_drop(q->answer);
    q->answer = NULL;
}

static bool next_of_stream(struct connection *c, struct query *q)
{
    drop_answer(q);
    q->answer = postgres_wire_next(&c->wire);
    q->row = 1;
    q->is_stream = q->answer != NULL;
    return q->is_stream;
}

static bool next(struct sql_query *sq)
{
    struct query *q = query_of(sq);
    struct connection *c = connection_of(sq->sql);

    if (!q->is_asked)
        ask(c, q);
    if (c->sql.err || !q->is_asked)
        return false;
    if (q->is_stream)
        return next_of_stream(c, q);
    return q->answer && q->row++ < postgres_wire_rows(q->answer);
}

static void done(struct sql_query *sq)
{
    struct query *q = query_of(sq);

    if (q->is_stream)
        postgres_wire_finish(&connection_of(sq->sql)->wire);
    drop_answer(q);
    q->is_stream = q->is_asked = false;
}

static void run(struct sql_query *sq, bool must_change)
{
    struct query *q = query_of(sq);
    struct connection *c = connection_of(sq->sql);

    c->changes = 1;
    if (c->put_off && q->index >= 0) {
        c->put_off(c->put_off_ctx, q->index, q->puts, q->values);
        return;
    }
    ask(c, q);
    c->changes = q->is_asked ? q->changes : 0;
    done(sq);
    if (must_change && !c->sql.err && c->changes == 0)
        sql_fail(&c->sql, ERR_BROKEN, "%s", SQL_GONE);
}

static int64_t changes(const struct sql *sql)
{
    return connection_of(sql)->changes;
}

static void set_text(struct query *q, const char *text)
{
    q->text = postgres_text_number(text, &q->values);
    CHECK(q->values <= POSTGRES_WIRE_VALUES);
    q->puts = arena_must_alloc(((size_t)q->values + 1) * sizeof *q->puts);
    q->types = arena_must_alloc(((size_t)q->values + 1) * sizeof *q->types);
}

static void free_query(struct query *q)
{
    drop_answer(q);
    free(q->text);
    free(q->puts);
    free(q->types);
}

static struct sql_query *use(struct sql *sql, int index)
{
    struct connection *c = connection_of(sql);

    CHECK(index >= 0 && index < c->count);
    struct query *q = &c->queries[index];
    if (!q->text)
        set_text(q, c->texts[index]);
    done(&q->sql);
    return &q->sql;
}

static struct sql_query *prepare(struct sql *sql, const char *text)
{
    struct query *q = arena_must_alloc(sizeof *q);

    q->sql.sql = sql;
    q->index = -1;
    set_text(q, text);
    return &q->sql;
}

static void drop(struct sql_query *sq)
{
    done(sq);
    free_query(query_of(sq));
    free(query_of(sq));
}

static struct postgres_put *put_of(struct sql_query *sq, int at)
{
    struct query *q = query_of(sq);

    CHECK(at < q->values);
    return &q->puts[at];
}

static void put_null(struct sql_query *q, int at)
{
    *put_of(q, at) = (struct postgres_put){.kind = POSTGRES_PUT_NULL};
}

static void put_number(struct sql_query *q, int at, int64_t number)
{
    *put_of(q, at) = (struct postgres_put){.kind = POSTGRES_PUT_NUMBER, .number = number};
}

static void put_text(struct sql_query *q, int at, struct span text)
{
    const struct span clean = postgres_text_clean(connection_of(q->sql)->scratch, text);

    *put_of(q, at) = (struct postgres_put){.kind = POSTGRES_PUT_TEXT, .bytes = clean};
}

static void put_blob(struct sql_query *q, int at, struct span bytes)
{
    *put_of(q, at) = (struct postgres_put){.kind = POSTGRES_PUT_BYTES, .bytes = bytes};
}

/* ---- columns ---- */

enum { OID_BOOL = 16, OID_OID = 26, OID_NUMERIC = 1700 };

static bool is_number(uint32_t type)
{
    return type == POSTGRES_INT8 || type == POSTGRES_INT4 || type == POSTGRES_INT2 ||
           type == OID_BOOL || type == OID_OID || type == OID_NUMERIC;
}

static struct span get_bytes(struct sql_query *sq, int at)
{
    const struct query *q = query_of(sq);

    if (postgres_wire_is_null(q->answer, q->row - 1, at))
        return (struct span){0};
    return postgres_wire_value(q->answer, q->row - 1, at);
}

static int64_t get_number(struct sql_query *sq, int at)
{
    const struct query *q = query_of(sq);

    if (postgres_wire_is_null(q->answer, q->row - 1, at))
        return 0;
    const uint32_t type = postgres_wire_type(q->answer, at);
    const struct span value = get_bytes(sq, at);
    if (type == OID_NUMERIC)
        return postgres_text_numeric(value.data, (int)value.size);
    if (is_number(type))
        return postgres_text_get(value.data, (int)value.size);
    sql_fail(sq->sql, ERR_BROKEN, "%s gives words for a number: this is a fault of the program",
             sq->sql->path);
    return 0;
}

static int columns(const struct sql_query *q)
{
    return postgres_wire_columns(query_of(q)->answer);
}

static int values(const struct sql_query *q)
{
    return query_of(q)->values;
}

static const char *column_name(const struct sql_query *q, int at)
{
    return postgres_wire_name(query_of(q)->answer, at);
}

static enum sql_type column_type(const struct sql_query *sq, int at)
{
    const struct query *q = query_of(sq);

    if (postgres_wire_is_null(q->answer, q->row - 1, at))
        return SQL_NULL;
    return is_number(postgres_wire_type(q->answer, at)) ? SQL_NUMBER : SQL_TEXT;
}

/* ---- units of work ---- */

static void begin(struct sql *sql, enum sql_unit unit)
{
    struct postgres_wire *w = &connection_of(sql)->wire;

    postgres_pipe_fresh(sql);
    w->unit = unit;
    w->is_in = false;
    if (!sql->err)
        w->begin = unit == SQL_WRITE ? "BEGIN ISOLATION LEVEL READ COMMITTED"
                                     : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
}

static void end(struct sql *sql)
{
    struct postgres_wire *w = &connection_of(sql)->wire;

    w->begin = NULL;
    postgres_wire_finish(w);
    if (w->conn && w->is_in && !sql->err) {
        postgres_wire_control(w, "COMMIT", false);
        postgres_wire_finish(w);
    }
    if (w->conn && w->is_in && sql->err)
        postgres_wire_undo(w);
    w->is_in = false;
}

static void exec(struct sql *sql, const char *text)
{
    struct postgres_wire *w = &connection_of(sql)->wire;

    if (postgres_wire_ready(w))
        postgres_wire_exec(w, text);
}

static void allow(struct sql *sql, int64_t ms)
{
    connection_of(sql)->wire.until_ns = ms ? clock_mono_ns() + ms * ms_ns : 0;
}

/* ---- the pipe ---- */

/* Names are numbers of places in the table. */
static struct prepared *find_prepared(struct connection *c, const char *text)
{
    size_t at = ((uintptr_t)text >> 3) * 0x9e3779b97f4a7c15ULL >> 54;

    for (int i = 0; i < PREPARED; i++, at = (at + 1) % PREPARED) {
        struct prepared *p = &c->prepared[at];
        if (!p->text)
            p->text = text;
        if (p->text == text)
            return p;
    }
    CHECK(false); /* more statements than this program has */
    return NULL;
}

static bool is_control(const char *text)
{
    return strncmp(text, "BEGIN", 5) == 0 || strcmp(text, "COMMIT") == 0 ||
           strcmp(text, "ROLLBACK") == 0;
}

void postgres_pipe_send(struct sql *sql, const char *text, const struct postgres_value *values,
                        int count)
{
    struct connection *c = connection_of(sql);
    struct postgres_wire_statement s = {.text = text, .count = count};
    char name[16];

    CHECK(count <= POSTGRES_WIRE_VALUES);
    if (sql->err || !postgres_wire_ready(&c->wire))
        return;
    if (is_control(text)) {
        postgres_wire_control(&c->wire, text, true);
        return;
    }
    for (int i = 0; i < count; i++) {
        s.data[i] = values[i].data;
        s.sizes[i] = values[i].size;
        s.formats[i] = 1;
        s.types[i] = values[i].type;
    }
    struct prepared *p = find_prepared(c, text);
    snprintf(name, sizeof name, "p%d", (int)(p - c->prepared));
    s.name = name;
    s.prepared = &p->on;
    postgres_wire_send(&c->wire, &s, true);
}

struct sql_query *postgres_pipe_take(struct sql *sql)
{
    struct query *t = &connection_of(sql)->taken;

    done(&t->sql);
    t->answer = postgres_wire_hear(&connection_of(sql)->wire, true);
    t->changes = postgres_wire_changes(t->answer);
    t->row = 0;
    t->is_asked = true;
    t->sql.in = t->sql.out = 0;
    t->sql.is_dead = sql->err || !t->answer;
    return &t->sql;
}

int64_t postgres_pipe_taken(const struct sql *sql)
{
    return connection_of(sql)->taken.changes;
}

void postgres_pipe_take_all(struct sql *sql)
{
    struct postgres_wire *w = &connection_of(sql)->wire;

    done(&connection_of(sql)->taken.sql);
    postgres_wire_finish(w);
    if (w->conn && sql->err)
        postgres_wire_undo(w);
}

void postgres_pipe_undo(struct sql *sql)
{
    struct postgres_wire *w = &connection_of(sql)->wire;

    w->begin = NULL;
    done(&connection_of(sql)->taken.sql);
    if (w->conn)
        postgres_wire_undo(w);
}

void postgres_pipe_put_off(struct sql *sql, postgres_put_off_fn *fn, void *ctx)
{
    connection_of(sql)->put_off = fn;
    connection_of(sql)->put_off_ctx = ctx;
}

/* ---- opening ---- */

static void close_it(struct sql *sql)
{
    struct connection *c = connection_of(sql);

    postgres_wire_done(&c->wire);
    for (int i = 0; i < c->count; i++)
        free_query(&c->queries[i]);
    free_query(&c->taken);
    free(c->queries);
    free(c->address);
    free(c->sql.path);
    arena_close(&c->scratch);
    free(c);
}

static const struct sql_ops ops = {
    .catalogue = "SELECT c.relname::text, a.attname::text FROM pg_class AS c JOIN pg_attribute AS a"
                 " ON a.attrelid = c.oid WHERE c.relnamespace = current_schema()::regnamespace"
                 " AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0"
                 " AND NOT a.attisdropped ORDER BY 1, a.attnum",
    .has_nodes = true,
    .close = close_it,
    .allow = allow,
    .begin = begin,
    .end = end,
    .exec = exec,
    .changes = changes,
    .use = use,
    .prepare = prepare,
    .drop = drop,
    .put_null = put_null,
    .put_number = put_number,
    .put_text = put_text,
    .put_blob = put_blob,
    .run = run,
    .next = next,
    .done = done,
    .get_number = get_number,
    .get_bytes = get_bytes,
    .columns = columns,
    .values = values,
    .column_name = column_name,
    .column_type = column_type,
};

bool postgres_sql_is_address(const char *address)
{
    return strncmp(address, "postgres://", 11) == 0 || strncmp(address, "postgresql://", 13) == 0;
}

static struct connection *make(const char *address, const char *const *texts, int count)
{
    struct connection *c = arena_must_alloc(sizeof *c);

    c->sql.ops = &ops;
    c->wire.sql = &c->sql;
    c->address = strdup(address);
    CHECK(c->address);
    c->texts = texts;
    c->count = count;
    c->queries = arena_must_alloc(((size_t)count + 1) * sizeof *c->queries);
    for (int i = 0; i < count; i++) {
        c->queries[i].sql.sql = &c->sql;
        c->queries[i].index = i;
    }
    c->taken.sql = (struct sql_query){.sql = &c->sql, .is_dead = true};
    c->taken.index = -1;
    c->scratch = arena_open(SCRATCH_BYTES);
    return c;
}

enum err postgres_sql_open(const char *address, const char *const *texts, int count,
                           struct sql **out, char why[SQL_WHY_SIZE])
{
    struct connection *c = make(address, texts, count);

    if (!postgres_wire_set(&c->wire, address)) {
        snprintf(why, SQL_WHY_SIZE,
                 "the database's address is not understood: write it as postgres://USER:PASSWORD@"
                 "HOST:PORT/DATABASE, with %%XX for what is no letter or digit in a password");
        close_it(&c->sql);
        return ERR_BAD_INPUT;
    }
    c->sql.path = postgres_wire_shown(&c->wire);
    *out = &c->sql;
    return ERR_NONE;
}

enum err postgres_sql_open_reader(const struct sql *of, struct sql **out, char why[SQL_WHY_SIZE])
{
    const struct connection *c = connection_of(of);
    const enum err e = postgres_sql_open(c->address, c->texts, c->count, out, why);

    if (!e)
        connection_of(*out)->wire.is_reader = true;
    return e;
}

enum err postgres_sql_open_beside(const struct sql *of, struct sql **out, char why[SQL_WHY_SIZE])
{
    const struct connection *c = connection_of(of);

    return postgres_sql_open(c->address, c->texts, c->count, out, why);
}

void postgres_sql_greet(struct sql *sql, postgres_sql_greet_fn *fn, void *ctx)
{
    connection_of(sql)->wire.greet = fn;
    connection_of(sql)->wire.greet_ctx = ctx;
}
