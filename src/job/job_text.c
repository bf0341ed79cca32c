#include "job/job_text.h"

#include <string.h>

#include "base/buf.h"

enum {
    WORD_MAX = 24,            /* letters of a word, as it is compared */
    READ_MAX = JOB_SIZE + 48, /* a longer text has more in it than a word and an id */
    ANSWER_MAX = 1024,
};

/* In small letters, without accents, spaces and hyphens: as fold() leaves them. None of them may
 * ever be a word of the carrier's but the last. */
/* clang-format off */
static const struct word {
    const char *word;
    enum job_text_kind kind;
    enum job_cause cause;
} words[] = {
    {"claim", JOB_TEXT_MOVE, JOB_CLAIM},       {"begin", JOB_TEXT_MOVE, JOB_START},
    {"complete", JOB_TEXT_MOVE, JOB_COMPLETE}, {"completed", JOB_TEXT_MOVE, JOB_COMPLETE},
    {"giveback", JOB_TEXT_MOVE, JOB_GIVE_BACK},
    {"acepte", JOB_TEXT_MOVE, JOB_CLAIM},      {"acepto", JOB_TEXT_MOVE, JOB_CLAIM},
    {"aceptar", JOB_TEXT_MOVE, JOB_CLAIM},     {"empiezo", JOB_TEXT_MOVE, JOB_START},
    {"empezar", JOB_TEXT_MOVE, JOB_START},     {"terminado", JOB_TEXT_MOVE, JOB_COMPLETE},
    {"terminar", JOB_TEXT_MOVE, JOB_COMPLETE}, {"devolver", JOB_TEXT_MOVE, JOB_GIVE_BACK},
    {"devuelvo", JOB_TEXT_MOVE, JOB_GIVE_BACK},
    {"annehmen", JOB_TEXT_MOVE, JOB_CLAIM},    {"beginnen", JOB_TEXT_MOVE, JOB_START},
    {"beginne", JOB_TEXT_MOVE, JOB_START},     {"fertig", JOB_TEXT_MOVE, JOB_COMPLETE},
    {"zuruckgeben", JOB_TEXT_MOVE, JOB_GIVE_BACK},
    {"zurueckgeben", JOB_TEXT_MOVE, JOB_GIVE_BACK},
    {"accepter", JOB_TEXT_MOVE, JOB_CLAIM},    {"accepte", JOB_TEXT_MOVE, JOB_CLAIM},
    {"commencer", JOB_TEXT_MOVE, JOB_START},   {"commence", JOB_TEXT_MOVE, JOB_START},
    {"termine", JOB_TEXT_MOVE, JOB_COMPLETE},  {"terminer", JOB_TEXT_MOVE, JOB_COMPLETE},
    {"rendre", JOB_TEXT_MOVE, JOB_GIVE_BACK},
    {"start", JOB_TEXT_START, JOB_START},
};

/* {j} the job, {n} a name, {s} its state, {l} a list, {w} the word for what he wanted or, after
 * a claim or a beginning, for what comes next. */
static const struct tongue {
    const char *language;
    const char *states[JOB_STATES];
    const char *claim, *begin, *complete, *give_back;
    const char *replies[JOB_REPLIES];
} tongues[] = {
    {"en", {"pending", "assigned", "in progress", "completed", "cancelled"},
     "claim", "begin", "complete", "give back",
     {"Job {j} is yours. When you start, text: {w}",
      "Job {j} is in progress. When it is done, text: {w}",
      "Job {j} is completed. Thank you.",
      "Job {j} is given back. Whoever is on duty is told.",
      "Nothing done yet: which job? Text {w} and one of: {l}",
      "Nothing done: {n} is no job of yours. Yours: {l}",
      "Nothing done: job {j} is with {n}.",
      "Nothing done: job {j} is {s}.",
      "Nothing done: job {j} is {s}. Possible: {l}",
      "Nothing done here: that word is the carrier's. To begin a job, text: {w}"}},
    {"es", {"pendiente", "asignado", "en curso", "terminado", "anulado"},
     "acepto", "empiezo",
     "terminado", "devolver",
     {"El trabajo {j} es suyo. Al empezar, escriba: {w}",
      "El trabajo {j} queda en curso. Al terminar, escriba: {w}",
      "El trabajo {j} se ha terminado. Gracias.",
      "El trabajo {j} se ha devuelto. Se avisa a la guardia.",
      "Nada hecho. Escriba {w} y uno de: {l}",
      "Nada hecho: {n} no es un trabajo suyo. Suyos: {l}",
      "Nada hecho: el trabajo {j} lo tiene {n}.",
      "Nada hecho. Trabajo {j}: {s}.",
      "Nada hecho. Trabajo {j}: {s}. Posible: {l}",
      "Nada hecho: esa palabra es del operador. Para empezar, escriba: {w}"}},
    {"de", {"offen", "vergeben", "in Arbeit", "fertig", "abgesagt"},
     "annehmen", "beginnen",
     "fertig", "zurückgeben",
     {"Auftrag {j} ist Ihrer. Wenn Sie anfangen, schreiben Sie: {w}",
      "Auftrag {j} ist in Arbeit. Am Ende schreiben Sie: {w}",
      "Auftrag {j} ist fertig. Danke.",
      "Auftrag {j} ist zurückgegeben. Der Dienst erfährt es.",
      "Noch nichts getan: welcher Auftrag? Schreiben Sie {w} und einen von: {l}",
      "Nichts getan: {n} ist kein Auftrag von Ihnen. Ihre: {l}",
      "Nichts getan: Auftrag {j} hat {n}.",
      "Nichts getan: Auftrag {j} ist {s}.",
      "Nichts getan: Auftrag {j} ist {s}. Möglich: {l}",
      "Nichts getan: das Wort gehört dem Netz. Zum Anfangen schreiben Sie: {w}"}},
    {"fr", {"en attente", "attribué", "en cours", "terminé", "annulé"},
     "accepter", "commencer",
     "terminé", "rendre",
     {"Le travail {j} est pour vous. En arrivant, répondez : {w}",
      "Le travail {j} est en cours. Quand c'est fini, répondez : {w}",
      "Le travail {j} est terminé. Merci.",
      "Le travail {j} est rendu. La permanence le sait.",
      "Rien de fait : quel travail ? Répondez {w} et l'un de : {l}",
      "Rien de fait : {n} n'est pas un travail pour vous. Il y a : {l}",
      "Rien de fait : {n} a le travail {j}.",
      "Rien de fait : le travail {j} est {s}.",
      "Rien de fait : le travail {j} est {s}. Possible : {l}",
      "Rien de fait : ce mot est celui de l'opérateur. Pour commencer, répondez : "
      "{w}"}},
};

/* Of the letters that UTF-8 writes as C3 80 to C3 BF: without what stands above or below. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo?ouuuuy?saaaaaaaceeeeiiiidnooooo?ouuuuy?y";
/* What may stand before an id. */
static const char *const before_id[] = {"job", "auftrag", "trabajo", "travail", "nr", "no"};
/* clang-format on */

/* ---- reading ---- */

static bool is_stray(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7f || strchr(".,:;!?\"'()#*-", c) != NULL;
}

static struct span strip(struct span text)
{
    while (text.size && is_stray(text.data[0]))
        text = span_skip(text, 1);
    while (text.size && is_stray(text.data[text.size - 1]))
        text.size--;
    return text;
}

/* The letter at text[*at], folded, and *at behind it; 0: none, and '?': what no word has. */
static char fold_one(struct span text, size_t *at)
{
    const unsigned char c = (unsigned char)text.data[(*at)++];

    if (c == ' ' || c == '-' || c == '\t')
        return 0;
    if (c == 0xc3 && *at < text.size) {
        const unsigned char low = (unsigned char)text.data[(*at)++];
        return low >= 0x80 && low < 0xc0 ? latin[low - 0x80] : '?';
    }
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c >= 'a' && c <= 'z' ? (char)c : '?';
}

static const struct word *word_of(struct span text)
{
    char folded[WORD_MAX + 1];
    size_t size = 0;

    for (size_t at = 0; at < text.size;) {
        const char c = fold_one(text, &at);
        if (c == '?' || (c && size == WORD_MAX))
            return NULL;
        if (c)
            folded[size++] = c;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (span_is_text((struct span){folded, size}, words[i].word))
            return &words[i];
    return NULL;
}

static struct span without_job(struct span id)
{
    for (size_t i = 0; i < sizeof before_id / sizeof before_id[0]; i++) {
        const struct span word = span_of(before_id[i]);
        if (id.size > word.size && is_stray(id.data[word.size]) &&
            span_is_nocase((struct span){id.data, word.size}, word))
            return strip(span_skip(id, word.size));
    }
    return id;
}

static int find(struct span id, const struct job *const *jobs, size_t count)
{
    for (size_t i = 0; id.size && i < count; i++)
        if (span_is_nocase(id, span_of(jobs[i]->job_id)))
            return (int)i;
    return -1;
}

/* One mark of plain letters with a digit in it: somebody means a job by that. */
static bool may_be_id(struct span id)
{
    bool digit = false;

    for (size_t i = 0; i < id.size; i++) {
        if (id.data[i] <= ' ' || id.data[i] >= 0x7f)
            return false;
        digit = digit || (id.data[i] >= '0' && id.data[i] <= '9');
    }
    return digit && id.size < JOB_SIZE;
}

/* Takes `word` for a word and `rest` for the job it is about; true when that is so. */
static bool take(struct span word, struct span rest, const struct job *const *jobs, size_t count,
                 struct job_text *out)
{
    const struct word *w = word_of(word);
    const struct span id = without_job(rest);

    if (!w || !id.size)
        return false;
    const int exact = find(rest, jobs, count);
    const int job = exact >= 0 ? exact : find(id, jobs, count);
    if (job < 0 && !may_be_id(id))
        return false;
    *out = (struct job_text){w->kind, w->cause, job, job < 0 ? id : (struct span){0}};
    return true;
}

struct job_text job_text_read(struct span text, const struct job *const *jobs, size_t count)
{
    struct job_text unknown = {.job = -1}, out = unknown;
    const struct span all = strip(text);
    const struct word *w = all.size <= READ_MAX ? word_of(all) : NULL;

    if (w)
        return (struct job_text){.kind = w->kind, .cause = w->cause, .job = -1};
    for (size_t i = 1; all.size <= READ_MAX && i + 1 < all.size; i++) {
        if (!is_stray(all.data[i]))
            continue;
        const struct span left = strip((struct span){all.data, i}),
                          right = strip(span_skip(all, i));
        if (!take(left, right, jobs, count, &out) && !take(right, left, jobs, count, &out))
            continue;
        if (out.job >= 0)
            return out;
        unknown = out;
    }
    return unknown;
}

int job_text_about(struct span text, const struct job *const *jobs, size_t count)
{
    const struct span all = without_job(strip(text));
    int best = -1;

    for (size_t i = 0; i < count; i++) {
        const struct span id = span_of(jobs[i]->job_id);
        if (all.size >= id.size && span_is_nocase((struct span){all.data, id.size}, id) &&
            (all.size == id.size || is_stray(all.data[id.size])) &&
            (best < 0 || id.size > strlen(jobs[best]->job_id)))
            best = (int)i;
    }
    return best;
}

/* ---- answering ---- */

static const struct tongue *tongue_of(struct span language)
{
    size_t i = sizeof tongues / sizeof tongues[0] - 1;

    while (i > 0 && !span_is_text(language, tongues[i].language))
        i--;
    return &tongues[i];
}

static const char *word_in(const struct tongue *t, enum job_cause cause)
{
    switch (cause) {
    case JOB_CLAIM:
        return t->claim;
    case JOB_START:
        return t->begin;
    case JOB_COMPLETE:
        return t->complete;
    case JOB_GIVE_BACK:
        return t->give_back;
    case JOB_ASSIGN:
    case JOB_HAND_OVER:
    case JOB_CANCEL:
    case JOB_REOPEN:
    case JOB_NOT_CLAIMED:
    case JOB_NO_PROGRESS:
    case JOB_CAUSES:
        break;
    }
    return "";
}

struct span job_text_word(struct span language, enum job_cause cause)
{
    return span_of(word_in(tongue_of(language), cause));
}

static enum job_cause cause_shown(const struct job_says *says)
{
    if (says->reply == JOB_REPLY_CLAIMED)
        return JOB_START;
    return says->reply == JOB_REPLY_BEGUN ? JOB_COMPLETE : says->cause;
}

struct span job_text_answer(struct arena *arena, const struct job_says *says)
{
    const struct tongue *t = tongue_of(says->language);
    struct buf out = buf_in(arena, ANSWER_MAX);

    for (const char *p = t->replies[says->reply]; *p; p++) {
        if (p[0] != '{') {
            buf_add_char(&out, *p);
            continue;
        }
        if (p[1] == 'j' && says->job)
            buf_printf(&out, "%s", says->job->job_id);
        else if (p[1] == 's' && says->job)
            buf_printf(&out, "%s", t->states[says->job->state]);
        else if (p[1] == 'n')
            buf_add(&out, says->name);
        else if (p[1] == 'l')
            buf_add(&out, says->list);
        else if (p[1] == 'w')
            buf_printf(&out, "%s", word_in(t, cause_shown(says)));
        p += 2;
    }
    return buf_span(&out);
}
