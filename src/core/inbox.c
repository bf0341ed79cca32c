#include "core/inbox.h"

#include <string.h>

#include "base/buf.h"
#include "core/command.h"
#include "core/outgoing.h"
#include "core/party.h"
#include "core/relay.h"
#include "core/words.h"

enum {
    BARE_REPLY_MS = 12 * 3600 * 1000, /* a reply without a mark looks back this far */
    CHOICES_MAX = 16,                 /* threads looked at for a text without a mark */
    CHOICES_SHOWN = 5,
};

static struct span claim_key(const struct context *c)
{
    return span_of(arena_printf(c->facts->arena, "m:%.*s", SPAN_ARG(c->event->sid)));
}

static struct message inbound(const struct context *c, enum message_kind kind, enum origin origin)
{
    const struct event *e = c->event;
    struct message m = {
        .id = e->id,
        .tenant = e->tenant,
        .direction = DIRECTION_IN,
        .origin = origin,
        .kind = kind,
        .body = e->body,
        .media = e->media,
        .at_ms = c->facts->now_ms,
    };

    CONTEXT_SET(m.sid, e->sid);
    CONTEXT_SET(m.from, e->from);
    CONTEXT_SET(m.to, e->to);
    CONTEXT_SET(m.job, e->job);
    return m;
}

static struct words_about about(const struct thread *t, const char *tag)
{
    return (struct words_about){
        .customer = party_words(span_of(t->customer)), .job = span_of(t->job), .tag = span_of(tag)};
}

/* ---- customers ---- */

static struct span with_media(const struct context *c, struct span words)
{
    const struct span media = c->event->media;

    if (!media.size)
        return words;
    return span_of(arena_printf(c->facts->arena, "%.*s%s%.*s", SPAN_ARG(words),
                                words.size ? "\n" : "", SPAN_ARG(media)));
}

static enum err from_customer(const struct context *c)
{
    const struct event *e = c->event;
    struct thread *t = facts_thread(c->facts, e->tenant, e->to, party_key(e->from));

    if (c->facts->short_of)
        return ERR_BUSY;
    struct relay_news news = {
        .line = roster_line(c->roster, e->to),
        .thread = t,
        .kind = RELAY_TEXT,
        .customer = e->from,
        .job = e->job,
        .body = with_media(c, e->body),
        .message = e->id,
    };
    if (!relay_prepare(c, &news))
        return ERR_BUSY;

    news.thread = t = context_thread(c, t, e->to, e->from, e->job);
    struct message m = inbound(c, MESSAGE_INBOUND, ORIGIN_CUSTOMER);
    m.thread = t->id;
    CONTEXT_SET(m.customer, e->from);
    CONTEXT_SET(m.job, span_of(t->job));
    struct message *row = facts_add_message(c->facts, &m);
    row->relay = relay_raise(c, &news)->id;
    context_log(c, "text.received", t->id, e->id, NULL, "");
    return ERR_NONE;
}

/* ---- operators ---- */

/* He is told of the thread now: a reply without a mark looks at that. */
static void mark(const struct context *c, const char *operator_id, const struct inbox_target *at)
{
    struct tag tag = {.tenant = c->event->tenant, .thread = at->thread->id};

    tag.sent_ms = c->facts->now_ms;
    CONTEXT_SET(tag.operator_id, span_of(operator_id));
    memcpy(tag.tag, at->tag, TAG_SIZE);
    facts_put_tag(c->facts, &tag);
}

/* Words to the operator who wrote, about a thread or about none. */
static void tell(const struct context *c, int operator_index, const struct inbox_target *at,
                 struct span words)
{
    const struct roster_operator *o = &c->roster->operators[operator_index];
    const struct thread *t = at ? at->thread : NULL;
    char line[LIMIT_NUMBER_SIZE];

    CONTEXT_SET(line, t ? span_of(t->line) : c->event->to);
    const struct outgoing text = {
        .kind = MESSAGE_NOTICE,
        .class = OUTBOX_NORMAL,
        .line = line,
        .to = o->phone,
        .operator_id = o->id,
        .body = words,
        .origin = ORIGIN_SYSTEM,
        .thread = t ? t->id : 0,
        .customer = t ? t->customer : NULL,
    };
    outgoing_text(c, &text);
    if (t)
        mark(c, o->id, at);
}

bool inbox_pick(const struct context *c, const struct tag *tag, struct inbox_target *out)
{
    struct thread *t = facts_thread_by_id(c->facts, c->event->tenant, tag->thread);
    struct relay *r = t && t->relay ? facts_relay(c->facts, c->event->tenant, t->relay) : NULL;

    if (c->facts->short_of || !t)
        return false;
    out->thread = t;
    out->relay = r;
    memcpy(out->tag, tag->tag, TAG_SIZE);
    return true;
}

const struct tag *inbox_find_tag(const struct desk *desk, const char *tag)
{
    for (size_t i = 0; desk && i < desk->count; i++)
        if (strcmp(desk->tags[i].tag, tag) == 0)
            return &desk->tags[i];
    return NULL;
}

/* Without a mark: the threads that were sent to him lately, or of those the ones that wait. */
static void look_back(const struct context *c, const struct desk *desk, bool waiting,
                      struct inbox_target *out)
{
    const int64_t since_ms = c->facts->now_ms - BARE_REPLY_MS;
    struct buf list = buf_in(c->facts->arena, 1024);
    struct inbox_target found = {0};
    size_t looked = 0;

    for (size_t i = 0; desk && i < desk->count && looked < CHOICES_MAX; i++) {
        if (desk->tags[i].sent_ms < since_ms)
            continue;
        looked++;
        struct inbox_target one = {0};
        if (!inbox_pick(c, &desk->tags[i], &one) ||
            (waiting && !(one.relay && relay_waits(one.relay))))
            continue;
        found.choices++;
        if (found.choices == 1) {
            out->thread = one.thread;
            out->relay = one.relay;
            memcpy(out->tag, one.tag, TAG_SIZE);
        }
        if (found.choices <= CHOICES_SHOWN) {
            const struct span who = party_words(span_of(one.thread->customer));
            buf_printf(&list, "%s%s %.*s", list.size ? ", " : "", one.tag, SPAN_ARG(who));
        }
    }
    out->choices = found.choices;
    out->list = buf_span(&list);
}

static void note_inbound(const struct context *c, int operator_index, const struct inbox_target *at)
{
    struct message m = inbound(c, MESSAGE_COMMAND, ORIGIN_OPERATOR);

    CONTEXT_SET(m.operator_id, span_of(c->roster->operators[operator_index].id));
    if (at && at->thread) {
        m.thread = at->thread->id;
        m.relay = at->thread->relay;
        CONTEXT_SET(m.customer, span_of(at->thread->customer));
        CONTEXT_SET(m.job, span_of(at->thread->job));
    }
    facts_add_message(c->facts, &m);
}

static void acknowledge(const struct context *c, int operator_index, struct inbox_target *at)
{
    struct words_about w = about(at->thread, at->tag);

    if (!at->relay)
        return;
    if (at->relay->state == RELAY_TAKEN &&
        strcmp(at->relay->acked_by, c->roster->operators[operator_index].id) != 0) {
        w.name = at->relay->acked_by[0] ? span_of(context_name(c, at->relay->acked_by))
                                        : SPAN("the office");
        tell(c, operator_index, at, words_taken(c->facts->arena, &w));
        return;
    }
    relay_apply(c, at->relay, RELAY_ACKED, operator_index);
    tell(c, operator_index, at, words_yours(c->facts->arena, &w));
}

static void pass(const struct context *c, int operator_index, struct inbox_target *at)
{
    struct relay *r = at->relay;

    if (r && relay_is_with(c, r, operator_index)) {
        relay_apply(c, r, RELAY_PASSED, operator_index);
        return;
    }
    struct words_about w = about(at->thread, at->tag);
    w.name = r && r->acked_by[0] ? span_of(context_name(c, r->acked_by)) : SPAN("the next");
    tell(c, operator_index, at, words_taken(c->facts->arena, &w));
}

/* Sends his words to the customer; a reply acknowledges what waits. Returns the message's id,
 * 0 when the customer cannot be texted. */
int64_t inbox_send_reply(const struct context *c, int operator_index, struct thread *t,
                         struct relay *r, struct span words)
{
    const char *id = operator_index >= 0 ? c->roster->operators[operator_index].id : NULL;

    if (!party_is_number(span_of(t->customer)))
        return 0;
    const struct outgoing text = {
        .kind = MESSAGE_REPLY,
        .class = OUTBOX_NORMAL,
        .line = t->line,
        .to = t->customer,
        .operator_id = id,
        .body = words,
        .origin = c->event->kind == EVENT_TEXT ? ORIGIN_OPERATOR : c->event->origin,
        .thread = t->id,
        .relay = r ? r->id : 0,
        .customer = t->customer,
        .job = t->job,
    };
    const int64_t message = outgoing_text(c, &text);
    context_log(c, "text.replied", t->id, message, id, "");
    t->last_ms = c->facts->now_ms;
    facts_touch(c->facts, FACT_THREAD, t);
    if (r && relay_waits(r))
        relay_apply(c, r, RELAY_ACKED, operator_index);
    return message;
}

static void act_on(const struct context *c, int operator_index, struct inbox_target *at,
                   const struct command_text *text)
{
    struct words_about w = about(at->thread, at->tag);

    switch (text->command) {
    case COMMAND_OK:
    case COMMAND_OK_ALL:
        acknowledge(c, operator_index, at);
        return;
    case COMMAND_NEXT:
        pass(c, operator_index, at);
        return;
    case COMMAND_RESERVED:
    case COMMAND_UNKNOWN:
        tell(c, operator_index, at, words_not_a_command(c->facts->arena, text->words));
        return;
    case COMMAND_NONE:
        if (text->words.size == 0 && !c->event->media.size)
            acknowledge(c, operator_index, at); /* the mark alone */
        else if (!inbox_send_reply(c, operator_index, at->thread, at->relay,
                                   with_media(c, text->words)))
            tell(c, operator_index, at, words_cannot_text(c->facts->arena, &w));
        return;
    case COMMANDS:
        return;
    }
}

bool inbox_gather(const struct context *c, const struct inbox_target *at, bool pass_on)
{
    return !at->relay || relay_gather(c, at->relay, pass_on);
}

static enum err with_tag(const struct context *c, int operator_index, const struct desk *desk,
                         const struct command_text *text)
{
    const struct tag *tag = inbox_find_tag(desk, text->tag);
    struct inbox_target at = {0};

    if (tag && !inbox_pick(c, tag, &at) && c->facts->short_of)
        return ERR_BUSY;
    if (!inbox_gather(c, &at, text->command == COMMAND_NEXT))
        return ERR_BUSY;
    note_inbound(c, operator_index, &at);
    if (at.thread) {
        act_on(c, operator_index, &at, text);
    } else {
        const struct words_about w = {.tag = span_of(text->tag)};
        tell(c, operator_index, NULL, words_unknown_tag(c->facts->arena, &w));
        context_log(c, "text.unknown-tag", 0, c->event->id, c->roster->operators[operator_index].id,
                    "");
    }
    return ERR_NONE;
}

/* `ok all`: every one of the threads that wait for him. */
static enum err take_all(const struct context *c, int operator_index, const struct desk *desk)
{
    struct inbox_target found[CHOICES_MAX];
    size_t count = 0;

    for (size_t i = 0; desk && i < desk->count && count < CHOICES_MAX; i++) {
        struct inbox_target one = {0};
        if (desk->tags[i].sent_ms < c->facts->now_ms - BARE_REPLY_MS)
            continue;
        if (inbox_pick(c, &desk->tags[i], &one) && one.relay && relay_waits(one.relay) &&
            inbox_gather(c, &one, false))
            found[count++] = one;
    }
    if (c->facts->short_of)
        return ERR_BUSY;
    note_inbound(c, operator_index, NULL);
    for (size_t i = 0; i < count; i++)
        acknowledge(c, operator_index, &found[i]);
    if (count == 0)
        tell(c, operator_index, NULL, words_nobody_wrote(c->facts->arena));
    return ERR_NONE;
}

static enum err without_tag(const struct context *c, int operator_index, const struct desk *desk,
                            const struct command_text *text)
{
    struct inbox_target at = {0};
    struct command_text as = *text;

    if (text->command == COMMAND_OK_ALL)
        return take_all(c, operator_index, desk);
    if (text->command == COMMAND_OK)
        look_back(c, desk, true, &at);
    if (at.choices == 0) { /* a reply; an "ok" that nothing waits for is one too */
        look_back(c, desk, false, &at);
        as.command = text->command == COMMAND_OK ? COMMAND_NONE : text->command;
    }
    if (c->facts->short_of || (at.choices == 1 && !inbox_gather(c, &at, false)))
        return ERR_BUSY;
    note_inbound(c, operator_index, at.choices == 1 ? &at : NULL);
    if (as.command == COMMAND_UNKNOWN)
        tell(c, operator_index, NULL, words_not_a_command(c->facts->arena, as.words));
    else if (as.command == COMMAND_RESERVED) /* the carrier has answered it */
        context_alarm(c, "operator.reserved-word", 0, c->event->id,
                      c->roster->operators[operator_index].id);
    else if (at.choices == 0)
        tell(c, operator_index, NULL, words_nobody_wrote(c->facts->arena));
    else if (at.choices > 1 || as.command == COMMAND_NEXT) /* passing on needs the mark */
        tell(c, operator_index, NULL, words_which(c->facts->arena, at.list));
    else
        act_on(c, operator_index, &at, &as);
    return ERR_NONE;
}

static enum err from_operator(const struct context *c, int operator_index)
{
    const char *id = c->roster->operators[operator_index].id;
    const struct desk *desk = facts_desk(c->facts, c->event->tenant, span_of(id));
    const struct command_text text = command_read(c->event->body);

    if (c->facts->short_of)
        return ERR_BUSY;
    return text.has_tag ? with_tag(c, operator_index, desk, &text)
                        : without_tag(c, operator_index, desk, &text);
}

/* A text from one of our own lines would go round for ever: it is kept, and goes nowhere. */
static void hold_back(const struct context *c)
{
    const struct message m = inbound(c, MESSAGE_INBOUND, ORIGIN_SYSTEM);

    facts_add_message(c->facts, &m);
    context_log(c, "text.held-back", 0, c->event->id, NULL, "from one of our own lines");
}

enum err inbox_text(const struct context *c)
{
    const struct event *e = c->event;
    const struct span key = claim_key(c);
    const bool repeated = facts_is_claimed(c->facts, e->tenant, key);
    enum err err = ERR_NONE;

    c->answer->kind = ANSWER_NOTHING;
    if (c->facts->short_of)
        return ERR_BUSY;
    if (repeated)
        return ERR_NONE;
    const int operator_index = roster_operator_by_phone(c->roster, e->from);
    if (roster_line(c->roster, e->from))
        hold_back(c);
    else
        err = operator_index >= 0 ? from_operator(c, operator_index) : from_customer(c);
    if (!err)
        facts_claim(c->facts, e->tenant, key, e->id);
    return err;
}

enum err inbox_stray(const struct context *c)
{
    const struct event *e = c->event;
    const struct span key = claim_key(c);
    const bool repeated = facts_is_claimed(c->facts, 0, key);
    const bool is_text = !e->is_call;

    c->answer->kind = is_text ? ANSWER_NOTHING : ANSWER_SAY;
    c->answer->words = SPAN("This number is not in service. Goodbye.");
    if (c->facts->short_of)
        return ERR_BUSY;
    if (repeated)
        return ERR_NONE;
    facts_claim(c->facts, 0, key, e->id);
    struct message m = inbound(c, MESSAGE_INBOUND, ORIGIN_CUSTOMER);
    m.tenant = 0;
    CONTEXT_SET(m.customer, e->from);
    if (is_text)
        facts_add_message(c->facts, &m);
    context_alarm(c, is_text ? "text.stray" : "call.stray", 0, e->id,
                  "for a number that is on no roster");
    return ERR_NONE;
}
