#include "source/publish_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "codec/json.h"
#include "model/limits.h"

enum { TRIES = 5 };

struct publishing {
    struct arena *arena;
    const struct roster_news *news;
    const char *path;  /* with links resolved */
    const char *part;  /* the file beside it, while it is written: always ours */
    const char *fresh; /* the same when it is whole; after the exchange, what others wrote */
    const char *aside; /* what others may have written, and nobody can put back */
    struct stat was;
    struct span read;  /* what was in it */
    struct span wrote; /* what we have put in its place */
    char *why;
};

static enum err fail(const struct publishing *p, enum err err, const char *what)
{
    snprintf(p->why, PUBLISH_FILE_WHY_SIZE, "%.120s: %s (%s)", p->path, what, strerror(errno));
    return err;
}

static enum err fail_by_errno(const struct publishing *p, const char *what)
{
    if (errno == ENOENT)
        return fail(p, ERR_NOT_FOUND, "is not there; check NEXTRING_ROSTER");
    if (errno == EACCES || errno == EPERM || errno == EROFS)
        return fail(p, ERR_DENIED,
                    "may not be written; let the user that runs nextring write to the file and "
                    "its folder, or unset NEXTRING_PUBLISH");
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
        return fail(p, ERR_FULL, "the disk is full; free some space");
    return fail(p, ERR_BROKEN, what);
}

static bool read_all(struct arena *arena, int fd, struct span *out)
{
    struct buf text = buf_in(arena, LIMIT_ROSTER_BYTES + 1);
    char chunk[16384];
    ssize_t n;
    off_t at = 0;

    while ((n = pread(fd, chunk, sizeof chunk, at)) > 0 && !text.full) {
        buf_add(&text, (struct span){chunk, (size_t)n});
        at += n;
    }
    *out = buf_span(&text);
    return n >= 0;
}

/* A pipe would be waited for; a folder could be opened. */
static int open_regular(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;

    if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
        return fd;
    close(fd);
    errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    return -1;
}

static enum err read_old(struct publishing *p)
{
    const int fd = open_regular(p->path);

    if (fd < 0)
        return fail_by_errno(p, "cannot be opened");
    const bool read = fstat(fd, &p->was) == 0 && read_all(p->arena, fd, &p->read);
    close(fd);
    return read ? ERR_NONE : fail_by_errno(p, "cannot be read");
}

static bool write_all(int fd, struct span text)
{
    while (text.size > 0) {
        const ssize_t n = write(fd, text.data, text.size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text = span_skip(text, (size_t)n);
    }
    return true;
}

/* Who may not give a file away keeps at least its group, or none can read what he could. */
static bool same_owner(int fd, const struct stat *was)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return false;
    if (st.st_uid == was->st_uid && st.st_gid == was->st_gid)
        return true;
    return fchown(fd, was->st_uid, was->st_gid) == 0;
}

static enum err write_fresh(struct publishing *p, struct span text)
{
    (void)unlink(p->part);
    const int fd = open(p->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return fail_by_errno(p, "no file can be made beside it");
    const bool good = write_all(fd, text) && same_owner(fd, &p->was) &&
                      fchmod(fd, p->was.st_mode & 07777) == 0 && fsync(fd) == 0;
    enum err err = good ? ERR_NONE : fail_by_errno(p, "no file can be written beside it");
    close(fd);
    if (!err && rename(p->part, p->fresh) != 0)
        err = fail_by_errno(p, "no file can be renamed beside it");
    if (err)
        (void)unlink(p->part);
    p->wrote = text;
    return err;
}

/* A lease to write is given for a file that nobody else has open. No file system without leases
 * is refused for that. */
static bool is_open_elsewhere(int fd)
{
    (void)fcntl(fd, F_SETSIG, SIGURG); /* harmless, should anybody break it */
    if (fcntl(fd, F_SETLEASE, F_WRLCK) == 0) {
        (void)fcntl(fd, F_SETLEASE, F_UNLCK);
        return false;
    }
    return errno == EAGAIN;
}

/* Whether the file that came out is the one that was read. */
static bool is_untouched(struct publishing *p)
{
    const int fd = open_regular(p->fresh);
    struct stat st;
    struct span text;

    if (fd < 0)
        return false;
    const bool same = fstat(fd, &st) == 0 && st.st_ino == p->was.st_ino && !is_open_elsewhere(fd) &&
                      read_all(p->arena, fd, &text) && span_is(text, p->read);
    close(fd);
    return same;
}

/* What lies in `fresh` may be somebody's edit: people have to look. */
static enum err put_aside(const struct publishing *p)
{
    if (access(p->aside, F_OK) == 0 || rename(p->fresh, p->aside) != 0)
        return fail(p, ERR_BROKEN,
                    "an edit of others lies in NAME.nextring, one before it in NAME.nextring.old; "
                    "put them in, and remove both");
    return fail(p, ERR_BROKEN,
                "an edit of others was put aside to NAME.nextring.old; put it in, and remove that");
}

static bool is_json(struct span text)
{
    struct json *tree = NULL;
    struct json_place place;
    const bool is = json_parse(text, &tree, &place) == ERR_NONE;

    json_close(&tree);
    return is;
}

/* A crash between exchange and comparison leaves what was there before us, with whatever others
 * had put into it in that moment. */
static enum err settle_left(struct publishing *p)
{
    uint8_t left[32], now[32];
    struct span text;
    const int fd = open_regular(p->fresh);

    if (fd < 0)
        return errno == ENOENT ? ERR_NONE : put_aside(p);
    bool is_same = read_all(p->arena, fd, &text) && is_json(text);
    close(fd);
    if (is_same) {
        roster_publish_digest(text, left);
        roster_publish_digest(p->read, now);
        is_same = memcmp(left, now, sizeof now) == 0;
    }
    if (!is_same)
        return put_aside(p);
    return unlink(p->fresh) ? fail_by_errno(p, "NAME.nextring cannot be removed") : ERR_NONE;
}

static enum err swap_by_lock(struct publishing *p)
{
    const int fd = open_regular(p->path);
    struct stat st;
    struct span text;
    enum err err = ERR_BUSY;

    if (fd < 0)
        return fail_by_errno(p, "cannot be opened");
    /* By name: the file that is open here may have been replaced. */
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && lstat(p->path, &st) == 0 &&
        st.st_ino == p->was.st_ino && read_all(p->arena, fd, &text) && span_is(text, p->read) &&
        !is_open_elsewhere(fd))
        err = rename(p->fresh, p->path) ? fail_by_errno(p, "cannot be renamed over") : ERR_NONE;
    close(fd);
    if (err)
        (void)unlink(p->fresh);
    return err;
}

static void sync_folder(const struct publishing *p)
{
    char *folder = arena_text(p->arena, span_of(p->path));
    char *slash = strrchr(folder, '/');

    if (!slash)
        return;
    slash[slash == folder] = 0;
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

/* Theirs goes back to its place. What comes out now is ours, unless they are at it again: then
 * the later of theirs stays in its place. */
static enum err swap_back(struct publishing *p)
{
    struct stat ours, out;
    struct span text;

    if (stat(p->path, &ours) != 0)
        return put_aside(p);
    if (renameat2(AT_FDCWD, p->fresh, AT_FDCWD, p->path, RENAME_EXCHANGE) != 0)
        return put_aside(p);
    const int fd = open_regular(p->fresh);
    const bool is_ours = fd >= 0 && fstat(fd, &out) == 0 && out.st_ino == ours.st_ino &&
                         read_all(p->arena, fd, &text) && span_is(text, p->wrote);
    if (fd >= 0)
        close(fd);
    if (is_ours) {
        (void)unlink(p->fresh);
        return ERR_BUSY;
    }
    (void)renameat2(AT_FDCWD, p->fresh, AT_FDCWD, p->path, RENAME_EXCHANGE);
    return put_aside(p);
}

static enum err swap(struct publishing *p)
{
    if (renameat2(AT_FDCWD, p->fresh, AT_FDCWD, p->path, RENAME_EXCHANGE) != 0) {
        if (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP)
            return swap_by_lock(p);
        const enum err err = fail_by_errno(p, "cannot be exchanged");
        (void)unlink(p->fresh);
        return err;
    }
    if (!is_untouched(p))
        return swap_back(p);
    (void)unlink(p->fresh);
    return ERR_NONE;
}

static enum err try_once(struct publishing *p)
{
    struct span text;
    enum err err = read_old(p);

    if (err)
        return err;
    err = roster_publish_merge(p->arena, p->read, p->news, &text);
    if (err) {
        snprintf(p->why, PUBLISH_FILE_WHY_SIZE, "%.120s: %s", p->path,
                 err == ERR_FULL ? "has no room for the news; a roster has up to 4 MiB"
                                 : "is no JSON object now; mend it");
        return err;
    }
    err = settle_left(p);
    if (!err)
        err = write_fresh(p, text);
    if (!err)
        err = swap(p);
    if (!err)
        sync_folder(p);
    return err;
}

enum err publish_file(const char *path, const struct roster_news *news,
                      char why[PUBLISH_FILE_WHY_SIZE])
{
    struct publishing p = {.arena = arena_open(65536), .news = news, .path = path, .why = why};
    char *real = realpath(path, NULL);
    enum err err = ERR_BUSY;

    if (!real) {
        err = fail_by_errno(&p, "cannot be found");
        arena_close(&p.arena);
        return err;
    }
    p.path = arena_text(p.arena, span_of(real));
    p.part = arena_printf(p.arena, "%s.nextring.part", real);
    p.fresh = arena_printf(p.arena, "%s.nextring", real);
    p.aside = arena_printf(p.arena, "%s.nextring.old", real);
    free(real);
    for (int i = 0; i < TRIES && err == ERR_BUSY; i++)
        err = try_once(&p);
    if (err == ERR_BUSY)
        snprintf(why, PUBLISH_FILE_WHY_SIZE, "%.120s: others keep writing to it", p.path);
    arena_close(&p.arena);
    return err;
}
