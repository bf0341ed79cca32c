#include "stream/stream_hub.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "codec/timestamp.h"
#include "journal/cursor.h"
#include "visit/standing.h"

enum {
    HEALTH_MS = 1000,    /* between two looks at how it stands */
    BEAT_MS = 15000,     /* a proxy cuts off what is silent for a minute */
    AGAIN_MS = 250,      /* after a reading that failed */
    PIECE_BYTES = 64000, /* less than this waits: who catches up gets his next page */
    NEWS_AT_ONCE = 256,
    COMMENT_BYTES = 256,
    HEALTH_BYTES_MAX = 64 << 10,
};

/* ---- ends ---- */

void stream_hub_free(struct stream *s)
{
    struct hub *h = s->hub;

    if (s->before)
        s->before->next = s->next;
    else
        h->streams = s->next;
    if (s->next)
        s->next->before = s->before;
    stream_page_close(&s->page);
    free(s);
}

void stream_hub_leave(struct stream *s)
{
    struct hub *h = s->hub;

    s->out = NULL;
    h->open--;
    h->live -= s->place == PLACE_LIVE;
    if (h->live == 0)
        h->touched_count = 0;
    h->all->site->streams = --h->all->open;
    if (!s->is_reading)
        stream_hub_free(s);
}

void stream_hub_end(struct stream *s)
{
    http_stream_end(s->out);
    stream_hub_leave(s);
}

bool stream_hub_put(struct stream *s, struct span text)
{
    if (text.size == 0 || http_stream_write(s->out, text) == ERR_NONE)
        return true;
    log_event(LOG_INFO, &(struct log_fields){.tenant = s->hub->tenant},
              "stream: a reader is too slow; he may come back");
    stream_hub_end(s);
    return false;
}

/* ---- what is read for all who are up to date ---- */

static void touch(struct hub *h, const struct news_row *row)
{
    for (size_t i = 0; i < h->touched_count; i++)
        if (h->touched[i].kind == row->kind && h->touched[i].id == row->id)
            return;
    if (h->touched_count == STREAM_HUB_TOUCHED)
        memmove(h->touched, h->touched + 1, --h->touched_count * sizeof *h->touched);
    h->touched[h->touched_count++] = *row;
    h->has_news = true;
}

static enum err read_page(struct reading *reading, struct store *store, int64_t now_ms)
{
    return stream_page_read(reading->user, store, now_ms);
}

static struct hub *hub_of_reading(struct reading *reading)
{
    return (struct hub *)(void *)((char *)reading - offsetof(struct hub, reading));
}

static struct stream *stream_of_reading(struct reading *reading)
{
    return (struct stream *)(void *)((char *)reading - offsetof(struct stream, reading));
}

/* Behind what he has had already. */
static struct span rest_for(const struct stream *s, const struct stream_page *p)
{
    size_t from = 0;

    for (size_t i = 0; i < p->mark_count && p->marks[i].id <= s->at; i++)
        from = p->marks[i].end;
    return span_skip(p->text, from);
}

static void write_to_all(struct hub *h)
{
    const struct stream_page *p = h->page;
    struct stream *next;

    for (struct stream *s = h->streams; s; s = next) {
        next = s->next;
        if (!s->out || s->place != PLACE_LIVE)
            continue;
        if (stream_hub_put(s, rest_for(s, p)) && p->last > s->at)
            s->at = p->last;
    }
    if (p->last > h->at)
        h->at = p->last;
}

static void hub_read(struct reading *reading)
{
    struct hub *h = hub_of_reading(reading);
    struct stream_page *p = h->page;

    h->is_reading = false;
    if (reading->err) {
        for (size_t i = 0; i < p->touched_count && h->live; i++)
            touch(h, &p->touched[i]);
        h->has_news = true;
        h->again_ns = clock_mono_ns() + (int64_t)AGAIN_MS * 1000000;
    } else if (h->live) {
        write_to_all(h);
        /* What did not fit comes in the next page. */
        for (size_t i = p->touched_done; i < p->touched_count; i++)
            touch(h, &p->touched[i]);
        h->has_news = h->has_news || p->is_more;
    }
    stream_page_reset(p);
}

static void start_hub(struct hub *h)
{
    struct engine *engine = h->all->site->engine;
    struct stream_page *p = h->page ? h->page : (h->page = stream_page_open());

    p->tenant = h->tenant;
    p->roster = engine_roster(engine, h->tenant);
    p->after = h->at;
    while (h->touched_count && p->touched_count < STREAM_PAGE_TOUCHES)
        p->touched[p->touched_count++] = h->touched[--h->touched_count];
    h->has_news = h->touched_count > 0;
    h->is_reading = true;
    h->reading = (struct reading){.read = read_page, .done = hub_read, .user = p};
    h->reading.err = engine_look(engine, &h->reading);
    if (h->reading.err)
        hub_read(&h->reading);
}

/* ---- what is read for one who comes ---- */

bool stream_hub_tell_place(struct stream *s, const char *event)
{
    struct cursor cursor = {{0}};
    char id[CURSOR_SIZE], text[COMMENT_BYTES];

    cursor_note(&cursor, s->at);
    cursor_render(&cursor, id);
    const int size = event
                         ? snprintf(text, sizeof text, "event: %s\nid: %s\ndata: {}\n\n", event, id)
                         : snprintf(text, sizeof text, "id: %s\n\n", id);
    return stream_hub_put(s, (struct span){text, (size_t)size});
}

/* From now on he gets what all get. What was read for him goes up to s->at. */
static void join(struct stream *s)
{
    struct hub *h = s->hub;
    struct news_row rows[STREAM_PAGE_TOUCHES];

    if (h->live == 0)
        h->at = s->at;
    s->place = PLACE_LIVE;
    stream_page_close(&s->page);
    h->live++;
    h->has_news = true; /* what came while he was read for */
    if (!s->from)
        return;
    const size_t count = news_since(engine_news(h->all->site->engine), h->tenant, s->from, rows,
                                    STREAM_PAGE_TOUCHES);
    for (size_t i = 0; i < count; i++)
        touch(h, &rows[i]);
}

static void came(struct stream *s)
{
    const struct stream_page *p = s->page;

    s->is_back = false;
    s->at = p->last;
    if (p->must_reload)
        s->from = 0; /* what changed before he has read himself, or will */
    if (!(p->must_reload ? stream_hub_tell_place(s, "reload") : stream_hub_put(s, p->text)))
        return;
    if (!p->is_more && (s->hub->live == 0 || s->hub->at <= s->at))
        join(s);
}

static void stream_read(struct reading *reading)
{
    struct stream *s = stream_of_reading(reading);

    s->is_reading = false;
    if (!s->out) {
        stream_hub_free(s);
        return;
    }
    if (reading->err)
        s->again_ns = clock_mono_ns() + (int64_t)AGAIN_MS * 1000000;
    else
        came(s); /* may free it */
}

static void start_stream(struct stream *s)
{
    struct engine *engine = s->hub->all->site->engine;

    if (!s->page)
        s->page = stream_page_open();
    stream_page_reset(s->page);
    s->page->tenant = s->hub->tenant;
    s->page->roster = engine_roster(engine, s->hub->tenant);
    s->page->is_first = s->is_back;
    s->page->after = s->at;
    s->is_reading = true;
    s->reading = (struct reading){.read = read_page, .done = stream_read, .user = s->page};
    s->reading.err = engine_look(engine, &s->reading);
    if (s->reading.err)
        stream_read(&s->reading);
}

/* ---- a turn of the loop ---- */

struct hub *stream_hub_find(struct stream_hub *all, int32_t tenant)
{
    struct hub *h = all->hubs;

    while (h && h->tenant != tenant)
        h = h->next;
    return h;
}

static void take_news(struct stream_hub *all)
{
    struct news_row rows[NEWS_AT_ONCE];
    size_t count;

    do {
        count = news_take(engine_news(all->site->engine), &all->seen, rows, NEWS_AT_ONCE);
        for (size_t i = 0; i < count; i++) {
            struct hub *h = stream_hub_find(all, rows[i].tenant);
            if (!h || !h->live)
                continue;
            if (rows[i].kind == STORE_CHANGE_EVENT)
                h->has_news = true;
            else
                touch(h, &rows[i]);
        }
    } while (count == NEWS_AT_ONCE);
}

static void write_beside(const struct hub *h, struct span text, int64_t now_ms)
{
    struct stream *next;

    for (struct stream *s = h->streams; s; s = next) {
        next = s->next;
        if (s->out && s->expires_ms && now_ms >= s->expires_ms)
            stream_hub_end(s);
        else if (s->out)
            (void)stream_hub_put(s, text);
    }
}

/* By the engine's clock too, which a rehearsal turns. */
static void beat(struct stream_hub *all, int64_t now_ns)
{
    const int64_t now_ms = engine_now_ms(all->site->engine);
    char text[COMMENT_BYTES], now[TIMESTAMP_SIZE];

    if (now_ns - all->beat_ns < (int64_t)BEAT_MS * 1000000 && now_ms - all->beat_ms < BEAT_MS)
        return;
    all->beat_ns = now_ns;
    all->beat_ms = now_ms;
    timestamp_render(now_ms, now);
    const int size = snprintf(text, sizeof text, ": %s\n\n", now);
    for (const struct hub *h = all->hubs; h; h = h->next)
        write_beside(h, (struct span){text, (size_t)size}, now_ms);
}

/* As the board of its tenant has it. */
static void write_health(struct stream_hub *all, const struct hub *h)
{
    struct arena *arena = arena_open(0);
    struct buf text = buf_in(arena, HEALTH_BYTES_MAX), body = buf_in(arena, HEALTH_BYTES_MAX);
    struct json_out json = json_out(&body);

    json_out_object(&json, NULL);
    standing_out_tenant(all->site, &json, "health", h->tenant);
    json_out_end_object(&json);
    buf_add_text(&text, "event: health\ndata: ");
    buf_add(&text, buf_span(&body));
    buf_add_text(&text, "\n\n");
    write_beside(h, buf_span(&text), engine_now_ms(all->site->engine));
    arena_close(&arena);
}

static void tell_health(struct stream_hub *all, int64_t now_ns)
{
    if (now_ns - all->looked_ns < (int64_t)HEALTH_MS * 1000000)
        return;
    all->looked_ns = now_ns;
    const uint64_t mark = standing_mark(all->site);
    if (mark == all->health)
        return;
    all->health = mark;
    for (const struct hub *h = all->hubs; h; h = h->next)
        if (h->open)
            write_health(all, h);
}

static bool is_due(const struct stream *s, int64_t now_ns)
{
    return s->out && s->place != PLACE_LIVE && !s->is_reading && now_ns >= s->again_ns &&
           http_stream_waiting(s->out) < PIECE_BYTES;
}

static void start_readings(struct hub *h, int64_t now_ns)
{
    struct stream *next;

    if (h->open > h->live)
        for (struct stream *s = h->streams; s; s = next) {
            next = s->next;
            if (is_due(s, now_ns))
                start_stream(s);
        }
    if (h->live && h->has_news && !h->is_reading && now_ns >= h->again_ns)
        start_hub(h);
}

int64_t stream_hub_turn(void *ctx)
{
    struct stream_hub *all = ctx;
    const int64_t now_ns = clock_mono_ns();
    bool waits = false;

    take_news(all);
    if (all->open == 0)
        return -1;
    for (struct hub *h = all->hubs; h; h = h->next) {
        start_readings(h, now_ns);
        waits = waits || h->open > h->live || (h->has_news && h->live);
    }
    tell_health(all, now_ns);
    beat(all, now_ns);
    return waits ? AGAIN_MS : HEALTH_MS;
}
