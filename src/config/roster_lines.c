#include "config/roster_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "config/nearest.h"
#include "config/roster_chains.h"
#include "config/roster_people.h"

enum { TEXTS_MAX = 1000, JOB_MAX_BYTES = 63, WORD_MAX = 100 };
enum { HELP_CHARACTERS = 320 };
/* The carrier's own rates, in segments a second, by the kind of the sender's number. */
enum { TEXTS_TOLL_FREE = 3, TEXTS_COUNTRY_1 = 1, TEXTS_ELSEWHERE = 10 };

static const char *const number_keys[] = {"number", "phone", NULL};
static const char *const line_keys[] = {
    "number", "phone", "chain", "texts_per_second", "relays_per_minute", "mms", "help", NULL};
static const char *const toll_free[] = {"+1800", "+1822", "+1833", "+1844",
                                        "+1855", "+1866", "+1877", "+1888"};
static const char *const route_keys[] = {"dispatcher", "operator", "id", NULL};

static void list_unknown_chain(struct roster_draft *d, const struct doc_node *node, struct span id)
{
    struct nearest nearest = nearest_to(id);

    for (int i = 0; i < d->roster.chain_count; i++)
        nearest_show(&nearest, span_of(d->chains[i].id));
    if (nearest.best.data)
        doc_mistake(d->doc, node, "\"%.*s\" is no chain; did you mean \"%.*s\"?", SPAN_ARG(id),
                    SPAN_ARG(nearest.best));
    else
        doc_mistake(d->doc, node, "\"%.*s\" is no chain; add it to \"chains\"", SPAN_ARG(id));
}

static void read_chain(struct roster_draft *d, const struct doc_node *line_node, struct line *line)
{
    const struct doc_node *node = doc_get(d->doc, line_node, "chain");
    struct span id = SPAN(ROSTER_CHAINS_FALLBACK);

    if (node && !doc_word(d->doc, node, WORD_MAX, &id))
        return;
    const int chain = roster_chains_find(d, id);
    if (chain >= 0)
        line->chain = (uint16_t)chain;
    else if (node)
        list_unknown_chain(d, node, id);
    else if (d->roster.chain_count > 0) /* without any, that is the mistake and is listed */
        doc_mistake(d->doc, line_node,
                    "names no chain and the document has no \"fallback_chain\"; give \"chain\": "
                    "\"%s\"",
                    d->chains[0].id);
}

static int find_line(const struct roster_draft *d, const char *number)
{
    for (int i = 0; i < d->roster.line_count; i++)
        if (strcmp(number, d->lines[i].number) == 0)
            return i;
    return -1;
}

static void read_number(struct roster_draft *d, const struct doc_node *node, struct line *line)
{
    if (!roster_draft_phone(d, node, line->number))
        return;
    if (find_line(d, line->number) >= 0)
        doc_mistake(d->doc, node, "%s is a line already; take one of them out", line->number);
}

static uint16_t usual_rate(struct span number)
{
    for (size_t i = 0; i < sizeof toll_free / sizeof toll_free[0]; i++)
        if (span_starts(number, span_of(toll_free[i])))
            return TEXTS_TOLL_FREE;
    return span_starts(number, SPAN("+1")) ? TEXTS_COUNTRY_1 : TEXTS_ELSEWHERE;
}

static void give_defaults(struct line *line)
{
    const struct span number = span_of(line->number);

    line->texts_per_second = usual_rate(number);
    line->relays_per_minute = ROSTER_RELAYS_A_LINE;
    line->mms = span_starts(number, SPAN("+1"));
}

static void read_help(struct roster_draft *d, const struct doc_node *node, struct line *line)
{
    struct span help;

    if (!doc_text(d->doc, node, LIMIT_BODY_BYTES, &help))
        return;
    const size_t count = utf8_count(help);
    if (count > HELP_CHARACTERS)
        doc_mistake(d->doc, node, "has %zu characters; %d are the limit", count, HELP_CHARACTERS);
    else
        line->help = arena_copy(d->arena, help);
}

static void read_choices(struct roster_draft *d, const struct doc_node *node, struct line *line)
{
    const struct doc_node *rate = doc_get(d->doc, node, "texts_per_second");
    const struct doc_node *mms = doc_get(d->doc, node, "mms");
    const struct doc_node *help = doc_get(d->doc, node, "help");
    const struct doc_node *flood = doc_get(d->doc, node, "relays_per_minute");
    int64_t texts, relays;

    if (rate && doc_number(d->doc, rate, 1, TEXTS_MAX, &texts))
        line->texts_per_second = (uint16_t)texts;
    if (flood && doc_number(d->doc, flood, 0, ROSTER_RELAYS_MAX, &relays))
        line->relays_per_minute = (uint16_t)relays;
    if (mms)
        doc_bool(d->doc, mms, &line->mms);
    if (help)
        read_help(d, help, line);
}

static void read_line(struct roster_draft *d, const struct doc_node *node, struct line *line)
{
    if (json_type(node->value) == JSON_TEXT) {
        read_number(d, node, line);
        read_chain(d, node, line);
        give_defaults(line);
        return;
    }
    if (!doc_is(d->doc, node, JSON_OBJECT, "{\"number\": \"+...\", \"chain\": \"...\"}"))
        return;
    const struct doc_node *number = doc_get_any(d->doc, node, number_keys);

    doc_known(d->doc, node, line_keys, true);
    if (number)
        read_number(d, number, line);
    else
        doc_mistake(d->doc, node, "has no \"number\"; give the line's number at the carrier");
    read_chain(d, node, line);
    give_defaults(line);
    read_choices(d, node, line);
}

static void default_line(struct roster_draft *d, const struct doc_node *top)
{
    const struct span from = span_of(d->defaults->from_number);
    struct line *line = &d->lines[0];

    if (from.size == 0)
        doc_mistake(d->doc, top,
                    "there is no line; give \"lines\": [{\"number\": \"+...\"}], or "
                    "TWILIO_FROM_NUMBER beside the credentials");
    else if (!roster_draft_is_phone(d, from, line->number))
        doc_mistake(d->doc, top, "TWILIO_FROM_NUMBER is no telephone number; give it as \"+...\"");
    read_chain(d, top, line);
    give_defaults(line);
    d->roster.line_count = 1;
}

void roster_lines_read(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *lines = doc_get(d->doc, top, "lines");
    const size_t count = doc_count(lines);

    if (!lines) {
        default_line(d, top);
        return;
    }
    if (!doc_is(d->doc, lines, JSON_LIST, "a list of lines"))
        return;
    if (count == 0)
        doc_mistake(d->doc, lines, "is empty; give a line, or leave the key out");
    if (count > LIMIT_LINES)
        doc_mistake(d->doc, lines, "has %zu lines; %d are the limit", count, LIMIT_LINES);
    for (size_t i = 0; i < count && i < LIMIT_LINES; i++) {
        read_line(d, doc_item(d->doc, lines, i), &d->lines[i]);
        d->roster.line_count++;
    }
}

struct span roster_lines_first(struct doc *doc, const struct doc_node *top)
{
    const struct doc_node *lines = doc_get(doc, top, "lines");
    const struct doc_node *first = doc_count(lines) ? doc_item(doc, lines, 0) : NULL;

    if (first && json_type(first->value) == JSON_OBJECT)
        first = doc_get(doc, first, "number");
    return first ? span_trim(json_text(first->value)) : (struct span){0};
}

static void list_unknown_line(struct roster_draft *d, const struct doc_node *node,
                              const char *number)
{
    struct nearest nearest = nearest_to(span_of(number));

    for (int i = 0; i < d->roster.line_count; i++)
        nearest_show(&nearest, span_of(d->lines[i].number));
    if (nearest.best.data)
        doc_mistake(d->doc, node, "%s is no line of this roster; did you mean %.*s?", number,
                    SPAN_ARG(nearest.best));
    else
        doc_mistake(d->doc, node, "%s is no line of this roster; add it to \"lines\"", number);
}

static void add_via(struct roster_draft *d, const struct doc_node *node, struct roster_operator *o)
{
    char number[LIMIT_NUMBER_SIZE];

    if (!roster_draft_phone(d, node, number))
        return;
    const int line = find_line(d, number);
    if (line < 0) {
        list_unknown_line(d, node, number);
        return;
    }
    for (int i = 0; i < o->via_count; i++)
        if (o->via[i] == line) {
            doc_mistake(d->doc, node, "%s is in this list twice; take one of them out", number);
            return;
        }
    o->via[o->via_count++] = (uint16_t)line;
}

static void read_via(struct roster_draft *d, const struct doc_node *node, struct roster_operator *o)
{
    const size_t count = doc_count(node);

    if (!doc_is(d->doc, node, JSON_LIST, "a list of the numbers of lines"))
        return;
    if (count == 0)
        doc_mistake(d->doc, node, "is empty; name a line, or leave the key out");
    if (count > LIMIT_VIA)
        doc_mistake(d->doc, node, "has %zu lines; %d are the limit", count, LIMIT_VIA);
    for (size_t i = 0; i < count && i < LIMIT_VIA; i++)
        add_via(d, doc_item(d->doc, node, i), o);
}

void roster_lines_read_via(struct roster_draft *d)
{
    for (int i = 0; i < d->roster.operator_count; i++) {
        const struct doc_node *lines = doc_get(d->doc, d->operator_nodes[i], "lines");
        if (lines)
            read_via(d, lines, &d->operators[i]);
    }
}

static bool add_routed(struct roster_draft *d, const struct doc_node *node, struct job_route *route)
{
    const int index = roster_people_find(d, node);

    if (index < 0)
        return false;
    for (int i = 0; i < route->operator_count; i++)
        if (route->operators[i] == index) {
            doc_mistake(d->doc, node, "%s is in this list twice; take one of them out",
                        d->operators[index].name);
            return false;
        }
    route->operators[route->operator_count++] = (uint16_t)index;
    return true;
}

/* One dispatcher, or a list of them. */
static bool read_routed(struct roster_draft *d, const struct doc_node *node,
                        struct job_route *route)
{
    const size_t count = doc_count(node);
    bool good = true;

    if (json_type(node->value) != JSON_LIST)
        return add_routed(d, node, route);
    if (count == 0 || count > LIMIT_STEP_OPERATORS) {
        doc_mistake(d->doc, node, "names %zu dispatchers; give 1 to %d, or null for nobody yet",
                    count, LIMIT_STEP_OPERATORS);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        good &= add_routed(d, doc_item(d->doc, node, i), route);
    return good;
}

static void read_route(struct roster_draft *d, const struct doc_node *node)
{
    struct job_route *route = &d->routes[d->roster.route_count];
    const struct doc_node *who = node;

    if (node->key.size == 0 || node->key.size > JOB_MAX_BYTES) {
        doc_mistake(d->doc, node, "is no job id: 1 to %d bytes", JOB_MAX_BYTES);
        return;
    }
    if (json_type(node->value) == JSON_OBJECT)
        who = doc_get_any(d->doc, node, route_keys);
    if (!who) {
        doc_mistake(d->doc, node, "names nobody; give the dispatcher's id");
        return;
    }
    memset(route, 0, sizeof *route);
    if (!read_routed(d, who, route))
        return;
    route->job = arena_copy(d->arena, node->key);
    d->roster.route_count++;
}

static int by_job(const void *a, const void *b)
{
    return span_compare(((const struct job_route *)a)->job, ((const struct job_route *)b)->job);
}

void roster_lines_read_routes(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *jobs = doc_get(d->doc, top, "job_routing");
    const size_t count = doc_count(jobs);

    if (!jobs || !doc_is(d->doc, jobs, JSON_OBJECT, "an object: {\"job-1\": \"dispatcher's id\"}"))
        return;
    if (count > LIMIT_JOBS) {
        doc_mistake(d->doc, jobs, "has %zu jobs; %d are the limit", count, LIMIT_JOBS);
        return;
    }
    d->routes = ARENA_NEW_N(d->doc->scratch, struct job_route, count);
    for (size_t i = 0; i < count; i++) {
        const struct doc_node *node = doc_item(d->doc, jobs, i);
        if (json_type(node->value) != JSON_NULL) /* a job that is nobody's yet */
            read_route(d, node);
    }
    qsort(d->routes, d->roster.route_count, sizeof *d->routes, by_job);
}
