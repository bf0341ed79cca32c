#include "stream/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "journal/cursor.h"
#include "stream/stream_hub.h"
#include "stream/stream_rights.h"

enum {
    COMMENT_BYTES = 64,
    RETRY_MS = 2000, /* what browsers wait before they come back */
};

static void gone(void *user)
{
    stream_hub_leave(user);
}

static unsigned most(void)
{
    struct rlimit files = {0, 0};

    if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur / 4 > STREAM_OF_ALL)
        return STREAM_OF_ALL;
    return (unsigned)(files.rlim_cur / 4);
}

static bool is_ended(const struct stream *s, const struct site_ended *what)
{
    if (what->token)
        return s->token == what->token;
    if (what->session)
        return s->user && memcmp(s->session, what->session, sizeof s->session) == 0;
    return s->user == what->user &&
           (!what->keep || memcmp(s->session, what->keep, sizeof s->session) != 0);
}

static void ended(struct site *site, const struct site_ended *what)
{
    struct stream *next;

    site->hub->rights_seen++;
    for (struct hub *h = site->hub->hubs; h; h = h->next)
        for (struct stream *s = h->streams; s; s = next) {
            next = s->next;
            if (s->out && is_ended(s, what))
                stream_hub_end(s);
        }
}

void stream_open(struct site *site, struct loop *loop)
{
    struct stream_hub *all = arena_must_alloc(sizeof *all);

    *all =
        (struct stream_hub){.site = site, .loop = loop, .most = most(), .beat_ns = clock_mono_ns()};
    all->beat_ms = engine_now_ms(site->engine);
    all->rights = stream_rights_open(all);
    site->hub = all;
    site->ended = ended;
    loop_add_turn(loop, stream_hub_turn, all);
}

void stream_close(struct site *site)
{
    struct stream_hub *all = site->hub;

    if (!all)
        return;
    loop_drop_turn(all->loop, stream_hub_turn, all);
    while (all->hubs) {
        struct hub *h = all->hubs;
        all->hubs = h->next;
        while (h->streams)
            stream_hub_free(h->streams);
        stream_page_close(&h->page);
        free(h);
    }
    stream_rights_close(&all->rights);
    free(all);
    site->hub = NULL;
    site->ended = NULL;
}

void stream_forget(struct site *site)
{
    if (!site->hub)
        return;
    site->hub->rights_seen++;
    stream_rights_look(site->hub->rights);
}

void stream_drain(struct site *site)
{
    struct stream *next;

    if (!site->hub)
        return;
    site->hub->is_draining = true;
    for (struct hub *h = site->hub->hubs; h; h = h->next)
        for (struct stream *s = h->streams; s; s = next) {
            next = s->next;
            if (s->out)
                stream_hub_end(s);
        }
}

static struct hub *hub_of(struct stream_hub *all, int32_t tenant)
{
    struct hub *h = stream_hub_find(all, tenant);

    if (h)
        return h;
    h = arena_must_alloc(sizeof *h);
    memset(h, 0, sizeof *h);
    h->all = all;
    h->tenant = tenant;
    h->next = all->hubs;
    all->hubs = h;
    return h;
}

/* False: it has been answered. */
static bool take_cursor(struct visit *v, bool *out_is_back, int64_t *out)
{
    const struct span header = http_header(v->rq, "Last-Event-ID");
    const struct span asked = form_get(&v->asked, "after");
    const struct span text = header.size ? header : asked;
    struct cursor cursor;

    *out_is_back = text.size > 0;
    *out = 0;
    if (text.size == 0)
        return true;
    if (!cursor_parse(text, &cursor)) {
        visit_fail(v, &(struct visit_error){
                          .status = 400,
                          .message = "this is no cursor",
                          .field = header.size ? "Last-Event-ID" : "after",
                          .help = "send the id of the last event that you had, or leave it out"});
        return false;
    }
    *out = cursor_last(&cursor);
    return true;
}

/* `at`: where the log stands for him. */
static void begin(struct visit *v, struct hub *h, bool is_back, int64_t at)
{
    const struct http_field fields[] = {{"X-Accel-Buffering", SPAN("no")}, {NULL, {NULL, 0}}};
    struct stream *s = arena_must_alloc(sizeof *s);
    char text[COMMENT_BYTES];

    memset(s, 0, sizeof *s);
    s->hub = h;
    s->is_back = is_back;
    s->at = at;
    s->from = at > 0 ? at : 1;
    s->token = v->token;
    if (v->user) {
        s->user = v->user->id;
        s->expires_ms = v->user->expires_ms;
        memcpy(s->session, v->user->session, sizeof s->session);
    }
    s->out = visit_stream(v, "text/event-stream", fields, gone, s);
    if (!s->out) {
        free(s);
        return;
    }
    http_stream_pace(s->out);
    s->next = h->streams;
    if (s->next)
        s->next->before = s;
    h->streams = s;
    h->open++;
    h->all->site->streams = ++h->all->open;
    const int size = snprintf(text, sizeof text, ": nextring\nretry: %d\n\n", RETRY_MS);
    if (stream_hub_put(s, (struct span){text, (size_t)size}) && !is_back)
        (void)stream_hub_tell_place(s, NULL);
    loop_wake(h->all->loop);
}

/* False: it has been answered. */
static bool has_room(struct visit *v, const struct hub *h)
{
    const struct stream_hub *all = h->all;

    if (!all->is_draining && h->open < STREAM_OF_TENANT && all->open < all->most)
        return true;
    visit_fail(v, &(struct visit_error){.status = 503,
                                        .message = "too many streams are open",
                                        .help = "close a page that is not needed, or wait",
                                        .header = "Retry-After",
                                        .value = "30"});
    return false;
}

/* ---- one that begins now ---- */

/* Where the log ends is known before the answer begins: what happens after its head is told. */
struct start {
    uint64_t rights_seen;
    struct store_log_place place;
};

static enum err read_end(struct visit *v, struct store *store, int64_t now_ms)
{
    struct start *start = v->own;

    (void)now_ms;
    return store_log_place(store, v->tenant, 0, 0, &start->place);
}

static void end_known(struct visit *v)
{
    const struct start start = *(const struct start *)v->own;
    struct stream_hub *all = v->site->hub;

    if (!v->rq) {
        visit_close(v);
        return;
    }
    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    struct hub *h = hub_of(all, v->tenant);
    if (!has_room(v, h))
        return;
    begin(v, h, false, start.place.last);
    if (start.rights_seen != all->rights_seen) /* perhaps his, while he was no stream yet */
        stream_rights_look(all->rights);
}

void stream_watch(struct visit *v)
{
    struct stream_hub *all = v->site->hub;
    bool is_back;
    int64_t at;

    if (!v->rq) {
        visit_close(v);
        return;
    }
    if (span_is_text(v->rq->method, "HEAD")) {
        visit_answer(v, &(struct visit_reply){.status = 200, .type = "text/event-stream"});
        return;
    }
    if (!take_cursor(v, &is_back, &at))
        return;
    struct hub *h = hub_of(all, v->tenant);
    if (!has_room(v, h))
        return;
    if (is_back) {
        begin(v, h, true, at);
        return;
    }
    struct start *start = ARENA_NEW(v->arena, struct start);
    start->rights_seen = all->rights_seen;
    v->own = start;
    visit_look(v, read_end, end_known);
}
