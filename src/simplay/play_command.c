#include "simplay/play_command.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codec/url.h"
#include "simplay/play_report.h"
#include "simplay/play_run.h"

enum { DONE, NO, USAGE, COULD_NOT, PATH_SIZE = 4096, JSON_BYTES_MAX = 16 << 20, URL_MAX = 1000 };

struct wish {
    struct play_options options;
    const char *timeline, *nextring;
    bool json, all;
};

static void on_signal(int number)
{
    (void)number;
    play_run_interrupt();
}

/* The daemon of this project; any other server says its own by -- and env. */
static const char *const nextring_env[] = {
    "NEXTRING_LISTEN=127.0.0.1:{port}",
    "NEXTRING_PUBLIC_URL={server}",
    "NEXTRING_DATA={folder}/data",
    "NEXTRING_ROSTER={roster}",
    "NEXTRING_CARRIER_API={carrier}",
    "NEXTRING_ADMIN_LISTEN=127.0.0.1:0",
    "TWILIO_ACCOUNT_SID={account}",
    "TWILIO_AUTH_TOKEN={token}",
    "TWILIO_API_KEY={key}",
    "TWILIO_API_SECRET={secret}",
    NULL,
};

static void usage(FILE *to)
{
    fputs(
        "nextring-sim play FILE... [options] [-- COMMAND ARGUMENTS]\n"
        "  Plays scenario files on a virtual clock and tells which expectations held. The server\n"
        "  is `nextring` beside this program, unless another is named.\n"
        "  --server URL      a server that runs: webhooks go there; its clock is not ours\n"
        "  -- COMMAND ...    a program, started for each scenario; in its arguments and in `env`\n"
        "                    {carrier} {port} {server} {folder} {clock_fd} {roster} {account}\n"
        "                    {token} {key} {secret} {line} stand for what is so\n"
        "  --nextring PATH   the daemon of that path\n"
        "  --roster FILE     the roster of scenarios that bring none\n"
        "  --seed N          of SIDs, tags and links; the same seed, the same timeline\n"
        "  --settle MS       how long a server that does not share the clock is given (40)\n"
        "  --timeline FILE   what happened is written there, - for standard output\n"
        "  --keep FOLDER     the server's folders stay there, with log and state, one a scenario\n"
        "  --all             tells of each expectation, not only of those that were missed\n"
        "  --json            the results as JSON\n"
        "Exit status: 0 all held, 1 not, 2 wrong usage or a file with mistakes, 3 could not.\n\n"
        "  nextring-sim play examples/scenarios/*.play\n"
        "  nextring-sim play story.play --server http://127.0.0.1:3000 --all\n"
        "  nextring-sim play story.play --timeline - -- node server.js {port}\n",
        to);
}

/* clang-format off */
static const struct option known[] = {
    {"server",   required_argument, NULL, 's'}, {"nextring", required_argument, NULL, 'n'},
    {"roster",   required_argument, NULL, 'r'},
    {"seed",     required_argument, NULL, 'S'}, {"settle",   required_argument, NULL, 'T'},
    {"timeline", required_argument, NULL, 't'}, {"keep",     required_argument, NULL, 'k'},
    {"all",      no_argument,       NULL, 'a'}, {"json",     no_argument,       NULL, 'j'},
    {"help",     no_argument,       NULL, 'h'}, {NULL,       0,                 NULL, 0},
};
/* clang-format on */

static int complain(const char *what, const char *value, const char *mend)
{
    fprintf(stderr, "nextring-sim play: %s %s: %s\n", what, value, mend);
    return USAGE;
}

static int take_option(struct wish *w, int letter)
{
    struct url u;
    int64_t n = 0;

    switch (letter) {
    case 's':
        if (url_parse(span_of(optarg), &u) || strlen(optarg) > URL_MAX)
            return complain("--server", optarg,
                            "an address like http://127.0.0.1:3000 is expected");
        while (optarg[0] && optarg[strlen(optarg) - 1] == '/')
            optarg[strlen(optarg) - 1] = 0;
        w->options.url = optarg;
        break;
    case 'n':
        w->nextring = optarg;
        break;
    case 'r':
        w->options.roster = optarg;
        break;
    case 'S':
        if (!span_number(span_of(optarg), 0, INT32_MAX, &n))
            return complain("--seed", optarg, "a number from 0 is expected");
        w->options.seed = (uint64_t)n + 1;
        break;
    case 'T':
        if (!span_number(span_of(optarg), 1, 10000, &w->options.settle_ms))
            return complain("--settle", optarg, "milliseconds from 1 to 10000 are expected");
        break;
    case 't':
        w->timeline = optarg;
        break;
    case 'k':
        w->options.keep = optarg;
        break;
    case 'a':
        w->all = true;
        break;
    case 'j':
        w->json = true;
        break;
    default:
        return USAGE;
    }
    return DONE;
}

/* nextring beside this program, or the one that was named. */
static bool choose_nextring(struct wish *w, struct arena *arena)
{
    static const char *argv[5];
    char path[PATH_SIZE];

    if (!w->nextring) {
        const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 16);
        char *slash = n > 0 ? memrchr(path, '/', (size_t)n) : NULL;
        if (!slash)
            return false;
        memcpy(slash + 1, "nextring", sizeof "nextring");
        w->nextring = arena_text(arena, span_of(path));
    }
    if (access(w->nextring, X_OK) != 0) {
        complain(w->nextring, "cannot be run",
                 "name a server by --server URL, -- COMMAND or --nextring PATH");
        return false;
    }
    argv[0] = w->nextring;
    argv[1] = "serve";
    argv[2] = "--clock-fd";
    argv[3] = "{clock_fd}";
    w->options.argv = argv;
    w->options.env = nextring_env;
    w->options.by_socket = true;
    return true;
}

static bool write_timeline(FILE *to, const char *path, struct span timeline)
{
    return fprintf(to, "== %s\n", path) > 0 &&
           fwrite(timeline.data, 1, timeline.size, to) == timeline.size;
}

static int status_of(enum err e, const struct play_outcome *o)
{
    if (e)
        return e == ERR_BAD_INPUT ? USAGE : COULD_NOT;
    return play_report_is_good(o) ? DONE : NO;
}

static int worse(int a, int b)
{
    return a > b ? a : b;
}

static int play_all(const struct wish *w, char **paths, int count, FILE *timeline)
{
    struct arena *whole = arena_open(0);
    struct buf b = buf_in(whole, JSON_BYTES_MAX);
    struct json_out o = json_out(&b);
    int status = DONE, good = 0;

    json_out_object(&o, NULL);
    json_out_list(&o, "scenarios");
    for (int i = 0; i < count && !play_run_is_interrupted(); i++) {
        struct arena *arena = arena_open(0);
        struct play_outcome outcome;
        const enum err e = play_run(arena, paths[i], &w->options, &outcome);
        good += play_report_is_good(&outcome);
        status = worse(status, status_of(e, &outcome));
        if (w->json)
            play_report_json(&o, paths[i], &outcome);
        else
            play_report_print(stdout, paths[i], &outcome, w->all);
        fflush(stdout);
        if (timeline && !write_timeline(timeline, paths[i], outcome.timeline))
            status = worse(status, COULD_NOT);
        arena_close(&arena);
    }
    json_out_end_list(&o);
    json_out_bool(&o, "ok", status == DONE);
    json_out_end_object(&o);
    if (w->json)
        printf("%.*s\n", SPAN_ARG(buf_span(&b)));
    else if (count > 1)
        printf("%d of %d scenarios are as they should be\n", good, count);
    arena_close(&whole);
    return status;
}

int play_command_run(int argc, char **argv)
{
    struct wish w = {0};
    int letter, status = DONE, end = argc;

    for (int i = 1; i < argc && end == argc; i++)
        if (!strcmp(argv[i], "--"))
            end = i;
    optind = 1;
    while (status == DONE && (letter = getopt_long(end, argv, "", known, NULL)) != -1) {
        if (letter == 'h') {
            usage(stdout);
            return DONE;
        }
        status = take_option(&w, letter);
    }
    if (status != DONE)
        return status;
    if (optind == end || (end < argc && (w.options.url || end + 1 == argc))) {
        usage(stderr);
        return USAGE;
    }
    struct arena *arena = arena_open(0);
    if (end < argc) {
        w.options.argv = (const char *const *)(argv + end + 1);
        w.options.inherits = true;
    } else if (!w.options.url && !choose_nextring(&w, arena)) {
        arena_close(&arena);
        return USAGE;
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    FILE *timeline = !w.timeline ? NULL : strcmp(w.timeline, "-") ? fopen(w.timeline, "w") : stdout;
    if (w.timeline && !timeline)
        status = complain("--timeline", w.timeline, strerror(errno));
    else
        status = play_all(&w, argv + optind, end - optind, timeline);
    if (timeline && timeline != stdout && fclose(timeline) != 0)
        status = worse(status, COULD_NOT);
    arena_close(&arena);
    return status;
}
