#include "net/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BACKLOG = 4096, HOST_SIZE = 64, PORT_SIZE = 6, SOCKET_MODE = 0600 };

static enum err err_of_system(int number)
{
    switch (number) {
    case EADDRINUSE:
    case EEXIST:
        return ERR_CONFLICT;
    case EACCES:
    case EPERM:
    case EROFS:
        return ERR_DENIED;
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
        return ERR_BAD_INPUT;
    default:
        return ERR_BROKEN;
    }
}

/* Splits off the port; false when the parts cannot be an address. */
static bool split(struct span text, char host[HOST_SIZE], char port[PORT_SIZE])
{
    const char *colon = text.size ? memrchr(text.data, ':', text.size) : NULL;

    if (!colon)
        return false;
    struct span h = {text.data, (size_t)(colon - text.data)};
    const struct span p = span_skip(text, h.size + 1);
    int64_t number;
    if (h.size > 2 && h.data[0] == '[' && h.data[h.size - 1] == ']')
        h = (struct span){h.data + 1, h.size - 2};
    else if (h.size == 0 || memchr(h.data, ':', h.size))
        return false;
    if (h.size >= HOST_SIZE || p.size >= PORT_SIZE || !span_number(p, 0, 65535, &number))
        return false;
    memcpy(host, h.data, h.size);
    host[h.size] = 0;
    memcpy(port, p.data, p.size);
    port[p.size] = 0;
    return true;
}

static int port_of(int fd)
{
    struct sockaddr_storage at;
    socklen_t size = sizeof at;

    if (getsockname(fd, (struct sockaddr *)&at, &size))
        return 0;
    return ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port
                                          : ((struct sockaddr_in *)&at)->sin_port);
}

static enum err open_tcp(struct span text, struct listen_socket *out)
{
    char host[HOST_SIZE], port[PORT_SIZE];
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *at = NULL;
    const int on = 1;

    if (!split(text, host, port) || getaddrinfo(host, port, &hints, &at))
        return ERR_BAD_INPUT;
    const int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    enum err e = ERR_NONE;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) ||
        bind(fd, at->ai_addr, at->ai_addrlen) || listen(fd, BACKLOG))
        e = err_of_system(errno);
    freeaddrinfo(at);
    if (e) {
        if (fd >= 0)
            close(fd);
        return e;
    }
    *out = (struct listen_socket){.fd = fd, .port = port_of(fd)};
    return ERR_NONE;
}

/* Makes room for a new socket file; what is no socket, or is alive, stays. */
static enum err remove_stale(const struct sockaddr_un *at)
{
    struct stat st;

    if (lstat(at->sun_path, &st))
        return errno == ENOENT ? ERR_NONE : err_of_system(errno);
    if (!S_ISSOCK(st.st_mode))
        return ERR_CONFLICT;
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return ERR_BROKEN;
    const bool dead =
        connect(fd, (const struct sockaddr *)at, sizeof *at) != 0 && errno == ECONNREFUSED;
    close(fd);
    if (!dead)
        return ERR_CONFLICT;
    return unlink(at->sun_path) && errno != ENOENT ? err_of_system(errno) : ERR_NONE;
}

static enum err open_unix(struct span path, struct listen_socket *out)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct stat st;

    if (path.size == 0 || path.size >= sizeof at.sun_path || memchr(path.data, 0, path.size))
        return ERR_BAD_INPUT;
    memcpy(at.sun_path, path.data, path.size);
    enum err e = remove_stale(&at);
    if (e)
        return e;
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* Linux creates the file with the descriptor's mode, so it is never open to others; the
     * second chmod is for a umask that takes more away. */
    if (fd < 0 || fchmod(fd, SOCKET_MODE) || bind(fd, (const struct sockaddr *)&at, sizeof at) ||
        chmod(at.sun_path, SOCKET_MODE) || stat(at.sun_path, &st) || listen(fd, BACKLOG)) {
        e = err_of_system(errno);
        if (fd >= 0)
            close(fd);
        return e;
    }
    *out = (struct listen_socket){.fd = fd, .device = st.st_dev, .inode = st.st_ino};
    memcpy(out->path, at.sun_path, sizeof out->path);
    return ERR_NONE;
}

enum err listen_open(struct span address, struct listen_socket *out)
{
    const struct span scheme = SPAN("unix:");

    if (span_starts(address, scheme))
        return open_unix(span_skip(address, scheme.size), out);
    return open_tcp(address, out);
}

enum err listen_adopt(int fd, struct listen_socket *out)
{
    int listens = 0, type = 0;
    socklen_t size = sizeof listens;

    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) || !listens ||
        getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) || type != SOCK_STREAM)
        return ERR_BAD_INPUT;
    if (fcntl(fd, F_SETFL, O_NONBLOCK) || fcntl(fd, F_SETFD, FD_CLOEXEC))
        return ERR_BROKEN;
    *out = (struct listen_socket){.fd = fd, .port = port_of(fd)};
    return ERR_NONE;
}

bool listen_is_at(int fd, struct span address)
{
    struct sockaddr_storage is = {0}; /* its fields that are not set are zero in both */
    char host[HOST_SIZE], port[PORT_SIZE];
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *at = NULL;
    socklen_t size = sizeof is;

    if (getsockname(fd, (struct sockaddr *)&is, &size) || !split(address, host, port) ||
        getaddrinfo(host, port, &hints, &at))
        return false;
    const bool any_port = strcmp(port, "0") == 0;
    if (any_port && at->ai_family == is.ss_family)
        ((struct sockaddr_in *)&is)->sin_port = 0; /* at one place in both families */
    const bool same = size == at->ai_addrlen && memcmp(&is, at->ai_addr, size) == 0;
    freeaddrinfo(at);
    return same;
}

void listen_unlink(const struct listen_socket *s)
{
    struct stat st;

    if (s->path[0] && !lstat(s->path, &st) && st.st_dev == s->device && st.st_ino == s->inode)
        unlink(s->path);
}

void listen_peer_name(const struct sockaddr *peer, char out[LISTEN_PEER_SIZE])
{
    const struct sockaddr_in *v4 = (const void *)peer;
    const struct sockaddr_in6 *v6 = (const void *)peer;
    const int family = peer ? peer->sa_family : AF_UNSPEC;

    if (family == AF_INET)
        inet_ntop(AF_INET, &v4->sin_addr, out, LISTEN_PEER_SIZE);
    else if (family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
        inet_ntop(AF_INET, v6->sin6_addr.s6_addr + 12, out, LISTEN_PEER_SIZE);
    else if (family == AF_INET6)
        inet_ntop(AF_INET6, &v6->sin6_addr, out, LISTEN_PEER_SIZE);
    else
        strcpy(out, "unix");
}

bool listen_has_gone(int fd)
{
    char next;
    const ssize_t n = recv(fd, &next, 1, MSG_PEEK | MSG_DONTWAIT);

    return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}
