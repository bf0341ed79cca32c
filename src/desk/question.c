#include "desk/question.h"

#include <string.h>

#include "desk/desk_find.h"
#include "model/segments.h"
#include "relay/tell.h"
#include "rules/command.h"
#include "rules/words.h"

enum {
    CHOOSE_MS = 2 * 60 * 1000,
    CONFIRM_MS = 10 * 60 * 1000,
    LATE_MS = 10 * 60 * 1000, /* how long a digit may be on its way */
    SHOWN_SEGMENTS = 2,       /* of a text that was not sent */
};

static int64_t time_of(enum question_kind kind)
{
    return kind == QUESTION_CONFIRM ? CONFIRM_MS : CHOOSE_MS;
}

static void set_clock(const struct context *c, const struct question *q, bool gone)
{
    const struct timer timer = {q->due_ms, q->tenant, TIMER_QUESTION, q->message, gone};

    facts_put_timer(c->facts, &timer);
}

static struct span unsent(const struct context *c, const struct question *q)
{
    struct arena *arena = c->facts->arena;
    const struct span ours = words_not_placed(arena, (struct span){0});
    const struct span body = q->body.size ? q->body : words_body(arena, q->body, 1, false);

    return words_not_placed(arena, segments_cut(body, ours, SHOWN_SEGMENTS));
}

/* The text that waited is not sent, and he knows it. */
static void give_up(const struct context *c, const struct question *q)
{
    struct arena *arena = c->facts->arena;

    switch (q->kind) {
    case QUESTION_WHICH:
    case QUESTION_COMMAND:
        tell_plainly(c, q->operator_id, span_of(q->line), unsent(c, q));
        break;
    case QUESTION_CONFIRM:
        tell_plainly(c, q->operator_id, span_of(q->line), words_not_confirmed(arena, q->body));
        break;
    case QUESTION_TAKE: /* nothing of his is lost */
    case QUESTION_KINDS:
        break;
    }
    context_log(c, "question.unanswered", 0, q->message, q->operator_id,
                question_kind_name(q->kind));
}

void question_put(const struct context *c, const struct question *ask)
{
    struct question *old = facts_question(c->facts, c->event->tenant, span_of(ask->operator_id));
    struct question row = *ask;

    if (old && old->message) {
        if (old->message != ask->message)
            give_up(c, old);
        set_clock(c, old, true);
    }
    row.tenant = c->event->tenant;
    row.due_ms = c->facts->now_ms + time_of(row.kind);
    set_clock(c, facts_put_question(c->facts, &row), false);
}

bool question_is_open(const struct question *q, struct span line)
{
    return q->message && (q->kind == QUESTION_CONFIRM || span_is_text(line, q->line));
}

int64_t question_asked_ms(const struct question *q)
{
    return q->due_ms - time_of(q->kind);
}

bool question_is_past(const struct context *c, const struct question *q, struct span line)
{
    const struct event *e = c->event;

    if (!span_is_text(line, q->line))
        return false;
    if (q->message) /* a text from the carrier's log may be older than what it seems to answer */
        return e->late && e->at_ms && e->at_ms < question_asked_ms(q);
    return c->facts->now_ms - q->due_ms < LATE_MS;
}

int question_choice(const struct question *q, const struct desk *desk, struct span text)
{
    const struct command_text read = command_read(text);
    const struct tag *tag = read.has_tag ? desk_find_tag(desk, read.tag) : NULL;

    if (read.has_tag && q->kind == QUESTION_COMMAND)
        return 0; /* it offered no threads */
    for (int i = 0; tag && read.words.size == 0 && i < q->thread_count; i++)
        if (q->threads[i] == tag->thread)
            return i + 1;
    return read.has_tag ? 0 : command_choice(text);
}

bool question_is_confirmed(const struct question *q, const struct desk *desk, struct span text)
{
    const struct command_text read = command_read(text);
    const bool agrees =
        read.words.size == 0 || read.command == COMMAND_OK || span_is_nocase(read.words, q->body);

    const struct tag *drawn = desk_find_tag(desk, read.tag);

    /* A thread that was told by the same mark since goes first; at a full desk an old one has it.
     */
    return read.has_tag && strcmp(read.tag, q->tag) == 0 && agrees &&
           (!drawn || drawn->sent_ms < question_asked_ms(q));
}

/* Its row stays, without what it held, for digits that are on their way. */
static void end(const struct context *c, struct question *q)
{
    set_clock(c, q, true);
    q->message = 0;
    q->body = q->media = (struct span){0};
    q->thread_count = 0;
    facts_touch(c->facts, FACT_QUESTION, q);
}

void question_drop(const struct context *c, struct question *q)
{
    set_clock(c, q, true);
    q->gone = true;
    facts_touch(c->facts, FACT_QUESTION, q);
}

enum err question_timer(const struct context *c)
{
    const struct timer *timer = &c->event->timer;
    const struct message *m = facts_message(c->facts, timer->tenant, timer->subject);
    struct question *q =
        m ? facts_question(c->facts, timer->tenant, span_of(m->operator_id)) : NULL;

    if (c->facts->short_of)
        return ERR_BUSY;
    if (timer->due_ms > c->facts->now_ms)
        return ERR_NONE; /* early: its row stays */
    if (q && q->message == timer->subject && q->due_ms == timer->due_ms) {
        give_up(c, q);
        if (q->kind == QUESTION_CONFIRM)
            question_drop(c, q);
        else
            end(c, q);
        return ERR_NONE;
    }
    struct timer gone = *timer;
    gone.gone = true;
    facts_put_timer(c->facts, &gone);
    return ERR_NONE;
}
