#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/json_instant.h"

/* clang-format off */
static const struct row {
    const char *says;
    int64_t at_ms;
    const char *want;
} rows[] = {
    {"an instant is UTC with milliseconds",
     INT64_C(1795405339123), "{\"at\":\"2026-11-23T03:42:19.123Z\"}"},
    {"what has not been yet is null", 0, "{\"at\":null}"},
    {"what never will be is null", INT64_MAX, "{\"at\":null}"},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_open(0);
        struct buf buf = buf_in(arena, 256);
        struct json_out o = json_out(&buf);

        json_out_object(&o, NULL);
        json_instant(&o, "at", rows[i].at_ms);
        json_out_end_object(&o);
        if (strcmp(buf.data, rows[i].want) != 0)
            fail_msg("not so: %s: %s", rows[i].says, buf.data);
        arena_close(&arena);
    }
}

static void keys_in_one_object_part_by_commas(void **unused)
{
    struct arena *arena = arena_open(0);
    struct buf buf = buf_in(arena, 256);
    struct json_out o = json_out(&buf);

    (void)unused;
    json_out_object(&o, NULL);
    json_instant(&o, "from", 1);
    json_instant(&o, "to", INT64_MAX);
    json_out_end_object(&o);
    assert_string_equal(buf.data, "{\"from\":\"1970-01-01T00:00:00.001Z\",\"to\":null}");
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(keys_in_one_object_part_by_commas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
