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

static void show(struct buf *out, const struct xml_node *node)
{
    for (; node; node = node->next) {
        if (node->name.size == 0) {
            buf_printf(out, "'%.*s'", SPAN_ARG(node->text));
            continue;
        }
        buf_printf(out, "%.*s:%d[", SPAN_ARG(node->name), node->line);
        for (const struct xml_attr *a = node->attrs; a; a = a->next)
            buf_printf(out, "%.*s=%.*s;", SPAN_ARG(a->name), SPAN_ARG(a->value));
        show(out, node->child);
        buf_add_char(out, ']');
    }
}

/* `want`: name:line[attr=value;'text' ...]. */
/* clang-format off */
static const struct {
    const char *says, *text, *want;
} rows[] = {
    {"an empty element",         "<Response/>",                         "Response:1[]"},
    {"a declaration",            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a/>\n", "a:2[]"},
    {"attributes in order",      "<a z='1' b=\"2\"/>",                  "a:1[z=1;b=2;]"},
    {"children with their lines", "<a>\n<b/>\n\n<c>x</c></a>",          "a:1['\n'b:2[]'\n\n'c:4['x']]"},
    {"the five entities",        "<a b='&quot;&apos;'>&lt;&amp;&gt;</a>", "a:1[b=\"';'<&>']"},
    {"numbered characters",      "<a b='&#10;'>&#x20AC;</a>",           "a:1[b=\n;'\xe2\x82\xac']"},
    {"CDATA is text",            "<a>1<![CDATA[<&]]>2</a>",             "a:1['1<&2']"},
    {"comments are dropped",     "<!-- x --><a>1<!-- y -->2</a><!-- z -->", "a:1['1''2']"},
    {"instructions are dropped", "<a><?x y?></a>",                      "a:1[]"},
    {"a doctype inside of text", "<a><![CDATA[<!DOCTYPE a>]]></a>",     "a:1['<!DOCTYPE a>']"},
    {"a prefix stays",           "<a xmlns:n='u'><n:b n:c='d'/></a>",   "a:1[n:b:1[n:c=d;]]"},
};

static const struct {
    const char *says, *text;
    int line;
    const char *words;
} refused[] = {
    {"nothing",                       "",                               1, "no document"},
    {"blanks",                        " \n ",                           0, ""},
    {"no markup",                     "hello",                          1, "expected"},
    {"an element left open",          "<a>\n<b>\n</a>",                 3, "mismatch"},
    {"two roots",                     "<a/>\n<b/>",                     2, "Extra content"},
    {"an attribute given twice",      "<a b='1' b='2'/>",               1, "redefined"},
    {"a bare ampersand",              "<a>\n&</a>",                     2, ""},
    {"an entity that is not known",   "<a>&nbsp;</a>",                  1, "nbsp"},
    {"a document type",               "\n<!DOCTYPE a><a/>",             2, "document type"},
    {"entities of its own",           "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", 1, "document type"},
    {"an outer document type",        "<!DOCTYPE a SYSTEM 'file:///etc/hostname'><a/>", 1, "document type"},
    {"bytes that are not UTF-8",      "<a>\xff</a>",                    1, "UTF-8"},
    {"a prefix that nobody declared",  "<n:a/>",                         1, "prefix"},
    {"a control character",           "<a>\x01</a>",                    1, ""},
};
/* clang-format on */

static struct xml_node *parsed(const char *text)
{
    struct xml_node *root = NULL;
    struct xml_place p;

    if (xml_parse(arena, span_of(text), &root, &p))
        fail_msg("refused: %s: %d:%d %s", text, p.line, p.column, p.words);
    return root;
}

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out = buf_in(arena, 4096);

        show(&out, parsed(rows[i].text));
        if (strcmp(out.data, rows[i].want) != 0)
            fail_msg("not so: %s: %s", rows[i].says, out.data);
    }
}

static void mistakes_have_places(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct xml_node *root = NULL;
        struct xml_place p = {0};

        if (xml_parse(arena, span_of(refused[i].text), &root, &p) != ERR_BAD_INPUT || root)
            fail_msg("accepted: %s", refused[i].says);
        if ((refused[i].line && p.line != refused[i].line) || p.column < 1 ||
            !strstr(p.words, refused[i].words) || strchr(p.words, '\n'))
            fail_msg("not so: %s: %d:%d %s", refused[i].says, p.line, p.column, p.words);
    }
}

static void depth_has_a_bound(void **unused)
{
    struct buf text = buf_in(arena, 1 << 20);
    struct xml_node *root = NULL;
    struct xml_place place;

    (void)unused;
    for (int i = 0; i < 1000; i++)
        buf_add_text(&text, "<a>");
    for (int i = 0; i < 1000; i++)
        buf_add_text(&text, "</a>");
    assert_int_equal(xml_parse(arena, buf_span(&text), &root, &place), ERR_BAD_INPUT);
}

static void attributes_and_text_are_found(void **unused)
{
    const struct xml_node *root = parsed("<a b='1' c=''>\n one <x>two</x><!-- -->three \n</a>");

    (void)unused;
    assert_true(span_is_text(xml_attr_get(root, "b"), "1"));
    assert_non_null(xml_attr_get(root, "c").data);
    assert_null(xml_attr_get(root, "B").data);
    assert_true(span_is_text(xml_text(arena, root), "one three"));
    assert_int_equal(xml_text(arena, parsed("<a/>")).size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(mistakes_have_places),
        cmocka_unit_test(depth_has_a_bound),
        cmocka_unit_test(attributes_and_text_are_found),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
