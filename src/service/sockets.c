#include "service/sockets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "service/notify.h"

static const char kept_prefix[] = "kept-";
static const char *const usual_names[] = {"public", "admin"};
enum { USUAL = sizeof usual_names / sizeof usual_names[0], NAME_SIZE = 64 };

static bool is_known(const char *name)
{
    for (int i = 0; i < USUAL; i++)
        if (strcmp(name, usual_names[i]) == 0)
            return true;
    return false;
}

static bool listens(int fd)
{
    int is = 0;
    socklen_t size = sizeof is;

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is, &size) == 0 && is;
}

/* Of a unit that gives no names, systemd says its own name or "unknown"; then their order counts.
 */
static void name_by_order(struct sockets *s)
{
    int next = 0;

    for (int i = 0; i < s->count; i++)
        if (is_known(s->list[i].name) && !s->list[i].is_kept)
            return;
    for (int i = 0; i < s->count && next < USUAL; i++)
        if (!s->list[i].is_kept && listens(s->list[i].fd))
            snprintf(s->list[i].name, sizeof s->list[i].name, "%s", usual_names[next++]);
}

void sockets_open(struct sockets *out)
{
    char **names = NULL;
    const size_t prefix = strlen(kept_prefix);
    const int given = notify_take_given(&names);

    *out = (struct sockets){0};
    for (int i = 0; i < given; i++) {
        const char *name = names && names[i] ? names[i] : "";
        const bool is_kept = strncmp(name, kept_prefix, prefix) == 0;
        if (out->count == SOCKETS_MAX) {
            close(NOTIFY_FIRST_FD + i);
            continue;
        }
        struct socket_given *g = &out->list[out->count++];
        *g = (struct socket_given){.fd = NOTIFY_FIRST_FD + i, .is_kept = is_kept};
        snprintf(g->name, sizeof g->name, "%s", is_kept ? name + prefix : name);
    }
    for (int i = 0; names && i < given; i++)
        free(names[i]);
    free(names);
    name_by_order(out);
}

void sockets_keep(int fd, const char *name)
{
    char kept[NAME_SIZE];

    snprintf(kept, sizeof kept, "%s%s", kept_prefix, name);
    notify_keep(fd, kept);
}

void sockets_forget(const char *name)
{
    char kept[NAME_SIZE];

    snprintf(kept, sizeof kept, "%s%s", kept_prefix, name);
    notify_forget(kept);
}

int sockets_close(struct sockets *s)
{
    int left = 0;

    for (int i = 0; i < s->count; i++) {
        const struct socket_given *g = &s->list[i];
        if (g->fd < 0)
            continue;
        close(g->fd);
        if (g->is_kept)
            sockets_forget(g->name);
        else
            left++;
    }
    s->count = 0;
    return left;
}

/* A socket unit's counts before one that was kept: it came to be since. */
int sockets_take(struct sockets *s, const char *name, bool *out_kept)
{
    for (int kept = 0; kept < 2; kept++)
        for (int i = 0; i < s->count; i++) {
            struct socket_given *g = &s->list[i];
            if (g->fd < 0 || g->is_kept != (kept == 1) || strcmp(g->name, name) != 0)
                continue;
            const int fd = g->fd;
            g->fd = -1;
            *out_kept = g->is_kept;
            return fd;
        }
    return -1;
}
