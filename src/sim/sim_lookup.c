#include "sim/sim_lookup.h"

#include "codec/form.h"
#include "codec/phone.h"
#include "codec/url.h"
#include "sim/sim_note.h"
#include "sim/sim_rest.h"
#include "sim/sim_shape.h"

enum { ANSWER_BYTES_MAX = 4096 };

static const struct span root = {"/v2/PhoneNumbers/", 17};

bool sim_lookup_is(struct span path)
{
    return span_starts(path, root);
}

static void answer(struct sim_world *w, struct http_request *rq, int status, struct span body)
{
    sim_note(w, "lookup", "%.*s %.*s -> %d", SPAN_ARG(rq->method), SPAN_ARG(rq->target), status);
    http_answer(rq, status, "application/json", body, NULL);
}

static void refuse(struct sim_world *w, struct http_request *rq, int status, int code,
                   const char *message)
{
    struct buf b = buf_in(rq->arena, ANSWER_BYTES_MAX);

    sim_shape_error(&b, status, code, message);
    answer(w, rq, status, buf_span(&b));
}

static bool is_asked(struct span fields, const char *field)
{
    while (fields.size)
        if (span_is_text(span_cut(fields, ',', &fields), field))
            return true;
    return false;
}

static struct span text_or_null(const char *text)
{
    return text[0] ? span_of(text) : (struct span){NULL, 0};
}

static void name_of(struct json_out *o, const struct sim_phone *p)
{
    json_out_object(o, "caller_name");
    json_out_text_or_null(o, "caller_name", text_or_null(p ? p->caller_name : ""));
    json_out_text_or_null(o, "caller_type",
                          p && p->caller_name[0] ? SPAN("CONSUMER") : (struct span){NULL, 0});
    json_out_null(o, "error_code");
    json_out_end_object(o);
}

static void line_type_of(struct json_out *o, const struct sim_phone *p)
{
    const char *type = p && p->line_type[0] ? p->line_type
                       : p && p->landline   ? "landline"
                                            : "mobile";

    json_out_object(o, "line_type_intelligence");
    json_out_text(o, "type", span_of(type));
    json_out_text(o, "carrier_name", SPAN("Simulated"));
    json_out_null(o, "mobile_country_code");
    json_out_null(o, "mobile_network_code");
    json_out_null(o, "error_code");
    json_out_end_object(o);
}

static void tell(struct sim_world *w, struct http_request *rq, struct span number,
                 struct span fields)
{
    const struct sim_phone *p = sim_world_phone(w, number);
    char e164[PHONE_TEXT_SIZE];
    const bool valid = phone_parse(number.data, number.size, NULL, e164) == PHONE_GOOD;
    struct buf b = buf_in(rq->arena, ANSWER_BYTES_MAX);
    struct json_out o = json_out(&b);

    json_out_object(&o, NULL);
    json_out_text(&o, "phone_number", number);
    json_out_bool(&o, "valid", valid);
    if (valid && is_asked(fields, "caller_name"))
        name_of(&o, p);
    else
        json_out_null(&o, "caller_name");
    if (valid && is_asked(fields, "line_type_intelligence"))
        line_type_of(&o, p);
    else
        json_out_null(&o, "line_type_intelligence");
    json_out_text(&o, "url",
                  span_of(arena_printf(rq->arena, "%s%.*s", w->base, SPAN_ARG(rq->target))));
    json_out_end_object(&o);
    answer(w, rq, 200, buf_span(&b));
}

static bool happens(struct sim_world *w, struct span number, enum sim_fault_kind kind)
{
    const struct sim_fault_case what = {"Lookups", number};

    return sim_fault_take(&w->faults, kind, &what, NULL);
}

void sim_lookup_handle(struct sim_world *w, struct http_request *rq)
{
    struct span number;
    struct form query;

    w->stirred_ns = clock_mono_ns();
    if (url_unescape(rq->arena, span_skip(rq->path, root.size), &number) ||
        form_parse(rq->arena, rq->query, &query)) {
        refuse(w, rq, 400, 20001, "The address is not well-formed");
    } else if (happens(w, number, SIM_REST_DOWN)) {
        sim_note(w, "fault", "lookup of %.*s: down, the connection is reset", SPAN_ARG(number));
        http_drop(rq);
    } else if (!span_is_text(rq->method, "GET")) {
        refuse(w, rq, 405, 20004, "Method not allowed");
    } else if (!sim_rest_lets_in(w, rq)) {
        refuse(w, rq, 401, 20003, "Authenticate");
    } else if (happens(w, number, SIM_ERROR_429)) {
        refuse(w, rq, 429, 20429, "Too Many Requests");
    } else if (happens(w, number, SIM_ERROR_500_BEFORE_ACCEPT)) {
        refuse(w, rq, 500, 20500, "Internal Server Error");
    } else {
        tell(w, rq, number, form_get(&query, "Fields"));
    }
}
