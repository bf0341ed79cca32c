#include "report/report_render.h"

#include <string.h>

#include "base/id.h"
#include "codec/json.h"
#include "codec/timestamp.h"
#include "model/named.h"

enum { DAY_TEXT = 10, MEDIAN = 50, MOST = 90 };

static const int64_t day_ms = 86400000;

static const char *const report_render_table_names[REPORT_RENDER_TABLES] = {"by_day", "by_operator",
                                                                            "missed", "spend"};

/* clang-format off */
NAMED(report_render_table, REPORT_RENDER_TABLES)
/* clang-format on */

struct span report_render_day(struct arena *arena, int64_t day)
{
    char at[TIMESTAMP_SIZE];

    timestamp_render(day * day_ms, at);
    return arena_copy(arena, (struct span){at, DAY_TEXT});
}

static int64_t seconds(int64_t ms)
{
    return (ms + 500) / 1000;
}

/* ---- JSON ---- */

static void within(struct json_out *json, const char *key, struct report_tally_times *times,
                   int percent)
{
    const int64_t ms = report_tally_within(times, percent);

    if (ms < 0)
        json_out_null(json, key);
    else
        json_out_number(json, key, seconds(ms));
}

static void both(struct json_out *json, const char *key, struct report_tally_times *times)
{
    json_out_object(json, key);
    within(json, "p50", times, MEDIAN);
    within(json, "p90", times, MOST);
    json_out_end_object(json);
}

static void call_counts(struct json_out *json, const struct report_tally_counts *c)
{
    json_out_number(json, "answered", c->answered);
    json_out_number(json, "missed", c->missed);
    json_out_number(json, "voicemail", c->voicemail);
    json_out_number(json, "abandoned", c->abandoned);
    json_out_number(json, "refused", c->refused);
}

/* Of those that were let in; null without any. */
static void share(struct json_out *json, struct arena *arena, const struct report_tally_counts *c)
{
    const int32_t of = c->calls - c->refused;

    if (of == 0) {
        json_out_null(json, "answered_share");
        return;
    }
    const int32_t thousandths = (int32_t)((1000LL * c->answered + of / 2) / of);
    json_out_raw(json, "answered_share",
                 span_of(arena_printf(arena, "%d.%03d", thousandths / 1000, thousandths % 1000)));
}

static void totals(struct json_out *json, struct report_tally *t)
{
    json_out_object(json, "calls");
    json_out_number(json, "total", t->all.calls);
    call_counts(json, &t->all);
    share(json, t->arena, &t->all);
    both(json, "answer_seconds", &t->all.answers);
    json_out_end_object(json);
    json_out_object(json, "texts");
    json_out_number(json, "in", t->all.texts_in);
    json_out_number(json, "out", t->all.texts_out);
    json_out_number(json, "relays", t->all.relays);
    json_out_number(json, "acked", t->all.acked);
    json_out_number(json, "exhausted", t->all.exhausted);
    both(json, "ack_seconds", &t->all.acks);
    json_out_end_object(json);
}

static void by_day(struct json_out *json, struct report_tally *t)
{
    json_out_list(json, "by_day");
    for (int32_t i = 0; i < t->days; i++) {
        struct report_tally_counts *c = &t->by_day[i];
        json_out_object(json, NULL);
        json_out_text(json, "day", report_render_day(t->arena, t->from_day + i));
        json_out_number(json, "calls", c->calls);
        call_counts(json, c);
        json_out_number(json, "texts_in", c->texts_in);
        json_out_number(json, "texts_out", c->texts_out);
        json_out_number(json, "relays", c->relays);
        json_out_number(json, "acked", c->acked);
        json_out_number(json, "exhausted", c->exhausted);
        within(json, "answer_p50", &c->answers, MEDIAN);
        within(json, "answer_p90", &c->answers, MOST);
        within(json, "ack_p50", &c->acks, MEDIAN);
        within(json, "ack_p90", &c->acks, MOST);
        json_out_end_object(json);
    }
    json_out_end_list(json);
}

static void by_operator(struct json_out *json, struct report_tally *t)
{
    json_out_list(json, "by_operator");
    for (size_t i = 0; i < t->person_count; i++) {
        struct report_tally_person *p = &t->people[i];
        json_out_object(json, NULL);
        json_out_text(json, "operator", span_of(p->id));
        json_out_text(json, "name", span_of(p->name));
        json_out_number(json, "rung", p->rung);
        json_out_number(json, "accepted", p->accepted);
        json_out_number(json, "passed_on", p->passed_on);
        json_out_number(json, "not_answered", p->not_answered);
        within(json, "answer_p50", &p->answers, MEDIAN);
        within(json, "answer_p90", &p->answers, MOST);
        json_out_number(json, "relays", p->relays);
        json_out_number(json, "acked", p->acked);
        within(json, "ack_p50", &p->acks, MEDIAN);
        within(json, "ack_p90", &p->acks, MOST);
        json_out_end_object(json);
    }
    json_out_end_list(json);
}

static void week(struct json_out *json, const char *key, const int32_t (*at)[REPORT_TALLY_HOURS])
{
    json_out_list(json, key);
    for (int d = 0; d < REPORT_TALLY_WEEK; d++) {
        json_out_list(json, NULL);
        for (int h = 0; h < REPORT_TALLY_HOURS; h++)
            json_out_number(json, NULL, at[d][h]);
        json_out_end_list(json);
    }
    json_out_end_list(json);
}

static void id_or_null(struct json_out *json, const char *key, int64_t id)
{
    char text[ID_TEXT_SIZE + 1];

    id_render(id, text);
    json_out_text_or_null(json, key, id ? span_of(text) : (struct span){NULL, 0});
}

static size_t lost_count(const struct report_tally *t)
{
    const size_t count = t->lost_calls + t->lost_texts;

    return count < REPORT_TALLY_LOST ? count : REPORT_TALLY_LOST;
}

static void lost(struct json_out *json, const struct report_tally *t)
{
    json_out_list(json, "missed");
    for (size_t i = 0; i < lost_count(t); i++) {
        const struct report_tally_lost *l = &t->lost[i];
        char at[TIMESTAMP_SIZE];
        timestamp_render(l->at_ms, at);
        json_out_object(json, NULL);
        id_or_null(json, "id", l->id);
        id_or_null(json, "thread_id", l->thread);
        json_out_text(json, "at", span_of(at));
        json_out_text(json, "customer_phone", l->customer);
        json_out_text_or_null(json, "customer_name",
                              l->name.size ? l->name : (struct span){NULL, 0});
        json_out_text(json, "kind", span_of(l->kind));
        json_out_text(json, "why", l->why);
        json_out_end_object(json);
    }
    json_out_end_list(json);
}

static void limit(struct json_out *json, const char *key, int32_t n)
{
    if (n > 0)
        json_out_number(json, key, n);
    else
        json_out_null(json, key);
}

static void spend(struct json_out *json, const struct report_render *r)
{
    const struct report_tally *t = r->tally;

    json_out_list(json, "spend");
    for (int32_t i = 0; i < t->days; i++) {
        json_out_object(json, NULL);
        json_out_text(json, "day", report_render_day(t->arena, t->from_day + i));
        json_out_number(json, "texts", t->spent[i].texts);
        json_out_number(json, "calls", t->spent[i].calls);
        json_out_end_object(json);
    }
    json_out_end_list(json);
    json_out_object(json, "budget");
    limit(json, "texts_per_day", r->budget.texts_per_day);
    limit(json, "calls_per_day", r->budget.calls_per_day);
    limit(json, "texts_per_number_per_day", r->budget.texts_per_number_per_day);
    json_out_end_object(json);
}

void report_render_json(const struct report_render *r, struct buf *out)
{
    struct report_tally *t = r->tally;
    struct json_out json = json_out(out);

    json_out_object(&json, NULL);
    json_out_text(&json, "from", report_render_day(t->arena, t->from_day));
    json_out_text(&json, "to", report_render_day(t->arena, t->from_day + t->days - 1));
    json_out_text(&json, "time_zone", span_of(r->zone));
    json_out_text_or_null(&json, "line", r->line.size ? r->line : (struct span){NULL, 0});
    totals(&json, t);
    by_day(&json, t);
    by_operator(&json, t);
    json_out_object(&json, "by_hour");
    week(&json, "calls", t->calls_at);
    week(&json, "texts", t->texts_at);
    week(&json, "missed", t->missed_at);
    json_out_end_object(&json);
    lost(&json, t);
    spend(&json, r);
    json_out_end_object(&json);
}

/* ---- CSV ---- */

static void cell(struct buf *b, struct span text, bool is_last)
{
    const bool is_formula = text.size > 0 && memchr("=+-@\t\r", text.data[0], 6);

    buf_add_char(b, '"');
    if (is_formula)
        buf_add_char(b, '\'');
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"')
            buf_add_char(b, '"');
        buf_add_char(b, text.data[i]);
    }
    buf_add_text(b, is_last ? "\"\r\n" : "\",");
}

static void number_cell(struct buf *b, int64_t n, bool is_last)
{
    buf_add_number(b, n);
    buf_add_text(b, is_last ? "\r\n" : ",");
}

/* Empty without any. */
static void time_cell(struct buf *b, struct report_tally_times *times, int percent, bool is_last)
{
    const int64_t ms = report_tally_within(times, percent);

    if (ms >= 0)
        buf_add_number(b, seconds(ms));
    buf_add_text(b, is_last ? "\r\n" : ",");
}

static void days_csv(const struct report_render *r, struct buf *b)
{
    struct report_tally *t = r->tally;

    buf_add_text(b, "day,calls,answered,missed,voicemail,abandoned,refused,texts_in,texts_out,"
                    "relays,acked,exhausted,answer_p50,answer_p90,ack_p50,ack_p90\r\n");
    for (int32_t i = 0; i < t->days; i++) {
        struct report_tally_counts *c = &t->by_day[i];
        const int32_t cells[] = {c->calls,     c->answered, c->missed,   c->voicemail,
                                 c->abandoned, c->refused,  c->texts_in, c->texts_out,
                                 c->relays,    c->acked,    c->exhausted};
        const size_t count = sizeof cells / sizeof cells[0];
        buf_add(b, report_render_day(t->arena, t->from_day + i));
        buf_add_char(b, ',');
        for (size_t k = 0; k < count; k++)
            number_cell(b, cells[k], false);
        time_cell(b, &c->answers, MEDIAN, false);
        time_cell(b, &c->answers, MOST, false);
        time_cell(b, &c->acks, MEDIAN, false);
        time_cell(b, &c->acks, MOST, true);
    }
}

static void people_csv(const struct report_render *r, struct buf *b)
{
    struct report_tally *t = r->tally;

    buf_add_text(b, "operator,name,rung,accepted,passed_on,not_answered,answer_p50,answer_p90,"
                    "relays,acked,ack_p50,ack_p90\r\n");
    for (size_t i = 0; i < t->person_count; i++) {
        struct report_tally_person *p = &t->people[i];
        cell(b, span_of(p->id), false);
        cell(b, span_of(p->name), false);
        number_cell(b, p->rung, false);
        number_cell(b, p->accepted, false);
        number_cell(b, p->passed_on, false);
        number_cell(b, p->not_answered, false);
        time_cell(b, &p->answers, MEDIAN, false);
        time_cell(b, &p->answers, MOST, false);
        number_cell(b, p->relays, false);
        number_cell(b, p->acked, false);
        time_cell(b, &p->acks, MEDIAN, false);
        time_cell(b, &p->acks, MOST, true);
    }
}

static void lost_csv(const struct report_render *r, struct buf *b)
{
    const struct report_tally *t = r->tally;

    buf_add_text(b, "id,thread_id,at,customer_phone,customer_name,kind,why\r\n");
    for (size_t i = 0; i < lost_count(t); i++) {
        const struct report_tally_lost *l = &t->lost[i];
        char id[ID_TEXT_SIZE + 1], thread[ID_TEXT_SIZE + 1], at[TIMESTAMP_SIZE];
        id_render(l->id, id);
        id_render(l->thread, thread);
        timestamp_render(l->at_ms, at);
        cell(b, span_of(id), false);
        cell(b, l->thread ? span_of(thread) : (struct span){NULL, 0}, false);
        cell(b, span_of(at), false);
        cell(b, l->customer, false);
        cell(b, l->name, false);
        cell(b, span_of(l->kind), false);
        cell(b, l->why, true);
    }
}

static void spend_csv(const struct report_render *r, struct buf *b)
{
    const struct report_tally *t = r->tally;

    buf_add_text(b, "day,texts,calls\r\n");
    for (int32_t i = 0; i < t->days; i++) {
        buf_add(b, report_render_day(t->arena, t->from_day + i));
        buf_add_char(b, ',');
        number_cell(b, t->spent[i].texts, false);
        number_cell(b, t->spent[i].calls, true);
    }
}

void report_render_csv(const struct report_render *r, enum report_render_table table,
                       struct buf *out)
{
    static void (*const tables[REPORT_RENDER_TABLES])(const struct report_render *,
                                                      struct buf *) = {
        [REPORT_RENDER_BY_DAY] = days_csv,
        [REPORT_RENDER_BY_OPERATOR] = people_csv,
        [REPORT_RENDER_MISSED] = lost_csv,
        [REPORT_RENDER_SPEND] = spend_csv,
    };

    tables[table](r, out);
}
