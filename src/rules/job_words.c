#include "rules/job_words.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "model/segments.h"

enum { TEXT_MAX = 4096, SHORTEST = 8 };

/* clang-format off */
static const struct {
    const char *language;
    const char *templates[JOB_NEWSES];
} built_in[] = {
    {"en", {"{{business}}: job {{job}} {{title}} {{customer}} {{address}}. Claim it: {{link}}",
            "{{business}}: job {{job}} {{title}} {{address}} was handed to you. Claim it: {{link}}",
            "{{business}}: job {{job}} {{title}} is with {{crew}} now.",
            "{{business}}: job {{job}} {{title}} was completed at {{time}}.",
            "{{business}}: job {{job}} {{title}} was cancelled at {{time}}.",
            "{{business}}: job {{job}} {{title}} is cancelled. Nothing is left to do."}},
    {"es", {"{{business}}: trabajo {{job}} {{title}} {{customer}} {{address}}. Acepte: {{link}}",
            "{{business}}: trabajo {{job}} {{title}} {{address}} es suyo ahora. Acepte: {{link}}",
            "{{business}}: el trabajo {{job}} {{title}} lo tiene ahora {{crew}}.",
            "{{business}}: el trabajo {{job}} {{title}} se ha terminado a las {{time}}.",
            "{{business}}: el trabajo {{job}} {{title}} se ha anulado a las {{time}}.",
            "{{business}}: el trabajo {{job}} {{title}} se ha anulado."}},
    {"de", {"{{business}}: Auftrag {{job}} {{title}} {{customer}} {{address}}. Annehmen: {{link}}",
            "{{business}}: Auftrag {{job}} {{title}} {{address}} ist nun Ihrer. Annehmen: {{link}}",
            "{{business}}: Auftrag {{job}} {{title}} hat jetzt {{crew}}.",
            "{{business}}: Auftrag {{job}} {{title}} ist seit {{time}} fertig.",
            "{{business}}: Auftrag {{job}} {{title}} wurde um {{time}} abgebrochen.",
            "{{business}}: Auftrag {{job}} {{title}} ist abgesagt."}},
    {"fr", {"{{business}}: travail {{job}} {{title}} {{customer}} {{address}}. Accepter: {{link}}",
            "{{business}}: travail {{job}} {{title}} {{address}} est à vous. Accepter: {{link}}",
            "{{business}}: le travail {{job}} {{title}} est maintenant à {{crew}}.",
            "{{business}}: le travail {{job}} {{title}} est terminé depuis {{time}}.",
            "{{business}}: le travail {{job}} {{title}} a été annulé à {{time}}.",
            "{{business}}: le travail {{job}} {{title}} est annulé."}},
};

static const char *const exceptions[JOB_EXCEPTIONS] = {
    "", "nobody has claimed it in time", "was given back", "no progress for too long",
    "was cancelled while in progress", "a text to its crew cannot be delivered"};
/* clang-format on */

static const char *template_of(const struct job_words *w)
{
    size_t i = sizeof built_in / sizeof built_in[0] - 1;

    while (i > 0 && !span_is_text(w->language, built_in[i].language))
        i--;
    return built_in[i].templates[w->news];
}

/* Without what would break a line, and without two spaces where a field is empty. */
static void add_clean(struct buf *out, struct span text)
{
    for (size_t i = 0; i < text.size; i++) {
        const unsigned char ch = (unsigned char)text.data[i];
        const bool is_space = ch <= ' ' || ch == 0x7f;
        const bool after_space = out->size > 0 && out->data[out->size - 1] == ' ';
        const bool closes = ch == '.' || ch == ',';
        if (closes && after_space)
            out->size--;
        if (!is_space)
            buf_add_char(out, (char)ch);
        else if (!after_space && out->size > 0)
            buf_add_char(out, ' ');
    }
}

static struct span fill(struct arena *arena, const struct job_words *w)
{
    struct buf out = buf_in(arena, TEXT_MAX);
    struct span rest = w->template.size ? w->template : span_of(template_of(w)), before, name;
    struct span after;

    while (job_template_next(rest, &before, &name, &after)) {
        const int word = job_template_word(name);
        add_clean(&out, before);
        if (word >= 0)
            add_clean(&out, w->values[word]);
        rest = after;
    }
    add_clean(&out, rest);
    return span_trim(buf_span(&out));
}

static int longest(const struct job_words *w)
{
    int found = -1;

    for (int i = 0; i < JOB_WORDS; i++)
        if (i != JOB_WORD_LINK && i != JOB_WORD_JOB && i != JOB_WORD_TIME &&
            utf8_count(w->values[i]) > SHORTEST &&
            (found < 0 || w->values[i].size > w->values[found].size))
            found = i;
    return found;
}

struct span job_words_render(struct arena *arena, const struct job_words *words)
{
    struct job_words w = *words;

    for (int i = 0; i < JOB_WORDS; i++)
        if (i != JOB_WORD_LINK)
            w.values[i] = segments_smart(arena, w.values[i]);
    for (;;) {
        const struct span text = fill(arena, &w);
        const int i = segments_count(text).count > 1 ? longest(&w) : -1;
        if (i < 0)
            return text;
        w.values[i] =
            span_trim(segments_cut_characters(w.values[i], utf8_count(w.values[i]) * 7 / 8));
    }
}

struct span job_words_exception(struct arena *arena, enum job_exception exception,
                                const struct job *job, struct span who)
{
    struct buf out = buf_in(arena, TEXT_MAX);

    buf_printf(&out, "Job %s", job->job_id);
    if (job->title.size)
        buf_printf(&out, " (%.*s)", SPAN_ARG(job->title));
    buf_printf(&out, ": %s", exceptions[exception]);
    if (who.size)
        buf_printf(&out, " (%.*s)", SPAN_ARG(who));
    return buf_span(&out);
}
