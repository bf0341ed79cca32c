#include "provider/media_address.h"

#include <string.h>

#include "codec/url.h"

enum { SID_BYTES = 34 };

/* clang-format off */
static const struct {
    const char *host;
    bool below;       /* hosts below it, not itself */
    const char *path; /* how the path must begin: others rent the same host */
} storage[] = {
    {".twiliocdn.com",              true,  "/"},
    {".twilio.com",                 true,  "/"},
    {"s3-external-1.amazonaws.com", false, "/media.twiliocdn.com/"},
};
/* clang-format on */

static bool is_sid(struct span text, const char *prefix)
{
    if (text.size != SID_BYTES || !span_starts(text, span_of(prefix)))
        return false;
    for (size_t i = strlen(prefix); i < text.size; i++)
        if (!memchr("0123456789abcdef", text.data[i], 16))
            return false;
    return true;
}

static bool take_word(struct span *path, const char *word)
{
    return span_is_text(span_cut(*path, '/', path), word);
}

static bool take_sid(struct span *path, const char *prefix, const char *other, char *out)
{
    const struct span sid = span_cut(*path, '/', path);

    if (!is_sid(sid, prefix) && !is_sid(sid, other))
        return false;
    memcpy(out, sid.data, sid.size);
    out[sid.size] = 0;
    return true;
}

bool media_address_parse(struct span address, struct media_address *out)
{
    struct media_address found;
    struct url url;

    if (url_parse(address, &url))
        return false;
    struct span path = span_skip(url.path, 1);
    if (!take_word(&path, "2010-04-01") || !take_word(&path, "Accounts") ||
        !take_sid(&path, "AC", "AC", found.account) || !take_word(&path, "Messages") ||
        !take_sid(&path, "MM", "SM", found.message) || !take_word(&path, "Media") ||
        !take_sid(&path, "ME", "ME", found.media) || path.size > 0)
        return false;
    *out = found;
    return true;
}

struct span media_address_render(struct arena *arena, struct span api,
                                 const struct media_address *media)
{
    return span_of(arena_printf(arena, "%.*s/2010-04-01/Accounts/%s/Messages/%s/Media/%s",
                                SPAN_ARG(api), media->account, media->message, media->media));
}

bool media_address_recording(struct span address, struct recording_address *out)
{
    struct recording_address found;
    struct span ending;
    struct url url;

    if (url_parse(address, &url))
        return false;
    struct span path = span_skip(url.path, 1);
    if (!take_word(&path, "2010-04-01") || !take_word(&path, "Accounts") ||
        !take_sid(&path, "AC", "AC", found.account) || !take_word(&path, "Recordings"))
        return false;
    struct span sid = span_cut(path, '.', &ending);
    if (!take_sid(&sid, "RE", "RE", found.recording) || sid.size > 0)
        return false;
    if (ending.size > 0 && !span_is_text(ending, "wav") && !span_is_text(ending, "mp3"))
        return false;
    *out = found;
    return true;
}

struct span media_address_recording_render(struct arena *arena, struct span api,
                                           const struct recording_address *recording)
{
    return span_of(arena_printf(arena, "%.*s/2010-04-01/Accounts/%s/Recordings/%s.mp3",
                                SPAN_ARG(api), recording->account, recording->recording));
}

static bool is_loopback(struct span host)
{
    if (span_is_text(host, "localhost") || span_is_text(host, "[::1]"))
        return true;
    for (size_t i = 0; i < host.size; i++)
        if (!memchr("0123456789.", host.data[i], 11))
            return false;
    return span_starts(host, SPAN("127."));
}

bool media_address_is_rehearsal(struct span api)
{
    struct url url;

    return url_parse(api, &url) == 0 && is_loopback(url.host);
}

static bool is_storage(const struct url *to)
{
    if (!span_is_text(to->scheme, "https") || url_has_dots(to->path) ||
        (to->port.size && !span_is_text(to->port, "443")))
        return false;
    for (size_t i = 0; i < sizeof storage / sizeof *storage; i++) {
        const struct span host = span_of(storage[i].host);
        const size_t before = to->host.size > host.size ? to->host.size - host.size : 0;
        if (storage[i].below == (before > 0) && span_is_nocase(span_skip(to->host, before), host) &&
            span_starts(to->path, span_of(storage[i].path)))
            return true;
    }
    return false;
}

bool media_address_may_lead_to(struct span api, struct span target)
{
    struct url from, to;

    if (url_parse(api, &from) || url_parse(target, &to) || to.user.size > 0)
        return false;
    if (is_storage(&to))
        return true;
    return is_loopback(from.host) && span_is(from.scheme, to.scheme) &&
           span_is(from.host, to.host) && span_is(from.port, to.port);
}
