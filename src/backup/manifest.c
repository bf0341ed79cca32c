#include "backup/manifest.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/id.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/json.h"
#include "codec/json_instant.h"
#include "codec/timestamp.h"

enum { TEXT_BYTES_MAX = 48 << 20, FILE_BYTES_MAX = 8 << 20 };

static const char prefix[] = "nextring-";

void manifest_name(int64_t made_ms, char out[MANIFEST_NAME_SIZE])
{
    char at[TIMESTAMP_SIZE];
    size_t used = sizeof prefix - 1;

    timestamp_render_seconds(made_ms, at);
    memcpy(out, prefix, sizeof prefix);
    for (const char *p = at; *p && used < MANIFEST_NAME_SIZE - 1; p++)
        if (*p != '-' && *p != ':')
            out[used++] = *p;
    out[used] = 0;
}

bool manifest_is_name(struct span text, const char *end)
{
    char shape[MANIFEST_NAME_SIZE];
    const size_t end_size = strlen(end);

    manifest_name(0, shape);
    const size_t size = strlen(shape);
    if (text.size != size + end_size || memcmp(text.data + size, end, end_size) != 0)
        return false;
    for (size_t i = 0; i < size; i++) {
        const bool is_digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (shape[i] >= '0' && shape[i] <= '9' ? !is_digit : text.data[i] != shape[i])
            return false;
    }
    return true;
}

/* ---- out ---- */

static void out_sum(struct arena *arena, struct json_out *o, const char *key,
                    const struct pack_sum *sum)
{
    json_out_object(o, key);
    json_out_number(o, "bytes", sum->bytes);
    json_out_text(o, "sha256", base64_hex_render(arena, sum->hash, sizeof sum->hash));
    json_out_end_object(o);
}

static void out_log(struct arena *arena, struct json_out *o, const struct store_proof_log *log)
{
    char last[ID_TEXT_SIZE + 1];

    id_render(log->last, last);
    json_out_object(o, NULL);
    json_out_number(o, "tenant", log->tenant);
    json_out_text(o, "slug", span_of(log->slug));
    json_out_number(o, "events", log->rows);
    json_out_text_or_null(o, "last", log->last ? span_of(last) : (struct span){NULL, 0});
    json_out_text_or_null(o, "chain",
                          log->has_chain ? base64_hex_render(arena, log->chain, sizeof log->chain)
                                         : (struct span){NULL, 0});
    json_out_end_object(o);
}

struct span manifest_render(struct arena *arena, const struct manifest *m)
{
    struct buf out = buf_in(arena, TEXT_BYTES_MAX);
    struct json_out o = json_out(&out);

    json_out_object(&o, NULL);
    json_out_number(&o, "format", MANIFEST_FORMAT);
    json_out_text(&o, "name", span_of(m->name));
    json_instant(&o, "made_at", m->made_ms);
    json_instant(&o, "latest_event_at", m->proof.written_ms);
    json_out_number(&o, "schema", m->proof.schema);
    out_sum(arena, &o, "packed", &m->packed);
    out_sum(arena, &o, "database", &m->whole);
    json_out_list(&o, "logs");
    for (size_t i = 0; i < m->proof.count; i++)
        out_log(arena, &o, &m->proof.logs[i]);
    json_out_end_list(&o);
    json_out_number(&o, "sealed_secrets", (int64_t)m->proof.sealed);
    json_out_bool(&o, "has_keys", m->has_keys);
    json_out_list(&o, "files");
    for (size_t i = 0; i < m->file_count; i++) {
        uint8_t hash[DIGEST_SHA256_BYTES];
        digest_sha256(m->files[i].content, hash);
        json_out_object(&o, NULL);
        json_out_text(&o, "name", m->files[i].name);
        json_out_text(&o, "sha256", base64_hex_render(arena, hash, sizeof hash));
        json_out_text(&o, "base64",
                      base64_render(arena, m->files[i].content.data, m->files[i].content.size));
        json_out_end_object(&o);
    }
    json_out_end_list(&o);
    json_out_end_object(&o);
    buf_add_char(&out, '\n');
    return buf_span(&out);
}

/* ---- in ---- */

static bool take_sum(const struct json *from, struct pack_sum *out)
{
    return json_number(json_get(from, "bytes"), 0, INT64_MAX, &out->bytes) &&
           base64_hex_parse(json_text(json_get(from, "sha256")), out->hash, sizeof out->hash);
}

static bool take_log(const struct json *from, struct store_proof_log *out)
{
    const struct span slug = json_text(json_get(from, "slug"));
    const struct json *last = json_get(from, "last"), *chain = json_get(from, "chain");
    int64_t tenant = 0;

    if (!json_number(json_get(from, "tenant"), 0, INT32_MAX, &tenant) ||
        !json_number(json_get(from, "events"), 0, INT64_MAX, &out->rows) ||
        slug.size >= sizeof out->slug)
        return false;
    out->tenant = (int32_t)tenant;
    if (slug.size)
        memcpy(out->slug, slug.data, slug.size);
    out->has_chain = json_type(chain) == JSON_TEXT;
    return (json_type(last) == JSON_NULL || id_parse(json_text(last), &out->last)) &&
           (!out->has_chain || base64_hex_parse(json_text(chain), out->chain, sizeof out->chain));
}

/* A name that leaves the state folder would let a backup write anywhere. */
static bool is_safe(struct span name)
{
    int slashes = 0;

    for (size_t i = 0; i < name.size; i++) {
        const char c = name.data[i];
        const bool is_first = i == 0 || name.data[i - 1] == '/';
        slashes += c == '/';
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || (!is_first && (c == '.' || c == '-' || c == '/'))))
            return false;
    }
    return name.size > 0 && name.size <= 200 && slashes <= 1 && name.data[name.size - 1] != '/';
}

/* Those that a backup has, so that a bent manifest writes no other. */
static bool is_ours(struct span name)
{
    static const char *const names[] = {"callback.key", "provision.json", "nextring.key"};
    bool is_there = span_starts(name, SPAN("feeds/"));

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        is_there = is_there || span_is_text(name, names[i]);
    return is_there && is_safe(name);
}

static bool has_hash(struct span content, struct span hex)
{
    uint8_t said[DIGEST_SHA256_BYTES], is[DIGEST_SHA256_BYTES];

    digest_sha256(content, is);
    return base64_hex_parse(hex, said, sizeof said) && memcmp(said, is, sizeof is) == 0;
}

static bool take_file(struct arena *arena, const struct json *from, struct manifest_file *out)
{
    const struct span text = json_text(json_get(from, "base64"));
    const struct span name = json_text(json_get(from, "name"));
    char *bytes = arena_alloc(arena, text.size + 1);

    if (!is_ours(name) ||
        !base64_parse_any(text, bytes, text.size < FILE_BYTES_MAX ? text.size : FILE_BYTES_MAX,
                          &out->content.size))
        return false;
    out->name = arena_copy(arena, name);
    out->content.data = bytes;
    return has_hash(out->content, json_text(json_get(from, "sha256")));
}

static bool take_lists(struct arena *arena, const struct json *root, struct manifest *m)
{
    const struct json *logs = json_get(root, "logs"), *files = json_get(root, "files");
    int64_t sealed = 0;

    m->proof.count = json_count(logs);
    m->proof.logs = ARENA_NEW_N(arena, struct store_proof_log, m->proof.count + 1);
    for (size_t i = 0; i < m->proof.count; i++)
        if (!take_log(json_at(logs, i), &m->proof.logs[i]))
            return false;
    m->file_count = json_count(files);
    if (m->file_count > MANIFEST_FILES ||
        !json_number(json_get(root, "sealed_secrets"), 0, INT32_MAX, &sealed))
        return false;
    m->proof.sealed = (size_t)sealed;
    m->has_keys = json_bool(json_get(root, "has_keys"));
    for (size_t i = 0; i < m->file_count; i++)
        if (!take_file(arena, json_at(files, i), &m->files[i]))
            return false;
    return true;
}

static bool take(struct arena *arena, const struct json *root, struct manifest *m)
{
    const struct span name = json_text(json_get(root, "name"));
    int64_t schema = 0;
    bool is_local = false;

    if (!manifest_is_name(name, "") ||
        !timestamp_parse(json_text(json_get(root, "made_at")), &m->made_ms, &is_local) ||
        !json_number(json_get(root, "schema"), 1, INT32_MAX, &schema) ||
        !take_sum(json_get(root, "packed"), &m->packed) ||
        !take_sum(json_get(root, "database"), &m->whole))
        return false;
    memcpy(m->name, name.data, name.size);
    m->proof.schema = (int)schema;
    return take_lists(arena, root, m);
}

enum err manifest_parse(struct arena *arena, struct span text, struct manifest *out,
                        char why[PACK_WHY_SIZE])
{
    struct manifest *m = ARENA_NEW(arena, struct manifest);
    struct json *root = NULL;
    struct json_place place;
    int64_t format = 0;

    if (json_parse(text, &root, &place)) {
        snprintf(why, PACK_WHY_SIZE, "the manifest is damaged at line %d: %s", place.line,
                 place.words);
        return ERR_BAD_INPUT;
    }
    const bool is_newer =
        json_number(json_get(root, "format"), MANIFEST_FORMAT + 1, INT32_MAX, &format);
    const bool is_whole =
        json_number(json_get(root, "format"), 1, MANIFEST_FORMAT, &format) && take(arena, root, m);
    json_close(&root);
    if (is_newer) {
        snprintf(why, PACK_WHY_SIZE, "a newer nextring has made this backup: restore it with that");
        return ERR_BAD_INPUT;
    }
    if (!is_whole) {
        snprintf(why, PACK_WHY_SIZE,
                 "the manifest is damaged, or none of a backup that this program knows");
        return ERR_BAD_INPUT;
    }
    *out = *m;
    return ERR_NONE;
}

/* ---- the comparison ---- */

static bool is_same(const struct store_proof_log *a, const struct store_proof_log *b)
{
    return a->tenant == b->tenant && a->rows == b->rows && a->last == b->last &&
           a->has_chain == b->has_chain &&
           (!a->has_chain || memcmp(a->chain, b->chain, sizeof a->chain) == 0);
}

bool manifest_agrees(const struct manifest *m, const struct store_proof *proof,
                     const char **out_slug)
{
    for (size_t i = 0; i < m->proof.count || i < proof->count; i++) {
        const bool is_here = i < m->proof.count && i < proof->count;
        if (is_here && is_same(&m->proof.logs[i], &proof->logs[i]))
            continue;
        const struct store_proof_log *log =
            i < m->proof.count ? &m->proof.logs[i] : &proof->logs[i];
        *out_slug = log->slug[0] ? log->slug : "0";
        return false;
    }
    return true;
}
