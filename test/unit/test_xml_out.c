#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/xml.h"

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

static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

static void a_document_is_written(void **unused)
{
    struct buf buf = buf_in(arena, 4096);
    struct xml_out o = xml_out(&buf);

    (void)unused;
    xml_out_begin(&o, "Response");
    xml_out_begin(&o, "Dial");
    xml_out_attr(&o, "timeout", SPAN("15"));
    xml_out_attr(&o, "action", SPAN("https://h/?a=1&b=\"'<>"));
    xml_out_begin(&o, "Number");
    xml_out_text(&o, SPAN("+16195550111"));
    xml_out_end(&o);
    xml_out_end(&o);
    xml_out_begin(&o, "Pause");
    xml_out_attr(&o, "length", SPAN("1"));
    xml_out_end(&o);
    xml_out_end(&o);
    assert_string_equal(buf.data + strlen(head),
                        "<Response><Dial timeout=\"15\" action=\"https://h/?a=1&amp;b=&quot;'&lt;"
                        "&gt;\"><Number>+16195550111</Number></Dial><Pause length=\"1\"/>"
                        "</Response>");
    assert_memory_equal(buf.data, head, strlen(head));
}

/* clang-format off */
static const struct {
    const char *says;
    struct span text;
    const char *want, *html, *read; /* read: what a reader makes of attribute and content */
} rows[] = {
    {"markup",             SPAN("<a b=\"c\">&'"),      "&lt;a b=\"c\"&gt;&amp;'",
     "&lt;a b=&quot;c&quot;&gt;&amp;&#39;",            "<a b=\"c\">&'"},
    {"blanks survive",     SPAN("a\r\n\tb"),           "a&#13;\n\tb", "a\r\n\tb", "a\r\n\tb"},
    {"control characters", {"a\0\x01\x1f" "b", 5},     "ab", "ab", "ab"},
    {"no characters",      SPAN("a\xef\xbf\xbe\xef\xbf\xbf" "b"), "ab", "ab", "ab"},
    {"broken UTF-8",       SPAN("a\xff\xe2\x82" "b"),  "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" "b",
     "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" "b",      "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" "b"},
    {"UTF-8",              SPAN("\xc3\xa9\xf0\x9f\x9a\xa8"), "\xc3\xa9\xf0\x9f\x9a\xa8",
     "\xc3\xa9\xf0\x9f\x9a\xa8",                       "\xc3\xa9\xf0\x9f\x9a\xa8"},
    {"CDATA's end",        SPAN("]]>"),                "]]&gt;", "]]&gt;", "]]>"},
};
/* clang-format on */

static void every_text_is_escaped(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf buf = buf_in(arena, 4096), html = buf_in(arena, 4096);
        struct xml_out o = xml_out(&buf);

        xml_out_text(&o, rows[i].text);
        if (strcmp(buf.data + strlen(head), rows[i].want) != 0)
            fail_msg("not so: %s: %s", rows[i].says, buf.data);
        xml_escape(&html, rows[i].text);
        if (strcmp(html.data, rows[i].html) != 0)
            fail_msg("not so in HTML: %s: %s", rows[i].says, html.data);
    }
}

static void what_is_written_is_read_again(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf buf = buf_in(arena, 4096);
        struct xml_out o = xml_out(&buf);
        struct xml_node *root = NULL;
        struct xml_place place;

        xml_out_begin(&o, "a");
        xml_out_attr(&o, "b", rows[i].text);
        xml_out_text(&o, rows[i].text);
        xml_out_end(&o);
        assert_int_equal(xml_parse(arena, buf_span(&buf), &root, &place), ERR_NONE);
        if (!span_is_text(xml_attr_get(root, "b"), rows[i].read) ||
            !span_is_text(root->child->text, rows[i].read))
            fail_msg("not so: %s: %s", rows[i].says, buf.data);
    }
}

static void what_is_dropped_or_blank_is_not_seen(void **unused)
{
    (void)unused;
    assert_false(xml_out_is_seen((struct span){NULL, 0}));
    assert_false(xml_out_is_seen(SPAN(" \r\n\t\x01\x1f\xef\xbf\xbe\xef\xbf\xbf")));
    assert_true(xml_out_is_seen(SPAN(" \x01.")));
    assert_true(xml_out_is_seen(SPAN("\xff")));
    assert_true(xml_out_is_seen(SPAN("\xe2\x80\x8f")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_is_written),
        cmocka_unit_test(every_text_is_escaped),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(what_is_dropped_or_blank_is_not_seen),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
