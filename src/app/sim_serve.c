#include "app/sim_serve.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "base/clock.h"
#include "codec/timestamp.h"
#include "codec/url.h"
#include "net/loop.h"
#include "sim/sim.h"
#include "sim/sim_page.h"
#include "sim/sim_proxy.h"

enum {
    EXIT_USAGE = 2,
    EXIT_COULD_NOT = 3,
    SETUP_BYTES_MAX = 16 << 20,
    RATE_MAX = 1000000,
    UNSAID = -1
};

struct settings {
    struct sim_options sim;
    int64_t start_ms, rate; /* rate: how many times as fast as real time; 0: by hand */
    int64_t clock_fd;       /* UNSAID: a page of our own */
    const char *setup_path, *port_path;
    const char *voice_url, *sms_url; /* of the line of the built-in setup */
    struct span proxy;               /* empty: none */
    const char *ca_path;
};

static const char account[] = "AC00000000000000000000000000000001";
static const char token[] = "0123456789abcdef0123456789abcdef";
#define API_KEY "SK00000000000000000000000000000001"
#define API_SECRET "rehearsal-only-secret"
static const char line[] = "+16195550100";

/* What is there when no setup is given: an account with one number, and three people. */
static const char setup_format[] =
    "{\"accounts\": [{\"sid\": \"%s\", \"auth_token\": \"%s\",\n"
    "  \"api_keys\": [{\"sid\": \"" API_KEY "\",\n"
    "                \"secret\": \"" API_SECRET "\"}],\n"
    "  \"numbers\": [{\"phone_number\": \"%s\"%s}]}],\n"
    " \"phones\": [{\"number\": \"+16195550111\", \"name\": \"First person\"},\n"
    "            {\"number\": \"+16195550112\", \"name\": \"Second person\"},\n"
    "            {\"number\": \"+16195550150\", \"name\": \"Customer\"}]}\n";

static struct loop *running; /* for the signal handler */

static void on_signal(int number)
{
    (void)number;
    loop_stop(running);
}

static bool take_number(const char *name, const char *text, int64_t min, int64_t max, int64_t *out)
{
    if (span_number(span_of(text), min, max, out))
        return true;
    fprintf(stderr, "nextring-sim: --%s \"%s\" is not a number from %lld to %lld\n", name, text,
            (long long)min, (long long)max);
    return false;
}

static bool take_url(const char *name, const char *text, const char **out)
{
    struct url u;

    *out = text;
    if (url_parse(span_of(text), &u) == ERR_NONE && !strpbrk(text, "\"\\ "))
        return true;
    fprintf(stderr, "nextring-sim: --%s \"%s\" is no address like http://127.0.0.1:3000/sms\n",
            name, text);
    return false;
}

static bool take_listen(struct settings *s, const char *text)
{
    s->sim.listen = span_of(text);
    return true;
}

static bool take_setup(struct settings *s, const char *text)
{
    s->setup_path = text;
    return true;
}

static bool take_voice_url(struct settings *s, const char *text)
{
    return take_url("voice-url", text, &s->voice_url);
}

static bool take_sms_url(struct settings *s, const char *text)
{
    return take_url("sms-url", text, &s->sms_url);
}

static bool take_start(struct settings *s, const char *text)
{
    bool local;

    if (timestamp_parse(span_of(text), &s->start_ms, &local))
        return true;
    fprintf(stderr, "nextring-sim: --start \"%s\" is no instant like 2026-11-23T18:05:00Z\n", text);
    return false;
}

static bool take_rate(struct settings *s, const char *text)
{
    return take_number("rate", text, 0, RATE_MAX, &s->rate);
}

static bool take_clock_fd(struct settings *s, const char *text)
{
    return take_number("clock-fd", text, 0, 1 << 20, &s->clock_fd);
}

static bool take_call_rate(struct settings *s, const char *text)
{
    int64_t n = 1;
    const bool good = take_number("call-rate", text, 1, SIM_CALL_RATE_MAX, &n);

    s->sim.call_rate = (int)n;
    return good;
}

static bool take_seed(struct settings *s, const char *text)
{
    int64_t n = 0;
    const bool good = take_number("seed", text, 0, INT64_MAX, &n);

    s->sim.seed = (uint64_t)n;
    return good;
}

static bool take_port_file(struct settings *s, const char *text)
{
    s->port_path = text;
    return true;
}

static bool take_https_proxy(struct settings *s, const char *text)
{
    s->proxy = span_of(text);
    return true;
}

static bool take_ca_file(struct settings *s, const char *text)
{
    s->ca_path = text;
    return *text != 0;
}

static bool take_quiet(struct settings *s, const char *text)
{
    (void)text;
    s->sim.quiet = true;
    return true;
}

/* clang-format off */
static const struct row {
    const char *name;
    const char *value; /* NULL: a flag */
    bool (*take)(struct settings *s, const char *text);
    const char *help;
} rows[] = {
    {"listen",    "ADDR:PORT", take_listen,    "where the API and the phones are (127.0.0.1:8082)"},
    {"setup",     "FILE",      take_setup,     "accounts, numbers, phones and their scripts, as JSON;\n"
                                               "without it: one account, one number, three phones"},
    {"voice-url", "URL",       take_voice_url, "what calls to the built-in number ask"},
    {"sms-url",   "URL",       take_sms_url,   "where texts to the built-in number go"},
    {"start",     "INSTANT",   take_start,     "the clock's first, as 2026-11-23T18:05:00Z (now)"},
    {"rate",      "N",         take_rate,      "the clock runs N times as fast as real time (1; 0 with\n"
                                               "--clock-fd): at 0 it stands until POST /sim/turn"},
    {"clock-fd",  "N",         take_clock_fd,  "descriptor of the clock's page, shared with a daemon"},
    {"call-rate", "N",         take_call_rate, "calls a second that an account may start (1)"},
    {"seed",      "N",         take_seed,      "of the ids that are given out (1)"},
    {"port-file", "FILE",      take_port_file, "the port is written there once it listens"},
    {"https-proxy", "ADDR:PORT", take_https_proxy, "the carrier under its own names: a proxy that ends TLS"},
    {"ca-file",   "FILE",      take_ca_file,   "the proxy's throw-away certificate is written there\n"
                                               "(nextring-sim-ca.pem in this folder)"},
    {"quiet",     NULL,        take_quiet,     "no timeline on stdout"},
    {"help",      NULL,        NULL,           "this page"},
};
/* clang-format on */

enum { ROWS = sizeof rows / sizeof rows[0] };

static void print_help_of(const struct row *r)
{
    const char *rest = r->help;
    char option[32];

    snprintf(option, sizeof option, "--%s %s", r->name, r->value ? r->value : "");
    while (rest) {
        const char *end = strchr(rest, '\n');
        printf("  %-22s %.*s\n", option, (int)(end ? end - rest : (ptrdiff_t)strlen(rest)), rest);
        option[0] = 0;
        rest = end ? end + 1 : NULL;
    }
}

static void help(void)
{
    puts("nextring-sim [serve] [options]   the simulated carrier, until Ctrl-C\n");
    for (size_t i = 0; i < ROWS; i++)
        print_help_of(&rows[i]);
    puts("\nexamples:\n"
         "  nextring-sim\n"
         "  nextring-sim --sms-url http://127.0.0.1:3000/sms --voice-url "
         "http://127.0.0.1:3000/voice\n"
         "  nextring-sim --https-proxy 127.0.0.1:8083 --ca-file carrier.pem\n"
         "  nextring-sim --setup world.json --rate 0 --seed 7");
}

/* Returns an exit status, or -1 to go on. */
static int read_arguments(int argc, char **argv, struct settings *s)
{
    struct option known[ROWS + 1] = {{NULL, 0, NULL, 0}};
    int at;

    for (int i = 0; i < (int)ROWS; i++)
        known[i] = (struct option){rows[i].name, rows[i].value ? required_argument : no_argument,
                                   NULL, i + 1};
    while ((at = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (at < 1 || at > (int)ROWS) {
            fputs("nextring-sim: nextring-sim serve --help lists the options\n", stderr);
            return EXIT_USAGE;
        }
        if (!rows[at - 1].take) {
            help();
            return EXIT_SUCCESS;
        }
        if (!rows[at - 1].take(s, optarg))
            return EXIT_USAGE;
    }
    if (optind == argc)
        return -1;
    fprintf(stderr,
            "nextring-sim: \"%s\" is left over; nextring-sim serve --help lists the options\n",
            argv[optind]);
    return EXIT_USAGE;
}

static void build_setup(struct settings *s, struct arena *arena)
{
    const char *voice = s->voice_url, *sms = s->sms_url;
    const char *more = arena_printf(
        arena, "%s%s%s%s%s%s", voice ? ", \"voice_url\": \"" : "", voice ? voice : "",
        voice ? "\"" : "", sms ? ", \"sms_url\": \"" : "", sms ? sms : "", sms ? "\"" : "");

    s->sim.setup = span_of(arena_printf(arena, setup_format, account, token, line, more));
}

/* The words of what is wrong, or NULL. */
static const char *read_file(const char *path, struct arena *arena, struct span *out)
{
    FILE *f = fopen(path, "rb");
    const char *why = NULL;

    if (!f)
        return strerror(errno);
    char *text = arena_alloc(arena, SETUP_BYTES_MAX + 1);
    const size_t size = fread(text, 1, SETUP_BYTES_MAX + 1, f);
    if (ferror(f))
        why = strerror(errno);
    else if (size == 0)
        why = "it is empty; {} is a world without anybody";
    else if (size > SETUP_BYTES_MAX)
        why = "it is larger than 16 MiB";
    fclose(f);
    *out = (struct span){text, size};
    return why;
}

static bool read_setup(struct settings *s, struct arena *arena)
{
    if (!s->setup_path) {
        build_setup(s, arena);
        return true;
    }
    if (s->voice_url || s->sms_url) {
        fputs("nextring-sim: --voice-url and --sms-url are the built-in number's: with --setup, "
              "write them there\n",
              stderr);
        return false;
    }
    const char *why = read_file(s->setup_path, arena, &s->sim.setup);
    if (why)
        fprintf(stderr, "nextring-sim: %s: %s\n", s->setup_path, why);
    return !why;
}

static enum err open_clock(const struct settings *s, struct clock **out)
{
    const int fd = s->clock_fd >= 0 ? (int)s->clock_fd : memfd_create("nextring-clock", 0);
    const int64_t rate = s->rate != UNSAID ? s->rate : s->clock_fd == UNSAID;
    enum err e = clock_open_page(fd, true, s->start_ms, out);

    if (!e && rate)
        clock_run(*out, rate * 1000);
    return e;
}

static bool write_port(const struct settings *s, const struct sim *sim)
{
    FILE *f = s->port_path ? fopen(s->port_path, "w") : NULL;

    if (!s->port_path)
        return true;
    if (!f || fprintf(f, "%d\n", sim_port(sim)) < 0 || fclose(f) != 0) {
        fprintf(stderr, "nextring-sim: %s: %s\n", s->port_path, strerror(errno));
        return false;
    }
    return true;
}

/* As one word of a shell's. */
static void put_word(const char *text)
{
    const char *quote = text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789/._-+:,@")]
                            ? "'"
                            : "";

    fputs(quote, stdout);
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*text);
    fputs(quote, stdout);
}

static void say_proxy(const struct settings *s, const struct sim_proxy *proxy)
{
    static const char *const trusts[] = {"NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE",
                                         "REQUESTS_CA_BUNDLE"};
    char *path = realpath(s->ca_path, NULL); /* it holds from any folder */

    fputs("  export HTTP_PROXY=", stdout);
    put_word(sim_proxy_url(proxy));
    fputs(" HTTPS_PROXY=", stdout);
    put_word(sim_proxy_url(proxy));
    fputs("\n  export", stdout);
    for (size_t i = 0; i < sizeof trusts / sizeof trusts[0]; i++) {
        printf(" %s=", trusts[i]);
        put_word(path ? path : s->ca_path);
    }
    putchar('\n');
    free(path);
}

/* "listening" is what scripts wait for. */
static void say_where(const struct settings *s, const struct sim *sim,
                      const struct sim_proxy *proxy)
{
    if (proxy)
        printf("proxy on %s, certificate in %s\n", sim_proxy_url(proxy), s->ca_path);
    printf("listening on %s\n", sim_base(sim));
    if (!s->setup_path && !s->sim.quiet)
        printf("\n  phones in a browser    %s%s\n"
               "  the carrier's API      %s/2010-04-01/Accounts/%s.json\n"
               "  the line               %s\n"
               "  the people             +16195550111 +16195550112 +16195550150\n\n"
               "  export TWILIO_ACCOUNT_SID=%s\n"
               "  export TWILIO_AUTH_TOKEN=%s\n"
               "  export TWILIO_API_KEY=" API_KEY "\n"
               "  export TWILIO_API_SECRET=" API_SECRET "\n",
               sim_page_is_left_out ? "not in this build: script/bootstrap puts them in"
                                    : sim_base(sim),
               sim_page_is_left_out ? "" : "/phones", sim_base(sim), account, line, account, token);
    if (proxy && !s->sim.quiet)
        say_proxy(s, proxy);
    fflush(stdout);
}

static bool open_proxy(const struct settings *s, struct loop *loop, const struct sim *sim,
                       struct sim_proxy **out)
{
    const struct sim_proxy_options options = {
        .listen = s->proxy, .base = sim_base(sim), .ca_path = s->ca_path};
    char words[SIM_PROXY_WORDS] = "";

    if (s->proxy.size && sim_proxy_open(loop, &options, out, words)) {
        fprintf(stderr, "nextring-sim: --https-proxy: %s\n", words);
        return false;
    }
    return true;
}

static int run(const struct settings *s, struct loop *loop, struct clock *clock)
{
    struct sim *sim = NULL;
    struct sim_proxy *proxy = NULL;
    char words[SIM_WORDS] = "";

    if (sim_open(loop, clock, &s->sim, &sim, words)) {
        fprintf(stderr, "nextring-sim: %s\n", words);
        return EXIT_COULD_NOT;
    }
    const bool good = open_proxy(s, loop, sim, &proxy) && write_port(s, sim);
    if (good) {
        say_where(s, sim, proxy);
        loop_run(loop);
    }
    sim_proxy_close(&proxy);
    sim_close(&sim);
    return good ? EXIT_SUCCESS : EXIT_COULD_NOT;
}

static int64_t system_now_ms(void)
{
    struct clock *system = clock_open_system();
    const int64_t now_ms = clock_now_ms(system);

    clock_close(&system);
    return now_ms;
}

static void allow_many_files(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
}

int sim_serve_run(int argc, char **argv)
{
    struct settings s = {.clock_fd = UNSAID,
                         .rate = UNSAID,
                         .ca_path = "nextring-sim-ca.pem",
                         .sim = {.listen = SPAN("127.0.0.1:8082"), .call_rate = 1, .seed = 1}};
    struct clock *clock = NULL;
    struct arena *arena = arena_open(0);

    s.start_ms = system_now_ms();
    int status = read_arguments(argc, argv, &s);
    if (status >= 0)
        goto out;
    status = EXIT_COULD_NOT;
    if (!read_setup(&s, arena))
        goto out;
    if (open_clock(&s, &clock) || loop_open(&running)) {
        fprintf(stderr, "nextring-sim: descriptor %lld is no clock page\n", (long long)s.clock_fd);
        goto out;
    }
    allow_many_files();
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    signal(SIGPIPE, SIG_IGN);
    status = run(&s, running, clock);
    loop_close(&running);
out:
    clock_close(&clock);
    arena_close(&arena);
    return status;
}
