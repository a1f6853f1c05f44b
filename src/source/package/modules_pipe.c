/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/vector.h"
#include "elf/relocatable.h"
#include "extract/extract.h"
#include "source/package/modules_pipe.h"
#include "source/package/stream.h"

enum { ROOM = 16, MAX_THREADS = 64 };
static const size_t bytes_at_once = 128
				    << 20; // of modules on their way; one larger module goes alone

/** A module on its way. */
struct parcel {
	char *path;
	uint8_t *bytes;
	size_t len;
	uint64_t number;
};

struct ks_modules_pipe {
	const struct ks_modules_opts *opts;
	pthread_t threads[MAX_THREADS];
	unsigned int nr_threads;
	pthread_mutex_t lock; // guards all that follows
	pthread_cond_t moved;
	struct parcel queue[ROOM]; // a ring
	size_t first, nr;
	size_t bytes;	      // queued and being read
	uint64_t given, turn; // modules put into the queue; the one that is added next
	bool closed;
	struct ks_modules *home; // of all modules; NULL before the first
	const struct ks_base_kernel *kernel;
	struct ks_error *err; // that stops everything
	struct ks_modules_report report;
};

static void parcel_deinit(struct parcel *parcel)
{
	free(parcel->path);
	free(parcel->bytes);
	*parcel = (struct parcel){ 0 };
}

/* ---- one module ---- */

enum { UNPACK_STEP = 1 << 20 };

/** Replace packed bytes by what is in them. */
static struct ks_error *unpack(struct parcel *parcel, uint64_t max)
{
	if (ks_codec_of(parcel->bytes, parcel->len) == KS_CODEC_NONE)
		return NULL;
	_cleanup_input_ struct ks_input *in = NULL;
	_cleanup_stream_ struct ks_stream *stream = NULL;
	KS_TRY(ks_input_memory(parcel->bytes, parcel->len, &in));
	KS_TRY(ks_stream_open(in, 0, parcel->len, max, &stream));
	KS_VECTOR(uint8_t) out = { 0 };
	size_t got = 1;
	struct ks_error *err = NULL;
	while (!err && got) {
		if (!ks_vector_reserve(&out, UNPACK_STEP))
			err = &ks_nomem;
		else
			err = ks_stream_read(stream, out.at + out.len, UNPACK_STEP, &got);
		out.len += err ? 0 : got;
	}
	if (err) {
		ks_vector_deinit(&out);
		return err;
	}
	free(parcel->bytes);
	parcel->bytes = out.at;
	parcel->len = out.len;
	return NULL;
}

static struct ks_error *read_module(struct ks_modules_pipe *pipe, const struct ks_elf *elf,
				    struct ks_surface **ret)
{
	struct ks_extract_opts how = { .module_of = pipe->kernel };
	KS_TRY(ks_extract(elf, &how, ret));
	const char *release = pipe->kernel->image.release, *own = (*ret)->image.release;
	if (release && strcmp(release, own) != 0)
		return ks_error_new(KS_ERR_DATA, "a module of kernel %s, not of %s", own, release);
	return NULL;
}

static uint64_t module_max(const struct ks_modules_pipe *pipe)
{
	uint64_t max = pipe->opts->limits.module_max;
	return max ? max : 1ull << 30;
}

static struct ks_error *open_module(struct ks_modules_pipe *pipe, struct parcel *parcel,
				    struct ks_surface **ret)
{
	_cleanup_elf_ struct ks_elf *elf = NULL;
	KS_TRY(unpack(parcel, module_max(pipe)));
	KS_TRY(ks_elf_open_memory(parcel->bytes, parcel->len, &elf));
	KS_TRY(ks_elf_link_spend(elf));
	return read_module(pipe, elf, ret);
}

/** A module that cannot be read is told of, and keeps no other from being read. */
static void note_failure(struct ks_modules_pipe *pipe, const char *path, struct ks_error *err)
{
	pipe->report.nr_failed++;
	if (pipe->report.first)
		ks_error_free(err);
	else
		pipe->report.first = ks_error_wrap(err, "%s", path);
}

/* ---- the threads ---- */

static bool take(struct ks_modules_pipe *pipe, struct parcel *ret)
{
	while (!pipe->nr && !pipe->closed && !pipe->err)
		pthread_cond_wait(&pipe->moved, &pipe->lock);
	if (!pipe->nr || pipe->err)
		return false;
	*ret = pipe->queue[pipe->first];
	pipe->first = (pipe->first + 1) % ROOM;
	pipe->nr--;
	pthread_cond_broadcast(&pipe->moved);
	return true;
}

/** Add what was read when its turn comes. Holds the lock. */
static void add(struct ks_modules_pipe *pipe, const struct parcel *parcel,
		const struct ks_surface *module, struct ks_error *err)
{
	while (pipe->turn != parcel->number && !pipe->err)
		pthread_cond_wait(&pipe->moved, &pipe->lock);
	if (err && err->code != KS_ERR_NOMEM) {
		note_failure(pipe, parcel->path, ks_take(err));
	} else if (!err && !pipe->err) {
		err = ks_modules_add(pipe->home, module);
		pipe->report.nr_added += !err;
	}
	if (err && !pipe->err)
		pipe->err = err;
	else
		ks_error_free(err);
	pipe->turn++;
	pthread_cond_broadcast(&pipe->moved);
}

static void *work(void *arg)
{
	struct ks_modules_pipe *pipe = arg;
	struct parcel parcel;
	pthread_mutex_lock(&pipe->lock);
	while (take(pipe, &parcel)) {
		pthread_mutex_unlock(&pipe->lock);
		size_t len = parcel.len;
		_cleanup_surface_ struct ks_surface *module = NULL;
		struct ks_error *err = open_module(pipe, &parcel, &module);
		free(ks_take(parcel.bytes));
		pthread_mutex_lock(&pipe->lock);
		pipe->bytes -= len;
		add(pipe, &parcel, module, err);
		parcel_deinit(&parcel);
	}
	pthread_mutex_unlock(&pipe->lock);
	return NULL;
}

/* ---- the giving end ---- */

struct ks_error *ks_modules_pipe_open(const struct ks_modules_opts *opts,
				      struct ks_modules_pipe **ret)
{
	struct ks_modules_pipe *pipe = calloc(1, sizeof(*pipe));
	if (!pipe)
		return &ks_nomem;
	pipe->opts = opts;
	pthread_mutex_init(&pipe->lock, NULL);
	pthread_cond_init(&pipe->moved, NULL);
	unsigned int wanted = opts->nr_threads ? opts->nr_threads : 1;
	while (pipe->nr_threads < wanted && pipe->nr_threads < MAX_THREADS) {
		if (pthread_create(&pipe->threads[pipe->nr_threads], NULL, work, pipe) != 0)
			break;
		pipe->nr_threads++;
	}
	*ret = pipe;
	return NULL;
}

/** The kernel of the first module that can be opened at all. Nobody else is at work yet. */
static struct ks_error *find_home(struct ks_modules_pipe *pipe, struct parcel *parcel)
{
	_cleanup_elf_ struct ks_elf *elf = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_image kernel = { 0 };
	struct ks_error *err = unpack(parcel, module_max(pipe));
	if (!err)
		err = ks_elf_open_memory(parcel->bytes, parcel->len, &elf);
	if (!err)
		err = ks_module_kernel(elf, &arena, &kernel);
	if (err && err->code != KS_ERR_NOMEM) {
		note_failure(pipe, parcel->path, err);
		return NULL;
	}
	if (!err)
		err = pipe->opts->home(pipe->opts->home_arg, &kernel, &pipe->home);
	if (!err)
		pipe->kernel = ks_modules_kernel(pipe->home);
	return err;
}

/** Put it into the queue when there is room. */
static struct ks_error *enqueue(struct ks_modules_pipe *pipe, struct parcel *parcel)
{
	pthread_mutex_lock(&pipe->lock);
	while (!pipe->err &&
	       (pipe->nr == ROOM || (pipe->bytes && pipe->bytes + parcel->len > bytes_at_once)))
		pthread_cond_wait(&pipe->moved, &pipe->lock);
	struct ks_error *err = ks_take(pipe->err);
	if (err) {
		pipe->err = &ks_nomem; // it stays stopped
	} else {
		parcel->number = pipe->given++;
		pipe->bytes += parcel->len;
		pipe->queue[(pipe->first + pipe->nr++) % ROOM] = *parcel;
		*parcel = (struct parcel){ 0 };
		pthread_cond_broadcast(&pipe->moved);
	}
	pthread_mutex_unlock(&pipe->lock);
	return err;
}

struct ks_error *ks_modules_pipe_put(struct ks_modules_pipe *pipe, const char *path, uint8_t *bytes,
				     size_t len)
{
	struct parcel parcel = { .path = strdup(path), .bytes = bytes, .len = len };
	struct ks_error *err = parcel.path && pipe->nr_threads ? NULL : &ks_nomem;
	if (!err && !pipe->home)
		err = find_home(pipe, &parcel);
	if (!err && pipe->home)
		err = enqueue(pipe, &parcel);
	parcel_deinit(&parcel);
	return err;
}

struct ks_error *ks_modules_pipe_close(struct ks_modules_pipe *pipe, struct ks_modules_report *ret)
{
	pthread_mutex_lock(&pipe->lock);
	pipe->closed = true;
	pthread_cond_broadcast(&pipe->moved);
	pthread_mutex_unlock(&pipe->lock);
	for (unsigned int i = 0; i < pipe->nr_threads; i++)
		pthread_join(pipe->threads[i], NULL);
	for (; pipe->nr; pipe->nr--, pipe->first = (pipe->first + 1) % ROOM)
		parcel_deinit(&pipe->queue[pipe->first]);
	struct ks_error *err = pipe->err;
	if (err)
		ks_error_free(pipe->report.first);
	else
		*ret = pipe->report;
	pthread_cond_destroy(&pipe->moved);
	pthread_mutex_destroy(&pipe->lock);
	free(pipe);
	return err;
}
