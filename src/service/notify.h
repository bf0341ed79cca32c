/* service/notify.h - what systemd is told of us (sd_notify), how often it wants to hear, and what
 * it hands to us.
 *
 * Whatever else starts the daemon gives no NOTIFY_SOCKET, and nothing happens.
 * Threads: any; notify_take_given before there is a second one.
 * Source: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3).
 */
#ifndef SERVICE_NOTIFY_H
#define SERVICE_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Whether somebody listens. */
bool notify_is_wanted(void);
/* The time after which a watchdog that has heard nothing ends us; 0: there is none. */
int64_t notify_watchdog_ms(void);
/* Says lines like "READY=1\nSTATUS=..." ; an answer is not awaited. */
__attribute__((format(printf, 1, 2))) void notify_say(const char *format, ...);
/* Hands over a copy of a descriptor to be given back at our next start, under that name. */
void notify_keep(int fd, const char *name);
/* Whoever keeps descriptors of that name closes them. */
void notify_forget(const char *name);

enum { NOTIFY_FIRST_FD = 3 };
/* How many descriptors were handed to this process, from NOTIFY_FIRST_FD on, closed on exec; only
 * the first call says so. *out_names: as many names, for the caller to free like the list itself;
 * NULL without. */
int notify_take_given(char ***out_names);

#endif
