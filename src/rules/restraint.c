#include "rules/restraint.h"

bool restraint_holds(const struct restraint *r, struct span line, struct span to)
{
    const bool is_open = r->open && report_only_find(r->open, r->tenant, line, r->now_ms);

    if (!is_open && !r->is_unproven)
        return false;
    return !r->roster || roster_operator_by_phone(r->roster, to) < 0;
}

bool restraint_of(const struct context *c, struct span line, struct span to)
{
    const struct restraint r = {
        .tenant = c->event->tenant,
        .roster = c->roster,
        .open = c->open,
        .now_ms = c->facts->now_ms,
        .is_unproven = c->event->is_unproven,
    };

    return restraint_holds(&r, line, to);
}
