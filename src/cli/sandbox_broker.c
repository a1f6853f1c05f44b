/* SPDX-License-Identifier: BSD-2-Clause */
/* The parent's side: it opens what was granted, and nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "cli/sandbox.h"
#include "cli/sandbox_private.h"

/** A question on its way to its answer. */
struct request {
	const struct ks_sandbox_start *start;
	const struct ks_grants *grants;
	struct ks_ask ask;
	int dir;	      // the folder that paths begin at, or AT_FDCWD
	const char *names[2]; // as the worker gave them; the second NULL where there is one
	char *paths[2];	      // the same as grants are compared with
	union ks_ask_data data;
	size_t data_len;
};

/** The folder that the worker has a descriptor of: one of the granted. NULL: it is none */
static const char *find_dir(const struct ks_grants *grants, int dir)
{
	struct stat asked, st;
	if (fstat(dir, &asked) != 0)
		return NULL;
	for (size_t i = 0; i < grants->list.len; i++) {
		const struct ks_grant *grant = &grants->list.at[i];
		if ((grant->rights & KS_GRANT_BELOW) && stat(grant->path, &st) == 0 &&
		    st.st_dev == asked.st_dev && st.st_ino == asked.st_ino)
			return grant->path;
	}
	return NULL;
}

/** The path that grants are compared with. */
static char *whole_path(const struct request *request, const char *name)
{
	if (request->dir == AT_FDCWD || name[0] == '/')
		return ks_grants_path(request->grants, name);
	const char *dir = find_dir(request->grants, request->dir);
	char *joined, *whole = NULL;
	if (!dir || asprintf(&joined, "%s/%s", dir, name) < 0)
		return NULL;
	whole = ks_grants_path(request->grants, joined);
	free(joined);
	return whole;
}

static bool may(const struct request *request, size_t nr, enum ks_grant_right right)
{
	return ks_grants_allow(request->grants, request->paths[nr], right);
}

/** What can be asked about a path without reading it: of folders on the way to a grant, too. */
static bool may_look(const struct request *request)
{
	return may(request, 0, KS_GRANT_READ) || may(request, 0, KS_GRANT_WRITE) ||
	       may(request, 0, KS_GRANT_UNNAMED) ||
	       ks_grants_lead_to(request->grants, request->paths[0], 0);
}

static enum ks_grant_right right_to_open(unsigned int flags)
{
	if ((flags & O_TMPFILE) == O_TMPFILE)
		return KS_GRANT_UNNAMED;
	bool reads = (flags & O_ACCMODE) == O_RDONLY && !(flags & (O_CREAT | O_TRUNC));
	return reads ? KS_GRANT_READ : KS_GRANT_WRITE;
}

/** Open without waiting for anybody, be it on a pipe; what was opened then waits as it was asked to. */
static int open_at_once(const struct request *request)
{
	int flags = (int)request->ask.flags;
	int fd = openat(request->dir, request->names[0], flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
			request->ask.mode);
	if (fd < 0)
		return -errno;
	struct stat st;
	if ((flags & O_NONBLOCK) ||
	    (fstat(fd, &st) == 0 && !S_ISFIFO(st.st_mode) && fcntl(fd, F_SETFL, flags) == 0))
		return fd;
	close(fd);
	return -ENXIO;
}

static int do_open(struct request *request)
{
	unsigned int flags = request->ask.flags;
	if ((flags & O_PATH) || !may(request, 0, right_to_open(flags)))
		return -EACCES;
	return open_at_once(request);
}

static int do_stat(struct request *request)
{
	if (!may_look(request))
		return -EACCES;
	request->data_len = sizeof(struct stat);
	int flags = (int)request->ask.flags & (AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
	return fstatat(request->dir, request->names[0], &request->data.stat, flags) ? -errno : 0;
}

static int do_statx(struct request *request)
{
	if (!may_look(request))
		return -EACCES;
	request->data_len = sizeof(struct statx);
	int flags = (int)request->ask.flags & (AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
	return statx(request->dir, request->names[0], flags, request->ask.mode,
		     &request->data.statx)
		       ? -errno
		       : 0;
}

static int do_access(struct request *request)
{
	if (!may_look(request))
		return -EACCES;
	int flags = (int)request->ask.flags & (AT_EACCESS | AT_SYMLINK_NOFOLLOW);
	return faccessat(request->dir, request->names[0], (int)request->ask.mode, flags) ? -errno
											 : 0;
}

static int do_readlink(struct request *request)
{
	if (!may_look(request))
		return -EACCES;
	ssize_t len = readlinkat(request->dir, request->names[0], request->data.link,
				 sizeof(request->data.link));
	request->data_len = len > 0 ? (size_t)len : 0;
	return len < 0 ? -errno : (int)len;
}

static int do_mkdir(struct request *request)
{
	if (!may(request, 0, KS_GRANT_WRITE) &&
	    !ks_grants_lead_to(request->grants, request->paths[0], KS_GRANT_WRITE))
		return -EACCES;
	return mkdirat(request->dir, request->names[0], request->ask.mode) ? -errno : 0;
}

static int do_unlink(struct request *request)
{
	if (!may(request, 0, KS_GRANT_WRITE))
		return -EACCES;
	int flags = (int)request->ask.flags & AT_REMOVEDIR;
	return unlinkat(request->dir, request->names[0], flags) ? -errno : 0;
}

static int do_rename(struct request *request)
{
	if (!request->names[1] || !may(request, 0, KS_GRANT_WRITE) ||
	    !may(request, 1, KS_GRANT_WRITE))
		return -EACCES;
	return renameat2(request->dir, request->names[0], request->dir, request->names[1],
			 request->ask.flags)
		       ? -errno
		       : 0;
}

/** Whether the worker may write to the file beside the question, which it can only have from here. */
static bool is_written(const struct request *request)
{
	struct stat st;
	return fstat(request->dir, &st) == 0 && S_ISREG(st.st_mode) &&
	       (fcntl(request->dir, F_GETFL) & O_ACCMODE) != O_RDONLY;
}

static int do_chmod(struct request *request)
{
	if (!is_written(request) || (request->ask.mode & ~0777U))
		return -EPERM;
	return fchmod(request->dir, request->ask.mode) ? -errno : 0;
}

/** What SQLite makes beside a store is its owner's. */
static int do_chown(struct request *request)
{
	const struct ks_ask *ask = &request->ask;
	struct stat st;
	for (size_t i = 0; is_written(request) && i < request->grants->list.len; i++) {
		const struct ks_grant *grant = &request->grants->list.at[i];
		if ((grant->rights & KS_GRANT_WRITE) && stat(grant->path, &st) == 0 &&
		    S_ISREG(st.st_mode) && st.st_uid == ask->flags && st.st_gid == ask->mode)
			return fchown(request->dir, ask->flags, ask->mode) ? -errno : 0;
	}
	return -EPERM;
}

static int do_fetch(struct request *request)
{
	return request->start->fetch ? request->start->fetch(request->start->fetch_arg) : -EPERM;
}

static int (*const answers[KS_NR_ASKS])(struct request *request) = {
	[KS_ASK_OPEN] = do_open,     [KS_ASK_STAT] = do_stat,	      [KS_ASK_STATX] = do_statx,
	[KS_ASK_ACCESS] = do_access, [KS_ASK_READLINK] = do_readlink, [KS_ASK_MKDIR] = do_mkdir,
	[KS_ASK_UNLINK] = do_unlink, [KS_ASK_RENAME] = do_rename,     [KS_ASK_CHMOD] = do_chmod,
	[KS_ASK_CHOWN] = do_chown,   [KS_ASK_FETCH] = do_fetch,
};

/** @param paths what stands behind the question @return the result of the system call */
static int find_answer(struct request *request, const char *paths, size_t len)
{
	const char *end = memchr(paths, '\0', len);
	if (!end || !len || paths[len - 1] || request->ask.what >= KS_NR_ASKS ||
	    (request->ask.has_dir && request->dir < 0))
		return -EINVAL;
	request->names[0] = paths;
	request->names[1] = end + 1 < paths + len ? end + 1 : NULL;
	if (!request->names[0][0])
		return -ENOENT;
	for (size_t i = 0; i < 2 && request->names[i]; i++)
		if (!(request->paths[i] = whole_path(request, request->names[i])))
			return -EACCES;
	return answers[request->ask.what](request);
}

/** @return whether the worker is still there */
static bool send_answer(int channel, const struct request *request, int result)
{
	uint32_t what = request->ask.what;
	bool opened = (what == KS_ASK_OPEN || what == KS_ASK_FETCH) && result >= 0;
	struct ks_ask_reply answer = { .result = opened ? 0 : result };
	answer.len = result < 0 ? 0 : (uint32_t)request->data_len;
	struct iovec out[] = { { &answer, sizeof(answer) },
			       { (void *)(uintptr_t)&request->data, answer.len } };
	struct msghdr msg = { .msg_iov = out, .msg_iovlen = KS_ARRAY_LEN(out) };
	union ks_ask_beside beside;
	ks_ask_attach(&msg, &beside, opened ? result : -1);
	ssize_t n;
	while ((n = sendmsg(channel, &msg, MSG_NOSIGNAL)) < 0 && errno == EINTR)
		;
	if (opened)
		close(result);
	return n >= 0;
}

/** @return false when the worker has ended */
static bool serve_one(int channel, const struct ks_sandbox_start *start)
{
	char paths[2 * PATH_MAX];
	struct request request = { .start = start, .grants = start->grants, .dir = AT_FDCWD };
	union ks_ask_beside beside;
	struct iovec in[] = { { &request.ask, sizeof(request.ask) }, { paths, sizeof(paths) } };
	struct msghdr msg = { .msg_iov = in,
			      .msg_iovlen = KS_ARRAY_LEN(in),
			      .msg_control = &beside,
			      .msg_controllen = sizeof(beside) };
	ssize_t n;
	while ((n = recvmsg(channel, &msg, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
		;
	bool there = n >= (ssize_t)sizeof(request.ask);
	int dir = n > 0 ? ks_ask_attached(&msg) : -1;
	if (there && request.ask.has_dir)
		request.dir = dir;
	if (there) {
		pthread_mutex_lock(&start->grants->lock);
		int result = find_answer(&request, paths, (size_t)n - sizeof(request.ask));
		pthread_mutex_unlock(&start->grants->lock);
		there = send_answer(channel, &request, result);
	}
	if (dir >= 0)
		close(dir);
	free(request.paths[0]);
	free(request.paths[1]);
	return there;
}

int ks_sandbox_serve(const struct ks_sandbox_start *start, struct ks_worker *worker)
{
	int status = 0;
	while (serve_one(worker->channel, start))
		;
	close(worker->channel);
	while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}
