#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "admin/doctor_checks.h"

static const int64_t NOW = INT64_C(1790000000000), HOUR = 3600000;

static struct doctor_checks_facts well(void)
{
    static const struct doctor_checks_line line = {"+16195550100", NOW - HOUR};

    return (struct doctor_checks_facts){
        .now_ms = NOW,
        .started_ms = NOW - HOUR,
        .public_url = SPAN("https://relay.example.com"),
        .signed_ms = NOW - HOUR,
        .lines = &line,
        .line_count = 1,
        .roster_is_good = true,
        .free_bytes = INT64_C(50) << 30,
        .disk_bytes = INT64_C(100) << 30,
        .can_store = true,
        .version = "1.2.3",
        .has_clock = true,
        .may_see_names = true,
    };
}

struct seen {
    const char *check; /* that is looked for */
    int count, ills;
    enum doctor_checks_state worst;
    char what[256];
};

static void note(void *ctx, const struct doctor_checks_finding *f)
{
    struct seen *s = ctx;

    assert_int_equal(f->state == DOCTOR_OK, f->why == NULL);
    assert_int_equal(f->state == DOCTOR_OK, f->mend == NULL);
    s->ills += f->state != DOCTOR_OK;
    if (s->check && strcmp(s->check, f->check) != 0)
        return;
    s->count++;
    s->worst = f->state > s->worst ? f->state : s->worst;
    strncpy(s->what, f->what, sizeof s->what - 1);
}

static struct seen look(const struct doctor_checks_facts *f, const char *check)
{
    struct arena *arena = arena_open(0);
    struct seen seen = {.check = check};

    doctor_checks_all(arena, f, note, &seen);
    arena_close(&arena);
    return seen;
}

/* One check finds one ill, the others none. */
static void expect(const struct doctor_checks_facts *f, const char *check,
                   enum doctor_checks_state state, const char *what)
{
    const struct seen s = look(f, check);

    if (s.ills != 1 || s.count < 1 || s.worst != state || !strstr(s.what, what))
        fail_msg("%s: %d ills, %d: %s", check, s.ills, (int)s.worst, s.what);
}

static void what_is_well_is_said_too(void **unused)
{
    struct doctor_checks_facts f = well();
    const struct seen s = look(&f, NULL);

    (void)unused;
    assert_int_equal(s.count, 17);
    assert_int_equal(s.ills, 0);
    f.terms = (struct tenant_terms){TENANT_ACTIVE, 1, 500, 0};
    assert_non_null(strstr(look(&f, "host").what, "500 texts and any number of calls"));
}

static void each_ill_is_found_by_its_check(void **unused)
{
    static const struct doctor_checks_line silent = {"+16195550100", 0};
    static const struct doctor_checks_person out = {
        .name = "Ann", .phone = "+16195550111", .is_out = true, .is_unreachable = true};
    static const struct doctor_checks_person away = {
        .name = "Bob", .phone = "+16195550112", .is_unreachable = true, .error_code = 30003};
    static const struct doctor_checks_gap gap = {"dispatch", NOW - 1, NOW + HOUR};
    static const struct doctor_checks_name name = {"wall"};
    static const struct doctor_checks_open open = {"+16195550100", NOW + HOUR};
    struct doctor_checks_facts f;

    (void)unused;
    f = well(), f.public_url = SPAN("http://relay.example.com");
    expect(&f, "public-url", DOCTOR_WARN, "without https");
    f = well(), f.unsigned_count = 2, f.unsigned_ms = NOW - 1;
    expect(&f, "signatures", DOCTOR_BAD, "2 webhooks");
    f = well(), f.open = &open, f.open_count = 1;
    expect(&f, "report-only", DOCTOR_WARN, "+16195550100 is in report-only mode until");
    f = well(), f.lines = &silent;
    expect(&f, "lines", DOCTOR_WARN, "30 days");
    f = well(), f.line_count = 0;
    expect(&f, "lines", DOCTOR_BAD, "no line");
    f = well(), f.people = &out, f.person_count = 1;
    expect(&f, "people", DOCTOR_BAD, "wrote STOP");
    f = well(), f.people = &away, f.person_count = 1;
    expect(&f, "people", DOCTOR_WARN, "did not arrive");
    f = well(), f.gaps = &gap, f.gap_count = 1;
    expect(&f, "gaps", DOCTOR_BAD, "from now to");
    f = well(), f.roster_is_good = false;
    expect(&f, "roster", DOCTOR_BAD, "is in force");
    f = well(), f.can_store = false, f.spooled = 7;
    expect(&f, "database", DOCTOR_BAD, "cannot be written; 7 events");
    f = well(), f.spooled = 7;
    expect(&f, "database", DOCTOR_WARN, "7 events are still");
    f = well(), f.unsure = 3;
    expect(&f, "database", DOCTOR_WARN, "Of 3 sends");
    f = well(), f.free_bytes = 100 << 20;
    expect(&f, "disk", DOCTOR_BAD, "100 MB left");
    f = well(), f.clock_off_ms = -90000;
    expect(&f, "clock", DOCTOR_BAD, "90 s ahead of");
    f = well(), f.certificate = "the certificate ends on 2026-12-01";
    expect(&f, "own-certificate", DOCTOR_BAD, "ends on 2026-12-01");
    f = well(), f.heartbeat = "NEXTRING_HEARTBEAT_URL answers 503";
    expect(&f, "heartbeat", DOCTOR_WARN, "answers 503");
    f = well(), f.idle = &name, f.idle_count = 1;
    expect(&f, "tokens", DOCTOR_WARN, "\"wall\"");
    f = well(), f.fresh = &name, f.fresh_count = 1;
    expect(&f, "users", DOCTOR_WARN, "no password");
    f = well(), f.terms = (struct tenant_terms){TENANT_SUSPENDED, 1, 0, 0};
    expect(&f, "host", DOCTOR_BAD, "suspended this business");
    f = well(), f.is_key_denied = true, f.keys_denied = 1;
    expect(&f, "host", DOCTOR_BAD, "this business's own API key");
    f = well(), f.keys_denied = 2;
    expect(&f, "host", DOCTOR_WARN, "own API key of 2 tenants");
    f = well(), f.secrets_shut = 2;
    expect(&f, "host", DOCTOR_WARN, "2 secrets of tenants");
    f = well(), f.nodes = 2, f.nodes_lost = 1;
    expect(&f, "nodes", DOCTOR_WARN, "1 node died in the last 24 hours");
    f = well(), f.nodes = 3, f.versions = 2;
    expect(&f, "nodes", DOCTOR_WARN, "3 nodes run 2 versions");
    f = well(), f.alarms = 2, strcpy(f.alarm_kind, "duty.gap");
    expect(&f, "alarms", DOCTOR_WARN, "2 alarms");
}

static void a_rehearsal_may_be_http_and_have_a_clock_of_its_own(void **unused)
{
    struct doctor_checks_facts f = well();

    (void)unused;
    f.is_rehearsal = true;
    f.public_url = SPAN("http://127.0.0.1:8080");
    f.clock_off_ms = 1000 * HOUR;
    assert_int_equal(look(&f, NULL).ills, 0);
}

static void names_of_tokens_and_users_are_an_admins(void **unused)
{
    static const struct doctor_checks_name name = {"wall"};
    struct doctor_checks_facts f = well();

    (void)unused;
    f.idle = f.fresh = &name;
    f.idle_count = f.fresh_count = 1;
    assert_int_equal(look(&f, NULL).ills, 2);
    f.may_see_names = false;
    assert_int_equal(look(&f, NULL).ills, 0);
}

static void of_many_gaps_twenty_are_listed(void **unused)
{
    struct doctor_checks_gap gaps[DOCTOR_CHECKS_GAPS];
    struct doctor_checks_facts f = well();

    (void)unused;
    for (int i = 0; i < DOCTOR_CHECKS_GAPS; i++)
        gaps[i] = (struct doctor_checks_gap){"dispatch", NOW + i * HOUR, NOW + i * HOUR + 1};
    f.gaps = gaps;
    f.gap_count = 25;
    const struct seen s = look(&f, "gaps");
    assert_int_equal(s.count, DOCTOR_CHECKS_GAPS + 1);
    assert_non_null(strstr(s.what, "5 more"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_well_is_said_too),
        cmocka_unit_test(each_ill_is_found_by_its_check),
        cmocka_unit_test(a_rehearsal_may_be_http_and_have_a_clock_of_its_own),
        cmocka_unit_test(names_of_tokens_and_users_are_an_admins),
        cmocka_unit_test(of_many_gaps_twenty_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
