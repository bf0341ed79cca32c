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
#include "net/loop.h"
#include "provider/callback.h"
#include "provider/signature.h"

/* The numbers of the listeners, as given to http_server_listen. */
enum web_listener {
    WEB_PUBLIC,  /* what the proxy in front of us reaches */
    WEB_ADMIN,   /* metrics and health */
    WEB_CONTROL, /* control.sock: whoever may open it is admin of every tenant */
};

struct web_options {
    struct engine *engine;
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
    const char *carrier_api; /* base of the REST API, without a slash at the end */
};

#endif
