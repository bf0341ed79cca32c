/* contract/contract_file.h - a database file of its own for each test, in a fresh folder. */
#ifndef CONTRACT_CONTRACT_FILE_H
#define CONTRACT_CONTRACT_FILE_H

#include "store/store.h"

/* Of the test that runs. */
extern char file_folder[64], file_path[96];

int file_set_up(void **unused);
/* Removes the folder, when no more than the database is left in it. */
int file_tear_down(void **unused);
/* Opens what can be opened. */
struct store *file_open(void);

#endif
