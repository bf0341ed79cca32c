#include "sim/sim_conference.h"

#include "codec/timestamp.h"
#include "sim/sim_note.h"

enum {
    NAME_SIZE = 129,
    GUESTS_MAX = 250,
    TIME_LIMIT_S = 14400,
    WAIT_AGAIN_MS = 1000, /* before a waitUrl is asked for again that said nothing */
};

/* Events of the status callback, as bits. */
enum { ON_START = 1, ON_END = 2, ON_JOIN = 4, ON_LEAVE = 8 };

static const struct {
    const char *word, *event;
    unsigned bit;
} events[] = {{"start", "conference-start", ON_START},
              {"end", "conference-end", ON_END},
              {"join", "participant-join", ON_JOIN},
              {"leave", "participant-leave", ON_LEAVE}};

struct guest {
    struct guest *next;
    struct sim_conference *conference;
    struct sim_run *run;
    struct sim_run *music; /* what is heard while waiting, or NULL */
    const struct xml_node *dial;
    const char *wait_url, *wait_method;
    int64_t music_since_ms;
    bool starts, ends;
};

struct sim_conference {
    struct sim_conference *next;
    struct sim_world *world;
    struct sim_account *account;
    char sid[LIMIT_SID_SIZE], name[NAME_SIZE];
    struct guest *guests; /* in the order in which they came */
    struct sim_callback callback;
    int sequence;
    bool started, over;
};

static struct sim_conference *conference_made(struct sim_leg *leg, struct span name)
{
    struct sim_world *w = leg->world;

    for (struct sim_conference *c = w->conferences; c; c = c->next)
        if (!c->over && c->account == leg->account && span_is_text(name, c->name))
            return c;
    struct sim_conference *c = ARENA_NEW(w->arena, struct sim_conference);
    *c = (struct sim_conference){.next = w->conferences, .world = w, .account = leg->account};
    sim_world_sid(w, "CF", 0, c->sid);
    sim_world_copy(c->name, sizeof c->name, name);
    w->conferences = c;
    return c;
}

static void guest_params(struct sim_params *p, const struct guest *g)
{
    sim_params_text(p, "CallSid", g->run->leg->sid);
    sim_params_text(p, "Muted", "false");
    sim_params_text(p, "Hold", "false");
    sim_params_text(p, "Coaching", "false");
    sim_params_text(p, "EndConferenceOnExit", g->ends ? "true" : "false");
    sim_params_text(p, "StartConferenceOnEnter", g->starts ? "true" : "false");
}

/* `g` is the guest it is about, or who ended the conference; NULL: nobody. */
static void tell(struct sim_conference *c, unsigned bit, const struct guest *g)
{
    struct sim_params p = {.arena = arena_open(0)};
    char at[TIMESTAMP_SIZE];
    size_t i = 0;

    while (events[i].bit != bit)
        i++;
    timestamp_render_rfc2822(sim_world_now(c->world), at);
    sim_params_text(&p, "ConferenceSid", c->sid);
    sim_params_text(&p, "FriendlyName", c->name);
    sim_params_text(&p, "AccountSid", c->account->sid);
    sim_params_text(&p, "Timestamp", at);
    sim_params_text(&p, "StatusCallbackEvent", events[i].event);
    if (bit == ON_END) {
        sim_params_text(&p, "ReasonConferenceEnded",
                        g ? "participant-with-end-conference-on-exit-left"
                          : "last-participant-left");
        if (g)
            sim_params_text(&p, "CallSidEndingConference", g->run->leg->sid);
    } else if (g) {
        guest_params(&p, g);
    }
    if (c->callback.url && c->callback.events & bit) {
        sim_params_number(&p, "SequenceNumber", ++c->sequence);
        sim_webhook_tell(&(struct sim_ask){.world = c->world,
                                           .account = c->account,
                                           .url = c->callback.url,
                                           .method = c->callback.method,
                                           .voice = true,
                                           .subject = c->sid,
                                           .params = &p});
    }
    arena_close(&p.arena);
}

static void note(const struct guest *g, const char *what)
{
    struct sim_note n;
    const struct sim_leg *leg = g->run->leg;

    sim_note_open(leg->world, &n, "call", "%s %s conference %s", sim_leg_party(leg), what,
                  g->conference->name);
    json_out_text(&n.json, "call", span_of(leg->sid));
    json_out_text(&n.json, "conference", span_of(g->conference->name));
    sim_note_close(leg->world, &n);
}

/* The guest whose music ended; found by its run, as the music's state belongs to its verbs. */
static struct guest *guest_of(const struct sim_run *music)
{
    return music->leg->run->state;
}

static void music_begin(struct guest *g);

static void music_over(struct sim_run *music, enum sim_run_end how)
{
    struct guest *g = guest_of(music);

    g->music = NULL;
    if (how == SIM_RUN_HANG_UP)
        sim_leg_end(music->leg, SIM_COMPLETED);
    else if (how == SIM_RUN_OVER)
        music_begin(g);
}

static void music_fetch(struct sim_run *music)
{
    const struct guest *g = guest_of(music);

    sim_run_fetch(music, span_of(g->wait_url), span_of(g->wait_method), NULL);
}

static void music_begin(struct guest *g)
{
    struct sim_leg *leg = g->run->leg;
    const bool at_once = g->music_since_ms < sim_world_now(leg->world);

    g->music = sim_run_beside(leg, music_over);
    g->music_since_ms = sim_world_now(leg->world);
    sim_run_wait(g->music, at_once ? 0 : WAIT_AGAIN_MS, music_fetch);
}

static void music_end(struct guest *g)
{
    struct sim_run *music = g->music;

    g->music = NULL;
    if (music)
        sim_run_close(music, SIM_STOP_REPLACED);
}

static void wait_begin(struct guest *g, const struct xml_node *noun)
{
    const struct span given = xml_attr_get(noun, "waitUrl");

    if (!given.data)
        sim_leg_hear(g->run->leg, SPAN("[hold music]"));
    g->wait_url = sim_run_address(g->run, noun, "waitUrl");
    g->wait_method = span_is_text(sim_run_attr(noun, "waitMethod", "POST"), "GET") ? "GET" : "POST";
    if (g->wait_url)
        music_begin(g);
}

/* Everybody hears everybody. */
static void start(struct sim_conference *c)
{
    c->started = true;
    for (struct guest *g = c->guests; g; g = g->next)
        music_end(g);
    tell(c, ON_START, NULL);
    for (struct guest *g = c->guests; g; g = g->next)
        for (struct guest *h = g->next; h; h = h->next)
            sim_leg_join(g->run->leg, h->run->leg);
}

static void start_when_due(struct sim_conference *c)
{
    for (const struct guest *g = c->guests; g && c->guests->next; g = g->next)
        if (g->starts) {
            start(c);
            return;
        }
}

static void unlink_guest(struct guest *g)
{
    struct guest **at = &g->conference->guests;

    while (*at != g)
        at = &(*at)->next;
    *at = g->next;
    music_end(g);
    note(g, "leaves");
    tell(g->conference, ON_LEAVE, g);
}

static void go_on(struct guest *g)
{
    struct sim_params p = {.arena = arena_open(0)};

    sim_agenda_cancel(g->run->leg->world->agenda, &g->run->timer);
    sim_params_text(&p, "DialCallStatus", "answered");
    sim_run_action(g->run, g->dial, &p);
    arena_close(&p.arena);
}

/* `g` is gone already; what remains ends with it, or not. */
static void end_when_due(const struct guest *g)
{
    struct sim_conference *c = g->conference;
    struct guest *left = c->guests;

    if (c->over || (left && !g->ends))
        return;
    c->over = true;
    while (c->guests)
        unlink_guest(c->guests);
    tell(c, ON_END, left ? g : NULL);
    for (; left; left = left->next) /* they are off the list, and linked as they were */
        go_on(left);
}

static void guest_stop(struct sim_run *run, enum sim_run_stop why)
{
    struct guest *g = run->state;

    unlink_guest(g);
    if (why == SIM_STOP_GONE)
        go_on(g);
    end_when_due(g);
}

static void guest_leave(struct sim_run *run)
{
    struct guest *g = run->state;

    unlink_guest(g);
    go_on(g);
    end_when_due(g);
}

static void guest_key(struct sim_run *run, char key)
{
    const struct guest *g = run->state;

    if (key == '*' && sim_run_flag(g->dial, "hangupOnStar", false))
        guest_leave(run);
}

static void take_callback(struct sim_conference *c, struct sim_run *run,
                          const struct xml_node *noun)
{
    struct span words = sim_run_attr(noun, "statusCallbackEvent", "");
    const char *url = sim_run_address(run, noun, "statusCallback");
    const struct span method = sim_run_attr(noun, "statusCallbackMethod", "POST");

    if (c->callback.url || !url)
        return;
    c->callback.url = arena_text(c->world->arena, span_of(url));
    c->callback.method = span_is_text(method, "GET") ? "GET" : "POST";
    while (words.size) {
        const struct span word = span_cut(words, ' ', &words);
        for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
            if (span_is_text(word, events[i].word))
                c->callback.events |= events[i].bit;
    }
}

static bool has_room(const struct sim_conference *c, const struct xml_node *noun)
{
    int64_t room = sim_run_number(noun, "maxParticipants", 2, GUESTS_MAX, GUESTS_MAX);

    for (const struct guest *g = c->guests; g; g = g->next)
        room--;
    return room > 0;
}

static void add_guest(struct sim_conference *c, struct guest *g)
{
    struct guest **end = &c->guests;

    while (*end)
        end = &(*end)->next;
    *end = g;
    g->conference = c;
    note(g, "enters");
    tell(c, ON_JOIN, g);
}

void sim_conference_enter(struct sim_run *run, const struct xml_node *dial,
                          const struct xml_node *noun)
{
    struct sim_leg *leg = run->leg;
    struct sim_conference *c = conference_made(leg, sim_run_words(run, noun));
    struct guest *g = ARENA_NEW(leg->arena, struct guest);
    const int64_t limit_s = sim_run_number(dial, "timeLimit", 1, 86400, TIME_LIMIT_S);

    sim_leg_answer(leg);
    if (!has_room(c, noun)) {
        sim_note(leg->world, "call", "conference %s is full", c->name);
        sim_run_action(run, dial, NULL);
        return;
    }
    *g = (struct guest){.run = run,
                        .dial = dial,
                        .starts = sim_run_flag(noun, "startConferenceOnEnter", true),
                        .ends = sim_run_flag(noun, "endConferenceOnExit", false)};
    run->state = g;
    run->key = guest_key;
    run->stop = guest_stop;
    take_callback(c, run, noun);
    add_guest(c, g);
    if (c->started) {
        for (struct guest *h = c->guests; h != g; h = h->next)
            sim_leg_join(h->run->leg, leg);
    } else {
        wait_begin(g, noun);
        start_when_due(c);
    }
    sim_run_wait(run, limit_s * 1000, guest_leave);
}
