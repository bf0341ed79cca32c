/* app/await_database.h - a daemon that starts while its database is away waits for it.
 *
 * Rosters and tenants are in the database, so that nothing can be served without it. Whoever sends
 * webhooks meanwhile finds nobody listening, and goes on to another node.
 */
#ifndef APP_AWAIT_DATABASE_H
#define APP_AWAIT_DATABASE_H

#include <signal.h>
#include <stdint.h>

#include "store/store.h"

/* Returns once the database at `address` can be written; says once that it is waited for. What
 * waiting does not mend comes back at once, with words in `why`; ERR_BUSY: a signal's handler has
 * set `ends`. Any signal that is caught ends the pause between two tries. */
MUST_USE enum err await_database(const char *address, int64_t now_ms,
                                 const volatile sig_atomic_t *ends, char why[STORE_WHY_SIZE]);

/* Before the store is opened: when that will bring the file's older schema up, says so, and asks
 * systemd to wait, which would else end the daemon in the middle of it, again and again. */
void await_database_raise(const char *address);

#endif
