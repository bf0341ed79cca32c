#include "setupcmd/cmd_doctor.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/terminal.h"
#include "cli/control.h"
#include "codec/json.h"
#include "setup/live_checks.h"
#include "setup/wanted.h"
#include "setupcmd/ground.h"

enum { JSON_BYTES_MAX = 4 << 20, SAY_EVERY = 10 };

struct doctor {
    struct ground ground;
    struct live_facts facts;
    struct finding_list found;
    struct self_call_seen self;
    struct number_list numbers;
};

/* On a terminal: what is being asked, on a line that goes away again. */
static void say_progress(const char *what)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%s%s", what, what[0] ? " ..." : "");
}

static void say_count(size_t count)
{
    char words[64];

    snprintf(words, sizeof words, "the account's numbers: %zu", count);
    say_progress(words);
}

static void say_of(const char *what, size_t done, size_t all)
{
    char words[64];

    snprintf(words, sizeof words, "%s: %zu of %zu", what, done, all);
    say_progress(words);
}

/* ---- the daemon ---- */

static const char *text_of(struct doctor *d, const struct json *item, const char *key)
{
    const struct json *value = json_get(item, key);

    return json_type(value) == JSON_TEXT ? arena_text(d->found.arena, json_text(value)) : NULL;
}

static void take_findings(struct doctor *d, const struct json *items)
{
    for (size_t i = 0; i < json_count(items); i++) {
        const struct json *item = json_at(items, i);
        struct finding f = {.check = text_of(d, item, "check"),
                            .what = text_of(d, item, "what"),
                            .why = text_of(d, item, "why"),
                            .mend = text_of(d, item, "mend")};
        if (f.check && f.what && finding_state_parse(json_text(json_get(item, "state")), &f.state))
            finding_add(&d->found, &f);
    }
}

/* What it says of its own; true when it could. */
static bool ask_daemon(struct doctor *d)
{
    const struct ground *g = &d->ground;
    struct control_answer a = {0};
    struct json *root = NULL;
    struct json_place place;

    if (!g->has_daemon) {
        finding_add(&d->found,
                    &(struct finding){
                        "daemon", FINDING_BAD,
                        arena_printf(g->arena, "No daemon answers at %.*s/control.sock.",
                                     SPAN_ARG(g->cli->settings->data)),
                        "Nothing is answered here, or it has another state folder than this "
                        "command.",
                        "systemctl start nextring, or nextring serve; NEXTRING_DATA names its "
                        "state folder."});
        return false;
    }
    if (control_try(g->arena, g->cli->settings, "GET", ground_path(g, "/api/v1/doctor", NULL),
                    (struct span){0}, &a) ||
        a.status != 200 || json_parse(a.body, &root, &place)) {
        finding_add(&d->found,
                    &(struct finding){
                        "daemon", FINDING_BAD,
                        arena_printf(g->arena, "The daemon cannot tell how it is: it answers %d.",
                                     a.status),
                        "Either it has no roster yet, or its database does not answer.",
                        "nextring roster put FILE; then its log: journalctl -u nextring"});
        return false;
    }
    finding_well(&d->found, "daemon", "The daemon answers.");
    take_findings(d, json_get(root, "items"));
    json_close(&root);
    return true;
}

/* ---- the carrier ---- */

static void ask_credentials(struct doctor *d)
{
    struct ground *g = &d->ground;
    struct live_facts *f = &d->facts;
    const struct console *key = &g->by_key;

    say_progress("the carrier, by the API key");
    if (f->has_key) {
        console_get(key, console_url(key, "/Messages.json?PageSize=1"), &f->messages);
        f->calls = f->messages;
        if (f->messages.outcome != HTTP_NOT_SENT)
            console_get(key, console_url(key, "/Calls.json?PageSize=1"), &f->calls);
    }
    say_progress("the carrier, by the auth token");
    if (f->has_token)
        console_get(&g->by_token, console_url(&g->by_token, ".json"), &f->token);
    if (f->has_token_2) {
        struct console second = g->by_token;
        second.user = g->credentials->values[CREDENTIAL_ACCOUNT_SID].data;
        second.password = g->credentials->values[CREDENTIAL_AUTH_TOKEN_2].data;
        console_get(&second, console_url(&second, ".json"), &f->token_2);
    }
}

static void read_account(struct doctor *d)
{
    struct json *root = NULL;
    struct json_place place;
    struct arena *arena = d->found.arena;

    if (console_is_good(&d->facts.token) && !json_parse(d->facts.token.body, &root, &place)) {
        d->facts.standing = arena_copy(arena, json_text(json_get(root, "status")));
        d->facts.is_trial = span_is_text(json_text(json_get(root, "type")), "Trial");
        json_close(&root);
    }
    if (console_is_good(&d->facts.money) && !json_parse(d->facts.money.body, &root, &place)) {
        d->facts.balance = arena_copy(arena, json_text(json_get(root, "balance")));
        d->facts.currency = arena_copy(arena, json_text(json_get(root, "currency")));
        json_close(&root);
    }
}

/* Local numbers of one messaging service have its campaign: that is asked for once. */
static bool same_service(struct live_line *lines, size_t i)
{
    const struct number *n = lines[i].held;

    if (number_kind_of(lines[i].number) != NUMBER_LOCAL || n->service.size == 0)
        return false;
    for (size_t k = i; k-- > 0;) {
        const struct number *other = lines[k].held;
        if (other && other->has_sms && number_kind_of(lines[k].number) == NUMBER_LOCAL &&
            span_is(other->service, n->service)) {
            lines[i].registration = lines[k].registration;
            return true;
        }
    }
    return false;
}

/* What only needs to be read goes by the API key, when there is one. */
static void ask_numbers(struct doctor *d)
{
    struct ground *g = &d->ground;
    struct live_facts *f = &d->facts;
    const struct console *by = f->has_key ? &g->by_key : &g->by_token;
    struct live_line *lines = ARENA_NEW_N(g->arena, struct live_line, g->line_count + 1);

    f->lines = lines;
    f->no_lines = g->no_lines;
    if (!by->user)
        return;
    const struct console_answer *first = f->has_key ? &f->messages : &f->token;
    if (first->outcome == HTTP_NOT_SENT) { /* the others would wait as long for nothing */
        f->money = f->numbers = f->services = *first;
        return;
    }
    say_progress("the account's numbers");
    console_get(by, console_url(by, "/Balance.json"), &f->money);
    d->numbers.progress = say_count;
    const bool has_numbers = number_ask(by, &d->numbers, &f->numbers);
    if (has_numbers)
        f->knows_services = registration_find_services(by, &d->numbers, &f->services);
    for (size_t i = 0; i < g->line_count; i++) {
        const struct number *held = number_find(&d->numbers, g->lines[i]);
        lines[i] = (struct live_line){.number = g->lines[i], .held = held};
        if (!held || !held->has_sms || number_kind_of(g->lines[i]) == NUMBER_ABROAD)
            continue;
        if (!same_service(lines, i))
            registration_ask(by, held, &lines[i].registration);
        if (i % SAY_EVERY == SAY_EVERY - 1)
            say_of("registrations", i + 1, g->line_count);
    }
    f->line_count = g->line_count;
}

/* What was proven of the lines: the daemon looks for what those have missed that point here. */
static void tell_lines(struct doctor *d)
{
    const struct live_facts *f = &d->facts;

    for (size_t i = 0; i < f->line_count && d->ground.has_daemon && f->knows_services; i++)
        if (f->lines[i].held && wanted_comes_here(d->found.arena, f->public_url, f->lines[i].held))
            (void)ground_tell_line(&d->ground, f->lines[i].held->number, true);
}

static void ask_self(struct doctor *d)
{
    const struct ground *g = &d->ground;
    const struct self_call call = {
        .arena = g->arena,
        .public_url = g->cli->settings->public_url,
        .account = g->account,
        .token = g->credentials->values[CREDENTIAL_AUTH_TOKEN],
    };

    if (!d->facts.has_token || d->facts.has_own_token || call.public_url.size == 0 ||
        call.account.size == 0)
        return;
    say_progress("the public address");
    self_call(&call, &d->self);
    d->facts.self = &d->self;
}

static void ask_all(struct doctor *d)
{
    struct ground *g = &d->ground;
    struct live_facts *f = &d->facts;

    f->now_ms = (int64_t)time(NULL) * 1000;
    f->public_url = g->cli->settings->public_url;
    f->account = g->account;
    f->is_rehearsal = g->is_rehearsal;
    f->has_own_key = g->has_own_key;
    f->has_own_token = g->has_own_token;
    f->has_key = g->by_key.user != NULL && g->account.size > 0 && !g->has_own_key;
    f->has_token = g->by_token.user != NULL && g->account.size > 0;
    f->has_token_2 = f->has_token && g->credentials->values[CREDENTIAL_AUTH_TOKEN_2].size > 0;
    ask_self(d);
    ask_credentials(d);
    ask_numbers(d);
    read_account(d);
    say_progress("");
}

/* ---- saying it ---- */

static void print_json(struct doctor *d)
{
    struct buf out = buf_in(d->found.arena, JSON_BYTES_MAX);
    struct json_out o = json_out(&out);

    json_out_object(&o, NULL);
    json_out_text(&o, "state", span_of(finding_state_name(finding_worst(&d->found))));
    json_out_list(&o, "items");
    for (size_t i = 0; i < d->found.count; i++) {
        const struct finding *f = &d->found.items[i];
        json_out_object(&o, NULL);
        json_out_text(&o, "check", span_of(f->check));
        json_out_text(&o, "state", span_of(finding_state_name(f->state)));
        json_out_text(&o, "what", span_of(f->what));
        json_out_text_or_null(&o, "why", span_of(f->why));
        json_out_text_or_null(&o, "mend", span_of(f->mend));
        json_out_end_object(&o);
    }
    json_out_end_list(&o);
    json_out_end_object(&o);
    printf("%.*s\n", SPAN_ARG(buf_span(&out)));
}

static void print_line(const char *indent, const char *words)
{
    fputs(indent, stdout);
    terminal_put(stdout, span_of(words));
    putchar('\n');
}

static void print_state(const struct finding_list *found, enum finding_state state)
{
    static const char *const words[FINDING_STATES] = {"ok      ", "unknown ", "LOOK    ",
                                                      "WRONG   "};

    for (size_t i = 0; i < found->count; i++) {
        const struct finding *f = &found->items[i];
        if (f->state != state)
            continue;
        print_line(words[state], f->what);
        if (f->why)
            print_line("        ", f->why);
        if (f->mend)
            print_line("     -> ", f->mend);
    }
}

/* What is worst comes last: there the eye is when it scrolls. */
static void print_text(const struct doctor *d)
{
    const struct finding_list *f = &d->found;

    for (int state = 0; state < FINDING_STATES; state++)
        print_state(f, (enum finding_state)state);
    printf("\n%zu wrong, %zu to look at, %zu not known, %zu well.\n", finding_count(f, FINDING_BAD),
           finding_count(f, FINDING_WARN), finding_count(f, FINDING_UNKNOWN),
           finding_count(f, FINDING_OK));
}

static int run(struct cli *cli)
{
    const char *tenant = cli_option(cli, "tenant");
    struct doctor d = {0};

    if (cli_no_more(cli))
        return CLI_USAGE;
    const int status = ground_open(cli, tenant, &d.ground);
    if (status)
        return status;
    if (tenant && !d.ground.knows_tenant && !d.ground.has_daemon) {
        ground_close(&d.ground);
        return cli_fail(CLI_COULD_NOT,
                        "at which account the numbers of %s are only the daemon knows, and it does "
                        "not answer: start it, or name its state folder by NEXTRING_DATA",
                        tenant);
    }
    finding_init(&d.found, cli->arena);
    const bool told = ask_daemon(&d);
    ask_all(&d);
    if (!told && !d.facts.has_key && !d.facts.has_token) {
        ground_close(&d.ground);
        return cli_fail(CLI_COULD_NOT,
                        "nobody can be asked: no daemon answers, and there are no credentials; "
                        "name its folder by NEXTRING_DATA, and the file with TWILIO_* by "
                        "NEXTRING_ENV_FILE");
    }
    live_checks_all(&d.facts, &d.found);
    tell_lines(&d);
    if (cli->json)
        print_json(&d);
    else
        print_text(&d);
    ground_close(&d.ground);
    return finding_worst(&d.found) == FINDING_BAD ? CLI_NO : CLI_YES;
}

static const struct cli_known options[] = {
    {"tenant", "T", "of many on a host, which", NULL},
    {NULL},
};

const struct cli_command cmd_doctor_command = {
    .name = "doctor",
    .run = run,
    .help = "what is wrong with a live set-up, why it matters, and the mend",
    .forms = "[--tenant T]",
    .options = options,
    .about =
        "Asks the running daemon how it is, the carrier what it knows of the credentials, the\n"
        "account and each number, and calls itself by the public address: signed right, and "
        "signed\n"
        "wrong. Nothing is changed at the carrier and nothing is sent to anybody; of a line that "
        "is\n"
        "seen to point here the daemon looks from then on for what it has missed. What could not "
        "be\n"
        "asked is said too, as unknown, with the reason.\n",
    .examples = "nextring doctor                       everything, the worst last\n"
                "nextring doctor --json | jq -r '.items[] | select(.state == \"bad\") | .what'\n",
    .status = "0: nothing is wrong; 1: something is wrong",
};
