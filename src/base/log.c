#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/utf8.h"

enum {
    TEXT_MAX_BYTES = 1024,
    FIELD_MAX_BYTES = 80,
    LINE_MAX_BYTES = 2 * TEXT_MAX_BYTES + 4 * FIELD_MAX_BYTES + 256,
    SHOWN_DIGITS = 4,
    NUMBER_DIGITS_MIN = 9, /* what is shorter is no number that somebody could be called at */
    SITES = 64,
    JOURNAL_WAIT_US = 250000, /* a journal that is stuck must not hold us up for long */
};
static const int64_t WINDOW_NS = 10000000000;

static const char *const level_names[LOG_LEVELS] = {"debug", "info", "warn", "error"};
static const char *const form_names[LOG_FORMS] = {"text", "json", "journal"};
/* As syslog counts. */
static const int priorities[LOG_LEVELS] = {7, 6, 4, 3};

static enum log_level least_level = LOG_INFO;
static enum log_form form = LOG_TEXT;
static struct sockaddr_un journal = {.sun_family = AF_UNIX};
static int journal_fd = -1;

/* One line on its way; what is not known is empty. */
struct line {
    enum log_level level;
    char text[TEXT_MAX_BYTES], tenant[16], event[ID_TEXT_SIZE + 1];
    char sid[FIELD_MAX_BYTES], kind[FIELD_MAX_BYTES];
};

/* ---- setting up ---- */

bool log_level_parse(struct span name, enum log_level *out)
{
    for (int i = 0; i < LOG_LEVELS; i++)
        if (span_is_text(name, level_names[i])) {
            *out = (enum log_level)i;
            return true;
        }
    return false;
}

bool log_form_parse(struct span name, enum log_form *out)
{
    if (span_is_text(name, "auto")) {
        *out = log_is_journal() ? LOG_JOURNAL : LOG_TEXT;
        return true;
    }
    for (int i = 0; i < LOG_FORMS; i++)
        if (span_is_text(name, form_names[i])) {
            *out = (enum log_form)i;
            return true;
        }
    return false;
}

bool log_is_journal(void)
{
    const char *said = getenv("JOURNAL_STREAM");
    struct stat st;
    char is[64];

    if (!said || fstat(STDERR_FILENO, &st) != 0)
        return false;
    snprintf(is, sizeof is, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
    return strcmp(said, is) == 0;
}

void log_setup(enum log_level least, enum log_form wanted, const char *path)
{
    const struct timeval wait = {0, JOURNAL_WAIT_US};

    least_level = least;
    form = wanted;
    if (journal_fd >= 0)
        close(journal_fd);
    journal_fd = -1;
    if (form != LOG_JOURNAL)
        return;
    snprintf(journal.sun_path, sizeof journal.sun_path, "%s",
             path ? path : "/run/systemd/journal/socket");
    journal_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (journal_fd >= 0)
        (void)setsockopt(journal_fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

/* ---- what may be written ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Of +16195550100 the last four digits are left, of %2B16195550100 too. */
static void mask_numbers(char *text)
{
    for (char *at = text; *at; at++) {
        const bool is_plus = *at == '+';
        char *digits = at + (is_plus ? 1 : 3);
        size_t count = 0;

        if (!is_plus && strncmp(at, "%2B", 3) != 0 && strncmp(at, "%2b", 3) != 0)
            continue;
        while (is_digit(digits[count]))
            count++;
        if (count >= NUMBER_DIGITS_MIN)
            memset(digits, '*', count - SHOWN_DIGITS);
        at = digits + count - 1;
    }
}

static void clean(char *text)
{
    const bool is_valid = utf8_is_valid(span_of(text));

    for (char *at = text; *at; at++) {
        const unsigned char c = (unsigned char)*at;
        if (c < 32 || c == 127 || (c > 127 && !is_valid))
            *at = '?';
    }
    mask_numbers(text);
}

/* What did not fit was cut off: not within a character. */
static void cut(char *text, size_t size, int wanted)
{
    const size_t valid = utf8_valid_bytes(span_of(text));

    if (wanted >= (int)size && size - 1 - valid < 4)
        text[valid] = 0;
}

static void take_fields(struct line *l, const struct log_fields *f)
{
    l->tenant[0] = l->event[0] = l->sid[0] = l->kind[0] = 0;
    if (!f)
        return;
    if (f->tenant)
        snprintf(l->tenant, sizeof l->tenant, "%d", (int)f->tenant);
    if (f->event)
        id_render(f->event, l->event);
    snprintf(l->sid, sizeof l->sid, "%.*s", SPAN_ARG(f->sid));
    snprintf(l->kind, sizeof l->kind, "%s", f->kind ? f->kind : "");
    clean(l->sid);
    clean(l->kind);
}

/* ---- the three forms ---- */

static void add(char out[LINE_MAX_BYTES], size_t *size, const char *before, const char *text,
                const char *after)
{
    if (!text[0])
        return;
    const int n = snprintf(out + *size, LINE_MAX_BYTES - *size, "%s%s%s", before, text, after);
    *size += n > 0 ? (size_t)n : 0;
    if (*size > LINE_MAX_BYTES - 2)
        *size = LINE_MAX_BYTES - 2;
}

static size_t as_text(const struct line *l, char out[LINE_MAX_BYTES])
{
    size_t size = 0;

    add(out, &size, "", level_names[l->level], " ");
    add(out, &size, "", l->text, "");
    add(out, &size, " tenant=", l->tenant, "");
    add(out, &size, " event=", l->event, "");
    add(out, &size, " sid=", l->sid, "");
    add(out, &size, "", "\n", "");
    return size;
}

static void escape(const char *text, char out[2 * TEXT_MAX_BYTES])
{
    size_t n = 0;

    for (; *text && n + 3 < 2 * TEXT_MAX_BYTES; text++) {
        if (*text == '"' || *text == '\\')
            out[n++] = '\\';
        out[n++] = *text;
    }
    out[n] = 0;
}

static size_t as_json(const struct line *l, char out[LINE_MAX_BYTES])
{
    char when[32], quoted[2 * TEXT_MAX_BYTES];
    struct timespec now;
    struct tm tm;
    size_t size = 0;

    clock_gettime(CLOCK_REALTIME, &now);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", gmtime_r(&now.tv_sec, &tm));
    snprintf(quoted, sizeof quoted, "%s.%03dZ", when, (int)(now.tv_nsec / 1000000));
    add(out, &size, "{\"time\":\"", quoted, "\"");
    add(out, &size, ",\"level\":\"", level_names[l->level], "\"");
    add(out, &size, ",\"tenant\":", l->tenant, "");
    add(out, &size, ",\"event\":\"", l->event, "\"");
    escape(l->sid, quoted);
    add(out, &size, ",\"sid\":\"", quoted, "\"");
    escape(l->kind, quoted);
    add(out, &size, ",\"kind\":\"", quoted, "\"");
    escape(l->text, quoted);
    add(out, &size, ",\"text\":\"", quoted, "\"}\n");
    return size;
}

/* No value has a line feed, so that each field is NAME=value and one. */
static size_t as_entry(const struct line *l, char out[LINE_MAX_BYTES])
{
    const char priority[] = {(char)('0' + priorities[l->level]), 0};
    size_t size = 0;

    add(out, &size, "MESSAGE=", l->text[0] ? l->text : " ", "\n");
    add(out, &size, "PRIORITY=", priority, "\n");
    add(out, &size, "SYSLOG_IDENTIFIER=", "nextring", "\n");
    add(out, &size, "NEXTRING_TENANT=", l->tenant, "\n");
    add(out, &size, "NEXTRING_EVENT=", l->event, "\n");
    add(out, &size, "NEXTRING_SID=", l->sid, "\n");
    add(out, &size, "NEXTRING_KIND=", l->kind, "\n");
    return size;
}

static bool send_entry(const struct line *l)
{
    char out[LINE_MAX_BYTES];
    const size_t size = as_entry(l, out);

    return journal_fd >= 0 &&
           sendto(journal_fd, out, size, MSG_NOSIGNAL, (const struct sockaddr *)&journal,
                  sizeof journal) == (ssize_t)size;
}

static void put(const struct line *l)
{
    char out[LINE_MAX_BYTES];

    if (form == LOG_JOURNAL && send_entry(l))
        return;
    const size_t size = form == LOG_JSON ? as_json(l, out) : as_text(l, out);
    if (write(STDERR_FILENO, out, size) < 0)
        return; /* nobody listens: there is nowhere to tell it */
}

/* ---- what comes over and over ---- */

static struct site {
    const char *format; /* which place in the code */
    int64_t since_ns;
    unsigned said, left_out;
} sites[SITES];
static pthread_mutex_t sites_lock = PTHREAD_MUTEX_INITIALIZER;

/* What was left out at the place that is counted from now on anew; 0: nothing. */
static unsigned begin(struct site *s, const char *format, int64_t now_ns, const char **out_before)
{
    const unsigned left_out = s->left_out;

    *out_before = s->format;
    *s = (struct site){.format = format, .since_ns = now_ns};
    return left_out;
}

static bool may_say(const char *format, unsigned *out_left_out, const char **out_before)
{
    struct site *s = &sites[((uintptr_t)format >> 3) % SITES];
    const int64_t now_ns = clock_mono_ns();

    pthread_mutex_lock(&sites_lock);
    *out_left_out = 0;
    if (s->format != format || now_ns - s->since_ns > WINDOW_NS)
        *out_left_out = begin(s, format, now_ns, out_before);
    const bool may = s->said < LOG_REPEATS_MAX;
    s->said += may;
    s->left_out += !may;
    pthread_mutex_unlock(&sites_lock);
    return may;
}

static void say_left_out(unsigned left_out, const char *format)
{
    struct line l = {.level = LOG_WARN};

    snprintf(l.text, sizeof l.text, "log: %u more lines were left out that were like: %.200s",
             left_out, format);
    clean(l.text);
    put(&l);
}

__attribute__((format(printf, 3, 0))) static void
say(enum log_level level, const struct log_fields *fields, const char *format, va_list args)
{
    struct line l = {.level = level};
    const char *before = NULL;
    unsigned left_out = 0;

    if (level < least_level || !may_say(format, &left_out, &before))
        return;
    if (left_out)
        say_left_out(left_out, before);
    cut(l.text, sizeof l.text, vsnprintf(l.text, sizeof l.text, format, args));
    clean(l.text);
    take_fields(&l, fields);
    put(&l);
}

void log_line(enum log_level level, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(level, NULL, format, args);
    va_end(args);
}

void log_event(enum log_level level, const struct log_fields *fields, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(level, fields, format, args);
    va_end(args);
}
