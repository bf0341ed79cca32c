#include "desk/desk_text.h"

#include <string.h>

#include "desk/desk_close.h"
#include "desk/desk_find.h"
#include "desk/desk_lock.h"
#include "desk/desk_reply.h"
#include "desk/duty.h"
#include "desk/question.h"
#include "desk/shift.h"
#include "model/segments.h"
#include "relay/relay.h"
#include "relay/relay_tell.h"
#include "relay/tell.h"
#include "rules/command.h"
#include "rules/words.h"

enum {
    TAKEN_AT_ONCE = 64, /* threads that one `ok all` takes */
};

static const char *id_of(const struct context *c, const struct desk_text *x)
{
    return c->roster->operators[x->operator_index].id;
}

static void answer(const struct context *c, const struct desk_text *x, struct span words)
{
    tell_plainly(c, id_of(c, x), x->line, words);
}

/* Words about a thread; he is told of it now, which a reply without a mark looks at. */
static void answer_about(const struct context *c, const struct desk_text *x, const struct thread *t,
                         struct span (*words)(struct arena *, const struct words_about *),
                         struct span name)
{
    const struct tag tag = tell_mark(c, t, id_of(c, x));
    struct words_about a = tell_about(c, t, &tag);

    a.name = name;
    tell_notice(c, t, &tag, words(c->facts->arena, &a));
}

/* A command is its word alone: beside a photo it is words. */
static struct command_text read(const struct desk_text *x)
{
    struct command_text text = command_read(x->body);

    if (x->media.size)
        text.command = COMMAND_NONE;
    return text;
}

/* ---- the record ---- */

static void record(const struct context *c, const struct desk_text *x, const struct thread *t)
{
    struct message fresh = {
        .id = x->message,
        .tenant = c->event->tenant,
        .direction = DIRECTION_IN,
        .origin = ORIGIN_OPERATOR,
        .kind = MESSAGE_COMMAND,
        .body = x->body,
        .media = x->media,
        .at_ms = c->facts->now_ms,
        .late = c->event->late,
    };
    struct message *m =
        x->is_trusted ? facts_message(c->facts, c->event->tenant, x->message) : NULL;

    if (!m) {
        CONTEXT_SET(fresh.sid, c->event->sid);
        CONTEXT_SET(fresh.from, c->event->from);
        CONTEXT_SET(fresh.to, c->event->to);
        CONTEXT_SET(fresh.operator_id, span_of(id_of(c, x)));
        m = facts_add_message(c->facts, &fresh);
    } else {
        facts_touch(c->facts, FACT_MESSAGE, m);
    }
    if (!t)
        return;
    m->thread = t->id;
    m->relay = t->relay;
    CONTEXT_SET(m->customer, span_of(t->customer));
    CONTEXT_SET(m->job, span_of(t->job));
}

/* ---- what it does ---- */

/* What acting on the target needs: for a reply, whether its customer may be texted. */
static bool gather(const struct context *c, const struct desk_target *at, bool pass_on)
{
    const struct desk_reply reply = {.thread = at->thread, .relay = at->relay};

    if (at->relay && !relay_gather(c, at->relay, pass_on))
        return false;
    return desk_reply_gather(c, &reply);
}

/* What goes out: his text, or the one that waited for it. */
static int64_t sent_message(const struct desk_text *x)
{
    return x->answers ? x->answers->message : x->message;
}

static struct span sent_photos(const struct desk_text *x)
{
    return x->answers ? x->answers->media : x->media;
}

static void ask(const struct context *c, const struct desk_text *x, enum question_kind kind,
                const struct desk_target *at, struct span body)
{
    struct question q = at ? at->choices : (struct question){0};

    q.kind = kind;
    q.message = sent_message(x);
    q.body = body;
    q.media = sent_photos(x);
    CONTEXT_SET(q.operator_id, span_of(id_of(c, x)));
    CONTEXT_SET(q.line, x->line);
    question_put(c, &q);
    if (kind == QUESTION_WHICH)
        answer(c, x, words_which(c->facts->arena, at->list));
    if (kind == QUESTION_TAKE)
        answer(c, x, words_which_take(c->facts->arena, at->list));
    if (kind == QUESTION_COMMAND)
        answer(c, x, words_command_or_text(c->facts->arena, body));
}

/* For people; `r` may be NULL. */
static struct span who_has(const struct context *c, const struct relay *r)
{
    if (!r || (r->state != RELAY_OPEN && r->state != RELAY_TAKEN))
        return SPAN("nobody");
    if (r->state == RELAY_OPEN)
        return SPAN("the next");
    return r->acked_by[0] ? span_of(context_name(c, r->acked_by)) : SPAN("the office");
}

static void acknowledge(const struct context *c, const struct desk_text *x,
                        const struct desk_target *at)
{
    struct relay *r = at->relay;

    if (!r || (at->thread->closed && !relay_waits(r))) {
        answer_about(c, x, at->thread, words_nothing_waits, (struct span){0});
        return;
    }
    if (r->state == RELAY_TAKEN && strcmp(r->acked_by, id_of(c, x)) != 0) {
        answer_about(c, x, at->thread, words_taken, who_has(c, r));
        return;
    }
    relay_tell_unseen(c, r, at->thread, id_of(c, x));
    relay_apply(c, r, RELAY_ACKED, x->operator_index);
    answer_about(c, x, at->thread, words_yours, (struct span){0});
}

static void pass(const struct context *c, const struct desk_text *x, const struct desk_target *at)
{
    struct relay *r = at->relay;

    if (r && relay_is_with(c, r, x->operator_index)) {
        relay_apply(c, r, RELAY_PASSED, x->operator_index);
        return;
    }
    answer_about(c, x, at->thread, words_taken, who_has(c, r));
}

static void finish(const struct context *c, const struct desk_text *x, const struct desk_target *at)
{
    if (at->relay)
        relay_tell_unseen(c, at->relay, at->thread, id_of(c, x));
    desk_close(c, at->thread, at->relay, x->operator_index);
    answer_about(c, x, at->thread, words_done, (struct span){0});
}

/* True when a reply without a mark would not look back at the thread. */
static bool was_long_ago(const struct context *c, const struct desk_text *x, const struct thread *t)
{
    const struct desk *desk = facts_desk(c->facts, t->tenant, span_of(id_of(c, x)));
    const struct tag *tag = desk ? desk_find_thread(desk, t->id) : NULL;

    return !tag || tag->sent_ms < c->facts->now_ms - DESK_FIND_BACK_MS;
}

/* The first reply in a thread, or the first for long, is echoed, and so is one that had to be
 * placed. */
static void reply(const struct context *c, const struct desk_text *x, const struct desk_target *at,
                  struct span words, bool echo)
{
    const struct desk_reply to = {
        .operator_index = x->operator_index,
        .thread = at->thread,
        .relay = at->relay,
        .words = words,
        .message = sent_message(x),
        .photos = sent_photos(x),
        .origin = ORIGIN_OPERATOR,
    };
    const bool is_first = was_long_ago(c, x, at->thread) || (at->relay && relay_waits(at->relay)) ||
                          at->thread->closed || strcmp(at->thread->owner, id_of(c, x)) != 0;

    if (at->relay)
        relay_tell_unseen(c, at->relay, at->thread, id_of(c, x));
    if (!desk_reply_send(c, &to)) {
        answer_about(c, x, at->thread, words_cannot_text, (struct span){0});
    } else if (is_first || echo) {
        const struct tag tag = tell_mark(c, at->thread, id_of(c, x));
        struct words_about a = tell_about(c, at->thread, &tag);
        a.body = words.size ? words : words_body(c->facts->arena, words, 1, false);
        const struct span ours = words_echo(c->facts->arena, &(struct words_about){
                                                                 .customer = a.customer,
                                                                 .customer_name = a.customer_name,
                                                                 .tag = a.tag,
                                                             });
        a.body = segments_cut(a.body, ours, 1);
        tell_notice(c, at->thread, &tag, words_echo(c->facts->arena, &a));
    }
}

/* `ok all`: every one of the threads that wait for him. */
static enum err take_all(const struct context *c, const struct desk_text *x,
                         const struct desk *desk)
{
    struct desk_target found[TAKEN_AT_ONCE];
    size_t count = 0;

    for (size_t i = 0; i < desk->count && count < TAKEN_AT_ONCE; i++) {
        struct desk_target one = {0};
        if (desk->tags[i].sent_ms < c->facts->now_ms - DESK_FIND_BACK_MS)
            continue;
        if (desk_find_pick(c, &desk->tags[i], &one) && one.relay && relay_waits(one.relay) &&
            relay_gather(c, one.relay, false))
            found[count++] = one;
    }
    if (c->facts->short_of)
        return ERR_BUSY;
    record(c, x, NULL);
    for (size_t i = 0; i < count; i++)
        acknowledge(c, x, &found[i]);
    if (count == 0)
        answer(c, x, words_none_waits());
    return ERR_NONE;
}

/* A command that is about no thread. */
static enum err command(const struct context *c, const struct desk_text *x, const struct desk *desk,
                        const struct command_text *text, bool is_confirmed)
{
    if (text->command == COMMAND_OK_ALL)
        return take_all(c, x, desk);
    if (!duty_gather(c, text->command))
        return ERR_BUSY;
    record(c, x, NULL);
    if (text->command == COMMAND_MENU) {
        answer(c, x, words_menu());
    } else if (duty_must_be_confirmed(text->command) && !is_confirmed && !x->is_trusted) {
        struct question q = {
            .kind = QUESTION_CONFIRM, .message = sent_message(x), .body = text->words};
        CONTEXT_SET(q.operator_id, span_of(id_of(c, x)));
        CONTEXT_SET(q.line, x->line);
        tell_draw(c, desk, q.tag);
        question_put(c, &q);
        answer(c, x, words_confirm(c->facts->arena, text->words, span_of(q.tag)));
    } else {
        duty_do(c, x->operator_index, text, x->line);
    }
    return ERR_NONE;
}

/* ---- with a mark ---- */

static bool is_about_no_thread(const struct context *c, const struct command_text *text)
{
    if (text->command == COMMAND_SWAP)
        return duty_has_partner(c, text->name);
    return duty_is_command(text->command) || text->command == COMMAND_MENU ||
           text->command == COMMAND_OK_ALL;
}

static void act_on(const struct context *c, const struct desk_text *x, const struct desk_target *at,
                   const struct command_text *text)
{
    switch (text->command) {
    case COMMAND_OK:
        acknowledge(c, x, at);
        return;
    case COMMAND_NEXT:
        pass(c, x, at);
        return;
    case COMMAND_DONE:
        finish(c, x, at);
        return;
    case COMMAND_NONE:
    case COMMAND_RESERVED: /* with a mark it is no word of the carrier's */
    case COMMAND_SWAP:     /* with nobody of ours */
        if (text->words.size == 0 && !x->media.size)
            acknowledge(c, x, at); /* the mark alone */
        else
            reply(c, x, at, text->words, false);
        return;
    case COMMAND_OK_ALL:
    case COMMAND_WHO:
    case COMMAND_AWAY:
    case COMMAND_BACK:
    case COMMAND_ON:
    case COMMAND_OFF:
    case COMMAND_MENU:
    case COMMANDS:
        return;
    }
}

static enum err with_tag(const struct context *c, const struct desk_text *x,
                         const struct desk *desk, const struct command_text *text)
{
    const struct tag *tag = desk_find_tag(desk, text->tag);
    struct desk_target at = {0};

    if (tag && !desk_find_pick(c, tag, &at) && c->facts->short_of)
        return ERR_BUSY;
    if (at.thread && at.thread->owner[0])
        tell_gather(c, at.thread->owner);
    if (c->facts->short_of || !gather(c, &at, text->command == COMMAND_NEXT))
        return ERR_BUSY;
    if (at.thread && is_about_no_thread(c, text)) {
        const enum err err = command(c, x, desk, text, false);
        if (!err)
            desk_lock_right_tag(c, x->operator_index);
        return err;
    }
    record(c, x, at.thread);
    if (at.thread) {
        desk_lock_right_tag(c, x->operator_index);
        act_on(c, x, &at, text);
        return ERR_NONE;
    }
    const struct words_about w = {.tag = span_of(text->tag)};
    answer(c, x, words_unknown_tag(c->facts->arena, &w));
    context_log(c, "text.unknown-tag", 0, x->message, id_of(c, x), "");
    if (!x->is_trusted)
        desk_lock_wrong_tag(c, x->operator_index, x->line);
    return ERR_NONE;
}

/* ---- without a mark ---- */

/* A reply without a mark: to the only one it can be for, or held. */
static enum err place(const struct context *c, const struct desk_text *x, const struct desk *desk,
                      struct span words, bool echo)
{
    struct desk_target at;

    desk_find_lately(c, desk, x->line, DESK_AMONG_ALL, &at);
    const bool is_empty = words.size == 0 && !sent_photos(x).size;
    const bool is_sure = at.count == 1 && !is_empty && (c->roster->bare_replies || x->is_trusted);
    if (c->facts->short_of || (is_sure && !gather(c, &at, false)))
        return ERR_BUSY;
    record(c, x, is_sure ? at.thread : NULL);
    if (is_sure)
        reply(c, x, &at, words, echo);
    else if (at.count == 0)
        answer(c, x, words_nobody_wrote(c->facts->arena));
    else if (is_empty)
        answer(c, x, words_menu());
    else
        ask(c, x, QUESTION_WHICH, &at, words);
    return ERR_NONE;
}

/* A bare "ok" takes what waits; if nothing waits it is a reply. */
static enum err bare_ok(const struct context *c, const struct desk_text *x, const struct desk *desk,
                        const struct command_text *text)
{
    struct desk_target at;

    desk_find_lately(c, desk, x->line, DESK_AMONG_WAITING, &at);
    if (c->facts->short_of || (at.count == 1 && !relay_gather(c, at.relay, false)))
        return ERR_BUSY;
    if (at.count == 0 && shift_is_asked(c, x->operator_index)) {
        record(c, x, NULL);
        shift_confirm(c, x->operator_index, x->line);
        return ERR_NONE;
    }
    if (at.count == 0)
        return place(c, x, desk, text->words, false);
    record(c, x, at.count == 1 ? at.thread : NULL);
    if (c->roster->tagged_only && !x->is_trusted)
        answer(c, x, words_needs_mark(c->facts->arena, at.list, SPAN("ok")));
    else if (at.count == 1 && !at.is_newer)
        acknowledge(c, x, &at);
    else
        ask(c, x, QUESTION_TAKE, &at, text->words);
    return ERR_NONE;
}

/* Closing and passing on need the thread's own mark, as a sender's number can be forged. */
static enum err needs_mark(const struct context *c, const struct desk_text *x,
                           const struct desk *desk, const struct command_text *text)
{
    struct desk_target at;

    desk_find_lately(c, desk, x->line, DESK_AMONG_OPEN, &at);
    if (c->facts->short_of)
        return ERR_BUSY;
    record(c, x, NULL);
    if (at.count == 0)
        answer(c, x, words_none_waits());
    else
        answer(c, x,
               words_needs_mark(c->facts->arena, at.list, span_of(command_name(text->command))));
    return ERR_NONE;
}

static enum err bare_command(const struct context *c, const struct desk_text *x,
                             const struct desk *desk, const struct command_text *text)
{
    struct desk_target open;

    desk_find_lately(c, desk, x->line, DESK_AMONG_OPEN, &open);
    if (c->facts->short_of)
        return ERR_BUSY;
    if (open.count > 0 && text->command != COMMAND_OK_ALL) {
        record(c, x, NULL);
        ask(c, x, QUESTION_COMMAND, &open, text->words);
        return ERR_NONE;
    }
    if (text->command == COMMAND_NEXT || text->command == COMMAND_DONE ||
        (text->command == COMMAND_OK_ALL && c->roster->tagged_only && !x->is_trusted))
        return needs_mark(c, x, desk, text);
    return command(c, x, desk, text, false);
}

static enum err without_tag(const struct context *c, const struct desk_text *x,
                            const struct desk *desk, const struct command_text *text)
{
    if (text->command == COMMAND_OK)
        return bare_ok(c, x, desk, text);
    if (text->command == COMMAND_NEXT || text->command == COMMAND_DONE ||
        is_about_no_thread(c, text))
        return bare_command(c, x, desk, text);
    return place(c, x, desk, text->words, false);
}

/* ---- his answer to a question ---- */

/* The thread that he chose; his words go there, or he takes it. */
static enum err chosen(const struct context *c, const struct desk_text *x, const struct desk *desk,
                       struct question *q, int choice)
{
    const struct tag *tag = desk_find_thread(desk, q->threads[choice - 1]);
    struct desk_target at = {0};

    if (tag && !desk_find_pick(c, tag, &at) && c->facts->short_of)
        return ERR_BUSY;
    if (!gather(c, &at, false))
        return ERR_BUSY;
    record(c, x, at.thread);
    const struct question was = *q;
    question_drop(c, q);
    if (!at.thread) {
        answer(c, x, words_not_placed(c->facts->arena, was.body));
    } else if (was.kind == QUESTION_TAKE) {
        acknowledge(c, x, &at);
    } else {
        struct desk_text held = *x;
        held.answers = &was;
        reply(c, &held, &at, was.body, true);
    }
    return ERR_NONE;
}

static enum err command_or_text(const struct context *c, const struct desk_text *x,
                                const struct desk *desk, struct question *q, int choice)
{
    const struct question was = *q;
    const struct command_text text = command_read(was.body);
    struct desk_text held = *x;
    struct event asked;
    const struct context then = desk_find_as_of(c, question_asked_ms(&was), &asked);
    enum err err;

    held.answers = &was;
    if (choice == 2)
        err = place(&then, &held, desk, was.body, true);
    else if (text.command == COMMAND_NEXT || text.command == COMMAND_DONE)
        err = needs_mark(c, &held, desk, &text);
    else
        err = command(c, &held, desk, &text, false);
    if (!err && q->kind == was.kind) /* else another question took its place */
        question_drop(c, q);
    return err;
}

/* He writes on instead of choosing: it goes with what waits. */
static enum err add_to(const struct context *c, const struct desk_text *x, const struct question *q,
                       struct span words)
{
    const struct question was = *q;
    struct desk_target at = {.choices = was};
    struct desk_text held = *x;

    record(c, x, NULL);
    held.answers = &was;
    at.list = SPAN("as above");
    ask(c, &held, QUESTION_WHICH, &at,
        span_of(arena_printf(c->facts->arena, "%.*s\n%.*s", SPAN_ARG(was.body), SPAN_ARG(words))));
    return ERR_NONE;
}

/* *out_taken when the text was an answer. */
static enum err answer_question(const struct context *c, const struct desk_text *x,
                                const struct desk *desk, struct question *q, bool *out_taken)
{
    const struct command_text text = read(x);
    const bool is_alone = !x->media.size;
    const int choice = is_alone ? question_choice(q, desk, x->body) : 0;
    const bool is_plain =
        is_alone && !text.has_tag && text.command == COMMAND_NONE && text.words.size > 0;

    *out_taken = true;
    switch (q->kind) {
    case QUESTION_WHICH:
    case QUESTION_TAKE:
        if (choice > 0 && choice <= q->thread_count)
            return chosen(c, x, desk, q, choice);
        if (q->kind == QUESTION_WHICH && is_plain && choice == 0 &&
            q->body.size + text.words.size < LIMIT_BODY_BYTES / 2)
            return add_to(c, x, q, text.words);
        break;
    case QUESTION_COMMAND:
        if (choice == 1 || choice == 2)
            return command_or_text(c, x, desk, q, choice);
        break;
    case QUESTION_CONFIRM:
        if (is_alone && question_is_confirmed(q, desk, x->body)) {
            const struct command_text held = command_read(q->body);
            const enum err err = command(c, x, desk, &held, true);
            if (!err)
                question_drop(c, q);
            return err;
        }
        break;
    case QUESTION_KINDS:
        break;
    }
    *out_taken = choice > 0 && q->kind != QUESTION_CONFIRM;
    if (*out_taken) {
        record(c, x, NULL);
        answer(c, x, words_nothing_asked());
    }
    return ERR_NONE;
}

enum err desk_text_take(const struct context *c, const struct desk_text *x)
{
    const struct span id = span_of(id_of(c, x));
    const struct desk *desk = facts_desk(c->facts, c->event->tenant, id);
    struct question *q = facts_question(c->facts, c->event->tenant, id);
    const struct command_text text = read(x);

    if (c->facts->short_of)
        return ERR_BUSY;
    if (!x->is_trusted && desk_lock_is_on(c, x->operator_index)) {
        record(c, x, NULL);
        desk_lock_answer(c, x->operator_index, x->message, x->line);
        return ERR_NONE;
    }
    if (q && question_is_past(c, q, x->line) && command_choice(x->body) && !x->media.size) {
        record(c, x, NULL);
        answer(c, x, words_chosen_too_late());
        return ERR_NONE;
    }
    if (q && question_is_open(q, x->line)) {
        bool taken = false;
        const enum err err = answer_question(c, x, desk, q, &taken);
        if (err || taken)
            return err;
    }
    return text.has_tag ? with_tag(c, x, desk, &text) : without_tag(c, x, desk, &text);
}
