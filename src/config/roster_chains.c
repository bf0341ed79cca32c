#include "config/roster_chains.h"

#include "config/roster_people.h"
#include "config/roster_rotations.h"

enum { RING_MIN_S = 5, RING_MAX_S = 60, ACK_MAX_S = 86400, WORD_MAX = 100 };

/* Several names, since a step of one person is mostly written so. */
static const char *const who_keys[] = {"operators", "operator", "dispatcher",
                                       "id",        "rotation", NULL};
static const char *const step_keys[] = {
    "operators",    "operator",    "dispatcher", "id",       "name", "how",
    "ring_seconds", "ack_seconds", "on_unsure",  "rotation", NULL};
static const char rotation_prefix[] = "rotation:";
static const char again_word[] = "send-again", next_word[] = "next";

/* `turn` is 0, or 1 + the index of the rotation that brings him. */
static void add_operator(struct roster_draft *d, const struct doc_node *node, int index, int turn,
                         struct step *step)
{
    if (index < 0)
        return;
    for (int i = 0; i < step->operator_count; i++)
        if (step->operators[i] == index && step->turns[i] == turn) {
            doc_mistake(d->doc, node, "\"%s\" is in this step twice", d->operators[index].id);
            return;
        }
    if (step->operator_count == LIMIT_STEP_OPERATORS) {
        doc_mistake(d->doc, node,
                    "is one too many: a step names %d at most, the members of its "
                    "rotations among them",
                    LIMIT_STEP_OPERATORS);
        return;
    }
    step->turns[step->operator_count] = (uint8_t)turn;
    step->operators[step->operator_count++] = (uint16_t)index;
}

static void add_rotation(struct roster_draft *d, const struct doc_node *node, struct span id,
                         struct step *step)
{
    const int found = roster_rotations_find(d, node, id);

    if (found < 0)
        return;
    const struct rotation *r = &d->roster.rotations[found];
    for (int i = 0; i < r->operator_count; i++)
        add_operator(d, node, r->operators[i], found + 1, step);
}

/* "rotation:front"; its id, or nothing. */
static struct span rotation_of(const struct doc_node *node)
{
    const struct span word = span_trim(json_text(node->value));

    return span_starts(word, span_of(rotation_prefix))
               ? span_trim(span_skip(word, sizeof rotation_prefix - 1))
               : (struct span){0};
}

/* An operator, or a rotation. */
static void add_named(struct roster_draft *d, const struct doc_node *node, bool may_be_new,
                      struct step *step)
{
    const struct span rotation = rotation_of(node);

    if (rotation.size)
        add_rotation(d, node, rotation, step);
    else if (may_be_new)
        add_operator(d, node, roster_people_find_or_add(d, node), 0, step);
    else
        add_operator(d, node, roster_people_find(d, node), 0, step);
}

static void read_who(struct roster_draft *d, const struct doc_node *step_node, struct step *step)
{
    const struct doc_node *who = doc_get_any(d->doc, step_node, who_keys);
    struct span id;

    if (!who)
        who = doc_get(d->doc, step_node, "name");
    if (!who) {
        doc_mistake(d->doc, step_node, "names nobody; give \"operators\": [\"...\"]");
        return;
    }
    if (span_is_text(who->key, "rotation")) {
        if (doc_text(d->doc, who, WORD_MAX, &id))
            add_rotation(d, who, rotation_of(who).size ? rotation_of(who) : id, step);
        return;
    }
    if (json_type(who->value) != JSON_LIST) {
        add_named(d, who, false, step);
        return;
    }
    if (doc_count(who) == 0)
        doc_mistake(d->doc, who, "is empty; name at least one operator");
    for (size_t i = 0; i < doc_count(who); i++)
        add_named(d, doc_item(d->doc, who, i), false, step);
}

static void read_how(struct roster_draft *d, const struct doc_node *node, struct step *step)
{
    struct span word;
    enum ring_how how;

    if (!doc_text(d->doc, node, WORD_MAX, &word))
        return;
    if (!ring_how_parse(word, &how))
        doc_mistake(d->doc, node,
                    "\"%.*s\" is not known; use \"strict\", \"parallel\" or \"overlap\"",
                    SPAN_ARG(word));
    else
        step->how = how;
}

/* What becomes of a forward when nobody can tell whether the carrier has it. */
static void read_unsure(struct roster_draft *d, const struct doc_node *node, struct step *step)
{
    struct span word;

    if (!doc_text(d->doc, node, WORD_MAX, &word))
        return;
    if (span_is_text(word, again_word) || span_is_text(word, next_word))
        step->again = span_is_text(word, again_word);
    else
        doc_mistake(d->doc, node, "\"%.*s\" is not known; use \"%s\" or \"%s\"", SPAN_ARG(word),
                    again_word, next_word);
}

static void read_choices(struct roster_draft *d, const struct doc_node *node, struct step *step)
{
    const struct doc_node *how = doc_get(d->doc, node, "how");
    const struct doc_node *ring = doc_get(d->doc, node, "ring_seconds");
    const struct doc_node *ack = doc_get(d->doc, node, "ack_seconds");
    const struct doc_node *unsure = doc_get(d->doc, node, "on_unsure");
    int64_t n;

    if (how)
        read_how(d, how, step);
    if (ring && doc_number(d->doc, ring, RING_MIN_S, RING_MAX_S, &n))
        step->ring_s = (uint8_t)n;
    if (ack && doc_number(d->doc, ack, 1, ACK_MAX_S, &n))
        step->ack_s = (int32_t)n;
    if (unsure)
        read_unsure(d, unsure, step);
}

/* After the last step there is nobody to go on to: a text that may come twice is better. */
static struct step usual_step(const struct roster_draft *d, bool is_last)
{
    return (struct step){.how = RING_STRICT,
                         .ring_s = d->defaults->ring_s,
                         .ack_s = d->defaults->ack_s,
                         .again = is_last};
}

/* An operator's word, a contact with a number (fallback chain), or a step. */
static void read_step(struct roster_draft *d, const struct doc_node *node, bool contacts,
                      struct step *step)
{
    if (json_type(node->value) != JSON_OBJECT) {
        add_named(d, node, contacts, step);
        return;
    }
    if (contacts && roster_people_is_contact(d, node)) {
        add_operator(d, node, roster_people_contact(d, node), 0, step);
    } else {
        doc_known(d->doc, node, step_keys, true);
        read_who(d, node, step);
    }
    read_choices(d, node, step);
}

static void read_chain(struct roster_draft *d, const struct doc_node *node, bool contacts)
{
    struct chain *chain = &d->chains[d->roster.chain_count];
    const size_t count = doc_count(node);

    if (d->roster.chain_count == LIMIT_CHAINS) {
        doc_mistake(d->doc, node, "is one too many: %d chains are the limit", LIMIT_CHAINS);
        return;
    }
    roster_draft_copy(chain->id, sizeof chain->id, node->key);
    d->roster.chain_count++;
    if (!doc_is(d->doc, node, JSON_LIST, "a list of steps"))
        return;
    if (count == 0)
        doc_mistake(d->doc, node, "is empty, so nobody would be rung; give at least one step");
    if (count > LIMIT_STEPS)
        doc_mistake(d->doc, node, "has %zu steps; %d are the limit", count, LIMIT_STEPS);
    for (size_t i = 0; i < count && i < LIMIT_STEPS; i++) {
        struct step *step = &chain->steps[chain->step_count++];

        *step = usual_step(d, i + 1 == count);
        read_step(d, doc_item(d->doc, node, i), contacts, step);
    }
}

static bool is_chain_id(struct span id)
{
    if (id.size == 0 || id.size >= LIMIT_SLUG_SIZE)
        return false;
    for (size_t i = 0; i < id.size; i++)
        if ((unsigned char)id.data[i] <= 32 || id.data[i] == 127)
            return false;
    return true;
}

static void read_named(struct roster_draft *d, const struct doc_node *chains)
{
    if (!doc_is(d->doc, chains, JSON_OBJECT, "an object: {\"dispatch\": [steps]}"))
        return;
    for (size_t i = 0; i < doc_count(chains); i++) {
        const struct doc_node *chain = doc_item(d->doc, chains, i);

        if (!is_chain_id(chain->key))
            doc_mistake(d->doc, chain, "is no id of a chain: 1 to %d characters without blanks",
                        LIMIT_SLUG_SIZE - 1);
        else if (span_is_text(chain->key, ROSTER_CHAINS_FALLBACK))
            doc_mistake(d->doc, chain, "belongs at the top of the document, beside \"chains\"");
        else
            read_chain(d, chain, false);
    }
}

/* The fallback chain first: its contacts become operators whom the others may name. */
void roster_chains_read(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *fallback = doc_get(d->doc, top, ROSTER_CHAINS_FALLBACK);
    const struct doc_node *chains = doc_get(d->doc, top, "chains");

    if (fallback)
        read_chain(d, fallback, true);
    if (chains)
        read_named(d, chains);
    if (d->roster.chain_count == 0 && !fallback && doc_count(chains) == 0)
        doc_mistake(d->doc, top,
                    "there is no chain, so nobody would be rung; give \"fallback_chain\": "
                    "[\"...\"]");
}

int roster_chains_find(const struct roster_draft *d, struct span id)
{
    for (int i = 0; i < d->roster.chain_count; i++)
        if (span_is_text(id, d->chains[i].id))
            return i;
    return -1;
}
