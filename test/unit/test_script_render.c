#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/dice.h"
#include "base/utf8.h"
#include "provider/script_render.h"

enum { ROUNDS = 20000, DOCUMENT_MAX = 65536 };

static struct arena *arena;

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(65536);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

#define LITERAL(literal) .field = SCRIPT_FIELDS, .text = {literal, sizeof(literal) - 1}

/* <Say voice="man">Hi <sub alias="{{job}}">x</sub> {{caller_name}}!</Say>
   <Gather><Say>{{caller}}</Say></Gather> <Step/> <Say>bye</Say> */
static const struct script_part x = {LITERAL("x")}, mark = {LITERAL("!")}, bye = {LITERAL("bye")};
static const struct script_part job = {.field = SCRIPT_JOB}, caller = {.field = SCRIPT_CALLER};
static const struct script_part name = {.next = &mark, .field = SCRIPT_CALLER_NAME};
static const struct script_part hi = {LITERAL("Hi ")}, man = {LITERAL("man")};
static const struct script_attr alias = {.name = "alias", .value = &job};
static const struct script_attr voice = {.name = "voice", .value = &man};
static const struct script_node x_text = {.parts = &x}, name_text = {.parts = &name};
static const struct script_node caller_text = {.parts = &caller}, bye_text = {.parts = &bye};
static const struct script_node sub = {&name_text, &x_text, "sub", &alias, NULL};
static const struct script_node hi_text = {.next = &sub, .parts = &hi};
static const struct script_node last = {NULL, &bye_text, "Say", NULL, NULL};
static const struct script_node step = {&last, NULL, SCRIPT_STEP, NULL, NULL};
static const struct script_node inner = {NULL, &caller_text, "Say", NULL, NULL};
static const struct script_node gather = {&step, &inner, "Gather", NULL, NULL};
static const struct script_node verbs = {&gather, &hi_text, "Say", &voice, NULL};

/* <Gather hints="{{caller_name}},{{job}}"/> */
static const struct script_part comma = {.next = &job, LITERAL(",")};
static const struct script_part hinted = {.next = &comma, .field = SCRIPT_CALLER_NAME};
static const struct script_attr hints = {.name = "hints", .value = &hinted};
static const struct script_node listening = {NULL, NULL, "Gather", &hints, NULL};

static void put_step(void *ctx, const struct script_node *node)
{
    struct xml_out *xml = ctx;

    assert_true(script_is_step(node));
    xml_out_begin(xml, "Dial");
    xml_out_end(xml);
}

static struct span rendered_from(const struct script_node *from, const struct script_use *use)
{
    struct buf out = buf_in(arena, DOCUMENT_MAX);
    struct xml_out xml = xml_out(&out);
    const struct script_render render = {
        arena, &xml, use, SPAN("https://example.test/choice?c=1&d=2"), put_step, &xml};

    xml_out_begin(&xml, "Response");
    script_render_verbs(&render, from);
    xml_out_end(&xml);
    assert_false(out.full);
    return buf_span(&out);
}

static struct span rendered(const struct script_use *use)
{
    return rendered_from(&verbs, use);
}

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>"

static void fields_stand_in_words_and_in_attributes(void **unused)
{
    struct script_use use = {0};

    (void)unused;
    use.values[SCRIPT_JOB] = SPAN("j \"1\"");
    use.values[SCRIPT_CALLER] = SPAN("<6 1 9>");
    use.values[SCRIPT_CALLER_NAME] = SPAN("A & B");
    assert_string_equal(
        rendered(&use).data,
        HEAD "<Say voice=\"man\">Hi <sub alias=\"j &quot;1&quot;\">x</sub>A &amp; B!</Say>"
             "<Gather action=\"https://example.test/choice?c=1&amp;d=2\" method=\"POST\">"
             "<Say>&lt;6 1 9&gt;</Say></Gather><Dial/><Say>bye</Say></Response>");
}

static void what_stands_before_the_step_is_heard_once(void **unused)
{
    const struct script_use use = {.later = true};

    (void)unused;
    assert_string_equal(rendered(&use).data, HEAD "<Dial/><Say>bye</Say></Response>");
}

static void words_that_are_all_empty_are_not_said(void **unused)
{
    static const char *const nothing[] = {"", " ", "\x01\x1f", "\n\xef\xbf\xbe "};

    (void)unused;
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        const struct script_use use = {.values[SCRIPT_CALLER] = span_of(nothing[i])};
        assert_non_null(strstr(rendered(&use).data, "method=\"POST\"/>"));
    }
}

static void a_value_is_cut_at_a_character(void **unused)
{
    struct script_use use = {0};
    struct buf long_name = buf_in(arena, 4096);

    (void)unused;
    buf_add_char(&long_name, 'a');
    for (int i = 0; i < 300; i++)
        buf_add_text(&long_name, "\xe2\x82\xac");
    use.values[SCRIPT_CALLER_NAME] = buf_span(&long_name);
    const struct span got = rendered(&use);
    assert_true(utf8_is_valid(got));
    assert_non_null(strstr(got.data, "\xe2\x82\xac!</Say>"));
    assert_null(strstr(got.data, "\xef\xbf\xbd"));
    assert_true(got.size < 700);
}

/* The document's elements and the names of their attributes, without any text. */
static void shape(struct buf *out, const struct xml_node *node)
{
    for (; node; node = node->next) {
        if (!node->name.size)
            continue;
        buf_add(out, node->name);
        for (const struct xml_attr *a = node->attrs; a; a = a->next)
            buf_printf(out, " %.*s", SPAN_ARG(a->name));
        buf_add_char(out, '(');
        shape(out, node->child);
        buf_add_char(out, ')');
    }
}

/* Values like those of somebody who tries. */
static struct span throw_value(struct dice *dice)
{
    static const char *const pieces[] = {
        "<",
        ">",
        "&",
        "'",
        "\"",
        "]]>",
        "<![CDATA[",
        "<!--",
        "-->",
        "</Say>",
        "<Hangup/>",
        "&amp;",
        "&#60;",
        "<?xml ?>",
        "{{job}}",
        "\x01",
        "\x1b",
        "\n",
        "\r",
        "\t",
        "\x7f",
        "\xc3\xa9",
        "\xff",
        "\xed\xa0\x80",
        "\xef\xbf\xbf",
        "a",
        " ",
        "/>",
        "=",
        "\xf0\x9f\x9a\x9a",
    };
    struct buf value = buf_in(arena, 512);

    buf_add_char(&value, 'v'); /* a Say without any words is left out */
    for (uint32_t i = dice_throw(dice, 12); i > 0; i--)
        buf_add_text(&value, pieces[dice_throw(dice, sizeof pieces / sizeof pieces[0])]);
    if (dice_throw(dice, 4) == 0)
        buf_add_char(&value, 0);
    return buf_span(&value);
}

static void no_value_changes_the_structure(void **unused)
{
    static const char want[] = "Response(Say voice(sub alias())Gather action method(Say())"
                               "Dial()Say())";
    struct dice dice = dice_from(4);

    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        struct script_use use = {0};
        struct buf got = buf_in(arena, DOCUMENT_MAX);
        struct xml_node *root = NULL;
        struct xml_place place;

        for (int i = 0; i < SCRIPT_FIELDS; i++)
            use.values[i] = throw_value(&dice);
        const struct span document = rendered(&use);
        if (xml_parse(arena, document, &root, &place))
            fail_msg("round %d, %s: %.*s", round, place.words, SPAN_ARG(document));
        shape(&got, root);
        if (!span_is_text(buf_span(&got), want))
            fail_msg("round %d: %.*s", round, SPAN_ARG(document));
        arena_reset(arena);
    }
}

static void a_phrase_too_long_for_a_hint_is_left_out(void **unused)
{
    struct script_use use = {.values[SCRIPT_JOB] = SPAN("drain"),
                             .values[SCRIPT_CALLER_NAME] = SPAN("Customer")};
    struct buf long_name = buf_in(arena, 256);

    (void)unused;
    assert_non_null(strstr(rendered_from(&listening, &use).data, "hints=\"Customer,drain\""));
    for (int i = 0; i < 101; i++)
        buf_add_char(&long_name, 'a');
    use.values[SCRIPT_CALLER_NAME] = buf_span(&long_name);
    assert_non_null(strstr(rendered_from(&listening, &use).data, "hints=\"drain\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_stand_in_words_and_in_attributes),
        cmocka_unit_test(what_stands_before_the_step_is_heard_once),
        cmocka_unit_test(words_that_are_all_empty_are_not_said),
        cmocka_unit_test(a_value_is_cut_at_a_character),
        cmocka_unit_test(a_phrase_too_long_for_a_hint_is_left_out),
        cmocka_unit_test(no_value_changes_the_structure),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
