/* cli/asking.h - what the subcommands that ask the running daemon share: the call, its complaints,
 * and lists as lines.
 *
 * Results go to stdout, complaints to stderr; the int that comes back is an exit status.
 * Threads: one.
 */
#ifndef CLI_ASKING_H
#define CLI_ASKING_H

#include "cli/cli.h"
#include "cli/control.h"
#include "codec/json.h"

/* CLI_YES for an answer below 300; else it has complained. */
int asking_call(struct cli *cli, const char *method, const char *path, struct span body,
                struct control_answer *out);
/* The exit status for an answer that is no success. */
int asking_status(int answered);
/* Says what the daemon said was wrong. */
int asking_complain(const struct control_answer *a);
/* Complains that the daemon's answer is no JSON; returns CLI_COULD_NOT. */
int asking_no_json(void);
/* The items of a list: the named columns (NULL ends them), one line an item; JSON when asked.
 * Heeds --tenant, --state and --limit. */
int asking_list(struct cli *cli, const char *path, const char *const *columns);
/* What was done, in the daemon's words; JSON when asked. */
int asking_print_done(const struct cli *cli, const struct control_answer *a);
/* Words of people, who may have put a terminal's commands into them. */
void asking_print_words(struct span words);
/* The next argument that is no option, taken out; NULL when there is none. Words stand before
 * options (cli_arrange). */
char *asking_take_word(struct cli *cli);
/* A path with an id in it, escaped; in the arena. */
const char *asking_id_path(struct cli *cli, const char *prefix, const char *id, const char *rest);

#endif
