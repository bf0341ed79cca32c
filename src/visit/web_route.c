#include "visit/web_route.h"

#include "base/buf.h"

/* In one pass; a part in braces stands for anything but nothing, up to the next slash. */
static bool matches(const char *pattern, struct span path, struct span *out_param)
{
    struct span param = {NULL, 0};
    size_t at = 0;

    for (; *pattern; pattern++) {
        if (*pattern != '{') {
            if (at == path.size || path.data[at++] != *pattern)
                return false;
            continue;
        }
        const size_t begin = at;
        while (at < path.size && path.data[at] != '/')
            at++;
        if (at == begin)
            return false;
        param = (struct span){path.data + begin, at - begin};
        while (*pattern != '}')
            pattern++;
    }
    *out_param = param;
    return at == path.size;
}

static enum route_method method_of(struct span method)
{
    if (span_is_text(method, "GET") || span_is_text(method, "HEAD"))
        return ROUTE_GET;
    if (span_is_text(method, "POST"))
        return ROUTE_POST;
    if (span_is_text(method, "PATCH"))
        return ROUTE_PATCH;
    if (span_is_text(method, "PUT"))
        return ROUTE_PUT;
    return span_is_text(method, "DELETE") ? ROUTE_DELETE : 0;
}

struct web_route_match web_route_find(const struct web_route *table, size_t count,
                                      struct span method, struct span path)
{
    const enum route_method wanted = method_of(method);
    struct web_route_match match = {0};

    for (size_t i = 0; i < count; i++) {
        struct span param;
        if (!matches(table[i].path, path, &param))
            continue;
        match.methods |= table[i].method;
        if (match.route && (match.has_method || table[i].method != wanted))
            continue;
        match.route = &table[i];
        match.has_method = table[i].method == wanted;
        match.param = param;
    }
    return match;
}

const char *web_route_methods(struct arena *arena, unsigned methods)
{
    return arena_printf(arena, "%s%s%s%s%sOPTIONS", methods & ROUTE_GET ? "GET, HEAD, " : "",
                        methods & ROUTE_POST ? "POST, " : "", methods & ROUTE_PUT ? "PUT, " : "",
                        methods & ROUTE_PATCH ? "PATCH, " : "",
                        methods & ROUTE_DELETE ? "DELETE, " : "");
}

const char *web_route_method(enum route_method method)
{
    switch (method) {
    case ROUTE_GET:
        return "GET";
    case ROUTE_POST:
        return "POST";
    case ROUTE_DELETE:
        return "DELETE";
    case ROUTE_PATCH:
        return "PATCH";
    case ROUTE_PUT:
        return "PUT";
    }
    return "";
}
