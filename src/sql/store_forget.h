/* sql/store_forget.h - a person is erased by his number: what is looked at, and how far it is. */
#ifndef SQL_STORE_FORGET_H
#define SQL_STORE_FORGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STORE_FORGET_STEPS = 18, STORE_FORGET_KEY_SIZE = 256 };

struct store_forget_ask {
    int32_t tenant;
    const char *number; /* E.164 */
    int64_t now_ms;
    int max; /* rows that a turn looks at */
};

/* Where a turn goes on. STORE_FORGET_STEPS: all is done. */
struct store_forget_place {
    int step;
    int64_t after;
    char key[STORE_FORGET_KEY_SIZE];
};

/* What there is of him, and what stands in the way. */
struct store_forget_sight {
    struct {
        const char *table; /* static */
        int64_t rows;
    } of[STORE_FORGET_STEPS];
    size_t count;
    /* Relays that wait, calls that are on, jobs that are not over, rows on their way to him; the
     * roster in force names him. */
    int64_t relays, calls, jobs, sends, rosters;
};

#endif
