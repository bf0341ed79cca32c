#include "reading.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "config/roster_publish.h"

enum { FILE_MAX = 1 << 16, ALL_DAYS = 127, WORK_DAYS = 31 };

static enum err parse(const char *text)
{
    return reading_parse(text, &reading_defaults);
}

static struct span read_example(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = arena_alloc(reading.arena, FILE_MAX);

    assert_non_null(f);
    const size_t size = fread(text, 1, FILE_MAX, f);
    fclose(f);
    return (struct span){text, size};
}

/* clang-format off */
#define A "{'id':'a','name':'Primary','phone':'+16195550111'}"
#define B "{'id':'b','name':'Backup','phone':'+16195550112'}"
#define PEOPLE "'dispatchers':[" A "," B "],"
#define DOC(more) "{" PEOPLE more "}"
#define PERSON(more) "{'dispatchers':[{'id':'a','name':'Primary','phone':'+16195550111'," more "}],'fallback_chain':['a']}"
#define HOURS(h) PERSON("'on_call':" h)
#define STEP(s) DOC("'chains':{'x':[" s "]},'lines':[{'number':'+16195550100','chain':'x'}]")
#define LINE(l) DOC("'fallback_chain':['a'],'lines':[" l "]")
#define TOP(t) DOC("'fallback_chain':['a']," t)

static const struct wrong_row {
    const char *says, *text, *want; /* want: the whole or a part of the only mistake */
} wrong_rows[] = {
    {"no JSON", "{\n 'dispatchers': [,]}", "r.json:2:"},
    {"no object", "[]", "r.json:1:1: is a list; give an object"},
    {"no people", "{'chains':{}, 'lines':[]}", NULL},
    {"people of a wrong type", "{'dispatchers':{},'fallback_chain':['+16195550111']}", "dispatchers: is an object; give a list of people"},
    {"a person of a wrong type", "{'dispatchers':['a'],'fallback_chain':['+16195550111']}", "dispatchers[0]: is a text; give an object"},
    {"no phone", "{'dispatchers':[{'id':'a'}],'fallback_chain':['a']}", "r.json:1:17: dispatchers[0]: has no \"phone\""},
    {"a phone that is neither text nor number", "{'dispatchers':[{'id':'a','phone':true}],'fallback_chain':['a']}", "dispatchers[0].phone: is true or false; give a text in quotes"},
    {"an emergency number", "{'dispatchers':[{'id':'a','phone':'911'}],'fallback_chain':['a']}", "\"911\" is an emergency or short number"},
    {"a premium number", "{'dispatchers':[{'id':'a','phone':'+1 900 555 0111'}],'fallback_chain':['a']}", "premium-rate number"},
    {"a phone of letters", "{'dispatchers':[{'id':'a','phone':'call me'}],'fallback_chain':['a']}", "dispatchers[0].phone: \"call me\" "},
    {"an id twice", "{'dispatchers':[" A ",{'id':'a','phone':'+16195550112'}],'fallback_chain':['a']}", "dispatchers[1].id: \"a\" is the id of another operator too"},
    {"a phone twice", "{'dispatchers':[" A ",{'id':'b','phone':'619-555-0111'}],'fallback_chain':['a']}", "dispatchers[1].phone: +16195550111 is the number of \"Primary\" too"},
    {"an operator who is the line", "{'dispatchers':[{'id':'a','phone':'6195550100'}],'fallback_chain':['a']}", "dispatchers[0]: +16195550100 is one of the tenant's own lines"},
    {"an id with a blank", "{'dispatchers':[{'id':'a b','phone':'6195550111'}],'fallback_chain':['6195550111']}", "dispatchers[0].id: \"a b\" is no id: letters, digits, '.', '_' and '-' only, e.g. \"a-b\""},
    {"a caller id that is not known", PERSON("'caller_id':'mine'"), "dispatchers[0].caller_id: \"mine\" is not known"},
    {"a prealert that is not known", PERSON("'prealert':'sometimes'"), "dispatchers[0].prealert: \"sometimes\" is not known"},
    {"a name above the limit", "{'dispatchers':[{'id':'a','name':'1234567890123456789012345678901234567890123456789012345678901234','phone':'+16195550111'}],'fallback_chain':['a']}", "dispatchers[0].name: has 64 bytes; 63 are the limit"},
    {"a misspelt key of a person", PERSON("'ring_second':15"), "dispatchers[0].ring_second: looks like a misspelt \"ring_seconds\""},
    {"a last resort of a wrong type", PERSON("'last_resort':'yes'"), "dispatchers[0].last_resort: is a text; give true or false"},
    {"own ring seconds out of range", PERSON("'ring_seconds':4"), "dispatchers[0].ring_seconds: 4 is no whole number from 5 to 60"},
    {"two names of one key", PERSON("'phone_number':'+16195550112'"), "phone_number: says the same as \"phone\""},
    {"a zone that is not known", PERSON("'time_zone':'America/Los_Angles'"), "dispatchers[0].time_zone: \"America/Los_Angles\" is no time zone"},

    {"hours without a dash", HOURS("'07:00'"), "dispatchers[0].on_call: \"07:00\" is no shift"},
    {"an hour above 24", HOURS("'07:00-25:00'"), "\"07:00-25:00\" is no shift"},
    {"a beginning at 24:00", HOURS("'24:00-07:00'"), "is no shift"},
    {"a day that is none", HOURS("{'days':['mon','tux'],'from':'07:00','to':'19:00'}"), "dispatchers[0].on_call.days[1]: \"tux\" is no day"},
    {"no day at all", HOURS("{'days':[],'from':'07:00','to':'19:00'}"), "dispatchers[0].on_call.days: names no day"},
    {"a rule without end", HOURS("[{'days':'daily','from':'07:00'}]"), "dispatchers[0].on_call[0]: has no \"to\""},
    {"a misspelt key of a rule", HOURS("{'dayz':'mon','from':'07:00','to':'19:00'}"), "on_call.dayz: is no key that is known here; did you mean \"days\"?"},
    {"a time that is none", HOURS("{'from':'seven','to':'19:00'}"), "dispatchers[0].on_call.from: \"seven\" is no time of day"},
    {"hours of a wrong type", HOURS("7"), "dispatchers[0].on_call: is a number; give \"07:00-19:00\""},
    {"no hours in a list", HOURS("[]"), "dispatchers[0].on_call: names no hours; leave it out"},
    {"every day null", HOURS("{'mon':null}"), "names no hours"},
    {"a day among days that is none", HOURS("{'mon':'7-19','tux':'7-19'}"), "dispatchers[0].on_call.tux: is no day"},

    {"no chain at all", "{'dispatchers':[" A "]}", "there is no chain"},
    {"an empty chain", DOC("'fallback_chain':[]"), "fallback_chain: is empty, so nobody would be rung"},
    {"a chain of a wrong type", DOC("'fallback_chain':'a'"), "fallback_chain: is a text; give a list of steps"},
    {"an operator that is not known", DOC("'fallback_chain':['primry']"), "fallback_chain[0]: \"primry\" is no operator; did you mean \"Primary\"?"},
    {"an unknown operator in a step", STEP("{'operators':['a','zzz']}"), "chains.x[0].operators[1]: \"zzz\" is no operator; add him"},
    {"nobody in a step", STEP("{'operators':[]}"), "chains.x[0].operators: is empty"},
    {"a step without operators", STEP("{'ring_seconds':15}"), "chains.x[0]: names nobody"},
    {"one twice in a step", STEP("{'operators':['a','Primary']}"), "chains.x[0].operators[1]: \"a\" is in this step twice"},
    {"a misspelt key of a step", STEP("{'operators':['a'],'ring_second':15}"), "chains.x[0].ring_second: is no key that is known here; did you mean \"ring_seconds\"?"},
    {"ring seconds above 60", STEP("{'operators':['a'],'ring_seconds':61}"), "chains.x[0].ring_seconds: 61 is no whole number from 5 to 60"},
    {"ring seconds as text", STEP("{'operators':['a'],'ring_seconds':'15'}"), "ring_seconds: \"15\" is no whole number"},
    {"acknowledge seconds of 0", STEP("{'operators':['a'],'ack_seconds':0}"), "chains.x[0].ack_seconds: 0 is no whole number from 1 to 86400"},

    {"a way of ringing that is none", STEP("{'operators':['a'],'how':'serial'}"), "\"serial\" is not known; use \"strict\", \"parallel\" or \"overlap\""},
    {"a policy that is none", STEP("{'operators':['a'],'on_unsure':'again'}"), "chains.x[0].on_unsure: \"again\" is not known; use \"send-again\" or \"next\""},
    {"a policy that is no text", STEP("{'operators':['a'],'on_unsure':true}"), "chains.x[0].on_unsure: is true or false; give a text in quotes"},
    {"a policy that is none, of a contact", DOC("'fallback_chain':[{'phone':'+16195550119','on_unsure':'Next'}]"), "fallback_chain[0].on_unsure: \"Next\" is not known"},
    {"a misspelt policy", STEP("{'operators':['a'],'on_unsur':'next'}"), "chains.x[0].on_unsur: is no key that is known here; did you mean \"on_unsure\"?"},
    {"a contact in a named chain must be on the list", STEP("'+16195550119'"), "chains.x[0]: \"+16195550119\" is no operator"},
    {"a contact whose id is another's", DOC("'fallback_chain':[{'id':'b','phone':'+16195550111'}]"), "fallback_chain[0].id: is the id of \"Backup\", but the number is that of \"Primary\""},
    {"a fallback chain among the others", DOC("'fallback_chain':['a'],'chains':{'fallback_chain':['a']}"), "chains.fallback_chain: belongs at the top"},

    {"a chain that is not known", LINE("{'number':'+16195550100','chain':'fallback_chian'}"), "lines[0].chain: \"fallback_chian\" is no chain; did you mean \"fallback_chain\"?"},
    {"a line twice", LINE("'+16195550100','(619) 555-0100'"), "lines[1]: +16195550100 is a line already"},
    {"a line without number", LINE("{'chain':'fallback_chain'}"), "lines[0]: has no \"number\""},
    {"a misspelt key of a line", LINE("{'number':'+16195550100','chian':'a'}"), "lines[0].chian: is no key that is known here; did you mean \"chain\"?"},
    {"texts a second out of range", LINE("{'number':'+16195550100','texts_per_second':0}"), "texts_per_second: 0 is no whole number from 1 to 1000"},
    {"no line in the list", LINE(""), "lines: is empty"},
    {"a line without chain and no fallback", DOC("'chains':{'x':['a']},'lines':['+16195550100']"), "lines[0]: names no chain and the document has no \"fallback_chain\"; give \"chain\": \"x\""},

    {"messages that are none", TOP("'messages':['x']"), "messages: is a list; give an object: {\"en\""},
    {"messages in no language", TOP("'messages':{'english':{}}"), "messages.english: is no language: two small letters"},
    {"a message of no transition", TOP("'messages':{'en':{'asigned':'{{job}} {{link}}'}}"), "assigned"},
    {"a field that is none", TOP("'messages':{'en':{'assigned':'{{jb}} {{link}}'}}"), "messages.en.assigned: there is no field {{jb}}; did you mean {{job}}?"},
    {"a field that is like none", TOP("'messages':{'en':{'assigned':'{{weather}} {{link}}'}}"), "messages.en.assigned: there is no field {{weather}}; use business, job"},
    {"a field that is not closed", TOP("'messages':{'en':{'assigned':'{{job}} {{link'}}"), "messages.en.assigned: a field is not closed; write it as {{job}}"},
    {"a text to crew without the link", TOP("'messages':{'en':{'assigned':'{{job}}'}}"), "messages.en.assigned: is without {{link}}"},
    {"a link where there is none", TOP("'messages':{'en':{'completed':'{{link}}'}}"), "messages.en.completed: has {{link}}, but there is none"},
    {"a message with a line break", TOP("'messages':{'en':{'completed':'{{job}}\\u000a{{title}}'}}"), "messages.en.completed"},

    {"a job routed to nobody in a list", TOP("'job_routing':{'job.1':[]}"), "job_routing[\"job.1\"]: names 0 dispatchers; give 1 to 10, or null for nobody yet"},
    {"a job routed to somebody twice", TOP("'job_routing':{'job.1':['backup','Backup']}"), "job_routing[\"job.1\"][1]: Backup is in this list twice; take one of them out"},
    {"a job routed to a list with nobody known in it", TOP("'job_routing':{'job.1':['backup','bckup']}"), "job_routing[\"job.1\"][1]: \"bckup\" is no operator; did you mean \"Backup\"?"},
    {"a job routed to nobody known", TOP("'job_routing':{'job.1':'bckup'}"), "job_routing[\"job.1\"]: \"bckup\" is no operator; did you mean \"Backup\"?"},
    {"job routing of a wrong type", TOP("'job_routing':['a']"), "job_routing: is a list; give an object"},
    {"a tenant that is no slug", TOP("'tenant':'Acme Inc'"), "tenant: \"Acme Inc\" is no tenant id: 1 to 31 of a-z, 0-9 and '-'"},
    {"a region that is none", TOP("'region':'USA'"), "region: \"USA\" is no region"},
    {"a zone that is none", TOP("'time_zone':'Mars/Base'"), "time_zone: \"Mars/Base\" is no time zone"},
    {"a lookup that is none", TOP("'lookup':['caller_name','shoe_size']"), "lookup[1]: \"shoe_size\" is not known; use \"caller_name\" or \"line_type\""},
    {"lookups that are no list", TOP("'lookup':'caller_name'"), "lookup: is a text"},
    {"a voicemail that is no object", TOP("'voicemail':true"), "voicemail: is"},
    {"a misspelt wish of a voicemail", TOP("'voicemail':{'transcribes':true}"), "voicemail.transcribes: "},
    {"a transcription that is no yes or no", TOP("'voicemail':{'transcribe':1}"), "voicemail.transcribe: "},
    {"an unknown word about unknown callers", TOP("'screen_unknown_callers':'yes'"),
     "screen_unknown_callers: \"yes\" is not known; use \"no\", or what follows when no key is pressed: \"voicemail\" or \"refuse\""},
    {"a wait out of range", TOP("'wait_seconds':19"), "wait_seconds: 19 is no whole number from 20 to 300"},
    {"a tag that is needed maybe", TOP("'acknowledge_needs_tag':1"), "acknowledge_needs_tag: is a number; give true or false"},
    {"a budget of another type", TOP("'budget':5"), "budget: is a number; give an object"},
    {"a budget that is misspelt", TOP("'budget':{'text_per_day':5}"), "budget.text_per_day"},
    {"a budget below nothing", TOP("'budget':{'calls_per_day':-1}"), "budget.calls_per_day"},
    {"recordings for more than ten years", TOP("'keep_recordings_days':4000"), "keep_recordings_days"},
    {"a whole continent's emergency number", "{'region':'DE','dispatchers':[{'id':'a','phone':'112'}],'fallback_chain':['a']}", "\"112\" is an emergency or short number"},
    {"one that is blocked, and short", TOP("'blocked':['911']"), "\"911\" is an emergency or short number"},
    {"one with a country's code", "{'dispatchers':[{'id':'a','phone':'+44 999'}],'fallback_chain':['a']}", "\"+44 999\" is an emergency or short number"},
    {"shift texts that are no yes or no", TOP("'shift_texts':'yes'"), "shift_texts: is a text; give true or false"},
    {"too little time to confirm a shift", TOP("'shift_confirm_seconds':59"), "shift_confirm_seconds: 59 is no whole number from 60 to 86400"},
    {"more than a day to confirm a shift", TOP("'shift_confirm_seconds':86401"), "shift_confirm_seconds: 86401 is no whole number from 60 to 86400"},
    {"time to confirm a shift as text", TOP("'shift_texts':true,'shift_confirm_seconds':'15 min'"), "shift_confirm_seconds: \"15 min\" is no whole number"},
    {"bare replies as text", TOP("'bare_replies':'yes'"), "bare_replies: is a text; give true or false"},
    {"an account that is none", TOP("'account_sid':'AC 1'"), "account_sid: \"AC 1\" is no account id"},
};

static const struct hours_row {
    const char *says, *text;
    uint8_t count;
    struct hours first, last;
} hours_rows[] = {
    {"a time alone is every day", HOURS("'07:00-19:00'"), 1, {ALL_DAYS, 420, 1140}, {ALL_DAYS, 420, 1140}},
    {"overnight", HOURS("'18:00-08:00'"), 1, {ALL_DAYS, 1080, 480}, {ALL_DAYS, 1080, 480}},
    {"days before the time", HOURS("'Mon-Fri 7am to 7:30 pm'"), 1, {WORK_DAYS, 420, 1170}, {WORK_DAYS, 420, 1170}},
    {"a long dash", HOURS("'07:00 \xe2\x80\x93 19:00'"), 1, {ALL_DAYS, 420, 1140}, {ALL_DAYS, 420, 1140}},
    {"whole hours", HOURS("'7-19'"), 1, {ALL_DAYS, 420, 1140}, {ALL_DAYS, 420, 1140}},
    {"midnight at the end", HOURS("'20:00-00:00'"), 1, {ALL_DAYS, 1200, 1440}, {ALL_DAYS, 1200, 1440}},
    {"24:00 at the end", HOURS("'00:00-24:00'"), 1, {ALL_DAYS, 0, 1440}, {ALL_DAYS, 0, 1440}},
    {"noon and midnight in twelve hours", HOURS("'12am-12pm'"), 1, {ALL_DAYS, 0, 720}, {ALL_DAYS, 0, 720}},
    {"an object without days", HOURS("{'from':'07:00','to':'19:00'}"), 1, {ALL_DAYS, 420, 1140}, {ALL_DAYS, 420, 1140}},
    {"start and end", HOURS("{'days':'weekends','start':'07:00','end':'19:00'}"), 1, {96, 420, 1140}, {96, 420, 1140}},
    {"full names and a range over the week's end", HOURS("{'days':['Wednesday','fri-mon'],'from':'07:00','to':'19:00'}"), 1, {117, 420, 1140}, {117, 420, 1140}},
    {"days with commas", HOURS("{'days':'mon, wed,Fri','from':'07:00','to':'19:00'}"), 1, {21, 420, 1140}, {21, 420, 1140}},
    {"a list of either", HOURS("['mon-fri 07:00-19:00',{'days':['sat'],'from':'09:00','to':'12:00'}]"), 2, {WORK_DAYS, 420, 1140}, {32, 540, 720}},
    {"an object by day", HOURS("{'mon':'07:00-19:00','sat-sun':{'from':'9:00','to':'12:00'},'tue':null}"), 2, {1, 420, 1140}, {96, 540, 720}},
    {"always", HOURS("'always'"), 0, {0}, {0}},
    {"true", HOURS("true"), 0, {0}, {0}},
    {"null", HOURS("null"), 0, {0}, {0}},
};
/* clang-format on */

static void each_wrong_row_is_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof wrong_rows / sizeof wrong_rows[0]; i++) {
        const struct wrong_row *r = &wrong_rows[i];

        mistakes_init(&reading.mistakes, reading.arena);
        if (parse(r->text) != ERR_BAD_INPUT || reading.roster || reading.mistakes.count == 0)
            fail_msg("accepted: %s", r->says);
        if (r->want && (reading.mistakes.count != 1 || !strstr(reading_line(0), r->want)))
            fail_msg("not so: %s (%zu, %s; %s)", r->says, reading.mistakes.count, reading_line(0),
                     reading_line(1));
    }
}

static bool same_hours(struct hours a, struct hours b)
{
    return a.days == b.days && a.from_min == b.from_min && a.to_min == b.to_min;
}

static void each_form_of_hours_is_read(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof hours_rows / sizeof hours_rows[0]; i++) {
        const struct hours_row *r = &hours_rows[i];

        if (parse(r->text) != ERR_NONE)
            fail_msg("refused: %s (%s)", r->says, reading_line(0));
        const struct roster_operator *o = &reading.roster->operators[0];
        if (o->hours_count != r->count ||
            (r->count &&
             (!same_hours(o->hours[0], r->first) || !same_hours(o->hours[r->count - 1], r->last))))
            fail_msg("not so: %s", r->says);
    }
}

static void the_example_is_read_whole(void **unused)
{
    const struct span text = read_example("examples/roster.json");
    uint8_t digest[32];

    (void)unused;
    assert_int_equal(roster_file_parse(reading.arena, text, &reading_defaults, &reading.roster,
                                       &reading.mistakes),
                     ERR_NONE);
    assert_string_equal(reading.roster->tenant, "acme");
    assert_string_equal(reading.roster->name, "Acme Hauling");
    assert_string_equal(reading.roster->region, "US");
    assert_string_equal(reading.roster->account_sid, "AC00000000000000000000000000000001");
    assert_string_equal(reading.roster->zone->name, "America/Los_Angeles");
    assert_int_equal(reading.roster->wait_s, 75);
    assert_int_equal(reading.roster->operator_count, 3);
    assert_int_equal(reading.roster->chain_count, 2);
    assert_int_equal(reading.roster->line_count, 1);
    assert_string_equal(reading.roster->chains[reading.roster->lines[0].chain].id, "dispatch");
    assert_int_equal(reading.roster->lines[0].texts_per_second, 1);
    assert_true(reading.roster->lines[0].mms);
    assert_int_equal(reading.roster->lines[0].help.size, 0);
    assert_false(reading.roster->tagged_only);
    assert_true(reading.roster->bare_replies);
    assert_true(reading.roster->operator_menu);
    assert_int_equal(reading.roster->screening, SCREENING_NONE);
    assert_int_equal(reading.roster->operators[0].via_count, 0);
    assert_string_equal(reading.roster->operators[0].phone, "+16195550111");
    assert_ptr_equal(reading.roster->operators[0].zone, reading.roster->zone);
    assert_int_equal(reading.roster->operators[0].hours[0].days, WORK_DAYS);
    assert_int_equal(reading.roster->operators[1].hours[0].to_min, 480);
    assert_int_equal(reading.roster->operators[2].hours_count, 0);
    assert_int_equal(roster_job_route(reading.roster, SPAN("job-1001"))->operators[0], 1);
    roster_publish_digest(text, digest);
    assert_memory_equal(reading.roster->digest, digest, sizeof digest);

    const struct chain *dispatch = &reading.roster->chains[reading.roster->lines[0].chain];
    assert_int_equal(dispatch->step_count, 3);
    assert_int_equal(dispatch->steps[2].ring_s, 20);
    assert_int_equal(dispatch->steps[2].ack_s, 1800);
    assert_int_equal(dispatch->steps[2].operators[0], 2);
    assert_false(dispatch->steps[0].again);
    assert_false(dispatch->steps[1].again);
    assert_true(dispatch->steps[2].again);
}

static void the_four_key_state_file_works_alone(void **unused)
{
    const struct span text = read_example("examples/state-four-keys.json");

    (void)unused;
    assert_int_equal(roster_file_parse(reading.arena, text, &reading_defaults, &reading.roster,
                                       &reading.mistakes),
                     ERR_NONE);
    assert_string_equal(reading.roster->tenant, "default");
    assert_string_equal(reading.roster->account_sid, "AC1");
    assert_string_equal(reading.roster->lines[0].number, "+16195550100");
    assert_string_equal(reading.roster->chains[reading.roster->lines[0].chain].id,
                        "fallback_chain");
    assert_int_equal(reading.roster->operator_count, 4);
    assert_string_equal(reading.roster->operators[2].id, "owner");
    assert_string_equal(reading.roster->operators[3].id, "answering-service");
    assert_string_equal(reading.roster->operators[3].phone, "+16195550114");
    assert_int_equal(reading.roster->chains[0].step_count, 4);
    assert_int_equal(reading.roster->chains[0].steps[3].operators[0], 3);
    assert_int_equal(reading.roster->chains[0].steps[3].ring_s, 15);
    assert_int_equal(reading.roster->chains[0].steps[3].ack_s, 900);
    assert_int_equal(reading.roster->operators[0].hours[0].from_min, 420);
    assert_int_equal(reading.roster->route_count, 1);
    assert_string_equal(reading.roster->zone->name, "UTC");
    assert_int_equal(reading.roster->lines[0].texts_per_second, 1);
    assert_true(reading.roster->lines[0].mms);
    assert_true(reading.roster->bare_replies);
    assert_false(reading.roster->chains[0].steps[2].again);
    assert_true(reading.roster->chains[0].steps[3].again);
}

static void the_state_file_needs_the_line_and_the_account(void **unused)
{
    struct roster_defaults bare = reading_defaults;

    (void)unused;
    bare.from_number = bare.account_sid = NULL;
    assert_int_equal(reading_parse(TOP("'x':1"), &bare), ERR_BAD_INPUT);
    assert_int_equal(reading.mistakes.count, 2);
    assert_non_null(strstr(reading_line(0), "TWILIO_ACCOUNT_SID"));
    assert_non_null(strstr(reading_line(1), "TWILIO_FROM_NUMBER"));
}

static void numbers_need_a_country_from_somewhere(void **unused)
{
    struct roster_defaults british = reading_defaults;

    (void)unused;
    british.from_number = "+442079460100";
    assert_int_equal(reading_parse("{'dispatchers':[{'id':'a','phone':'020 7946 0111'}],"
                                   "'fallback_chain':['a']}",
                                   &british),
                     ERR_BAD_INPUT);
    assert_non_null(strstr(reading_line(0), "has no country code"));
    mistakes_init(&reading.mistakes, reading.arena);
    british.region = "GB";
    assert_int_equal(reading_parse("{'dispatchers':[{'id':'a','phone':'020 7946 0111'}],"
                                   "'fallback_chain':['a']}",
                                   &british),
                     ERR_NONE);
    assert_string_equal(reading.roster->operators[0].phone, "+442079460111");
}

static void a_name_that_two_have_means_neither(void **unused)
{
    (void)unused;
    assert_int_equal(parse("{'dispatchers':[{'id':'a','name':'Night','phone':'619 555 0111'},"
                           "{'id':'b','name':'Night','phone':'619 555 0112'}],"
                           "'fallback_chain':['night']}"),
                     ERR_BAD_INPUT);
    assert_int_equal(reading.mistakes.count, 1);
    assert_non_null(strstr(reading_line(0), "several operators are called \"night\"; use the id"));
}

static void people_without_ids_get_different_ones(void **unused)
{
    (void)unused;
    assert_int_equal(parse("{'dispatchers':[{'name':'Night','phone':'619 555 0111'},"
                           "{'name':'Night','phone':'619 555 0112'},"
                           "{'id':'night','name':'Day','phone':'619 555 0113'}],"
                           "'fallback_chain':['night-2']}"),
                     ERR_NONE);
    assert_string_equal(reading.roster->operators[0].id, "night-2");
    assert_string_equal(reading.roster->operators[1].id, "night-3");
}

static void references_become_indexes(void **unused)
{
    (void)unused;
    if (parse("{'dispatchers':[{'id':7,'name':'One','phone':'619 555 0111','email':'x',"
              "'phone2':'-','note':'n'},{'name':'Two','phone':'619 555 0112'},"
              "{'phone':'619 555 0113','prealert':'missed "
              "only','caller_id':'line','last_resort':true,"
              "'time_zone':'Europe/London'}],'jobs':[],"
              "'fallback_chain':[7,'TWO','(619) 555-0113','619-555-0114',"
              "{'name':'One','phone':'+16195550111','ring_seconds':20,'ack_seconds':60},"
              "{'operators':['7','two'],'how':'strict'},{'id':'7','ring_seconds':30}],"
              "'chains':{'x':['two',{'operator':'One'}]},"
              "'job_routing':{'j2':7,'j1':{'dispatcher':'+16195550113'}}}"))
        fail_msg("refused: %s", reading_line(0));
    static const uint16_t first[] = {0, 1, 2, 3, 0, 0, 0};
    const struct chain *chain = &reading.roster->chains[0];

    assert_int_equal(reading.roster->operator_count, 4);
    assert_int_equal(chain->step_count, 7);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(chain->steps[i].operators[0], first[i]);
    assert_int_equal(chain->steps[4].ring_s, 20);
    assert_int_equal(chain->steps[4].ack_s, 60);
    assert_int_equal(chain->steps[5].operator_count, 2);
    assert_int_equal(chain->steps[6].ring_s, 30);
    assert_int_equal(reading.roster->chains[1].steps[1].operators[0], 0);
    assert_string_equal(reading.roster->operators[1].id, "two");
    assert_string_equal(reading.roster->operators[2].name, "+16195550113");
    assert_int_equal(reading.roster->operators[2].prealert, PREALERT_MISSED);
    assert_int_equal(reading.roster->operators[2].caller_id, CALLER_ID_LINE);
    assert_int_equal(reading.roster->operators[0].caller_id, CALLER_ID_CUSTOMER);
    assert_true(reading.roster->operators[2].last_resort);
    assert_string_equal(reading.roster->operators[2].zone->name, "Europe/London");
    assert_string_equal(reading.roster->operators[3].name, "(619) 555-0114");
    assert_int_equal(roster_job_route(reading.roster, SPAN("j1"))->operators[0], 2);
    assert_int_equal(roster_job_route(reading.roster, SPAN("j2"))->operators[0], 0);
}

static void a_step_that_is_unsure_goes_on_but_for_the_last(void **unused)
{
    (void)unused;
    static const struct row {
        const char *says, *chain;
        int count;
        bool again[3];
    } rows[] = {
        /* clang-format off */
        {"one step alone is the last", "'a'", 1, {true}},
        {"the last of two", "'a',{'operators':['b']}", 2, {false, true}},
        {"what is said counts", "{'id':'a','on_unsure':'send-again'},{'id':'b','on_unsure':'next'}", 2, {true, false}},
        {"what is said, though it is so anyway", "{'id':'a','on_unsure':'next'},{'id':'b','on_unsure':'send-again'}", 2, {false, true}},
        {"null says nothing", "{'id':'a','on_unsure':null},{'id':'b','on_unsure':null}", 2, {false, true}},
        {"of contacts", "{'phone':'+16195550118','on_unsure':'send-again'},'a',{'phone':'+16195550119'}", 3, {true, false, true}},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (parse(arena_printf(reading.arena, DOC("'fallback_chain':[%s]"), rows[i].chain)) !=
            ERR_NONE)
            fail_msg("refused: %s (%s)", rows[i].says, reading_line(0));
        const struct chain *c = &reading.roster->chains[0];
        for (int k = 0; k < c->step_count; k++)
            if (c->step_count != rows[i].count || c->steps[k].again != rows[i].again[k])
                fail_msg("not so: %s, step %d", rows[i].says, k + 1);
    }
}

static void a_tenant_may_demand_the_mark(void **unused)
{
    (void)unused;
    assert_int_equal(parse(TOP("'acknowledge_needs_tag':true,'bare_replies':false")), ERR_NONE);
    assert_true(reading.roster->tagged_only);
    assert_false(reading.roster->bare_replies);
    assert_int_equal(parse(TOP("'acknowledge_needs_tag':false,'bare_replies':true")), ERR_NONE);
    assert_false(reading.roster->tagged_only);
    assert_true(reading.roster->bare_replies);
    assert_int_equal(parse(TOP("'acknowledge_needs_tag':null,'bare_replies':null")), ERR_NONE);
    assert_false(reading.roster->tagged_only);
    assert_true(reading.roster->bare_replies);
}

static void every_mistake_is_listed_with_its_place(void **unused)
{
    static const char *const want[] = {
        "r.json:3:31: dispatchers[0].phone: \"12\" is an emergency or short number",
        "r.json:4:52: dispatchers[1].on_call: \"late\" is no shift",
        "r.json:6:38: chains.x[0].operators[0]: \"c\" is no operator",
        "r.json:6:61: chains.x[0].ring_seconds: 3 is no whole number",
        "r.json:7:50: lines[0].chain: \"y\" is no chain",
    };

    (void)unused;
    assert_int_equal(parse("{\n"
                           " 'dispatchers': [\n"
                           "  { 'id': 'primary', 'phone': '12' },\n"
                           "  { 'id': 'b', 'phone': '+16195550112', 'on_call': 'late' }\n"
                           " ],\n"
                           " 'chains': { 'x': [ { 'operators': [ 'c' ], 'ring_seconds': 3 } ] },\n"
                           " 'lines': [ { 'number': '+16195550100', 'chain': 'y' } ]\n"
                           "}\n"),
                     ERR_BAD_INPUT);
    assert_int_equal(reading.mistakes.count, 5);
    for (size_t i = 0; i < 5; i++)
        if (strncmp(reading_line(i), want[i], strlen(want[i])) != 0)
            fail_msg("not so: %s, but %s", want[i], reading_line(i));
}

static void lists_end_at_their_limits(void **unused)
{
    struct buf b = buf_in(reading.arena, 1 << 20);

    (void)unused;
    buf_add_text(&b, "{'dispatchers':[");
    for (int i = 0; i <= LIMIT_OPERATORS; i++)
        buf_printf(&b, "%s{'id':'o%d','phone':'+1619555%04d'}", i ? "," : "", i, 1000 + i);
    buf_add_text(&b, "],'fallback_chain':[");
    for (int i = 0; i <= LIMIT_STEPS; i++)
        buf_printf(&b, "%s'o%d'", i ? "," : "", i);
    buf_add_text(&b, "]}");
    assert_int_equal(parse(b.data), ERR_BAD_INPUT);
    assert_int_equal(reading.mistakes.count, 2);
    assert_non_null(strstr(reading_line(0), "dispatchers[200]: is one too many: 200 operators"));
    assert_non_null(strstr(reading_line(1), "fallback_chain: has 17 steps; 16 are the limit"));
}

static void no_more_mistakes_are_listed_than_the_limit(void **unused)
{
    struct buf b = buf_in(reading.arena, 1 << 20);

    (void)unused;
    buf_add_text(&b, "{'dispatchers':[");
    for (int i = 0; i < LIMIT_MISTAKES + 20; i++)
        buf_printf(&b, "%s{'id':'o%d'}", i ? "," : "", i);
    buf_add_text(&b, "],'fallback_chain':['o0']}");
    assert_int_equal(parse(b.data), ERR_BAD_INPUT);
    assert_int_equal(reading.mistakes.count, LIMIT_MISTAKES);
    assert_int_equal(reading.mistakes.more, 20);
}

static void a_document_above_the_limit_is_not_read(void **unused)
{
    char *text = arena_alloc(reading.arena, LIMIT_ROSTER_BYTES + 1);

    (void)unused;
    memset(text, ' ', LIMIT_ROSTER_BYTES + 1);
    assert_int_equal(roster_file_parse(reading.arena, (struct span){text, LIMIT_ROSTER_BYTES + 1},
                                       &reading_defaults, &reading.roster, &reading.mistakes),
                     ERR_FULL);
    assert_int_equal(reading.mistakes.count, 1);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, reading_set_up, reading_tear_down)

static void a_day_has_a_budget(void **unused)
{
    (void)unused;
    assert_int_equal(parse(TOP("'wait_seconds':75")), ERR_NONE);
    assert_int_equal(reading.roster->budget.texts_per_day, 10000);
    assert_int_equal(reading.roster->budget.calls_per_day, 2000);
    assert_int_equal(reading.roster->budget.texts_per_number_per_day, 500);
    assert_int_equal(reading.roster->keep_recordings_days,
                     0); /* as the defaults of this test say */
    assert_int_equal(parse(TOP("'budget':{'texts_per_day':7,'texts_per_number_per_day':0},"
                               "'keep_recordings_days':30")),
                     ERR_NONE);
    assert_int_equal(reading.roster->budget.texts_per_day, 7);
    assert_int_equal(reading.roster->budget.calls_per_day, 2000);
    assert_int_equal(reading.roster->budget.texts_per_number_per_day, 0);
    assert_int_equal(reading.roster->keep_recordings_days, 30);
}

static void who_comes_on_may_be_texted(void **unused)
{
    (void)unused;
    static const struct row {
        const char *says, *top;
        bool texts;
        int confirm_s;
    } rows[] = {
        {"nothing is said", "'x':1", false, 900},
        {"null says nothing", "'shift_texts':null", false, 900},
        {"no", "'shift_texts':false", false, 900},
        {"yes, with the usual time", "'shift_texts':true", true, 900},
        {"the least time", "'shift_texts':true,'shift_confirm_seconds':60", true, 60},
        {"the most", "'shift_confirm_seconds':86400,'shift_texts':true", true, 86400},
        {"a time alone texts nobody", "'shift_confirm_seconds':120", false, 120},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (parse(arena_printf(reading.arena, TOP("%s"), rows[i].top)) != ERR_NONE)
            fail_msg("refused: %s (%s)", rows[i].says, reading_line(0));
        if (reading.roster->shift_texts != rows[i].texts ||
            reading.roster->shift_confirm_s != rows[i].confirm_s)
            fail_msg("not so: %s (%d s)", rows[i].says, (int)reading.roster->shift_confirm_s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_day_has_a_budget),
        CASE(who_comes_on_may_be_texted),
        CASE(each_wrong_row_is_refused),
        CASE(each_form_of_hours_is_read),
        CASE(the_example_is_read_whole),
        CASE(the_four_key_state_file_works_alone),
        CASE(the_state_file_needs_the_line_and_the_account),
        CASE(numbers_need_a_country_from_somewhere),
        CASE(a_name_that_two_have_means_neither),
        CASE(people_without_ids_get_different_ones),
        CASE(references_become_indexes),
        CASE(a_step_that_is_unsure_goes_on_but_for_the_last),
        CASE(a_tenant_may_demand_the_mark),
        CASE(every_mistake_is_listed_with_its_place),
        CASE(lists_end_at_their_limits),
        CASE(no_more_mistakes_are_listed_than_the_limit),
        CASE(a_document_above_the_limit_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
