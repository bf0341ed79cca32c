/* base/log.h - one line an event: level, words, and whom it is about.
 *
 * As text, `<level> <words> tenant=1 event=... sid=...` to stderr; as JSON, an object a line there;
 * to journald, an entry with fields of its own (NEXTRING_TENANT, NEXTRING_EVENT, NEXTRING_SID,
 * NEXTRING_KIND), or the text where it cannot be reached. Who handles an error logs it, once, with
 * tenant and event; never message text or a secret. Of a phone number that gets into the words
 * after all only the end is written, control characters as '?'.
 * A place in the code that says the same over and over is cut short: after LOG_REPEATS_MAX lines in
 * ten seconds the rest is counted, and told by the first line after that.
 * Threads: any; a line is written whole.
 * Source: https://systemd.io/JOURNAL_NATIVE_PROTOCOL/.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_LEVELS };
enum log_form { LOG_TEXT, LOG_JSON, LOG_JOURNAL, LOG_FORMS };

enum { LOG_REPEATS_MAX = 100 };

/* False, *out untouched, for a name that there is not. */
bool log_level_parse(struct span name, enum log_level *out);
/* "auto": as log_is_journal tells. */
bool log_form_parse(struct span name, enum log_form *out);
/* stderr is a stream of journald's, which takes entries too. */
bool log_is_journal(void);

/* Lines below `least` are dropped. `journal`: path of journald's socket, NULL: where it always is.
 * Before any other thread logs. */
void log_setup(enum log_level least, enum log_form form, const char *journal);

/* Whom a line is about; what is 0 or empty is not known. */
struct log_fields {
    int32_t tenant;
    int64_t event;    /* an id: of the event, or of the row that it is about */
    struct span sid;  /* the carrier's id */
    const char *kind; /* "relay.exhausted"; not written as text, where the words say it */
};

__attribute__((format(printf, 2, 3))) void log_line(enum log_level level, const char *format, ...);
__attribute__((format(printf, 3, 4))) void
log_event(enum log_level level, const struct log_fields *fields, const char *format, ...);

#endif
