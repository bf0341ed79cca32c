#include "service/notify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

enum { TEXT_BYTES = 512, US_PER_MS = 1000 };

bool notify_is_wanted(void)
{
    const char *to = getenv("NOTIFY_SOCKET");

    return to && *to;
}

int64_t notify_watchdog_ms(void)
{
    uint64_t us = 0;

    return sd_watchdog_enabled(0, &us) > 0 ? (int64_t)(us / US_PER_MS) : 0;
}

void notify_say(const char *format, ...)
{
    char text[TEXT_BYTES];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)sd_notify(0, text);
}

void notify_keep(int fd, const char *name)
{
    char text[TEXT_BYTES];

    snprintf(text, sizeof text, "FDSTORE=1\nFDNAME=%s", name);
    (void)sd_pid_notify_with_fds(0, 0, text, &fd, 1);
}

_Static_assert((int)NOTIFY_FIRST_FD == SD_LISTEN_FDS_START, "sd_listen_fds(3)");

int notify_take_given(char ***out_names)
{
    *out_names = NULL;
    const int given = sd_listen_fds_with_names(1, out_names);
    return given < 0 ? 0 : given;
}

void notify_forget(const char *name)
{
    notify_say("FDSTOREREMOVE=1\nFDNAME=%s", name);
}
