/* postgres/postgres_session.h - what a session on the server is told, where its address says
 * nothing of it: how long it waits, what it may lock, and how its plans are made.
 *
 * Threads: any.
 * Source: https://www.postgresql.org/docs/15/libpq-connect.html, runtime-config-client.html
 */
#ifndef POSTGRES_POSTGRES_SESSION_H
#define POSTGRES_POSTGRES_SESSION_H

#include <stdbool.h>

enum { POSTGRES_SESSION_BYTES = 1024 };

/* The value of a parameter by libpq's name of it: what the address says (`said`; NULL: nothing) or
 * what is usual; NULL: libpq's own. That of "options" is rendered into `settings`, and lives
 * there. */
const char *postgres_session_value(const char *name, const char *said, bool is_reader,
                                   char settings[POSTGRES_SESSION_BYTES]);

#endif
