#include "app/reloading.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

enum { WHY_SIZE = 512 };

struct answering {
    web_reloaded_fn *done;
    void *ctx;
};

/* The credentials are read last, so theirs is the last word. */
static void told_of_certificate(void *ctx, bool is_good, const char *why)
{
    struct answering *wish = ctx;
    char all[WHY_SIZE];

    (void)is_good;
    snprintf(
        all, sizeof all,
        "the certificate or its key was refused, and the old pair stays: the log tells why; %s",
        why);
    wish->done(wish->ctx, false, all);
    free(wish);
}

void reloading_start(const struct reloading *parts, web_reloaded_fn *done, void *done_ctx)
{
    call_scripts_load(parts->scripts);
    if (!certificate_reload(parts->certificate)) {
        keys_reload(parts->keys, done, done_ctx);
        return;
    }
    struct answering *wish = arena_must_alloc(sizeof *wish);
    *wish = (struct answering){done, done_ctx};
    keys_reload(parts->keys, told_of_certificate, wish);
}
