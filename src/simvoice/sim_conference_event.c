#include "simvoice/sim_conference_event.h"

#include "codec/timestamp.h"
#include "simvoice/sim_recording.h"
#include "simworld/sim_note.h"

static const char *const groups[] = {"start", "end",    "join",    "leave",       "mute",
                                     "hold",  "modify", "speaker", "announcement"};
enum { START, END, JOIN, LEAVE, MUTE, HOLD, MODIFY, SPEAKER, ANNOUNCEMENT };

static const struct {
    const char *name;
    unsigned group;
} events[SIM_CONFERENCE_EVENTS] = {
    [SIM_CONFERENCE_START] = {"conference-start", START},
    [SIM_CONFERENCE_END] = {"conference-end", END},
    [SIM_CONFERENCE_JOIN] = {"participant-join", JOIN},
    [SIM_CONFERENCE_LEAVE] = {"participant-leave", LEAVE},
    [SIM_CONFERENCE_MUTE] = {"participant-mute", MUTE},
    [SIM_CONFERENCE_UNMUTE] = {"participant-unmute", MUTE},
    [SIM_CONFERENCE_HOLD] = {"participant-hold", HOLD},
    [SIM_CONFERENCE_UNHOLD] = {"participant-unhold", HOLD},
    [SIM_CONFERENCE_MODIFY] = {"participant-modify", MODIFY},
    [SIM_CONFERENCE_SPEECH_START] = {"participant-speech-start", SPEAKER},
    [SIM_CONFERENCE_SPEECH_STOP] = {"participant-speech-stop", SPEAKER},
    [SIM_CONFERENCE_ANNOUNCED] = {"announcement-end", ANNOUNCEMENT},
};

unsigned sim_conference_event_groups(struct span words)
{
    unsigned bits = 0;

    while (words.size) {
        const struct span word = span_cut(words, ' ', &words);
        for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
            if (span_is_text(word, groups[i]))
                bits |= 1u << i;
    }
    return bits;
}

static void flag(struct sim_params *p, const char *name, bool value)
{
    sim_params_text(p, name, value ? "true" : "false");
}

static void participant_params(struct sim_params *p, const struct sim_participant *g)
{
    sim_params_text(p, "CallSid", g->leg->sid);
    flag(p, "Muted", g->muted);
    flag(p, "Hold", g->hold);
    flag(p, "Coaching", g->coached[0] != 0);
    if (g->coached[0])
        sim_params_text(p, "CallSidToCoach", g->coached);
    flag(p, "EndConferenceOnExit", g->ends);
    flag(p, "StartConferenceOnEnter", g->starts);
    if (g->label[0])
        sim_params_text(p, "ParticipantLabel", g->label);
}

void sim_conference_event_tell(struct sim_conference *c, enum sim_conference_event event,
                               const struct sim_participant *g)
{
    struct sim_params p = {.arena = NULL};
    char at[TIMESTAMP_SIZE];

    c->updated_ms = sim_world_now(c->world);
    if (!c->callback.url || !(c->callback.events & 1u << events[event].group))
        return;
    p.arena = arena_open(0);
    timestamp_render_rfc2822(sim_world_now(c->world), at);
    sim_params_text(&p, "ConferenceSid", c->sid);
    sim_params_text(&p, "FriendlyName", c->name);
    sim_params_text(&p, "AccountSid", c->account->sid);
    sim_params_text(&p, "Timestamp", at);
    sim_params_text(&p, "StatusCallbackEvent", events[event].name);
    if (event == SIM_CONFERENCE_END) {
        sim_params_text(&p, "ReasonConferenceEnded", c->reason);
        if (c->ended_by[0])
            sim_params_text(&p, "CallSidEndingConference", c->ended_by);
    } else if (g) {
        participant_params(&p, g);
    }
    sim_params_number(&p, "SequenceNumber", ++c->sequence);
    sim_webhook_tell(&(struct sim_ask){.world = c->world,
                                       .account = c->account,
                                       .url = c->callback.url,
                                       .method = c->callback.method,
                                       .voice = true,
                                       .subject = c->sid,
                                       .params = &p});
    arena_close(&p.arena);
}

void sim_conference_event_recorded(struct sim_conference *c)
{
    struct sim_params p = {.arena = NULL};
    char at[TIMESTAMP_SIZE];

    if (!c->event_callback || !c->recording)
        return;
    p.arena = arena_open(0);
    timestamp_render_rfc2822(sim_world_now(c->world), at);
    sim_params_text(&p, "ConferenceSid", c->sid);
    sim_params_text(&p, "FriendlyName", c->name);
    sim_params_text(&p, "AccountSid", c->account->sid);
    sim_params_text(&p, "Timestamp", at);
    sim_recording_params(c->recording, &p);
    sim_params_number(&p, "Duration", c->recording->seconds);
    sim_webhook_tell(&(struct sim_ask){.world = c->world,
                                       .account = c->account,
                                       .url = c->event_callback,
                                       .voice = true,
                                       .subject = c->sid,
                                       .params = &p});
    arena_close(&p.arena);
}

void sim_conference_event_note(const struct sim_participant *g, const char *what)
{
    struct sim_note n;

    sim_note_open(g->leg->world, &n, "call", "%s %s conference %s", sim_leg_party(g->leg), what,
                  g->conference->name);
    json_out_text(&n.json, "call", span_of(g->leg->sid));
    json_out_text(&n.json, "conference", span_of(g->conference->name));
    sim_note_close(g->leg->world, &n);
}
