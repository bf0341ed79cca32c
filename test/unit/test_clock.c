#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

static const int64_t start_ms = 1795232539123;

/* One page, as the simulated carrier (host) and the daemon (guest) share it. */
struct pair {
    int fd;
    struct clock *host, *guest;
};

static struct pair pair_open(void)
{
    struct pair p = {.fd = memfd_create("clock", MFD_CLOEXEC)};

    assert_true(p.fd >= 0);
    assert_int_equal(clock_open_page(p.fd, true, start_ms, &p.host), ERR_NONE);
    assert_int_equal(clock_open_page(p.fd, false, 0, &p.guest), ERR_NONE);
    return p;
}

static void pair_close(struct pair *p)
{
    clock_close(&p->guest);
    clock_close(&p->host);
    assert_null(p->host);
    clock_close(&p->host);
    close(p->fd);
}

static void a_rehearsal_stands_still_until_it_is_turned(void **unused)
{
    struct pair p = pair_open();

    (void)unused;
    assert_true(clock_is_rehearsal(p.guest));
    assert_int_equal(clock_now_ms(p.guest), start_ms);
    assert_int_equal(clock_jump_ms(p.guest), 0);
    clock_turn(p.host, start_ms + 5000);
    assert_int_equal(clock_now_ms(p.guest), start_ms + 5000);
    clock_turn(p.host, start_ms + 4000);
    assert_int_equal(clock_now_ms(p.guest), start_ms + 5000);
    pair_close(&p);
}

static void a_second_host_does_not_set_the_time_again(void **unused)
{
    struct pair p = pair_open();
    struct clock *again = NULL;

    (void)unused;
    clock_turn(p.host, start_ms + 5000);
    assert_int_equal(clock_open_page(p.fd, true, 1, &again), ERR_NONE);
    assert_int_equal(clock_now_ms(again), start_ms + 5000);
    clock_close(&again);
    pair_close(&p);
}

static void waiting_follows_the_rate(void **unused)
{
    struct pair p = pair_open();

    (void)unused;
    assert_int_equal(clock_wait_ms(p.guest, start_ms), 0);
    assert_int_equal(clock_wait_ms(p.guest, start_ms - 1), 0);
    assert_int_equal(clock_wait_ms(p.guest, start_ms + 1), -1);
    assert_int_equal(clock_wait_ms(p.guest, CLOCK_NEVER), -1);
    clock_run(p.host, 1); /* a second of real time moves it by a millisecond */
    assert_in_range(clock_wait_ms(p.guest, start_ms + 100), 1, 100000);
    assert_int_equal(clock_wait_ms(p.guest, CLOCK_NEVER), -1);
    clock_run(p.host, 0);
    assert_in_range(clock_now_ms(p.guest), start_ms, start_ms + 99);
    assert_int_equal(clock_wait_ms(p.guest, start_ms + 100), -1);
    pair_close(&p);
}

static void the_host_waits_for_its_guests(void **unused)
{
    struct pair p = pair_open();
    int64_t next = 0;

    (void)unused;
    assert_int_equal(clock_guests(p.host), 0);
    assert_true(clock_guests_idle(p.host, &next));
    assert_true(next == CLOCK_NEVER);
    clock_report(p.guest, true, 0);
    assert_int_equal(clock_guests(p.host), 1);
    assert_false(clock_guests_idle(p.host, &next));
    clock_report(p.guest, false, start_ms + 900000);
    assert_true(clock_guests_idle(p.host, &next));
    assert_int_equal(next, start_ms + 900000);
    clock_turn(p.host, start_ms + 900000);
    assert_false(clock_guests_idle(p.host, &next)); /* it has not seen the new time */
    clock_report(p.guest, false, CLOCK_NEVER);
    assert_true(clock_guests_idle(p.host, &next));
    clock_close(&p.guest);
    assert_int_equal(clock_guests(p.host), 0);
    pair_close(&p);
}

static void a_guest_that_waits_for_the_host_says_for_how_much(void **unused)
{
    struct pair p = pair_open();
    int64_t next = 0;
    unsigned out = 9;

    (void)unused;
    assert_true(clock_guests_wait(p.host, &next, &out));
    assert_int_equal(out, 0);
    clock_report_out(p.guest, 2, start_ms + 500);
    assert_true(clock_guests_wait(p.host, &next, &out));
    assert_int_equal(out, 2);
    assert_int_equal(next, start_ms + 500);
    assert_false(clock_guests_idle(p.host, &next)); /* to a host that knows no better */
    clock_report(p.guest, true, 0);
    assert_false(clock_guests_wait(p.host, &next, &out));
    clock_report(p.guest, false, CLOCK_NEVER);
    assert_true(clock_guests_wait(p.host, &next, &out));
    assert_int_equal(out, 0);
    clock_turn(p.host, start_ms + 1);
    assert_false(clock_guests_wait(p.host, &next, &out));
    pair_close(&p);
}

static void each_asking_gives_another_seed_of_the_same_row(void **unused)
{
    uint64_t seeds[2][3];

    (void)unused;
    for (int i = 0; i < 2; i++) {
        struct pair p = pair_open();
        assert_int_equal(clock_seed(p.guest), 0); /* chance, until the host says otherwise */
        clock_seed_put(p.host, 7);
        for (int k = 0; k < 3; k++)
            seeds[i][k] = clock_seed(p.guest);
        pair_close(&p);
    }
    assert_memory_equal(seeds[0], seeds[1], sizeof seeds[0]);
    assert_true(seeds[0][0] != seeds[0][1] && seeds[0][1] != seeds[0][2] && seeds[0][0] != 0);
}

static void the_earliest_wish_counts(void **unused)
{
    struct pair p = pair_open();
    struct clock *other = NULL;
    int64_t next = 0;

    (void)unused;
    assert_int_equal(clock_open_page(p.fd, false, 0, &other), ERR_NONE);
    clock_report(p.guest, false, start_ms + 20);
    clock_report(other, false, start_ms + 10);
    assert_int_equal(clock_guests(p.host), 2);
    assert_true(clock_guests_idle(p.host, &next));
    assert_int_equal(next, start_ms + 10);
    clock_report(other, true, 0);
    assert_false(clock_guests_idle(p.host, &next));
    clock_close(&other);
    pair_close(&p);
}

static void what_is_no_clock_is_refused(void **unused)
{
    struct clock *clock = NULL;
    const int empty = memfd_create("empty", MFD_CLOEXEC);
    const int zeros = memfd_create("zeros", MFD_CLOEXEC);

    (void)unused;
    assert_int_equal(ftruncate(zeros, 65536), 0);
    assert_int_equal(clock_open_page(-1, false, 0, &clock), ERR_BAD_INPUT);
    assert_int_equal(clock_open_page(empty, false, 0, &clock), ERR_BAD_INPUT);
    assert_int_equal(clock_open_page(zeros, false, 0, &clock), ERR_BAD_INPUT);
    assert_null(clock);
    close(empty);
    close(zeros);
}

/* What a clock says that is `ahead_ms` ahead of this one, as it was read with that uncertainty. */
static struct clock_reading reading_of(const struct clock *c, int64_t ahead_ms, int64_t off_ns)
{
    const int64_t at_ns = clock_boot_ns();

    return (struct clock_reading){clock_now_ms(c) + ahead_ms, at_ns, off_ns};
}

static bool is_about(int64_t ms, int64_t want_ms)
{
    return ms >= want_ms - 2 && ms <= want_ms + 2; /* each is cut to milliseconds */
}

static void the_first_correction_is_whole_and_the_later_ones_are_small(void **unused)
{
    struct clock *own = clock_open_system(), *corrected = clock_open_system();
    struct clock_reading r;

    (void)unused;
    r = reading_of(own, 90000, 0);
    assert_true(is_about(clock_correct(corrected, &r), 90000));
    assert_true(is_about(clock_now_ms(corrected) - clock_now_ms(own), 90000));
    r = reading_of(own, 93000, 0); /* it leaps ahead: nothing may come early */
    clock_correct(corrected, &r);
    assert_true(is_about(clock_now_ms(corrected) - clock_now_ms(own), 90000 + CLOCK_STEP_MS));
    r = reading_of(own, -100, 0);
    clock_correct(corrected, &r);
    assert_true(is_about(clock_now_ms(corrected) - clock_now_ms(own), 90000));
    assert_true(is_about(clock_jump_ms(corrected), 0));
    clock_close(&own);
    clock_close(&corrected);
}

static void what_may_be_right_is_left_alone(void **unused)
{
    struct clock *own = clock_open_system(), *corrected = clock_open_system();
    struct clock_reading r = reading_of(own, 0, 0);

    (void)unused;
    (void)clock_correct(corrected, &r);
    for (int i = 0; i < 10; i++) {
        r = reading_of(own, 40, 50000000);
        assert_int_equal(clock_correct(corrected, &r), 0);
    }
    assert_true(is_about(clock_now_ms(corrected) - clock_now_ms(own), 0));
    clock_close(&own);
    clock_close(&corrected);
}

static void a_rehearsal_is_never_corrected(void **unused)
{
    struct pair p = pair_open();
    const struct clock_reading r = {start_ms + 90000, clock_boot_ns(), 0};

    (void)unused;
    assert_int_equal(clock_correct(p.guest, &r), 0);
    assert_int_equal(clock_now_ms(p.guest), start_ms);
    pair_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rehearsal_stands_still_until_it_is_turned),
        cmocka_unit_test(a_second_host_does_not_set_the_time_again),
        cmocka_unit_test(waiting_follows_the_rate),
        cmocka_unit_test(the_host_waits_for_its_guests),
        cmocka_unit_test(a_guest_that_waits_for_the_host_says_for_how_much),
        cmocka_unit_test(each_asking_gives_another_seed_of_the_same_row),
        cmocka_unit_test(the_earliest_wish_counts),
        cmocka_unit_test(what_is_no_clock_is_refused),
        cmocka_unit_test(the_first_correction_is_whole_and_the_later_ones_are_small),
        cmocka_unit_test(what_may_be_right_is_left_alone),
        cmocka_unit_test(a_rehearsal_is_never_corrected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
