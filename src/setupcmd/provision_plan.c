#include "setupcmd/provision_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/terminal.h"
#include "codec/json.h"
#include "codec/phone.h"
#include "setup/registration.h"

enum { JSON_BYTES_MAX = 16 << 20 };

const char *provision_plan_state_name(enum provision_state state)
{
    static const char *const names[PROVISION_STATES] = {"other", "same", "differs", "set",
                                                        "refused"};

    return names[state];
}

/* ---- asking ---- */

static int complain(const struct provision_plan *p, const struct console_answer *a)
{
    const struct ground *g = &p->ground;

    if (console_is_denied(a) || a->status == 404)
        return cli_fail(CLI_COULD_NOT,
                        "the carrier %s; give the auth token of the account %.*s, or of the one "
                        "above it, by TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN",
                        console_words(p->arena, a), SPAN_ARG(g->account));
    return cli_fail(CLI_COULD_NOT, "the carrier %s; nothing is changed, try again",
                    console_words(p->arena, a));
}

static bool is_line(const struct ground *g, const char *number)
{
    for (size_t i = 0; i < g->line_count; i++)
        if (span_is_text(g->lines[i], number))
            return true;
    return false;
}

static void list_missing(struct provision_plan *p)
{
    const struct ground *g = &p->ground;

    p->missing = ARENA_NEW_N(p->arena, struct span, g->line_count + 1);
    for (size_t i = 0; i < g->line_count; i++)
        if (!number_find(&p->numbers, g->lines[i]))
            p->missing[p->missing_count++] = g->lines[i];
}

static void say_count(size_t count)
{
    if (!isatty(STDERR_FILENO))
        return;
    fputs("\r\033[K", stderr);
    if (count)
        fprintf(stderr, "%zu numbers ...", count);
}

int provision_plan_ask(struct provision_plan *p)
{
    const struct console *c = &p->ground.by_token;
    struct console_answer answer;

    if (!c->user || c->account.size == 0)
        return cli_fail(CLI_COULD_NOT,
                        "the carrier lets only the auth token change numbers: set "
                        "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or name the file that has them "
                        "by NEXTRING_ENV_FILE");
    p->numbers.progress = say_count;
    const bool good = number_ask(c, &p->numbers, &answer);
    say_count(0);
    if (!good)
        return complain(p, &answer);
    p->knows_services = registration_find_services(c, &p->numbers, &answer);
    p->items = ARENA_NEW_N(p->arena, struct provision_item, p->numbers.count + 1);
    for (size_t i = 0; i < p->numbers.count; i++)
        p->items[i] =
            (struct provision_item){.number = &p->numbers.items[i],
                                    .is_line = is_line(&p->ground, p->numbers.items[i].number)};
    list_missing(p);
    return CLI_YES;
}

/* ---- choosing ---- */

struct provision_item *provision_plan_find(const struct provision_plan *p, struct span number)
{
    for (size_t i = 0; i < p->numbers.count; i++)
        if (span_is_text(number, p->items[i].number->number))
            return &p->items[i];
    return NULL;
}

size_t provision_plan_count(const struct provision_plan *p, enum provision_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < p->numbers.count; i++)
        count += p->items[i].state == state;
    return count;
}

static void compare(struct provision_plan *p, struct provision_item *item)
{
    item->change_count = wanted_changes(p->arena, &p->wanted, item->number, item->changes);
    item->state = item->change_count ? PROVISION_DIFFERS : PROVISION_SAME;
}

static int choose_words(struct provision_plan *p)
{
    char number[PHONE_TEXT_SIZE];

    for (int i = 0; i < p->cli->argc; i++) {
        const char *word = p->cli->argv[i];
        if (phone_parse(word, strlen(word), NULL, number) != PHONE_GOOD)
            return cli_fail(CLI_USAGE,
                            "'%s' is no number with its country code, such as +16195550100", word);
        struct provision_item *item = provision_plan_find(p, span_of(number));
        if (!item)
            return cli_fail(CLI_NO,
                            "%s is not a number of the account %.*s; 'nextring provision --all' "
                            "lists them",
                            number, SPAN_ARG(p->ground.account));
        compare(p, item);
    }
    return CLI_YES;
}

int provision_plan_choose(struct provision_plan *p, bool all)
{
    if (p->cli->argc > 0)
        return choose_words(p);
    if (!all && p->ground.no_lines)
        return cli_fail(CLI_COULD_NOT,
                        "which numbers are ours is not known: %s; name them, or "
                        "--all",
                        p->ground.no_lines);
    for (size_t i = 0; i < p->numbers.count; i++)
        if (all || p->items[i].is_line)
            compare(p, &p->items[i]);
    return CLI_YES;
}

bool provision_plan_agrees(const char *question, bool yes)
{
    char answer[16];

    if (yes)
        return true;
    if (!isatty(STDIN_FILENO))
        return false;
    fprintf(stderr, "%s [y/N] ", question);
    return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

/* ---- showing ---- */

/* What counts in place of the number's own addresses; NULL: nothing. */
static const char *voice_winner(const struct provision_plan *p, const struct number *n)
{
    const struct span app = n->fields[NUMBER_VOICE_APPLICATION];

    if (n->trunk.size)
        return arena_printf(p->arena, "calls go to the trunk %.*s, whatever stands here",
                            SPAN_ARG(n->trunk));
    if (app.size && !p->wanted.detach)
        return arena_printf(p->arena,
                            "calls go where the application %.*s says, whatever stands here; "
                            "--detach takes it off",
                            SPAN_ARG(app));
    return NULL;
}

static const char *text_winner(const struct provision_plan *p, const struct number *n)
{
    const struct span app = n->fields[NUMBER_SMS_APPLICATION];

    if (n->service_wins)
        return arena_printf(p->arena,
                            "texts go where the messaging service %.*s says, whatever stands here; "
                            "let it defer to the sender's webhook in the carrier's console",
                            SPAN_ARG(n->service));
    if (app.size && !p->wanted.detach)
        return arena_printf(p->arena,
                            "texts go where the application %.*s says, whatever stands here; "
                            "--detach takes it off",
                            SPAN_ARG(app));
    return NULL;
}

static void put(const char *format, struct span text)
{
    fputs(format, stdout);
    if (text.size)
        terminal_put(stdout, text);
    else
        fputs("-", stdout);
}

static void print_head(const struct provision_item *item)
{
    const struct number *n = item->number;

    printf("%s  %s", n->number, item->is_line ? "on the roster" : "not on the roster");
    switch (item->state) {
    case PROVISION_OTHER:
        put(": calls go to ", n->fields[NUMBER_VOICE_URL]);
        put(", texts to ", n->fields[NUMBER_SMS_URL]);
        break;
    case PROVISION_SAME:
        fputs(", points here", stdout);
        break;
    case PROVISION_DIFFERS:
        printf(", %zu to change", item->change_count);
        break;
    case PROVISION_SET:
        printf(", %zu set", item->change_count);
        break;
    case PROVISION_REFUSED:
        printf(", NOT set: the carrier %s", item->failed);
        break;
    case PROVISION_STATES:
        break;
    }
    putchar('\n');
}

static void print_item(const struct provision_plan *p, const struct provision_item *item)
{
    const char *const winners[] = {voice_winner(p, item->number), text_winner(p, item->number)};

    print_head(item);
    for (size_t i = 0; i < item->change_count; i++) {
        const struct wanted_change *c = &item->changes[i];
        printf("    %-21s", number_field_name(c->field));
        put(item->state == PROVISION_SET ? "was  " : "is   ", c->is);
        printf("\n    %-21s", "");
        put(item->state == PROVISION_SET ? "is   " : "will ", c->will);
        putchar('\n');
    }
    for (int i = 0; i < 2; i++)
        if (winners[i])
            printf("    ! %s\n", winners[i]);
}

static void json_item(const struct provision_plan *p, struct json_out *o,
                      const struct provision_item *item)
{
    const struct number *n = item->number;

    json_out_object(o, NULL);
    json_out_text(o, "number", span_of(n->number));
    json_out_text(o, "sid", span_of(n->sid));
    json_out_text(o, "name", n->name);
    json_out_bool(o, "is_line", item->is_line);
    json_out_text(o, "state", span_of(provision_plan_state_name(item->state)));
    json_out_list(o, "changes");
    for (size_t i = 0; i < item->change_count; i++) {
        json_out_object(o, NULL);
        json_out_text(o, "field", span_of(number_field_name(item->changes[i].field)));
        json_out_text(o, "is", item->changes[i].is);
        json_out_text(o, "will", item->changes[i].will);
        json_out_end_object(o);
    }
    json_out_end_list(o);
    json_out_text_or_null(o, "voice_url", n->fields[NUMBER_VOICE_URL]);
    json_out_text_or_null(o, "sms_url", n->fields[NUMBER_SMS_URL]);
    json_out_text_or_null(o, "calls_go_elsewhere", span_of(voice_winner(p, n)));
    json_out_text_or_null(o, "texts_go_elsewhere", span_of(text_winner(p, n)));
    json_out_text_or_null(o, "refused", span_of(item->failed));
    json_out_end_object(o);
}

static void print_json(const struct provision_plan *p)
{
    struct buf out = buf_in(p->arena, JSON_BYTES_MAX);
    struct json_out o = json_out(&out);

    json_out_object(&o, NULL);
    json_out_text(&o, "account", p->ground.account);
    json_out_list(&o, "items");
    for (size_t i = 0; i < p->numbers.count; i++)
        json_item(p, &o, &p->items[i]);
    json_out_end_list(&o);
    json_out_list(&o, "missing");
    for (size_t i = 0; i < p->missing_count; i++)
        json_out_text(&o, NULL, p->missing[i]);
    json_out_end_list(&o);
    json_out_bool(&o, "are_services_known", p->knows_services);
    json_out_end_object(&o);
    printf("%.*s\n", SPAN_ARG(buf_span(&out)));
}

void provision_plan_print(const struct provision_plan *p)
{
    if (p->cli->json) {
        print_json(p);
        return;
    }
    if (p->numbers.count == 0)
        fprintf(stderr,
                "nextring: the account %.*s has no number; --buy --area-code NNN buys one\n",
                SPAN_ARG(p->ground.account));
    for (size_t i = 0; i < p->numbers.count; i++)
        print_item(p, &p->items[i]);
    for (size_t i = 0; i < p->missing_count; i++)
        printf("%.*s  on the roster, and NOT a number of the account\n", SPAN_ARG(p->missing[i]));
    if (!p->knows_services)
        fprintf(stderr, "nextring: whether a messaging service wins over a number for texts, the "
                        "carrier did not tell\n");
}
