/* sql/sql_news.h - what a batch has changed, told to the other nodes in the same transaction.
 *
 * A row a tenant: its changes as a text, each a letter and an id. They say only that there is
 * something to be read, so that nothing is lost with them but time.
 */
#ifndef SQL_SQL_NEWS_H
#define SQL_SQL_NEWS_H

#include "base/arena.h"
#include "model/facts.h"
#include "sql/backend.h"
#include "sql/sql.h"

/* False: a row that nobody is shown. */
bool sql_news_of(const struct fact *fact, struct store_change *out);
/* Writes them, of every tenant of the batch, as those of store->node. */
void sql_news_tell(struct sql *sql, const struct store *store, const struct facts *facts,
                   struct arena *scratch);
/* Calls `fn` for each change of such a text, told at `at`; stops at what it cannot read. */
void sql_news_read(int32_t tenant, int64_t at, struct span changes, store_change_fn *fn, void *ctx);

#endif
