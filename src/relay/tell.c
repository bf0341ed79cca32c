#include "relay/tell.h"

#include <string.h>

#include "base/check.h"
#include "relay/known.h"
#include "rules/party.h"
#include "rules/words.h"

enum { SERVED_MS = 12 * 3600 * 1000 }; /* a thread holds its line this long after a text */

void tell_gather(const struct context *c, const char *operator_id)
{
    (void)facts_desk(c->facts, c->event->tenant, span_of(operator_id));
}

static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";
enum { LETTERS = sizeof letters - 1, DIGITS = 8, ALL = LETTERS * DIGITS * LETTERS };

/* A mark's place among all of them; -1: it is none. */
static int place_of(const char tag[TAG_SIZE])
{
    const char *first = strchr(letters, tag[0]), *last = strchr(letters, tag[2]);

    if (!tag[0] || !tag[2] || !first || !last || tag[1] < '2' || tag[1] > '9')
        return -1;
    return ((int)(first - letters) * DIGITS + tag[1] - '2') * LETTERS + (int)(last - letters);
}

void tell_draw(const struct context *c, const struct desk *desk, char out[TAG_SIZE])
{
    bool used[ALL] = {false};
    uint32_t at = dice_throw(c->dice, ALL);
    size_t oldest = 0;

    for (size_t i = 0; i < desk->count; i++) {
        const int place = place_of(desk->tags[i].tag);
        if (place >= 0)
            used[place] = true;
        if (desk->tags[i].sent_ms < desk->tags[oldest].sent_ms)
            oldest = i;
    }
    for (int tries = 0; tries < ALL; tries++, at = (at + 1) % ALL)
        if (!used[at]) {
            const char tag[TAG_SIZE] = {letters[at / (LETTERS * DIGITS)],
                                        (char)('2' + at / LETTERS % DIGITS), letters[at % LETTERS],
                                        0};
            memcpy(out, tag, TAG_SIZE);
            return;
        }
    /* All are in use at this desk: the thread that was silent longest gives its own up. */
    memcpy(out, desk->tags[oldest].tag, TAG_SIZE);
}

/* Of the lines by which he is texted, the one that serves the fewest customers now; without
 * such lines, the customer's own. */
static const char *choose_line(const struct context *c, const struct thread *t, int operator_index,
                               const struct desk *desk)
{
    const struct roster_operator *o = &c->roster->operators[operator_index];
    const char *best = t->line;
    size_t least = SIZE_MAX;

    for (int i = 0; i < o->via_count; i++) {
        const char *line = c->roster->lines[o->via[i]].number;
        size_t served = 0;
        for (size_t k = 0; k < desk->count; k++)
            served += c->facts->now_ms - desk->tags[k].sent_ms <= SERVED_MS &&
                      strcmp(desk->tags[k].line, line) == 0;
        if (served < least) {
            least = served;
            best = line;
        }
    }
    return best;
}

struct tag tell_mark(const struct context *c, const struct thread *t, const char *operator_id)
{
    const int o = context_operator(c, operator_id);
    const struct desk *desk = facts_desk(c->facts, c->event->tenant, span_of(operator_id));
    struct tag tag = {.tenant = c->event->tenant, .thread = t->id};

    CHECK(desk); /* gathered before */
    CONTEXT_SET(tag.operator_id, span_of(operator_id));
    for (size_t i = 0; i < desk->count && !tag.tag[0]; i++)
        if (desk->tags[i].thread == t->id)
            tag = desk->tags[i];
    if (!tag.tag[0])
        tell_draw(c, desk, tag.tag);
    if (!tag.line[0] || !roster_line(c->roster, span_of(tag.line)))
        CONTEXT_SET(tag.line, span_of(o >= 0 ? choose_line(c, t, o, desk) : t->line));
    tag.sent_ms = c->facts->now_ms;
    facts_put_tag(c->facts, &tag);
    return tag;
}

struct words_about tell_about(const struct context *c, const struct thread *t,
                              const struct tag *tag)
{
    return (struct words_about){
        .customer = party_words(span_of(t->customer)),
        .customer_name = known_name_at(c, t->customer, t->job),
        .job = span_of(t->job),
        .is_crew = known_is_crew(c, t->customer, t->job),
        .tag = tag ? span_of(tag->tag) : (struct span){0},
    };
}

int64_t tell_operator(const struct context *c, const struct tell *tell)
{
    const int o = context_operator(c, tell->operator_id);
    const struct thread *t = tell->thread;

    if (o < 0)
        return 0;
    const struct outgoing text = {
        .kind = tell->kind,
        .class = tell->class,
        .line = tell->line,
        .to = c->roster->operators[o].phone,
        .operator_id = tell->operator_id,
        .body = tell->words,
        .origin = ORIGIN_SYSTEM,
        .thread = t ? t->id : 0,
        .relay = tell->relay,
        .cascade = tell->cascade,
        .customer = t ? t->customer : NULL,
        .job = t ? t->job : NULL,
        .wait_ms = tell->wait_ms,
        .expires_ms = tell->expires_ms,
        .again = tell->again,
        .photos_of = tell->photos_of,
        .photos = tell->photos,
    };
    return outgoing_text(c, &text);
}

void tell_notice(const struct context *c, const struct thread *t, const struct tag *tag,
                 struct span words)
{
    const struct tell tell = {
        .kind = MESSAGE_NOTICE,
        .class = OUTBOX_NORMAL,
        .operator_id = tag->operator_id,
        .thread = t,
        .line = tag->line,
        .words = words,
        .relay = t->relay,
    };
    tell_operator(c, &tell);
}

void tell_plainly(const struct context *c, const char *operator_id, struct span by,
                  struct span words)
{
    char line[LIMIT_NUMBER_SIZE];

    CONTEXT_SET(line, by);
    const struct tell tell = {
        .kind = MESSAGE_NOTICE,
        .class = OUTBOX_NORMAL,
        .operator_id = operator_id,
        .line = line,
        .words = words,
    };
    tell_operator(c, &tell);
}
