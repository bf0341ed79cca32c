/* Texts first and calls after them: list page by page until the list ends or a thousand rows are
 * listed; ask the store which of them are known; get what is still missing of the others (media,
 * how long a leg has talked); submit them, oldest first; when they are stored, go on with the
 * list, and in the end move the mark. */
#include "river/pass.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/log.h"
#include "model/facts.h"
#include "provider/carrier_log.h"
#include "store/store_nodes.h"

enum {
    BACK_MS = 10 * 60000,
    YOUNG_MS = 20000, /* its webhook may be on its way */
    ROWS_MAX = 1000,  /* listed before what is missing is brought in */
    SECOND_MS = 1000, /* the carrier cuts its dates to seconds */
};

/* A text or a call that may be missing. */
struct late {
    struct late *next;
    struct carrier_log_row row;
    int32_t tenant;
    const char *line;
    bool known;    /* to the store, or none of our business */
    bool complete; /* media and talk are there, if there are any */
    struct span media;
    int32_t talked_s;
    struct pass *pass;
    struct work work;
};

struct pass {
    const struct pass_tools *tools;
    pass_end_fn *ended;
    void *ctx;
    struct arena *arena; /* holds the rows and line names */
    struct reading reading;
    struct carrier_log_query query;
    int64_t begin_ms, since_ms;
    const char **lines; /* of the account, and whose they are */
    int32_t *tenants;
    size_t line_count;
    bool calls;           /* the list of calls, else of texts */
    struct span at, next; /* addresses of pages */
    size_t listed;
    struct late *rows; /* oldest first */
    size_t unstored;
    bool failed;
    bool is_mine; /* of all nodes */
};

void pass_close(struct pass **pass)
{
    if (!*pass)
        return;
    arena_close(&(*pass)->arena);
    free(*pass);
    *pass = NULL;
}

static int64_t now_of(const struct pass *p)
{
    return clock_now_ms(p->tools->clock);
}

/* ---- the end of a pass: whoever is told may close it ---- */

/* The mark stays where it is. */
static void fail(struct pass *p, const char *why)
{
    p->ended(p->ctx, PASS_FAILED, why);
}

static void mark_is_stored(struct reading *reading)
{
    struct pass *p = reading->user;

    if (reading->err)
        fail(p, "the mark was not stored");
    else
        p->ended(p->ctx, PASS_DONE, NULL);
}

static enum err store_mark(struct reading *reading, struct store *store, int64_t now_ms)
{
    const struct pass *p = reading->user;

    (void)now_ms;
    return store_searched_put(store, p->query.account, p->begin_ms);
}

static void read_by(struct pass *p,
                    enum err (*read)(struct reading *reading, struct store *store, int64_t now_ms),
                    void (*done)(struct reading *reading))
{
    const struct intake *intake = p->tools->intake;

    p->reading = (struct reading){.read = read, .done = done, .user = p};
    if (intake->read(intake->ctx, &p->reading))
        fail(p, "the store is busy");
}

/* ---- bringing in ---- */

static void list_first(struct pass *p);

/* What was listed is stored; the list goes on when it is this account's turn again. */
static void go_on(struct pass *p)
{
    if (p->next.size) {
        p->ended(p->ctx, PASS_PAUSED, NULL);
    } else if (!p->calls) {
        p->calls = true;
        p->query.since_ms = 0; /* one that began long ago may have ended just now */
        p->query.ended_ms = p->since_ms;
        list_first(p);
    } else {
        read_by(p, store_mark, mark_is_stored);
    }
}

static void one_is_stored(struct work *w)
{
    const struct late *l = w->user;
    struct pass *p = l->pass;

    /* One that was refused will be refused again: it must not hold up the others. */
    if (w->err == ERR_BUSY || w->err == ERR_FULL || w->err == ERR_BROKEN || w->err == ERR_UNSURE)
        p->failed = true;
    else if (w->err)
        log_event(LOG_ERROR, &(struct log_fields){.tenant = w->event.tenant, .sid = w->event.sid},
                  "catch-up: what was found in the carrier's log was refused (%s)",
                  err_name(w->err));
    if (--p->unstored > 0)
        return;
    if (p->failed)
        fail(p, "what was found was not stored");
    else
        go_on(p);
}

static void fill_event(const struct pass *p, const struct late *l, struct event *e)
{
    e->kind = p->calls ? EVENT_LATE_CALL : EVENT_TEXT;
    e->tenant = l->tenant;
    e->account = p->query.account;
    e->sid = l->row.sid;
    e->from = l->row.from;
    e->to = l->row.to;
    e->at_ms = l->row.at_ms;
    e->attempt = -1;
    e->late = true;
    e->body = l->row.body;
    e->media = l->media;
    e->seconds = l->talked_s;
}

static void bring_in(struct pass *p)
{
    const struct intake *intake = p->tools->intake;

    p->unstored = 1; /* ours, so that nothing ends while rows are being submitted */
    for (struct late *l = p->rows; l && !p->failed; l = l->next) {
        if (l->known)
            continue;
        l->pass = p;
        l->work = (struct work){.arena = p->arena, .done = one_is_stored, .user = l};
        fill_event(p, l, &l->work.event);
        if (intake->submit(intake->ctx, &l->work))
            p->failed = true;
        else
            p->unstored++;
    }
    if (--p->unstored > 0)
        return;
    if (p->failed)
        fail(p, "too much waits to be stored");
    else
        go_on(p);
}

/* ---- what a row alone does not say ---- */

static void complete_next(struct pass *p);

/* The account's own credentials, whosever lines are on it. */
static void get(struct pass *p, struct span url, sender_page_fn *done)
{
    const struct sender_ask ask = {.url = url, .account = p->query.account};

    sender_get(p->tools->sender, &ask, done, p);
}

static struct late *incomplete(struct pass *p)
{
    for (struct late *l = p->rows; l; l = l->next)
        if (!l->known && !l->complete)
            return l;
    return NULL;
}

static int32_t talk_of(const struct carrier_log_page *legs)
{
    int32_t longest = 0;

    for (size_t i = 0; i < legs->count; i++)
        if (legs->rows[i].delivery == DELIVERY_SENT && legs->rows[i].seconds > longest)
            longest = legs->rows[i].seconds;
    return longest;
}

static enum err take_details(struct pass *p, struct late *l, struct span body)
{
    struct carrier_log_page legs;

    if (!p->calls)
        return carrier_log_media_parse(p->arena, &p->query, l->row.sid, body, &l->media);
    const enum err err = carrier_log_calls_parse(p->arena, &p->query, body, &legs);
    if (!err)
        l->talked_s = talk_of(&legs);
    return err;
}

static void completed(void *ctx, const struct sender_page *answer)
{
    struct pass *p = ctx;
    struct late *l = incomplete(p);
    enum err err = ERR_NONE;

    CHECK(l);
    if (answer->status == 200)
        err = take_details(p, l, answer->body);
    else if (answer->status != 404) /* the carrier has deleted it meanwhile */
        err = ERR_BUSY;
    l->complete = true;
    if (err)
        fail(p,
             p->calls ? "a call's legs could not be listed" : "a text's media could not be listed");
    else
        complete_next(p);
}

static void complete_next(struct pass *p)
{
    struct late *l = incomplete(p);

    if (p->tools->is_draining) {
        fail(p, "the program ends");
    } else if (!l) {
        bring_in(p);
    } else if (p->calls) {
        struct carrier_log_query legs = {p->query.api, p->query.account, .parent = l->row.sid};
        get(p, carrier_log_calls_url(p->arena, &legs), completed);
    } else {
        get(p, carrier_log_media_url(p->arena, &p->query, l->row.sid), completed);
    }
}

/* ---- what the store knows ---- */

static struct span claim_of(struct arena *arena, const struct late *l)
{
    return span_of(arena_printf(arena, "m:%.*s", SPAN_ARG(l->row.sid)));
}

/* A text may have been a stray, when its line was on no roster yet. */
static void want(const struct pass *p, struct facts *f, const struct late *l)
{
    if (p->calls) {
        facts_want_call(f, l->tenant, l->row.sid);
        return;
    }
    facts_want_claim(f, l->tenant, claim_of(f->arena, l));
    facts_want_claim(f, 0, claim_of(f->arena, l));
}

static bool is_known(const struct pass *p, struct facts *f, const struct late *l)
{
    if (p->calls)
        return facts_cascade_by_call(f, l->tenant, l->row.sid) != NULL;
    return facts_is_claimed(f, l->tenant, claim_of(f->arena, l)) ||
           facts_is_claimed(f, 0, claim_of(f->arena, l));
}

static enum err read_known(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct pass *p = reading->user;
    struct id_maker ids = {0};
    struct arena *arena = arena_open(65536);
    struct facts f;

    facts_init(&f, arena, &ids, now_ms);
    for (const struct late *l = p->rows; l; l = l->next)
        want(p, &f, l);
    enum err err = store_load(store, &f);
    for (struct late *l = p->rows; l && !err; l = l->next) {
        int64_t since_ms = 0;
        l->known = is_known(p, &f, l);
        if (!l->known)
            err = store_line_since(store, l->tenant, span_of(l->line), &since_ms);
        /* An instant to come was noted by a clock that was ahead, and says nothing. */
        if (err == ERR_NOT_FOUND || (since_ms <= now_ms && l->row.at_ms + SECOND_MS <= since_ms))
            l->known = true;
        if (err == ERR_NOT_FOUND)
            err = ERR_NONE; /* not live: whoever answers it has it */
    }
    arena_close(&arena);
    return err;
}

static void known(struct reading *reading)
{
    struct pass *p = reading->user;

    if (reading->err)
        fail(p, "the store cannot be read");
    else
        complete_next(p);
}

/* ---- listing ---- */

/* As webhooks are: an account's own log is as good as its signature. */
static void consider(struct pass *p, const struct carrier_log_row *row)
{
    const struct book_line *at = book_place(p->tools->book, p->query.account, row->to, true);
    const int64_t told_ms = p->calls ? row->end_ms : row->at_ms;

    if (row->way != CARRIER_LOG_IN || !at || row->parent.size)
        return;
    if (told_ms == 0 || now_of(p) - told_ms < YOUNG_MS)
        return;
    struct late *l = ARENA_NEW(p->arena, struct late);
    l->row = *row;
    l->tenant = at->tenant;
    l->complete = !p->calls && row->media_count == 0;
    l->line = arena_text(p->arena, row->to);
    l->next = p->rows;
    p->rows = l;
}

/* A page that leads to itself would never end. */
static bool is_same(struct span page, struct span next)
{
    return next.size > 0 && span_is(page, next);
}

static void paged(void *ctx, const struct sender_page *answer);

static void get_page(struct pass *p, struct span url)
{
    p->at = url;
    get(p, url, paged);
}

static void paged(void *ctx, const struct sender_page *answer)
{
    struct pass *p = ctx;
    struct carrier_log_page page;
    enum err err = answer->status == 200 ? ERR_NONE : ERR_BUSY;

    if (!err)
        err = p->calls ? carrier_log_calls_parse(p->arena, &p->query, answer->body, &page)
                       : carrier_log_texts_parse(p->arena, &p->query, answer->body, &page);
    if (err || page.strayed || is_same(p->at, page.next) || p->tools->is_draining) {
        fail(p, "the carrier's log could not be listed");
        return;
    }
    for (size_t i = 0; i < page.count; i++)
        consider(p, &page.rows[i]);
    p->listed += page.count + 1; /* so that a list of empty pages is not without end */
    p->next = page.next;
    if (page.next.size && p->listed < ROWS_MAX)
        get_page(p, page.next);
    else if (p->rows)
        read_by(p, read_known, known);
    else
        go_on(p);
}

static void list_first(struct pass *p)
{
    const struct carrier_log_query *q = &p->query;

    p->listed = 0;
    p->rows = NULL;
    get_page(p, p->calls ? carrier_log_calls_url(p->arena, q) : carrier_log_texts_url(p->arena, q));
}

void pass_go_on(struct pass *p)
{
    struct arena *arena = arena_open(65536);

    p->next = arena_copy(arena, p->next);
    arena_close(&p->arena);
    p->arena = arena;
    p->listed = 0;
    p->rows = NULL;
    get_page(p, p->next);
}

/* ---- the beginning of a pass ---- */

/* One node looks after an account, and goes on with it; the others find it taken. */
static enum err make_mine(struct pass *p, struct store *store, int64_t now_ms)
{
    char name[STORE_CHORE_SIZE];

    snprintf(name, sizeof name, "catchup %.*s", SPAN_ARG(p->query.account));
    return store_nodes_chore(store, span_of(name), now_ms, now_ms + PASS_MINE_MS, &p->is_mine);
}

static enum err read_mark(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct pass *p = reading->user;
    int64_t mark_ms = 0;

    enum err err = make_mine(p, store, now_ms);
    if (err || !p->is_mine)
        return err;
    err = store_searched(store, p->query.account, &mark_ms);
    if (mark_ms > now_ms)
        mark_ms = now_ms; /* the machine's clock was ahead then */
    p->since_ms = mark_ms > BACK_MS ? mark_ms - BACK_MS : now_ms;
    for (size_t i = 0; i < p->line_count && !err && mark_ms == 0; i++) {
        int64_t since_ms = now_ms;
        err = store_line_since(store, p->tenants[i], span_of(p->lines[i]), &since_ms);
        if (err == ERR_NOT_FOUND)
            err = ERR_NONE;
        if (since_ms < p->since_ms)
            p->since_ms = since_ms;
    }
    return err;
}

static void marked(struct reading *reading)
{
    struct pass *p = reading->user;

    if (reading->err) {
        fail(p, "the mark cannot be read");
        return;
    }
    if (!p->is_mine) {
        p->ended(p->ctx, PASS_ANOTHERS, NULL);
        return;
    }
    p->query.since_ms = p->since_ms;
    list_first(p);
}

static void add_lines(struct pass *p, const struct book_entry *e)
{
    for (int i = 0; i < e->roster->line_count; i++) {
        p->lines[p->line_count] = arena_text(p->arena, span_of(e->roster->lines[i].number));
        p->tenants[p->line_count++] = e->tenant;
    }
}

struct pass *pass_open(const struct pass_tools *tools, const char *account, pass_end_fn *ended,
                       void *ctx)
{
    const struct book *book = tools->book;
    struct pass *p = arena_must_alloc(sizeof *p);
    size_t lines = 0;

    p->tools = tools;
    p->ended = ended;
    p->ctx = ctx;
    p->arena = arena_open(65536);
    p->begin_ms = now_of(p);
    p->query.api = tools->api;
    p->query.account = span_of(account);
    for (size_t i = 0; i < book->count; i++)
        lines += book->entries[i].roster->line_count;
    p->lines = ARENA_NEW_N(p->arena, const char *, lines + 1);
    p->tenants = ARENA_NEW_N(p->arena, int32_t, lines + 1);
    for (size_t i = 0; i < book->count; i++)
        if (book_bears(book, p->query.account, &book->entries[i], true))
            add_lines(p, &book->entries[i]);
    return p;
}

void pass_begin(struct pass *p)
{
    read_by(p, read_mark, marked);
}
