#include "codec/timestamp.h"

#include <stdio.h>
#include <string.h>

static const int64_t day_ms = 86400000;
static const int64_t last_ms = 253402300799999; /* the end of 9999 */
static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char day_names[] = "SunMonTueWedThuFriSat";

struct moment {
    int64_t year, month, day, hour, minute, second, ms;
};

/* Howard Hinnant's days_from_civil: years begin in March, so that the leap day comes last. */
static int64_t days_since_epoch(int64_t year, int64_t month, int64_t day)
{
    const int64_t y = year - (month <= 2);
    const int64_t era = y / 400, of_era = y - era * 400;
    const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* And back. */
static struct moment moment_at(int64_t at_ms)
{
    const int64_t days = at_ms / day_ms + 719468, rest = at_ms % day_ms;
    const int64_t era = days / 146097, of_era = days - era * 146097;
    const int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    const int64_t from_march = (5 * of_year + 2) / 153;
    const int64_t month = from_march + (from_march < 10 ? 3 : -9);

    return (struct moment){
        .year = years + era * 400 + (month <= 2),
        .month = month,
        .day = of_year - (153 * from_march + 2) / 5 + 1,
        .hour = rest / 3600000,
        .minute = rest / 60000 % 60,
        .second = rest / 1000 % 60,
        .ms = rest % 1000,
    };
}

/* A value out of range shows as the end of the range that it passed: "never" is the usual one,
 * and a page or a log line is no place to die over it. */
static int64_t in_range(int64_t at_ms)
{
    return at_ms < 0 ? 0 : at_ms > last_ms ? last_ms : at_ms;
}

void timestamp_render(int64_t at_ms, char out[TIMESTAMP_SIZE])
{
    const struct moment m = moment_at(in_range(at_ms));

    snprintf(out, TIMESTAMP_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)m.year, (int)m.month,
             (int)m.day, (int)m.hour, (int)m.minute, (int)m.second, (int)m.ms);
}

void timestamp_render_seconds(int64_t at_ms, char out[TIMESTAMP_SIZE])
{
    const struct moment m = moment_at(in_range(at_ms));

    snprintf(out, TIMESTAMP_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)m.year, (int)m.month,
             (int)m.day, (int)m.hour, (int)m.minute, (int)m.second);
}

void timestamp_render_rfc2822(int64_t at_ms, char out[TIMESTAMP_SIZE])
{
    const int64_t at = in_range(at_ms);
    const struct moment m = moment_at(at);
    const int64_t week_day = (at / day_ms + 4) % 7; /* the epoch was a Thursday */

    snprintf(out, TIMESTAMP_SIZE, "%.3s, %02d %.3s %04d %02d:%02d:%02d +0000",
             day_names + week_day * 3, (int)m.day, month_names + (m.month - 1) * 3, (int)m.year,
             (int)m.hour, (int)m.minute, (int)m.second);
}

/* Reads `digits` digits from the front of *text. */
static bool take_digits(struct span *text, size_t digits, int64_t *out)
{
    int64_t n = 0;

    if (text->size < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (text->data[i] < '0' || text->data[i] > '9')
            return false;
        n = n * 10 + (text->data[i] - '0');
    }
    *text = span_skip(*text, digits);
    *out = n;
    return true;
}

static bool take_char(struct span *text, const char *any_of)
{
    if (text->size == 0 || text->data[0] == 0 || !strchr(any_of, text->data[0]))
        return false;
    *text = span_skip(*text, 1);
    return true;
}

/* Three letters of `names`, without regard to case; *out counts from 0. */
static bool take_name(struct span *text, const char *names, int64_t *out)
{
    if (text->size < 3)
        return false;
    for (int64_t i = 0; names[i * 3]; i++)
        if (span_is_nocase((struct span){text->data, 3}, (struct span){names + i * 3, 3})) {
            *text = span_skip(*text, 3);
            *out = i;
            return true;
        }
    return false;
}

/* Any number of digits after the point; what is finer than milliseconds is dropped. */
static bool take_fraction(struct span *text, int64_t *out_ms)
{
    int64_t digit, scale = 100, ms = 0;

    if (!take_digits(text, 1, &digit))
        return false;
    do {
        ms += digit * scale;
        scale /= 10;
    } while (take_digits(text, 1, &digit));
    *out_ms = ms;
    return true;
}

/* hh:mm or hhmm after its sign. */
static bool take_offset(struct span *text, bool colon, int64_t *out_ms)
{
    int64_t hours, minutes;
    const int64_t sign = text->size > 0 && text->data[0] == '-' ? -1 : 1;

    if (!take_char(text, "+-") || !take_digits(text, 2, &hours))
        return false;
    if (colon && !take_char(text, ":"))
        return false;
    if (!take_digits(text, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *out_ms = sign * (hours * 60 + minutes) * 60000;
    return true;
}

/* False for what no calendar has, leap seconds included, and for years out of range. */
static bool instant_of(const struct moment *m, int64_t offset_ms, int64_t *out_ms)
{
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (m->month < 1 || m->month > 12 || m->hour > 23 || m->minute > 59 || m->second > 59)
        return false;
    const bool leap = (m->year % 4 == 0 && m->year % 100 != 0) || m->year % 400 == 0;
    if (m->day < 1 || m->day > lengths[m->month - 1] + (m->month == 2 && leap))
        return false;
    const int64_t days = days_since_epoch(m->year, m->month, m->day);
    const int64_t seconds = (m->hour * 60 + m->minute) * 60 + m->second;
    const int64_t at = days * day_ms + seconds * 1000 + m->ms - offset_ms;
    if (at < 0 || at > last_ms)
        return false;
    *out_ms = at;
    return true;
}

static bool take_clock(struct span *text, struct moment *m)
{
    if (!take_digits(text, 2, &m->hour) || !take_char(text, ":") ||
        !take_digits(text, 2, &m->minute))
        return false;
    if (!take_char(text, ":"))
        return true;
    return take_digits(text, 2, &m->second) &&
           (!take_char(text, ".") || take_fraction(text, &m->ms));
}

static bool take_date(struct span *text, struct moment *m)
{
    return take_digits(text, 4, &m->year) && take_char(text, "-") &&
           take_digits(text, 2, &m->month) && take_char(text, "-") &&
           take_digits(text, 2, &m->day) && take_char(text, "Tt ");
}

bool timestamp_parse(struct span text, int64_t *out_ms, bool *out_local)
{
    struct moment m = {0};
    int64_t offset_ms = 0, at;

    if (!take_date(&text, &m) || !take_clock(&text, &m))
        return false;
    const bool local = text.size == 0;
    if (!local && !take_char(&text, "Zz") && !take_offset(&text, true, &offset_ms))
        return false;
    if (text.size > 0 || !instant_of(&m, offset_ms, &at))
        return false;
    *out_ms = at;
    *out_local = local;
    return true;
}

static bool take_zone(struct span *text, int64_t *out_ms)
{
    if (span_is_nocase(*text, SPAN("GMT")) || span_is_nocase(*text, SPAN("UTC")) ||
        span_is_nocase(*text, SPAN("UT"))) {
        *text = span_skip(*text, text->size);
        *out_ms = 0;
        return true;
    }
    return take_offset(text, false, out_ms);
}

/* "24 Aug 2023 "; the day has one digit or two. */
static bool take_date_rfc2822(struct span *text, struct moment *m)
{
    if (!take_digits(text, 2, &m->day) && !take_digits(text, 1, &m->day))
        return false;
    if (!take_char(text, " ") || !take_name(text, month_names, &m->month))
        return false;
    m->month++;
    return take_char(text, " ") && take_digits(text, 4, &m->year) && take_char(text, " ");
}

bool timestamp_parse_rfc2822(struct span text, int64_t *out_ms)
{
    struct moment m = {0};
    int64_t offset_ms = 0, week_day;

    if (take_name(&text, day_names, &week_day) &&
        (!take_char(&text, ",") || !take_char(&text, " ")))
        return false;
    if (!take_date_rfc2822(&text, &m) || !take_clock(&text, &m))
        return false;
    if (!take_char(&text, " ") || !take_zone(&text, &offset_ms) || text.size > 0)
        return false;
    return instant_of(&m, offset_ms, out_ms);
}
