/* app/helper_slots.h - the commands that the configuration names, for the helper to run.
 *
 * Each is a slot of service/helper under the name of its setting: whoever wants it run asks for
 * that name.
 * Threads: one, before there is a second.
 */
#ifndef APP_HELPER_SLOTS_H
#define APP_HELPER_SLOTS_H

#include "cli/cli.h"
#include "keys/keys.h"
#include "service/helper.h"

/* Forks the helper; *out is NULL when the configuration names no command. Returns CLI_YES, or
 * complains and returns another exit status. */
int helper_slots_open(struct cli *cli, const struct keys *keys, struct helper **out);

#endif
