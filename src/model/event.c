#include "model/event.h"

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
    [EVENT_DUTY] = "duty",
};

const char *event_kind_name(enum event_kind kind)
{
    return kind_names[kind];
}

bool event_is_over(struct span call_status)
{
    static const char *const ends[] = {"completed", "busy", "no-answer", "failed", "canceled"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (span_is_text(call_status, ends[i]))
            return true;
    return false;
}
