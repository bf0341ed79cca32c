#include "stream/stream_rights.h"

#include <stdlib.h>
#include <string.h>

#include "store/store.h"

enum { ASKED_MAX = 32 /* of one reading: the storage thread has other things to do */ };

/* A token, or else a session, by which some streams were let in. */
struct asked {
    int64_t token;
    uint8_t session[USER_HASH_BYTES];
    bool is_over;
};

struct stream_rights {
    struct stream_hub *all;
    struct reading reading;
    bool is_under_way, is_wanted;
    struct asked *asked;
    size_t count, next, end; /* `next` to `end` are being asked about */
};

struct stream_rights *stream_rights_open(struct stream_hub *all)
{
    struct stream_rights *r = arena_must_alloc(sizeof *r);

    *r = (struct stream_rights){.all = all};
    return r;
}

void stream_rights_close(struct stream_rights **rights)
{
    if (!*rights)
        return;
    free((*rights)->asked);
    free(*rights);
    *rights = NULL;
}

/* ---- on the storage thread ---- */

static void note_token(void *ctx, const struct view_cell *cells, size_t count)
{
    struct asked *a = ctx;

    for (size_t i = 0; i < count; i++)
        if (strcmp(cells[i].name, "revoked_at") == 0)
            a->is_over = cells[i].type != VIEW_NULL;
}

static enum err ask(struct store *store, struct asked *a, int64_t now_ms)
{
    const struct view_filter filter = {.id = a->token, .limit = 1};
    struct session session;
    struct user user;

    if (!a->token) {
        const enum err err = store_session_find(store, a->session, now_ms, &session, &user);
        a->is_over = err == ERR_NOT_FOUND;
        return a->is_over ? ERR_NONE : err;
    }
    a->is_over = true; /* unless it is found */
    return store_view(store, VIEW_TOKENS, &filter, note_token, a);
}

static enum err read_rights(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct stream_rights *r = reading->user;
    enum err err = ERR_NONE;

    for (size_t i = r->next; i < r->end && !err; i++)
        err = ask(store, &r->asked[i], now_ms);
    return err;
}

/* ---- on the loop thread ---- */

static bool is_same(const struct asked *a, const struct stream *s)
{
    if (a->token)
        return a->token == s->token;
    return !s->token && memcmp(a->session, s->session, sizeof a->session) == 0;
}

static void note_stream(struct stream_rights *r, const struct stream *s)
{
    for (size_t i = 0; i < r->count; i++)
        if (is_same(&r->asked[i], s))
            return;
    struct asked *a = &r->asked[r->count++];
    *a = (struct asked){.token = s->token};
    memcpy(a->session, s->session, sizeof a->session);
}

/* Whoever came by the control socket has neither. */
static void note_all(struct stream_rights *r)
{
    r->asked = arena_must_grow(r->asked, sizeof *r->asked * (r->all->open + 1));
    r->count = r->next = 0;
    for (struct hub *h = r->all->hubs; h; h = h->next)
        for (const struct stream *s = h->streams; s; s = s->next)
            if (s->out && (s->token || s->user))
                note_stream(r, s);
}

static void end_streams(struct stream_hub *all, const struct asked *a)
{
    struct stream *next;

    for (struct hub *h = all->hubs; h; h = h->next)
        for (struct stream *s = h->streams; s; s = next) {
            next = s->next;
            if (s->out && (s->token || s->user) && is_same(a, s))
                stream_hub_end(s);
        }
}

static void begin(struct stream_rights *r);

static void rights_are_read(struct reading *reading)
{
    struct stream_rights *r = reading->user;

    r->is_under_way = false;
    for (size_t i = r->next; i < r->end && !reading->err; i++)
        if (r->asked[i].is_over)
            end_streams(r->all, &r->asked[i]);
    r->next = r->end;
    begin(r);
}

static void begin(struct stream_rights *r)
{
    if (r->next == r->count && r->is_wanted) {
        r->is_wanted = false;
        note_all(r);
    }
    if (r->next == r->count)
        return;
    r->end = r->count - r->next > ASKED_MAX ? r->next + ASKED_MAX : r->count;
    r->reading = (struct reading){.read = read_rights, .done = rights_are_read, .user = r};
    r->is_under_way = engine_read(r->all->site->engine, &r->reading) == ERR_NONE;
}

void stream_rights_look(struct stream_rights *r)
{
    r->is_wanted = true;
    if (!r->is_under_way)
        begin(r);
}
