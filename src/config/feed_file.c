#include "config/feed_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/base64.h"
#include "codec/calendar.h"
#include "codec/digest.h"

enum { FILE_BYTES_MAX = CALENDAR_BYTES_MAX + 4096, NAME_BYTES = 2 * DIGEST_SHA256_BYTES };

static const char *path_of(struct arena *arena, const char *folder, const char *address)
{
    uint8_t hash[DIGEST_SHA256_BYTES];

    digest_sha256(span_of(address), hash);
    return arena_printf(arena, "%s/%.*s", folder,
                        SPAN_ARG(base64_hex_render(arena, hash, sizeof hash)));
}

static bool read_file(struct arena *arena, const char *path, struct roster_feed *out)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    struct arena *scratch = arena_open(0);
    struct span text;

    if (file) {
        char *bytes = arena_alloc(scratch, FILE_BYTES_MAX);
        const size_t size = fread(bytes, 1, FILE_BYTES_MAX, file);
        const struct span address = span_cut((struct span){bytes, size}, '\n', &text);
        *out = (struct roster_feed){arena_text(arena, address), arena_copy(arena, text), 1};
        fclose(file);
    }
    arena_close(&scratch);
    return file && out->address[0] && out->text.size > 0;
}

size_t feed_file_list(struct arena *arena, const char *folder, struct roster_feed **out)
{
    DIR *dir = opendir(folder);
    size_t count = 0;

    *out = dir ? ARENA_NEW_N(arena, struct roster_feed, FEED_FILES_MAX) : NULL;
    for (const struct dirent *e; dir && count < FEED_FILES_MAX && (e = readdir(dir));)
        if (strlen(e->d_name) == NAME_BYTES)
            count +=
                read_file(arena, arena_printf(arena, "%s/%s", folder, e->d_name), &(*out)[count]);
    if (dir)
        closedir(dir);
    return count;
}

enum err feed_file_put(const char *folder, const char *address, struct span text)
{
    struct arena *scratch = arena_open(4096);
    const char *path = path_of(scratch, folder, address);
    const char *fresh = arena_printf(scratch, "%s.new", path);
    const int fd = mkdir(folder, 0700) == 0 || errno == EEXIST
                       ? open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
                       : -1;
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool done = file && fprintf(file, "%s\n", address) > 0 &&
                fwrite(text.data, 1, text.size, file) == text.size;

    if (file)
        done = fclose(file) == 0 && done;
    done = done && rename(fresh, path) == 0;
    arena_close(&scratch);
    return done ? ERR_NONE : ERR_NOT_FOUND;
}

void feed_file_drop(const char *folder, const char *address)
{
    struct arena *scratch = arena_open(1024);

    (void)unlink(path_of(scratch, folder, address));
    arena_close(&scratch);
}
