#include "simplay/play.h"

#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FILLED_MAX = 16 << 10, GROUPS = 4 };

void play_give_up(struct play *p, const char *format, ...)
{
    char words[1024];
    va_list args;

    if (p->why)
        return;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    p->why = arena_text(p->arena, span_of(words));
    p->why_line = p->at < p->script->count ? p->script->statements[p->at].line : 0;
}

void play_turn(struct play *p, int64_t ms)
{
    p->until_ms = clock_now_ms(p->clock) + ms;
    p->waits = PLAY_TURNS;
    sim_turn_to(p->sim, p->until_ms, p->patience_ms);
}

struct span play_last_text(struct play *p, const struct play_party *phone)
{
    const struct sim_text *last = NULL;

    for (size_t i = 0; i < p->world->text_count; i++) {
        const struct sim_text *t = p->world->texts[i];
        if (t->arrived_ms && t->direction != SIM_INBOUND && !strcmp(t->to, phone->number) &&
            (!last || t->arrived_ms >= last->arrived_ms))
            last = t;
    }
    return last ? span_of(last->body) : (struct span){0};
}

/* What the group finds, or the whole pattern where it has no such group. */
static bool find(struct play *p, const char *pattern, int group, struct span text, struct span *out)
{
    regmatch_t found[GROUPS];
    regex_t compiled;

    if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NEWLINE)) {
        play_give_up(p, "the pattern \"%s\" is no extended regular expression", pattern);
        return false;
    }
    const char *copy = arena_text(p->arena, text);
    const bool is = regexec(&compiled, copy, GROUPS, found, 0) == 0;
    if (is) {
        const regmatch_t m = found[group].rm_so >= 0 ? found[group] : found[0];
        *out = (struct span){copy + m.rm_so, (size_t)(m.rm_eo - m.rm_so)};
    }
    regfree(&compiled);
    return is;
}

bool play_take(struct play *p, struct span name, const char *pattern, struct span text)
{
    struct play_capture *c = p->captures;
    struct span value;

    if (!find(p, pattern, 1, text, &value))
        return false;
    while (c < p->captures + p->capture_count && !span_is(c->name, name))
        c++;
    if (c == p->captures + PLAY_CAPTURES_MAX) {
        play_give_up(p, "more than %d names are taken", PLAY_CAPTURES_MAX);
        return false;
    }
    if (c == p->captures + p->capture_count)
        p->capture_count++;
    *c = (struct play_capture){name, value};
    return true;
}

/* What is found in the last text by itself. */
/* clang-format off */
static const struct placeholder {
    const char *name, *pattern;
    int group;
} placeholders[] = {
    {"tag",  "(^|[^A-Za-z0-9])([B-DF-HJ-NP-TV-Z][2-9][B-DF-HJ-NP-TV-Z])([^A-Za-z0-9]|$)", 2},
    {"link", "https?://[^[:space:]]+", 0},
};
/* clang-format on */

static bool value_of(struct play *p, const struct play_party *phone, struct span name,
                     struct span *out)
{
    for (size_t i = 0; i < p->capture_count; i++)
        if (span_is(p->captures[i].name, name)) {
            *out = p->captures[i].value;
            return true;
        }
    if (span_is_text(name, "server")) {
        *out = span_of(play_server_base(&p->server));
        return true;
    }
    for (size_t i = 0; phone && i < sizeof placeholders / sizeof placeholders[0]; i++)
        if (span_is_text(name, placeholders[i].name))
            return find(p, placeholders[i].pattern, placeholders[i].group, play_last_text(p, phone),
                        out);
    return false;
}

struct span play_fill(struct play *p, const struct play_party *phone, struct span text)
{
    struct buf b = buf_in(p->arena, FILLED_MAX);

    buf_add_text(&b, "");
    while (text.size) {
        const char *close = text.data[0] == '{' ? memchr(text.data, '}', text.size) : NULL;
        struct span value;
        const struct span name = {text.data + 1, close ? (size_t)(close - text.data) - 1 : 0};
        size_t plain = 0;
        while (close && plain < name.size && name.data[plain] >= 'a' && name.data[plain] <= 'z')
            plain++;
        if (!close || plain < name.size || !name.size) {
            buf_add_char(&b, text.data[0]);
            text = span_skip(text, 1);
        } else if (value_of(p, phone, name, &value)) {
            buf_add(&b, value);
            text = span_skip(text, name.size + 2);
        } else {
            play_give_up(p, "there is no {%.*s}: nothing was taken under that name%s%s",
                         SPAN_ARG(name), phone ? ", nor is it in the last text to " : "",
                         phone ? phone->name : "");
            return text;
        }
    }
    return buf_span(&b);
}

static size_t starts(struct span words, const char *with)
{
    const struct span prefix = span_of(with);

    return prefix.size && span_starts(words, prefix) ? prefix.size : 0;
}

void play_put_names(const struct play *p, struct span words, struct buf *out)
{
    const struct play_names *n = p->script->names;
    const char *server = play_server_base(&p->server);

    while (words.size) {
        const char *name = NULL;
        size_t size = 0;
        for (size_t i = 0; i < n->phone_count && !size; i++)
            if ((size = starts(words, n->phones[i].number)))
                name = n->phones[i].name;
        for (size_t i = 0; i < n->line_count && !size; i++)
            if ((size = starts(words, n->lines[i].number)))
                name = n->lines[i].name;
        if (!size && (size = starts(words, server)))
            name = "{server}";
        if (!size && p->sim && (size = starts(words, sim_base(p->sim))))
            name = "{carrier}";
        if (size)
            buf_add_text(out, name);
        else if (words.data[0] == '\n')
            buf_add_text(out, "\\n");
        else
            buf_add_char(out, words.data[0]);
        words = span_skip(words, size ? size : 1);
    }
}
