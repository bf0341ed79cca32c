/* app/call_scripts.h - the daemon's call scripts: read at start, and again when a file changes.
 *
 * A version with a mistake is refused: all its mistakes go to the log, an alarm is kept, and what
 * was good last stays in force; at the start that is the built-in scripts.
 * Owns: the scripts.
 * Threads: loop thread only.
 */
#ifndef APP_CALL_SCRIPTS_H
#define APP_CALL_SCRIPTS_H

#include "config/scripts.h"
#include "engine/engine.h"

struct call_scripts;

/* `folder` may be NULL; it and the engine must live as long. */
struct call_scripts *call_scripts_open(const char *folder, struct engine *engine);
/* The engine has been closed before. */
void call_scripts_close(struct call_scripts **scripts);

const struct scripts *call_scripts_get(const struct call_scripts *scripts);
/* Reads the folder now. */
void call_scripts_load(struct call_scripts *scripts);
/* For loop_add_turn: looks at the folder once a second of real time. */
int64_t call_scripts_turn(void *scripts);

#endif
