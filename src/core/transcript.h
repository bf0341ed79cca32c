/* core/transcript.h - a voicemail that the carrier has written down.
 *
 * The words join the voicemail's relay: whoever holds it, or has taken it, is sent them, without
 * a new clock. One that could not be written down, comes late or comes twice changes nothing.
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef CORE_TRANSCRIPT_H
#define CORE_TRANSCRIPT_H

#include "rules/context.h"

enum err transcript_event(const struct context *c); /* EVENT_TRANSCRIBED */

#endif
