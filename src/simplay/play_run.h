/* simplay/play_run.h - plays a scenario file from its first statement to its last.
 *
 * Each has a loop, a clock, a simulated carrier, a folder and a server of its own, all gone
 * when it returns. The same file, seed and server give the same timeline, byte for byte, when
 * the server shares the clock and takes its chance from it.
 * Errors: ERR_BAD_INPUT for a file with mistakes, ERR_BROKEN when it could not be played to its
 * end; out->why has the words.
 * Threads: one; it runs a loop of its own.
 */
#ifndef SIMPLAY_PLAY_RUN_H
#define SIMPLAY_PLAY_RUN_H

#include "simplay/play.h"

struct play_options {
    const char *url; /* of a server that runs elsewhere; NULL: `argv` is started */
    const char *const *argv, *const *env; /* NULL-ended; NAME=VALUE; placeholders of play_server */
    bool inherits;                        /* our environment goes to it as well */
    bool by_socket;                       /* `request` goes to control.sock in its folder */
    const char *roster;                   /* file, for scenarios that name none; NULL: none */
    uint64_t seed;                        /* 0: the file's, or 1 */
    int64_t settle_ms; /* of a server that does not share the clock; 0: the usual */
    const char *keep;  /* folder that stays, for looking into; NULL: none */
};

struct play_outcome {
    struct span about;
    const struct play_verdict *verdicts;
    size_t verdict_count, missed;
    struct span timeline;
    const char *why; /* mistakes of the file, one a line; or why it could not go on */
    int why_line;    /* of the statement; 0: none */
    int64_t played_ms;
};

/* The language: all tables of statements and steps. */
struct play_grammar play_run_grammar(void);
/* What plays now is given up, and what comes after it at once; for a signal handler. */
void play_run_interrupt(void);
bool play_run_is_interrupted(void);
/* The texts of the outcome live in `arena`. */
MUST_USE enum err play_run(struct arena *arena, const char *path,
                           const struct play_options *options, struct play_outcome *out);

#endif
