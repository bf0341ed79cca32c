#include "simplay/play_sight.h"

#include <string.h>

#include "codec/json.h"
#include "simvoice/sim_leg.h"

/* What each expectation has around its own words. */
#define EXPECT(words) "expect [within {dur}] " words " [{count}] [{n} times]"

enum { SEEN_BYTES_MAX = 2000, WITHIN = 0, FIRST = 1, SECOND = 2 };

typedef const struct play_statement statement;

static bool has(struct span text, struct span part)
{
    return !part.size || (text.size && memmem(text.data, text.size, part.data, part.size));
}

static bool is_of(const struct play_arg *party, const char *number)
{
    return party->party && !strcmp(party->party->number, number);
}

static void put_more(struct play *p, struct buf *seen, const char *what, struct span words)
{
    buf_add_text(seen, what);
    play_put_names(p, words, seen);
}

static void put(struct play *p, struct buf *seen, const char *what, struct span words)
{
    if (seen->size)
        buf_add_text(seen, "; ");
    put_more(p, seen, what, words);
}

/* ---- calls ---- */

static int64_t look_rings(struct play *p, const struct play_args *a, struct buf *seen)
{
    int64_t n = 0;

    for (size_t i = 0; i < p->world->leg_count; i++) {
        const struct sim_leg *leg = p->world->legs[i];
        if (!leg->rang_ms || leg->rang_ms < p->scene_ms || leg->direction == SIM_INBOUND)
            continue;
        n += is_of(&a->list[FIRST], leg->to) &&
             (!a->list[SECOND].given || is_of(&a->list[SECOND], leg->from));
        put(p, seen, "rang: ", span_of(leg->to));
        put_more(p, seen, " from ", span_of(leg->from));
    }
    return n;
}

static int64_t look_hears(struct play *p, const struct play_args *a, struct buf *seen)
{
    int64_t n = 0;

    for (size_t i = 0; i < p->world->leg_count; i++) {
        const struct sim_leg *leg = p->world->legs[i];
        if (!is_of(&a->list[FIRST], sim_leg_party(leg)))
            continue;
        for (const struct sim_heard *h = leg->heard; h; h = h->next)
            if (h->at_ms >= p->scene_ms && h->by == SIM_BY_CARRIER) {
                n += has(h->words, a->list[SECOND].text);
                put(p, seen, "heard: ", h->words);
            }
    }
    return n;
}

/* The call of a phone has ended, as said or in any way. */
static int64_t look_ends(struct play *p, const struct play_args *a, struct buf *seen)
{
    int64_t n = 0;

    for (size_t i = 0; i < p->world->leg_count; i++) {
        const struct sim_leg *leg = p->world->legs[i];
        if (!is_of(&a->list[FIRST], sim_leg_party(leg)) || !sim_leg_is_over(leg) ||
            leg->ended_ms < p->scene_ms)
            continue;
        const char *state = sim_call_state_name(leg->state);
        put(p, seen, "ended: ", span_of(state));
        n += !a->list[SECOND].given || span_is_text(a->list[SECOND].text, state);
    }
    return n;
}

static int64_t look_recorded(struct play *p, const struct play_args *a, struct buf *seen)
{
    int64_t n = 0;

    for (const struct sim_recording *r = p->world->recordings; r; r = r->next)
        if (r->since_ms >= p->scene_ms) {
            put(p, seen, "recorded: ", span_of(sim_leg_party(r->leg)));
            n += is_of(&a->list[FIRST], sim_leg_party(r->leg));
        }
    return n;
}

/* ---- texts ---- */

static bool came(const struct play *p, const struct sim_text *t)
{
    return t->direction != SIM_INBOUND && t->state == SIM_TEXT_DELIVERED &&
           t->arrived_ms >= p->scene_ms && !t->automatic;
}

static int64_t count_texts(struct play *p, const struct play_args *a, struct buf *seen,
                           bool pictures)
{
    int64_t n = 0;

    for (size_t i = 0; i < p->world->text_count; i++) {
        const struct sim_text *t = p->world->texts[i];
        if (!came(p, t) || !is_of(&a->list[FIRST], t->to))
            continue;
        put(p, seen, "got: ", span_of(t->body));
        n += pictures ? t->media_count > 0
                      : !a->list[SECOND].given || has(span_of(t->body), a->list[SECOND].text);
    }
    return n;
}

static int64_t look_text(struct play *p, const struct play_args *a, struct buf *seen)
{
    return count_texts(p, a, seen, false);
}

static int64_t look_picture(struct play *p, const struct play_args *a, struct buf *seen)
{
    return count_texts(p, a, seen, true);
}

/* ---- the wire ---- */

/* Notes of a kind since the scene began whose words hold `part`. */
static int64_t count_notes(struct play *p, const char *kind, struct span part, struct buf *seen)
{
    const struct sim_world *w = p->world;
    const int64_t oldest = w->note_count > SIM_NOTES_MAX ? w->note_count - SIM_NOTES_MAX : 0;
    int64_t n = 0;

    for (int64_t i = oldest; i < w->note_count; i++) {
        struct json *root = NULL;
        struct json_place place;
        int64_t at_ms = 0;
        if (json_parse(span_of(w->notes[i % SIM_NOTES_MAX].json), &root, &place))
            continue;
        const struct span words = json_text(json_get(root, "words"));
        (void)json_number(json_get(root, "at_ms"), 0, INT64_MAX, &at_ms);
        if (at_ms >= p->scene_ms && span_is_text(json_text(json_get(root, "kind")), kind)) {
            put(p, seen, "", words);
            n += has(words, part);
        }
        json_close(&root);
    }
    return n;
}

/* A leg only knows whom it was joined with last; the notes know all. */
static int64_t look_talks(struct play *p, const struct play_args *a, struct buf *seen)
{
    const char *one = a->list[FIRST].party->number, *two = a->list[SECOND].party->number;
    struct arena *arena = arena_open(0);
    const struct span there = span_of(arena_printf(arena, "%s and %s talk", one, two)),
                      back = span_of(arena_printf(arena, "%s and %s talk", two, one));
    struct buf none = buf_in(arena, SEEN_BYTES_MAX);
    const int64_t n = count_notes(p, "call", there, &none) + count_notes(p, "call", back, &none);

    (void)count_notes(p, "call", SPAN(" talk"), seen);
    arena_close(&arena);
    return n;
}

static int64_t look_webhook(struct play *p, const struct play_args *a, struct buf *seen)
{
    return count_notes(p, "webhook", a->list[FIRST].text, seen);
}

static int64_t look_rest(struct play *p, const struct play_args *a, struct buf *seen)
{
    return count_notes(p, "rest", a->list[FIRST].text, seen);
}

static int64_t look_warning(struct play *p, const struct play_args *a, struct buf *seen)
{
    return count_notes(p, "warning", a->list[FIRST].text, seen);
}

static int64_t look_answer(struct play *p, const struct play_args *a, struct buf *seen)
{
    buf_printf(seen, "answer %d: ", p->answer_status);
    play_put_names(p, p->answer, seen);
    return p->answer_status == a->list[FIRST].n &&
           (!a->list[SECOND].given || has(p->answer, a->list[SECOND].text));
}

/* ---- verdicts ---- */

/* How often it is wanted; -1: at least once. */
static int64_t wanted(const struct play_args *a)
{
    const struct play_arg *count = &a->list[a->count - 2], *times = &a->list[a->count - 1];

    return count->given ? count->n : times->given ? times->n : -1;
}

static bool is_enough(const struct play_args *a, int64_t n)
{
    const int64_t want = wanted(a);

    return want < 0 ? n > 0 : n == want;
}

bool play_sight_holds(struct play *p)
{
    const struct play_args *a = &p->looked_args;
    struct arena *arena = arena_open(0);
    struct buf seen = buf_in(arena, SEEN_BYTES_MAX);

    const bool holds = wanted(a) != 0 && is_enough(a, p->look(p, a, &seen));
    arena_close(&arena);
    return holds;
}

void play_sight_close(struct play *p)
{
    const struct play_args *a = &p->looked_args;
    struct buf seen = buf_in(p->arena, SEEN_BYTES_MAX);

    buf_add_text(&seen, "");
    const int64_t n = p->look(p, a, &seen);
    struct play_verdict *v = &p->verdicts[p->verdict_count++];
    *v = (struct play_verdict){.statement = p->looked_for,
                               .held = is_enough(a, n),
                               .at_ms = clock_now_ms(p->clock) - p->start_ms};
    if (!v->held)
        v->instead = arena_printf(p->arena, "%lld of it; %s", (long long)n,
                                  seen.size ? seen.data : "nothing of the kind");
    p->looked_for = NULL;
}

static void expect(struct play *p, statement *s, play_look_fn *look)
{
    p->looked_for = s;
    p->looked_args = s->args;
    for (size_t i = 0; i < s->args.count; i++)
        p->looked_args.list[i].text = play_fill(p, NULL, s->args.list[i].text);
    p->look = look;
    play_turn(p, s->args.list[WITHIN].n);
    p->waits = PLAY_LOOKS;
}

#define SIGHT(name)                                         \
    static void expect_##name(struct play *p, statement *s) \
    {                                                       \
        expect(p, s, look_##name);                          \
    }
SIGHT(rings)
SIGHT(hears)
SIGHT(talks)
SIGHT(ends)
SIGHT(recorded)
SIGHT(text)
SIGHT(picture)
SIGHT(webhook)
SIGHT(rest)
SIGHT(warning)
SIGHT(answer)

/* clang-format off */
const struct play_row play_sight_rows[] = {
    {EXPECT("{who} rings [from {party}]"), expect_rings, "the phone rang, and showed that number. Here and below: within, for so long at most; never, once, twice, or a number of times: exactly; else at least once", false, PLAY_NOTHING},
    {EXPECT("{who} hears {words}"), expect_hears, "the phone was told words that hold these", false, PLAY_NOTHING},
    {EXPECT("{who} talks with {who}"), expect_talks, "the two were joined; each time counts", false, PLAY_NOTHING},
    {EXPECT("{who} call ends [as {state}]"), expect_ends, "its call is over", false, PLAY_NOTHING},
    {EXPECT("{who} is recorded"), expect_recorded, "what it said was recorded", false, PLAY_NOTHING},
    {EXPECT("{who} gets picture"), expect_picture, "a text with a picture or the like was delivered to it", false, PLAY_NOTHING},
    {EXPECT("{who} gets text [{words}]"), expect_text, "a text that holds these words, or any, was delivered to it", false, PLAY_NOTHING},
    {EXPECT("webhook {words}"), expect_webhook, "a webhook or callback was sent and its line of the timeline holds these words", false, PLAY_NOTHING},
    {EXPECT("carrier is asked {words}"), expect_rest, "a request came to the REST API: \"POST /2010-04-01/Accounts/.../Messages.json -> 201\"", false, PLAY_NOTHING},
    {EXPECT("warning {words}"), expect_warning, "the carrier warned of a document or a request, by code or words", false, PLAY_NOTHING},
    {EXPECT("answer {n} [with {words}]"), expect_answer, "the last request or page was answered so", false, PLAY_NOTHING},
    {NULL, NULL, NULL, false, PLAY_NOTHING},
};
/* clang-format on */
