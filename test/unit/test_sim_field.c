#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "simworld/sim_field.h"

struct thing {
    const char *name, *url, *method, *mode, *app;
    bool on;
    int64_t size;
};

/* clang-format off */
static const struct sim_field fields[] = {
    {"Name",   "name",   SIM_FIELD_TEXT,   offsetof(struct thing, name), .max = 4},
    {"Url",    "url",    SIM_FIELD_URL,    offsetof(struct thing, url), .code = 21402},
    {"Method", "method", SIM_FIELD_METHOD, offsetof(struct thing, method), "POST"},
    {"Mode",   "mode",   SIM_FIELD_WORD,   offsetof(struct thing, mode), "calm", .words = "calm wild"},
    {"App",    "app",    SIM_FIELD_SID,    offsetof(struct thing, app), .words = "AP"},
    {"On",     "on",     SIM_FIELD_BOOL,   offsetof(struct thing, on)},
    {"Size",   "size",   SIM_FIELD_NUMBER, offsetof(struct thing, size), "7", .min = 1, .max = 9},
    {NULL,     "kind",   SIM_FIELD_TEXT,   offsetof(struct thing, name)},
    {.key = NULL},
};

static const struct {
    const char *says, *form;
    int code; /* 0: good */
} rows[] = {
    {"nothing",                         "", 0},
    {"an address",                      "Url=https%3A%2F%2Fshop.example.com%2F", 0},
    {"an address that is none",         "Url=shop", 21402},
    {"an address of another scheme",    "Url=ftp%3A%2F%2Fshop.example.com", 21402},
    {"four characters of three bytes",  "Name=%E2%82%AC%E2%82%AC%E2%82%AC%E2%82%AC", 0},
    {"five characters",                 "Name=abcde", 20001},
    {"a method in small letters",       "Method=get", 0},
    {"a method that is none",           "Method=PUT", 20001},
    {"a word of the list",              "Mode=wild", 0},
    {"half a word of the list",         "Mode=wil", 20001},
    {"two words of the list",           "Mode=calm+wild", 20001},
    {"a SID",                           "App=AP00000000000000000000000000000001", 0},
    {"a SID of another kind",           "App=CA00000000000000000000000000000001", 20001},
    {"a SID cut short",                 "App=AP1", 20001},
    {"true",                            "On=true", 0},
    {"neither true nor false",          "On=yes", 20001},
    {"the largest number",              "Size=9", 0},
    {"a number too large",              "Size=10", 20001},
    {"a number and words",              "Size=9x", 20001},
    {"what is not known",               "Colour=red", 0},
    {"what nobody may set",             "kind=other", 0},
    {"good ones before a bad one",      "On=true&Size=0", 20001},
};
/* clang-format on */

static void each_value_is_judged_and_a_bad_one_leaves_all_as_it_was(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_open(0);
        struct thing thing = {0}, fresh = {0};
        struct sim_field_mistake mistake = {0};
        struct form form;
        sim_field_init(fields, &thing);
        fresh = thing;
        assert_int_equal(form_parse(arena, span_of(rows[i].form), &form), ERR_NONE);
        const bool good = sim_field_take(fields, &form, arena, &thing, &mistake);
        if (good != (rows[i].code == 0) || mistake.code != rows[i].code)
            fail_msg("%s: %d", rows[i].says, mistake.code);
        if (!good)
            assert_memory_equal(&thing, &fresh, sizeof thing);
        arena_close(&arena);
    }
}

static void an_empty_value_clears_and_an_absent_one_stays(void **unused)
{
    struct arena *arena = arena_open(0);
    struct thing thing = {0};
    struct sim_field_mistake mistake;
    struct form form;

    (void)unused;
    sim_field_init(fields, &thing);
    assert_string_equal(thing.name, "");
    assert_string_equal(thing.method, "POST");
    assert_int_equal(thing.size, 7);
    assert_int_equal(form_parse(arena, SPAN("Name=a&Method=get&Mode=Wild&On=true&Size=2"), &form),
                     ERR_NONE);
    assert_true(sim_field_take(fields, &form, arena, &thing, &mistake));
    assert_string_equal(thing.method, "GET");
    assert_int_equal(form_parse(arena, SPAN("Name=&Method=&Size="), &form), ERR_NONE);
    assert_true(sim_field_take(fields, &form, arena, &thing, &mistake));
    assert_string_equal(thing.name, "");
    assert_string_equal(thing.method, "POST");
    assert_int_equal(thing.size, 7);
    assert_string_equal(thing.mode, "wild");
    assert_true(thing.on);
    arena_close(&arena);
}

static void a_setup_is_read_by_the_same_table(void **unused)
{
    struct arena *arena = arena_open(0);
    struct thing thing = {0};
    struct sim_field_mistake mistake;
    struct json_place place;
    struct json *good = NULL, *bad = NULL;
    struct buf b = buf_in(arena, 1024);
    struct json_out o = json_out(&b);

    (void)unused;
    sim_field_init(fields, &thing);
    assert_int_equal(json_parse(SPAN("{\"name\":\"a\",\"on\":true,\"size\":3}"), &good, &place),
                     ERR_NONE);
    assert_true(sim_field_take_json(fields, good, arena, &thing, &mistake));
    json_out_object(&o, NULL);
    sim_field_shape(fields, &thing, &o);
    json_out_end_object(&o);
    assert_string_equal(arena_text(arena, buf_span(&b)),
                        "{\"name\":\"a\",\"url\":\"\",\"method\":\"POST\",\"mode\":\"calm\","
                        "\"app\":null,\"on\":true,\"size\":3,\"kind\":\"a\"}");
    assert_int_equal(json_parse(SPAN("{\"name\":[1]}"), &bad, &place), ERR_NONE);
    assert_false(sim_field_take_json(fields, bad, arena, &thing, &mistake));
    json_close(&good);
    json_close(&bad);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_is_judged_and_a_bad_one_leaves_all_as_it_was),
        cmocka_unit_test(an_empty_value_clears_and_an_absent_one_stays),
        cmocka_unit_test(a_setup_is_read_by_the_same_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
