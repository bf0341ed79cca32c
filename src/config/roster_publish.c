#include "config/roster_publish.h"

#include <string.h>

#include "base/buf.h"
#include "codec/digest.h"
#include "codec/json.h"
#include "codec/json_walk.h"
#include "codec/timestamp.h"
#include "model/limits.h"

/* The news replace a stretch of the text; stretches are added in the order of the text. */
struct splice {
    struct buf out;
    struct span text;
    size_t copied;
};

static void put(struct splice *s, struct span old, struct span fresh)
{
    const size_t at = (size_t)(old.data - s->text.data);

    buf_add(&s->out, (struct span){s->text.data + s->copied, at - s->copied});
    buf_add(&s->out, fresh);
    s->copied = at + old.size;
}

static bool is_key(struct span quoted, const char *key)
{
    const size_t size = strlen(key);

    return quoted.size == size + 2 && memcmp(quoted.data + 1, key, size) == 0;
}

static bool is_state(struct span quoted)
{
    return is_key(quoted, "state") || is_key(quoted, "status");
}

static struct span bare(struct span value)
{
    return value.size >= 2 && value.data[0] == '"' ? (struct span){value.data + 1, value.size - 2}
                                                   : value;
}

static struct span state_of(const struct roster_news *news, struct span id)
{
    for (size_t i = 0; i < news->job_count; i++)
        if (span_is(news->jobs[i].id, id))
            return news->jobs[i].state;
    return (struct span){0};
}

/* `object` is a job; `id` is its key in an object of jobs. */
static void put_state(struct splice *s, const struct roster_news *news, struct span id,
                      struct span object)
{
    struct json_walk w;
    struct span key, value, place = {0};
    struct arena *arena = s->out.arena;

    bool is_empty = true;

    if (!json_walk_open(object, &w) || !w.is_object)
        return;
    while (json_walk_next(&w, &key, &value)) {
        is_empty = false;
        if (is_key(key, "id") || is_key(key, "job_id"))
            id = bare(value);
        if (is_state(key) && !place.data)
            place = value;
    }
    const struct span state = state_of(news, id);
    if (!state.data || span_is(bare(place), state))
        return;
    const char *fresh = arena_printf(arena, "\"%.*s\"", SPAN_ARG(state));
    if (place.data)
        put(s, place, span_of(fresh));
    else
        put(s, (struct span){object.data + 1, 0},
            span_of(arena_printf(arena, "\"state\": %s%s", fresh, is_empty ? "" : ", ")));
}

static void put_states(struct splice *s, const struct roster_news *news, struct span jobs)
{
    struct json_walk w;
    struct span key, value;

    if (!json_walk_open(jobs, &w))
        return;
    while (json_walk_next(&w, &key, &value))
        put_state(s, news, bare(key), value);
}

/* Whoever writes seconds since the epoch goes on to find them. */
static struct span last_updated(struct arena *arena, struct span old, int64_t at_ms)
{
    char at[TIMESTAMP_SIZE];

    if (old.size > 0 && old.data[0] >= '0' && old.data[0] <= '9')
        return span_of(arena_printf(arena, "%lld", (long long)(at_ms / 1000)));
    timestamp_render(at_ms, at);
    return span_of(arena_printf(arena, "\"%s\"", at));
}

/* What stands between the brace and the first key stands before each of ours. */
static void add_member(struct splice *s, struct span *end, struct span gap, const char *key,
                       struct span value, bool *is_first)
{
    struct arena *arena = s->out.arena;
    const char *before =
        arena_printf(arena, "%s%.*s\"%s\": ", *is_first ? "" : ",", SPAN_ARG(gap), key);

    put(s, *end, span_of(before));
    buf_add(&s->out, value);
    *is_first = false;
}

static bool is_object(struct span text)
{
    struct json *tree = NULL;
    struct json_place place;

    if (json_parse(text, &tree, &place))
        return false;
    const bool is = json_type(tree) == JSON_OBJECT;
    json_close(&tree);
    return is;
}

enum err roster_publish_merge(struct arena *arena, struct span text, const struct roster_news *news,
                              struct span *out)
{
    struct splice s = {.out = buf_in(arena, LIMIT_ROSTER_BYTES), .text = text};
    struct json_walk w;
    struct span key, value, gap = SPAN("\n  "), end;
    bool has_relay = false, has_time = false, is_first = true;

    if (!is_object(text) || !json_walk_open(text, &w))
        return ERR_BAD_INPUT;
    const char *top = w.rest.data;
    end = (struct span){top, 0};
    while (json_walk_next(&w, &key, &value)) {
        if (is_first)
            gap = (struct span){top, (size_t)(key.data - top)};
        is_first = false;
        end = (struct span){value.data + value.size, 0};
        if (is_key(key, "relay")) {
            put(&s, value, news->relay);
            has_relay = true;
        } else if (is_key(key, "last_updated")) {
            put(&s, value, last_updated(arena, value, news->at_ms));
            has_time = true;
        } else if (is_key(key, "jobs")) {
            put_states(&s, news, value);
        }
    }
    if (!has_time)
        add_member(&s, &end, gap, "last_updated",
                   last_updated(arena, (struct span){0}, news->at_ms), &is_first);
    if (!has_relay)
        add_member(&s, &end, gap, "relay", news->relay, &is_first);
    buf_add(&s.out, span_skip(text, s.copied));
    if (s.out.full)
        return ERR_FULL;
    *out = buf_span(&s.out);
    return ERR_NONE;
}

static void feed_job(struct buf *out, struct span job)
{
    struct json_walk w;
    struct span key, value;

    if (!json_walk_open(job, &w) || !w.is_object) {
        buf_add(out, job);
        return;
    }
    while (json_walk_next(&w, &key, &value))
        if (!is_state(key)) {
            buf_add(out, key);
            buf_add(out, value);
        }
}

static void feed_jobs(struct buf *out, struct span jobs)
{
    struct json_walk w;
    struct span key, value;

    if (!json_walk_open(jobs, &w)) {
        buf_add(out, jobs);
        return;
    }
    while (json_walk_next(&w, &key, &value)) {
        buf_add(out, key);
        feed_job(out, value);
        buf_add_char(out, ',');
    }
}

void roster_publish_digest(struct span text, uint8_t out[32])
{
    struct arena *scratch = arena_open(65536);
    struct buf kept = buf_in(scratch, LIMIT_ROSTER_BYTES * 2);
    struct json_walk w;
    struct span key, value;

    if (json_walk_open(text, &w))
        while (json_walk_next(&w, &key, &value)) {
            if (is_key(key, "relay") || is_key(key, "last_updated"))
                continue;
            buf_add(&kept, key);
            if (is_key(key, "jobs"))
                feed_jobs(&kept, value);
            else
                buf_add(&kept, value);
            buf_add_char(&kept, '\n');
        }
    digest_sha256(buf_span(&kept), out);
    arena_close(&scratch);
}
