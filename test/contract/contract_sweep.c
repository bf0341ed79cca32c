#include "contract/contract_kit.h"

#include <stdio.h>
#include <string.h>

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;
enum { AGES = 3, MANY = 250 };
static const int ages[AGES] = {500, 100, 5}; /* days: deleted, erased, kept */

/* Ids of rows that were made so many days ago. */
static int64_t id_of_age(int age, int n)
{
    return id_floor(NOW - age * day_ms) + n;
}

static size_t sweep_all(const struct store_sweep_ask *ask)
{
    struct store_sweep_place place = {.step = 0};
    size_t all = 0;

    for (int turns = 0; place.step < STORE_SWEEP_STEPS; turns++) {
        size_t gone = 0;
        GOOD(store_sweep(kit.store, ask, &place, &gone));
        assert_true(gone <= (size_t)ask->max);
        assert_true(turns < 1000);
        all += gone;
    }
    return all;
}

static struct store_sweep_ask ask_of(int bodies_days, int metadata_days, int max)
{
    return (struct store_sweep_ask){
        .bodies_ms = bodies_days ? NOW - bodies_days * day_ms : 0,
        .metadata_ms = metadata_days ? NOW - metadata_days * day_ms : 0,
        .max = max,
    };
}

/* One of each kind for each age. */
static void add_rows(int32_t tenant)
{
    for (int i = 0; i < AGES; i++) {
        char text[32];
        snprintf(text, sizeof text, "+1312555015%d", i);
        struct thread t = kit_thread(tenant, text);
        struct relay r = kit_relay(tenant, t.id);
        struct message m = kit_message(tenant, t.id);
        struct cascade k = {.tenant = tenant, .state = CASCADE_OVER, .plan = kit_plan()};
        t.id = id_of_age(ages[i], 1);
        t.last_ms = NOW - ages[i] * day_ms;
        r.id = id_of_age(ages[i], 2);
        r.thread = t.id;
        m.id = id_of_age(ages[i], 3);
        m.thread = t.id;
        m.media = SPAN("https://api.example.test/ME1");
        k.id = id_of_age(ages[i], 4);
        k.thread = t.id;
        snprintf(k.call_sid, sizeof k.call_sid, "CA%d", ages[i]);
        k.transcript = SPAN("please call");
        const struct event_row event = {.id = id_of_age(ages[i], 5),
                                        .tenant = tenant,
                                        .kind = "relay.raised",
                                        .at_ms = NOW - ages[i] * day_ms};
        const struct call_event call = {.id = id_of_age(ages[i], 6),
                                        .tenant = tenant,
                                        .kind = "inbound",
                                        .at_ms = NOW - ages[i] * day_ms};
        struct link link = {.tenant = tenant,
                            .purpose = LINK_WORDS,
                            .subject = m.id,
                            .expires_ms = NOW - ages[i] * day_ms};
        memset(link.hash, 0x40 + i, sizeof link.hash);
        facts_add_thread(&kit.facts, &t);
        facts_add_relay(&kit.facts, &r);
        facts_add_message(&kit.facts, &m);
        facts_add_cascade(&kit.facts, &k);
        facts_log(&kit.facts, &event);
        facts_log_call(&kit.facts, &call);
        facts_add_link(&kit.facts, &link);
        snprintf(text, sizeof text, "m:SM%d", ages[i]);
        facts_claim(&kit.facts, tenant, span_of(text), m.id);
    }
    kit_save();
}

static bool is_there(int32_t tenant, enum fact_kind kind, int64_t id)
{
    kit_begin();
    facts_want_id(&kit.facts, kind, tenant, id);
    kit_load();
    if (kind == FACT_THREAD)
        return facts_thread_by_id(&kit.facts, tenant, id) != NULL;
    if (kind == FACT_RELAY)
        return facts_relay(&kit.facts, tenant, id) != NULL;
    if (kind == FACT_CASCADE)
        return facts_cascade(&kit.facts, tenant, id) != NULL;
    return facts_message(&kit.facts, tenant, id) != NULL;
}

static const struct message *message(int32_t tenant, int64_t id)
{
    kit_begin();
    facts_want_id(&kit.facts, FACT_MESSAGE, tenant, id);
    kit_load();
    return facts_message(&kit.facts, tenant, id);
}

static bool is_claimed(int32_t tenant, const char *key)
{
    kit_begin();
    facts_want_claim(&kit.facts, tenant, span_of(key));
    kit_load();
    return facts_is_claimed(&kit.facts, tenant, span_of(key));
}

static bool has_link(int i)
{
    uint8_t hash[LINK_HASH_BYTES];

    memset(hash, 0x40 + i, sizeof hash);
    kit_begin();
    facts_want_link(&kit.facts, hash);
    kit_load();
    return facts_link(&kit.facts, hash) != NULL;
}

static void count_row(void *ctx, const struct view_cell *cells, size_t count)
{
    (void)cells;
    (void)count;
    ++*(int *)ctx;
}

static int rows_of(enum view view, int32_t tenant)
{
    const struct view_filter filter = {.tenant = tenant, .limit = 1000};
    int rows = 0;

    GOOD(store_view(kit.store, view, &filter, count_row, &rows));
    return rows;
}

static void old_words_are_erased_and_older_rows_deleted(void **unused)
{
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");
    const struct store_sweep_ask ask = ask_of(30, 400, 100);

    (void)unused;
    add_rows(two);
    const size_t gone = sweep_all(&ask);
    assert_true(gone >= 8);
    for (int i = 0; i < AGES; i++) {
        const bool stays = ages[i] < 400;
        assert_int_equal(is_there(two, FACT_THREAD, id_of_age(ages[i], 1)), stays);
        assert_int_equal(is_there(two, FACT_RELAY, id_of_age(ages[i], 2)), stays);
        assert_int_equal(is_there(two, FACT_MESSAGE, id_of_age(ages[i], 3)), stays);
        assert_int_equal(is_there(two, FACT_CASCADE, id_of_age(ages[i], 4)), stays);
        assert_int_equal(has_link(i), stays);
        char key[32];
        snprintf(key, sizeof key, "m:SM%d", ages[i]);
        assert_int_equal(is_claimed(two, key), stays);
    }
    assert_int_equal(rows_of(VIEW_EVENTS, two), 2);
    assert_int_equal(rows_of(VIEW_CALL_EVENTS, two), 2);
    const struct message *erased = message(two, id_of_age(100, 3));
    assert_int_equal(erased->body.size, 0);
    assert_int_equal(erased->media.size, 0);
    assert_string_equal(erased->to, "+13125550111"); /* who and when stay */
    const struct message *kept = message(two, id_of_age(5, 3));
    assert_true(span_is(kept->body, SPAN("words")));
    assert_true(kept->media.size > 0);
    kit_begin();
    facts_want_id(&kit.facts, FACT_RELAY, two, id_of_age(100, 2));
    facts_want_id(&kit.facts, FACT_CASCADE, two, id_of_age(100, 4));
    kit_load();
    assert_int_equal(facts_relay(&kit.facts, two, id_of_age(100, 2))->body.size, 0);
    assert_int_equal(facts_cascade(&kit.facts, two, id_of_age(100, 4))->transcript.size, 0);
    assert_int_equal(sweep_all(&ask), 0); /* nothing is left to do */
    (void)one;
}

static void what_somebody_waits_for_stays(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const struct store_sweep_ask ask = ask_of(30, 400, 100);
    struct thread t = kit_thread(tenant, "+13125550150");
    struct relay r = kit_relay(tenant, t.id);
    struct cascade k = {.tenant = tenant, .state = CASCADE_OVER, .plan = kit_plan()};

    (void)unused;
    t.id = id_of_age(500, 1); /* opened long ago, and in use: */
    t.last_ms = NOW;
    r.id = id_of_age(500, 2);
    r.thread = t.id;
    r.state = RELAY_IDLE;
    k.id = id_of_age(500, 4);
    strcpy(k.call_sid, "CA1");
    k.recording = SPAN("https://api.example.test/RE1");
    facts_add_thread(&kit.facts, &t);
    facts_add_relay(&kit.facts, &r);
    facts_add_cascade(&kit.facts, &k);
    /* Nobody has ever answered this one, nor spoken in it since: */
    struct thread silent = kit_thread(tenant, "+13125550151");
    struct relay open = kit_relay(tenant, silent.id);
    silent.id = id_of_age(500, 11);
    silent.last_ms = NOW - 500 * day_ms;
    open.id = id_of_age(500, 12);
    open.thread = silent.id;
    open.state = RELAY_OPEN;
    facts_add_thread(&kit.facts, &silent);
    facts_add_relay(&kit.facts, &open);
    kit_save();
    assert_int_equal(sweep_all(&ask), 0);
    assert_true(is_there(tenant, FACT_THREAD, silent.id));
    assert_true(is_there(tenant, FACT_RELAY, open.id));
    assert_true(facts_relay(&kit.facts, tenant, open.id)->body.size > 0);
    assert_true(is_there(tenant, FACT_THREAD, t.id));
    assert_true(is_there(tenant, FACT_RELAY, r.id));
    assert_true(facts_relay(&kit.facts, tenant, r.id)->body.size > 0);
    assert_true(is_there(tenant, FACT_CASCADE, k.id)); /* its sound is still at the carrier */
}

static struct tag tag_of(int32_t tenant, const char *text, int64_t thread, int age)
{
    struct tag tag = {.tenant = tenant, .thread = thread, .sent_ms = NOW - age * day_ms};

    snprintf(tag.operator_id, sizeof tag.operator_id, "anna");
    snprintf(tag.tag, sizeof tag.tag, "%s", text);
    return tag;
}

static bool has_tag(int32_t tenant, const char *text)
{
    kit_begin();
    facts_want_desk(&kit.facts, tenant, SPAN("anna"));
    kit_load();
    const struct desk *desk = facts_desk(&kit.facts, tenant, SPAN("anna"));
    for (size_t i = 0; i < desk->count; i++)
        if (strcmp(desk->tags[i].tag, text) == 0)
            return true;
    return false;
}

/* A thread that is there may still be answered by its mark, however old that is. */
static void a_mark_goes_after_its_thread(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    const struct store_sweep_ask ask = ask_of(30, 400, 2);
    struct thread t = kit_thread(tenant, "+13125550150"), gone = kit_thread(tenant, "+13125550151");
    struct tag tags[] = {
        tag_of(tenant, "K7F", id_of_age(500, 1), 500), /* its thread is spoken in still */
        tag_of(tenant, "B2C", id_of_age(500, 2), 500),
        tag_of(tenant, "D3F", 1234, 500), /* of none that is there */
        tag_of(tenant, "G4H", 1235, 5),   /* ... told of a few days ago */
        tag_of(tenant, "J5K", 1236, 500),
        tag_of(tenant, "L6M", 1237, 500),
        tag_of(other, "D3F", 1234, 5),
    };

    (void)unused;
    t.id = id_of_age(500, 1);
    t.last_ms = NOW;
    gone.id = id_of_age(500, 2);
    gone.last_ms = NOW - 500 * day_ms;
    facts_add_thread(&kit.facts, &t);
    facts_add_thread(&kit.facts, &gone);
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        facts_put_tag(&kit.facts, &tags[i]);
    kit_save();
    assert_true(has_tag(tenant, "D3F")); /* and is remembered */
    assert_int_equal(sweep_all(&ask), 5);
    assert_true(has_tag(tenant, "K7F"));
    assert_true(has_tag(tenant, "G4H"));
    assert_false(has_tag(tenant, "B2C"));
    assert_false(has_tag(tenant, "D3F"));
    assert_false(has_tag(tenant, "J5K"));
    assert_false(has_tag(tenant, "L6M"));
    assert_true(has_tag(other, "D3F"));
    assert_int_equal(sweep_all(&ask), 0);
}

static void days_of_none_keep_for_ever(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const struct store_sweep_ask ask = ask_of(0, 0, 100);

    (void)unused;
    add_rows(tenant);
    assert_int_equal(sweep_all(&ask), 0);
    assert_true(message(tenant, id_of_age(500, 3))->body.size > 0);
}

/* Also across an end of the program: what is erased is not looked at again. */
static void it_goes_on_in_small_steps_from_where_it_was(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const struct store_sweep_ask ask = ask_of(30, 0, 10);
    struct store_sweep_place place = {.step = 0};
    size_t gone = 0, all = 0;

    (void)unused;
    for (int i = 0; i < MANY; i++) {
        struct message m = kit_message(tenant, 0);
        m.id = id_of_age(100, i);
        facts_add_message(&kit.facts, &m);
    }
    kit_save();
    for (int turns = 0; turns < 5; turns++) {
        GOOD(store_sweep(kit.store, &ask, &place, &gone));
        assert_int_equal(gone, 10);
    }
    kit_reopen();
    assert_int_equal(message(tenant, id_of_age(100, 49))->body.size, 0);
    assert_true(message(tenant, id_of_age(100, 50))->body.size > 0);
    all = sweep_all(&ask);
    assert_int_equal(all, MANY - 50);
}

struct sum {
    int32_t texts, number, rows;
};

static void add_up(void *ctx, const struct spent *row)
{
    struct sum *s = ctx;

    s->rows++;
    if (strcmp(row->what, "texts") == 0)
        s->texts += row->count;
    else
        s->number += row->count;
}

static void what_is_spent_adds_up_and_is_given_back(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const int32_t today = (int32_t)(NOW / day_ms);
    const struct store_sweep_ask ask = ask_of(30, 400, 2);
    struct sum sum = {0};

    (void)unused;
    for (int i = 0; i < 3; i++) {
        const struct spent texts = {tenant, today, "texts", 1};
        const struct spent number = {tenant, today, "+13125550121", 2};
        const struct spent old = {tenant, today - 500 - i, "texts", 9};
        facts_put_spent(&kit.facts, &texts);
        facts_put_spent(&kit.facts, &number);
        facts_put_spent(&kit.facts, &old);
        kit_save();
    }
    kit_reopen();
    GOOD(store_spent(kit.store, today - 1, add_up, &sum));
    assert_int_equal(sum.texts, 3);
    assert_int_equal(sum.number, 6);
    assert_int_equal(sum.rows, 2);
    assert_int_equal(sweep_all(&ask), 3);
    sum = (struct sum){0};
    GOOD(store_spent(kit.store, 0, add_up, &sum));
    assert_int_equal(sum.rows, 2);
}

const struct CMUnitTest contract_sweep[] = {
    KIT_TEST(old_words_are_erased_and_older_rows_deleted),
    KIT_TEST(what_somebody_waits_for_stays),
    KIT_TEST(a_mark_goes_after_its_thread),
    KIT_TEST(days_of_none_keep_for_ever),
    KIT_TEST(it_goes_on_in_small_steps_from_where_it_was),
    KIT_TEST(what_is_spent_adds_up_and_is_given_back),
};
const size_t contract_sweep_count = sizeof contract_sweep / sizeof contract_sweep[0];
