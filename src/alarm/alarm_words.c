#include "alarm/alarm_words.h"

#include <string.h>

#include "base/id.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "codec/timestamp.h"

enum { BYTES_MAX = 8192 };

/* clang-format off */
static const struct row {
    const char *kind, *what;
} rows[] = {
    {"relay.exhausted", "A customer waits: nobody on the chain has acknowledged"},
    {"relay.nobody-on-duty", "A customer waits: nobody is on duty"},
    {"relay.flood", "Too many customers wrote at once: some are passed on a little later"},
    {"relay.not-read-out", "A customer's text could neither be texted nor read out to an operator"},
    {"text.not-delivered", "A customer's text could not be delivered to an operator"},
    {"text.reply-lost", "A reply to a customer was not delivered"},
    {"text.flood", "One customer writes very many texts: they are held back"},
    {"text.stray", "A text came for a number that is on no roster"},
    {"call.stray", "A call came for a number that is on no roster"},
    {"call.missed", "A call was missed"},
    {"budget.over", "The day's budget is reached: what is not urgent is not sent until tomorrow"},
    {"text.forbidden", "A text to a number that may not be written to was not sent"},
    {"call.forbidden", "A call to a number that may not be dialled was not made"},
    {"shift.unconfirmed", "A shift has begun and is not confirmed"},
    {"operator.locked", "An operator's phone is locked: too many wrong marks came from it"},
    {"duty.gap", "Nobody is on duty for some time"},
    {"operator.opted-out", "An operator has said STOP, and can no longer be texted"},
    {"user.locked", "Somebody has tried many passwords"},
    {"feed.refused", "A calendar cannot be followed"},
    {"feed.unreachable", "A calendar cannot be had"},
    {"roster.refused", "A roster has mistakes: the last good one stays in force"},
    {"roster.unreachable", "The roster cannot be had: the last good one stays in force"},
    {"scripts.refused", "Call scripts have mistakes: the last good ones stay in force"},
    {"publish.failed", "What happened cannot be written back to where the roster is"},
    {"carrier.away", "The carrier cannot be reached"},
    {"carrier.denied", "The carrier refuses our API key"},
    {"outbox.stalled", "Texts and calls wait and do not leave"},
    {"store.failing", "Nothing can be stored"},
    {"node.lost", "A node has died"},
    {"clock.off", "This machine's clock is wrong"},
    {"helper.gone", "Commands of the configuration can no longer be run"},
    {"canary.missing", "Texts that the business sends to itself do not come back"},
};
/* clang-format on */

const char *alarm_words_what(struct arena *arena, const char *kind)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].kind, kind) == 0)
            return rows[i].what;
    return arena_printf(arena, "Something needs a look: %s", kind);
}

static struct span name_of(const struct alarm_words_of *of)
{
    return of->business.size ? of->business : SPAN("nextring");
}

/* ": its detail", and how many more. */
static const char *rest_of(struct arena *arena, const struct alarm_bell *b)
{
    const char *more = b->more ? arena_printf(arena, " And %d more like it.", b->more) : "";

    return b->row.detail[0] ? arena_printf(arena, ": %s.%s", b->row.detail, more)
                            : arena_printf(arena, ".%s", more);
}

struct span alarm_words_text(struct arena *arena, const struct alarm_words_of *of)
{
    return span_of(arena_printf(arena, "%.*s ALARM: %s%s %.*s", SPAN_ARG(name_of(of)),
                                alarm_words_what(arena, of->bell->row.kind),
                                rest_of(arena, of->bell), SPAN_ARG(of->board)));
}

struct span alarm_words_spoken(struct arena *arena, const struct alarm_words_of *of)
{
    const int more = of->bell->more;

    return span_of(arena_printf(arena, "%s%s", alarm_words_what(arena, of->bell->row.kind),
                                more ? arena_printf(arena, ". And %d more like it", more) : ""));
}

static const char *time_of(struct arena *arena, int64_t at_ms)
{
    char text[TIMESTAMP_SIZE];

    timestamp_render(at_ms, text);
    return arena_text(arena, span_of(text));
}

/* A subject is ASCII, or says that it is not. */
static const char *subject_of(struct arena *arena, const char *text)
{
    const struct span all = span_of(text);
    bool is_plain = true;

    for (size_t i = 0; i < all.size; i++)
        is_plain = is_plain && all.data[i] >= ' ' && all.data[i] <= '~';
    if (is_plain)
        return text;
    return arena_printf(arena,
                        "=?UTF-8?B?%.*s?=", SPAN_ARG(base64_render(arena, all.data, all.size)));
}

struct span alarm_words_mail(struct arena *arena, const struct alarm_words_of *of)
{
    const struct alarm_bell *b = of->bell;
    const char *what = alarm_words_what(arena, b->row.kind);
    const char *subject = arena_printf(arena, "[%.*s] %s", SPAN_ARG(name_of(of)), what);

    return span_of(arena_printf(arena,
                                "Subject: %s\n"
                                "MIME-Version: 1.0\n"
                                "Content-Type: text/plain; charset=utf-8\n"
                                "Content-Transfer-Encoding: 8bit\n"
                                "Auto-Submitted: auto-generated\n"
                                "\n"
                                "%s%s\n\n"
                                "Kind:     %s\n"
                                "Business: %.*s\n"
                                "Since:    %s\n"
                                "Pages:    %.*s\n",
                                subject_of(arena, subject), what, rest_of(arena, b), b->row.kind,
                                SPAN_ARG(name_of(of)), time_of(arena, b->row.at_ms),
                                SPAN_ARG(of->board)));
}

static void add_id(struct json_out *j, const char *key, int64_t id)
{
    char text[ID_TEXT_SIZE + 1];

    id_render(id, text);
    if (id)
        json_out_text(j, key, span_of(text));
    else
        json_out_null(j, key);
}

struct span alarm_words_json(struct arena *arena, const struct alarm_words_of *of)
{
    const struct alarm_row *r = &of->bell->row;
    struct buf b = buf_in(arena, BYTES_MAX);
    struct json_out j = json_out(&b);

    json_out_object(&j, NULL);
    json_out_text(&j, "type", SPAN("alarm"));
    add_id(&j, "id", r->id);
    json_out_text(&j, "kind", span_of(r->kind));
    json_out_text(&j, "what", span_of(alarm_words_what(arena, r->kind)));
    json_out_text(&j, "detail", span_of(r->detail));
    json_out_text_or_null(&j, "tenant", r->slug[0] ? span_of(r->slug) : (struct span){0});
    json_out_text_or_null(&j, "business", of->business.size ? of->business : (struct span){0});
    json_out_text(&j, "at", span_of(time_of(arena, r->at_ms)));
    json_out_number(&j, "more", of->bell->more);
    add_id(&j, "thread_id", r->thread);
    add_id(&j, "subject_id", r->subject);
    json_out_text_or_null(&j, "operator",
                          r->operator_id[0] ? span_of(r->operator_id) : (struct span){0});
    json_out_text(&j, "link", of->board);
    json_out_end_object(&j);
    return buf_span(&b);
}
