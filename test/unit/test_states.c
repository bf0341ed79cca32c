#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules/states.h"

/* Written from design.md, not from the tables: a cell that changes must be changed twice. */
/* clang-format off */
static const struct relay_row {
    const char *says;
    enum relay_state state;
    enum relay_cause cause;
    enum relay_move move;
} relay_rows[] = {
    {"a new relay tells the first step", RELAY_IDLE, RELAY_RAISED, RELAY_START},
    {"what joins while nobody is on duty waits", RELAY_IDLE, RELAY_JOINED, RELAY_KEEP},
    {"an idle relay has no step to lapse", RELAY_IDLE, RELAY_LAPSED, RELAY_KEEP},
    {"an idle relay has no step to fail", RELAY_IDLE, RELAY_FAILED, RELAY_KEEP},
    {"an idle relay has no step to pass on", RELAY_IDLE, RELAY_PASSED, RELAY_KEEP},
    {"a last resort takes an idle relay", RELAY_IDLE, RELAY_ACKED, RELAY_SETTLE},
    {"somebody comes on duty", RELAY_IDLE, RELAY_CAME_ON, RELAY_START},
    {"an open relay is never raised", RELAY_OPEN, RELAY_RAISED, RELAY_BROKEN},
    {"what joins goes to whoever holds the step", RELAY_OPEN, RELAY_JOINED, RELAY_SHARE},
    {"a step lapses", RELAY_OPEN, RELAY_LAPSED, RELAY_NEXT},
    {"a step cannot be reached", RELAY_OPEN, RELAY_FAILED, RELAY_NEXT},
    {"a step passes on", RELAY_OPEN, RELAY_PASSED, RELAY_NEXT},
    {"somebody acknowledges", RELAY_OPEN, RELAY_ACKED, RELAY_SETTLE},
    {"who comes on duty while a step runs changes nothing", RELAY_OPEN, RELAY_CAME_ON, RELAY_KEEP},
    {"a taken relay is never raised", RELAY_TAKEN, RELAY_RAISED, RELAY_BROKEN},
    {"nothing joins a taken relay", RELAY_TAKEN, RELAY_JOINED, RELAY_KEEP},
    {"a late clock does not move a taken relay", RELAY_TAKEN, RELAY_LAPSED, RELAY_KEEP},
    {"a late receipt does not move a taken relay", RELAY_TAKEN, RELAY_FAILED, RELAY_KEEP},
    {"the owner gives it back", RELAY_TAKEN, RELAY_PASSED, RELAY_NEXT},
    {"the first acknowledgement stays", RELAY_TAKEN, RELAY_ACKED, RELAY_KEEP},
    {"who comes on duty does not move a taken relay", RELAY_TAKEN, RELAY_CAME_ON, RELAY_KEEP},
    {"an exhausted relay is never raised", RELAY_EXHAUSTED, RELAY_RAISED, RELAY_BROKEN},
    {"nothing joins an exhausted relay", RELAY_EXHAUSTED, RELAY_JOINED, RELAY_KEEP},
    {"a late clock does not move an exhausted relay", RELAY_EXHAUSTED, RELAY_LAPSED, RELAY_KEEP},
    {"a late receipt does not move an exhausted relay", RELAY_EXHAUSTED, RELAY_FAILED, RELAY_KEEP},
    {"nobody is next after the end", RELAY_EXHAUSTED, RELAY_PASSED, RELAY_KEEP},
    {"a late acknowledgement counts", RELAY_EXHAUSTED, RELAY_ACKED, RELAY_SETTLE},
    {"who comes on duty does not move an exhausted relay", RELAY_EXHAUSTED, RELAY_CAME_ON, RELAY_KEEP},
};

enum { REP = CASCADE_REPEAT, REF = CASCADE_REFUSE, REC = CASCADE_KEEP_RECORDING,
       FIN = CASCADE_FINISH, ABA = CASCADE_ABANDON, SHU = CASCADE_SHUT };
static const struct cascade_row {
    const char *says;
    enum cascade_state state;
    int moves[CASCADE_CAUSES]; /* in the order of the causes */
} cascade_rows[] = {
    /* ARRIVED DIALLED PICKED_UP PRESSED_1 PRESSED_2 STALE RECORDED HUNG_UP TIME_UP CHOSE_1 CHOSE_2 UNBRIDGED
       KEYED_1 KEYED_2 NOT_KEYED LEFT LEG_GONE LINK_TAKE LINK_PASS */
    {"while it rings the leg decides", CASCADE_RINGING,
     {REP, CASCADE_RING, CASCADE_SCREEN, CASCADE_TAKE, CASCADE_PASS, REP, REC, ABA, ABA, CASCADE_LEAVE, CASCADE_GIVE_UP, CASCADE_RING,
      REP, REP, REP, ABA, REP, CASCADE_KEEP, CASCADE_PASS}},
    {"once it is accepted nobody else can be, unless they never met", CASCADE_ACCEPTED,
     {REP, FIN, REF, REF, REF, REP, REC, FIN, FIN, REP, REP, CASCADE_RING,
      REP, REP, REP, ABA, CASCADE_GIVE_BACK, REF, REF}},
    {"in the voicemail no leg counts", CASCADE_VOICEMAIL,
     {REP, REP, REF, REF, REF, REP, REC, FIN, FIN, REP, REP, REP, REP, REP, REP, FIN, REP, REF, REF}},
    {"when closed no leg counts", CASCADE_CLOSED,
     {REP, REP, REF, REF, REF, REP, REC, FIN, FIN, REP, REP, REP, REP, REP, REP, FIN, REP, REF, REF}},
    {"who is asked for a key is let in by it alone", CASCADE_ASKED,
     {REP, REP, REF, REF, REF, REP, REC, SHU, SHU, REP, REP, REP, CASCADE_OPEN, SHU, SHU, SHU, REP, REF, REF}},
    {"an operator chooses, and may hang up", CASCADE_MENU,
     {REP, FIN, REF, REF, REF, REP, REC, FIN, FIN, REP, REP, REP, CASCADE_SERVE, CASCADE_OPEN, FIN, FIN, REP, REF, REF}},
    {"what is over stays over", CASCADE_OVER,
     {REP, REP, REF, REF, REF, REP, REC, REP, REP, REP, REP, REP, REP, REP, REP, REP, REP, REF, REF}},
};
/* clang-format on */

static void every_cell_of_a_relay(void **unused)
{
    (void)unused;
    int seen[RELAY_STATES][RELAY_CAUSES] = {0};

    for (size_t i = 0; i < sizeof relay_rows / sizeof relay_rows[0]; i++) {
        const struct relay_row *r = &relay_rows[i];
        seen[r->state][r->cause]++;
        if (states_relay(r->state, r->cause) != r->move)
            fail_msg("%s", r->says);
    }
    for (int s = 0; s < RELAY_STATES; s++)
        for (int c = 0; c < RELAY_CAUSES; c++)
            assert_int_equal(seen[s][c], 1);
}

static void every_cell_of_a_cascade(void **unused)
{
    (void)unused;
    assert_int_equal(sizeof cascade_rows / sizeof cascade_rows[0], CASCADE_STATES);
    for (int s = 0; s < CASCADE_STATES; s++) {
        const struct cascade_row *r = &cascade_rows[s];
        assert_int_equal(r->state, s);
        for (int c = 0; c < CASCADE_CAUSES; c++)
            if ((int)states_cascade(r->state, (enum cascade_cause)c) != r->moves[c])
                fail_msg("%s: %s", r->says, states_cascade_cause_name((enum cascade_cause)c));
    }
}

static void no_cell_is_broken_but_a_second_raise(void **unused)
{
    (void)unused;
    for (int s = 0; s < RELAY_STATES; s++)
        for (int c = 0; c < RELAY_CAUSES; c++)
            assert_int_equal(states_relay((enum relay_state)s, (enum relay_cause)c) == RELAY_BROKEN,
                             c == RELAY_RAISED && s != RELAY_IDLE);
    for (int s = 0; s < CASCADE_STATES; s++)
        for (int c = 0; c < CASCADE_CAUSES; c++)
            assert_int_not_equal(states_cascade((enum cascade_state)s, (enum cascade_cause)c),
                                 CASCADE_BROKEN);
}

static void every_cause_and_move_has_a_name(void **unused)
{
    (void)unused;
    for (int i = 0; i < RELAY_CAUSES; i++)
        assert_true(states_relay_cause_name((enum relay_cause)i)[0]);
    for (int i = 0; i < RELAY_MOVES; i++)
        assert_true(states_relay_move_name((enum relay_move)i)[0]);
    for (int i = 0; i < CASCADE_CAUSES; i++)
        assert_true(states_cascade_cause_name((enum cascade_cause)i)[0]);
    for (int i = 0; i < CASCADE_MOVES; i++)
        assert_true(states_cascade_move_name((enum cascade_move)i)[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_of_a_relay),
        cmocka_unit_test(every_cell_of_a_cascade),
        cmocka_unit_test(no_cell_is_broken_but_a_second_raise),
        cmocka_unit_test(every_cause_and_move_has_a_name),
    };

    return cmocka_run_group_tests_name("states", tests, NULL, NULL);
}
