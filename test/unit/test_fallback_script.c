#include "provider/fallback_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "codec/xml.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

static struct arena *arena;

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

static const struct span two[] = {{"+16195550113", 12}, {"+16195550114", 12}};

static void a_call_rings_one_after_the_other_then_hears_words(void **unused)
{
    (void)unused;
    const struct span got = fallback_script_voice(arena, two, 2, SPAN("Sorry & goodbye."));
    assert_string_equal(got.data,
                        HEAD "<Response><Dial answerOnBridge=\"true\" timeout=\"25\"><Number>"
                             "+16195550113</Number></Dial><Dial answerOnBridge=\"true\" "
                             "timeout=\"25\"><Number>+16195550114</Number></Dial>"
                             "<Say>Sorry &amp; goodbye.</Say><Hangup/></Response>");
}

static void a_text_is_told_to_each_with_what_the_host_fills_in(void **unused)
{
    (void)unused;
    const struct span got = fallback_script_text(arena, two, 2, SPAN("From {{From}}: {{Body}}"));
    assert_string_equal(got.data, HEAD "<Response><Message to=\"+16195550113\">From {{From}}: "
                                       "{{Body}}</Message><Message to=\"+16195550114\">From "
                                       "{{From}}: {{Body}}</Message></Response>");
}

static void as_many_as_a_roster_has_fit(void **unused)
{
    struct span many[200];
    struct xml_node *root;
    struct xml_place place;

    (void)unused;
    for (size_t i = 0; i < 200; i++)
        many[i] = two[0];
    assert_int_equal(
        xml_parse(arena, fallback_script_voice(arena, many, 200, SPAN("x")), &root, &place), 0);
    assert_int_equal(
        xml_parse(arena, fallback_script_text(arena, many, 200, SPAN("x")), &root, &place), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_rings_one_after_the_other_then_hears_words),
        cmocka_unit_test(a_text_is_told_to_each_with_what_the_host_fills_in),
        cmocka_unit_test(as_many_as_a_roster_has_fit),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
