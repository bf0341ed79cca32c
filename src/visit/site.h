/* visit/site.h - what all requests share: the engine, the keys, the counters, spare memory.
 *
 * Owns: keys, the token cache, the HTTP client and the spare arenas (web.c opens and closes them).
 * Threads: loop thread only.
 */
#ifndef VISIT_SITE_H
#define VISIT_SITE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "metric/metric_tally.h"
#include "provider/callback.h"
#include "provider/signature.h"
#include "visit/web_options.h"

enum {
    SITE_SPARE_ARENAS = 256,
    SITE_STATUS_CLASSES = 6, /* 1xx to 5xx by their first digit */
};

struct site_counts {
    uint64_t requests;
    uint64_t answers[SITE_STATUS_CLASSES];
    uint64_t bad_signatures;         /* carrier paths: missing or wrong */
    uint64_t unproven;               /* ... and taken all the same (hooks/unproven.h) */
    struct metric_webhooks webhooks; /* carrier paths: how long, and refusals */
    uint64_t bad_tokens;
    uint64_t bad_sessions; /* cookies, and requests of pages that are not ours */
    uint64_t bad_logins;   /* wrong passwords and codes, and tries beyond the limit */
};

struct auth_cache;
struct on_duty;
struct emf;
struct figures;
struct stream_hub;
struct log_exports;
struct backup;
struct live_lines;
struct unproven;
struct session_cache;
struct attempts;
struct worker;
struct http_client;
struct fetch;
struct standing;
struct visit;
struct web_route;

/* What fetch.c gets from the carrier. */
struct site_media {
    struct http_client *client; /* its own: no message waits for a photo */
    unsigned fetches, waiting;
    struct fetch *first, *last; /* those that wait */
    size_t held_bytes;          /* fetched, and still being sent to peers */
};

/* What does not let anybody in any more: a token, one session, or all of a user's but one. */
struct site_ended {
    int64_t token, user;
    const uint8_t *session, *keep; /* hashes; NULL: none */
};

struct site {
    struct engine *engine;
    struct span public_url;
    struct callback callback;
    uint8_t callback_key[CALLBACK_KEY_BYTES];
    struct signature_keys *keys;
    const char *const *origins;
    size_t origin_count;
    const char *version;
    const struct web_route *routes; /* the whole table */
    size_t route_count;
    const struct scripts *scripts;
    const char *carrier_api;
    web_reload_fn *reload; /* NULL: there is nothing but rosters */
    void *reload_ctx;
    struct site_media media;
    struct auth_cache *tokens;
    struct on_duty *on_duty; /* found, and kept for a while */
    struct session_cache *sessions;
    struct attempts *attempts; /* to sign in */
    struct worker *worker;     /* for what takes long: passwords */
    struct span pages_url;     /* where people reach the pages */
    bool pages_apart;          /* on the admin address, and nowhere else */
    bool pages_secure;         /* by https */
    bool sign_in_by_text;
    struct id_maker ids; /* of tokens */
    struct site_counts counts;
    struct figures *figures; /* for whoever watches (web/figures.h) */
    web_sight_fn *sight;     /* NULL: nothing is wrong */
    void *sight_ctx;
    struct emf *emf; /* NULL: CloudWatch gets none */
    int64_t started_ms;
    int64_t signed_ms, unsigned_ms; /* when the last right, and wrong, signature came; 0: never */
    unsigned streams;               /* open */
    struct stream_hub *hub;         /* whose they are (stream/stream.h) */
    struct log_exports *exports;    /* under way (stream/log_export.h) */
    struct backup *backup;          /* under way (host/backup_api.h) */
    struct live_lines *live_lines;  /* hooks/live_lines.h */
    struct unproven *unproven;      /* what was taken; NULL: nothing yet */
    void (*ended)(struct site *site, const struct site_ended *what); /* NULL: nobody listens */
    bool is_draining;          /* this node ends: others are ready */
    struct standing *standing; /* visit/standing.h */
    int64_t probed_ns;         /* when the store was last asked whether it can write; 0: never */
    bool probe_good;
    unsigned refusals; /* of carrier paths in `refusals_second`, of real time */
    int64_t refusals_second;
    struct visit *visits; /* those not yet answered */
    struct arena *spare[SITE_SPARE_ARENAS];
    size_t spare_count;
};

#endif
