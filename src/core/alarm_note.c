#include "core/alarm_note.h"

#include "desk/shift.h"
#include "relay/outgoing.h"
#include "rules/words.h"

static const int64_t pointless_ms = 3600 * 1000;

struct span alarm_note_key(struct arena *arena, int64_t alarm, struct span way)
{
    return span_of(arena_printf(arena, "alarm:%lld:%.*s", (long long)alarm, SPAN_ARG(way)));
}

static void record(const struct context *c, const char *operator_id)
{
    const struct event *e = c->event;
    const char *to = e->name.size ? arena_printf(c->facts->arena, "by %.*s: %.*s", SPAN_ARG(e->by),
                                                 SPAN_ARG(e->name))
                                  : arena_printf(c->facts->arena, "by %.*s", SPAN_ARG(e->by));

    context_log(c, e->failed ? "alarm.not-told" : "alarm.told", 0, e->message, operator_id, to);
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
                         .body = c->event->body,
                         .origin = ORIGIN_SYSTEM,
                         .expires_ms = c->facts->now_ms + pointless_ms,
                         .again = true,
                     });
}

static void call(const struct context *c, int who)
{
    const struct words_about a = {.business = span_of(c->roster->name), .body = c->event->body};
    struct message m = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = c->event->tenant,
        .direction = DIRECTION_OUT,
        .origin = ORIGIN_SYSTEM,
        .kind = MESSAGE_SPOKEN,
        .delivery = DELIVERY_QUEUED,
        .body = words_spoken(c->facts->arena, WORDS_SPOKEN_ALARM, &a),
        .at_ms = c->facts->now_ms,
    };

    CONTEXT_SET(m.from, span_of(shift_line(c, who)->number));
    CONTEXT_SET(m.to, span_of(c->roster->operators[who].phone));
    CONTEXT_SET(m.operator_id, span_of(c->roster->operators[who].id));
    outgoing_call(c, &m, c->facts->now_ms + pointless_ms, true);
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
    const struct words_about nobody = {0};

    if (has_heard)
        context_log(c, "alarm.heard", 0, m->id, m->operator_id, "");
    if (!has_heard && c->event->attempt < 1) {
        c->answer->kind = ANSWER_READ;
        c->answer->id = m->id;
        c->answer->words = words_spoken(c->facts->arena, WORDS_SPOKEN_ALARM_AGAIN, &nobody);
        return;
    }
    c->answer->kind = ANSWER_SAY;
    c->answer->words = words_spoken(
        c->facts->arena, has_heard ? WORDS_SPOKEN_ALARM_HEARD : WORDS_SPOKEN_GOODBYE, &nobody);
}
