#include "simapi/sim_api.h"

#include <stdarg.h>
#include <stdio.h>

#include "codec/url.h"

static const char core_root[] = "/2010-04-01/Accounts/{account}";

static const char *const hosts[SIM_API_HOSTS] = {
    [SIM_API_CORE] = "api",        [SIM_API_MESSAGING] = "messaging",
    [SIM_API_LOOKUPS] = "lookups", [SIM_API_MONITOR] = "monitor",
    [SIM_API_IAM] = "iam",         [SIM_API_VERIFY] = "verify",
    [SIM_API_OTHER] = "",
};

void sim_api_refuse(struct sim_api *a, int status, int code, const char *format, ...)
{
    char words[512];
    va_list args;

    if (a->code)
        return;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    a->status = status;
    a->code = code;
    a->message = arena_text(a->arena, span_of(words));
}

void sim_api_refuse_early(struct sim_api *a, const char *what)
{
    const int64_t status = a->world->early_delete_status;

    sim_api_refuse(a, status ? (int)status : 409, 20009, "Cannot delete %s before it is complete",
                   what);
}

void sim_api_refuse_unknown(struct sim_api *a)
{
    sim_api_refuse(a, 404, 20404, "The requested resource %.*s was not found",
                   SPAN_ARG(a->rq->path));
}

struct span sim_api_field(const struct sim_api *a, const char *name)
{
    return form_get(a->form, name);
}

bool sim_api_take(struct sim_api *a, const struct sim_field *fields, void *row)
{
    struct sim_field_mistake mistake;

    if (sim_field_take(fields, a->form, a->world->arena, row, &mistake))
        return true;
    sim_api_refuse(a, 400, mistake.code, "%s", mistake.words);
    return false;
}

bool sim_api_is_true(const struct sim_api *a, const char *name)
{
    return span_is_nocase(sim_api_field(a, name), SPAN("true"));
}

static bool span_ends(struct span text, struct span tail)
{
    return text.size >= tail.size && span_is(span_skip(text, text.size - tail.size), tail);
}

const char *sim_api_base(const struct sim_api *a)
{
    struct span port;
    const struct span host = span_cut(http_header(a->rq, "Host"), ':', &port);

    if (!span_ends(host, SPAN(".twilio.com")))
        return a->world->base;
    return arena_printf(a->arena, "https://%.*s", SPAN_ARG(host));
}

const char *sim_api_host_name(enum sim_api_host host)
{
    return hosts[host];
}

void sim_api_route_path(const struct sim_api_route *route, struct buf *out)
{
    if (route->host == SIM_API_CORE && !span_starts(span_of(route->path), SPAN("/2010-04-01")))
        buf_add_text(out, core_root);
    buf_add_text(out, route->path);
}

void sim_api_fetch(struct sim_api *a)
{
    a->status = 200;
}
