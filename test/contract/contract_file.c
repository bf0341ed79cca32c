#include "contract/contract_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

char file_folder[64], file_path[96];

int file_set_up(void **unused)
{
    (void)unused;
    strcpy(file_folder, "/tmp/nextring-contract-XXXXXX");
    assert_non_null(mkdtemp(file_folder));
    snprintf(file_path, sizeof file_path, "%s/test.db", file_folder);
    return 0;
}

int file_tear_down(void **unused)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};

    (void)unused;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s%s", file_path, ends[i]);
        unlink(name);
    }
    rmdir(file_folder);
    return 0;
}

struct store *file_open(void)
{
    struct store *store = NULL;
    char why[STORE_WHY_SIZE] = "";

    if (store_open(file_path, &store, why))
        fail_msg("cannot open: %s", why);
    return store;
}
