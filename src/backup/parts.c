#include "backup/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "codec/timestamp.h"
#include "codec/url.h"
#include "codec/xml.h"

enum {
    PARTS_MAX = 9000, /* of the 10,000 that there may be */
    ETAG_SIZE = 128,
    ID_SIZE = 1024,
    TEXT_BYTES_MAX = 4 << 20,
    ARENA_BYTES = 256 << 20, /* a cap: a piece, as it is received and kept */
    LIST_BYTES_MAX = PARTS_MAX * (ETAG_SIZE + 80),
    HTTP_RANGE_BEHIND = 416, /* it begins where there is nothing any more */
};

static const int64_t object_bytes_max = INT64_C(5) << 40;

struct putting {
    const struct parts *ask;
    struct arena *arena; /* of one request */
    char id[ID_SIZE];    /* of the upload, escaped */
    char (*etags)[ETAG_SIZE];
    int64_t bytes, part_bytes;
    int count;
    char *why;
};

static enum err cannot(const char *path, const char *what, char *why)
{
    const int error = errno;

    snprintf(why, BUCKET_WHY_SIZE, "%s cannot be %s: %s", path, what, strerror(error));
    return error == ENOSPC || error == EDQUOT || error == EFBIG ? ERR_FULL : ERR_BROKEN;
}

/* The first element of that name, wherever it stands; NULL: there is none. */
static const struct xml_node *find(const struct xml_node *node, struct span name)
{
    for (; node; node = node->next) {
        const struct xml_node *below = span_is(node->name, name) ? node : find(node->child, name);
        if (below)
            return below;
    }
    return NULL;
}

static const struct xml_node *find_in(struct arena *arena, struct span text, struct span name)
{
    struct xml_node *root = NULL;
    struct xml_place at;

    return xml_parse(arena, text, &root, &at) ? NULL : find(root, name);
}

static enum err odd(const struct putting *p)
{
    snprintf(p->why, BUCKET_WHY_SIZE, "%s: the answer is none of S3's: check AWS_ENDPOINT_URL_S3",
             p->ask->address);
    return ERR_BROKEN;
}

/* ---- putting ---- */

static const char *part_query(const struct putting *p, int number)
{
    return number ? arena_printf(p->arena, "partNumber=%d&uploadId=%s", number, p->id)
                  : arena_printf(p->arena, "uploadId=%s", p->id);
}

static enum err begin(struct putting *p)
{
    const struct address_ask ask = {.address = p->ask->address,
                                    .keys = bucket_keys_now(p->ask->keys),
                                    .is_post = true,
                                    .query = "uploads="};
    struct bucket_answer answer;

    const enum err e = bucket_ask(p->arena, &ask, TEXT_BYTES_MAX, &answer, p->why);
    if (e)
        return e;
    const struct xml_node *id = find_in(p->arena, answer.text, SPAN("UploadId"));
    struct buf escaped = buf_in(p->arena, ID_SIZE - 1);
    if (id)
        url_escape(&escaped, xml_text(p->arena, id));
    const struct span text = buf_span(&escaped);
    if (!text.size || escaped.full)
        return odd(p);
    memcpy(p->id, text.data, text.size);
    p->id[text.size] = 0;
    arena_reset(p->arena);
    return ERR_NONE;
}

static enum err put_part(struct putting *p, int fd, int index)
{
    const int64_t at = (int64_t)index * p->part_bytes;
    const size_t size = (size_t)(p->bytes - at < p->part_bytes ? p->bytes - at : p->part_bytes);
    struct bucket_answer answer = {.is_unsure = false};

    void *part = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, (off_t)at);
    if (part == MAP_FAILED)
        return cannot(p->ask->path, "read", p->why);
    const struct address_ask ask = {.address = p->ask->address,
                                    .keys = bucket_keys_now(p->ask->keys),
                                    .is_put = true,
                                    .is_part = true,
                                    .query = part_query(p, index + 1),
                                    .body = {part, size}};
    enum err e = bucket_ask(p->arena, &ask, TEXT_BYTES_MAX, &answer, p->why);
    if (!e && (!answer.etag.size || answer.etag.size >= ETAG_SIZE))
        e = odd(p);
    if (!e)
        memcpy(p->etags[index], answer.etag.data, answer.etag.size);
    munmap(part, size);
    arena_reset(p->arena);
    return e;
}

static struct span list_of(const struct putting *p)
{
    struct buf out = buf_in(p->arena, LIST_BYTES_MAX);

    buf_add_text(&out, "<CompleteMultipartUpload>");
    for (int i = 0; i < p->count; i++)
        buf_printf(&out, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i + 1,
                   p->etags[i]);
    buf_add_text(&out, "</CompleteMultipartUpload>");
    return buf_span(&out);
}

/* S3 says 200 before it has put the parts together, and may complain in the text. Where the answer
 * to a try before was lost, and the upload is not there any more, it is together. */
static enum err end(struct putting *p)
{
    const struct address_ask ask = {.address = p->ask->address,
                                    .keys = bucket_keys_now(p->ask->keys),
                                    .is_post = true,
                                    .query = part_query(p, 0),
                                    .body = list_of(p)};
    struct bucket_answer answer;

    const enum err e = bucket_ask(p->arena, &ask, TEXT_BYTES_MAX, &answer, p->why);
    if (e == ERR_NOT_FOUND && answer.is_unsure)
        return ERR_NONE;
    if (e)
        return e;
    const struct xml_node *code = find_in(p->arena, answer.text, SPAN("Code"));
    if (code) {
        snprintf(p->why, BUCKET_WHY_SIZE, "%s: S3 cannot put its parts together: %.*s; try again",
                 p->ask->address, SPAN_ARG(xml_text(p->arena, code)));
        return ERR_BUSY;
    }
    return find_in(p->arena, answer.text, SPAN("ETag")) ? ERR_NONE : odd(p);
}

/* The words of what went wrong stay; what cannot be given up now is by a later backup. */
static void give_up(struct putting *p)
{
    char other[BUCKET_WHY_SIZE];
    struct bucket_answer answer;

    arena_reset(p->arena);
    const struct address_ask ask = {.address = p->ask->address,
                                    .keys = bucket_keys_now(p->ask->keys),
                                    .is_drop = true,
                                    .query = part_query(p, 0)};
    if (bucket_ask(p->arena, &ask, TEXT_BYTES_MAX, &answer, other))
        fprintf(stderr, "nextring: the parts that were sent stay for half a day: %s\n", other);
}

static enum err put_all(struct putting *p, int fd)
{
    enum err e = begin(p);

    if (e)
        return e;
    for (int i = 0; i < p->count && !e; i++)
        e = put_part(p, fd, i);
    if (!e)
        e = end(p);
    if (e)
        give_up(p);
    return e;
}

/* Whole MiB, so that each part begins on a page. */
static int64_t size_of_part(int64_t bytes)
{
    const int64_t mib = 1 << 20, least = (bytes + PARTS_MAX - 1) / PARTS_MAX;
    const int64_t rounded = (least + mib - 1) / mib * mib;

    return rounded > PARTS_BYTES ? rounded : PARTS_BYTES;
}

enum err parts_put(const struct parts *parts, int64_t bytes, char why[BUCKET_WHY_SIZE])
{
    struct putting p = {
        .ask = parts, .bytes = bytes, .part_bytes = size_of_part(bytes), .why = why};

    if (bytes > object_bytes_max) {
        snprintf(why, BUCKET_WHY_SIZE,
                 "%s is larger than the 5 TiB that S3 takes: back up to a folder", parts->path);
        return ERR_FULL;
    }
    const int fd = open(parts->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cannot(parts->path, "read", why);
    p.count = (int)((bytes + p.part_bytes - 1) / p.part_bytes);
    p.arena = arena_open(ARENA_BYTES);
    p.etags = arena_must_alloc((size_t)p.count * ETAG_SIZE);
    memset(p.etags, 0, (size_t)p.count * ETAG_SIZE);
    const enum err e = put_all(&p, fd);
    free(p.etags);
    arena_close(&p.arena);
    close(fd);
    return e;
}

/* ---- getting ---- */

static bool write_all(int fd, struct span piece)
{
    while (piece.size) {
        const ssize_t n = write(fd, piece.data, piece.size);
        if (n <= 0)
            return false;
        piece = span_skip(piece, (size_t)n);
    }
    return true;
}

/* *out_size is 0 behind the end. */
static enum err get_piece(const struct parts *parts, struct arena *arena, int fd, int64_t at,
                          size_t *out_size, char *why)
{
    const struct address_ask ask = {.address = parts->address,
                                    .keys = bucket_keys_now(parts->keys),
                                    .range = arena_printf(arena, "bytes=%lld-%lld", (long long)at,
                                                          (long long)at + PARTS_BYTES - 1)};
    struct bucket_answer answer;

    const enum err e = bucket_ask(arena, &ask, PARTS_BYTES, &answer, why);
    if (at && answer.status == HTTP_RANGE_BEHIND)
        return ERR_NONE;
    if (e)
        return e;
    *out_size = answer.text.size;
    return write_all(fd, answer.text) ? ERR_NONE : cannot(parts->path, "written", why);
}

enum err parts_get(const struct parts *parts, char why[BUCKET_WHY_SIZE])
{
    const int fd = open(parts->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    size_t size = PARTS_BYTES;
    enum err e = ERR_NONE;

    if (fd < 0)
        return cannot(parts->path, "written", why);
    for (int64_t at = 0; !e && size == PARTS_BYTES; at += (int64_t)size) {
        struct arena *arena = arena_open(ARENA_BYTES);
        size = 0;
        e = get_piece(parts, arena, fd, at, &size, why);
        arena_close(&arena);
    }
    close(fd);
    if (e)
        unlink(parts->path);
    return e;
}

/* ---- what was left behind ---- */

static bool is_older(struct arena *arena, const struct xml_node *upload, int64_t before_ms)
{
    const struct xml_node *at = find(upload->child, SPAN("Initiated"));
    int64_t at_ms = 0;
    bool is_local = false;

    return at && timestamp_parse(xml_text(arena, at), &at_ms, &is_local) && at_ms < before_ms;
}

static enum err drop(struct arena *arena, struct bucket_keys *keys, const char *bucket,
                     const struct xml_node *upload, char *why)
{
    const struct xml_node *key = find(upload->child, SPAN("Key"));
    const struct xml_node *id = find(upload->child, SPAN("UploadId"));
    struct buf query = buf_in(arena, ID_SIZE);
    struct bucket_answer answer;

    if (!key || !id)
        return ERR_NONE;
    buf_add_text(&query, "uploadId=");
    url_escape(&query, xml_text(arena, id));
    const struct address_ask ask = {
        .address = arena_printf(arena, "%s%.*s", bucket, SPAN_ARG(xml_text(arena, key))),
        .keys = bucket_keys_now(keys),
        .is_drop = true,
        .query = buf_span(&query).data};
    const enum err e = bucket_ask(arena, &ask, TEXT_BYTES_MAX, &answer, why);
    return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

static enum err drop_each(struct arena *arena, struct bucket_keys *keys, const char *bucket,
                          const struct xml_node *node, int64_t before_ms, int *out_count, char *why)
{
    enum err e = ERR_NONE;

    for (; node && !e; node = node->next) {
        if (!span_is(node->name, SPAN("Upload"))) {
            e = drop_each(arena, keys, bucket, node->child, before_ms, out_count, why);
        } else if (is_older(arena, node, before_ms)) {
            e = drop(arena, keys, bucket, node, why);
            *out_count += !e;
        }
    }
    return e;
}

/* The first thousand: there are never many, and the next backup looks again. */
enum err parts_give_up(struct bucket_keys *keys, const char *bucket, struct span prefix,
                       int64_t before_ms, int *out_count, char why[BUCKET_WHY_SIZE])
{
    struct arena *arena = arena_open(ARENA_BYTES);
    struct buf query = buf_in(arena, 4096);
    struct xml_node *root = NULL;
    struct xml_place at;
    struct bucket_answer answer;

    buf_add_text(&query, "prefix=");
    url_escape(&query, prefix);
    buf_add_text(&query, "&uploads=");
    const struct address_ask ask = {
        .address = bucket, .keys = bucket_keys_now(keys), .query = buf_span(&query).data};
    *out_count = 0;
    enum err e = bucket_ask(arena, &ask, TEXT_BYTES_MAX, &answer, why);
    if (!e && xml_parse(arena, answer.text, &root, &at)) {
        snprintf(why, BUCKET_WHY_SIZE, "%s: the list of uploads is no XML: %s", bucket, at.words);
        e = ERR_BROKEN;
    }
    if (!e)
        e = drop_each(arena, keys, bucket, root, before_ms, out_count, why);
    arena_close(&arena);
    return e;
}
