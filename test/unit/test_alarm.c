/* alarm/alarm with an engine, a log and ways that the test plays: who is told, how often it is
 * tried, and who is told when that fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "alarm/alarm.h"
#include "alarm/alarm_look.h"
#include "alarm/alarm_note_in.h"
#include "alarm/alarm_send.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, GONE_MAX = 200 };

static struct scene {
    struct alarm *alarm;
    loop_turn_fn *turn;
    void *turn_ctx;
    int64_t now_ms;
    int tenants;
    struct roster roster;
    bool has_command;
    struct span secret; /* the tenant's */
    alarm_look_fn *found;
    alarm_look_anew_fn *anew;
    alarm_send_fn *sent;
    void *ctx;
    bool fails[ALARM_WAYS];
    struct {
        enum alarm_way way;
        int64_t at_ms, alarm;
        char secret[32];
    } gone[GONE_MAX]; /* what left, or was put on its way to people */
    int count;
    int told, not_told; /* on record */
} scene;

/* ---- what alarm.c calls ---- */

int engine_tenants(const struct engine *e)
{
    (void)e;
    return scene.tenants;
}

int32_t engine_tenant_at(const struct engine *e, int i)
{
    (void)e;
    return i + 1;
}

const struct roster *engine_roster(const struct engine *e, int32_t tenant)
{
    (void)e;
    return tenant == 1 ? &scene.roster : NULL;
}

int64_t engine_now_ms(const struct engine *e)
{
    (void)e;
    return scene.now_ms;
}

struct span engine_alarm_secret(const struct engine *e, int32_t tenant)
{
    (void)e;
    return tenant == 1 ? scene.secret : (struct span){0};
}

bool helper_has(const struct helper *helper, const char *slot)
{
    (void)helper, (void)slot;
    return scene.has_command;
}

void loop_add_turn(struct loop *loop, loop_turn_fn *turn, void *ctx)
{
    (void)loop;
    scene.turn = turn;
    scene.turn_ctx = ctx;
}

void loop_wake(struct loop *loop)
{
    (void)loop;
}

struct alarm_look *alarm_look_open(struct engine *engine, alarm_look_fn *fn,
                                   alarm_look_anew_fn *anew, void *ctx)
{
    (void)engine;
    scene.found = fn;
    scene.anew = anew;
    scene.ctx = ctx;
    return NULL;
}

void alarm_look_close(struct alarm_look **look)
{
    (void)look;
}

void alarm_look_turn(struct alarm_look *look)
{
    (void)look;
}

enum err alarm_send_open(const struct alarm_send_options *options, alarm_send_fn *done, void *ctx,
                         struct alarm_send **out)
{
    (void)options, (void)ctx;
    scene.sent = done;
    *out = NULL;
    return ERR_NONE;
}

void alarm_send_close(struct alarm_send **send)
{
    (void)send;
}

static void note(enum alarm_way way, int64_t alarm, struct span secret)
{
    assert_true(scene.count < GONE_MAX);
    scene.gone[scene.count].way = way;
    scene.gone[scene.count].alarm = alarm;
    snprintf(scene.gone[scene.count].secret, 32, "%.*s", SPAN_ARG(secret));
    scene.gone[scene.count++].at_ms = scene.now_ms;
}

void alarm_send(struct alarm_send *send, const struct alarm_send_what *what)
{
    (void)send;
    note(what->way, what->alarm, what->secret);
    scene.sent(scene.ctx, what->alarm, what->way, scene.fails[what->way] ? "it answers 500" : NULL);
}

void alarm_note_in(struct engine *engine, const struct event *event, alarm_note_in_fn *done,
                   void *ctx)
{
    enum alarm_way way = ALARM_WAYS;

    (void)engine;
    if (!done) {
        scene.told += !event->failed;
        scene.not_told += event->failed;
        return;
    }
    if (alarm_way_parse(event->by, &way)) {
        note(way, event->message, (struct span){0});
        done(ctx, event, scene.fails[way] ? ERR_BUSY : ERR_NONE);
        return;
    }
    done(ctx, event, ERR_BUSY); /* one that is raised: nothing can be stored */
}

/* ---- */

static int set_up(void **unused)
{
    (void)unused;
    scene = (struct scene){.now_ms = INT64_C(1800000000000), .tenants = 2};
    snprintf(scene.roster.name, sizeof scene.roster.name, "Acme");
    return 0;
}

static void open_alarm(const char *webhook, const char *secret)
{
    const struct alarm_options options = {
        .webhook = webhook, .secret = span_of(secret), .pages_url = "https://r.example"};

    assert_int_equal(alarm_open(&options, &scene.alarm), ERR_NONE);
}

static int tear_down(void **unused)
{
    (void)unused;
    alarm_close(&scene.alarm);
    return 0;
}

static void ring(int64_t id, int32_t tenant, const char *kind, unsigned done)
{
    struct alarm_row row = {.id = id, .tenant = tenant, .at_ms = scene.now_ms, .done = done};

    snprintf(row.kind, sizeof row.kind, "%s", kind);
    scene.found(scene.ctx, &row);
}

static void run_for(int64_t ms)
{
    for (int64_t until_ms = scene.now_ms + ms; scene.now_ms < until_ms; scene.now_ms += 500)
        scene.turn(scene.turn_ctx);
}

static int gone_by(enum alarm_way way)
{
    int n = 0;

    for (int i = 0; i < scene.count; i++)
        n += scene.gone[i].way == way;
    return n;
}

static void each_way_once(void **unused)
{
    (void)unused;
    scene.roster.alarms =
        (struct roster_alarms){.is_given = true, .text_count = 1, .voice_count = 1, .webhook = "x"};
    open_alarm("https://h.example", "host");
    ring(10, 1, "relay.exhausted", 0);
    run_for(HOUR);
    assert_int_equal(scene.count, 3);
    assert_int_equal(gone_by(ALARM_WAY_TEXT), 1);
    assert_int_equal(gone_by(ALARM_WAY_VOICE), 1);
    assert_int_equal(gone_by(ALARM_WAY_WEBHOOK), 1);
    assert_int_equal(gone_by(ALARM_WAY_HOST_WEBHOOK), 0);
    assert_int_equal(alarm_undelivered(scene.alarm), 0);
}

static void one_that_fails_is_tried_at_growing_intervals_and_given_up_after_a_day(void **unused)
{
    static const int64_t waits[] = {30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, HOUR};

    (void)unused;
    scene.roster.alarms = (struct roster_alarms){.is_given = true, .webhook = "x"};
    scene.fails[ALARM_WAY_WEBHOOK] = true;
    open_alarm(NULL, "");
    ring(10, 1, "relay.exhausted", 0);
    run_for(26 * HOUR);
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        const int64_t waited = scene.gone[i + 1].at_ms - scene.gone[i].at_ms;
        assert_in_range(waited, waits[i], waits[i] + SECOND);
    }
    assert_in_range(scene.count, 24, 30);
    assert_int_equal(scene.not_told, 1);
    assert_int_equal(alarm_undelivered(scene.alarm), 1);
    const int count = scene.count;
    run_for(5 * HOUR);
    assert_int_equal(scene.count, count);
}

static void after_three_failures_the_host_is_told_as_well(void **unused)
{
    (void)unused;
    scene.roster.alarms = (struct roster_alarms){.is_given = true, .webhook = "x"};
    scene.fails[ALARM_WAY_WEBHOOK] = true;
    scene.has_command = true;
    open_alarm("https://h.example", "");
    ring(10, 1, "relay.exhausted", 0);
    run_for(2 * MINUTE);
    assert_int_equal(gone_by(ALARM_WAY_WEBHOOK), 2);
    assert_int_equal(gone_by(ALARM_WAY_COMMAND) + gone_by(ALARM_WAY_HOST_WEBHOOK), 0);
    run_for(2 * MINUTE);
    assert_int_equal(gone_by(ALARM_WAY_WEBHOOK), 3);
    assert_int_equal(gone_by(ALARM_WAY_COMMAND), 1);
    assert_int_equal(gone_by(ALARM_WAY_HOST_WEBHOOK), 1);
}

static void but_not_when_another_way_has_worked(void **unused)
{
    (void)unused;
    scene.roster.alarms = (struct roster_alarms){.is_given = true, .webhook = "x", .text_count = 1};
    scene.fails[ALARM_WAY_WEBHOOK] = true;
    open_alarm("https://h.example", "");
    ring(10, 1, "relay.exhausted", 0);
    run_for(HOUR);
    assert_true(gone_by(ALARM_WAY_WEBHOOK) > 3);
    assert_int_equal(gone_by(ALARM_WAY_HOST_WEBHOOK), 0);
}

static void texts_that_cannot_be_stored_are_tried_again_too(void **unused)
{
    (void)unused;
    scene.roster.alarms = (struct roster_alarms){.is_given = true, .text_count = 1};
    scene.fails[ALARM_WAY_TEXT] = true;
    open_alarm("https://h.example", "");
    ring(10, 1, "relay.exhausted", 0);
    run_for(10 * MINUTE);
    assert_int_equal(gone_by(ALARM_WAY_TEXT), 3);
    assert_int_equal(gone_by(ALARM_WAY_HOST_WEBHOOK), 1);
}

static void what_the_log_says_was_told_goes_on_with_the_rest(void **unused)
{
    (void)unused;
    scene.roster.alarms = (struct roster_alarms){.is_given = true, .webhook = "x", .text_count = 1};
    open_alarm(NULL, "");
    ring(10, 1, "relay.exhausted", 1u << ALARM_WAY_TEXT);
    run_for(MINUTE);
    assert_int_equal(scene.count, 1);
    assert_int_equal(scene.gone[0].way, ALARM_WAY_WEBHOOK);
}

static void another_node_that_takes_over_ends_it_here(void **unused)
{
    (void)unused;
    scene.roster.alarms = (struct roster_alarms){.is_given = true, .webhook = "x"};
    scene.fails[ALARM_WAY_WEBHOOK] = true;
    open_alarm(NULL, "");
    ring(10, 1, "relay.exhausted", 0);
    run_for(SECOND);
    scene.anew(scene.ctx);
    run_for(HOUR);
    assert_int_equal(scene.count, 1);
}

static void what_cannot_be_stored_goes_by_the_host_s_ways_at_once(void **unused)
{
    (void)unused;
    scene.has_command = true;
    open_alarm("https://h.example", "");
    alarm_raise(scene.alarm, "store.failing", "calls are answered by rule");
    run_for(SECOND);
    assert_int_equal(gone_by(ALARM_WAY_COMMAND), 1);
    assert_int_equal(gone_by(ALARM_WAY_HOST_WEBHOOK), 1);
    assert_true(scene.gone[0].alarm < 0);
    assert_int_equal(scene.told, 0); /* nothing can be put on record */
    alarm_raise(scene.alarm, "store.failing", "calls are answered by rule");
    run_for(MINUTE);
    assert_int_equal(scene.count, 2); /* once an hour */
}

static void the_host_s_own_go_to_the_one_business_where_there_is_no_other_way(void **unused)
{
    (void)unused;
    scene.roster.alarms = (struct roster_alarms){.is_given = true, .text_count = 1};
    open_alarm(NULL, "");
    assert_false(alarm_has_ways(scene.alarm));
    ring(10, 0, "node.lost", 0);
    run_for(SECOND);
    assert_int_equal(scene.count, 0); /* of two, neither is the host */
    scene.tenants = 1;
    assert_true(alarm_has_ways(scene.alarm));
    ring(11, 0, "clock.off", 0);
    run_for(SECOND);
    assert_int_equal(gone_by(ALARM_WAY_TEXT), 1);
    assert_int_equal(scene.told, 1); /* of tenant 0: the text's own event is another's */
}

static void a_tenant_s_webhook_is_signed_by_his_secret_and_never_by_the_host_s(void **unused)
{
    (void)unused;
    scene.roster.alarms = (struct roster_alarms){.is_given = true, .webhook = "x"};
    scene.secret = SPAN("own");
    open_alarm("https://h.example", "host");
    ring(10, 1, "carrier.denied", 0); /* goes both ways */
    run_for(SECOND);
    assert_int_equal(scene.count, 2);
    for (int i = 0; i < 2; i++)
        assert_string_equal(scene.gone[i].secret,
                            scene.gone[i].way == ALARM_WAY_WEBHOOK ? "own" : "host");
    scene.secret = (struct span){0};
    ring(11, 1, "duty.gap", 0);
    run_for(SECOND);
    assert_string_equal(scene.gone[2].secret, "");
    scene.tenants = 1; /* it is the host's own business */
    ring(12, 1, "budget.over", 0);
    run_for(SECOND);
    assert_string_equal(scene.gone[3].secret, "host");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(each_way_once),
        EACH(one_that_fails_is_tried_at_growing_intervals_and_given_up_after_a_day),
        EACH(after_three_failures_the_host_is_told_as_well),
        EACH(but_not_when_another_way_has_worked),
        EACH(texts_that_cannot_be_stored_are_tried_again_too),
        EACH(what_the_log_says_was_told_goes_on_with_the_rest),
        EACH(another_node_that_takes_over_ends_it_here),
        EACH(what_cannot_be_stored_goes_by_the_host_s_ways_at_once),
        EACH(the_host_s_own_go_to_the_one_business_where_there_is_no_other_way),
        EACH(a_tenant_s_webhook_is_signed_by_his_secret_and_never_by_the_host_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
