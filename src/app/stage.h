/* app/stage.h - the rehearsal's stage: a folder, a clock, a simulated carrier and the daemon,
 * each in a process of its own.
 *
 * Owns: the processes and the folder (removed by stage_close unless kept).
 * Errors: every function that can fail prints one line to stderr and returns false.
 * Threads: one.
 */
#ifndef APP_STAGE_H
#define APP_STAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/span.h"
#include "codec/json.h"

struct stage {
    struct arena *arena;
    char folder[64];
    int clock_fd;
    pid_t sim, daemon;
    int sim_port, daemon_port;
    bool is_database; /* from its next start on the daemon keeps the roster itself */
};

#define STAGE_ACCOUNT "AC00000000000000000000000000000001"
#define STAGE_LINE "+16195550100"
#define STAGE_PRIMARY "+16195550111"
#define STAGE_BACKUP "+16195550112"
#define STAGE_OWNER "+16195550113"
#define STAGE_CUSTOMER "+16195550150"

/* Makes the folder and starts both. `port` 0 picks one for the daemon. */
bool stage_open(struct stage *stage, int port);
void stage_close(struct stage *stage);

bool stage_start_daemon(struct stage *stage);
/* kill -9, and waits for its end. */
void stage_kill_daemon(struct stage *stage);

/* A JSON request to the simulated carrier or to the daemon's control socket. The answer's tree
 * is the caller's to close; NULL when the status is not 2xx. */
struct json *stage_ask_sim(struct stage *stage, const char *method, const char *path,
                           const char *body);
struct json *stage_ask_daemon(struct stage *stage, const char *path);
struct json *stage_post_daemon(struct stage *stage, const char *path, const char *body);
/* ... to the daemon as one of its own pages asks it. */
struct json *stage_post_page(struct stage *stage, const char *path, const char *body);
/* The same to the simulated carrier when only success matters. */
bool stage_do(struct stage *stage, const char *method, const char *path, const char *body);
/* Leaps the clock forward; false when something stays busy. */
bool stage_turn(struct stage *stage, int64_t ms);
/* The rehearsal's time. */
int64_t stage_now_ms(struct stage *stage);

#endif
