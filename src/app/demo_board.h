/* app/demo_board.h - somebody who may look at the demo's board, and what there is to try on it.
 *
 * The demo listens on loopback only and is removed at its end, so its user's password is made anew
 * each time and printed; a real one is set by its owner, by a link that works once.
 * Threads: one.
 */
#ifndef APP_DEMO_BOARD_H
#define APP_DEMO_BOARD_H

#include <stdbool.h>

#include "app/stage.h"

enum { DEMO_BOARD_PASSWORD_SIZE = 13, DEMO_BOARD_LINK_SIZE = 256 };
struct demo_board {
    char password[DEMO_BOARD_PASSWORD_SIZE]; /* of user "demo" */
    char link[DEMO_BOARD_LINK_SIZE];         /* by which user "you" sets his own */
};

/* Makes both, and signs "demo" in and out once. False: something refused. */
bool demo_board_open(struct stage *stage, struct demo_board *out);
/* Where it is, how one signs in, what can be tried. */
void demo_board_tell(const struct stage *stage, const struct demo_board *board);

#endif
