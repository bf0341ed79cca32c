#include "simworld/sim_check.h"

#include <string.h>

#include "base/utf8.h"
#include "simhook/sim_element.h"

enum {
    SAY_MAX = 4096,
    SAY_POLLY_MAX = 3000,
    HINTS_MAX = 500,
    HINT_CHARACTERS = 100,
    TRANSCRIBE_MAX_S = 120,
    NAME_MAX = 64,
    CONFERENCE_MAX = 128,
    ERROR_SCHEMA = 12200,
    ERROR_CONFERENCE = 13237,
    ERROR_HINTS = 13330,
    ERROR_SPEECH_TIMEOUT = 13327,
    ERROR_MODEL_AUTO = 13335,
    ERROR_NO_WORDS = 13520,
    ERROR_MANY_WORDS = 13521,
    ERROR_TRANSCRIBE_LENGTH = 13615,
    ERROR_VERB_OF_TEXT = 14110,
    ERROR_ENQUEUE_SHORT = 14204,
    ERROR_ENQUEUE_LONG = 14205,
    ERROR_QUEUE_SHORT = 14212,
    ERROR_QUEUE_LONG = 14213,
};

struct judge {
    struct sim_world *world;
    const struct sim_note_about *about;
    bool voice;
};

static void judge_attr(const struct judge *j, const struct xml_node *node,
                       const struct sim_element *e, const struct xml_attr *given)
{
    const struct sim_attr *a = sim_element_attr(e, given->name);

    if (!a)
        sim_note_problem(j->world, ERROR_SCHEMA, j->about, "line %d: <%.*s> has no attribute %.*s",
                         node->line, SPAN_ARG(node->name), SPAN_ARG(given->name));
    else if (!sim_element_fits(a, given->value))
        sim_note_problem(j->world, a->code ? a->code : ERROR_SCHEMA, j->about,
                         "line %d: <%.*s %.*s=\"%.*s\">: the value cannot be; %s%s", node->line,
                         SPAN_ARG(node->name), SPAN_ARG(given->name), SPAN_ARG(given->value),
                         a->otherwise ? "used is " : "it is left out",
                         a->otherwise ? a->otherwise : "");
}

static size_t characters_below(const struct xml_node *node)
{
    size_t n = 0;

    for (const struct xml_node *c = node->child; c; c = c->next)
        n += c->name.size ? characters_below(c) : span_trim(c->text).size;
    return n;
}

static void judge_say(const struct judge *j, const struct xml_node *say)
{
    const size_t size = characters_below(say);
    const bool polly = span_starts(xml_attr_get(say, "voice"), SPAN("Polly."));
    const size_t max = polly ? SAY_POLLY_MAX : SAY_MAX;

    if (!size)
        sim_note_problem(j->world, ERROR_NO_WORDS, j->about, "line %d: <Say> without words",
                         say->line);
    if (size > max)
        sim_note_problem(j->world, ERROR_MANY_WORDS, j->about,
                         "line %d: <Say> of more than %zu characters", say->line, max);
}

/* Up to 500 phrases of up to 100 characters. */
static bool hints_fit(struct span hints)
{
    size_t count = 0;

    while (hints.size) {
        if (utf8_count(span_trim(span_cut(hints, ',', &hints))) > HINT_CHARACTERS)
            return false;
        count++;
    }
    return count <= HINTS_MAX;
}

static void judge_gather(const struct judge *j, const struct xml_node *gather)
{
    const struct span silence = xml_attr_get(gather, "speechTimeout");
    const struct span model = xml_attr_get(gather, "speechModel");
    int64_t s;

    if (!hints_fit(xml_attr_get(gather, "hints")))
        sim_note_problem(j->world, ERROR_HINTS, j->about,
                         "line %d: <Gather hints>: up to %d phrases of %d characters", gather->line,
                         HINTS_MAX, HINT_CHARACTERS);
    if (span_is_text(silence, "auto")) {
        if (!model.size || span_is_text(model, "default"))
            sim_note_problem(j->world, ERROR_MODEL_AUTO, j->about,
                             "line %d: <Gather speechTimeout=\"auto\"> wants another speechModel "
                             "than default",
                             gather->line);
    } else if (silence.data && !span_number(silence, 1, INT32_MAX, &s)) {
        sim_note_problem(j->world, ERROR_SPEECH_TIMEOUT, j->about,
                         "line %d: <Gather speechTimeout=\"%.*s\"> is neither seconds nor auto",
                         gather->line, SPAN_ARG(silence));
    }
}

static void judge_record(const struct judge *j, const struct xml_node *record)
{
    if (sim_element_flag(record, "transcribe") &&
        sim_element_number(record, "maxLength") > TRANSCRIBE_MAX_S)
        sim_note_problem(j->world, ERROR_TRANSCRIBE_LENGTH, j->about,
                         "line %d: <Record maxLength> above %d is too long to transcribe",
                         record->line, TRANSCRIBE_MAX_S);
}

static void judge_name(const struct judge *j, const struct xml_node *node, size_t max,
                       int code_short, int code_long)
{
    const size_t size = characters_below(node);

    if (!size)
        sim_note_problem(j->world, code_short, j->about, "line %d: <%.*s> without a name",
                         node->line, SPAN_ARG(node->name));
    else if (size > max)
        sim_note_problem(j->world, code_long, j->about,
                         "line %d: the name in <%.*s> has more than %zu characters", node->line,
                         SPAN_ARG(node->name), max);
}

static void judge_enqueue(const struct judge *j, const struct xml_node *node)
{
    if (!xml_attr_get(node, "workflowSid").size)
        judge_name(j, node, NAME_MAX, ERROR_ENQUEUE_SHORT, ERROR_ENQUEUE_LONG);
}

static void judge_queue(const struct judge *j, const struct xml_node *node)
{
    if (!xml_attr_get(node, "reservationSid").size)
        judge_name(j, node, NAME_MAX, ERROR_QUEUE_SHORT, ERROR_QUEUE_LONG);
}

static void judge_conference(const struct judge *j, const struct xml_node *node)
{
    judge_name(j, node, CONFERENCE_MAX, ERROR_CONFERENCE, ERROR_CONFERENCE);
}

/* What an attribute alone cannot tell. */
static const struct {
    const char *name;
    void (*judge)(const struct judge *j, const struct xml_node *node);
} wholes[] = {
    {"Say", judge_say},         {"Gather", judge_gather}, {"Record", judge_record},
    {"Enqueue", judge_enqueue}, {"Queue", judge_queue},   {"Conference", judge_conference},
};

static void judge_whole(const struct judge *j, const struct xml_node *node)
{
    for (size_t i = 0; j->voice && i < sizeof wholes / sizeof wholes[0]; i++)
        if (span_is_text(node->name, wholes[i].name))
            wholes[i].judge(j, node);
}

static void judge_node(const struct judge *j, const struct xml_node *parent, int otherwise,
                       const struct xml_node *node);

static void judge_children(const struct judge *j, const struct xml_node *parent, int otherwise)
{
    for (const struct xml_node *n = parent->child; n; n = n->next)
        if (n->name.size)
            judge_node(j, parent, otherwise, n);
}

/* `otherwise` is the code for what may not stand in `parent`. Elements nest as deep as the
 * table does, so the recursion is short. */
static void judge_node(const struct judge *j, const struct xml_node *parent, int otherwise,
                       const struct xml_node *node)
{
    const struct sim_element *e = sim_element_find(j->voice, parent->name, node->name);

    if (!e) {
        sim_note_problem(j->world, otherwise, j->about, "line %d: <%.*s> in <%.*s> is unknown",
                         node->line, SPAN_ARG(node->name), SPAN_ARG(parent->name));
        return;
    }
    for (const struct xml_attr *a = node->attrs; a && e->attrs; a = a->next)
        judge_attr(j, node, e, a);
    judge_whole(j, node);
    if (e->inside)
        judge_children(j, node, e->children ? e->children : ERROR_SCHEMA);
}

void sim_check_document(struct sim_world *w, const struct sim_note_about *about, bool voice,
                        const struct xml_node *root)
{
    const struct judge j = {.world = w, .about = about, .voice = voice};

    if (root->attrs)
        sim_note_problem(w, ERROR_SCHEMA, about, "<Response> has no attribute %.*s",
                         SPAN_ARG(root->attrs->name));
    judge_children(&j, root, voice ? ERROR_SCHEMA : ERROR_VERB_OF_TEXT);
}
