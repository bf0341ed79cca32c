#include "core/erase_text.h"

#include "core_world.h"

static struct world *const w = &world_shared;

static struct outbox *erasure(size_t index)
{
    for (size_t i = 0; world_row(w, FACT_OUTBOX, i); i++) {
        struct outbox *o = world_row(w, FACT_OUTBOX, i);
        if (o->kind == OUTBOX_ERASE && index-- == 0)
            return o;
    }
    return NULL;
}

static const struct message *inbound(const char *media)
{
    const struct event e = {.kind = EVENT_TEXT,
                            .tenant = WORLD_TENANT,
                            .account = SPAN("AC1"),
                            .sid = SPAN("SM77"),
                            .from = SPAN(ANNA),
                            .to = SPAN(LINE),
                            .body = SPAN("forget me"),
                            .media = span_of(media)};

    assert_int_equal(world_do(w, e), ERR_NONE);
    for (size_t i = 0; world_row(w, FACT_MESSAGE, i); i++) {
        const struct message *m = world_row(w, FACT_MESSAGE, i);
        if (m->direction == DIRECTION_IN)
            return m;
    }
    fail_msg("the text is not there");
    return NULL;
}

static void ask_to_forget(int64_t message)
{
    const struct event e = {.kind = EVENT_TIMER,
                            .tenant = WORLD_TENANT,
                            .timer = {w->now_ms, WORLD_TENANT, TIMER_FORGET, message, false}};

    assert_int_equal(world_do(w, e), ERR_NONE);
}

static void a_text_is_deleted_at_the_carrier_by_its_id(void **unused)
{
    (void)unused;
    const struct message *m = inbound(NULL);

    ask_to_forget(m->id);
    const struct outbox *o = erasure(0);
    assert_non_null(o);
    assert_true(span_is_text(o->body, m->sid));
    assert_string_equal(o->from, LINE);
    assert_string_equal(o->to, LINE); /* not his number: it would be here still */
    assert_int_equal(o->class, OUTBOX_BULK);
    assert_null(erasure(1));
}

static void what_came_with_it_goes_first(void **unused)
{
    (void)unused;
    const struct message *m =
        inbound("https://api.example.test/2010-04-01/Accounts/AC1/Messages/SM1/Media/ME1");

    ask_to_forget(m->id);
    assert_non_null(strstr(arena_text(w->arena, erasure(0)->body), "/Media/ME1"));
    assert_true(span_is_text(erasure(1)->body, m->sid));
    assert_null(erasure(2));
}

static void one_that_the_carrier_never_had_is_not_asked_for(void **unused)
{
    (void)unused;
    const struct message *m;

    (void)inbound(NULL);
    m = world_to(w, PRIMARY, 0); /* it waits to be sent */
    ask_to_forget(m->id);
    assert_null(erasure(0));
    ask_to_forget(m->id + 1000); /* nor one that has gone meanwhile */
    assert_null(erasure(0));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_text_is_deleted_at_the_carrier_by_its_id),
        TEST(what_came_with_it_goes_first),
        TEST(one_that_the_carrier_never_had_is_not_asked_for),
    };

    return cmocka_run_group_tests_name("erase_text", tests, NULL, NULL);
}
