/* simplay/play_server.h - the server under test: one that runs elsewhere, or a program that is
 * started with the rehearsal's clock and ended with the scenario.
 *
 * In its arguments and environment {carrier} {port} {server} {folder} {clock_fd} {roster}
 * {account} {token} {key} {secret} and {line} stand for what is so; a program that takes
 * {clock_fd} is waited for until it has joined the clock.
 * Owns: the process, which is killed with its owner.
 * Errors: words for people.
 * Threads: loop thread only.
 */
#ifndef SIMPLAY_PLAY_SERVER_H
#define SIMPLAY_PLAY_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/span.h"

#define PLAY_ACCOUNT "AC00000000000000000000000000000001"
#define PLAY_TOKEN "0123456789abcdef0123456789abcdef"
#define PLAY_KEY "SK00000000000000000000000000000001"
#define PLAY_SECRET "rehearsal-only-secret"

enum { PLAY_ENV_MAX = 64, PLAY_ARGV_MAX = 32 };

struct play_server {
    struct arena *arena;
    const char *url; /* where it runs; NULL: `argv` is started */
    const char *const *argv;
    const char *env[PLAY_ENV_MAX]; /* NAME=VALUE */
    size_t env_count;
    bool inherits;                                /* our own environment as well */
    const char *carrier, *folder, *roster, *line; /* for the placeholders */
    const char *socket; /* where requests go that name a path alone; NULL: to its address */
    int port, clock_fd;
    pid_t pid;    /* 0: not running */
    int ended_as; /* as waitpid tells it */
};

/* The address that webhooks go to, without a slash at its end. */
const char *play_server_base(const struct play_server *server);
/* Takes a free port of loopback. */
bool play_server_find_port(struct play_server *server);
/* NULL, or what went wrong. */
const char *play_server_start(struct play_server *server);
/* True once it takes connections. *out_ended: it has ended instead. */
bool play_server_is_up(struct play_server *server, bool *out_ended);
bool play_server_joins_clock(const struct play_server *server);
/* The end of what it has printed. */
const char *play_server_last_words(const struct play_server *server);
/* True when it does not run. */
bool play_server_has_ended(struct play_server *server);
/* How it ended, once it has: "with status 1". */
const char *play_server_end(const struct play_server *server);
void play_server_ask_to_end(const struct play_server *server);
/* kill -9, and waits for its end. */
void play_server_kill(struct play_server *server);
/* The end of the scenario. */
void play_server_close(struct play_server *server);

#endif
