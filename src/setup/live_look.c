#include "setup/live_look.h"

void live_look_well(struct live_look *l, const char *what)
{
    finding_well(l->out, l->check, what);
}

void live_look_ill(struct live_look *l, enum finding_state state, const char *what, const char *why,
                   const char *mend)
{
    finding_add(l->out, &(struct finding){l->check, state, what, why, mend});
}

void live_look_unknown(struct live_look *l, const char *what, const struct console_answer *answer)
{
    live_look_ill(l, FINDING_UNKNOWN, what,
                  arena_printf(l->arena, "The carrier %s.", console_words(l->arena, answer)),
                  console_is_denied(answer)
                      ? "Use credentials that may read it, or look in the carrier's console."
                      : "Look in the carrier's console, or ask again later.");
}
