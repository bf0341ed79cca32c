#include "admin/script_heard.h"

#include <string.h>

#include "codec/xml.h"
#include "provider/script_render.h"

enum { LINE_BYTES_MAX = SCRIPT_BYTES_MAX + SCRIPT_FIELDS * SCRIPT_RENDER_FIELD_BYTES };

struct hearing {
    struct arena *arena;
    struct json_out *json;
    struct span step;
    int lines;
};

static void line(struct hearing *h, struct span words)
{
    if (words.size > 0 && h->lines++ < SCRIPT_HEARD_LINES)
        json_out_text(h->json, NULL, words);
}

/* "[plays https://...]". */
static struct span named(struct hearing *h, const char *what, struct span value, const char *unit)
{
    return span_of(arena_printf(h->arena, "[%s %.*s%s]", what, SPAN_ARG(value), unit));
}

/* All that is said in an element, speech markup aside, blanks as one. */
static void gather_words(struct buf *out, const struct xml_node *node)
{
    for (const struct xml_node *child = node->child; child; child = child->next) {
        for (size_t i = 0; child->name.size == 0 && i < child->text.size; i++) {
            const char c = child->text.data[i];
            const bool is_blank = strchr(" \t\r\n", c) != NULL;
            if (!is_blank || (out->size > 0 && out->data[out->size - 1] != ' '))
                buf_add_char(out, is_blank ? ' ' : c);
        }
        gather_words(out, child);
    }
}

static void say(struct hearing *h, const struct xml_node *node)
{
    struct buf words = buf_in(h->arena, LINE_BYTES_MAX);

    gather_words(&words, node);
    line(h, span_trim(buf_span(&words)));
}

static void hear(struct hearing *h, const struct xml_node *nodes);

static void play(struct hearing *h, const struct xml_node *node)
{
    const struct span digits = xml_attr_get(node, "digits");

    if (digits.size > 0)
        line(h, named(h, "plays the keys", digits, ""));
    else
        line(h, named(h, "plays", xml_text(h->arena, node), ""));
}

static void pause(struct hearing *h, const struct xml_node *node)
{
    const struct span length = xml_attr_get(node, "length");

    line(h, named(h, "silence,", length.size > 0 ? length : SPAN("1"), " s"));
}

static void gather(struct hearing *h, const struct xml_node *node)
{
    const struct span digits = xml_attr_get(node, "numDigits");
    const struct span action = xml_attr_get(node, "action");

    hear(h, node->child);
    if (digits.size > 0)
        line(h, named(h, "waits for keys:", digits, ""));
    else
        line(h, SPAN("[waits for a key]"));
    if (action.size > 0)
        line(h, named(h, "a key leads to", action, ""));
}

static void redirect(struct hearing *h, const struct xml_node *node)
{
    line(h, named(h, "goes on at", xml_text(h->arena, node), ""));
}

static void hang_up(struct hearing *h, const struct xml_node *node)
{
    (void)node;
    line(h, SPAN("[hangs up]"));
}

static void reject(struct hearing *h, const struct xml_node *node)
{
    (void)node;
    line(h, SPAN("[turns the call away]"));
}

/* Words of its own are heard in place of ours. */
static void step(struct hearing *h, const struct xml_node *node)
{
    hear(h, node->child);
    line(h, h->step);
}

static void hear(struct hearing *h, const struct xml_node *nodes)
{
    static const struct {
        const char *name;
        void (*hear)(struct hearing *, const struct xml_node *);
    } verbs[] = {
        {"Say", say},           {"Play", play},      {"Pause", pause},   {"Gather", gather},
        {"Redirect", redirect}, {"Hangup", hang_up}, {"Reject", reject}, {SCRIPT_STEP, step},
    };

    for (const struct xml_node *node = nodes; node; node = node->next)
        for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
            if (span_is_text(node->name, verbs[i].name))
                verbs[i].hear(h, node);
}

/* ---- the document ---- */

struct written {
    struct script_render render;
    struct xml_out xml;
};

static void write_step(void *ctx, const struct script_node *node)
{
    struct written *w = ctx;

    xml_out_begin(&w->xml, SCRIPT_STEP);
    script_render_prompts(&w->render, node->child);
    xml_out_end(&w->xml);
}

static struct span render(struct arena *arena, const struct script_heard *heard)
{
    struct buf buf = buf_in(arena, SCRIPT_HEARD_BYTES);
    struct written w = {.xml = xml_out(&buf)};

    w.render = (struct script_render){
        .arena = arena, .xml = &w.xml, .use = heard->use, .step = write_step, .ctx = &w};
    xml_out_begin(&w.xml, "Response");
    script_render_verbs(&w.render, heard->verbs);
    xml_out_end(&w.xml);
    return buf.full ? (struct span){NULL, 0} : buf_span(&buf);
}

enum err script_heard_out(struct arena *arena, const struct script_heard *heard,
                          struct json_out *json)
{
    struct hearing h = {.arena = arena, .json = json, .step = heard->step};
    const struct span twiml = render(arena, heard);
    struct xml_node *root = NULL;
    struct xml_place place;

    if (!twiml.data || xml_parse(arena, twiml, &root, &place))
        return ERR_FULL;
    json_out_list(json, "words");
    hear(&h, root->child);
    json_out_end_list(json);
    json_out_text(json, "twiml", twiml);
    return ERR_NONE;
}
