#include "core/alarm_note.h"

#include "desk/shift.h"
#include "model/alarm_kind.h"
#include "relay/outgoing.h"

enum { CALLS = 3 }; /* to each person, until somebody has said that he heard it */
static const int64_t pointless_ms = 3600 * 1000;
static const int64_t call_again_ms = 2 * 60 * 1000;

struct span alarm_note_key(struct arena *arena, int64_t alarm, struct span way)
{
    return span_of(arena_printf(arena, "alarm:%lld:%.*s", (long long)alarm, SPAN_ARG(way)));
}

static void record(const struct context *c, const char *operator_id)
{
    const struct event *e = c->event;
    const char *to = arena_printf(c->facts->arena, "by %.*s", SPAN_ARG(e->by));

    context_log(c, e->failed ? "alarm.not-told" : "alarm.told", 0, e->message, operator_id, to);
}

static const char *language_of(const struct context *c, int who)
{
    return alarm_kind_language(span_of(who < 0 ? "" : c->roster->operators[who].language));
}

/* For who reads it, in his language. */
static struct span words_for(const struct context *c, int who)
{
    const struct event *e = c->event;
    const struct alarm_kind_about about = {
        .kind = arena_text(c->facts->arena, e->name),
        .whose = e->from,
        .detail = e->speech,
        .board = e->to,
        .more = e->round,
    };

    return alarm_kind_text(c->facts->arena, language_of(c, who), &about);
}

static void text(const struct context *c, int who)
{
    const struct roster_operator *o = &c->roster->operators[who];

    outgoing_text(c, &(struct outgoing){
                         .kind = MESSAGE_NOTICE,
                         .class = OUTBOX_URGENT,
                         .line = shift_line(c, who)->number,
                         .to = o->phone,
                         .operator_id = o->id,
                         .body = words_for(c, who),
                         .origin = ORIGIN_SYSTEM,
                         .expires_ms = c->facts->now_ms + pointless_ms,
                         .again = true,
                     });
}

/* ---- what is known of calls ---- */

/* The alarm that a message reads out; claimed with the alarm's id. */
static struct span key_call(const struct context *c, int64_t message)
{
    return span_of(arena_printf(c->facts->arena, "alarm-call:%lld", (long long)message));
}

static struct span key_over(const struct context *c, int64_t message)
{
    return span_of(arena_printf(c->facts->arena, "alarm-over:%lld", (long long)message));
}

static struct span key_heard(const struct context *c, int64_t alarm)
{
    return span_of(arena_printf(c->facts->arena, "alarm-heard:%lld", (long long)alarm));
}

/* The nth call to somebody, claimed with its message's id; the one after the last says that he does
 * not answer. */
static struct span key_again(const struct context *c, int64_t alarm, const char *operator_id, int n)
{
    return span_of(
        arena_printf(c->facts->arena, "alarm-again:%lld:%s:%d", (long long)alarm, operator_id, n));
}

static bool is_claimed(const struct context *c, struct span key)
{
    return facts_is_claimed(c->facts, c->event->tenant, key);
}

/* 0: it reads out none. */
static int64_t alarm_of(const struct context *c, const struct message *m)
{
    if (m->relay || m->kind != MESSAGE_SPOKEN)
        return 0;
    return facts_claimed_by(c->facts, c->event->tenant, key_call(c, m->id));
}

static const char *voice_at(const struct context *c, int i)
{
    return c->roster->operators[c->roster->alarms.voice[i]].id;
}

bool alarm_note_gather(const struct context *c, const struct message *m)
{
    const int64_t alarm = alarm_of(c, m);

    if (!alarm)
        return !c->facts->short_of;
    (void)is_claimed(c, key_over(c, m->id));
    (void)is_claimed(c, key_heard(c, alarm));
    for (int n = 2; n <= CALLS + 1; n++) {
        (void)is_claimed(c, key_again(c, alarm, m->operator_id, n));
        for (int i = 0; i < c->roster->alarms.voice_count; i++) {
            const int64_t next = facts_claimed_by(c->facts, c->event->tenant,
                                                  key_again(c, alarm, voice_at(c, i), n));
            if (next)
                (void)facts_outbox(c->facts, c->event->tenant, next);
        }
    }
    return !c->facts->short_of;
}

/* ---- calling ---- */

static int64_t call_with(const struct context *c, int who, struct span body, int64_t alarm,
                         int64_t wait_ms)
{
    struct message m = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = c->event->tenant,
        .direction = DIRECTION_OUT,
        .origin = ORIGIN_SYSTEM,
        .kind = MESSAGE_SPOKEN,
        .delivery = DELIVERY_QUEUED,
        .body = body,
        .at_ms = c->facts->now_ms,
    };

    CONTEXT_SET(m.from, span_of(shift_line(c, who)->number));
    CONTEXT_SET(m.to, span_of(c->roster->operators[who].phone));
    CONTEXT_SET(m.operator_id, span_of(c->roster->operators[who].id));
    outgoing_call(c, &m, c->facts->now_ms + pointless_ms, true);
    struct outbox *o = facts_outbox(c->facts, m.tenant, m.id);
    o->due_ms += wait_ms;
    o->media = span_of(alarm_kind_tongue(language_of(c, who)));
    facts_claim(c->facts, m.tenant, key_call(c, m.id), alarm);
    return m.id;
}

static void call(const struct context *c, int who)
{
    const struct event *e = c->event;
    const struct alarm_kind_about about = {
        .kind = arena_text(c->facts->arena, e->name),
        .whose = span_of(c->roster->name),
        .more = e->round,
    };

    call_with(c, who, alarm_kind_spoken(c->facts->arena, language_of(c, who), &about), e->message,
              0);
}

/* All were called as often as they are, and nobody has pressed the key: it goes other ways
 * (alarm/alarm_way.h). */
static void give_up_calling(const struct context *c, int64_t alarm)
{
    for (int i = 0; i < c->roster->alarms.voice_count; i++)
        if (!is_claimed(c, key_again(c, alarm, voice_at(c, i), CALLS + 1)))
            return;
    context_alarm(
        c, "alarm.not-heard", 0, alarm,
        arena_printf(c->facts->arena, "each was called %d times, and nobody pressed 1", CALLS));
}

void alarm_note_over(const struct context *c, const struct message *m)
{
    const int64_t alarm = alarm_of(c, m);
    const int who = context_operator(c, m->operator_id);
    int n = 2;

    if (!alarm || is_claimed(c, key_heard(c, alarm)) || is_claimed(c, key_over(c, m->id)))
        return;
    facts_claim(c->facts, m->tenant, key_over(c, m->id), c->event->id);
    while (n <= CALLS && is_claimed(c, key_again(c, alarm, m->operator_id, n)))
        n++;
    if (n > CALLS || who < 0) {
        const struct span last = key_again(c, alarm, m->operator_id, CALLS + 1);
        if (!is_claimed(c, last))
            facts_claim(c->facts, m->tenant, last, 0);
        give_up_calling(c, alarm);
        return;
    }
    facts_claim(c->facts, m->tenant, key_again(c, alarm, m->operator_id, n),
                call_with(c, who, m->body, alarm, call_again_ms));
}

/* Calls that wait for their time are not made any more. */
static void call_off(const struct context *c, int64_t alarm)
{
    for (int i = 0; i < c->roster->alarms.voice_count; i++)
        for (int n = 2; n <= CALLS; n++) {
            const int64_t next = facts_claimed_by(c->facts, c->event->tenant,
                                                  key_again(c, alarm, voice_at(c, i), n));
            struct outbox *o = next ? facts_outbox(c->facts, c->event->tenant, next) : NULL;
            if (!o || o->gone || o->state != OUTBOX_QUEUED)
                continue;
            o->gone = true;
            facts_touch(c->facts, FACT_OUTBOX, o);
        }
}

/* How many were told. */
static int tell_people(const struct context *c, bool by_voice)
{
    const struct roster_alarms *a = &c->roster->alarms;
    const uint16_t *list = by_voice ? a->voice : a->text;
    const int count = by_voice ? a->voice_count : a->text_count;

    if (!c->roster->line_count)
        return 0;
    for (int i = 0; i < count; i++) {
        if (by_voice)
            call(c, list[i]);
        else
            text(c, list[i]);
        record(c, c->roster->operators[list[i]].id);
    }
    return count;
}

static enum err go_its_way(const struct context *c)
{
    const struct event *e = c->event;
    const struct span key = alarm_note_key(c->facts->arena, e->message, e->by);
    const bool is_known = facts_is_claimed(c->facts, e->tenant, key);
    const bool by_voice = span_is_text(e->by, "voice");
    const bool by_people = (by_voice || span_is_text(e->by, "text")) && !e->failed;

    if (c->facts->short_of)
        return ERR_BUSY;
    c->answer->kind = ANSWER_DONE;
    if (is_known)
        return ERR_NONE;
    facts_claim(c->facts, e->tenant, key, e->id);
    if (!by_people)
        record(c, NULL);
    else if (!c->roster || !tell_people(c, by_voice))
        context_log(c, "alarm.not-told", 0, e->message, NULL, "there is nobody, or no line");
    return ERR_NONE;
}

/* Of the host's own: it has no event yet. */
static enum err raise(const struct context *c)
{
    context_alarm(c, arena_text(c->facts->arena, c->event->name), 0, 0,
                  arena_text(c->facts->arena, c->event->body));
    c->answer->kind = ANSWER_DONE;
    return ERR_NONE;
}

enum err alarm_note(const struct context *c)
{
    const struct event *e = c->event;

    return e->message ? go_its_way(c) : raise(c);
}

void alarm_note_heard(const struct context *c, const struct message *m)
{
    const bool has_heard = span_is_text(c->event->digits, "1");
    const char *language = language_of(c, context_operator(c, m->operator_id));
    const int64_t alarm = alarm_of(c, m);

    if (has_heard)
        context_log(c, "alarm.heard", 0, m->id, m->operator_id, "");
    if (has_heard && alarm && !is_claimed(c, key_heard(c, alarm))) {
        facts_claim(c->facts, m->tenant, key_heard(c, alarm), c->event->id);
        call_off(c, alarm);
    }
    c->answer->language = span_of(alarm_kind_tongue(language));
    if (!has_heard && c->event->attempt < 1) {
        c->answer->kind = ANSWER_READ;
        c->answer->id = m->id;
        c->answer->words = span_of(alarm_kind_said(language, ALARM_KIND_ASKED));
        return;
    }
    c->answer->kind = ANSWER_SAY;
    c->answer->words =
        span_of(alarm_kind_said(language, has_heard ? ALARM_KIND_HEARD : ALARM_KIND_UNHEARD));
}
