#include "simplay/play_run.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/json.h"
#include "simplay/play_act.h"
#include "simplay/play_sight.h"
#include "simplay/play_timeline.h"

enum {
    TIMELINE_BYTES_MAX = 16 << 20,
    MISTAKE_BYTES_MAX = 64 << 10,
    SETUP_BYTES_MAX = 64 << 10,
    POLL_MS = 2,
    PATIENCE_MS = 60000,
    START_MS = 20000,
    STOP_MS = 20000,
    SETTLE_MS = 40, /* of a server whose work nobody tells us of */
    CALL_RATE = 1,
};

/* Monday, 2026-11-23 18:05 in Los Angeles. */
static const int64_t usual_start_ms = INT64_C(1795485900000);

struct play_grammar play_run_grammar(void)
{
    return (struct play_grammar){{play_act_settings, play_act_rows, play_sight_rows},
                                 play_act_steps};
}

/* For the signal handler: a signal belongs to the process. */
static struct loop *volatile running;
static volatile sig_atomic_t interrupted;

void play_run_interrupt(void)
{
    interrupted = 1;
    if (running)
        loop_wake(running);
}

bool play_run_is_interrupted(void)
{
    return interrupted != 0;
}

/* ---- the statements, one after the other ---- */

void play_start_server(struct play *p)
{
    const char *why = play_server_start(&p->server);

    if (why) {
        play_give_up(p, "%s", why);
        return;
    }
    p->waits = PLAY_STARTS;
    p->since_ns = clock_mono_ns();
}

/* Otherwise all that must never come would hold. */
static void look_for_crash(struct play *p)
{
    if (p->server.pid > 0 && p->waits != PLAY_STARTS && p->waits != PLAY_STOPS &&
        play_server_has_ended(&p->server))
        play_give_up(p, "the server ended by itself, %s; its last words: %s",
                     play_server_end(&p->server), play_server_last_words(&p->server));
}

static void look_for_server(struct play *p)
{
    bool ended = false;
    unsigned out = 0;
    int64_t next = 0;
    const bool up = play_server_is_up(&p->server, &ended);
    const bool late = (clock_mono_ns() - p->since_ns) / 1000000 > START_MS;

    if (ended)
        play_give_up(p, "the server ended as it started; its last words: %s",
                     play_server_last_words(&p->server));
    else if (late)
        play_give_up(p, "the server does not take connections at %s", play_server_base(&p->server));
    else if (up && (!play_server_joins_clock(&p->server) ||
                    (clock_guests_wait(p->clock, &next, &out) && clock_guests(p->clock) > 0)))
        play_turn(p, 0);
}

/* It may still have to hear from us before it ends. */
static void look_for_end(struct play *p)
{
    const char *stuck = NULL;

    if (play_server_has_ended(&p->server))
        play_turn(p, 0);
    else if ((clock_mono_ns() - p->since_ns) / 1000000 > STOP_MS)
        play_give_up(p, "the server does not end when it is asked to");
    else if (!sim_is_turning(p->sim, &stuck))
        sim_turn_to(p->sim, clock_now_ms(p->clock), p->patience_ms);
}

/* Goes on looking only as long as it does not hold yet. */
static void look_for_sight(struct play *p)
{
    if (play_sight_holds(p))
        sim_turn_stop(p->sim);
}

static bool is_waiting(struct play *p)
{
    const char *stuck = NULL;

    switch (p->waits) {
    case PLAY_GOES_ON:
        return false;
    case PLAY_ASKS:
        return true;
    case PLAY_STARTS:
        look_for_server(p);
        return true; /* what it begins with is waited for, too */
    case PLAY_STOPS:
        look_for_end(p);
        return true;
    case PLAY_LOOKS:
        if (sim_is_turning(p->sim, &stuck)) {
            look_for_sight(p);
            return true;
        }
        if (!stuck)
            play_sight_close(p);
        break;
    case PLAY_TURNS:
        if (sim_is_turning(p->sim, &stuck))
            return true;
        break;
    }
    if (stuck)
        play_give_up(p, "the clock cannot be turned on: %s", stuck);
    p->waits = PLAY_GOES_ON;
    return false;
}

static void run_next(struct play *p)
{
    const struct play_statement *s = &p->script->statements[p->at];

    play_timeline_follow(p);
    if (s->row->declares == PLAY_NOTHING) {
        play_timeline_statement(p, s);
        s->row->run(p, s);
        if (p->waits == PLAY_GOES_ON && !p->why)
            play_turn(p, 0);
    }
}

static int64_t on_turn(void *ctx)
{
    struct play *p = ctx;

    if (!p->world)
        return -1;
    if (interrupted)
        play_give_up(p, "interrupted");
    look_for_crash(p);
    if (!p->why && is_waiting(p))
        return POLL_MS;
    if (p->why || p->at == p->script->count) {
        loop_stop(p->loop);
        return -1;
    }
    if (p->is_under_way)
        p->at++;
    p->is_under_way = true;
    if (p->at < p->script->count)
        run_next(p);
    return 0;
}

/* ---- setting up ---- */

static const char *path_of(struct play *p, const struct play_arg *path, const char *usual)
{
    return arena_printf(p->arena, "%s%.*s", play_server_base(&p->server),
                        SPAN_ARG(path->given ? path->text : span_of(usual)));
}

static void put_lines(struct play *p, struct json_out *o)
{
    json_out_list(o, "numbers");
    for (size_t i = 0; i < p->script->count; i++) {
        const struct play_statement *s = &p->script->statements[i];
        const struct play_arg *a = s->args.list;
        if (s->row->declares != PLAY_LINE)
            continue;
        json_out_object(o, NULL);
        json_out_text(o, "phone_number", a[1].text);
        json_out_text(o, "voice_url", span_of(path_of(p, &a[2], "/webhook/twilio/voice")));
        json_out_text(o, "sms_url", span_of(path_of(p, &a[3], "/sms/inbound")));
        json_out_text(o, "status_callback",
                      span_of(path_of(p, &a[4], "/webhook/twilio/call-status")));
        json_out_text(o, "voice_fallback_url", span_of(path_of(p, &a[5], "/voice/fallback")));
        json_out_end_object(o);
    }
    json_out_end_list(o);
}

static struct span setup_of(struct play *p)
{
    struct buf b = buf_in(p->arena, SETUP_BYTES_MAX);
    struct json_out o = json_out(&b);

    json_out_object(&o, NULL);
    json_out_list(&o, "accounts");
    json_out_object(&o, NULL);
    json_out_text(&o, "sid", SPAN(PLAY_ACCOUNT));
    json_out_text(&o, "auth_token", SPAN(PLAY_TOKEN));
    json_out_list(&o, "api_keys");
    json_out_object(&o, NULL);
    json_out_text(&o, "sid", SPAN(PLAY_KEY));
    json_out_text(&o, "secret", SPAN(PLAY_SECRET));
    json_out_end_object(&o);
    json_out_end_list(&o);
    put_lines(p, &o);
    json_out_end_object(&o);
    json_out_end_list(&o);
    if (p->drops)
        json_out_text(&o, "dial_drops_others", span_of(p->drops));
    json_out_list(&o, "phones");
    for (size_t i = 0; i < p->script->names->phone_count; i++) {
        json_out_object(&o, NULL);
        json_out_text(&o, "number", span_of(p->script->names->phones[i].number));
        json_out_end_object(&o);
    }
    json_out_end_list(&o);
    json_out_end_object(&o);
    return buf_span(&b);
}

static bool read_file(struct arena *arena, const char *path, struct span *out)
{
    FILE *f = fopen(path, "rb");

    if (!f)
        return false;
    char *text = arena_alloc(arena, PLAY_FILE_BYTES_MAX + 2);
    const size_t size = fread(text, 1, PLAY_FILE_BYTES_MAX + 1, f);
    const bool whole = !ferror(f);
    fclose(f);
    *out = (struct span){text, size};
    return whole;
}

static bool write_file(const char *path, struct span text)
{
    FILE *f = fopen(path, "wb");
    const bool whole = f && fwrite(text.data, 1, text.size, f) == text.size;

    return f && fclose(f) == 0 && whole;
}

/* The JSON itself, or a file beside the scenario. */
static bool make_roster(struct play *p, const char *usual)
{
    struct span text = p->roster.size ? p->roster : span_of(usual);
    const bool is_whole = text.size && text.data[0] == '/';
    const char *slash = p->roster.size && !is_whole ? strrchr(p->script->path, '/') : NULL;

    p->server.roster = arena_printf(p->arena, "%s/roster.json", p->server.folder);
    if (!text.size)
        return true;
    if (text.data[0] != '{') {
        const char *path =
            arena_printf(p->arena, "%.*s%.*s", slash ? (int)(slash - p->script->path) + 1 : 0,
                         p->script->path, SPAN_ARG(text));
        if (!read_file(p->arena, path, &text)) {
            play_give_up(p, "the roster %s cannot be read: %s", path, strerror(errno));
            return false;
        }
    }
    return write_file(p->server.roster, text);
}

/* One for each scenario, and new: an older state would be part of the story. */
static bool make_kept_folder(struct play *p, const char *keep)
{
    const char *slash = strrchr(p->script->path, '/');
    const char *name = slash ? slash + 1 : p->script->path;

    p->server.folder = arena_printf(p->arena, "%s/%s", keep, name);
    if ((mkdir(keep, 0700) == 0 || errno == EEXIST) && mkdir(p->server.folder, 0700) == 0)
        return true;
    play_give_up(p, "%s cannot be made: %s; name another folder", p->server.folder,
                 strerror(errno));
    return false;
}

/* Memory serves as disk where there is such a place: nothing of it outlives the scenario. */
static bool make_folder(struct play *p, const char *keep)
{
    static const char *const places[] = {"/dev/shm", "/tmp"};
    const char *wish = getenv("TMPDIR");

    if (keep)
        return make_kept_folder(p, keep);
    for (int i = wish ? -1 : 0; i < 2; i++) {
        char *path = arena_printf(p->arena, "%s/play.XXXXXX", i < 0 ? wish : places[i]);
        if (strlen(path) < 60 && mkdtemp(path)) {
            p->server.folder = path;
            return true;
        }
    }
    return false;
}

static void read_settings(struct play *p)
{
    for (size_t i = 0; i < p->script->count; i++) {
        const struct play_statement *s = &p->script->statements[i];
        if (s->row->declares == PLAY_SETTING)
            s->row->run(p, s);
    }
    if (p->script->names->line_count)
        p->server.line = p->script->names->lines[0].number;
    if (!p->seed)
        p->seed = 1;
}

static void take_options(struct play *p, const struct play_options *o)
{
    p->seed = o->seed;
    p->server.url = o->url;
    p->server.argv = o->argv;
    p->server.inherits = o->inherits;
    for (const char *const *e = o->env; e && *e && p->server.env_count < PLAY_ENV_MAX; e++)
        p->server.env[p->server.env_count++] = *e;
}

static void open_world(struct play *p, const struct play_options *o)
{
    char words[SIM_WORDS] = "";
    const struct sim_options sim = {
        .listen = SPAN("127.0.0.1:0"),
        .setup = setup_of(p),
        .seed = p->seed,
        .call_rate = CALL_RATE,
        .quiet = true,
        .lockstep = true,
        .settle_ms = o->settle_ms ? o->settle_ms : SETTLE_MS,
    };

    if (sim_open(p->loop, p->clock, &sim, &p->sim, words)) {
        play_give_up(p, "%s", words);
        return;
    }
    p->world = sim_world_of(p->sim);
    p->server.carrier = sim_base(p->sim);
    if (!p->server.url)
        play_start_server(p);
}

static void open_play(struct play *p, const struct play_options *o)
{
    p->clock_fd = memfd_create("play-clock", MFD_CLOEXEC);
    p->server.clock_fd = p->clock_fd;
    if (!make_folder(p, o->keep) || !make_roster(p, o->roster)) {
        play_give_up(p, "the folder cannot be made: %s", strerror(errno));
        return;
    }
    if (o->by_socket)
        p->server.socket = arena_printf(p->arena, "%s/data/control.sock", p->server.folder);
    if ((!o->url && !play_server_find_port(&p->server)) ||
        clock_open_page(p->clock_fd, true, p->start_ms, &p->clock) || loop_open(&p->loop) ||
        http_client_open(p->loop, &p->client)) {
        play_give_up(p, "the rehearsal cannot be set up: %s", strerror(errno));
        return;
    }
    clock_seed_put(p->clock, p->seed);
    p->scene_ms = p->start_ms;
    loop_add_turn(p->loop, on_turn, p); /* before the carrier's own: it sees each instant whole */
    open_world(p, o);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static void close_play(struct play *p, bool keep)
{
    play_server_close(&p->server);
    if (p->client)
        http_client_close(&p->client);
    sim_close(&p->sim);
    clock_close(&p->clock);
    loop_close(&p->loop);
    if (p->clock_fd > 0)
        close(p->clock_fd);
    if (!keep && p->server.folder)
        nftw(p->server.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void tell_outcome(const struct play *p, struct play_outcome *out)
{
    *out = (struct play_outcome){
        .about = p->script->about,
        .verdicts = p->verdicts,
        .verdict_count = p->verdict_count,
        .timeline = buf_span(&p->timeline),
        .why = p->why,
        .why_line = p->why_line,
        .played_ms = p->clock ? clock_now_ms(p->clock) - p->start_ms : 0,
    };
    for (size_t i = 0; i < p->verdict_count; i++)
        out->missed += !p->verdicts[i].held;
}

enum err play_run(struct arena *arena, const char *path, const struct play_options *options,
                  struct play_outcome *out)
{
    struct play *p = ARENA_NEW(arena, struct play);
    struct play_script *script = ARENA_NEW(arena, struct play_script);
    const struct play_grammar grammar = play_run_grammar();
    struct buf mistakes = buf_in(arena, MISTAKE_BYTES_MAX);
    struct span text = {0};

    *out = (struct play_outcome){0};
    if (!read_file(arena, path, &text)) {
        out->why = arena_printf(arena, "%s: %s\n", path, strerror(errno));
        return ERR_BAD_INPUT;
    }
    if (play_script_parse(arena, &grammar, path, text, script, &mistakes)) {
        out->why = mistakes.data;
        return ERR_BAD_INPUT;
    }
    *p = (struct play){.arena = arena,
                       .script = script,
                       .start_ms = usual_start_ms,
                       .patience_ms = PATIENCE_MS,
                       .timeline = buf_in(arena, TIMELINE_BYTES_MAX)};
    p->server.arena = arena;
    p->verdicts = ARENA_NEW_N(arena, struct play_verdict, script->count + 1);
    take_options(p, options);
    read_settings(p);
    if (!p->why)
        open_play(p, options);
    running = p->loop;
    if (!p->why)
        loop_run(p->loop);
    running = NULL;
    if (p->world)
        play_timeline_follow(p);
    tell_outcome(p, out);
    close_play(p, options->keep != NULL);
    return p->why ? ERR_BROKEN : ERR_NONE;
}
