#include "contract/contract_kit.h"

#include <stdio.h>
#include <string.h>

static void a_tenant_keeps_its_number(void **unused)
{
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");
    int32_t again = 0;

    (void)unused;
    assert_int_not_equal(one, two);
    kit_reopen();
    GOOD(store_tenant(kit.store, SPAN("one"), SPAN("New name"), SPAN("AC2"), NOW + 1, &again));
    assert_int_equal(again, one);
}

static int64_t put_roster(int32_t tenant, bool good, const char *document)
{
    char digest[32] = "";
    int64_t version = 0;

    snprintf(digest, sizeof digest, "%s", document);
    GOOD(store_roster_put(kit.store, tenant, good, (struct span){digest, 32}, span_of(document),
                          good ? SPAN("") : SPAN("3:1 no chain"), NOW, &version));
    return version;
}

static void a_roster_is_kept_by_version_and_the_last_good_one_is_in_force(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    struct span document = {0};
    int64_t version = 0;

    (void)unused;
    assert_int_equal(store_roster_last(kit.store, tenant, kit.arena, &document, &version),
                     ERR_NOT_FOUND);
    const int64_t first = put_roster(tenant, true, "{1}");
    assert_int_equal(put_roster(tenant, true, "{1}"), first);
    const int64_t refused = put_roster(tenant, false, "{bad");
    assert_true(refused > first);
    assert_int_equal(put_roster(tenant, false, "{bad"), refused);
    assert_int_equal(put_roster(tenant, true, "{1}"), first); /* mended by going back */
    kit_reopen();
    GOOD(store_roster_last(kit.store, tenant, kit.arena, &document, &version));
    assert_int_equal(version, first);
    assert_true(span_is_text(document, "{1}"));

    const int64_t second = put_roster(tenant, true, "{2}");
    assert_true(second > refused);
    const int64_t back = put_roster(tenant, true, "{1}"); /* an old one again is a new version */
    assert_true(back > second);
    /* Refused since a rule changed: that it was good once does not make it the same. */
    assert_true(put_roster(tenant, false, "{1}") > back);
    GOOD(store_roster_last(kit.store, tenant, kit.arena, &document, &version));
    assert_int_equal(version, back);
    assert_int_equal(store_roster_last(kit.store, other, kit.arena, &document, &version),
                     ERR_NOT_FOUND);

    const struct kit_seen seen = kit_look(VIEW_ROSTERS, (struct view_filter){.tenant = tenant});
    assert_int_equal(seen.count, 5);
    assert_int_equal(
        kit_look(VIEW_ROSTERS, (struct view_filter){.tenant = tenant, .state = SPAN("refused")})
            .count,
        2);
}

static void is_live_since(int32_t tenant, const char *line, int64_t expected_ms)
{
    int64_t since_ms = -1;

    GOOD(store_line_since(kit.store, tenant, span_of(line), &since_ms));
    assert_int_equal(since_ms, expected_ms);
}

static void is_not_live(int32_t tenant, const char *line)
{
    int64_t since_ms = -1;

    assert_int_equal(store_line_since(kit.store, tenant, span_of(line), &since_ms), ERR_NOT_FOUND);
    assert_int_equal(since_ms, -1);
}

static void a_line_is_live_since_it_was_first_said(void **unused)
{
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");

    (void)unused;
    is_not_live(one, "+13125550101");
    GOOD(store_line_live(kit.store, one, SPAN("+13125550101"), NOW));
    is_live_since(one, "+13125550101", NOW);
    GOOD(store_line_live(kit.store, one, SPAN("+13125550101"), NOW + 5));
    kit_reopen();
    is_live_since(one, "+13125550101", NOW);
    is_not_live(one, "+13125550102");
    is_not_live(two, "+13125550101");
    GOOD(store_line_live(kit.store, two, SPAN("+13125550109"), 0));
    is_live_since(two, "+13125550109", 0); /* a clock may start at 0 */
}

static void a_line_that_is_given_back_is_live_no_more(void **unused)
{
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");

    (void)unused;
    GOOD(store_line_live(kit.store, one, SPAN("+13125550101"), NOW));
    GOOD(store_line_live(kit.store, two, SPAN("+13125550101"), NOW));
    GOOD(store_line_leave(kit.store, one, SPAN("+13125550101")));
    GOOD(store_line_leave(kit.store, one, SPAN("+13125550102")));
    kit_reopen();
    is_not_live(one, "+13125550101");
    is_live_since(two, "+13125550101", NOW);
    GOOD(store_line_live(kit.store, one, SPAN("+13125550101"), NOW + 9));
    is_live_since(one, "+13125550101", NOW + 9);
}

static struct store_roster many_of(const char *slug, const char *document)
{
    return (struct store_roster){.slug = span_of(slug),
                                 .name = SPAN("A business"),
                                 .account = SPAN("AC1"),
                                 .digest = {document, 32},
                                 .document = span_of(document)};
}

static void is_in_force(int32_t tenant, int64_t expected, const char *text)
{
    struct span document = {0};
    int64_t version = 0;

    GOOD(store_roster_last(kit.store, tenant, kit.arena, &document, &version));
    assert_int_equal(version, expected);
    assert_true(span_is_text(document, text));
}

static void many_rosters_are_kept_at_once(void **unused)
{
    static const char one[33] = "{1}", two[33] = "{2}", three[33] = "{3}";
    const int32_t known = kit_tenant("b");
    struct store_roster all[] = {many_of("a", one), many_of("b", two)};

    (void)unused;
    GOOD(store_line_live(kit.store, known, SPAN("+13125550102"), NOW - 5));
    GOOD(store_rosters_put(kit.store, NULL, 0, NOW));
    GOOD(store_rosters_put(kit.store, all, 2, NOW));
    assert_int_equal(all[1].tenant, known);
    assert_int_not_equal(all[0].tenant, known);
    all[1] = many_of("b", three);
    GOOD(store_rosters_put(kit.store, all, 2, NOW + 1)); /* the first is the same as before */
    kit_reopen();
    is_in_force(all[0].tenant, 1, one);
    is_in_force(known, 2, three);
    is_not_live(all[0].tenant, "+13125550101"); /* to be on a roster is not enough */
    is_live_since(known, "+13125550102", NOW - 5);
}

static void an_edit_is_kept_with_who_made_it_and_what_for(void **unused)
{
    static const char one[33] = "{1}", two[33] = "{2}";
    struct store_roster read = many_of("a", one), edited = many_of("a", two);

    (void)unused;
    edited.made_by = SPAN("Dana");
    edited.note = SPAN("chain main");
    GOOD(store_rosters_put(kit.store, &read, 1, NOW));
    GOOD(store_rosters_put(kit.store, &edited, 1, NOW + 1));
    kit_reopen();
    struct kit_seen seen =
        kit_look(VIEW_ROSTERS, (struct view_filter){.tenant = read.tenant, .id = edited.version});
    kit_has(&seen, "made_by=Dana");
    kit_has(&seen, "note=chain main");
    seen = kit_look(VIEW_ROSTERS, (struct view_filter){.tenant = read.tenant, .id = read.version});
    kit_has(&seen, ";made_by;note;");

    seen =
        kit_look(VIEW_ROSTER_TEXT, (struct view_filter){.tenant = read.tenant, .id = read.version});
    kit_has(&seen, "document={1}");
    assert_int_equal(kit_look(VIEW_ROSTER_TEXT,
                              (struct view_filter){.tenant = read.tenant + 1, .id = read.version})
                         .count,
                     0);
}

struct live_lines {
    int32_t tenant;
    const char *line;
};

static bool is_live(const void *ctx, int32_t tenant, struct span line)
{
    const struct live_lines *live = ctx;

    return tenant == live->tenant && span_is_text(line, live->line);
}

static void a_line_that_went_and_comes_back_is_new(void **unused)
{
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");
    const struct live_lines live = {two, "+13125550101"};

    (void)unused;
    GOOD(store_line_live(kit.store, one, SPAN("+13125550101"), NOW));
    GOOD(store_line_live(kit.store, two, SPAN("+13125550101"), NOW + 1));
    GOOD(store_line_live(kit.store, two, SPAN("+13125550102"), NOW + 1));
    GOOD(store_line_prune(kit.store, is_live, &live));
    kit_reopen();
    is_live_since(two, "+13125550101", NOW + 1);
    is_not_live(one, "+13125550101");
    is_not_live(two, "+13125550102");
}

static void how_far_an_account_was_searched_is_kept(void **unused)
{
    int64_t ms = 9;

    (void)unused;
    GOOD(store_searched(kit.store, SPAN("AC1"), &ms));
    assert_int_equal(ms, 0);
    GOOD(store_searched_put(kit.store, SPAN("AC1"), NOW));
    GOOD(store_searched_put(kit.store, SPAN("AC2"), NOW + 1));
    GOOD(store_searched_put(kit.store, SPAN("AC1"), NOW + 2));
    kit_reopen();
    GOOD(store_searched(kit.store, SPAN("AC1"), &ms));
    assert_int_equal(ms, NOW + 2);
    GOOD(store_searched(kit.store, SPAN("AC2"), &ms));
    assert_int_equal(ms, NOW + 1);
}

static void a_token_is_found_by_its_hash_until_it_is_revoked(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    struct token t = {.id = id_next(&kit.ids, NOW),
                      .tenant = tenant,
                      .role = ROLE_DISPATCHER,
                      .hash = {7, 0, 9},
                      .name = "the office",
                      .created_ms = NOW};
    const uint8_t unknown[32] = {7};
    struct token got;

    (void)unused;
    GOOD(store_token_add(kit.store, &t));
    assert_int_equal(store_token_add(kit.store, &t), ERR_CONFLICT);
    kit_reopen();
    assert_int_equal(store_token_find(kit.store, unknown, NOW, &got), ERR_NOT_FOUND);
    GOOD(store_token_find(kit.store, t.hash, NOW, &got));
    assert_int_equal(got.used_ms, NOW);
    t.used_ms = NOW;
    kit_same_token(&got, &t);
    GOOD(store_token_find(kit.store, t.hash, NOW + 59999, &got));
    assert_int_equal(got.used_ms, NOW); /* noted at most once a minute */
    GOOD(store_token_find(kit.store, t.hash, NOW + 60000, &got));
    assert_int_equal(got.used_ms, NOW + 60000);

    assert_int_equal(store_token_revoke(kit.store, other, t.id, NOW), ERR_NOT_FOUND);
    GOOD(store_token_revoke(kit.store, tenant, t.id, NOW));
    assert_int_equal(store_token_revoke(kit.store, tenant, t.id, NOW), ERR_NOT_FOUND);
    assert_int_equal(store_token_find(kit.store, t.hash, NOW, &got), ERR_NOT_FOUND);
    const struct kit_seen seen = kit_look(VIEW_TOKENS, (struct view_filter){.tenant = tenant});
    assert_int_equal(seen.count, 1);
    kit_has(&seen, "name=the office;");
}

static void the_last_id_is_above_every_id(void **unused)
{
    int64_t last = 0;
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");
    const struct event_row event = {.tenant = two, .kind = "text.in"};
    struct message m = kit_message(one, 5);

    (void)unused;
    GOOD(store_last_id(kit.store, &last));
    assert_int_equal(last, 1);
    facts_add_message(&kit.facts, &m);
    const int64_t highest = facts_log(&kit.facts, &event)->id;
    kit_save();
    kit_reopen();
    GOOD(store_last_id(kit.store, &last));
    assert_int_equal(last, highest + 1);

    m.id = highest + 100;
    m.tenant = 0; /* on no roster */
    facts_add_message(&kit.facts, &m);
    kit_save();
    GOOD(store_last_id(kit.store, &last));
    assert_int_equal(last, highest + 101);
}

static void a_second_opener_is_told_who_holds_it(void **unused)
{
    struct store *second = NULL;
    char why[STORE_WHY_SIZE] = "";

    (void)unused;
    if (kit.place != KIT_FILE)
        return; /* a private one cannot be opened twice */
    assert_int_equal(store_open(kit.path, &second, why), ERR_BUSY);
    assert_null(second);
    assert_non_null(strstr(why, "another nextring (or program) holds"));
    assert_non_null(strstr(why, kit.path));
    store_close(&kit.store);
    kit_open();
}

static void every_role_reads_back(void **unused)
{
    enum role role = ROLES;

    (void)unused;
    for (int i = 0; i < ROLES; i++) {
        assert_true(role_parse(span_of(role_name((enum role)i)), &role));
        assert_int_equal(role, i);
    }
    assert_false(role_parse(SPAN("root"), &role));
}

const struct CMUnitTest contract_people[] = {
    KIT_TEST(a_tenant_keeps_its_number),
    KIT_TEST(a_roster_is_kept_by_version_and_the_last_good_one_is_in_force),
    KIT_TEST(a_line_is_live_since_it_was_first_said),
    KIT_TEST(a_line_that_is_given_back_is_live_no_more),
    KIT_TEST(many_rosters_are_kept_at_once),
    KIT_TEST(an_edit_is_kept_with_who_made_it_and_what_for),
    KIT_TEST(a_line_that_went_and_comes_back_is_new),
    KIT_TEST(how_far_an_account_was_searched_is_kept),
    KIT_TEST(a_token_is_found_by_its_hash_until_it_is_revoked),
    KIT_TEST(the_last_id_is_above_every_id),
    KIT_TEST(a_second_opener_is_told_who_holds_it),
    KIT_TEST(every_role_reads_back),
};
const size_t contract_people_count = sizeof contract_people / sizeof contract_people[0];
