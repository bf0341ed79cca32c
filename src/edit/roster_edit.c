#include "edit/roster_edit.h"

#include <string.h>

#include "base/buf.h"
#include "codec/json.h"
#include "codec/json_walk.h"
#include "edit/json_splice.h"

enum { TEXT_MAX = 8 << 20, WHERE_MAX = 2048 };

static const char fallback[] = "fallback_chain";

/* A table of words for one member, the first of which is the usual one. */
struct alias {
    const char *names[4];
};
static const struct alias aliases[] = {
    {{"phone", "phone_number", "number", NULL}},
    {{"on_call", "on_call_hours", "hours", NULL}},
    {{"time_zone", "timezone", NULL}},
};

static enum err fail(struct roster_edit *e, enum err err, const char *field, const char *message,
                     const char *help)
{
    e->field = field;
    e->message = message;
    e->help = help;
    return err;
}

/* ---- the body ---- */

static enum err check_body(struct roster_edit *e, bool list_too)
{
    struct json *tree = NULL;
    struct json_place place;

    if (json_parse(e->body, &tree, &place))
        return fail(e, ERR_BAD_INPUT, NULL, "the body is no JSON", NULL);
    const enum json_type type = json_type(tree);
    json_close(&tree);
    if (type == JSON_OBJECT || (list_too && type == JSON_LIST))
        return ERR_NONE;
    return fail(e, ERR_BAD_INPUT, NULL, "the body is not a JSON object", NULL);
}

/* The key without its quotes and escapes. */
static struct span bare_key(struct arena *arena, struct span quoted)
{
    struct json *tree = NULL;
    struct json_place place;

    if (json_parse(quoted, &tree, &place))
        return quoted;
    const struct span text = arena_copy(arena, json_text(tree));
    json_close(&tree);
    return text;
}

static bool is_null(struct span value)
{
    return span_is(value, SPAN("null"));
}

/* ---- members of one object ---- */

static const struct alias *find_alias(struct span key)
{
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        for (const char *const *name = aliases[i].names; *name; name++)
            if (span_is_text(key, *name))
                return &aliases[i];
    return NULL;
}

/* The name under which the object has what `key` means: two names for the same are a mistake. */
static struct span name_in(struct span object, struct span key, bool with_aliases)
{
    const struct alias *alias = with_aliases ? find_alias(key) : NULL;

    for (const char *const *name = alias ? alias->names : NULL; name && *name; name++)
        if (json_splice_get(object, span_of(*name)).data)
            return span_of(*name);
    return key;
}

/* The object with the body's members set, and those that are null taken out. */
static struct span merge(struct arena *arena, struct span object, struct span body,
                         bool with_aliases)
{
    struct json_walk w;
    struct span quoted, value, out = object;

    if (!json_walk_open(body, &w))
        return object;
    while (json_walk_next(&w, &quoted, &value)) {
        const struct span key = name_in(out, bare_key(arena, quoted), with_aliases);
        if (!is_null(value)) {
            out = json_splice_set(arena, out, out, key, value);
            continue;
        }
        const struct span less = json_splice_drop(arena, out, out, key);
        out = less.data ? less : out;
    }
    return out;
}

static struct span member(const struct roster_edit *e, const char *key)
{
    const struct span value = json_splice_get(e->document, span_of(key));

    return value.data && is_null(value) ? (struct span){NULL, 0} : value;
}

static struct span set_member(struct arena *arena, const struct roster_edit *e, const char *key,
                              struct span value)
{
    return json_splice_set(arena, e->document, e->document, span_of(key), value);
}

/* One more item in the list `key` of the document, which is made when it is not there. */
static void add_item(struct arena *arena, struct roster_edit *e, const char *key, struct span item)
{
    const struct span list = member(e, key);
    struct buf fresh = buf_in(arena, TEXT_MAX);

    if (list.data && list.data[0] == '[') {
        e->out = json_splice_add(arena, e->document, list, item);
        return;
    }
    buf_add(&fresh, SPAN("[\n    "));
    buf_add(&fresh, item);
    buf_add(&fresh, SPAN("\n  ]"));
    e->out = set_member(arena, e, key, buf_span(&fresh));
}

/* ---- chains ---- */

static enum err chain_put(struct arena *arena, struct roster_edit *e)
{
    const enum err err = check_body(e, true);
    struct span steps = e->body;

    if (err)
        return err;
    if (steps.data[0] == '{')
        steps = json_splice_get(e->body, SPAN("steps"));
    if (!steps.data || steps.data[0] != '[')
        return fail(e, ERR_BAD_INPUT, "steps", "is not a list of steps",
                    "{\"steps\": [{\"operators\": [\"ann\"], \"ring_seconds\": 20}]}");
    e->note = arena_printf(arena, "chain %.*s", SPAN_ARG(e->id));
    if (span_is_text(e->id, fallback)) {
        e->out = set_member(arena, e, fallback, steps);
        return ERR_NONE;
    }
    const struct span chains = member(e, "chains");
    if (chains.data && chains.data[0] == '{') {
        e->out = json_splice_set(arena, e->document, chains, e->id, steps);
        return ERR_NONE;
    }
    e->out = set_member(arena, e, "chains",
                        json_splice_set(arena, SPAN("{}"), SPAN("{}"), e->id, steps));
    return ERR_NONE;
}

static int find_chain(const struct roster *roster, struct span id)
{
    for (int i = 0; i < roster->chain_count; i++)
        if (span_is_text(id, roster->chains[i].id))
            return i;
    return -1;
}

static enum err chain_drop(struct arena *arena, struct roster_edit *e)
{
    const int chain = find_chain(e->roster, e->id);
    struct buf where = buf_in(arena, WHERE_MAX);

    if (chain < 0)
        return fail(e, ERR_NOT_FOUND, NULL, "there is no chain with this id", NULL);
    for (int i = 0; i < e->roster->line_count; i++)
        if (e->roster->lines[i].chain == chain)
            buf_printf(&where, "%s%s", where.size ? ", " : "", e->roster->lines[i].number);
    if (where.size)
        return fail(e, ERR_CONFLICT, NULL,
                    arena_printf(arena, "the chain is that of %.*s", SPAN_ARG(buf_span(&where))),
                    "give these lines another chain first");
    e->note = arena_printf(arena, "chain %.*s taken out", SPAN_ARG(e->id));
    e->out = span_is_text(e->id, fallback)
                 ? json_splice_drop(arena, e->document, e->document, e->id)
                 : json_splice_drop(arena, e->document, member(e, "chains"), e->id);
    return e->out.data ? ERR_NONE
                       : fail(e, ERR_NOT_FOUND, NULL, "there is no chain with this id", NULL);
}

/* ---- operators ---- */

/* Whose entry in `dispatchers` he is; -1: none (he is a contact of the fallback chain). */
static int place_of(struct span document, int operator_index)
{
    const struct span list = json_splice_get(document, SPAN("dispatchers"));

    return operator_index >= 0 && list.data && json_splice_at(list, (size_t)operator_index).data
               ? operator_index
               : -1;
}

static enum err operator_add(struct arena *arena, struct roster_edit *e)
{
    const enum err err = check_body(e, false);
    struct json *tree = NULL;
    struct json_place place;

    if (err || json_parse(e->body, &tree, &place))
        return err ? err : ERR_BAD_INPUT;
    struct span id = arena_copy(arena, json_text(json_get(tree, "id")));
    const struct span name = arena_copy(arena, json_text(json_get(tree, "name")));
    json_close(&tree);
    if (id.size && roster_operator_by_id(e->roster, id) >= 0)
        return fail(e, ERR_CONFLICT, "id", "there is an operator with this id already",
                    "change that one, or choose another id");
    e->note = arena_printf(arena, "operator %.*s added", SPAN_ARG(id.size ? id : name));
    add_item(arena, e, "dispatchers", span_trim(e->body));
    return ERR_NONE;
}

/* His entry in the document; an error without. */
static enum err find_operator(struct roster_edit *e, int *out_index, struct span *out_item)
{
    const int index = roster_operator_by_id(e->roster, e->id);

    if (index < 0)
        return fail(e, ERR_NOT_FOUND, NULL, "there is no operator with this id", NULL);
    if (place_of(e->document, index) < 0)
        return fail(e, ERR_CONFLICT, NULL, "he is a contact of the fallback chain",
                    "edit the chain, or the document");
    *out_index = index;
    *out_item = json_splice_at(member(e, "dispatchers"), (size_t)index);
    return ERR_NONE;
}

static enum err operator_change(struct arena *arena, struct roster_edit *e)
{
    struct span item;
    int index;
    enum err err = check_body(e, false);

    if (!err)
        err = find_operator(e, &index, &item);
    if (err)
        return err;
    const struct span id = json_splice_get(e->body, SPAN("id"));
    if (id.data && !span_is(id, json_splice_quote(arena, e->id)))
        return fail(e, ERR_BAD_INPUT, "id", "an operator keeps his id",
                    "add another operator, and take this one out");
    struct span fresh = merge(arena, item, e->body, true);
    if (!json_splice_get(fresh, SPAN("id")).data) /* it would follow his new name */
        fresh = json_splice_set(arena, fresh, fresh, SPAN("id"), json_splice_quote(arena, e->id));
    e->note = arena_printf(arena, "operator %.*s", SPAN_ARG(e->id));
    e->out = json_splice_put(arena, e->document, item, fresh);
    return ERR_NONE;
}

static void use(struct buf *where, const char *what, const char *name, int place)
{
    if (where->size)
        buf_add_text(where, ", ");
    buf_add_text(where, what);
    if (name)
        buf_printf(where, "%s%s", what[0] ? " " : "", name);
    if (place > 0)
        buf_printf(where, " step %d", place);
}

/* Where the roster names him. */
static struct span uses_of(struct arena *arena, const struct roster *r, int index)
{
    struct buf where = buf_in(arena, WHERE_MAX);

    for (int c = 0; c < r->chain_count; c++)
        for (int s = 0; s < r->chains[c].step_count; s++)
            for (int i = 0; i < r->chains[c].steps[s].operator_count; i++)
                if (r->chains[c].steps[s].operators[i] == index && !r->chains[c].steps[s].turns[i])
                    use(&where, "chain", r->chains[c].id, s + 1);
    for (int n = 0; n < r->rotation_count; n++)
        for (int i = 0; i < r->rotations[n].operator_count; i++)
            if (r->rotations[n].operators[i] == index)
                use(&where, "rotation", r->rotations[n].id, 0);
    for (int i = 0; i < r->override_count; i++)
        if (r->overrides[i].operator_index == index || r->overrides[i].instead_of == index)
            use(&where, arena_printf(arena, "override %d", i), NULL, 0);
    for (int n = 0; n < r->route_count; n++)
        for (int i = 0; i < r->routes[n].operator_count; i++)
            if (r->routes[n].operators[i] == index)
                use(&where, "job", arena_text(arena, r->routes[n].job), 0);
    return where.full ? span_of("many places") : buf_span(&where);
}

static enum err operator_drop(struct arena *arena, struct roster_edit *e)
{
    struct span item;
    int index;

    const enum err err = find_operator(e, &index, &item);
    if (err)
        return err;
    const struct span where = uses_of(arena, e->roster, index);
    if (where.size)
        return fail(e, ERR_CONFLICT, NULL,
                    arena_printf(arena, "the operator is named by %.*s", SPAN_ARG(where)),
                    "put somebody else there first");
    e->note = arena_printf(arena, "operator %.*s taken out", SPAN_ARG(e->id));
    e->out = json_splice_drop_at(arena, e->document, member(e, "dispatchers"), (size_t)index);
    return ERR_NONE;
}

/* ---- overrides ---- */

static const struct {
    const char *asked, *written;
} override_members[] = {
    {"operator", "operator"}, {"instead_of", "instead_of"},
    {"from", "from"},         {"to", "to"},
    {"is_on", "on"},          {"note", "note"},
};
enum { OVERRIDE_MEMBERS = sizeof override_members / sizeof override_members[0] };

static bool is_override_member(struct span key)
{
    for (size_t i = 0; i < OVERRIDE_MEMBERS; i++)
        if (span_is_text(key, override_members[i].asked))
            return true;
    return false;
}

static enum err override_add(struct arena *arena, struct roster_edit *e)
{
    struct json_walk w;
    struct span key, value, item = SPAN("{}");

    const enum err err = check_body(e, false);
    if (err)
        return err;
    for (json_walk_open(e->body, &w); json_walk_next(&w, &key, &value);)
        if (!is_override_member(bare_key(arena, key)))
            return fail(e, ERR_BAD_INPUT, arena_text(arena, bare_key(arena, key)),
                        "there is no such field",
                        "known here: operator from to is_on instead_of note");
    for (size_t i = 0; i < OVERRIDE_MEMBERS; i++) {
        const struct span given = json_splice_get(e->body, span_of(override_members[i].asked));
        if (given.data && !is_null(given))
            item = json_splice_set(arena, item, item, span_of(override_members[i].written), given);
    }
    e->note = json_splice_get(item, SPAN("instead_of")).data ? "swap added" : "override added";
    add_item(arena, e, "overrides", item);
    return ERR_NONE;
}

static enum err override_drop(struct arena *arena, struct roster_edit *e)
{
    const struct span list = member(e, "overrides");
    int64_t n = -1;

    if (span_number(e->id, 0, LIMIT_OVERRIDES, &n) && list.data)
        e->out = json_splice_drop_at(arena, e->document, list, (size_t)n);
    if (!e->out.data)
        return fail(e, ERR_NOT_FOUND, NULL, "there is no override at this place", NULL);
    e->note = arena_printf(arena, "override %d taken out", (int)n);
    return ERR_NONE;
}

/* ---- lines ---- */

static enum err line_change(struct arena *arena, struct roster_edit *e)
{
    const struct line *line = roster_line(e->roster, e->id);
    enum err err = check_body(e, false);

    if (err)
        return err;
    if (!line)
        return fail(e, ERR_NOT_FOUND, NULL, "the roster has no such line", NULL);
    if (json_splice_get(e->body, SPAN("number")).data ||
        json_splice_get(e->body, SPAN("phone")).data)
        return fail(e, ERR_BAD_INPUT, "number", "a line keeps its number",
                    "edit the document to take one out or add one");
    const size_t index = (size_t)(line - e->roster->lines);
    const struct span list = member(e, "lines");
    const struct span item = list.data ? json_splice_at(list, index) : (struct span){NULL, 0};
    struct span whole = item;
    if (!item.data || item.data[0] != '{') { /* a number alone, or the credentials' line */
        const struct span number =
            item.data ? item : json_splice_quote(arena, span_of(line->number));
        whole = json_splice_set(arena, SPAN("{}"), SPAN("{}"), SPAN("number"), number);
    }
    const struct span fresh = merge(arena, whole, e->body, false);
    e->note = arena_printf(arena, "line %s", line->number);
    if (item.data)
        e->out = json_splice_put(arena, e->document, item, fresh);
    else
        add_item(arena, e, "lines", fresh);
    return ERR_NONE;
}

/* ---- all of them ---- */

typedef enum err edit_fn(struct arena *arena, struct roster_edit *edit);
static edit_fn *const edits[ROSTER_EDITS] = {
    [ROSTER_EDIT_CHAIN_PUT] = chain_put,         [ROSTER_EDIT_CHAIN_DROP] = chain_drop,
    [ROSTER_EDIT_OPERATOR_ADD] = operator_add,   [ROSTER_EDIT_OPERATOR_CHANGE] = operator_change,
    [ROSTER_EDIT_OPERATOR_DROP] = operator_drop, [ROSTER_EDIT_OVERRIDE_ADD] = override_add,
    [ROSTER_EDIT_OVERRIDE_DROP] = override_drop, [ROSTER_EDIT_LINE_CHANGE] = line_change,
};

enum err roster_edit_apply(struct arena *arena, struct roster_edit *e)
{
    e->out = (struct span){NULL, 0};
    e->body = span_trim(e->body);
    return edits[e->kind](arena, e);
}
