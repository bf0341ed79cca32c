/* postgres/postgres_fault.h - what a code of PostgreSQL's means to whoever writes or reads.
 *
 * Threads: any.
 * Source: https://www.postgresql.org/docs/15/errcodes-appendix.html
 */
#ifndef POSTGRES_POSTGRES_FAULT_H
#define POSTGRES_POSTGRES_FAULT_H

#include <stdbool.h>

#include "base/err.h"

struct postgres_fault {
    const char *code; /* SQLSTATE, or how a class of them begins */
    enum err err;
    bool is_again; /* undone for others' sake: the same may succeed at once */
    bool is_lost;  /* the connection is of no use any more */
    const char *words;
};

/* Never NULL; what is not in the table is ERR_BROKEN without words. */
const struct postgres_fault *postgres_fault_find(const char *code);

#endif
