#include "setupcmd/provision_buy.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "codec/form.h"
#include "codec/json.h"

enum { FORM_BYTES_MAX = 1024 };

/* ---- what it costs ---- */

static const char *read_price(struct arena *arena, const struct json *root)
{
    const struct json *prices = json_get(root, "phone_number_prices");
    const struct span unit = json_text(json_get(root, "price_unit"));

    for (size_t i = 0; i < json_count(prices); i++) {
        const struct json *row = json_at(prices, i);
        const struct span price = json_text(json_get(row, "current_price"));
        if (span_is_text(json_text(json_get(row, "number_type")), "local") && price.size)
            return arena_printf(arena, "%.*s %.*s a month", SPAN_ARG(price), SPAN_ARG(unit));
    }
    return NULL;
}

/* "1.15 USD a month"; NULL: the carrier does not tell. */
static const char *price_of(const struct console *c, const char *country)
{
    const struct span host = console_host(c->arena, c->api, "pricing");
    const char *price = NULL;
    struct console_answer a;
    struct json *root = NULL;
    struct json_place place;

    console_get(
        c, arena_printf(c->arena, "%.*s/v1/PhoneNumbers/Countries/%s", SPAN_ARG(host), country),
        &a);
    if (!console_is_good(&a) || json_parse(a.body, &root, &place))
        return NULL;
    price = read_price(c->arena, root);
    json_close(&root);
    return price;
}

/* ---- which ---- */

static bool take_first(void *ctx, const struct json *item)
{
    struct provision_buy *buy = ctx;
    const struct span number = json_text(json_get(item, "phone_number"));

    if (number.size > 0 && number.size < sizeof buy->number)
        snprintf(buy->number, sizeof buy->number, "%.*s", SPAN_ARG(number));
    return !buy->number[0];
}

static int find(const struct provision_plan *p, struct provision_buy *buy)
{
    const struct console *c = &p->ground.by_token;
    struct console_answer a;

    if (!console_list(c,
                      console_url(c,
                                  "/AvailablePhoneNumbers/%s/Local.json?AreaCode=%s"
                                  "&VoiceEnabled=true&SmsEnabled=true&PageSize=1",
                                  buy->country, buy->area_code),
                      "available_phone_numbers", take_first, buy, &a))
        return cli_fail(CLI_COULD_NOT, "the carrier %s; nothing is bought",
                        console_words(p->arena, &a));
    if (!buy->number[0])
        return cli_fail(CLI_NO,
                        "the carrier has no number for calls and texts in area %s; try "
                        "another --area-code",
                        buy->area_code);
    return CLI_YES;
}

/* ---- buying ---- */

/* An answer that was lost: the number is looked for before anybody tries again. It may still come
 * to be ours later (*out_unsure). */
static const char *order(const struct provision_plan *p, const struct provision_buy *buy,
                         bool *out_unsure)
{
    const struct console *c = &p->ground.by_token;
    struct buf form = buf_in(p->arena, FORM_BYTES_MAX);
    struct console_answer a, look;
    struct number_list now;

    form_add(&form, "PhoneNumber", span_of(buy->number));
    console_post(c, console_url(c, "/IncomingPhoneNumbers.json"), buf_span(&form), &a);
    if (console_is_good(&a))
        return NULL;
    if (a.outcome == HTTP_UNSURE && number_ask(c, &now, &look) &&
        number_find(&now, span_of(buy->number)))
        return NULL;
    *out_unsure = a.outcome == HTTP_UNSURE;
    return console_words(p->arena, &a);
}

static bool is_digits(const char *text, size_t least, size_t most)
{
    const size_t size = strlen(text);

    return size >= least && size <= most && strspn(text, "0123456789") == size;
}

static bool is_country(const char *text)
{
    return strlen(text) == 2 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2;
}

int provision_buy(struct provision_plan *p, struct ledger *ledger, struct provision_buy *buy)
{
    struct ledger_entry entry = {
        .kind = LEDGER_BUY, .at_ms = (int64_t)time(NULL) * 1000, .account = p->ground.account};
    const char *why = NULL;

    if (!is_digits(buy->area_code, 2, 5) || !is_country(buy->country))
        return cli_fail(CLI_USAGE, "give an area, and a country by two capital letters: --buy "
                                   "--area-code 619 --country US");
    const int status = find(p, buy);
    if (status)
        return status;
    const char *price = price_of(&p->ground.by_token, buy->country);
    const char *question = arena_printf(p->arena, "Buy %s for %s?", buy->number,
                                        price ? price : "a price that the carrier did not tell");
    if (!provision_plan_agrees(question, buy->yes))
        return cli_fail(CLI_NO, "%s (%s) is not bought; --yes buys without a question", buy->number,
                        price ? price : "price not told");
    entry.number = span_of(buy->number);
    if (ledger_add(ledger, &entry, &why))
        return cli_fail(CLI_COULD_NOT, "%s", why);
    bool is_unsure = false;
    const char *failed = order(p, buy, &is_unsure);
    if (failed && is_unsure)
        return cli_fail(CLI_COULD_NOT,
                        "whether %s is bought is not known: the carrier %s; look before you try "
                        "again: nextring provision --all",
                        buy->number, failed);
    if (failed)
        return cli_fail(CLI_COULD_NOT, "%s is not bought: the carrier %s", buy->number, failed);
    fprintf(stderr, "nextring: bought %s%s%s; put it into the roster under 'lines'\n", buy->number,
            price ? " for " : "", price ? price : "");
    return CLI_YES;
}
