#include "postgres/postgres_fault.h"

#include <stddef.h>
#include <string.h>

#include "sql/sql.h"

/* The longer of two that fit stands first. */
/* clang-format off */
static const struct postgres_fault faults[] = {
    {"08",    ERR_BUSY, false, true, "the connection to it broke: it is tried again"},
    {"22012", ERR_BROKEN, false, false, SQL_GONE}, /* how a statement says so by itself */
    {"22",    ERR_BROKEN, false, false, "it cannot take a value: this is a fault of the program"},
    {"23505", ERR_CONFLICT, false, false, "a row that must be new is there already"},
    /* No partition: somebody has dropped the month meanwhile. */
    {"23514", ERR_BUSY, true, false, "it has no place for that month: one is made"},
    {"25006", ERR_BUSY, false, true, "it may only be read now: another server is about to lead"},
    {"25P03", ERR_BUSY, false, true, "it ended a transaction that stood still for too long"},
    {"40003", ERR_UNSURE, false, true, "it does not know whether the commit happened"},
    {"40",    ERR_BUSY, true, false, "it undid the work for another one's sake"},
    {"42501", ERR_BROKEN, false, false, "its role may not do that: make it the owner of the tables"},
    {"53100", ERR_FULL, false, false, "its disk is full: free some space there"},
    {"53300", ERR_BUSY, false, true, "it has no connection left: raise max_connections"},
    {"53",    ERR_BUSY, false, false, "it is short of memory or connections"},
    {"54",    ERR_FULL, false, false, "a value is too large for it"},
    {"55P03", ERR_BUSY, true, false, "another node held what was needed for too long"},
    {"57014", ERR_BUSY, false, false, "it took too long: ask for less at once"},
    {"57P",   ERR_BUSY, false, true, "it is going down or coming up"},
    {"58",    ERR_BROKEN, false, false, "its disk fails: look into its log"},
    {"XX",    ERR_BROKEN, false, false, "it is damaged: look into its log"},
    {"",      ERR_BROKEN, false, false, NULL},
};
/* clang-format on */

const struct postgres_fault *postgres_fault_find(const char *code)
{
    const struct postgres_fault *f = faults;

    while (strncmp(code, f->code, strlen(f->code)) != 0)
        f++;
    return f;
}
