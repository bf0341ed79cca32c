#include "config/job_file.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "codec/phone.h"
#include "config/nearest.h"

enum { WORDS_MAX = 256, COLUMNS_MAX = 32, SECONDS_MAX = 86400 * 30 };

/* Other names for the same, as state files and tables have them. */
static const struct {
    const char *name;
    enum job_field field;
} names[] = {
    {"id", JOB_FIELD_ID},
    {"customer", JOB_FIELD_CUSTOMER},
    {"phone", JOB_FIELD_CUSTOMER},
    {"status", JOB_FIELD_STATE},
    {"dispatcher", JOB_FIELD_OPERATOR},
    {"crew_phone", JOB_FIELD_CREW},
    {"description", JOB_FIELD_TITLE},
};

static int field_of(struct span name)
{
    for (int i = 0; i < JOB_FIELDS; i++)
        if (span_is_text(name, job_field_name((enum job_field)i)))
            return i;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (span_is_text(name, names[i].name))
            return (int)names[i].field;
    return -1;
}

static const char *no_field(struct arena *arena, struct span name)
{
    struct nearest nearest = nearest_to(name);

    for (int i = 0; i < JOB_FIELDS; i++)
        nearest_show(&nearest, span_of(job_field_name((enum job_field)i)));
    return nearest.best.data ? arena_printf(arena, "is no field of a job; did you mean \"%.*s\"?",
                                            SPAN_ARG(nearest.best))
                             : "is no field of a job; take it out";
}

struct reader {
    struct arena *arena;
    const struct roster *roster;
};

static const char *set_short(char *out, size_t size, struct span text)
{
    if (text.size >= size)
        return "is too long";
    memset(out, 0, size);
    if (text.size)
        memcpy(out, text.data, text.size);
    return NULL;
}

#define SET(field, text) set_short((field), sizeof(field), (text))

static const char *set_long(struct reader *r, struct span *out, size_t max, struct span text)
{
    if (text.size > max)
        return arena_printf(r->arena, "is longer than %zu bytes", max);
    *out = arena_copy(r->arena, text);
    return NULL;
}

static const char *set_phone(struct reader *r, char out[LIMIT_NUMBER_SIZE], struct span text)
{
    char number[PHONE_TEXT_SIZE];
    const enum phone_verdict v =
        phone_parse(text.data, text.size, r->roster ? r->roster->region : NULL, number);

    if (v != PHONE_GOOD)
        return arena_printf(r->arena, "%s; write it as +16195550111", phone_verdict_words(v));
    return set_short(out, LIMIT_NUMBER_SIZE, span_of(number));
}

static const char *set_language(char out[JOB_LANGUAGE_SIZE], struct span text)
{
    if (text.size != 2 || text.data[0] < 'a' || text.data[0] > 'z' || text.data[1] < 'a' ||
        text.data[1] > 'z')
        return "is no language: two small letters, as en, es, de or fr";
    return set_short(out, JOB_LANGUAGE_SIZE, text);
}

static const char *set_seconds(int32_t *out, struct span text)
{
    int64_t n;

    if (!span_number(text, 0, SECONDS_MAX, &n))
        return "is no number of seconds from 0 (never) to 2592000";
    *out = (int32_t)n;
    return NULL;
}

static const char *set_state(struct job *job, struct span text)
{
    if (span_is_text(text, "in_progress") || span_is_text(text, "in progress"))
        text = SPAN("in-progress");
    if (span_is_text(text, "canceled"))
        text = SPAN("cancelled");
    return job_state_parse(text, &job->state)
               ? NULL
               : "is none of pending, assigned, in-progress, completed, cancelled";
}

/* A person as text alone: a number. */
static const char *set_one(struct reader *r, struct job_person *people, uint8_t *count,
                           struct span text)
{
    memset(people, 0, sizeof people[0] * JOB_PEOPLE);
    *count = text.size > 0;
    return text.size ? set_phone(r, people[0].phone, text) : NULL;
}

/* Notes may be of several lines. */
static bool has_control(enum job_field field, struct span text)
{
    for (size_t i = 0; i < text.size; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        const bool is_layout = c == '\n' || c == '\r' || c == '\t';
        if ((c < 32 || c == 127) && !(is_layout && field == JOB_FIELD_NOTES))
            return true;
    }
    return false;
}

static const char *set_text(struct reader *r, struct job_draft *d, enum job_field field,
                            struct span text)
{
    struct job *job = &d->job;

    if (has_control(field, text))
        return "has a control character; take it out";
    d->given |= 1u << field;
    switch (field) {
    case JOB_FIELD_ID:
        return text.size ? SET(job->job_id, text) : "is empty";
    case JOB_FIELD_STATE:
        return set_state(job, text);
    case JOB_FIELD_TITLE:
        return set_long(r, &job->title, JOB_TITLE_BYTES, text);
    case JOB_FIELD_NOTES:
        return set_long(r, &job->notes, JOB_NOTES_BYTES, text);
    case JOB_FIELD_ADDRESS:
        return set_long(r, &job->address, JOB_ADDRESS_BYTES, text);
    case JOB_FIELD_CUSTOMER:
        return set_phone(r, job->customer, text);
    case JOB_FIELD_CUSTOMER_NAME:
        return SET(job->customer_name, text);
    case JOB_FIELD_LANGUAGE:
        return set_language(job->language, text);
    case JOB_FIELD_PRIORITY:
        return job_priority_parse(text, &job->priority) ? NULL
                                                        : "is none of low, normal, high, urgent";
    case JOB_FIELD_OPERATOR:
        if (text.size && (!r->roster || roster_operator_by_id(r->roster, text) < 0))
            return "is nobody on the roster: give an operator's id";
        return SET(job->operator_id, text);
    case JOB_FIELD_LINE: {
        const char *why = set_phone(r, job->line, text);
        if (!why && r->roster && !roster_line(r->roster, span_of(job->line)))
            return "is no line of the roster";
        return why;
    }
    case JOB_FIELD_CREW:
        return set_one(r, job->crew, &job->crew_count, text);
    case JOB_FIELD_STAKEHOLDERS:
        return set_one(r, job->stakeholders, &job->stakeholder_count, text);
    case JOB_FIELD_CLAIM_SECONDS:
        return set_seconds(&job->claim_s, text);
    case JOB_FIELD_PROGRESS_SECONDS:
        return set_seconds(&job->progress_s, text);
    case JOB_FIELDS:
        break;
    }
    return NULL;
}

/* ---- JSON ---- */

static bool is_list_field(enum job_field field)
{
    return field == JOB_FIELD_CREW || field == JOB_FIELD_STAKEHOLDERS;
}

static bool is_seconds_field(enum job_field field)
{
    return field == JOB_FIELD_CLAIM_SECONDS || field == JOB_FIELD_PROGRESS_SECONDS;
}

static bool read_person(struct reader *r, struct doc *doc, const struct doc_node *node,
                        struct job_person *out)
{
    static const char *const known[] = {"name", "phone", "language", NULL};
    struct span text = json_text(node->value);
    const char *why = NULL;

    memset(out, 0, sizeof *out);
    if (json_type(node->value) == JSON_TEXT) {
        why = set_phone(r, out->phone, span_trim(text));
        if (why)
            doc_mistake(doc, node, "%s", why);
        return !why;
    }
    if (!doc_is(doc, node, JSON_OBJECT, "{\"name\": \"Ben\", \"phone\": \"+16195550141\"}"))
        return false;
    doc_known(doc, node, known, true);
    const struct doc_node *phone = doc_get(doc, node, "phone"), *name = doc_get(doc, node, "name");
    const struct doc_node *language = doc_get(doc, node, "language");
    if (!phone) {
        doc_mistake(doc, node, "has no phone");
        return false;
    }
    why = doc_word(doc, phone, WORDS_MAX, &text) ? set_phone(r, out->phone, text) : "";
    if (why && why[0])
        doc_mistake(doc, phone, "%s", why);
    bool good = !why;
    if (name && doc_text(doc, name, LIMIT_NAME_SIZE - 1, &text))
        (void)SET(out->name, text);
    else
        good &= !name;
    if (language && doc_text(doc, language, WORDS_MAX, &text)) {
        why = set_language(out->language, text);
        if (why)
            doc_mistake(doc, language, "%s", why);
        good &= !why;
    }
    return good;
}

static bool read_people(struct reader *r, struct doc *doc, const struct doc_node *node,
                        struct job_person *people, uint8_t *count)
{
    bool good = true;

    if (doc_count(node) > JOB_PEOPLE) {
        doc_mistake(doc, node, "has %zu people; %d are the limit", doc_count(node), JOB_PEOPLE);
        return false;
    }
    for (size_t i = 0; i < doc_count(node); i++)
        good &= read_person(r, doc, doc_item(doc, node, i), &people[i]);
    *count = (uint8_t)doc_count(node);
    return good;
}

static bool read_field(struct reader *r, struct doc *doc, const struct doc_node *node,
                       enum job_field field, struct job_draft *d)
{
    struct span text = {0};

    if (is_list_field(field) && json_type(node->value) == JSON_LIST) {
        d->given |= 1u << field;
        return field == JOB_FIELD_CREW
                   ? read_people(r, doc, node, d->job.crew, &d->job.crew_count)
                   : read_people(r, doc, node, d->job.stakeholders, &d->job.stakeholder_count);
    }
    if (is_seconds_field(field) && json_type(node->value) == JSON_NUMBER) {
        int64_t n;
        if (!doc_number(doc, node, 0, SECONDS_MAX, &n))
            return false;
        text = span_of(arena_printf(r->arena, "%lld", (long long)n));
    } else if (json_type(node->value) == JSON_TEXT && !json_text(node->value).size)
        text = (struct span){0};
    else if (field == JOB_FIELD_NOTES && json_type(node->value) == JSON_TEXT)
        text = json_text(node->value); /* of several lines */
    else if (!doc_word(doc, node, JOB_NOTES_BYTES, &text))
        return false;
    const char *why = set_text(r, d, field, text);
    if (why)
        doc_mistake(doc, node, "%s", why);
    return !why;
}

bool job_file_read(struct arena *arena, struct doc *doc, const struct doc_node *node,
                   const struct roster *roster, bool strict, struct job_draft *out)
{
    struct reader r = {arena, roster};
    bool good = true;

    memset(out, 0, sizeof *out);
    if (!doc_is(doc, node, JSON_OBJECT, "an object: {\"job_id\": \"17\", \"title\": \"...\"}"))
        return false;
    for (size_t i = 0; i < doc_count(node); i++) {
        const struct doc_node *member = doc_item(doc, node, i);
        const int field = field_of(member->key);
        if (field < 0 && strict) {
            doc_mistake(doc, member, "%s", no_field(arena, member->key));
            good = false;
        }
        if (field < 0 || json_type(member->value) == JSON_NULL)
            continue;
        if (strict && out->given & 1u << field) {
            doc_mistake(doc, member, "says the same as %s; keep one of the two",
                        job_field_name((enum job_field)field));
            good = false;
        } else
            good &= read_field(&r, doc, member, (enum job_field)field, out);
    }
    return good;
}

static enum err verdict(const struct mistakes *m, size_t before)
{
    return m->count + m->more == before ? ERR_NONE : ERR_BAD_INPUT;
}

enum err job_file_json(struct arena *arena, struct span text, const struct roster *roster,
                       struct mistakes *mistakes, struct job_file *out)
{
    const size_t before = mistakes->count + mistakes->more;
    struct doc doc;
    const struct doc_node *top = doc_open(&doc, NULL, text, mistakes);
    enum err err = ERR_NONE;

    *out = (struct job_file){.is_list = top && json_type(top->value) == JSON_LIST};
    const size_t count = out->is_list ? doc_count(top) : 1;
    if (count > JOB_DRAFTS)
        err = ERR_FULL;
    out->drafts = ARENA_NEW_N(arena, struct job_draft, err ? 1 : count);
    for (size_t i = 0; top && !err && i < count; i++) {
        const struct doc_node *node = out->is_list ? doc_item(&doc, top, i) : top;
        struct job_draft *d = &out->drafts[out->count];
        int column;
        if (!job_file_read(arena, &doc, node, roster, true, d))
            continue;
        if (out->is_list)
            json_locate(text, arena_printf(arena, "[%zu]", i), &d->line, &column);
        else
            d->line = 0;
        out->count++;
    }
    doc_close(&doc);
    return err ? err : verdict(mistakes, before);
}

/* ---- comma-separated values ---- */

/* The next cell; *out_last when its row ends with it, *out_open when its quotes never end. */
static struct span next_cell(struct arena *arena, struct span *rest, bool *out_last, bool *out_open,
                             int *line)
{
    struct buf cell = buf_in(arena, JOB_NOTES_BYTES * 2);
    const bool quoted = rest->size && rest->data[0] == '"';
    size_t i = quoted;
    bool inside = quoted;

    *out_last = true;
    for (; i < rest->size; i++) {
        const char ch = rest->data[i];
        if (inside && ch == '"' && i + 1 < rest->size && rest->data[i + 1] == '"')
            buf_add_char(&cell, rest->data[i++]);
        else if (inside && ch == '"')
            inside = false;
        else if (!inside && (ch == ',' || ch == '\n')) {
            *out_last = ch == '\n';
            *line += ch == '\n';
            i++;
            break;
        } else if (inside || ch != '\r') {
            *line += ch == '\n';
            buf_add_char(&cell, ch);
        }
    }
    *rest = span_skip(*rest, i);
    *out_open = inside;
    return span_trim(buf_span(&cell));
}

struct table {
    struct reader reader;
    struct mistakes *mistakes;
    int fields[COLUMNS_MAX];
    struct span heads[COLUMNS_MAX];
    int columns, line;
};

/* What is wrong with the name of the column that comes next; NULL: nothing. */
static const char *head_mistake(const struct table *t, struct span name, bool is_open)
{
    const int field = field_of(name);

    if (is_open)
        return "its quotes never end";
    if (t->columns == COLUMNS_MAX)
        return arena_printf(t->reader.arena, "is one column too many; %d are the limit",
                            COLUMNS_MAX);
    if (field < 0 && !span_is_text(name, "crew_name"))
        return no_field(t->reader.arena, name);
    for (int i = 0; i < t->columns; i++)
        if (field >= 0 ? t->fields[i] == field : span_is(t->heads[i], name))
            return arena_printf(t->reader.arena, "says the same as column %d; keep one of the two",
                                i + 1);
    return NULL;
}

static void read_head(struct table *t, struct span *rest)
{
    bool is_open = false;

    for (bool last = false; !last && rest->size;) {
        const struct span name = next_cell(t->reader.arena, rest, &last, &is_open, &t->line);
        const char *why = head_mistake(t, name, is_open);
        if (why)
            mistakes_add(t->mistakes, NULL, 1, t->columns + 1, arena_text(t->reader.arena, name),
                         "%s", why);
        if (t->columns == COLUMNS_MAX)
            return;
        t->heads[t->columns] = name;
        t->fields[t->columns++] = field_of(name);
    }
}

static const char *read_cell(struct table *t, int column, struct span text, struct job_draft *d)
{
    char name[LIMIT_NAME_SIZE];

    if (column >= t->columns)
        return "stands in a column without a name; are quotes missing around a comma?";
    if (span_is_text(t->heads[column], "crew_name"))
        return has_control(JOB_FIELD_CREW, text) ? "has a control character; take it out"
                                                 : SET(d->job.crew[0].name, text);
    if (t->fields[column] < 0)
        return NULL;
    memcpy(name, d->job.crew[0].name, sizeof name); /* its column may stand first */
    const char *why = set_text(&t->reader, d, (enum job_field)t->fields[column], text);
    memcpy(d->job.crew[0].name, name, sizeof name);
    return why;
}

/* False: the row is empty, or has a mistake. */
static bool read_row(struct table *t, struct span *rest, struct job_draft *d)
{
    const int line = t->line;
    bool good = true, any = false, is_open = false;
    int column = 0;

    memset(d, 0, sizeof *d);
    for (bool last = false; !last && (rest->size || column == 0); column++) {
        const struct span text = next_cell(t->reader.arena, rest, &last, &is_open, &t->line);
        any |= text.size > 0;
        const char *why = is_open     ? "its quotes never end"
                          : text.size ? read_cell(t, column, text, d)
                                      : NULL;
        if (!why)
            continue;
        const struct span head = column < t->columns ? t->heads[column] : (struct span){0};
        mistakes_add(t->mistakes, NULL, line, column + 1,
                     head.size ? arena_text(t->reader.arena, head) : NULL, "%s", why);
        good = false;
    }
    if (good && d->job.crew[0].name[0] && !d->job.crew_count) {
        mistakes_add(t->mistakes, NULL, line, 0, "crew_name", "has no crew_phone beside it");
        good = false;
    }
    d->line = line;
    return good && any;
}

enum err job_file_csv(struct arena *arena, struct span text, const struct roster *roster,
                      struct mistakes *mistakes, struct job_file *out)
{
    const size_t before = mistakes->count + mistakes->more;
    struct table t = {.reader = {arena, roster}, .mistakes = mistakes, .line = 1};
    size_t rows = 0;

    if (span_starts(text, SPAN("\xef\xbb\xbf")))
        text = span_skip(text, 3);
    *out = (struct job_file){.is_list = true};
    if (!utf8_is_valid(text)) {
        mistakes_add(mistakes, NULL, 0, 0, NULL, "the table is not UTF-8: save it as such");
        return ERR_BAD_INPUT;
    }
    for (size_t i = 0; i < text.size; i++)
        rows += text.data[i] == '\n';
    const size_t room = rows < JOB_DRAFTS ? rows + 1 : JOB_DRAFTS + 1;
    out->drafts = ARENA_NEW_N(arena, struct job_draft, room);
    read_head(&t, &text);
    while (text.size && out->count < room)
        if (read_row(&t, &text, &out->drafts[out->count]))
            out->count++;
    if (out->count > JOB_DRAFTS)
        return ERR_FULL;
    return verdict(mistakes, before);
}
