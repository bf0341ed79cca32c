/* cli/cmd_ask.h - subcommands that ask the running daemon: token, thread, job, relay, call, tail,
 * ack.
 *
 * Threads: one.
 */
#ifndef CLI_CMD_ASK_H
#define CLI_CMD_ASK_H

#include "cli/cli.h"

int cmd_ask_token(struct cli *cli);
int cmd_ask_thread(struct cli *cli);
int cmd_ask_relay(struct cli *cli);
int cmd_ask_call(struct cli *cli);
int cmd_ask_tail(struct cli *cli);
int cmd_ask_nodes(struct cli *cli);
int cmd_ask_ack(struct cli *cli);
int cmd_ask_reload(struct cli *cli);
int cmd_ask_job(struct cli *cli);

#endif
