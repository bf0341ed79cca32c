#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "codec/json.h"
#include "edit/roster_edit.h"

static const char document[] =
    "{\n  \"odd\": 1.50,\n  \"dispatchers\": [\n    {\"id\": \"ann\", \"phone\": \"1\", \"hours\": "
    "\"always\"},\n"
    "    {\"name\": \"Bob\", \"phone\": \"2\"}\n  ],\n"
    "  \"chains\": {\"main\": [{\"operators\": [\"ann\"]}], \"spare\": [\"ann\"]},\n"
    "  \"overrides\": [{\"operator\": \"ann\", \"from\": \"a\", \"to\": \"b\", \"on\": true}],\n"
    "  \"lines\": [\"+16195550100\"]\n}";

/* What that document gives, as far as edits look at it. */
static const struct roster_operator operators[] = {{.id = "ann"}, {.id = "bob"}, {.id = "cem"}};
static const struct chain chains[] = {
    {.id = "main", .steps = {{.operators = {0}, .operator_count = 1}}, .step_count = 1},
    {.id = "spare", .steps = {{.operators = {0}, .operator_count = 1}}, .step_count = 1},
};
static const struct line lines[] = {{.number = "+16195550100", .chain = 0}};
static const struct roster roster = {
    .operators = operators,
    .operator_count = 3,
    .chains = chains,
    .chain_count = 2,
    .lines = lines,
    .line_count = 1,
};

/* clang-format off */
static const struct row {
    const char *says;
    enum roster_edit_kind kind;
    const char *id, *body;
    enum err err;
    const char *old, *fresh; /* this part of the document has become that; NULL fresh: an error's words */
} rows[] = {
    {"a chain gets other steps", ROSTER_EDIT_CHAIN_PUT, "main", "{\"steps\": [\"bob\"]}", ERR_NONE,
     "\"main\": [{\"operators\": [\"ann\"]}]", "\"main\": [\"bob\"]"},
    {"a list alone does too", ROSTER_EDIT_CHAIN_PUT, "main", " [\"bob\"] ", ERR_NONE,
     "\"main\": [{\"operators\": [\"ann\"]}]", "\"main\": [\"bob\"]"},
    {"a new chain", ROSTER_EDIT_CHAIN_PUT, "night", "[\"bob\"]", ERR_NONE,
     "\"spare\": [\"ann\"]}", "\"spare\": [\"ann\"], \"night\": [\"bob\"]}"},
    {"the fallback chain stands at the top", ROSTER_EDIT_CHAIN_PUT, "fallback_chain", "[\"bob\"]", ERR_NONE,
     "\"lines\": [\"+16195550100\"]", "\"lines\": [\"+16195550100\"],\n  \"fallback_chain\": [\"bob\"]"},
    {"steps that are no list", ROSTER_EDIT_CHAIN_PUT, "main", "{\"steps\": 3}", ERR_BAD_INPUT, "not a list", NULL},
    {"no JSON", ROSTER_EDIT_CHAIN_PUT, "main", "{\"steps\": [", ERR_BAD_INPUT, "no JSON", NULL},
    {"a chain that no line has goes", ROSTER_EDIT_CHAIN_DROP, "spare", "", ERR_NONE, ", \"spare\": [\"ann\"]", ""},
    {"one that a line has stays", ROSTER_EDIT_CHAIN_DROP, "main", "", ERR_CONFLICT, "+16195550100", NULL},
    {"one that is not there", ROSTER_EDIT_CHAIN_DROP, "x", "", ERR_NOT_FOUND, "no chain", NULL},
    {"an operator more", ROSTER_EDIT_OPERATOR_ADD, "", "{\"id\": \"dan\", \"phone\": \"4\"}", ERR_NONE,
     "\"phone\": \"2\"}\n", "\"phone\": \"2\"},\n    {\"id\": \"dan\", \"phone\": \"4\"}\n"},
    {"one whose id is taken", ROSTER_EDIT_OPERATOR_ADD, "", "{\"id\": \"ann\"}", ERR_CONFLICT, "already", NULL},
    {"a list is no operator", ROSTER_EDIT_OPERATOR_ADD, "", "[]", ERR_BAD_INPUT, "not a JSON object", NULL},
    {"a member is changed under the name that it has", ROSTER_EDIT_OPERATOR_CHANGE, "ann", "{\"on_call\": \"9-5\"}", ERR_NONE,
     "\"hours\": \"always\"", "\"hours\": \"9-5\""},
    {"null takes it out", ROSTER_EDIT_OPERATOR_CHANGE, "ann", "{\"on_call\": null, \"x\": null}", ERR_NONE,
     ", \"hours\": \"always\"", ""},
    {"whose id came from his name keeps it", ROSTER_EDIT_OPERATOR_CHANGE, "bob", "{\"name\": \"Robert\"}", ERR_NONE,
     "{\"name\": \"Bob\", \"phone\": \"2\"}", "{\"name\": \"Robert\", \"phone\": \"2\", \"id\": \"bob\"}"},
    {"an id stays", ROSTER_EDIT_OPERATOR_CHANGE, "ann", "{\"id\": \"eve\"}", ERR_BAD_INPUT, "keeps his id", NULL},
    {"a contact is not edited so", ROSTER_EDIT_OPERATOR_CHANGE, "cem", "{\"name\": \"C\"}", ERR_CONFLICT, "contact", NULL},
    {"nobody", ROSTER_EDIT_OPERATOR_CHANGE, "eve", "{}", ERR_NOT_FOUND, "no operator", NULL},
    {"who is named stays, and where is told", ROSTER_EDIT_OPERATOR_DROP, "ann", "", ERR_CONFLICT, "chain main step 1, chain spare step 1", NULL},
    {"who is not goes", ROSTER_EDIT_OPERATOR_DROP, "bob", "", ERR_NONE, ",\n    {\"name\": \"Bob\", \"phone\": \"2\"}", ""},
    {"an override more", ROSTER_EDIT_OVERRIDE_ADD, "", "{\"to\": \"d\", \"from\": \"c\", \"operator\": \"bob\", \"is_on\": false}", ERR_NONE,
     "\"on\": true}", "\"on\": true}, {\"operator\": \"bob\", \"from\": \"c\", \"to\": \"d\", \"on\": false}"},
    {"a member that it does not have", ROSTER_EDIT_OVERRIDE_ADD, "", "{\"who\": \"bob\"}", ERR_BAD_INPUT, "no such field", NULL},
    {"one less", ROSTER_EDIT_OVERRIDE_DROP, "0", "", ERR_NONE, "{\"operator\": \"ann\", \"from\": \"a\", \"to\": \"b\", \"on\": true}", ""},
    {"one that is not there", ROSTER_EDIT_OVERRIDE_DROP, "1", "", ERR_NOT_FOUND, "no override", NULL},
    {"no number", ROSTER_EDIT_OVERRIDE_DROP, "-1", "", ERR_NOT_FOUND, "no override", NULL},
    {"a line that was a number alone", ROSTER_EDIT_LINE_CHANGE, "+16195550100", "{\"chain\": \"spare\"}", ERR_NONE,
     "[\"+16195550100\"]", "[{\"number\": \"+16195550100\", \"chain\": \"spare\"}]"},
    {"a line keeps its number", ROSTER_EDIT_LINE_CHANGE, "+16195550100", "{\"number\": \"+1\"}", ERR_BAD_INPUT, "keeps its number", NULL},
    {"no such line", ROSTER_EDIT_LINE_CHANGE, "+1", "{}", ERR_NOT_FOUND, "no such line", NULL},
};
/* clang-format on */

/* The document with one part of it replaced. */
static const char *expected(struct arena *arena, const struct row *r)
{
    const char *at = strstr(document, r->old);

    assert_non_null(at);
    return arena_printf(arena, "%.*s%s%s", (int)(at - document), document, r->fresh,
                        at + strlen(r->old));
}

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct arena *arena = arena_open(0);
        struct roster_edit e = {
            .kind = r->kind,
            .document = span_of(document),
            .roster = &roster,
            .id = span_of(r->id),
            .body = span_of(r->body),
        };
        const enum err err = roster_edit_apply(arena, &e);
        if (err != r->err)
            fail_msg("%s: %d %s", r->says, (int)err, e.message ? e.message : "");
        if (err && !strstr(e.message, r->old))
            fail_msg("%s: %s", r->says, e.message);
        if (!err && !span_is_text(e.out, expected(arena, r)))
            fail_msg("%s:\n%.*s", r->says, SPAN_ARG(e.out));
        if (!err && !e.note)
            fail_msg("%s: no note", r->says);
        arena_close(&arena);
    }
}

/* A document that has nothing of a kind yet gets it. */
static void what_is_missing_is_made(void **unused)
{
    static const struct {
        enum roster_edit_kind kind;
        const char *id, *body, *want;
    } cases[] = {
        {ROSTER_EDIT_CHAIN_PUT, "main", "[\"a\"]", "{\"chains\":{\"main\":[\"a\"]}}"},
        {ROSTER_EDIT_OPERATOR_ADD, "", "{\"id\": \"d\"}", "{\"dispatchers\":[{\"id\":\"d\"}]}"},
        {ROSTER_EDIT_OVERRIDE_ADD, "", "{\"operator\": \"d\"}",
         "{\"overrides\":[{\"operator\":\"d\"}]}"},
        {ROSTER_EDIT_LINE_CHANGE, "+16195550100", "{\"mms\": true}",
         "{\"lines\":[{\"number\":\"+16195550100\",\"mms\":true}]}"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_open(0);
        struct json *tree = NULL;
        struct json_place place;
        struct roster_edit e = {
            .kind = cases[i].kind,
            .document = SPAN("{}"),
            .roster = &roster,
            .id = span_of(cases[i].id),
            .body = span_of(cases[i].body),
        };
        assert_int_equal(roster_edit_apply(arena, &e), ERR_NONE);
        assert_int_equal(json_parse(e.out, &tree, &place), ERR_NONE);
        if (!span_is_text(json_dump(arena, tree), cases[i].want))
            fail_msg("%.*s", SPAN_ARG(e.out));
        json_close(&tree);
        arena_close(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(what_is_missing_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
