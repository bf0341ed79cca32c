/* cliops/help.h - what --help says, of one command and of all: from their table.
 *
 * Threads: any.
 */
#ifndef CLIOPS_HELP_H
#define CLIOPS_HELP_H

#include "base/buf.h"
#include "cli/cli.h"

enum { HELP_BYTES = 256 << 10 };

/* nextring COMMAND --help */
void help_command(struct buf *out, const struct cli_command *command);
/* nextring --help */
void help_all(struct buf *out);

/* One line of several, each ended by a line feed or by the text's end; false: there is no more. */
bool help_line(const char **text, struct span *out);
/* "--role ROLE", "--link". */
void help_option(struct buf *out, const struct cli_known *option);
/* What a value may be, "viewer, dispatcher or admin"; nothing when anything may. */
void help_values(struct buf *out, const struct cli_known *option);
/* What each exit status means, without a full stop. */
void help_status(struct buf *out, const struct cli_command *command);
/* Those that every command has; ends in a NULL name. */
extern const struct cli_known help_common[];

#endif
