#include "model/report_only.h"

#include <stdbool.h>

/* Between the clocks of a node and of the store. */
static const int64_t skew_ms = 60000;

/* A row that would last longer than it may is none: somebody has written into the database, or has
 * put a clock back. */
static bool is_in_force(const struct report_only *row, int64_t now_ms)
{
    return now_ms < row->until_ms && row->until_ms - now_ms <= report_only_ms + skew_ms &&
           row->until_ms - row->since_ms <= report_only_ms;
}

const struct report_only *report_only_find(const struct report_only_list *list, int32_t tenant,
                                           struct span line, int64_t now_ms)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct report_only *row = &list->rows[i];
        if (row->tenant == tenant && is_in_force(row, now_ms) && span_is_text(line, row->line))
            return row;
    }
    return NULL;
}

size_t report_only_count(const struct report_only_list *list, int32_t tenant, int64_t now_ms)
{
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++)
        count += (!tenant || list->rows[i].tenant == tenant) && is_in_force(&list->rows[i], now_ms);
    return count;
}

int report_only_turn(const struct report_only *row, int64_t now_ms)
{
    if (!is_in_force(row, now_ms))
        return -1;
    return now_ms < row->since_ms ? 0 : (int)((now_ms - row->since_ms) / report_only_alarm_ms);
}
