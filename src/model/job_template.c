#include "model/job_template.h"

#include <string.h>

#include "model/named.h"

/* In the order of the enums; rosters have these words, so a word once given stays. */
/* clang-format off */
static const char *const job_news_names[JOB_NEWSES] = {
    "assigned", "handed_over", "taken_away", "completed", "cancelled", "crew_cancelled"};
static const char *const word_names[JOB_WORDS] = {
    "business", "job", "title", "customer", "address", "link", "crew", "time"};
/* clang-format on */

/* clang-format off */
NAMED(job_news, JOB_NEWSES)
/* clang-format on */

int job_template_word(struct span name)
{
    for (int i = 0; i < JOB_WORDS; i++)
        if (span_is_text(span_trim(name), word_names[i]))
            return i;
    return -1;
}

bool job_template_next(struct span text, struct span *out_before, struct span *out_name,
                       struct span *out_after)
{
    const char *open = text.size ? memmem(text.data, text.size, "{{", 2) : NULL;

    if (!open)
        return false;
    const struct span rest = span_skip(text, (size_t)(open - text.data) + 2);
    const char *end = rest.size ? memmem(rest.data, rest.size, "}}", 2) : NULL;
    const size_t size = end ? (size_t)(end - rest.data) : rest.size;
    *out_before = (struct span){text.data, (size_t)(open - text.data)};
    *out_name = (struct span){rest.data, size};
    *out_after = span_skip(rest, end ? size + 2 : size);
    return true;
}

int job_template_unknown(struct span text)
{
    struct span rest = text, before, name;

    while (job_template_next(rest, &before, &name, &rest))
        if (job_template_word(name) < 0 || name.data + name.size == text.data + text.size)
            return (int)(name.data - text.data);
    return -1;
}

const char *job_template_word_name(enum job_word word)
{
    return word_names[word];
}

bool job_template_needs_link(enum job_news news)
{
    return news == JOB_NEWS_ASSIGNED || news == JOB_NEWS_HANDED_OVER;
}

bool job_template_has(struct span text, enum job_word word)
{
    struct span rest = text, before, name;

    while (job_template_next(rest, &before, &name, &rest))
        if (job_template_word(name) == (int)word)
            return true;
    return false;
}
