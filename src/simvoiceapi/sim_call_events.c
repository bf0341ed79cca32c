#include "simvoiceapi/sim_call_events.h"

#include <stdio.h>
#include <string.h>

#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simvoiceapi/sim_calls.h"

enum { NUMBER_SIZE = 24, EVENTS_MAX = 1000 };

static const int64_t latest_ms = INT64_C(1) << 52;

/* An entry of the timeline about a webhook of the call. */
struct event {
    char number[NUMBER_SIZE]; /* in the timeline: stands for a SID */
    struct json *entry;
};

/* Those of one call, oldest first: a->row of a request for them. */
struct events {
    size_t count;
    struct event list[EVENTS_MAX];
};

static size_t count(const struct sim_api *a)
{
    const struct events *all = a->row;

    return all ? all->count : 0;
}

static void *at(const struct sim_api *a, size_t i)
{
    struct events *all = a->row;

    return &all->list[i];
}

static bool is_here(const struct sim_api *a, const void *row)
{
    (void)a;
    (void)row;
    return true;
}

static const char *sid_of(const void *row)
{
    const struct event *e = row;

    return e->number;
}

static void write_request(const struct sim_api *a, struct json_out *o, const struct json *entry)
{
    const struct json *params = json_get(entry, "params");
    struct span key;

    json_out_object(o, "request");
    json_out_text(o, "method", json_text(json_get(entry, "method")));
    json_out_text(o, "url", json_text(json_get(entry, "url")));
    json_out_object(o, "parameters");
    for (size_t i = 0; i < json_count(params); i++) {
        const struct json *value = json_member(params, i, &key);
        json_out_text(o, arena_text(a->arena, key), json_text(value));
    }
    json_out_end_object(o);
    json_out_end_object(o);
}

static void write_response(const struct sim_api *a, struct json_out *o, const struct json *entry)
{
    int64_t status = 0, sent_ms = 0, at_ms = 0;

    json_out_object(o, "response");
    if (json_number(json_get(entry, "status"), 1, 999, &status))
        json_out_number(o, "response_code", status);
    else
        json_out_null(o, "response_code");
    if (json_number(json_get(entry, "sent_at_ms"), 0, latest_ms, &sent_ms) &&
        json_number(json_get(entry, "at_ms"), 0, latest_ms, &at_ms))
        json_out_number(o, "request_duration", at_ms - sent_ms);
    json_out_text(o, "response_body", json_text(json_get(entry, "answer")));
    sim_write_date(a, o, "date_created", sent_ms);
    json_out_end_object(o);
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct event *e = row;

    json_out_object(o, key);
    write_request(a, o, e->entry);
    write_response(a, o, e->entry);
    json_out_end_object(o);
}

static const struct sim_api_kind events = {
    .name = "Events",
    .key = "events",
    .element = "Event",
    .count = count,
    .at = at,
    .is_here = is_here,
    .sid = sid_of,
    .shape = shape,
};

static bool is_about(const struct json *entry, const struct sim_leg *leg)
{
    const struct json *call = json_get(json_get(entry, "params"), "CallSid");

    return span_is(json_text(json_get(entry, "kind")), SPAN("webhook")) &&
           span_is_text(json_text(call), leg->sid);
}

static void take(struct events *all, const struct sim_note_entry *note, const struct sim_leg *leg)
{
    struct json_place place;
    struct json *entry = NULL;

    if (all->count == EVENTS_MAX || !strstr(note->json, leg->sid) ||
        json_parse(span_of(note->json), &entry, &place))
        return;
    if (!is_about(entry, leg)) {
        json_close(&entry);
        return;
    }
    struct event *e = &all->list[all->count++];
    snprintf(e->number, sizeof e->number, "%lld", (long long)note->number);
    e->entry = entry;
}

static void list(struct sim_api *a)
{
    const struct sim_world *w = a->world;
    const int64_t first = w->note_count > SIM_NOTES_MAX ? w->note_count - SIM_NOTES_MAX : 0;
    struct events *all = ARENA_NEW(a->arena, struct events);

    for (int64_t n = first; n < w->note_count; n++)
        take(all, &w->notes[n % SIM_NOTES_MAX], a->parent);
    a->row = all;
    sim_list_answer(a);
    for (size_t i = 0; i < all->count; i++)
        json_close(&all->list[i].entry);
}

/* clang-format off */
const struct sim_api_route sim_call_events_routes[] = {
    {SIM_API_CORE, "GET", "/Calls/{sid}/Events", list, &events, &sim_calls_kind, 0,
     "what was asked about a call, and answered, oldest first"},
    {.path = NULL},
};
/* clang-format on */
