#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/arena.h"
#include "base/clock.h"
#include "codec/timestamp.h"
#include "net/loop.h"
#include "sim/sim.h"

enum { EXIT_USAGE = 2, EXIT_COULD_NOT = 3, SETUP_BYTES_MAX = 16 << 20, RATE_MAX = 1000000 };

struct settings {
    struct sim_options sim;
    int64_t start_ms, rate; /* rate: how many times as fast as real time; 0: by hand */
    int64_t clock_fd;       /* -1: a page of our own */
    const char *setup_path, *port_path;
};

static struct loop *running; /* for the signal handler */

static void on_signal(int number)
{
    (void)number;
    loop_stop(running);
}

static void usage(FILE *to)
{
    fputs("nextring-sim --listen 127.0.0.1:PORT [options]   a pretend carrier for rehearsals\n"
          "  --setup FILE.json    accounts, numbers, phones and their scripts\n"
          "  --start INSTANT      the clock's first instant, 2026-11-23T18:05:00Z (default: now)\n"
          "  --rate N             the clock runs N times as fast as real time (default 0: it\n"
          "                       stands until POST /sim/turn or /sim/clock)\n"
          "  --clock-fd N         descriptor of the clock's page, shared with the daemon\n"
          "  --call-rate N        calls a second that an account may start (default 1)\n"
          "  --seed N             of the ids that are given out (default 1)\n"
          "  --port-file FILE     the port is written there once it listens\n"
          "  --quiet              no timeline on stdout\n",
          to);
}

static bool number_option(const char *name, const char *text, int64_t min, int64_t max,
                          int64_t *out)
{
    if (span_number(span_of(text), min, max, out))
        return true;
    fprintf(stderr, "nextring-sim: --%s \"%s\" is not a number from %lld to %lld\n", name, text,
            (long long)min, (long long)max);
    return false;
}

/* clang-format off */
static const struct option known[] = {
    {"listen",    required_argument, NULL, 'l'}, {"setup",     required_argument, NULL, 's'},
    {"start",     required_argument, NULL, 't'}, {"rate",      required_argument, NULL, 'r'},
    {"clock-fd",  required_argument, NULL, 'c'}, {"call-rate", required_argument, NULL, 'C'},
    {"seed",      required_argument, NULL, 'S'}, {"port-file", required_argument, NULL, 'p'},
    {"quiet",     no_argument,       NULL, 'q'}, {"help",      no_argument,       NULL, 'h'},
    {NULL,        0,                 NULL, 0},
};
/* clang-format on */

static bool take_start(struct settings *s, const char *text)
{
    bool local;

    if (timestamp_parse(span_of(text), &s->start_ms, &local))
        return true;
    fprintf(stderr, "nextring-sim: --start \"%s\" is no instant like 2026-11-23T18:05:00Z\n", text);
    return false;
}

static bool take_option(struct settings *s, int letter)
{
    int64_t n = 0;
    bool good = true;

    switch (letter) {
    case 'l':
        s->sim.listen = span_of(optarg);
        break;
    case 's':
        s->setup_path = optarg;
        break;
    case 't':
        good = take_start(s, optarg);
        break;
    case 'r':
        good = number_option("rate", optarg, 0, RATE_MAX, &s->rate);
        break;
    case 'c':
        good = number_option("clock-fd", optarg, 0, 1 << 20, &s->clock_fd);
        break;
    case 'C':
        good = number_option("call-rate", optarg, 1, SIM_CALL_RATE_MAX, &n);
        s->sim.call_rate = (int)n;
        break;
    case 'S':
        good = number_option("seed", optarg, 0, INT64_MAX, &n);
        s->sim.seed = (uint64_t)n;
        break;
    case 'p':
        s->port_path = optarg;
        break;
    case 'q':
        s->sim.quiet = true;
        break;
    default:
        good = false;
    }
    return good;
}

/* Returns an exit status, or -1 to go on. */
static int read_arguments(int argc, char **argv, struct settings *s)
{
    int letter;

    while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (letter == 'h') {
            usage(stdout);
            return EXIT_SUCCESS;
        }
        if (!take_option(s, letter))
            return EXIT_USAGE;
    }
    if (optind < argc || !s->sim.listen.size) {
        usage(stderr);
        return EXIT_USAGE;
    }
    return -1;
}

static bool read_setup(struct settings *s, struct arena *arena)
{
    FILE *f = s->setup_path ? fopen(s->setup_path, "rb") : NULL;

    if (!s->setup_path)
        return true;
    if (!f) {
        fprintf(stderr, "nextring-sim: %s: %s\n", s->setup_path, strerror(errno));
        return false;
    }
    char *text = arena_alloc(arena, SETUP_BYTES_MAX);
    const size_t size = fread(text, 1, SETUP_BYTES_MAX, f);
    fclose(f);
    s->sim.setup = (struct span){text, size};
    return true;
}

static enum err open_clock(const struct settings *s, struct clock **out)
{
    const int fd = s->clock_fd >= 0 ? (int)s->clock_fd : memfd_create("nextring-clock", 0);
    enum err e = clock_open_page(fd, true, s->start_ms, out);

    if (!e && s->rate)
        clock_run(*out, s->rate * 1000);
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

static int run(const struct settings *s, struct loop *loop, struct clock *clock)
{
    struct sim *sim = NULL;
    char words[SIM_WORDS] = "";

    if (sim_open(loop, clock, &s->sim, &sim, words)) {
        fprintf(stderr, "nextring-sim: %s\n", words);
        return EXIT_COULD_NOT;
    }
    const bool told = write_port(s, sim);
    if (told) {
        printf("listening on %s\n", sim_base(sim));
        fflush(stdout);
        loop_run(loop);
    }
    sim_close(&sim);
    return told ? EXIT_SUCCESS : EXIT_COULD_NOT;
}

static int64_t system_now_ms(void)
{
    struct clock *system = clock_open_system();
    const int64_t now_ms = clock_now_ms(system);

    clock_close(&system);
    return now_ms;
}

int main(int argc, char **argv)
{
    struct settings s = {.clock_fd = -1, .sim = {.call_rate = 1, .seed = 1}};
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
