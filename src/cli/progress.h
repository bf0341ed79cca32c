/* cli/progress.h - how far long work is, on one line that is written over, where somebody sees it:
 * nothing is written unless stderr is a terminal.
 *
 * Threads: one.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdint.h>

/* Writes the line, five times a second at most. */
__attribute__((format(printf, 1, 2))) void progress_show(const char *format, ...);
/* Takes it away, before anything else is written. */
void progress_end(void);

#endif
