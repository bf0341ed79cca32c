#include "visit/cors.h"

bool cors_covers(struct span path)
{
    return span_starts(path, SPAN("/api/")) || span_starts(path, SPAN("/sms/"));
}

void cors_note(struct visit *v)
{
    const struct span origin = http_header(v->rq, "Origin");

    for (size_t i = 0; origin.size > 0 && i < v->site->origin_count; i++)
        if (span_is_text(origin, v->site->origins[i]))
            v->origin = arena_copy(v->arena, origin);
}

void cors_answer(struct visit *v, const char *methods)
{
    const struct http_field fields[] = {
        {"Allow", span_of(methods)},
        {v->origin.size > 0 ? "Access-Control-Allow-Methods" : NULL, span_of(methods)},
        {"Access-Control-Allow-Headers",
         SPAN("Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID")},
        {"Access-Control-Max-Age", SPAN("600")},
        {NULL, {NULL, 0}},
    };

    visit_answer(v, &(struct visit_reply){.status = 204, .fields = fields});
}
