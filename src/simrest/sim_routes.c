#include "simrest/sim_routes.h"

#include <string.h>

#include "codec/url.h"
#include "simoffice/sim_accounts.h"
#include "simoffice/sim_applications.h"
#include "simoffice/sim_available.h"
#include "simoffice/sim_caller_ids.h"
#include "simoffice/sim_keys.h"
#include "simoffice/sim_numbers.h"
#include "simoffice/sim_usage.h"
#include "simtextapi/sim_lookups.h"
#include "simtextapi/sim_media_rows.h"
#include "simtextapi/sim_messages.h"
#include "simtextapi/sim_registrations.h"
#include "simtextapi/sim_senders.h"
#include "simtextapi/sim_services.h"
#include "simvoiceapi/sim_call_events.h"
#include "simvoiceapi/sim_calls.h"
#include "simvoiceapi/sim_conferences.h"
#include "simvoiceapi/sim_notices.h"
#include "simvoiceapi/sim_participants.h"
#include "simvoiceapi/sim_queues.h"
#include "simvoiceapi/sim_recordings.h"
#include "simvoiceapi/sim_transcriptions.h"

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* clang-format off */
static const struct sim_routes_family families[] = {
    {"Accounts",   sim_accounts_routes},
    {"Keys",       sim_keys_routes},
    {"Numbers",    sim_numbers_routes},
    {"Available numbers", sim_available_routes},
    {"Caller ids", sim_caller_ids_routes},
    {"Applications", sim_applications_routes},
    {"Usage",      sim_usage_routes},
    {"Messages",   sim_messages_routes},
    {"Media",      sim_media_rows_routes},
    {"Calls",      sim_calls_routes},
    {"Events of calls", sim_call_events_routes},
    {"Recordings", sim_recordings_routes},
    {"Transcriptions", sim_transcriptions_routes},
    {"Conferences", sim_conferences_routes},
    {"Participants", sim_participants_routes},
    {"Queues",     sim_queues_routes},
    {"Notifications and alerts", sim_notices_routes},
    {"Messaging services", sim_services_routes},
    {"Senders of a messaging service", sim_senders_routes},
    {"Registration of senders", sim_registrations_routes},
    {"Lookups",    sim_lookups_routes},
};

static const struct sim_routes_absent absents[] = {
    {"api", "/Calls/{sid}/Payments",       "card payments"},
    {"api", "/Calls/{sid}/Siprec",         "media streams to a recorder"},
    {"api", "/Calls/{sid}/Streams",        "media streams"},
    {"api", "/Calls/{sid}/Transcriptions", "live transcriptions"},
    {"api", "/Calls/{sid}/UserDefinedMessages", "messages to the voice SDKs"},
    {"api", "/Calls/{sid}/UserDefinedMessageSubscriptions", "messages from the voice SDKs"},
    {"api", "/Recordings/{sid}/AddOnResults", "add-ons of the marketplace"},
    {"api", "/IncomingPhoneNumbers/{sid}/AssignedAddOns", "add-ons of the marketplace"},
    {"api", "/Addresses",                  "postal addresses; nothing asks for one here"},
    {"api", "/AuthorizedConnectApps",      "Connect apps"},
    {"api", "/ConnectApps",                "Connect apps"},
    {"api", "/SIP",                        "SIP domains and trunks"},
    {"api", "/SMS/ShortCodes",             "short codes are a matter of messaging services"},
    {"api", "/Tokens",                     "STUN and TURN credentials"},
    {"api", "/Usage/Triggers",             "usage triggers"},
    {"messaging", "/v1/a2p",               "registration of brands and campaigns"},
    {"messaging", "/v1/Deactivations",     "lists of numbers that were given up"},
    {"messaging", "/v1/LinkShortening",    "short links"},
    {"messaging", "/v1/Services/{sid}/ChannelSenders", "senders of other channels"},
    {"messaging", "/v1/Services/{sid}/Compliance/Usa2p/Usecases", "what a campaign may be for"},
    {"messaging", "/v1/Services/{sid}/Messages", "messages are listed by their account"},
    {"monitor", "/v1/Events",              "the log of who changed what"},
    {"conversations", NULL,                "Conversations"},
    {"content", NULL,                      "content templates"},
    {"events", NULL,                       "event streams"},
    {"insights", NULL,                     "Voice Insights"},
    {"intelligence", NULL,                 "Conversational Intelligence"},
    {"numbers", NULL,                      "regulatory bundles, porting, hosted numbers"},
    {"pricing", NULL,                      "price lists"},
    {"proxy", NULL,                        "Proxy"},
    {"studio", NULL,                       "Studio"},
    {"sync", NULL,                         "Sync"},
    {"taskrouter", NULL,                   "TaskRouter"},
    {"trunking", NULL,                     "SIP trunks"},
    {"verify", NULL,                       "Verify"},
    {"video", NULL,                        "Video"},
    {"voice", NULL,                        "dialing permissions, BYOC trunks"},
    {"wireless", NULL,                     "SIM cards"},
};
/* clang-format on */

size_t sim_routes_absents(void)
{
    return COUNT(absents);
}

const struct sim_routes_absent *sim_routes_absent(size_t i)
{
    return &absents[i];
}

/* The next part of a path that begins with '/'; false at its end. */
static bool part_take(struct span *path, struct span *out)
{
    if (!path->size || path->data[0] != '/')
        return false;
    struct span rest = span_skip(*path, 1);
    size_t size = 0;
    while (size < rest.size && rest.data[size] != '/')
        size++;
    *out = (struct span){rest.data, size};
    *path = span_skip(rest, size);
    return true;
}

struct match {
    struct sim_api *api;
    struct span account, part[SIM_API_PARTS];
    size_t parts;
};

static bool part_meets(struct match *m, struct span pattern, struct span given)
{
    struct span plain;

    if (!span_starts(pattern, SPAN("{")))
        return span_is(pattern, given);
    if (!given.size || url_unescape(m->api->arena, given, &plain))
        return false;
    if (span_is_text(pattern, "{account}"))
        m->account = plain;
    else if (m->parts < SIM_API_PARTS)
        m->part[m->parts++] = plain;
    return true;
}

/* Whether the path begins as the pattern says; *out_rest is what follows. */
static bool path_meets(struct match *m, struct span pattern, struct span path,
                       struct span *out_rest)
{
    struct span wanted, given;

    while (part_take(&pattern, &wanted))
        if (!part_take(&path, &given) || !part_meets(m, wanted, given))
            return false;
    *out_rest = path;
    return true;
}

static struct span whole_path(const struct sim_api *a, const struct sim_api_route *route)
{
    struct buf b = buf_in(a->arena, 256);

    sim_api_route_path(route, &b);
    return buf_span(&b);
}

static struct span without_suffix(const struct sim_api *a)
{
    static const size_t sizes[SIM_API_SUFFIXES] = {0, 5, 4, 4};

    return (struct span){a->rq->path.data, a->rq->path.size - sizes[a->suffix]};
}

static bool suffix_meets(const struct sim_api *a, const struct sim_api_route *route)
{
    if (route->host != SIM_API_CORE)
        return true;
    if (route->flags & SIM_API_BYTES)
        return a->suffix != SIM_API_JSON;
    return a->suffix == SIM_API_JSON || a->suffix == SIM_API_BARE;
}

static void suffix_take(struct sim_api *a)
{
    static const char *const tails[SIM_API_SUFFIXES] = {"", ".json", ".wav", ".mp3"};

    a->suffix = SIM_API_BARE;
    for (enum sim_api_suffix s = SIM_API_JSON; s < SIM_API_SUFFIXES; s++) {
        const struct span tail = span_of(tails[s]), path = a->rq->path;
        if (path.size > tail.size && span_is(span_skip(path, path.size - tail.size), tail))
            a->suffix = s;
    }
}

static bool is_named(const struct sim_api *a)
{
    const struct span host = http_header(a->rq, "Host");

    return memmem(host.data ? host.data : "", host.size, ".twilio.com", 11) != NULL;
}

/* "messaging.twilio.com" and "messaging.dublin.ie1.twilio.com" name a host; any other name is
 * our own address, where each row is reached by its path alone. */
static bool host_meets(const struct sim_api *a, const char *host)
{
    struct span rest;

    return !is_named(a) || span_is_text(span_cut(http_header(a->rq, "Host"), '.', &rest), host);
}

/* The account that a path of the 2010 API names, wherever it leads. */
static struct span account_in(struct sim_api *a)
{
    static const struct span root = {"/2010-04-01/Accounts/{account}", 30};
    struct match m = {.api = a};
    struct span rest;

    (void)path_meets(&m, root, without_suffix(a), &rest);
    return m.account;
}

bool sim_routes_is_api(const struct sim_api *a)
{
    return span_starts(a->rq->path, SPAN("/2010-04-01/")) ||
           span_starts(a->rq->path, SPAN("/v1/")) || span_starts(a->rq->path, SPAN("/v2/")) ||
           is_named(a);
}

bool sim_routes_find(struct sim_api *a, struct span *out_account, bool *out_known)
{
    struct span rest;

    *out_known = false;
    suffix_take(a);
    *out_account = account_in(a);
    for (size_t f = 0; f < COUNT(families); f++)
        for (const struct sim_api_route *r = families[f].rows; r->path; r++) {
            struct match m = {.api = a};
            const struct span path = r->host == SIM_API_CORE ? without_suffix(a) : a->rq->path;
            if (!host_meets(a, sim_api_host_name(r->host)) || !suffix_meets(a, r) ||
                !path_meets(&m, whole_path(a, r), path, &rest) || rest.size)
                continue;
            *out_known = true;
            *out_account = m.account;
            a->host = r->host;
            if (!span_is_text(a->rq->method, r->method))
                continue;
            a->route = r;
            memcpy(a->part, m.part, sizeof a->part);
            a->part_count = m.parts;
            return true;
        }
    return false;
}

const char *sim_routes_why_absent(const struct sim_api *a)
{
    struct span rest;

    for (size_t i = 0; i < COUNT(absents); i++) {
        struct match m = {.api = a ? (struct sim_api *)(uintptr_t)a : NULL};
        const struct sim_routes_absent *one = &absents[i];
        const bool core = !strcmp(one->host, "api");
        const struct span below =
            span_of(arena_printf(a->arena, "%s%s", core ? "/2010-04-01/Accounts/{account}" : "",
                                 one->path ? one->path : ""));
        struct span labels;
        const bool named =
            span_is_text(span_cut(http_header(a->rq, "Host"), '.', &labels), one->host);
        if (one->path ? host_meets(a, one->host) &&
                            path_meets(&m, below, core ? without_suffix(a) : a->rq->path, &rest) &&
                            (!rest.size || rest.data[0] == '/')
                      : named)
            return one->why;
    }
    return NULL;
}

void sim_routes_print(struct buf *out)
{
    for (size_t f = 0; f < COUNT(families); f++) {
        buf_printf(out, "\n### %s\n\n| method | path | does |\n|---|---|---|\n", families[f].title);
        for (const struct sim_api_route *r = families[f].rows; r->path; r++) {
            buf_printf(out, "| %s | `", r->method);
            if (r->host != SIM_API_CORE)
                buf_printf(out, "%s.twilio.com", sim_api_host_name(r->host));
            sim_api_route_path(r, out);
            if (r->host == SIM_API_CORE && !(r->flags & SIM_API_BYTES))
                buf_add_text(out, ".json");
            buf_printf(out, "` | %s |\n", r->does);
        }
    }
    buf_add_text(out, "\n## Not simulated\n\nThese answer 404 with code 20404, and a line of the "
                      "log says so.\n\n| host and path | what it is |\n|---|---|\n");
    for (size_t i = 0; i < COUNT(absents); i++) {
        const bool core = !strcmp(absents[i].host, "api");
        buf_printf(out, "| `%s.twilio.com%s%s` | %s |\n", absents[i].host,
                   core ? "/2010-04-01/Accounts/{account}" : "",
                   absents[i].path ? absents[i].path : "", absents[i].why);
    }
}
