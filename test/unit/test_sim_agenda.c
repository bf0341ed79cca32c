#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "simworld/sim_agenda.h"

enum { ENTRIES_MAX = 8 };

/* What ran, as letters in the order of running. */
static char ran[ENTRIES_MAX + 1];

static void note(void *ctx)
{
    strncat(ran, ctx, 1);
}

static const struct row {
    const char *says;
    int64_t due_ms[ENTRIES_MAX]; /* of a, b, c, ...; 0 ends the list */
    int64_t now_ms;
    int cancelled; /* its place; -1: none */
    const char *want;
    int64_t want_next;
} rows[] = {
    {"nothing is due before its instant", {50, 40}, 39, -1, "", 40},
    {"what is due runs in the order of time", {50, 40, 45}, 50, -1, "bca", CLOCK_NEVER},
    {"entries of one instant run in the order they came",
     {5, 5, 5, 5, 5},
     5,
     -1,
     "abcde",
     CLOCK_NEVER},
    {"what is not due yet stays", {10, 90, 20, 80}, 20, -1, "ac", 80},
    {"a cancelled entry does not run", {10, 20, 30}, 30, 1, "ac", CLOCK_NEVER},
    {"cancelling the first one leaves the order",
     {1, 9, 2, 8, 3, 7, 4},
     10,
     0,
     "cegfdb",
     CLOCK_NEVER},
};

static void each_row_holds(void **unused)
{
    static char letters[] = "abcdefgh";

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct sim_agenda *agenda = sim_agenda_open();
        uint64_t tickets[ENTRIES_MAX] = {0};

        ran[0] = 0;
        for (size_t n = 0; n < ENTRIES_MAX && r->due_ms[n]; n++)
            tickets[n] = sim_agenda_add(agenda, r->due_ms[n], note, &letters[n]);
        if (r->cancelled >= 0)
            sim_agenda_cancel(agenda, &tickets[r->cancelled]);
        while (sim_agenda_run_one(agenda, r->now_ms)) {
        }
        if (strcmp(ran, r->want) != 0 || sim_agenda_next(agenda) != r->want_next)
            fail_msg("not so: %s (ran \"%s\")", r->says, ran);
        sim_agenda_close(&agenda);
    }
}

static void a_ticket_is_cancelled_once_and_late_without_harm(void **unused)
{
    static char letter[] = "a";
    struct sim_agenda *agenda = sim_agenda_open();
    uint64_t ticket = sim_agenda_add(agenda, 1, note, letter);

    (void)unused;
    ran[0] = 0;
    assert_true(sim_agenda_run_one(agenda, 1));
    sim_agenda_cancel(agenda, &ticket);
    assert_int_equal(ticket, 0);
    sim_agenda_cancel(agenda, &ticket);
    assert_int_equal(sim_agenda_count(agenda), 0);
    assert_string_equal(ran, "a");
    sim_agenda_close(&agenda);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(a_ticket_is_cancelled_once_and_late_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
