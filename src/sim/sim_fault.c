#include "sim/sim_fault.h"

#include <string.h>

/* clang-format off */
static const struct {
    const char *name;
    int left;         /* when no count is given; 0: until it is cleared */
    int64_t after_ms;
} kinds[SIM_FAULTS] = {
    [SIM_REST_DOWN]               = {"rest_down",               0, 0},
    [SIM_REFUSE]                  = {"refuse",                  1, 0},
    [SIM_RESET_BEFORE_ACCEPT]     = {"reset_before_accept",     1, 0},
    [SIM_ERROR_500_BEFORE_ACCEPT] = {"error_500_before_accept", 1, 0},
    [SIM_ERROR_429]               = {"error_429",               1, 0},
    [SIM_CALLER_ID_REFUSED]       = {"caller_id_refused",       1, 0},
    [SIM_ACCEPT_THEN_RESET]       = {"accept_then_reset",       1, 0},
    [SIM_ACCEPT_THEN_SILENCE]     = {"accept_then_silence",     1, 30000},
    [SIM_ERROR_500_AFTER_ACCEPT]  = {"error_500_after_accept",  1, 0},
    [SIM_CALLBACK_BEFORE_ANSWER]  = {"callback_before_answer",  1, 10000},
    [SIM_SLOW]                    = {"slow",                    1, 5000},
    [SIM_OUTAGE]                  = {"outage",                  0, 0},
    [SIM_DUPLICATE_WEBHOOK]       = {"duplicate_webhook",       1, 0},
    [SIM_DROP_CALLBACKS]          = {"drop_callbacks",          1, 0},
    [SIM_DUPLICATE_CALLBACKS]     = {"duplicate_callbacks",     1, 0},
    [SIM_REORDER_CALLBACKS]       = {"reorder_callbacks",       1, 10000},
    [SIM_MEDIA_REDIRECT]          = {"media_redirect",          1, 0},
    [SIM_MEDIA_BYTES]             = {"media_bytes",             1, 0},
    [SIM_RECORDING_LATE]          = {"recording_late",          1, 0},
};
/* clang-format on */

const char *sim_fault_name(enum sim_fault_kind kind)
{
    return kinds[kind].name;
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
    f->list[f->count++] = *fault;
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
        if (fault->kind != kind || !meets(fault, what))
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
