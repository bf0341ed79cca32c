#include "simhook/sim_override.h"

#include <string.h>

#include "base/check.h"
#include "codec/url.h"

/* One override being read. */
struct reading {
    struct sim_override *out;
    struct span value;
};

static bool read_number(const struct reading *r, int64_t min, int64_t max, int *out)
{
    int64_t n = 0;

    if (!span_number(r->value, min, max, &n))
        return false;
    *out = (int)n;
    return true;
}

static bool read_connect(const struct reading *r)
{
    return read_number(r, 100, 10000, &r->out->connect_ms);
}

static bool read_read(const struct reading *r)
{
    return read_number(r, 100, 15000, &r->out->read_ms);
}

static bool read_total(const struct reading *r)
{
    return read_number(r, 100, 15000, &r->out->total_ms);
}

static bool read_retries(const struct reading *r)
{
    return read_number(r, 0, 5, &r->out->retries);
}

static const struct {
    const char *word;
    unsigned bits;
} policies[] = {
    {"4xx", SIM_RETRY_4XX}, {"5xx", SIM_RETRY_5XX}, {"ct", SIM_RETRY_CONNECT},
    {"rt", SIM_RETRY_READ}, {"all", SIM_RETRY_ALL},
};

static unsigned policy_of(struct span word)
{
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++)
        if (span_is_text(word, policies[i].word))
            return policies[i].bits;
    return 0;
}

static bool read_policy(const struct reading *r)
{
    unsigned bits = 0;

    for (struct span rest = r->value; rest.size;) {
        const unsigned one = policy_of(span_trim(span_cut(rest, ',', &rest)));
        if (!one)
            return false;
        bits |= one;
    }
    if (bits)
        r->out->retry_on = bits;
    return bits != 0;
}

static bool read_server_name(const struct reading *r)
{
    if (!span_is_text(r->value, "y") && !span_is_text(r->value, "n"))
        return false;
    r->out->server_name = span_is_text(r->value, "y");
    return true;
}

static bool is_edge(struct span word)
{
    static const char *const edges[] = {
        "ashburn",   "dublin",       "frankfurt",   "roaming",      "sao-paulo",
        "singapore", "sydney",       "tokyo",       "umatilla",     "ashburn-ix",
        "london-ix", "frankfurt-ix", "san-jose-ix", "singapore-ix",
    };

    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++)
        if (span_is_text(word, edges[i]))
            return true;
    return false;
}

static bool read_edges(const struct reading *r)
{
    for (struct span rest = r->value; rest.size;)
        if (!is_edge(span_trim(span_cut(rest, ',', &rest))))
            return false;
    if (r->value.size)
        r->out->edges = r->value;
    return r->value.size > 0;
}

/* clang-format off */
static const struct {
    const char *key, *range;
    bool (*read)(const struct reading *r);
    const char *usual, *does;
} keys[] = {
    {"ct",  "a number of milliseconds from 100 to 10000", read_connect,     "5000",    "a connection, TLS included, takes no longer"},
    {"rt",  "a number of milliseconds from 100 to 15000", read_read,        "15000",   "no byte of an answer is waited for longer"},
    {"tt",  "a number of milliseconds from 100 to 15000", read_total,       "15000",   "all tries together take no longer"},
    {"rc",  "a number of retries from 0 to 5",            read_retries,     "1",       "so often it is tried again"},
    {"rp",  "a list of 4xx, 5xx, ct, rt, all",            read_policy,      "ct",      "what is tried again: an answer of that kind, no connection, silence"},
    {"sni", "y or n",                                     read_server_name, "y",       "read, and without effect: the host's name is always sent"},
    {"e",   "a list of edges, as ashburn or dublin",      read_edges,       "ashburn", "read, and without effect"},
};
/* clang-format on */

static struct sim_override usual_override(void)
{
    struct sim_override out = {0};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        CHECK(keys[i].read(&(struct reading){&out, span_of(keys[i].usual)}));
    return out;
}

/* The words of what is wrong, or NULL. */
static const char *take(struct arena *arena, struct span pair, struct sim_override *out)
{
    struct reading r = {.out = out};
    const struct span key = span_cut(pair, '=', &r.value);

    if (url_unescape(arena, r.value, &r.value))
        return arena_printf(arena, "override \"%.*s\" has a broken escape", SPAN_ARG(pair));
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (!span_is_text(key, keys[i].key))
            continue;
        if (keys[i].read(&r))
            return NULL;
        return arena_printf(arena, "override %s is \"%.*s\"; it is %s", keys[i].key,
                            SPAN_ARG(r.value), keys[i].range);
    }
    return arena_printf(arena, "override \"%.*s\" is unknown; known are ct rt tt rc rp sni e",
                        SPAN_ARG(key));
}

size_t sim_override_parse(struct arena *arena, struct span fragment, struct sim_override *out,
                          const char *mistakes[SIM_OVERRIDE_MISTAKES_MAX])
{
    size_t count = 0;

    *out = usual_override();
    if (!fragment.size || !memchr(fragment.data, '=', fragment.size))
        return 0;
    while (fragment.size && count < SIM_OVERRIDE_MISTAKES_MAX) {
        const struct span pair = span_cut(fragment, '&', &fragment);
        const char *words = pair.size ? take(arena, pair, out) : NULL;
        if (words)
            mistakes[count++] = words;
    }
    return count;
}

void sim_override_print(struct buf *out)
{
    buf_add_text(out, "| override | is | without it | does |\n|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        buf_printf(out, "| `%s` | %s | `%s` | %s |\n", keys[i].key, keys[i].range, keys[i].usual,
                   keys[i].does);
}
