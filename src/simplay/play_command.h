/* simplay/play_command.h - `nextring-sim play FILE...`: plays scenarios and tells how they went.
 *
 * Threads: one.
 */
#ifndef SIMPLAY_PLAY_COMMAND_H
#define SIMPLAY_PLAY_COMMAND_H

/* argv[0] is the command's name. Returns 0 when all expectations held, 1 when not, 2 for wrong
 * usage or a file with mistakes, 3 when one could not be played. */
int play_command_run(int argc, char **argv);

#endif
