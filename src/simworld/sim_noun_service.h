/* simworld/sim_noun_service.h - the nouns of messaging services: pools of senders, and who texts
 * which recipient.
 *
 * Plain data; made and changed by simtext/sim_service. All of it lives as long as the world, in
 * its arena; texts are never NULL ("" when not set).
 */
#ifndef SIMWORLD_SIM_NOUN_SERVICE_H
#define SIMWORLD_SIM_NOUN_SERVICE_H

#include "simworld/sim_noun_account.h"

enum {
    SIM_SERVICES_MAX = 1000,   /* of the world */
    SIM_SENDERS_MAX = 400,     /* of a service and kind */
    SIM_CUSTOMERS_MAX = 50000, /* of the world: recipients that keep their sender */
    SIM_SENDER_NAME_SIZE = LIMIT_NUMBER_SIZE,
};

enum sim_sender_kind {
    SIM_SENDER_NUMBER,
    SIM_SENDER_SHORT_CODE,
    SIM_SENDER_ALPHA,
    SIM_SENDER_KINDS
};

struct sim_service;

struct sim_sender {
    struct sim_sender *next; /* came before it */
    struct sim_service *service;
    enum sim_sender_kind kind;
    char sid[LIMIT_SID_SIZE];
    char name[SIM_SENDER_NAME_SIZE]; /* as a phone shows it */
    struct sim_number *number;       /* NULL: an alphanumeric one */
    struct sim_line line;            /* of one without a number */
    int64_t uses;
    int64_t created_ms, updated_ms;
    bool dropped;
};

/* Who was texted from which sender: he is texted from it again. */
struct sim_customer {
    struct sim_customer *next;
    char number[LIMIT_NUMBER_SIZE];
    struct sim_sender *sender;
};

struct sim_service {
    struct sim_service *next; /* older */
    struct sim_account *account;
    char sid[LIMIT_SID_SIZE];
    const char *friendly_name;
    const char *inbound_request_url, *inbound_method, *fallback_url, *fallback_method;
    const char *status_callback, *scan_message_content, *usecase;
    bool sticky_sender, mms_converter, smart_encoding, area_code_geomatch;
    bool fallback_to_long_code, synchronous_validation, registered;
    bool use_inbound_webhook_on_number;
    int64_t validity_period;    /* seconds */
    struct sim_sender *senders; /* newest first */
    struct sim_customer *customers;
    int64_t created_ms, updated_ms;
    bool deleted;
};

#endif
