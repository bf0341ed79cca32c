/* web/web.h - everything that is served over HTTP: webhooks, the API, pages, health.
 *
 * One table says for each method and path who may call it and what it does; web_handle is the
 * server's handler for every listener.
 * Owns: its requests until they are answered; the engine and the server stay the caller's.
 * Threads: loop thread only.
 * Source: design section 6.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/buf.h"
#include "base/err.h"
#include "net/http_server.h"
#include "visit/web_options.h"

struct web;

/* ERR_BAD_INPUT: there is no auth token to check signatures with; ERR_BROKEN: no HTTP client. */
MUST_USE enum err web_open(const struct web_options *options, struct web **out);
/* Other auth tokens for signatures from now on; empty ones are left out, one has to be there. */
void web_take_tokens(struct web *web, const struct span tokens[SIGNATURE_TOKENS_MAX]);
/* Ends what would go on for ever: the program is ending. */
void web_drain(struct web *web);
/* Close the server and the engine first: what they still hold of a request is dropped here.
 * Accepts a pointer to NULL and leaves NULL. */
void web_close(struct web **web);

/* An http_handler_fn; `ctx` is the struct web. */
void web_handle(void *ctx, struct http_request *rq);

/* The table, for people: "METHOD PATH WHO ROLE help" lines, in the arena. */
struct span web_table(struct arena *arena);
/* The API with what it takes and gives: docs/api-reference.md. */
void web_api_page(struct buf *out);

#endif
