#include "visit/fields.h"

void fields_refuse(struct visit *v, const char *field, const char *message)
{
    visit_fail(v, &(struct visit_error){.status = 400, .field = field, .message = message});
}

static const struct fields_want *find(const struct fields_want *want, struct span name)
{
    for (; want->name; want++)
        if (span_is_text(name, want->name))
            return want;
    return NULL;
}

static bool refuse_unknown(struct visit *v, struct span name, const struct fields_want *want)
{
    struct buf known = buf_in(v->arena, 512);

    buf_add_text(&known, "known here:");
    for (; want->name; want++)
        buf_printf(&known, " %s", want->name);
    visit_fail(v, &(struct visit_error){.status = 400,
                                        .field = arena_text(v->arena, name),
                                        .message = "there is no such field",
                                        .help = buf_span(&known).data});
    return false;
}

static bool is_switch(struct span text)
{
    return span_is_text(text, "true") || span_is_text(text, "false");
}

static bool from_form(struct visit *v, const struct fields_want *want)
{
    struct form form;

    if (form_parse(v->arena, v->body, &form)) {
        fields_refuse(v, NULL, "the form is malformed");
        return false;
    }
    for (size_t i = 0; i < form.count; i++) {
        const struct fields_want *w = find(want, form.fields[i].name);
        if (!w)
            return refuse_unknown(v, form.fields[i].name, want);
        if (form_count(&form, w->name) > 1) {
            fields_refuse(v, w->name, "the field is given twice");
            return false;
        }
        if (w->is_switch && !is_switch(form.fields[i].value)) {
            fields_refuse(v, w->name, "the field is true or false");
            return false;
        }
        *w->value = form.fields[i].value;
    }
    return true;
}

static bool from_members(struct visit *v, const struct json *root, const struct fields_want *want)
{
    if (json_type(root) != JSON_OBJECT) {
        fields_refuse(v, NULL, "the body is not a JSON object");
        return false;
    }
    for (size_t i = 0; i < json_count(root); i++) {
        struct span name;
        const struct json *value = json_member(root, i, &name);
        const struct fields_want *w = find(want, name);
        if (!w)
            return refuse_unknown(v, name, want);
        if (json_type(value) == JSON_NULL)
            continue;
        if (w->is_switch && json_type(value) == JSON_BOOL) {
            *w->value = json_bool(value) ? SPAN("true") : SPAN("false");
            continue;
        }
        if (w->is_switch) {
            fields_refuse(v, w->name, "the field is true or false");
            return false;
        }
        if (json_type(value) != JSON_TEXT) {
            fields_refuse(v, w->name, "the field is not a text");
            return false;
        }
        *w->value = arena_copy(v->arena, json_text(value));
    }
    return true;
}

struct json *fields_json(struct visit *v)
{
    struct json *root = NULL;
    struct json_place place;

    if (!json_parse(v->body, &root, &place))
        return root;
    fields_refuse(
        v, NULL,
        arena_printf(v->arena, "line %d, column %d: %s", place.line, place.column, place.words));
    return NULL;
}

static bool from_json(struct visit *v, const struct fields_want *want)
{
    struct json *root = fields_json(v);

    if (!root)
        return false;
    const bool good = from_members(v, root, want);
    json_close(&root);
    return good;
}

bool fields_read(struct visit *v, const struct fields_want *want)
{
    if (v->body.size == 0)
        return true;
    if (visit_has_type(v, "application/json"))
        return from_json(v, want);
    if (visit_has_type(v, "application/x-www-form-urlencoded"))
        return from_form(v, want);
    visit_fail(v, &(struct visit_error){.status = 415,
                                        .message = "the body is of a type not known here",
                                        .help = "send application/json"});
    return false;
}
