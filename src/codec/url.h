/* codec/url.h - absolute addresses: take apart, put together, percent escapes.
 *
 * Nothing is normalised: the parts are views of the text as it stands.
 * Threads: any. Source: RFC 3986.
 */
#ifndef CODEC_URL_H
#define CODEC_URL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

struct url {
    struct span scheme;   /* "https" */
    struct span user;     /* before '@', with the password; empty without */
    struct span host;     /* IPv6 with its brackets */
    struct span port;     /* digits; empty without */
    struct span path;     /* from the '/', empty without */
    struct span query;    /* after '?', without it */
    struct span fragment; /* after '#', without it */
    bool has_query;
};

/* ERR_BAD_INPUT unless it is scheme://host... with http or https and a sane authority. */
MUST_USE enum err url_parse(struct span text, struct url *out);
/* `reference` against the absolute `base`, as a browser does it; what it adds has no dot
 * segments, an address that stands by itself stays as it is. */
struct span url_resolve(struct arena *arena, struct span base, struct span reference);

/* True when a client would take a part of the path for a step up, or for none: "..", ".", each
 * also escaped; so too of a part that only begins with a dot. */
bool url_has_dots(struct span path);

/* Appends `text` with everything but unreserved characters escaped. */
void url_escape(struct buf *out, struct span text);
/* ERR_BAD_INPUT for a broken escape or a NUL; '+' stays. */
MUST_USE enum err url_unescape(struct arena *arena, struct span text, struct span *out);
/* The byte that the percent escape at the start of `text` stands for; false when it is broken. */
bool url_escape_take(struct span text, char *out);
/* The undecoded value of `name` in a query; NULL data when absent. */
struct span url_query_get(struct span query, const char *name);

#endif
