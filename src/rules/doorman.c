#include "rules/doorman.h"

#include "rules/party.h"

static bool is_blocked(const struct roster *roster, struct span from)
{
    for (int i = 0; i < roster->blocked_count; i++)
        if (span_is_text(from, roster->blocked[i].number))
            return true;
    return false;
}

/* Why nobody may be rung for it, whoever it is; NULL: it may be let in. */
static const char *refusal(const struct roster *roster, const struct doorman_guest *guest)
{
    if (roster_line(roster, guest->from))
        return "from one of our own lines: it would go round";
    if (is_blocked(roster, guest->from))
        return "the number is blocked";
    if (guest->forwarded_from.size && guest->is_rung)
        return "forwarded by a phone that we are ringing: it would go round";
    if (!party_is_number(guest->from) && roster->anonymous == ANONYMOUS_REFUSE)
        return "the number is withheld";
    return NULL;
}

/* Why it may only leave a message. */
static const char *hindrance(const struct roster *roster, const struct doorman_guest *guest)
{
    if (!party_is_number(guest->from) && roster->anonymous == ANONYMOUS_VOICEMAIL)
        return "the number is withheld";
    if (guest->is_blind && roster_operator_by_phone(roster, guest->forwarded_from) >= 0)
        return "forwarded by an operator's phone: it might go round";
    return NULL;
}

enum doorman doorman_judge(const struct roster *roster, const struct doorman_guest *guest,
                           const char **out_why)
{
    const char *why = refusal(roster, guest);

    if (why) {
        *out_why = why;
        return DOORMAN_REFUSE;
    }
    why = hindrance(roster, guest);
    if (why) {
        *out_why = why;
        return DOORMAN_VOICEMAIL;
    }
    if (guest->is_blind)
        return DOORMAN_OPEN;
    if (roster_operator_by_phone(roster, guest->from) >= 0 && roster->operator_menu &&
        !guest->is_forged)
        return DOORMAN_MENU;
    return roster->screening != SCREENING_NONE && !guest->is_known ? DOORMAN_ASK : DOORMAN_OPEN;
}
