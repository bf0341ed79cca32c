#include "simvoice/sim_machine.h"

#include <string.h>

#include "simworld/sim_note.h"

enum { HUMAN_MS = 2000, MACHINE_MS = 3500, BEEP_MS = 500, TIMEOUT_MS = 30000 };

struct listener {
    struct sim_leg *leg;
    void (*then)(struct sim_leg *leg); /* NULL: it has gone on already */
    const char *finding;
};

static const char *finding_of(const struct sim_leg *leg)
{
    const bool machine = leg->plan.manner == SIM_VOICEMAIL || leg->plan.manner == SIM_SCREENING;

    if (leg->plan.answered_by)
        return leg->plan.answered_by;
    if (!machine)
        return "human";
    return strcmp(leg->detection.mode, "Enable") == 0 ? "machine_start" : "machine_end_beep";
}

static int64_t time_of(const struct sim_leg *leg, const char *finding)
{
    if (!strcmp(finding, "human"))
        return HUMAN_MS;
    if (!strncmp(finding, "machine_end", sizeof "machine_end" - 1))
        return leg->plan.greeting_ms + BEEP_MS;
    return MACHINE_MS;
}

static void tell(struct sim_leg *leg)
{
    struct sim_params p = {.arena = arena_open(0)};

    sim_params_text(&p, "CallSid", leg->sid);
    sim_params_text(&p, "AccountSid", leg->account->sid);
    sim_params_text(&p, "AnsweredBy", leg->detection.found);
    sim_params_number(&p, "MachineDetectionDuration", leg->detection.took_ms);
    sim_webhook_tell(&(struct sim_ask){.world = leg->world,
                                       .account = leg->account,
                                       .url = leg->detection.callback.url,
                                       .method = leg->detection.callback.method,
                                       .voice = true,
                                       .subject = leg->sid,
                                       .params = &p});
    arena_close(&p.arena);
}

static void found(void *ctx)
{
    const struct listener *l = ctx;
    struct sim_leg *leg = l->leg;

    if (sim_leg_is_over(leg))
        return;
    leg->detection.found = l->finding;
    leg->detection.took_ms = sim_world_now(leg->world) - leg->answered_ms;
    sim_note(leg->world, "call", "%s was answered by %s", leg->to, l->finding);
    if (l->then)
        l->then(leg);
    else
        tell(leg);
}

void sim_machine_listen(struct sim_leg *leg, void (*then)(struct sim_leg *leg))
{
    struct listener *l = ARENA_NEW(leg->arena, struct listener);

    if (leg->detection.mode) {
        const int64_t most_ms = leg->detection.timeout_ms ? leg->detection.timeout_ms : TIMEOUT_MS;
        const char *finding = finding_of(leg);
        const int64_t ms = time_of(leg, finding);
        if (ms > most_ms)
            finding = "unknown";
        *l = (struct listener){leg, leg->detection.async ? NULL : then, finding};
        sim_agenda_add(leg->world->agenda,
                       sim_world_now(leg->world) + (ms < most_ms ? ms : most_ms), found, l);
    }
    if (!leg->detection.mode || leg->detection.async)
        then(leg);
}
