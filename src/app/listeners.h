/* app/listeners.h - where the daemon listens: the public address, that of metrics and admin pages,
 * and the socket of the commands.
 *
 * A socket that a unit of systemd has opened, or that we kept over a restart, is taken in place of
 * a new one (service/sockets.h). A kept one is taken only where the settings still say so.
 * Threads: loop thread only.
 */
#ifndef APP_LISTENERS_H
#define APP_LISTENERS_H

#include "base/arena.h"
#include "config/settings.h"
#include "net/http_server.h"
#include "service/sockets.h"

struct listeners {
    struct arena *arena;
    const struct settings *settings;
    struct http_server *server;
    struct sockets *sockets;
    struct tls_pair *tls; /* of the public address; NULL: it is plain */
    const char *control;  /* unix:PATH */
};

/* Returns CLI_YES, or complains and returns another exit status. */
int listeners_open(const struct listeners *listeners);

#endif
