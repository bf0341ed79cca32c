#include "metric/metric_tally.h"

#include <string.h>

#include "base/id.h"

enum { MS_US = 1000, DENIED = 401, FORBIDDEN = 403, TOO_MANY = 429 };

/* An id is as old as what bears it. */
static int64_t since_us(const struct event_row *row)
{
    return (row->at_ms - id_at_ms(row->subject)) * MS_US;
}

static void take_relay(struct metric_tally *t, const struct event_row *row)
{
    t->relays_acknowledged++;
    metric_histogram_add(&t->relay_acknowledged, METRIC_PATIENT, since_us(row));
}

static void take_call(struct metric_tally *t, const struct event_row *row)
{
    t->calls_accepted++;
    metric_histogram_add(&t->call_accepted, METRIC_PATIENT, since_us(row));
}

static void note_event(struct metric_tally *t, const struct event_row *row)
{
    /* clang-format off */
    const struct {
        const char *kind;
        uint64_t *count;
        void (*take)(struct metric_tally *, const struct event_row *);
    } kinds[] = {
        {"relay.raised", &t->relays_raised, NULL},
        {"relay.acknowledged", NULL, take_relay},
        {"relay.lapsed", &t->relays_lapsed, NULL},
        {"relay.exhausted", &t->relays_exhausted, NULL},
        {"call.arrived", &t->calls_arrived, NULL},
        {"call.accepted", NULL, take_call},
        {"call.missed", &t->calls_missed, NULL},
        {"text.failed", &t->texts_undelivered, NULL},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(row->kind, kinds[i].kind) != 0)
            continue;
        if (kinds[i].take)
            kinds[i].take(t, row);
        else
            ++*kinds[i].count;
        return;
    }
}

void metric_tally_note(struct metric_tally *t, const struct facts *f)
{
    for (const struct appended *row = f->added; row; row = row->next)
        if (row->kind == APPEND_EVENT)
            note_event(t, &row->event);
}

/* Which of the table's classes a code is of: its numbers go by product. */
static size_t class_of(int32_t code)
{
    if (code == 0)
        return 6;
    if (code >= 10000 && code < 20000)
        return 0;
    if (code >= 20000 && code < 21000)
        return 1;
    if (code >= 21000 && code < 22000)
        return 2;
    if (code >= 30000 && code < 40000)
        return 3;
    if (code >= 60000 && code < 70000)
        return 4;
    return 5;
}

void metric_tally_send(struct metric_sends *s, const struct metric_send *send)
{
    metric_histogram_add(&s->took[send->sent], METRIC_QUICK, send->took_us);
    if (send->status == TOO_MANY)
        s->throttled++;
    else if (send->sent == SENT_REFUSED || send->status == DENIED || send->status == FORBIDDEN)
        s->refused[class_of(send->error_code)]++;
}
