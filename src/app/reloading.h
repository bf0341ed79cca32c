/* app/reloading.h - reads again what the daemon itself was given: call scripts, the certificate of
 * the public address, the credentials. The rosters are the engine's.
 *
 * Each part that is wrong stays as it was.
 * Threads: loop thread only.
 */
#ifndef APP_RELOADING_H
#define APP_RELOADING_H

#include "app/call_scripts.h"
#include "keys/certificate.h"
#include "keys/keys.h"
#include "web/web.h"

struct reloading {
    struct call_scripts *scripts;
    struct certificate *certificate; /* NULL: none */
    struct keys *keys;
};

/* `done` as in visit/web_options.h. */
void reloading_start(const struct reloading *parts, web_reloaded_fn *done, void *done_ctx);

#endif
