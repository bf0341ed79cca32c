#include "sim/sim_order.h"

#include <stdio.h>
#include <string.h>

#include "codec/base64.h"
#include "codec/url.h"
#include "simworld/sim_note.h"

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
    if (!number(body, "for_ms", 0, DAY_MS, &f->for_ms))
        return "for_ms is not a number of milliseconds up to a day";
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

    if (sim_setup_keys(body, "what count resource to percent seed after_ms for_ms bytes location",
                       words) ||
        sim_order_fault_kind(json_text(json_get(body, "what")), &kind, words))
        return ERR_BAD_INPUT;
    struct sim_fault f = sim_fault_usual(kind);
    const char *wrong = numbers(body, &f);
    if (!wrong && kind == SIM_MEDIA_REDIRECT && url_parse(location, &u))
        wrong = "media_redirect wants a location, an http or https address";
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

/* A fault that ends by itself. */
struct ending {
    struct sim_world *world;
    enum sim_fault_kind kind;
    int64_t number;
};

static void end_it(void *ctx)
{
    const struct ending *e = ctx;

    if (sim_fault_drop(&e->world->faults, e->number))
        sim_note(e->world, "fault", "%s is over", sim_fault_name(e->kind));
}

enum err sim_order_fault_put(struct sim_world *w, const struct sim_fault *fault)
{
    const int64_t now_ms = sim_world_now(w);

    if (fault->kind == SIM_CLOCK_JUMP) {
        sim_note(w, "fault", "the clock jumps %lld s", (long long)(fault->after_ms / 1000));
        clock_turn(w->clock, now_ms + fault->after_ms);
        return ERR_NONE;
    }
    if (sim_fault_add(&w->faults, fault))
        return ERR_FULL;
    sim_note(w, "fault", "%s waits", sim_fault_name(fault->kind));
    if (!fault->for_ms)
        return ERR_NONE;
    struct ending *e = ARENA_NEW(w->arena, struct ending);
    *e = (struct ending){w, fault->kind, w->faults.given};
    sim_agenda_add(w->agenda, now_ms + fault->for_ms, end_it, e);
    return ERR_NONE;
}

void sim_order_faults_list(const struct sim_faults *faults, struct buf *out)
{
    struct json_out o = json_out(out);

    json_out_object(&o, NULL);
    json_out_list(&o, "faults");
    for (size_t i = 0; i < faults->count; i++) {
        const struct sim_fault *f = &faults->list[i];
        json_out_object(&o, NULL);
        json_out_text(&o, "what", span_of(sim_fault_name(f->kind)));
        json_out_text(&o, "resource", span_of(f->resource));
        json_out_text(&o, "to", span_of(f->to));
        json_out_number(&o, "left", f->left);
        json_out_number(&o, "percent", f->percent);
        json_out_number(&o, "hits", f->hits);
        json_out_end_object(&o);
    }
    json_out_end_list(&o);
    json_out_list(&o, "kinds");
    for (enum sim_fault_kind k = 0; k < SIM_FAULTS; k++) {
        json_out_object(&o, NULL);
        json_out_text(&o, "what", span_of(sim_fault_name(k)));
        json_out_text(&o, "help", span_of(sim_fault_help(k)));
        json_out_end_object(&o);
    }
    json_out_end_list(&o);
    json_out_end_object(&o);
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

/* "image/jpeg", with parameters perhaps: printable, on one line. */
static bool is_type(struct span type)
{
    bool has_slash = false, has_parameters = false;

    for (size_t i = 0; i < type.size; i++) {
        const char c = type.data[i];
        if (c < ' ' || c > '~' || (c == ' ' && !has_parameters))
            return false;
        has_parameters = has_parameters || c == ';';
        has_slash = has_slash || (c == '/' && i > 0 && i + 1 < type.size);
    }
    return has_slash;
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
    if (out->type.size >= SIM_TYPE_SIZE || !is_type(out->type))
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

static bool is_of_type(const struct json *value, const struct sim_order_key *key, char *words)
{
    const enum json_type type = json_type(value);
    int64_t n;

    if (type == JSON_ABSENT)
        return true;
    if (type != key->type) {
        snprintf(words, SIM_SETUP_WORDS, "%s is %s, not %s", key->name, json_type_name(type),
                 key->type == JSON_BOOL ? "true or false" : json_type_name(key->type));
        return false;
    }
    if (type != JSON_NUMBER || json_number(value, 0, key->max, &n))
        return true;
    snprintf(words, SIM_SETUP_WORDS, "%s is not a number from 0 to %lld", key->name,
             (long long)key->max);
    return false;
}

enum err sim_order_keys(const struct json *body, const struct sim_order_key *keys,
                        char words[SIM_SETUP_WORDS])
{
    char names[SIM_SETUP_WORDS] = "";
    size_t used = 0;

    for (const struct sim_order_key *k = keys; k->name && used < sizeof names; k++)
        used +=
            (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? " " : "", k->name);
    if (sim_setup_keys(body, names, words))
        return ERR_BAD_INPUT;
    for (const struct sim_order_key *k = keys; k->name; k++)
        if (!is_of_type(json_get(body, k->name), k, words))
            return ERR_BAD_INPUT;
    return ERR_NONE;
}

bool sim_order_are_keys(struct span keys)
{
    for (size_t i = 0; i < keys.size; i++)
        if (!memchr("0123456789*#ABCD", keys.data[i], 16))
            return false;
    return true;
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
