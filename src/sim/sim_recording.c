#include "sim/sim_recording.h"

#include <string.h>

#include "codec/timestamp.h"
#include "sim/sim_note.h"

enum {
    ON_COMPLETED = 2,
    ON_ABSENT = 4,
    TRANSCRIBE_MS = 5000,
    TRANSCRIBE_MIN_S = 2,
    TRANSCRIBE_MAX_S = 120,
    RATE = 8000, /* samples of one byte a second */
    WAV_HEADER = 44,
    MP3_FRAME = 72, /* bytes, and milliseconds: 8000 bits a second */
    SILENCE = 0x80,
};

struct transcript {
    struct sim_recording *recording;
    const char *url;
};

static const char *address(struct arena *arena, const struct sim_recording *r)
{
    return arena_printf(arena, "%s/2010-04-01/Accounts/%s/Recordings/%s", r->leg->world->base,
                        r->leg->account->sid, r->sid);
}

void sim_recording_params(const struct sim_recording *r, struct sim_params *p)
{
    sim_params_text(p, "RecordingSid", r->sid);
    sim_params_text(p, "RecordingUrl", address(p->arena, r));
    sim_params_number(p, "RecordingDuration", r->seconds);
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
                 const struct sim_callback *to)
{
    struct sim_params p = {.arena = arena_open(0)};
    char at[TIMESTAMP_SIZE];

    timestamp_render_rfc2822(r ? r->since_ms : sim_world_now(leg->world), at);
    sim_params_text(&p, "AccountSid", leg->account->sid);
    sim_params_text(&p, "CallSid", leg->sid);
    if (r)
        sim_recording_params(r, &p);
    sim_params_text(&p, "RecordingStatus", status);
    sim_params_text(&p, "RecordingChannels", "1");
    sim_params_text(&p, "RecordingStartTime", at);
    sim_params_text(&p, "RecordingSource", "RecordVerb");
    sim_params_text(&p, "RecordingTrack", "inbound");
    sim_webhook_tell(&(struct sim_ask){.world = leg->world,
                                       .account = leg->account,
                                       .url = to->url,
                                       .method = to->method,
                                       .voice = true,
                                       .subject = r ? r->sid : leg->sid,
                                       .params = &p});
    arena_close(&p.arena);
}

void sim_recording_absent(struct sim_leg *leg, const struct sim_recording_wish *wish)
{
    if (wish->status.events & ON_ABSENT)
        tell(leg, NULL, "absent", &wish->status);
}

static void transcribed(void *ctx)
{
    const struct transcript *t = ctx;
    struct sim_recording *r = t->recording;
    struct sim_world *w = r->leg->world;
    struct sim_params p = {.arena = arena_open(0)};

    sim_world_sid(w, "TR", 0, r->transcription_sid);
    sim_leg_params(r->leg, &p);
    sim_recording_params(r, &p);
    sim_params_text(&p, "TranscriptionSid", r->transcription_sid);
    sim_params_text(&p, "TranscriptionText", r->words ? r->words : "");
    sim_params_text(&p, "TranscriptionStatus", r->words ? "completed" : "failed");
    sim_params_text(&p, "TranscriptionUrl",
                    arena_printf(p.arena, "%s/2010-04-01/Accounts/%s/Transcriptions/%s", w->base,
                                 r->leg->account->sid, r->transcription_sid));
    sim_webhook_tell(&(struct sim_ask){.world = w,
                                       .account = r->leg->account,
                                       .url = t->url,
                                       .voice = true,
                                       .subject = r->transcription_sid,
                                       .params = &p});
    arena_close(&p.arena);
}

void sim_recording_done(struct sim_recording *r, const struct sim_recording_wish *wish)
{
    struct sim_leg *leg = r->leg;
    struct transcript *t = ARENA_NEW(leg->arena, struct transcript);

    sim_note(leg->world, "call", "%s is recorded for %lld s: %s", sim_leg_party(leg),
             (long long)r->seconds, r->sid);
    if (wish->status.events & ON_COMPLETED)
        tell(leg, r, "completed", &wish->status);
    if (!wish->transcribe || r->seconds <= TRANSCRIBE_MIN_S || r->seconds >= TRANSCRIBE_MAX_S)
        return;
    *t = (struct transcript){r, wish->transcribe};
    sim_agenda_add(leg->world->agenda, sim_world_now(leg->world) + TRANSCRIBE_MS, transcribed, t);
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
