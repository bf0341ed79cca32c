/* app/serve.h - `nextring serve`: the daemon, wired from settings and credentials.
 *
 * Exit status: 0 after SIGTERM or SIGINT, 2 for wrong settings, 3 when it could not start or go
 * on; each with one line that names the cause and the mend.
 */
#ifndef APP_SERVE_H
#define APP_SERVE_H

#include "cli/cli.h"

int serve_run(struct cli *cli);

#endif
