/* app/sim_serve.h - nextring-sim serve: the simulated carrier, until a signal ends it.
 *
 * Errors: said on stderr; the exit status is 2 for wrong usage, 3 when it could not.
 * Threads: one.
 */
#ifndef APP_SIM_SERVE_H
#define APP_SIM_SERVE_H

/* `argv[0]` is the name of the command or of the program. */
int sim_serve_run(int argc, char **argv);

#endif
