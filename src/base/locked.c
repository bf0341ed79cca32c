#include "base/locked.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"

static atomic_size_t refused_bytes;

size_t locked_room(size_t bytes)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return bytes ? (bytes + page - 1) / page * page : page;
}

void *locked_open(size_t bytes)
{
    const size_t room = locked_room(bytes);
    void *memory = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(memory != MAP_FAILED && "memory");
    if (mlock(memory, room) != 0)
        atomic_fetch_add(&refused_bytes, room);
    /* An old kernel, or an emulated one, does without: the process is not dumpable anyhow. */
    (void)madvise(memory, room, MADV_DONTDUMP);
    (void)madvise(memory, room, MADV_WIPEONFORK);
    return memory;
}

void locked_close(void **memory, size_t bytes)
{
    if (!*memory)
        return;
    explicit_bzero(*memory, locked_room(bytes));
    CHECK(munmap(*memory, locked_room(bytes)) == 0); /* unlocks, too */
    *memory = NULL;
}

size_t locked_refused_bytes(void)
{
    return atomic_load(&refused_bytes);
}
