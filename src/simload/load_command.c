#include "simload/load_command.h"

#include <getopt.h>
#include <netdb.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "codec/url.h"
#include "simload/load_report.h"
#include "simload/load_request.h"
#include "simload/load_run.h"
#include "simload/load_stats.h"

enum {
    EXIT_NO = 1,
    EXIT_USAGE = 2,
    EXIT_COULD_NOT = 3,
    STEPS_MAX = 64,
    WEIGHT_MAX = 1000000,
    MILLION = 1000000
};

struct options {
    const char *server, *public_url, *token, *account, *line, *mix, *path, *expect, *log;
    const char *connections, *seconds, *warm_up, *count, *rate, *steps, *arrivals, *patience;
    const char *customers, *lines, *status, *seed, *pid;
    bool forged, idle, remote, json, figures, help;
};

struct load {
    struct arena *arena;
    struct options given;
    struct load_request_shape shape;
    struct load_run_plan plan;
    double steps[STEPS_MAX];
    size_t step_count;
    long pid;
    enum load_form form;
};

static const struct options usual = {
    .server = "http://127.0.0.1:8080",
    .token = "0123456789abcdef0123456789abcdef",
    .account = "AC00000000000000000000000000000001",
    .line = "+16195550100",
    .mix = "text",
    .expect = "",
    .connections = "64",
    .seconds = "10",
    .warm_up = "0",
    .count = "0",
    .rate = "0",
    .arrivals = "even",
    .patience = "10",
    .customers = "1000",
    .lines = "1",
    .status = "0",
    .pid = "0",
};

static const char *const usual_paths[LOAD_KINDS] = {
    [LOAD_TEXT] = "/sms/inbound",
    [LOAD_CALL] = "/webhook/twilio/voice",
    [LOAD_TEXT_STATUS] = "/webhook/twilio/message-status",
    [LOAD_CALL_STATUS] = "/webhook/twilio/call-status",
};

#define TEXT(field) offsetof(struct options, field), false
#define FLAG(field) offsetof(struct options, field), true

/* clang-format off */
static const struct row {
    const char *name;
    size_t at; /* of its member in struct options */
    bool is_flag;
    const char *value, *help;
} rows[] = {
    {"server",      TEXT(server),      "URL",  "the server under test, plain HTTP on this machine"},
    {"mix",         TEXT(mix),         "KINDS", "what is sent: text, call, text-status, call-status, with\n"
                                               "weights as text=8,call=1,text-status=1"},
    {"path",        TEXT(path),        "LIST", "of the webhooks: /hook for all, or text=/sms,call=/voice"},
    {"rate",        TEXT(rate),        "N",    "requests a second, open loop; 0: closed loop, as fast as\n"
                                               "the answers come"},
    {"steps",       TEXT(steps),       "N,N",  "rates, one run after the other"},
    {"arrivals",    TEXT(arrivals),    "HOW",  "even or random (Poisson), of an open loop"},
    {"connections", TEXT(connections), "N",    "kept open side by side"},
    {"seconds",     TEXT(seconds),     "N",    "how long each run is"},
    {"warm-up",     TEXT(warm_up),     "N",    "seconds before that, sent and not counted"},
    {"count",       TEXT(count),       "N",    "how many requests at most; 0: no limit"},
    {"patience",    TEXT(patience),    "N",    "seconds to wait for an answer"},
    {"status",      TEXT(status),      "N",    "that every answer must have; 0: any of 200 to 299"},
    {"expect",      TEXT(expect),      "TEXT", "that every answer must hold"},
    {"public-url",  TEXT(public_url),  "URL",  "what is signed before the path; not given: the server"},
    {"token",       TEXT(token),       "TEXT", "the auth token, with which webhooks are signed"},
    {"account",     TEXT(account),     "SID",  "AccountSid"},
    {"line",        TEXT(line),        "NUMBER", "that is called or written to"},
    {"lines",       TEXT(lines),       "N",    "from that number on, as many are called or written to"},
    {"customers",   TEXT(customers),   "N",    "how many numbers the requests come from, to each line"},
    {"seed",        TEXT(seed),        "N",    "of the sids; not given: the clock"},
    {"forged",      FLAG(forged),      NULL,   "every signature is wrong"},
    {"remote",      FLAG(remote),      NULL,   "the server may be another machine: one of your own"},
    {"pid",         TEXT(pid),         "N",    "the server's process, for its CPU and memory"},
    {"log",         TEXT(log),         "FILE", "gets the instant of each request, in microseconds"},
    {"idle",        FLAG(idle),        NULL,   "one request on each connection, then silence"},
    {"json",        FLAG(json),        NULL,   "a list with an object for each run"},
    {"figures",     FLAG(figures),     NULL,   "a line of name=value for each run"},
    {"help",        FLAG(help),        NULL,   "this page"},
};
/* clang-format on */

enum { ROWS = sizeof rows / sizeof rows[0] };

static void print_help_of(const struct row *r)
{
    const char *const value =
        r->is_flag ? NULL : *(const char *const *)(const void *)((const char *)&usual + r->at);
    const char *rest = r->help;
    char option[32];

    snprintf(option, sizeof option, "--%s %s", r->name, r->value ? r->value : "");
    while (rest) {
        const char *end = strchr(rest, '\n');
        printf("  %-20s %.*s", option, (int)(end ? end - rest : (ptrdiff_t)strlen(rest)), rest);
        option[0] = 0;
        rest = end ? end + 1 : NULL;
        if (!rest && value && *value)
            printf(" (%s)", value);
        puts("");
    }
}

static void help(void)
{
    puts(
        "nextring-sim load [options]   signed webhooks, many of them, and how long answers took\n\n"
        "In an open loop (--rate, --steps) a time counts from when the request was due, so a "
        "server\n"
        "that stands still is charged for all that it held up.\n");
    for (size_t i = 0; i < ROWS; i++)
        print_help_of(&rows[i]);
    puts("\nexamples:\n"
         "  nextring-sim load --server http://127.0.0.1:3000 --path /sms --rate 200\n"
         "  nextring-sim load --mix text=8,call=1,text-status=1 --steps 500,1000,2000 --warm-up 2\n"
         "  nextring-sim load --forged --status 403 --seconds 5 --json\n\n"
         "Exit status: 0 every answer was right, 1 some were not, 2 wrong usage, 3 could not.");
}

__attribute__((format(printf, 1, 2))) static int wrong(const char *format, ...)
{
    va_list args;

    fputs("nextring-sim load: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputs("; nextring-sim load --help lists the options\n", stderr);
    return EXIT_USAGE;
}

static bool take_options(int argc, char **argv, struct options *o)
{
    struct option known[ROWS + 1] = {{NULL, 0, NULL, 0}};
    int at;

    for (int i = 0; i < (int)ROWS; i++)
        known[i] = (struct option){rows[i].name, rows[i].is_flag ? no_argument : required_argument,
                                   NULL, i + 1};
    optind = 1;
    while ((at = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (at < 1 || at > (int)ROWS)
            return false;
        void *member = (char *)o + rows[at - 1].at;
        if (rows[at - 1].is_flag)
            *(bool *)member = true;
        else
            *(const char **)member = optarg;
    }
    if (optind < argc)
        fprintf(stderr, "nextring-sim load: \"%s\" is left over\n", argv[optind]);
    return optind == argc;
}

/* ---- reading the options' values ---- */

static int take_number(const char *name, const char *text, double min, double max, double *out)
{
    char *end;
    const double n = strtod(text, &end);

    if (end == text || *end || !(n >= min && n <= max))
        return wrong("--%s \"%s\" is not a number from %g to %g", name, text, min, max);
    *out = n;
    return 0;
}

static int take_mix(struct load *l)
{
    struct span rest = span_of(l->given.mix);

    while (rest.size) {
        struct span weight, one = span_cut(rest, ',', &rest);
        enum load_kind kind;
        int64_t n = 1;
        const struct span name = span_cut(one, '=', &weight);
        if (!load_kind_parse(name, &kind))
            return wrong("--mix \"%.*s\" is none of text, call, text-status, call-status",
                         SPAN_ARG(name));
        if (weight.data && weight.size && !span_number(weight, 0, WEIGHT_MAX, &n))
            return wrong("--mix %.*s=%.*s is no weight from 0 to %d", SPAN_ARG(name),
                         SPAN_ARG(weight), WEIGHT_MAX);
        l->shape.weights[kind] = (unsigned)n;
    }
    for (int i = 0; i < LOAD_KINDS; i++)
        if (l->shape.weights[i])
            return 0;
    return wrong("--mix \"%s\" leaves nothing to send", l->given.mix);
}

static int take_path(struct load *l)
{
    struct span rest = span_of(l->given.path);

    memcpy(l->shape.paths, usual_paths, sizeof usual_paths);
    if (rest.size && rest.data[0] == '/') {
        for (int i = 0; i < LOAD_KINDS; i++)
            l->shape.paths[i] = l->given.path;
        rest = (struct span){0};
    }
    while (rest.size) {
        struct span path, one = span_cut(rest, ',', &rest);
        enum load_kind kind;
        const struct span name = span_cut(one, '=', &path);
        if (!load_kind_parse(name, &kind))
            return wrong("--path \"%.*s\" is neither a path nor KIND=PATH", SPAN_ARG(one));
        l->shape.paths[kind] = arena_text(l->arena, path);
    }
    for (int i = 0; i < LOAD_KINDS; i++)
        if (l->shape.paths[i][0] != '/' || !load_request_takes(l->shape.paths[i]) ||
            strlen(l->shape.paths[i]) > LOAD_REQUEST_PATH_MAX)
            return wrong("--path \"%s\" is no path like /sms", l->shape.paths[i]);
    return 0;
}

static bool is_loopback(const struct sockaddr_storage *to)
{
    if (to->ss_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)(const void *)to)->sin_addr.s_addr) >> 24 == 127;
    return to->ss_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)to)->sin6_addr);
}

static bool accepts(const struct addrinfo *at)
{
    const int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool accepted = fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) == 0;

    if (fd >= 0)
        close(fd);
    return accepted;
}

/* A name such as localhost has several addresses, of which a server often has but one. */
static const struct addrinfo *choose(const struct load *l, const struct addrinfo *found)
{
    for (const struct addrinfo *at = found; at && found->ai_next; at = at->ai_next) {
        struct sockaddr_storage to = {0};
        memcpy(&to, at->ai_addr, at->ai_addrlen);
        if ((l->given.remote || is_loopback(&to)) && accepts(at))
            return at;
    }
    return found;
}

static int resolve(struct load *l, const struct url *u)
{
    const struct addrinfo want = {.ai_socktype = SOCK_STREAM};
    const bool bracketed = u->host.data[0] == '[';
    const struct span host =
        bracketed ? (struct span){u->host.data + 1, u->host.size - 2} : u->host;
    struct addrinfo *found = NULL;
    const char *port = u->port.size ? arena_text(l->arena, u->port) : "80";
    const int e = getaddrinfo(arena_text(l->arena, host), port, &want, &found);

    if (e) {
        fprintf(stderr, "nextring-sim load: %s: %s\n", l->given.server, gai_strerror(e));
        return EXIT_COULD_NOT;
    }
    const struct addrinfo *chosen = choose(l, found);
    memcpy(&l->plan.to, chosen->ai_addr, chosen->ai_addrlen);
    l->plan.to_size = chosen->ai_addrlen;
    freeaddrinfo(found);
    if (!l->given.remote && !is_loopback(&l->plan.to))
        return wrong("%s is not this machine: --remote says that the server is yours",
                     l->given.server);
    return 0;
}

static int take_server(struct load *l)
{
    struct url u;

    if (url_parse(span_of(l->given.server), &u) || !span_is_nocase(u.scheme, SPAN("http")))
        return wrong("--server \"%s\" is no address like http://127.0.0.1:8080 (TLS is measured "
                     "behind what ends it)",
                     l->given.server);
    if (u.path.size > 1 || u.has_query || u.user.size || !load_request_takes(l->given.server))
        return wrong("--server \"%s\" has more than host and port: --path names the path",
                     l->given.server);
    l->shape.public_url = l->given.public_url ? l->given.public_url : l->given.server;
    const size_t size = strlen(l->shape.public_url);
    if (size > 0 && l->shape.public_url[size - 1] == '/')
        l->shape.public_url = arena_text(l->arena, (struct span){l->shape.public_url, size - 1});
    if (url_parse(span_of(l->shape.public_url), &u) || size > LOAD_REQUEST_PATH_MAX ||
        !load_request_takes(l->shape.public_url))
        return wrong("--public-url \"%s\" is no address like https://calls.example.com",
                     l->shape.public_url);
    l->shape.host = strstr(l->shape.public_url, "://") + 3;
    l->shape.host = arena_text(l->arena, (struct span){l->shape.host, strcspn(l->shape.host, "/")});
    if (url_parse(span_of(l->given.server), &u))
        return EXIT_COULD_NOT;
    return resolve(l, &u);
}

static int take_steps(struct load *l)
{
    struct span rest = span_of(l->given.steps ? l->given.steps : l->given.rate);
    const char *name = l->given.steps ? "steps" : "rate";
    int status = 0;

    while (!status && rest.size) {
        const struct span one = span_cut(rest, ',', &rest);
        if (l->step_count == STEPS_MAX)
            return wrong("--steps has more than %d rates", STEPS_MAX);
        status =
            take_number(name, arena_text(l->arena, one), 0, MILLION, &l->steps[l->step_count++]);
    }
    return status || l->step_count ? status : wrong("--%s is empty", name);
}

static int take_words(struct load *l)
{
    const struct options *g = &l->given;

    if (!load_request_takes(g->account) || !load_request_takes(g->line) ||
        strlen(g->account) > 64 || strlen(g->line) > 64)
        return wrong("--account or --line has a character that no webhook has, or is too long");
    if (strcmp(g->arrivals, "even") != 0 && strcmp(g->arrivals, "random") != 0)
        return wrong("--arrivals \"%s\" is neither even nor random", g->arrivals);
    if (strcmp(g->lines, "1") != 0 && !load_request_is_number(g->line))
        return wrong("--line \"%s\" is no number like +16195550100, from which --lines could count",
                     g->line);
    l->plan.at_random = g->arrivals[0] == 'r';
    l->plan.expect = g->expect;
    l->plan.log = g->log ? fopen(g->log, "we") : NULL;
    if (g->log && !l->plan.log) {
        perror(g->log);
        return EXIT_COULD_NOT;
    }
    l->shape.token = g->token;
    l->shape.account = g->account;
    l->shape.line = g->line;
    l->shape.is_forged = g->forged;
    l->form = g->json ? LOAD_FORM_JSON : g->figures ? LOAD_FORM_FIGURES : LOAD_FORM_PEOPLE;
    return 0;
}

static int take_numbers(struct load *l)
{
    const struct options *g = &l->given;
    double connections = 0, customers = 0, lines = 0, count = 0, patience = 0, status = 0, pid = 0,
           seed = 0;
    int bad = take_number("connections", g->connections, 1, LOAD_RUN_CONNECTIONS_MAX, &connections);

    bad = bad ? bad : take_number("seconds", g->seconds, 0.001, 1e6, &l->plan.seconds);
    bad = bad ? bad : take_number("warm-up", g->warm_up, 0, 1e6, &l->plan.warm_seconds);
    bad = bad ? bad : take_number("count", g->count, 0, 1e12, &count);
    bad = bad ? bad : take_number("patience", g->patience, 0.001, 3600, &patience);
    bad = bad ? bad
              : take_number("customers", g->customers, 1, LOAD_REQUEST_CUSTOMERS_MAX, &customers);
    bad = bad ? bad : take_number("lines", g->lines, 1, LOAD_REQUEST_LINES_MAX, &lines);
    bad = bad ? bad : take_number("status", g->status, 0, LOAD_RUN_CODES - 1, &status);
    bad = bad ? bad : take_number("pid", g->pid, 0, INT32_MAX, &pid);
    if (g->seed)
        bad = bad ? bad : take_number("seed", g->seed, 0, 1e15, &seed);
    l->plan.connections = (int)connections;
    l->plan.count = (uint64_t)count;
    l->plan.patience_ms = (int64_t)(patience * 1000);
    l->plan.status = (int)status;
    l->shape.customers = (unsigned)customers;
    l->shape.lines = (unsigned)lines;
    l->shape.seed = g->seed ? (uint64_t)seed : (uint64_t)clock_mono_ns();
    l->pid = (long)pid;
    return bad;
}

static int read_all(struct load *l)
{
    int (*const readers[])(struct load *) = {take_mix,   take_path,    take_steps,
                                             take_words, take_numbers, take_server};
    int bad = 0;

    for (size_t i = 0; !bad && i < sizeof readers / sizeof *readers; i++)
        bad = readers[i](l);
    return bad;
}

/* ---- running ---- */

static double own_cpu_s(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static bool run_step(struct load *l, struct load_request *request, size_t step)
{
    static struct load_run_result result; /* too large for the stack */
    struct load_report report = {
        .per_second = l->steps[step], .result = &result, .before = load_stats_use(l->pid)};
    const double before_s = own_cpu_s();

    l->plan.per_second = l->steps[step];
    load_run(&l->plan, request, &result);
    l->plan.first += result.sent;
    report.after = load_stats_use(l->pid);
    report.own_cpu_s = own_cpu_s() - before_s;
    load_report_step(l->form, &report, step == 0);
    return result.good > 0 && load_run_bad(&result) == 0;
}

static int run_load(struct load *l, struct load_request *request)
{
    const char *words =
        arena_printf(l->arena, "%s to %s, %d connection%s, %g s a run%s", l->given.mix,
                     l->given.server, l->plan.connections, l->plan.connections == 1 ? "" : "s",
                     l->plan.seconds, l->given.forged ? ", every signature wrong" : "");
    bool good = true;

    load_report_begin(l->form, words);
    for (size_t i = 0; i < l->step_count; i++)
        good = run_step(l, request, i) && good;
    load_report_end(l->form);
    return good ? EXIT_SUCCESS : EXIT_NO;
}

static int run_idle(struct load *l, struct load_request *request)
{
    const struct load_stats_use before = load_stats_use(l->pid);
    const int open = load_run_idle(&l->plan, request);
    const struct load_stats_use after = load_stats_use(l->pid);

    printf("open=%d kb_each=%.2f\n", open,
           (double)(after.anon_kb - before.anon_kb) / (open ? open : 1));
    return open == l->plan.connections ? EXIT_SUCCESS : EXIT_NO;
}

static void allow_many_files(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
}

int load_command_run(int argc, char **argv)
{
    struct load l = {.given = usual};

    if (!take_options(argc, argv, &l.given))
        return EXIT_USAGE;
    if (l.given.help) {
        help();
        return EXIT_SUCCESS;
    }
    l.arena = arena_open(0);
    int status = read_all(&l);
    if (status)
        goto out;
    signal(SIGPIPE, SIG_IGN);
    allow_many_files();
    struct load_request *request = load_request_open(&l.shape);
    status = l.given.idle ? run_idle(&l, request) : run_load(&l, request);
    load_request_close(&request);
out:
    if (l.plan.log)
        fclose(l.plan.log);
    arena_close(&l.arena);
    return status;
}
