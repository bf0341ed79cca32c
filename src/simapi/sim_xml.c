#include "simapi/sim_xml.h"

#include <ctype.h>

#include "codec/json.h"
#include "codec/xml.h"

/* "date_created" is "DateCreated". What may not stand in a name, as people give parameters, is
 * left out. */
static const char *camel(struct arena *arena, struct span name)
{
    struct buf b = buf_in(arena, name.size + 2);
    bool up = true;

    if (!name.size || !isalpha((unsigned char)name.data[0]))
        buf_add_char(&b, '_');
    for (size_t i = 0; i < name.size; i++) {
        const char c = name.data[i];
        if (isalnum((unsigned char)c) || c == '-' || c == '.')
            buf_add_char(&b, up ? (char)toupper((unsigned char)c) : c);
        up = c == '_';
    }
    return arena_text(arena, buf_span(&b));
}

/* "next_page_uri" is "nextpageuri". */
static const char *flat(struct arena *arena, struct span name)
{
    struct buf b = buf_in(arena, name.size + 1);

    for (size_t i = 0; i < name.size; i++)
        if (name.data[i] != '_')
            buf_add_char(&b, name.data[i]);
    return arena_text(arena, buf_span(&b));
}

static struct span words_of(struct arena *arena, const struct json *value)
{
    switch (json_type(value)) {
    case JSON_TEXT:
        return json_text(value);
    case JSON_NUMBER:
    case JSON_BOOL:
        return json_dump(arena, value);
    case JSON_ABSENT:
    case JSON_NULL:
    case JSON_LIST:
    case JSON_OBJECT:
    case JSON_TYPES:
        break;
    }
    return (struct span){NULL, 0};
}

static void write(struct arena *arena, struct xml_out *o, const char *name,
                  const struct json *value, int depth)
{
    struct span key;

    if (depth == XML_DEPTH_MAX - 2)
        return;
    xml_out_begin(o, name);
    if (json_type(value) == JSON_OBJECT)
        for (size_t i = 0; i < json_count(value); i++) {
            const struct json *member = json_member(value, i, &key);
            write(arena, o, camel(arena, key), member, depth + 1);
        }
    else if (json_type(value) == JSON_LIST)
        for (size_t i = 0; i < json_count(value); i++)
            write(arena, o, "Item", json_at(value, i), depth + 1);
    else
        xml_out_text(o, words_of(arena, value));
    xml_out_end(o);
}

/* The list of an answer that has a frame around it, and its name. */
static const struct json *list_in(const struct json *root, struct span *out_name)
{
    if (json_type(json_get(root, "uri")) != JSON_TEXT || json_type(json_get(root, "sid")))
        return NULL;
    for (size_t i = 0; i < json_count(root); i++) {
        const struct json *member = json_member(root, i, out_name);
        if (json_type(member) == JSON_LIST)
            return member;
    }
    return NULL;
}

static void write_list(struct arena *arena, struct xml_out *o, const struct json *root,
                       const char *element)
{
    struct span name, key;
    const struct json *list = list_in(root, &name);

    xml_out_begin(o, camel(arena, name));
    for (size_t i = 0; i < json_count(root); i++) {
        const struct json *member = json_member(root, i, &key);
        if (member != list)
            xml_out_attr(o, flat(arena, key), words_of(arena, member));
    }
    for (size_t i = 0; i < json_count(list); i++)
        write(arena, o, element, json_at(list, i), 2);
    xml_out_end(o);
}

void sim_xml_render(struct arena *arena, struct span json, const char *element, struct buf *out)
{
    struct json *root = NULL;
    struct json_place place;
    struct span name;
    struct xml_out o = xml_out(out);

    xml_out_begin(&o, "TwilioResponse");
    if (!json_parse(json, &root, &place)) {
        if (list_in(root, &name))
            write_list(arena, &o, root, element);
        else
            write(arena, &o, element, root, 1);
    }
    xml_out_end(&o);
    json_close(&root);
}
