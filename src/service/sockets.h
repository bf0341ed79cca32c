/* service/sockets.h - listening sockets that were handed to us: by a socket unit of systemd, or by
 * ourselves before a restart.
 *
 * A socket unit names its socket (FileDescriptorName=) "public" or "admin"; without a name the
 * first is public and the second admin. A socket that we listened on ourselves is kept by systemd
 * over a restart (sockets_keep) under "kept-public" and "kept-admin": what comes while no daemon
 * runs waits in its queue.
 * Owns: descriptors that nobody has taken yet.
 * Threads: one, before there is a second.
 * Source: sd_listen_fds(3); sd_notify(3), FDSTORE.
 */
#ifndef SERVICE_SOCKETS_H
#define SERVICE_SOCKETS_H

#include <stdbool.h>

enum { SOCKETS_MAX = 8 };

struct sockets {
    int count;
    struct socket_given {
        int fd;          /* -1: taken */
        char name[32];   /* "public", "admin" or another */
        bool is_kept;    /* we listened on it before */
    } list[SOCKETS_MAX]; /* in the order in which they were handed over */
};

/* Takes what was handed to this process; children will not see it. */
void sockets_open(struct sockets *out);
/* Closes those that nobody has taken, and has those of ours forgotten. Returns how many came from
 * socket units, with names that we do not know. */
int sockets_close(struct sockets *sockets);

/* The descriptor of that name, now the caller's; -1: none. *out_kept: we listened on it before,
 * where the settings said at that time. */
int sockets_take(struct sockets *sockets, const char *name, bool *out_kept);

/* Has a socket that we listen on ourselves given back to us at our next start; and no more. */
void sockets_keep(int fd, const char *name);
void sockets_forget(const char *name);

#endif
