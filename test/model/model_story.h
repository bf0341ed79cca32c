/* test/model/model_story.h - one story: people write, press and fall silent, the carrier does what
 * carriers do, the program dies now and then; in the end nobody does anything any more, and all
 * must have come to an end.
 */
#ifndef MODEL_STORY_H
#define MODEL_STORY_H

#include "model_world.h"

/* Tells the story of the seed; a broken promise ends it by model_fail. */
void story_tell(struct world *w, uint64_t seed);

#endif
