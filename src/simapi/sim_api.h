/* simapi/sim_api.h - one request to the REST API: who asks, for what, and what is answered.
 *
 * A family of resources is a kind (how its rows are found, listed and shown) and rows of the
 * route table. The door in simrest fills the request in; the route's function reads
 * a->form, changes the world and leaves a row, a text in a->out, or an error.
 * Owns: nothing; all of it lives as long as the HTTP request.
 * Threads: loop thread only.
 * Source: sections 5.1 to 5.3 of the carrier's reference.
 */
#ifndef SIMAPI_SIM_API_H
#define SIMAPI_SIM_API_H

#include "codec/form.h"
#include "codec/json.h"
#include "net/http_server.h"
#include "simworld/sim_field.h"
#include "simworld/sim_world.h"

enum { SIM_API_PARTS = 4, SIM_API_ANSWER_MAX = 8 << 20 };

/* The carrier's hosts. On our own address the paths alone tell them apart. */
enum sim_api_host {
    SIM_API_CORE, /* api.twilio.com: everything below /2010-04-01 */
    SIM_API_MESSAGING,
    SIM_API_LOOKUPS,
    SIM_API_MONITOR,
    SIM_API_IAM,
    SIM_API_VERIFY,
    SIM_API_OTHER,
    SIM_API_HOSTS
};

/* What the path ended in. */
enum sim_api_suffix { SIM_API_BARE, SIM_API_JSON, SIM_API_WAV, SIM_API_MP3, SIM_API_SUFFIXES };

enum {                        /* of a route, as bits */
       SIM_API_CREATES = 1,   /* a POST that makes a row: 201; the faults of creates strike it */
       SIM_API_BYTES = 2,     /* answers bytes; asked for without ".json" */
       SIM_API_STRUCK = 4,    /* no create, but struck by 429 and 500 */
       SIM_API_TESTED = 8,    /* test credentials may ask */
       SIM_API_MASTERED = 16, /* no API key may ask: it manages accounts and keys */
       SIM_API_LASTING = 32,  /* also of an account that is not active */
};

struct sim_api;
typedef void sim_api_fn(struct sim_api *a);

/* One kind of resource. Rows are what `at` gives, cast by the family. */
struct sim_api_kind {
    const char *name;    /* in paths and for faults: "Messages" */
    const char *key;     /* of a list: "messages" */
    const char *element; /* of a row in XML: "Message" */
    const char *sids;    /* of rows made by count and listed newest first, "SM MM": a page begins
                            behind one that is deleted as well; NULL: it does not */
    /* All rows there are, 0 the newest; `at` may give NULL for one to be skipped. */
    size_t (*count)(const struct sim_api *a);
    void *(*at)(const struct sim_api *a, size_t i);
    /* Of a linked list: the row behind one, NULL at the end; then `at` is asked for the first
     * alone, and `count` is not needed. */
    void *(*after)(const void *row);
    bool (*is_here)(const struct sim_api *a, const void *row); /* of this account and parent */
    bool (*is_met)(const struct sim_api *a, const void *row);  /* by the filters; NULL: any */
    void *(*find)(const struct sim_api *a, struct span sid);   /* NULL: looked for by SID */
    const char *(*sid)(const void *row);
    void (*shape)(const struct sim_api *a, struct json_out *o, const char *key, const void *row);
    bool bare; /* a list without a frame: the rows and "uri" */
};

/* A row of the route table. A path of SIM_API_CORE that does not begin with the version is
 * below "/2010-04-01/Accounts/{account}"; each {...} but {account} is one of a->part. With a
 * kind the last {sid} names its row, found before `answer` is called; the one before, when
 * there is a parent, the parent's row. */
struct sim_api_route {
    enum sim_api_host host;
    const char *method, *path;
    sim_api_fn *answer;
    const struct sim_api_kind *kind, *parent;
    unsigned flags;
    const char *does; /* for docs/simulator.md */
};

struct sim_api {
    struct sim_world *world;
    struct http_request *rq;
    struct arena *arena;
    const struct form *form; /* the body's of a POST, else the query's */
    enum sim_api_host host;
    enum sim_api_suffix suffix;
    const struct sim_api_route *route;
    struct span part[SIM_API_PARTS]; /* decoded */
    size_t part_count;
    struct sim_account *account; /* whose resources; the path's, or the asker's */
    struct sim_account *asker;   /* whose credentials */
    bool by_key;                 /* an API key that may not manage accounts and keys */
    void *parent, *row;
    int64_t since_ms;
    /* The answer. */
    struct buf out; /* text of the handler's own; else the row is shown */
    int status;     /* 0: what fits */
    int code;       /* of an error; 0: none */
    const char *message;
    bool answered; /* the handler has answered the HTTP request itself */
};

/* Leaves an error. The first one stays. */
__attribute__((format(printf, 4, 5))) void sim_api_refuse(struct sim_api *a, int status, int code,
                                                          const char *format, ...);
/* Something that is not over yet cannot be deleted: 409, or what the world's setting
 * "early_delete_status" says. */
void sim_api_refuse_early(struct sim_api *a, const char *what);
/* What everybody may be told of a path that leads nowhere. */
void sim_api_refuse_unknown(struct sim_api *a);
/* The value of a form field; empty, with NULL data, when it is absent. */
struct span sim_api_field(const struct sim_api *a, const char *name);
/* Takes the form's settable fields over into `row`, as sim_field_take; false with an error left. */
bool sim_api_take(struct sim_api *a, const struct sim_field *fields, void *row);
/* True when the field is there and is "true". */
bool sim_api_is_true(const struct sim_api *a, const char *name);
/* Scheme and host that the asker used: our own address, or https://HOST when the request came
 * through a proxy for the carrier's host names. */
const char *sim_api_base(const struct sim_api *a);
/* The host's first label, "messaging". */
const char *sim_api_host_name(enum sim_api_host host);
/* The path as a reader knows it, with what is left out of the table. */
void sim_api_route_path(const struct sim_api_route *route, struct buf *out);

/* Handlers that need nothing of their own: the row as it is (fetch), and the list. */
void sim_api_fetch(struct sim_api *a);

#endif
