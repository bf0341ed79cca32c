/* config/settings_table.h - the settings, and the one table of their names, kinds, limits,
 * defaults and help.
 *
 * Threads: any; the table is read-only.
 */
#ifndef CONFIG_SETTINGS_TABLE_H
#define CONFIG_SETTINGS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "config/mistakes.h"

enum { SETTINGS_ORIGINS_MAX = 16 };

enum setting {
    SETTING_LISTEN,
    SETTING_PUBLIC_URL,
    SETTING_DATA,
    SETTING_DATABASE,
    SETTING_ROSTER,
    SETTING_PUBLISH,
    SETTING_CARRIER_API,
    SETTING_LOOKUP_API,
    SETTING_ENV_FILE,
    SETTING_KEY_FILE,
    SETTING_SCRIPTS,
    SETTING_ACK_SECONDS,
    SETTING_RING_SECONDS,
    SETTING_CALL_RATE,
    SETTING_KEEP_BODIES_DAYS,
    SETTING_KEEP_RECORDINGS_DAYS,
    SETTING_KEEP_METADATA_DAYS,
    SETTING_CORS_ORIGINS,
    SETTING_ADMIN_LISTEN,
    SETTING_PAGES_URL,
    SETTING_SIGN_IN_BY_TEXT,
    SETTING_SYSCALL_FILTER,
    SETTING_TLS_CERT,
    SETTING_TLS_KEY,
    SETTING_ALARM_COMMAND,
    SETTING_ALARM_COMMAND_FORM,
    SETTING_ALARM_WEBHOOK,
    SETTING_ALARM_SECRET,
    SETTING_CANARY_MINUTES,
    SETTING_CANARY_FROM,
    SETTING_CANARY_TO,
    SETTING_HEARTBEAT_URL,
    SETTING_HEARTBEAT_SECONDS,
    SETTING_LOG,
    SETTING_LOG_LEVEL,
    SETTING_EMF,
    SETTING_AWS_REGION,
    SETTING_AWS_DEFAULT_REGION,
    SETTING_AWS_ACCESS_KEY_ID,
    SETTING_AWS_SECRET_ACCESS_KEY,
    SETTING_AWS_SESSION_TOKEN,
    SETTING_AWS_ENDPOINT_URL,
    SETTING_AWS_ENDPOINT_URL_S3,
    SETTING_AWS_ENDPOINT_URL_SECRETS_MANAGER,
    SETTINGS
};

enum settings_source {
    SETTINGS_DEFAULT,
    SETTINGS_FILE,
    SETTINGS_ENVIRONMENT,
    SETTINGS_OPTION,
    SETTINGS_SOURCES
};

/* Texts that are not set have NULL data. */
struct settings {
    struct span listen;                      /* "127.0.0.1:8080", "[::1]:8080"; port 0 picks one */
    struct span public_url;                  /* http(s), without a slash at the end */
    struct span data;                        /* folder */
    struct span database;                    /* postgres://...; unset: SQLite in the data folder */
    struct span roster;                      /* path, https://, s3://; unset: the database */
    bool publish;                            /* relays and jobs go back to where the roster is */
    struct span carrier_api;                 /* http(s), without a slash at the end */
    struct span lookup_api;                  /* likewise; empty: by carrier_api */
    struct span env_file, key_file, scripts; /* paths */
    struct span tls_cert, tls_key;           /* paths; empty: the public address is plain */
    int64_t ack_s;                           /* 1 to 86400 */
    int64_t ring_s;                          /* 5 to 60 */
    int64_t call_rate;                       /* calls a second, 1 to 1000 */
    int64_t keep_bodies_days, keep_recordings_days, keep_metadata_days; /* 0: for ever */
    struct span cors_origins[SETTINGS_ORIGINS_MAX];
    size_t cors_origin_count;
    struct span admin_listen;
    struct span pages_url; /* http(s), without a slash at the end; empty: the public one */
    bool sign_in_by_text;
    bool syscall_filter;
    struct span alarm_command, alarm_command_form, alarm_webhook, alarm_secret;
    int64_t canary_minutes; /* 0: none is sent */
    struct span canary_from, canary_to;
    struct span heartbeat_url;
    int64_t heartbeat_s; /* 10 to 86400 */
    struct span log, log_level;
    struct span emf; /* "stdout" or udp://host:port; empty: nowhere */
    struct span aws_region, aws_default_region, aws_access_key_id, aws_secret_access_key,
        aws_session_token, aws_endpoint_url, aws_endpoint_url_s3, aws_endpoint_url_secrets_manager;

    struct span given[SETTINGS]; /* as it was written; the default when it was not */
    enum settings_source sources[SETTINGS];
    const char *places[SETTINGS]; /* "nextring.conf:3", "NEXTRING_LISTEN", "--listen" */
};

enum setting_kind {
    SETTING_TEXT,
    SETTING_ADDRESS, /* host:port */
    SETTING_URL,     /* http(s), no query */
    SETTING_PATH,
    SETTING_PLACE,    /* path, https:// or s3:// */
    SETTING_POSTGRES, /* postgres:// */
    SETTING_NUMBER,
    SETTING_SWITCH,  /* yes or no */
    SETTING_CHOICE,  /* one of the row's choices */
    SETTING_SINK,    /* stdout or udp://host:port */
    SETTING_ORIGINS, /* list of scheme://host[:port] */
    SETTING_KINDS
};

struct settings_row {
    const char *environment;
    const char *key; /* in the file, where '_' and '-' are the same; option --key */
    enum setting_kind kind;
    int64_t min, max;     /* numbers */
    const char *standard; /* default as text; NULL: unset */
    const char *help;     /* one line */
    const char *example;
    bool secret;   /* environment only, never printed */
    size_t offset; /* in struct settings: a span, an int64_t, a bool, or the list of origins */
    const char *choices; /* with spaces between */
    bool hides_path;     /* an address whose path and query are a secret: its host alone is shown */
};

extern const struct settings_row settings_table[SETTINGS];

/* Index of the row; -1 when there is none. */
int settings_table_by_environment(struct span name);
/* '-' and '_' are the same. */
int settings_table_by_key(struct span key);

/* Checks and keeps one value; `place` is where it was written. A mistake is listed and false
 * returned, and *settings keeps what it had. */
bool settings_table_put(struct arena *arena, struct settings *settings, enum setting setting,
                        struct span value, struct mistakes *mistakes, const struct mistake *place);

/* True when the value is an address with a password in it. */
bool settings_table_has_password(struct span value);
/* The value with its passwords, or all of a secret, as "***". */
struct span settings_table_mask(struct arena *arena, struct span value,
                                const struct settings_row *row);

#endif
