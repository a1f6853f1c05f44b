/* SPDX-License-Identifier: BSD-2-Clause */
/* The worker's side: a system call that names a file becomes a question. All of this runs in a signal handler. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/array.h"
#include "cli/sandbox.h"
#include "cli/sandbox_private.h"

#if defined(__x86_64__)
static const int arg_regs[] = { REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9 };
#define ARG(context, i) ((context)->uc_mcontext.gregs[arg_regs[i]])
#define RESULT(context) ((context)->uc_mcontext.gregs[REG_RAX])
#elif defined(__aarch64__)
#define ARG(context, i) ((context)->uc_mcontext.regs[i])
#define RESULT(context) ((context)->uc_mcontext.regs[0])
#elif defined(__riscv) && __riscv_xlen == 64
#define ARG(context, i) ((context)->uc_mcontext.__gregs[REG_A0 + (i)])
#define RESULT(context) ((context)->uc_mcontext.__gregs[REG_A0])
#endif

/** How the arguments of a system call make a question: positions among them; 0 is none, but for dir. */
struct call {
	long nr;
	enum ks_ask_what what;
	bool at;   // its first argument is a folder, which the path may be relative to
	bool file; // its first argument is the file, and there is no path
	unsigned int path, to_at, to; // positions; to_at: the folder of the second path
	unsigned int flags, mode, data, data_len;
	unsigned int fixed; // flags that it always has
};

static const struct call calls[] = {
#ifdef SYS_open
	{ SYS_open, KS_ASK_OPEN, .path = 0, .flags = 1, .mode = 2 },
	{ SYS_stat, KS_ASK_STAT, .path = 0, .data = 1 },
	{ SYS_lstat, KS_ASK_STAT, .path = 0, .data = 1, .fixed = AT_SYMLINK_NOFOLLOW },
	{ SYS_access, KS_ASK_ACCESS, .path = 0, .mode = 1 },
	{ SYS_readlink, KS_ASK_READLINK, .path = 0, .data = 1, .data_len = 2 },
	{ SYS_mkdir, KS_ASK_MKDIR, .path = 0, .mode = 1 },
	{ SYS_unlink, KS_ASK_UNLINK, .path = 0 },
	{ SYS_rmdir, KS_ASK_UNLINK, .path = 0, .fixed = AT_REMOVEDIR },
	{ SYS_rename, KS_ASK_RENAME, .path = 0, .to = 1 },
#endif
	{ SYS_openat, KS_ASK_OPEN, true, .path = 1, .flags = 2, .mode = 3 },
	{ SYS_newfstatat, KS_ASK_STAT, true, .path = 1, .data = 2, .flags = 3 },
	{ SYS_statx, KS_ASK_STATX, true, .path = 1, .flags = 2, .mode = 3, .data = 4 },
	{ SYS_faccessat, KS_ASK_ACCESS, true, .path = 1, .mode = 2 },
#ifdef SYS_faccessat2
	{ SYS_faccessat2, KS_ASK_ACCESS, true, .path = 1, .mode = 2, .flags = 3 },
#endif
	{ SYS_readlinkat, KS_ASK_READLINK, true, .path = 1, .data = 2, .data_len = 3 },
	{ SYS_mkdirat, KS_ASK_MKDIR, true, .path = 1, .mode = 2 },
	{ SYS_unlinkat, KS_ASK_UNLINK, true, .path = 1, .flags = 2 },
#ifdef SYS_renameat
	{ SYS_renameat, KS_ASK_RENAME, true, .path = 1, .to_at = 2, .to = 3 },
#endif
	{ SYS_fchmod, KS_ASK_CHMOD, .file = true, .mode = 1 },
	{ SYS_fchown, KS_ASK_CHOWN, .file = true, .flags = 1, .mode = 2 },
	{ SYS_renameat2, KS_ASK_RENAME, true, .path = 1, .to_at = 2, .to = 3, .flags = 4 },
};

/** Ask, and take the answer. @return the result of the system call */
static long ask(const struct ks_ask *question, int dir, const char *path, const char *to,
		union ks_ask_data *data)
{
	/* Held by one thread at a time, which makes no call that is stopped: a handler never waits for itself. */
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	union ks_ask_beside beside;
	struct iovec out[] = { { (void *)(uintptr_t)question, sizeof(*question) },
			       { (void *)(uintptr_t)path, strlen(path) + 1 },
			       { (void *)(uintptr_t)to, to ? strlen(to) + 1 : 0 } };
	if (out[1].iov_len > PATH_MAX || out[2].iov_len > PATH_MAX)
		return -ENAMETOOLONG;
	struct msghdr msg = { .msg_iov = out, .msg_iovlen = KS_ARRAY_LEN(out) };
	ks_ask_attach(&msg, &beside, dir);
	struct ks_ask_reply answer;
	struct iovec in[] = { { &answer, sizeof(answer) }, { data, sizeof(*data) } };
	struct msghdr reply = { .msg_iov = in,
				.msg_iovlen = KS_ARRAY_LEN(in),
				.msg_control = &beside,
				.msg_controllen = sizeof(beside) };
	ssize_t n;
	pthread_mutex_lock(&lock);
	while ((n = sendmsg(KS_SANDBOX_FD, &msg, MSG_NOSIGNAL)) < 0 && errno == EINTR)
		;
	int why = n < 0 ? errno : EIO; // a folder that is no descriptor: EBADF
	while (n >= 0 && (n = recvmsg(KS_SANDBOX_FD, &reply, MSG_CMSG_CLOEXEC)) < 0 &&
	       errno == EINTR)
		;
	if (n == 0 || (n < 0 && (errno == EPIPE || errno == ECONNRESET)))
		_exit(EXIT_FAILURE); // the parent was ended, and what it was asked for is of no use to anybody
	pthread_mutex_unlock(&lock);
	if (n < (ssize_t)sizeof(answer))
		return -why;
	int fd = ks_ask_attached(&reply);
	if (fd >= 0 && !(question->flags & O_CLOEXEC))
		fcntl(fd, F_SETFD, 0);
	return fd >= 0 ? fd : answer.result;
}

/** Folders that were looked at before. They stay: a handler cannot take memory. */
static struct {
	char *path;
	struct stat st;
} folders[32];
static size_t nr_folders;

void ks_sandbox_look_at_folders(const char *path)
{
	for (const char *slash = strchr(path + 1, '/'); slash && nr_folders < KS_ARRAY_LEN(folders);
	     slash = strchr(slash + 1, '/')) {
		char *folder = strndup(path, (size_t)(slash - path));
		struct stat *st = &folders[nr_folders].st;
		if (folder && lstat(folder, st) == 0 && S_ISDIR(st->st_mode))
			folders[nr_folders++].path = folder;
		else
			free(folder);
	}
}

static const struct stat *find_folder(const char *path)
{
	for (size_t i = 0; i < nr_folders; i++)
		if (strcmp(folders[i].path, path) == 0)
			return &folders[i].st;
	return NULL;
}

static const size_t data_sizes[KS_NR_ASKS] = {
	[KS_ASK_STAT] = sizeof(struct stat),
	[KS_ASK_STATX] = sizeof(struct statx),
};

/** @return the result of the system call */
static long answer(const struct call *call, const ucontext_t *context)
{
	const char *path = call->file ? "/" : (const char *)ARG(context, call->path);
	const char *to = call->to ? (const char *)ARG(context, call->to) : NULL;
	int dir = call->at || call->file ? (int)ARG(context, 0) : AT_FDCWD;
	unsigned int flags = call->flags ? (unsigned int)ARG(context, call->flags) : 0;
	if (!path || (call->to && !to))
		return -EFAULT;
	if (call->what == KS_ASK_STAT && !path[0] && (flags & AT_EMPTY_PATH)) // an open file
		return syscall(SYS_fstat, dir, ARG(context, call->data)) ? -errno : 0;
	bool from_dir = call->file || (path[0] != '/' && dir != AT_FDCWD);
	if (to && to[0] != '/' && (call->to_at ? (int)ARG(context, call->to_at) : AT_FDCWD) != dir)
		return -EXDEV; // both paths begin at the same place, or the second at the root
	if (from_dir && dir < 0)
		return -EBADF;
	const struct stat *known = call->what == KS_ASK_STAT ? find_folder(path) : NULL;
	if (known && ((flags | call->fixed) & AT_SYMLINK_NOFOLLOW)) {
		memcpy((void *)ARG(context, call->data), known, sizeof(*known));
		return 0;
	}
	const struct ks_ask question = {
		.what = call->what,
		.flags = flags | call->fixed,
		.mode = call->mode ? (unsigned int)ARG(context, call->mode) : 0,
		.has_dir = from_dir,
	};
	union ks_ask_data data;
	long result = ask(&question, from_dir ? dir : -1, path, to, &data);
	if (result < 0 || !call->data)
		return result;
	size_t len = data_sizes[call->what];
	if (call->data_len) {
		size_t room = (size_t)ARG(context, call->data_len);
		len = (size_t)result < room ? (size_t)result : room;
		result = (long)len;
	}
	memcpy((void *)ARG(context, call->data), &data, len);
	return result;
}

/**
 * What rt_sigprocmask(2) does, but that the signal of stopped calls stays let through: a call that is stopped where it is
 * blocked ends the program, and libraries block all signals in threads of their own (liblzma), where malloc() opens a file.
 */
static long set_mask(ucontext_t *context)
{
	uint64_t before, wanted = 0, own = UINT64_C(1) << (SIGSYS - 1);
	const void *set = (const void *)ARG(context, 1);
	void *old = (void *)ARG(context, 2);
	if (ARG(context, 3) != sizeof(before))
		return -EINVAL;
	memcpy(&before, &context->uc_sigmask, sizeof(before));
	if (set) {
		memcpy(&wanted, set, sizeof(wanted));
		switch ((int)ARG(context, 0)) {
		case SIG_BLOCK:
			wanted |= before;
			break;
		case SIG_UNBLOCK:
			wanted = before & ~wanted;
			break;
		case SIG_SETMASK:
			break;
		default:
			return -EINVAL;
		}
		wanted &= ~own;
		memcpy(&context->uc_sigmask, &wanted,
		       sizeof(wanted)); // taken when the handler returns
	}
	if (old)
		memcpy(old, &before, sizeof(before));
	return 0;
}

static void on_stop(int signal, siginfo_t *info, void *arg)
{
	(void)signal;
	ucontext_t *context = arg;
	int before = errno;
	bool masks = info->si_syscall == SYS_rt_sigprocmask;
	long result = masks ? set_mask(context) : -ENOSYS;
	for (size_t i = 0; i < KS_ARRAY_LEN(calls); i++)
		if (calls[i].nr == info->si_syscall) {
			result = answer(&calls[i], context);
			break;
		}
	RESULT(context) = (__typeof__(RESULT(context)))result;
	errno = before;
}

int ks_sandbox_fetch(void)
{
	union ks_ask_data data;
	const struct ks_ask question = { .what = KS_ASK_FETCH, .flags = O_CLOEXEC };
	long fd = ask(&question, -1, "/", NULL, &data);
	return fd < 0 ? -1 : (int)fd;
}

int ks_sandbox_trap(void)
{
	struct sigaction action = { .sa_sigaction = on_stop, .sa_flags = SA_SIGINFO | SA_RESTART };
	sigset_t stopped;
	sigemptyset(&stopped);
	sigaddset(&stopped, SIGSYS);
	if (sigaction(SIGSYS, &action, NULL) != 0)
		return errno;
	return pthread_sigmask(SIG_UNBLOCK, &stopped, NULL);
}
