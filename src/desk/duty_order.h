/* desk/duty_order.h - somebody sets an operator's duty by a page or a program: as if the operator
 * had said it by text, and he is told when it was not he.
 *
 * Threads: one at a time.
 */
#ifndef DESK_DUTY_ORDER_H
#define DESK_DUTY_ORDER_H

#include "base/err.h"
#include "rules/context.h"

MUST_USE enum err duty_order(const struct context *c); /* EVENT_DUTY */

#endif
