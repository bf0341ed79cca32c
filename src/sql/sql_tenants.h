/* sql/sql_tenants.h - the units of work about tenants: what store/store_tenants.h tells.
 */
#ifndef SQL_SQL_TENANTS_H
#define SQL_SQL_TENANTS_H

#include "sql/sql_store.h"

/* Fills the rows of the table about tenants. */
void sql_tenants(struct store_ops *ops);

#endif
