#include "call_back_story.h"

static struct world *const w = &world_shared;

static bool is_no_premium(const char *number)
{
    return strncmp(number, "+1900", 5) != 0;
}

void story_ask(const char *operator_id)
{
    world_do(w, (struct event){.kind = EVENT_CALL_BACK,
                               .thread = world_thread(w, ANNA)->id,
                               .operator_id = span_of(operator_id),
                               .origin = ORIGIN_API,
                               .attempt = -1});
}

void story_answers(enum answer_kind kind, const char *words)
{
    assert_int_equal(w->answer.kind, kind);
    if (!memmem(w->answer.words.data, w->answer.words.size, words, strlen(words)))
        fail_msg("says: %.*s", SPAN_ARG(w->answer.words));
}

void story_refuses(enum err err, const char *words)
{
    story_answers(ANSWER_REFUSED, words);
    assert_int_equal(w->answer.error, err);
    assert_int_equal(w->changes, 0);
}

struct message *story_asked(void)
{
    world_text(w, ANNA, "no heat");
    story_ask("backup");
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    struct message *m = world_last_to(w, BACKUP);
    assert_int_equal(m->kind, MESSAGE_CALL_BACK);
    assert_int_equal(w->answer.id, m->id);
    return m;
}

void story_heard(const struct message *m, const char *digits, int attempt)
{
    world_again(w, (struct event){.kind = EVENT_HEARD,
                                  .message = m->id,
                                  .sid = SPAN("CAback"),
                                  .digits = span_of(digits),
                                  .attempt = attempt});
}

void story_called(const struct message *m, const char *dial_status, int seconds)
{
    world_again(w, (struct event){.kind = EVENT_CALLED,
                                  .message = m->id,
                                  .sid = SPAN("CAback"),
                                  .dial_status = span_of(dial_status),
                                  .seconds = seconds,
                                  .attempt = -1});
}

void story_status(const struct message *m, const char *sid, const char *call_status)
{
    world_again(w, (struct event){.kind = EVENT_CALL_STATUS,
                                  .message = m->id,
                                  .sid = span_of(sid),
                                  .call_status = span_of(call_status),
                                  .attempt = -1});
}

int story_set_up(void **state)
{
    const int e = world_set_up(state);

    w->may_dial = is_no_premium;
    return e;
}
