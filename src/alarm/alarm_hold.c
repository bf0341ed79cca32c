#include "alarm/alarm_hold.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"

enum { SUBJECTS = 16, KINDS_MAX = 20000 };
static const int64_t first_ms = INT64_C(5) * 60000;
static const int64_t hour_ms = INT64_C(3600) * 1000;

/* A kind of a tenant's. */
struct kept {
    struct kept *next;
    int32_t tenant;
    char kind[ALARM_KIND_SIZE];
    int64_t told_ms, gap_ms;
    struct {
        int64_t subject, told_ms;
    } subjects[SUBJECTS]; /* told last */
    int subject_next;
    int more; /* since it was told, beside `held` */
    bool holds;
    struct alarm_row held;
};

struct alarm_hold {
    struct kept *first;
    size_t count;
};

struct alarm_hold *alarm_hold_open(void)
{
    struct alarm_hold *h = arena_must_alloc(sizeof *h);

    *h = (struct alarm_hold){0};
    return h;
}

void alarm_hold_close(struct alarm_hold **hold)
{
    if (!*hold)
        return;
    while ((*hold)->first) {
        struct kept *next = (*hold)->first->next;
        free((*hold)->first);
        (*hold)->first = next;
    }
    free(*hold);
    *hold = NULL;
}

static bool is_old(const struct kept *k, int64_t now_ms)
{
    return !k->holds && now_ms - k->told_ms > 2 * hour_ms;
}

static void forget_old(struct alarm_hold *h, int64_t now_ms)
{
    for (struct kept **at = &h->first; *at;) {
        struct kept *k = *at;
        if (!is_old(k, now_ms)) {
            at = &k->next;
            continue;
        }
        *at = k->next;
        free(k);
        h->count--;
    }
}

static struct kept *kept_of(struct alarm_hold *h, const struct alarm_row *row, int64_t now_ms)
{
    for (struct kept *k = h->first; k; k = k->next)
        if (k->tenant == row->tenant && strcmp(k->kind, row->kind) == 0)
            return k;
    if (h->count > KINDS_MAX)
        forget_old(h, now_ms);
    struct kept *k = arena_must_alloc(sizeof *k);
    *k = (struct kept){.next = h->first, .tenant = row->tenant, .told_ms = INT64_MIN / 2};
    memcpy(k->kind, row->kind, sizeof k->kind);
    h->first = k;
    h->count++;
    return k;
}

/* What an alarm is about; of one without a subject its words tell. Never 0. */
static int64_t subject_of(const struct alarm_row *row)
{
    return row->subject ? row->subject
                        : (int64_t)(hash_span(HASH_BEGIN, span_of(row->detail)) >> 1 | 1);
}

static bool is_told(const struct kept *k, int64_t subject, int64_t now_ms)
{
    for (int i = 0; i < SUBJECTS; i++)
        if (k->subjects[i].subject == subject && now_ms - k->subjects[i].told_ms < hour_ms)
            return true;
    return false;
}

static int tell(struct kept *k, const struct alarm_row *row, int64_t now_ms)
{
    const int more = k->more;
    const bool was_quiet = now_ms - k->told_ms > hour_ms;

    k->gap_ms = was_quiet || !k->gap_ms ? first_ms : k->gap_ms * 3;
    if (k->gap_ms > hour_ms)
        k->gap_ms = hour_ms;
    k->told_ms = now_ms;
    k->more = 0;
    k->holds = false;
    k->subjects[k->subject_next].subject = subject_of(row);
    k->subjects[k->subject_next].told_ms = now_ms;
    k->subject_next = (k->subject_next + 1) % SUBJECTS;
    return more;
}

bool alarm_hold_take(struct alarm_hold *h, const struct alarm_row *row, int64_t now_ms,
                     int *out_more)
{
    struct kept *k = kept_of(h, row, now_ms);

    if (is_told(k, subject_of(row), now_ms)) {
        k->more++;
        return false;
    }
    if (now_ms - k->told_ms < k->gap_ms) {
        k->more += k->holds;
        k->holds = true;
        k->held = *row;
        return false;
    }
    if (k->holds) /* it was due as well, and goes with this one */
        k->more++;
    *out_more = tell(k, row, now_ms);
    return true;
}

bool alarm_hold_due(struct alarm_hold *h, int64_t now_ms, struct alarm_row *out, int *out_more)
{
    for (struct kept *k = h->first; k; k = k->next)
        if (k->holds && now_ms - k->told_ms >= k->gap_ms) {
            *out = k->held;
            *out_more = tell(k, &k->held, now_ms);
            return true;
        }
    return false;
}
