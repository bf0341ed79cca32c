#include "core_world.h"

#include "core/outgoing.h"

static struct world world;
static struct context context;
static const struct event event = {.kind = EVENT_ACK, .tenant = WORLD_TENANT};

static void one_link(struct context_link *out)
{
    memset(out, 0, sizeof *out);
    strcpy(out->text, "abcdefghijklmnopqrstuv");
    out->hash[0] = 9;
}

static int set_up(void **unused)
{
    (void)unused;
    world_open(&world);
    context = (struct context){.facts = &world.facts,
                               .roster = &world.roster,
                               .event = &event,
                               .public_url = SPAN("https://relay.example.test"),
                               .new_link = one_link};
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    world_close(&world);
    return 0;
}

static void a_text_is_a_message_and_a_row_of_the_outbox_with_one_id(void **unused)
{
    (void)unused;
    const struct outgoing text = {.kind = MESSAGE_REPLY,
                                  .class = OUTBOX_NORMAL,
                                  .line = LINE,
                                  .to = ANNA,
                                  .operator_id = "backup",
                                  .body = SPAN("on my way"),
                                  .origin = ORIGIN_OPERATOR,
                                  .thread = 5,
                                  .relay = 6,
                                  .cascade = 7,
                                  .customer = ANNA,
                                  .job = "boiler",
                                  .expires_ms = 8};
    const int64_t id = outgoing_text(&context, &text);
    const struct message *m = facts_message(&world.facts, WORLD_TENANT, id);
    const struct outbox *o = facts_outbox(&world.facts, WORLD_TENANT, id);

    assert_non_null(m);
    assert_non_null(o);
    assert_int_equal(m->direction, DIRECTION_OUT);
    assert_int_equal(m->delivery, DELIVERY_QUEUED);
    assert_int_equal(m->origin, ORIGIN_OPERATOR);
    assert_string_equal(m->from, LINE);
    assert_string_equal(m->to, ANNA);
    assert_string_equal(m->operator_id, "backup");
    assert_string_equal(m->job, "boiler");
    assert_int_equal(m->thread, 5);
    assert_int_equal(m->relay, 6);
    assert_int_equal(m->cascade, 7);
    assert_int_equal(o->state, OUTBOX_QUEUED);
    assert_string_equal(o->account, "AC1");
    assert_string_equal(o->from, LINE);
    assert_string_equal(o->to, ANNA);
    assert_int_equal(o->due_ms, WORLD_START);
    assert_int_equal(o->expires_ms, 8);
    assert_int_equal(o->cascade, 0); /* only a pre-alert is void when its call is over */
    assert_true(span_is_text(o->body, "on my way"));
}

static void a_prealert_is_bound_to_its_call(void **unused)
{
    (void)unused;
    const struct outgoing text = {
        .kind = MESSAGE_PREALERT, .line = LINE, .to = PRIMARY, .body = SPAN("x"), .cascade = 7};
    const int64_t id = outgoing_text(&context, &text);

    assert_int_equal(facts_outbox(&world.facts, WORLD_TENANT, id)->cascade, 7);
}

static size_t size_after(const char *character, size_t count)
{
    const size_t bytes = strlen(character);
    char *body = arena_alloc(world.arena, bytes * count + 1);

    for (size_t i = 0; i < count; i++)
        memcpy(body + i * bytes, character, bytes);
    const struct outgoing text = {.line = LINE, .to = ANNA, .body = {body, bytes * count}};
    const int64_t id = outgoing_text(&context, &text);
    return facts_message(&world.facts, WORLD_TENANT, id)->body.size;
}

static void a_long_body_is_cut_at_a_character(void **unused)
{
    (void)unused;
    assert_int_equal(size_after("a", 1500), 1500);
    assert_int_equal(size_after("a", 1501), 1500);
    assert_int_equal(size_after("\xc3\xa9", 1501), 3000);
    assert_int_equal(size_after("\xf0\x9f\x94\xa5", 1600), 6000);
    assert_int_equal(size_after("", 0), 0);
}

static void a_link_keeps_only_the_hash(void **unused)
{
    (void)unused;
    const struct span address = outgoing_link(&context, LINK_ACKNOWLEDGE, 6, "backup", 99);
    uint8_t hash[LINK_HASH_BYTES] = {9};
    const struct link *l = facts_link(&world.facts, hash);

    assert_true(span_is_text(address, "https://relay.example.test/j/abcdefghijklmnopqrstuv"));
    assert_non_null(l);
    assert_int_equal(l->tenant, WORLD_TENANT);
    assert_int_equal(l->subject, 6);
    assert_int_equal(l->expires_ms, 99);
    assert_int_equal(l->used_ms, 0);
    assert_string_equal(l->operator_id, "backup");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_text_is_a_message_and_a_row_of_the_outbox_with_one_id),
        TEST(a_prealert_is_bound_to_its_call),
        TEST(a_long_body_is_cut_at_a_character),
        TEST(a_link_keeps_only_the_hash),
    };

    return cmocka_run_group_tests_name("outgoing", tests, NULL, NULL);
}
