#include "call/cascade_answer.h"

#include "core_world.h"

static struct world *const w = &world_shared;

static struct answer of(struct cascade k)
{
    static struct event none;
    struct answer answer = {0};
    struct plan plan = {.count = 1};
    const struct context c = {
        .facts = &w->facts, .roster = &w->roster, .event = &none, .answer = &answer};

    strcpy(plan.rungs[0].operator_id, "primary");
    plan.rungs[0].overlaps = k.conference; /* a short way to say so */
    plan.rungs[0].state = RUNG_TOLD;
    k.id = 7;
    k.tenant = WORLD_TENANT;
    strcpy(k.line, LINE);
    strcpy(k.caller, ANNA);
    k.ring_s = 15;
    k.due_ms = w->now_ms + 60 * S;
    k.plan = &plan;
    cascade_answer(&c, &k);
    assert_int_equal(answer.id, 7);
    return answer;
}

/* clang-format off */
static const struct {
    const char *says;
    struct cascade k;
    enum answer_kind want;
} rows[] = {
    {"phones ring in a dial",           {.state = CASCADE_RINGING}, ANSWER_RING},
    {"phones ring apart from the call", {.state = CASCADE_RINGING, .conference = true}, ANSWER_WAIT},
    {"somebody has it, by the dial",    {.state = CASCADE_ACCEPTED}, ANSWER_HANGUP},
    {"somebody waits for the caller",   {.state = CASCADE_ACCEPTED, .conference = true}, ANSWER_CONFERENCE},
    {"the voicemail",                   {.state = CASCADE_VOICEMAIL}, ANSWER_VOICEMAIL},
    {"nobody on duty",                  {.state = CASCADE_CLOSED}, ANSWER_SAY},
    {"it is over",                      {.state = CASCADE_OVER}, ANSWER_HANGUP},
    {"it was refused",                  {.state = CASCADE_OVER, .outcome = OUTCOME_REFUSED}, ANSWER_REJECT},
};
/* clang-format on */

static void every_state_has_its_document(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (of(rows[i].k).kind != rows[i].want)
            fail_msg("%s: %d", rows[i].says, (int)of(rows[i].k).kind);
}

static void nothing_rings_beyond_the_hard_end(void **unused)
{
    (void)unused;
    w->facts.now_ms = w->now_ms + 50 * S;
    assert_int_equal(of((struct cascade){.state = CASCADE_RINGING}).ring_s, 10);
    w->facts.now_ms = w->now_ms + 59 * S;
    assert_int_equal(of((struct cascade){.state = CASCADE_RINGING}).ring_s, 1);
}

static void the_caller_is_no_leg(void **unused)
{
    (void)unused;
    assert_false(of((struct cascade){.state = CASCADE_ACCEPTED, .conference = true}).for_leg);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_state_has_its_document),
        TEST(nothing_rings_beyond_the_hard_end),
        TEST(the_caller_is_no_leg),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
