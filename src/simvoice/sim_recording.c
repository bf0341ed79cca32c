#include "simvoice/sim_recording.h"

#include <string.h>

#include "codec/timestamp.h"
#include "simworld/sim_note.h"
#include "simworld/sim_noun_room.h"

enum {
    STOPPED_MS = 1000, /* until one stopped by the API is complete */
    TRANSCRIBE_MS = 5000,
    TRANSCRIBE_MIN_S = 2,
    TRANSCRIBE_MAX_S = 120,
    ERROR_TRANSCRIBE = 13617,
    RATE = 8000, /* samples of one byte a second */
    WAV_HEADER = 44,
    MP3_FRAME = 72, /* bytes, and milliseconds: 8000 bits a second */
    SILENCE = 0x80,
};

static const char *const state_names[SIM_RECORDING_STATES] = {
    [SIM_RECORDING_IN_PROGRESS] = "in-progress", [SIM_RECORDING_PAUSED] = "paused",
    [SIM_RECORDING_STOPPED] = "stopped",         [SIM_RECORDING_COMPLETED] = "completed",
    [SIM_RECORDING_ABSENT] = "absent",
};

const char *sim_recording_state_name(const struct sim_recording *r)
{
    return state_names[r->state];
}

static const char *address(struct arena *arena, const struct sim_recording *r)
{
    return arena_printf(arena, "%s/2010-04-01/Accounts/%s/Recordings/%s", r->leg->world->base,
                        r->leg->account->sid, r->sid);
}

void sim_recording_params(const struct sim_recording *r, struct sim_params *p)
{
    sim_params_text(p, "RecordingSid", r->sid);
    sim_params_text(p, "RecordingUrl", address(p->arena, r));
    sim_params_number(p, "RecordingDuration", sim_recording_seconds(r));
}

unsigned sim_recording_events(struct span words)
{
    static const char *const known[] = {"in-progress", "completed", "absent"};
    unsigned events = 0;

    while (words.size) {
        const struct span word = span_cut(words, ' ', &words);
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            if (span_is_text(word, known[i]))
                events |= 1u << i;
    }
    return events;
}

/* `r` is NULL when there is no recording to speak of. */
static void tell(struct sim_leg *leg, const struct sim_recording *r, const char *status,
                 const struct sim_recording_plan *plan)
{
    struct sim_params p = {.arena = arena_open(0)};
    char at[TIMESTAMP_SIZE];

    timestamp_render_rfc2822(r ? r->since_ms : sim_world_now(leg->world), at);
    sim_params_text(&p, "AccountSid", leg->account->sid);
    if (r && r->conference)
        sim_params_text(&p, "ConferenceSid", r->conference->sid);
    sim_params_text(&p, "CallSid", leg->sid);
    if (r && r->state == SIM_RECORDING_COMPLETED) {
        sim_recording_params(r, &p);
    } else if (r) {
        sim_params_text(&p, "RecordingSid", r->sid);
        sim_params_text(&p, "RecordingUrl", address(p.arena, r));
    }
    sim_params_text(&p, "RecordingStatus", status);
    sim_params_number(&p, "RecordingChannels", plan->channels);
    sim_params_text(&p, "RecordingStartTime", at);
    sim_params_text(&p, "RecordingSource", plan->source);
    sim_params_text(&p, "RecordingTrack", plan->track);
    sim_webhook_tell(&(struct sim_ask){.world = leg->world,
                                       .account = leg->account,
                                       .url = plan->status.url,
                                       .method = plan->status.method,
                                       .voice = true,
                                       .subject = r ? r->sid : leg->sid,
                                       .params = &p});
    arena_close(&p.arena);
}

void sim_recording_absent(struct sim_leg *leg, const struct sim_recording_plan *plan)
{
    if (plan->status.events & SIM_RECORDING_ON_ABSENT)
        tell(leg, NULL, "absent", plan);
}

static struct sim_recording *begin(struct sim_leg *leg, struct sim_conference *conference,
                                   const struct sim_recording_plan *plan)
{
    if (leg->world->recording_count >= SIM_RECORDINGS_MAX) {
        sim_note(leg->world, "call", "no more than %d recordings are kept", SIM_RECORDINGS_MAX);
        return NULL;
    }
    struct sim_recording *r = sim_world_recording_made(leg);
    r->plan = *plan;
    r->conference = conference;
    r->since_ms = r->updated_ms = sim_world_now(leg->world);
    if (plan->status.events & SIM_RECORDING_ON_IN_PROGRESS)
        tell(leg, r, "in-progress", plan);
    return r;
}

static void leg_ended(struct sim_leg *leg, void *ctx)
{
    (void)leg;
    sim_recording_finish(ctx);
}

struct sim_recording *sim_recording_start(struct sim_leg *leg,
                                          const struct sim_recording_plan *plan)
{
    struct sim_recording *r = begin(leg, NULL, plan);

    if (r)
        sim_leg_watch(leg, leg_ended, r);
    return r;
}

struct sim_recording *sim_recording_start_shared(struct sim_conference *conference,
                                                 struct sim_leg *leg,
                                                 const struct sim_recording_plan *plan)
{
    return begin(leg, conference, plan);
}

struct sim_recording *sim_recording_current(const struct sim_leg *leg)
{
    struct sim_recording *r = leg->world->recordings;

    while (r && (r->leg != leg || r->deleted || r->state > SIM_RECORDING_PAUSED))
        r = r->next;
    return r;
}

/* Pauses that are cut out do not count, whether they are over or not. */
int64_t sim_recording_seconds(const struct sim_recording *r)
{
    const bool live = r->state <= SIM_RECORDING_PAUSED;
    int64_t ms = sim_world_now(r->leg->world) - r->since_ms - r->left_out_ms;

    if (!live)
        return r->seconds;
    if (r->state == SIM_RECORDING_PAUSED && r->skips)
        ms -= sim_world_now(r->leg->world) - r->paused_ms;
    return ms / 1000;
}

enum err sim_recording_pause(struct sim_recording *r, bool skips)
{
    if (r->state != SIM_RECORDING_IN_PROGRESS)
        return ERR_CONFLICT;
    r->state = SIM_RECORDING_PAUSED;
    r->skips = skips;
    r->paused_ms = r->updated_ms = sim_world_now(r->leg->world);
    sim_note(r->leg->world, "call", "recording %s pauses", r->sid);
    return ERR_NONE;
}

enum err sim_recording_resume(struct sim_recording *r)
{
    const int64_t now_ms = sim_world_now(r->leg->world);

    if (r->state != SIM_RECORDING_PAUSED)
        return ERR_CONFLICT;
    r->left_out_ms += r->skips ? now_ms - r->paused_ms : 0;
    r->state = SIM_RECORDING_IN_PROGRESS;
    r->updated_ms = now_ms;
    sim_note(r->leg->world, "call", "recording %s goes on", r->sid);
    return ERR_NONE;
}

static void stopped(void *ctx)
{
    sim_recording_finish(ctx);
}

enum err sim_recording_stop(struct sim_recording *r)
{
    struct sim_world *w = r->leg->world;

    if (r->state > SIM_RECORDING_PAUSED)
        return ERR_CONFLICT;
    r->seconds = sim_recording_seconds(r);
    r->state = SIM_RECORDING_STOPPED;
    r->updated_ms = sim_world_now(w);
    sim_agenda_add(w->agenda, sim_world_now(w) + STOPPED_MS, stopped, r);
    return ERR_NONE;
}

static void transcript_params(const struct sim_recording *r, struct sim_params *p)
{
    const struct sim_leg *leg = r->leg;

    sim_params_text(p, "CallSid", leg->sid);
    sim_params_text(p, "AccountSid", leg->account->sid);
    sim_params_text(p, "From", leg->from);
    sim_params_text(p, "To", leg->to);
    sim_params_text(p, "CallStatus", sim_call_state_name(leg->state));
    sim_params_text(p, "ApiVersion", "2010-04-01");
    sim_params_text(p, "Direction", sim_direction_name(leg->direction));
    if (leg->origin.forwarded_from)
        sim_params_text(p, "ForwardedFrom", leg->origin.forwarded_from);
    sim_params_text(p, "RecordingSid", r->sid);
    sim_params_text(p, "RecordingUrl", address(p->arena, r));
    sim_params_text(p, "TranscriptionSid", r->transcription_sid);
    sim_params_text(p, "TranscriptionText", r->words ? r->words : "");
    sim_params_text(p, "TranscriptionStatus", r->words ? "completed" : "failed");
    sim_params_text(p, "TranscriptionUrl",
                    arena_printf(p->arena, "%s/2010-04-01/Accounts/%s/Transcriptions/%s",
                                 r->leg->world->base, r->leg->account->sid, r->transcription_sid));
}

static void transcribed(void *ctx)
{
    struct sim_recording *r = ctx;
    struct sim_params p = {.arena = NULL};

    if (!r->transcription_sid[0]) /* deleted meanwhile */
        return;
    p.arena = arena_open(0);
    r->transcribed_ms = sim_world_now(r->leg->world);
    transcript_params(r, &p);
    sim_webhook_tell(&(struct sim_ask){.world = r->leg->world,
                                       .account = r->leg->account,
                                       .url = r->plan.transcribe,
                                       .voice = true,
                                       .subject = r->transcription_sid,
                                       .params = &p});
    arena_close(&p.arena);
}

static void transcribe(struct sim_recording *r)
{
    struct sim_world *w = r->leg->world;

    if (!r->plan.transcript && !r->plan.transcribe)
        return;
    if (r->seconds <= TRANSCRIBE_MIN_S || r->seconds >= TRANSCRIBE_MAX_S) {
        sim_note_warning(w, ERROR_TRANSCRIBE, r->leg->sid,
                         "a recording of %lld s is not transcribed: above %d s, below %d s",
                         (long long)r->seconds, TRANSCRIBE_MIN_S, TRANSCRIBE_MAX_S);
        return;
    }
    sim_world_sid(w, "TR", w->recording_count, r->transcription_sid);
    r->transcript_ms = sim_world_now(w);
    r->next_transcript = w->transcripts;
    w->transcripts = r;
    sim_agenda_add(w->agenda, sim_world_now(w) + TRANSCRIBE_MS, transcribed, r);
}

void sim_recording_finish(struct sim_recording *r)
{
    struct sim_leg *leg = r->leg;

    if (r->state >= SIM_RECORDING_COMPLETED)
        return;
    r->seconds = sim_recording_seconds(r);
    r->state = SIM_RECORDING_COMPLETED;
    r->updated_ms = sim_world_now(leg->world);
    sim_note(leg->world, "call", "%s is recorded for %lld s: %s",
             r->conference ? r->conference->name : sim_leg_party(leg), (long long)r->seconds,
             r->sid);
    if (r->plan.status.events & SIM_RECORDING_ON_COMPLETED)
        tell(leg, r, "completed", &r->plan);
    transcribe(r);
}

static void put_number(char *at, size_t bytes, size_t n)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (char)(n >> (8 * i) & 0xff);
}

static struct span wav(struct arena *arena, size_t seconds)
{
    const size_t samples = seconds * RATE;
    char *out = arena_alloc(arena, WAV_HEADER + samples);

    memcpy(out, "RIFF....WAVEfmt ", 16);
    put_number(out + 4, 4, WAV_HEADER - 8 + samples);
    put_number(out + 16, 4, 16);   /* bytes of the format */
    put_number(out + 20, 2, 1);    /* plain samples */
    put_number(out + 22, 2, 1);    /* of one channel */
    put_number(out + 24, 4, RATE); /* a second, */
    put_number(out + 28, 4, RATE); /* in bytes, */
    put_number(out + 32, 2, 1);    /* one byte each, */
    put_number(out + 34, 2, 8);    /* of 8 bits */
    memcpy(out + 36, "data", 4);
    put_number(out + 40, 4, samples);
    memset(out + WAV_HEADER, SILENCE, samples);
    return (struct span){out, WAV_HEADER + samples};
}

/* Silence, too: frames of MPEG 2.5, layer III, one channel of 8000 samples a second, in which
 * nothing is said. The arena gives zeros. */
static struct span mp3(struct arena *arena, size_t seconds)
{
    const size_t frames = (seconds * 1000 + MP3_FRAME - 1) / MP3_FRAME;
    char *out = arena_alloc(arena, frames * MP3_FRAME);

    for (size_t i = 0; i < frames; i++)
        memcpy(out + i * MP3_FRAME, "\xff\xe3\x18\xc4", 4);
    return (struct span){out, frames * MP3_FRAME};
}

void sim_recording_serve(const struct sim_recording *r, enum sim_sound sound,
                         struct http_request *rq)
{
    struct sim_world *w = r->leg->world;
    const struct sim_fault_case what = {"Recordings", span_of(r->leg->to)};

    if (sim_fault_take(&w->faults, SIM_RECORDING_LATE, &what, NULL)) {
        sim_note(w, "fault", "recording %s is not there yet", r->sid);
        http_answer(rq, 404, "text/plain", SPAN("not yet\n"), NULL);
        return;
    }
    sim_note(w, "media", "recording %s is fetched", r->sid);
    if (sound == SIM_MP3)
        http_answer(rq, 200, "audio/mpeg", mp3(rq->arena, (size_t)r->seconds), NULL);
    else
        http_answer(rq, 200, "audio/x-wav", wav(rq->arena, (size_t)r->seconds), NULL);
}
