#include "links/link_look.h"

#include "codec/base64.h"
#include "codec/digest.h"

bool link_look_hash(struct span secret, uint8_t out[LINK_HASH_BYTES])
{
    uint8_t bytes[LINK_SECRET_BYTES];

    if (!base64_url_parse(secret, bytes, sizeof bytes))
        return false;
    digest_sha256(secret, out);
    return true;
}

static enum err want(struct link_look *l, struct store *store, enum fact_kind kind, int64_t id)
{
    if (!id)
        return ERR_NONE;
    facts_want_id(&l->facts, kind, l->link->tenant, id);
    return store_load(store, &l->facts);
}

static enum fact_kind subject_of(enum link_purpose purpose)
{
    switch (purpose) {
    case LINK_ACKNOWLEDGE:
        return FACT_RELAY;
    case LINK_CALL:
    case LINK_RECORDING:
        return FACT_CASCADE;
    case LINK_JOB:
        return FACT_JOB;
    case LINK_SHIFT: /* all of it is in the link */
        return FACT_LINK;
    case LINK_MEDIA:
    case LINK_WORDS:
    case LINK_TEXT:
    case LINK_PURPOSES:
        break;
    }
    return FACT_MESSAGE;
}

static enum err read_relay(struct link_look *l, struct store *store, int64_t id)
{
    enum err e = want(l, store, FACT_RELAY, id);
    if (e || !id)
        return e;
    l->relay = facts_relay(&l->facts, l->link->tenant, id);
    return ERR_NONE;
}

static enum err read_call(struct link_look *l, struct store *store, int64_t id)
{
    const enum err e = want(l, store, FACT_CASCADE, id);

    if (!e && id)
        l->cascade = facts_cascade(&l->facts, l->link->tenant, id);
    return e;
}

static enum err read_cascade(struct link_look *l, struct store *store, int64_t id)
{
    const enum err e = read_call(l, store, id);

    return !e && l->cascade ? read_relay(l, store, l->cascade->relay) : e;
}

static enum err read_message(struct link_look *l, struct store *store, int64_t id)
{
    const enum err e = want(l, store, FACT_MESSAGE, id);

    if (!e && id)
        l->message = facts_message(&l->facts, l->link->tenant, id);
    return e;
}

static enum err read_job(struct link_look *l, struct store *store, int64_t id)
{
    enum err e = want(l, store, FACT_JOB, id);

    if (e)
        return e;
    facts_want_duties(&l->facts, l->link->tenant); /* to whom it may be handed over */
    e = store_load(store, &l->facts);
    if (!e)
        l->job = facts_job_by_id(&l->facts, l->link->tenant, id);
    return e;
}

static enum err read_subject(struct link_look *l, struct store *store)
{
    const int64_t id = l->link->subject;
    const enum fact_kind kind = subject_of(l->link->purpose);

    if (kind == FACT_LINK)
        return ERR_NONE;
    if (kind == FACT_MESSAGE)
        return read_message(l, store, id);
    if (kind == FACT_JOB)
        return read_job(l, store, id);
    if (kind == FACT_CASCADE)
        return read_cascade(l, store, id);
    enum err e = read_relay(l, store, id);
    if (!e && l->relay)
        e = read_call(l, store, l->relay->cascade);
    return !e && l->relay ? read_message(l, store, l->relay->message) : e;
}

static enum err read_thread(struct link_look *l, struct store *store)
{
    const int64_t id = l->relay     ? l->relay->thread
                       : l->cascade ? l->cascade->thread
                       : l->message ? l->message->thread
                                    : 0;
    const enum err e = want(l, store, FACT_THREAD, id);

    if (!e && id)
        l->thread = facts_thread_by_id(&l->facts, l->link->tenant, id);
    return e;
}

enum err link_look_up(struct link_look *l, struct arena *arena, struct store *store, int64_t now_ms)
{
    l->now_ms = now_ms;
    facts_init(&l->facts, arena, &l->ids, now_ms);
    facts_want_link(&l->facts, l->hash);
    enum err e = store_load(store, &l->facts);
    if (e)
        return e;
    l->link = facts_link(&l->facts, l->hash);
    if (!l->link)
        return ERR_NOT_FOUND;
    e = read_subject(l, store);
    return e ? e : read_thread(l, store);
}

bool link_look_has_expired(const struct link_look *l)
{
    return l->now_ms >= l->link->expires_ms;
}

bool link_look_is_orphan(const struct link_look *l, const struct roster *roster)
{
    return l->link->operator_id[0] &&
           (!roster || roster_operator_by_id(roster, span_of(l->link->operator_id)) < 0);
}

struct span link_look_medium(const struct link_look *l, size_t n)
{
    struct span rest = l->message ? l->message->media : (struct span){NULL, 0};

    for (; rest.size > 0; n--) {
        const struct span line = span_cut(rest, '\n', &rest);
        if (n == 0)
            return line;
    }
    return (struct span){NULL, 0};
}
