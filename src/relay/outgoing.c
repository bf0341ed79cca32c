#include "relay/outgoing.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "model/segments.h"
#include "rules/words.h"

enum { PHOTOS_MAX = 10, CHARACTERS_TAKEN = 1600 /* by the carrier */ };
static const int64_t link_lives_ms = INT64_C(30) * 24 * 3600 * 1000; /* as long as bodies do */

/* The next address of ours in the text that has a secret, and where its secret begins. */
static const char *find_secret(const struct context *c, struct span body, size_t *out_at)
{
    static const char *const paths[] = {"/j/", "/m/"};
    const char *first = NULL;

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        const struct span prefix =
            span_of(arena_printf(c->facts->arena, "%.*s%s", SPAN_ARG(c->public_url), paths[i]));
        const char *at = body.size ? memmem(body.data, body.size, prefix.data, prefix.size) : NULL;
        if (at && (!first || at < first)) {
            first = at;
            *out_at = (size_t)(at - body.data) + prefix.size;
        }
    }
    return first;
}

/* A link's secret is kept by its hash alone: the record of a text shows where one stood. The
 * outbox holds the whole text until it has been sent. */
static struct span without_secrets(const struct context *c, struct span body)
{
    struct buf out = buf_in(c->facts->arena, LIMIT_BODY_BYTES);
    size_t shown = 0;

    while (find_secret(c, body, &shown)) {
        const size_t end = shown + CONTEXT_LINK_SIZE - 1;
        buf_add(&out, (struct span){body.data, shown});
        buf_add_text(&out, "...");
        body = span_skip(body, end < body.size ? end : body.size);
    }
    buf_add(&out, body);
    return buf_span(&out);
}

static bool carries_photos(const struct context *c, const struct outgoing *text)
{
    const struct line *line = roster_line(c->roster, span_of(text->line));

    return line && line->mms && !text->by_page && strncmp(text->to, "+1", 2) == 0;
}

/* Where the photos can be had: each by its own address for the carrier, all on one page for a
 * person. */
struct photos {
    struct span media, page;
    bool missing; /* one of them cannot be had */
};

static void find_photos(const struct context *c, const struct outgoing *text, struct photos *out)
{
    struct span rest = text->photos, link = {0};
    struct buf media = buf_in(c->facts->arena, LIMIT_BODY_BYTES);

    for (int n = 0; rest.size && n < PHOTOS_MAX; n++) {
        const struct span one = span_cut(rest, '\n', &rest);
        if (!one.size || span_is(one, SPAN("-"))) {
            out->missing = true;
            continue;
        }
        if (!link.size)
            link = outgoing_link(c, LINK_MEDIA, text->photos_of, text->operator_id,
                                 c->facts->now_ms + link_lives_ms);
        buf_printf(&media, "%s%.*s/%d", media.size ? "\n" : "", SPAN_ARG(link), n);
    }
    if (!link.size)
        return;
    out->media = buf_span(&media);
    const struct span secret = span_skip(link, link.size - (CONTEXT_LINK_SIZE - 1));
    out->page = span_of(
        arena_printf(c->facts->arena, "%.*s/j/%.*s", SPAN_ARG(c->public_url), SPAN_ARG(secret)));
}

/* What the text says of its photos, after its words. */
static struct span photo_words(const struct context *c, const struct outgoing *text,
                               const struct photos *photos)
{
    struct buf out = buf_in(c->facts->arena, LIMIT_BODY_BYTES);

    if (photos->page.size && !carries_photos(c, text))
        buf_printf(&out, "\n%.*s", SPAN_ARG(photos->page));
    if (photos->missing)
        buf_printf(&out, "\n%.*s", SPAN_ARG(words_no_photo()));
    return buf_span(&out);
}

/* As much of the words as `end` leaves room for. */
static struct span beginning(struct span words, struct span end)
{
    const size_t taken = utf8_count(end);
    const size_t room = taken < CHARACTERS_TAKEN ? CHARACTERS_TAKEN - taken : 0;

    return segments_cut_characters(words, room < OUTGOING_CHARACTERS ? room : OUTGOING_CHARACTERS);
}

/* The text as it leaves. */
static struct span whole(const struct context *c, const struct outgoing *text, int64_t id,
                         const struct photos *photos)
{
    struct span end = photo_words(c, text, photos);
    struct span words = beginning(text->body, end);

    if (words.size < text->body.size) {
        const struct span link =
            outgoing_link(c, LINK_WORDS, id, text->operator_id, c->facts->now_ms + link_lives_ms);
        end =
            span_of(arena_printf(c->facts->arena, " ... %.*s%.*s", SPAN_ARG(link), SPAN_ARG(end)));
        words = beginning(text->body, end);
    }
    if (!words.size && end.size && end.data[0] == '\n')
        end = span_skip(end, 1);
    if (!end.size)
        return words;
    return span_of(arena_printf(c->facts->arena, "%.*s%.*s", SPAN_ARG(words), SPAN_ARG(end)));
}

struct outgoing outgoing_about_call(const struct cascade *k)
{
    return (struct outgoing){
        .line = k->line,
        .origin = ORIGIN_SYSTEM,
        .thread = k->thread,
        .cascade = k->id,
        .customer = k->caller,
        .job = k->job,
    };
}

/* When the event was due or reached the carrier, where that was before the database came back from
 * a backup; else 0. */
static int64_t lost_ms(const struct context *c)
{
    const struct event *e = c->event;
    int64_t at_ms = 0;

    if (e->kind == EVENT_TIMER)
        at_ms = e->timer.due_ms;
    else if ((e->kind == EVENT_TEXT && e->late) || e->kind == EVENT_LATE_CALL)
        at_ms = e->at_ms;
    return at_ms < c->restored_ms ? at_ms : 0;
}

/* The lost database may have sent the same already: it is looked for at the carrier before. */
static void doubt(const struct context *c, struct outbox *o, struct message *m)
{
    const int64_t at_ms = lost_ms(c);

    if (!at_ms)
        return;
    o->state = OUTBOX_UNSURE;
    o->sent_ms = at_ms;
    o->unsure_ms = c->facts->now_ms;
    o->due_ms = c->facts->now_ms;
    o->again = true;
    m->delivery = DELIVERY_UNSURE;
}

int64_t outgoing_text(const struct context *c, const struct outgoing *text)
{
    const int64_t id = id_next(c->facts->ids, c->facts->now_ms);
    struct photos photos = {0};

    find_photos(c, text, &photos);
    struct message m = {
        .id = id,
        .tenant = c->event->tenant,
        .thread = text->thread,
        .relay = text->relay,
        .cascade = text->cascade,
        .direction = DIRECTION_OUT,
        .origin = text->origin,
        .kind = text->kind,
        .delivery = DELIVERY_QUEUED,
        .media = text->photos,
        .at_ms = c->facts->now_ms,
    };
    struct outbox o = {
        .id = id,
        .tenant = m.tenant,
        .kind = OUTBOX_TEXT,
        .class = text->class,
        .body = whole(c, text, id, &photos),
        .media = carries_photos(c, text) ? photos.media : (struct span){0},
        .cascade = text->kind == MESSAGE_PREALERT ? text->cascade : 0,
        .due_ms = c->facts->now_ms + text->wait_ms,
        .expires_ms = text->expires_ms,
        .again = text->again,
    };

    /* The record has all of the words, of which the text may be the beginning. */
    m.body = text->shown.size ? text->shown : without_secrets(c, text->body);
    CONTEXT_SET(m.from, span_of(text->line));
    CONTEXT_SET(m.to, span_of(text->to));
    CONTEXT_SET(m.customer, span_of(text->customer));
    CONTEXT_SET(m.operator_id, span_of(text->operator_id));
    CONTEXT_SET(m.job, span_of(text->job));
    CONTEXT_SET(o.account, span_of(c->roster->account_sid));
    CONTEXT_SET(o.from, span_of(text->line));
    CONTEXT_SET(o.to, span_of(text->to));
    doubt(c, &o, &m);
    facts_add_message(c->facts, &m);
    facts_add_outbox(c->facts, &o);
    return id;
}

void outgoing_call(const struct context *c, const struct message *m, int64_t expires_ms, bool again)
{
    struct outbox o = {
        .id = m->id,
        .tenant = m->tenant,
        .kind = OUTBOX_CALL,
        .class = OUTBOX_URGENT,
        .body = m->body,
        .due_ms = c->facts->now_ms,
        .expires_ms = expires_ms,
        .again = again,
    };

    CONTEXT_SET(o.account, span_of(c->roster->account_sid));
    CONTEXT_SET(o.from, span_of(m->from));
    CONTEXT_SET(o.to, span_of(m->to));
    doubt(c, &o, facts_add_message(c->facts, m));
    facts_add_outbox(c->facts, &o);
}

struct span outgoing_link(const struct context *c, enum link_purpose purpose, int64_t subject,
                          const char *operator_id, int64_t expires_ms)
{
    struct context_link fresh;
    struct link row = {
        .tenant = c->event->tenant,
        .purpose = purpose,
        .subject = subject,
        .expires_ms = expires_ms,
    };

    c->new_link(&fresh);
    memcpy(row.hash, fresh.hash, sizeof row.hash);
    CONTEXT_SET(row.operator_id, span_of(operator_id));
    facts_add_link(c->facts, &row);
    return span_of(arena_printf(c->facts->arena, "%.*s/%s/%s", SPAN_ARG(c->public_url),
                                purpose == LINK_MEDIA ? "m" : "j", fresh.text));
}
