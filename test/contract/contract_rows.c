#include "contract/contract_kit.h"

#include <stdio.h>
#include <string.h>

static void a_thread_comes_back_whole(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    struct thread t = kit_thread(tenant, "sip:someone@example.com");

    (void)unused;
    strcpy(t.owner, "anna");
    strcpy(t.job, "A-17");
    t.closed = true;
    t.relay = 77;
    t.last_ms = NOW + 1;
    t.closed_text_ms = NOW + 2;
    t.closes_ms = NOW + 3;
    t.heard_ms = NOW + 4;
    t.heard_print = -5; /* any 64 bits */
    t.burst_ms = NOW + 6;
    t.burst = 7;
    facts_add_thread(&kit.facts, &t);
    kit_save();
    kit_reopen();

    facts_want_id(&kit.facts, FACT_THREAD, tenant, t.id);
    kit_load();
    kit_same_thread(facts_thread_by_id(&kit.facts, tenant, t.id), &t);
    assert_null(facts_relay(&kit.facts, tenant, 77)); /* asked for already: no relay of that id */
    assert_false(kit.facts.short_of);

    struct thread *row = facts_thread_by_id(&kit.facts, tenant, t.id);
    row->owner[0] = row->job[0] = 0;
    row->closed = false;
    row->relay = row->closed_text_ms = row->closes_ms = row->heard_ms = 0;
    row->heard_print = row->burst_ms = row->burst = 0;
    row->last_ms = NOW + 9;
    const struct thread changed = *row;
    facts_touch(&kit.facts, FACT_THREAD, row);
    kit_save();
    facts_want_thread(&kit.facts, tenant, SPAN("+13125550101"), SPAN("sip:someone@example.com"));
    kit_load();
    row = facts_thread(&kit.facts, tenant, SPAN("+13125550101"), SPAN("sip:someone@example.com"));
    kit_same_thread(row, &changed);
}

static void a_relay_comes_back_whole(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    struct thread t = kit_thread(tenant, "+13125550150");
    const struct relay r = kit_relay(tenant, t.id);
    struct relay empty = {.id = id_next(&kit.ids, NOW), .tenant = tenant, .thread = t.id};

    (void)unused;
    facts_add_relay(&kit.facts, &r); /* before its thread: the order is nobody's concern */
    facts_add_relay(&kit.facts, &empty);
    facts_add_thread(&kit.facts, &t);
    kit_save();
    kit_reopen();

    facts_want_id(&kit.facts, FACT_RELAY, tenant, r.id);
    facts_want_id(&kit.facts, FACT_RELAY, tenant, empty.id);
    kit_load();
    kit_same_relay(facts_relay(&kit.facts, tenant, r.id), &r);
    kit_same_relay(facts_relay(&kit.facts, tenant, empty.id), &empty);
    assert_non_null(facts_thread_by_id(&kit.facts, tenant, t.id)); /* came along */

    struct relay *row = facts_relay(&kit.facts, tenant, r.id);
    *row =
        (struct relay){.id = r.id,
                       .tenant = tenant,
                       .thread = t.id,
                       .kind = RELAY_MISSED_CALL, /* a voicemail that joins makes another of it */
                       .raised_ms = r.raised_ms,
                       .state = RELAY_EXHAUSTED,
                       .final_status = FINAL_FAILED,
                       .body = SPAN("other")};
    const struct relay changed = *row;
    facts_touch(&kit.facts, FACT_RELAY, row);
    kit_save();
    facts_want_id(&kit.facts, FACT_RELAY, tenant, r.id);
    kit_load();
    kit_same_relay(facts_relay(&kit.facts, tenant, r.id), &changed);
}

static void a_cascade_comes_back_whole(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    struct thread t = kit_thread(tenant, "+13125550150");
    const struct cascade c = {
        .id = id_next(&kit.ids, NOW),
        .tenant = tenant,
        .thread = t.id,
        .account = "AC1",
        .call_sid = "CA1",
        .line = "+13125550101",
        .caller = "+13125550150",
        .job = "A-17",
        .state = CASCADE_OVER,
        .outcome = OUTCOME_VOICEMAIL,
        .attempt = 2,
        .ring_s = 25,
        .started_ms = NOW + 1,
        .due_ms = NOW + 2,
        .accepted_ms = NOW + 3,
        .ended_ms = NOW + 4,
        .accepted_by = "ben",
        .leg_sid = "CA2",
        .plan = kit_plan(),
        .recording = SPAN("https://example.com/r"),
        .recording_s = 9,
        .relay = 13,
        .round = 1,
        .rang_ms = NOW + 5,
        .transcript = SPAN("no heat"),
        .shows_line = true,
        .turn_ms = NOW + 6,
        .added_ms = NOW + 7,
        .watch_ms = NOW + 8,
        .conference = true,
    };

    (void)unused;
    facts_add_thread(&kit.facts, &t);
    facts_add_cascade(&kit.facts, &c);
    kit_save();
    kit_reopen();

    facts_want_call(&kit.facts, tenant, SPAN("CA1"));
    kit_load();
    kit_same_cascade(facts_cascade_by_call(&kit.facts, tenant, SPAN("CA1")), &c);
    assert_non_null(facts_thread_by_id(&kit.facts, tenant, t.id)); /* came along */
    assert_false(kit.facts.short_of);

    struct cascade *row = facts_cascade(&kit.facts, tenant, c.id);
    row->state = CASCADE_RINGING;
    row->outcome = OUTCOME_NONE;
    row->attempt = 0;
    row->ring_s = 0;
    row->due_ms = row->accepted_ms = row->ended_ms = row->relay = 0;
    row->accepted_by[0] = row->leg_sid[0] = 0;
    row->plan = NULL;
    row->recording = (struct span){0};
    row->recording_s = 0;
    row->round = 0;
    row->rang_ms = 0;
    row->transcript = (struct span){0};
    row->shows_line = false;
    row->turn_ms = row->added_ms = row->watch_ms = 0;
    row->conference = false;
    const struct cascade changed = *row;
    facts_touch(&kit.facts, FACT_CASCADE, row);
    kit_save();
    facts_want_id(&kit.facts, FACT_CASCADE, tenant, c.id);
    kit_load();
    kit_same_cascade(facts_cascade(&kit.facts, tenant, c.id), &changed);
}

static void a_message_comes_back_whole(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    struct message m = kit_message(tenant, 5);

    (void)unused;
    m.relay = 6;
    m.cascade = 7;
    m.origin = ORIGIN_OPERATOR;
    m.kind = MESSAGE_REPLY;
    m.delivery = DELIVERY_UNDELIVERED;
    m.error_code = 30003;
    strcpy(m.sid, "SM1");
    strcpy(m.operator_id, "anna");
    strcpy(m.job, "A-17");
    m.media = SPAN("https://example.com/1\nhttps://example.com/2");
    m.late = true;
    facts_add_message(&kit.facts, &m);
    struct message bare = kit_message(tenant, 0);
    bare.body = SPAN("");
    facts_add_message(&kit.facts, &bare);
    kit_save();
    kit_reopen();

    facts_want_id(&kit.facts, FACT_MESSAGE, tenant, m.id);
    facts_want_id(&kit.facts, FACT_MESSAGE, tenant, bare.id);
    kit_load();
    kit_same_message(facts_message(&kit.facts, tenant, m.id), &m);
    kit_same_message(facts_message(&kit.facts, tenant, bare.id), &bare);

    struct message *row = facts_message(&kit.facts, tenant, bare.id);
    row->relay = 8;
    row->cascade = 9;
    row->delivery = DELIVERY_DELIVERED;
    row->error_code = 1;
    row->duplicate = true;
    facts_bind_sid(&kit.facts, row, SPAN("SM2")); /* bound late */
    const struct message bound = *row;
    facts_touch(&kit.facts, FACT_MESSAGE, row);
    row = facts_message(&kit.facts, tenant, m.id);
    row->delivery = DELIVERY_FAILED; /* its sid as it was */
    row->duplicate = true;
    const struct message failed = *row;
    facts_touch(&kit.facts, FACT_MESSAGE, row);
    kit_save();
    facts_want_id(&kit.facts, FACT_MESSAGE, tenant, m.id);
    facts_want_id(&kit.facts, FACT_MESSAGE, tenant, bare.id);
    kit_load();
    kit_same_message(facts_message(&kit.facts, tenant, m.id), &failed);
    kit_same_message(facts_message(&kit.facts, tenant, bare.id), &bound);
}

static void an_outbox_row_comes_back_whole_and_goes(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    struct outbox o = kit_outbox(tenant, OUTBOX_BULK, NOW + 1);

    (void)unused;
    o.kind = OUTBOX_CALL;
    o.state = OUTBOX_UNSURE;
    o.cascade = 5;
    o.expires_ms = NOW + 2;
    o.fence = 3;
    o.attempt = 4;
    o.media = SPAN("https://example.com/3");
    o.sent_ms = NOW + 3;
    o.unsure_ms = NOW + 4;
    o.again = true;
    o.has_rung = true;
    o.rung = 0;
    facts_add_outbox(&kit.facts, &o);
    kit_save();
    kit_reopen();

    facts_want_id(&kit.facts, FACT_OUTBOX, tenant, o.id);
    kit_load();
    struct outbox *row = facts_outbox(&kit.facts, tenant, o.id);
    kit_same_outbox(row, &o);

    row->state = OUTBOX_SENDING;
    row->fence++;
    row->due_ms = NOW + 7;
    row->media = (struct span){0};
    row->sent_ms = NOW + 8;
    row->unsure_ms = 0;
    row->again = false;
    row->rung = 63;
    const struct outbox changed = *row;
    facts_touch(&kit.facts, FACT_OUTBOX, row);
    kit_save();
    facts_want_id(&kit.facts, FACT_OUTBOX, tenant, o.id);
    kit_load();
    row = facts_outbox(&kit.facts, tenant, o.id);
    kit_same_outbox(row, &changed);
    assert_int_equal(row->fence, 4);

    row->gone = true;
    facts_touch(&kit.facts, FACT_OUTBOX, row);
    kit_save();
    facts_want_id(&kit.facts, FACT_OUTBOX, tenant, o.id);
    kit_load();
    assert_null(facts_outbox(&kit.facts, tenant, o.id));
}

static void a_row_added_and_gone_in_one_batch_leaves_nothing(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const struct outbox o = kit_outbox(tenant, OUTBOX_NORMAL, NOW);

    (void)unused;
    facts_add_outbox(&kit.facts, &o)->gone = true;
    kit_save();
    facts_want_id(&kit.facts, FACT_OUTBOX, tenant, o.id);
    kit_load();
    assert_null(facts_outbox(&kit.facts, tenant, o.id));
}

static void a_link_is_found_by_its_hash_alone(void **unused)
{
    const struct link l = {
        .hash = {1, 0, 2, 255},
        .tenant = kit_tenant("one"),
        .purpose = LINK_RECORDING,
        .subject = 5,
        .operator_id = "anna",
        .expires_ms = NOW + 1,
        .used_ms = NOW + 2,
    };
    const uint8_t other[LINK_HASH_BYTES] = {1, 0, 2};

    (void)unused;
    facts_add_link(&kit.facts, &l);
    kit_save();
    kit_reopen();
    facts_want_link(&kit.facts, l.hash);
    facts_want_link(&kit.facts, other);
    kit_load();
    kit_same_link(facts_link(&kit.facts, l.hash), &l);
    assert_null(facts_link(&kit.facts, other));

    struct link *row = facts_link(&kit.facts, l.hash);
    row->used_ms = NOW + 5;
    facts_touch(&kit.facts, FACT_LINK, row);
    kit_save();
    facts_want_link(&kit.facts, l.hash);
    kit_load();
    assert_int_equal(facts_link(&kit.facts, l.hash)->used_ms, NOW + 5);
}

static void a_desk_gives_the_latest_tag_first(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    struct tag tag = {.tenant = tenant,
                      .operator_id = "anna",
                      .tag = "K7F",
                      .thread = 5,
                      .sent_ms = NOW,
                      .line = "+13125550101"};

    (void)unused;
    facts_put_tag(&kit.facts, &tag);
    strcpy(tag.tag, "B2D");
    tag.sent_ms = NOW + 2;
    facts_put_tag(&kit.facts, &tag);
    strcpy(tag.tag, "C3D");
    tag.sent_ms = NOW + 1;
    facts_put_tag(&kit.facts, &tag);
    strcpy(tag.operator_id, "ben");
    facts_put_tag(&kit.facts, &tag);
    strcpy(tag.operator_id, "anna");
    tag.tenant = other;
    facts_put_tag(&kit.facts, &tag);
    kit_save();
    kit_reopen();

    facts_want_desk(&kit.facts, tenant, SPAN("anna"));
    facts_want_desk(&kit.facts, tenant, SPAN("cy"));
    kit_load();
    const struct desk *desk = facts_desk(&kit.facts, tenant, SPAN("anna"));
    assert_int_equal(desk->count, 3);
    assert_string_equal(desk->tags[0].tag, "B2D");
    assert_string_equal(desk->tags[1].tag, "C3D");
    assert_string_equal(desk->tags[2].tag, "K7F");
    assert_string_equal(desk->tags[0].operator_id, "anna");
    assert_int_equal(desk->tags[0].tenant, tenant);
    assert_int_equal(desk->tags[2].thread, 5);
    assert_string_equal(desk->tags[2].line, "+13125550101");
    assert_int_equal(facts_desk(&kit.facts, tenant, SPAN("cy"))->count, 0);

    struct tag again = desk->tags[2]; /* sent again: now the latest */
    again.thread = 6;
    again.sent_ms = NOW + 9;
    strcpy(again.line, "+13125550102");
    facts_put_tag(&kit.facts, &again);
    kit_save();
    facts_want_desk(&kit.facts, tenant, SPAN("anna"));
    kit_load();
    desk = facts_desk(&kit.facts, tenant, SPAN("anna"));
    assert_int_equal(desk->count, 3);
    assert_string_equal(desk->tags[0].tag, "K7F");
    assert_int_equal(desk->tags[0].thread, 6);
    assert_string_equal(desk->tags[0].line, "+13125550102");
}

static void one_thread_wanted_by_two_keys_is_one_row(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    struct thread t = kit_thread(tenant, "+13125550150");
    struct relay r = {.id = id_next(&kit.ids, NOW), .tenant = tenant, .thread = t.id};

    (void)unused;
    t.relay = r.id;
    facts_add_thread(&kit.facts, &t);
    facts_add_relay(&kit.facts, &r);
    kit_save();

    facts_want_id(&kit.facts, FACT_THREAD, tenant, t.id);
    facts_want_thread(&kit.facts, tenant, SPAN("+13125550101"), SPAN("+13125550150"));
    kit_load();
    struct thread *row = facts_thread_by_id(&kit.facts, tenant, t.id);
    assert_ptr_equal(row,
                     facts_thread(&kit.facts, tenant, SPAN("+13125550101"), SPAN("+13125550150")));
    assert_non_null(facts_relay(&kit.facts, tenant, r.id)); /* its latest relay came along */
    assert_false(kit.facts.short_of);
}

static void nothing_crosses_tenants(void **unused)
{
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");
    const struct thread t = kit_thread(one, "+13125550150");
    const struct message m = kit_message(one, t.id);

    (void)unused;
    assert_int_not_equal(one, two);
    facts_add_thread(&kit.facts, &t);
    facts_add_message(&kit.facts, &m);
    facts_claim(&kit.facts, one, SPAN("SM1"), 5);
    kit_save();

    facts_want_thread(&kit.facts, two, SPAN("+13125550101"), SPAN("+13125550150"));
    facts_want_id(&kit.facts, FACT_THREAD, two, t.id);
    facts_want_id(&kit.facts, FACT_MESSAGE, two, m.id);
    facts_want_claim(&kit.facts, two, SPAN("SM1"));
    facts_want_claim(&kit.facts, one, SPAN("SM1"));
    kit_load();
    assert_null(facts_thread(&kit.facts, two, SPAN("+13125550101"), SPAN("+13125550150")));
    assert_null(facts_thread_by_id(&kit.facts, two, t.id));
    assert_null(facts_message(&kit.facts, two, m.id));
    assert_false(facts_is_claimed(&kit.facts, two, SPAN("SM1")));
    assert_true(facts_is_claimed(&kit.facts, one, SPAN("SM1")));
}

static void a_claim_twice_undoes_the_whole_batch(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const struct message m = kit_message(tenant, 5);
    const struct timer timer = {.due_ms = NOW - 1, .tenant = tenant, .subject = 5};
    const struct event_row event = {.tenant = tenant, .kind = "text.in"};
    struct timer due[4];
    size_t count = 9;
    int64_t next_ms = 0, last = 0, last_after = 0;

    (void)unused;
    facts_claim(&kit.facts, tenant, SPAN("SM1"), 1);
    kit_save();
    GOOD(store_last_id(kit.store, &last));

    facts_add_message(&kit.facts, &m);
    facts_put_timer(&kit.facts, &timer);
    facts_log(&kit.facts, &event);
    facts_claim(&kit.facts, tenant, SPAN("SM2"), 2);
    facts_claim(&kit.facts, tenant, SPAN("SM1"), 2); /* as if the load had been wrong */
    assert_int_equal(store_save(kit.store, &kit.facts), ERR_CONFLICT);
    assert_true(strlen(store_why(kit.store)) > 0);

    kit_begin();
    facts_want_id(&kit.facts, FACT_MESSAGE, tenant, m.id);
    facts_want_claim(&kit.facts, tenant, SPAN("SM2"));
    kit_load();
    assert_null(facts_message(&kit.facts, tenant, m.id));
    assert_false(facts_is_claimed(&kit.facts, tenant, SPAN("SM2")));
    GOOD(store_due(kit.store, NOW, 4, due, &count, &next_ms));
    assert_int_equal(count, 0);
    GOOD(store_last_id(kit.store, &last_after));
    assert_int_equal(last, last_after);

    facts_claim(&kit.facts, tenant, SPAN("SM2"), 3); /* and the store goes on */
    kit_save();
}

static void changing_a_row_that_is_gone_is_an_error(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const struct outbox o = kit_outbox(tenant, OUTBOX_NORMAL, NOW);

    (void)unused;
    struct outbox *row = facts_add_outbox(&kit.facts, &o);
    facts_touch(&kit.facts, FACT_OUTBOX, row);
    for (struct fact *fact = kit.facts.first; fact; fact = fact->next)
        fact->fresh = false;
    assert_int_equal(store_save(kit.store, &kit.facts), ERR_BROKEN);
}

static void a_batch_of_a_thousand_events_is_kept(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    int64_t messages[1000];

    (void)unused;
    for (int i = 0; i < 1000; i++) {
        char sid[16];
        const struct message m = kit_message(tenant, i);
        const struct event_row event = {.tenant = tenant, .kind = "text.in"};
        snprintf(sid, sizeof sid, "SM%d", i);
        facts_claim(&kit.facts, tenant, span_of(sid), m.id);
        facts_add_message(&kit.facts, &m);
        facts_log(&kit.facts, &event);
        messages[i] = m.id;
    }
    kit_save();
    kit_reopen();
    for (int i = 0; i < 1000; i++)
        facts_want_id(&kit.facts, FACT_MESSAGE, tenant, messages[i]);
    kit_load();
    for (int i = 0; i < 1000; i++)
        assert_int_equal(facts_message(&kit.facts, tenant, messages[i])->thread, i);
}

static void a_batch_without_changes_is_saved_at_no_cost(void **unused)
{
    (void)unused;
    facts_want_id(&kit.facts, FACT_MESSAGE, 1, 5);
    kit_load();
    kit_save();
    GOOD(store_probe(kit.store, NOW));
    GOOD(store_probe(kit.store, NOW + 1));
}

const struct CMUnitTest contract_rows[] = {
    KIT_TEST(a_thread_comes_back_whole),
    KIT_TEST(a_relay_comes_back_whole),
    KIT_TEST(a_cascade_comes_back_whole),
    KIT_TEST(a_message_comes_back_whole),
    KIT_TEST(an_outbox_row_comes_back_whole_and_goes),
    KIT_TEST(a_row_added_and_gone_in_one_batch_leaves_nothing),
    KIT_TEST(a_link_is_found_by_its_hash_alone),
    KIT_TEST(a_desk_gives_the_latest_tag_first),
    KIT_TEST(one_thread_wanted_by_two_keys_is_one_row),
    KIT_TEST(nothing_crosses_tenants),
    KIT_TEST(a_claim_twice_undoes_the_whole_batch),
    KIT_TEST(changing_a_row_that_is_gone_is_an_error),
    KIT_TEST(a_batch_of_a_thousand_events_is_kept),
    KIT_TEST(a_batch_without_changes_is_saved_at_no_cost),
};
const size_t contract_rows_count = sizeof contract_rows / sizeof contract_rows[0];
