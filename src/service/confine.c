/* The lists are by name, since numbers differ from one architecture to the next; a name that this
 * one lacks, or that this libseccomp does not know yet, is passed over. */
#include "service/confine.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* clang-format off */
static const char *const allowed[] = {
    /* files */
    "read", "readv", "pread64", "preadv", "preadv2", "write", "writev", "pwrite64", "pwritev",
    "pwritev2", "lseek", "_llseek", "open", "openat", "openat2", "close", "close_range", "access",
    "faccessat", "faccessat2", "stat", "stat64", "lstat", "lstat64", "fstat", "fstat64",
    "newfstatat", "fstatat64", "statx", "statfs", "statfs64", "fstatfs", "fstatfs64", "fsync",
    "fdatasync", "sync_file_range", "sync_file_range2", "syncfs", "ftruncate", "ftruncate64",
    "truncate", "truncate64", "fallocate", "fadvise64", "fadvise64_64", "arm_fadvise64_64",
    "readahead", "copy_file_range", "sendfile", "sendfile64", "splice", "fcntl", "fcntl64", "flock",
    "dup", "dup2", "dup3", "pipe", "pipe2", "getdents", "getdents64", "mkdir", "mkdirat", "rmdir",
    "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat", "readlink",
    "readlinkat", "chmod", "fchmod", "fchmodat", "fchown", "fchown32", "utimensat",
    "utimensat_time64", "umask", "getcwd", "memfd_create", "inotify_init", "inotify_init1",
    "inotify_add_watch", "inotify_rm_watch",
    /* memory */
    "brk", "mmap", "mmap2", "munmap", "mremap", "mprotect", "madvise", "mlock", "mlock2", "munlock",
    "msync", "mincore",
    /* waiting and waking */
    "poll", "ppoll", "ppoll_time64", "select", "_newselect", "pselect6", "pselect6_time64",
    "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2",
    "eventfd", "eventfd2", "timerfd_create", "timerfd_settime", "timerfd_settime64",
    "timerfd_gettime", "timerfd_gettime64", "futex", "futex_time64", "futex_waitv",
    "restart_syscall",
    /* threads; see also what is allowed by its arguments */
    "set_robust_list", "get_robust_list", "set_tid_address", "rseq", "membarrier", "sched_yield",
    "sched_getaffinity", "sched_getparam", "sched_getscheduler", "sched_get_priority_max",
    "sched_get_priority_min", "getcpu", "gettid", "arch_prctl", "exit", "exit_group", "wait4",
    "waitid", "waitpid",
    /* time and chance */
    "clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64", "clock_nanosleep",
    "clock_nanosleep_time64", "nanosleep", "gettimeofday", "time", "times", "getrandom",
    /* the network; see also socket */
    "bind", "listen", "accept", "accept4", "connect", "getsockname", "getpeername", "getsockopt",
    "setsockopt", "send", "sendto", "sendmsg", "sendmmsg", "recv", "recvfrom", "recvmsg",
    "recvmmsg", "recvmmsg_time64", "shutdown", "socketpair",
    /* signals */
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigreturn", "rt_sigpending",
    "rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_sigsuspend", "sigaltstack", "sigprocmask",
    /* who and where we are */
    "getpid", "getppid", "getuid", "getuid32", "geteuid", "geteuid32", "getgid", "getgid32",
    "getegid", "getegid32", "getresuid", "getresuid32", "getresgid", "getresgid32", "getpgrp",
    "getsid", "uname", "sysinfo", "getrusage", "getrlimit", "ugetrlimit", "setrlimit",
    "riscv_flush_icache", "riscv_hwprobe", "cacheflush",
};

/* What only an intruder would try. */
static const char *const deadly[] = {
    "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd",
    "mount", "umount", "umount2", "move_mount", "open_tree", "fsopen", "fsmount", "fspick",
    "fsconfig", "mount_setattr", "pivot_root", "chroot", "swapon", "swapoff", "init_module",
    "finit_module", "delete_module", "create_module", "kexec_load", "kexec_file_load", "bpf",
    "userfaultfd", "reboot", "setns", "unshare", "setuid",
    "setuid32", "setgid", "setgid32", "setreuid", "setreuid32", "setregid", "setregid32",
    "setresuid", "setresuid32", "setresgid", "setresgid32", "setgroups", "setgroups32", "capset",
    "open_by_handle_at", "iopl", "ioperm", "sethostname", "setdomainname", "settimeofday",
    "clock_settime", "clock_settime64",
};

/* Libraries try these first and have another way when the kernel does not know them. */
static const char *const unknown[] = {
    "clone3", "rt_sigqueueinfo", "landlock_create_ruleset", "fchmodat2", "map_shadow_stack", "mseal",
};

/* Allowed when an argument is one of those; all else is not permitted. */
static const struct by_argument {
    const char *name;
    unsigned argument;
    unsigned long value;
} by_argument[] = {
    {"socket", 0, AF_UNIX},
    {"socket", 0, AF_INET},
    {"socket", 0, AF_INET6},
    {"socket", 0, AF_NETLINK}, /* which addresses this machine has: the resolver */
    {"prlimit64", 0, 0}, /* of this process alone */
    {"ioctl", 1, FIONREAD},
    {"ioctl", 1, FIONBIO},
    {"ioctl", 1, TCGETS},
    {"prctl", 0, PR_SET_NAME},
    {"prctl", 0, PR_GET_NAME},
    {"prctl", 0, PR_GET_DUMPABLE},
    {"prctl", 0, PR_SET_VMA}, /* newer C libraries name their memory */
};
/* clang-format on */

#define COUNT(list) (sizeof(list) / sizeof *(list))

static bool number_of(const char *name, int *out)
{
    *out = seccomp_syscall_resolve_name(name);
    return *out != __NR_SCMP_ERROR;
}

static int add_all(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t count)
{
    int number;

    for (size_t i = 0; i < count; i++)
        if (number_of(names[i], &number)) {
            const int e = seccomp_rule_add(filter, action, number, 0);
            if (e && e != -EDOM)
                return e;
        }
    return 0;
}

static int add_by_argument(scmp_filter_ctx filter)
{
    int number, e = 0;

    for (size_t i = 0; !e && i < COUNT(by_argument); i++) {
        const struct by_argument *b = &by_argument[i];
        const struct scmp_arg_cmp is = {.arg = b->argument, .op = SCMP_CMP_EQ, .datum_a = b->value};
        if (number_of(b->name, &number))
            e = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &is);
    }
    return e;
}

/* A thread is a clone that shares everything; a fork shares nothing. The flags come first, but on
 * s390 second. */
static int add_threads(scmp_filter_ctx filter)
{
#if defined(__s390__) || defined(__s390x__)
    const unsigned flags = 1;
#else
    const unsigned flags = 0;
#endif
    const struct scmp_arg_cmp is = {.arg = flags,
                                    .op = SCMP_CMP_MASKED_EQ,
                                    .datum_a = CLONE_THREAD | CLONE_VM | CLONE_SIGHAND,
                                    .datum_b = CLONE_THREAD | CLONE_VM | CLONE_SIGHAND};

    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, &is);
}

/* abort() and raise() send a signal to this very process. */
static int add_signals(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp is = {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)getpid()};
    int e = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &is);

    if (!e)
        e = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(kill), 1, &is);
    return e;
}

static int fill(scmp_filter_ctx filter)
{
    int e = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);

    if (!e)
        e = add_all(filter, SCMP_ACT_ALLOW, allowed, COUNT(allowed));
    if (!e)
        e = add_all(filter, SCMP_ACT_KILL_PROCESS, deadly, COUNT(deadly));
    if (!e)
        e = add_all(filter, SCMP_ACT_ERRNO(ENOSYS), unknown, COUNT(unknown));
    if (!e)
        e = add_by_argument(filter);
    if (!e)
        e = add_threads(filter);
    if (!e)
        e = add_signals(filter);
    return e;
}

#ifdef NEXTRING_SANITIZED
static const bool is_sanitized = true;
#else
static const bool is_sanitized = false;
#endif

enum err confine(char why[CONFINE_WHY_SIZE])
{
    if (is_sanitized) {
        snprintf(why, CONFINE_WHY_SIZE, "a build with sanitizers wants what the filter refuses");
        return ERR_BROKEN;
    }
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int e = filter ? fill(filter) : -ENOMEM;

    if (!e)
        e = seccomp_load(filter);
    seccomp_release(filter);
    if (!e)
        return ERR_NONE;
    snprintf(why, CONFINE_WHY_SIZE, "the system-call filter could not be set: %s", strerror(-e));
    return ERR_BROKEN;
}
