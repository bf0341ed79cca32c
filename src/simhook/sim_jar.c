#include "simhook/sim_jar.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "codec/timestamp.h"

struct sim_cookie {
    struct sim_cookie *next; /* younger */
    struct span name, value, domain, path;
    bool host_only, secure;
    int64_t until_ms; /* INT64_MAX: as long as the conversation */
};                    /* and behind it the bytes of the spans */

/* A Set-Cookie line as it reads; the spans are of the line or of the address. */
struct draft {
    struct sim_cookie cookie;
    bool has_age;
};

static void forget(struct sim_jar *jar, struct sim_cookie **at)
{
    struct sim_cookie *c = *at;

    *at = c->next;
    jar->count--;
    free(c);
}

void sim_jar_done(struct sim_jar *jar)
{
    while (jar->first)
        forget(jar, &jar->first);
    free(jar->origin);
    free(jar->login);
    *jar = (struct sim_jar){0};
}

/* ---- which cookie for whom ---- */

static bool is_address(struct span host)
{
    if (host.size && host.data[0] == '[')
        return true;
    for (size_t i = 0; i < host.size; i++)
        if (!strchr("0123456789.", host.data[i]))
            return false;
    return true;
}

static bool domain_meets(struct span host, struct span domain)
{
    if (span_is_nocase(host, domain))
        return true;
    if (is_address(host) || host.size <= domain.size)
        return false;
    const struct span tail = span_skip(host, host.size - domain.size);
    return tail.data[-1] == '.' && span_is_nocase(tail, domain);
}

static bool path_meets(struct span path, struct span prefix)
{
    const struct span whole = path.size ? path : SPAN("/");

    if (!span_starts(whole, prefix))
        return false;
    return whole.size == prefix.size || prefix.data[prefix.size - 1] == '/' ||
           whole.data[prefix.size] == '/';
}

static bool is_for(const struct sim_cookie *c, const struct url *to, int64_t now_ms)
{
    return c->until_ms > now_ms && (!c->secure || span_is_nocase(to->scheme, SPAN("https"))) &&
           (c->host_only ? span_is_nocase(to->host, c->domain)
                         : domain_meets(to->host, c->domain)) &&
           path_meets(to->path, c->path);
}

static void add(struct buf *out, const struct sim_cookie *c)
{
    buf_printf(out, "%s%.*s=%.*s", out->size ? "; " : "", SPAN_ARG(c->name), SPAN_ARG(c->value));
}

/* Longer paths first; among equals the older first. */
struct span sim_jar_get(const struct sim_jar *jar, struct arena *arena, const struct url *to,
                        int64_t now_ms)
{
    const struct sim_cookie *fit[SIM_JAR_MAX];
    struct buf out = buf_in(arena, SIM_JAR_MAX * (SIM_JAR_COOKIE_BYTES + 3));
    size_t count = 0;

    for (const struct sim_cookie *c = jar->first; c; c = c->next) {
        size_t at = count;
        if (!is_for(c, to, now_ms))
            continue;
        for (; at > 0 && fit[at - 1]->path.size < c->path.size; at--)
            fit[at] = fit[at - 1];
        fit[at] = c;
        count++;
    }
    for (size_t i = 0; i < count; i++)
        add(&out, fit[i]);
    return buf_span(&out);
}

/* ---- Set-Cookie ---- */

static struct span default_path(struct span path)
{
    const char *last = path.size ? memrchr(path.data, '/', path.size) : NULL;

    if (!last || last == path.data)
        return SPAN("/");
    return (struct span){path.data, (size_t)(last - path.data)};
}

static void take_domain(struct draft *d, struct span value)
{
    if (value.size && value.data[0] == '.')
        value = span_skip(value, 1);
    if (!value.size)
        return;
    d->cookie.domain = value;
    d->cookie.host_only = false;
}

static void take_path(struct draft *d, struct span value)
{
    if (value.size && value.data[0] == '/')
        d->cookie.path = value;
}

static void take_age(struct draft *d, struct span value, int64_t now_ms)
{
    static const int64_t year_s = INT64_C(366) * 24 * 3600;
    int64_t s = 0;

    if (!span_number(value, INT32_MIN, INT64_MAX / 4, &s))
        return;
    d->has_age = true;
    d->cookie.until_ms = s <= 0 ? 0 : now_ms + (s < year_s ? s : year_s) * 1000;
}

/* "Wed, 21-Oct-2026 07:28:00 GMT" is written as well. */
static void take_expires(struct draft *d, struct span value)
{
    char text[TIMESTAMP_SIZE];
    int64_t at_ms = 0;

    if (d->has_age || value.size >= sizeof text)
        return;
    for (size_t i = 0; i < value.size; i++)
        text[i] = value.data[i] == '-' ? ' ' : value.data[i];
    if (timestamp_parse_rfc2822((struct span){text, value.size}, &at_ms))
        d->cookie.until_ms = at_ms;
}

static void take_attribute(struct draft *d, struct span attribute, int64_t now_ms)
{
    struct span value;
    const struct span name = span_trim(span_cut(attribute, '=', &value));

    value = span_trim(value);
    if (span_is_nocase(name, SPAN("domain")))
        take_domain(d, value);
    else if (span_is_nocase(name, SPAN("path")))
        take_path(d, value);
    else if (span_is_nocase(name, SPAN("max-age")))
        take_age(d, value, now_ms);
    else if (span_is_nocase(name, SPAN("expires")))
        take_expires(d, value);
    else if (span_is_nocase(name, SPAN("secure")))
        d->cookie.secure = true;
}

static bool has_controls(struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 127)
            return true;
    return false;
}

static bool is_allowed(const struct sim_cookie *c, const struct url *from)
{
    return c->name.size && (c->host_only || (domain_meets(from->host, c->domain) &&
                                             (memchr(c->domain.data, '.', c->domain.size) ||
                                              span_is_nocase(c->domain, from->host))));
}

static struct span copy_into(char **at, struct span text)
{
    char *copy = *at;

    if (text.size)
        memcpy(copy, text.data, text.size);
    *at += text.size;
    return (struct span){copy, text.size};
}

static struct sim_cookie *kept(const struct sim_cookie *draft)
{
    const size_t bytes =
        draft->name.size + draft->value.size + draft->domain.size + draft->path.size;
    struct sim_cookie *c = arena_must_alloc(sizeof *c + bytes);
    char *at = (char *)(c + 1);

    *c = *draft;
    c->next = NULL;
    c->name = copy_into(&at, draft->name);
    c->value = copy_into(&at, draft->value);
    c->domain = copy_into(&at, draft->domain);
    c->path = copy_into(&at, draft->path);
    return c;
}

/* Out goes the one of the same name and place, and whatever has expired. */
static void replace(struct sim_jar *jar, const struct sim_cookie *draft, int64_t now_ms)
{
    struct sim_cookie **at = &jar->first;

    while (*at) {
        const struct sim_cookie *c = *at;
        const bool same = span_is(c->name, draft->name) && span_is(c->path, draft->path) &&
                          span_is_nocase(c->domain, draft->domain);
        if (same || c->until_ms <= now_ms)
            forget(jar, at);
        else
            at = &(*at)->next;
    }
    if (draft->until_ms <= now_ms)
        return;
    if (jar->count == SIM_JAR_MAX) {
        forget(jar, &jar->first);
        for (at = &jar->first; *at;)
            at = &(*at)->next;
    }
    *at = kept(draft);
    jar->count++;
}

void sim_jar_put(struct sim_jar *jar, const struct url *from, struct span line, int64_t now_ms)
{
    struct span attributes;
    const struct span pair = span_cut(line, ';', &attributes);
    struct draft d = {.cookie = {.domain = from->host,
                                 .path = default_path(from->path),
                                 .host_only = true,
                                 .until_ms = INT64_MAX}};

    if (line.size > SIM_JAR_COOKIE_BYTES || has_controls(line) || !pair.size ||
        !memchr(pair.data, '=', pair.size))
        return;
    d.cookie.name = span_trim(span_cut(pair, '=', &d.cookie.value));
    d.cookie.value = span_trim(d.cookie.value);
    while (attributes.size)
        take_attribute(&d, span_cut(attributes, ';', &attributes), now_ms);
    if (is_allowed(&d.cookie, from))
        replace(jar, &d.cookie, now_ms);
}

/* ---- the login ---- */

/* "https://host:443": the default port is written out, so that one origin has one text. */
static void origin_of(const struct url *u, struct buf *out)
{
    const bool https = span_is_nocase(u->scheme, SPAN("https"));

    buf_printf(out, "%s://%.*s:", https ? "https" : "http", SPAN_ARG(u->host));
    buf_add(out, u->port.size ? u->port : https ? SPAN("443") : SPAN("80"));
}

static char *copy_of(struct span text)
{
    char *copy = arena_must_alloc(text.size + 1);

    if (text.size)
        memcpy(copy, text.data, text.size);
    return copy;
}

void sim_jar_log_in(struct sim_jar *jar, const struct url *at, const char *login)
{
    struct arena *arena = arena_open(0);
    struct buf origin = buf_in(arena, SIM_JAR_COOKIE_BYTES);

    origin_of(at, &origin);
    free(jar->origin);
    free(jar->login);
    jar->origin = copy_of(buf_span(&origin));
    jar->login = copy_of(span_of(login));
    arena_close(&arena);
}

const char *sim_jar_login(const struct sim_jar *jar, const struct url *to)
{
    struct arena *arena = arena_open(0);
    struct buf origin = buf_in(arena, SIM_JAR_COOKIE_BYTES);

    origin_of(to, &origin);
    const bool same = jar->origin && !strcasecmp(jar->origin, origin.data);
    arena_close(&arena);
    return same ? jar->login : NULL;
}
