#include "openapi/openapi_taken.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define FIELDS (const struct openapi_nouns_field[])
#define END     \
    {           \
        0, 0, 0 \
    }

/* clang-format off */
const struct openapi_nouns openapi_taken[] = {
    {"Actor", "who acts", FIELDS{
        {"operator?", "text?", "whose deed it is; without, whoever is signed in, or the office"},
        END}, NULL},
    {"CallBack", "whose phone rings first", FIELDS{
        {"operator?", "text?", NULL}, END}, NULL},
    {"Reply", "a text to the customer", FIELDS{
        {"body", "text", "up to 1500 characters"},
        {"operator?", "text?", NULL}, END}, NULL},
    {"AnyReply", "a reply to a thread, or by the mark that an operator has for it", FIELDS{
        {"thread?", "text?", NULL}, {"tag?", "text?", NULL}, {"operator?", "text?", NULL},
        {"body", "text", NULL}, END}, NULL},
    {"NewPerson", "somebody named on a job", FIELDS{
        {"name?", "text?", NULL}, {"phone", "text", NULL}, {"language?", "text?", NULL}, END}, NULL},
    {"NewJob", "a job; docs/jobs.md tells each field", FIELDS{
        {"job_id", "text", NULL},
        {"state?", "pending|assigned|in-progress|completed|cancelled", NULL},
        {"title?", "text?", NULL}, {"notes?", "text?", NULL}, {"customer_phone?", "text?", NULL},
        {"customer_name?", "text?", NULL}, {"address?", "text?", NULL},
        {"language?", "text?", NULL}, {"priority?", "text?", NULL}, {"operator?", "text?", NULL},
        {"line?", "text?", NULL}, {"crew?", "[NewPerson]", NULL},
        {"stakeholders?", "[NewPerson]", NULL}, {"claim_seconds?", "number", NULL},
        {"progress_seconds?", "number", NULL}, END}, NULL},
    {"JobChange", "what changes, or where it goes", FIELDS{
        {"action?", "text", "assign, claim, start, complete, ..."},
        {"by?", "text", NULL},
        {"to?", "text", "to whom it is handed"},
        {"note?", "text", NULL}, {"state?", "text", NULL}, {"title?", "text?", NULL},
        {"notes?", "text?", NULL}, {"customer_phone?", "text?", NULL},
        {"customer_name?", "text?", NULL}, {"address?", "text?", NULL},
        {"language?", "text?", NULL}, {"priority?", "text?", NULL}, {"operator?", "text?", NULL},
        {"line?", "text?", NULL}, {"crew?", "[NewPerson]", NULL},
        {"stakeholders?", "[NewPerson]", NULL}, {"claim_seconds?", "number", NULL},
        {"progress_seconds?", "number", NULL}, END}, NULL},
    {"PreviewAsk", "a script that is to be heard", FIELDS{
        {"name", "inbound_routing|screen|voicemail|closed", NULL},
        {"text?", "text?", "without: the one in force"},
        {"fields?", "{text}", "business, caller, caller_name, job, line, operator, time"},
        END}, NULL},
    {"Forget", "who shall be erased", FIELDS{
        {"number", "text", "in full: +16195550123"}, {"confirm?", "text?", "the number again"},
        {"next?", "text?", "of the answer before"}, END}, NULL},
    {"TokenAsk", "a token that is to be made", FIELDS{
        {"tenant?", "text?", "* for every one"},
        {"role", "viewer|dispatcher|admin", NULL}, {"name?", "text?", NULL}, END}, NULL},
    {"NewTenant", "a business that is to be served", FIELDS{
        {"slug", "text", NULL}, {"name?", "text?", NULL}, {"account?", "text?", "the host's without"},
        {"weight?", "text?", NULL}, {"texts_a_day?", "text?", "a number, or none"},
        {"calls_a_day?", "text?", NULL}, END}, NULL},
    {"TenantTerms", "what changes of its terms", FIELDS{
        {"name?", "text?", NULL}, {"account?", "text?", NULL}, {"weight?", "text?", NULL},
        {"texts_a_day?", "text?", "a number, or none"}, {"calls_a_day?", "text?", NULL},
        {"state?", "text?", "active or suspended"}, END}, NULL},
    {"TenantSecret", "one of its secrets at the carrier", FIELDS{
        {"name", "auth_token|auth_token_2|api_key|api_secret|alarm_secret", NULL},
        {"value?", "text?", "without one it is taken away"}, END}, NULL},
    {"TenantLeaves", "that it shall be deleted", FIELDS{
        {"confirm", "text", "its name again"}, {"keep_recordings?", "bool", "at the carrier"},
        {"number?", "text?", "for the proof"}, {"account?", "text?", NULL}, END}, NULL},
    {"NewUser", "somebody who shall sign in", FIELDS{
        {"tenant?", "text?", NULL}, {"login", "text", NULL}, {"name?", "text?", NULL},
        {"role", "viewer|dispatcher|admin", NULL}, {"operator?", "text?", NULL}, END}, NULL},
    {"UserChange", "what changes of him", FIELDS{
        {"name?", "text?", NULL}, {"role?", "text?", NULL}, {"operator?", "text?", NULL},
        {"is_disabled?", "bool", NULL}, END}, NULL},
    {"SignIn", "who signs in, by password or by the code that was texted", FIELDS{
        {"login", "text", NULL}, {"password?", "text", NULL}, {"code?", "text", NULL}, END}, NULL},
    {"CodeAsk", "who wants a code", FIELDS{
        {"login", "text", NULL}, END}, NULL},
    {"DutyWord", "what he says of his own duty", FIELDS{
        {"state", "on|off|away|hours", NULL},
        {"until?", "text?", "an instant"},
        END}, NULL},
    {"Passwords", "the one that is, and another", FIELDS{
        {"old", "text", NULL}, {"new", "text", NULL}, END}, NULL},
    {"SetUpToken", "out of the link", FIELDS{
        {"token", "text", NULL}, END}, NULL},
    {"SetUp", "the first password", FIELDS{
        {"token", "text", NULL}, {"password", "text", NULL}, END}, NULL},
    {"RosterEdit", "a roster in place of the one in force", FIELDS{
        {"document", "any", NULL},
        {"note?", "text", "what for"},
        END}, NULL},
    {"RestoreAsk", "what for", FIELDS{
        {"note?", "text", NULL}, END}, NULL},
    {"ChainEdit", "its steps", FIELDS{
        {"steps", "[any]", "as the roster has them"},
        {"note?", "text", NULL}, END}, NULL},
    {"OperatorEdit", "members as the roster has them; null takes one out", FIELDS{
        {"id?", "text", NULL}, {"name?", "text?", NULL}, {"phone?", "text?", NULL},
        {"on_call?", "any", NULL}, {"time_zone?", "text?", NULL},
        {"ring_seconds?", "number?", NULL}, {"prealert?", "text?", NULL},
        {"accept?", "text?", NULL}, {"caller_id?", "text?", NULL}, {"last_resort?", "bool", NULL},
        {"calendar?", "any", NULL}, {"vacations?", "any", NULL}, {"note?", "text", NULL}, END}, NULL},
    {"NewOverride", "somebody on or off duty for some time", FIELDS{
        {"operator", "text", NULL},
        {"from", "text", "an instant, or the business's own time"},
        {"to", "text", NULL}, {"is_on?", "bool", NULL}, {"instead_of?", "text", NULL},
        {"note?", "text", NULL}, END}, NULL},
    {"LineEdit", "members as the roster has them", FIELDS{
        {"chain?", "text", NULL}, {"texts_per_second?", "number?", NULL},
        {"relays_per_minute?", "number?", NULL}, {"mms?", "bool", NULL}, {"help?", "text?", NULL},
        {"note?", "text", NULL}, END}, NULL},
};
/* clang-format on */

const size_t openapi_taken_count = COUNT(openapi_taken);
