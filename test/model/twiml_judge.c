#include "twiml_judge.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "codec/url.h"
#include "config/script_value.h"
#include "provider/twiml.h"
#include "simworld/sim_check.h"

enum { SHAPE_MAX = 65536, NUMBERS_MAX = 10, ADDRESS_MAX = 4096 };

struct twiml_judge {
    struct span own;
    struct clock *clock;
    struct sim_world *world;
};

struct twiml_judge *twiml_judge_open(const char *own)
{
    struct twiml_judge *j = arena_must_alloc(sizeof *j);

    j->own = span_of(own);
    j->clock = clock_open_system();
    j->world = sim_world_open(j->clock, NULL, 1);
    j->world->quiet = true;
    return j;
}

void twiml_judge_close(struct twiml_judge **judge)
{
    struct twiml_judge *j = *judge;

    if (!j)
        return;
    sim_world_close(&j->world);
    clock_close(&j->clock);
    free(j);
    *judge = NULL;
}

static void add_shape(struct buf *out, const struct xml_node *node)
{
    if (!node->name.size)
        return;
    buf_add_char(out, '<');
    buf_add(out, node->name);
    for (const struct xml_attr *a = node->attrs; a; a = a->next) {
        buf_add_char(out, ' ');
        buf_add(out, a->name);
    }
    for (const struct xml_node *c = node->child; c; c = c->next)
        add_shape(out, c);
    buf_add_char(out, '>');
}

/* ---- addresses ---- */

static bool is_address_attr(struct span name)
{
    static const char *const names[] = {"action",
                                        "url",
                                        "statusCallback",
                                        "waitUrl",
                                        "recordingStatusCallback",
                                        "transcribeCallback",
                                        "partialResultCallback",
                                        "referUrl"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (span_is_text(name, names[i]))
            return true;
    return false;
}

static bool is_plain_address(struct span text)
{
    struct url url;

    if (text.size > ADDRESS_MAX || url_parse(text, &url))
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] <= ' ' || text.data[i] >= 0x7f || strchr("<>\"'{}|\\^`", text.data[i]))
            return false;
    return true;
}

static const char *judge_address(const struct twiml_judge *j, struct arena *arena, struct span text)
{
    if (!is_plain_address(text) || !span_starts(text, j->own))
        return arena_printf(arena, "'%.*s' is no address of ours", SPAN_ARG(text));
    return NULL;
}

/* ---- words ---- */

/* What stands in words is markup of speech, or nothing. */
static const char *judge_markup(struct arena *arena, const struct xml_node *words)
{
    const char *why = NULL;

    for (const struct xml_node *n = words->child; n && !why; n = n->next) {
        if (!n->name.size)
            continue;
        const struct script_verb *verb = script_verbs_find(n->name);
        if (!verb || !(verb->in & SCRIPT_VERBS_SPEECH))
            return arena_printf(arena, "<%.*s> stands in words", SPAN_ARG(n->name));
        for (const struct xml_attr *a = n->attrs; a && !why; a = a->next) {
            const struct script_verbs_attr *rule = script_verbs_attr(verb, a->name);
            why = rule ? script_value_check(arena, rule, a->value)
                       : arena_printf(arena, "<%.*s> has no %.*s", SPAN_ARG(n->name),
                                      SPAN_ARG(a->name));
        }
        if (!why)
            why = judge_markup(arena, n);
    }
    return why;
}

/* ---- the document ---- */

/* What the tables of the pretend carrier do not say. */
static const char *judge_node(const struct twiml_judge *j, struct arena *arena,
                              const struct xml_node *node)
{
    const char *why = NULL;
    int numbers = 0;

    if (span_is_text(node->name, "Say"))
        return judge_markup(arena, node);
    for (const struct xml_attr *a = node->attrs; a && !why; a = a->next)
        if (is_address_attr(a->name) && (a->value.size || !span_is_text(a->name, "waitUrl")))
            why = judge_address(j, arena, a->value);
    if (!why && span_is_text(node->name, "Redirect"))
        why = judge_address(j, arena, xml_text(arena, node));
    for (const struct xml_node *c = node->child; c && !why; c = c->next) {
        numbers += span_is_text(node->name, "Dial") && c->name.size;
        if (c->name.size)
            why = judge_node(j, arena, c);
    }
    return why || numbers <= NUMBERS_MAX ? why : "a <Dial> rings too many";
}

static const char *judge_tables(struct twiml_judge *j, struct arena *arena,
                                const struct xml_node *root)
{
    const int64_t before = j->world->warning_count;

    sim_check_document(j->world, &(struct sim_note_about){.subject = "CA1"}, true, root);
    if (j->world->warning_count == before)
        return NULL;
    const size_t last = (size_t)(j->world->warning_count - 1) % SIM_WARNINGS_MAX;
    return arena_printf(arena, "the carrier warns: %s", j->world->warnings[last].json);
}

const char *twiml_judge(struct twiml_judge *j, struct arena *arena, struct span document,
                        struct span *out_shape)
{
    struct buf shape = buf_in(arena, SHAPE_MAX);
    struct xml_place place;
    struct xml_node *root = NULL;

    if (document.size > TWIML_BYTES_MAX)
        return "it is too long";
    if (xml_parse(arena, document, &root, &place))
        return arena_printf(arena, "line %d column %d: %s", place.line, place.column, place.words);
    if (!span_is_text(root->name, "Response"))
        return "its root is not <Response>";
    const char *why = judge_tables(j, arena, root);
    if (!why)
        why = judge_node(j, arena, root);
    if (why)
        return why;
    add_shape(&shape, root);
    *out_shape = buf_span(&shape);
    return NULL;
}
