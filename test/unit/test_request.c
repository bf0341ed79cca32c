#include "core_world.h"

static struct world *const w = &world_shared;

static void assert_refused(enum err err)
{
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    assert_int_equal(w->answer.error, err);
    assert_int_equal(w->changes, 0);
}

static void the_api_acknowledges(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    struct event e = {.kind = EVENT_ACK, .relay = 77, .operator_id = SPAN("backup")};
    world_again(w, e);
    assert_refused(ERR_NOT_FOUND);
    e.relay = world_relay(w)->id;
    e.operator_id = SPAN("nobody");
    world_again(w, e);
    assert_refused(ERR_BAD_INPUT);
    e.operator_id = SPAN("backup");
    e.tenant = 2;
    world_again(w, e);
    assert_refused(ERR_NOT_FOUND);
    e.tenant = WORLD_TENANT;
    world_again(w, e);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_string_equal(world_relay(w)->acked_by, "backup");
    SAYS(world_last_to(w, PRIMARY), "is with Bo");
    e.operator_id = SPAN("owner");
    world_again(w, e);
    assert_true(span_is_text(w->answer.words, "was taken already"));
    assert_string_equal(world_relay(w)->acked_by, "backup");
}

static void the_api_replies(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct event by_thread = {.kind = EVENT_REPLY,
                                    .thread = world_thread(w, ANNA)->id,
                                    .body = SPAN("on our way"),
                                    .origin = ORIGIN_API};
    struct event by_tag = {.kind = EVENT_REPLY,
                           .operator_id = SPAN("primary"),
                           .body = SPAN("here"),
                           .origin = ORIGIN_DASHBOARD};
    by_tag.tag = span_of(world_tagged(w, world_about(w, PRIMARY, ANNA), ""));
    world_again(w, by_thread);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_int_equal(w->answer.id, world_to(w, ANNA, 0)->id);
    assert_int_equal(world_to(w, ANNA, 0)->origin, ORIGIN_API);
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_TAKEN);
    world_again(w, by_tag);
    assert_int_equal(world_count_to(w, ANNA), 2);
    assert_string_equal(world_to(w, ANNA, 1)->operator_id, "primary");
}

static void the_api_replies_to_nobody(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, "24365", "parcel");
    const int64_t thread = world_thread(w, ANNA)->id;
    const struct row {
        struct event e;
        enum err err;
    } rows[] = {
        {{.thread = 77, .body = SPAN("x")}, ERR_NOT_FOUND},
        {{.tenant = 2, .thread = thread, .body = SPAN("x")}, ERR_NOT_FOUND},
        {{.thread = thread, .operator_id = SPAN("nobody"), .body = SPAN("x")}, ERR_BAD_INPUT},
        {{.thread = thread, .body = SPAN(" \n")}, ERR_BAD_INPUT},
        {{.tag = SPAN("Z9Z"), .operator_id = SPAN("backup"), .body = SPAN("x")}, ERR_NOT_FOUND},
        {{.tag = SPAN("no mark"), .operator_id = SPAN("primary"), .body = SPAN("x")},
         ERR_NOT_FOUND},
        {{.tag = SPAN("Z9Z"), .body = SPAN("x")}, ERR_NOT_FOUND},
        {{.thread = world_thread(w, "24365")->id, .body = SPAN("x")}, ERR_CONFLICT},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct event e = rows[i].e;
        e.kind = EVENT_REPLY;
        world_again(w, e);
        assert_refused(rows[i].err);
    }
    assert_int_equal(world_count_to(w, ANNA), 0);
}

static void a_link_takes_once(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_link(w, world_about(w, PRIMARY, ANNA), LINK_TAKE);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_true(span_is_text(w->answer.words, "Taken by Pat."));
    assert_string_equal(world_relay_of(w, ANNA)->acked_by, "primary");
    world_link(w, world_about(w, PRIMARY, ANNA), LINK_TAKE);
    assert_refused(ERR_CONFLICT);
}

static void a_link_says_who_was_first(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    world_link(w, world_about(w, BACKUP, ANNA), LINK_TAKE);
    world_link(w, world_about(w, PRIMARY, ANNA), LINK_TAKE);
    assert_true(span_is_text(w->answer.words, "Bo has it already."));
    assert_string_equal(world_relay_of(w, ANNA)->acked_by, "backup");
}

static void a_link_expires(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, BORIS, "no water");
    world_wait(w, 72 * (int64_t)HOUR - 1);
    world_link(w, world_about(w, PRIMARY, BORIS), LINK_TAKE);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    world_wait(w, 1);
    world_link(w, world_about(w, PRIMARY, ANNA), LINK_TAKE);
    assert_refused(ERR_CONFLICT);
}

static void a_foreign_or_unknown_link_does_not_exist(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_link(w, world_about(w, PRIMARY, ANNA), LINK_TAKE);
    struct event e = w->last;
    e.tenant = 2;
    world_again(w, e);
    assert_refused(ERR_NOT_FOUND);
    e.tenant = WORLD_TENANT;
    memset(e.link, 0x55, sizeof e.link);
    world_again(w, e);
    assert_refused(ERR_NOT_FOUND);
}

static void a_link_passes_on(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_link(w, world_about(w, PRIMARY, ANNA), LINK_PASS);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_int_equal(world_relay_of(w, ANNA)->step, 1);
    assert_int_equal(world_count_to(w, BACKUP), 1);
}

static void a_link_of_an_earlier_step_passes_nothing_on(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    world_link(w, world_about(w, PRIMARY, ANNA), LINK_PASS);
    assert_refused(ERR_CONFLICT);
    assert_int_equal(world_relay_of(w, ANNA)->step, 1);
    world_text(w, BACKUP, world_tagged(w, world_about(w, BACKUP, ANNA), "ok"));
    world_link(w, world_about(w, PRIMARY, ANNA), LINK_PASS); /* nor takes it from the owner */
    assert_refused(ERR_CONFLICT);
    assert_string_equal(world_relay_of(w, ANNA)->acked_by, "backup");
    world_link(w, world_about(w, PRIMARY, ANNA), LINK_TAKE); /* the link itself is still good */
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

static void a_link_of_somebody_who_left_is_denied(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    strcpy(w->people[AT_PRIMARY].id, "somebody-else");
    world_link(w, world_about(w, PRIMARY, ANNA), LINK_TAKE);
    assert_refused(ERR_DENIED);
}

static void a_pre_alerts_link_is_no_accept(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    const struct message *m = world_to(w, PRIMARY, 0);
    world_link(w, m, LINK_TAKE);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_string_equal(world_cascade(w)->accepted_by, "");
    assert_int_equal(world_cascade(w)->state, CASCADE_RINGING);
    world_call_status(w, "completed", "1");
    world_link(w, m, LINK_TAKE); /* now it is a missed call that he takes */
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_string_equal(world_relay_of(w, ANNA)->acked_by, "primary");
}

static void the_api_replies_to_a_closed_thread_and_opens_it(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, ANNA), "done"));
    assert_true(world_thread(w, ANNA)->closed);
    const struct event e = {.kind = EVENT_REPLY,
                            .thread = world_thread(w, ANNA)->id,
                            .operator_id = SPAN("backup"),
                            .body = SPAN("one more thing"),
                            .origin = ORIGIN_API};
    world_again(w, e);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_true(span_is_text(world_to(w, ANNA, 0)->body, "one more thing"));
    assert_false(world_thread(w, ANNA)->closed);
    assert_string_equal(world_thread(w, ANNA)->owner, "backup");
    assert_int_equal(world_thread(w, ANNA)->closes_ms, w->now_ms + 24 * (int64_t)HOUR);
}

/* The engine answers for the carrier, which would refuse it: the sender hears of that. */
static void the_api_replies_to_somebody_who_opts_out_then(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct event e = {.kind = EVENT_REPLY,
                            .thread = world_thread(w, ANNA)->id,
                            .operator_id = SPAN("primary"),
                            .body = SPAN("on our way"),
                            .origin = ORIGIN_API};
    world_again(w, e);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    world_text(w, ANNA, "STOP"); /* before it has left */
    world_sent(w, world_to(w, ANNA, 0), SENT_REFUSED);
    assert_int_equal(world_to(w, ANNA, 0)->delivery, DELIVERY_FAILED);
    SAYS(world_last_to(w, PRIMARY), "did not reach " ANNA);
    assert_int_equal(world_count_to(w, ANNA), 1);
}

/* The address of ours in a text's body, or in what goes with it. */
static void press(struct span where, const char *path, enum link_action action)
{
    struct event e = {.kind = EVENT_LINK, .action = action};
    const char *at = strstr(arena_text(w->arena, where), path);

    assert_non_null(at);
    memcpy(e.link, at + strlen(path), CONTEXT_LINK_SIZE - 1);
    world_again(w, e);
}

static void links_that_show_have_no_button(void **unused)
{
    (void)unused;
    w->lines[0].mms = true;
    char *body = arena_alloc(w->arena, 2001);
    memset(body, 'a', 2000);
    body[2000] = 0;
    world_text(w, ANNA, "no heat");
    world_again(w, (struct event){.kind = EVENT_TEXT,
                                  .sid = SPAN("SMlong"),
                                  .from = SPAN(PRIMARY),
                                  .to = SPAN(LINE),
                                  .body = span_of(body),
                                  .media = SPAN("https://carrier.test/ME1")});
    const struct outbox *o = world_outbox(w, world_to(w, ANNA, 0)->id);
    press(o->body, "/j/", LINK_TAKE); /* the words */
    assert_refused(ERR_CONFLICT);
    assert_true(span_is_text(w->answer.words, "There is nothing to press here."));
    press(o->media, "/m/", LINK_PASS); /* the photo */
    assert_refused(ERR_CONFLICT);
    world_wait(w, 31 * 24 * (int64_t)HOUR);
    press(o->body, "/j/", LINK_TAKE);
    assert_refused(ERR_CONFLICT);
    assert_true(span_is_text(w->answer.words, "This link has expired."));
}

static void lock_the_primary(void)
{
    for (int i = 0; i < 5; i++)
        world_text(w, PRIMARY, arena_printf(w->arena, "Z%dZ hello", 2 + i));
}

static void a_locked_operators_text_acts_once_by_its_link(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    lock_the_primary();
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, ANNA), "on my way"));
    assert_int_equal(world_count_to(w, ANNA), 0);
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_OPEN);
    const struct message *with_link = world_last_to(w, PRIMARY);
    SAYS(with_link, "/j/");
    assert_null(memmem(with_link->body.data, with_link->body.size, "link-", 5));
    world_link(w, with_link, LINK_TAKE);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_int_equal(world_count_to(w, ANNA), 1);
    assert_true(span_is_text(world_to(w, ANNA, 0)->body, "on my way"));
    assert_string_equal(world_relay_of(w, ANNA)->acked_by, "primary");
    world_link(w, with_link, LINK_TAKE);
    assert_refused(ERR_CONFLICT);
    assert_int_equal(world_count_to(w, ANNA), 1);
}

static void a_locked_operators_link_expires_and_is_his(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    lock_the_primary();
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, ANNA), "on my way"));
    const struct message *first = world_last_to(w, PRIMARY);
    strcpy(w->people[AT_PRIMARY].id, "somebody-else");
    world_link(w, first, LINK_TAKE);
    assert_refused(ERR_DENIED);
    strcpy(w->people[AT_PRIMARY].id, "primary");
    world_wait(w, HOUR);
    world_link(w, first, LINK_TAKE);
    assert_refused(ERR_CONFLICT);
    assert_int_equal(world_count_to(w, ANNA), 0);
}

static void a_taken_relay_is_given_back_by_its_link(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, ANNA), "ok"));
    world_link(w, world_about(w, PRIMARY, ANNA), LINK_PASS);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_OPEN);
    assert_int_equal(world_relay_of(w, ANNA)->step, 1);
    assert_string_equal(world_thread(w, ANNA)->owner, "");
}

static struct event pass_by(const char *who)
{
    return (struct event){.kind = EVENT_PASS,
                          .relay = world_relay_of(w, ANNA)->id,
                          .operator_id = span_of(who),
                          .origin = ORIGIN_API,
                          .by = SPAN("a program")};
}

static void the_office_passes_on(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_again(w, pass_by(""));
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_int_equal(world_relay_of(w, ANNA)->step, 1);
    SAYS(world_last_to(w, PRIMARY), "went on to Bo");
    SAYS(world_last_to(w, BACKUP), "no heat");
    world_again(w, pass_by("primary")); /* it is not with him */
    assert_refused(ERR_CONFLICT);
    struct event own = pass_by("primary");
    own.is_own = true; /* then it is the office's act */
    world_again(w, own);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_int_equal(world_relay_of(w, ANNA)->step, 2);
}

static void with_nobody_left_the_office_passes_nothing_on(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    do
        world_again(w, pass_by(""));
    while (w->answer.kind == ANSWER_DONE);
    assert_refused(ERR_CONFLICT);
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_OPEN);
    world_wait(w, 2 * (int64_t)HOUR);
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_EXHAUSTED);
    world_again(w, pass_by(""));
    assert_refused(ERR_CONFLICT);
}

static void what_is_taken_is_passed_on_too(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "ok");
    world_again(w, pass_by(""));
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_OPEN);
    assert_int_equal(world_relay_of(w, ANNA)->step, 1);
    SAYS(world_last_to(w, PRIMARY), "went on to Bo");
    world_text(w, BACKUP, "ok");
    world_again(w, (struct event){.kind = EVENT_CLOSE, .thread = world_thread(w, ANNA)->id});
    world_again(w, pass_by(""));
    assert_refused(ERR_CONFLICT); /* its thread is closed */
    struct event e = pass_by("");
    e.relay = 77;
    world_again(w, e);
    assert_refused(ERR_NOT_FOUND);
    e = pass_by("nobody");
    world_again(w, e);
    assert_refused(ERR_BAD_INPUT);
}

static void the_office_acts_by_name(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_again(w, (struct event){.kind = EVENT_ACK,
                                  .relay = world_relay(w)->id,
                                  .origin = ORIGIN_DASHBOARD,
                                  .by = SPAN("Mara")});
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    SAYS(world_last_to(w, PRIMARY), "is with the office (Mara)");
}

static void the_api_does_not_text_whoever_opted_out(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, ANNA, "STOP");
    world_again(w, (struct event){.kind = EVENT_REPLY,
                                  .thread = world_thread(w, ANNA)->id,
                                  .body = SPAN("on our way"),
                                  .origin = ORIGIN_API});
    assert_refused(ERR_CONFLICT);
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_OPEN);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_api_acknowledges),
        TEST(the_api_replies),
        TEST(the_api_replies_to_nobody),
        TEST(a_link_takes_once),
        TEST(a_link_says_who_was_first),
        TEST(a_link_expires),
        TEST(a_foreign_or_unknown_link_does_not_exist),
        TEST(a_link_passes_on),
        TEST(a_link_of_an_earlier_step_passes_nothing_on),
        TEST(a_link_of_somebody_who_left_is_denied),
        TEST(the_api_replies_to_a_closed_thread_and_opens_it),
        TEST(the_api_replies_to_somebody_who_opts_out_then),
        TEST(links_that_show_have_no_button),
        TEST(a_locked_operators_text_acts_once_by_its_link),
        TEST(a_locked_operators_link_expires_and_is_his),
        TEST(a_taken_relay_is_given_back_by_its_link),
        TEST(a_pre_alerts_link_is_no_accept),
        TEST(the_api_does_not_text_whoever_opted_out),
        TEST(the_office_passes_on),
        TEST(with_nobody_left_the_office_passes_nothing_on),
        TEST(what_is_taken_is_passed_on_too),
        TEST(the_office_acts_by_name),
    };

    return cmocka_run_group_tests_name("inbox of the API and links", tests, NULL, NULL);
}
