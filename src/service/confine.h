/* service/confine.h - from now on the system refuses this process what it has no use for.
 *
 * Loaded once everything is open: a filter of system calls over all threads. What the daemon and
 * its libraries need is allowed; what only an intruder would try (running another program, tracing,
 * mounting, loading into the kernel) ends the process at once, and the kernel's log says so; all
 * else is answered as not permitted, or as not known, so that libraries take their older ways. No
 * new process can be made, threads can; the helper was forked before and is not under it.
 * Errors: ERR_BROKEN in a build with sanitizers, or when the kernel takes no filter; at most that
 * no program gains rights by being run has changed then.
 * Threads: any; it holds for all of them.
 * Source: seccomp(2), libseccomp; design section 11.
 */
#ifndef SERVICE_CONFINE_H
#define SERVICE_CONFINE_H

#include "base/err.h"

enum { CONFINE_WHY_SIZE = 128 };

MUST_USE enum err confine(char why[CONFINE_WHY_SIZE]);

#endif
