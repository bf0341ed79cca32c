/* test/model/twiml_draft.h - an answer of any kind, drawn at random, and the words of outsiders
 * that go into it, so that the same document can be rendered with hostile words and with plain
 * ones.
 *
 * Owns: the call scripts: the built-in ones, the examples, and one in which a field stands
 * wherever one may stand. They are read from the project's folder.
 * Results live in the arena.
 */
#ifndef TWIML_DRAFT_H
#define TWIML_DRAFT_H

#include "base/arena.h"
#include "base/dice.h"
#include "model/event.h"

#define TWIML_DRAFT_OWN "https://relay.example.test"

/* Everything of a document that somebody outside has a say in. */
struct twiml_words {
    struct span business, customer, customer_name, job, name, body; /* of what is said */
    struct span caller_id, path, number;
    struct span values[SCRIPT_FIELDS];
};

/* What of a document is ours alone. */
struct twiml_draft {
    struct answer answer;
    bool has_script, has_again, has_still, later;
    enum script_kind script;
    int set;
    uint32_t sentence;
};

void twiml_draft_open(void);
void twiml_draft_close(void);

struct twiml_draft twiml_draft(struct dice *dice);
/* Words of such a caller that show as much as the hostile ones do. */
struct twiml_words twiml_draft_plain(const struct twiml_words *hostile);
struct span twiml_draft_render(struct arena *arena, const struct twiml_draft *draft,
                               const struct twiml_words *words);
/* The document that reads a text out. */
struct span twiml_draft_reading(struct arena *arena, const struct twiml_words *words);

#endif
