#include "core/once.h"

#include "base/id.h"

bool once_is_asked(const struct event *e)
{
    if (!e->once_key.size)
        return false;
    switch (e->kind) {
    case EVENT_ACK:
    case EVENT_REPLY:
    case EVENT_CALL_BACK:
    case EVENT_PASS:
    case EVENT_CLOSE:
    case EVENT_REOPEN:
    case EVENT_JOB_IMPORT:
    case EVENT_DUTY:
        return true;
    case EVENT_CALL:
    case EVENT_SCREEN:
    case EVENT_PRESS:
    case EVENT_RECORDED:
    case EVENT_CALL_STATUS:
    case EVENT_TEXT:
    case EVENT_RECEIPT:
    case EVENT_SENT:
    case EVENT_TIMER:
    case EVENT_LINK: /* its own keys are its form's */
    case EVENT_STRAY:
    case EVENT_HEARD:
    case EVENT_LOOKED:
    case EVENT_LATE_CALL:
    case EVENT_WAKE:
    case EVENT_CALLED:
    case EVENT_CHOICE:
    case EVENT_TRANSCRIBED:
    case EVENT_LOOKUP:
    case EVENT_KEY:
    case EVENT_JOB: /* has a version */
    case EVENT_ALARM:
    case EVENT_CANARY:
    case EVENT_LINE:
    case EVENT_USER:
    case EVENT_KINDS:
        break;
    }
    return false;
}

/* "PRINT ID COUNT WORDS" */
static struct span answer_text(const struct context *c)
{
    char print[ID_TEXT_SIZE + 1], id[ID_TEXT_SIZE + 1];

    id_render(c->event->once_print, print);
    id_render(c->answer->id, id);
    return span_of(arena_printf(c->facts->arena, "%s %s %d %.*s", print, id, c->answer->count,
                                SPAN_ARG(c->answer->words)));
}

/* An act that made nothing has no id. */
static bool read_id(struct span text, int64_t *out)
{
    *out = 0;
    return id_parse(text, out) || span_is_text(text, "0000000000000");
}

static void answer_again(const struct context *c, struct span text)
{
    struct span rest;
    int64_t print = 0, id = 0, count = 0;
    const bool good = id_parse(span_cut(text, ' ', &rest), &print) &&
                      read_id(span_cut(rest, ' ', &rest), &id) &&
                      span_number(span_cut(rest, ' ', &rest), 0, INT32_MAX, &count);

    if (!good || print != c->event->once_print) {
        c->answer->kind = ANSWER_REFUSED;
        c->answer->error = ERR_CONFLICT;
        c->answer->words = SPAN("Idempotency-Key: was used for another request");
        return;
    }
    c->answer->kind = ANSWER_DONE;
    c->answer->id = id;
    c->answer->count = (int)count;
    c->answer->words = rest;
}

enum err once_decide(const struct context *c, decide_fn *decider)
{
    const struct event *e = c->event;
    const struct span key =
        span_of(arena_printf(c->facts->arena, "key:%.*s", SPAN_ARG(e->once_key)));
    const struct claim_fact *before = facts_claimed(c->facts, e->tenant, key);

    if (c->facts->short_of)
        return ERR_BUSY;
    if (before) {
        answer_again(c, before->answer);
        return ERR_NONE;
    }
    const enum err err = decider(c);
    if (err || c->answer->kind != ANSWER_DONE)
        return err;
    facts_claim_with(c->facts, e->tenant, key,
                     &(struct claim_fact){.event = e->id, .answer = answer_text(c)});
    return ERR_NONE;
}
