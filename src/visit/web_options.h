/* visit/web_options.h - what the app tells the web floor when it starts.
 *
 * Units: texts are borrowed and must live as long as the floor, the auth tokens only until
 * web_open has returned.
 */
#ifndef VISIT_WEB_OPTIONS_H
#define VISIT_WEB_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "config/scripts.h"
#include "engine/engine.h"
#include "metric/metric_set.h"
#include "net/loop.h"
#include "provider/callback.h"
#include "provider/signature.h"

/* The numbers of the listeners, as given to http_server_listen. */
enum web_listener {
    WEB_PUBLIC,  /* what the proxy in front of us reaches */
    WEB_ADMIN,   /* metrics and health */
    WEB_CONTROL, /* control.sock: whoever may open it is admin of every tenant */
};

/* Reads again what the daemon itself was given: credentials, call scripts. `done` is called on a
 * later turn, with one line for people that lives during the call. */
typedef void web_reloaded_fn(void *ctx, bool is_good, const char *why);
typedef void web_reload_fn(void *ctx, web_reloaded_fn *done, void *done_ctx);

/* What only the app knows of how we stand; words in the arena, NULL: nothing is wrong. */
struct web_sight {
    const char *heartbeat; /* what its address said last, without the address */
    int64_t heartbeat_ms;  /* since when */
    const char *canary;    /* its texts do not come back */
    const char *certificate;
    bool has_certificate;
};
typedef void web_sight_fn(void *ctx, struct arena *arena, struct web_sight *out);

struct web_options {
    struct engine *engine;
    web_reload_fn *reload; /* NULL: rosters alone are read again */
    void *reload_ctx;
    const char *public_url; /* without a slash at the end */
    struct span auth_tokens[SIGNATURE_TOKENS_MAX];
    uint8_t callback_key[CALLBACK_KEY_BYTES];
    const char *pages_url; /* where people reach the pages; "": at the public address, else at the
                              admin address and nowhere else */
    bool sign_in_by_text;  /* a user may sign in by a code that is texted to him */
    const char *const *cors_origins; /* "https://host", exactly as a browser sends it */
    size_t cors_origin_count;
    const char *version;
    const struct scripts *scripts; /* call scripts in force */
    struct loop *loop;
    /* Adds what only the app knows to the figures, as often as somebody asks; NULL: nothing. */
    void (*figures)(void *ctx, struct metric_set *set);
    void *figures_ctx;
    web_sight_fn *sight;      /* with figures_ctx; NULL: nothing is wrong */
    const char *state_folder; /* whose disk is told of */
    const char *emf;          /* where they go each minute (web/emf.h); NULL: nowhere */
    const char *carrier_api;  /* base of the REST API, without a slash at the end */
};

#endif
