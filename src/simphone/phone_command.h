/* simphone/phone_command.h - nextring-sim phone: a phone of a running simulator, held by a command.
 *
 * Errors: said on stderr; the exit status is 1 when the simulator refuses, 2 for wrong usage,
 * 3 when no simulator answers.
 * Threads: one.
 */
#ifndef SIMPHONE_PHONE_COMMAND_H
#define SIMPHONE_PHONE_COMMAND_H

/* `argv[0]` is the name of the command. */
int phone_command_run(int argc, char **argv);

#endif
