#include "sim/sim_stream.h"

#include <stdlib.h>

#include "base/dice.h"
#include "codec/url.h"
#include "sim/sim_view.h"

enum {
    CHANGES_BYTES_MAX = 96 << 10, /* more than that: the whole is asked for */
    NOTES_A_TURN = 100,
    NOTES_BEHIND = 400, /* a page that was away longer misses what is older */
};

struct peer {
    struct sim_stream_hub *hub;
    struct http_stream *stream; /* NULL: free */
    int64_t sent;               /* number of the last entry sent */
};

struct sim_stream_hub {
    struct sim_world *world;
    struct sim_view *view;
    struct arena *arena;
    struct peer peers[SIM_STREAMS_MAX];
    size_t count;
    char boot[17];
    int64_t seen_notes, seen_rate, seen_now;
};

struct sim_stream_hub *sim_stream_open(struct sim_world *w)
{
    struct sim_stream_hub *hub = arena_must_alloc(sizeof *hub);
    struct dice dice = dice_seed(); /* not the world's: what it draws is told by the seed */

    hub->world = w;
    hub->view = sim_view_open(w);
    hub->arena = arena_open(0);
    for (size_t i = 0; i + 1 < sizeof hub->boot; i++)
        hub->boot[i] = "0123456789abcdef"[dice_throw(&dice, 16)];
    return hub;
}

void sim_stream_close(struct sim_stream_hub **hub)
{
    if (!*hub)
        return;
    sim_view_close(&(*hub)->view);
    arena_close(&(*hub)->arena);
    free(*hub);
    *hub = NULL;
}

static void gone(void *user)
{
    struct peer *p = user;

    p->stream = NULL;
    p->hub->count--;
}

static void end(struct peer *p)
{
    http_stream_end(p->stream);
    p->stream = NULL;
    p->hub->count--;
}

/* A peer that does not read is shut out; it comes back and asks for what it missed. */
static void send_event(struct peer *p, struct span text)
{
    if (p->stream && http_stream_write(p->stream, text))
        end(p);
}

static struct buf event_begun(struct sim_stream_hub *hub, const char *name, size_t max)
{
    arena_reset(hub->arena);
    struct buf b = buf_in(hub->arena, max);
    buf_printf(&b, "event: %s\ndata: ", name);
    return b;
}

static void send_changes(struct sim_stream_hub *hub)
{
    struct buf b = event_begun(hub, "state", CHANGES_BYTES_MAX);

    if (!sim_view_changes(hub->view, &b))
        return;
    buf_add_text(&b, "\n\n");
    for (size_t i = 0; i < SIM_STREAMS_MAX; i++)
        send_event(&hub->peers[i], b.full ? SPAN("event: whole\ndata: {}\n\n") : buf_span(&b));
}

static const struct sim_note_entry *entry_of(const struct sim_world *w, int64_t number)
{
    const struct sim_note_entry *e = &w->notes[(number - 1) % SIM_NOTES_MAX];

    return e->json && e->number == number ? e : NULL;
}

static void send_notes(struct sim_stream_hub *hub, struct peer *p)
{
    const struct sim_world *w = hub->world;

    for (int i = 0; i < NOTES_A_TURN && p->stream && p->sent < w->note_count; i++) {
        const struct sim_note_entry *e = entry_of(w, ++p->sent);
        arena_reset(hub->arena);
        if (e)
            send_event(p, span_of(arena_printf(hub->arena, "event: note\nid: %lld\ndata: %s\n\n",
                                               (long long)e->number, e->json)));
    }
}

static bool has_news(const struct sim_stream_hub *hub)
{
    const struct sim_world *w = hub->world;
    const int64_t rate = clock_rate(w->clock);

    return w->note_count != hub->seen_notes || rate != hub->seen_rate ||
           (!rate && sim_world_now(w) != hub->seen_now);
}

void sim_stream_flush(struct sim_stream_hub *hub)
{
    if (!hub->count)
        return;
    if (has_news(hub)) {
        hub->seen_notes = hub->world->note_count;
        hub->seen_rate = clock_rate(hub->world->clock);
        hub->seen_now = sim_world_now(hub->world);
        send_changes(hub);
    }
    for (size_t i = 0; i < SIM_STREAMS_MAX; i++)
        send_notes(hub, &hub->peers[i]);
}

static int64_t after_of(const struct sim_stream_hub *hub, const struct http_request *rq)
{
    const int64_t last = hub->world->note_count;
    const int64_t oldest = last > NOTES_BEHIND ? last - NOTES_BEHIND : 0;
    const struct span id = http_header(rq, "Last-Event-ID");
    int64_t after = oldest;

    (void)span_number(id.size ? id : url_query_get(rq->query, "after"), 0, INT64_MAX, &after);
    if (after > last) /* of another boot */
        after = oldest;
    return after > oldest ? after : oldest;
}

static struct peer *free_peer(struct sim_stream_hub *hub)
{
    for (size_t i = 0; i < SIM_STREAMS_MAX; i++)
        if (!hub->peers[i].stream)
            return &hub->peers[i];
    return NULL;
}

void sim_stream_take(struct sim_stream_hub *hub, struct http_request *rq)
{
    struct peer *p = free_peer(hub);

    if (!p) {
        http_answer(rq, 503, "application/json",
                    SPAN("{\"error\":\"too many pages listen already: close one\"}"), NULL);
        return;
    }
    if (!hub->count) { /* nobody has listened: what changed until now is no news */
        struct buf nowhere = event_begun(hub, "state", CHANGES_BYTES_MAX);
        (void)sim_view_changes(hub->view, &nowhere);
    }
    *p = (struct peer){.hub = hub, .sent = after_of(hub, rq)};
    p->stream = http_stream_open(rq, "text/event-stream", NULL, gone, p);
    hub->count++;
    arena_reset(hub->arena);
    send_event(p, span_of(arena_printf(hub->arena,
                                       "retry: 1000\nevent: hello\n"
                                       "data: {\"boot\":\"%s\",\"last\":%lld}\n\n",
                                       hub->boot, (long long)hub->world->note_count)));
}

void sim_stream_whole(struct sim_stream_hub *hub, struct buf *out)
{
    sim_view_whole(hub->view, out);
}
