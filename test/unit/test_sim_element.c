#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "simhook/sim_element.h"

/* One attribute of one element: whether it may have that value, and what holds then. */
static const struct row {
    const char *says;
    const char *parent, *element, *attr, *value;
    bool fits;
    const char *holds; /* NULL: nothing does */
} rows[] = {
    {"a number within its range", "Response", "Dial", "timeout", "600", true, "600"},
    {"above it", "Response", "Dial", "timeout", "601", false, "30"},
    {"below it", "Response", "Dial", "timeout", "-1", false, "30"},
    {"no number at all", "Response", "Gather", "numDigits", "many", false, NULL},
    {"an empty number", "Response", "Pause", "length", "", false, "1"},
    {"a flag", "Response", "Dial", "sequential", "true", true, "true"},
    {"another word for it", "Response", "Dial", "sequential", "yes", false, "false"},
    {"a flag in capitals", "Response", "Dial", "sequential", "TRUE", false, "false"},
    {"a method", "Response", "Redirect", "method", "GET", true, "GET"},
    {"a method that is none", "Response", "Redirect", "method", "PUT", false, "POST"},
    {"one of some words", "Response", "Reject", "reason", "busy", true, "busy"},
    {"two of them", "Response", "Reject", "reason", "busy rejected", false, "rejected"},
    {"several of some words", "Response", "Gather", "input", "dtmf speech", true, "dtmf speech"},
    {"one that is not among them", "Response", "Gather", "input", "dtmf voice", false, "dtmf"},
    {"keys", "Response", "Record", "finishOnKey", "12#", true, "12#"},
    {"no key", "Response", "Gather", "finishOnKey", "", true, ""},
    {"more keys than one", "Response", "Gather", "finishOnKey", "12", false, "#"},
    {"a key that no telephone has", "Dial", "Number", "sendDigits", "12x", false, NULL},
    {"tones and waits", "Dial", "Number", "sendDigits", "wW0A#*", true, "wW0A#*"},
    {"an address", "Response", "Enqueue", "waitUrl", "/wait?x=1", true, "/wait?x=1"},
    {"an empty address", "Dial", "Conference", "waitUrl", "", true, ""},
    {"an address with a blank", "Response", "Enqueue", "waitUrl", "a b", false, NULL},
    {"a plain voice", "Response", "Say", "voice", "woman", true, "woman"},
    {"one of a supplier", "Response", "Say", "voice", "Google.en-US-Neural2-A", true,
     "Google.en-US-Neural2-A"},
    {"one of nobody", "Response", "Say", "voice", "Acme.Bob", false, NULL},
    {"a language", "Response", "Say", "language", "cmn-Hans-CN", true, "cmn-Hans-CN"},
    {"no language", "Response", "Say", "language", "english!", false, "en-US"},
    {"half a language", "Response", "Say", "language", "en-", false, "en-US"},
    {"a text that is too long", "Response", "Dial", "callReason",
     "123456789012345678901234567890123456789012345678901", false, NULL},
};

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        const struct sim_element *e =
            sim_element_find(true, span_of(r->parent), span_of(r->element));
        const struct sim_attr *a = e ? sim_element_attr(e, span_of(r->attr)) : NULL;
        struct xml_attr given = {.name = span_of(r->attr), .value = span_of(r->value)};
        const struct xml_node node = {.name = span_of(r->element), .attrs = &given};

        if (!a || sim_element_fits(a, given.value) != r->fits)
            fail_msg("not so: %s", r->says);
        const struct span held = sim_element_value(&node, r->attr);
        if (r->holds ? !span_is_text(held, r->holds) : held.size > 0)
            fail_msg("holds otherwise: %s (%.*s)", r->says, SPAN_ARG(held));
    }
}

/* The printed table names each attribute once, so it shows that all of them are reached. */
static void what_is_printed_is_whole(void **unused)
{
    struct arena *arena = arena_open(0);
    struct buf out = buf_in(arena, 256 << 10);

    (void)unused;
    sim_element_print(&out);
    assert_false(out.full);
    assert_non_null(strstr(out.data, "| | `timeLimit` | 1 to 86400 | 14400 | 13216 |"));
    assert_non_null(strstr(out.data, "| `Message` in `Response` |"));
    for (const char *at = out.data; (at = strstr(at, "\n| ")) != NULL; at++) {
        int bars = 0;
        for (const char *c = at + 1; *c && *c != '\n'; c++)
            bars += *c == '|';
        assert_int_equal(bars, 6);
    }
    arena_close(&arena);
}

static void a_default_fits_its_own_rule(void **unused)
{
    static const char *const elements[][2] = {
        {"Response", "Say"},     {"Response", "Play"},   {"Response", "Pause"},
        {"Response", "Gather"},  {"Response", "Record"}, {"Response", "Dial"},
        {"Response", "Enqueue"}, {"Response", "Reject"}, {"Start", "Recording"},
        {"Dial", "Number"},      {"Dial", "Sip"},        {"Dial", "Client"},
        {"Dial", "Conference"},  {"Dial", "Queue"},      {"Response", "Redirect"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        const struct sim_element *e =
            sim_element_find(true, span_of(elements[i][0]), span_of(elements[i][1]));
        assert_non_null(e);
        for (const struct sim_attr *a = e->attrs; a->name; a++)
            if (a->otherwise && !sim_element_fits(a, span_of(a->otherwise)))
                fail_msg("%s of %s", a->name, e->name);
    }
    assert_null(sim_element_find(true, SPAN("Response"), SPAN("say")));
    assert_null(sim_element_find(false, SPAN("Response"), SPAN("Say")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(what_is_printed_is_whole),
        cmocka_unit_test(a_default_fits_its_own_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
