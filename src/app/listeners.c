#include "app/listeners.h"

#include <unistd.h>

#include "base/log.h"
#include "cli/cli.h"
#include "net/listen.h"
#include "service/notify.h"
#include "web/web.h"

enum {
    HEADER_BYTES = 6 * 1024,
    BODY_BYTES = 64 * 1024,
    CONTROL_BODY_BYTES = 1 << 20,
    HEADER_MS = 5000,
    BODY_MS = 10000,
    PUBLIC_CONNECTIONS = 10000,
    PER_ADDRESS = 4000, /* a proxy in front makes everybody one address */
    CONTROL_CONNECTIONS = 64,
};

/* One place to listen at. */
struct place {
    const char *setting, *name; /* name: among sockets that are handed to us; NULL: never is */
    struct span address;
    int listener;
    struct http_limits limits;
};

static int listen_at(const struct listeners *l, const struct place *p)
{
    switch (http_server_listen(l->server, p->address, p->listener, &p->limits)) {
    case ERR_NONE:
        return 0;
    case ERR_CONFLICT:
        return cli_fail(CLI_COULD_NOT,
                        "%s: %.*s is in use; stop the other program, or choose "
                        "another address",
                        p->setting, SPAN_ARG(p->address));
    case ERR_DENIED:
        return cli_fail(CLI_COULD_NOT, "%s: %.*s is not permitted; choose a port above 1023",
                        p->setting, SPAN_ARG(p->address));
    case ERR_BAD_INPUT:
    case ERR_NOT_FOUND:
    case ERR_FULL:
    case ERR_BUSY:
    case ERR_UNSURE:
    case ERR_BROKEN:
    case ERRS:
        break;
    }
    return cli_fail(CLI_COULD_NOT,
                    "%s: %.*s cannot be listened at: is it an address of this "
                    "machine?",
                    p->setting, SPAN_ARG(p->address));
}

/* The socket goes on to our next start, so that nobody is turned away in between. */
static void keep(const struct listeners *l, const struct place *p)
{
    if (p->name && notify_is_wanted())
        sockets_keep(http_server_descriptor(l->server, p->listener), p->name);
}

static int adopt(const struct listeners *l, const struct place *p, int fd, bool is_kept)
{
    if (http_server_adopt(l->server, fd, p->listener, &p->limits)) {
        close(fd);
        return cli_fail(CLI_COULD_NOT,
                        "the socket \"%s\" that systemd handed over takes no connections; its unit "
                        "wants ListenStream= and Accept=no",
                        p->name);
    }
    if (!is_kept) /* and one that was is kept on without a word from us */
        log_line(LOG_INFO, "%s is not used: systemd's socket \"%s\" is, port %d", p->setting,
                 p->name, http_server_port(l->server, p->listener));
    return 0;
}

static int open_place(const struct listeners *l, const struct place *p)
{
    bool is_kept = false;
    int fd = p->name ? sockets_take(l->sockets, p->name, &is_kept) : -1;

    if (fd >= 0 && is_kept && !listen_is_at(fd, p->address)) {
        close(fd);
        sockets_forget(p->name);
        fd = -1;
    }
    if (fd >= 0)
        return adopt(l, p, fd, is_kept);
    const int status = listen_at(l, p);
    if (!status)
        keep(l, p);
    return status;
}

int listeners_open(const struct listeners *l)
{
    const struct settings *s = l->settings;
    const struct http_limits open_to_all = {HEADER_BYTES, BODY_BYTES,         HEADER_MS,
                                            BODY_MS,      PUBLIC_CONNECTIONS, PER_ADDRESS};
    const struct http_limits local = {HEADER_BYTES, CONTROL_BODY_BYTES,  HEADER_MS,
                                      BODY_MS,      CONTROL_CONNECTIONS, 0};
    struct place places[] = {
        {"NEXTRING_LISTEN", "public", s->listen, WEB_PUBLIC, open_to_all},
        {"NEXTRING_ADMIN_LISTEN", "admin", s->admin_listen, WEB_ADMIN, local},
        {"control socket", NULL, span_of(l->control), WEB_CONTROL, local},
    };
    int status = 0;

    places[0].limits.tls = l->tls;
    if (s->pages_url.size) /* people, and their streams */
        places[1].limits.connections = PUBLIC_CONNECTIONS;
    for (size_t i = 0; !status && i < sizeof places / sizeof *places; i++)
        if (places[i].address.size)
            status = open_place(l, &places[i]);
    const int left = sockets_close(l->sockets);
    if (left)
        log_line(LOG_WARN,
                 "%d sockets that systemd handed over are not used: name them public or admin by "
                 "FileDescriptorName=",
                 left);
    return status;
}
