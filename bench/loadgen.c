/* Sends signed webhooks to a server on this machine and prints one line of figures, for
 * bench/run: name=value, with a blank between. Exit status 1 when any answer was not as it
 * should be. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "load_run.h"

struct options {
    const char *port, *path, *public_url, *token, *account, *line, *expect, *log;
    const char *connections, *seconds, *count, *rate, *customers, *status, *pid, *seed;
    bool call, forged, idle;
};

static struct options given = {
    .port = "8080",
    .path = "/sms/inbound",
    .public_url = "https://bench.example.com",
    .token = "0123456789abcdef0123456789abcdef",
    .account = "AC00000000000000000000000000000001",
    .line = "+16195550100",
    .expect = "",
    .connections = "64",
    .seconds = "10",
    .count = "0",
    .rate = "0",
    .customers = "1000",
    .status = "200",
    .pid = "0",
};

/* clang-format off */
static const struct row {
    const char *name;
    const char **value;
    bool *flag;
    const char *help;
} rows[] = {
    {"port",        &given.port,        NULL, "of the server at 127.0.0.1"},
    {"path",        &given.path,        NULL, "of the webhook"},
    {"public-url",  &given.public_url,  NULL, "what is signed before the path"},
    {"token",       &given.token,       NULL, "the secret of the signatures"},
    {"account",     &given.account,     NULL, "AccountSid"},
    {"line",        &given.line,        NULL, "the number that is called or written to"},
    {"customers",   &given.customers,   NULL, "how many numbers the requests come from"},
    {"connections", &given.connections, NULL, "kept open side by side"},
    {"seconds",     &given.seconds,     NULL, "how long"},
    {"count",       &given.count,       NULL, "how many requests at most; 0: no limit"},
    {"rate",        &given.rate,        NULL, "requests a second, open loop; 0: closed loop"},
    {"status",      &given.status,      NULL, "that every answer must have"},
    {"expect",      &given.expect,      NULL, "text that every answer must hold"},
    {"seed",        &given.seed,        NULL, "of the sids; not given: the clock"},
    {"pid",         &given.pid,         NULL, "the server's process, for its CPU and memory"},
    {"log",         &given.log,         NULL, "file for the instant of each request, in us"},
    {"call",        NULL, &given.call,        "incoming calls instead of texts"},
    {"forged",      NULL, &given.forged,      "every signature is wrong"},
    {"idle",        NULL, &given.idle,        "one request on each connection, then silence"},
};
/* clang-format on */

enum { ROWS = sizeof rows / sizeof rows[0] };

static int usage(FILE *to, int status)
{
    fprintf(to, "nextring-loadgen: signed webhooks to a server on this machine\n\n");
    for (int i = 0; i < ROWS; i++)
        fprintf(to, "  --%-12s %s%s%s%s\n", rows[i].name, rows[i].help,
                rows[i].value && *rows[i].value ? " (" : "",
                rows[i].value && *rows[i].value ? *rows[i].value : "",
                rows[i].value && *rows[i].value ? ")" : "");
    return status;
}

static bool take_options(int argc, char **argv)
{
    struct option options[ROWS + 1] = {{NULL, 0, NULL, 0}};
    int at;

    for (int i = 0; i < ROWS; i++)
        options[i] = (struct option){rows[i].name, rows[i].value ? required_argument : no_argument,
                                     NULL, i + 1};
    while ((at = getopt_long(argc, argv, "", options, NULL)) > 0) {
        if (at > ROWS)
            return false;
        if (rows[at - 1].value)
            *rows[at - 1].value = optarg;
        else
            *rows[at - 1].flag = true;
    }
    return optind == argc;
}

static bool read_plan(struct load_run_plan *plan)
{
    *plan = (struct load_run_plan){
        .port = atoi(given.port),
        .connections = atoi(given.connections),
        .seconds = atof(given.seconds),
        .count = strtoull(given.count, NULL, 10),
        .per_second = atof(given.rate),
        .status = atoi(given.status),
        .expect = given.expect,
        .log = given.log ? fopen(given.log, "we") : NULL,
    };
    return plan->port > 0 && plan->connections > 0 && (!given.log || plan->log);
}

static struct load_request *open_request(void)
{
    const long customers = atol(given.customers);
    const struct load_request_shape shape = {
        .path = given.path,
        .public_url = given.public_url,
        .token = given.token,
        .account = given.account,
        .line = given.line,
        .customers = (unsigned)customers,
        .is_call = given.call,
        .is_forged = given.forged,
        .seed = given.seed ? strtoull(given.seed, NULL, 16) : (uint64_t)clock_mono_ns(),
    };

    if (customers < 1 || customers > LOAD_REQUEST_CUSTOMERS_MAX)
        return NULL;
    return load_request_open(&shape);
}

static double own_cpu_s(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static int run_load(const struct load_run_plan *plan, struct load_request *request, long pid)
{
    static struct load_run_result result; /* too large for the stack */
    const struct load_stats_use before = load_stats_use(pid);

    load_run(plan, request, &result);
    const struct load_stats_use after = load_stats_use(pid);
    const double good = result.good ? (double)result.good : 1;
    printf("req_s=%.0f p50_us=%.0f p90_us=%.0f p99_us=%.0f max_us=%.0f cpu_us=%.2f peak_kb=%ld "
           "good=%llu bad=%llu broken=%llu unanswered=%llu own_cpu_s=%.2f seconds=%.2f\n",
           (double)result.good / result.seconds, load_stats_us(&result.times, 50),
           load_stats_us(&result.times, 90), load_stats_us(&result.times, 99),
           load_stats_us(&result.times, 100), (after.cpu_s - before.cpu_s) / good * 1e6,
           after.peak_kb, (unsigned long long)result.good, (unsigned long long)result.bad,
           (unsigned long long)result.broken, (unsigned long long)result.unanswered, own_cpu_s(),
           result.seconds);
    return result.good == 0 || result.bad || result.broken || result.unanswered;
}

static int run_idle(const struct load_run_plan *plan, struct load_request *request, long pid)
{
    const struct load_stats_use before = load_stats_use(pid);
    const int open = load_run_idle(plan, request);
    const struct load_stats_use after = load_stats_use(pid);

    printf("open=%d kb_each=%.2f\n", open,
           (double)(after.anon_kb - before.anon_kb) / (open ? open : 1));
    return open != plan->connections;
}

int main(int argc, char **argv)
{
    struct load_run_plan plan;

    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return usage(stdout, 0);
    if (!take_options(argc, argv) || !read_plan(&plan))
        return usage(stderr, 2);
    struct load_request *request = open_request();
    if (!request)
        return usage(stderr, 2);
    const long pid = atol(given.pid);
    const int status = given.idle ? run_idle(&plan, request, pid) : run_load(&plan, request, pid);
    load_request_close(&request);
    if (plan.log)
        fclose(plan.log);
    return status;
}
