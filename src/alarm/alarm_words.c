#include "alarm/alarm_words.h"

#include <string.h>

#include "base/id.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "codec/timestamp.h"
#include "model/alarm_kind.h"

enum { BYTES_MAX = 8192 };

static const char *what_of(struct arena *arena, const char *kind)
{
    return alarm_kind_what(arena, kind, "en");
}

static struct span name_of(const struct alarm_words_of *of)
{
    return of->business.size ? of->business : SPAN("nextring");
}

/* ": its detail", and how many more. */
static const char *rest_of(struct arena *arena, const struct alarm_bell *b)
{
    const char *more = alarm_kind_more(arena, "en", b->more);

    return b->row.detail[0] ? arena_printf(arena, ": %s.%s", b->row.detail, more)
                            : arena_printf(arena, ".%s", more);
}

struct alarm_kind_about alarm_words_about(const struct alarm_words_of *of)
{
    return (struct alarm_kind_about){
        .kind = of->bell->row.kind,
        .whose = name_of(of),
        .detail = span_of(of->bell->row.detail),
        .board = of->board,
        .more = of->bell->more,
    };
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
    const char *what = what_of(arena, b->row.kind);
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
    json_out_text(&j, "what", span_of(what_of(arena, r->kind)));
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
