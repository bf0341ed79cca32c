#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/check.h"

/* Runs CHECK(claim) in a child; what it wrote to stderr goes to `out`, its status is returned. */
static int run_check(int claim, char out[256])
{
    int ends[2], status = -1;

    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        CHECK(claim == 1);
        _exit(0);
    }
    close(ends[1]);
    const ssize_t n = read(ends[0], out, 255);
    out[n > 0 ? n : 0] = 0;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void a_claim_that_holds_does_nothing(void **unused)
{
    char out[256];

    (void)unused;
    const int status = run_check(1, out);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_string_equal(out, "");
}

static void a_claim_that_does_not_hold_aborts_with_its_place(void **unused)
{
    char out[256];

    (void)unused;
    const int status = run_check(0, out);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_non_null(strstr(out, "test_check.c:"));
    assert_non_null(strstr(out, "claim == 1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_claim_that_holds_does_nothing),
        cmocka_unit_test(a_claim_that_does_not_hold_aborts_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
