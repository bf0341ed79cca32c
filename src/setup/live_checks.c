#include "setup/live_checks.h"

#include <stdlib.h>

#include "setup/live_look.h"
#include "setup/live_numbers.h"
#include "setup/live_reach.h"

static const int64_t CLOCK_WARN_MS = 5000, CLOCK_BAD_MS = 60000;

enum { BALANCE_LOW = 10 };

/* ---- credentials ---- */

static void key_may(struct live_look *l, const char *what, const struct console_answer *a)
{
    if (console_is_good(a))
        live_look_well(l, arena_printf(l->arena, "The API key may read %s.", what));
    else if (console_is_denied(a))
        live_look_ill(
            l, FINDING_BAD,
            arena_printf(l->arena, "The API key may not read %s: the carrier %s.", what,
                         console_words(l->arena, a)),
            "With it nothing is sent, and what came while we were down is not fetched.",
            "Make a standard API key for this account in the carrier's console and put it into "
            "TWILIO_API_KEY and TWILIO_API_SECRET.");
    else
        live_look_unknown(
            l, arena_printf(l->arena, "Whether the API key may read %s is not known.", what), a);
}

static void api_key(struct live_look *l)
{
    const struct live_facts *f = l->facts;

    if (f->has_own_key) {
        live_look_ill(l, FINDING_UNKNOWN,
                      "Whether this business's own API key is good is not known.",
                      "It is sealed, and the daemon alone can open it.",
                      "The check 'host' tells when the carrier has refused it.");
        return;
    }
    if (!f->has_key) {
        live_look_ill(l, FINDING_BAD, "There is no API key.",
                      "Texts and calls are sent by it; the auth token is for signatures.",
                      "Make a standard API key in the carrier's console and set TWILIO_API_KEY and "
                      "TWILIO_API_SECRET.");
        return;
    }
    key_may(l, "messages", &f->messages);
    key_may(l, "calls", &f->calls);
}

static void auth_token(struct live_look *l)
{
    const struct live_facts *f = l->facts;

    if (!f->has_token)
        live_look_ill(
            l, FINDING_BAD, "There is no auth token.",
            "Without it no webhook of the carrier is believed: no call and no text gets in.",
            "Copy it from the carrier's console into TWILIO_AUTH_TOKEN.");
    else if (console_is_good(&f->token))
        live_look_well(l, "The carrier knows the auth token.");
    else if (console_is_denied(&f->token))
        live_look_ill(
            l, FINDING_BAD,
            arena_printf(l->arena, "The carrier does not know the auth token: it %s.",
                         console_words(l->arena, &f->token)),
            "It signs webhooks with another one, so that every call and text is refused.",
            "Copy the account's present token from the carrier's console into TWILIO_AUTH_TOKEN, "
            "then: nextring reload");
    else
        live_look_unknown(l, "Whether the auth token is right is not known.", &f->token);
    if (!f->has_token_2)
        return;
    if (console_is_good(&f->token_2))
        live_look_well(l, "The carrier knows the second auth token too.");
    else
        live_look_ill(l, FINDING_WARN,
                      arena_printf(l->arena,
                                   "The second auth token does not count: the carrier %s.",
                                   console_words(l->arena, &f->token_2)),
                      "The rotation is over, or the new token was not copied right.",
                      "Take TWILIO_AUTH_TOKEN_2 out once the rotation is over.");
}

static void account(struct live_look *l)
{
    const struct live_facts *f = l->facts;

    if (f->standing.size == 0) {
        if (!f->has_token)
            live_look_ill(l, FINDING_UNKNOWN, "How the account stands is not known.",
                          "The carrier tells it to the auth token alone.",
                          "Set TWILIO_AUTH_TOKEN.");
        else
            live_look_unknown(l, "How the account stands is not known.", &f->token);
        return;
    }
    if (!span_is_text(f->standing, "active"))
        live_look_ill(l, FINDING_BAD,
                      arena_printf(l->arena, "The account is %.*s.", SPAN_ARG(f->standing)),
                      "Nothing is sent, and calls are not put through.",
                      "Sign in at the carrier's console; it tells what is wanted of you.");
    else if (f->is_trial)
        live_look_ill(
            l, FINDING_WARN, "The account is on trial.",
            "Only numbers that were verified can be reached, and texts begin with the carrier's "
            "words.",
            "Upgrade the account in the carrier's console before customers call.");
    else
        live_look_well(l, "The account is active.");
}

static void money(struct live_look *l)
{
    const struct live_facts *f = l->facts;

    if (f->balance.size == 0) {
        live_look_unknown(l, "What is left to spend is not known.", &f->money);
        return;
    }
    const double left = strtod(arena_text(l->arena, f->balance), NULL);
    const char *what = arena_printf(l->arena, "%.*s %.*s are left to spend.", SPAN_ARG(f->balance),
                                    SPAN_ARG(f->currency));
    if (left >= BALANCE_LOW)
        live_look_well(l, what);
    else
        live_look_ill(l, left > 0 ? FINDING_WARN : FINDING_BAD, what,
                      "At nothing the carrier suspends the account: no call, no text.",
                      "Pay in, and switch on automatic recharge in the carrier's console.");
}

/* ---- the clock ---- */

/* The best answer to compare with: any that had a date. */
static const struct console_answer *with_date(const struct live_facts *f)
{
    const struct console_answer *const all[] = {&f->messages, &f->token, &f->calls, &f->numbers};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i]->carrier_ms)
            return all[i];
    return NULL;
}

static void carrier_clock(struct live_look *l)
{
    const struct console_answer *a = with_date(l->facts);

    if (l->facts->is_rehearsal) {
        live_look_well(l, "The carrier is a rehearsal's, with a clock of its own.");
        return;
    }
    if (!a) {
        live_look_ill(l, FINDING_UNKNOWN, "How far our clock is off is not known.",
                      "The carrier told no time.", "Compare with another clock: timedatectl");
        return;
    }
    /* Its time is cut to the second and was told somewhere between. */
    const int64_t ours_ms = a->asked_ms + (a->answered_ms - a->asked_ms) / 2;
    const int64_t off_ms = a->carrier_ms + 500 - ours_ms;
    const int64_t far_ms = off_ms < 0 ? -off_ms : off_ms;
    if (far_ms < CLOCK_WARN_MS)
        live_look_well(l, "Our clock and the carrier's agree.");
    else
        live_look_ill(
            l, far_ms < CLOCK_BAD_MS ? FINDING_WARN : FINDING_BAD,
            arena_printf(l->arena, "Our clock is %lld s %s the carrier's.",
                         (long long)(far_ms / 1000), off_ms > 0 ? "behind" : "ahead of"),
            "Who is on duty is told by the clock, and what was missed is looked for by it.",
            "Switch on the system's time service: timedatectl set-ntp true");
}

/* clang-format off */
static const struct {
    const char *name;
    void (*look)(struct live_look *l);
} checks[] = {
    {"public-address",  live_reach_self},
    {"certificate",     live_reach_certificate},
    {"auth-token",      auth_token},
    {"api-key",         api_key},
    {"account",         account},
    {"balance",         money},
    {"carrier-clock", carrier_clock},
    {"numbers",         live_numbers_all},
    {"registration",    live_numbers_registrations},
};
/* clang-format on */

void live_checks_all(const struct live_facts *facts, struct finding_list *out)
{
    struct live_look l = {.facts = facts, .out = out, .arena = out->arena};

    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        l.check = checks[i].name;
        checks[i].look(&l);
    }
}
