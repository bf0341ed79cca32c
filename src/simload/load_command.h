/* simload/load_command.h - nextring-sim load: its options, its runs, its exit status.
 *
 * 0: every answer was right; 1: some were not; 2: wrong usage; 3: could not.
 * Threads: one.
 */
#ifndef SIMLOAD_LOAD_COMMAND_H
#define SIMLOAD_LOAD_COMMAND_H

/* `argv[0]` is "load". */
int load_command_run(int argc, char **argv);

#endif
