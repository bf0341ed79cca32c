/* Any query and any body as each kind of webhook: what is taken is within its limits. The first
 * byte chooses the kind, the first end of a line parts query and body. */
#include "base/check.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "model/limits.h"
#include "provider/webhook.h"

static const enum event_kind kinds[] = {
    EVENT_CALL,    EVENT_SCREEN, EVENT_PRESS,  EVENT_RECORDED, EVENT_CALL_STATUS, EVENT_TEXT,
    EVENT_RECEIPT, EVENT_HEARD,  EVENT_CALLED, EVENT_CHOICE,   EVENT_TRANSCRIBED, EVENT_KEY,
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void must_be_sane(const struct event *e)
{
    const struct span spans[] = {e->sid,
                                 e->from,
                                 e->to,
                                 e->body,
                                 e->media,
                                 e->call_status,
                                 e->digits,
                                 e->dial_status,
                                 e->leg_sid,
                                 e->sequence,
                                 e->speech,
                                 e->recording,
                                 e->forwarded_from,
                                 e->name};

    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
        CHECK(spans[i].size == 0 || utf8_is_valid(spans[i]));
    CHECK(e->sid.size < LIMIT_SID_SIZE && e->leg_sid.size < LIMIT_SID_SIZE);
    CHECK(e->from.size < LIMIT_PARTY_SIZE && e->to.size < LIMIT_PARTY_SIZE);
    CHECK(e->body.size <= LIMIT_BODY_BYTES && e->name.size < LIMIT_NAME_SIZE);
    CHECK(e->attempt >= -1 && e->attempt <= LIMIT_RUNGS && e->seconds >= 0);
}

static void parse(struct arena *arena, enum event_kind kind, struct span query, struct span body)
{
    struct form q, f;
    const struct webhook request = {&q, &f};
    struct event event = {.kind = kind};
    const char *why = NULL;

    if (form_parse(arena, query, &q) || form_parse(arena, body, &f))
        return;
    (void)webhook_account(&f);
    if (webhook_parse(arena, kind, &request, &event, &why))
        CHECK(why);
    else
        must_be_sane(&event);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span body = {NULL, 0};

    if (size == 0)
        return 0;
    struct arena *arena = arena_open(1 << 16);
    const struct span text = {(const char *)data + 1, size - 1};
    const struct span query = span_cut(text, '\n', &body);
    parse(arena, kinds[data[0] % KINDS], query, body);
    arena_close(&arena);
    return 0;
}
