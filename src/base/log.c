#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024 };

static const char *const level_names[LOG_LEVELS] = {"debug", "info", "warn", "error"};
static enum log_level least_level = LOG_INFO;
static bool as_json;

void log_setup(enum log_level least, bool json)
{
    least_level = least;
    as_json = json;
}

static void clean(char *text)
{
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c < 32 || c == 127)
            *text = '?';
    }
}

static void escape(const char *text, char *out, size_t room)
{
    size_t n = 0;

    for (; *text && n + 3 < room; text++) {
        if (*text == '"' || *text == '\\')
            out[n++] = '\\';
        out[n++] = *text;
    }
    out[n] = 0;
}

void log_line(enum log_level level, const char *format, ...)
{
    char text[LINE_MAX_BYTES], line[2 * LINE_MAX_BYTES + 128];
    va_list args;

    if (level < least_level)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    clean(text);
    int size;
    if (as_json) {
        char quoted[2 * LINE_MAX_BYTES], when[32];
        const time_t now = time(NULL);
        struct tm tm;
        escape(text, quoted, sizeof quoted);
        strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
        size = snprintf(line, sizeof line, "{\"time\":\"%s\",\"level\":\"%s\",\"text\":\"%s\"}\n",
                        when, level_names[level], quoted);
    } else {
        size = snprintf(line, sizeof line, "%s %s\n", level_names[level], text);
    }
    if (size > 0 && write(STDERR_FILENO, line, (size_t)size) < 0)
        return; /* nobody listens: there is nowhere to tell it */
}
