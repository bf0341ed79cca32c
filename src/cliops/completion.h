/* cliops/completion.h - what completes a command line of nextring in a shell: commands, their first
 * words, options and values, from the table of commands.
 *
 * Threads: any.
 * Source: the manuals of bash (Programmable Completion), zsh (Completion System) and fish
 * (complete).
 */
#ifndef CLIOPS_COMPLETION_H
#define CLIOPS_COMPLETION_H

#include "base/buf.h"

void completion_bash(struct buf *out);
void completion_zsh(struct buf *out);
void completion_fish(struct buf *out);

#endif
