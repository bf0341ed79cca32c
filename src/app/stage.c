#include "app/stage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/http_client.h"

enum { PATH_SIZE = 4096, READY_TRIES = 400, READY_EVERY_MS = 25, CLOCK_FD = 9 };

static const char auth_token[] = "0123456789abcdef0123456789abcdef";
static const char api_key[] = "SK00000000000000000000000000000001";
static const char api_secret[] = "rehearsal-only-secret";
/* Monday 18:05 in Los Angeles: both dispatchers of the example are on duty. */
static const char start_at[] = "2026-11-24T02:05:00Z";

static const char roster[] =
    "{\n"
    "  \"tenant\": \"acme\", \"name\": \"Acme Hauling\", \"region\": \"US\",\n"
    "  \"time_zone\": \"America/Los_Angeles\", \"account_sid\": \"" STAGE_ACCOUNT "\",\n"
    "  \"lines\": [ { \"number\": \"" STAGE_LINE "\", \"chain\": \"dispatch\" } ],\n"
    "  \"dispatchers\": [\n"
    "    { \"id\": \"primary\", \"name\": \"Primary dispatcher\", \"phone\": \"(619) 555-0111\",\n"
    "      \"on_call\": [ { \"days\": [\"mon\",\"tue\",\"wed\",\"thu\",\"fri\"],\n"
    "                     \"from\": \"07:00\", \"to\": \"19:00\" } ] },\n"
    "    { \"id\": \"backup\", \"name\": \"Backup dispatcher\", \"phone\": \"+1 619 555 0112\",\n"
    "      \"on_call\": \"18:00-08:00\" },\n"
    "    { \"id\": \"owner\", \"name\": \"Owner\", \"phone\": \"" STAGE_OWNER "\" } ],\n"
    "  \"chains\": { \"dispatch\": [\n"
    "    { \"operators\": [\"primary\"], \"ring_seconds\": 15, \"ack_seconds\": 900 },\n"
    "    { \"operators\": [\"backup\"], \"ring_seconds\": 25, \"ack_seconds\": 900 },\n"
    "    { \"operators\": [\"owner\"], \"ring_seconds\": 20, \"ack_seconds\": 1800 } ] }\n"
    "}\n";

static bool complain(const char *what)
{
    fprintf(stderr, "nextring demo: %s%s%s\n", what, errno ? ": " : "",
            errno ? strerror(errno) : "");
    return false;
}

static bool write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    if (!f)
        return complain(path);
    fputs(text, f);
    return fclose(f) == 0;
}

/* A port that is free at the moment. */
static int free_port(int wish)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)wish)};
    socklen_t size = sizeof at;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int one = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0) {
        close(fd);
        return wish ? free_port(0) : 0;
    }
    getsockname(fd, (struct sockaddr *)&at, &size);
    close(fd);
    return ntohs(at.sin_port);
}

/* The program beside this one, or this one itself. */
static bool program_path(const char *name, char out[PATH_SIZE])
{
    const ssize_t n = readlink("/proc/self/exe", out, PATH_SIZE - 32);

    if (n <= 0)
        return complain("/proc/self/exe");
    out[n] = 0;
    char *slash = strrchr(out, '/');
    snprintf(slash + 1, 32, "%s", name);
    return true;
}

static pid_t spawn(struct stage *s, char *const *argv, char *const *environment, const char *log)
{
    const pid_t pid = fork();

    if (pid != 0)
        return pid;
    const int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(s->clock_fd, CLOCK_FD);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execve(argv[0], argv, environment);
    _exit(127);
}

static struct json *ask(struct stage *s, const struct http_call *call)
{
    static const char *const headers[] = {"Content-Type: application/json", NULL};
    struct http_call with = *call;
    struct http_result r = {.outcome = HTTP_NOT_SENT};
    struct json *root = NULL;
    struct json_place place;

    if (!with.headers)
        with.headers = headers;
    with.total_ms = 120000; /* a turn may leap over hours */
    http_client_once(s->arena, &with, &r);
    if (r.outcome != HTTP_ANSWERED || r.status / 100 != 2)
        return NULL;
    return json_parse(r.body.size ? r.body : SPAN("{}"), &root, &place) ? NULL : root;
}

struct json *stage_ask_sim(struct stage *s, const char *method, const char *path, const char *body)
{
    const struct http_call call = {
        .method = method,
        .url = arena_printf(s->arena, "http://127.0.0.1:%d%s", s->sim_port, path),
        .body = span_of(body),
    };

    return ask(s, &call);
}

struct json *stage_ask_daemon(struct stage *s, const char *path)
{
    const struct http_call call = {
        .method = "GET",
        .url = arena_printf(s->arena, "http://localhost%s", path),
        .unix_socket = arena_printf(s->arena, "%s/data/control.sock", s->folder),
    };

    return ask(s, &call);
}

struct json *stage_post_daemon(struct stage *s, const char *path, const char *body)
{
    const struct http_call call = {
        .method = "POST",
        .url = arena_printf(s->arena, "http://localhost%s", path),
        .unix_socket = arena_printf(s->arena, "%s/data/control.sock", s->folder),
        .body = span_of(body),
    };

    return ask(s, &call);
}

struct json *stage_post_page(struct stage *s, const char *path, const char *body)
{
    const char *const headers[] = {
        "Content-Type: application/json",
        arena_printf(s->arena, "Origin: http://127.0.0.1:%d", s->daemon_port), NULL};
    const struct http_call call = {
        .method = "POST",
        .url = arena_printf(s->arena, "http://127.0.0.1:%d%s", s->daemon_port, path),
        .headers = headers,
        .body = span_of(body),
    };

    return ask(s, &call);
}

bool stage_do(struct stage *s, const char *method, const char *path, const char *body)
{
    struct json *answer = stage_ask_sim(s, method, path, body);
    const bool done = answer != NULL;

    json_close(&answer);
    if (!done)
        fprintf(stderr, "nextring demo: the simulated carrier refused %s %s %s\n", method, path,
                body ? body : "");
    return done;
}

bool stage_turn(struct stage *s, int64_t ms)
{
    return stage_do(
        s, "POST", "/sim/turn",
        arena_printf(s->arena, "{\"for_ms\":%lld,\"patience_ms\":30000}", (long long)ms));
}

int64_t stage_now_ms(struct stage *s)
{
    struct json *clock = stage_ask_sim(s, "GET", "/sim/clock", NULL);
    int64_t now_ms = 0;

    (void)json_number(json_get(clock, "now_ms"), 0, INT64_MAX, &now_ms);
    json_close(&clock);
    return now_ms;
}

static bool is_up(struct stage *s, bool daemon)
{
    struct json *a =
        daemon ? stage_ask_daemon(s, "/api/v1/lines") : stage_ask_sim(s, "GET", "/sim/clock", NULL);
    const bool up = a != NULL;

    json_close(&a);
    return up;
}

static bool wait_until_up(struct stage *s, bool daemon)
{
    const pid_t pid = daemon ? s->daemon : s->sim;

    for (int i = 0; i < READY_TRIES; i++) {
        if (is_up(s, daemon))
            return true;
        if (waitpid(pid, NULL, WNOHANG) == pid) {
            *(daemon ? &s->daemon : &s->sim) = 0;
            break;
        }
        poll(NULL, 0, READY_EVERY_MS);
    }
    errno = 0;
    fprintf(stderr, "nextring demo: the %s did not start; see %s/%s.log\n",
            daemon ? "daemon" : "simulated carrier", s->folder, daemon ? "daemon" : "sim");
    return false;
}

static bool start_sim(struct stage *s)
{
    char program[PATH_SIZE];
    char *setup = arena_printf(s->arena, "%s/setup.json", s->folder);
    char *listen = arena_printf(s->arena, "127.0.0.1:%d", s->sim_port);
    const char *base = arena_printf(s->arena, "http://127.0.0.1:%d", s->daemon_port);

    if (!program_path("nextring-sim", program))
        return false;
    char *const argv[] = {program,          "--listen", listen, "--clock-fd", "9", "--start",
                          (char *)start_at, "--setup",  setup,  "--quiet",    NULL};
    char *const none[] = {NULL};
    if (!write_file(
            setup,
            arena_printf(s->arena,
                         "{\"accounts\":[{\"sid\":\"" STAGE_ACCOUNT "\",\"auth_token\":\"%s\","
                         "\"api_keys\":[{\"sid\":\"%s\",\"secret\":\"%s\"}],"
                         "\"numbers\":[{\"phone_number\":\"" STAGE_LINE "\","
                         "\"voice_url\":\"%s/webhook/twilio/voice\",\"sms_url\":\"%s/sms/inbound\","
                         "\"voice_fallback_url\":\"%s/voice/fallback\","
                         "\"status_callback\":\"%s/webhook/twilio/call-status\"}]}],"
                         "\"phones\":[{\"number\":\"" STAGE_PRIMARY
                         "\",\"name\":\"Primary dispatcher\"},"
                         "{\"number\":\"" STAGE_BACKUP "\",\"name\":\"Backup dispatcher\"},"
                         "{\"number\":\"" STAGE_OWNER "\",\"name\":\"Owner\"},"
                         "{\"number\":\"" STAGE_CUSTOMER "\",\"name\":\"Customer\"}]}",
                         auth_token, api_key, api_secret, base, base, base, base)))
        return false;
    s->sim = spawn(s, argv, none, arena_printf(s->arena, "%s/sim.log", s->folder));
    return wait_until_up(s, false);
}

bool stage_start_daemon(struct stage *s)
{
    char program[PATH_SIZE];
    struct arena *a = s->arena;

    if (!program_path("nextring", program))
        return false;
    char *const argv[] = {program, "serve", "--clock-fd", "9", NULL};
    char *const environment[] = {
        arena_printf(a, "NEXTRING_LISTEN=127.0.0.1:%d", s->daemon_port),
        arena_printf(a, "NEXTRING_PUBLIC_URL=http://127.0.0.1:%d", s->daemon_port),
        arena_printf(a, "NEXTRING_DATA=%s/data", s->folder),
        s->is_database ? "NEXTRING_ROSTER=database"
                       : arena_printf(a, "NEXTRING_ROSTER=%s/roster.json", s->folder),
        arena_printf(a, "NEXTRING_CARRIER_API=http://127.0.0.1:%d", s->sim_port),
        "NEXTRING_ADMIN_LISTEN=127.0.0.1:0",
        "TWILIO_ACCOUNT_SID=" STAGE_ACCOUNT,
        arena_printf(a, "TWILIO_AUTH_TOKEN=%s", auth_token),
        arena_printf(a, "TWILIO_API_KEY=%s", api_key),
        arena_printf(a, "TWILIO_API_SECRET=%s", api_secret),
        NULL};
    s->daemon = spawn(s, argv, environment, arena_printf(a, "%s/daemon.log", s->folder));
    return wait_until_up(s, true);
}

void stage_kill_daemon(struct stage *s)
{
    if (s->daemon > 0) {
        kill(s->daemon, SIGKILL);
        waitpid(s->daemon, NULL, 0);
    }
    s->daemon = 0;
}

bool stage_open(struct stage *s, int port)
{
    memset(s, 0, sizeof *s);
    s->arena = arena_open(65536);
    snprintf(s->folder, sizeof s->folder, "%s/nextring-demo.XXXXXX",
             getenv("TMPDIR") && strlen(getenv("TMPDIR")) < 30 ? getenv("TMPDIR") : "/tmp");
    if (!mkdtemp(s->folder))
        return complain(s->folder);
    s->clock_fd = memfd_create("rehearsal-clock", 0);
    if (s->clock_fd < 0)
        return complain("memfd_create");
    s->daemon_port = free_port(port);
    s->sim_port = free_port(0);
    return write_file(arena_printf(s->arena, "%s/roster.json", s->folder), roster) &&
           start_sim(s) && stage_start_daemon(s);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static void stop(pid_t pid)
{
    if (pid > 0) {
        kill(pid, SIGTERM);
        waitpid(pid, NULL, 0);
    }
}

void stage_close(struct stage *s)
{
    stop(s->daemon);
    stop(s->sim);
    if (s->clock_fd > 0)
        close(s->clock_fd);
    if (s->folder[0])
        nftw(s->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    arena_close(&s->arena);
}
