#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "config/script_builtin.h"
#include "config/script_file.h"
#include "config/script_verbs.h"

static struct arena *arena;
static struct mistakes *mistakes;

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

static enum err parse(enum script_kind kind, struct span text, const struct script_node **out)
{
    const struct script_file file = {"s.twiml", kind, text};

    mistakes = ARENA_NEW(arena, struct mistakes);
    mistakes_init(mistakes, arena);
    return script_file_parse(arena, &file, out, mistakes);
}

#define IN SCRIPT_INBOUND_ROUTING
#define SCREEN SCRIPT_SCREEN
#define MAIL SCRIPT_VOICEMAIL
#define CLOSED SCRIPT_CLOSED
#define R(inside) "<Response>" inside "</Response>"

/* clang-format off */
/* `want`: the first mistake as "line:column: words"; NULL when there is none. */
static const struct row {
    const char *says;
    enum script_kind kind;
    const char *text, *want;
} rows[] = {
    {"a step alone",                      IN,     R("<Step/>"), NULL},
    {"a greeting, a pause, music",        IN,     R("<Say language='en-US' voice='Polly.Joanna' loop='2'>Hello</Say><Pause length='2'/><Play>https://example.com/a.mp3</Play><Step/>"), NULL},
    {"a menu",                            IN,     R("<Gather numDigits='1' timeout='3'><Say>1: leave a message</Say></Gather><Step/>"), NULL},
    {"fields in words",                   IN,     R("<Say>{{business}} {{ caller }} {{caller_name}} {{job}} {{line}} {{operator}} {{time}}</Say><Step/>"), NULL},
    {"fields in an attribute of words",   IN,     R("<Say><sub alias='{{job}}'>x</sub></Say><Step/>"), NULL},
    {"speech markup",                     IN,     R("<Say>A<break time='300ms'/><say-as interpret-as='digits'>12</say-as><lang xml:lang='fr-FR'>oui</lang></Say><Step/>"), NULL},
    {"keys to play need no address",      IN,     R("<Play digits='1w2'/><Step/>"), NULL},
    {"an end that leads elsewhere",       CLOSED, R("<Say>a</Say><Redirect>https://example.com/a</Redirect>"), NULL},
    {"a menu that leads elsewhere",       IN,     R("<Gather action='https://example.com/a'/><Step/>"), NULL},
    {"a step behind one that leads away", IN,     R("<Redirect>https://example.com/a</Redirect><Step/>"), "1:53: <Step> is never reached: <Redirect> before it"},
    {"or behind a menu that always does", IN,     R("<Gather action='https://example.com/a' actionOnEmptyResult='true'/><Step/>"), "1:78: <Step> is never reached: <Gather> before it"},
    {"a menu for words without action",   IN,     R("<Gather input='speech'/><Step/>"), "1:19: without an action"},
    {"a voicemail without consent",       MAIL,   R("<Step/>"), "1:11: nothing is said before <Step/>"},
    {"or with a pause for it",            MAIL,   R("<Pause/><Step/>"), "1:19: nothing is said before <Step/>"},
    {"a screening that names no key",     SCREEN, R("<Step><Pause/></Step>"), "1:11: <Step> says nothing"},
    {"one that asks for too long",        SCREEN, R("<Step><Say>Press 1</Say><Pause length='15'/></Step>"), "1:11: what stands in <Step> takes about 15 s; 15 s is the most"},
    {"one that is long behind the key",   SCREEN, R("<Step/><Pause length='11'/>"), "1:1: what stands behind <Step/> takes about 11 s; 10 s is the most"},
    {"prompts of the screening",          SCREEN, R("<Step><Say>{{operator}}: 1 or 2</Say></Step>"), NULL},
    {"the closed script has no step",     CLOSED, R("<Reject reason='busy'/>"), NULL},
    {"or one that stands for nothing",    CLOSED, R("<Say>Closed</Say><Step/>"), NULL},
    {"nothing at all is closed too",      CLOSED, R(""), NULL},
    {"words when nothing was recorded",   MAIL,   R("<Say>Speak</Say><Step/><Say>Nothing heard</Say><Hangup/>"), NULL},
    {"single braces are words",           CLOSED, R("<Say>{a} }} {</Say>"), NULL},
    {"comments and a declaration",        CLOSED, "<?xml version='1.0'?>\n<!-- <Nonsense> -->\n" R("<!-- a --><Hangup/>"), NULL},

    {"not well formed",                   IN,     "<Response>\n  <Say>a</Sya>\n</Response>", "2:"},
    {"nothing",                           IN,     "", "1:1: "},
    {"a document type",                   IN,     "<!DOCTYPE a>\n" R("<Step/>"), "a document type is not allowed"},
    {"another root",                      IN,     "\n<response><Step/></response>", "2:1: the root is <response>"},
    {"the root has attributes",           IN,     "<Response a='b'><Step/></Response>", "1:1: <Response> has no attributes"},
    {"an unknown verb",                   IN,     R("\n  <Sya>a</Sya><Step/>"), "2:3: there is no verb <Sya>; did you mean <Say>?"},
    {"a verb in small letters",           IN,     R("<say>a</say><Step/>"), "1:11: there is no verb <say>; did you mean <Say>?"},
    {"a verb that is nextring's part",    IN,     R("<Dial>+16195550111</Dial><Step/>"), "1:11: <Dial> may not stand in a script"},
    {"an unknown attribute",              IN,     R("<Say\n langauge='en-US'>a</Say><Step/>"), "2:2: <Say> has no attribute 'langauge'; did you mean 'language'?"},
    {"an attribute like nothing",         IN,     R("<Pause x='1'/><Step/>"), "1:18: <Pause> has no attribute 'x' here"},
    {"an attribute of a step",            IN,     R("<Step chain='a'/>"), "1:17: <Step> has no attribute 'chain'"},
    {"an unknown field",                  IN,     R("<Say>Hi\n {{busines}}</Say><Step/>"), "2:2: there is no field {{busines}}; write {{business}}"},
    {"a field like nothing",              IN,     R("<Say>{{x}}</Say><Step/>"), "1:16: there is no field {{x}}; there are business"},
    {"a field without an end",            IN,     R("<Say>{{business</Say><Step/>"), "1:16: '{{' begins a field"},
    {"a field in an address",             IN,     R("<Play>https://example.com/{{job}}</Play><Step/>"), "a field may not stand in an address"},
    {"a field in a number",               IN,     R("<Pause length='{{job}}'/><Step/>"), "1:18: a field may not stand in length"},
    {"no step",                           IN,     R("<Say>a</Say>"), "1:1: there is no <Step/>"},
    {"a second step",                     MAIL,   R("<Step/>\n<Step/>"), "2:1: a second <Step/>"},
    {"a step in a menu",                  IN,     R("<Gather><Step/></Gather>"), "1:19: <Step> may not stand in <Gather>"},
    {"a step with words",                 IN,     R("<Step><Say>a</Say></Step>"), "1:11: <Step> holds nothing in this script"},
    {"a step after the end",              MAIL,   R("<Hangup/><Step/>"), "1:20: <Step> is never reached: <Hangup> before it"},
    {"a verb that is never reached",      IN,     R("<Step/><Say>a</Say>"), "1:18: <Say> is never reached: <Step> before it"},
    {"a redirect out of the screening",   SCREEN, R("<Step/><Redirect>https://example.com/</Redirect>"), "1:18: <Redirect> may not stand in a script for screen"},
    {"a menu in the screening",           SCREEN, R("<Gather action='https://example.com/'/><Step/>"), "<Gather> may not stand in a script for screen"},
    {"a reject when people are on duty",  IN,     R("<Reject/><Step/>"), "1:11: <Reject> may not stand in a script for inbound_routing"},
    {"a hang-up in a menu",               IN,     R("<Gather><Hangup/></Gather><Step/>"), "1:19: <Hangup> may not stand in <Gather>"},
    {"a verb in words",                   IN,     R("<Say><Pause/></Say><Step/>"), "1:16: <Pause> may not stand in <Say>"},
    {"speech markup outside words",       IN,     R("<break/><Step/>"), "1:11: <break> may not stand in <Response>"},
    {"words outside a verb",              IN,     R("hello<Step/>"), "words stand in <Response> itself"},
    {"words in a menu itself",            IN,     R("<Gather>hello</Gather><Step/>"), "1:11: words stand in <Gather> itself"},
    {"words in a pause",                  IN,     R("<Pause>a</Pause><Step/>"), "1:11: <Pause> holds nothing"},
    {"words without words",               IN,     R("<Say> </Say><Step/>"), "1:11: <Say> says nothing"},
    {"a loop out of range",               IN,     R("<Say loop='0'>a</Say><Step/>"), "1:16: loop is '0'; write a number from 1 to 20"},
    {"a timeout out of range",            IN,     R("<Gather timeout='99'/><Step/>"), "1:19: timeout is '99'; write a number from 1 to 20"},
    {"numDigits out of range",            IN,     R("<Gather numDigits='0'/><Step/>"), "1:19: numDigits is '0'"},
    {"a length that is no number",        IN,     R("<Pause length='1s'/><Step/>"), "1:18: length is '1s'"},
    {"two keys that end a menu",          IN,     R("<Gather finishOnKey='12'/><Step/>"), "finishOnKey is '12'; write 0 to 1 of the keys"},
    {"an input that there is not",        IN,     R("<Gather input='dtmf sight'/><Step/>"), "input is 'dtmf sight'; write one or more of: dtmf speech"},
    {"a reason that there is not",        CLOSED, R("<Reject reason='closed'/>"), "reason is 'closed'; write one of: rejected busy"},
    {"a voice with markup",               IN,     R("<Say voice='&lt;a>'>a</Say><Step/>"), "voice is '<a>'"},
    {"a language that is none",           IN,     R("<Say language='x'>a</Say><Step/>"), "language is 'x'"},
    {"a relative address",                IN,     R("<Play>a.mp3</Play><Step/>"), "1:11: <Play> holds 'a.mp3'; write a whole address, https://"},
    {"an address that is not https",      IN,     R("<Play>http://example.com/</Play><Step/>"), "1:11: <Play> holds 'http://example.com/'"},
    {"no address",                        IN,     R("<Play/><Step/>"), "1:11: <Play> holds ''"},
    {"a relative action",                 IN,     R("<Gather action='/menu'/><Step/>"), "1:19: action is '/menu'; write the whole address"},
    {"keys of a menu that lead nowhere",  MAIL,   R("<Gather/><Step/>"), "1:11: <Gather> needs an action here"},
    {"keys to play in a menu",            IN,     R("<Gather><Play digits='1'/></Gather><Step/>"), "digits may not be played in <Gather>"},
    {"a greeting that never ends",        IN,     R("<Pause length='30'/><Step/>"), "1:1: what stands before <Step/> takes about 30 s"},
    {"elements too deep",                 CLOSED, R("<Say><p><p><p><p><p><p><p><p><p><p><p>a</p></p></p></p></p></p></p></p></p></p></p></Say>"), "more than 12 elements"},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        const struct script_node *verbs = NULL;
        const enum err err = parse(r->kind, span_of(r->text), &verbs);
        const struct span first =
            mistakes->count ? mistakes_line(arena, &mistakes->list[0]) : SPAN("");

        if (err != (r->want ? ERR_BAD_INPUT : ERR_NONE) || (mistakes->count > 0) != (err != 0))
            fail_msg("not so: %s: %.*s", r->says, SPAN_ARG(first));
        if (r->want && !strstr(arena_text(arena, first), r->want))
            fail_msg("not so: %s: %.*s", r->says, SPAN_ARG(first));
    }
}

static void every_mistake_is_listed_in_order(void **unused)
{
    const struct script_node *verbs = NULL;

    (void)unused;
    assert_int_equal(
        parse(IN, SPAN("<Response>\n<Sya/>\n<Say lop='1'>{{a}} {{b}}</Say>\n</Response>"), &verbs),
        ERR_BAD_INPUT);
    assert_int_equal(mistakes->count, 5);
    const int lines[] = {2, 3, 3, 3, 1};
    const int columns[] = {1, 6, 14, 20, 1};
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(mistakes->list[i].file, "s.twiml");
        assert_int_equal(mistakes->list[i].line, lines[i]);
        assert_int_equal(mistakes->list[i].column, columns[i]);
    }
    assert_null(verbs);
}

static void text_that_is_not_utf_8_is_refused(void **unused)
{
    const struct script_node *verbs = NULL;

    (void)unused;
    assert_int_equal(parse(CLOSED, SPAN("<Response>\n<Say>\xe9</Say></Response>"), &verbs),
                     ERR_BAD_INPUT);
    assert_int_equal(mistakes->list[0].line, 2);
}

static void a_script_has_a_largest_size(void **unused)
{
    const struct script_node *verbs = NULL;
    struct buf text = buf_in(arena, 1 << 20);

    (void)unused;
    buf_add_text(&text, "<Response>");
    while (text.size < SCRIPT_BYTES_MAX - sizeof "</Response>" + 1)
        buf_add_char(&text, ' ');
    const size_t all_but_end = text.size;
    buf_add_text(&text, "</Response>");
    assert_int_equal(text.size, SCRIPT_BYTES_MAX);
    assert_int_equal(parse(CLOSED, buf_span(&text), &verbs), ERR_NONE);
    text.size = all_but_end;
    buf_add_text(&text, " </Response>");
    assert_int_equal(parse(CLOSED, buf_span(&text), &verbs), ERR_BAD_INPUT);
}

static void a_say_has_a_longest_text(void **unused)
{
    const struct script_node *verbs = NULL;
    struct buf text = buf_in(arena, 1 << 20);

    (void)unused;
    buf_add_text(&text, "<Response><Say>");
    for (int i = 0; i < 3001; i++)
        buf_add_char(&text, 'a');
    buf_add_text(&text, "</Say></Response>");
    assert_int_equal(parse(CLOSED, buf_span(&text), &verbs), ERR_BAD_INPUT);
    assert_non_null(strstr(mistakes->list[0].words, "part it"));
}

static void the_built_in_scripts_are_valid(void **unused)
{
    (void)unused;
    for (enum script_kind kind = 0; kind < SCRIPT_KINDS; kind++) {
        const struct script_node *verbs = NULL;
        assert_int_equal(parse(kind, span_of(script_builtin[kind]), &verbs), ERR_NONE);
        assert_non_null(verbs);
    }
}

static void the_tree_is_the_text(void **unused)
{
    const struct script_node *verbs = NULL;

    (void)unused;
    assert_int_equal(
        parse(IN, SPAN(R("<Say voice='man'>a {{job}}b<break/></Say> <Step/>")), &verbs), ERR_NONE);
    assert_string_equal(verbs->name, "Say");
    assert_string_equal(verbs->attrs->name, "voice");
    assert_true(span_is_text(verbs->attrs->value->text, "man"));
    const struct script_part *p = verbs->child->parts;
    assert_null(verbs->child->name);
    assert_int_equal(p->field, SCRIPT_FIELDS);
    assert_true(span_is_text(p->text, "a "));
    assert_int_equal(p->next->field, SCRIPT_JOB);
    assert_true(span_is_text(p->next->next->text, "b"));
    assert_string_equal(verbs->child->next->name, "break");
    assert_true(script_is_step(verbs->next));
    assert_null(verbs->next->next);
}

static void no_verb_is_in_the_table_twice(void **unused)
{
    const struct script_verb *v;

    (void)unused;
    for (int i = 0; (v = script_verbs_at(i)); i++) {
        assert_ptr_equal(script_verbs_find(span_of(v->name)), v);
        assert_false(script_verbs_is_refused(span_of(v->name)));
        for (const struct script_verbs_attr *a = v->attrs; a->name; a++)
            assert_ptr_equal(script_verbs_attr(v, span_of(a->name)), a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(every_mistake_is_listed_in_order),
        cmocka_unit_test(text_that_is_not_utf_8_is_refused),
        cmocka_unit_test(a_script_has_a_largest_size),
        cmocka_unit_test(a_say_has_a_longest_text),
        cmocka_unit_test(the_built_in_scripts_are_valid),
        cmocka_unit_test(the_tree_is_the_text),
        cmocka_unit_test(no_verb_is_in_the_table_twice),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
