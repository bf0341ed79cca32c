#include "provider/script_render.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

enum { PARTS_BYTES_MAX = 65536, HINT_CHARACTERS = 100 /* of one phrase, the carrier's limit */ };

static struct span cut(struct span value)
{
    uint32_t code;
    size_t size = 0;

    if (value.size <= SCRIPT_RENDER_FIELD_BYTES)
        return value;
    for (;;) {
        const size_t next = utf8_next(span_skip(value, size), &code);
        if (size + next > SCRIPT_RENDER_FIELD_BYTES)
            return (struct span){value.data, size};
        size += next;
    }
}

static struct span fill(const struct script_render *r, const struct script_part *parts)
{
    if (parts && !parts->next && parts->field == SCRIPT_FIELDS)
        return parts->text;
    struct buf out = buf_in(r->arena, PARTS_BYTES_MAX);
    for (const struct script_part *p = parts; p; p = p->next)
        buf_add(&out, p->field == SCRIPT_FIELDS ? p->text : cut(r->use->values[p->field]));
    return buf_span(&out);
}

/* A script has at most SCRIPT_DEPTH_MAX elements within each other. */
static bool has_words(const struct script_render *r, const struct script_node *node)
{
    if (!node->name)
        return xml_out_is_seen(fill(r, node->parts));
    for (const struct script_node *child = node->child; child; child = child->next)
        if (has_words(r, child))
            return true;
    return false;
}

/* A Say whose fields have nothing to be seen has no words, and the carrier warns of that. */
static bool says_nothing(const struct script_render *r, const struct script_node *node)
{
    return strcmp(node->name, "Say") == 0 && !has_words(r, node);
}

static bool has_attr(const struct script_node *node, const char *name)
{
    for (const struct script_attr *a = node->attrs; a; a = a->next)
        if (strcmp(a->name, name) == 0)
            return true;
    return false;
}

/* A phrase that a field made too long is left out: the carrier would drop them all. */
static struct span hints_that_fit(const struct script_render *r, struct span hints)
{
    struct buf out = buf_in(r->arena, PARTS_BYTES_MAX);

    while (hints.size) {
        const struct span phrase = span_cut(hints, ',', &hints);
        if (utf8_count(span_trim(phrase)) > HINT_CHARACTERS)
            continue;
        if (out.size)
            buf_add_char(&out, ',');
        buf_add(&out, phrase);
    }
    return buf_span(&out);
}

static void attribute(const struct script_render *r, const struct script_attr *a)
{
    const struct span value = fill(r, a->value);

    xml_out_attr(r->xml, a->name, strcmp(a->name, "hints") == 0 ? hints_that_fit(r, value) : value);
}

static void element(const struct script_render *r, const struct script_node *node)
{
    if (!node->name) {
        xml_out_text(r->xml, fill(r, node->parts));
        return;
    }
    if (says_nothing(r, node))
        return;
    xml_out_begin(r->xml, node->name);
    for (const struct script_attr *a = node->attrs; a; a = a->next)
        attribute(r, a);
    if (strcmp(node->name, "Gather") == 0 && !has_attr(node, "action")) {
        xml_out_attr(r->xml, "action", r->key_action);
        if (!has_attr(node, "method"))
            xml_out_attr(r->xml, "method", SPAN("POST"));
    }
    script_render_prompts(r, node->child);
    xml_out_end(r->xml);
}

void script_render_prompts(const struct script_render *r, const struct script_node *prompts)
{
    for (const struct script_node *node = prompts; node; node = node->next)
        element(r, node);
}

void script_render_verbs(const struct script_render *r, const struct script_node *verbs)
{
    bool written = !r->use->later;

    for (const struct script_node *node = verbs; node; node = node->next)
        if (script_is_step(node)) {
            r->step(r->ctx, node);
            written = true;
        } else if (written) {
            element(r, node);
        }
}
