#include "config/roster_hours.h"

#include <stddef.h>
#include <string.h>

static const char *const days_keys[] = {"days", "day", NULL};
static const char *const from_keys[] = {"from", "start", NULL};
static const char *const to_keys[] = {"to", "end", NULL};
static const char *const rule_keys[] = {"days", "day", "from", "start", "to", "end", NULL};
static const char *const mend =
    "\"07:00-19:00\", {\"days\": [\"mon\"], \"from\": \"07:00\", \"to\": \"19:00\"} or a list of "
    "these";

enum { HOURS_TEXT_MAX = 100, HOURS_DAILY = 127, DAY_MIN = 1440, TEXT_MAX = 128 };

static const char *const day_names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
/* clang-format off */
static const struct {const char *name; uint8_t days;} groups[] = {
    {"daily", 127}, {"everyday", 127}, {"all", 127}, {"weekdays", 31}, {"weekends", 96}};
/* clang-format on */

/* A copy in lower case in which every dash, and the word "to", is one '-' without blanks. */
struct plain {
    char text[TEXT_MAX];
    size_t size;
};

static void add_dash(struct plain *p)
{
    while (p->size > 0 && p->text[p->size - 1] == ' ')
        p->size--;
    p->text[p->size++] = '-';
}

/* Bytes of a dash (or of " to ") at `at`; 0 when there is none. */
static size_t dash_at(struct span text, size_t at)
{
    const struct span rest = span_skip(text, at);

    if (span_starts(rest, SPAN("\xe2\x80\x93")) || span_starts(rest, SPAN("\xe2\x80\x94")))
        return 3;
    if (rest.size > 4 && span_is_nocase((struct span){rest.data, 4}, SPAN(" to ")))
        return 4;
    return span_starts(rest, SPAN("-")) ? 1 : 0;
}

static bool plain_of(struct span text, struct plain *p)
{
    bool after_dash = false;

    p->size = 0;
    if (text.size >= TEXT_MAX)
        return false;
    for (size_t i = 0; i < text.size;) {
        const size_t dash = dash_at(text, i);
        const char c = text.data[i];

        i += dash ? dash : 1;
        if (dash)
            add_dash(p);
        else if (c != ' ' || !after_dash)
            p->text[p->size++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        after_dash = dash || (after_dash && c == ' ');
    }
    return true;
}

/* Index of the day that `word` (two letters or more of its name) begins; -1 for none. */
static int day_of(struct span word)
{
    for (int i = 0; i < 7 && word.size >= 2; i++)
        if (span_starts(span_of(day_names[i]), word))
            return i;
    return -1;
}

static uint8_t days_of(struct span word)
{
    struct span last;
    const int from = day_of(span_cut(word, '-', &last));
    uint8_t days = 0;

    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (span_is_text(word, groups[i].name))
            return groups[i].days;
    const int to = last.size ? day_of(last) : from;
    if (from < 0 || to < 0)
        return 0;
    for (int day = from; days |= (uint8_t)(1 << day), day != to;)
        day = (day + 1) % 7;
    return days;
}

static bool plain_days(struct span text, uint8_t *out)
{
    uint8_t days = 0;

    while (text.size > 0) {
        size_t n = 0;
        while (n < text.size && text.data[n] != ' ' && text.data[n] != ',')
            n++;
        const uint8_t more = days_of((struct span){text.data, n});
        if (n > 0 && more == 0)
            return false;
        days |= more;
        text = span_skip(text, n + 1);
    }
    if (days)
        *out = days;
    return days != 0;
}

/* "mon", "Tuesday", "mon-fri", "fri-mon", "sat, sun", "daily", "weekdays", "weekends". */
static bool parse_days(struct span text, uint8_t *out)
{
    struct plain p;

    return plain_of(span_trim(text), &p) && plain_days((struct span){p.text, p.size}, out);
}

static bool take_suffix(struct span *text, struct span suffix)
{
    if (text->size <= suffix.size ||
        !span_is_nocase(span_skip(*text, text->size - suffix.size), suffix))
        return false;
    text->size -= suffix.size;
    *text = span_trim(*text);
    return true;
}

/* "07:00", "7:30", "7", "7am", "7:30 pm", "24:00"; minutes after midnight, 0 to 1440. */
static bool parse_time(struct span text, uint16_t *out)
{
    int64_t hour, minute = 0;
    struct span rest;

    text = span_trim(text);
    const bool pm = take_suffix(&text, SPAN("pm"));
    const bool am = !pm && take_suffix(&text, SPAN("am"));
    const struct span hours = span_cut(text, ':', &rest);
    const bool has_minutes = hours.size < text.size;

    if (hours.size > 2 || !span_number(hours, am || pm ? 1 : 0, am || pm ? 12 : 24, &hour))
        return false;
    if (has_minutes && (rest.size != 2 || !span_number(rest, 0, 59, &minute)))
        return false;
    if (am || pm)
        hour = hour % 12 + (pm ? 12 : 0);
    if (hour * 60 + minute > DAY_MIN)
        return false;
    *out = (uint16_t)(hour * 60 + minute);
    return true;
}

/* Midnight at the end is 1440 in the model; false when the shift begins at 24:00. */
static bool put_in_order(struct hours *rule)
{
    if (rule->from_min == DAY_MIN)
        return false;
    if (rule->to_min == 0)
        rule->to_min = DAY_MIN;
    return true;
}

/* "07:00-19:00" (days 0), "mon-fri 07:00-19:00", "7am to 7pm". */
static bool parse_rule(struct span text, struct hours *out)
{
    struct hours rule = {0};
    struct plain p;
    size_t digit = 0;

    if (!plain_of(span_trim(text), &p))
        return false;
    const struct span all = {p.text, p.size};
    while (digit < p.size && (p.text[digit] < '0' || p.text[digit] > '9'))
        digit++;
    const struct span days = span_trim((struct span){p.text, digit});
    struct span to;
    const struct span from = span_cut(span_skip(all, digit), '-', &to);

    if (days.size > 0 && !plain_days(days, &rule.days))
        return false;
    if (!parse_time(from, &rule.from_min) || !parse_time(to, &rule.to_min) || !put_in_order(&rule))
        return false;
    *out = rule;
    return true;
}

bool roster_hours_moment(struct span text, uint8_t *out_days, uint16_t *out_minutes)
{
    uint8_t days = 0;
    uint16_t minutes;
    struct plain p;
    size_t digit = 0;

    if (!plain_of(span_trim(text), &p))
        return false;
    while (digit < p.size && (p.text[digit] < '0' || p.text[digit] > '9'))
        digit++;
    const struct span word = span_trim((struct span){p.text, digit});
    if (word.size > 0 && !plain_days(word, &days))
        return false;
    if (!parse_time((struct span){p.text + digit, p.size - digit}, &minutes) || minutes == DAY_MIN)
        return false;
    *out_days = days;
    *out_minutes = minutes;
    return true;
}

struct rules {
    struct roster_draft *draft;
    struct hours list[LIMIT_HOURS];
    size_t count;
};

static void add(struct rules *r, const struct doc_node *node, struct hours rule)
{
    if (r->count < LIMIT_HOURS)
        r->list[r->count] = rule;
    else if (r->count == LIMIT_HOURS)
        doc_mistake(r->draft->doc, node, "one operator can have %d rules", LIMIT_HOURS);
    r->count++;
}

/* `days` 0: the text names them, or means every day. */
static void read_text(struct rules *r, const struct doc_node *node, uint8_t days)
{
    struct doc *doc = r->draft->doc;
    struct hours rule;
    struct span text;

    if (!doc_text(doc, node, HOURS_TEXT_MAX, &text))
        return;
    if (!parse_rule(text, &rule) || (days && rule.days)) {
        doc_mistake(doc, node, "\"%.*s\" is no shift; write \"07:00-19:00\"%s", SPAN_ARG(text),
                    days ? "" : " or \"mon-fri 07:00-19:00\"");
        return;
    }
    rule.days = days ? days : rule.days ? rule.days : HOURS_DAILY;
    add(r, node, rule);
}

static bool read_days(struct doc *doc, const struct doc_node *node, uint8_t *out)
{
    struct span text;
    uint8_t days = 0;

    if (json_type(node->value) == JSON_LIST) {
        if (doc_count(node) == 0)
            doc_mistake(doc, node, "names no day; leave it out for every day");
        for (size_t i = 0; i < doc_count(node) && i < LIMIT_HOURS; i++) {
            uint8_t more = 0;
            if (!read_days(doc, doc_item(doc, node, i), &more))
                return false;
            days |= more;
        }
        *out = days;
        return days != 0;
    }
    if (!doc_text(doc, node, HOURS_TEXT_MAX, &text))
        return false;
    if (parse_days(text, out))
        return true;
    doc_mistake(doc, node, "\"%.*s\" is no day; write mon, tue, ..., \"mon-fri\" or \"daily\"",
                SPAN_ARG(text));
    return false;
}

static bool read_time(struct doc *doc, const struct doc_node *rule, const char *const *keys,
                      uint16_t *out)
{
    const struct doc_node *node = doc_get_any(doc, rule, keys);
    struct span text;

    if (!node) {
        doc_mistake(doc, rule, "has no \"%s\"; give a time such as \"07:00\"", keys[0]);
        return false;
    }
    if (!doc_text(doc, node, HOURS_TEXT_MAX, &text))
        return false;
    if (parse_time(text, out))
        return true;
    doc_mistake(doc, node, "\"%.*s\" is no time of day; write \"07:00\" (00:00 to 24:00)",
                SPAN_ARG(text));
    return false;
}

static void read_object(struct rules *r, const struct doc_node *node, uint8_t days)
{
    struct doc *doc = r->draft->doc;
    const struct doc_node *named = doc_get_any(doc, node, days_keys);
    struct hours rule = {.days = days ? days : HOURS_DAILY};

    doc_known(doc, node, rule_keys, true);
    if (named && days)
        doc_mistake(doc, named, "stands under a day already; take it out");
    const bool good_days = !named || read_days(doc, named, &rule.days);
    const bool good_from = read_time(doc, node, from_keys, &rule.from_min);
    const bool good_to = read_time(doc, node, to_keys, &rule.to_min);

    if (!good_days || !good_from || !good_to)
        return;
    if (put_in_order(&rule))
        add(r, node, rule);
    else
        doc_mistake(doc, node, "begins at 24:00; write \"00:00\" of the next day");
}

static bool is_by_day(struct doc *doc, const struct doc_node *node)
{
    uint8_t days;

    return doc_count(node) > 0 && parse_days(doc_item(doc, node, 0)->key, &days);
}

static void read_rules(struct rules *r, const struct doc_node *node, uint8_t days);

/* {"mon": "07:00-19:00", "sun": null} */
static void read_by_day(struct rules *r, const struct doc_node *node)
{
    struct doc *doc = r->draft->doc;

    for (size_t i = 0; i < doc_count(node); i++) {
        const struct doc_node *item = doc_item(doc, node, i);
        uint8_t days;

        if (!parse_days(item->key, &days))
            doc_mistake(doc, item, "is no day; write mon, tue, ..., or \"mon-fri\"");
        else if (json_type(item->value) != JSON_NULL)
            read_rules(r, item, days);
    }
}

static void read_rules(struct rules *r, const struct doc_node *node, uint8_t days)
{
    struct doc *doc = r->draft->doc;

    switch (json_type(node->value)) {
    case JSON_TEXT:
        read_text(r, node, days);
        break;
    case JSON_LIST:
        for (size_t i = 0; i < doc_count(node); i++)
            read_rules(r, doc_item(doc, node, i), days);
        break;
    case JSON_OBJECT:
        if (days == 0 && is_by_day(doc, node))
            read_by_day(r, node);
        else
            read_object(r, node, days);
        break;
    case JSON_ABSENT:
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_NUMBER:
    case JSON_TYPES:
        doc_mistake(doc, node, "is %s; give %s", json_type_name(json_type(node->value)), mend);
        break;
    }
}

static bool means_always(const struct doc_node *node)
{
    const struct span text = span_trim(json_text(node->value));

    return json_bool(node->value) || span_is_nocase(text, SPAN("always")) ||
           span_is_text(text, "24/7");
}

void roster_hours_read(struct roster_draft *d, const struct doc_node *node,
                       struct roster_operator *o)
{
    struct rules rules = {.draft = d};
    const size_t before = d->doc->mistakes->count + d->doc->mistakes->more;

    if (means_always(node))
        return;
    read_rules(&rules, node, 0);
    if (d->doc->mistakes->count + d->doc->mistakes->more > before)
        return;
    if (rules.count == 0) { /* no rule would mean always */
        doc_mistake(d->doc, node, "names no hours; leave it out if he is always on call");
        return;
    }
    struct hours *kept = ARENA_NEW_N(d->arena, struct hours, rules.count);
    memcpy(kept, rules.list, rules.count * sizeof *kept);
    o->hours = kept;
    o->hours_count = (uint8_t)rules.count;
}
