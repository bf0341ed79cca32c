/* config/roster_hours.h - on-call hours in the forms that people write.
 *
 * "07:00-19:00", "mon-fri 7am-7pm", {"days": "mon-fri", "from": "07:00", "to": "19:00"},
 * {"mon": "07:00-19:00", "tue": ...}, a list of any of these, "always" or true.
 */
#ifndef CONFIG_ROSTER_HOURS_H
#define CONFIG_ROSTER_HOURS_H

#include "config/roster_draft.h"

/* Fills the operator's hours, in the roster's arena; lists what it cannot read. */
void roster_hours_read(struct roster_draft *draft, const struct doc_node *node,
                       struct roster_operator *operator_id);
/* "09:00", "mon 09:00": *out_days is 0 without a day. False when it is neither. */
bool roster_hours_moment(struct span text, uint8_t *out_days, uint16_t *out_minutes);

#endif
