#include "model/event.h"

#include <stddef.h>
#include <string.h>

static const char *const kind_names[EVENT_KINDS] = {
    [EVENT_CALL] = "call",
    [EVENT_SCREEN] = "screen",
    [EVENT_PRESS] = "press",
    [EVENT_RECORDED] = "recorded",
    [EVENT_TEXT] = "text",
    [EVENT_CALL_STATUS] = "call-status",
    [EVENT_RECEIPT] = "receipt",
    [EVENT_SENT] = "sent",
    [EVENT_TIMER] = "timer",
    [EVENT_LINK] = "link",
    [EVENT_ACK] = "acknowledge",
    [EVENT_REPLY] = "reply",
    [EVENT_STRAY] = "stray",
    [EVENT_HEARD] = "heard",
    [EVENT_LOOKED] = "looked",
    [EVENT_LATE_CALL] = "late-call",
    [EVENT_WAKE] = "wake",
    [EVENT_CHOICE] = "choice",
    [EVENT_CALL_BACK] = "call-back",
    [EVENT_CALLED] = "called",
    [EVENT_LOOKUP] = "lookup",
    [EVENT_TRANSCRIBED] = "transcribed",
    [EVENT_KEY] = "key",
    [EVENT_JOB] = "job",
    [EVENT_JOB_IMPORT] = "job-import",
    [EVENT_PASS] = "pass",
    [EVENT_CLOSE] = "close",
    [EVENT_REOPEN] = "reopen",
    [EVENT_USER] = "user",
    [EVENT_LINE] = "line",
    [EVENT_DUTY] = "duty",
    [EVENT_ALARM] = "alarm",
    [EVENT_CANARY] = "canary",
};

const char *event_kind_name(enum event_kind kind)
{
    return kind_names[kind];
}

bool event_is_of_claim(const struct event *e, const struct outbox *row)
{
    return row->fence == e->fence && (!e->at_ms || row->sent_ms == e->at_ms);
}

bool event_is_over(struct span call_status)
{
    static const char *const ends[] = {"completed", "busy", "no-answer", "failed", "canceled"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (span_is_text(call_status, ends[i]))
            return true;
    return false;
}

/* clang-format off */
static const size_t spans[] = {
    offsetof(struct event, account),     offsetof(struct event, sid),
    offsetof(struct event, from),        offsetof(struct event, to),
    offsetof(struct event, body),        offsetof(struct event, media),
    offsetof(struct event, job),         offsetof(struct event, forwarded_from),
    offsetof(struct event, call_status), offsetof(struct event, dial_status),
    offsetof(struct event, digits),      offsetof(struct event, leg_sid),
    offsetof(struct event, sequence),    offsetof(struct event, recording),
    offsetof(struct event, speech),      offsetof(struct event, operator_id),
    offsetof(struct event, tag),         offsetof(struct event, plan),
    offsetof(struct event, scripts),     offsetof(struct event, name),
    offsetof(struct event, by),          offsetof(struct event, once_key),
};
/* clang-format on */

/* What only a few kinds have. */
static void copy_lists(struct arena *arena, struct event *e)
{
    if (e->found_count) {
        struct found *found = ARENA_NEW_N(arena, struct found, e->found_count);
        memcpy(found, e->found, e->found_count * sizeof *found);
        for (size_t i = 0; i < e->found_count; i++)
            found[i].sid = arena_copy(arena, found[i].sid);
        e->found = found;
    }
    if (e->draft_count) {
        struct job_draft *drafts = ARENA_NEW_N(arena, struct job_draft, e->draft_count);
        memcpy(drafts, e->drafts, e->draft_count * sizeof *drafts);
        for (size_t i = 0; i < e->draft_count; i++) {
            drafts[i].job.title = arena_copy(arena, drafts[i].job.title);
            drafts[i].job.notes = arena_copy(arena, drafts[i].job.notes);
            drafts[i].job.address = arena_copy(arena, drafts[i].job.address);
        }
        e->drafts = drafts;
    }
}

void event_copy(struct arena *arena, const struct event *event, struct event *out)
{
    *out = *event;
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        struct span *s = (struct span *)(void *)((char *)out + spans[i]);
        if (s->size)
            *s = arena_copy(arena, *s);
    }
    copy_lists(arena, out);
}
