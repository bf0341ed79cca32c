#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simhook/sim_document.h"

static const struct row {
    const char *says;
    bool voice;
    const char *type, *body;
    int want;
    const char *first; /* name of the first verb; NULL: no document */
} rows[] = {
    {"a document of text/xml", true, "text/xml", "<Response><Say>x</Say></Response>", 0, "Say"},
    {"parameters of the type do not matter", true, "text/xml; charset=utf-8",
     "<Response><Hangup/></Response>", 0, "Hangup"},
    {"text/html is taken as well", true, "Text/HTML", "<Response><Dial/></Response>", 0, "Dial"},
    {"a broken document", true, "text/xml", "<Response><Say>x</Response>", 12100, NULL},
    {"white space before the declaration", true, "application/xml",
     " <?xml version=\"1.0\"?><Response/>", 12100, NULL},
    {"another root", true, "text/xml", "<Answer/>", 12102, NULL},
    {"an unknown type", true, "application/json", "{}", 12300, NULL},
    {"a missing type", true, "", "<Response/>", 12300, NULL},
    {"an empty body on voice", true, "text/xml", "", 11770, NULL},
    {"an empty body on a text is no reply", false, "text/plain", "", 0, NULL},
    {"plain text is said on voice", true, "text/plain", "hello <you>", 0, "Say"},
    {"plain text is a reply on a text", false, "text/plain", "hello", 0, "Message"},
    {"plain text that is a document counts as one", false, "text/plain",
     "<Response><Redirect>x</Redirect></Response>", 0, "Redirect"},
};

static void each_row_holds(void **unused)
{
    struct arena *arena = arena_open(0);

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        const struct xml_node *root = NULL;
        const int got =
            sim_document_read(arena, r->voice, span_of(r->type), span_of(r->body), &root);
        const struct xml_node *verb = root ? root->child : NULL;

        if (got != r->want || (verb != NULL) != (r->first != NULL) ||
            (verb && !span_is_text(verb->name, r->first)))
            fail_msg("not so: %s (%d)", r->says, got);
    }
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
