#include "postgres/postgres_session.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* A server that is gone is noticed within 4 s, and a paused
 * node's locks are gone within 2. */
static const struct usual {
    const char *name, *value;
} usuals[] = {
    {"target_session_attrs", "read-write"},
    {"connect_timeout", "2"},
    {"tcp_user_timeout", "3000"},
    {"keepalives_idle", "1"},
    {"keepalives_interval", "1"},
    {"keepalives_count", "3"},
    {"client_encoding", "UTF8"},
    {"application_name", "nextring"},
    {"options", ""},
};
/* The statements of a batch go by keys, and what they find there is always a few rows: a plan is
 * made once and never by what tables happen to hold. */
static const char writer_settings[] =
    "-c idle_in_transaction_session_timeout=2s -c lock_timeout=1s -c statement_timeout=5s"
    " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off"
    " -c enable_mergejoin=off -c enable_memoize=off -c enable_bitmapscan=off -c enable_sort=off"
    " -c jit=off -c max_parallel_workers_per_gather=0 ";
/* It reads where the others write, as they must see the same. */
static const char reader_settings[] = "-c default_transaction_read_only=on"
                                      " -c idle_in_transaction_session_timeout=60s -c jit=off ";

static const char *usual_of(const char *name)
{
    for (size_t i = 0; i < sizeof usuals / sizeof usuals[0]; i++)
        if (strcmp(usuals[i].name, name) == 0)
            return usuals[i].value;
    return NULL;
}

/* A session that only reads by default is not "read-write". */
const char *postgres_session_value(const char *name, const char *said, bool is_reader,
                                   char settings[POSTGRES_SESSION_BYTES])
{
    const char *value = said ? said : usual_of(name);

    if (value && strcmp(name, "options") == 0) {
        snprintf(settings, POSTGRES_SESSION_BYTES, "%s%s",
                 is_reader ? reader_settings : writer_settings, value);
        return settings;
    }
    if (value && is_reader && strcmp(name, "target_session_attrs") == 0 &&
        strcmp(value, "read-write") == 0)
        return "primary";
    return value;
}
