#include "service/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum { NS_PER_MS = 1000000 };

struct request {
    uint32_t slot;
    int input, answer;
};

/* A command under way. */
struct run {
    const struct runner_command *command;
    pid_t child;
    int handle, output; /* readable at its end; the end of its stdout */
    size_t size;
    bool is_cut;
    char bytes[RUNNER_OUTPUT_BYTES];
};

union control {
    struct cmsghdr head;
    char room[CMSG_SPACE(RUNNER_DESCRIPTORS * sizeof(int))];
};

static void answer(int to, enum runner_end end, int status, const struct run *run)
{
    struct runner_head head = {.end = end, .status = status, .is_cut = run && run->is_cut};
    struct iovec parts[] = {
        {&head, sizeof head},
        {run ? (void *)(uintptr_t)run->bytes : NULL, run ? run->size : 0},
    };
    const struct msghdr packet = {.msg_iov = parts, .msg_iovlen = 2};

    (void)sendmsg(to, &packet, MSG_NOSIGNAL); /* whoever asked may have gone */
}

/* ---- the command's own process ---- */

static void reset_signals(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

__attribute__((noreturn)) static void become(const struct runner_command *command,
                                             char **environment, int input, int output, int failed)
{
    setpgid(0, 0);
    reset_signals();
    if (dup2(input, STDIN_FILENO) == STDIN_FILENO && dup2(output, STDOUT_FILENO) == STDOUT_FILENO)
        execve(command->argv[0], command->argv, environment);
    const int number = errno;
    (void)!write(failed, &number, sizeof number);
    _exit(127);
}

/* ---- the process that watches it ---- */

/* What read() gave; the bytes above the cap are dropped. */
static ssize_t read_some(struct run *run)
{
    char more[4096];
    const ssize_t n = read(run->output, more, sizeof more);

    if (n <= 0)
        return n;
    const size_t left = sizeof run->bytes - run->size;
    const size_t kept = (size_t)n < left ? (size_t)n : left;
    memcpy(run->bytes + run->size, more, kept);
    run->size += kept;
    run->is_cut = run->is_cut || kept < (size_t)n;
    explicit_bzero(more, sizeof more);
    return n;
}

/* Until the command ends, whoever else may hold its stdout; false: it is late. */
static bool collect(struct run *run)
{
    const int64_t end_ns = clock_mono_ns() + (int64_t)run->command->deadline_ms * NS_PER_MS;
    struct pollfd at[] = {{run->handle, POLLIN, 0}, {run->output, POLLIN, 0}};

    for (;;) {
        const int64_t left_ns = end_ns - clock_mono_ns();
        if (left_ns <= 0)
            return false;
        if (poll(at, 2, (int)(left_ns / NS_PER_MS) + 1) < 0 && errno != EINTR)
            return false;
        if (at[1].revents && read_some(run) == 0)
            at[1].fd = -1;
        if (!at[0].revents)
            continue;
        while (!run->is_cut && read_some(run) > 0) {
        }
        return true;
    }
}

/* Returns 0 or the system's error number. */
static int begin(struct run *run, char **environment, int input)
{
    int output[2], failed[2], number = 0;

    if (pipe2(output, O_CLOEXEC) || pipe2(failed, O_CLOEXEC) ||
        fcntl(output[0], F_SETFL, O_NONBLOCK))
        return errno;
    run->child = fork();
    if (run->child == 0)
        become(run->command, environment, input, output[1], failed[1]);
    if (run->child < 0)
        return errno;
    setpgid(run->child, run->child); /* also here: whichever of the two comes first */
    close(output[1]);
    close(failed[1]);
    if (read(failed[0], &number, sizeof number) == (ssize_t)sizeof number)
        return number;
    run->output = output[0];
    run->handle = (int)syscall(SYS_pidfd_open, run->child, 0);
    return run->handle < 0 ? errno : 0;
}

static void run_one(const struct runner_command *command, char **environment,
                    const struct request *rq)
{
    struct run run = {.command = command};
    int status = 0;

    const int number = begin(&run, environment, rq->input);
    const bool in_time = number == 0 && collect(&run);
    if (run.child > 0) {
        kill(-run.child, SIGKILL); /* and what it has left behind */
        while (waitpid(run.child, &status, 0) < 0 && errno == EINTR) {
        }
    }
    if (number)
        answer(rq->answer, RUNNER_NOT_STARTED, number, NULL);
    else
        answer(rq->answer, in_time ? RUNNER_ENDED : RUNNER_LATE, status, &run);
    explicit_bzero(run.bytes, sizeof run.bytes); /* it may be a secret */
}

/* ---- the helper itself ---- */

static void close_both(const struct request *rq)
{
    if (rq->input >= 0)
        close(rq->input);
    if (rq->answer >= 0)
        close(rq->answer);
}

/* False: the daemon has ended. Descriptors that do not come as two are closed and left -1. */
static bool take(int socket, struct request *out)
{
    union control control;
    struct iovec body = {&out->slot, sizeof out->slot};
    struct msghdr packet = {.msg_iov = &body,
                            .msg_iovlen = 1,
                            .msg_control = &control,
                            .msg_controllen = sizeof control};
    ssize_t n;

    out->slot = UINT32_MAX;
    out->input = out->answer = -1;
    do
        n = recvmsg(socket, &packet, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return false;
    int got[RUNNER_DESCRIPTORS] = {-1, -1};
    const struct cmsghdr *c = CMSG_FIRSTHDR(&packet);
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
        c->cmsg_len <= CMSG_LEN(sizeof got))
        memcpy(got, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
    out->input = got[0];
    out->answer = got[1];
    return true;
}

static bool start(int socket, const struct runner_command *command, char **environment,
                  const struct request *rq)
{
    const pid_t pid = fork();

    if (pid == 0) {
        close(socket);
        run_one(command, environment, rq);
        _exit(0);
    }
    return pid > 0;
}

void runner_serve(int socket, const struct runner_command *commands, size_t count,
                  char **environment)
{
    struct request rq;
    size_t running = 0;

    while (take(socket, &rq)) {
        while (running > 0 && waitpid(-1, NULL, WNOHANG) > 0)
            running--;
        if (rq.answer < 0 || rq.slot >= count)
            answer(rq.answer, RUNNER_UNKNOWN, 0, NULL);
        else if (running == RUNNER_AT_ONCE || !start(socket, &commands[rq.slot], environment, &rq))
            answer(rq.answer, RUNNER_BUSY, 0, NULL);
        else
            running++;
        close_both(&rq);
    }
    _exit(0);
}
