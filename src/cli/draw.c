/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

enum { UPDATE_NS = 100000000 };

void ks_draw_init(struct ks_draw *draw, bool wanted)
{
	const char *term = getenv("TERM");
	pthread_mutex_init(&draw->lock, NULL);
	draw->on = wanted && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/** Whether it is time for another update; takes the lock if so. */
static bool begin(struct ks_draw *draw)
{
	if (!draw->on)
		return false;
	pthread_mutex_lock(&draw->lock);
	int64_t now = now_ns();
	if (draw->shown && now - draw->last_ns < UPDATE_NS) {
		pthread_mutex_unlock(&draw->lock);
		return false;
	}
	draw->last_ns = now;
	draw->shown = true;
	return true;
}

static void end(struct ks_draw *draw)
{
	fflush(stderr);
	pthread_mutex_unlock(&draw->lock);
}

/** In place of the line before; names of files are in it. */
static void show(struct ks_buf *line)
{
	ks_text_tail(line, 0, KS_TEXT_LINE);
	const char *text = ks_buf_text(line);
	fprintf(stderr, "\r\033[K%s", text ? text : "");
}

void ks_draw_bytes(void *arg, const char *what, uint64_t done, uint64_t total)
{
	const struct ks_draw_job *job = arg;
	if (!begin(job->draw))
		return;
	_cleanup_buf_ struct ks_buf line = { 0 };
	ks_buf_printf(&line, "%s: %s %.1f", job->target, what, (double)done / 1e6);
	if (total)
		ks_buf_printf(&line, " of %.1f", (double)total / 1e6);
	ks_buf_str(&line, " MB");
	show(&line);
	end(job->draw);
}

void ks_draw_count(struct ks_draw *draw, const char *what, uint64_t done, uint64_t total)
{
	if (!begin(draw))
		return;
	_cleanup_buf_ struct ks_buf line = { 0 };
	ks_buf_printf(&line, "%s %" PRIu64 " of %" PRIu64, what, done, total);
	show(&line);
	end(draw);
}

void ks_draw_erase(struct ks_draw *draw)
{
	if (!draw->on)
		return;
	pthread_mutex_lock(&draw->lock);
	if (draw->shown)
		fputs("\r\033[K", stderr);
	draw->shown = false;
	end(draw);
}
