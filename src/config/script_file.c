#include "config/script_file.h"

#include <string.h>

#include "base/utf8.h"
#include "codec/xml.h"
#include "config/nearest.h"
#include "config/script_value.h"
#include "config/script_verbs.h"

enum {
    SAY_BYTES_MAX = 3000, /* the carrier's limit for its better voices, in characters */
    QUOTED_MAX = 40,      /* of what is quoted in a mistake */
    /* A voice speaks about 15 characters a second; a recording's length is not known here. */
    SAY_MS_A_CHARACTER = 66,
    PLAY_MS = 3000,
    BEFORE_STEP_MS_MAX = 25000, /* the call's hard end comes 30 s after its cap */
    /* The caller waits while an operator is asked, twice, and until his leg has ended. */
    IN_STEP_MS_MAX = 15000,
    BEHIND_STEP_MS_MAX = 10000,
};

struct reader {
    struct arena *arena;
    const struct script_file *file;
    struct mistakes *mistakes;
};

/* A place in the text. */
struct spot {
    size_t element;            /* its number in document order */
    const char *attr, *within; /* may be NULL */
};

#define MISTAKE(r, spot, ...)                                                            \
    do {                                                                                 \
        int line_, column_;                                                              \
        place_of((r), (spot), &line_, &column_);                                         \
        mistakes_add((r)->mistakes, (r)->file->name, line_, column_, NULL, __VA_ARGS__); \
    } while (0)

static void place_of(const struct reader *r, struct spot at, int *line, int *column)
{
    xml_locate(r->file->text, at.element, at.attr, at.within, line, column);
}

static struct span quoted(struct span text)
{
    return text.size > QUOTED_MAX ? (struct span){text.data, QUOTED_MAX} : text;
}

/* ---- text with fields ---- */

static void unknown_field(struct reader *r, struct spot at, struct span name)
{
    struct nearest n = nearest_to(name);

    at.within = arena_printf(r->arena, "{{%.*s", SPAN_ARG(name));
    for (int i = 0; i < SCRIPT_FIELDS; i++)
        nearest_show(&n, span_of(script_field_name((enum script_field)i)));
    if (n.best.data)
        MISTAKE(r, at, "there is no field {{%.*s}}; write {{%.*s}}", SPAN_ARG(quoted(name)),
                SPAN_ARG(n.best));
    else
        MISTAKE(r, at,
                "there is no field {{%.*s}}; there are business, caller, caller_name, job, "
                "line, operator and time",
                SPAN_ARG(quoted(name)));
}

static const struct script_part *add_part(struct reader *r, enum script_field field,
                                          struct span text, const struct script_part ***end)
{
    struct script_part *part = ARENA_NEW(r->arena, struct script_part);

    part->field = field;
    part->text = arena_copy(r->arena, text);
    **end = part;
    *end = &part->next;
    return part;
}

static size_t find(struct span text, const char *what)
{
    const char *found = text.size ? memmem(text.data, text.size, what, strlen(what)) : NULL;

    return found ? (size_t)(found - text.data) : text.size;
}

static const struct script_part *parts(struct reader *r, struct spot at, struct span text)
{
    const struct script_part *first = NULL, **end = &first;

    while (text.size > 0) {
        const size_t before = find(text, "{{");
        enum script_field field;
        if (before > 0)
            add_part(r, SCRIPT_FIELDS, (struct span){text.data, before}, &end);
        text = span_skip(text, before);
        if (!text.size)
            break;
        const size_t size = find(text, "}}");
        if (size == text.size) {
            at.within = "{{";
            MISTAKE(r, at, "'{{' begins a field that no '}}' ends");
            break;
        }
        const struct span name = {text.data + 2, size - 2};
        if (script_field_parse(span_trim(name), &field))
            add_part(r, field, (struct span){NULL, 0}, &end);
        else
            unknown_field(r, at, name);
        text = span_skip(text, size + 2);
    }
    return first;
}

/* ---- attributes ---- */

static void unknown_attr(struct reader *r, struct spot at, const struct script_verb *verb,
                         struct span name)
{
    struct nearest n = nearest_to(name);

    for (const struct script_verbs_attr *a = verb->attrs; a->name; a++)
        nearest_show(&n, span_of(a->name));
    if (n.best.data)
        MISTAKE(r, at, "<%s> has no attribute '%.*s'; did you mean '%.*s'?", verb->name,
                SPAN_ARG(quoted(name)), SPAN_ARG(n.best));
    else
        MISTAKE(r, at, "<%s> has no attribute '%.*s' here; leave it out", verb->name,
                SPAN_ARG(quoted(name)));
}

static const struct script_attr *attrs(struct reader *r, size_t element,
                                       const struct script_verb *verb, const struct xml_node *node)
{
    const struct script_attr *first = NULL, **end = &first;

    for (const struct xml_attr *a = node->attrs; a; a = a->next) {
        const struct spot at = {element, arena_text(r->arena, a->name), NULL};
        const struct script_verbs_attr *rule = script_verbs_attr(verb, a->name);
        if (!rule) {
            unknown_attr(r, at, verb, a->name);
            continue;
        }
        struct script_attr *attr = ARENA_NEW(r->arena, struct script_attr);
        attr->name = rule->name;
        if (rule->value == SCRIPT_VERBS_TEXT) {
            attr->value = parts(r, at, a->value);
        } else if (find(a->value, "{{") < a->value.size) {
            MISTAKE(r, at, "a field may not stand in %s; it may in text that is spoken",
                    rule->name);
        } else {
            const struct script_part **value_end = &attr->value;
            const char *wrong = script_value_check(r->arena, rule, a->value);
            if (wrong)
                MISTAKE(r, at, "%s is '%.*s'; %s", rule->name, SPAN_ARG(quoted(a->value)), wrong);
            add_part(r, SCRIPT_FIELDS, a->value, &value_end);
        }
        *end = attr;
        end = &attr->next;
    }
    return first;
}

/* ---- elements ---- */

static bool is_blank(struct span text)
{
    return span_trim(text).size == 0;
}

static const char *place_name(enum script_verbs_place place)
{
    switch (place) {
    case SCRIPT_VERBS_TOP:
        return "<Response>";
    case SCRIPT_VERBS_GATHER:
        return "<Gather>";
    case SCRIPT_VERBS_STEP:
        return "<Step>";
    case SCRIPT_VERBS_SPEECH:
        break;
    }
    return "<Say>";
}

static void unknown_verb(struct reader *r, struct spot at, struct span name)
{
    struct nearest n = nearest_to(name);
    const struct script_verb *v;

    if (script_verbs_is_refused(name)) {
        MISTAKE(r, at,
                "<%.*s> may not stand in a script; <Step/> stands for what nextring dials, "
                "asks or records",
                SPAN_ARG(name));
        return;
    }
    for (int i = 0; (v = script_verbs_at(i)); i++)
        nearest_show(&n, span_of(v->name));
    if (n.best.data)
        MISTAKE(r, at, "there is no verb <%.*s>; did you mean <%.*s>?", SPAN_ARG(quoted(name)),
                SPAN_ARG(n.best));
    else
        MISTAKE(r, at, "there is no verb <%.*s>", SPAN_ARG(quoted(name)));
}

/* The verb that may stand here; NULL when it may not, which has been said then. */
static const struct script_verb *verb_of(struct reader *r, struct spot at,
                                         const struct xml_node *node, enum script_verbs_place place)
{
    const struct script_verb *verb = script_verbs_find(node->name);
    const enum script_kind kind = r->file->kind;

    if (!verb) {
        unknown_verb(r, at, node->name);
        return NULL;
    }
    if (!(verb->in & place)) {
        MISTAKE(r, at, "<%s> may not stand in %s", verb->name, place_name(place));
        return NULL;
    }
    if (!(verb->kinds & 1u << kind)) {
        MISTAKE(r, at, "<%s> may not stand in a script for %s", verb->name, script_kind_name(kind));
        return NULL;
    }
    return verb;
}

static size_t size_of(const struct script_node *node)
{
    size_t size = 0;

    for (const struct script_part *p = node->parts; p; p = p->next)
        size += p->text.size;
    for (const struct script_node *child = node->child; child; child = child->next)
        size += size_of(child);
    return size;
}

static int64_t number_of(const struct script_node *node, const char *name, int64_t without)
{
    int64_t number = without;

    for (const struct script_attr *a = node->attrs; a; a = a->next)
        if (strcmp(a->name, name) == 0 && a->value &&
            !span_number(a->value->text, 0, INT32_MAX, &number))
            return without;
    return number;
}

/* About how long it takes to hear. */
static int64_t duration_ms(const struct script_node *node)
{
    int64_t ms = 0;

    if (!node->name) /* text */
        return 0;
    if (strcmp(node->name, "Say") == 0)
        return (int64_t)size_of(node) * SAY_MS_A_CHARACTER * number_of(node, "loop", 1);
    if (strcmp(node->name, "Play") == 0)
        return PLAY_MS * number_of(node, "loop", 1);
    if (strcmp(node->name, "Pause") == 0)
        return 1000 * number_of(node, "length", 1);
    if (strcmp(node->name, "Gather") == 0)
        ms = 1000 * number_of(node, "timeout", 5);
    for (const struct script_node *child = node->child; child; child = child->next)
        ms += duration_ms(child);
    return ms;
}

static const struct script_attr *attr_of(const struct script_node *node, const char *name)
{
    for (const struct script_attr *a = node->attrs; a; a = a->next)
        if (strcmp(a->name, name) == 0)
            return a;
    return NULL;
}

static struct script_node *text_node(struct reader *r, const struct script_part *text)
{
    struct script_node *node = ARENA_NEW(r->arena, struct script_node);

    node->parts = text;
    return node;
}

static void check_address(struct reader *r, struct spot at, const struct script_verb *verb,
                          const struct xml_node *from, struct script_node *node)
{
    const struct span address = xml_text(r->arena, from);
    const struct script_part *text = NULL, **end = &text;

    for (const struct xml_node *child = from->child; child; child = child->next)
        if (child->name.size > 0) {
            MISTAKE(r, at, "<%s> holds an address and nothing else", verb->name);
            return;
        }
    if (!address.size && attr_of(node, "digits"))
        return;
    if (!script_value_is_address(address)) {
        MISTAKE(r, at, "<%s> holds '%.*s'; write a whole address, https://...", verb->name,
                SPAN_ARG(quoted(address)));
        return;
    }
    if (find(address, "{{") < address.size)
        MISTAKE(r, at, "a field may not stand in an address");
    add_part(r, SCRIPT_FIELDS, address, &end);
    node->child = text_node(r, text);
}

static bool is_word(const struct script_node *node, const char *attr, const char *word)
{
    const struct script_attr *a = attr_of(node, attr);

    return a && a->value && span_is_text(a->value->text, word);
}

static bool is_spoken(const struct script_node *node)
{
    return strcmp(node->name, "Say") == 0 || strcmp(node->name, "Play") == 0;
}

/* What an operator hears in place of the screening's own words. */
static void check_step(struct reader *r, struct spot at, const struct script_node *step)
{
    bool any = false;
    int64_t ms = 0;

    for (const struct script_node *child = step->child; child; child = child->next) {
        any |= is_spoken(child);
        ms += duration_ms(child);
    }
    if (step->child && !any)
        MISTAKE(r, at, "<Step> says nothing; name the keys in it, or leave it empty");
    if (ms > IN_STEP_MS_MAX)
        MISTAKE(r, at, "what stands in <Step> takes about %d s; %d s is the most", (int)(ms / 1000),
                IN_STEP_MS_MAX / 1000);
}

static void check_gather(struct reader *r, struct spot at, const struct script_node *gather)
{
    if (attr_of(gather, "action"))
        return;
    if (r->file->kind != SCRIPT_INBOUND_ROUTING)
        MISTAKE(r, at, "<Gather> needs an action here: nothing else would be done with its keys");
    at.attr = "input";
    if (is_word(gather, "input", "speech"))
        MISTAKE(r, at, "without an action only keys count; leave input out, or give an action");
}

static void check_element(struct reader *r, struct spot at, const struct script_verb *verb,
                          const struct script_node *node, enum script_verbs_place place)
{
    if (verb->content == SCRIPT_VERBS_WORDS && place != SCRIPT_VERBS_SPEECH) {
        if (!node->child)
            MISTAKE(r, at, "<%s> says nothing; give it words, or leave it out", verb->name);
        else if (size_of(node) > SAY_BYTES_MAX)
            MISTAKE(r, at, "<%s> has more than %d bytes of words; part it", verb->name,
                    SAY_BYTES_MAX);
    }
    if (verb->holds == SCRIPT_VERBS_GATHER)
        check_gather(r, at, node);
    if (verb->holds == SCRIPT_VERBS_STEP)
        check_step(r, at, node);
    if (attr_of(node, "digits") && place != SCRIPT_VERBS_TOP) {
        at.attr = "digits";
        MISTAKE(r, at, "digits may not be played in %s", place_name(place));
    }
}

static struct script_node *element(struct reader *r, const struct xml_node *from,
                                   enum script_verbs_place place, int depth);

/* What stands between the tags of an element that holds words or other elements. */
static const struct script_node *children(struct reader *r, const struct script_verb *verb,
                                          const struct xml_node *from, int depth)
{
    const struct spot at = {.element = from->element};
    const bool words = verb->content == SCRIPT_VERBS_WORDS;
    const bool alone = from->child && !from->child->next;
    const struct script_node *first = NULL;
    struct script_node *last = NULL;

    for (const struct xml_node *child = from->child; child; child = child->next) {
        struct script_node *node = NULL;
        if (child->name.size)
            node = element(r, child, verb->holds, depth + 1);
        else if (words && !(alone && is_blank(child->text)))
            node = text_node(r, parts(r, at, child->text));
        else if (!words && !is_blank(child->text))
            MISTAKE(r, at, "words stand in <%s> itself; put them into a <Say>", verb->name);
        if (!node)
            continue;
        if (last)
            last->next = node;
        else
            first = node;
        last = node;
    }
    return first;
}

static bool holds_something(const struct xml_node *node)
{
    for (const struct xml_node *child = node->child; child; child = child->next)
        if (child->name.size || !is_blank(child->text))
            return true;
    return false;
}

/* NULL when it may not stand here, which has been said then. */
static struct script_node *element(struct reader *r, const struct xml_node *from,
                                   enum script_verbs_place place, int depth)
{
    const struct spot at = {.element = from->element};
    const struct script_verb *verb = verb_of(r, at, from, place);

    if (!verb)
        return NULL;
    if (depth > SCRIPT_DEPTH_MAX) {
        MISTAKE(r, at, "there are more than %d elements within each other", SCRIPT_DEPTH_MAX);
        return NULL;
    }
    const bool empty = verb->content == SCRIPT_VERBS_NOTHING ||
                       (verb->holds == SCRIPT_VERBS_STEP && r->file->kind != SCRIPT_SCREEN);
    struct script_node *node = ARENA_NEW(r->arena, struct script_node);
    node->name = verb->name;
    node->attrs = attrs(r, at.element, verb, from);
    if (verb->content == SCRIPT_VERBS_ADDRESS)
        check_address(r, at, verb, from, node);
    else if (!empty)
        node->child = children(r, verb, from, depth);
    else if (holds_something(from))
        MISTAKE(r, at, "<%s> holds nothing%s", verb->name,
                verb->content == SCRIPT_VERBS_NOTHING ? "" : " in this script");
    check_element(r, at, verb, node, place);
    return node;
}

/* ---- the whole ---- */

static bool is_end(const struct script_node *node)
{
    return strcmp(node->name, "Hangup") == 0 || strcmp(node->name, "Redirect") == 0 ||
           strcmp(node->name, "Reject") == 0 ||
           (attr_of(node, "action") && is_word(node, "actionOnEmptyResult", "true"));
}

/* How the verbs of the top follow each other: one step, reached, and nothing that is not. */
struct order {
    const struct script_node *end; /* behind it nothing is reached */
    size_t steps;
    int64_t before_ms, behind_ms;
    bool spoken;          /* something is, before the step */
    struct spot first_at; /* the step's */
};

static void take_next(struct reader *r, struct order *o, const struct script_node *node,
                      struct spot at)
{
    const bool is_step = script_is_step(node);

    if (is_step && o->steps == 0)
        o->first_at = at;
    if (is_step && ++o->steps > 1)
        MISTAKE(r, at, "a second <Step/>; there is one");
    else if (o->end)
        MISTAKE(r, at, "<%s> is never reached: <%s> before it ends the script", node->name,
                o->end->name);
    if (!o->steps) {
        o->before_ms += duration_ms(node);
        o->spoken |= is_spoken(node) || (strcmp(node->name, "Gather") == 0 && node->child);
    } else if (!is_step) {
        o->behind_ms += duration_ms(node);
    }
    if (!o->end && (is_end(node) || (is_step && r->file->kind == SCRIPT_INBOUND_ROUTING)))
        o->end = node;
}

static void check_order(struct reader *r, const struct order *o)
{
    const enum script_kind kind = r->file->kind;
    const struct spot root = {.element = 0};

    if (!o->steps && kind != SCRIPT_CLOSED)
        MISTAKE(r, root,
                "there is no <Step/>: it stands for what nextring does, and calls would "
                "end here without it");
    if (o->before_ms > BEFORE_STEP_MS_MAX && kind != SCRIPT_CLOSED)
        MISTAKE(r, root, "what stands before <Step/> takes about %d s; %d s is the most",
                (int)(o->before_ms / 1000), BEFORE_STEP_MS_MAX / 1000);
    if (o->behind_ms > BEHIND_STEP_MS_MAX && kind == SCRIPT_SCREEN)
        MISTAKE(r, root, "what stands behind <Step/> takes about %d s; %d s is the most",
                (int)(o->behind_ms / 1000), BEHIND_STEP_MS_MAX / 1000);
    if (o->steps && !o->spoken && kind == SCRIPT_VOICEMAIL)
        MISTAKE(r, o->first_at,
                "nothing is said before <Step/>; whoever is recorded must hear that he is");
}

static const struct script_node *top(struct reader *r, const struct xml_node *root)
{
    const struct script_node *first = NULL;
    struct script_node *last = NULL;
    struct order order = {0};

    for (const struct xml_node *child = root->child; child; child = child->next) {
        const struct spot at = {.element = child->name.size ? child->element : root->element};
        if (!child->name.size && !is_blank(child->text))
            MISTAKE(r, at, "words stand in <Response> itself; put them into a <Say>");
        struct script_node *node = child->name.size ? element(r, child, SCRIPT_VERBS_TOP, 2) : NULL;
        if (!node)
            continue;
        take_next(r, &order, node, at);
        if (last)
            last->next = node;
        else
            first = node;
        last = node;
    }
    check_order(r, &order);
    return first;
}

/* Size and characters; false when the text is not worth parsing. */
static bool check_text(struct reader *r)
{
    const struct span text = r->file->text;
    const size_t valid_bytes = utf8_valid_bytes(text);
    int line = 1;

    if (text.size > SCRIPT_BYTES_MAX) {
        mistakes_add(r->mistakes, r->file->name, 0, 0, NULL, "is larger than %d bytes; shorten it",
                     SCRIPT_BYTES_MAX);
        return false;
    }
    if (valid_bytes == text.size)
        return true;
    for (size_t i = 0; i < valid_bytes; i++)
        line += text.data[i] == '\n';
    mistakes_add(r->mistakes, r->file->name, line, 0, NULL, "is not UTF-8 here; save it as UTF-8");
    return false;
}

enum err script_file_parse(struct arena *arena, const struct script_file *file,
                           const struct script_node **out, struct mistakes *mistakes)
{
    struct reader r = {arena, file, mistakes};
    const size_t before = mistakes->count + mistakes->more;
    const struct spot root_spot = {.element = 0};
    struct xml_node *root = NULL;
    struct xml_place place;

    if (!check_text(&r))
        return ERR_BAD_INPUT;
    if (xml_parse(arena, file->text, &root, &place)) {
        mistakes_add(mistakes, file->name, place.line, place.column, NULL, "%s", place.words);
        return ERR_BAD_INPUT;
    }
    if (!span_is_text(root->name, "Response")) {
        MISTAKE(&r, root_spot, "the root is <%.*s>; it must be <Response>",
                SPAN_ARG(quoted(root->name)));
        return ERR_BAD_INPUT;
    }
    if (root->attrs)
        MISTAKE(&r, root_spot, "<Response> has no attributes");
    const struct script_node *verbs = top(&r, root);
    if (mistakes->count + mistakes->more > before)
        return ERR_BAD_INPUT;
    *out = verbs;
    return ERR_NONE;
}
