/* base/log.h - one line an event, to stderr: level, words, fields.
 *
 * Lines are `<level> <text>`; with json, objects. Who handles an error logs it, once, with
 * tenant and event; never message text, phone numbers in full, or a secret.
 * Threads: any; a line is written whole.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_LEVELS };

/* Lines below `least` are dropped; `json` writes objects with time, level and text. */
void log_setup(enum log_level least, bool json);
/* Control characters in the formatted text are written as '?'. */
__attribute__((format(printf, 2, 3))) void log_line(enum log_level level, const char *format, ...);

#endif
