/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/leftover.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/array.h"

enum { MOST = 4 };

/** What is removed, and by whom, for a child inherits it: a signal has nobody else to ask. */
static struct {
	char *paths[MOST];
	volatile sig_atomic_t nr, owner;
} left;

static const int deadly[] = { SIGINT, SIGTERM, SIGHUP };

static void end_by(int number)
{
	for (int i = 0; left.owner == getpid() && i < left.nr; i++)
		unlink(left.paths[i]);
	signal(number, SIG_DFL);
	raise(number);
}

static void watch(void)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(deadly); i++)
		if (signal(deadly[i], end_by) == SIG_IGN)
			signal(deadly[i], SIG_IGN);
}

struct ks_error *ks_leftover_add(const char *path)
{
	if (left.nr == MOST)
		return ks_error_new(KS_ERR_USAGE, "%s: too many files to look after", path);
	char *copy = strdup(path);
	if (!copy)
		return &ks_nomem;
	left.paths[left.nr] = copy;
	left.owner = getpid();
	left.nr++;
	if (left.nr == 1)
		watch();
	return NULL;
}

static struct ks_error *look_after(const struct ks_leftover_job *job)
{
	for (const char *const *tail = job->tails; *tail; tail++) {
		_cleanup_buf_ struct ks_buf path = { 0 };
		ks_buf_printf(&path, "%s%s", job->path, *tail);
		KS_TRY(ks_buf_text(&path) ? ks_leftover_add(path.at) : &ks_nomem);
	}
	return NULL;
}

void ks_leftover_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	struct ks_leftover_job *job = arg;
	if (!job->told)
		ks_error_free(look_after(job)); // the next one at it removes them
	job->told = true;
	ks_draw_count(&job->cli->draw, what, done, total);
}

void ks_leftover_forget(void)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(deadly) && left.nr; i++)
		if (signal(deadly[i], SIG_DFL) == SIG_IGN)
			signal(deadly[i], SIG_IGN);
	while (left.nr) {
		left.nr--;
		free(left.paths[left.nr]);
	}
}
