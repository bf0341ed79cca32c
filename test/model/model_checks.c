#include "model_checks.h"

#include <string.h>

#include "model_carrier.h"
#include "model_moves.h"
#include "model_phones.h"
#include "relay/consent.h"

enum { CLOSED_TEXT_MS = 12 * HOUR, ROOM_BYTES = 600 };

struct text *checks_text(struct world *w, const struct event *e)
{
    for (size_t i = w->text_count; i-- > 0;)
        if (w->texts[i].event->sid.data == e->sid.data)
            return &w->texts[i];
    return NULL;
}

/* ---- texts that are decided ---- */

/* The text whose sender decides where words go: the event's, or the one that a link makes act. */
static struct text *acting_text(struct world *w, const struct event *e)
{
    if (e->kind == EVENT_TEXT)
        return checks_text(w, e);
    if (e->kind != EVENT_LINK)
        return NULL;
    const struct span hash = {(const char *)e->link, LINK_HASH_BYTES};
    const struct store_row *r = model_store_row(&w->scene.store, FACT_LINK, 0, hash);
    const struct link *l = r ? r->data : NULL;
    const struct message *m = l && l->purpose == LINK_TEXT
                                  ? model_store_get(&w->scene.store, FACT_MESSAGE, l->subject)
                                  : NULL;
    for (size_t i = 0; m && i < w->text_count; i++)
        if (span_is_text(w->texts[i].event->sid, m->sid))
            return &w->texts[i];
    return NULL;
}

static void check_words(struct world *w, const struct letter *l, const struct message *m)
{
    for (int i = 0; i < l->serial_count; i++) {
        struct text *t = &w->texts[l->serials[i]];
        MUST(strcmp(world_name(t->person), m->operator_id) == 0,
             "a reply has words that its operator did not write: %.*s", SPAN_ARG(l->words));
        MUST(t->went_to < 0 || t->went_to == l->person, "words went to two customers: %.*s",
             SPAN_ARG(l->words));
        t->went_to = l->person;
    }
}

static void check_reply(struct world *w, const struct event *e, const struct letter *l,
                        const struct message *m)
{
    check_words(w, l, m);
    if (e->kind == EVENT_REPLY)
        return;
    if (e->kind != EVENT_TEXT && e->kind != EVENT_LINK) { /* another one for one that was lost */
        const struct letter *lost = phones_of(w, e->message);
        MUST(lost && lost->kind == MESSAGE_REPLY && lost->person == l->person &&
                 lost->print == l->print,
             "a reply that nobody wrote: %.*s", SPAN_ARG(l->words));
        return;
    }
    struct text *t = acting_text(w, e);
    MUST(t && t->person < OPERATORS && strcmp(world_name(t->person), m->operator_id) == 0,
         "a reply that nobody wrote: %.*s", SPAN_ARG(l->words));
    enum meant meant = phones_meant(w, t, l->person);
    if (meant == MEANT_WRONG && e->kind == EVENT_LINK) {
        struct text now = *t;
        now.written_ms = w->scene.now_ms;
        meant = phones_meant(w, &now, l->person) == MEANT_WRONG ? MEANT_WRONG : MEANT_CROSSED;
    }
    MUST(meant != MEANT_WRONG, "the reply of %s went to %s, whom he did not mean: %.*s",
         world_name(t->person), world_name(l->person), SPAN_ARG(l->words));
    if (meant == MEANT_CROSSED) {
        w->crossed++;
        scene_say(&w->scene, "(it crossed with a text of ours) %s",
                  t->digit    ? "digit"
                  : t->tag[0] ? "tag"
                              : "bare");
    }
}

static void check_closed_text(struct world *w, const struct event *e, const struct letter *l)
{
    int64_t *last_ms = &w->closed_text_ms[l->person - OPERATORS][l->line];

    if (e->message || !memmem(l->words.data, l->words.size, "nobody is on duty", 17))
        return;
    MUST(!*last_ms || w->scene.now_ms - *last_ms >= CLOSED_TEXT_MS,
         "%s hears twice that nobody is there", world_name(l->person));
    *last_ms = w->scene.now_ms;
}

static void decided(struct world *w, const struct event *e, struct facts *f,
                    const struct message *m)
{
    const struct outbox *o = facts_outbox(f, TENANT, m->id);

    MUST(o, "a text without a row that sends it");
    const struct letter *l = phones_letter(w, m, arena_copy(w->scene.store.arena, o->body));
    scene_say(&w->scene, "  decided: %s to %s: %.*s", message_kind_name(l->kind),
              world_name(l->person), SPAN_ARG(l->words));
    if (l->kind == MESSAGE_REPLY)
        check_reply(w, e, l, m);
    if (l->kind == MESSAGE_CUSTOMER)
        check_closed_text(w, e, l);
    for (int i = 0; i < l->serial_count && l->person < OPERATORS; i++)
        w->texts[l->serials[i]].is_told = true;
}

/* ---- receipts ---- */

static bool is_final(const struct message *m)
{
    return m->delivery == DELIVERY_DELIVERED || m->delivery == DELIVERY_UNDELIVERED ||
           (m->delivery == DELIVERY_FAILED && m->sid[0]);
}

/* Nothing goes back from a later state, unless its id turned out to be another's. */
static void check_rank(const struct world *w, const struct message *now)
{
    const struct message *was = model_store_get(&w->scene.store, FACT_MESSAGE, now->id);

    if (!was || was->delivery == now->delivery)
        return;
    MUST(!is_final(was), "%s after %s", delivery_name(now->delivery), delivery_name(was->delivery));
    if (was->delivery == DELIVERY_ACCEPTED || was->delivery == DELIVERY_SENT)
        MUST(now->delivery > was->delivery || strcmp(now->sid, was->sid) != 0, "%s after %s",
             delivery_name(now->delivery), delivery_name(was->delivery));
    if (was->delivery == DELIVERY_UNSURE && now->delivery == DELIVERY_QUEUED)
        MUST(now->duplicate, "unsure, and to be sent again unmarked");
}

static void note_receipt(struct world *w, const struct event *e)
{
    for (struct sending *s = w->sendings; s; s = s->next)
        if (s->message == e->message && span_is_text(e->sid, s->sid) && s->final == e->delivery)
            s->final_told = true;
}

/* ---- after one decision ---- */

static void note_text(struct world *w, const struct event *e)
{
    struct text *t = checks_text(w, e);
    const enum opt_out opt = consent_read(e);

    if (!t || t->is_committed)
        return;
    t->is_committed = true;
    if (opt == OPT_OUT_STOP || opt == OPT_OUT_START)
        w->out[t->person][t->line] = opt == OPT_OUT_STOP;
}

void checks_event(struct world *w, const struct event *e, struct facts *f, struct fact *from)
{
    for (const struct fact *fact = from ? from->next : f->first; fact; fact = fact->next)
        if (fact->kind == FACT_MESSAGE && fact->fresh && !fact->same &&
            fact->message->direction == DIRECTION_OUT)
            decided(w, e, f, fact->message);
    for (const struct fact *fact = f->first; fact; fact = fact->next) {
        if (fact->state != FACT_PRESENT || fact->same || !(fact->fresh || fact->dirty))
            continue;
        if (fact->kind == FACT_MESSAGE)
            check_rank(w, fact->message);
        if (fact->kind == FACT_RELAY)
            moves_check(w, e, f, fact->relay);
    }
    if (e->kind == EVENT_TEXT)
        note_text(w, e);
    if (e->kind == EVENT_RECEIPT)
        note_receipt(w, e);
}

/* ---- after a commit ---- */

/* Else it escalates at once. */
static bool is_with_somebody(const struct relay *r)
{
    for (int i = 0; i < r->plan->count; i++) {
        const struct rung *rung = &r->plan->rungs[i];
        if (rung->step == r->step && (rung->state == RUNG_TOLD || rung->state == RUNG_REACHED))
            return true;
    }
    return false;
}

static size_t check_relays(const struct world *w)
{
    size_t timers = 0;

    for (const struct store_row *row = w->scene.store.first[FACT_RELAY]; row; row = row->next) {
        const struct relay *r = row->data;
        const struct thread *t = model_store_get(&w->scene.store, FACT_THREAD, r->thread);
        const bool runs = r->state == RELAY_OPEN || r->state == RELAY_IDLE;
        MUST(runs == (r->due_ms != 0), "a relay's clock and its state differ");
        MUST(model_store_timers_of(&w->scene.store, TIMER_RELAY, r->id) == (runs ? 1 : 0),
             "a relay's timers and its state differ");
        MUST(!runs || model_store_has_timer(&w->scene.store, TIMER_RELAY, r->id, r->due_ms),
             "a relay's timer is not its clock");
        MUST(r->state != RELAY_OPEN || is_with_somebody(r), "a step that nobody was told of");
        MUST(!runs || t->relay == r->id, "a thread with two open relays");
        MUST(r->state != RELAY_EXHAUSTED || row->flags & STORE_EXHAUSTED,
             "exhausted, and no alarm");
        MUST((r->state == RELAY_TAKEN) == (r->final_status == FINAL_ACKED), "final status");
        timers += runs;
    }
    return timers;
}

/* The row of one that nobody answered may stay, without what it held. */
static bool is_over(const struct question *q)
{
    return q->gone || !q->message;
}

static size_t check_questions(const struct world *w)
{
    size_t timers = 0;

    for (const struct store_row *row = w->scene.store.first[FACT_QUESTION]; row; row = row->next) {
        const struct question *q = row->data;
        if (is_over(q))
            continue;
        MUST(model_store_has_timer(&w->scene.store, TIMER_QUESTION, q->message, q->due_ms),
             "a question without an end");
        timers++;
    }
    for (const struct store_row *row = w->scene.store.first[FACT_THREAD]; row; row = row->next) {
        const struct thread *t = row->data;
        MUST(!t->closes_ms ||
                 model_store_has_timer(&w->scene.store, TIMER_THREAD, t->id, t->closes_ms),
             "a thread's timer is not its clock");
        timers += t->closes_ms != 0;
    }
    return timers;
}

static void check_tags(const struct world *w)
{
    for (size_t i = 0; i < w->scene.store.tag_count; i++)
        for (size_t k = 0; k < i; k++) {
            const struct tag *a = &w->scene.store.tags[i], *b = &w->scene.store.tags[k];
            MUST(strcmp(a->operator_id, b->operator_id) != 0 || a->thread != b->thread,
                 "two marks of one thread at one desk");
        }
}

void checks_commit(struct world *w)
{
    for (int p = 0; p < PEOPLE; p++)
        for (struct letter *l = w->letters[p]; l; l = l->next) {
            struct store_row *r =
                model_store_row(&w->scene.store, FACT_MESSAGE, l->message, (struct span){0});
            MUST(r, "a text that was decided is not stored");
            if (r->user)
                break;
            r->user = l;
        }
    MUST(check_relays(w) + check_questions(w) == w->scene.store.timer_count,
         "a timer of something that has ended");
    check_tags(w);
}

/* ---- the end ---- */

void checks_quiet(struct world *w)
{
    for (size_t i = 0; i < w->seen_count; i++)
        if (w->seen[i].open_ms)
            w->seen[i].open_ms = w->scene.now_ms;
}

static bool is_stop(const struct text *t)
{
    return consent_read(t->event) == OPT_OUT_STOP;
}

/* Why a text may be held back, as a person would say. */
static bool may_be_held(const struct world *w, const struct text *t)
{
    int minute = 0;
    bool repeats = false;

    for (size_t i = 0; i < w->text_count; i++) {
        const struct text *o = &w->texts[i];
        if (o == t || o->person != t->person || o->line != t->line)
            continue;
        minute++;
        repeats |=
            span_is(o->event->body, t->event->body) && span_is(o->event->media, t->event->media);
    }
    return repeats || minute >= 10 || is_stop(t) ||
           span_starts(t->event->body, SPAN("Automatic reply"));
}

static bool seen_at_office(const struct world *w, int64_t relay)
{
    for (size_t i = 0; i < w->seen_count; i++)
        if (w->seen[i].id == relay)
            return w->seen[i].is_the_offices;
    return false;
}

static void check_customers_text(const struct world *w, const struct text *t)
{
    const struct message *found = NULL;
    unsigned flags = 0;

    for (const struct store_row *row = w->scene.store.first[FACT_MESSAGE]; row; row = row->next) {
        const struct message *m = row->data;
        if (m->direction != DIRECTION_IN || !span_is_text(t->event->sid, m->sid))
            continue;
        MUST(!found, "a text is on record twice: %.*s", SPAN_ARG(t->event->body));
        found = m;
        flags = row->flags;
    }
    MUST(found, "a text is lost: %.*s", SPAN_ARG(t->event->body));
    if (t->person < OPERATORS)
        return;
    if (found->kind == MESSAGE_HELD) {
        MUST(flags & STORE_HELD_BACK && may_be_held(w, t), "held back for no reason: %.*s",
             SPAN_ARG(t->event->body));
        return;
    }
    if (found->kind == MESSAGE_COMMAND) {
        MUST(w->has_crew && t->person == CREW && !t->says_serial, "words that acted: %.*s",
             SPAN_ARG(t->event->body));
        return;
    }
    if (is_stop(t))
        return;
    const struct relay *r =
        found->relay ? model_store_get(&w->scene.store, FACT_RELAY, found->relay) : NULL;
    MUST(r && (r->state == RELAY_TAKEN || r->state == RELAY_EXHAUSTED),
         "nobody ever had to answer: %.*s", SPAN_ARG(t->event->body));
    const struct span said = t->event->body;
    const bool is_on_page = /* of the link, when texts have no room for all */
        r->body.size > ROOM_BYTES && memmem(r->body.data, r->body.size, said.data, said.size);
    /* Whoever takes it at the office reads pages. */
    const bool is_the_offices = r->state == RELAY_TAKEN && seen_at_office(w, r->id);
    MUST(!t->says_serial || w->texts[t->says].is_told || is_on_page || is_the_offices,
         "nobody was told: %.*s", SPAN_ARG(said));
}

static void check_receipts(const struct world *w)
{
    for (const struct sending *s = w->sendings; s; s = s->next) {
        const struct message *m = model_store_get(&w->scene.store, FACT_MESSAGE, s->message);
        bool alone = true;
        for (const struct sending *o = w->sendings; o && alone; o = o->next)
            alone = o == s || o->message != s->message || !o->taken_ms;
        if (s->final_told && alone && !w->hides_bodies && !m->duplicate)
            MUST(m->delivery == s->final, "%s by its receipt, %s on record",
                 delivery_name(s->final), delivery_name(m->delivery));
    }
}

void checks_end(struct world *w)
{
    for (size_t i = 0; i < w->text_count; i++)
        check_customers_text(w, &w->texts[i]);
    for (size_t i = 0; i < w->seen_count; i++)
        MUST(w->seen[i].row.state == RELAY_TAKEN || w->seen[i].row.state == RELAY_EXHAUSTED,
             "a relay never ends");
    for (const struct store_row *row = w->scene.store.first[FACT_QUESTION]; row; row = row->next)
        MUST(is_over(row->data), "a question never ends");
    MUST(w->scene.store.timer_count == 0, "a timer never ends");
    check_receipts(w);
}
