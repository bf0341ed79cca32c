#include "contract/contract_kit.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "store/store_forget.h"
#include "store/store_proof.h"

static const char number[] = "+16195550150", digits[] = "6195550150";
static const int64_t later_ms = NOW + 60000;

static void add_texts(int32_t tenant, const struct thread *t)
{
    struct message in = kit_message(tenant, t->id), out = kit_message(tenant, t->id);
    struct relay r = kit_relay(tenant, t->id);

    in.direction = DIRECTION_IN;
    in.delivery = DELIVERY_NONE;
    in.body = SPAN("call me on 619-555-0150 or 6195550150");
    in.media = SPAN("https://api.example.test/ME1");
    snprintf(in.sid, sizeof in.sid, "SM%d", (int)tenant);
    snprintf(in.from, sizeof in.from, "%s", number);
    snprintf(in.customer, sizeof in.customer, "%s", number);
    out.body = SPAN("call (619) 555-0150");
    snprintf(out.sid, sizeof out.sid, "SN%d", (int)tenant);
    r.state = RELAY_TAKEN;
    facts_add_message(&kit.facts, &in);
    facts_add_message(&kit.facts, &out);
    facts_add_relay(&kit.facts, &r);
}

static void add_call(int32_t tenant, const struct thread *t)
{
    struct cascade k = {.tenant = tenant, .state = CASCADE_OVER, .plan = kit_plan()};
    struct call_event e = {.tenant = tenant, .kind = "inbound", .at_ms = NOW};

    k.id = id_next(&kit.ids, NOW);
    k.thread = t->id;
    k.transcript = SPAN("this is Dana at 619 555 0150");
    k.recording = SPAN("https://api.example.test/Recordings/RE1");
    snprintf(k.caller, sizeof k.caller, "%s", number);
    snprintf(k.call_sid, sizeof k.call_sid, "CA%d", (int)tenant);
    e.cascade = k.id;
    e.detail = SPAN("from 1-619-555-0150");
    snprintf(e.caller, sizeof e.caller, "%s", number);
    facts_add_cascade(&kit.facts, &k);
    facts_log_call(&kit.facts, &e);
}

static void add_beside(int32_t tenant, const struct thread *t)
{
    struct consent consent = {.tenant = tenant, .is_out = true, .at_ms = NOW};
    struct party party = {.tenant = tenant, .name = "Dana", .name_ms = NOW};
    struct spent spent = {.tenant = tenant, .day = 20000, .count = 1};
    struct link link = {.tenant = tenant, .purpose = LINK_JOB, .expires_ms = later_ms};
    const struct event_row rows[] = {
        {.tenant = tenant,
         .kind = "relay.raised",
         .at_ms = NOW,
         .thread = t->id,
         .detail = SPAN("Dana wrote")},
        {.tenant = tenant, .kind = "text.odd", .at_ms = NOW, .detail = SPAN("to +16195550150")},
        {.tenant = tenant, .kind = "text.dots", .at_ms = NOW, .detail = SPAN("to 619.555.0150")},
        {.tenant = tenant,
         .kind = "text.odder",
         .at_ms = NOW,
         .detail = SPAN("to 619.555.0151, +52 619 555 0150 and 846195550150")},
        {.tenant = tenant, .kind = "text.other", .at_ms = NOW, .detail = SPAN("of somebody else")},
    };

    snprintf(consent.line, sizeof consent.line, "+16195550100");
    snprintf(consent.person, sizeof consent.person, "%s", number);
    snprintf(party.number, sizeof party.number, "%s", number);
    snprintf(spent.what, sizeof spent.what, "%s", number);
    snprintf(link.operator_id, sizeof link.operator_id, "%s", number);
    memset(link.hash, 0x40 + tenant, sizeof link.hash);
    facts_add_consent(&kit.facts, &consent);
    facts_add_party(&kit.facts, &party);
    facts_put_spent(&kit.facts, &spent);
    facts_add_link(&kit.facts, &link);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        facts_log(&kit.facts, &rows[i]);
    facts_claim_with(&kit.facts, tenant, SPAN("k:once"),
                     &(struct claim_fact){7, SPAN("{\"to\":\"(619)\\u00a0555-0150\"}")});
}

/* Of somebody else, with his number in every form that people write, and with what is like it. */
static void add_hearsay(int32_t tenant)
{
    static const char *const bodies[] = {
        "(619) 555-0150",     "(619)555-0150",    "619-555-0150",       "619.555.0150",
        "619 555 0150",       "1 619 555 0150",   "1-619-555-0150",     "16195550150",
        "+1 (619) 555-0150",  "+1.619.555.0150",  "61 95 55 01 50",     "near 619-555-0151",
        "near +526195550150", "near 46195550150", "near 619-555-01501",
    };
    struct thread t = kit_thread(tenant, "+13125550177");

    facts_add_thread(&kit.facts, &t);
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct message m = kit_message(tenant, t.id);
        m.body = span_of(bodies[i]);
        snprintf(m.customer, sizeof m.customer, "+13125550177");
        snprintf(m.sid, sizeof m.sid, "SH%d.%zu", (int)tenant, i);
        facts_add_message(&kit.facts, &m);
    }
}

static void add_job(int32_t tenant)
{
    struct job j = {
        .tenant = tenant,
        .id = id_next(&kit.ids, NOW),
        .state = JOB_CANCELLED,
        .created_ms = NOW,
        .changed_ms = NOW,
        .version = 1,
        .title = SPAN("Boiler"),
        .notes = SPAN("gate code, or 619-555-0150"),
        .stakeholder_count = 2,
    };

    snprintf(j.job_id, sizeof j.job_id, "j1");
    snprintf(j.customer, sizeof j.customer, "%s", number);
    snprintf(j.customer_name, sizeof j.customer_name, "Dana");
    snprintf(j.stakeholders[0].phone, sizeof j.stakeholders[0].phone, "%s", number);
    snprintf(j.stakeholders[1].phone, sizeof j.stakeholders[1].phone, "+16195550177");
    facts_add_job(&kit.facts, &j);
}

static int32_t add_person(const char *slug)
{
    const int32_t tenant = kit_tenant(slug);
    int64_t version = 0;

    GOOD(store_roster_put(kit.store, tenant, true, SPAN("d1"),
                          SPAN("{\"blocked\":[\"619-555-0150\"]}"), SPAN(""), NOW, &version));
    GOOD(
        store_roster_put(kit.store, tenant, true, SPAN("d2"), SPAN("{}"), SPAN(""), NOW, &version));
    kit_begin();
    struct thread t = kit_thread(tenant, number);
    facts_add_thread(&kit.facts, &t);
    add_texts(tenant, &t);
    add_call(tenant, &t);
    add_beside(tenant, &t);
    add_job(tenant);
    add_hearsay(tenant);
    kit_save();
    return tenant;
}

/* As the river does with what is due. */
static void end_timers(void)
{
    struct timer due[16];
    size_t count = 0;
    int64_t next_ms;

    GOOD(store_due(kit.store, later_ms, 16, due, &count, &next_ms));
    assert_true(count > 0);
    kit_begin();
    for (size_t i = 0; i < count; i++) {
        due[i].gone = true;
        facts_put_timer(&kit.facts, &due[i]);
    }
    kit_save();
}

/* Whether all digits of the text, without what stands between them, have the number's. */
static bool has_digits(struct span cell, const char *words)
{
    char all[4096];
    size_t size = 0;

    for (size_t i = 0; i < cell.size && size < sizeof all; i++)
        if (cell.data[i] >= '0' && cell.data[i] <= '9')
            all[size++] = cell.data[i];
    return memmem(all, size, words, strlen(words)) != NULL;
}

/* Every text of every column that the database's own catalogue has; `loose`: in whatever form. */
static int texts_as(const char *words, int32_t tenant, bool loose)
{
    struct sql *sql = kit_beside();
    char names[128][64], before[64] = "";
    int tables = 0, found = 0;

    sql_begin(sql, SQL_READ);
    struct sql_query *q = sql_prepare(sql, sql->ops->catalogue);
    while (sql_next(q) && tables < 128) {
        sql_get_text(q, names[tables], sizeof names[0]);
        const bool is_tenants = span_is_text(sql_get_span(q), "tenant");
        if (is_tenants && strcmp(names[tables], before) != 0)
            snprintf(before, sizeof before, "%s", names[tables++]);
    }
    sql_drop(&q);
    assert_true(tables > 15);
    for (int i = 0; i < tables; i++) {
        char text[160];
        snprintf(text, sizeof text, "SELECT * FROM \"%.63s\" WHERE tenant = ?1", names[i]);
        q = sql_prepare(sql, text);
        sql_put(q, tenant);
        while (sql_next(q))
            for (int c = 0; c < sql_columns(q); c++) {
                if (sql_column_type(q, c) != SQL_TEXT) {
                    (void)sql_get(q);
                    continue;
                }
                const struct span cell = sql_get_span(q);
                found += cell.size &&
                         (loose ? has_digits(cell, words)
                                : memmem(cell.data, cell.size, words, strlen(words)) != NULL);
            }
        sql_drop(&q);
    }
    GOOD(sql_end(sql));
    sql_close(&sql);
    return found;
}

static int texts_with(const char *words, int32_t tenant)
{
    return texts_as(words, tenant, false);
}

static void nothing_of_him_is_left(void **unused)
{
    const int32_t tenant = add_person("acme"), other = add_person("blitz");
    const struct store_forget_ask ask = {
        .tenant = tenant, .number = number, .now_ms = later_ms, .max = 2};
    struct store_forget_place place = {.step = 0};
    struct store_forget_sight sight;
    int64_t all = 0;

    (void)unused;
    if (kit.place == KIT_MEMORY) /* nobody else can look into it */
        return;
    const int before = texts_as(digits, other, true);
    assert_true(before > 24);
    assert_int_equal(texts_as(digits, tenant, true), before);
    GOOD(store_forget_look(kit.store, &ask, &sight));
    assert_int_equal(sight.relays + sight.calls + sight.jobs + sight.sends + sight.rosters, 0);
    for (int turns = 0; place.step < STORE_FORGET_STEPS; turns++) {
        int64_t gone = 0;
        const int was = place.step;
        GOOD(store_forget_turn(kit.store, &ask, &place, &gone));
        if (was == 2 && place.step == 2)
            end_timers();
        assert_true(turns < 400);
        all += gone;
    }
    assert_true(all > 12);
    /* +52 ..., 4..., ...1 and the one of the log with three such: others' numbers. */
    assert_int_equal(texts_as(digits, tenant, true), 4);
    assert_int_equal(texts_with("near ", tenant), 4);
    assert_int_equal(texts_with("846195550150", tenant), 1);
    assert_int_equal(texts_with("Dana", tenant), 0);
    assert_int_equal(texts_with("gate code", tenant), 0);
    assert_true(texts_with("5550177", tenant) > 0); /* who is named on the job beside him */
    assert_true(texts_with("somebody else", tenant) > 0);
    assert_int_equal(texts_as(digits, other, true), before); /* another business knows him still */
}

static void the_log_still_proves_itself(void **unused)
{
    const int32_t tenant = add_person("acme");
    const struct store_forget_ask ask = {
        .tenant = tenant, .number = number, .now_ms = later_ms, .max = 100};
    struct store_forget_place place = {.step = 3};
    struct store_proof proof;
    char why[STORE_WHY_SIZE] = "";
    int64_t gone;

    (void)unused;
    while (place.step < STORE_FORGET_STEPS)
        GOOD(store_forget_turn(kit.store, &ask, &place, &gone));
    GOOD(store_forget_note(kit.store, tenant, later_ms, SPAN("by the office; mark 00")));
    if (kit.place == KIT_MEMORY)
        return;
    if (store_proof(kit.arena, &(struct store_proof_ask){.address = kit.path}, &proof, why))
        fail_msg("%s", why);
    assert_int_equal(proof.rows, 6);
}

/* His number ends in the digits of the one who is forgotten, as numbers of other countries may. */
static void whose_number_has_the_same_digits_stays(void **unused)
{
    static const char longer[] = "+526195550150";
    const int32_t tenant = kit_tenant("acme");
    const struct store_forget_ask ask = {
        .tenant = tenant, .number = number, .now_ms = later_ms, .max = 100};
    struct store_forget_place place = {.step = 3};
    struct store_forget_sight sight;
    struct consent consent = {.tenant = tenant, .is_out = true, .at_ms = NOW};
    struct party party = {.tenant = tenant, .name = "Ben", .name_ms = NOW};
    int64_t gone;

    (void)unused;
    kit_begin();
    struct thread t = kit_thread(tenant, longer);
    struct relay r = kit_relay(tenant, t.id);
    struct message m = kit_message(tenant, t.id);
    r.state = RELAY_OPEN;
    r.body = SPAN("tell +16195550150 that I wait");
    m.body = r.body;
    snprintf(m.customer, sizeof m.customer, "%s", longer);
    snprintf(consent.line, sizeof consent.line, "+16195550100");
    snprintf(consent.person, sizeof consent.person, "%s", longer);
    snprintf(party.number, sizeof party.number, "%s", longer);
    facts_add_thread(&kit.facts, &t);
    facts_add_relay(&kit.facts, &r);
    facts_add_message(&kit.facts, &m);
    facts_add_consent(&kit.facts, &consent);
    facts_add_party(&kit.facts, &party);
    kit_save();
    GOOD(store_forget_look(kit.store, &ask, &sight));
    assert_int_equal(sight.relays, 1); /* its words would be lost for whoever must answer it */
    while (place.step < STORE_FORGET_STEPS)
        GOOD(store_forget_turn(kit.store, &ask, &place, &gone));
    if (kit.place == KIT_MEMORY)
        return;
    assert_int_equal(texts_with(longer, tenant), 5);
    assert_int_equal(texts_with(number, tenant), 0);
}

static void what_is_in_the_way_is_told(void **unused)
{
    const int32_t tenant = kit_tenant("acme");
    const struct store_forget_ask ask = {
        .tenant = tenant, .number = number, .now_ms = later_ms, .max = 100};
    struct store_forget_sight sight;
    int64_t version;

    (void)unused;
    kit_begin();
    struct thread t = kit_thread(tenant, number);
    struct relay r = kit_relay(tenant, t.id);
    struct outbox o = {.id = id_next(&kit.ids, NOW), .tenant = tenant, .body = SPAN("hello")};
    r.state = RELAY_OPEN;
    snprintf(o.to, sizeof o.to, "%s", number);
    facts_add_thread(&kit.facts, &t);
    facts_add_relay(&kit.facts, &r);
    facts_add_outbox(&kit.facts, &o);
    kit_save();
    GOOD(store_roster_put(kit.store, tenant, true, SPAN("d1"),
                          SPAN("{\"blocked\":[\"+16195550150\"]}"), SPAN(""), NOW, &version));
    GOOD(store_forget_look(kit.store, &ask, &sight));
    assert_int_equal(sight.relays, 1);
    assert_int_equal(sight.sends, 1);
    assert_int_equal(sight.rosters, 1);
    assert_int_equal(sight.calls + sight.jobs, 0);
}

const struct CMUnitTest contract_forget[] = {
    KIT_TEST(nothing_of_him_is_left),
    KIT_TEST(the_log_still_proves_itself),
    KIT_TEST(whose_number_has_the_same_digits_stays),
    KIT_TEST(what_is_in_the_way_is_told),
};
const size_t contract_forget_count = sizeof contract_forget / sizeof contract_forget[0];
