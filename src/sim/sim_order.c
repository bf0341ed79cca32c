#include "sim/sim_order.h"

#include <stdio.h>
#include <string.h>

#include "codec/base64.h"
#include "codec/url.h"

enum { COUNT_MAX = 1000000, DAY_MS = 24 * 3600 * 1000, MEDIA_BYTES = 64 };

enum err sim_order_fault_kind(struct span name, enum sim_fault_kind *out,
                              char words[SIM_SETUP_WORDS])
{
    size_t used = (size_t)snprintf(words, SIM_SETUP_WORDS, "what is none of");

    for (enum sim_fault_kind k = 0; k < SIM_FAULTS; k++) {
        if (span_is_text(name, sim_fault_name(k))) {
            words[0] = 0;
            *out = k;
            return ERR_NONE;
        }
        if (used < SIM_SETUP_WORDS)
            used += (size_t)snprintf(words + used, SIM_SETUP_WORDS - used, "%s%s", k ? ", " : " ",
                                     sim_fault_name(k));
    }
    return ERR_BAD_INPUT;
}

/* A number that may be left out; false when it is there and not in its range. */
static bool number(const struct json *body, const char *key, int64_t min, int64_t max, int64_t *out)
{
    const struct json *value = json_get(body, key);

    return json_type(value) == JSON_ABSENT || json_number(value, min, max, out);
}

static const char *numbers(const struct json *body, struct sim_fault *f)
{
    int64_t percent = f->percent, seed = 1, left = f->left;

    if (!number(body, "percent", 1, 100, &percent))
        return "percent is not a number from 1 to 100";
    if (percent < 100)
        left = 0; /* a share goes on */
    if (!number(body, "count", 0, COUNT_MAX, &left))
        return "count is not a number from 0 (until it is cleared) to 1000000";
    if (!number(body, "seed", 0, INT64_MAX, &seed))
        return "seed is not a number";
    if (!number(body, "after_ms", 0, DAY_MS, &f->after_ms))
        return "after_ms is not a number of milliseconds up to a day";
    if (!number(body, "bytes", 0, SIM_MEDIA_BYTES_MAX, &f->bytes))
        return "bytes is not a number up to 64 MiB";
    f->percent = (int)percent;
    f->left = (int)left;
    f->dice = dice_from((uint64_t)seed);
    return NULL;
}

enum err sim_order_fault(struct arena *arena, const struct json *body, struct sim_fault *out,
                         char words[SIM_SETUP_WORDS])
{
    enum sim_fault_kind kind = SIM_FAULTS;
    const struct span location = json_text(json_get(body, "location"));
    struct url u;

    if (sim_setup_keys(body, "what count resource to percent seed after_ms bytes location",
                       words) ||
        sim_order_fault_kind(json_text(json_get(body, "what")), &kind, words))
        return ERR_BAD_INPUT;
    struct sim_fault f = sim_fault_usual(kind);
    const char *wrong = numbers(body, &f);
    if (!wrong && kind == SIM_MEDIA_REDIRECT && url_parse(location, &u))
        wrong = "location is no http or https address";
    if (wrong) {
        snprintf(words, SIM_SETUP_WORDS, "%s", wrong);
        return ERR_BAD_INPUT;
    }
    f.resource = arena_text(arena, json_text(json_get(body, "resource")));
    f.to = arena_text(arena, json_text(json_get(body, "to")));
    f.location = arena_text(arena, location);
    *out = f;
    return ERR_NONE;
}

static const char *read_base64(struct arena *arena, struct span text, struct span *out)
{
    char *bytes = arena_alloc(arena, text.size + 1);
    size_t size = 0;

    if (!base64_parse_any(text, bytes, text.size, &size))
        return "base64 of a medium is not well-formed";
    *out = (struct span){bytes, size};
    return NULL;
}

/* Returns what is wrong, or NULL. Without content it is filled with one letter. */
static const char *read_medium(struct arena *arena, const struct json *j,
                               struct sim_media_draft *out, char words[SIM_SETUP_WORDS])
{
    const bool whole = json_type(j) == JSON_OBJECT;
    const struct span base64 = json_text(json_get(j, "base64"));
    int64_t size = MEDIA_BYTES;

    if (whole && sim_setup_keys(j, "type bytes base64", words))
        return words;
    out->type = json_text(whole ? json_get(j, "type") : j);
    if (!out->type.size || out->type.size >= SIM_TYPE_SIZE)
        return "a medium needs its type, like image/jpeg";
    if (base64.size)
        return read_base64(arena, base64, &out->bytes);
    if (whole && !number(j, "bytes", 0, SIM_MEDIA_BYTES_MAX, &size))
        return "bytes of a medium is not a number up to 64 MiB";
    char *bytes = arena_alloc(arena, (size_t)size + 1);
    memset(bytes, 'm', (size_t)size);
    out->bytes = (struct span){bytes, (size_t)size};
    return NULL;
}

enum err sim_order_text(struct arena *arena, const struct json *body, struct sim_text_draft *out,
                        char words[SIM_SETUP_WORDS])
{
    const struct json *media = json_get(body, "media");
    struct sim_text_draft d = {.from = json_text(json_get(body, "from")),
                               .to = json_text(json_get(body, "to")),
                               .body = json_text(json_get(body, "body"))};
    const char *wrong = NULL;

    if (sim_setup_keys(body, "from to body media", words))
        return ERR_BAD_INPUT;
    if (d.from.size >= LIMIT_PARTY_SIZE || d.body.size > LIMIT_BODY_BYTES)
        wrong = "from or body is too long";
    if (json_count(media) > SIM_MEDIA_MAX)
        wrong = "a text has up to 10 media";
    for (size_t i = 0; !wrong && i < json_count(media); i++)
        wrong = read_medium(arena, json_at(media, i), &d.media[d.media_count++], words);
    if (!wrong) {
        *out = d;
        return ERR_NONE;
    }
    if (wrong != words)
        snprintf(words, SIM_SETUP_WORDS, "%s", wrong);
    return ERR_BAD_INPUT;
}
