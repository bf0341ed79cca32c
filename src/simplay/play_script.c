#include "simplay/play_script.h"

#include <string.h>

struct reader {
    struct arena *arena;
    const struct play_grammar *grammar;
    struct play_script *script;
    struct buf *mistakes;
    unsigned mistake_count;
    struct play_token tokens[PLAY_TOKENS_MAX];
    size_t token_count;
};

static void complain(struct reader *r, int line, int column, const char *words)
{
    if (r->mistake_count++ < PLAY_MISTAKES_MAX)
        buf_printf(r->mistakes, "%s:%d:%d: %s\n", r->script->path, line, column, words);
}

/* ---- tokens ---- */

struct cursor {
    const char *at, *end, *line_start;
    int line;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* In characters, from 1. */
static int column_of(const struct cursor *c)
{
    int n = 1;

    for (const char *at = c->line_start; at < c->at; at++)
        n += (*at & 0xc0) != 0x80;
    return n;
}

static void skip_space(struct cursor *c)
{
    while (c->at < c->end && (is_space(*c->at) || *c->at == '#')) {
        if (*c->at == '#')
            while (c->at < c->end && *c->at != '\n')
                c->at++;
        if (c->at < c->end && *c->at == '\n') {
            c->line++;
            c->line_start = c->at + 1;
        }
        if (c->at < c->end)
            c->at++;
    }
}

/* False when the quote is not closed on its line. */
static bool quoted_cut(struct reader *r, struct cursor *c, struct span *out)
{
    char *text = arena_alloc(r->arena, (size_t)(c->end - c->at) + 1);
    size_t n = 0;

    for (c->at++; c->at < c->end && *c->at != '"' && *c->at != '\n'; c->at++) {
        if (*c->at == '\\' && c->at + 1 < c->end && c->at[1] != '\n')
            text[n++] = *++c->at == 'n' ? '\n' : *c->at;
        else
            text[n++] = *c->at;
    }
    if (c->at == c->end || *c->at != '"')
        return false;
    c->at++;
    *out = (struct span){text, n};
    return true;
}

static bool token_cut(struct reader *r, struct cursor *c, struct play_token *out)
{
    *out = (struct play_token){.at = c->at, .line = c->line, .column = column_of(c)};
    if (*c->at == ',') {
        out->kind = PLAY_COMMA;
        c->at++;
        return true;
    }
    if (*c->at == '"') {
        out->kind = PLAY_QUOTED;
        return quoted_cut(r, c, &out->text);
    }
    out->kind = PLAY_WORD;
    while (c->at < c->end && !is_space(*c->at) && *c->at != ',' && *c->at != '"')
        c->at++;
    out->text = (struct span){out->at, (size_t)(c->at - out->at)};
    return true;
}

/* False when a mistake was found. */
static bool tokenize(struct reader *r, struct span text, int line)
{
    struct cursor c = {text.data, text.data + text.size, text.data, line}, after = c;

    r->token_count = 0;
    for (skip_space(&c); c.at < c.end; skip_space(&c)) {
        if (r->token_count == PLAY_TOKENS_MAX - 1) {
            complain(r, line, 1, "the statement is too long");
            return false;
        }
        struct play_token *t = &r->tokens[r->token_count++];
        if (!token_cut(r, &c, t)) {
            complain(r, t->line, t->column, "the quote is not closed on this line");
            return false;
        }
        after = c;
    }
    r->tokens[r->token_count] =
        (struct play_token){PLAY_END, {NULL, 0}, c.end, after.line, column_of(&after)};
    return true;
}

/* ---- statements ---- */

static const struct play_row *match_row(struct reader *r, const struct play_row *const *tables,
                                        size_t table_count, const struct play_token *tokens,
                                        struct play_args *out_args, size_t *out_used)
{
    struct play_miss miss = {0};

    for (size_t k = 0; k < table_count; k++)
        for (const struct play_row *row = tables[k]; row && row->pattern; row++)
            if (play_pattern_match(r->arena, row->pattern, tokens, r->script->names, out_args,
                                   out_used, &miss))
                return row;
    struct buf words = buf_in(r->arena, 8192);
    play_pattern_explain(&miss, tokens, r->script->names, &words);
    complain(r, tokens[miss.far].line, tokens[miss.far].column, words.data);
    return NULL;
}

static struct play_party *party_new(struct reader *r, enum play_declares what)
{
    struct play_names *n = r->script->names;

    if (what == PLAY_LINE)
        return n->line_count < PLAY_LINES_MAX ? &n->lines[n->line_count++] : NULL;
    return n->phone_count < PLAY_PHONES_MAX ? &n->phones[n->phone_count++] : NULL;
}

static bool is_taken(const struct reader *r, struct span name)
{
    for (size_t k = 0; k < PLAY_TABLES; k++)
        for (const struct play_row *row = r->grammar->statements[k]; row && row->pattern; row++) {
            struct span rest;
            const struct span first = span_cut(span_of(row->pattern), ' ', &rest);
            if (first.data[0] != '{' && span_is(first, name))
                return true;
        }
    return false;
}

static void declare(struct reader *r, const struct play_statement *s)
{
    const struct span name = s->args.list[0].text, number = s->args.list[1].text;
    struct play_party *p = party_new(r, s->row->declares);

    if (!p) {
        complain(r, s->line, 1, "there are too many phones or lines");
    } else if (is_taken(r, name)) {
        complain(r, r->tokens[1].line, r->tokens[1].column,
                 "that name is a word of the language; choose another");
    } else {
        memcpy(p->name, name.data, name.size);
        memcpy(p->number, number.data, number.size);
    }
}

static bool read_steps(struct reader *r, struct play_statement *s, size_t at)
{
    if (r->tokens[at].kind == PLAY_COMMA && !s->row->steps) {
        complain(r, r->tokens[at].line, r->tokens[at].column,
                 "nothing may follow this statement after a comma");
        return false;
    }
    if (r->tokens[at].kind == PLAY_COMMA)
        s->steps = ARENA_NEW_N(r->arena, struct play_step, PLAY_STEPS_MAX);
    while (r->tokens[at].kind == PLAY_COMMA) {
        struct play_step *step = &s->steps[s->step_count];
        size_t used = 0;
        if (s->step_count++ == PLAY_STEPS_MAX) {
            complain(r, r->tokens[at].line, r->tokens[at].column, "up to 16 steps may follow");
            return false;
        }
        step->row = match_row(r, &r->grammar->steps, 1, &r->tokens[++at], &step->args, &used);
        if (!step->row)
            return false;
        at += used;
    }
    return true;
}

static void read_statement(struct reader *r, struct span text, int line)
{
    struct play_script *s = r->script;
    struct play_statement statement = {.text = span_trim(text), .line = line};
    size_t used = 0;

    if (!tokenize(r, text, line) || !r->token_count)
        return;
    if (s->count == PLAY_STATEMENTS_MAX) {
        complain(r, line, 1, "there are too many statements");
        return;
    }
    statement.row =
        match_row(r, r->grammar->statements, PLAY_TABLES, r->tokens, &statement.args, &used);
    if (!statement.row || !read_steps(r, &statement, used))
        return;
    if (statement.row->declares == PLAY_PHONE || statement.row->declares == PLAY_LINE)
        declare(r, &statement);
    s->statements[s->count++] = statement;
}

/* A line and the indented lines below it. */
static struct span statement_cut(struct span *rest, int *lines)
{
    const char *at = rest->data, *end = rest->data + rest->size;

    *lines = 0;
    do {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline ? newline + 1 : end;
        ++*lines;
    } while (at < end && (*at == ' ' || *at == '\t'));
    const struct span cut = {rest->data, (size_t)(at - rest->data)};
    *rest = (struct span){at, (size_t)(end - at)};
    return cut;
}

static size_t lines_of(struct span text)
{
    size_t n = 1;

    for (size_t i = 0; i < text.size; i++)
        n += text.data[i] == '\n';
    return n < PLAY_STATEMENTS_MAX ? n : PLAY_STATEMENTS_MAX;
}

enum err play_script_parse(struct arena *arena, const struct play_grammar *grammar,
                           const char *path, struct span text, struct play_script *out,
                           struct buf *mistakes)
{
    struct play_script *script = ARENA_NEW(arena, struct play_script);
    struct reader *r = ARENA_NEW(arena, struct reader);
    int line = 1, lines = 0;

    *script = (struct play_script){
        .path = path,
        .names = ARENA_NEW(arena, struct play_names),
        .statements = ARENA_NEW_N(arena, struct play_statement, lines_of(text)),
    };
    *r =
        (struct reader){.arena = arena, .grammar = grammar, .script = script, .mistakes = mistakes};
    if (text.size > PLAY_FILE_BYTES_MAX || memchr(text.data, 0, text.size)) {
        complain(r, 1, 1, "this is no scenario: it is too large, or no text");
        return ERR_BAD_INPUT;
    }
    for (struct span rest = text; rest.size; line += lines) {
        const struct span cut = statement_cut(&rest, &lines);
        if (cut.data[0] == '#' && !script->about.data)
            script->about = span_trim(span_skip(cut, 1));
        if (cut.data[0] != '#')
            read_statement(r, cut, line);
    }
    struct span below;
    script->about = span_trim(span_cut(script->about, '\n', &below));
    *out = *script;
    return r->mistake_count ? ERR_BAD_INPUT : ERR_NONE;
}
