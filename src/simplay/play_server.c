#include "simplay/play_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

enum {
    CLOCK_FD = 9,
    VALUE_MAX = 8192,
    COULD_NOT_START = 127,
    LAST_WORDS = 400,
    END_TRIES = 200,
    END_EVERY_MS = 10,
    PORT_FIRST = 10000,
    PORT_COUNT = 22000,
};

const char *play_server_base(const struct play_server *s)
{
    return s->url ? s->url : arena_printf(s->arena, "http://127.0.0.1:%d", s->port);
}

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons((uint16_t)port)};
}

static bool is_free(int port)
{
    const struct sockaddr_in at = loopback(port);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool bound = fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof at) == 0;

    if (fd >= 0)
        close(fd);
    return bound;
}

/* Below those that the system gives to whoever connects: it would be given twice. Others that look
 * at the same time begin at another place, and whoever looks again goes on from there. */
bool play_server_find_port(struct play_server *s)
{
    static int next;

    if (next == 0)
        next = (int)((unsigned)getpid() * 211 % PORT_COUNT);
    for (int tries = 0; tries < PORT_COUNT; tries++) {
        s->port = PORT_FIRST + next;
        next = (next + 1) % PORT_COUNT;
        if (is_free(s->port))
            return true;
    }
    return false;
}

/* A text with its placeholders filled in. */
static char *filled(const struct play_server *s, const char *text)
{
    const struct {
        const char *name, *value;
    } known[] = {
        {"{carrier}", s->carrier},
        {"{port}", arena_printf(s->arena, "%d", s->port)},
        {"{server}", play_server_base(s)},
        {"{folder}", s->folder},
        {"{clock_fd}", arena_printf(s->arena, "%d", CLOCK_FD)},
        {"{roster}", s->roster},
        {"{account}", PLAY_ACCOUNT},
        {"{token}", PLAY_TOKEN},
        {"{key}", PLAY_KEY},
        {"{secret}", PLAY_SECRET},
        {"{line}", s->line},
    };
    struct buf b = buf_in(s->arena, VALUE_MAX);

    while (*text) {
        size_t i = 0;
        while (i < sizeof known / sizeof known[0] &&
               strncmp(text, known[i].name, strlen(known[i].name)) != 0)
            i++;
        if (i < sizeof known / sizeof known[0]) {
            buf_add_text(&b, known[i].value ? known[i].value : "");
            text += strlen(known[i].name);
        } else {
            buf_add_char(&b, *text++);
        }
    }
    return b.data ? b.data : arena_text(s->arena, (struct span){0});
}

static char **arguments(const struct play_server *s)
{
    char **out = ARENA_NEW_N(s->arena, char *, PLAY_ARGV_MAX + 1);

    for (size_t i = 0; i < PLAY_ARGV_MAX && s->argv[i]; i++)
        out[i] = filled(s, s->argv[i]);
    return out;
}

static char **environment(const struct play_server *s)
{
    size_t inherited = 0;

    while (s->inherits && environ[inherited])
        inherited++;
    char **out = ARENA_NEW_N(s->arena, char *, inherited + s->env_count + 1);
    for (size_t i = 0; i < s->env_count; i++)
        out[i] = filled(s, s->env[i]);
    for (size_t i = 0; i < inherited; i++)
        out[s->env_count + i] = environ[i];
    return out;
}

/* Only what is safe between fork and exec. A group of its own, so that what it starts ends with
 * it. */
static void become(const struct play_server *s, char *const *argv, char *const *env,
                   const char *log, pid_t parent)
{
    const int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(COULD_NOT_START);
    dup2(out, STDOUT_FILENO); /* first: the log's own descriptor may be the clock's to be */
    dup2(out, STDERR_FILENO);
    if (s->clock_fd == CLOCK_FD)
        fcntl(CLOCK_FD, F_SETFD, 0); /* nothing is copied, and it must stay open */
    else
        dup2(s->clock_fd, CLOCK_FD);
    if (s->inherits)
        execvpe(argv[0], argv, env);
    else
        execve(argv[0], argv, env);
    _exit(COULD_NOT_START);
}

const char *play_server_start(struct play_server *s)
{
    char **argv = arguments(s), **env = environment(s);
    const char *log = arena_printf(s->arena, "%s/server.log", s->folder);
    const pid_t parent = getpid(), pid = fork();

    if (pid < 0)
        return arena_printf(s->arena, "%s cannot be started: %s", argv[0], strerror(errno));
    if (pid == 0)
        become(s, argv, env, log, parent);
    setpgid(pid, pid); /* both do: whoever comes first */
    s->pid = pid;
    return NULL;
}

bool play_server_has_ended(struct play_server *s)
{
    if (s->pid > 0 && waitpid(s->pid, &s->ended_as, WNOHANG) == s->pid)
        s->pid = 0;
    return s->pid == 0;
}

const char *play_server_end(const struct play_server *s)
{
    if (WIFSIGNALED(s->ended_as))
        return arena_printf(s->arena, "by signal %d", WTERMSIG(s->ended_as));
    return arena_printf(s->arena, "with status %d", WEXITSTATUS(s->ended_as));
}

bool play_server_is_up(struct play_server *s, bool *out_ended)
{
    struct sockaddr_in at = loopback(s->port);

    *out_ended = play_server_has_ended(s);
    if (*out_ended)
        return false;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool up = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
    if (fd >= 0)
        close(fd);
    return up;
}

bool play_server_joins_clock(const struct play_server *s)
{
    for (size_t i = 0; s->argv && s->argv[i]; i++)
        if (strstr(s->argv[i], "{clock_fd}"))
            return true;
    for (size_t i = 0; i < s->env_count; i++)
        if (strstr(s->env[i], "{clock_fd}"))
            return true;
    return false;
}

const char *play_server_last_words(const struct play_server *s)
{
    char *words = arena_alloc(s->arena, LAST_WORDS + 1);
    FILE *f = fopen(arena_printf(s->arena, "%s/server.log", s->folder), "rb");

    if (!f)
        return "none";
    if (fseek(f, -LAST_WORDS, SEEK_END) != 0)
        rewind(f);
    words[fread(words, 1, LAST_WORDS, f)] = 0;
    fclose(f);
    return words[0] ? words : "none";
}

void play_server_ask_to_end(const struct play_server *s)
{
    if (s->pid > 0)
        kill(-s->pid, SIGTERM);
}

void play_server_kill(struct play_server *s)
{
    if (s->pid > 0) {
        kill(-s->pid, SIGKILL);
        waitpid(s->pid, NULL, 0);
    }
    s->pid = 0;
}

/* Ours loses nothing by it; others may have something to put away. */
void play_server_close(struct play_server *s)
{
    if (s->inherits)
        play_server_ask_to_end(s);
    for (int i = 0; s->inherits && i < END_TRIES && !play_server_has_ended(s); i++)
        poll(NULL, 0, END_EVERY_MS);
    play_server_kill(s);
}
