/* simplay/play.h - one scenario being played: the simulated carrier, the server, the clock.
 *
 * A statement runs when all before it are over; the present instant is then over too, before
 * the next begins. What waits (a turn of the clock, an answer, a server that starts) says so.
 * Plain data for the files of this folder; play_run.c drives it, play_act.c and play_sight.c
 * hold the statements.
 * Owns: see play_run.
 * Threads: loop thread only.
 */
#ifndef SIMPLAY_PLAY_H
#define SIMPLAY_PLAY_H

#include "base/clock.h"
#include "net/http_client.h"
#include "net/loop.h"
#include "sim/sim.h"
#include "simplay/play_script.h"
#include "simplay/play_server.h"
#include "simworld/sim_world.h"

enum { PLAY_CAPTURES_MAX = 64, PLAY_ANSWER_BYTES_MAX = 1 << 20 };

enum play_wait { PLAY_GOES_ON, PLAY_TURNS, PLAY_LOOKS, PLAY_ASKS, PLAY_STARTS, PLAY_STOPS };

struct play_capture {
    struct span name, value;
};

/* What a phone was told to be like. */
struct play_phone {
    struct span behaviours[SIM_STEPS_MAX]; /* JSON */
    size_t behaviour_count;
    bool unreachable, landline;
    int64_t receipt; /* code that texts to it come back with; 0: none */
};

struct play_verdict {
    const struct play_statement *statement;
    bool held;
    int64_t at_ms;       /* since the start */
    const char *instead; /* what was seen instead */
};

/* How often what an expectation names was seen since the scene began; what was seen of that
 * kind at all goes to `seen`, for words. */
typedef int64_t play_look_fn(struct play *play, const struct play_args *args, struct buf *seen);

struct play {
    struct arena *arena;
    const struct play_script *script;
    struct loop *loop;
    struct clock *clock;
    struct sim *sim;
    struct sim_world *world;
    struct http_client *client;
    struct play_server server;
    int clock_fd;

    /* settings, of the statements that are read before anything begins */
    int64_t start_ms;
    uint64_t seed;
    struct span roster; /* JSON text; empty: none */
    const char *drops;  /* "pickup" or "bridge"; NULL: not said */

    size_t at;         /* statement */
    bool is_under_way; /* it has begun; before the first: the server starts */
    enum play_wait waits;
    int64_t scene_ms, until_ms, patience_ms;
    int64_t since_ns; /* real time since when a server is waited for */
    const struct play_statement *looked_for;
    struct play_args looked_args; /* its, with what stands in braces filled in */
    play_look_fn *look;
    struct play_capture captures[PLAY_CAPTURES_MAX];
    size_t capture_count;
    struct play_phone phones[PLAY_PHONES_MAX];
    int answer_status; /* of the last request; 0: none, or no answer */
    struct span answer;
    struct play_verdict *verdicts;
    size_t verdict_count;
    const char *why; /* it cannot go on; NULL: it can */
    int why_line;
    struct buf timeline;
    int64_t told; /* number of the last note that is in the timeline */
};

/* It cannot go on; the first reason stays. */
__attribute__((format(printf, 2, 3))) void play_give_up(struct play *play, const char *format, ...);
/* Text with {tag}, {link} and what was taken filled in; of a text to `phone` (may be NULL). */
struct span play_fill(struct play *play, const struct play_party *phone, struct span text);
/* The last text that came to the phone, empty when there is none. */
struct span play_last_text(struct play *play, const struct play_party *phone);
/* Keeps what the pattern's group, or the pattern, finds in the text; false: nothing. */
bool play_take(struct play *play, struct span name, const char *pattern, struct span text);
/* Turns the clock on by `ms`; 0: until the present instant is over. */
void play_turn(struct play *play, int64_t ms);
/* Starts it and waits until it is there. */
void play_start_server(struct play *play);
/* The phone's name, or the number itself; {server} and {carrier} for addresses. */
void play_put_names(const struct play *play, struct span words, struct buf *out);

#endif
