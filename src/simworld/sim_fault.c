#include "simworld/sim_fault.h"

#include <string.h>

/* `also`: a fault of that kind happens here too. */
/* clang-format off */
static const struct {
    const char *name;
    int left;         /* when no count is given; 0: until it is cleared */
    int64_t after_ms;
    enum sim_fault_kind also;
    const char *help;
} kinds[SIM_FAULTS] = {
    [SIM_REST_DOWN]               = {"rest_down",               0, 0,     SIM_CARRIER_DOWN,
        "the REST API resets every connection"},
    [SIM_REFUSE]                  = {"refuse",                  1, 0,     SIM_FAULTS,
        "a POST to the REST API is reset before anybody looks at it"},
    [SIM_RESET_BEFORE_ACCEPT]     = {"reset_before_accept",     1, 0,     SIM_FAULTS,
        "a create is reset and was not accepted"},
    [SIM_ERROR_500_BEFORE_ACCEPT] = {"error_500_before_accept", 1, 0,     SIM_FAULTS,
        "a create is answered 500 and was not accepted"},
    [SIM_ERROR_429]               = {"error_429",               1, 0,     SIM_FAULTS,
        "a create is answered 429, too many requests"},
    [SIM_CALLER_ID_REFUSED]       = {"caller_id_refused",       1, 0,     SIM_FAULTS,
        "a call is refused for the number that it wants to show"},
    [SIM_ACCEPT_THEN_RESET]       = {"accept_then_reset",       1, 0,     SIM_FAULTS,
        "a create is accepted, and its connection is reset before the answer"},
    [SIM_ACCEPT_THEN_SILENCE]     = {"accept_then_silence",     1, 30000, SIM_FAULTS,
        "a create is accepted and not answered; after that time it is reset"},
    [SIM_ERROR_500_AFTER_ACCEPT]  = {"error_500_after_accept",  1, 0,     SIM_FAULTS,
        "a create is accepted and answered 500"},
    [SIM_CALLBACK_BEFORE_ANSWER]  = {"callback_before_answer",  1, 10000, SIM_FAULTS,
        "a create is answered only once its first status callback has been"},
    [SIM_SLOW]                    = {"slow",                    1, 5000,  SIM_FAULTS,
        "a create is answered after that time"},
    [SIM_OUTAGE]                  = {"outage",                  0, 0,     SIM_CARRIER_DOWN,
        "no webhook and no callback reaches the server"},
    [SIM_DUPLICATE_WEBHOOK]       = {"duplicate_webhook",       1, 0,     SIM_FAULTS,
        "a webhook or a callback is sent twice"},
    [SIM_DROP_CALLBACKS]          = {"drop_callbacks",          1, 0,     SIM_FAULTS,
        "a status callback is never sent"},
    [SIM_DUPLICATE_CALLBACKS]     = {"duplicate_callbacks",     1, 0,     SIM_FAULTS,
        "a status callback is sent twice"},
    [SIM_REORDER_CALLBACKS]       = {"reorder_callbacks",       1, 10000, SIM_FAULTS,
        "a status callback waits until the next of its call or text has overtaken it"},
    [SIM_MEDIA_REDIRECT]          = {"media_redirect",          1, 0,     SIM_FAULTS,
        "media that somebody fetches are said to be elsewhere"},
    [SIM_MEDIA_BYTES]             = {"media_bytes",             1, 0,     SIM_FAULTS,
        "media that somebody fetches have another size"},
    [SIM_RECORDING_LATE]          = {"recording_late",          1, 0,     SIM_FAULTS,
        "a recording is not there yet when it is fetched"},
    [SIM_CARRIER_DOWN]            = {"carrier_down",            0, 0,     SIM_FAULTS,
        "the carrier's outage: rest_down and outage at once"},
    [SIM_DROP_WEBHOOK]            = {"drop_webhook",            1, 0,     SIM_FAULTS,
        "a webhook is lost on its way: no answer within 15 s, then the fallback"},
    [SIM_DELAY_WEBHOOK]           = {"delay_webhook",           1, 5000,  SIM_FAULTS,
        "a webhook is sent after that time"},
    [SIM_DELAY_CALLBACKS]         = {"delay_callbacks",         1, 5000,  SIM_FAULTS,
        "a status callback is sent after that time"},
    [SIM_REORDER_WEBHOOKS]        = {"reorder_webhooks",        1, 10000, SIM_FAULTS,
        "a webhook waits until the next one has overtaken it"},
    [SIM_CLOCK_JUMP]              = {"clock_jump",              1, 3600000, SIM_FAULTS,
        "the clock leaps ahead by that time, and nothing in between happens on time"},
};
/* clang-format on */

const char *sim_fault_name(enum sim_fault_kind kind)
{
    return kinds[kind].name;
}

const char *sim_fault_help(enum sim_fault_kind kind)
{
    return kinds[kind].help;
}

struct sim_fault sim_fault_usual(enum sim_fault_kind kind)
{
    return (struct sim_fault){.kind = kind,
                              .resource = "",
                              .to = "",
                              .left = kinds[kind].left,
                              .percent = 100,
                              .dice = dice_from(1),
                              .after_ms = kinds[kind].after_ms,
                              .location = ""};
}

enum err sim_fault_add(struct sim_faults *f, const struct sim_fault *fault)
{
    if (f->count == SIM_FAULTS_MAX)
        return ERR_FULL;
    f->list[f->count] = *fault;
    f->list[f->count++].number = ++f->given;
    return ERR_NONE;
}

static void remove_at(struct sim_faults *f, size_t i)
{
    f->count--;
    memmove(&f->list[i], &f->list[i + 1], (f->count - i) * sizeof f->list[0]);
}

void sim_fault_clear(struct sim_faults *f, enum sim_fault_kind kind)
{
    for (size_t i = f->count; i-- > 0;)
        if (kind == SIM_FAULTS || f->list[i].kind == kind)
            remove_at(f, i);
}

bool sim_fault_drop(struct sim_faults *f, int64_t number)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->list[i].number == number) {
            remove_at(f, i);
            return true;
        }
    return false;
}

static bool meets(const struct sim_fault *fault, const struct sim_fault_case *what)
{
    return (!fault->resource[0] || !strcmp(fault->resource, what->resource)) &&
           (!fault->to[0] || span_is_text(what->to, fault->to));
}

bool sim_fault_take(struct sim_faults *f, enum sim_fault_kind kind,
                    const struct sim_fault_case *what, struct sim_fault *out)
{
    for (size_t i = 0; i < f->count; i++) {
        struct sim_fault *fault = &f->list[i];
        if ((fault->kind != kind && fault->kind != kinds[kind].also) || !meets(fault, what))
            continue;
        if (fault->percent < 100 && (int)dice_throw(&fault->dice, 100) >= fault->percent)
            continue;
        fault->hits++;
        if (out)
            *out = *fault;
        if (fault->left > 0 && --fault->left == 0)
            remove_at(f, i);
        return true;
    }
    return false;
}
