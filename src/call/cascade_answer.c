#include "call/cascade_answer.h"

#include "call/caller_id.h"
#include "call/cascade_row.h"
#include "call/overlap.h"
#include "relay/missed.h"
#include "rules/party.h"
#include "rules/ring.h"
#include "rules/words.h"

static void answer(const struct context *c, enum answer_kind kind, struct span words)
{
    c->answer->kind = kind;
    c->answer->words = words;
}

static void answer_ring(const struct context *c, const struct cascade *k)
{
    const bool is_one = cascade_row_group_end(k) == k->attempt + 1;
    struct answer *a = c->answer;

    a->round = k->round;
    a->caller_id = caller_id_of(c, k);
    for (int i = k->attempt; i < cascade_row_group_end(k) && a->number_count < LIMIT_STEP_OPERATORS;
         i++) {
        const int o = context_operator(c, k->plan->rungs[i].operator_id);
        if (o < 0 || (!is_one && !cascade_row_is_on(&k->plan->rungs[i])))
            continue;
        a->numbers[a->number_count++] =
            (struct answer_number){span_of(c->roster->operators[o].phone), i};
    }
    a->kind = a->number_count > 0 ? ANSWER_RING : ANSWER_HANGUP;
    const int64_t left_ms = k->due_ms - c->facts->now_ms;
    if (a->ring_s * 1000 > left_ms) /* asked once more, later: nothing rings beyond the hard end */
        a->ring_s = left_ms > 2000 ? (int)(left_ms / 1000) : 1;
    a->is_answered = k->waits_ms != 0; /* he was asked for a key */
    if (c->roster->still_trying && k->attempt > 0 && k->round == 0 &&
        a->ring_s * 1000 + RING_STILL_MS <= left_ms)
        a->still = words_still_trying(missed_is_texted(c, k));
}

/* One turn; the words are said at the first one of each step. */
static void answer_wait(const struct context *c, const struct cascade *k)
{
    struct answer *a = c->answer;

    a->kind = ANSWER_WAIT;
    a->has_choice = c->roster->still_trying && k->attempt > 0;
    if (a->has_choice && !k->turn_ms)
        a->still = words_still_trying(missed_is_texted(c, k));
}

void cascade_answer(const struct context *c, const struct cascade *k)
{
    struct answer *a = c->answer;
    const struct words_about w = cascade_row_about(c, k);

    a->id = k->id;
    a->attempt = k->attempt;
    a->ring_s = k->ring_s;
    a->job = span_of(k->job);
    switch (k->state) {
    case CASCADE_RINGING:
        if (overlap_is_on(k))
            answer_wait(c, k);
        else
            answer_ring(c, k);
        return;
    case CASCADE_VOICEMAIL:
        answer(c, ANSWER_VOICEMAIL, words_voicemail(c->facts->arena, &w));
        a->transcribes = c->roster->transcribes;
        return;
    case CASCADE_CLOSED:
        answer(c, ANSWER_SAY, words_closed(c->facts->arena, &w));
        return;
    case CASCADE_ACCEPTED:
        a->kind = k->conference ? ANSWER_CONFERENCE : ANSWER_HANGUP;
        a->round = k->round;
        return;
    case CASCADE_ASKED: /* call/door.h, call/menu.h */
    case CASCADE_MENU:
    case CASCADE_OVER:
    case CASCADE_STATES:
        answer(c, k->outcome == OUTCOME_REFUSED ? ANSWER_REJECT : ANSWER_HANGUP, (struct span){0});
        return;
    }
}
