/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/intake.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/json.h"
#include "base/pool.h"
#include "surface/image.h"

/** What reading one image may take at its worst; so many of them fit into the memory at hand. */
enum { IMAGE_KB = 1500000 };

struct intake {
	struct ks_cli *cli;
	const struct ks_intake_item *items;
	struct ks_store *store;
	struct ks_extract_opts how;    // for each image
	struct ks_store_images before; // what was in the store at the start
	struct ks_json *json;	       // NULL: print lines
	pthread_mutex_t lock;	       // guards turn, and the store with it
	pthread_cond_t moved;
	size_t turn; // the item that is put next
};

/** How many images may be read at once without pushing the machine into swap. */
static unsigned int fit_memory(unsigned int wanted)
{
	FILE *file = fopen("/proc/meminfo", "re");
	if (!file)
		return 1;
	char line[128];
	unsigned long kb = 0;
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, "MemAvailable:", 13) == 0)
			kb = strtoul(line + 13, NULL, 10);
	fclose(file);
	unsigned long fit = kb / IMAGE_KB;
	return fit < 1 ? 1 : fit < wanted ? (unsigned int)fit : wanted;
}

static const struct ks_store_image *find_known(const struct ks_store_images *before,
					       const char *digest)
{
	for (size_t i = 0; i < before->nr; i++) {
		const char *other = before->at[i]->image.digest;
		if (other && digest && strcmp(other, digest) == 0)
			return before->at[i];
	}
	return NULL;
}

/** Reading all of an image that is in the store would be for nothing. */
static bool is_known(void *arg, const struct ks_image *image)
{
	const struct ks_store_image *kept = find_known(arg, image->digest);
	return kept && !ks_image_gives_way(&kept->image, image);
}

/** A table of a surface that a result line counts. */
static void print_counts(const struct ks_surface *surface)
{
	const struct {
		enum ks_kind kind;
		size_t nr;
		const char *one, *many;
	} counts[] = {
		{ KS_FUNCTION, surface->nr_functions, "function", "functions" },
		{ KS_STRUCT, surface->decls[KS_STRUCT].nr, "struct", "structs" },
		{ KS_TRACEPOINT, surface->nr_tracepoints, "tracepoint", "tracepoints" },
		{ KS_SYSCALL, surface->nr_syscalls, "syscall", "syscalls" },
		{ KS_LSM, surface->nr_lsm, "LSM hook", "LSM hooks" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(counts); i++)
		if (surface->known & KS_KNOWS(counts[i].kind))
			printf(", %zu %s", counts[i].nr,
			       counts[i].nr == 1 ? counts[i].one : counts[i].many);
}

static void report_line(const struct intake *intake, const struct ks_surface *surface,
			const struct ks_put_result *result, const char *note)
{
	if (intake->cli->quiet)
		return;
	if (!result->added) {
		printf("%s: is in the store already\n", result->label);
		return;
	}
	printf("%s: added, %.1f MB", result->label, (double)result->bytes / 1e6);
	print_counts(surface);
	putchar('\n');
	for (const char *line = note; line && *line;) {
		size_t len = strcspn(line, "\n");
		printf("    %.*s\n", (int)len, line);
		line += len + (line[len] != '\0');
	}
	fflush(stdout);
}

static void report_json(const struct intake *intake, const char *what,
			const struct ks_put_result *result, const char *note)
{
	struct ks_json *json = intake->json;
	ks_json_open(json, '{');
	ks_json_key_str(json, "source", what);
	ks_json_key_str(json, "image", result->label);
	ks_json_key_bool(json, "added", result->added);
	ks_json_key_u64(json, "bytes", result->bytes);
	ks_json_key_u64(json, "definitions", result->nr_definitions);
	ks_json_key_u64(json, "new_definitions", result->nr_new_definitions);
	ks_json_key_str(json, "note", note);
	ks_json_close(json, '}');
}

static struct ks_error *put(struct intake *intake, const struct ks_intake_item *item,
			    const struct ks_surface *surface, const char *note)
{
	struct ks_put_result result = { 0 };
	// of a known image there may be no more than its facts: nothing to put, whatever has become of it
	const struct ks_store_image *known = find_known(&intake->before, surface->image.digest);
	if (known && ks_image_gives_way(&known->image, &surface->image))
		known = NULL;
	if (known && !(result.label = strdup(known->image.label)))
		return &ks_nomem;
	if (!known)
		KS_TRY(ks_store_put(intake->store, surface, intake->how.nr_threads, &result));
	_cleanup_free_ char *joined = NULL;
	if (result.replaced && asprintf(&joined, "takes the place of what was known of it%s%s",
					note ? "\n" : "", note ? note : "") >= 0)
		note = joined;
	ks_draw_erase(&intake->cli->draw);
	if (intake->json)
		report_json(intake, item->what, &result, note);
	else
		report_line(intake, surface, &result, note);
	free(result.label);
	return NULL;
}

/** A full or read-only store fails every image alike: then the rest is not tried. */
static bool is_fatal(const struct ks_error *err, bool reading)
{
	return !reading && (err->code == KS_ERR_STORE || err->code == KS_ERR_IO);
}

/** Nothing is wrong with the item: it only is no kernel, and need not be one. */
static bool is_no_kernel(const struct ks_intake_item *item, const struct ks_error *err)
{
	return err->code == KS_ERR_NOTFOUND ? item->may_lack_kernel || item->found
					    : err->code == KS_ERR_UNSUPPORTED && item->found;
}

static struct ks_error *take_in(void *arg, size_t nr, unsigned int thread)
{
	(void)thread;
	struct intake *intake = arg;
	const struct ks_intake_item *item = &intake->items[nr];
	_cleanup_surface_ struct ks_surface *surface = NULL;
	_cleanup_free_ char *note = NULL;
	struct ks_error *err = item->read(intake->cli, item->arg, &intake->how, &surface, &note);
	bool reading = err != NULL;
	pthread_mutex_lock(&intake->lock);
	while (intake->turn != nr)
		pthread_cond_wait(&intake->moved, &intake->lock);
	if (!err)
		err = put(intake, item, surface, note);
	if (err && reading && is_no_kernel(item, err)) {
		ks_error_free(ks_take(err));
	} else if (err && !is_fatal(err, reading)) {
		ks_cli_fail(intake->cli, err);
		err = NULL;
	}
	intake->turn++;
	pthread_cond_broadcast(&intake->moved);
	pthread_mutex_unlock(&intake->lock);
	return err;
}

struct ks_error *ks_intake_run(struct ks_cli *cli, const struct ks_intake_item *items, size_t nr,
			       const struct ks_intake_modules *modules)
{
	_cleanup_session_ struct ks_session session = { 0 };
	KS_TRY(ks_session_open(cli, KS_STORE_CREATE, &session));
	_cleanup_buf_ struct ks_buf buf = { 0 };
	struct ks_json json = ks_json_to(&buf, 2);
	struct intake intake = {
		.cli = cli,
		.items = items,
		.store = session.store,
		.how = { .nr_threads = ks_cli_threads(cli), .known = is_known },
		.json = cli->json ? &json : NULL,
	};
	_cleanup_arena_ struct ks_arena arena = { 0 };
	KS_TRY(ks_store_images(session.store, &arena, &intake.before));
	intake.how.known_arg = &intake.before;
	pthread_mutex_init(&intake.lock, NULL);
	pthread_cond_init(&intake.moved, NULL);
	ks_json_open(&json, '[');
	unsigned int at_once = fit_memory(intake.how.nr_threads);
	struct ks_error *err = ks_pool_run(at_once, nr, take_in, &intake);
	if (!err && modules)
		err = ks_modules_intake(cli, session.store, modules, intake.json);
	ks_json_close(&json, ']');
	pthread_cond_destroy(&intake.moved);
	pthread_mutex_destroy(&intake.lock);
	if (cli->json && !buf.failed)
		ks_cli_print(&buf, "\n");
	return err ? err : ks_buf_error(&buf);
}
