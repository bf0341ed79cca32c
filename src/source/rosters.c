#include "source/rosters.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "codec/digest.h"
#include "codec/json.h"
#include "config/roster_file.h"
#include "config/roster_publish.h"
#include "source/address.h"
#include "vault/vault.h"

enum { FILES_MAX = 5000, MISTAKES_TEXT_MAX = 64 * 1024 };

static void mark_refused(struct rosters_document *d)
{
    struct json *tree = NULL;
    struct json_place place;
    struct buf both = buf_in(d->arena, 8192);

    if (json_parse(d->text, &tree, &place))
        digest_sha256(d->text, d->mark);
    else
        roster_publish_digest(d->text, d->mark);
    json_close(&tree);
    buf_add(&both, (struct span){(const char *)d->mark, sizeof d->mark});
    buf_add(&both, span_of(d->path));
    digest_sha256(buf_span(&both), d->mark);
}

static struct rosters_document *parse(const struct roster_defaults *defaults, const char *path,
                                      struct span text)
{
    struct arena *arena = arena_open(16384);
    struct rosters_document *d = ARENA_NEW(arena, struct rosters_document);
    struct mistakes *mistakes = ARENA_NEW(arena, struct mistakes);
    struct buf lines = buf_in(arena, MISTAKES_TEXT_MAX);

    d->arena = arena;
    d->path = arena_text(arena, span_of(path));
    d->text = arena_copy(arena, text);
    mistakes_init(mistakes, arena);
    if (roster_file_parse(arena, d->text, defaults, &d->roster, mistakes))
        mark_refused(d);
    d->list = mistakes;
    d->mistake_count = mistakes->count + mistakes->more;
    for (size_t i = 0; i < mistakes->count; i++) {
        buf_add(&lines, mistakes_line(arena, &mistakes->list[i]));
        buf_add_char(&lines, '\n');
    }
    d->mistakes = buf_span(&lines);
    return d;
}

static struct roster_defaults defaults_of(const struct source_options *options,
                                          const struct feeds *feeds, const char *path)
{
    struct roster_defaults defaults = {
        .file = path,
        .ring_s = options->ring_s,
        .ack_s = options->ack_s,
        .keep_recordings_days = options->keep_recordings_days,
        .from_number = options->from_number,
        .account_sid = options->account_sid,
        .now_ms = options->clock ? clock_now_ms(options->clock) : 0,
    };

    if (options->vault)
        defaults.tenants = vault_tenants(options->vault, &defaults.tenant_count);
    if (feeds)
        defaults.feeds = feeds_list(feeds, &defaults.feed_count);
    return defaults;
}

struct rosters_document *rosters_parse(const struct source_options *options,
                                       const struct feeds *feeds, const char *path,
                                       struct span text)
{
    const struct roster_defaults defaults = defaults_of(options, feeds, path);

    return parse(&defaults, path, text);
}

struct rosters_document *rosters_parse_kept(const struct source_options *options,
                                            const struct feeds *feeds, struct span text)
{
    static const char path[] = "the database's roster";
    struct roster_defaults defaults = defaults_of(options, feeds, path);
    struct arena *scratch = arena_open(1024);
    struct stat st;

    defaults.was_good = true;
    defaults.beside = address_is(options->roster) ? NULL : options->roster;
    if (defaults.beside && stat(defaults.beside, &st) == 0 && S_ISDIR(st.st_mode))
        defaults.beside = arena_printf(scratch, "%s/", options->roster);
    struct rosters_document *d = parse(&defaults, path, text);
    arena_close(&scratch);
    return d;
}

struct rosters_document *rosters_parse_edit(const struct source_options *options,
                                            const struct feeds *feeds, struct span text)
{
    return rosters_parse(options, feeds, "database://roster", text);
}

static enum err read_file(struct arena *arena, const char *path, struct span *out)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* waits for no pipe's writer */
    struct stat st;
    struct buf text = buf_in(arena, LIMIT_ROSTER_BYTES + 1);
    char chunk[16384];
    ssize_t n;

    if (fd < 0)
        return ERR_NOT_FOUND;
    if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode)) {
        close(fd);
        return ERR_NOT_FOUND;
    }
    while ((n = read(fd, chunk, sizeof chunk)) > 0 && !text.full)
        buf_add(&text, (struct span){chunk, (size_t)n});
    close(fd);
    *out = buf_span(&text);
    return n < 0 ? ERR_NOT_FOUND : ERR_NONE;
}

static enum err add_file(const struct source_options *options, const struct feeds *feeds,
                         const char *path, struct rosters_document ***last)
{
    struct arena *scratch = arena_open(65536);
    struct span text;
    const enum err err = read_file(scratch, path, &text);

    if (!err) {
        **last = rosters_parse(options, feeds, path, text);
        *last = &(**last)->next;
    }
    arena_close(&scratch);
    return err;
}

static int is_json(const struct dirent *entry)
{
    const size_t size = strlen(entry->d_name);

    return entry->d_name[0] != '.' && size > 5 && strcmp(entry->d_name + size - 5, ".json") == 0;
}

enum err rosters_read(const struct source_options *options, const struct feeds *feeds,
                      struct rosters_document **out)
{
    struct rosters_document *first = NULL, **last = &first;
    struct dirent **names = NULL;
    struct stat st;
    enum err err = ERR_NONE;

    if (stat(options->roster, &st) != 0)
        return ERR_NOT_FOUND;
    if (!S_ISDIR(st.st_mode)) {
        err = add_file(options, feeds, options->roster, &last);
        *out = first;
        return err;
    }
    const int count = scandir(options->roster, &names, is_json, alphasort);
    struct arena *scratch = arena_open(0);
    for (int i = 0; i < count; i++) {
        if (i < FILES_MAX && !err)
            err =
                add_file(options, feeds,
                         arena_printf(scratch, "%s/%s", options->roster, names[i]->d_name), &last);
        free(names[i]);
    }
    free(names);
    arena_close(&scratch);
    *out = first;
    return count <= 0 ? ERR_NOT_FOUND : err;
}

static uint64_t mix(uint64_t h, const struct stat *st)
{
    h = hash_number(h, (uint64_t)st->st_size);
    h = hash_number(h, (uint64_t)st->st_mtim.tv_sec);
    h = hash_number(h, (uint64_t)st->st_mtim.tv_nsec);
    return hash_number(h, (uint64_t)st->st_ino);
}

uint64_t rosters_mark(const char *path)
{
    uint64_t h = HASH_BEGIN;
    struct dirent **names = NULL;
    struct stat st;

    if (stat(path, &st) != 0)
        return 0;
    h = mix(h, &st);
    if (!S_ISDIR(st.st_mode))
        return h;
    const int count = scandir(path, &names, is_json, alphasort);
    struct arena *scratch = arena_open(0);
    for (int i = 0; i < count; i++) {
        if (stat(arena_printf(scratch, "%s/%s", path, names[i]->d_name), &st) == 0)
            h = mix(h, &st);
        free(names[i]);
    }
    free(names);
    arena_close(&scratch);
    return h;
}
