#include "openapi/openapi_paths.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define LIST "limit after"
/* clang-format off */
#define GET(path_, query_, answer_)                                                            \
    {ROUTE_GET, path_, OPENAPI_PLAIN, query_, NULL, 200, answer_}
#define ACT(path_, body_, status_, answer_)                                                    \
    {ROUTE_POST, path_, OPENAPI_ONCE, NULL, body_, status_, answer_}
#define POST(path_, body_, status_, answer_)                                                   \
    {ROUTE_POST, path_, OPENAPI_PLAIN, NULL, body_, status_, answer_}
/* Of the roster: tried first, saved then. */
#define EDIT(method_, path_, body_)                                                            \
    {method_, path_, OPENAPI_EDIT, "dry_run", body_, 200, "Edited/Trial"}

static const struct openapi_paths_query queries[] = {
    {"limit",    "number", "rows of a page, 1 to 500"},
    {"after",    "text",   "'next' of the page before; of the stream, a cursor"},
    {"state",    "text",   "rows in that state"},
    {"thread",   "id",     "rows of that thread"},
    {"job",      "text",   "rows of that job"},
    {"sid",      "text",   "rows of the carrier's id"},
    {"operator", "text",   "rows of that operator"},
    {"owner",    "text",   "rows of whoever has them"},
    {"customer", "text",   "rows of that phone number"},
    {"kind",     "text",   "rows of that kind"},
    {"alarm",    "text",   "1: alarms alone"},
    {"q",        "text",   "words that are looked for"},
    {"since",    "text",   "rows from that instant on"},
    {"until",    "text",   "rows before that instant"},
    {"partial",  "text",   "1: leaves out those with mistakes"},
    {"dry_run",  "text",   "1: tells what the edit would do, and does nothing"},
    {"from",     "text",   "beginning of the time that is meant"},
    {"to",       "text",   "its end"},
    {"at",       "text",   "the instant that is meant; now without"},
    {"days",     "number", "how many days"},
    {"line",     "text",   "of one number of the business"},
    {"part",     "number", "which of the tables, from 0"},
    {"format",   "text",   "of the answer, where it has several"},
    {"table",    "by_day|by_operator|missed|spend", "which table, as CSV"},
};

static const struct openapi_paths rows[] = {
    GET("/webhook/twilio/operator-availability", "line job", "Availability"),
    POST("/webhook/twilio/operator-availability", NULL, 200, "Availability"),
    ACT("/sms/reply", "AnyReply", 202, "MessageMade"),
    GET("/sms/dispatch-status/{job_id}", LIST " state", "JobRelays"),
    GET("/api/jobs/{job_id}/call-status", LIST " state", "JobCalls"),
    GET("/api/jobs/{job_id}/message-status", LIST " state", "JobMessages"),
    GET("/api/v1/board", NULL, "Board"),
    GET("/api/v1/stream", "after", "@text/event-stream"),
    GET("/api/v1/tenants", NULL, "page TenantRow"),

    GET("/api/v1/jobs", LIST " state customer operator", "JobPage"),
    ACT("/api/v1/jobs", "NewJob", 201, "Job"),
    {ROUTE_POST, "/api/v1/jobs/import", OPENAPI_ONCE, "partial", "[NewJob]", 200, "JobsImported"},
    GET("/api/v1/jobs/{job_id}", NULL, "Job"),
    {ROUTE_PATCH, "/api/v1/jobs/{job_id}", OPENAPI_EDIT, NULL, "JobChange", 200, "Job"},
    GET("/api/v1/jobs/{job_id}/log", LIST, "page JobNews"),

    GET("/api/v1/threads", LIST " state line owner job q", "page Thread"),
    GET("/api/v1/threads/{id}", NULL, "Thread"),
    GET("/api/v1/threads/{id}/log", LIST, "page Event"),
    GET("/api/v1/threads/{id}/timeline", LIST, "page TimelineMessage/TimelineCall/TimelineEvent/TimelineJob"),
    ACT("/api/v1/threads/{id}/reply", "Reply", 202, "MessageMade"),
    ACT("/api/v1/threads/{id}/call", "CallBack", 202, "MessageMade"),
    ACT("/api/v1/threads/{id}/close", "Actor", 200, "ThreadMade"),
    ACT("/api/v1/threads/{id}/reopen", "Actor", 200, "ThreadMade"),
    GET("/api/v1/relays", LIST " state thread job", "page Relay"),
    GET("/api/v1/relays/{id}", NULL, "Relay"),
    ACT("/api/v1/relays/{id}/ack", "Actor", 200, "RelayMade"),
    ACT("/api/v1/relays/{id}/pass", "Actor", 200, "RelayMade"),

    GET("/api/v1/calls", LIST " state thread job sid operator line", "page Call"),
    GET("/api/v1/calls/{id}", NULL, "CallWithLegs"),
    GET("/api/v1/calls/{id}/recording", NULL, "@audio/*"),
    GET("/api/v1/call-events", LIST " thread job sid", "page CallEvent"),
    GET("/api/v1/messages", LIST " state thread job sid operator kind line", "page Message"),
    GET("/api/v1/messages/{id}", NULL, "Message"),
    GET("/api/v1/messages/{id}/media/{n}", NULL, "@*/*"),
    GET("/api/v1/deliveries", LIST " state thread job operator kind line since until", "page Delivery"),
    GET("/api/v1/duties", LIST " state", "page SaidDuty"),
    GET("/api/v1/consents", LIST " state", "page Consent"),
    GET("/api/v1/events", LIST " thread kind alarm operator from to q", "EventPage"),
    GET("/api/v1/events/export", "from to format", "@application/jsonl"),
    GET("/api/v1/events/verify", "from to", "Verified"),
    POST("/api/v1/forget", "Forget", 200, "Seen/Forgotten"),
    GET("/api/v1/outbox", LIST " state", "page Outgoing"),

    GET("/api/v1/reports", "from to line format table", "Report"),
    GET("/api/v1/scripts", NULL, "Scripts"),
    POST("/api/v1/scripts/preview", "PreviewAsk", 200, "Preview"),
    GET("/api/v1/doctor", NULL, "Findings"),
    GET("/api/v1/health", NULL, "Health"),

    GET("/api/v1/roster", NULL, "Roster"),
    EDIT(ROUTE_PUT, "/api/v1/roster", "RosterEdit"),
    GET("/api/v1/rosters", LIST " state", "page RosterVersion"),
    GET("/api/v1/rosters/{version}", NULL, "RosterText"),
    EDIT(ROUTE_POST, "/api/v1/rosters/{version}/restore", "RestoreAsk"),
    GET("/api/v1/chains", NULL, "Chains"),
    GET("/api/v1/chains/{id}", NULL, "Chain"),
    EDIT(ROUTE_PUT, "/api/v1/chains/{id}", "ChainEdit"),
    EDIT(ROUTE_DELETE, "/api/v1/chains/{id}", NULL),
    GET("/api/v1/operators", NULL, "Operators"),
    EDIT(ROUTE_POST, "/api/v1/operators", "OperatorEdit"),
    GET("/api/v1/operators/{id}", NULL, "Operator"),
    EDIT(ROUTE_PATCH, "/api/v1/operators/{id}", "OperatorEdit"),
    EDIT(ROUTE_DELETE, "/api/v1/operators/{id}", NULL),
    GET("/api/v1/overrides", NULL, "Overrides"),
    EDIT(ROUTE_POST, "/api/v1/overrides", "NewOverride"),
    EDIT(ROUTE_DELETE, "/api/v1/overrides/{n}", NULL),
    GET("/api/v1/duty", "line at job", "DutyAt"),
    GET("/api/v1/duty/week", "line from days", "DutyWeek"),
    ACT("/api/v1/operators/{id}/duty", "DutyWord", 200, "DutySaid"),
    GET("/api/v1/schedules", NULL, "Schedules"),
    GET("/api/v1/lines", NULL, "Lines"),
    EDIT(ROUTE_PATCH, "/api/v1/lines/{number}", "LineEdit"),
    POST("/api/v1/lines/{number}/live", NULL, 200, "LineLive"),
    {ROUTE_DELETE, "/api/v1/lines/{number}/live", OPENAPI_PLAIN, NULL, NULL, 200, "LineLive"},
    GET("/api/v1/report-only", NULL, "LinesReportOnly"),
    POST("/api/v1/lines/{number}/report-only", NULL, 200, "LineReportOnly"),
    {ROUTE_DELETE, "/api/v1/lines/{number}/report-only", OPENAPI_PLAIN, NULL, NULL, 200, "LineReportOnly"},

    GET("/api/v1/session", NULL, "Session"),
    POST("/api/v1/session", "SignIn", 200, "Session"),
    {ROUTE_DELETE, "/api/v1/session", OPENAPI_PLAIN, NULL, NULL, 204, NULL},
    POST("/api/v1/session/code", "CodeAsk", 202, NULL),
    POST("/api/v1/session/password", "Passwords", 204, NULL),
    POST("/api/v1/setup/look", "SetUpToken", 200, "Invited"),
    POST("/api/v1/setup", "SetUp", 200, "Session"),
    GET("/api/v1/users", LIST " state", "page User"),
    POST("/api/v1/users", "NewUser", 201, "User"),
    {ROUTE_PATCH, "/api/v1/users/{id}", OPENAPI_EDIT, NULL, "UserChange", 200, "User"},
    {ROUTE_DELETE, "/api/v1/users/{id}", OPENAPI_EDIT, NULL, NULL, 204, NULL},
    POST("/api/v1/users/{id}/link", NULL, 200, "SetUpLink"),
    GET("/api/v1/tokens", LIST " state", "page Token"),
    POST("/api/v1/tokens", "TokenAsk", 201, "NewToken"),
    {ROUTE_DELETE, "/api/v1/tokens/{id}", OPENAPI_PLAIN, NULL, NULL, 204, NULL},
    GET("/api/v1/nodes", NULL, "page Node"),
    GET("/api/v1/host/tenants", NULL, "page HostTenant"),
    POST("/api/v1/host/tenants", "NewTenant", 201, "HostTenant"),
    GET("/api/v1/host/tenants/{tenant}", NULL, "HostTenant"),
    {ROUTE_PATCH, "/api/v1/host/tenants/{tenant}", OPENAPI_PLAIN, NULL, "TenantTerms", 200, "HostTenant"},
    {ROUTE_PUT, "/api/v1/host/tenants/{tenant}/secret", OPENAPI_PLAIN, NULL, "TenantSecret", 200, "HostTenant"},
    GET("/api/v1/host/tenants/{tenant}/rows", "part after", "TenantRows"),
    POST("/api/v1/host/tenants/{tenant}/delete", "TenantLeaves", 200, "Leaving/Gone"),
    POST("/api/v1/host/backup", NULL, 202, "Copying"),
    GET("/api/v1/host/backup", NULL, "Copying"),
    POST("/api/v1/host/keys", NULL, 200, "Rotated"),
    POST("/api/v1/reload", NULL, 200, "Said"),
};
/* clang-format on */

const struct openapi_paths *openapi_paths_find(enum route_method method, const char *path)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].method == method && strcmp(rows[i].path, path) == 0)
            return &rows[i];
    return NULL;
}

const struct openapi_paths_query *openapi_paths_query_find(struct span name)
{
    for (size_t i = 0; i < COUNT(queries); i++)
        if (span_is_text(name, queries[i].name))
            return &queries[i];
    return NULL;
}
