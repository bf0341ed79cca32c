/* setup/console.h - the account at the carrier, as its owner sets it up by the REST API: one
 * request after the other, waited for.
 *
 * Owns: nothing; what comes back lives in the arena.
 * Errors: none; an answer says what became of the question, and console_words says it to people.
 * Threads: one.
 * Source: section 5 of the carrier's reference.
 */
#ifndef SETUP_CONSOLE_H
#define SETUP_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "net/http_client.h"

struct console {
    struct arena *arena;
    struct span api;             /* base of the REST API, without a slash at the end */
    struct span account;         /* whose numbers these are */
    const char *user, *password; /* who asks */
};

/* All zero: the question was not asked. */
struct console_answer {
    enum http_outcome outcome;
    int status;          /* HTTP_ANSWERED only */
    int32_t code;        /* the carrier's, of a refusal; 0 when it gave none */
    struct span message; /* its words */
    struct span body;
    const char *why;               /* not answered */
    int64_t carrier_ms;            /* its clock; 0: not told */
    int64_t asked_ms, answered_ms; /* by ours */
};

/* A page of a list, as a tree; false ends the walk. */
struct json;
typedef bool console_item_fn(void *ctx, const struct json *item);

/* The address of a path below the account; "%s"-like texts must need no escapes. */
__attribute__((format(printf, 2, 3))) const char *console_url(const struct console *console,
                                                              const char *path, ...);
/* The base of another host of the carrier's ("messaging"); the same address for whatever else. */
struct span console_host(struct arena *arena, struct span api, const char *name);

void console_get(const struct console *console, const char *url, struct console_answer *out);
/* `form` is a body of application/x-www-form-urlencoded. Sent once: an answer that is lost leaves
 * HTTP_UNSURE. */
void console_post(const struct console *console, const char *url, struct span form,
                  struct console_answer *out);

/* True for an answer from 200 to 299. */
bool console_is_good(const struct console_answer *answer);
/* It was refused because of who asked. */
bool console_is_denied(const struct console_answer *answer);
/* What went wrong, in words that go on after "the carrier ": "answered 401, code 20003
 * (Authenticate)", "cannot be reached: ...". */
const char *console_words(struct arena *arena, const struct console_answer *answer);

/* Every item of the list named `key`, page after page, as far as `each` wants. Pages are followed
 * on the same host alone, since the password goes along. The last answer is in *out; false when it
 * is not a good one or no such list, or when it has not ended after CONSOLE_PAGES_MAX pages: what
 * is cut off is never taken for the whole. */
enum { CONSOLE_PAGES_MAX = 10000 };
bool console_list(const struct console *console, const char *url, const char *key,
                  console_item_fn *each, void *ctx, struct console_answer *out);

#endif
