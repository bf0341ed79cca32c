#include "model_carrier.h"

#include <stdio.h>
#include <string.h>

#include "model_phones.h"
#include "relay/consent.h"
#include "rules/retry.h"

enum { LIST_LATE_MS = 30000, LIST_EARLY_MS = 5000 };

static struct span new_sid(struct world *w, const char *kind)
{
    return span_of(arena_printf(w->scene.store.arena, "%s%u", kind, ++w->sids));
}

static int64_t soon(struct world *w, int most_ms)
{
    return w->scene.now_ms + scene_roll(&w->scene, most_ms);
}

/* Most things happen within seconds, some much later. */
static int64_t some_time(struct world *w)
{
    const int how = scene_roll(&w->scene, 20);

    return soon(w, how < 16 ? 4 * S : how < 19 ? 2 * MIN : HOUR);
}

/* ---- requests ---- */

static void answer(struct world *w, struct sending *s, enum sent sent, int32_t code, int64_t at_ms)
{
    struct event e = {.kind = EVENT_SENT,
                      .message = s->message,
                      .sent = sent,
                      .fence = s->fence,
                      .error_code = code};

    if (sent == SENT_ACCEPTED)
        e.sid = span_of(s->sid);
    if (sent == SENT_UNSURE)
        s->unsure_ms = at_ms;
    world_plan(w, at_ms, ITEM_RESULT, world_event(w, e));
}

static struct sending *last_of(const struct world *w, int64_t message, const struct sending *but)
{
    for (struct sending *s = w->sendings; s; s = s->next)
        if (s->message == message && s != but)
            return s;
    return NULL;
}

struct sending *carrier_last_of(const struct world *w, int64_t message)
{
    return last_of(w, message, NULL);
}

/* Once more only when nothing was sent before, or nobody has known for a minute whether it was. */
static void check_again(const struct world *w, const struct sending *s)
{
    const struct sending *was = last_of(w, s->message, s);
    const struct message *m = model_store_get(&w->scene.store, FACT_MESSAGE, s->message);

    if (!was || !was->unsure_ms)
        return;
    MUST(w->scene.now_ms - was->unsure_ms >= 60 * S, "sent again %lld ms after it became unsure",
         (long long)(w->scene.now_ms - was->unsure_ms));
    MUST(m->duplicate, "sent again while unsure, and not marked");
    MUST(!was->is_shown || w->hides_bodies, "sent again though the carrier's list showed it");
}

static void check_person(const struct world *w, const struct sending *s, const struct message *m)
{
    const int person = world_person(s->to);
    const bool to_customer = m->kind == MESSAGE_REPLY || m->kind == MESSAGE_CUSTOMER;

    MUST(person >= 0 && strcmp(m->to, s->to) == 0 && strcmp(m->from, s->from) == 0,
         "the row's numbers are not its message's");
    MUST(to_customer == (person >= OPERATORS), "a %s to %s", message_kind_name(m->kind),
         world_name(person));
    if (!to_customer)
        return;
    const struct thread *t = model_store_get(&w->scene.store, FACT_THREAD, m->thread);
    MUST(t && strcmp(t->customer, m->to) == 0 && strcmp(t->line, m->from) == 0,
         "a %s leaves its thread", message_kind_name(m->kind));
}

void carrier_send(struct world *w, const struct outbox *o, enum carrier_way way)
{
    static const int32_t refusals[] = {21211, 20429, 21611, 30006};
    struct sending *s = ARENA_NEW(w->scene.store.arena, struct sending);
    const int person = world_person(o->to), line = world_line_of(o->from);

    s->message = o->id;
    s->fence = o->fence;
    s->kind = o->kind;
    memcpy(s->from, o->from, sizeof s->from);
    memcpy(s->to, o->to, sizeof s->to);
    s->body = o->body;
    s->sent_ms = w->scene.now_ms;
    s->letter = phones_of(w, o->id);
    (void)snprintf(s->sid, sizeof s->sid, "SMout%u", ++w->sids);
    s->next = w->sendings;
    w->sendings = s;
    check_person(w, s, model_store_get(&w->scene.store, FACT_MESSAGE, o->id));
    check_again(w, s);
    if (way == CARRIER_LOST)
        return;
    if (way == CARRIER_REFUSED) {
        answer(w, s, SENT_REFUSED, RETRY_OPTED_OUT, w->scene.now_ms + 1);
        return;
    }
    MUST(s->kind == OUTBOX_CALL || !w->out[person][line], "a text to %s, who has opted out",
         world_name(person));
    const int fate = w->is_quiet ? 0 : scene_roll(&w->scene, 100);
    if (fate < 76) {
        s->answers = true;
        world_plan(w, soon(w, S), ITEM_TAKE, s);
    } else if (fate < 82) {
        answer(w, s, SENT_RETRY, 0, soon(w, 5 * S));
    } else if (fate < 85) {
        answer(w, s, SENT_REFUSED, refusals[scene_roll(&w->scene, 4)], soon(w, S));
    } else {
        answer(w, s, SENT_UNSURE, 0, soon(w, 27 * S));
        if (fate < 94)
            world_plan(w, soon(w, 20 * S), ITEM_TAKE, s);
    }
}

/* ---- receipts ---- */

static void receipt(struct world *w, const struct sending *s, enum delivery d, int64_t at_ms)
{
    const bool failed = d == DELIVERY_FAILED || d == DELIVERY_UNDELIVERED;
    const struct event e = {.kind = EVENT_RECEIPT,
                            .message = s->message,
                            .sid = span_of(s->sid),
                            .delivery = d,
                            .error_code = failed ? s->error_code : 0};

    if (scene_chance(&w->scene, 4)) /* never comes */
        return;
    const struct event *kept = world_event(w, e);
    world_plan(w, at_ms, ITEM_EVENT, (void *)kept);
    if (scene_chance(&w->scene, 6)) /* comes twice */
        world_plan(w, at_ms + scene_roll(&w->scene, 5 * MIN), ITEM_EVENT, (void *)kept);
}

static void choose_end(struct world *w, struct sending *s)
{
    static const int32_t codes[] = {30003, 30005, 30006, 30007, 30008, 30017, 30410};

    s->final = DELIVERY_DELIVERED;
    if (w->is_quiet || scene_chance(&w->scene, 82))
        return;
    s->final = scene_chance(&w->scene, 70) ? DELIVERY_UNDELIVERED : DELIVERY_FAILED;
    s->error_code = codes[scene_roll(&w->scene, 7)];
}

static void take_text(struct world *w, struct sending *s)
{
    choose_end(w, s);
    const int64_t at_ms = s->final == DELIVERY_DELIVERED ? some_time(w) : soon(w, 30 * S);
    if (s->final == DELIVERY_DELIVERED ||
        (retry_may_double(s->error_code) && scene_chance(&w->scene, 50)))
        world_plan(w, at_ms, ITEM_SHOW, s);
    if (scene_chance(&w->scene, 50))
        receipt(w, s, DELIVERY_SENT, soon(w, 3 * S)); /* also after the last one */
    receipt(w, s, s->final, at_ms + scene_roll(&w->scene, 3 * S));
    s->delivery = scene_chance(&w->scene, 50) ? DELIVERY_ACCEPTED : DELIVERY_SENT;
}

/* ---- calls that read a text out ---- */

static void call_says(struct world *w, const struct sending *s, const char *status, int64_t at_ms)
{
    const struct event e = {.kind = EVENT_CALL_STATUS,
                            .message = s->message,
                            .sid = span_of(s->sid),
                            .call_status = span_of(status),
                            .attempt = -1};

    world_plan(w, at_ms, ITEM_EVENT, world_event(w, e));
}

static void hear(struct world *w, const struct sending *s, int64_t at_ms)
{
    static const char *const keys[] = {"1", "2", "9", ""};
    const struct event e = {.kind = EVENT_HEARD,
                            .message = s->message,
                            .sid = span_of(s->sid),
                            .digits = span_of(keys[w->is_quiet ? 3 : scene_roll(&w->scene, 4)]),
                            .attempt = scene_roll(&w->scene, 2)};

    world_plan(w, at_ms, ITEM_EVENT, world_event(w, e));
}

static void take_call(struct world *w, struct sending *s)
{
    static const char *const ends[] = {"busy", "no-answer", "failed", "canceled"};
    const int64_t rung_ms = w->scene.now_ms + 5 * S + scene_roll(&w->scene, 20 * S);

    s->delivery = DELIVERY_ACCEPTED;
    call_says(w, s, "ringing", soon(w, 5 * S));
    if (scene_chance(&w->scene, 60)) {
        call_says(w, s, "in-progress", rung_ms);
        hear(w, s, rung_ms + scene_roll(&w->scene, 40 * S));
        call_says(w, s, "completed", rung_ms + scene_roll(&w->scene, 60 * S));
    } else {
        call_says(w, s, ends[scene_roll(&w->scene, 4)], rung_ms);
    }
}

void carrier_take(struct world *w, struct sending *s)
{
    const int person = world_person(s->to), line = world_line_of(s->from);

    if (s->kind == OUTBOX_TEXT && w->carrier_out[person][line]) {
        if (s->answers)
            answer(w, s, SENT_REFUSED, RETRY_OPTED_OUT, soon(w, S));
        return;
    }
    s->taken_ms = w->scene.now_ms;
    s->listed_ms =
        w->scene.now_ms + (scene_chance(&w->scene, 97) ? scene_roll(&w->scene, 3 * S) : 2 * MIN);
    scene_say(&w->scene, "the carrier takes %s for %s: %.*s", s->sid, world_name(person),
              SPAN_ARG(s->body));
    if (s->kind == OUTBOX_TEXT)
        take_text(w, s);
    else
        take_call(w, s);
    if (s->answers)
        answer(w, s, SENT_ACCEPTED, 0,
               some_time(w) < w->scene.now_ms + 27 * S ? soon(w, 27 * S) : soon(w, S));
}

/* ---- phones ---- */

/* Words that can reach a person once alone, unless they were written twice. */
static bool is_single(const struct world *w, const struct letter *l)
{
    for (int i = 0; i < l->serial_count; i++)
        if (w->texts[l->serials[i]].said_again)
            return false;
    return l->serial_count > 0;
}

static void check_once(const struct world *w, const struct letter *l)
{
    const struct message *m = model_store_get(&w->scene.store, FACT_MESSAGE, l->message);

    if (l->kind != MESSAGE_FORWARD && l->kind != MESSAGE_REPLY)
        return;
    MUST(!l->seen_ms || m->duplicate, "%s got the same message twice, unmarked",
         world_name(l->person));
    for (const struct letter *o = w->letters[l->person]; o; o = o->next) {
        if (o == l || !o->seen_ms || o->print != l->print || o->kind != l->kind ||
            o->line != l->line || !is_single(w, l))
            continue;
        const struct message *other = model_store_get(&w->scene.store, FACT_MESSAGE, o->message);
        MUST(m->duplicate || other->duplicate, "%s got the same words twice, unmarked: %.*s",
             world_name(l->person), SPAN_ARG(l->words));
    }
}

void carrier_show(struct world *w, struct sending *s)
{
    struct letter *l = s->letter;

    check_once(w, l);
    if (!l->seen_ms)
        l->seen_ms = w->scene.now_ms;
    if (s->final == DELIVERY_DELIVERED)
        s->delivery = DELIVERY_DELIVERED;
    scene_say(&w->scene, "%s sees: %.*s", world_name(l->person), SPAN_ARG(l->words));
}

/* ---- the list ---- */

static bool is_listed(const struct world *w, const struct sending *asked, const struct sending *s)
{
    const int64_t until_ms = asked->unsure_ms + LIST_LATE_MS;

    return s->taken_ms && s->listed_ms <= w->scene.now_ms && s->kind == asked->kind &&
           strcmp(s->to, asked->to) == 0 && strcmp(s->from, asked->from) == 0 &&
           s->taken_ms >= asked->sent_ms - LIST_EARLY_MS && s->taken_ms <= until_ms &&
           (w->hides_bodies || s->kind == OUTBOX_CALL || span_is(s->body, asked->body));
}

void carrier_look(struct world *w, struct sending *asked)
{
    struct event e = {.kind = EVENT_LOOKED, .message = asked->message, .fence = asked->look_fence};
    struct found *found = ARENA_NEW_N(w->scene.store.arena, struct found, 16);

    e.looked = scene_chance(&w->scene, 12) ? LOOKED_FAILED : LOOKED_LISTED;
    e.found = found;
    for (struct sending *s = w->sendings; s && e.looked == LOOKED_LISTED && e.found_count < 16;
         s = s->next)
        if (is_listed(w, asked, s)) {
            memmove(found + 1, found, e.found_count * sizeof *found); /* oldest first */
            found[0] = (struct found){span_of(s->sid), s->delivery, 0};
            e.found_count++;
        }
    asked->is_shown |= e.found_count == 1 && span_is_text(found[0].sid, asked->sid);
    scene_say(&w->scene, "the list shows %zu that may be %s", e.found_count, asked->sid);
    world_plan(w, soon(w, 2 * S), ITEM_RESULT, world_event(w, e));
}

/* ---- texts to us ---- */

/* What the carrier itself makes of a person's word. */
static void note_consent(struct world *w, const struct text *t)
{
    const enum opt_out opt = consent_read(t->event);

    if (opt == OPT_OUT_STOP || opt == OPT_OUT_START)
        w->carrier_out[t->person][t->line] = opt == OPT_OUT_STOP;
}

struct text *carrier_write(struct world *w, int person, int line, struct span body,
                           struct span media)
{
    MUST(w->text_count < TEXTS_MAX, "too many texts");
    struct text *t = &w->texts[w->text_count];
    const struct event e = {.kind = EVENT_TEXT,
                            .sid = new_sid(w, "SMin"),
                            .from = span_of(world_phone(person)),
                            .to = span_of(world_line(line)),
                            .body = arena_copy(w->scene.store.arena, body),
                            .media = media,
                            .attempt = -1};

    *t = (struct text){.serial = (int)w->text_count++,
                       .person = person,
                       .line = line,
                       .written_ms = w->scene.now_ms,
                       .question = phones_question(w, person, w->scene.now_ms),
                       .word = "",
                       .went_to = -1};
    t->event = world_event(w, e);
    scene_say(&w->scene, "%s writes to %s: %.*s", world_name(person), world_line(line),
              SPAN_ARG(e.body));
    note_consent(w, t);
    const int64_t at_ms = scene_chance(&w->scene, 92) ? soon(w, S) : soon(w, MIN);
    if (!scene_chance(&w->scene, 3))
        world_plan(w, at_ms, ITEM_EVENT, (void *)t->event);
    else
        world_plan(w, w->scene.now_ms + MIN + scene_roll(&w->scene, MIN), ITEM_EVENT,
                   carrier_late(w, t));
    if (scene_chance(&w->scene, 8))
        world_plan(w, at_ms + scene_roll(&w->scene, 10 * S), ITEM_EVENT, (void *)t->event);
    return t;
}

struct event *carrier_late(struct world *w, const struct text *t)
{
    struct event *e = ARENA_NEW(w->scene.store.arena, struct event);

    *e = *t->event;
    e->late = true;
    e->at_ms = t->written_ms;
    return e;
}
