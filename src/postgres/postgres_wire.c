#include "postgres/postgres_wire.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "postgres/postgres_fault.h"
#include "postgres/postgres_session.h"

enum {
    ANSWER_MS = 6000, /* a server that says nothing for so long hangs: statement_timeout is 5 s */
    READ_MS = 300000, /* ... where a report is read */
    EXEC_MS = 600000, /* ... where tables are made */
    AGAIN_MS = 200,   /* between two attempts to connect */
};
static const int64_t ms_ns = 1000000;
static const char broke[] = "the connection to it broke: it is tried again";

enum slot_kind { SLOT_OWN, SLOT_PREPARE, SLOT_QUERY, SLOT_COMMIT, SLOT_SYNC };
struct postgres_wire_slot {
    enum slot_kind kind;
    bool is_piped;      /* somebody will take it */
    unsigned *prepared; /* SLOT_PREPARE: what is not, when it fails */
};

/* ---- what went wrong ---- */

static void forget_slots(struct postgres_wire *w)
{
    w->first = w->last = 0;
}

static void cut(struct postgres_wire *w)
{
    PQfinish(w->conn);
    w->conn = NULL;
    w->is_streaming = false;
    w->is_in = false;
    w->begin = NULL;
    forget_slots(w);
}

/* The connection is gone. Nobody knows whether a commit that it took along was heard. */
static void lose(struct postgres_wire *w, const char *words)
{
    const bool is_unsure = w->is_commit_sent && w->unit == SQL_WRITE && !w->sql->err;

    cut(w);
    w->is_commit_sent = false;
    w->is_unproven = w->is_unproven || is_unsure;
    sql_fail(w->sql, is_unsure ? ERR_UNSURE : ERR_BUSY, "%s: %s", w->sql->path,
             is_unsure ? "whether the commit happened is not known: its answer was lost" : words);
}

static const char *field(const PGresult *r, int code)
{
    const char *text = PQresultErrorField(r, code);

    return text ? text : "";
}

/* Words of the server's own name tables and columns; those of the classes that might name a value
 * are left out. */
static void note(struct postgres_wire *w, const PGresult *r)
{
    const char *code = field(r, PG_DIAG_SQLSTATE);
    const struct postgres_fault *f = postgres_fault_find(code);

    if (w->sql->err)
        return;
    if (f->is_lost || PQstatus(w->conn) == CONNECTION_BAD) {
        lose(w, f->words ? f->words : broke);
        return;
    }
    w->sql->is_again = f->is_again;
    if (f->words)
        sql_fail(w->sql, f->err, "%s: %s (%s %s)", w->sql->path, f->words, code,
                 field(r, PG_DIAG_CONSTRAINT_NAME));
    else
        sql_fail(w->sql, f->err, "%s failed: %s (%s)", w->sql->path,
                 field(r, PG_DIAG_MESSAGE_PRIMARY), code);
}

/* A server that gives up waiting for its standby says so by a warning, and that the commit was
 * done: it may be lost with this server. */
static void on_notice(void *ctx, const PGresult *r)
{
    struct postgres_wire *w = ctx;

    if (w->is_commit_sent && strcmp(field(r, PG_DIAG_SEVERITY_NONLOCALIZED), "WARNING") == 0)
        w->is_doubtful = true;
}

/* ---- sending ---- */

static struct postgres_wire_slot *add_slot(struct postgres_wire *w, enum slot_kind kind)
{
    if (w->first == w->last)
        forget_slots(w);
    if (w->last == w->room) {
        w->room = w->room ? w->room * 2 : 64;
        w->slots = reallocarray(w->slots, w->room, sizeof *w->slots);
        CHECK(w->slots);
    }
    w->slots[w->last] = (struct postgres_wire_slot){.kind = kind};
    return &w->slots[w->last++];
}

/* What libpq refuses to send it has no connection for. */
static bool sent(struct postgres_wire *w, int is_sent)
{
    if (!is_sent)
        lose(w, broke);
    return is_sent;
}

static void send_plain(struct postgres_wire *w, enum slot_kind kind, const char *text)
{
    if (!sent(w, PQsendQueryParams(w->conn, text, 0, NULL, NULL, NULL, NULL, 1)))
        return;
    add_slot(w, kind);
    if (kind == SLOT_COMMIT)
        w->is_commit_sent = true;
}

static void send_sync(struct postgres_wire *w)
{
    if (w->conn && w->last > w->first && w->slots[w->last - 1].kind != SLOT_SYNC &&
        sent(w, PQpipelineSync(w->conn)))
        add_slot(w, SLOT_SYNC);
}

static void send_begin(struct postgres_wire *w)
{
    if (!w->begin)
        return;
    const char *begin = w->begin;
    w->begin = NULL;
    w->is_in = true;
    send_plain(w, SLOT_OWN, begin);
    if (w->until_ns && w->conn) {
        char text[64];
        const int64_t left_ms = (w->until_ns - clock_mono_ns()) / ms_ns;
        snprintf(text, sizeof text, "SET LOCAL statement_timeout = %d",
                 left_ms > 1 ? (int)left_ms : 1);
        send_plain(w, SLOT_OWN, text);
    }
}

/* Prepares it if it is not prepared. */
static bool send_prepared(struct postgres_wire *w, const struct postgres_wire_statement *s)
{
    if (*s->prepared != w->serial) {
        if (!sent(w, PQsendPrepare(w->conn, s->name, s->text, s->count, s->types)))
            return false;
        add_slot(w, SLOT_PREPARE)->prepared = s->prepared;
        *s->prepared = w->serial;
    }
    return sent(w,
                PQsendQueryPrepared(w->conn, s->name, s->count, s->data, s->sizes, s->formats, 1));
}

void postgres_wire_send(struct postgres_wire *w, const struct postgres_wire_statement *s,
                        bool is_piped)
{
    const bool is_sent = s->name ? send_prepared(w, s)
                                 : sent(w, PQsendQueryParams(w->conn, s->text, s->count, s->types,
                                                             s->data, s->sizes, s->formats, 1));

    if (is_sent)
        add_slot(w, SLOT_QUERY)->is_piped = is_piped;
}

void postgres_wire_control(struct postgres_wire *w, const char *text, bool is_piped)
{
    send_plain(w, strcmp(text, "COMMIT") == 0 ? SLOT_COMMIT : SLOT_OWN, text);
    if (w->conn)
        w->slots[w->last - 1].is_piped = is_piped;
}

/* ---- hearing ---- */

/* True: PQgetResult will not block. */
static bool await(struct postgres_wire *w)
{
    const int64_t until_ns = clock_mono_ns() + w->wait_ms * ms_ns;

    for (;;) {
        const int is_left = PQflush(w->conn);
        if (is_left >= 0 && !PQisBusy(w->conn))
            return true;
        const int64_t left_ms = (until_ns - clock_mono_ns()) / ms_ns;
        if (is_left < 0 || left_ms <= 0) {
            lose(w, is_left < 0 ? broke : "it does not answer any more: look whether it hangs");
            return false;
        }
        struct pollfd fd = {PQsocket(w->conn), (short)(POLLIN | (is_left ? POLLOUT : 0)), 0};
        (void)poll(&fd, 1, (int)left_ms);
        if (fd.revents && !PQconsumeInput(w->conn)) {
            /* What the server said before it hung up comes first. */
            if (!PQisBusy(w->conn))
                return true;
            lose(w, broke);
            return false;
        }
    }
}

/* NULL at the end of a statement's, and when the connection is gone. */
static PGresult *get_result(struct postgres_wire *w)
{
    return w->conn && await(w) ? PQgetResult(w->conn) : NULL;
}

static bool is_good(const PGresult *r)
{
    const ExecStatusType status = PQresultStatus(r);

    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
           status == PGRES_SINGLE_TUPLE || status == PGRES_PIPELINE_SYNC;
}

/* What stands behind a failure in the pipe was passed over, whatever it was. */
static void check_result(struct postgres_wire *w, const struct postgres_wire_slot *slot,
                         const PGresult *r)
{
    if (is_good(r))
        return;
    if (slot->kind == SLOT_PREPARE)
        *slot->prepared = 0;
    if (slot->kind == SLOT_COMMIT && PQresultStatus(r) == PGRES_PIPELINE_ABORTED)
        w->is_commit_sent = false;
    if (PQresultStatus(r) != PGRES_PIPELINE_ABORTED)
        note(w, r);
}

/* "COMMIT" of what had failed answers ROLLBACK. */
static void check_commit(struct postgres_wire *w, PGresult *r)
{
    if (r && is_good(r) && w->is_commit_sent) {
        if (strcmp(PQcmdStatus(r), "COMMIT") != 0) {
            sql_fail(w->sql, ERR_BROKEN, "%s undid what was to be committed", w->sql->path);
        } else if (w->is_doubtful && w->unit == SQL_WRITE) {
            w->is_unproven = true;
            sql_fail(w->sql, ERR_UNSURE,
                     "%s committed, but no other server has it yet: look whether its standby runs",
                     w->sql->path);
        }
    }
    w->is_commit_sent = false;
}

/* The answer to the slot in front, which leaves the line; NULL without a connection. */
static PGresult *hear(struct postgres_wire *w)
{
    PGresult *r = get_result(w);

    if (!w->conn)
        return NULL;
    const struct postgres_wire_slot slot = w->slots[w->first++];
    if (r)
        check_result(w, &slot, r);
    if (w->conn && slot.kind != SLOT_SYNC) {
        PGresult *more = get_result(w);
        PQclear(more);
    }
    if (slot.kind == SLOT_COMMIT)
        check_commit(w, r);
    return r;
}

static void hear_all(struct postgres_wire *w)
{
    send_sync(w);
    while (w->conn && w->first < w->last)
        PQclear(hear(w));
}

/* Those in front of the one that is wanted are our own. */
static void hear_up_to(struct postgres_wire *w, bool is_piped)
{
    send_sync(w);
    while (w->conn && w->first < w->last) {
        const struct postgres_wire_slot *slot = &w->slots[w->first];
        if (is_piped ? slot->is_piped : slot->kind == SLOT_QUERY && !slot->is_piped)
            return;
        PQclear(hear(w));
    }
}

struct postgres_answer *postgres_wire_hear(struct postgres_wire *w, bool is_piped)
{
    hear_up_to(w, is_piped);
    return w->conn && w->first < w->last ? (struct postgres_answer *)hear(w) : NULL;
}

bool postgres_wire_stream(struct postgres_wire *w)
{
    hear_up_to(w, false);
    w->is_streaming = w->conn && !w->sql->err && PQsetSingleRowMode(w->conn);
    return w->is_streaming;
}

/* To its end, whoever still wanted rows. */
static void end_stream(struct postgres_wire *w)
{
    if (!w->is_streaming)
        return;
    for (PGresult *r; (r = get_result(w)) != NULL; PQclear(r))
        if (!is_good(r))
            note(w, r);
    w->is_streaming = false;
    if (w->conn)
        w->first++;
    hear_all(w);
}

struct postgres_answer *postgres_wire_next(struct postgres_wire *w)
{
    PGresult *r = w->is_streaming ? get_result(w) : NULL;

    if (PQresultStatus(r) == PGRES_SINGLE_TUPLE)
        return (struct postgres_answer *)r;
    if (r && !is_good(r))
        note(w, r);
    PQclear(r);
    end_stream(w);
    return NULL;
}

void postgres_wire_finish(struct postgres_wire *w)
{
    end_stream(w);
    hear_all(w);
}

/* ---- connecting ---- */

enum { OPTIONS = 64 };
struct parameters {
    const char *keys[OPTIONS], *values[OPTIONS];
    int count;
    char settings[POSTGRES_SESSION_BYTES];
};

/* Of the process, and set before there is a second thread. */
static const char *given_password;

void postgres_wire_use_password(const char *password)
{
    given_password = password;
}

/* What the address says of it; NULL: nothing. */
static const char *said_of(const PQconninfoOption *o)
{
    return !o->val && strcmp(o->keyword, "password") == 0 ? given_password : o->val;
}

static void set_parameters(const struct postgres_wire *w, struct parameters *p)
{
    p->count = 0;
    for (const PQconninfoOption *o = w->options; o->keyword; o++) {
        const char *value =
            postgres_session_value(o->keyword, said_of(o), w->is_reader, p->settings);
        if (!value)
            continue;
        CHECK(p->count < OPTIONS - 1);
        p->keys[p->count] = o->keyword;
        p->values[p->count++] = value;
    }
    p->keys[p->count] = p->values[p->count] = NULL;
}

static void fail_to_connect(struct postgres_wire *w, const char *said)
{
    char line[160];

    snprintf(line, sizeof line, "%s", said);
    line[strcspn(line, "\n")] = 0;
    sql_fail(w->sql, ERR_BUSY, "%s cannot be reached: %s", w->sql->path, line);
}

static void connect_now(struct postgres_wire *w)
{
    struct parameters p;

    if (w->is_greeting || clock_mono_ns() < w->again_ns) {
        fail_to_connect(w, "start it, or correct its address");
        return;
    }
    set_parameters(w, &p);
    w->conn = PQconnectdbParams(p.keys, p.values, 0);
    if (PQstatus(w->conn) != CONNECTION_OK) {
        w->again_ns = clock_mono_ns() + AGAIN_MS * ms_ns;
        fail_to_connect(w, PQerrorMessage(w->conn));
        cut(w);
        return;
    }
    w->serial++;
    PQsetNoticeReceiver(w->conn, on_notice, w);
    if (PQsetnonblocking(w->conn, 1) != 0 || !PQenterPipelineMode(w->conn))
        lose(w, broke);
    if (w->greet && !w->sql->err) {
        w->is_greeting = true;
        w->greet(w->sql, w->greet_ctx);
        w->is_greeting = false;
    }
    if (w->sql->err && w->conn)
        cut(w);
}

void postgres_wire_undo(struct postgres_wire *w)
{
    hear_all(w);
    if (w->conn && PQtransactionStatus(w->conn) != PQTRANS_IDLE) {
        send_plain(w, SLOT_OWN, "ROLLBACK");
        hear_all(w);
    }
    if (w->conn && PQtransactionStatus(w->conn) != PQTRANS_IDLE)
        lose(w, broke);
    w->is_in = false;
}

/* A row that is written and committed now lasts only when all before it does. */
static void prove(struct postgres_wire *w)
{
    w->unit = SQL_READ; /* nothing of the caller's is in doubt */
    w->is_doubtful = false;
    send_plain(w, SLOT_OWN,
               "INSERT INTO probe (id, created_at) VALUES (1, 0)"
               " ON CONFLICT (id) DO UPDATE SET created_at = probe.created_at");
    w->is_commit_sent = w->conn != NULL; /* the statement is its own transaction */
    hear_all(w);
    w->is_commit_sent = false;
    if (!w->sql->err && w->is_doubtful)
        sql_fail(w->sql, ERR_BUSY, "%s waits for a standby that does not come", w->sql->path);
    if (!w->sql->err)
        w->is_unproven = false;
}

void postgres_wire_fresh(struct postgres_wire *w)
{
    w->sql->err = ERR_NONE;
    w->sql->is_again = false;
    w->begin = NULL;
    w->is_commit_sent = w->is_doubtful = false;
    w->unit = SQL_WRITE;
    w->wait_ms = w->is_reader ? READ_MS : ANSWER_MS;
    end_stream(w);
    if (w->conn && (w->last > w->first || PQtransactionStatus(w->conn) != PQTRANS_IDLE))
        postgres_wire_undo(w);
    if (w->conn && PQstatus(w->conn) == CONNECTION_BAD)
        cut(w);
    w->sql->err = ERR_NONE;
    if (!w->conn)
        connect_now(w);
    if (!w->sql->err && w->is_unproven)
        prove(w);
    w->unit = SQL_WRITE;
}

/* What is asked outside of a unit of work may be the first that is asked at all. */
bool postgres_wire_ready(struct postgres_wire *w)
{
    CHECK(!w->is_streaming);
    if (!w->wait_ms)
        w->wait_ms = ANSWER_MS;
    if (!w->sql->err && !w->conn)
        connect_now(w);
    if (!w->sql->err)
        send_begin(w);
    return !w->sql->err;
}

/* Many statements in one text cannot be piped. */
void postgres_wire_exec(struct postgres_wire *w, const char *text)
{
    const int64_t wait_ms = w->wait_ms;

    hear_all(w);
    if (w->sql->err || !w->conn)
        return;
    w->wait_ms = EXEC_MS;
    if (PQexitPipelineMode(w->conn) && sent(w, PQsendQuery(w->conn, text)))
        for (PGresult *r; (r = get_result(w)) != NULL; PQclear(r))
            if (!is_good(r))
                note(w, r);
    if (w->conn && !PQenterPipelineMode(w->conn))
        lose(w, broke);
    w->wait_ms = wait_ms;
}

/* ---- answers ---- */

static const PGresult *result_of(const struct postgres_answer *a)
{
    return (const PGresult *)a;
}

void postgres_wire_drop(struct postgres_answer *a)
{
    PQclear((PGresult *)a);
}

int postgres_wire_rows(const struct postgres_answer *a)
{
    return PQntuples(result_of(a));
}

int64_t postgres_wire_changes(const struct postgres_answer *a)
{
    return a ? atoll(PQcmdTuples((PGresult *)a)) : 0;
}

int postgres_wire_columns(const struct postgres_answer *a)
{
    return PQnfields(result_of(a));
}

const char *postgres_wire_name(const struct postgres_answer *a, int column)
{
    const char *name = PQfname(result_of(a), column);

    return name ? name : "";
}

uint32_t postgres_wire_type(const struct postgres_answer *a, int column)
{
    return PQftype(result_of(a), column);
}

bool postgres_wire_is_null(const struct postgres_answer *a, int row, int column)
{
    return !a || PQgetisnull(result_of(a), row, column);
}

struct span postgres_wire_value(const struct postgres_answer *a, int row, int column)
{
    return (struct span){PQgetvalue(result_of(a), row, column),
                         (size_t)PQgetlength(result_of(a), row, column)};
}

/* ---- opening ---- */

static const char *part(const struct postgres_wire *w, const char *name)
{
    for (const PQconninfoOption *o = w->options; o->keyword; o++)
        if (strcmp(o->keyword, name) == 0 && o->val)
            return o->val;
    return "";
}

/* A '/' or '@' of a password that is not written as %XX ends it early: what stands behind is then
 * the port, the host or the database, which are shown. */
static bool is_spilt(const struct postgres_wire *w)
{
    const char *host = part(w, "host"), *port = part(w, "port");

    return port[strspn(port, "0123456789,")] || (*host && strchr(host + 1, '@')) ||
           strchr(part(w, "dbname"), '@');
}

bool postgres_wire_set(struct postgres_wire *w, const char *address)
{
    char *said = NULL;

    w->options = PQconninfoParse(address, &said);
    PQfreemem(said);
    return w->options && !is_spilt(w);
}

void postgres_wire_done(struct postgres_wire *w)
{
    PQfinish(w->conn);
    PQconninfoFree(w->options);
    free(w->slots);
}

char *postgres_wire_shown(const struct postgres_wire *w)
{
    const char *host = part(w, "host"), *port = part(w, "port");
    char *out = NULL;

    CHECK(asprintf(&out, "PostgreSQL at %s%s%s, database %s", *host ? host : "this machine",
                   *port ? " port " : "", port, part(w, "dbname")) > 0);
    return out;
}
