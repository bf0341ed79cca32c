/* setupcmd/ground.h - what doctor and provision begin with: credentials, account, lines.
 *
 * The running daemon is asked first; without one, the roster that the settings name.
 * Owns: the credentials, until ground_close; all else lives in the command's arena.
 * Threads: one.
 */
#ifndef SETUPCMD_GROUND_H
#define SETUPCMD_GROUND_H

#include <stdbool.h>

#include "cli/cli.h"
#include "config/credentials.h"
#include "setup/console.h"

struct ground {
    struct cli *cli;
    struct arena *arena;
    struct credentials *credentials;
    const char *tenant; /* its slug; NULL: the only one */
    bool knows_tenant;  /* it was found, so that the account is its own */
    bool has_daemon;
    struct span account;     /* whose numbers these are; empty: it is not known */
    struct console by_token; /* user NULL: there is no auth token */
    struct console by_key;   /* user NULL: there is no API key */
    struct span *lines;
    size_t line_count;
    const char *no_lines; /* why they are not known; NULL: they are */
    bool is_rehearsal;    /* the carrier is on this machine */
    /* The tenant is at another account than the credentials', with secrets of its own. */
    bool has_own_key, has_own_token;
};

/* CLI_YES, or the exit status after it has complained. What is merely missing is no failure. */
int ground_open(struct cli *cli, const char *tenant, struct ground *out);
void ground_close(struct ground *ground);

/* Tells the daemon that a line's webhooks point here, or do not any more, so that it knows whether
 * to look for what the line has missed. A number that is no line of the roster's is left out.
 * False: the daemon could not be told. */
bool ground_tell_line(const struct ground *ground, const char *number, bool is_live);

/* A path of the daemon's API with what may be asked of it, and the tenant; in the arena. */
const char *ground_path(const struct ground *ground, const char *path, const char *query);

#endif
