#include "backup/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/url.h"
#include "codec/xml.h"

enum {
    HOUR_MS = 3600 * 1000,
    IDLE_MS = 60000,
    TEXT_BYTES_MAX = 64 << 20,
    NAMES_MAX = 10000,
};

static const int64_t object_bytes_max = INT64_C(5000000000);

static enum err cannot(const char *path, const char *what, char *why)
{
    const int error = errno;

    snprintf(why, PLACE_WHY_SIZE, "%s cannot be %s: %s", path, what, strerror(error));
    return error == ENOENT                                        ? ERR_NOT_FOUND
           : error == ENOSPC || error == EDQUOT || error == EFBIG ? ERR_FULL
                                                                  : ERR_BROKEN;
}

static struct address_keys keys_of(const struct settings *s)
{
    return (struct address_keys){
        .region = s->aws_region.size ? s->aws_region.data : s->aws_default_region.data,
        .key_id = s->aws_access_key_id.data,
        .secret = s->aws_secret_access_key.data,
        .session_token = s->aws_session_token.data,
        .endpoint =
            s->aws_endpoint_url_s3.size ? s->aws_endpoint_url_s3.data : s->aws_endpoint_url.data,
    };
}

enum err place_open(struct arena *arena, const struct settings *settings, const char *where,
                    struct place *out, char why[PLACE_WHY_SIZE])
{
    struct span text = span_of(where);

    while (text.size > 1 && text.data[text.size - 1] == '/')
        text.size--;
    *out = (struct place){
        .arena = arena,
        .where = arena_text(arena, text),
        .is_s3 = span_starts(text, SPAN("s3://")),
        .keys = keys_of(settings),
    };
    if (!out->is_s3 && address_is(where)) {
        snprintf(why, PLACE_WHY_SIZE, "%s: a backup goes to a folder or to s3://BUCKET/PREFIX",
                 where);
        return ERR_BAD_INPUT;
    }
    if (!out->is_s3 && mkdir(out->where, 0700) != 0 && errno != EEXIST)
        return cannot(out->where, "made", why);
    return ERR_NONE;
}

static const char *path_of(const struct place *p, const char *name)
{
    return arena_printf(p->arena, "%s/%s", p->where, name);
}

const char *place_draft(const struct place *p, const char *folder, const char *name)
{
    return p->is_s3 ? arena_printf(p->arena, "%s/backup.%s", folder, name)
                    : arena_printf(p->arena, "%s/.%s.part", p->where, name);
}

/* ---- folders ---- */

static enum err sync_folder(const struct place *p, char *why)
{
    const int fd = open(p->where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_done = fd >= 0 && fsync(fd) == 0;
    const enum err e = is_done ? ERR_NONE : cannot(p->where, "written", why);

    if (fd >= 0)
        close(fd);
    return e;
}

static enum err write_file(const char *path, struct span text, char *why)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    const bool is_done =
        fd >= 0 && write(fd, text.data, text.size) == (ssize_t)text.size && fsync(fd) == 0;
    const enum err e = is_done ? ERR_NONE : cannot(path, "written", why);

    if (fd >= 0)
        close(fd);
    return e;
}

static enum err rename_into(const struct place *p, const char *draft, const char *name, char *why)
{
    if (rename(draft, path_of(p, name)))
        return cannot(path_of(p, name), "written", why);
    return sync_folder(p, why);
}

static enum err read_file(const struct place *p, const char *path, struct span *out, char *why)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum err e = fd >= 0 && fstat(fd, &st) == 0 ? ERR_NONE : cannot(path, "read", why);

    if (!e && st.st_size > TEXT_BYTES_MAX) {
        snprintf(why, PLACE_WHY_SIZE, "%s is too large to be a manifest", path);
        e = ERR_BAD_INPUT;
    }
    if (!e) {
        char *text = arena_alloc(p->arena, (size_t)st.st_size + 1);
        const ssize_t size = read(fd, text, (size_t)st.st_size);
        *out = (struct span){text, size > 0 ? (size_t)size : 0};
        e = size < 0 ? cannot(path, "read", why) : ERR_NONE;
    }
    if (fd >= 0)
        close(fd);
    return e;
}

static int by_name(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    const size_t size = x->size < y->size ? x->size : y->size;
    const int order = size ? memcmp(x->data, y->data, size) : 0;

    return order ? order : (x->size > y->size) - (x->size < y->size);
}

static enum err list_folder(const struct place *p, struct span prefix, struct span *names,
                            size_t *count, char *why)
{
    DIR *folder = opendir(p->where);
    const struct dirent *entry;

    if (!folder)
        return cannot(p->where, "read", why);
    while ((entry = readdir(folder)) != NULL && *count < NAMES_MAX)
        if (span_starts(span_of(entry->d_name), prefix))
            names[(*count)++] = arena_copy(p->arena, span_of(entry->d_name));
    closedir(folder);
    return ERR_NONE;
}

/* ---- S3 ---- */

struct pouring {
    int fd;
    bool failed;
};

static bool pour(void *ctx, struct span piece)
{
    struct pouring *to = ctx;

    for (size_t done = 0; done < piece.size && !to->failed;) {
        const ssize_t n = write(to->fd, piece.data + done, piece.size - done);
        to->failed = n < 0;
        done += n > 0 ? (size_t)n : 0;
    }
    return !to->failed;
}

/* `to` NULL: the answer is a text, in *out. */
static enum err ask_s3(const struct place *p, const struct address_ask *ask, struct pouring *to,
                       struct span *out, char *why)
{
    struct http_call call;
    struct http_result result = {.outcome = HTTP_NOT_SENT};
    const char *cause = NULL;

    if (!address_call(p->arena, ask, &call, &cause)) {
        snprintf(why, PLACE_WHY_SIZE, "%s %s", ask->address, cause);
        return ERR_BAD_INPUT;
    }
    call.total_ms = HOUR_MS;
    call.idle_ms = ask->is_put ? 0 : IDLE_MS;
    call.max_bytes = to ? (size_t)object_bytes_max : TEXT_BYTES_MAX;
    call.body_stays = true;
    if (to) {
        call.sink = pour;
        call.sink_ctx = to;
    }
    http_client_once(p->arena, &call, &result);
    const struct address_answer answer = address_judge(p->arena, ask, &result);
    switch (answer.fate) {
    case ADDRESS_GOT:
    case ADDRESS_PUT:
        if (out)
            *out = answer.text;
        return ERR_NONE;
    case ADDRESS_ABSENT:
        snprintf(why, PLACE_WHY_SIZE, "%s %s", ask->address, answer.why);
        return ERR_NOT_FOUND;
    case ADDRESS_SAME:
    case ADDRESS_OTHER:
    case ADDRESS_MOVED:
    case ADDRESS_FAILED:
    case ADDRESS_FATES:
        break;
    }
    snprintf(why, PLACE_WHY_SIZE, "%s %s", ask->address,
             answer.why ? answer.why : "is there already, or is elsewhere");
    return answer.answered ? ERR_DENIED : ERR_BUSY;
}

static enum err put_s3(const struct place *p, struct span body, const char *name, char *why)
{
    const struct address_ask ask = {
        .address = path_of(p, name), .keys = &p->keys, .is_put = true, .body = body};

    if ((int64_t)body.size > object_bytes_max) {
        snprintf(why, PLACE_WHY_SIZE,
                 "%s is larger than the 5 GB that S3 takes at once: back up to a folder, and copy"
                 " that there in parts (aws s3 cp)",
                 name);
        return ERR_FULL;
    }
    return ask_s3(p, &ask, NULL, NULL, why);
}

static enum err put_file_s3(const struct place *p, const char *draft, const char *name, char *why)
{
    struct stat st;
    const int fd = open(draft, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st)) {
        const enum err e = cannot(draft, "read", why);
        if (fd >= 0)
            close(fd);
        return e;
    }
    void *body = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (body == MAP_FAILED)
        return cannot(draft, "read", why);
    const enum err e = put_s3(p, (struct span){body, (size_t)st.st_size}, name, why);
    munmap(body, (size_t)st.st_size);
    if (!e)
        unlink(draft);
    return e;
}

/* The bucket, and the prefix in it with a slash at its end, or empty. */
static const char *bucket_of(const struct place *p, struct span *out_prefix)
{
    struct span rest;
    const struct span bucket = span_cut(span_skip(span_of(p->where), 5), '/', &rest);

    *out_prefix =
        rest.size ? span_of(arena_printf(p->arena, "%.*s/", SPAN_ARG(rest))) : (struct span){0};
    return arena_printf(p->arena, "s3://%.*s/", SPAN_ARG(bucket));
}

static void take_keys(const struct place *p, const struct xml_node *node, size_t skip,
                      struct span *names, size_t *count, struct span *token)
{
    for (; node; node = node->next) {
        if (span_is(node->name, SPAN("Key")) && *count < NAMES_MAX)
            names[(*count)++] = span_skip(xml_text(p->arena, node), skip);
        else if (span_is(node->name, SPAN("NextContinuationToken")))
            *token = xml_text(p->arena, node);
        take_keys(p, node->child, skip, names, count, token);
    }
}

static enum err list_s3(const struct place *p, struct span prefix, struct span *names,
                        size_t *count, char *why)
{
    struct span folder, token = {NULL, 0}, text;
    struct xml_node *root;
    struct xml_place at;
    struct address_ask ask = {.address = bucket_of(p, &folder), .keys = &p->keys};

    do {
        struct buf query = buf_in(p->arena, 4096);
        if (token.size) {
            buf_add_text(&query, "continuation-token=");
            url_escape(&query, token);
            buf_add_char(&query, '&');
        }
        buf_add_text(&query, "list-type=2&prefix=");
        url_escape(&query, folder);
        url_escape(&query, prefix);
        ask.query = buf_span(&query).data;
        token = (struct span){NULL, 0};
        const enum err e = ask_s3(p, &ask, NULL, &text, why);
        if (e)
            return e;
        if (xml_parse(p->arena, text, &root, &at)) {
            snprintf(why, PLACE_WHY_SIZE, "%s: the list is no XML: %s", p->where, at.words);
            return ERR_BROKEN;
        }
        take_keys(p, root, folder.size, names, count, &token);
    } while (token.size && *count < NAMES_MAX);
    return ERR_NONE;
}

static enum err get_s3(const struct place *p, const char *name, const char *draft, char *why)
{
    const struct address_ask ask = {.address = path_of(p, name), .keys = &p->keys};
    struct pouring to = {.fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};

    if (to.fd < 0)
        return cannot(draft, "written", why);
    enum err e = ask_s3(p, &ask, &to, NULL, why);
    if (to.failed)
        e = cannot(draft, "written", why);
    close(to.fd);
    return e;
}

/* ---- either ---- */

enum err place_put(const struct place *p, const char *draft, const char *name,
                   char why[PLACE_WHY_SIZE])
{
    return p->is_s3 ? put_file_s3(p, draft, name, why) : rename_into(p, draft, name, why);
}

enum err place_put_text(const struct place *p, struct span text, const char *name,
                        char why[PLACE_WHY_SIZE])
{
    if (p->is_s3)
        return put_s3(p, text, name, why);
    const char *draft = place_draft(p, "", name);
    const enum err e = write_file(draft, text, why);
    return e ? e : rename_into(p, draft, name, why);
}

enum err place_get_text(const struct place *p, const char *name, struct span *out,
                        char why[PLACE_WHY_SIZE])
{
    const struct address_ask ask = {.address = path_of(p, name), .keys = &p->keys};

    return p->is_s3 ? ask_s3(p, &ask, NULL, out, why) : read_file(p, path_of(p, name), out, why);
}

enum err place_get(const struct place *p, const char *name, const char *draft,
                   const char **out_path, char why[PLACE_WHY_SIZE])
{
    enum err e = ERR_NONE;

    if (p->is_s3)
        e = get_s3(p, name, draft, why);
    else if (access(path_of(p, name), R_OK))
        e = cannot(path_of(p, name), "read", why);
    if (!e)
        *out_path = p->is_s3 ? draft : path_of(p, name);
    return e;
}

enum err place_drop(const struct place *p, const char *name, char why[PLACE_WHY_SIZE])
{
    const struct address_ask ask = {.address = path_of(p, name), .keys = &p->keys, .is_drop = true};

    if (p->is_s3)
        return ask_s3(p, &ask, NULL, NULL, why);
    if (unlink(path_of(p, name)) && errno != ENOENT)
        return cannot(path_of(p, name), "removed", why);
    return ERR_NONE;
}

enum err place_list(const struct place *p, const char *prefix, struct span **out, size_t *out_count,
                    char why[PLACE_WHY_SIZE])
{
    struct span *names = ARENA_NEW_N(p->arena, struct span, NAMES_MAX);
    size_t count = 0;
    const enum err e = p->is_s3 ? list_s3(p, span_of(prefix), names, &count, why)
                                : list_folder(p, span_of(prefix), names, &count, why);

    if (e)
        return e;
    qsort(names, count, sizeof *names, by_name);
    *out = names;
    *out_count = count;
    return ERR_NONE;
}
