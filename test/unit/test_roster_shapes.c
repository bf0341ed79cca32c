#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "config/roster_file.h"

/* The plain state file of four keys, in every combination of the shapes that people write. Ann has
 * +16195550111 and hours from 07:00 to 19:00 or none, Bob has +16195550112; the chain is Ann, Bob;
 * job-1 is Bob's. All are written with ' for ". */
struct shape {
    const char *says, *text;
};

/* clang-format off */
static const struct shape phones[] = {
    {"E.164",                      "'phone': '+16195550111'"},
    {"without the country's code", "'phone': '6195550111'"},
    {"with dashes",                "'phone': '619-555-0111'"},
    {"in brackets",                "'phone': '(619) 555-0111'"},
    {"with the country's digit",   "'phone': '1 619 555 0111'"},
    {"with blanks around it",      "'phone': ' +1 619 555 0111 '"},
    {"a number",                   "'phone': 6195550111"},
    {"a number with its code",     "'phone': 16195550111"},
    {"by another name",            "'phone_number': '+1-619-555-0111'"},
    {"and by a third one",         "'number': '619.555.0111'"},
};
static const struct shape hours[] = {
    {"absent",          ""},
    {"null",            ", 'hours': null"},
    {"always",          ", 'hours': 'always'"},
    {"a text",          ", 'hours': '07:00-19:00'"},
    {"a plain text",    ", 'on_call_hours': '7am - 7pm'"},
    {"a long dash",     ", 'hours': '7:00\xe2\x80\x93" "19:00'"},
    {"an object",       ", 'hours': {'from': '07:00', 'to': '19:00'}"},
    {"start and end",   ", 'on_call': {'start': '07:00', 'end': '19:00'}"},
    {"with its days",   ", 'hours': {'days': ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], 'from': '07:00', 'to': '19:00'}"},
    {"by day",          ", 'on_call': {'mon-fri': '07:00-19:00', 'sat': '07:00-19:00', 'sun': '07:00-19:00'}"},
    {"a list of texts", ", 'hours': ['weekdays 07:00-19:00', 'weekends 07:00-19:00']"},
    {"a list of objects", ", 'hours': [{'from': '07:00', 'to': '13:00'}, {'from': '13:00', 'to': '19:00'}]"},
};
static const struct shape chains[] = {
    {"ids",                  "['ann', 'bob']"},
    {"names",                "['Ann Lee', 'Bob']"},
    {"numbers",              "['+16195550111', '619-555-0112']"},
    {"objects of ids",       "[{'id': 'ann'}, {'id': 'bob'}]"},
    {"objects of names",     "[{'name': 'Ann Lee'}, {'name': 'Bob'}]"},
    {"name and phone",       "[{'name': 'Ann Lee', 'phone': '619-555-0111'}, {'name': 'Bob', 'phone': '+16195550112'}]"},
    {"name and a number",    "[{'name': 'Ann Lee', 'phone': 6195550111}, {'name': 'Bob', 'phone': 16195550112}]"},
    {"id, name and phone",   "[{'id': 'ann', 'name': 'Ann Lee', 'phone': '+16195550111'}, 'bob']"},
    {"a word and an object", "['ann', {'dispatcher': 'bob'}]"},
    {"lists",                "[{'operators': ['ann', 'bob']}]"},
};
static const struct shape routes[] = {
    {"by id",         "{'job-1': 'bob'}"},
    {"by name",       "{'job-1': 'Bob', 'job-2': null}"},
    {"by number",     "{'job-1': '+16195550112'}"},
    {"an object",     "{'job-1': {'dispatcher': 'bob'}}"},
    {"operator",      "{'job-1': {'operator': 'Bob'}}"},
    {"id",            "{'job-1': {'id': 'bob'}, 'job-2': null}"},
};
/* clang-format on */
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static struct arena *arena;
static struct mistakes mistakes;

static const struct roster *parse(const char *phone, const char *hour, const char *chain,
                                  const char *route)
{
    static const struct roster_defaults defaults = {.file = "state.json",
                                                    .ring_s = 15,
                                                    .ack_s = 900,
                                                    .from_number = "+16195550100",
                                                    .account_sid = "AC1"};
    const struct roster *roster = NULL;
    char *json = arena_printf(arena,
                              "{\n'dispatchers': [{'id': 'ann', 'name': 'Ann Lee', %s%s},\n"
                              " {'id': 'bob', 'name': 'Bob', 'phone': '+16195550112'}],\n"
                              "'fallback_chain': %s,\n'job_routing': %s,\n"
                              "'last_updated': '2026-11-20T18:00:00Z'\n}",
                              phone, hour, chain, route);

    for (char *c = json; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    mistakes_init(&mistakes, arena);
    (void)!roster_file_parse(arena, span_of(json), &defaults, &roster, &mistakes);
    return roster;
}

static bool is_meant(const struct roster *r, bool has_hours)
{
    const struct roster_operator *ann = &r->operators[0];
    int day_minutes = 0;

    for (int i = 0; i < ann->hours_count; i++)
        for (int day = 0; day < 7; day++)
            if ((ann->hours[i].days >> day) & 1)
                day_minutes += ann->hours[i].to_min - ann->hours[i].from_min;
    return r->operator_count == 2 && strcmp(ann->phone, "+16195550111") == 0 &&
           strcmp(ann->id, "ann") == 0 && strcmp(r->operators[1].id, "bob") == 0 &&
           day_minutes == (has_hours ? 7 * 12 * 60 : 0) && r->chain_count == 1 &&
           r->chains[0].steps[0].operators[0] == 0 &&
           r->chains[0]
                   .steps[r->chains[0].step_count - 1]
                   .operators[r->chains[0].steps[0].operator_count - 1] == 1 &&
           r->route_count == 1 && r->routes[0].operators[0] == 1 &&
           r->routes[0].operator_count == 1 && strcmp(r->region, "US") == 0;
}

static void every_combination_is_read_as_it_is_meant(void **unused)
{
    (void)unused;
    for (size_t p = 0; p < COUNT(phones); p++)
        for (size_t h = 0; h < COUNT(hours); h++)
            for (size_t c = 0; c < COUNT(chains); c++)
                for (size_t j = 0; j < COUNT(routes); j++) {
                    arena_reset(arena);
                    const struct roster *r =
                        parse(phones[p].text, hours[h].text, chains[c].text, routes[j].text);
                    if (!r || !is_meant(r, h >= 3))
                        fail_msg("phone %s, hours %s, chain %s, job %s: %s", phones[p].says,
                                 hours[h].says, chains[c].says, routes[j].says,
                                 r ? "read otherwise"
                                   : mistakes_line(arena, &mistakes.list[0]).data);
                }
}

/* Each mistake has its place and what mends it. */
static void what_is_wrong_is_told_with_its_mend(void **unused)
{
    /* clang-format off */
    static const struct {
        const char *phone, *hours, *chain, *route, *want;
    } rows[] = {
        {"'phone': '911'", "", "['ann']", "{}", "state.json:2:59: dispatchers[0].phone: \"911\" is an emergency or short number, which is never dialled; give a person's full number, e.g. \"+16195550111\""},
        {"'phone': 911", "", "['ann']", "{}", "is an emergency or short number"},
        {"'phone': '555-0111'", "", "['ann']", "{}", "is too short; give a full number, e.g. \"+16195550111\""},
        {"'phone': 61955501.5", "", "['ann']", "{}", "dispatchers[0].phone: "},
        {"'phone': -6195550111", "", "['ann']", "{}", "dispatchers[0].phone: "},
        {"'phone': ['+16195550111']", "", "['ann']", "{}", "dispatchers[0].phone: "},
        {"'phone': true", "", "['ann']", "{}", "dispatchers[0].phone: "},
        {"'phon': '+16195550111'", "", "['ann']", "{}", "\"phone\""},
        {"'phone': '+16195550111'", ", 'hours': '7 to late'", "['ann']", "{}", "dispatchers[0].hours: \"7 to late\" is no shift; write \"07:00-19:00\""},
        {"'phone': '+16195550111'", ", 'hours': {'from': '07:00'}", "['ann']", "{}", "dispatchers[0].hours"},
        {"'phone': '+16195550111'", ", 'hours': 7", "['ann']", "{}", "is a number; give \"07:00-19:00\""},
        {"'phone': '+16195550111'", "", "['an']", "{}", "state.json:4:20: fallback_chain[0]: \"an\" is no operator; did you mean \"ann\"?"},
        {"'phone': '+16195550111'", "", "[{'name': 'Carl'}]", "{}", "\"Carl\" is no operator; add him to \"dispatchers\""},
        {"'phone': '+16195550111'", "", "[]", "{}", "fallback_chain: is empty, so nobody would be rung"},
        {"'phone': '+16195550111'", "", "'ann'", "{}", "fallback_chain: "},
        {"'phone': '+16195550111'", "", "['ann']", "{'job-1': 'bib'}", "job_routing.job-1: \"bib\" is no operator; did you mean \"bob\"?"},
        {"'phone': '+16195550111'", "", "['ann']", "{'job-1': {}}", "names nobody; give the dispatcher's id"},
        {"'phone': '+16195550111'", "", "['ann']", "['bob']", "job_routing: "},
    };
    /* clang-format on */

    (void)unused;
    for (size_t i = 0; i < COUNT(rows); i++) {
        arena_reset(arena);
        const struct roster *r = parse(rows[i].phone, rows[i].hours, rows[i].chain, rows[i].route);
        const char *got =
            mistakes.count ? mistakes_line(arena, &mistakes.list[0]).data : "no mistake";
        if (r || !strstr(got, rows[i].want))
            print_error("row %zu: %s\n", i, got);
        assert_null(r);
        assert_non_null(strstr(got, rows[i].want));
    }
}

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(1 << 16);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_combination_is_read_as_it_is_meant, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_told_with_its_mend, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
