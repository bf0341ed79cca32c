#include "rules/doorman.h"

#include "rules/party.h"

static bool is_blocked(const struct roster *roster, struct span from)
{
    for (int i = 0; i < roster->blocked_count; i++)
        if (span_is_text(from, roster->blocked[i].number))
            return true;
    return false;
}

enum doorman doorman_judge(const struct roster *roster, struct span from, const char **out_why)
{
    if (roster_line(roster, from)) {
        *out_why = "from one of our own lines: it would go round";
        return DOORMAN_REFUSE;
    }
    if (is_blocked(roster, from)) {
        *out_why = "the number is blocked";
        return DOORMAN_REFUSE;
    }
    if (party_is_number(from) || roster->anonymous == ANONYMOUS_RING)
        return DOORMAN_OPEN;
    *out_why = "the number is withheld";
    return roster->anonymous == ANONYMOUS_VOICEMAIL ? DOORMAN_VOICEMAIL : DOORMAN_REFUSE;
}
