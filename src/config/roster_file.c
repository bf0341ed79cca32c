#include "config/roster_file.h"

#include <string.h>

#include "codec/phone.h"
#include "codec/zone.h"
#include "config/doc.h"
#include "config/roster_alarms.h"
#include "config/roster_calendars.h"
#include "config/roster_chains.h"
#include "config/roster_draft.h"
#include "config/roster_lines.h"
#include "config/roster_messages.h"
#include "config/roster_people.h"
#include "config/roster_publish.h"
#include "config/roster_rotations.h"
#include "config/roster_schedule.h"
#include "config/roster_services.h"
#include "model/tenant.h"

enum { WAIT_MIN_S = 20, WAIT_MAX_S = 300, WAIT_DEFAULT_S = 75 };

static const char *const zone_keys[] = {"time_zone", "timezone", NULL};

static void read_tenant(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *node = doc_get(d->doc, top, "tenant");
    const struct doc_node *name = doc_get(d->doc, top, "name");
    struct span tenant = span_of(d->defaults->tenant ? d->defaults->tenant : "default");

    if (node && !doc_text(d->doc, node, LIMIT_NAME_SIZE, &tenant))
        return;
    if (tenant_is_slug(tenant))
        roster_draft_copy(d->roster.tenant, sizeof d->roster.tenant, tenant);
    else
        doc_mistake(d->doc, node ? node : top,
                    "\"%.*s\" is no tenant id: 1 to %d of a-z, 0-9 and '-'", SPAN_ARG(tenant),
                    LIMIT_SLUG_SIZE - 1);
    if (name)
        roster_draft_name(d, name, d->roster.name);
}

/* People hear the business's name: without one, its number says more than a tenant's id. */
static void name_by_line(struct roster_draft *d)
{
    char pretty[32];

    if (d->roster.name[0] || d->roster.line_count == 0)
        return;
    phone_pretty(d->lines[0].number, d->roster.region, pretty);
    roster_draft_copy(d->roster.name, sizeof d->roster.name, span_of(pretty));
}

static void read_account(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *node = doc_get(d->doc, top, "account_sid");
    const struct tenant *known =
        tenant_find(d->defaults->tenants, d->defaults->tenant_count, span_of(d->roster.tenant));
    struct span sid =
        span_of(known && known->changed_ms ? known->account : d->defaults->account_sid);

    if (node && !doc_text(d->doc, node, LIMIT_NAME_SIZE, &sid))
        return;
    if (sid.size == 0)
        doc_mistake(d->doc, top,
                    "there is no account; give \"account_sid\", or TWILIO_ACCOUNT_SID beside the "
                    "credentials");
    else if (tenant_is_account(sid))
        roster_draft_copy(d->roster.account_sid, sizeof d->roster.account_sid, sid);
    else
        doc_mistake(d->doc, node ? node : top,
                    "\"%.*s\" is no account id; copy it from the carrier's console", SPAN_ARG(sid));
}

/* Numbers without a country code are read as dialled here. */
static void read_region(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *node = doc_get(d->doc, top, "region");
    const struct span from = span_of(d->defaults->from_number);
    const struct span first = roster_lines_first(d->doc, top);
    struct span region = span_of(d->defaults->region);
    char text[3] = "";

    if (node && !doc_text(d->doc, node, LIMIT_NAME_SIZE, &region))
        return;
    if (region.size == 0 && span_starts(first.size ? first : from, SPAN("+1")))
        region = SPAN("US");
    if (region.size == 2)
        memcpy(text, region.data, 2);
    if (region.size == 0 || phone_is_region(text))
        memcpy(d->roster.region, text, sizeof text);
    else
        doc_mistake(d->doc, node ? node : top,
                    "\"%.*s\" is no region; give two capital letters such as \"US\"",
                    SPAN_ARG(region));
}

static void read_zone(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *node = doc_get_any(d->doc, top, zone_keys);
    const char *name = d->defaults->time_zone ? d->defaults->time_zone : "UTC";

    if (node)
        d->roster.zone = roster_draft_zone(d, node);
    else if (zone_load(d->arena, name, &d->roster.zone) != ERR_NONE)
        doc_mistake(d->doc, top, "\"%s\" is no time zone; give \"time_zone\"", name);
}

static void read_wait(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *node = doc_get(d->doc, top, "wait_seconds");
    int64_t wait_s = WAIT_DEFAULT_S;

    if (node)
        doc_number(d->doc, node, WAIT_MIN_S, WAIT_MAX_S, &wait_s);
    d->roster.wait_s = (uint16_t)wait_s;
}

static void read_relays(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *node = doc_get(d->doc, top, "relays_per_minute");
    int64_t relays;

    if (node && doc_number(d->doc, node, 0, ROSTER_RELAYS_MAX, &relays))
        d->roster.relays_per_minute = (uint16_t)relays;
}

static void read_bool(struct roster_draft *d, const struct doc_node *top, const char *key,
                      bool *out)
{
    const struct doc_node *node = doc_get(d->doc, top, key);

    if (node)
        doc_bool(d->doc, node, out);
}

static void read_blocked(struct roster_draft *d, const struct doc_node *node)
{
    const size_t count = doc_count(node);
    struct blocked *list = ARENA_NEW_N(d->arena, struct blocked, LIMIT_BLOCKED);

    if (!doc_is(d->doc, node, JSON_LIST, "a list of numbers"))
        return;
    if (count > LIMIT_BLOCKED)
        doc_mistake(d->doc, node, "has %zu numbers; %d are the limit", count, LIMIT_BLOCKED);
    for (size_t i = 0; i < count && i < LIMIT_BLOCKED; i++)
        if (roster_draft_phone(d, doc_item(d->doc, node, i), list[d->roster.blocked_count].number))
            d->roster.blocked_count++;
    d->roster.blocked = list;
}

static void read_anonymous(struct roster_draft *d, const struct doc_node *node)
{
    struct span word;

    if (doc_text(d->doc, node, LIMIT_NAME_SIZE, &word) &&
        !anonymous_parse(word, &d->roster.anonymous))
        doc_mistake(d->doc, node,
                    "\"%.*s\" is not known; use \"ring\", \"voicemail\" or \"refuse\"",
                    SPAN_ARG(word));
}

static void read_screening(struct roster_draft *d, const struct doc_node *node)
{
    struct span word;

    if (doc_text(d->doc, node, LIMIT_NAME_SIZE, &word) &&
        !screening_parse(word, &d->roster.screening))
        doc_mistake(d->doc, node,
                    "\"%.*s\" is not known; use \"no\", or what follows when no key is pressed: "
                    "\"voicemail\" or \"refuse\"",
                    SPAN_ARG(word));
}

/* Whose calls are let in. */
static void read_guests(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *blocked = doc_get(d->doc, top, "blocked");
    const struct doc_node *anonymous = doc_get(d->doc, top, "anonymous_calls");
    const struct doc_node *screening = doc_get(d->doc, top, "screen_unknown_callers");

    d->roster.operator_menu = true;
    read_bool(d, top, "operator_menu", &d->roster.operator_menu);
    if (screening)
        read_screening(d, screening);
    if (blocked)
        read_blocked(d, blocked);
    if (anonymous)
        read_anonymous(d, anonymous);
}

static void read_bound(struct roster_draft *d, const struct doc_node *budget, const char *key,
                       int32_t *out)
{
    const struct doc_node *node = doc_get(d->doc, budget, key);
    int64_t bound;

    if (node && doc_number(d->doc, node, 0, ROSTER_BUDGET_MAX, &bound))
        *out = (int32_t)bound;
}

static void read_budget(struct roster_draft *d, const struct doc_node *top)
{
    static const char *const keys[] = {"texts_per_day", "calls_per_day", "texts_per_number_per_day",
                                       NULL};
    const struct doc_node *node = doc_get(d->doc, top, "budget");
    struct budget_limits *b = &d->roster.budget;

    *b = (struct budget_limits){ROSTER_TEXTS_A_DAY, ROSTER_CALLS_A_DAY, ROSTER_TEXTS_A_NUMBER};
    if (!node || !doc_is(d->doc, node, JSON_OBJECT, "an object: {\"texts_per_day\": 1000, ...}"))
        return;
    doc_known(d->doc, node, keys, true);
    read_bound(d, node, keys[0], &b->texts_per_day);
    read_bound(d, node, keys[1], &b->calls_per_day);
    read_bound(d, node, keys[2], &b->texts_per_number_per_day);
}

static void read_keep(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *node = doc_get(d->doc, top, "keep_recordings_days");
    int64_t days = d->defaults->keep_recordings_days;

    if (node)
        doc_number(d->doc, node, 0, ROSTER_KEEP_DAYS_MAX, &days);
    d->roster.keep_recordings_days = (uint16_t)days;
}

static void read_shifts(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *node = doc_get(d->doc, top, "shift_confirm_seconds");
    int64_t seconds = ROSTER_SHIFT_CONFIRM_S;

    read_bool(d, top, "shift_texts", &d->roster.shift_texts);
    if (node)
        doc_number(d->doc, node, ROSTER_SHIFT_CONFIRM_LEAST_S, ROSTER_SHIFT_CONFIRM_MOST_S,
                   &seconds);
    d->roster.shift_confirm_s = (int32_t)seconds;
}

/* A sender's number can be forged, a mark is not known to who forges it. */
static void read_trust(struct roster_draft *d, const struct doc_node *top)
{
    d->roster.relays_per_minute = ROSTER_RELAYS_IN_ALL;
    read_relays(d, top);
    read_bool(d, top, "still_trying", &d->roster.still_trying);
    d->roster.bare_replies = true;
    read_bool(d, top, "acknowledge_needs_tag", &d->roster.tagged_only);
    read_bool(d, top, "bare_replies", &d->roster.bare_replies);
}

static void read_people(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *people = doc_get(d->doc, top, "dispatchers");

    if (people)
        roster_people_read(d, people);
    else if (!doc_get(d->doc, top, ROSTER_CHAINS_FALLBACK))
        doc_mistake(d->doc, top,
                    "there are no people; give \"dispatchers\": [{\"name\": "
                    "\"...\", \"phone\": \"+...\"}]");
}

static void read_all(struct roster_draft *d, const struct doc_node *top)
{
    read_tenant(d, top);
    read_account(d, top);
    read_region(d, top);
    read_zone(d, top);
    read_wait(d, top);
    read_trust(d, top);
    read_guests(d, top);
    read_budget(d, top);
    read_keep(d, top);
    read_shifts(d, top);
    roster_services_read(d, top);
    read_people(d, top);
    roster_rotations_read(d, top);
    roster_chains_read(d, top);
    roster_schedule_read_vacations(d);
    roster_calendars_read(d);
    roster_schedule_read_overrides(d, top);
    roster_lines_read(d, top);
    roster_lines_read_via(d);
    roster_lines_read_routes(d, top);
    roster_messages_read(d, top);
    roster_alarms_read(d, top);
    roster_people_check_loops(d);
    name_by_line(d);
}

static const void *keep(struct arena *arena, const void *table, size_t size)
{
    return size ? memcpy(arena_alloc(arena, size), table, size) : NULL;
}

static const struct roster *finish(struct roster_draft *d)
{
    struct roster *r = ARENA_NEW(d->arena, struct roster);

    *r = d->roster;
    r->operators = keep(d->arena, d->operators, r->operator_count * sizeof *r->operators);
    r->chains = keep(d->arena, d->chains, r->chain_count * sizeof *r->chains);
    r->lines = keep(d->arena, d->lines, r->line_count * sizeof *r->lines);
    r->routes = keep(d->arena, d->routes, r->route_count * sizeof *r->routes);
    roster_publish_digest(d->doc->text, r->digest);
    return r;
}

static struct roster_draft draft_of(struct arena *arena, struct doc *doc,
                                    const struct roster_defaults *defaults)
{
    return (struct roster_draft){
        .doc = doc,
        .arena = arena,
        .defaults = defaults,
        .operators = ARENA_NEW_N(doc->scratch, struct roster_operator, LIMIT_OPERATORS),
        .operator_nodes = ARENA_NEW_N(doc->scratch, const struct doc_node *, LIMIT_OPERATORS),
        .chains = ARENA_NEW_N(doc->scratch, struct chain, LIMIT_CHAINS),
        .lines = ARENA_NEW_N(doc->scratch, struct line, LIMIT_LINES),
    };
}

enum err roster_file_parse(struct arena *arena, struct span text,
                           const struct roster_defaults *defaults, const struct roster **out,
                           struct mistakes *mistakes)
{
    const size_t before = mistakes->count + mistakes->more;
    struct doc doc;

    if (text.size > LIMIT_ROSTER_BYTES) {
        mistakes_add(mistakes, defaults->file, 0, 0, NULL, "has %zu bytes; %d are the limit",
                     text.size, LIMIT_ROSTER_BYTES);
        return ERR_FULL;
    }
    const struct doc_node *top = doc_open(&doc, defaults->file, text, mistakes);
    if (top && doc_is(&doc, top, JSON_OBJECT, "an object: {\"dispatchers\": [...], ...}")) {
        struct roster_draft draft = draft_of(arena, &doc, defaults);
        read_all(&draft, top);
        if (mistakes->count + mistakes->more == before)
            *out = finish(&draft);
    }
    doc_close(&doc);
    return mistakes->count + mistakes->more == before ? ERR_NONE : ERR_BAD_INPUT;
}
