#include "relay/wake.h"

#include "relay/relay.h"

/* The relay of a fact when it is idle: also one that was raised in this batch, which the store
 * cannot list yet. */
static struct relay *idle_of(const struct context *c, const struct fact *fact)
{
    if (fact->kind != FACT_RELAY || fact->state != FACT_PRESENT || fact->same ||
        fact->tenant != c->event->tenant)
        return NULL;
    return fact->relay->state == RELAY_IDLE ? fact->relay : NULL;
}

bool wake_gather(const struct context *c)
{
    const struct idle *idle = facts_idle(c->facts, c->event->tenant);

    for (size_t i = 0; idle && i < idle->count; i++)
        (void)facts_relay(c->facts, c->event->tenant, idle->relays[i]);
    for (const struct fact *fact = c->facts->first; fact; fact = fact->next) {
        const struct relay *r = idle_of(c, fact);
        if (r)
            (void)relay_gather(c, r, true);
    }
    return !c->facts->short_of;
}

void wake_now(const struct context *c)
{
    for (const struct fact *fact = c->facts->first; fact; fact = fact->next) {
        struct relay *r = idle_of(c, fact);
        if (r)
            relay_apply(c, r, RELAY_CAME_ON, -1);
    }
}

enum err wake_event(const struct context *c)
{
    if (!wake_gather(c))
        return ERR_BUSY;
    wake_now(c);
    return ERR_NONE;
}
