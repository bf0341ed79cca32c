/* cliops/manual.h - the commands and the settings for papers: docs/commands.md, and the parts of
 * the man pages that tools/man-page puts into docs/man.
 *
 * Threads: any.
 * Source: scdoc(5).
 */
#ifndef CLIOPS_MANUAL_H
#define CLIOPS_MANUAL_H

#include "base/buf.h"

/* docs/commands.md */
void manual_commands_page(struct buf *out);
/* docs/settings.md */
void manual_settings_page(struct buf *out);
/* The same for scdoc: a subsection a command, a paragraph a setting. */
void manual_commands_scd(struct buf *out);
void manual_settings_scd(struct buf *out);

#endif
