#include "setupcmd/provision_set.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/control.h"
#include "codec/form.h"
#include "codec/json.h"
#include "codec/phone.h"
#include "codec/url.h"

enum { FORM_BYTES_MAX = 32 << 10, LOOK_EVERY_MS = 2000, LOOKS_MAX = 900 };

/* ---- one number ---- */

static const char *number_url(const struct console *c, const struct number *n)
{
    return console_url(c, "/IncomingPhoneNumbers/%s.json", n->sid);
}

/* Whether the carrier has it all now, as its answer shows the number. */
static bool has_all(struct arena *arena, const struct console_answer *a,
                    const struct ledger_change *changes, size_t count)
{
    struct json *root = NULL;
    struct json_place place;
    struct number now;
    bool all = !json_parse(a->body, &root, &place) && number_parse(arena, root, &now);

    for (size_t i = 0; i < count && all; i++)
        all = span_is(now.fields[changes[i].field], changes[i].after);
    json_close(&root);
    return all;
}

const char *provision_set_fields(const struct console *c, const struct number *n,
                                 const struct ledger_change *changes, size_t count)
{
    struct buf form = buf_in(c->arena, FORM_BYTES_MAX);
    struct console_answer answer;

    for (size_t i = 0; i < count; i++)
        form_add(&form, number_field_name(changes[i].field), changes[i].after);
    console_post(c, number_url(c, n), buf_span(&form), &answer);
    if (answer.outcome != HTTP_ANSWERED) /* to set it twice is the same as once */
        console_post(c, number_url(c, n), buf_span(&form), &answer);
    if (!console_is_good(&answer))
        return console_words(c->arena, &answer);
    return has_all(c->arena, &answer, changes, count)
               ? NULL
               : "took the change and shows something else; look into its console";
}

/* ---- what has come by it ---- */

static struct span newest(const struct provision_plan *p, const char *path, const char *which,
                          const char *number)
{
    const struct ground *g = &p->ground;
    struct buf query = buf_in(p->arena, 256);
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;
    struct span id = {0};

    buf_printf(&query, "%slimit=1&line=", which);
    url_escape(&query, span_of(number));
    if (control_try(p->arena, p->cli->settings, "GET", ground_path(g, path, buf_span(&query).data),
                    (struct span){0}, &a) ||
        a.status != 200 || json_parse(a.body, &root, &place))
        return id;
    id = arena_copy(p->arena, json_text(json_get(json_at(json_get(root, "items"), 0), "id")));
    json_close(&root);
    return id;
}

struct span provision_set_heard(const struct provision_plan *p, const char *number)
{
    if (!p->ground.has_daemon)
        return (struct span){0};
    const struct span call = newest(p, "/api/v1/calls", "", number);
    const struct span text = newest(p, "/api/v1/messages", "kind=inbound&", number);
    return span_of(arena_printf(p->arena, "/%.*s/%.*s", SPAN_ARG(call), SPAN_ARG(text)));
}

/* ---- many ---- */

static int set_one(struct provision_plan *p, struct ledger *ledger, struct provision_item *item,
                   int64_t *run)
{
    struct ledger_entry entry = {
        .run = *run,
        .at_ms = (int64_t)time(NULL) * 1000,
        .kind = LEDGER_SET,
        .account = p->ground.account,
        .number = span_of(item->number->number),
        .sid = span_of(item->number->sid),
        .heard = provision_set_heard(p, item->number->number),
        .change_count = item->change_count,
    };
    const char *why = NULL;

    for (size_t i = 0; i < item->change_count; i++)
        entry.changes[i] = (struct ledger_change){item->changes[i].field, item->changes[i].is,
                                                  item->changes[i].will};
    if (ledger_add(ledger, &entry, &why))
        return cli_fail(CLI_COULD_NOT, "%s", why);
    *run = entry.run;
    item->failed =
        provision_set_fields(&p->ground.by_token, item->number, entry.changes, entry.change_count);
    item->state = item->failed ? PROVISION_REFUSED : PROVISION_SET;
    return CLI_YES;
}

static void say_progress(size_t done, size_t all, const char *number)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%zu of %zu: %s", done, all, number);
}

static int set_all(struct provision_plan *p, struct ledger *ledger)
{
    const size_t all = provision_plan_count(p, PROVISION_DIFFERS);
    int64_t run = 0;
    size_t done = 0;
    int status = CLI_YES;

    for (size_t i = 0; i < p->numbers.count && !status; i++) {
        struct provision_item *item = &p->items[i];
        if (item->state != PROVISION_DIFFERS)
            continue;
        say_progress(++done, all, item->number->number);
        status = set_one(p, ledger, item, &run);
    }
    if (all && isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    if (!status && provision_plan_count(p, PROVISION_REFUSED))
        status = cli_fail(CLI_COULD_NOT,
                          "%zu of %zu were not set; what was set stays, and "
                          "'nextring provision --undo' puts it back",
                          provision_plan_count(p, PROVISION_REFUSED), all);
    return status;
}

/* ---- a test number first ---- */

static bool came_through(const struct provision_plan *p, const char *number, struct span before)
{
    const struct span now = provision_set_heard(p, number);

    return now.size > 2 && !span_is(now, before); /* "//": nothing ever came */
}

/* On a terminal: until something comes, or Enter. */
static bool wait_for_it(const struct provision_plan *p, const char *number, struct span before)
{
    fprintf(stderr, "Call or text %s now. Waiting for it; Enter ends the waiting.\n", number);
    for (int i = 0; i < LOOKS_MAX; i++) {
        struct pollfd key = {.fd = STDIN_FILENO, .events = POLLIN};
        if (came_through(p, number, before))
            return true;
        if (poll(&key, 1, LOOK_EVERY_MS) > 0) {
            (void)!fgets((char[16]){0}, 16, stdin);
            return came_through(p, number, before);
        }
    }
    return false;
}

static int say_how_to_go_on(const char *number, bool is_fresh)
{
    if (is_fresh) {
        fprintf(stderr,
                "nextring: %s is set. Call or text it; when that has come through, the same "
                "command again sets the others, and 'nextring provision --undo %s' goes back\n",
                number, number);
        return CLI_YES;
    }
    return cli_fail(CLI_NO,
                    "no call and no text has come through %s since it was set; call or text it, "
                    "look at 'nextring doctor', or go back: nextring provision --undo %s",
                    number, number);
}

static int set_rest(struct provision_plan *p, struct ledger *ledger, const char *number, bool yes)
{
    const size_t left = provision_plan_count(p, PROVISION_DIFFERS);

    if (left == 0)
        return CLI_YES;
    fprintf(stderr, "nextring: a call or text has come through %s\n", number);
    const char *question = arena_printf(p->arena, "Set the other %zu now?", left);
    if (provision_plan_agrees(question, yes))
        return set_all(p, ledger);
    fprintf(stderr, "nextring: the other %zu are left as they are; with --yes they are set\n",
            left);
    return CLI_YES;
}

static int set_with_test(struct provision_plan *p, struct ledger *ledger,
                         struct provision_item *item, bool yes)
{
    const char *number = item->number->number;
    const bool is_fresh = item->state == PROVISION_DIFFERS;
    int64_t run = 0;

    /* What came through the number before is known by it, too: nothing is set without. */
    if (!p->ground.has_daemon)
        return cli_fail(CLI_COULD_NOT,
                        "whether a call comes through %s only the running daemon knows, so nothing "
                        "is set: start it, then give the same command again",
                        number);
    const int status = is_fresh ? set_one(p, ledger, item, &run) : CLI_YES;

    if (status)
        return status;
    if (item->failed)
        return cli_fail(CLI_COULD_NOT, "%s was not set: the carrier %s", number, item->failed);
    const struct ledger_entry *last = ledger_last(ledger, p->ground.account, span_of(number));
    const struct span before = last ? last->heard : (struct span){0};
    const bool came = isatty(STDIN_FILENO) && !yes ? wait_for_it(p, number, before)
                                                   : came_through(p, number, before);
    return came ? set_rest(p, ledger, number, yes) : say_how_to_go_on(number, is_fresh);
}

int provision_set(struct provision_plan *p, struct ledger *ledger, const char *test, bool yes)
{
    char number[PHONE_TEXT_SIZE];

    if (!test)
        return set_all(p, ledger);
    if (phone_parse(test, strlen(test), NULL, number) != PHONE_GOOD)
        return cli_fail(CLI_USAGE, "--test-number '%s' is no number with its country code", test);
    struct provision_item *item = provision_plan_find(p, span_of(number));
    if (!item || item->state == PROVISION_OTHER)
        return cli_fail(CLI_USAGE, "--test-number %s is not among the numbers that are meant",
                        number);
    return set_with_test(p, ledger, item, yes);
}
