/* What the board's pages ask: threads by last activity, found and narrowed, a thread's timeline,
 * what waits and is on now. */
#include "contract/contract_kit.h"

#include <stdio.h>
#include <string.h>

#define CUSTOMER "+13125550150"

static struct thread said(int32_t tenant, const char *customer, const char *words, int64_t at_ms)
{
    struct thread t = kit_thread(tenant, customer);

    t.last_ms = at_ms;
    struct message m = kit_message(tenant, t.id);
    m.direction = DIRECTION_IN;
    m.delivery = DELIVERY_NONE;
    m.kind = MESSAGE_INBOUND;
    m.body = span_of(words);
    m.at_ms = at_ms;
    facts_add_thread(&kit.facts, &t);
    facts_add_message(&kit.facts, &m);
    return t;
}

static void threads_go_by_last_activity_and_ties_are_not_lost(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    static const int64_t at[] = {5, 1, 3, 3, 3, 9, 3};
    static const size_t want[] = {5, 0, 6, 4, 3, 2, 1}; /* the later made of a tie first */
    struct view_filter page = {.tenant = tenant, .limit = 2};
    int64_t made[7];
    size_t count = 0;

    (void)unused;
    for (size_t i = 0; i < 7; i++) {
        char customer[16] = "+1312555016x";
        customer[11] = (char)('0' + i);
        made[i] = said(tenant, customer, "hello", NOW + at[i]).id;
        said(other, customer, "not ours", NOW + at[i]);
    }
    kit_save();
    for (;;) {
        const struct kit_seen seen = kit_look(VIEW_INBOX, page);
        for (size_t i = 0; i < seen.count; i++, count++)
            assert_int_equal(seen.ids[i], made[want[count]]);
        if (seen.count < 2)
            break;
        page.after = seen.ids[1];
        page.after_ms = NOW + at[want[count - 1]];
    }
    assert_int_equal(count, 7);
}

static void the_last_words_are_what_people_said(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const struct thread t = said(tenant, CUSTOMER, "no heat", NOW);
    struct message notice = kit_message(tenant, t.id);

    (void)unused;
    facts_add_message(&kit.facts, &notice); /* to an operator */
    kit_save();
    struct kit_seen seen = kit_look(VIEW_INBOX, (struct view_filter){.tenant = tenant});
    assert_int_equal(seen.count, 1);
    kit_has(&seen, "last=inbound\x1fin\x1f");
    kit_has(&seen, "\x1f\x1fno heat;");
    struct cascade c = {.id = id_next(&kit.ids, NOW),
                        .tenant = tenant,
                        .thread = t.id,
                        .call_sid = "CA1",
                        .state = CASCADE_OVER,
                        .outcome = OUTCOME_MISSED,
                        .started_ms = NOW};
    facts_add_cascade(&kit.facts, &c);
    kit_save();
    seen = kit_look(VIEW_THREADS, (struct view_filter){.tenant = tenant, .id = t.id});
    kit_has(&seen, "last=call\x1fin\x1f");
    kit_has(&seen, "\x1fmissed\x1f;");
}

static void words_are_found_as_they_are(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    const int64_t percent = said(tenant, "+13125550161", "leaks 100% of it", NOW).id;
    const int64_t plain = said(tenant, "+13125550162", "leaks 100 litres", NOW + 1).id;
    static const struct row {
        const char *match, *digits;
        int found; /* 1 the first, 2 the second, 3 both */
    } rows[] = {
        {"%leaks%", "", 3},     {"%LEAKS%", "", 3},         {"%100\\%%", "", 1},
        {"%100 l%", "", 2},     {"%nothing%", "", 0},       {"%\\_%", "", 0},
        {"%0162%", "%0162", 2}, {"%x%", "+13125550161", 1}, {"%' OR 1=1 --%", "", 0},
    };

    (void)unused;
    said(other, "+13125550161", "leaks 100% of it", NOW);
    kit_save();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct kit_seen seen =
            kit_look(VIEW_INBOX, (struct view_filter){.tenant = tenant,
                                                      .match = span_of(rows[i].match),
                                                      .digits = span_of(rows[i].digits)});
        int found = 0;
        for (size_t k = 0; k < seen.count; k++)
            found |= seen.ids[k] == percent ? 1 : seen.ids[k] == plain ? 2 : 4;
        if (found != rows[i].found)
            fail_msg("%s finds %d", rows[i].match, found);
    }
}

static void what_waits_is_its_threads_latest(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    struct thread t = kit_thread(tenant, CUSTOMER);
    struct relay old = kit_relay(tenant, t.id), now = kit_relay(tenant, t.id);

    (void)unused;
    old.state = RELAY_EXHAUSTED;
    now.state = RELAY_OPEN;
    t.relay = now.id;
    facts_add_thread(&kit.facts, &t);
    facts_add_relay(&kit.facts, &old);
    facts_add_relay(&kit.facts, &now);
    kit_save();
    const struct view_filter waiting = {.tenant = tenant, .state = SPAN("waiting")};
    struct kit_seen seen = kit_look(VIEW_RELAYS, waiting);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.ids[0], now.id);
    kit_has(&seen, "line=+13125550101;");
    seen = kit_look(VIEW_INBOX, waiting);
    assert_int_equal(seen.count, 1);
    kit_has(&seen, "relay_state=open;");
    seen = kit_look(VIEW_COUNTS, (struct view_filter){.tenant = tenant});
    kit_has(&seen, "relays_waiting=1;");
    kit_has(&seen, "threads_open=1;");
    kit_has(&seen, "calls_live=0;");
    kit_has(&seen, "latest_id;"); /* an empty log */
    seen = kit_look(VIEW_FIGURES, (struct view_filter){.tenant = 0});
    assert_int_equal(seen.count, 1);
    kit_has(&seen, "relays_waiting=1;");
    kit_has(&seen, "relays_unanswered=0;");
    kit_has(&seen, "unanswered_raised_at;");
    kit_has(&seen, "outbox_queued=0;");
    kit_has(&seen, "calls_live=0;");
}

static void queue(int32_t tenant, const char *from, enum outbox_class class, int64_t due_ms,
                  int times)
{
    for (int i = 0; i < times; i++) {
        struct outbox o = {.id = id_next(&kit.ids, NOW),
                           .tenant = tenant,
                           .kind = OUTBOX_TEXT,
                           .class = class,
                           .state = OUTBOX_QUEUED,
                           .due_ms = due_ms + i};
        snprintf(o.from, sizeof o.from, "%s", from);
        snprintf(o.to, sizeof o.to, "%s", CUSTOMER);
        facts_add_outbox(&kit.facts, &o);
    }
}

static void of_each_queue_the_first_is_told(void **unused)
{
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");
    struct kit_seen seen = kit_look(VIEW_QUEUES, (struct view_filter){.tenant = 0});

    (void)unused;
    assert_int_equal(seen.count, 0);
    queue(one, "+13125550101", OUTBOX_BULK, NOW - 500, 12);
    queue(one, "+13125550101", OUTBOX_URGENT, NOW - 20, 3);
    queue(one, "+13125550102", OUTBOX_NORMAL, NOW - 400, 2);
    queue(two, "+13125550101", OUTBOX_NORMAL, NOW - 900, 1);
    kit_save();
    char due[32];
    snprintf(due, sizeof due, "due_at=%lld;", (long long)(NOW - 20));
    seen = kit_look(VIEW_QUEUES, (struct view_filter){.tenant = 0});
    assert_int_equal(seen.count, 4); /* in the order of their time */
    kit_has(&seen, due);
    kit_has(&seen, "sender=+13125550101;");
    kit_has(&seen, "class=urgent;");
    seen = kit_look(VIEW_FIGURES, (struct view_filter){.tenant = 0});
    kit_has(&seen, "outbox_queued=18;");
}

static void a_timeline_has_each_thing_once_latest_first(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const struct thread t = said(tenant, CUSTOMER, "no heat", NOW);
    static const char *const kinds[] = {"text.received", "relay.forwarded", "relay.acknowledged"};
    struct message reply = kit_message(tenant, t.id);
    int64_t events[3];

    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        const struct event_row e = {
            .tenant = tenant, .kind = kinds[i], .at_ms = NOW, .thread = t.id, .subject = 9};
        events[i] = facts_log(&kit.facts, &e)->id;
    }
    reply.id = id_next(&kit.ids, NOW);
    reply.kind = MESSAGE_REPLY;
    facts_add_message(&kit.facts, &reply);
    const struct event_row sent = {.tenant = tenant,
                                   .kind = "text.replied",
                                   .at_ms = NOW,
                                   .thread = t.id,
                                   .subject = reply.id,
                                   .detail = SPAN("by Mara, on the board")};
    facts_log(&kit.facts, &sent);
    kit_save();
    struct kit_seen seen =
        kit_look(VIEW_TIMELINE, (struct view_filter){.tenant = tenant, .thread = t.id});
    assert_int_equal(seen.count, 4); /* text, two events, reply */
    assert_int_equal(seen.ids[0], reply.id);
    assert_int_equal(seen.ids[1], events[2]);
    assert_int_equal(seen.ids[2], events[1]);
    kit_has(&seen, "type=message;");
    seen =
        kit_look(VIEW_TIMELINE, (struct view_filter){.tenant = tenant, .thread = t.id, .limit = 1});
    kit_has(&seen, "note=by Mara, on the board;");
    seen =
        kit_look(VIEW_TIMELINE, (struct view_filter){.tenant = kit_tenant("two"), .thread = t.id});
    assert_int_equal(seen.count, 0);
}

static void what_was_held_back_was_said_too(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const struct thread t = said(tenant, CUSTOMER, "no heat", NOW);
    struct message held = kit_message(tenant, t.id);

    (void)unused;
    held.id = id_next(&kit.ids, NOW + 1);
    held.kind = MESSAGE_HELD;
    held.body = SPAN("the fifth of a kind");
    facts_add_message(&kit.facts, &held);
    kit_save();
    const struct kit_seen line =
        kit_look(VIEW_TIMELINE, (struct view_filter){.tenant = tenant, .thread = t.id});
    assert_int_equal(line.count, 2);
    assert_int_equal(line.ids[0], held.id);
    const struct view_filter words = {.tenant = tenant, .match = SPAN("%fifth%")};
    assert_int_equal(kit_look(VIEW_INBOX, words).count, 1);
}

static void seen_at_once(void *ctx, const struct view_cell *cells, size_t count)
{
    (void)cells;
    (void)count;
    (*(int *)ctx)++;
}

static void several_lists_are_read_at_once(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    int threads = 0, messages = 0;

    (void)unused;
    said(tenant, CUSTOMER, "no heat", NOW);
    kit_save();
    const struct view_filter all = {.tenant = tenant, .limit = 10};
    const struct view_ask asks[] = {{VIEW_INBOX, all, seen_at_once, &threads},
                                    {VIEW_MESSAGES, all, seen_at_once, &messages}};
    GOOD(store_views(kit.store, asks, 2));
    assert_int_equal(threads, 1);
    assert_int_equal(messages, 1);
    struct view_filter odd = all;
    odd.match = SPAN("%x%");
    const struct view_ask bad[] = {{VIEW_TIMERS, odd, seen_at_once, &threads},
                                   {VIEW_INBOX, all, seen_at_once, &threads}};
    assert_int_equal(store_views(kit.store, bad, 2), ERR_BAD_INPUT);
}

static void texts_that_did_not_arrive_are_listed(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    struct message lost = kit_message(tenant, 5), sent = kit_message(tenant, 5),
                   in = kit_message(tenant, 5);

    (void)unused;
    lost.delivery = DELIVERY_UNDELIVERED;
    lost.error_code = 30003;
    sent.delivery = DELIVERY_DELIVERED;
    in.direction = DIRECTION_IN;
    facts_add_message(&kit.facts, &lost);
    facts_add_message(&kit.facts, &sent);
    facts_add_message(&kit.facts, &in);
    kit_save();
    struct kit_seen seen = kit_look(VIEW_DELIVERIES, (struct view_filter){.tenant = tenant});
    assert_int_equal(seen.count, 2);
    seen =
        kit_look(VIEW_DELIVERIES, (struct view_filter){.tenant = tenant, .state = SPAN("trouble")});
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.ids[0], lost.id);
    kit_has(&seen, "error_code=30003;");
    seen = kit_look(VIEW_DELIVERIES,
                    (struct view_filter){.tenant = tenant, .since = sent.id, .until = in.id});
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.ids[0], sent.id);
}

static void an_answer_is_kept_with_its_claim(void **unused)
{
    const int32_t tenant = kit_tenant("one");

    (void)unused;
    facts_claim_with(&kit.facts, tenant, SPAN("key:a"),
                     &(struct claim_fact){.event = 7, .answer = SPAN("it is done")});
    facts_claim(&kit.facts, tenant, SPAN("m:SM1"), 8);
    kit_save();
    kit_reopen();
    facts_want_claim(&kit.facts, tenant, SPAN("key:a"));
    facts_want_claim(&kit.facts, tenant, SPAN("m:SM1"));
    kit_load();
    const struct claim_fact *a = facts_claimed(&kit.facts, tenant, SPAN("key:a"));
    const struct claim_fact *b = facts_claimed(&kit.facts, tenant, SPAN("m:SM1"));
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(a->event, 7);
    assert_true(span_is_text(a->answer, "it is done"));
    assert_int_equal(b->event, 8);
    assert_int_equal(b->answer.size, 0);
}

const struct CMUnitTest contract_board[] = {
    KIT_TEST(threads_go_by_last_activity_and_ties_are_not_lost),
    KIT_TEST(the_last_words_are_what_people_said),
    KIT_TEST(words_are_found_as_they_are),
    KIT_TEST(what_waits_is_its_threads_latest),
    KIT_TEST(of_each_queue_the_first_is_told),
    KIT_TEST(a_timeline_has_each_thing_once_latest_first),
    KIT_TEST(what_was_held_back_was_said_too),
    KIT_TEST(several_lists_are_read_at_once),
    KIT_TEST(texts_that_did_not_arrive_are_listed),
    KIT_TEST(an_answer_is_kept_with_its_claim),
};
const size_t contract_board_count = sizeof contract_board / sizeof contract_board[0];
