#include "core/transcript.h"

#include "base/utf8.h"
#include "call/cascade_row.h"
#include "relay/missed.h"
#include "relay/relay.h"
#include "relay/tell.h"
#include "rules/words.h"

static struct span text_of(const struct event *e)
{
    const struct span text = span_trim(e->body);
    const size_t most = LIMIT_BODY_BYTES / 2; /* the relay has other words, too */

    if (text.size <= most)
        return text;
    return (struct span){text.data, utf8_valid_bytes((struct span){text.data, most})};
}

/* The thread's own relay, which others join, is the voicemail's, and waits. */
static bool is_waiting(const struct thread *t, const struct relay *r)
{
    return t && r && t->relay == r->id && (r->state == RELAY_OPEN || r->state == RELAY_IDLE);
}

/* Who took the voicemail hears what it says; NULL: nobody. */
static const char *taker(const struct context *c, const struct relay *r)
{
    const bool is_taken = r && r->state == RELAY_TAKEN && r->acked_by[0];

    return is_taken && context_operator(c, r->acked_by) >= 0 ? r->acked_by : NULL;
}

static void tell_taker(const struct context *c, const struct thread *t, const char *operator_id,
                       struct span words)
{
    const struct tag tag = tell_mark(c, t, operator_id);
    struct words_about a = tell_about(c, t, &tag);

    a.body = words;
    tell_notice(c, t, &tag, words_joined(c->facts->arena, &a));
}

static enum err keep(const struct context *c, struct cascade *k, struct span text)
{
    struct thread *t = facts_thread_by_id(c->facts, k->tenant, k->thread);
    const struct relay *r = k->relay ? facts_relay(c->facts, k->tenant, k->relay) : NULL;
    const char *operator_id = taker(c, r);

    if (c->facts->short_of)
        return ERR_BUSY;
    struct relay_news news = missed_news(c, k, t);
    const bool joins = news.line && is_waiting(t, r);
    news.kind = RELAY_VOICEMAIL;
    news.body = words_transcript(c->facts->arena, text);
    if (operator_id)
        tell_gather(c, operator_id);
    if ((joins && !relay_prepare(c, &news)) || c->facts->short_of)
        return ERR_BUSY;
    k->transcript = text;
    facts_touch(c->facts, FACT_CASCADE, k);
    cascade_row_note(c, k, "transcribed", -1, "");
    context_log(c, "call.transcribed", k->thread, k->id, NULL, "");
    if (joins)
        (void)relay_raise(c, &news);
    else if (t && operator_id)
        tell_taker(c, t, operator_id, news.body);
    return ERR_NONE;
}

enum err transcript_event(const struct context *c)
{
    const struct event *e = c->event;
    const struct span text = text_of(e);
    struct cascade *k = facts_cascade(c->facts, e->tenant, e->cascade);

    if (c->facts->short_of)
        return ERR_BUSY;
    if (!k || !text.size || k->transcript.size)
        return ERR_NONE;
    return keep(c, k, text);
}
