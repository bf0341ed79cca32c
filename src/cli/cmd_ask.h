/* cli/cmd_ask.h - subcommands that ask the running daemon: token, thread, relay, call, nodes, ack,
 * reload.
 *
 * Threads: one.
 */
#ifndef CLI_CMD_ASK_H
#define CLI_CMD_ASK_H

#include "cli/cli.h"

extern const struct cli_command cmd_ask_token_command;
extern const struct cli_command cmd_ask_thread_command;
extern const struct cli_command cmd_ask_relay_command;
extern const struct cli_command cmd_ask_call_command;
extern const struct cli_command cmd_ask_nodes_command;
extern const struct cli_command cmd_ask_ack_command;
extern const struct cli_command cmd_ask_reload_command;

#endif
