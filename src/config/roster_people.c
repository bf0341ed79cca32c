#include "config/roster_people.h"

#include <stdio.h>
#include <string.h>

#include "codec/phone.h"
#include "config/nearest.h"
#include "config/roster_hours.h"
#include "model/alarm_kind.h"

enum { RING_MIN_S = 5, RING_MAX_S = 60, WORD_MAX = 100 };

static const char *const phone_keys[] = {"phone", "phone_number", "number", NULL};
static const char *const hours_keys[] = {"on_call", "on_call_hours", "hours", NULL};
static const char *const zone_keys[] = {"time_zone", "timezone", NULL};
static const char *const person_keys[] = {
    "id",        "name",          "phone",        "phone_number",  "number",
    "on_call",   "on_call_hours", "hours",        "time_zone",     "timezone",
    "prealert",  "accept",        "ring_seconds", "last_resort",   "lines",
    "caller_id", "vacations",     "calendar",     "away_calendar", "language",
    NULL};

static int find_id(const struct roster_draft *d, struct span id)
{
    for (int i = 0; i < d->roster.operator_count; i++)
        if (d->operators[i].id[0] && span_is_text(id, d->operators[i].id))
            return i;
    return -1;
}

static int find_phone(const struct roster_draft *d, const char *phone)
{
    for (int i = 0; i < d->roster.operator_count; i++)
        if (d->operators[i].phone[0] && strcmp(phone, d->operators[i].phone) == 0)
            return i;
    return -1;
}

static void read_prealert(struct roster_draft *d, const struct doc_node *node,
                          struct roster_operator *o)
{
    struct span word;

    if (!doc_text(d->doc, node, WORD_MAX, &word) || prealert_parse(word, &o->prealert))
        return;
    doc_mistake(d->doc, node, "\"%.*s\" is not known; use \"always\", \"missed only\" or \"never\"",
                SPAN_ARG(word));
}

static void read_accept(struct roster_draft *d, const struct doc_node *node,
                        struct roster_operator *o)
{
    struct span word;

    if (!doc_text(d->doc, node, WORD_MAX, &word) || accept_parse(word, &o->accept))
        return;
    doc_mistake(d->doc, node, "\"%.*s\" is not known; use \"press 1\", \"speech\" or \"none\"",
                SPAN_ARG(word));
}

static void read_caller_id(struct roster_draft *d, const struct doc_node *node,
                           struct roster_operator *o)
{
    struct span word;

    if (doc_text(d->doc, node, WORD_MAX, &word) && !caller_id_parse(word, &o->caller_id))
        doc_mistake(d->doc, node, "\"%.*s\" is not known; use \"customer\" or \"line\"",
                    SPAN_ARG(word));
}

static void read_phone(struct roster_draft *d, const struct doc_node *person,
                       struct roster_operator *o)
{
    const struct doc_node *node = doc_get_any(d->doc, person, phone_keys);

    if (!node) {
        doc_mistake(d->doc, person, "has no \"phone\"; give the number that rings him");
        return;
    }
    if (!roster_draft_phone(d, node, o->phone))
        return;
    const int other = find_phone(d, o->phone);
    if (other >= 0)
        doc_mistake(d->doc, node,
                    "%s is the number of \"%s\" too; two operators may not share a number",
                    o->phone, d->operators[other].name);
}

static void read_id(struct roster_draft *d, const struct doc_node *person,
                    struct roster_operator *o)
{
    const struct doc_node *node = doc_get(d->doc, person, "id");

    if (node && roster_draft_id(d, node, o->id) && find_id(d, span_of(o->id)) >= 0)
        doc_mistake(d->doc, node, "\"%s\" is the id of another operator too; ids must differ",
                    o->id);
}

static void read_language(struct roster_draft *d, const struct doc_node *node,
                          struct roster_operator *o)
{
    struct span code;

    if (!doc_text(d->doc, node, WORD_MAX, &code))
        return;
    if (code.size == 2 && span_is_text(code, alarm_kind_language(code)))
        memcpy(o->language, code.data, code.size);
    else
        doc_mistake(d->doc, node, "is no language of ours; give \"en\", \"es\", \"de\" or \"fr\"");
}

static void read_choices(struct roster_draft *d, const struct doc_node *person,
                         struct roster_operator *o)
{
    const struct doc_node *prealert = doc_get(d->doc, person, "prealert");
    const struct doc_node *ring = doc_get(d->doc, person, "ring_seconds");
    const struct doc_node *last = doc_get(d->doc, person, "last_resort");
    const struct doc_node *zone = doc_get_any(d->doc, person, zone_keys);
    const struct doc_node *hours = doc_get_any(d->doc, person, hours_keys);
    int64_t ring_s;

    const struct doc_node *accept = doc_get(d->doc, person, "accept");

    const struct doc_node *caller_id = doc_get(d->doc, person, "caller_id");

    const struct doc_node *language = doc_get(d->doc, person, "language");

    if (language)
        read_language(d, language, o);
    if (accept)
        read_accept(d, accept, o);
    if (caller_id)
        read_caller_id(d, caller_id, o);
    if (prealert)
        read_prealert(d, prealert, o);
    if (ring && doc_number(d->doc, ring, RING_MIN_S, RING_MAX_S, &ring_s))
        o->ring_s = (uint8_t)ring_s;
    if (last)
        doc_bool(d->doc, last, &o->last_resort);
    o->zone = zone ? roster_draft_zone(d, zone) : d->roster.zone;
    if (hours)
        roster_hours_read(d, hours, o);
}

/* Who has no name goes by his id or his number. */
static void read_person(struct roster_draft *d, const struct doc_node *person,
                        struct roster_operator *o)
{
    const struct doc_node *name = doc_get(d->doc, person, "name");

    doc_known(d->doc, person, person_keys, false);
    read_id(d, person, o);
    if (name)
        roster_draft_name(d, name, o->name);
    if (!o->name[0])
        roster_draft_copy(o->name, sizeof o->name, span_of(o->id));
    read_phone(d, person, o);
    if (!o->name[0])
        roster_draft_copy(o->name, sizeof o->name, span_of(o->phone));
    read_choices(d, person, o);
}

/* An id from the name; a number is added while somebody else has it. */
static void give_id(struct roster_draft *d, struct roster_operator *o)
{
    char slug[LIMIT_SLUG_SIZE], id[LIMIT_SLUG_SIZE];

    if (o->id[0])
        return;
    roster_draft_slug(span_of(o->name), slug);
    if (!slug[0])
        roster_draft_copy(slug, sizeof slug, SPAN("operator"));
    memcpy(id, slug, sizeof id);
    for (uint16_t n = 2; find_id(d, span_of(id)) >= 0; n++)
        snprintf(id, sizeof id, "%.*s-%u", LIMIT_SLUG_SIZE - 7, slug, n);
    memcpy(o->id, id, sizeof id);
}

/* Takes the next place; NULL with the mistake listed when there are too many. */
static struct roster_operator *place(struct roster_draft *d, const struct doc_node *node)
{
    const uint16_t i = d->roster.operator_count;

    if (i == LIMIT_OPERATORS) {
        doc_mistake(d->doc, node, "is one too many: %d operators are the limit", LIMIT_OPERATORS);
        return NULL;
    }
    d->operator_nodes[i] = node;
    return &d->operators[i];
}

/* The place counts only once it is read, so that nobody is found to be his own double. */
static int add_person(struct roster_draft *d, const struct doc_node *node)
{
    struct roster_operator *o = place(d, node);

    if (!o)
        return -1;
    read_person(d, node, o);
    return d->roster.operator_count++;
}

void roster_people_read(struct roster_draft *d, const struct doc_node *list)
{
    if (!doc_is(d->doc, list, JSON_LIST, "a list of people, each with a name and a phone"))
        return;
    for (size_t i = 0; i < doc_count(list); i++) {
        const struct doc_node *node = doc_item(d->doc, list, i);

        if (doc_is(d->doc, node, JSON_OBJECT, "an object with a name and a phone") &&
            add_person(d, node) < 0)
            break;
    }
    for (int i = 0; i < d->roster.operator_count; i++) /* after those who have their own */
        give_id(d, &d->operators[i]);
}

bool roster_people_is_contact(struct roster_draft *d, const struct doc_node *node)
{
    for (const char *const *key = phone_keys; *key; key++)
        if (doc_get(d->doc, node, *key))
            return true;
    return false;
}

/* The operator that a contact repeats, by number and not by another's id; -1 for none. */
static int repeated(struct roster_draft *d, const struct doc_node *contact)
{
    const struct doc_node *phone = NULL;
    char number[LIMIT_NUMBER_SIZE];

    for (const char *const *key = phone_keys; *key && !phone; key++)
        phone = doc_get(d->doc, contact, *key);
    if (!phone || !roster_draft_is_phone(d, roster_draft_word(d, phone), number))
        return -1;
    return find_phone(d, number);
}

int roster_people_contact(struct roster_draft *d, const struct doc_node *node)
{
    const struct doc_node *id = doc_get(d->doc, node, "id");
    const int other = repeated(d, node);

    if (other < 0) {
        const int added = add_person(d, node);
        if (added >= 0)
            give_id(d, &d->operators[added]);
        return added;
    }
    doc_known(d->doc, node, person_keys, false);
    const int named = id ? find_id(d, roster_draft_word(d, id)) : -1;
    if (named >= 0 && named != other)
        doc_mistake(d->doc, id, "is the id of \"%s\", but the number is that of \"%s\"",
                    d->operators[named].name, d->operators[other].name);
    return other;
}

/* By id, then by name, then by number. -2: a name that several have. */
static int find_word(const struct roster_draft *d, struct span word)
{
    char number[LIMIT_NUMBER_SIZE];
    int found = find_id(d, word);

    if (found >= 0)
        return found;
    for (int i = 0; i < d->roster.operator_count; i++)
        if (span_is_nocase(word, span_of(d->operators[i].name)))
            found = found == -1 ? i : -2;
    if (found == -1 && roster_draft_is_phone(d, word, number))
        found = find_phone(d, number);
    return found;
}

static void list_unknown(struct roster_draft *d, const struct doc_node *node, struct span word)
{
    struct nearest nearest = nearest_to(word);

    for (int i = 0; i < d->roster.operator_count; i++) {
        nearest_show(&nearest, span_of(d->operators[i].id));
        nearest_show(&nearest, span_of(d->operators[i].name));
    }
    if (nearest.best.data)
        doc_mistake(d->doc, node, "\"%.*s\" is no operator; did you mean \"%.*s\"?", SPAN_ARG(word),
                    SPAN_ARG(nearest.best));
    else
        doc_mistake(d->doc, node, "\"%.*s\" is no operator; add him to \"dispatchers\"",
                    SPAN_ARG(word));
}

int roster_people_find(struct roster_draft *d, const struct doc_node *node)
{
    struct span word;

    if (!doc_word(d->doc, node, WORD_MAX, &word))
        return -1;
    const int found = find_word(d, word);
    if (found == -2)
        doc_mistake(d->doc, node, "several operators are called \"%.*s\"; use the id",
                    SPAN_ARG(word));
    else if (found == -1)
        list_unknown(d, node, word);
    return found < 0 ? -1 : found;
}

int roster_people_find_or_add(struct roster_draft *d, const struct doc_node *node)
{
    const struct span word = roster_draft_word(d, node);
    char number[LIMIT_NUMBER_SIZE], pretty[32];
    struct roster_operator *o;

    if (find_word(d, word) != -1 || !roster_draft_is_phone(d, word, number))
        return roster_people_find(d, node);
    o = place(d, node);
    if (!o)
        return -1;
    phone_pretty(number, d->roster.region, pretty);
    roster_draft_copy(o->name, sizeof o->name, span_of(pretty));
    memcpy(o->phone, number, sizeof number);
    o->zone = d->roster.zone;
    give_id(d, o);
    return d->roster.operator_count++;
}

void roster_people_check_loops(struct roster_draft *d)
{
    for (int i = 0; i < d->roster.operator_count; i++)
        for (int j = 0; j < d->roster.line_count; j++)
            if (d->operators[i].phone[0] && strcmp(d->operators[i].phone, d->lines[j].number) == 0)
                doc_mistake(d->doc, d->operator_nodes[i],
                            "%s is one of the tenant's own lines, so a call to him would come "
                            "back; give his own number",
                            d->operators[i].phone);
}
