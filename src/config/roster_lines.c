#include "config/roster_lines.h"

#include <stdlib.h>
#include <string.h>

#include "config/nearest.h"
#include "config/roster_chains.h"
#include "config/roster_people.h"

enum { TEXTS_DEFAULT = 10, TEXTS_MAX = 1000, JOB_MAX_BYTES = 63, WORD_MAX = 100 };

static const char *const number_keys[] = {"number", "phone", NULL};
static const char *const line_keys[] = {"number", "phone", "chain", "texts_per_second", NULL};
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

static void read_number(struct roster_draft *d, const struct doc_node *node, struct line *line)
{
    if (!roster_draft_phone(d, node, line->number))
        return;
    for (int i = 0; i < d->roster.line_count; i++)
        if (strcmp(d->lines[i].number, line->number) == 0)
            doc_mistake(d->doc, node, "%s is a line already; take one of them out", line->number);
}

static void read_line(struct roster_draft *d, const struct doc_node *node, struct line *line)
{
    int64_t texts;

    line->texts_per_second = TEXTS_DEFAULT;
    if (json_type(node->value) == JSON_TEXT) {
        read_number(d, node, line);
        read_chain(d, node, line);
        return;
    }
    if (!doc_is(d->doc, node, JSON_OBJECT, "{\"number\": \"+...\", \"chain\": \"...\"}"))
        return;
    const struct doc_node *number = doc_get_any(d->doc, node, number_keys);
    const struct doc_node *rate = doc_get(d->doc, node, "texts_per_second");

    doc_known(d->doc, node, line_keys, true);
    if (number)
        read_number(d, number, line);
    else
        doc_mistake(d->doc, node, "has no \"number\"; give the line's number at the carrier");
    read_chain(d, node, line);
    if (rate && doc_number(d->doc, rate, 1, TEXTS_MAX, &texts))
        line->texts_per_second = (uint16_t)texts;
}

static void default_line(struct roster_draft *d, const struct doc_node *top)
{
    const struct span from = span_of(d->defaults->from_number);
    struct line *line = &d->lines[0];

    line->texts_per_second = TEXTS_DEFAULT;
    if (from.size == 0)
        doc_mistake(d->doc, top,
                    "there is no line; give \"lines\": [{\"number\": \"+...\"}], or "
                    "TWILIO_FROM_NUMBER beside the credentials");
    else if (!roster_draft_is_phone(d, from, line->number))
        doc_mistake(d->doc, top, "TWILIO_FROM_NUMBER is no telephone number; give it as \"+...\"");
    read_chain(d, top, line);
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
    const int index = roster_people_find(d, who);
    if (index < 0)
        return;
    route->job = arena_copy(d->arena, node->key);
    route->operator_index = (uint16_t)index;
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
