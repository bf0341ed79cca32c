#include "store/store_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "sql/sql_store.h"
#include "sqlite/sqlite_lock.h"
#include "sqlite/sqlite_schema.h"
#include "sqlite/sqlite_sql.h"

enum {
    STEP_PAGES = 2048, /* of a copy that nobody else waits for */
    SPARE_BYTES = 64 << 20,
    NUMBER_BYTES = 32,
};

static struct sql *sql_of(const struct store *store)
{
    return ((const struct sql_store *)store)->sql;
}

static enum err no_room(const char *path, int64_t bytes, char why[STORE_WHY_SIZE])
{
    snprintf(why, STORE_WHY_SIZE,
             "there is no room for a copy: free %lld MB where %s is, or move old backups away",
             (long long)(bytes >> 20), path);
    return ERR_FULL;
}

/* The database must go on writing beside its copy. */
static enum err look_for_room(const char *from, const char *to, char why[STORE_WHY_SIZE])
{
    char folder[PATH_MAX];
    struct stat st;
    struct statvfs disk;

    snprintf(folder, sizeof folder, "%s", to);
    char *slash = strrchr(folder, '/');
    if (slash && slash > folder)
        *slash = 0;
    if (stat(from, &st) || statvfs(slash ? folder : ".", &disk))
        return ERR_NONE; /* what is wrong shows when it is written */
    const int64_t wanted = st.st_size + SPARE_BYTES;
    const int64_t room = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    return room < wanted ? no_room(to, wanted - room, why) : ERR_NONE;
}

static enum err make_file(const char *path, char why[STORE_WHY_SIZE])
{
    if (unlink(path) && errno != ENOENT) {
        snprintf(why, STORE_WHY_SIZE, "%s cannot be removed: %s", path, strerror(errno));
        return ERR_BROKEN;
    }
    const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        snprintf(why, STORE_WHY_SIZE, "%s cannot be made: %s; let this user write in its folder",
                 path, strerror(errno));
        return errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_BROKEN;
    }
    close(fd);
    return ERR_NONE;
}

static enum err begin(struct sql *sql, const char *path, char why[STORE_WHY_SIZE])
{
    if (sqlite_sql_is_copying(sql)) {
        snprintf(why, STORE_WHY_SIZE, "a backup is under way: wait until it is done");
        return ERR_CONFLICT;
    }
    enum err e = look_for_room(sql_path(sql), path, why);

    if (!e)
        e = make_file(path, why);
    return e ? e : sqlite_sql_copy_begin(sql, path, why);
}

enum err store_copy_begin(struct store *store, const char *path, char why[STORE_WHY_SIZE])
{
    if (store->is_shared || strcmp(sql_path(sql_of(store)), "memory") == 0) {
        snprintf(why, STORE_WHY_SIZE, "the database is no file: PostgreSQL has backups of its own");
        return ERR_NOT_FOUND;
    }
    return begin(sql_of(store), path, why);
}

static enum err step(struct sql *sql, int pages, struct store_copied *out, char why[STORE_WHY_SIZE])
{
    struct sqlite_sql_copied copied;
    const enum err e = sqlite_sql_copy_step(sql, pages, &copied, why);

    if (!e)
        *out = (struct store_copied){copied.done, copied.total, copied.is_whole};
    return e;
}

enum err store_copy_step(struct store *store, int pages, struct store_copied *out,
                         char why[STORE_WHY_SIZE])
{
    return step(sql_of(store), pages, out, why);
}

/* ---- without a daemon ---- */

static enum err copy_all(struct sql *sql, const char *to,
                         void (*progress)(void *, int64_t, int64_t), void *ctx,
                         char why[STORE_WHY_SIZE])
{
    struct store_copied copied = {0, 0, false};
    enum err e = begin(sql, to, why);

    while (!e && !copied.is_whole) {
        e = step(sql, STEP_PAGES, &copied, why);
        if (!e && progress)
            progress(ctx, copied.done, copied.total);
    }
    return e;
}

enum err store_copy_file(const char *from, const char *to,
                         void (*progress)(void *, int64_t, int64_t), void *ctx,
                         char why[STORE_WHY_SIZE])
{
    struct sql *sql = NULL;
    int lock = -1;

    if (access(from, F_OK)) {
        snprintf(why, STORE_WHY_SIZE, "there is no %s: name the state folder by NEXTRING_DATA",
                 from);
        return ERR_NOT_FOUND;
    }
    enum err e = sqlite_lock_take(from, &lock, why, STORE_WHY_SIZE);
    if (!e)
        e = sqlite_sql_open(from, NULL, 0, &sql, why);
    if (!e) {
        (void)sqlite_schema_version(sql);
        e = sql_err(sql);
        if (e)
            memcpy(why, sql_why(sql), STORE_WHY_SIZE);
    }
    if (!e)
        e = copy_all(sql, to, progress, ctx, why);
    sql_close(&sql);
    if (lock >= 0)
        close(lock);
    return e;
}

/* ---- the latest ---- */

static void name_note(const char *folder, const char *end, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s/backup.last%s", folder, end);
}

int64_t store_copy_last(const char *folder)
{
    char path[PATH_MAX], text[NUMBER_BYTES + 1] = "";
    int64_t at_ms = 0;

    name_note(folder, "", path);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    const ssize_t size = read(fd, text, NUMBER_BYTES);
    close(fd);
    if (size > 0)
        (void)span_number(span_trim((struct span){text, (size_t)size}), 0, INT64_MAX, &at_ms);
    return at_ms;
}

enum err store_copy_note(const char *folder, int64_t at_ms, char why[STORE_WHY_SIZE])
{
    char path[PATH_MAX], fresh[PATH_MAX], text[NUMBER_BYTES];

    name_note(folder, "", path);
    name_note(folder, ".new", fresh);
    const int size = snprintf(text, sizeof text, "%lld\n", (long long)at_ms);
    const int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    const bool is_kept =
        fd >= 0 && write(fd, text, (size_t)size) == size && rename(fresh, path) == 0;
    if (!is_kept)
        snprintf(why, STORE_WHY_SIZE, "%.150s cannot be written: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return is_kept ? ERR_NONE : ERR_BROKEN;
}
