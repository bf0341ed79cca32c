#include "app/await_database.h"

#include <poll.h>
#include <stdio.h>

#include "base/log.h"

enum { PAUSE_MS = 500 };

enum err await_database(const char *address, int64_t now_ms, const volatile sig_atomic_t *ends,
                        char why[STORE_WHY_SIZE])
{
    struct store *store = NULL;
    bool has_waited = false;

    enum err e = store_open(address, &store, why);
    while (!e && (e = store_probe(store, now_ms)) == ERR_BUSY && !*ends) {
        if (!has_waited)
            log_line(LOG_WARN, "waiting for the database: %s", store_why(store));
        has_waited = true;
        (void)poll(NULL, 0, PAUSE_MS);
        e = ERR_NONE;
    }
    if (e && store)
        snprintf(why, STORE_WHY_SIZE, "%s", store_why(store));
    if (!e && has_waited)
        log_line(LOG_INFO, "the database is there");
    store_close(&store);
    return e;
}
