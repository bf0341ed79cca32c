#include "api/report_api.h"

#include "codec/phone.h"
#include "codec/timestamp.h"
#include "codec/zone.h"
#include "model/wall.h"
#include "report/report_render.h"

enum {
    DAYS_DEFAULT = 7,
    DAYS_MAX = 400,
    DAY_TEXT = 10,
    FIRST_DAY = 18262, /* 2020-01-01: no id is older */
    LAST_DAY = 47482,  /* 2100-01-01 */
    REPORT_BYTES_MAX = 8 << 20,
};

static const int64_t day_ms = 86400000;

struct asked {
    struct store_report_ask ask;
    struct report_render report;
    const struct zone *zone; /* a copy: rosters come and go on the loop's thread */
    bool is_csv;
    enum report_render_table table;
    struct buf body;
};

static bool refuse(struct visit *v, const char *field, const char *message, const char *help)
{
    visit_fail(
        v, &(struct visit_error){.status = 400, .field = field, .message = message, .help = help});
    return false;
}

/* ---- what is asked ---- */

static bool take_day(struct visit *v, const char *field, int64_t *out)
{
    const struct span text = form_get(&v->asked, field);
    bool local = false;
    int64_t ms;

    if (text.size == 0)
        return true;
    if (text.size != DAY_TEXT ||
        !timestamp_parse(span_of(arena_printf(v->arena, "%.*sT00:00", SPAN_ARG(text))), &ms,
                         &local) ||
        ms / day_ms < FIRST_DAY || ms / day_ms > LAST_DAY)
        return refuse(v, field, "is no day", "write it as 2026-11-24, from 2020 on");
    *out = ms / day_ms;
    return true;
}

static bool take_days(struct visit *v, struct asked *a)
{
    const int64_t now_ms = engine_now_ms(v->site->engine);
    const int64_t today = wall_day(a->zone ? wall_time(a->zone, now_ms) : now_ms);
    int64_t from = 0, to = 0;

    if (!take_day(v, "from", &from) || !take_day(v, "to", &to))
        return false;
    if (!to)
        to = from > today ? from : today;
    if (!from)
        from = to - (DAYS_DEFAULT - 1);
    if (from > to)
        return refuse(v, "from", "is after 'to'", NULL);
    if (to - from >= DAYS_MAX)
        return refuse(v, "from", "more than 400 days are asked for", "ask for them in parts");
    a->ask.from_day = (int32_t)from;
    a->ask.to_day = (int32_t)to;
    return true;
}

/* A zone may leave out midnight, or repeat it. */
static int64_t begins_at(const struct zone *zone, int64_t day)
{
    return zone ? wall_instant(zone, day * day_ms, WALL_FIRST) : day * day_ms;
}

static bool take_line(struct visit *v, const struct roster *roster, struct asked *a)
{
    const struct span line = form_get(&v->asked, "line");
    char *number = arena_alloc(v->arena, PHONE_TEXT_SIZE);

    if (line.size == 0)
        return true;
    /* A '+' that was not escaped has become a space. */
    char *text = arena_text(v->arena, line);
    if (text[0] == ' ')
        text[0] = '+';
    if (phone_parse(text, line.size, roster ? roster->region : NULL, number))
        return refuse(v, "line", "is no phone number", "write it as +16195550100");
    a->ask.line = span_of(number);
    return true;
}

static bool take_format(struct visit *v, struct asked *a)
{
    const struct span format = form_get(&v->asked, "format");
    const struct span table = form_get(&v->asked, "table");

    a->is_csv = span_is_text(format, "csv");
    if (format.size > 0 && !a->is_csv && !span_is_text(format, "json"))
        return refuse(v, "format", "is json or csv", NULL);
    if (a->is_csv && !report_render_table_parse(table, &a->table))
        return refuse(v, "table", "is by_day, by_operator, missed or spend", NULL);
    return true;
}

/* ---- what is answered ---- */

static enum err count_up(struct visit *v, struct store *store, int64_t now_ms)
{
    struct asked *a = v->own;
    const struct store_report_reader reader = report_tally_reader(a->report.tally);

    (void)now_ms;
    const enum err e = store_report(store, &a->ask, &reader);
    if (e)
        return e;
    report_tally_end(a->report.tally);
    if (a->is_csv)
        report_render_csv(&a->report, a->table, &a->body);
    else
        report_render_json(&a->report, &a->body);
    return a->body.full ? ERR_FULL : ERR_NONE;
}

static void answer(struct visit *v)
{
    const struct asked *a = v->own;

    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    if (!a->is_csv) {
        visit_answer_json(v, 200, &a->body);
        return;
    }
    const struct span from = report_render_day(v->arena, a->ask.from_day);
    const struct span to = report_render_day(v->arena, a->ask.to_day);
    const struct http_field fields[] = {
        {"Content-Disposition",
         span_of(arena_printf(v->arena, "attachment; filename=\"%s-%.*s-%.*s.csv\"",
                              report_render_table_name(a->table), SPAN_ARG(from), SPAN_ARG(to)))},
        {NULL, {NULL, 0}}};
    visit_answer(v, &(struct visit_reply){.status = 200,
                                          .type = "text/csv; charset=utf-8",
                                          .body = buf_span(&a->body),
                                          .fields = fields});
}

static void begin(struct visit *v, struct asked *a, const struct roster *roster)
{
    struct report_tally *t =
        report_tally_begin(v->arena, a->zone, a->ask.from_day, a->ask.to_day - a->ask.from_day + 1);

    for (int i = 0; roster && i < roster->operator_count; i++)
        report_tally_name(t, roster->operators[i].id, roster->operators[i].name);
    a->ask.tenant = v->tenant;
    a->ask.from_ms = begins_at(a->zone, a->ask.from_day);
    a->ask.to_ms = begins_at(a->zone, (int64_t)a->ask.to_day + 1);
    a->report = (struct report_render){
        .tally = t, .zone = a->zone ? a->zone->name : "UTC", .line = a->ask.line};
    if (roster)
        a->report.budget = roster->budget;
    a->body = buf_in(v->arena, REPORT_BYTES_MAX);
}

void report_api(struct visit *v)
{
    const struct roster *roster = engine_roster(v->site->engine, v->tenant);
    struct asked *a = ARENA_NEW(v->arena, struct asked);

    v->own = a;
    a->zone = zone_copy(v->arena, roster ? roster->zone : NULL);
    if (!take_days(v, a) || !take_line(v, roster, a) || !take_format(v, a))
        return;
    begin(v, a, roster);
    visit_browse(v, count_up, answer);
}
