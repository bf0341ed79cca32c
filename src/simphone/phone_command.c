#include "simphone/phone_command.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/base64.h"
#include "codec/phone.h"
#include "codec/url.h"
#include "config/nearest.h"
#include "simphone/phone_ask.h"
#include "simphone/phone_show.h"

enum {
    EXIT_NO = 1,
    EXIT_USAGE = 2,
    EXIT_COULD_NOT = 3,
    REFUSED = 400, /* the first status that is a refusal */
    PHOTO_BYTES_MAX = 2800 << 10,
    BODY_BYTES_MAX = 4 << 20,
    PATH_BYTES_MAX = 1024,
};

struct options {
    const char *sim, *port_file, *to, *call, *photo;
    bool json, help;
};

struct order {
    struct options given;
    struct arena *arena;
    struct phone_ask ask;
    struct phone_ask_answer state; /* of GET /sim/phones */
    const char *number;            /* of the phone, in full */
    struct span words;             /* what follows the action */
};

__attribute__((format(printf, 2, 3))) static int complain(int status, const char *format, ...)
{
    va_list args;

    fputs("nextring-sim phone: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return status;
}

/* ---- the bodies of actions ---- */

/* The line named by --to, or the only one that there is. */
static const char *line_of(const struct order *o)
{
    const struct json *lines = json_get(o->state.json, "lines");

    if (o->given.to)
        return o->given.to;
    return json_count(lines) == 1 ? arena_text(o->arena, json_text(json_at(lines, 0))) : NULL;
}

static int add_to(const struct order *o, struct json_out *json)
{
    const char *line = line_of(o);

    if (!line)
        return complain(EXIT_USAGE, "the simulator has not one line alone: name one by --to");
    json_out_text(json, "to", span_of(line));
    return 0;
}

static int add_call(const struct order *o, struct json_out *json)
{
    if (o->given.call)
        json_out_text(json, "call", span_of(o->given.call));
    return 0;
}

static int add_keys(const struct order *o, struct json_out *json)
{
    json_out_text(json, "keys", o->words);
    return add_call(o, json);
}

static int add_words(const struct order *o, struct json_out *json)
{
    json_out_text(json, "words", o->words);
    return add_call(o, json);
}

static const char *type_of(const char *path)
{
    static const struct {
        const char *end, *type;
    } known[] = {{".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"}, {".png", "image/png"},
                 {".gif", "image/gif"},  {".webp", "image/webp"}, {".heic", "image/heic"}};
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot && i < sizeof known / sizeof known[0]; i++)
        if (!strcmp(dot, known[i].end))
            return known[i].type;
    return "application/octet-stream";
}

static int add_photo(const struct order *o, struct json_out *json)
{
    const char *path = o->given.photo;
    FILE *f = path ? fopen(path, "rb") : NULL;

    if (!path)
        return 0;
    if (!f)
        return complain(EXIT_USAGE, "%s: %s", path, strerror(errno));
    char *bytes = arena_alloc(o->arena, PHOTO_BYTES_MAX + 1);
    const size_t size = fread(bytes, 1, PHOTO_BYTES_MAX + 1, f);
    fclose(f);
    if (size > PHOTO_BYTES_MAX)
        return complain(EXIT_USAGE, "%s is larger than %d kB", path, PHOTO_BYTES_MAX >> 10);
    json_out_list(json, "media");
    json_out_object(json, NULL);
    json_out_text(json, "type", span_of(type_of(path)));
    json_out_text(json, "base64", base64_render(o->arena, bytes, size));
    json_out_end_object(json);
    json_out_end_list(json);
    return 0;
}

static int add_text(const struct order *o, struct json_out *json)
{
    const int wrong = add_to(o, json);

    json_out_text(json, "body", o->words);
    return wrong ? wrong : add_photo(o, json);
}

/* Two settings are texts, whatever they say; of the others on and off are flags. */
static void add_setting(struct json_out *json, const char *name, struct span value)
{
    const bool is_text = !strcmp(name, "name") || !strcmp(name, "greeting");
    int64_t n = 0;

    if (!is_text && (span_is_text(value, "on") || span_is_text(value, "off")))
        json_out_bool(json, name, span_is_text(value, "on"));
    else if (!is_text && span_number(value, 0, INT32_MAX, &n))
        json_out_number(json, name, n);
    else
        json_out_text(json, name, value);
}

/* "voicemail=on", "name=Ann" */
static int add_settings(const struct order *o, struct json_out *json)
{
    struct span rest = o->words;

    while (rest.size) {
        struct span value;
        const struct span one = span_cut(rest, '\n', &rest), key = span_cut(one, '=', &value);
        const char *name = arena_text(o->arena, key);
        if (!memchr(one.data, '=', one.size))
            return complain(EXIT_USAGE, "set wants KEY=VALUE, not \"%s\"", name);
        add_setting(json, name, value);
    }
    return 0;
}

/* clang-format off */
static const struct action {
    const char *name, *takes; /* takes NULL: no words */
    bool must;                /* words have to be there */
    int (*add)(const struct order *o, struct json_out *json);
    const char *help;
} actions[] = {
    {"show",    NULL,         false, NULL,         "the phone, its calls with what was said, its texts"},
    {"call",    NULL,         false, add_to,       "places a call to a line (--to)"},
    {"answer",  NULL,         false, add_call,     "takes the call that rings"},
    {"decline", NULL,         false, add_call,     "declines it, or sends it to voicemail that is on"},
    {"press",   "KEYS",       true,  add_keys,     "presses keys in a call"},
    {"say",     "WORDS",      true,  add_words,    "says words in a call"},
    {"hangup",  NULL,         false, add_call,     "puts the phone down"},
    {"text",    "[WORDS]",    false, add_text,     "sends a text to a line (--to), with --photo perhaps"},
    {"set",     "KEY=VALUE...", true, add_settings,
     "name, voicemail, voicemail_after_s, greeting, screening, silent, unreachable, held"},
};

enum { ACTIONS = sizeof actions / sizeof actions[0] };

static const struct option known[] = {
    {"sim",       required_argument, NULL, 's'}, {"port-file", required_argument, NULL, 'p'},
    {"to",        required_argument, NULL, 't'}, {"call",      required_argument, NULL, 'c'},
    {"photo",     required_argument, NULL, 'f'}, {"json",      no_argument,       NULL, 'j'},
    {"help",      no_argument,       NULL, 'h'}, {NULL,        0,                 NULL, 0},
};
/* clang-format on */

static void help(void)
{
    puts("nextring-sim phone [options] PHONE ACTION   a phone of a running simulator in your hand\n"
         "nextring-sim phone list                     all phones\n\n"
         "PHONE is a number, or the name that a phone bears.\n");
    for (size_t i = 0; i < ACTIONS; i++)
        printf("  %-8s%-13s %s\n", actions[i].name, actions[i].takes ? actions[i].takes : "",
               actions[i].help);
    puts("\n  --sim ADDRESS     where the simulator listens (http://127.0.0.1:8082)\n"
         "  --port-file FILE  or the file into which it wrote its port\n"
         "  --to LINE         whom to call or text; not needed when there is one line\n"
         "  --call SID        which call, when a phone has several\n"
         "  --photo FILE      sent along with a text\n"
         "  --json            JSON on stdout\n\n"
         "examples:\n"
         "  nextring-sim phone '(619) 555-0150' call\n"
         "  nextring-sim phone Primary decline\n"
         "  nextring-sim phone Backup press 1\n"
         "  nextring-sim phone Customer text --photo gate.jpg \"We are at the gate\"\n"
         "  nextring-sim phone Owner set voicemail=on voicemail_after_s=15\n\n"
         "Exit status: 0 done, 1 the simulator refuses, 2 wrong usage, 3 no simulator answers.");
}

/* ---- reading the command line ---- */

static int take_option(struct options *o, int letter)
{
    switch (letter) {
    case 's':
        o->sim = optarg;
        break;
    case 'p':
        o->port_file = optarg;
        break;
    case 't':
        o->to = optarg;
        break;
    case 'c':
        o->call = optarg;
        break;
    case 'f':
        o->photo = optarg;
        break;
    case 'j':
        o->json = true;
        break;
    case 'h':
        o->help = true;
        break;
    default:
        return complain(EXIT_USAGE, "nextring-sim phone --help lists the options");
    }
    return 0;
}

static int take_port(struct order *o)
{
    char text[16] = "";
    FILE *f = fopen(o->given.port_file, "r");
    int64_t port = 0;

    if (!f || !fgets(text, sizeof text, f) ||
        !span_number(span_trim(span_of(text)), 1, 65535, &port)) {
        if (f)
            fclose(f);
        return complain(EXIT_COULD_NOT, "%s holds no port of a simulator", o->given.port_file);
    }
    fclose(f);
    o->ask.base = arena_printf(o->arena, "http://127.0.0.1:%lld", (long long)port);
    return 0;
}

static int take_base(struct order *o)
{
    struct url u;
    const struct span given = span_of(o->given.sim);

    o->ask.base = "http://127.0.0.1:8082";
    if (o->given.port_file)
        return take_port(o);
    if (!o->given.sim)
        return 0;
    if (url_parse(given, &u))
        return complain(EXIT_USAGE, "--sim \"%s\" is no address like http://127.0.0.1:8082",
                        o->given.sim);
    const bool slash = given.size && given.data[given.size - 1] == '/';
    o->ask.base = arena_text(o->arena, (struct span){given.data, given.size - slash});
    return 0;
}

static const struct action *action_of(const char *name)
{
    struct nearest nearest = nearest_to(span_of(name));

    for (size_t i = 0; i < ACTIONS; i++) {
        if (!strcmp(actions[i].name, name))
            return &actions[i];
        nearest_show(&nearest, span_of(actions[i].name));
    }
    if (nearest.best.data)
        (void)complain(0, "there is no action \"%s\"; is %.*s meant?", name,
                       SPAN_ARG(nearest.best));
    else
        (void)complain(0, "there is no action \"%s\"; --help lists them", name);
    return NULL;
}

/* The words of the command line; settings one a line, as they may hold spaces. */
static struct span joined(struct arena *arena, int count, char **words, char between)
{
    struct buf b = buf_in(arena, BODY_BYTES_MAX);

    for (int i = 0; i < count; i++) {
        if (i)
            buf_add_char(&b, between);
        buf_add_text(&b, words[i]);
    }
    return buf_span(&b);
}

/* A number in full, or the number of the phone of that name; NULL has been said. */
static const char *number_of(const struct order *o, const char *who)
{
    const struct json *phones = json_get(o->state.json, "phones");
    char number[PHONE_TEXT_SIZE];

    for (size_t i = 0; i < json_count(phones); i++) {
        const struct json *p = json_at(phones, i);
        if (span_is_nocase(json_text(json_get(p, "name")), span_of(who)) ||
            span_is_text(json_text(json_get(p, "number")), who))
            return arena_text(o->arena, json_text(json_get(p, "number")));
    }
    if (phone_parse(who, strlen(who), "US", number) == PHONE_GOOD)
        return arena_text(o->arena, span_of(number));
    (void)complain(0, "\"%s\" is no number, and no phone has that name", who);
    return NULL;
}

/* ---- doing it ---- */

static int show(const struct order *o)
{
    if (!phone_show_knows(o->state.json, span_of(o->number)))
        return complain(EXIT_NO, "no phone has the number %s", o->number);
    if (o->given.json)
        phone_show_json(o->arena, o->state.json, span_of(o->number));
    else
        phone_show_one(o->state.json, span_of(o->number));
    return EXIT_SUCCESS;
}

static int act(const struct order *o, const struct action *action)
{
    struct buf body = buf_in(o->arena, BODY_BYTES_MAX);
    struct json_out json = json_out(&body);
    struct phone_ask_answer a = {0};

    json_out_object(&json, NULL);
    const int wrong = action->add(o, &json);
    json_out_end_object(&json);
    if (wrong)
        return wrong;
    struct buf path = buf_in(o->arena, PATH_BYTES_MAX);
    buf_add_text(&path, "/sim/phones/");
    url_escape(&path, span_of(o->number));
    buf_printf(&path, "/%s", action->name);
    if (phone_ask_send(&o->ask, path.data, buf_span(&body), &a))
        return EXIT_COULD_NOT;
    const struct span sid = json_text(json_get(a.json, "sid"));
    const struct span error = json_text(json_get(a.json, "error"));
    int status = EXIT_SUCCESS;
    if (a.status >= REFUSED)
        status = complain(EXIT_NO, "%.*s", SPAN_ARG(error));
    if (o->given.json)
        printf("%.*s\n", SPAN_ARG(a.text));
    else if (sid.size)
        printf("%.*s\n", SPAN_ARG(sid));
    phone_ask_close(&a);
    return status;
}

static int list(const struct order *o)
{
    if (o->given.json)
        printf("%.*s\n", SPAN_ARG(json_dump(o->arena, json_get(o->state.json, "phones"))));
    else
        phone_show_list(o->state.json);
    return EXIT_SUCCESS;
}

static int run(struct order *o, int count, char **words)
{
    const bool lists = count == 1 && !strcmp(words[0], "list");
    const struct action *action = NULL;

    if (count < 2 && !lists)
        return complain(EXIT_USAGE, "a phone and what it does are expected; --help tells more");
    if (!lists && !(action = action_of(words[1])))
        return EXIT_USAGE;
    if (action && action->must && count < 3)
        return complain(EXIT_USAGE, "%s wants %s", action->name, action->takes);
    if (action && !action->takes && count > 2)
        return complain(EXIT_USAGE, "\"%s\" is left over after %s", words[2], action->name);
    const int wrong = take_base(o);
    if (wrong)
        return wrong;
    if (phone_ask_send(&o->ask, "/sim/phones", (struct span){0}, &o->state))
        return EXIT_COULD_NOT;
    if (lists)
        return list(o);
    o->number = number_of(o, words[0]);
    if (!o->number)
        return EXIT_USAGE;
    o->words = joined(o->arena, count - 2, words + 2, action->add == add_settings ? '\n' : ' ');
    return action->add ? act(o, action) : show(o);
}

int phone_command_run(int argc, char **argv)
{
    struct order o = {.arena = arena_open(0)};
    int letter, status = 0;

    o.ask.arena = o.arena;
    optind = 1;
    while (!status && (letter = getopt_long(argc, argv, "", known, NULL)) != -1)
        status = take_option(&o.given, letter);
    if (!status && o.given.help)
        help();
    else if (!status)
        status = run(&o, argc - optind, argv + optind);
    phone_ask_close(&o.state);
    arena_close(&o.arena);
    return status;
}
