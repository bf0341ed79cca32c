/* cli/control.h - asks the running daemon over its control socket.
 *
 * Errors: ERR_NOT_FOUND when no daemon answers there; the answer's own status otherwise.
 * Threads: one at a time.
 * Source: docs/adr/0008-control-socket.md.
 */
#ifndef CLI_CONTROL_H
#define CLI_CONTROL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "config/settings.h"

struct control_answer {
    int status;
    struct span body; /* in the arena */
};

/* `path` with its query; `body` is JSON, or empty. Prints one line to stderr when no daemon
 * answers. */
MUST_USE enum err control_call(struct arena *arena, const struct settings *settings,
                               const char *method, const char *path, struct span body,
                               struct control_answer *out);

/* The same, without a word when no daemon answers. */
MUST_USE enum err control_try(struct arena *arena, const struct settings *settings,
                              const char *method, const char *path, struct span body,
                              struct control_answer *out);

/* The same as control_call for a body of another type: "text/csv". */
MUST_USE enum err control_send(struct arena *arena, const struct settings *settings,
                               const char *path, const char *type, struct span body,
                               struct control_answer *out);

/* False: no more of it. */
typedef bool control_piece_fn(void *ctx, struct span piece);

/* GET, whose answer 200 goes to `piece` as it comes, for an hour at most; another one is put into
 * *out. ERR_UNSURE: it broke off, or the hour is over. ERR_NOT_FOUND, without a word: no daemon
 * answers. */
MUST_USE enum err control_follow(struct arena *arena, const struct settings *settings,
                                 const char *path, control_piece_fn *piece, void *ctx,
                                 struct control_answer *out);

/* GET, whose answer 200 goes to stdout piece by piece, however long it is; another one is put into
 * *out. ERR_UNSURE: it broke off. */
MUST_USE enum err control_pour(struct arena *arena, const struct settings *settings,
                               const char *path, struct control_answer *out);

/* The same as control_call with one header more; NULL: none. */
MUST_USE enum err control_edit(struct arena *arena, const struct settings *settings,
                               const char *method, const char *path, const char *header,
                               struct span body, struct control_answer *out);

#endif
