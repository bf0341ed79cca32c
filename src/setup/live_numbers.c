#include "setup/live_numbers.h"

#include "setup/wanted.h"

static void fallback(struct live_look *l, const struct number *n)
{
    const struct span url = n->fields[NUMBER_VOICE_FALLBACK_URL];

    if (!n->has_voice)
        return;
    if (url.size == 0)
        live_look_ill(
            l, FINDING_WARN, arena_printf(l->arena, "%s has no fallback for calls.", n->number),
            "When this server does not answer, a caller hears an error and is cut off.",
            "nextring fallback --help, then: nextring provision --fallback-url ADDRESS --apply");
    else if (wanted_is_same_host(url, l->facts->public_url) && !l->facts->is_rehearsal)
        live_look_ill(
            l, FINDING_WARN,
            arena_printf(l->arena, "The fallback of %s is at this same server.", n->number),
            "It helps when one answer fails, and not when the server is down.",
            "Host the scripts of 'nextring fallback' elsewhere, then: nextring provision "
            "--fallback-url ADDRESS --apply");
}

/* What counts in place of the number's own addresses. */
static void winners(struct live_look *l, const struct number *n)
{
    if (n->trunk.size)
        live_look_ill(l, FINDING_BAD,
                      arena_printf(l->arena, "Calls to %s go to the trunk %.*s.", n->number,
                                   SPAN_ARG(n->trunk)),
                      "While it is there the number's addresses do not count.",
                      "Take the number off the trunk in the carrier's console.");
    if (n->fields[NUMBER_VOICE_APPLICATION].size)
        live_look_ill(l, FINDING_BAD,
                      arena_printf(l->arena, "Calls to %s go where the application %.*s says.",
                                   n->number, SPAN_ARG(n->fields[NUMBER_VOICE_APPLICATION])),
                      "While it is there the number's addresses do not count.",
                      "nextring provision --detach --apply");
    if (n->fields[NUMBER_SMS_APPLICATION].size)
        live_look_ill(l, FINDING_BAD,
                      arena_printf(l->arena, "Texts to %s go where the application %.*s says.",
                                   n->number, SPAN_ARG(n->fields[NUMBER_SMS_APPLICATION])),
                      "While it is there the number's addresses do not count.",
                      "nextring provision --detach --apply");
    if (n->service_wins && n->has_sms)
        live_look_ill(
            l, FINDING_BAD,
            n->service_url.size
                ? arena_printf(l->arena, "Texts to %s go where the messaging service %.*s says.",
                               n->number, SPAN_ARG(n->service))
                : arena_printf(l->arena, "Texts to %s are dropped by the messaging service %.*s.",
                               n->number, SPAN_ARG(n->service)),
            "A service that does not defer to the sender's webhook wins over the number.",
            "In the carrier's console, at the service's integration: 'Defer to sender's webhook'.");
}

/* What does not come here is named one by one; of what merely works less well the first. */
static void differences(struct live_look *l, const struct number *n,
                        const struct wanted_change *changes, size_t count)
{
    const enum wanted_weight weight = wanted_weigh(changes, count);
    const char *mend = arena_printf(
        l->arena, "nextring provision %s shows all of it, with --apply it is set.", n->number);

    for (size_t i = 0; i < count; i++) {
        const char *what =
            arena_printf(l->arena, "%s of %s is %s%.*s%s.", number_field_name(changes[i].field),
                         n->number, changes[i].is.size ? "" : "not set", SPAN_ARG(changes[i].is),
                         weight == WANTED_LESS && count > 1 ? ", and more differs" : "");
        if (wanted_weigh(&changes[i], 1) != weight)
            continue;
        if (weight == WANTED_LESS) {
            live_look_ill(l, FINDING_WARN, what,
                          "It works, but less well: no second try, no fallback, or no end of the "
                          "call.",
                          mend);
            return;
        }
        live_look_ill(l, FINDING_BAD, what, "Calls or texts to it do not come here.", mend);
    }
}

static void webhooks_of(struct live_look *l, const struct number *n)
{
    const struct wanted wanted = {.public_url = l->facts->public_url};
    struct wanted_change changes[NUMBER_FIELDS];
    const size_t count = wanted_changes(l->arena, &wanted, n, changes);

    if (count == 0)
        live_look_well(l, arena_printf(l->arena, "%s points here.", n->number));
    differences(l, n, changes, count);
    winners(l, n);
    fallback(l, n);
}

void live_numbers_all(struct live_look *l)
{
    const struct live_facts *f = l->facts;

    if (f->no_lines) {
        live_look_ill(l, FINDING_UNKNOWN, "Which numbers are ours is not known.", f->no_lines,
                      "Start the daemon, or name a roster by --roster.");
        return;
    }
    if (!console_is_good(&f->numbers)) {
        live_look_unknown(l, "Where the numbers point is not known.", &f->numbers);
        return;
    }
    for (size_t i = 0; i < f->line_count; i++) {
        if (f->lines[i].held)
            webhooks_of(l, f->lines[i].held);
        else
            live_look_ill(
                l, FINDING_BAD,
                arena_printf(l->arena, "The line %.*s is not a number of the account %.*s.",
                             SPAN_ARG(f->lines[i].number), SPAN_ARG(f->account)),
                "Nothing that reaches it comes here, and nothing can be sent from it.",
                "Correct the roster, or buy the number: nextring provision --buy --area-code NNN");
    }
    if (f->line_count == 0)
        live_look_ill(l, FINDING_BAD, "The roster has no line.", "Nobody can call or text.",
                      "Add the number under 'lines'.");
}

static void registration_of(struct live_look *l, const struct live_line *line)
{
    const struct registration *r = &line->registration;
    const bool toll_free = number_kind_of(line->number) == NUMBER_TOLL_FREE;
    const char *what = toll_free ? "toll-free verification" : "A2P 10DLC campaign";
    const char *number = arena_text(l->arena, line->number);

    switch (r->state) {
    case REGISTRATION_UNTOLD:
        live_look_ill(
            l, FINDING_UNKNOWN,
            arena_printf(l->arena, "Whether %s has a good %s is not known.", number, what),
            r->words.size ? arena_printf(l->arena, "The carrier says: %.*s.", SPAN_ARG(r->words))
                          : "The carrier does not tell.",
            "Look in the carrier's console, under the registration of senders.");
        return;
    case REGISTRATION_NONE:
        live_look_ill(
            l, FINDING_BAD, arena_printf(l->arena, "%s has no %s.", number, what),
            "Texts of senders that are not registered are blocked or lost in the USA: codes 30032 "
            "and 30034.",
            "Register in the carrier's console; it takes days, so begin now. Calls are not "
            "touched.");
        return;
    case REGISTRATION_WAITING:
        live_look_ill(l, FINDING_WARN,
                      arena_printf(l->arena, "The %s of %s is under review (%.*s).", what, number,
                                   SPAN_ARG(r->words)),
                      "Until it is good, texts may be blocked: code 30035.",
                      "Wait, and ask the carrier when it takes more than two weeks.");
        return;
    case REGISTRATION_REFUSED:
        live_look_ill(l, FINDING_BAD,
                      arena_printf(l->arena, "The %s of %s was refused (%.*s).", what, number,
                                   SPAN_ARG(r->words)),
                      "Its texts are blocked.",
                      "Mend what the carrier names, and hand it in again.");
        return;
    case REGISTRATION_GOOD:
        live_look_well(l, arena_printf(l->arena, "%s has a good %s.", number, what));
        return;
    case REGISTRATION_STATES:
        break;
    }
}

void live_numbers_registrations(struct live_look *l)
{
    const struct live_facts *f = l->facts;
    size_t asked = 0;

    if (f->no_lines || !console_is_good(&f->numbers)) {
        live_look_ill(l, FINDING_UNKNOWN,
                      "Whether the numbers are registered for texts is not known.",
                      "The numbers themselves are not known.", "Mend what 'numbers' says first.");
        return;
    }
    for (size_t i = 0; i < f->line_count; i++) {
        const struct live_line *line = &f->lines[i];
        if (!line->held || !line->held->has_sms || number_kind_of(line->number) == NUMBER_ABROAD)
            continue;
        asked++;
        if (!f->knows_services && number_kind_of(line->number) == NUMBER_LOCAL)
            live_look_unknown(l,
                              arena_printf(l->arena,
                                           "Whether %.*s is registered for texts is not known.",
                                           SPAN_ARG(line->number)),
                              &f->services);
        else if (f->is_rehearsal && line->registration.state == REGISTRATION_NONE &&
                 line->held->service.size == 0)
            live_look_well(l, arena_printf(l->arena, "In a rehearsal %.*s needs no registration.",
                                           SPAN_ARG(line->number)));
        else
            registration_of(l, line);
    }
    if (!asked)
        live_look_well(l, "None of the numbers needs a registration for texts in the USA.");
}
