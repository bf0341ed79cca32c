#include "sim/sim_visitor.h"

/* Without its port; an IPv6 address keeps its brackets. */
static struct span host_name(struct span host)
{
    for (size_t i = host.size; i > 0; i--) {
        if (host.data[i - 1] == ']')
            break;
        if (host.data[i - 1] == ':')
            return (struct span){host.data, i - 1};
    }
    return host;
}

/* "127.1" and the like are names too, but nobody's habit. */
static bool is_four_numbers(struct span name)
{
    size_t dots = 0;

    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] == '.')
            dots++;
        else if (name.data[i] < '0' || name.data[i] > '9')
            return false;
    }
    return dots == 3;
}

static bool is_loopback(struct span name)
{
    return span_is_text(name, "localhost") || span_is_text(name, "[::1]") ||
           (span_starts(name, SPAN("127.")) && is_four_numbers(name));
}

static bool is_own_origin(struct span origin, struct span host)
{
    const struct span scheme = SPAN("http://");

    return span_starts(origin, scheme) && span_is(span_skip(origin, scheme.size), host);
}

const char *sim_visitor_refusal(const struct http_request *rq)
{
    const struct span host = http_header(rq, "Host");
    const struct span origin = http_header(rq, "Origin");
    const struct span site = http_header(rq, "Sec-Fetch-Site");

    if (host.size && !is_loopback(host_name(host)))
        return "the simulator's own pages answer under 127.0.0.1, localhost and [::1] only";
    if (origin.data && !is_own_origin(origin, host))
        return "this came from a page of another origin";
    if (span_is_text(site, "cross-site") || span_is_text(site, "same-site"))
        return "this came from a page of another site";
    return NULL;
}
