/* store/move_check.h - whether what a move wrote is what it read.
 *
 * Errors: ERR_BROKEN, it is not; `why` names the table and the row. Others as sql.h.
 */
#ifndef STORE_MOVE_CHECK_H
#define STORE_MOVE_CHECK_H

#include "base/err.h"
#include "store/move_table.h"

struct move_check {
    struct sql *source, *target;
    struct arena *arena;
    /* Told now and then; NULL: nobody is. */
    void (*progress)(void *ctx, const char *table, int64_t rows, bool is_check);
    void *ctx;
    int64_t logs, log_rows; /* filled: that proved whole */
    char *why;              /* STORE_WHY_SIZE */
};

/* Every row of one is a row of the other, value by value. */
MUST_USE enum err move_check_table(struct move_check *c, const struct move_table *t, int64_t rows);
/* The chain of every tenant's log, as the target has it. */
MUST_USE enum err move_check_logs(struct move_check *c, const struct move_table *event);

#endif
