#include "contract/contract_kit.h"

#include <stdio.h>
#include <string.h>

static void duties_come_back_whole_one_an_operator(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    const struct duty away = {
        .tenant = tenant,
        .operator_id = "anna",
        .state = DUTY_AWAY,
        .since_ms = NOW + 1,
        .until_ms = NOW + 2,
        .wrong_tags = 3,
        .wrong_ms = NOW + 4,
        .locked_ms = NOW + 5,
    };
    const struct duty bare = {.tenant = tenant, .operator_id = "ben", .state = DUTY_HOURS};
    const struct duty theirs = {.tenant = other, .operator_id = "anna", .state = DUTY_OFF};
    struct duty back = {.tenant = tenant, .operator_id = "anna", .state = DUTY_ON};

    (void)unused;
    facts_put_duty(&kit.facts, &bare);
    facts_put_duty(&kit.facts, &away);
    facts_put_duty(&kit.facts, &theirs);
    kit_save();
    kit_reopen();
    facts_want_duties(&kit.facts, tenant);
    facts_want_duties(&kit.facts, 99);
    kit_load();
    const struct duties *duties = facts_duties(&kit.facts, tenant);
    assert_int_equal(duties->count, 2);
    kit_same_duty(&duties->rows[0], &away);
    kit_same_duty(&duties->rows[1], &bare);
    assert_int_equal(facts_duties(&kit.facts, 99)->count, 0);

    facts_put_duty(&kit.facts, &back); /* nothing is left of what he said before */
    kit_save();
    facts_want_duties(&kit.facts, tenant);
    kit_load();
    duties = facts_duties(&kit.facts, tenant);
    assert_int_equal(duties->count, 2);
    kit_same_duty(&duties->rows[0], &back);
}

static void consent_is_kept_for_a_line_and_a_person(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    const struct span line = SPAN("+13125550101"), person = SPAN("+13125550150");
    const struct consent out = {.tenant = tenant,
                                .line = "+13125550101",
                                .person = "+13125550150",
                                .is_out = true,
                                .at_ms = NOW + 1};

    (void)unused;
    facts_add_consent(&kit.facts, &out);
    kit_save();
    kit_reopen();
    facts_want_consent(&kit.facts, tenant, line, person);
    facts_want_consent(&kit.facts, tenant, SPAN("+13125550102"), person);
    facts_want_consent(&kit.facts, tenant, line, SPAN("+13125550151"));
    facts_want_consent(&kit.facts, other, line, person);
    kit_load();
    struct consent *row = facts_consent(&kit.facts, tenant, line, person);
    kit_same_consent(row, &out);
    assert_null(facts_consent(&kit.facts, tenant, SPAN("+13125550102"), person));
    assert_null(facts_consent(&kit.facts, tenant, line, SPAN("+13125550151")));
    assert_null(facts_consent(&kit.facts, other, line, person));
    assert_false(kit.facts.short_of);

    row->is_out = false;
    row->at_ms = NOW + 2;
    const struct consent changed = *row;
    facts_touch(&kit.facts, FACT_CONSENT, row);
    kit_save();
    facts_want_consent(&kit.facts, tenant, line, person);
    kit_load();
    kit_same_consent(facts_consent(&kit.facts, tenant, line, person), &changed);
}

static void same_party(const struct party *got, const struct party *want)
{
    assert_non_null(got);
    assert_int_equal(got->tenant, want->tenant);
    assert_string_equal(got->number, want->number);
    assert_string_equal(got->name, want->name);
    assert_int_equal(got->line_type, want->line_type);
    assert_int_equal(got->name_ms, want->name_ms);
    assert_int_equal(got->line_type_ms, want->line_type_ms);
    assert_int_equal(got->again_ms, want->again_ms);
    assert_false(got->ask_name || got->ask_line_type); /* not kept */
}

static void a_party_comes_back_whole_with_its_thread_or_alone(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    const struct span number = SPAN("+13125550150");
    struct thread t = kit_thread(tenant, "+13125550150");
    struct party p = {.tenant = tenant,
                      .number = "+13125550150",
                      .name = "Jane Roe",
                      .line_type = LINE_TYPE_LANDLINE,
                      .name_ms = NOW,
                      .line_type_ms = NOW + 1,
                      .again_ms = NOW + 2,
                      .ask_name = true,
                      .ask_line_type = true};

    (void)unused;
    facts_add_thread(&kit.facts, &t);
    facts_add_party(&kit.facts, &p);
    kit_save();
    kit_reopen();
    facts_want_id(&kit.facts, FACT_THREAD, tenant, t.id);
    facts_want_party(&kit.facts, other, number);
    assert_null(facts_party_seen(&kit.facts, tenant, number)); /* and asks for nothing */
    kit_load();
    same_party(facts_party_seen(&kit.facts, tenant, number), &p);
    assert_null(facts_party(&kit.facts, other, number));
    assert_false(kit.facts.short_of);
    struct kit_seen seen =
        kit_look(VIEW_THREADS, (struct view_filter){.tenant = tenant, .id = t.id});
    kit_has(&seen, "customer_name=Jane Roe;");

    struct party *row = facts_party(&kit.facts, tenant, number);
    *row = (struct party){.tenant = tenant, .number = "+13125550150"};
    facts_touch(&kit.facts, FACT_PARTY, row);
    kit_save();
    facts_want_party(&kit.facts, tenant, number);
    kit_load();
    same_party(facts_party(&kit.facts, tenant, number),
               &(struct party){.tenant = tenant, .number = "+13125550150"});
}

static struct question full_question(int32_t tenant)
{
    struct question q = {
        .tenant = tenant,
        .operator_id = "anna",
        .kind = QUESTION_CONFIRM,
        .line = "+13125550101",
        .message = id_next(&kit.ids, NOW),
        .due_ms = NOW + 1,
        .tag = "K7F",
        .body = SPAN("it's; | \xf0\x9f\x9a\xbf"),
        .media = SPAN("https://example.com/1\nhttps://example.com/2"),
        .thread_count = QUESTION_CHOICES,
    };

    for (int i = 0; i < QUESTION_CHOICES; i++)
        q.threads[i] = INT64_MAX - i; /* as long as ids get */
    return q;
}

static const struct question *load_question(int32_t tenant, struct span operator_id)
{
    facts_want_question(&kit.facts, tenant, operator_id);
    kit_load();
    return facts_question(&kit.facts, tenant, operator_id);
}

static void a_question_comes_back_whole_and_goes(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    const struct question full = full_question(tenant);
    const struct question bare = {.tenant = other,
                                  .operator_id = "anna",
                                  .kind = QUESTION_WHICH,
                                  .line = "+13125550102",
                                  .message = 5,
                                  .due_ms = NOW};

    (void)unused;
    facts_put_question(&kit.facts, &full);
    facts_put_question(&kit.facts, &bare);
    kit_save();
    kit_reopen();
    kit_same_question(load_question(tenant, SPAN("anna")), &full);
    kit_same_question(load_question(other, SPAN("anna")), &bare);
    assert_null(load_question(tenant, SPAN("ben")));

    struct question *row = facts_question(&kit.facts, tenant, SPAN("anna"));
    row->gone = true;
    facts_touch(&kit.facts, FACT_QUESTION, row);
    assert_null(facts_question(&kit.facts, tenant, SPAN("anna")));
    kit_save();
    assert_null(load_question(tenant, SPAN("anna")));
    assert_non_null(load_question(other, SPAN("anna")));
}

static void the_next_question_takes_the_place_of_the_last(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const struct question first = full_question(tenant);
    struct question next = {.tenant = tenant,
                            .operator_id = "anna",
                            .kind = QUESTION_COMMAND,
                            .line = "+13125550102",
                            .message = 6,
                            .due_ms = NOW + 2,
                            .body = SPAN("away"),
                            .threads = {8},
                            .thread_count = 1};

    (void)unused;
    facts_put_question(&kit.facts, &first);
    kit_save();
    (void)load_question(tenant, SPAN("anna"));
    facts_put_question(&kit.facts, &next); /* over a loaded one */
    kit_save();
    kit_same_question(load_question(tenant, SPAN("anna")), &next);

    kit_begin();
    facts_put_question(&kit.facts, &first); /* over one that nobody asked for */
    kit_save();
    kit_same_question(load_question(tenant, SPAN("anna")), &first);

    facts_question(&kit.facts, tenant, SPAN("anna"))->gone = true; /* answered, and the next one */
    facts_put_question(&kit.facts, &next);
    kit_save();
    kit_same_question(load_question(tenant, SPAN("anna")), &next);

    kit_begin();
    struct question ben = next;
    strcpy(ben.operator_id, "ben");
    facts_put_question(&kit.facts, &ben)->gone = true; /* asked and answered in one batch */
    kit_save();
    assert_null(load_question(tenant, SPAN("ben")));
}

static void idle_relays_come_oldest_first_and_at_hand(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    const struct thread t = kit_thread(tenant, "+13125550150");
    int64_t made[8];

    (void)unused;
    facts_add_thread(&kit.facts, &t);
    for (int i = 0; i < 8; i++) {
        struct relay r = kit_relay(i == 7 ? other : tenant, t.id);
        r.state = i == 7 ? RELAY_IDLE : (enum relay_state)(i % RELAY_STATES);
        made[i] = r.id;
        facts_add_relay(&kit.facts, &r);
    }
    kit_save();
    kit_reopen();
    assert_null(facts_idle(&kit.facts, tenant)); /* finding wants it */
    assert_null(facts_idle(&kit.facts, 99));
    kit_load();
    const struct idle *idle = facts_idle(&kit.facts, tenant);
    assert_int_equal(idle->count, 2);
    assert_int_equal(idle->relays[0], made[0]);
    assert_int_equal(idle->relays[1], made[4]);
    assert_int_equal(facts_idle(&kit.facts, 99)->count, 0);
    assert_int_equal(facts_relay(&kit.facts, tenant, made[4])->state, RELAY_IDLE);
    assert_int_equal(facts_thread_by_id(&kit.facts, tenant, t.id)->id, t.id);
    assert_false(kit.facts.short_of); /* the relays and their threads came along */
}

static struct cascade call_of(int32_t tenant, const char *caller, enum cascade_state state)
{
    static int made;
    struct cascade k = {.tenant = tenant,
                        .id = ++made,
                        .account = "AC1",
                        .line = "+13125550100",
                        .state = state,
                        .started_ms = NOW};

    strcpy(k.caller, caller);
    snprintf(k.call_sid, sizeof k.call_sid, "CAlive%d", made);
    return k;
}

static void the_calls_that_ring_come_oldest_first_and_at_hand(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    const struct span all = {NULL, 0}, anna = SPAN("+13125550121");
    struct cascade rows[] = {
        call_of(tenant, "+13125550122", CASCADE_RINGING),
        call_of(tenant, "+13125550121", CASCADE_OVER),
        call_of(tenant, "+13125550121", CASCADE_RINGING),
        call_of(other, "+13125550121", CASCADE_RINGING),
        call_of(tenant, "+13125550121", CASCADE_ASKED),
        call_of(tenant, "+13125550121", CASCADE_RINGING),
    };

    (void)unused;
    rows[5].shows_line = true; /* nobody is shown the caller's number */
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        facts_add_cascade(&kit.facts, &rows[i]);
    kit_save();
    kit_reopen();
    assert_null(facts_live(&kit.facts, tenant, all)); /* finding wants it */
    facts_want_live(&kit.facts, tenant, anna);
    kit_load();
    const struct live *live = facts_live(&kit.facts, tenant, all);
    assert_int_equal(live->count, 3);
    assert_int_equal(live->cascades[0], rows[0].id);
    assert_int_equal(live->cascades[1], rows[2].id);
    assert_int_equal(live->cascades[2], rows[5].id);
    assert_string_equal(facts_cascade(&kit.facts, tenant, rows[2].id)->call_sid, rows[2].call_sid);
    assert_false(kit.facts.short_of);
    assert_int_equal(facts_live(&kit.facts, tenant, anna)->count, 1);
    facts_cascade(&kit.facts, tenant, rows[0].id)->state = CASCADE_ACCEPTED;
    facts_touch(&kit.facts, FACT_CASCADE, facts_cascade(&kit.facts, tenant, rows[0].id));
    kit_save();
    facts_want_live(&kit.facts, tenant, all);
    kit_load();
    assert_int_equal(facts_live(&kit.facts, tenant, all)->count, 2);
}

static void add_matter(int32_t tenant, int64_t id, const char *line, enum relay_kind kind,
                       enum relay_state state)
{
    struct thread t = {.tenant = tenant, .id = id, .opened_ms = NOW, .last_ms = NOW};
    const struct relay r = {.tenant = tenant,
                            .id = id,
                            .thread = id,
                            .kind = kind,
                            .state = state,
                            .raised_ms = NOW,
                            .body = SPAN("words")};

    strcpy(t.line, line);
    snprintf(t.customer, sizeof t.customer, "+1312555%04d", 200 + (int)id);
    facts_add_thread(&kit.facts, &t);
    facts_add_relay(&kit.facts, &r);
}

static void the_last_missed_call_that_waits_is_of_its_line(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const struct span line = SPAN("+13125550100");

    (void)unused;
    add_matter(tenant, 1, "+13125550100", RELAY_MISSED_CALL, RELAY_OPEN);
    add_matter(tenant, 2, "+13125550100", RELAY_VOICEMAIL, RELAY_IDLE);
    add_matter(tenant, 3, "+13125550100", RELAY_TEXT, RELAY_OPEN);
    add_matter(tenant, 4, "+13125550100", RELAY_MISSED_CALL, RELAY_TAKEN);
    add_matter(tenant, 5, "+13125550101", RELAY_MISSED_CALL, RELAY_OPEN);
    kit_save();
    kit_reopen();
    assert_int_equal(facts_waiting(&kit.facts, tenant, line), 0);
    assert_int_equal(facts_waiting(&kit.facts, tenant, SPAN("+13125550109")), 0);
    kit_load();
    assert_int_equal(facts_waiting(&kit.facts, tenant, line), 2);
    assert_int_equal(facts_relay(&kit.facts, tenant, 2)->kind, RELAY_VOICEMAIL);
    assert_int_equal(facts_waiting(&kit.facts, tenant, SPAN("+13125550109")), 0);
    assert_false(kit.facts.short_of);
}

static void one_look_gives_no_more_idle_relays_than_it_may(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    int64_t first = 0;

    (void)unused;
    for (int i = 0; i < LIMIT_IDLE + 5; i++) {
        const struct relay r = {.id = id_next(&kit.ids, NOW), .tenant = tenant, .thread = 5};
        first = first ? first : r.id;
        facts_add_relay(&kit.facts, &r);
    }
    kit_save();
    assert_null(facts_idle(&kit.facts, tenant));
    kit_load();
    const struct idle *idle = facts_idle(&kit.facts, tenant);
    assert_int_equal(idle->count, LIMIT_IDLE);
    assert_int_equal(idle->relays[0], first);
}

static void a_text_of_ours_is_found_by_its_sid(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    struct message ours = kit_message(tenant, 5), heard = kit_message(tenant, 5);

    (void)unused;
    strcpy(ours.sid, "SM1");
    strcpy(heard.sid, "SM2");
    heard.direction = DIRECTION_IN;
    facts_add_message(&kit.facts, &ours);
    facts_add_message(&kit.facts, &heard);
    kit_save();
    kit_reopen();
    assert_null(facts_message_by_sid(&kit.facts, tenant, SPAN("SM1")));
    assert_null(facts_message_by_sid(&kit.facts, tenant, SPAN("SM2")));
    assert_null(facts_message_by_sid(&kit.facts, other, SPAN("SM1")));
    assert_true(kit.facts.short_of);
    kit_load();
    struct message *row = facts_message_by_sid(&kit.facts, tenant, SPAN("SM1"));
    kit_same_message(row, &ours);
    assert_ptr_equal(row, facts_message(&kit.facts, tenant, ours.id));  /* one row, two keys */
    assert_null(facts_message_by_sid(&kit.facts, tenant, SPAN("SM2"))); /* not ours */
    assert_null(facts_message_by_sid(&kit.facts, other, SPAN("SM1")));
    assert_false(kit.facts.short_of);
}

static void a_sid_bound_late_is_found_from_then_on(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const struct message m = kit_message(tenant, 5);

    (void)unused;
    facts_add_message(&kit.facts, &m);
    kit_save();
    facts_want_id(&kit.facts, FACT_MESSAGE, tenant, m.id);
    assert_null(facts_message_by_sid(&kit.facts, tenant, SPAN("SM1")));
    kit_load();
    assert_null(facts_message_by_sid(&kit.facts, tenant, SPAN("SM1")));
    struct message *row = facts_message(&kit.facts, tenant, m.id);
    facts_bind_sid(&kit.facts, row, SPAN("SM1"));
    assert_ptr_equal(facts_message_by_sid(&kit.facts, tenant, SPAN("SM1")), row);
    kit_save();
    assert_null(facts_message_by_sid(&kit.facts, tenant, SPAN("SM1")));
    kit_load();
    assert_int_equal(facts_message_by_sid(&kit.facts, tenant, SPAN("SM1"))->id, m.id);
}

enum { FULL = 300 };

static struct tag full_tag(int32_t tenant, int n, int64_t sent_ms)
{
    struct tag tag = {.tenant = tenant, .operator_id = "anna", .thread = 1000 + n};

    tag.sent_ms = sent_ms;
    snprintf(tag.tag, sizeof tag.tag, "%03d", n);
    return tag;
}

static const struct desk *annas(int32_t tenant)
{
    kit_begin();
    facts_want_desk(&kit.facts, tenant, SPAN("anna"));
    kit_load();
    return facts_desk(&kit.facts, tenant, SPAN("anna"));
}

static void is_first(int32_t tenant, size_t count, const char *tag, int64_t thread)
{
    const struct desk *desk = annas(tenant);

    assert_int_equal(desk->count, count);
    assert_string_equal(desk->tags[0].tag, tag);
    assert_true(desk->tags[0].thread == thread);
    for (size_t i = 1; i < desk->count; i++)
        assert_true(desk->tags[i - 1].sent_ms >= desk->tags[i].sent_ms);
}

/* A full desk may be kept in memory: it must be what a fresh look at the store gives. */
static void a_full_desk_is_what_was_committed(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    struct tag tag;

    (void)unused;
    for (int i = 0; i < FULL; i++) {
        tag = full_tag(tenant, i, NOW + i);
        facts_put_tag(&kit.facts, &tag);
    }
    facts_claim(&kit.facts, tenant, SPAN("SM1"), 1);
    kit_save();
    is_first(tenant, FULL, "299", 1299);

    tag = full_tag(tenant, 5, NOW + FULL); /* sent again, by another thread */
    tag.thread = 7;
    facts_put_tag(&kit.facts, &tag);
    kit_save();
    is_first(tenant, FULL, "005", 7);

    tag = full_tag(tenant, FULL, NOW + FULL + 1); /* a new one, and one of another tenant's anna */
    facts_put_tag(&kit.facts, &tag);
    tag = full_tag(other, FULL + 1, NOW + FULL + 2);
    facts_put_tag(&kit.facts, &tag);
    kit_save();
    is_first(tenant, FULL + 1, "300", 1300);
    is_first(other, 1, "301", 1301);

    (void)annas(tenant);
    tag = full_tag(tenant, 9, NOW + 2 * FULL); /* never committed */
    facts_put_tag(&kit.facts, &tag);
    facts_claim(&kit.facts, tenant, SPAN("SM1"), 2);
    assert_int_equal(store_save(kit.store, &kit.facts), ERR_CONFLICT);
    is_first(tenant, FULL + 1, "300", 1300);
    kit_reopen();
    is_first(tenant, FULL + 1, "300", 1300);
}

const struct CMUnitTest contract_desk[] = {
    KIT_TEST(duties_come_back_whole_one_an_operator),
    KIT_TEST(consent_is_kept_for_a_line_and_a_person),
    KIT_TEST(a_party_comes_back_whole_with_its_thread_or_alone),
    KIT_TEST(a_question_comes_back_whole_and_goes),
    KIT_TEST(the_next_question_takes_the_place_of_the_last),
    KIT_TEST(idle_relays_come_oldest_first_and_at_hand),
    KIT_TEST(one_look_gives_no_more_idle_relays_than_it_may),
    KIT_TEST(the_calls_that_ring_come_oldest_first_and_at_hand),
    KIT_TEST(the_last_missed_call_that_waits_is_of_its_line),
    KIT_TEST(a_text_of_ours_is_found_by_its_sid),
    KIT_TEST(a_sid_bound_late_is_found_from_then_on),
    KIT_TEST(a_full_desk_is_what_was_committed),
};
const size_t contract_desk_count = sizeof contract_desk / sizeof contract_desk[0];
