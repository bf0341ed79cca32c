/* stream/stream_hub.h - who watches what, and the readings by which everybody gets it; stream.c
 * lets them in and sends them away.
 *
 * A stream whose peer has gone while a reader works for it is freed when that reading comes back.
 * Owns: nothing; stream.c opens and closes all.
 * Threads: loop thread only.
 */
#ifndef STREAM_STREAM_HUB_H
#define STREAM_STREAM_HUB_H

#include <stdbool.h>
#include <stdint.h>

#include "stream/stream_page.h"
#include "visit/visit.h"

/* Rows of a tenant that wait to be read; the oldest are forgotten. */
enum { STREAM_HUB_TOUCHED = 256 };

struct hub;
struct stream_rights;

enum place {
    PLACE_BEHIND, /* is brought up from the log */
    PLACE_LIVE,
};

struct stream {
    struct stream *next, *before;
    struct hub *hub;
    struct http_stream *out; /* NULL: over; it waits for its reading alone */
    enum place place;
    int64_t at;       /* the last row of the log that was written */
    bool is_back;     /* came with a cursor, of which nothing has been read yet */
    int64_t from;     /* changes of rows since then are told; 0: none */
    bool is_reading;  /* page and reading are a reader's */
    int64_t again_ns; /* not before */
    struct stream_page *page;
    struct reading reading;
    int64_t token, user, expires_ms; /* who watches */
    uint8_t session[USER_HASH_BYTES];
};

/* Everybody who watches one tenant. */
struct hub {
    struct hub *next;
    struct stream_hub *all;
    int32_t tenant;
    struct stream *streams;
    unsigned open, live; /* streams with a peer; those of them that are up to date */
    int64_t at;          /* the place of those that are live */
    bool has_news, is_reading;
    int64_t again_ns;
    struct news_row touched[STREAM_HUB_TOUCHED];
    size_t touched_count;
    struct stream_page *page;
    struct reading reading;
};

struct stream_hub {
    struct site *site;
    struct loop *loop;
    struct hub *hubs;
    struct stream_rights *rights;
    unsigned open, most;
    uint64_t seen;   /* of the news */
    int64_t beat_ns; /* real time of the last comment, and the engine's: */
    int64_t beat_ms;
    uint64_t health;   /* the mark that was told, */
    int64_t looked_ns; /* ... and when it was looked for */
    bool is_draining;
    uint64_t rights_seen; /* rises when somebody's right to watch has ended */
};

/* The peer has gone, or is sent away. */
void stream_hub_leave(struct stream *s);
void stream_hub_end(struct stream *s);
void stream_hub_free(struct stream *s);
/* False: he takes too little, and has been sent away. */
bool stream_hub_put(struct stream *s, struct span text);
/* Where he stands, for when he comes back: as an `id` alone, or with an event. False: as put. */
bool stream_hub_tell_place(struct stream *s, const char *event);
/* NULL: nobody has ever watched this tenant. */
struct hub *stream_hub_find(struct stream_hub *all, int32_t tenant);

/* A loop_turn_fn; `ctx` is the stream_hub. */
int64_t stream_hub_turn(void *ctx);

#endif
