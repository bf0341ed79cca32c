#include "config/roster_alarms.h"

#include <string.h>

#include "codec/url.h"
#include "config/roster_people.h"

enum { PEOPLE_MAX = 10, KINDS_MAX = 50, KIND_MAX = 40, ADDRESS_MAX = 500 };

static const char *const alarm_keys[] = {"text", "voice", "webhook", "command", "kinds", NULL};

static const uint16_t *read_people(struct roster_draft *d, const struct doc_node *node,
                                   uint16_t *out_count)
{
    const size_t count = doc_count(node);
    uint16_t *list = ARENA_NEW_N(d->arena, uint16_t, PEOPLE_MAX);
    uint16_t n = 0;

    if (!doc_is(d->doc, node, JSON_LIST, "a list of operators: [\"dana\"]"))
        return NULL;
    if (count > PEOPLE_MAX)
        doc_mistake(d->doc, node, "has %zu people; %d are the limit", count, PEOPLE_MAX);
    for (size_t i = 0; i < count && i < PEOPLE_MAX; i++) {
        const int who = roster_people_find(d, doc_item(d->doc, node, i));
        if (who >= 0)
            list[n++] = (uint16_t)who;
    }
    *out_count = n;
    return list;
}

/* What is on loopback can be reached in a rehearsal alone: elsewhere private addresses are refused
 * when they are connected to. */
static bool is_good_address(struct span address)
{
    struct url u;

    return url_parse(address, &u) == ERR_NONE && u.host.size > 0 &&
           (span_is(u.scheme, SPAN("https")) || span_starts(address, SPAN("http://127.0.0.1:")));
}

static void read_webhook(struct roster_draft *d, const struct doc_node *node)
{
    struct span address;

    if (!doc_text(d->doc, node, ADDRESS_MAX, &address))
        return;
    if (is_good_address(address))
        d->roster.alarms.webhook = arena_text(d->arena, address);
    else
        doc_mistake(d->doc, node, "is no address; give one that begins with https://");
}

static void read_kinds(struct roster_draft *d, const struct doc_node *node)
{
    const size_t count = doc_count(node);
    const char **list = ARENA_NEW_N(d->arena, const char *, KINDS_MAX);
    struct roster_alarms *a = &d->roster.alarms;
    struct span kind;

    if (!doc_is(d->doc, node, JSON_LIST, "a list: [\"relay.exhausted\", \"duty.\"]"))
        return;
    if (count > KINDS_MAX)
        doc_mistake(d->doc, node, "has %zu kinds; %d are the limit", count, KINDS_MAX);
    for (size_t i = 0; i < count && i < KINDS_MAX; i++)
        if (doc_text(d->doc, doc_item(d->doc, node, i), KIND_MAX, &kind))
            list[a->kind_count++] = arena_text(d->arena, kind);
    a->kinds = list;
}

void roster_alarms_read(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *node = doc_get(d->doc, top, "alarms");
    struct roster_alarms *a = &d->roster.alarms;

    if (!node || !doc_is(d->doc, node, JSON_OBJECT, "an object: {\"text\": [\"dana\"], ...}"))
        return;
    doc_known(d->doc, node, alarm_keys, true);
    a->is_given = true;
    const struct doc_node *text = doc_get(d->doc, node, "text");
    const struct doc_node *voice = doc_get(d->doc, node, "voice");
    const struct doc_node *webhook = doc_get(d->doc, node, "webhook");
    const struct doc_node *command = doc_get(d->doc, node, "command");
    const struct doc_node *kinds = doc_get(d->doc, node, "kinds");
    if (text)
        a->text = read_people(d, text, &a->text_count);
    if (voice)
        a->voice = read_people(d, voice, &a->voice_count);
    if (webhook)
        read_webhook(d, webhook);
    if (command)
        doc_bool(d->doc, command, &a->command);
    if (kinds)
        read_kinds(d, kinds);
}
