#include "core_world.h"

#include "relay/outgoing.h"

static struct world world;
static struct context context;
static const struct event event = {.kind = EVENT_ACK, .tenant = WORLD_TENANT};

#define SECRET_A "abcdefghijklmnopqrstuv"
#define SECRET_B "bbcdefghijklmnopqrstuv"
#define PHOTO_1 "https://carrier.example.test/ME1"
#define PHOTO_2 "https://carrier.example.test/ME2"

static char links_made;

/* The first begins with an a, the second with a b; the hash too. */
static void next_link(struct context_link *out)
{
    memset(out, 0, sizeof *out);
    strcpy(out->text, SECRET_A);
    out->text[0] = (char)('a' + links_made++);
    out->hash[0] = (uint8_t)out->text[0];
}

static int set_up(void **unused)
{
    (void)unused;
    world_open(&world);
    context = (struct context){.facts = &world.facts,
                               .roster = &world.roster,
                               .event = &event,
                               .public_url = SPAN("https://relay.example.test"),
                               .new_link = next_link};
    links_made = 0;
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

/* The database came back from a backup: what was due before may have been sent by the lost one. */
static void what_a_lost_database_may_have_sent_is_looked_for_first(void **unused)
{
    const struct event late = {
        .kind = EVENT_TEXT, .tenant = WORLD_TENANT, .late = true, .at_ms = WORLD_START - 5 * MIN};
    const struct event timer = {
        .kind = EVENT_TIMER, .tenant = WORLD_TENANT, .timer = {.due_ms = WORLD_START - MIN}};
    const struct outgoing text = {
        .kind = MESSAGE_FORWARD, .line = LINE, .to = PRIMARY, .body = SPAN("x")};

    (void)unused;
    context.restored_ms = WORLD_START - 2 * MIN;
    context.event = &late;
    int64_t id = outgoing_text(&context, &text);
    const struct outbox *o = facts_outbox(&world.facts, WORLD_TENANT, id);
    assert_int_equal(o->state, OUTBOX_UNSURE);
    assert_true(o->again); /* and sent, and marked, when it is not found */
    assert_int_equal(o->sent_ms, WORLD_START - 5 * MIN);
    assert_int_equal(o->unsure_ms, WORLD_START);
    assert_int_equal(facts_message(&world.facts, WORLD_TENANT, id)->delivery, DELIVERY_UNSURE);
    context.event = &timer; /* due after the lost one had ended */
    id = outgoing_text(&context, &text);
    assert_int_equal(facts_outbox(&world.facts, WORLD_TENANT, id)->state, OUTBOX_QUEUED);
    context.restored_ms = WORLD_START;
    id = outgoing_text(&context, &text);
    assert_int_equal(facts_outbox(&world.facts, WORLD_TENANT, id)->state, OUTBOX_UNSURE);
    context.event = &event; /* somebody acts now */
    id = outgoing_text(&context, &text);
    assert_int_equal(facts_outbox(&world.facts, WORLD_TENANT, id)->state, OUTBOX_QUEUED);
}

static struct span repeated(const char *character, size_t count)
{
    const size_t bytes = strlen(character);
    char *body = arena_alloc(world.arena, bytes * count + 1);

    for (size_t i = 0; i < count; i++)
        memcpy(body + i * bytes, character, bytes);
    return (struct span){body, bytes * count};
}

static const struct outbox *sent(const struct outgoing *text, const struct message **out_row)
{
    const int64_t id = outgoing_text(&context, text);

    *out_row = facts_message(&world.facts, WORLD_TENANT, id);
    return facts_outbox(&world.facts, WORLD_TENANT, id);
}

static const struct link *link_of(char first)
{
    const uint8_t hash[LINK_HASH_BYTES] = {(uint8_t)first};
    const struct link *l = facts_link(&world.facts, hash);

    world.facts.short_of = false;
    return l;
}

static void a_long_body_is_cut_at_a_character_and_the_record_has_all(void **unused)
{
    (void)unused;
    static const char end[] = " ... https://relay.example.test/j/";
    static const struct row {
        const char *name, *character;
        size_t count, left; /* bytes of the words as they leave */
        bool cut;
    } rows[] = {
        {"nothing", "", 0, 0, false},
        {"as much as fits", "a", 1500, 1500, false},
        {"one more", "a", 1501, 1500, true},
        {"two bytes each", "\xc3\xa9", 1501, 3000, true},
        {"as long as the carrier lets a text be", "\xf0\x9f\x94\xa5", 1600, 6000, true},
        {"a letter with its mark is one", "e\xcc\x81", 800, 2250, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct outgoing text = {
            .line = LINE, .to = ANNA, .body = repeated(rows[i].character, rows[i].count)};
        const struct message *m;
        const struct outbox *o = sent(&text, &m);
        const size_t size = rows[i].left + (rows[i].cut ? sizeof end - 1 + 22 : 0);
        assert_true(span_is(m->body, text.body));
        if (o->body.size != size)
            fail_msg("%s: leaves with %zu bytes", rows[i].name, o->body.size);
        if (rows[i].cut)
            assert_memory_equal(o->body.data + rows[i].left, end, sizeof end - 1);
    }
}

static void the_link_to_the_whole_is_about_the_text_itself(void **unused)
{
    (void)unused;
    const struct message *m;
    const struct outgoing text = {.line = LINE, .to = ANNA, .body = repeated("a", 1501)};

    sent(&text, &m);
    const struct link *l = link_of('a');
    assert_non_null(l);
    assert_int_equal(l->purpose, LINK_WORDS);
    assert_int_equal(l->subject, m->id);
    assert_string_equal(l->operator_id, ""); /* the customer's */
}

static void photos_travel_as_such_on_lines_that_carry_them(void **unused)
{
    (void)unused;
    world.lines[0].mms = true;
    const struct message *m;
    const struct outgoing text = {.line = LINE,
                                  .to = ANNA,
                                  .body = SPAN("like this"),
                                  .photos_of = 5,
                                  .photos = SPAN(PHOTO_1 "\n" PHOTO_2)};
    const struct outbox *o = sent(&text, &m);

    assert_true(span_is_text(o->body, "like this"));
    assert_true(span_is_text(o->media, "https://relay.example.test/m/" SECRET_A
                                       "/0\nhttps://relay.example.test/m/" SECRET_A "/1"));
    assert_true(span_is_text(m->media, PHOTO_1 "\n" PHOTO_2));
    const struct link *l = link_of('a');
    assert_int_equal(l->purpose, LINK_MEDIA);
    assert_int_equal(l->subject, 5);
    assert_null(link_of('b')); /* one for all of them */
}

static void photos_are_a_page_elsewhere(void **unused)
{
    (void)unused;
#define PAGE(secret) "like this\nhttps://relay.example.test/j/" secret
    static const struct row {
        const char *name, *line, *to;
    } rows[] = {{"a line that carries none", LINE_2, ANNA},
                {"a number that takes none", LINE, "+445550100111"}};

    world.lines[0].mms = true;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct message *m;
        const struct outgoing text = {.line = rows[i].line,
                                      .to = rows[i].to,
                                      .body = SPAN("like this"),
                                      .photos_of = 5,
                                      .photos = SPAN(PHOTO_1)};
        const struct outbox *o = sent(&text, &m);
        if (!span_is_text(o->body, i ? PAGE(SECRET_B) : PAGE(SECRET_A)) || o->media.size)
            fail_msg("%s: %.*s", rows[i].name, SPAN_ARG(o->body));
        assert_true(span_is_text(m->body, "like this"));
    }
}

static void a_photo_alone_begins_with_its_address(void **unused)
{
    (void)unused;
    const struct message *m;
    const struct outgoing text = {
        .line = LINE, .to = ANNA, .photos_of = 5, .photos = SPAN(PHOTO_1)};

    assert_true(span_is_text(sent(&text, &m)->body, "https://relay.example.test/j/" SECRET_A));
}

static void a_photo_that_cannot_be_had_is_said(void **unused)
{
    (void)unused;
    world.lines[0].mms = true;
    const struct message *m;
    struct outgoing text = {.line = LINE,
                            .to = ANNA,
                            .body = SPAN("like this"),
                            .photos_of = 5,
                            .photos = SPAN("-\n" PHOTO_2)};
    const struct outbox *o = sent(&text, &m);

    /* Its number stays: by it the photo is found. */
    assert_true(span_is_text(o->media, "https://relay.example.test/m/" SECRET_A "/1"));
    assert_true(span_is_text(o->body, "like this\n(a photo could not be passed on)"));
    text.photos = SPAN("-");
    o = sent(&text, &m);
    assert_int_equal(o->media.size, 0);
    assert_true(span_is_text(o->body, "like this\n(a photo could not be passed on)"));
    assert_null(link_of('b')); /* nothing to show, no link */
}

static void with_everything_at_its_end_it_is_still_what_the_carrier_takes(void **unused)
{
    (void)unused;
    const struct message *m;
    const struct outgoing text = {.line = LINE,
                                  .to = ANNA,
                                  .body = repeated("a", 1600),
                                  .photos_of = 5,
                                  .photos = SPAN("-\n" PHOTO_2)};
    const struct span body = sent(&text, &m)->body;

    assert_int_equal(body.size, 1600);
    assert_non_null(memmem(body.data, body.size, "/j/" SECRET_A, 25));
    assert_non_null(memmem(body.data, body.size, "/j/" SECRET_B, 25));
    assert_memory_equal(body.data + 1600 - 7, "sed on)", 7);
}

static void the_record_has_no_secret(void **unused)
{
    (void)unused;
    const struct message *m;
    const struct outgoing text = {.line = LINE,
                                  .to = PRIMARY,
                                  .body =
                                      SPAN("take https://relay.example.test/j/" SECRET_A " or see "
                                           "https://relay.example.test/m/" SECRET_B
                                           "/0, https://other.example.test/j/" SECRET_A)};
    const struct outbox *o = sent(&text, &m);

    assert_true(span_is(o->body, text.body));
    assert_true(span_is_text(
        m->body, "take https://relay.example.test/j/... or see "
                 "https://relay.example.test/m/.../0, https://other.example.test/j/" SECRET_A));
}

static void a_secret_that_is_cut_short_is_none(void **unused)
{
    (void)unused;
    const struct message *m;
    const struct outgoing text = {
        .line = LINE, .to = PRIMARY, .body = SPAN("https://relay.example.test/j/abc")};

    sent(&text, &m);
    assert_true(span_is_text(m->body, "https://relay.example.test/j/..."));
}

static void a_link_keeps_only_the_hash(void **unused)
{
    (void)unused;
    const struct span address = outgoing_link(&context, LINK_ACKNOWLEDGE, 6, "backup", 99);
    const struct link *l = link_of('a');

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
        TEST(what_a_lost_database_may_have_sent_is_looked_for_first),
        TEST(a_long_body_is_cut_at_a_character_and_the_record_has_all),
        TEST(the_link_to_the_whole_is_about_the_text_itself),
        TEST(photos_travel_as_such_on_lines_that_carry_them),
        TEST(photos_are_a_page_elsewhere),
        TEST(a_photo_alone_begins_with_its_address),
        TEST(a_photo_that_cannot_be_had_is_said),
        TEST(with_everything_at_its_end_it_is_still_what_the_carrier_takes),
        TEST(the_record_has_no_secret),
        TEST(a_secret_that_is_cut_short_is_none),
        TEST(a_link_keeps_only_the_hash),
    };

    return cmocka_run_group_tests_name("outgoing", tests, NULL, NULL);
}
