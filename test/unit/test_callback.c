#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/id.h"
#include "provider/callback.h"

enum { ROW = 987654321 };

static struct arena *arena;
static uint8_t key[CALLBACK_KEY_BYTES], other_key[CALLBACK_KEY_BYTES];
static struct callback ours, theirs;

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    memset(key, 7, sizeof key);
    memset(other_key, 8, sizeof other_key);
    ours = (struct callback){SPAN("https://example.test"), key};
    theirs = (struct callback){SPAN("https://example.test"), other_key};
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

/* The two values of the address that was made for ROW. */
static void made(struct span *out_m, struct span *out_k)
{
    const struct span start = SPAN("https://example.test/sms/status?m=");
    struct span rest = callback_url(arena, &ours, "/sms/status", ROW);

    assert_true(span_starts(rest, start));
    *out_m = span_cut(span_skip(rest, start.size), '&', &rest);
    assert_true(span_starts(rest, SPAN("k=")));
    *out_k = span_skip(rest, 2);
}

static void what_was_made_is_recognised(void **unused)
{
    struct span m, k;
    char text[ID_TEXT_SIZE + 1];
    int64_t id = 0;

    (void)unused;
    made(&m, &k);
    id_render(ROW, text);
    assert_true(span_is_text(m, text));
    assert_int_equal(k.size, 16);
    assert_true(callback_check(&ours, m, k, &id));
    assert_int_equal(id, ROW);
}

/* printf 0000000000001 | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707...07 */
static void the_mark_is_the_start_of_an_hmac_sha256(void **unused)
{
    const struct span url = callback_url(arena, &ours, "/x", 1);

    (void)unused;
    assert_string_equal(arena_text(arena, url),
                        "https://example.test/x?m=0000000000001&k=045c4f65495d96bf");
}

static void nothing_else_is_recognised(void **unused)
{
    struct span m, k;
    char other[ID_TEXT_SIZE + 1];
    int64_t id = 77;

    (void)unused;
    made(&m, &k);
    id_render(ROW + 1, other);
    const struct {
        const char *says;
        const struct callback *by;
        struct span m, k;
    } rows[] = {
        {"another row's name", &ours, span_of(other), k},
        {"another key's mark", &theirs, m, k},
        {"no name", &ours, {NULL, 0}, k},
        {"no mark", &ours, m, {NULL, 0}},
        {"a mark cut off", &ours, m, {k.data, 14}},
        {"a mark with more behind it", &ours, m,
         span_of(arena_printf(arena, "%.*s00", SPAN_ARG(k)))},
        {"a mark that is no hex", &ours, m, SPAN("zzzzzzzzzzzzzzzz")},
        {"a name that is no id", &ours, SPAN("1"), k},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (callback_check(rows[i].by, rows[i].m, rows[i].k, &id) || id != 77)
            fail_msg("recognised: %s", rows[i].says);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_made_is_recognised),
        cmocka_unit_test(the_mark_is_the_start_of_an_hmac_sha256),
        cmocka_unit_test(nothing_else_is_recognised),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
