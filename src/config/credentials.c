#include "config/credentials.h"

#include <string.h>
#include <unistd.h>

#include "codec/json.h"
#include "codec/phone.h"
#include "config/nearest.h"
#include "config/secret_file.h"
#include "model/limits.h"

enum { VALUE_MAX_BYTES = 512 };

/* clang-format off */
static const struct {const char *name, *use; bool is_needed, is_secret;} table[CREDENTIALS] = {
    [CREDENTIAL_ACCOUNT_SID]  = {"TWILIO_ACCOUNT_SID",  "it says whose numbers these are", true, false},
    [CREDENTIAL_AUTH_TOKEN]   = {"TWILIO_AUTH_TOKEN",   "it checks the carrier's signatures", true, true},
    [CREDENTIAL_AUTH_TOKEN_2] = {"TWILIO_AUTH_TOKEN_2", "the other token during a rotation", false, true},
    [CREDENTIAL_API_KEY]      = {"TWILIO_API_KEY",      "it is the user of REST calls; make one in the carrier's console, under API keys", true, false},
    [CREDENTIAL_API_SECRET]   = {"TWILIO_API_SECRET",   "it is the password of REST calls, shown once when the API key is made", true, true},
    [CREDENTIAL_FROM_NUMBER]  = {"TWILIO_FROM_NUMBER",  "it is the line of a roster without lines", false, false},
};
/* clang-format on */

struct search {
    const struct credentials_from *from;
    struct credentials *found;
    struct mistakes *mistakes;
};

const char *credentials_name(enum credential which)
{
    return table[which].name;
}

bool credentials_is_secret(enum credential which)
{
    return table[which].is_secret;
}

const char *credentials_use(enum credential which)
{
    return table[which].use;
}

static int by_name(struct span name)
{
    for (int i = 0; i < CREDENTIALS; i++)
        if (span_is_text(name, table[i].name))
            return i;
    return -1;
}

static struct span variable(const struct search *s, const char *name)
{
    const size_t size = strlen(name);

    for (char *const *v = s->from->environment; v && *v; v++)
        if (strncmp(*v, name, size) == 0 && (*v)[size] == '=')
            return span_of(*v + size + 1);
    return (struct span){0};
}

/* Why a value cannot be right, without a word of it; NULL when it may be. */
static const char *wrong(int which, struct span value)
{
    if (value.size > VALUE_MAX_BYTES)
        return "is longer than any such value; copy it again";
    for (size_t i = 0; i < value.size; i++)
        if ((unsigned char)value.data[i] <= 32 || (unsigned char)value.data[i] >= 127)
            return "has a blank or another character that none has; copy it again";
    if (which == CREDENTIAL_ACCOUNT_SID && span_starts(value, SPAN("SK")))
        return "begins with SK, which is an API key's; the account's begins with AC";
    if (which == CREDENTIAL_API_KEY && span_starts(value, SPAN("AC")))
        return "begins with AC, which is the account's; an API key begins with SK";
    if (which == CREDENTIAL_ACCOUNT_SID && value.size >= LIMIT_SID_SIZE)
        return "is longer than an account's id; copy it again";
    return NULL;
}

static void keep_number(struct search *s, struct span value, const char *file, int line)
{
    char number[PHONE_TEXT_SIZE];
    const enum phone_verdict verdict = phone_parse(value.data, value.size, NULL, number);

    if (verdict == PHONE_GOOD)
        s->found->values[CREDENTIAL_FROM_NUMBER] = arena_copy(s->found->arena, span_of(number));
    else
        mistakes_add(s->mistakes, file, line, 0, table[CREDENTIAL_FROM_NUMBER].name,
                     "%s; give it with country code, e.g. +16195550100",
                     phone_verdict_words(verdict));
}

/* The first place that has a name counts; an empty value is none. */
static void keep(struct search *s, int which, struct span value, const char *file, int line)
{
    struct credentials *c = s->found;

    value = span_trim(value);
    if (value.size == 0 || c->places[which])
        return;
    if (file)
        file = credentials_place_shown(c->arena, file);
    c->places[which] = file && line ? arena_printf(c->arena, "%s:%d", file, line)
                       : file       ? arena_text(c->arena, span_of(file))
                                    : table[which].name;
    if (which == CREDENTIAL_FROM_NUMBER) {
        keep_number(s, value, file, line);
        return;
    }
    const char *why = wrong(which, value);
    if (why)
        mistakes_add(s->mistakes, file, line, 0, table[which].name, "%s", why);
    else
        c->values[which] = arena_copy(c->arena, value);
}

/* ---- places that are no files ---- */

/* True for "exec:...", "aws:..." and "arn:...", which are fetched; the rest are paths. */
static bool is_fetched(struct span place)
{
    return span_starts(place, SPAN("exec:")) || span_starts(place, SPAN("aws:")) ||
           span_starts(place, SPAN("arn:"));
}

const char *credentials_place_shown(struct arena *arena, const char *place)
{
    struct span rest;

    if (!span_starts(span_of(place), SPAN("exec:")))
        return arena_text(arena, span_of(place));
    const struct span command = span_trim(span_skip(span_of(place), strlen("exec:")));
    return arena_printf(arena, "exec:%.*s", SPAN_ARG(span_cut(command, ' ', &rest)));
}

static bool fetch(const struct search *s, const char *where, const char *place, struct span *out)
{
    if (s->from->fetch)
        return s->from->fetch(s->from->fetch_ctx, where, place, s->found->arena, out, s->mistakes);
    mistakes_add(s->mistakes, NULL, 0, 0, where, "cannot be asked here; name a file");
    return false;
}

static void from_named_file(struct search *s, int which)
{
    const char *where = arena_printf(s->found->arena, "%s_FILE", table[which].name);
    const struct span path = variable(s, where);
    struct span text;

    if (path.size == 0)
        return;
    if (variable(s, table[which].name).size > 0)
        mistakes_add(s->mistakes, NULL, 0, 0, where, "and %s are both set; keep one of the two",
                     table[which].name);
    else if (is_fetched(path) && !span_starts(path, SPAN("exec:")))
        mistakes_add(s->mistakes, NULL, 0, 0, where,
                     "takes a file or exec:; give NEXTRING_ENV_FILE the name at AWS");
    else if (is_fetched(path)
                 ? fetch(s, where, path.data, &text)
                 : !secret_file_read(s->found->arena, path.data, where, SECRET_FILE_MOUNTED,
                                     s->from->self, &text, s->mistakes))
        keep(s, which, text, path.data, 0);
}

static const char *lower(struct arena *arena, const char *name)
{
    char *copy = arena_text(arena, span_of(name));

    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 32);
    return copy;
}

static void from_systemd(struct search *s, int which)
{
    struct arena *arena = s->found->arena;
    const struct span folder = variable(s, "CREDENTIALS_DIRECTORY");
    const char *const names[] = {table[which].name, lower(arena, table[which].name)};

    for (int i = 0; i < 2 && folder.size > 0 && !s->found->places[which]; i++) {
        const char *path = arena_printf(arena, "%s/%s", folder.data, names[i]);
        struct span text;

        if (access(path, F_OK) == 0 &&
            !secret_file_read(arena, path, table[which].name, SECRET_FILE_SYSTEMD, s->from->self,
                              &text, s->mistakes))
            keep(s, which, text, path, 0);
    }
}

/* ---- the env file ---- */

struct from_env_file {
    struct search *search;
    const char *shown; /* the place, for people */
    bool seen[CREDENTIALS];
    int lines[CREDENTIALS]; /* 0: of JSON, which has no key twice */
};

/* Other programs' keys are welcome in the file; a misspelt one of ours is not. */
static void list_misspelt(const struct from_env_file *e, int line, struct span key)
{
    struct mistakes *mistakes = e->search->mistakes;
    struct nearest nearest = nearest_to(key);

    for (int i = 0; i < CREDENTIALS; i++)
        if (nearest_distance(key, span_of(table[i].name)) <= 2)
            nearest_show(&nearest, span_of(table[i].name));
    if (nearest.best.data)
        mistakes_add(mistakes, e->shown, line, 0, arena_text(mistakes->arena, key),
                     "is no key that is known; did you mean %.*s?", SPAN_ARG(nearest.best));
}

static void env_entry(void *user, int line, struct span key, struct span value)
{
    struct from_env_file *e = user;
    const int which = by_name(key);

    if (which < 0)
        list_misspelt(e, line, key);
    else if (e->seen[which])
        mistakes_add(e->search->mistakes, e->shown, line, 0, table[which].name,
                     "was given on line %d already; keep one of the two", e->lines[which]);
    else {
        e->seen[which] = true;
        e->lines[which] = line;
        keep(e->search, which, value, e->shown, line);
    }
}

static void json_entry(struct from_env_file *e, struct span key, const struct json *value)
{
    if (by_name(key) < 0 || json_type(value) == JSON_TEXT)
        env_entry(e, 0, key, json_text(value));
    else
        mistakes_add(e->search->mistakes, e->shown, 0, 0, table[by_name(key)].name,
                     "is %s; write it as a text, in quotes", json_type_name(json_type(value)));
}

/* Its words name a place, and what was expected there; a piece of the text could be a secret. */
static void json_entries(struct from_env_file *e, struct span text)
{
    struct json *root = NULL;
    struct json_place place;

    if (json_parse(text, &root, &place)) {
        mistakes_add(e->search->mistakes, e->shown, place.line, place.column, NULL,
                     "begins like JSON, and is none from here on");
        return;
    }
    for (size_t i = 0; i < json_count(root); i++) {
        struct span key;
        const struct json *value = json_member(root, i, &key);
        json_entry(e, key, value);
    }
    json_close(&root);
}

static void from_env_file(struct search *s)
{
    const char *place = s->from->env_file;
    struct arena *arena = s->found->arena;
    struct span text;

    if (!place)
        return;
    struct from_env_file e = {.search = s, .shown = credentials_place_shown(arena, place)};
    if (is_fetched(span_of(place))
            ? !fetch(s, "NEXTRING_ENV_FILE", place, &text)
            : secret_file_read(arena, place, NULL, SECRET_FILE_PRIVATE, s->from->self, &text,
                               s->mistakes) != ERR_NONE)
        return;
    if (span_starts(span_trim(text), SPAN("{")))
        json_entries(&e, text);
    else
        secret_file_entries(arena, text, e.shown, s->mistakes, env_entry, &e);
}

static void check_pair(const struct search *s)
{
    const bool key = s->found->places[CREDENTIAL_API_KEY] != NULL;
    const bool secret = s->found->places[CREDENTIAL_API_SECRET] != NULL;

    if (key != secret)
        mistakes_add(s->mistakes, NULL, 0, 0,
                     table[key ? CREDENTIAL_API_SECRET : CREDENTIAL_API_KEY].name,
                     "is missing beside %s; give both or neither",
                     table[key ? CREDENTIAL_API_KEY : CREDENTIAL_API_SECRET].name);
}

enum err credentials_open(const struct credentials_from *from, struct credentials **out,
                          struct mistakes *mistakes)
{
    const size_t before = mistakes->count + mistakes->more;
    struct arena *arena = arena_open_locked(0);
    struct credentials *c = ARENA_NEW(arena, struct credentials);
    struct search s = {.from = from, .found = c, .mistakes = mistakes};

    c->arena = arena;
    for (int i = 0; i < CREDENTIALS; i++) {
        keep(&s, i, variable(&s, table[i].name), NULL, 0);
        from_named_file(&s, i);
        from_systemd(&s, i);
    }
    from_env_file(&s);
    check_pair(&s);
    if (mistakes->count + mistakes->more > before) {
        credentials_close(&c);
        return ERR_BAD_INPUT;
    }
    *out = c;
    return ERR_NONE;
}

void credentials_close(struct credentials **credentials)
{
    if (!*credentials)
        return;
    struct arena *arena = (*credentials)->arena; /* holds the struct itself */
    arena_close(&arena);
    *credentials = NULL;
}

enum err credentials_require(const struct credentials *c, struct mistakes *mistakes)
{
    enum err e = ERR_NONE;

    for (int i = 0; i < CREDENTIALS; i++) {
        if (!table[i].is_needed || c->values[i].data)
            continue;
        mistakes_add(mistakes, NULL, 0, 0, table[i].name,
                     "is missing: %s; give it in the environment or in the file that "
                     "NEXTRING_ENV_FILE names, or name a file that holds it in %s_FILE",
                     table[i].use, table[i].name);
        e = ERR_BAD_INPUT;
    }
    return e;
}

bool credentials_is_same(const struct credentials *a, const struct credentials *b,
                         enum credential which)
{
    return span_is(a->values[which], b->values[which]);
}

const char *credentials_shown(struct arena *arena, const struct credentials *c,
                              enum credential which)
{
    enum { HEAD = 2, TAIL = 4 };
    const struct span value = c->values[which];

    if (!value.data)
        return "";
    if (which == CREDENTIAL_FROM_NUMBER)
        return arena_text(arena, value);
    if (table[which].is_secret || value.size < (size_t)2 * (HEAD + TAIL))
        return "***";
    return arena_printf(arena, "%.*s...%s", HEAD, value.data, value.data + value.size - TAIL);
}
