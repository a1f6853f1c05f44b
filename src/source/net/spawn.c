/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/vector.h"
#include "source/net/spawn.h"

enum { OUTPUT_MAX = 64 << 20 };

struct pipes {
	int out[2], err[2];
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void pipes_close(struct pipes *p)
{
	close_fd(&p->out[0]);
	close_fd(&p->out[1]);
	close_fd(&p->err[0]);
	close_fd(&p->err[1]);
}
#define _cleanup_pipes_ __attribute__((__cleanup__(pipes_close)))

/** Our environment with LC_ALL=C in front, which getenv() then finds first. Strings are borrowed. */
static char **c_environment(void)
{
	size_t count = 0;
	while (environ[count])
		count++;
	char **env = calloc(count + 2, sizeof(*env));
	if (!env)
		return NULL;
	env[0] = (char *)"LC_ALL=C";
	size_t len = 1;
	for (size_t i = 0; i < count; i++)
		if (strncmp(environ[i], "LC_ALL=", 7))
			env[len++] = environ[i];
	return env;
}

static int start(const char *const argv[], int stdin_fd, const struct pipes *p, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	if (posix_spawn_file_actions_init(&actions))
		return ENOMEM;
	char **env = c_environment();
	int err = env ? 0 : ENOMEM;
	if (!err && stdin_fd < 0)
		err = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	else if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, stdin_fd, 0);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, p->out[1], 1);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, p->err[1], 2);
	if (!err)
		err = posix_spawnp(pid, argv[0], &actions, NULL, (char *const *)argv, env);
	free(env);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/** Read what is there. False when this pipe is at its end. @param[out] cut when there is more than is taken */
static bool drain(int fd, struct ks_buf *buf, bool *cut)
{
	char bytes[16384];
	ssize_t n = read(fd, bytes, sizeof(bytes));
	if (n < 0)
		return errno == EINTR;
	*cut = *cut || buf->len + (size_t)n > OUTPUT_MAX;
	if (!*cut)
		ks_buf_bytes(buf, bytes, (size_t)n);
	return n > 0;
}

/** @return false: there was more than is taken */
static bool collect(struct pipes *p, struct ks_spawn *spawn)
{
	bool cut = false;
	while (p->out[0] >= 0 || p->err[0] >= 0) {
		struct pollfd fds[] = { { p->out[0], POLLIN, 0 }, { p->err[0], POLLIN, 0 } };
		if (poll(fds, 2, -1) < 0)
			continue; // a signal
		if (fds[0].revents && !drain(p->out[0], &spawn->out, &cut))
			close_fd(&p->out[0]);
		if (fds[1].revents && !drain(p->err[0], &spawn->err, &cut))
			close_fd(&p->err[0]);
	}
	return !cut;
}

struct ks_error *ks_spawn_run(const char *const argv[], int stdin_fd, struct ks_spawn *ret)
{
	_cleanup_pipes_ struct pipes p = { { -1, -1 }, { -1, -1 } };
	if (pipe2(p.out, O_CLOEXEC) < 0 || pipe2(p.err, O_CLOEXEC) < 0)
		return ks_error_new(KS_ERR_IO, "cannot make a pipe: %m");
	pid_t pid;
	int err = start(argv, stdin_fd, &p, &pid);
	if (err)
		return ks_error_new(err == ENOENT ? KS_ERR_NOTFOUND : KS_ERR_IO,
				    "cannot run %s: %s", argv[0], strerrordesc_np(err));
	close_fd(&p.out[1]);
	close_fd(&p.err[1]);
	_cleanup_spawn_ struct ks_spawn spawn = { 0 };
	bool whole = collect(&p, &spawn);
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	spawn.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (!whole) // half an answer is none
		return ks_error_new(KS_ERR_UNSUPPORTED, "%s prints more than %d MiB", argv[0],
				    OUTPUT_MAX >> 20);
	if (!ks_buf_text(&spawn.out) || !ks_buf_text(&spawn.err))
		return &ks_nomem;
	*ret = spawn;
	spawn = (struct ks_spawn){ 0 };
	return NULL;
}

void ks_spawn_deinit(struct ks_spawn *spawn)
{
	ks_buf_deinit(&spawn->out);
	ks_buf_deinit(&spawn->err);
}
