/* simoffice/sim_shelved.h - how the rows of an account's shelf are counted, found and named.
 *
 * Defines the functions count, at, is_here and sid of a struct sim_api_kind, for rows of `type`
 * on `shelf` of the account that is asked about.
 */
#ifndef SIMOFFICE_SIM_SHELVED_H
#define SIMOFFICE_SIM_SHELVED_H

#include "simapi/sim_api.h"

#define SIM_SHELVED(shelf, type)                                        \
    static size_t count(const struct sim_api *a)                        \
    {                                                                   \
        return a->account->shelf.count;                                 \
    }                                                                   \
    static void *at(const struct sim_api *a, size_t i)                  \
    {                                                                   \
        return a->account->shelf.rows[a->account->shelf.count - 1 - i]; \
    }                                                                   \
    static bool is_here(const struct sim_api *a, const void *row)       \
    {                                                                   \
        return ((const type *)row)->account == a->account;              \
    }                                                                   \
    static const char *sid(const void *row)                             \
    {                                                                   \
        return ((const type *)row)->sid;                                \
    }

#endif
