#include "simworld/sim_note.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/terminal.h"
#include "codec/timestamp.h"

enum { NOTE_BYTES_MAX = 64 << 10, WORDS_SIZE = 512 };

static void begin(struct sim_world *w, struct sim_note *n, const char *kind, const char *words)
{
    char at[TIMESTAMP_SIZE];

    arena_reset(w->note_arena);
    n->warning = !strcmp(kind, "warning");
    n->buf = buf_in(w->note_arena, NOTE_BYTES_MAX);
    n->json = json_out(&n->buf);
    timestamp_render(sim_world_now(w), at);
    if (!w->quiet) {
        printf("%s  %-8s ", at, kind);
        terminal_put(stdout, span_of(words));
        putchar('\n');
        fflush(stdout);
    }
    json_out_object(&n->json, NULL);
    json_out_number(&n->json, "n", w->note_count + 1);
    json_out_text(&n->json, "at", span_of(at));
    json_out_number(&n->json, "at_ms", sim_world_now(w));
    json_out_text(&n->json, "kind", span_of(kind));
    json_out_text(&n->json, "words", span_of(words));
}

void sim_note_open(struct sim_world *w, struct sim_note *n, const char *kind, const char *format,
                   ...)
{
    char words[WORDS_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    begin(w, n, kind, words);
}

static void keep(struct sim_note_entry *e, const struct sim_note *n, int64_t number)
{
    free(e->json);
    e->json = arena_must_alloc(n->buf.size + 1);
    memcpy(e->json, n->buf.data, n->buf.size);
    e->number = number;
}

void sim_note_close(struct sim_world *w, struct sim_note *n)
{
    json_out_end_object(&n->json);
    if (n->buf.full)
        return;
    keep(&w->notes[w->note_count % SIM_NOTES_MAX], n, w->note_count + 1);
    w->note_count++;
    if (n->warning)
        keep(&w->warnings[w->warning_count++ % SIM_WARNINGS_MAX], n, w->note_count);
}

/* Whether the carrier lists the code as an error, or only as a warning. */
static bool is_error_code(int code)
{
    static const int errors[] = {13201, 13325, 13420, 13621, 13801, 13802, 13803, 13804};

    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (code == errors[i])
            return true;
    if (code / 1000 == 13 || code == 12200 || code / 100 == 141)
        return false;
    return code != 14207;
}

/* Whose call or text it is; NULL: nobody's. */
static const struct sim_account *account_of(struct sim_world *w, const struct sim_note_about *about)
{
    const struct span sid = span_of(about->subject);

    if (about->failure && about->failure->account)
        return about->failure->account;
    const struct sim_leg *leg = sim_world_leg(w, sid);
    const struct sim_text *text = leg ? NULL : sim_world_text(w, sid);
    return leg ? leg->account : text ? text->account : NULL;
}

static void keep_notice(struct sim_world *w, int code, const struct sim_note_about *about,
                        const char *words)
{
    char sid[LIMIT_SID_SIZE];

    sim_world_sid(w, "NO", (uint32_t)w->notices.count, sid);
    const struct sim_notice_draft draft = {.sid = sid,
                                           .at_ms = sim_world_now(w),
                                           .account = account_of(w, about),
                                           .subject = about->subject,
                                           .url = about->url,
                                           .method = about->method,
                                           .words = words,
                                           .code = code,
                                           .is_error = is_error_code(code),
                                           .failure = about->failure};

    if (draft.account)
        sim_notice_add(&w->notices, &draft);
}

static void note_problem(struct sim_world *w, int code, const struct sim_note_about *about,
                         const char *words)
{
    struct sim_note n;
    char whole[WORDS_SIZE + 16];

    snprintf(whole, sizeof whole, "%d: %s", code, words);
    begin(w, &n, "warning", whole);
    json_out_number(&n.json, "code", code);
    json_out_text(&n.json, "level", span_of(is_error_code(code) ? "error" : "warning"));
    json_out_text(&n.json, "subject", span_of(about->subject));
    if (about->url)
        json_out_text(&n.json, "url", span_of(about->url));
    if (about->method)
        json_out_text(&n.json, "method", span_of(about->method));
    sim_note_close(w, &n);
    keep_notice(w, code, about, words);
}

void sim_note_problem(struct sim_world *w, int code, const struct sim_note_about *about,
                      const char *format, ...)
{
    char words[WORDS_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    note_problem(w, code, about, words);
}

void sim_note_warning(struct sim_world *w, int code, const char *subject, const char *format, ...)
{
    const struct sim_note_about about = {.subject = subject};
    char words[WORDS_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    note_problem(w, code, &about, words);
}

void sim_note(struct sim_world *w, const char *kind, const char *format, ...)
{
    struct sim_note n;
    char words[WORDS_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    begin(w, &n, kind, words);
    sim_note_close(w, &n);
}

void sim_note_list(const struct sim_world *w, int64_t after, struct buf *out)
{
    struct json_out o = json_out(out);
    const int64_t dropped = w->note_count > SIM_NOTES_MAX ? w->note_count - SIM_NOTES_MAX : 0;

    json_out_object(&o, NULL);
    json_out_number(&o, "last", w->note_count);
    json_out_number(&o, "dropped", dropped);
    json_out_list(&o, "entries");
    for (int64_t n = after > dropped ? after : dropped; n < w->note_count; n++)
        json_out_raw(&o, NULL, span_of(w->notes[n % SIM_NOTES_MAX].json));
    json_out_end_list(&o);
    json_out_end_object(&o);
}

void sim_note_warnings(const struct sim_world *w, int64_t after, struct buf *out)
{
    struct json_out o = json_out(out);
    const int64_t dropped =
        w->warning_count > SIM_WARNINGS_MAX ? w->warning_count - SIM_WARNINGS_MAX : 0;

    json_out_object(&o, NULL);
    json_out_number(&o, "last", w->note_count);
    json_out_number(&o, "dropped", dropped);
    json_out_list(&o, "warnings");
    for (int64_t i = dropped; i < w->warning_count; i++) {
        const struct sim_note_entry *e = &w->warnings[i % SIM_WARNINGS_MAX];
        if (e->number > after)
            json_out_raw(&o, NULL, span_of(e->json));
    }
    json_out_end_list(&o);
    json_out_end_object(&o);
}
