#include "codec/url.h"

#include <string.h>

/* Neither blanks nor control characters stand anywhere in an address. */
static bool is_clean(struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] <= ' ' || text.data[i] == 127)
            return false;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_unreserved(char c)
{
    return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/* Cuts `text` before the first of `ends`; *rest begins with it. */
static struct span cut_before(struct span text, const char *ends, struct span *rest)
{
    size_t n = 0;

    while (n < text.size && !strchr(ends, text.data[n]))
        n++;
    *rest = span_skip(text, n);
    return (struct span){text.data, n};
}

static bool is_bracketed(struct span host)
{
    if (host.size < 4 || host.data[0] != '[' || host.data[host.size - 1] != ']')
        return false;
    for (size_t i = 1; i + 1 < host.size; i++)
        if (host.data[i] == '[' || host.data[i] == ']')
            return false;
    return true;
}

static bool is_host(struct span host)
{
    if (host.size > 0 && host.data[0] == '[')
        return is_bracketed(host);
    for (size_t i = 0; i < host.size; i++)
        if (!is_unreserved(host.data[i]))
            return false;
    return host.size > 0;
}

/* The last '@' ends the user, as browsers and libcurl have it. */
static void cut_user(struct span *authority, struct span *out_user)
{
    const char *at = authority->size ? memrchr(authority->data, '@', authority->size) : NULL;

    *out_user = (struct span){authority->data, 0};
    if (!at)
        return;
    out_user->size = (size_t)(at - authority->data);
    *authority = span_skip(*authority, out_user->size + 1);
}

static enum err parse_authority(struct span authority, struct url *url)
{
    struct span port;
    int64_t number;

    cut_user(&authority, &url->user);
    const bool bracket = authority.size > 0 && authority.data[0] == '[';
    const char *close = bracket ? memchr(authority.data, ']', authority.size) : NULL;
    const size_t skip = close ? (size_t)(close - authority.data) : 0;
    url->host = cut_before(span_skip(authority, skip), ":", &port);
    url->host = (struct span){authority.data, skip + url->host.size};
    if (!is_host(url->host))
        return ERR_BAD_INPUT;
    url->port = span_skip(port, 1);
    if (port.size == 0)
        return ERR_NONE;
    return url->port.data[0] != '-' && span_number(url->port, 1, 65535, &number) ? ERR_NONE
                                                                                 : ERR_BAD_INPUT;
}

static bool cut_scheme(struct span text, struct span *out_scheme, struct span *out_rest)
{
    *out_scheme = span_cut(text, ':', out_rest);
    return (span_is_nocase(*out_scheme, SPAN("http")) ||
            span_is_nocase(*out_scheme, SPAN("https"))) &&
           span_starts(*out_rest, SPAN("//"));
}

enum err url_parse(struct span text, struct url *out)
{
    struct url url = {0};
    struct span rest;

    if (!is_clean(text) || !cut_scheme(text, &url.scheme, &rest))
        return ERR_BAD_INPUT;
    const struct span authority = cut_before(span_skip(rest, 2), "/?#", &rest);
    const enum err e = parse_authority(authority, &url);
    if (e)
        return e;
    url.path = cut_before(rest, "?#", &rest);
    url.has_query = rest.size > 0 && rest.data[0] == '?';
    url.query = cut_before(span_skip(rest, url.has_query), "#", &rest);
    url.fragment = span_skip(rest, 1);
    *out = url;
    return ERR_NONE;
}

static bool has_scheme(struct span reference)
{
    struct span rest;
    const struct span word = cut_before(reference, ":/?#", &rest);

    return word.size > 0 && is_letter(word.data[0]) && rest.size > 0 && rest.data[0] == ':';
}

/* What `reference` keeps of `base`: everything up to some end. */
static struct span kept_of(struct span base, struct span reference)
{
    struct url url;

    if (has_scheme(reference) || url_parse(base, &url))
        return (struct span){base.data, 0};
    const char first = reference.size ? reference.data[0] : 0;
    const char *end = url.host.data + url.host.size + (url.port.size ? url.port.size + 1 : 0);
    if (span_starts(reference, SPAN("//")))
        end = url.scheme.data + url.scheme.size + 1;
    else if (first == '?')
        end = url.path.data + url.path.size;
    else if (first == '#' || first == 0)
        end = url.has_query ? url.query.data + url.query.size : url.path.data + url.path.size;
    else if (first != '/' && url.path.size)
        end = (const char *)memrchr(url.path.data, '/', url.path.size) + 1;
    return (struct span){base.data, (size_t)(end - base.data)};
}

/* Takes "." and ".." out of a path, in place; returns its new size. It begins with a '/'. */
static size_t without_dots(char *path, size_t size)
{
    size_t in = 0, out = 0;

    while (in < size) {
        size_t end = in + 1;
        while (end < size && path[end] != '/')
            end++;
        const struct span part = {path + in + 1, end - in - 1};
        const bool up = span_is_text(part, ".."), last = end == size;
        if (up || span_is_text(part, ".")) {
            while (up && out > 0 && path[--out] != '/')
                ;
            if (last)
                path[out++] = '/';
        } else {
            memmove(path + out, path + in, end - in);
            out += end - in;
        }
        in = end;
    }
    return out;
}

/* The same of a whole address. */
static struct span with_clean_path(struct arena *arena, struct span address)
{
    struct url u;
    char *copy = arena_text(arena, address);

    if (url_parse(address, &u) || !u.path.size)
        return address;
    const size_t at = (size_t)(u.path.data - address.data), rest = at + u.path.size;
    const size_t clean = without_dots(copy + at, u.path.size);
    memmove(copy + at + clean, copy + rest, address.size - rest);
    return (struct span){copy, at + clean + address.size - rest};
}

struct span url_resolve(struct arena *arena, struct span base, struct span reference)
{
    const struct span kept = kept_of(base, reference);
    struct buf out = buf_in(arena, kept.size + 1 + reference.size);

    buf_add(&out, kept);
    /* A relative path against an address without any path. */
    if (kept.size > 0 && reference.size > 0 && !strchr("/?#", reference.data[0])) {
        struct url url;
        if (url_parse(kept, &url) == ERR_NONE && url.path.size == 0)
            buf_add_char(&out, '/');
    }
    buf_add(&out, reference);
    const bool has_path = kept.size && reference.size && !strchr("?#", reference.data[0]);
    return has_path ? with_clean_path(arena, buf_span(&out)) : buf_span(&out);
}

bool url_has_dots(struct span path)
{
    for (; path.size > 0; path = span_skip(path, 1))
        if (span_starts(path, SPAN("/.")) || span_starts(path, SPAN("/%2e")) ||
            span_starts(path, SPAN("/%2E")))
            return true;
    return false;
}

void url_escape(struct buf *out, struct span text)
{
    static const char digits[] = "0123456789ABCDEF";

    while (text.size > 0) {
        size_t plain = 0;
        while (plain < text.size && is_unreserved(text.data[plain]))
            plain++;
        buf_add(out, (struct span){text.data, plain});
        text = span_skip(text, plain);
        if (text.size == 0)
            break;
        const unsigned char c = (unsigned char)text.data[0];
        const char escape[] = {'%', digits[c >> 4], digits[c & 15]};
        buf_add(out, (struct span){escape, sizeof escape});
        text = span_skip(text, 1);
    }
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    const char low = (char)(c | 32);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

bool url_escape_take(struct span text, char *out)
{
    if (text.size < 3 || text.data[0] != '%')
        return false;
    const int high = hex_value(text.data[1]), low = hex_value(text.data[2]);
    if (high < 0 || low < 0)
        return false;
    *out = (char)(high << 4 | low);
    return true;
}

enum err url_unescape(struct arena *arena, struct span text, struct span *out)
{
    char *to = arena_alloc(arena, text.size + 1);
    size_t n = 0;

    while (text.size > 0) {
        char c = text.data[0];
        const bool escaped = c == '%';
        if (escaped && !url_escape_take(text, &c))
            return ERR_BAD_INPUT;
        if (c == 0)
            return ERR_BAD_INPUT;
        to[n++] = c;
        text = span_skip(text, escaped ? 3 : 1);
    }
    *out = (struct span){to, n};
    return ERR_NONE;
}

struct span url_query_get(struct span query, const char *name)
{
    while (query.size > 0) {
        struct span value;
        const struct span key = span_cut(span_cut(query, '&', &query), '=', &value);
        if (span_is_text(key, name))
            return value;
    }
    return (struct span){NULL, 0};
}
