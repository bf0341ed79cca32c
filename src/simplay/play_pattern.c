#include "simplay/play_pattern.h"

#include <string.h>

#include "codec/phone.h"
#include "codec/timestamp.h"
#include "config/nearest.h"
#include "simworld/sim_world.h"

enum { COUNT_MAX = 100000, DURATION_MAX_DAYS = 30 };

static const int64_t second_ms = 1000, day_ms = 24 * 3600 * 1000;

/* One try: where it stands in the pattern and in the tokens. */
struct
try {
    struct arena *arena;
    const struct play_token *tokens;
    const struct play_names *names;
    struct play_args *args;
    struct play_miss *miss;
};

/* Reads the value into the arg; returns what is wrong with it, "" when only the kind is. */
typedef const char *read_fn(const struct try *t, const struct play_token *token,
                            struct play_arg *out);

bool play_pattern_duration(struct span text, int64_t *out_ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 24 * 3600 * 1000}};
    int64_t sum = 0;

    if (!text.size)
        return false;
    while (text.size) {
        size_t digits = 0, letters = 0;
        int64_t n = 0, unit_ms = 0;
        while (digits < text.size && text.data[digits] >= '0' && text.data[digits] <= '9')
            digits++;
        while (digits + letters < text.size && text.data[digits + letters] >= 'a' &&
               text.data[digits + letters] <= 'z')
            letters++;
        const struct span unit = {text.data + digits, letters};
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
            if (span_is_text(unit, units[i].unit))
                unit_ms = units[i].ms;
        if (!unit_ms ||
            !span_number((struct span){text.data, digits}, 0, COUNT_MAX * second_ms, &n))
            return false;
        sum += n * unit_ms;
        if (sum > DURATION_MAX_DAYS * day_ms)
            return false;
        text = span_skip(text, digits + letters);
    }
    *out_ms = sum;
    return true;
}

static const struct play_party *party_find(const struct play_party *list, size_t count,
                                           struct span name)
{
    for (size_t i = 0; i < count; i++)
        if (span_is_text(name, list[i].name))
            return &list[i];
    return NULL;
}

static const char *read_who(const struct try *t, const struct play_token *token,
                            struct play_arg *out)
{
    out->party = party_find(t->names->phones, t->names->phone_count, token->text);
    return out->party ? NULL : "";
}

static const char *read_line(const struct try *t, const struct play_token *token,
                             struct play_arg *out)
{
    out->party = party_find(t->names->lines, t->names->line_count, token->text);
    return out->party ? NULL : "";
}

static const char *read_party(const struct try *t, const struct play_token *token,
                              struct play_arg *out)
{
    return read_who(t, token, out) ? read_line(t, token, out) : NULL;
}

static const char *read_new(const struct try *t, const struct play_token *token,
                            struct play_arg *out)
{
    (void)out;
    for (size_t i = 0; i < token->text.size; i++) {
        const char c = token->text.data[i];
        if (!((c >= 'a' && c <= 'z') || (i && ((c >= '0' && c <= '9') || c == '-' || c == '_'))))
            return "a name is of small letters, digits and dashes, and begins with a letter";
    }
    if (token->text.size >= PLAY_NAME_SIZE)
        return "a name has up to 31 characters";
    if (party_find(t->names->phones, t->names->phone_count, token->text) ||
        party_find(t->names->lines, t->names->line_count, token->text))
        return "that name is given already";
    return NULL;
}

static const struct play_party *number_find(const struct play_names *names, const char *number)
{
    for (size_t i = 0; i < names->phone_count; i++)
        if (!strcmp(names->phones[i].number, number))
            return &names->phones[i];
    for (size_t i = 0; i < names->line_count; i++)
        if (!strcmp(names->lines[i].number, number))
            return &names->lines[i];
    return NULL;
}

static const char *read_number(const struct try *t, const struct play_token *token,
                               struct play_arg *out)
{
    char number[PHONE_TEXT_SIZE];
    const enum phone_verdict v = phone_parse(token->text.data, token->text.size, NULL, number);

    if (v != PHONE_GOOD)
        return arena_printf(t->arena, "a phone number like +16195550111 is expected; this one %s",
                            phone_verdict_words(v));
    const struct play_party *has = number_find(t->names, number);
    if (has)
        return arena_printf(t->arena, "that number is %s's already", has->name);
    out->text = arena_copy(t->arena, span_of(number));
    return NULL;
}

static const char *read_duration(const struct try *t, const struct play_token *token,
                                 struct play_arg *out)
{
    (void)t;
    return play_pattern_duration(token->text, &out->n) ? NULL : "";
}

static const char *read_n(const struct try *t, const struct play_token *token, struct play_arg *out)
{
    (void)t;
    return span_number(token->text, 0, INT32_MAX, &out->n) ? NULL : "";
}

static const char *read_instant(const struct try *t, const struct play_token *token,
                                struct play_arg *out)
{
    bool local;

    (void)t;
    return timestamp_parse(token->text, &out->n, &local) ? NULL : "";
}

static const char *read_words(const struct try *t, const struct play_token *token,
                              struct play_arg *out)
{
    (void)t;
    (void)out;
    return token->kind == PLAY_QUOTED ? NULL : "";
}

static const char *read_word(const struct try *t, const struct play_token *token,
                             struct play_arg *out)
{
    (void)t;
    (void)token;
    (void)out;
    return NULL;
}

static const char *read_keys(const struct try *t, const struct play_token *token,
                             struct play_arg *out)
{
    (void)t;
    (void)out;
    for (size_t i = 0; i < token->text.size; i++)
        if (!strchr("0123456789*#", token->text.data[i]))
            return "keys are 0 to 9, * and #";
    return NULL;
}

/* ---- kinds that are one of a list of names; NULL at its end ---- */

static const char *count_name(size_t i)
{
    static const char *const names[] = {"never", "once", "twice"};

    return i < sizeof names / sizeof names[0] ? names[i] : NULL;
}

static const char *fault_name(size_t i)
{
    return i < SIM_FAULTS ? sim_fault_name((enum sim_fault_kind)i) : NULL;
}

static const char *state_name(size_t i)
{
    const size_t state = i + SIM_COMPLETED;

    return state < SIM_CALL_STATES ? sim_call_state_name((enum sim_call_state)state) : NULL;
}

static const char *resource_name(size_t i)
{
    static const char *const names[] = {"Messages", "Calls", "Recordings", "Lookups"};

    return i < sizeof names / sizeof names[0] ? names[i] : NULL;
}

/* clang-format off */
static const struct kind {
    const char *name;
    read_fn *read;
    const char *help;
    const char *(*listed)(size_t index); /* the names that it is one of */
} kinds[] = {
    {"who",     read_who,      "the name of a phone", NULL},
    {"line",    read_line,     "the name of a line", NULL},
    {"party",   read_party,    "the name of a phone or a line", NULL},
    {"new",     read_new,      "a new name: small letters, digits, dashes", NULL},
    {"number",  read_number,   "a phone number, +16195550111", NULL},
    {"dur",     read_duration, "a duration: 4s, 15m, 1m30s, 500ms, 2h, 3d", NULL},
    {"n",       read_n,        "a number", NULL},
    {"instant", read_instant,  "an instant: 2026-11-24T02:05:00Z", NULL},
    {"words",   read_words,    "text in \"quotes\"; \\n is a new line, \\\" a quote, {tag} what was taken", NULL},
    {"word",    read_word,     "a word", NULL},
    {"keys",    read_keys,     "keys of a phone: 1, 12#", NULL},
    {"count",   read_word,     "never, once, twice", count_name},
    {"fault",   read_word,     "the name of a fault", fault_name},
    {"state",   read_word,     "completed, busy, no-answer, failed, canceled", state_name},
    {"resource", read_word,    "Messages, Calls, Recordings, Lookups", resource_name},
    {"rest",    NULL,          "all that follows, also on further lines that are indented", NULL},
};
/* clang-format on */

const char *play_pattern_kind(size_t index, const char **out_help)
{
    if (index >= sizeof kinds / sizeof kinds[0])
        return NULL;
    *out_help = kinds[index].help;
    return kinds[index].name;
}

static const struct kind *kind_find(struct span name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (span_is_text(name, kinds[i].name))
            return &kinds[i];
    return NULL;
}

/* NULL for a plain word. */
static const struct kind *kind_of(struct span element)
{
    return element.data[0] == '{' ? kind_find((struct span){element.data + 1, element.size - 2})
                                  : NULL;
}

static const char *read_listed(const struct kind *kind, const struct play_token *token,
                               struct play_arg *out)
{
    const char *name;

    for (size_t i = 0; (name = kind->listed(i)); i++)
        if (span_is_text(token->text, name)) {
            out->n = (int64_t)i;
            return NULL;
        }
    return "";
}

static void miss(const struct try *t, size_t at, struct span wanted, const char *why)
{
    struct play_miss *m = t->miss;

    if (at < m->far)
        return;
    if (at > m->far)
        *m = (struct play_miss){.far = at};
    if (why && why[0])
        m->why = why;
    for (size_t i = 0; i < m->expected_count; i++)
        if (span_is(m->expected[i], wanted))
            return;
    if (m->expected_count < PLAY_EXPECTED_MAX)
        m->expected[m->expected_count++] = wanted;
}

static struct play_arg *arg_next(const struct try *t)
{
    struct play_args *a = t->args;
    struct play_arg *arg = &a->list[a->count < PLAY_ARGS_MAX ? a->count : PLAY_ARGS_MAX - 1];

    a->count++;
    *arg = (struct play_arg){0};
    return arg;
}

static size_t rest_end(const struct play_token *tokens, size_t at)
{
    while (tokens[at].kind != PLAY_END)
        at++;
    return at;
}

static bool take_kind(const struct try *t, struct span braces, size_t *at)
{
    const struct kind *kind = kind_of(braces);
    const struct play_token *token = &t->tokens[*at];
    struct play_arg *arg = arg_next(t);

    if (!kind->read) {
        const size_t end = rest_end(t->tokens, *at);
        const char *from = token->at;
        arg->text = span_trim((struct span){from, (size_t)(t->tokens[end].at - from)});
        arg->given = arg->text.size > 0;
        *at = end;
        return true;
    }
    if (token->kind == PLAY_END || token->kind == PLAY_COMMA) {
        miss(t, *at, braces, NULL);
        return false;
    }
    arg->text = token->text;
    const char *why = kind->listed ? read_listed(kind, token, arg) : kind->read(t, token, arg);
    if (why) {
        miss(t, *at, braces, why);
        return false;
    }
    arg->given = true;
    ++*at;
    return true;
}

static bool take_literal(const struct try *t, struct span word, size_t *at)
{
    const struct play_token *token = &t->tokens[*at];

    if (token->kind != PLAY_WORD || !span_is(token->text, word)) {
        miss(t, *at, word, NULL);
        return false;
    }
    ++*at;
    return true;
}

/* One element at the front of *pattern, a word or braces; never a bracket. */
static struct span element_cut(const char **pattern)
{
    const char *from = *pattern;

    while (**pattern && **pattern != ' ' && **pattern != ']' && **pattern != '[')
        ++*pattern;
    return (struct span){from, (size_t)(*pattern - from)};
}

static const char *bracket_end(const char *pattern)
{
    const char *end = strchr(pattern, ']');

    return end ? end : pattern + strlen(pattern) - 1;
}

/* What a bracket that is not there would have taken stays free. */
static void skip_args(const struct try *t, const char *from, const char *end, size_t before)
{
    size_t braces = 0;

    for (; from < end; from++)
        braces += *from == '{';
    t->args->count = before;
    for (size_t i = 0; i < (braces ? braces : 1); i++)
        (void)arg_next(t);
}

/* Up to `end`; true when all of it is there. */
static bool take_all(const struct try *t, const char *pattern, const char *end, size_t *at);

static bool take_bracket(const struct try *t, const char *from, const char *end, size_t *at)
{
    const size_t before = t->args->count;
    size_t next = *at;

    if (!take_all(t, from, end, &next)) {
        skip_args(t, from, end, before);
        return next == *at; /* begun and not gone through with is a mistake */
    }
    *at = next;
    if (t->args->count == before)
        arg_next(t)->given = true;
    return true;
}

static bool take_all(const struct try *t, const char *pattern, const char *end, size_t *at)
{
    while (pattern < end && *pattern) {
        if (*pattern == ' ') {
            pattern++;
        } else if (*pattern == '[') {
            const char *close = bracket_end(pattern);
            if (!take_bracket(t, pattern + 1, close, at))
                return false;
            pattern = close + 1;
        } else {
            const struct span element = element_cut(&pattern);
            const bool taken =
                element.data[0] == '{' ? take_kind(t, element, at) : take_literal(t, element, at);
            if (!taken)
                return false;
        }
    }
    return true;
}

bool play_pattern_match(struct arena *arena, const char *pattern, const struct play_token *tokens,
                        const struct play_names *names, struct play_args *out_args,
                        size_t *out_used, struct play_miss *out_miss)
{
    struct play_args args = {0};
    const struct try t = {arena, tokens, names, &args, out_miss};
    size_t at = 0;

    if (!take_all(&t, pattern, pattern + strlen(pattern), &at))
        return false;
    if (tokens[at].kind != PLAY_END && tokens[at].kind != PLAY_COMMA) {
        miss(&t, at, SPAN("the end of the statement"), NULL);
        return false;
    }
    *out_args = args;
    *out_used = at;
    return true;
}

static void show_names(struct nearest *n, struct span wanted, const struct play_names *names)
{
    const struct kind *kind = kind_of(wanted);
    const bool any = span_is_text(wanted, "{party}");
    const char *name;

    for (size_t i = 0; kind && kind->listed && (name = kind->listed(i)); i++)
        nearest_show(n, span_of(name));
    for (size_t i = 0; i < names->phone_count && (any || span_is_text(wanted, "{who}")); i++)
        nearest_show(n, span_of(names->phones[i].name));
    for (size_t i = 0; i < names->line_count && (any || span_is_text(wanted, "{line}")); i++)
        nearest_show(n, span_of(names->lines[i].name));
}

void play_pattern_explain(const struct play_miss *m, const struct play_token *tokens,
                          const struct play_names *names, struct buf *out)
{
    const struct play_token *token = &tokens[m->far];
    struct nearest nearest = nearest_to(token->text);

    for (size_t i = 0; i < m->expected_count; i++) {
        if (m->expected[i].data[0] != '{')
            nearest_show(&nearest, m->expected[i]);
        show_names(&nearest, m->expected[i], names);
    }
    if (token->kind == PLAY_END || token->kind == PLAY_COMMA)
        buf_add_text(out, "something is missing");
    else
        buf_printf(out, "\"%.*s\" is not understood", SPAN_ARG(token->text));
    if (m->why) {
        buf_printf(out, ": %s", m->why);
        return;
    }
    if (token->kind == PLAY_WORD && nearest.best.data)
        buf_printf(out, "; is \"%.*s\" meant?", SPAN_ARG(nearest.best));
    buf_add_text(out, "; expected: ");
    for (size_t i = 0; i < m->expected_count; i++) {
        const struct span e = m->expected[i];
        const struct kind *kind = kind_of(e);
        buf_add_text(out, i ? ", " : "");
        if (kind)
            buf_add_text(out, kind->help);
        else
            buf_add(out, e);
    }
}
