#include "simvoice/sim_conference.h"

#include "simhook/sim_element.h"
#include "simvoice/sim_conference_event.h"
#include "simvoice/sim_recording.h"
#include "simworld/sim_note.h"

enum {
    WAIT_AGAIN_MS = 1000, /* before a waitUrl is asked for again that said nothing */
    MS_A_CHARACTER = 60,  /* of what is said */
    DOCUMENT_MAX = 16 << 10,
};

static const char *const state_names[SIM_CONFERENCE_STATES] = {
    [SIM_CONFERENCE_INIT] = "init",
    [SIM_CONFERENCE_IN_PROGRESS] = "in-progress",
    [SIM_CONFERENCE_COMPLETED] = "completed",
};

const char *sim_conference_state_name(const struct sim_conference *c)
{
    return state_names[c->state];
}

struct sim_conference *sim_conference_find(struct sim_world *w, const struct sim_account *account,
                                           struct span name)
{
    for (struct sim_conference *c = w->conferences; c; c = c->next)
        if (c->account == account &&
            (span_is_text(name, c->sid) ||
             (c->state != SIM_CONFERENCE_COMPLETED && span_is_text(name, c->name))))
            return c;
    return NULL;
}

static struct sim_participant *named(struct sim_participant *g, struct span name)
{
    while (g && !span_is_text(name, g->leg->sid) && !(g->label[0] && span_is_text(name, g->label)))
        g = g->next;
    return g;
}

struct sim_participant *sim_conference_participant(const struct sim_conference *c, struct span name)
{
    return named(c->participants, name);
}

struct sim_participant *sim_conference_coming(const struct sim_conference *c, struct span name)
{
    return named(c->coming, name);
}

/* It has come, or will not. */
static void unlink_coming(struct sim_participant *g)
{
    struct sim_participant **at = &g->conference->coming;

    while (*at && *at != g)
        at = &(*at)->next;
    if (*at)
        *at = g->next;
}

static void coming_ended(struct sim_leg *leg, void *ctx)
{
    (void)leg;
    unlink_coming(ctx);
}

struct sim_participant *sim_conference_expect(struct sim_conference *c, struct sim_leg *leg)
{
    struct sim_participant *g = ARENA_NEW(leg->arena, struct sim_participant);
    struct sim_participant **end_of = &c->coming;

    *g = (struct sim_participant){.conference = c,
                                  .leg = leg,
                                  .joined_ms = sim_world_now(leg->world),
                                  .updated_ms = sim_world_now(leg->world)};
    while (*end_of)
        end_of = &(*end_of)->next;
    *end_of = g;
    sim_leg_watch(leg, coming_ended, g);
    return g;
}

struct sim_conference *sim_conference_made(struct sim_world *w, struct sim_account *account,
                                           struct span name)
{
    struct sim_conference *c = sim_conference_find(w, account, name);

    if (c || w->conference_count == SIM_CONFERENCES_MAX || !name.size)
        return c;
    c = ARENA_NEW(w->arena, struct sim_conference);
    *c = (struct sim_conference){.next = w->conferences,
                                 .world = w,
                                 .account = account,
                                 .created_ms = sim_world_now(w),
                                 .updated_ms = sim_world_now(w)};
    sim_world_sid(w, "CF", (uint32_t)w->conference_count++, c->sid);
    sim_world_copy(c->name, sizeof c->name, name);
    w->conferences = c;
    return c;
}

/* Whose music it is; found by its run, as the music's state belongs to its verbs. */
static struct sim_participant *guest_of(const struct sim_run *music)
{
    return music->leg->run->state;
}

static void music_begin(struct sim_participant *g);

static void music_over(struct sim_run *music, enum sim_run_end how)
{
    struct sim_participant *g = guest_of(music);

    g->music = NULL;
    if (how == SIM_RUN_HANG_UP)
        sim_leg_end(music->leg, SIM_COMPLETED);
    else if (how == SIM_RUN_OVER)
        music_begin(g);
}

static void music_fetch(struct sim_run *music)
{
    const struct sim_participant *g = guest_of(music);
    const char *url = g->hold ? g->hold_url : g->wait_url;
    const char *method = g->hold ? g->hold_method : g->wait_method;

    sim_run_fetch(music, span_of(url), span_of(method), NULL);
}

static void music_begin(struct sim_participant *g)
{
    struct sim_leg *leg = g->leg;
    const bool at_once = g->music_since_ms < sim_world_now(leg->world);

    if (!(g->hold ? g->hold_url : g->wait_url))
        return;
    g->music = sim_run_beside(leg, SIM_IN_MUSIC, music_over);
    g->music_since_ms = sim_world_now(leg->world);
    sim_run_wait(g->music, at_once ? 0 : WAIT_AGAIN_MS, music_fetch);
}

static void music_end(struct sim_participant *g)
{
    struct sim_run *music = g->music;

    g->music = NULL;
    if (music)
        sim_run_close(music, SIM_STOP_REPLACED);
}

static void wait_begin(struct sim_participant *g, const struct xml_node *noun)
{
    if (!xml_attr_get(noun, "waitUrl").data)
        sim_leg_hear(g->leg, SPAN("[hold music]"));
    g->wait_url = sim_run_address(g->run, noun, "waitUrl");
    g->wait_method = sim_element_method(noun, "waitMethod");
    music_begin(g);
}

/* All but one hear the tone of somebody coming or going. */
static void beep(const struct sim_conference *c, const struct sim_participant *but)
{
    for (const struct sim_participant *g = c->participants; g; g = g->next)
        if (g != but && c->state == SIM_CONFERENCE_IN_PROGRESS)
            sim_leg_hear(g->leg, SPAN("[beep]"));
}

/* Begins its recording, or NULL when one is under way or nobody is in. `plan` is copied. */
static struct sim_recording *begin_recording(struct sim_conference *c,
                                             const struct sim_recording_plan *plan)
{
    if (!c->participants || (c->recording && c->recording->state <= SIM_RECORDING_PAUSED))
        return NULL;
    c->recording = sim_recording_start_shared(c, c->participants->leg, plan);
    return c->recording;
}

/* Everybody hears everybody. */
static void start(struct sim_conference *c)
{
    c->state = SIM_CONFERENCE_IN_PROGRESS;
    for (struct sim_participant *g = c->participants; g; g = g->next)
        if (!g->hold)
            music_end(g);
    sim_conference_event_tell(c, SIM_CONFERENCE_START, NULL);
    if (c->record)
        (void)begin_recording(c, c->record);
    for (struct sim_participant *g = c->participants; g; g = g->next)
        for (struct sim_participant *h = g->next; h; h = h->next)
            sim_leg_join(g->leg, h->leg);
}

static void start_when_due(struct sim_conference *c)
{
    for (const struct sim_participant *g = c->participants; g && c->participants->next; g = g->next)
        if (g->starts) {
            start(c);
            return;
        }
}

static void unlink_guest(struct sim_participant *g)
{
    struct sim_participant **at = &g->conference->participants;

    while (*at && *at != g)
        at = &(*at)->next;
    if (!*at)
        return;
    *at = g->next;
    sim_leg_part(g->leg);
    music_end(g);
    if (g->beeps_out)
        beep(g->conference, g);
    sim_conference_event_note(g, "leaves");
    sim_conference_event_tell(g->conference, SIM_CONFERENCE_LEAVE, g);
}

static void go_on(struct sim_participant *g)
{
    struct sim_params p = {.arena = arena_open(0)};

    sim_agenda_cancel(g->leg->world->agenda, &g->run->timer);
    sim_params_text(&p, "DialCallStatus", "answered");
    sim_run_action(g->run, g->dial, &p);
    arena_close(&p.arena);
}

/* `g` is who ended it, gone already, or NULL; what remains goes its own ways. */
static void end(struct sim_conference *c, const struct sim_participant *g, const char *reason)
{
    struct sim_participant *left = c->participants;

    c->reason = reason;
    if (g)
        sim_world_copy(c->ended_by, sizeof c->ended_by, span_of(g->leg->sid));
    c->state = SIM_CONFERENCE_COMPLETED;
    c->coming = NULL; /* to whoever comes later the name means another one */
    while (c->participants)
        unlink_guest(c->participants);
    if (c->recording)
        sim_recording_finish(c->recording);
    sim_conference_event_recorded(c);
    sim_conference_event_tell(c, SIM_CONFERENCE_END, NULL);
    for (struct sim_participant *next; left; left = next) { /* off the list, linked as they were */
        next = left->next;
        go_on(left);
    }
}

/* `g` is gone already; what remains ends with it, or not. */
static void end_when_due(const struct sim_participant *g, bool kicked)
{
    struct sim_conference *c = g->conference;

    if (c->state == SIM_CONFERENCE_COMPLETED || (c->participants && !g->ends))
        return;
    if (!c->participants)
        end(c, NULL, kicked ? "last-participant-kicked" : "last-participant-left");
    else
        end(c, g,
            kicked ? "participant-with-end-conference-on-exit-kicked"
                   : "participant-with-end-conference-on-exit-left");
}

static void guest_stop(struct sim_run *run, enum sim_run_stop why)
{
    struct sim_participant *g = run->state;

    unlink_guest(g);
    if (why == SIM_STOP_GONE)
        go_on(g);
    end_when_due(g, false);
}

static void leave(struct sim_participant *g, bool kicked)
{
    unlink_guest(g);
    go_on(g);
    end_when_due(g, kicked);
}

static void limit_due(struct sim_run *run)
{
    leave(run->state, false);
}

static void guest_key(struct sim_run *run, char key)
{
    struct sim_participant *g = run->state;

    if (key == '*' && sim_element_flag(g->dial, "hangupOnStar"))
        leave(g, false);
}

static void guest_silent(void *ctx)
{
    struct sim_participant *g = ctx;

    if (g->conference->state == SIM_CONFERENCE_IN_PROGRESS && !sim_leg_is_over(g->leg))
        sim_conference_event_tell(g->conference, SIM_CONFERENCE_SPEECH_STOP, g);
}

static void guest_speech(struct sim_run *run, struct span words, int confidence)
{
    struct sim_participant *g = run->state;
    struct sim_world *w = g->leg->world;

    (void)confidence;
    if (g->muted || g->hold || g->conference->state != SIM_CONFERENCE_IN_PROGRESS)
        return;
    sim_conference_event_tell(g->conference, SIM_CONFERENCE_SPEECH_START, g);
    sim_agenda_add(w->agenda, sim_world_now(w) + (int64_t)words.size * MS_A_CHARACTER, guest_silent,
                   g);
}

void sim_conference_mute(struct sim_participant *g, bool muted)
{
    if (g->muted == muted)
        return;
    g->muted = muted;
    g->updated_ms = sim_world_now(g->leg->world);
    sim_conference_event_note(g, muted ? "is muted in" : "is heard again in");
    sim_conference_event_tell(g->conference, muted ? SIM_CONFERENCE_MUTE : SIM_CONFERENCE_UNMUTE,
                              g);
}

void sim_conference_hold(struct sim_participant *g, bool hold, const char *url, const char *method)
{
    if (g->hold == hold)
        return;
    music_end(g);
    g->hold = hold;
    g->updated_ms = sim_world_now(g->leg->world);
    g->hold_url = url && url[0] ? arena_text(g->leg->arena, span_of(url)) : NULL;
    g->hold_method = method && span_is_text(span_of(method), "GET") ? "GET" : "POST";
    sim_conference_event_note(g, hold ? "is held in" : "is back in");
    sim_conference_event_tell(g->conference, hold ? SIM_CONFERENCE_HOLD : SIM_CONFERENCE_UNHOLD, g);
    if (hold && !g->hold_url)
        sim_leg_hear(g->leg, SPAN("[hold music]"));
    if (hold || g->conference->state == SIM_CONFERENCE_INIT)
        music_begin(g);
}

void sim_conference_coach(struct sim_participant *g, struct span call)
{
    if (span_is_text(call, g->coached))
        return;
    sim_world_copy(g->coached, sizeof g->coached, call);
    g->updated_ms = sim_world_now(g->leg->world);
    sim_conference_event_tell(g->conference, SIM_CONFERENCE_MODIFY, g);
}

void sim_conference_ends_with(struct sim_participant *g, bool ends)
{
    if (g->ends == ends)
        return;
    g->ends = ends;
    g->updated_ms = sim_world_now(g->leg->world);
    sim_conference_event_tell(g->conference, SIM_CONFERENCE_MODIFY, g);
}

void sim_conference_kick(struct sim_participant *g)
{
    leave(g, true);
}

void sim_conference_end(struct sim_conference *c)
{
    if (c->state != SIM_CONFERENCE_COMPLETED)
        end(c, NULL, "conference-ended-via-api");
}

/* What is heard is over; who waits or is held hears his music again. */
static void announced(struct sim_run *run, enum sim_run_end how)
{
    struct sim_participant *g = guest_of(run);

    (void)how;
    g->music = NULL;
    sim_conference_event_tell(g->conference, SIM_CONFERENCE_ANNOUNCED, g);
    if (g->hold || g->conference->state == SIM_CONFERENCE_INIT)
        music_begin(g);
}

void sim_conference_announce(struct sim_conference *c, struct sim_participant *one, struct span url,
                             struct span method)
{
    for (struct sim_participant *g = c->participants; g; g = g->next) {
        if (one && g != one)
            continue;
        music_end(g);
        g->music = sim_run_beside(g->leg, SIM_IN_MUSIC, announced);
        sim_run_fetch(g->music, url, method, NULL);
    }
}

const char *sim_conference_document(struct arena *arena, struct span name, const char *const *attrs)
{
    struct buf b = buf_in(arena, DOCUMENT_MAX);
    struct xml_out o = xml_out(&b);

    xml_out_begin(&o, "Response");
    xml_out_begin(&o, "Dial");
    xml_out_begin(&o, "Conference");
    for (; attrs[0]; attrs += 2)
        xml_out_attr(&o, attrs[0], span_of(attrs[1]));
    xml_out_text(&o, name);
    xml_out_end(&o);
    xml_out_end(&o);
    xml_out_end(&o);
    return b.full ? NULL : b.data;
}

/* The first who says anything of it settles it. */
static void take_callback(struct sim_conference *c, struct sim_run *run,
                          const struct xml_node *noun)
{
    const char *url = sim_run_address(run, noun, "statusCallback");
    const char *recorded = sim_run_address(run, noun, "eventCallbackUrl");

    if (recorded && !c->event_callback)
        c->event_callback = arena_text(c->world->arena, span_of(recorded));
    if (c->callback.url || !url)
        return;
    c->callback.url = arena_text(c->world->arena, span_of(url));
    c->callback.method = sim_element_method(noun, "statusCallbackMethod");
    c->callback.events =
        sim_conference_event_groups(sim_element_value(noun, "statusCallbackEvent"));
}

static void take_recording(struct sim_conference *c, struct sim_run *run,
                           const struct xml_node *noun)
{
    const struct span record = sim_element_value(noun, "record");
    const char *told = sim_run_address(run, noun, "recordingStatusCallback");
    struct sim_recording_plan *plan = NULL;

    if (c->record || !(span_is_text(record, "record-from-start") || span_is_text(record, "true")))
        return;
    plan = ARENA_NEW(c->world->arena, struct sim_recording_plan);
    *plan = (struct sim_recording_plan){
        .source = "Conference",
        .track = "both",
        .channels = 1,
        .trim = span_is_text(sim_element_value(noun, "trim"), "trim-silence"),
        .status.url = told ? arena_text(c->world->arena, span_of(told)) : NULL,
        .status.method = sim_element_method(noun, "recordingStatusCallbackMethod"),
        .status.events =
            sim_recording_events(sim_element_value(noun, "recordingStatusCallbackEvent")),
    };
    c->record = plan;
}

static bool has_room(const struct sim_conference *c, const struct xml_node *noun)
{
    int64_t room = sim_element_number(noun, "maxParticipants");

    for (const struct sim_participant *g = c->participants; g; g = g->next)
        room--;
    return room > 0;
}

/* What the API has changed while it was on its way. */
static void take_expected(const struct sim_conference *c, struct sim_participant *g)
{
    struct sim_participant *was = named(c->coming, span_of(g->leg->sid));

    if (!was)
        return;
    unlink_coming(was);
    g->muted = was->muted;
    g->ends = was->ends;
    sim_world_copy(g->coached, sizeof g->coached, span_of(was->coached));
}

static void add_guest(struct sim_conference *c, struct sim_participant *g)
{
    struct sim_participant **end_of = &c->participants;

    take_expected(c, g);
    while (*end_of)
        end_of = &(*end_of)->next;
    *end_of = g;
    g->conference = c;
    sim_conference_event_note(g, "enters");
    sim_conference_event_tell(c, SIM_CONFERENCE_JOIN, g);
    if (g->beeps_in)
        beep(c, g);
}

static struct sim_participant *guest_new(struct sim_run *run, const struct xml_node *dial,
                                         const struct xml_node *noun)
{
    struct sim_participant *g = ARENA_NEW(run->leg->arena, struct sim_participant);
    const struct span tone = sim_element_value(noun, "beep");

    *g = (struct sim_participant){
        .leg = run->leg,
        .run = run,
        .dial = dial,
        .joined_ms = sim_world_now(run->leg->world),
        .updated_ms = sim_world_now(run->leg->world),
        .starts = sim_element_flag(noun, "startConferenceOnEnter"),
        .ends = sim_element_flag(noun, "endConferenceOnExit"),
        .muted = sim_element_flag(noun, "muted"),
        .beeps_in = span_is_text(tone, "true") || span_is_text(tone, "onEnter"),
        .beeps_out = span_is_text(tone, "true") || span_is_text(tone, "onExit"),
    };
    sim_world_copy(g->label, sizeof g->label, sim_element_value(noun, "participantLabel"));
    sim_world_copy(g->coached, sizeof g->coached, sim_element_value(noun, "coach"));
    return g;
}

void sim_conference_enter(struct sim_run *run, const struct xml_node *dial,
                          const struct xml_node *noun)
{
    struct sim_leg *leg = run->leg;
    const struct span name = sim_run_words(run, noun);

    sim_leg_answer(leg);
    struct sim_conference *c = sim_conference_made(leg->world, leg->account, name);
    if (!c || !has_room(c, noun)) {
        sim_note(leg->world, "call", "conference \"%.*s\" %s", SPAN_ARG(name),
                 c ? "is full" : "cannot be");
        sim_run_action(run, dial, NULL);
        return;
    }
    struct sim_participant *g = guest_new(run, dial, noun);
    run->state = g;
    run->key = guest_key;
    run->speech = guest_speech;
    run->stop = guest_stop;
    take_callback(c, run, noun);
    take_recording(c, run, noun);
    add_guest(c, g);
    if (c->state == SIM_CONFERENCE_IN_PROGRESS) {
        for (struct sim_participant *h = c->participants; h != g; h = h->next)
            sim_leg_join(h->leg, leg);
    } else {
        wait_begin(g, noun);
        start_when_due(c);
    }
    sim_run_wait(run, sim_element_number(dial, "timeLimit") * 1000, limit_due);
}
