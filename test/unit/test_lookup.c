#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "provider/lookup.h"

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

static void is(struct span got, const char *want)
{
    if (!span_is_text(got, want))
        fail_msg("\"%.*s\" is not \"%s\"", SPAN_ARG(got), want);
}

static void the_base_is_the_carriers_own_or_that_of_the_rest_api(void **unused)
{
    static const char *const rows[][2] = {
        {"https://api.twilio.com", "https://lookups.twilio.com"},
        {"https://api.dublin.ie1.twilio.com", "https://lookups.dublin.ie1.twilio.com"},
        {"http://127.0.0.1:9090", "http://127.0.0.1:9090"},
        {"https://api.example.com", "https://api.example.com"},
        {"https://api.nottwilio.com", "https://api.nottwilio.com"},
        {"https://api.twilio.com.example.org", "https://api.twilio.com.example.org"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        is(lookup_base(arena, span_of(rows[i][0])), rows[i][1]);
}

static void only_what_is_paid_for_is_asked(void **unused)
{
    struct lookup_ask ask = {.base = SPAN("http://127.0.0.1:1"), .number = SPAN("+16195550150")};

    (void)unused;
    ask.name = true;
    is(lookup_url(arena, &ask),
       "http://127.0.0.1:1/v2/PhoneNumbers/%2B16195550150?Fields=caller_name");
    ask.line_type = true;
    is(lookup_url(arena, &ask), "http://127.0.0.1:1/v2/PhoneNumbers/"
                                "%2B16195550150?Fields=caller_name,line_type_intelligence");
    ask.name = false;
    is(lookup_url(arena, &ask),
       "http://127.0.0.1:1/v2/PhoneNumbers/%2B16195550150?Fields=line_type_intelligence");
}

#define NUMBER "\"phone_number\":\"+16195550150\","

static void an_answer_is_taken_field_by_field(void **unused)
{
    static const struct row {
        const char *says, *body;
        bool has_name, has_line_type;
        const char *name;
        enum line_type line_type;
    } rows[] = {
        {"both",
         "{" NUMBER "\"caller_name\":{\"caller_name\":\" Jane  Roe\",\"error_code\":null},"
         "\"line_type_intelligence\":{\"type\":\"landline\",\"error_code\":null}}",
         true, true, "Jane Roe", LINE_TYPE_LANDLINE},
        {"nobody knows a name", "{" NUMBER "\"caller_name\":{\"caller_name\":null}}", true, false,
         "", LINE_TYPE_UNKNOWN},
        {"nothing was asked", "{" NUMBER "\"caller_name\":null}", false, false, "",
         LINE_TYPE_UNKNOWN},
        {"a package that failed",
         "{" NUMBER "\"caller_name\":{\"caller_name\":null,\"error_code\":60600},"
         "\"line_type_intelligence\":{\"type\":null,\"error_code\":60601}}",
         false, false, "", LINE_TYPE_UNKNOWN},
        {"voice over IP", "{" NUMBER "\"line_type_intelligence\":{\"type\":\"nonFixedVoip\"}}",
         false, true, "", LINE_TYPE_VOIP},
        {"a newer type", "{" NUMBER "\"line_type_intelligence\":{\"type\":\"satellite\"}}", false,
         true, "", LINE_TYPE_OTHER},
        {"types that nobody expects", "{" NUMBER "\"caller_name\":7,\"line_type_intelligence\":[]}",
         false, false, "", LINE_TYPE_UNKNOWN},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct lookup_answer a;
        assert_int_equal(lookup_parse(arena, span_of(r->body), &a), ERR_NONE);
        if (a.has_name != r->has_name || a.has_line_type != r->has_line_type ||
            !span_is_text(a.name, r->name) || a.line_type != r->line_type)
            fail_msg("not so: %s", r->says);
    }
}

static void what_is_no_answer_is_refused(void **unused)
{
    static const char *const bodies[] = {
        "", "{", "[]", "{}", "null", "{\"code\":20404}", "{\"phone_number\":null}"};
    struct lookup_answer a;

    (void)unused;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        assert_int_equal(lookup_parse(arena, span_of(bodies[i]), &a), ERR_BAD_INPUT);
}

static void a_name_is_cleaned(void **unused)
{
    static const char *const rows[][2] = {
        {"ROE JANE", "ROE JANE"},
        {"  ROE\t\n JANE \r\n", "ROE JANE"},
        {"Jos\xc3\xa9", "Jos\xc3\xa9"},
        {"a\x01\x1b[31mb\x7f", "a[31mb"},
        {"a\xc2\x85"
         "b",
         "ab"},
        {"a\xe2\x80\xae"
         "b\xe2\x80\x8b\xef\xbb\xbf",
         "ab"},
        {"a\xff\xfe"
         "b",
         "ab"},
        {"a\xc2\xa0"
         "b",
         "a b"},
        {"<Dial>&\"'", "<Dial>&\"'"},
        {"Unknown", ""},
        {"WIRELESS CALLER", ""},
        {"", ""},
        {"\n\t", ""},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        is(lookup_name(arena, span_of(rows[i][0])), rows[i][1]);
}

static void a_name_has_a_length(void **unused)
{
    char text[4000];

    (void)unused;
    memset(text, 'x', sizeof text);
    assert_int_equal(lookup_name(arena, (struct span){text, sizeof text}).size,
                     LOOKUP_NAME_CHARACTERS);
    for (size_t i = 0; i + 3 <= sizeof text; i += 3)
        memcpy(text + i, "\xe2\x82\xac", 3);
    const struct span name = lookup_name(arena, (struct span){text, sizeof text / 3 * 3});
    assert_true(name.size < LIMIT_NAME_SIZE && utf8_is_valid(name));
    assert_true(utf8_count(name) >= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_base_is_the_carriers_own_or_that_of_the_rest_api),
        cmocka_unit_test(only_what_is_paid_for_is_asked),
        cmocka_unit_test(an_answer_is_taken_field_by_field),
        cmocka_unit_test(what_is_no_answer_is_refused),
        cmocka_unit_test(a_name_is_cleaned),
        cmocka_unit_test(a_name_has_a_length),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
