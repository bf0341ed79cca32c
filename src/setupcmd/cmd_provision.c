#include "setupcmd/cmd_provision.h"

#include <stdio.h>
#include <string.h>

#include "codec/url.h"
#include "setupcmd/provision_buy.h"
#include "setupcmd/provision_plan.h"
#include "setupcmd/provision_set.h"
#include "setupcmd/provision_undo.h"

struct asked {
    const char *tenant, *test_number, *area_code, *country;
    const char *fallback, *voice_fallback, *text_fallback;
    bool all, apply, yes, buy, undo, detach;
};

static struct asked take_options(struct cli *cli)
{
    return (struct asked){
        .tenant = cli_option(cli, "tenant"),
        .test_number = cli_option(cli, "test-number"),
        .area_code = cli_option(cli, "area-code"),
        .country = cli_option(cli, "country"),
        .fallback = cli_option(cli, "fallback-url"),
        .voice_fallback = cli_option(cli, "voice-fallback-url"),
        .text_fallback = cli_option(cli, "text-fallback-url"),
        .all = cli_flag(cli, "all"),
        .apply = cli_flag(cli, "apply"),
        .yes = cli_flag(cli, "yes"),
        .buy = cli_flag(cli, "buy"),
        .undo = cli_flag(cli, "undo"),
        .detach = cli_flag(cli, "detach"),
    };
}

static int judge(const struct asked *a)
{
    if (a->undo && (a->buy || a->apply || a->test_number || a->all))
        return cli_fail(CLI_USAGE, "--undo goes with numbers and --yes alone");
    if (a->buy != (a->area_code != NULL))
        return cli_fail(CLI_USAGE, "--buy and --area-code go together: --buy --area-code 619");
    if (a->test_number && !a->apply)
        return cli_fail(CLI_USAGE, "--test-number goes with --apply; without both nothing is set");
    return CLI_YES;
}

/* ---- what is wanted ---- */

static int take_address(struct cli *cli, const char *option, const char *text, struct span *out)
{
    struct url u;

    if (!text)
        return CLI_YES;
    if (url_parse(span_of(text), &u))
        return cli_fail(CLI_USAGE, "--%s '%s' is no address with https:// or http://", option,
                        text);
    *out = arena_copy(cli->arena, span_of(text));
    return CLI_YES;
}

/* The scripts of 'nextring fallback --out' below one address, or each by its own. */
static int take_fallbacks(struct cli *cli, const struct asked *a, struct wanted *w)
{
    const size_t size = a->fallback ? strlen(a->fallback) : 0;
    const char *slash = size && a->fallback[size - 1] == '/' ? "" : "/";
    const char *voice = a->voice_fallback, *text = a->text_fallback;

    if (!voice && a->fallback)
        voice = arena_printf(cli->arena, "%s%sfallback-voice.xml", a->fallback, slash);
    if (!text && a->fallback)
        text = arena_printf(cli->arena, "%s%sfallback-text.xml", a->fallback, slash);
    const int status = take_address(cli, "fallback-url", voice, &w->voice_fallback_url);
    return status ? status : take_address(cli, "fallback-url", text, &w->text_fallback_url);
}

static int take_wanted(struct cli *cli, const struct asked *a, struct wanted *w)
{
    const struct span url = cli->settings->public_url;

    if (url.size == 0)
        return cli_fail(CLI_USAGE, "NEXTRING_PUBLIC_URL is not set: the numbers have to point "
                                   "somewhere, e.g. https://ring.example.com");
    w->public_url = url;
    w->detach = a->detach;
    return take_fallbacks(cli, a, w);
}

/* ---- doing it ---- */

static int open_ledger(struct provision_plan *p, struct ledger **out)
{
    const char *why = NULL;
    const char *folder = arena_text(p->arena, p->cli->settings->data);

    if (ledger_open(p->arena, folder, true, out, &why))
        return cli_fail(CLI_COULD_NOT, "%s", why);
    return CLI_YES;
}

/* The daemon looks for what those lines have missed that point here. */
static void tell_lines(const struct provision_plan *p)
{
    size_t untold = 0;

    for (size_t i = 0; i < p->numbers.count && p->knows_services; i++) {
        const struct provision_item *item = &p->items[i];
        if (item->state != PROVISION_SAME && item->state != PROVISION_SET)
            continue;
        struct number now = *item->number;
        for (size_t k = 0; k < item->change_count && item->state == PROVISION_SET; k++)
            now.fields[item->changes[k].field] = item->changes[k].will;
        if (wanted_comes_here(p->arena, p->wanted.public_url, &now))
            untold += !ground_tell_line(&p->ground, now.number, true);
    }
    if (untold)
        fprintf(stderr,
                "nextring: no daemon was told that %zu line%s here: until a first call or text has "
                "come, or 'nextring doctor' has been run beside it, it does not look for what was "
                "missed\n",
                untold, untold == 1 ? " points" : "s point");
}

/* What is only shown says by its status whether something differs. */
static int show(struct provision_plan *p)
{
    const size_t differ = provision_plan_count(p, PROVISION_DIFFERS);

    provision_plan_print(p);
    tell_lines(p);
    if (differ)
        fprintf(stderr, "nextring: nothing is changed yet; --apply sets %zu number%s\n", differ,
                differ == 1 ? "" : "s");
    return differ || p->missing_count ? CLI_NO : CLI_YES;
}

static int set(struct provision_plan *p, const struct asked *a)
{
    struct ledger *ledger = NULL;
    int status = open_ledger(p, &ledger);

    if (status)
        return status;
    status = provision_set(p, ledger, a->test_number, a->yes);
    ledger_close(&ledger);
    if (status != CLI_USAGE) {
        provision_plan_print(p);
        tell_lines(p);
    }
    return status;
}

static int undo(struct provision_plan *p, const struct asked *a)
{
    struct ledger *ledger = NULL;
    int status = open_ledger(p, &ledger);

    if (status)
        return status;
    status = provision_undo(p, ledger, a->yes);
    ledger_close(&ledger);
    return status;
}

/* The number that was bought is then the one that is meant. */
static int buy(struct provision_plan *p, const struct asked *a)
{
    struct provision_buy order = {
        .country = a->country ? a->country : "US", .area_code = a->area_code, .yes = a->yes};
    struct ledger *ledger = NULL;
    static char *argv[1];
    int status = open_ledger(p, &ledger);

    if (status)
        return status;
    status = provision_buy(p, ledger, &order);
    ledger_close(&ledger);
    if (status)
        return status;
    status = provision_plan_ask(p); /* it is among them now */
    if (status)
        return status;
    argv[0] = arena_text(p->arena, span_of(order.number));
    p->cli->argv = argv;
    p->cli->argc = 1;
    return CLI_YES;
}

/* Without the daemon the account is that of the credentials, and its numbers somebody else's. */
static int need_tenant(const struct ground *g)
{
    if (!g->tenant || g->knows_tenant)
        return CLI_YES;
    return cli_fail(CLI_COULD_NOT,
                    "at which account the numbers of %s are only the daemon knows, and it does not "
                    "answer: start it, or name its state folder by NEXTRING_DATA",
                    g->tenant);
}

static int work(struct provision_plan *p, const struct asked *a)
{
    int status = need_tenant(&p->ground);

    if (!status)
        status = provision_plan_ask(p);
    if (!status && a->undo)
        return undo(p, a);
    if (!status && a->buy)
        status = buy(p, a);
    if (!status)
        status = provision_plan_choose(p, a->all);
    if (status)
        return status;
    if (a->apply)
        return set(p, a);
    status = show(p);
    return a->buy ? CLI_YES : status;
}

static int run(struct cli *cli)
{
    struct provision_plan plan = {.cli = cli, .arena = cli->arena};
    const struct asked asked = take_options(cli);
    int status = judge(&asked);

    if (!status)
        status = take_wanted(cli, &asked, &plan.wanted);
    if (!status)
        status = ground_open(cli, asked.tenant, &plan.ground);
    if (status)
        return status;
    status = work(&plan, &asked);
    ground_close(&plan.ground);
    return status;
}

static const struct cli_known options[] = {
    {"all", NULL, "every number of the account, not the roster's lines alone", NULL},
    {"apply", NULL, "sets them; without it nothing is changed", NULL},
    {"test-number", "NUMBER", "that one first, the others once a call or text came through it",
     NULL},
    {"fallback-url", "ADDRESS", "where the files of 'nextring fallback --out' are served", NULL},
    {"voice-fallback-url", "ADDRESS", "the call's script alone, such as a TwiML Bin", NULL},
    {"text-fallback-url", "ADDRESS", "the text's script alone", NULL},
    {"detach", NULL, "takes applications off, whose addresses win over the number's", NULL},
    {"undo", NULL, "puts back what the numbers, or the last command's, pointed to before", NULL},
    {"buy", NULL, "buys a number for calls and texts, after a question", NULL},
    {"area-code", "NNN", "of which area", NULL},
    {"country", "CC", "of which country; US when not given", NULL},
    {"yes", NULL, "asks nothing", NULL},
    {"tenant", "T", "of many on a host, whose numbers", NULL},
    {NULL},
};

const struct cli_command cmd_provision_command = {
    .name = "provision",
    .run = run,
    .help = "the account's numbers: where they point, and pointing them here",
    .forms = "[NUMBER...] [--all] [--apply [--test-number NUMBER]]\n"
             "--undo [NUMBER...]\n"
             "--buy --area-code NNN [--country CC] [--apply]",
    .options = options,
    .about =
        "Shows the account's numbers and what of them differs from what nextring needs: webhooks,\n"
        "methods, fallbacks, the status callback, and the retries that the carrier makes only "
        "when\n"
        "told to. Nothing is changed without --apply. Each change is written to provision.json in\n"
        "the state folder before it is made. This alone asks the carrier by the auth token.\n",
    .examples =
        "nextring provision                                  what of the roster's lines differs\n"
        "nextring provision --apply --test-number +16195550100   one first, then the others\n"
        "nextring provision +16195550101 --apply             one line alone\n"
        "nextring provision --fallback-url https://static.example.com/fallback --apply\n"
        "nextring provision --undo                           back to what was\n"
        "nextring provision --buy --area-code 619 --apply    a new one, pointing here\n",
    .status = "0: nothing differs, or it is done; 1: something differs, or nothing was to be done",
};
