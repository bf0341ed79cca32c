#include "codec/xml.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"

static struct span copy_text(struct arena *arena, const xmlChar *text)
{
    return arena_copy(arena, span_of((const char *)text));
}

/* A prefix is no use to anybody here, but must not get lost: `a:Say` is not `Say`. */
static struct span full_name(struct arena *arena, const xmlNs *ns, const xmlChar *name)
{
    if (!ns || !ns->prefix)
        return copy_text(arena, name);
    return span_of(arena_printf(arena, "%s:%s", (const char *)ns->prefix, (const char *)name));
}

static struct xml_attr *copy_attrs(struct arena *arena, const xmlNode *from)
{
    struct xml_attr *first = NULL, **end = &first;

    for (const xmlAttr *a = from->properties; a; a = a->next) {
        xmlChar *value = xmlNodeListGetString(from->doc, a->children, 1);
        *end = ARENA_NEW(arena, struct xml_attr);
        (*end)->name = full_name(arena, a->ns, a->name);
        (*end)->value = copy_text(arena, value ? value : (const xmlChar *)"");
        end = &(*end)->next;
        xmlFree(value);
    }
    return first;
}

/* libxml2 refuses more than 256 levels, which bounds this recursion. */
static struct xml_node *copy_nodes(struct arena *arena, const xmlNode *from, size_t *elements)
{
    struct xml_node *first = NULL, **end = &first;

    for (; from; from = from->next) {
        const bool text = from->type == XML_TEXT_NODE || from->type == XML_CDATA_SECTION_NODE;
        if (!text && from->type != XML_ELEMENT_NODE)
            continue;
        struct xml_node *node = ARENA_NEW(arena, struct xml_node);
        node->line = (int)xmlGetLineNo(from);
        if (text) {
            node->text = copy_text(arena, from->content);
        } else {
            node->element = (*elements)++;
            node->name = full_name(arena, from->ns, from->name);
            node->attrs = copy_attrs(arena, from);
            node->child = copy_nodes(arena, from->children, elements);
        }
        *end = node;
        end = &node->next;
    }
    return first;
}

static void fill_place(struct xml_place *place, int line, int column, const char *words)
{
    place->line = line > 0 ? line : 1;
    place->column = column > 0 ? column : 1;
    snprintf(place->words, sizeof place->words, "%s", words);
    for (char *p = place->words; *p; p++)
        if ((unsigned char)*p < ' ')
            *p = p[1] ? ' ' : 0;
}

/* Stands in for the parser's own handler: a document type is where entities come from. */
static void refuse_doctype(void *context, const xmlChar *name, const xmlChar *external,
                           const xmlChar *system)
{
    xmlParserCtxt *parser = context;

    (void)name;
    (void)external;
    (void)system;
    struct xml_place *place = parser->_private;
    if (place->line == 0)
        fill_place(place, xmlSAX2GetLineNumber(parser), xmlSAX2GetColumnNumber(parser),
                   "a document type is not allowed");
    xmlStopParser(parser);
}

/* The type of this handler's argument changed in libxml2 2.12. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *error_arg;
#else
typedef xmlErrorPtr error_arg;
#endif

/* Keeps the first error: the parser itself remembers only the last, which follows from it. */
static void note_error(void *context, error_arg error)
{
    struct xml_place *place = ((xmlParserCtxt *)context)->_private;

    if (place->line == 0 && error->level >= XML_ERR_ERROR)
        fill_place(place, error->line, error->int2, error->message ? error->message : "");
}

static xmlDoc *parse(struct span text, struct xml_place *place)
{
    enum {
        OPTIONS = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA |
                  XML_PARSE_BIG_LINES
    };
    xmlParserCtxt *parser = xmlNewParserCtxt();
    xmlDoc *doc = NULL;

    CHECK(parser && "memory");
    place->line = 0;
    parser->_private = place;
    parser->sax->internalSubset = refuse_doctype;
    parser->sax->serror = note_error;
    if (text.size > 0 && text.size <= INT32_MAX)
        doc = xmlCtxtReadMemory(parser, text.data, (int)text.size, NULL, NULL, OPTIONS);
    if (!doc && place->line == 0)
        fill_place(place, 1, 1, "no document");
    if (doc && place->line > 0) {
        xmlFreeDoc(doc);
        doc = NULL;
    }
    xmlFreeParserCtxt(parser);
    return doc;
}

enum err xml_parse(struct arena *arena, struct span text, struct xml_node **out,
                   struct xml_place *place)
{
    struct xml_place found = {0};
    xmlDoc *doc = parse(text, &found);
    size_t elements = 0;

    if (!doc) {
        *place = found;
        return ERR_BAD_INPUT;
    }
    *out = copy_nodes(arena, xmlDocGetRootElement(doc), &elements);
    xmlFreeDoc(doc);
    return ERR_NONE;
}

struct span xml_attr_get(const struct xml_node *node, const char *name)
{
    for (const struct xml_attr *a = node->attrs; a; a = a->next)
        if (span_is_text(a->name, name))
            return a->value;
    return (struct span){NULL, 0};
}

struct span xml_text(struct arena *arena, const struct xml_node *node)
{
    struct buf out = buf_in(arena, SIZE_MAX / 2);

    for (const struct xml_node *child = node->child; child; child = child->next)
        if (child->name.size == 0)
            buf_add(&out, child->text);
    return span_trim(buf_span(&out));
}
