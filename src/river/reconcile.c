#include "river/reconcile.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "provider/carrier_log.h"
#include "provider/match.h"

enum {
    SEARCHES_MAX = 8, /* at the carrier at once */
    ROWS_MAX = 256,   /* taken at once, searched or waiting */
    PAGES_MAX = 5,
    FOUND_MAX = 64,
    SEARCH_MS = 20000, /* no further page after that */
};

/* The rows of one sender to one person; lives in its arena. */
struct search {
    struct search *next;
    struct reconcile *owner;
    struct arena *arena;
    struct errand *rows;
    struct carrier_log_query query; /* its texts are the first row's */
    enum outbox_kind kind;
    enum outbox_class class; /* the most urgent of its rows */
    bool under_way;
    int64_t begin_ns;
    int pages;
    struct carrier_log_row *found; /* of all pages so far, newest first */
    size_t count;
};

struct reconcile {
    struct sender *sender;
    const struct intake *intake;
    struct span api;
    struct search *first;
    int rows, under_way;
    bool is_draining;
};

struct reconcile *reconcile_open(struct sender *sender, const struct intake *intake,
                                 struct span api)
{
    struct reconcile *r = arena_must_alloc(sizeof *r);

    r->sender = sender;
    r->intake = intake;
    r->api = api;
    return r;
}

static void search_close(struct search *s)
{
    struct arena *arena = s->arena;

    for (struct errand *e = s->rows; e;) {
        struct errand *next = e->next;
        struct arena *row = e->arena;
        arena_close(&row);
        e = next;
    }
    arena_close(&arena);
}

void reconcile_close(struct reconcile **reconcile)
{
    if (!*reconcile)
        return;
    for (struct search *s = (*reconcile)->first; s;) {
        struct search *next = s->next;
        search_close(s);
        s = next;
    }
    free(*reconcile);
    *reconcile = NULL;
}

int reconcile_room(const struct reconcile *r)
{
    return r->is_draining ? 0 : ROWS_MAX - r->rows;
}

void reconcile_drain(struct reconcile *r)
{
    r->is_draining = true;
}

/* ---- the answer ---- */

static void event_is_stored(struct work *w)
{
    struct arena *arena = w->arena;

    if (w->err)
        log_line(LOG_WARN, "a search was not stored (%s): the row is looked for again",
                 err_name(w->err));
    arena_close(&arena); /* holds the work */
}

static void tell(struct search *s, const struct errand *e, bool listed)
{
    struct arena *arena = arena_open(1024);
    struct work *w = ARENA_NEW(arena, struct work);
    struct found *found = ARENA_NEW_N(arena, struct found, FOUND_MAX);

    w->arena = arena;
    w->is_alone = true;
    w->done = event_is_stored;
    w->event.kind = EVENT_LOOKED;
    w->event.tenant = e->row.tenant;
    w->event.message = e->row.id;
    w->event.fence = e->row.fence;
    w->event.looked = listed ? LOOKED_LISTED : LOOKED_FAILED;
    w->event.found = found;
    if (listed)
        w->event.found_count = match_unsure(&e->row, s->found, s->count, found, FOUND_MAX);
    for (size_t i = 0; i < w->event.found_count; i++)
        found[i].sid = arena_copy(arena, found[i].sid);
    if (s->owner->intake->submit(s->owner->intake->ctx, w))
        arena_close(&arena); /* too much waits: the lease ends, and it is looked for again */
}

static void finish(struct search *s, bool listed)
{
    struct reconcile *r = s->owner;

    for (const struct errand *e = s->rows; e; e = e->next) {
        tell(s, e, listed);
        r->rows--;
    }
    for (struct search **at = &r->first; *at; at = &(*at)->next)
        if (*at == s) {
            *at = s->next;
            break;
        }
    r->under_way--;
    search_close(s);
    reconcile_start(r);
}

/* ---- the pages ---- */

static void add_rows(struct search *s, const struct carrier_log_page *page)
{
    struct carrier_log_row *all =
        ARENA_NEW_N(s->arena, struct carrier_log_row, s->count + page->count + 1);

    if (s->count)
        memcpy(all, s->found, s->count * sizeof *all);
    if (page->count)
        memcpy(all + s->count, page->rows, page->count * sizeof *all);
    s->found = all;
    s->count += page->count;
}

static bool is_late(const struct search *s)
{
    return clock_mono_ns() - s->begin_ns > (int64_t)SEARCH_MS * 1000000;
}

static void paged(void *ctx, const struct sender_page *answer);

static void get(struct search *s, struct span url)
{
    const struct sender_ask ask = {url, s->query.account, s->rows->row.tenant};

    sender_get(s->owner->sender, &ask, paged, s);
}

static void paged(void *ctx, const struct sender_page *answer)
{
    struct search *s = ctx;
    struct carrier_log_page page;
    enum err err = answer->status == 200 ? ERR_NONE : ERR_BUSY;

    if (!err)
        err = s->kind == OUTBOX_CALL
                  ? carrier_log_calls_parse(s->arena, &s->query, answer->body, &page)
                  : carrier_log_texts_parse(s->arena, &s->query, answer->body, &page);
    if (!err)
        add_rows(s, &page);
    if (err || page.strayed) {
        log_line(LOG_WARN, "carrier: a list could not be had, status %d", answer->status);
        finish(s, false);
    } else if (page.next.size && ++s->pages < PAGES_MAX) {
        if (is_late(s))
            finish(s, false);
        else
            get(s, page.next);
    } else {
        finish(s, true);
    }
}

static void start(struct search *s)
{
    struct arena *arena = s->arena;

    s->under_way = true;
    s->begin_ns = clock_mono_ns();
    s->owner->under_way++;
    s->query.since_ms = INT64_MAX;
    for (const struct errand *e = s->rows; e; e = e->next)
        if (match_since_ms(&e->row) < s->query.since_ms)
            s->query.since_ms = match_since_ms(&e->row);
    get(s, s->kind == OUTBOX_CALL ? carrier_log_calls_url(arena, &s->query)
                                  : carrier_log_texts_url(arena, &s->query));
}

/* Urgent ones first, else in the order of coming. */
void reconcile_start(struct reconcile *r)
{
    while (r->under_way < SEARCHES_MAX && !r->is_draining) {
        struct search *best = NULL;
        for (struct search *s = r->first; s; s = s->next)
            if (!s->under_way && (!best || s->class < best->class))
                best = s;
        if (!best)
            return;
        start(best);
    }
}

/* ---- rows ---- */

static bool is_of(const struct search *s, const struct outbox *o)
{
    return !s->under_way && s->kind == o->kind && span_is_text(s->query.account, o->account) &&
           span_is_text(s->query.from, o->from) && span_is_text(s->query.to, o->to);
}

static struct search *search_for(struct reconcile *r, const struct outbox *o)
{
    struct search **at = &r->first;

    for (; *at; at = &(*at)->next)
        if (is_of(*at, o))
            return *at;
    struct arena *arena = arena_open(0);
    struct search *s = ARENA_NEW(arena, struct search);
    *s = (struct search){.owner = r, .arena = arena, .kind = o->kind, .class = o->class};
    s->query = (struct carrier_log_query){
        .api = r->api,
        .account = span_of(o->account),
        .from = span_of(o->from),
        .to = span_of(o->to),
    };
    *at = s;
    return s;
}

static bool has_row(const struct search *s, int64_t id)
{
    for (const struct errand *e = s->rows; e; e = e->next)
        if (e->row.id == id)
            return true;
    return false;
}

void reconcile_add(struct reconcile *r, struct errand *e)
{
    struct search *s = search_for(r, &e->row);

    if (has_row(s, e->row.id)) { /* its lease has ended while it still waits for its turn */
        struct arena *arena = e->arena;
        arena_close(&arena);
        return;
    }
    e->next = s->rows;
    s->rows = e;
    if (e->row.class < s->class)
        s->class = e->row.class;
    r->rows++;
}
