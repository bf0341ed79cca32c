/* app/node_key.h - who this node is, kept in its state folder: a key of its own, and the number
 * that it was given the last time.
 *
 * The file is locked for as long as the program runs, so that no two use one folder.
 * Errors: a line on stderr, and the program's exit status; 0: good.
 */
#ifndef APP_NODE_KEY_H
#define APP_NODE_KEY_H

#include "base/arena.h"
#include "store/store.h"

struct node_key {
    int fd; /* -1: not open */
    char key[STORE_NODE_KEY_SIZE];
    int number; /* -1: it never had one */
};

/* Reads the file in `folder`, or makes it. */
int node_key_open(struct arena *arena, const char *folder, struct node_key *out);
/* Notes the number that it has now. */
void node_key_keep(struct node_key *key, int number);
void node_key_close(struct node_key *key);

#endif
