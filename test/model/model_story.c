#include "model_story.h"

#include <string.h>

#include "model_carrier.h"
#include "model_checks.h"
#include "model_engine.h"
#include "model_phones.h"

static const struct span no_photo;
static const struct span a_photo = {"https://carrier.example.test/ME1", 32};

static struct span words(struct world *w, const char *mark, const char *before)
{
    return span_of(
        arena_printf(w->scene.store.arena, "%s%s%03d", before, mark, (int)w->text_count));
}

/* ---- customers ---- */

static void customer_says(struct world *w, int person, int line, const char *before)
{
    struct text *t = carrier_write(w, person, line, words(w, "heat-", before),
                                   scene_roll(&w->scene, 9) ? no_photo : a_photo);

    t->says_serial = true;
    t->says = t->serial;
}

/* One of a job's crew: words that act, and words for people. */
static void crew_writes(struct world *w)
{
    static const char *const list[] = {"claim",       "17 Claim!",   "begin 17",
                                       "B-18: begin", "complete 17", "START",
                                       "claim 99",    "fertig",      "complete B-18"};
    const int n = (int)(sizeof list / sizeof list[0]);

    carrier_write(w, CREW, scene_roll(&w->scene, 5) ? 0 : 1,
                  span_of(list[scene_roll(&w->scene, n)]), no_photo);
}

static void crew_begins(struct world *w)
{
    static const char *const ids[] = {"17", "B-18"};
    struct job_draft *drafts = arena_alloc(w->scene.store.arena, 2 * sizeof *drafts);

    memset(drafts, 0, 2 * sizeof *drafts);
    for (int i = 0; i < 2; i++) {
        drafts[i].given = 1u << JOB_FIELD_ID | 1u << JOB_FIELD_CREW | 1u << JOB_FIELD_CLAIM_SECONDS;
        strcpy(drafts[i].job.job_id, ids[i]);
        strcpy(drafts[i].job.crew[0].phone, world_phone(CREW));
        drafts[i].job.crew_count = 1;
    }
    const struct event e = {
        .kind = EVENT_JOB_IMPORT, .drafts = drafts, .draft_count = 2, .by = SPAN("api")};
    engine_submit(w, world_event(w, e));
}

static void customer_writes(struct world *w)
{
    static const char *const others[] = {
        "ok",     "stop", "START",        "help", "yes", "STOP", "Automatic reply: away",
        "unstop", "info", "K7F on my way"};
    const int person = OPERATORS + scene_roll(&w->scene, CUSTOMERS),
              line = scene_roll(&w->scene, 5) ? 0 : 1;
    const int how = scene_roll(&w->scene, 60);
    char longer[1200];

    if (how < 44) {
        customer_says(w, person, line, "no ");
    } else if (how < 53 && w->has_crew && person == CREW) {
        crew_writes(w);
    } else if (how < 53) {
        carrier_write(w, person, line, span_of(others[scene_roll(&w->scene, 10)]), no_photo);
    } else if (how < 56) {
        carrier_write(w, person, line, no_photo, a_photo);
    } else if (how < 57) {
        memset(longer, 'x', sizeof longer);
        const size_t size = (size_t)(200 + scene_roll(&w->scene, 1000));
        carrier_write(w, person, line, (struct span){longer, size}, no_photo);
    } else if (w->text_count) {
        const struct text *t = &w->texts[scene_roll(&w->scene, (int)w->text_count)];
        if (t->person >= OPERATORS) {
            struct text *again =
                carrier_write(w, t->person, t->line, t->event->body, t->event->media);
            again->says_serial = t->says_serial;
            again->says = t->says;
            w->texts[t->says].said_again = true;
        }
    }
}

static void customer_floods(struct world *w)
{
    const int person = OPERATORS + scene_roll(&w->scene, CUSTOMERS);

    for (int i = 0; i < 13 && w->text_count < TEXTS_MAX / 2; i++)
        customer_says(w, person, 0, "flood ");
}

static void customer_calls(struct world *w)
{
    const struct event e = {
        .kind = EVENT_LATE_CALL,
        .account = SPAN("AC1"),
        .sid = span_of(arena_printf(w->scene.store.arena, "CA%u", ++w->sids)),
        .from = span_of(world_phone(OPERATORS + scene_roll(&w->scene, CUSTOMERS))),
        .to = span_of(world_line(scene_roll(&w->scene, LINES))),
        .at_ms = w->scene.now_ms,
        .seconds = scene_roll(&w->scene, 3) ? 0 : 30,
        .attempt = -1,
        .late = true,
    };

    engine_submit(w, world_event(w, e));
}

/* ---- operators ---- */

/* One of the texts that he has seen; the latest ones most. NULL without. */
static const struct letter *a_letter(struct world *w, int person, bool with_mark)
{
    const struct letter *found = NULL;

    for (const struct letter *l = w->letters[person]; l; l = l->next)
        if (l->seen_ms && l->seen_ms <= w->scene.now_ms && (!with_mark || l->tag[0])) {
            found = l;
            if (scene_chance(&w->scene, 50))
                break;
        }
    return found;
}

/* Whoever has seen a text lately writes; somebody, when nobody has. */
static int an_operator(struct world *w)
{
    const int first = scene_roll(&w->scene, OPERATORS);

    for (int i = 0; i < OPERATORS; i++)
        if (a_letter(w, (first + i) % OPERATORS, false) && scene_chance(&w->scene, 90))
            return (first + i) % OPERATORS;
    return first;
}

static const char *a_word(struct world *w)
{
    static const char *const list[] = {"ok",   "ok",   "next", "next",    "ok all", "done",
                                       "who",  "away", "on",   "away 2h", "back",   "off",
                                       "swap", "menu", "stop", "yes",     "start",  "swap Bo"};
    const int n = (int)(sizeof list / sizeof list[0]);

    return list[scene_chance(&w->scene, 50) ? scene_roll(&w->scene, 6) : scene_roll(&w->scene, n)];
}

static void a_mark(struct world *w, int person, char out[TAG_SIZE])
{
    const int how = scene_roll(&w->scene, 20);
    const int whose = how < 16 ? person : scene_roll(&w->scene, OPERATORS);
    const struct letter *l = how < 18 ? a_letter(w, whose, true) : NULL;

    if (l) {
        memcpy(out, l->tag, TAG_SIZE);
    } else {
        out[0] = "BCDFGHJKLMNPQRSTVWXZ"[scene_roll(&w->scene, 20)];
        out[1] = (char)('2' + scene_roll(&w->scene, 8));
        out[2] = "BCDFGHJKLMNPQRSTVWXZ"[scene_roll(&w->scene, 20)];
    }
}

static struct span dressed(struct world *w, const char *tag, struct span said)
{
    static const char *const between[] = {" ", ": ", "  ", ") "};
    struct arena *a = w->scene.store.arena;

    if (!tag[0])
        return said;
    return span_of(
        arena_printf(a, "%s%.3s%s%.*s", said.size && scene_chance(&w->scene, 10) ? "[" : "", tag,
                     said.size ? between[scene_roll(&w->scene, 4)] : "", SPAN_ARG(said)));
}

static struct text *write_as(struct world *w, int person, int line, const char *tag,
                             const char *word)
{
    const struct span said = word ? span_of(word) : words(w, "word-", "coming ");
    struct text *t = carrier_write(w, person, line, dressed(w, tag, said),
                                   word || scene_roll(&w->scene, 12) ? no_photo : a_photo);

    memcpy(t->tag, tag, TAG_SIZE);
    t->word = word ? word : "";
    return t;
}

/* He answers what he was asked. */
static bool answers(struct world *w, int person)
{
    const struct letter *q = phones_question(w, person, w->scene.now_ms);

    if (!q || w->scene.now_ms - q->seen_ms > 10 * MIN || scene_chance(&w->scene, 25))
        return false;
    if (q->asked == ASKED_CONFIRM) {
        struct text *t = carrier_write(w, person, q->line, (struct span){q->confirm, 3}, no_photo);
        memcpy(t->tag, q->confirm, TAG_SIZE);
        return true;
    }
    const int most = q->asked == ASKED_COMMAND ? 2 : q->choice_count + scene_roll(&w->scene, 2);
    const int digit = 1 + scene_roll(&w->scene, most ? most : 1);
    carrier_write(w, person, q->line,
                  span_of(arena_printf(w->scene.store.arena,
                                       scene_chance(&w->scene, 80) ? "%d" : " %d. ", digit)),
                  no_photo)
        ->digit = digit;
    return true;
}

static void operator_writes(struct world *w)
{
    const int person = an_operator(w);
    const struct letter *l = a_letter(w, person, false);
    const int line = l && scene_chance(&w->scene, 90) ? l->line : scene_roll(&w->scene, LINES);
    char tag[TAG_SIZE] = "";

    if (answers(w, person))
        return;
    if (scene_chance(&w->scene, 5)) {
        const int digit = 1 + scene_roll(&w->scene, 3);
        carrier_write(w, person, line, span_of(arena_printf(w->scene.store.arena, "%d", digit)),
                      no_photo)
            ->digit = digit;
        return;
    }
    if (scene_chance(&w->scene, 55))
        a_mark(w, person, tag);
    write_as(w, person, line, tag, scene_chance(&w->scene, 45) ? a_word(w) : NULL);
}

/* Wrong marks until nothing acts but the link. */
static void operator_errs(struct world *w)
{
    const int person = an_operator(w);

    for (int i = 0; i < 6 && w->text_count < TEXTS_MAX - 8; i++) {
        char tag[TAG_SIZE] = "Z9Z";
        tag[1] = (char)('2' + scene_roll(&w->scene, 8));
        write_as(w, person, 0, tag, NULL);
        engine_run(w, w->scene.now_ms + 3 * S);
    }
}

static void people_press(struct world *w)
{
    const int person = an_operator(w);
    struct event e = {.kind = EVENT_LINK, .tenant = TENANT};

    for (const struct letter *l = w->letters[person]; l; l = l->next)
        if (l->seen_ms && l->seen_ms <= w->scene.now_ms && l->link[0] &&
            scene_chance(&w->scene, 50)) {
            memcpy(e.link, l->link, CONTEXT_LINK_SIZE - 1);
            e.action = (enum link_action)scene_roll(&w->scene, LINK_ACTIONS);
            scene_say(&w->scene, "%s presses a link", world_name(person));
            engine_submit(w, world_event(w, e));
            return;
        }
}

/* ---- the office ---- */

static void office_acts(struct world *w)
{
    static const enum event_kind kinds[] = {EVENT_ACK,   EVENT_ACK,  EVENT_ACK,   EVENT_REPLY,
                                            EVENT_REPLY, EVENT_PASS, EVENT_CLOSE, EVENT_REOPEN};
    struct event e = {.origin = ORIGIN_DASHBOARD, .by = SPAN("Mara")};

    if (!w->seen_count)
        return;
    const int64_t relay = w->seen[scene_roll(&w->scene, (int)w->seen_count)].id;
    const struct relay *r = model_store_get(&w->scene.store, FACT_RELAY, relay);
    if (!r)
        return;
    if (scene_chance(&w->scene, 50))
        e.operator_id = span_of(world_name(scene_roll(&w->scene, OPERATORS)));
    e.is_own = e.operator_id.size && scene_chance(&w->scene, 50);
    e.kind = kinds[scene_roll(&w->scene, (int)(sizeof kinds / sizeof kinds[0]))];
    if (e.kind == EVENT_ACK || e.kind == EVENT_PASS)
        e.relay = relay;
    else
        e.thread = r->thread;
    if (e.kind == EVENT_REPLY)
        e.body = SPAN("from the office");
    if (scene_chance(&w->scene, 30)) { /* it may be asked again, by a_repeat too */
        e.once_key = span_of(arena_printf(w->scene.store.arena, "key-%u", ++w->sids));
        e.once_print = 1;
    }
    scene_say(&w->scene, "the office: %s", event_kind_name(e.kind));
    engine_submit(w, world_event(w, e));
}

static void roster_changes(struct world *w)
{
    const bool is_on = scene_chance(&w->scene, 50);
    scene_set_hours(&w->people[scene_roll(&w->scene, OPERATORS)], is_on);
    if (scene_chance(&w->scene, 60))
        engine_submit(w, world_event(w, (struct event){.kind = EVENT_WAKE}));
}

/* ---- what machines do ---- */

static void a_repeat(struct world *w)
{
    if (w->past_count)
        engine_submit(w, w->past[scene_roll(&w->scene, (int)w->past_count)]);
}

static void a_false_timer(struct world *w)
{
    struct event e = {.kind = EVENT_TIMER};

    if (!w->scene.store.timer_count)
        return;
    e.timer = w->scene.store.timers[scene_roll(&w->scene, (int)w->scene.store.timer_count)];
    if (scene_chance(&w->scene, 50))
        e.timer.due_ms -= 1 + scene_roll(&w->scene, S);
    engine_submit(w, world_event(w, e));
}

/* For a row of ours, or for none; with an id that the carrier never gave. */
static void a_false_receipt(struct world *w)
{
    struct event e = {.kind = EVENT_RECEIPT, .message = 12345, .sid = SPAN("SMinvented")};
    const struct sending *s = w->sendings;

    e.delivery = (enum delivery)(DELIVERY_ACCEPTED + scene_roll(&w->scene, 2));
    for (int i = scene_roll(&w->scene, 8); s && i > 0; i--)
        s = s->next;
    if (s && s->taken_ms && s->answers && scene_chance(&w->scene, 60)) {
        const struct message *m = model_store_get(&w->scene.store, FACT_MESSAGE, s->message);
        if (m->sid[0]) {
            e.message = s->message;
            e.delivery = (enum delivery)(DELIVERY_ACCEPTED + scene_roll(&w->scene, 5));
            e.error_code = 30003;
        }
    }
    engine_submit(w, world_event(w, e));
}

static void an_old_answer(struct world *w)
{
    const struct sending *s = w->sendings;

    for (int i = scene_roll(&w->scene, 8); s && i > 0; i--)
        s = s->next;
    if (!s)
        return;
    const struct event e = {.kind = EVENT_SENT,
                            .message = s->message,
                            .sent = (enum sent)scene_roll(&w->scene, SENTS),
                            .fence = s->fence - 1,
                            .sid = SPAN("SMold"),
                            .error_code = 30006};
    engine_submit(w, world_event(w, e));
}

static void a_crash(struct world *w)
{
    if (!w->crash_in && !w->is_down)
        w->crash_in = 1 + scene_roll(&w->scene, 6);
}

static void time_passes(struct world *w)
{
    static const int64_t waits[] = {
        S, 5 * S, 30 * S, 3 * MIN, 16 * MIN, 16 * MIN, 2 * (int64_t)HOUR, 11 * (int64_t)HOUR};

    engine_run(w, w->scene.now_ms + waits[scene_roll(&w->scene, 8)]);
}

/* ---- the story ---- */

static const struct {
    int share;
    void (*happens)(struct world *w);
} happenings[] = {
    {26, customer_writes}, {1, customer_floods}, {2, customer_calls},  {34, operator_writes},
    {1, operator_errs},    {8, people_press},    {4, office_acts},     {4, roster_changes},
    {6, a_repeat},         {3, a_false_timer},   {3, a_false_receipt}, {3, an_old_answer},
    {5, a_crash},
};

static void one_of_them(struct world *w)
{
    int at = scene_roll(&w->scene, 100);

    for (size_t i = 0; i < sizeof happenings / sizeof happenings[0]; i++) {
        if (at < happenings[i].share) {
            happenings[i].happens(w);
            return;
        }
        at -= happenings[i].share;
    }
}

/* Nobody acts any more; who is off duty comes on, but for those who said otherwise. */
static void fall_silent(struct world *w)
{
    w->crash_in = 0;
    if (w->is_down)
        engine_run(w, w->up_ms);
    w->is_quiet = true;
    w->batch_size = 1;
    for (int i = 0; i < OPERATORS; i++)
        scene_set_hours(&w->people[i], true);
    engine_submit(w, world_event(w, (struct event){.kind = EVENT_WAKE}));
    scene_say(&w->scene, "--- from here on nobody acts");
    checks_quiet(w);
    for (size_t i = 0; i < w->text_count; i++)
        if (!w->texts[i].is_committed)
            engine_submit(w, carrier_late(w, &w->texts[i]));
}

void story_tell(struct world *w, uint64_t seed)
{
    world_begin(w, seed);
    const int length = 3 + scene_roll(&w->scene, 11);
    w->has_crew = seed % 4 == 0;
    if (w->has_crew)
        crew_begins(w);
    customer_writes(w);
    for (int i = 0; i < length && w->text_count < TEXTS_MAX - 32; i++) {
        engine_run(w, w->scene.now_ms + scene_roll(&w->scene, 10 * S));
        one_of_them(w);
        if (scene_chance(&w->scene, 40))
            time_passes(w);
    }
    fall_silent(w);
    MUST(engine_settle(w), "it never comes to an end");
    checks_end(w);
}
