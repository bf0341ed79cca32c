#include "cli/control.h"

#include <stdio.h>

#include "net/http_client.h"

enum err control_call(struct arena *arena, const struct settings *settings, const char *method,
                      const char *path, struct span body, struct control_answer *out)
{
    static const char *const headers[] = {"Content-Type: application/json", NULL};
    const char *socket = arena_printf(arena, "%.*s/control.sock", SPAN_ARG(settings->data));
    const struct http_call call = {
        .method = method,
        .url = arena_printf(arena, "http://localhost%s", path),
        .unix_socket = socket,
        .headers = headers,
        .body = body,
    };
    struct http_result result = {.outcome = HTTP_NOT_SENT};

    http_client_once(arena, &call, &result);
    if (result.outcome != HTTP_ANSWERED) {
        fprintf(stderr,
                "nextring: no daemon answers at %s: start it with `nextring serve`, or name its "
                "state folder by NEXTRING_DATA\n",
                socket);
        return ERR_NOT_FOUND;
    }
    out->status = result.status;
    out->body = result.body;
    return ERR_NONE;
}
