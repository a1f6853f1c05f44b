/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs when ksurf is built: libseccomp makes the filters of workers, which are printed as tables: of those that read, and of the one
 * that answers connections, too. Made anew by each command, it cost half a millisecond, nearly as much as the rest of the sandbox.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "base/array.h"

/** In place of the worker's number, which is written over it: no process has one so high. */
enum { OWN_PID = 0x7fabcdef };

/** Of no harm to anybody else, whatever the arguments: memory, threads, clocks, files that are open. */
static const char *const allowed[] = {
	"read",
	"write",
	"readv",
	"writev",
	"pread64",
	"pwrite64",
	"preadv",
	"pwritev",
	"preadv2",
	"pwritev2",
	"lseek",
	"close",
	"fstat",
	"fstatfs",
	"ftruncate",
	"fallocate",
	"fadvise64",
	"fsync",
	"fdatasync",
	"sync_file_range",
	"flock",
	"getdents64",
	"dup",
	"dup2",
	"dup3",
	"pipe2",
	"poll",
	"ppoll",
	"copy_file_range",
	"sendfile",
	"readahead",
	"memfd_create",
	"sendmsg",
	"recvmsg",
	"sendto",
	"recvfrom", // over what is open
	"munmap",
	"mremap",
	"madvise",
	"msync",
	"mincore",
	"brk",
	"membarrier",
	"rt_sigaction",
	"rt_sigreturn",
	"rt_sigtimedwait",
	"rt_sigpending",
	"sigaltstack",
	"restart_syscall",
	"futex",
	"futex_waitv",
	"set_robust_list",
	"get_robust_list",
	"rseq",
	"set_tid_address",
	"exit",
	"exit_group",
	"sched_yield",
	"sched_getaffinity",
	"sched_getparam",
	"sched_getscheduler",
	"getpid",
	"gettid",
	"getppid",
	"getuid",
	"geteuid",
	"getgid",
	"getegid",
	"getcwd",
	"umask",
	"uname",
	"sysinfo",
	"getrusage",
	"times",
	"getrandom",
	"clock_gettime",
	"clock_getres",
	"clock_nanosleep",
	"nanosleep",
	"gettimeofday",
	"time",
};

/** What answers connections may do besides, on a socket that listens already. */
static const char *const answering[] = {
	"accept",   "accept4",	  "epoll_create1", "epoll_ctl",	  "epoll_wait",	 "epoll_pwait",
	"eventfd2", "setsockopt", "getsockopt",	   "getsockname", "getpeername", "shutdown",
};

/** They name files, or change what others may do with one: the parent is asked. The mask of signals never holds back the asking. */
static const char *const asked[] = {
	"open",	     "openat",	  "stat",	"lstat",	  "newfstatat", "statx",
	"access",    "faccessat", "faccessat2", "readlink",	  "readlinkat", "mkdir",
	"mkdirat",   "unlink",	  "unlinkat",	"rmdir",	  "rename",	"renameat",
	"renameat2", "fchmod",	  "fchown",	"rt_sigprocmask",
};

/**
 * Forbidden in so many words. Everything else that is not named does not exist (ENOSYS), which libraries of tomorrow
 * take as a sign to do it in the way of today.
 */
static const char *const forbidden[] = {
	"socket",    "socketpair", "connect", "bind",	  "listen", "execve",
	"execveat",  "fork",	   "vfork",   "kill",	  "tkill",  "ptrace",
	"chdir",     "fchdir",	   "chroot",  "link",	  "linkat", "symlink",
	"symlinkat", "truncate",   "chmod",   "fchmodat", "chown",  "fchownat",
};
/** The same for who answers no connections. */
static const char *const not_answering[] = { "accept", "accept4" };

static bool add_all(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		int call = seccomp_syscall_resolve_name(names[i]);
		if (call >= 0 && seccomp_rule_add(filter, action, call, 0) != 0) // else: not here
			return false;
	}
	return true;
}

/** Allow a call where the bits of an argument are so. */
static bool add_if(scmp_filter_ctx filter, const char *name, unsigned int arg, uint64_t mask,
		   uint64_t value)
{
	int call = seccomp_syscall_resolve_name(name);
	const struct scmp_arg_cmp when = SCMP_CMP64(arg, SCMP_CMP_MASKED_EQ, mask, value);
	return call < 0 || seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &when) == 0;
}

/** Calls that some arguments make harmful. */
static bool add_conditions(scmp_filter_ctx filter)
{
	static const uint64_t fcntls[] = { F_DUPFD,	F_DUPFD_CLOEXEC, F_GETFD,     F_SETFD,
					   F_GETFL,	F_SETFL,	 F_GETLK,     F_SETLK,
					   F_SETLKW,	F_OFD_GETLK,	 F_OFD_SETLK, F_OFD_SETLKW,
					   F_GET_SEALS, F_ADD_SEALS,	 F_GETPIPE_SZ };
	static const uint64_t ioctls[] = { TCGETS, TIOCGWINSZ, FIONREAD };
	enum { THREAD = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND };
	const uint64_t all = UINT32_MAX;
	bool ok = true;
	for (size_t i = 0; i < KS_ARRAY_LEN(fcntls); i++)
		ok = ok && add_if(filter, "fcntl", 1, all, fcntls[i]);
	for (size_t i = 0; i < KS_ARRAY_LEN(ioctls); i++)
		ok = ok && add_if(filter, "ioctl", 1, all, ioctls[i]);
	return ok && add_if(filter, "mmap", 2, PROT_EXEC, 0) && // no new code
	       add_if(filter, "mprotect", 2, PROT_EXEC, 0) &&
	       add_if(filter, "clone", 0, THREAD,
		      THREAD) && // threads; clone3 cannot be looked into
	       add_if(filter, "tgkill", 0, all, OWN_PID) &&
	       add_if(filter, "prlimit64", 0, all, 0) && // of itself
	       add_if(filter, "prctl", 0, all, PR_SET_NAME) &&
	       add_if(filter, "prctl", 0, all, 0x53564d41); // PR_SET_VMA
}

/** Read what libseccomp writes. @return how many there are */
static size_t export(scmp_filter_ctx filter, struct sock_filter *steps, size_t max)
{
	FILE *file = tmpfile();
	if (!file || seccomp_export_bpf(filter, fileno(file)) != 0 || fseek(file, 0, SEEK_SET) != 0)
		return 0;
	size_t nr = fread(steps, sizeof(*steps), max, file);
	fclose(file);
	return nr;
}

/** @return whether there is exactly one place for the worker's number */
static bool print(const char *name, const struct sock_filter *steps, size_t nr)
{
	size_t nr_own = 0;
	printf("static const struct sock_filter %s_filter[] = {\n", name);
	for (size_t i = 0; i < nr; i++)
		printf("\t{ 0x%x, %u, %u, 0x%x },\n", steps[i].code, steps[i].jt, steps[i].jf,
		       steps[i].k);
	puts("};");
	for (size_t i = 0; i < nr; i++) {
		if (steps[i].k != OWN_PID)
			continue;
		printf("enum { %s_own_pid = %zu };\n", name, i);
		nr_own++;
	}
	return nr_own == 1;
}

/** Make a filter and print it. @param answers it is that of who answers connections */
static bool make(const char *name, bool answers)
{
	enum { BINARY_TREE = 2 };
	static struct sock_filter steps[BPF_MAXINSNS];
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	bool made = filter && add_all(filter, SCMP_ACT_ALLOW, allowed, KS_ARRAY_LEN(allowed)) &&
		    add_all(filter, SCMP_ACT_TRAP, asked, KS_ARRAY_LEN(asked)) &&
		    add_all(filter, SCMP_ACT_ERRNO(EPERM), forbidden, KS_ARRAY_LEN(forbidden)) &&
		    add_conditions(filter);
	if (made && answers)
		made = add_all(filter, SCMP_ACT_ALLOW, answering, KS_ARRAY_LEN(answering));
	else if (made)
		made = add_all(filter, SCMP_ACT_ERRNO(EPERM), not_answering,
			       KS_ARRAY_LEN(not_answering));
	if (made)
		seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE,
				 BINARY_TREE); // unknown before 2.5
	size_t nr = made ? export(filter, steps, KS_ARRAY_LEN(steps)) : 0;
	seccomp_release(filter);
	return nr && print(name, steps, nr);
}

int main(void)
{
	if (make("reader", false) && make("server", true) && fflush(stdout) == 0)
		return EXIT_SUCCESS;
	fputs("libseccomp cannot make the filter\n", stderr);
	return EXIT_FAILURE;
}
