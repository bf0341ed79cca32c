#include "backup/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup/bucket.h"
#include "backup/parts.h"
#include "codec/url.h"
#include "codec/xml.h"

enum {
    LEFT_MS = 12 * 3600 * 1000, /* an upload that has not ended by then never will */
    TEXT_BYTES_MAX = 64 << 20,
    NAMES_MAX = 10000,
};

static enum err cannot(const char *path, const char *what, char *why)
{
    const int error = errno;

    snprintf(why, PLACE_WHY_SIZE, "%s cannot be %s: %s", path, what, strerror(error));
    return error == ENOENT                                        ? ERR_NOT_FOUND
           : error == ENOSPC || error == EDQUOT || error == EFBIG ? ERR_FULL
                                                                  : ERR_BROKEN;
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
    };
    if (!out->is_s3 && address_is(where)) {
        snprintf(why, PLACE_WHY_SIZE, "%s: a backup goes to a folder or to s3://BUCKET/PREFIX",
                 where);
        return ERR_BAD_INPUT;
    }
    if (out->is_s3)
        return bucket_keys_open(arena, settings, &out->keys, why);
    if (mkdir(out->where, 0700) != 0 && errno != EEXIST)
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

static enum err ask_s3(const struct place *p, const struct address_ask *ask, struct span *out,
                       char *why)
{
    struct bucket_answer answer;
    const enum err e = bucket_ask(p->arena, ask, TEXT_BYTES_MAX, &answer, why);

    if (!e && out)
        *out = answer.text;
    return e == ERR_CONFLICT && answer.is_unsure ? ERR_NONE /* it is ours */ : e;
}

static enum err put_s3(const struct place *p, struct span body, const char *name, char *why)
{
    const struct address_ask ask = {.address = path_of(p, name),
                                    .keys = bucket_keys_now(p->keys),
                                    .is_put = true,
                                    .body = body};

    return ask_s3(p, &ask, NULL, why);
}

static enum err put_whole_s3(const struct place *p, const char *draft, const char *name, char *why)
{
    struct span body;
    const enum err e = read_file(p, draft, &body, why);

    return e ? e : put_s3(p, body, name, why);
}

static enum err put_file_s3(const struct place *p, const char *draft, const char *name, char *why)
{
    const struct parts parts = {p->keys, path_of(p, name), draft};
    struct stat st;

    if (stat(draft, &st))
        return cannot(draft, "read", why);
    const enum err e = st.st_size > PARTS_BYTES ? parts_put(&parts, st.st_size, why)
                                                : put_whole_s3(p, draft, name, why);
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
    struct address_ask ask = {.address = bucket_of(p, &folder), .keys = bucket_keys_now(p->keys)};

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
        const enum err e = ask_s3(p, &ask, &text, why);
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
    return parts_get(&(struct parts){p->keys, path_of(p, name), draft}, why);
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
    if (!p->is_s3)
        return read_file(p, path_of(p, name), out, why);
    const struct address_ask ask = {.address = path_of(p, name), .keys = bucket_keys_now(p->keys)};
    return ask_s3(p, &ask, out, why);
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
    if (p->is_s3) {
        const struct address_ask ask = {
            .address = path_of(p, name), .keys = bucket_keys_now(p->keys), .is_drop = true};
        return ask_s3(p, &ask, NULL, why);
    }
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

/* Drafts, as place_draft names them. */
static int tidy_folder(const struct place *p, int64_t now_ms)
{
    DIR *folder = opendir(p->where);
    const struct dirent *entry;
    struct stat st;
    int count = 0;

    while (folder && (entry = readdir(folder)) != NULL) {
        const struct span name = span_of(entry->d_name);
        if (!span_starts(name, SPAN(".nextring-")) || name.size < 5 ||
            !span_is_text(span_skip(name, name.size - 5), ".part") ||
            fstatat(dirfd(folder), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
            (int64_t)st.st_mtime * 1000 > now_ms - LEFT_MS)
            continue;
        count += unlinkat(dirfd(folder), entry->d_name, 0) == 0;
    }
    if (folder)
        closedir(folder);
    return count;
}

int place_tidy(const struct place *p, int64_t now_ms)
{
    char why[PLACE_WHY_SIZE] = "";
    struct span folder;
    int count = 0;

    if (!p->is_s3)
        return tidy_folder(p, now_ms);
    const char *bucket = bucket_of(p, &folder);
    const char *prefix = arena_printf(p->arena, "%.*snextring-", SPAN_ARG(folder));
    if (parts_give_up(p->keys, bucket, span_of(prefix), now_ms - LEFT_MS, &count, why))
        fprintf(stderr,
                "nextring: what a backup that was killed may have left is not looked for: %s\n",
                why);
    return count;
}
