/* The world that the tests of one program share, what makes it fresh for each, and what several of
 * them look for in it. */
#include "core_world.h"

struct world world_shared;

int world_set_up(void **unused)
{
    (void)unused;
    world_open(&world_shared);
    return 0;
}

int world_tear_down(void **unused)
{
    (void)unused;
    world_close(&world_shared);
    return 0;
}

struct relay *world_relay_of(const struct world *w, const char *customer)
{
    for (size_t i = 0;; i++) {
        struct relay *r = world_row(w, FACT_RELAY, i);
        assert_non_null(r);
        if (r->id == world_thread(w, customer)->relay)
            return r;
    }
}

const struct message *world_about(const struct world *w, const char *phone, const char *customer)
{
    for (size_t i = 0;; i++) {
        const struct message *m = world_to(w, phone, i);
        assert_non_null(m);
        if (strcmp(m->customer, customer) == 0)
            return m;
    }
}

size_t world_noted(const struct world *w, const char *kind)
{
    size_t n = 0;

    for (const struct appended *a = w->added; a; a = a->next)
        n += a->kind == APPEND_CALL_EVENT && strcmp(a->call_event.kind, kind) == 0;
    return n;
}

void world_assert_over(const struct world *w, enum outcome outcome)
{
    const struct cascade *k = world_cascade(w);

    assert_int_equal(k->state, CASCADE_OVER);
    assert_int_equal(k->outcome, outcome);
    assert_int_equal(k->due_ms, 0);
    for (size_t i = 0; i < w->timer_count; i++)
        assert_int_not_equal(w->timers[i].kind, TIMER_CASCADE);
}

void world_assert_spoken(const struct world *w, const char *words)
{
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    assert_non_null(memmem(w->answer.words.data, w->answer.words.size, words, strlen(words)));
}

void world_use_all_marks(struct world *w, const char *operator_id, int64_t sent_ms, int oldest)
{
    static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";

    for (int at = 0; at < 20 * 8 * 20; at++) {
        struct tag tag = {.tenant = WORLD_TENANT, .thread = 100 + at};
        strcpy(tag.operator_id, operator_id);
        tag.tag[0] = letters[at / 160];
        tag.tag[1] = (char)('2' + at / 20 % 8);
        tag.tag[2] = letters[at % 20];
        tag.sent_ms = sent_ms - (at == oldest ? HOUR : at);
        facts_put_tag(&w->facts, &tag);
    }
    world_commit(w);
}
