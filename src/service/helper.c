#include "service/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "service/runner.h"

_Static_assert((int)HELPER_OUTPUT_BYTES == (int)RUNNER_OUTPUT_BYTES, "one limit");
_Static_assert((int)HELPER_AT_ONCE == (int)RUNNER_AT_ONCE, "one limit");

enum {
    MOMENT_MS = 2000, /* above the deadline, in which a killed command has its end told */
    NS_PER_MS = 1000000,
};

struct helper {
    struct arena *arena;
    int fd;
    pid_t pid;
    size_t count;
    const char **names;
    struct runner_command *commands;
};

__attribute__((format(printf, 3, 4))) static enum err say(enum err e, char why[HELPER_WHY_SIZE],
                                                          const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why, HELPER_WHY_SIZE, format, args);
    va_end(args);
    return e;
}

/* ---- commands ---- */

/* Takes the next word off; false when its quote is not closed. A word of which nothing is left is
 * the end. */
static bool take_word(struct span *text, struct arena *arena, char **out)
{
    *text = span_trim(*text);
    if (text->size == 0) {
        *out = NULL;
        return true;
    }
    char *word = arena_alloc(arena, text->size + 1);
    size_t n = 0, i = 0;
    char quote = 0;
    for (; i < text->size; i++) {
        const char c = text->data[i];
        if (!quote && (c == ' ' || c == '\t'))
            break;
        if (c == quote)
            quote = 0;
        else if (!quote && (c == '\'' || c == '"'))
            quote = c;
        else
            word[n++] = c;
    }
    *text = span_skip(*text, i);
    *out = word;
    return quote == 0;
}

static enum err parse(const struct helper_slot *slot, struct arena *arena,
                      struct runner_command *out, char why[HELPER_WHY_SIZE])
{
    struct span text = span_of(slot->command);
    char **argv = ARENA_NEW_N(arena, char *, HELPER_ARGUMENTS + 1);

    if (text.size > HELPER_COMMAND_BYTES)
        return say(ERR_BAD_INPUT, why,
                   "%s: the command is longer than %d bytes; put it in a script", slot->name,
                   HELPER_COMMAND_BYTES);
    for (size_t n = 0;; n++) {
        if (!take_word(&text, arena, &argv[n]))
            return say(ERR_BAD_INPUT, why, "%s: a quote in the command is not closed", slot->name);
        if (!argv[n])
            break;
        if (n + 1 == HELPER_ARGUMENTS)
            return say(ERR_BAD_INPUT, why,
                       "%s: the command has more than %d arguments; put it in a script", slot->name,
                       HELPER_ARGUMENTS - 1);
    }
    if (!argv[0] || argv[0][0] != '/')
        return say(ERR_BAD_INPUT, why,
                   "%s: a command is an absolute path and arguments, as /usr/local/bin/get-it "
                   "nextring; no shell reads it",
                   slot->name);
    *out = (struct runner_command){
        .argv = argv, .deadline_ms = slot->deadline_ms ? slot->deadline_ms : HELPER_DEADLINE_MS};
    return ERR_NONE;
}

static enum err parse_all(struct helper *h, const struct helper_slot *slots, size_t count,
                          char why[HELPER_WHY_SIZE])
{
    h->names = ARENA_NEW_N(h->arena, const char *, count);
    h->commands = ARENA_NEW_N(h->arena, struct runner_command, count);
    for (size_t i = 0; i < count; i++) {
        const enum err e = parse(&slots[i], h->arena, &h->commands[i], why);
        if (e)
            return e;
        h->names[i] = arena_text(h->arena, span_of(slots[i].name));
    }
    h->count = count;
    return ERR_NONE;
}

/* ---- the fork ---- */

static const char *const kept[] = {"PATH", "HOME", "LANG"};
enum { KEPT = sizeof kept / sizeof kept[0] };
static const char usual_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static char **environment_of_commands(struct arena *arena)
{
    char **list = ARENA_NEW_N(arena, char *, KEPT + 1);
    size_t n = 0;

    for (size_t i = 0; i < KEPT; i++) {
        const char *value = getenv(kept[i]);
        if (!value && i == 0)
            value = usual_path;
        if (value)
            list[n++] = arena_printf(arena, "%s=%s", kept[i], value);
    }
    return list;
}

/* Whatever the daemon was given in its environment is no business of the helper, nor of whoever
 * reads /proc. */
static void forget_environment(void)
{
    for (char **v = environ; v && *v; v++)
        explicit_bzero(*v, strlen(*v));
    clearenv();
}

/* Keeps stderr, for what commands complain of, and the socket. */
static int keep_descriptors(int socket)
{
    const int mine = fcntl(socket, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (mine < 0 || nothing < 0)
        _exit(1);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    if (mine > STDERR_FILENO + 1)
        close_range(STDERR_FILENO + 1, (unsigned)mine - 1, 0);
    close_range((unsigned)mine + 1, ~0U, 0);
    return mine;
}

/* The daemon's end is what ends the helper: a signal to the whole group, as a terminal sends, must
 * not take the alarms' commands away while the daemon still drains. */
__attribute__((noreturn)) static void be_helper(struct helper *h, int socket, char **environment)
{
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    prctl(PR_SET_NAME, "nextring-helper");
    prctl(PR_SET_DUMPABLE, 0);
    forget_environment();
    runner_serve(keep_descriptors(socket), h->commands, h->count, environment);
}

static enum err fork_helper(struct helper *h, char why[HELPER_WHY_SIZE])
{
    char **environment = environment_of_commands(h->arena);
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        return say(ERR_BROKEN, why, "the helper cannot be started: %s", strerror(errno));
    h->pid = fork();
    if (h->pid == 0)
        be_helper(h, ends[1], environment);
    close(ends[1]);
    if (h->pid > 0) {
        h->fd = ends[0];
        return ERR_NONE;
    }
    close(ends[0]);
    return say(ERR_BROKEN, why, "the helper cannot be started: %s", strerror(errno));
}

enum err helper_open(const struct helper_slot *slots, size_t count, struct helper **out,
                     char why[HELPER_WHY_SIZE])
{
    if (count > HELPER_SLOTS)
        return say(ERR_FULL, why, "more than %d commands are configured", HELPER_SLOTS);
    if (count == 0) {
        *out = NULL;
        return ERR_NONE;
    }
    struct helper *h = arena_must_alloc(sizeof *h);
    *h = (struct helper){.arena = arena_open(0), .fd = -1, .pid = -1};
    enum err e = parse_all(h, slots, count, why);
    if (!e)
        e = fork_helper(h, why);
    if (e)
        helper_close(&h);
    else
        *out = h;
    return e;
}

void helper_close(struct helper **helper)
{
    struct helper *h = *helper;

    if (!h)
        return;
    *helper = NULL;
    if (h->fd >= 0)
        close(h->fd);
    while (h->pid > 0 && waitpid(h->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    arena_close(&h->arena);
    free(h);
}

/* ---- asking it ---- */

static size_t index_of(const struct helper *h, const char *slot)
{
    size_t i = 0;

    while (h && i < h->count && strcmp(h->names[i], slot) != 0)
        i++;
    return i;
}

bool helper_has(const struct helper *h, const char *slot)
{
    return h && index_of(h, slot) < h->count;
}

/* A file without a name that holds the input, read from its start; -1 when the system refuses. */
static int file_of(struct span input)
{
    const int fd = memfd_create("input", MFD_CLOEXEC);
    size_t done = 0;

    while (fd >= 0 && done < input.size) {
        const ssize_t n = write(fd, input.data + done, input.size - done);
        if (n < 0 && errno != EINTR)
            break;
        done += n > 0 ? (size_t)n : 0;
    }
    if (fd >= 0 && done == input.size && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool ask(const struct helper *h, uint32_t slot, int input, int answer)
{
    const int both[RUNNER_DESCRIPTORS] = {input, answer};
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof both)];
    } control = {0};
    struct iovec body = {&slot, sizeof slot};
    const struct msghdr packet = {.msg_iov = &body,
                                  .msg_iovlen = 1,
                                  .msg_control = &control,
                                  .msg_controllen = sizeof control};

    control.head = (struct cmsghdr){
        .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof both)};
    memcpy(CMSG_DATA(&control.head), both, sizeof both);
    ssize_t n;
    do
        n = sendmsg(h->fd, &packet, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof slot;
}

/* Waits for the one packet of the answer; the count of output bytes, or -1: none came. */
static ssize_t hear(int from, int wait_ms, struct runner_head *head, char *output)
{
    const int64_t end_ns = clock_mono_ns() + (int64_t)wait_ms * NS_PER_MS;
    struct pollfd at = {from, POLLIN, 0};
    int ready;

    do {
        const int64_t left_ns = end_ns - clock_mono_ns();
        ready = left_ns > 0 ? poll(&at, 1, (int)(left_ns / NS_PER_MS) + 1) : 0;
    } while (ready < 0 && errno == EINTR);
    struct iovec parts[] = {{head, sizeof *head}, {output, HELPER_OUTPUT_BYTES}};
    struct msghdr packet = {.msg_iov = parts, .msg_iovlen = 2};
    const ssize_t n = ready > 0 ? recvmsg(from, &packet, MSG_DONTWAIT) : -1;
    return n < (ssize_t)sizeof *head ? -1 : n - (ssize_t)sizeof *head;
}

static enum err judge(const struct helper *h, size_t slot, const struct runner_head *head,
                      char why[HELPER_WHY_SIZE])
{
    const struct runner_command *c = &h->commands[slot];

    switch (head->end) {
    case RUNNER_ENDED:
        return ERR_NONE;
    case RUNNER_LATE:
        return say(ERR_UNSURE, why, "%s: %s took longer than %d s and was killed", h->names[slot],
                   c->argv[0], (c->deadline_ms + 999) / 1000);
    case RUNNER_NOT_STARTED:
        return say(ERR_DENIED, why, "%s: %s cannot be started: %s; is it there, and executable?",
                   h->names[slot], c->argv[0], strerror(head->status));
    case RUNNER_BUSY:
        return say(ERR_BUSY, why, "%s: %d commands are running already", h->names[slot],
                   HELPER_AT_ONCE);
    case RUNNER_UNKNOWN:
        break;
    }
    return say(ERR_NOT_FOUND, why, "%s: the helper knows no such command", h->names[slot]);
}

static enum err gone(const char *slot, char why[HELPER_WHY_SIZE])
{
    return say(ERR_BROKEN, why,
               "%s: the process that runs commands has ended; restart nextring to have it again",
               slot);
}

static enum err run_with(struct helper *h, size_t slot, int input, struct arena *arena,
                         struct helper_answer *out, char why[HELPER_WHY_SIZE])
{
    struct runner_head head = {.end = RUNNER_UNKNOWN};
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        return say(ERR_BUSY, why, "%s: no descriptor is free for it", h->names[slot]);
    const bool asked = ask(h, (uint32_t)slot, input, ends[1]);
    close(ends[1]);
    char *output = asked ? arena_alloc(arena, HELPER_OUTPUT_BYTES + 1) : NULL;
    const ssize_t n =
        asked ? hear(ends[0], h->commands[slot].deadline_ms + MOMENT_MS, &head, output) : -1;
    close(ends[0]);
    if (!asked)
        return gone(h->names[slot], why);
    if (n < 0)
        return say(ERR_UNSURE, why, "%s: whether %s ran is not known", h->names[slot],
                   h->commands[slot].argv[0]);
    const enum err e = judge(h, slot, &head, why);
    if (e)
        return e;
    output[n] = 0;
    const int status =
        WIFSIGNALED(head.status) ? 128 + WTERMSIG(head.status) : WEXITSTATUS(head.status);
    *out = (struct helper_answer){
        .status = status, .output = {output, (size_t)n}, .is_cut = head.is_cut};
    return ERR_NONE;
}

enum err helper_run(struct helper *h, const char *slot, struct span input, struct arena *arena,
                    struct helper_answer *out, char why[HELPER_WHY_SIZE])
{
    const size_t index = index_of(h, slot);

    why[0] = 0;
    if (!helper_has(h, slot))
        return say(ERR_NOT_FOUND, why, "%s: no command of that name was there at the start", slot);
    if (input.size > HELPER_INPUT_BYTES)
        return say(ERR_FULL, why, "%s: its input is larger than %d bytes", slot,
                   HELPER_INPUT_BYTES);
    const int file = file_of(input);
    if (file < 0)
        return say(ERR_BUSY, why, "%s: no memory or descriptor is free for its input", slot);
    const enum err e = run_with(h, index, file, arena, out, why);
    close(file);
    return e;
}

int helper_fd(const struct helper *h)
{
    return h ? h->fd : -1;
}

bool helper_is_gone(const struct helper *h)
{
    struct pollfd at = {helper_fd(h), 0, 0};

    return h && poll(&at, 1, 0) > 0 && (at.revents & (POLLHUP | POLLERR));
}
