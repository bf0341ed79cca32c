#include "sqlite/sqlite_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static enum err explain(const char *path, int error, char *why, size_t why_size)
{
    switch (error) {
    case EWOULDBLOCK:
        snprintf(why, why_size, "another nextring (or program) holds %s: stop it first", path);
        return ERR_BUSY;
    case ENOSPC:
    case EDQUOT:
        snprintf(why, why_size, "the disk is full: free some space where %s is", path);
        return ERR_FULL;
    case ENOENT:
        snprintf(why, why_size, "the folder of %s is not there: make it", path);
        return ERR_BROKEN;
    case EACCES:
    case EPERM:
    case EROFS:
        snprintf(why, why_size, "%s cannot be written: let this user write in its folder", path);
        return ERR_BROKEN;
    default:
        snprintf(why, why_size, "%s cannot be locked: %s", path, strerror(error));
        return ERR_BROKEN;
    }
}

enum err sqlite_lock_take(const char *path, int *out, char *why, size_t why_size)
{
    char name[PATH_MAX];

    if (snprintf(name, sizeof name, "%s.lock", path) >= (int)sizeof name)
        return explain(path, ENAMETOOLONG, why, why_size);
    const int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return explain(path, errno, why, why_size);
    if (flock(fd, LOCK_EX | LOCK_NB)) {
        const int error = errno;
        close(fd);
        return explain(path, error, why, why_size);
    }
    *out = fd;
    return ERR_NONE;
}

void sqlite_lock_make_private(const char *path)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    /* What is wrong with the file, opening the database tells in better words. */
    if (fd >= 0)
        close(fd);
}
