#include "simphone/phone_ask.h"

#include <stdio.h>

#include "net/http_client.h"

enum { ANSWER_BYTES_MAX = 64 << 20 };

enum err phone_ask_send(const struct phone_ask *ask, const char *path, struct span body,
                        struct phone_ask_answer *out)
{
    static const char *const headers[] = {"Content-Type: application/json", NULL};
    const struct http_call call = {
        .method = body.size ? "POST" : "GET",
        .url = arena_printf(ask->arena, "%s%s", ask->base, path),
        .headers = headers,
        .body = body,
        .max_bytes = ANSWER_BYTES_MAX,
    };
    struct http_result result = {.outcome = HTTP_NOT_SENT};
    struct phone_ask_answer a = {0};
    struct json_place place;

    http_client_once(ask->arena, &call, &result);
    if (result.outcome != HTTP_ANSWERED) {
        fprintf(stderr,
                "nextring-sim phone: no simulator answers at %s: start it with `nextring-sim`, or "
                "name its address by --sim\n",
                ask->base);
        return ERR_NOT_FOUND;
    }
    a.status = result.status;
    a.text = result.body;
    if (json_parse(result.body, &a.json, &place)) {
        fprintf(stderr, "nextring-sim phone: %s is no simulator: it answers no JSON\n", ask->base);
        return ERR_BROKEN;
    }
    *out = a;
    return ERR_NONE;
}

void phone_ask_close(struct phone_ask_answer *a)
{
    if (a->json)
        json_close(&a->json);
}
