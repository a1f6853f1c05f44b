/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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

static void end(struct ks_draw *draw)
{
	fflush(stderr);
	pthread_mutex_unlock(&draw->lock);
}

/** Whether it is time for another update. The lock is held. */
static bool is_time(struct ks_draw *draw)
{
	int64_t now = now_ns();
	if (draw->nr_shown && now - draw->last_ns < UPDATE_NS)
		return false;
	draw->last_ns = now;
	return true;
}

/** From the last line to the first, each emptied. */
static void erase(struct ks_draw *draw)
{
	for (size_t i = 0; i < draw->nr_shown; i++)
		fputs(i ? "\033[A\r\033[K" : "\r\033[K", stderr);
	draw->nr_shown = 0;
}

/** How many columns a line may have: one that is wrapped could not be erased. */
static size_t columns(void)
{
	struct winsize size;
	bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
	return known ? size.ws_col - 1 : 79;
}

/** One more line below those that are shown; names of files are in it. */
static void show(struct ks_draw *draw, struct ks_buf *line)
{
	ks_text_tail(line, 0, KS_TEXT_LINE);
	const char *text = ks_buf_text(line);
	size_t len = text ? ks_text_cut(text, strlen(text), columns()) : 0;
	fprintf(stderr, "%s%.*s", draw->nr_shown ? "\n" : "", (int)len, text ? text : "");
	draw->nr_shown++;
}

static void show_bytes(struct ks_draw *draw, const struct ks_draw_line *job)
{
	_cleanup_buf_ struct ks_buf line = { 0 };
	ks_buf_printf(&line, "%s: %s %.1f", job->target, job->what, (double)job->done / 1e6);
	if (job->total)
		ks_buf_printf(&line, " of %.1f", (double)job->total / 1e6);
	ks_buf_str(&line, " MB");
	show(draw, &line);
}

/** The line of a target, a new one if there is room, else the first. */
static struct ks_draw_line *find(struct ks_draw *draw, const char *target)
{
	for (size_t i = 0; i < draw->nr; i++)
		if (strncmp(draw->lines[i].target, target, KS_DRAW_TARGET_MAX - 1) == 0)
			return &draw->lines[i];
	return &draw->lines[draw->nr < KS_DRAW_LINES ? draw->nr++ : 0];
}

/** What has no bytes yet gives way to what has: names that were only looked up are never heard of again. */
static void drop_waiting(struct ks_draw *draw)
{
	size_t kept = 0;
	for (size_t i = 0; i < draw->nr; i++)
		if (draw->lines[i].done || draw->lines[i].total)
			draw->lines[kept++] = draw->lines[i];
	draw->nr = kept;
}

void ks_draw_bytes(void *arg, const char *what, uint64_t done, uint64_t total)
{
	const struct ks_draw_job *job = arg;
	struct ks_draw *draw = job->draw;
	if (!draw->on)
		return;
	pthread_mutex_lock(&draw->lock);
	struct ks_draw_line *line = find(draw, job->target);
	snprintf(line->target, sizeof(line->target), "%s", job->target);
	line->what = what;
	line->done = done;
	line->total = total;
	if (done || total)
		drop_waiting(draw);
	if (is_time(draw)) {
		erase(draw);
		for (size_t i = 0; i < draw->nr; i++)
			show_bytes(draw, &draw->lines[i]);
	}
	end(draw);
}

void ks_draw_count(struct ks_draw *draw, const char *what, uint64_t done, uint64_t total)
{
	if (!draw->on)
		return;
	pthread_mutex_lock(&draw->lock);
	if (is_time(draw)) {
		_cleanup_buf_ struct ks_buf line = { 0 };
		ks_buf_printf(&line, "%s %" PRIu64 " of %" PRIu64, what, done, total);
		erase(draw);
		show(draw, &line);
	}
	end(draw);
}

void ks_draw_done(struct ks_draw *draw, const char *target)
{
	if (!draw->on)
		return;
	pthread_mutex_lock(&draw->lock);
	for (size_t i = 0; i < draw->nr; i++)
		if (strncmp(draw->lines[i].target, target, KS_DRAW_TARGET_MAX - 1) == 0)
			draw->lines[i] = draw->lines[--draw->nr];
	end(draw);
}

void ks_draw_erase(struct ks_draw *draw)
{
	if (!draw->on)
		return;
	pthread_mutex_lock(&draw->lock);
	erase(draw);
	end(draw);
}
