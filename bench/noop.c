/* The HTTP interface alone: what a request costs when nothing is read, checked or kept. Answers
 * the carrier's webhooks with the empty TwiML and, so that it can stand in for the carrier,
 * REST requests with a message that was accepted and lists with none.
 *
 *   nextring-noop PORT [LOG]    LOG: file for the instant of each message, in us */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "net/http_server.h"

static const struct http_limits limits = {6 * 1024, 64 * 1024, 60000, 10000, 10000, 0};

struct noop {
    FILE *log;
    uint64_t messages;
};

/* An odd factor maps each number to another one: unique, and in no order, as sids are. */
static void accept_message(struct noop *n, struct http_request *rq)
{
    char json[128];
    const uint64_t number = ++n->messages * 0x9e3779b97f4a7c15u;

    if (n->log)
        fprintf(n->log, "%lld\n", (long long)(clock_mono_ns() / 1000));
    const int size = snprintf(json, sizeof json,
                              "{\"sid\":\"SM%016" PRIx64 "%016" PRIx64 "\",\"status\":\"queued\"}",
                              number, n->messages);
    http_answer(rq, 201, "application/json", (struct span){json, (size_t)size}, NULL);
}

static void list_nothing(struct http_request *rq)
{
    http_answer(rq, 200, "application/json", SPAN("{\"messages\":[],\"calls\":[]}"), NULL);
}

static void handle(void *ctx, struct http_request *rq)
{
    static const struct span twiml =
        SPAN("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response></Response>");

    if (span_starts(rq->path, SPAN("/2010-04-01/")) && span_is_text(rq->method, "GET"))
        list_nothing(rq);
    else if (span_starts(rq->path, SPAN("/2010-04-01/")))
        accept_message(ctx, rq);
    else
        http_answer(rq, 200, "text/xml", twiml, NULL);
}

int main(int argc, char **argv)
{
    struct noop noop = {NULL, 0};
    struct http_server *server = NULL;
    struct loop *loop = NULL;
    char address[32];

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: nextring-noop PORT [LOG]\n");
        return 2;
    }
    if (argc == 3 && !(noop.log = fopen(argv[2], "we"))) {
        perror(argv[2]);
        return 3;
    }
    if (noop.log)
        setvbuf(noop.log, NULL, _IOLBF, 0);
    snprintf(address, sizeof address, "127.0.0.1:%d", atoi(argv[1]));
    if (loop_open(&loop) || http_server_open(loop, handle, &noop, &server) ||
        http_server_listen(server, span_of(address), 0, &limits)) {
        fprintf(stderr, "nextring-noop: %s cannot be listened at; is it in use?\n", address);
        return 3;
    }
    loop_run(loop);
    return 0;
}
