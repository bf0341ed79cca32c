#include "cliops/tail_line.h"

#include <string.h>
#include <time.h>

#include "base/terminal.h"
#include "cliops/event_words.h"
#include "codec/timestamp.h"

enum { WORDS_BYTES = 512, KIND_COLUMNS = 22 };

static const char plain[] = "\033[0m", faint[] = "\033[2m", alarm_colour[] = "\033[1;31m";

/* clang-format off */
static const struct {
    const char *family, *colour;
} colours[] = {
    {"call.", "\033[36m"}, {"call-back.", "\033[36m"}, {"text.", "\033[32m"},
    {"relay.", "\033[33m"}, {"job.", "\033[35m"}, {"thread.", "\033[34m"},
};
/* clang-format on */

/* ---- what is wanted ---- */

/* The line that it is about, by whatever row it speaks of. */
static struct span line_of(const struct json *change)
{
    static const char *const rows[] = {"thread", "call", "relay", "job", "message"};
    struct span line = {NULL, 0};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !line.size; i++)
        line = json_text(json_get(json_get(change, rows[i]), "line"));
    return line;
}

/* The digits of `number` end in those of `wanted`. */
static bool has_digits(struct span number, const char *wanted)
{
    size_t at = number.size;

    for (size_t i = strlen(wanted); i-- > 0;) {
        if (wanted[i] < '0' || wanted[i] > '9')
            continue;
        while (at > 0 && (number.data[at - 1] < '0' || number.data[at - 1] > '9'))
            at--;
        if (at == 0 || number.data[--at] != wanted[i])
            return false;
    }
    return true;
}

static bool is_kind(struct span kind, const char *kinds)
{
    struct span rest = span_of(kinds);

    while (rest.size) {
        const struct span one = span_trim(span_cut(rest, ',', &rest));
        if (!one.size || !span_starts(kind, one))
            continue;
        if (kind.size == one.size || one.data[one.size - 1] == '.' || kind.data[one.size] == '.')
            return true;
    }
    return false;
}

static struct span name_of(const struct tail_line *t, struct span id)
{
    for (size_t i = 0; i < json_count(t->operators); i++) {
        const struct json *o = json_at(t->operators, i);
        if (span_is(json_text(json_get(o, "id")), id))
            return json_text(json_get(o, "name"));
    }
    return id;
}

bool tail_line_is_wanted(const struct tail_line *t, const struct tail_line_filter *filter,
                         const struct json *change)
{
    const struct json *event = json_get(change, "event");
    const struct span who = json_text(json_get(event, "operator"));
    const struct span wanted = span_of(filter->operator_name), line = line_of(change);

    if (filter->kinds && !is_kind(json_text(json_get(event, "kind")), filter->kinds))
        return false;
    if (filter->alarms_alone && !json_bool(json_get(event, "is_alarm")))
        return false;
    if (filter->line && (!line.size || !has_digits(line, filter->line)))
        return false;
    return !wanted.data ||
           (who.size && (span_is(who, wanted) || span_is_nocase(name_of(t, who), wanted)));
}

/* ---- the line ---- */

static void put_time(struct tail_line *t, struct span created_at)
{
    int64_t at_ms = 0;
    bool is_local;
    struct tm tm;
    char text[64];

    (void)timestamp_parse(created_at, &at_ms, &is_local);
    const time_t at = (time_t)(at_ms / 1000);
    localtime_r(&at, &tm);
    const int64_t day = (int64_t)tm.tm_year * 1000 + tm.tm_yday;
    if (day != t->day) {
        strftime(text, sizeof text, "%a %d %b %Y", &tm);
        fprintf(t->to, "%s-- %s --%s\n", t->has_colour ? faint : "", text,
                t->has_colour ? plain : "");
        t->day = day;
    }
    strftime(text, sizeof text, "%H:%M:%S", &tm);
    fprintf(t->to, "%s  ", text);
}

int64_t tail_line_instant(int64_t local_ms)
{
    const time_t as_utc = (time_t)(local_ms / 1000);
    struct tm tm;

    gmtime_r(&as_utc, &tm);
    tm.tm_isdst = -1;
    return (int64_t)mktime(&tm) * 1000;
}

static const char *colour_of(const struct tail_line *t, struct span kind, bool is_alarm)
{
    if (!t->has_colour)
        return "";
    if (is_alarm)
        return alarm_colour;
    for (size_t i = 0; i < sizeof colours / sizeof colours[0]; i++)
        if (span_starts(kind, span_of(colours[i].family)))
            return colours[i].colour;
    return "";
}

/* The customer, by name and number, and the line where there are several. */
static void put_whom(const struct tail_line *t, const struct json *change)
{
    static const char *const rows[] = {"thread", "call", "relay", "job", "message"};
    struct span name = {NULL, 0}, phone = {NULL, 0};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !phone.size; i++) {
        const struct json *row = json_get(change, rows[i]);
        phone = json_text(json_get(row, "customer_phone"));
        name = json_text(json_get(row, "customer_name"));
    }
    if (name.size || phone.size)
        fputs("  ", t->to);
    terminal_put(t->to, name);
    fputs(name.size && phone.size ? " " : "", t->to);
    terminal_put(t->to, phone);
    if (t->shows_line && line_of(change).size) {
        fputs(" on ", t->to);
        terminal_put(t->to, line_of(change));
    }
}

void tail_line_print(struct tail_line *t, struct arena *arena, const struct json *change)
{
    const struct json *event = json_get(change, "event");
    const struct span kind = json_text(json_get(event, "kind"));
    const struct span detail = json_text(json_get(event, "detail"));
    const bool is_alarm = json_bool(json_get(event, "is_alarm"));
    struct buf words = buf_in(arena, WORDS_BYTES);

    event_words(&words, kind, name_of(t, json_text(json_get(event, "operator"))));
    put_time(t, json_text(json_get(event, "created_at")));
    fprintf(t->to, "%s%c ", colour_of(t, kind, is_alarm), is_alarm ? '!' : ' ');
    terminal_put(t->to, kind);
    for (size_t i = kind.size; i < KIND_COLUMNS; i++)
        putc(' ', t->to);
    fputs(t->has_colour ? plain : "", t->to);
    putc(' ', t->to);
    terminal_put(t->to, buf_span(&words));
    put_whom(t, change);
    if (detail.size) {
        fprintf(t->to, "  %s", t->has_colour ? faint : "");
        terminal_put(t->to, detail);
        fputs(t->has_colour ? plain : "", t->to);
    }
    putc('\n', t->to);
}
