#include "provider/match.h"

/* Our clock and the carrier's differ a little, and the carrier cuts to seconds. */
enum { EARLY_MS = 5000, LATE_MS = 30000 };

/* Where the machine's clock was set back between a send and the start that found it unsure, the
 * first is the later one. */
int64_t match_since_ms(const struct outbox *o)
{
    const int64_t from_ms = o->unsure_ms < o->sent_ms ? o->unsure_ms : o->sent_ms;

    return from_ms > EARLY_MS ? from_ms - EARLY_MS : 0;
}

static int64_t until_ms(const struct outbox *o)
{
    return (o->unsure_ms > o->sent_ms ? o->unsure_ms : o->sent_ms) + LATE_MS;
}

/* White space at the ends may be lost on the way. */
static struct span words_of(struct span body)
{
    const struct span prefix = SPAN("Sent from your Twilio trial account - ");

    return span_trim(span_starts(body, prefix) ? span_skip(body, prefix.size) : body);
}

static bool is_it(const struct outbox *o, const struct carrier_log_row *row)
{
    if (row->way != CARRIER_LOG_OUT || row->at_ms < match_since_ms(o) || row->at_ms > until_ms(o))
        return false;
    if (!span_is_text(row->to, o->to) || !span_is_text(row->from, o->from))
        return false;
    const struct span words = words_of(row->body);
    return o->kind == OUTBOX_CALL || words.size == 0 || span_is(words, span_trim(o->body));
}

/* The next older record than those before it, in the order of time and, within one second, of
 * the list. */
static const struct carrier_log_row *next_of(const struct outbox *o,
                                             const struct carrier_log_row *rows, size_t count,
                                             const struct carrier_log_row *before)
{
    const struct carrier_log_row *best = NULL;

    for (size_t i = count; i-- > 0;) {
        const struct carrier_log_row *row = &rows[i];
        const bool is_after =
            !before || row->at_ms > before->at_ms || (row->at_ms == before->at_ms && row < before);
        if (is_after && is_it(o, row) && (!best || row->at_ms < best->at_ms))
            best = row;
    }
    return best;
}

size_t match_unsure(const struct outbox *o, const struct carrier_log_row *rows, size_t count,
                    struct found *out, size_t max)
{
    const struct carrier_log_row *row = NULL;
    size_t n = 0;

    while (n < max && (row = next_of(o, rows, count, row)) != NULL)
        out[n++] = (struct found){row->sid, row->delivery, row->error_code};
    return n;
}
