#include "app/await_database.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>

#include "base/log.h"
#include "service/notify.h"
#include "store/store_migrate.h"

static const int64_t PATIENCE_US = 30 * INT64_C(1000000), RAISE_US = 12 * 3600 * INT64_C(1000000);

enum { PAUSE_MS = 500 };

void await_database_raise(const char *address)
{
    char why[STORE_WHY_SIZE] = "";
    int version = 0;

    if (store_migrate_is_shared(address)) /* nextring migrate does it */
        return;
    if (store_migrate_look(address, &version, why) || version == 0 || version >= STORE_SCHEMA)
        return;
    log_line(LOG_INFO,
             "the database is brought from schema %d to %d: of a large one that takes "
             "its time",
             version, (int)STORE_SCHEMA);
    notify_say("EXTEND_TIMEOUT_USEC=%" PRId64 "\nSTATUS=bringing the database up to schema %d",
               RAISE_US, (int)STORE_SCHEMA);
}

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
        notify_say("EXTEND_TIMEOUT_USEC=%" PRId64 "\nSTATUS=waiting for the database", PATIENCE_US);
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
