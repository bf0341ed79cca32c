#include "cli/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/progress.h"
#include "net/http_client.h"

enum { POUR_MS = 3600 * 1000 };

static const char *socket_of(struct arena *arena, const struct settings *settings)
{
    return arena_printf(arena, "%.*s/control.sock", SPAN_ARG(settings->data));
}

static enum err call_with(struct arena *arena, const struct settings *settings, const char *method,
                          const char *path, const char *const *headers, struct span body,
                          struct control_answer *out)
{
    const struct http_call call = {
        .method = method,
        .url = arena_printf(arena, "http://localhost%s", path),
        .unix_socket = socket_of(arena, settings),
        .headers = headers,
        .body = body,
    };
    struct http_result result = {.outcome = HTTP_NOT_SENT};

    http_client_once(arena, &call, &result);
    if (result.outcome != HTTP_ANSWERED)
        return ERR_NOT_FOUND;
    out->status = result.status;
    out->body = result.body;
    return ERR_NONE;
}

static enum err call_it(struct arena *arena, const struct settings *settings, const char *method,
                        const char *path, const char *type, struct span body,
                        struct control_answer *out)
{
    const char *const headers[] = {arena_printf(arena, "Content-Type: %s", type), NULL};

    return call_with(arena, settings, method, path, headers, body, out);
}

/* How much has come is shown where the answer itself is not. */
static bool pour(void *ctx, struct span piece)
{
    int64_t *bytes = ctx;

    *bytes += (int64_t)piece.size;
    if (!isatty(STDOUT_FILENO))
        progress_show("%.1f MB", (double)*bytes / 1e6);
    return fwrite(piece.data, 1, piece.size, stdout) == piece.size;
}

enum err control_try(struct arena *arena, const struct settings *settings, const char *method,
                     const char *path, struct span body, struct control_answer *out)
{
    return call_it(arena, settings, method, path, "application/json", body, out);
}

static enum err complain(struct arena *arena, const struct settings *settings, enum err err)
{
    const char *path = socket_of(arena, settings);

    /* Another user's folder is not to be looked into: whether a daemon is there is not known. */
    if (err && faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) && errno == EACCES)
        fprintf(stderr,
                "nextring: %s may be used by the daemon's user alone: be that user, as by "
                "sudo -u nextring nextring ...\n",
                path);
    else if (err)
        fprintf(stderr,
                "nextring: no daemon answers at %s: start it with `nextring serve`, or name its "
                "state folder by NEXTRING_DATA\n",
                path);
    return err;
}

enum err control_call(struct arena *arena, const struct settings *settings, const char *method,
                      const char *path, struct span body, struct control_answer *out)
{
    return complain(arena, settings, control_try(arena, settings, method, path, body, out));
}

enum err control_send(struct arena *arena, const struct settings *settings, const char *path,
                      const char *type, struct span body, struct control_answer *out)
{
    return complain(arena, settings, call_it(arena, settings, "POST", path, type, body, out));
}

enum err control_follow(struct arena *arena, const struct settings *settings, const char *path,
                        control_piece_fn *piece, void *ctx, struct control_answer *out)
{
    const struct http_call call = {
        .method = "GET",
        .url = arena_printf(arena, "http://localhost%s", path),
        .unix_socket = socket_of(arena, settings),
        .total_ms = POUR_MS,
        .sink = piece,
        .sink_ctx = ctx,
    };
    struct http_result result = {.outcome = HTTP_NOT_SENT};

    http_client_once(arena, &call, &result);
    if (result.outcome == HTTP_UNSURE)
        return ERR_UNSURE;
    if (result.outcome != HTTP_ANSWERED)
        return ERR_NOT_FOUND;
    *out = (struct control_answer){result.status, result.body};
    return ERR_NONE;
}

enum err control_pour(struct arena *arena, const struct settings *settings, const char *path,
                      struct control_answer *out)
{
    int64_t bytes = 0;
    const enum err e = control_follow(arena, settings, path, pour, &bytes, out);

    progress_end();
    return e == ERR_NOT_FOUND ? complain(arena, settings, e) : e;
}

enum err control_edit(struct arena *arena, const struct settings *settings, const char *method,
                      const char *path, const char *header, struct span body,
                      struct control_answer *out)
{
    const char *const headers[] = {"Content-Type: application/json", header, NULL};

    return complain(arena, settings, call_with(arena, settings, method, path, headers, body, out));
}
