#include "cli/progress.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

static const int64_t apart_ns = INT64_C(200) * 1000000;

/* The program has one terminal, and one line on it. */
static int64_t shown_ns;
static bool is_shown;

void progress_show(const char *format, ...)
{
    const int64_t now_ns = clock_mono_ns();
    va_list args;

    if (!isatty(STDERR_FILENO) || (is_shown && now_ns - shown_ns < apart_ns))
        return;
    va_start(args, format);
    fputs("\r\033[K", stderr);
    vfprintf(stderr, format, args);
    fflush(stderr);
    va_end(args);
    shown_ns = now_ns;
    is_shown = true;
}

void progress_end(void)
{
    if (is_shown)
        fputs("\r\033[K", stderr);
    is_shown = false;
}
