/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/pull_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_read.h"
#include "base/read_file.h"
#include "source/net/kernel_package.h"
#include "source/net/lookup.h"
#include "source/net/pull.h"
#include "surface/image_sets.h"

enum {
	PLAN_MAX = 64 << 20, // bytes of a file
	HEX = 64,	     // digits of a checksum
};

/** What the parts but the kernel itself are called in a line. */
static const char *const part_names[KS_PULL_PLAN_PARTS] = {
	[KS_REMOTE_CONFIG] = "config",
	[KS_REMOTE_MODULES] = "modules",
};

void ks_pull_plan_deinit(struct ks_pull_plan *plan)
{
	ks_intern_deinit(&plan->sums);
	ks_arena_deinit(&plan->arena);
	ks_vector_deinit(&plan->kernels);
}

static struct ks_pull_plan_kernel *find(const struct ks_pull_plan *plan, const char *sha256)
{
	uint32_t number = ks_intern_find(&plan->sums, sha256, strlen(sha256));
	return number ? &plan->kernels.at[number - 1] : NULL;
}

/** @param kernel one that is not in it */
static struct ks_error *append(struct ks_pull_plan *plan, const struct ks_pull_plan_kernel *kernel)
{
	const char *sha256 = kernel->files[KS_REMOTE_KERNEL].sha256;
	plan->sums.arena = &plan->arena;
	return ks_vector_add(&plan->kernels, *kernel) &&
			       ks_intern_number(&plan->sums, sha256, strlen(sha256))
		       ? NULL
		       : &ks_nomem;
}

const struct ks_pull_plan_kernel *ks_pull_plan_find(const struct ks_pull_plan *plan,
						    const char *sha256)
{
	return find(plan, sha256);
}

static struct ks_error *copy_text(const char *text, char **ret)
{
	*ret = text ? strdup(text) : NULL;
	return text && !*ret ? &ks_nomem : NULL;
}

struct ks_error *ks_pull_plan_remote(const struct ks_pull_plan_kernel *kernel,
				     enum ks_remote_part part, struct ks_remote *ret)
{
	_cleanup_remote_ struct ks_remote remote = { 0 };
	const struct ks_pull_plan_file *file = &kernel->files[part];
	KS_TRY(copy_text(file->url, &remote.url));
	KS_TRY(copy_text(file->sha256, &remote.sha256));
	if (part == KS_REMOTE_KERNEL)
		KS_TRY(copy_text(kernel->sets, &remote.sets));
	remote.size = file->size;
	*ret = remote;
	remote = (struct ks_remote){ 0 };
	return NULL;
}

/* ---- making one ---- */

static struct ks_error *is_checksum(const char *text, size_t len)
{
	bool right = len == HEX && strspn(text, "0123456789abcdef") >= HEX;
	return right ? NULL : ks_error_new(KS_ERR_DATA, "no SHA-256: '%.*s'", (int)len, text);
}

/** @param[out] ret without URL where there is no such part */
static struct ks_error *take_part(struct ks_pull_plan *plan, struct ks_lookup *lookup,
				  const struct ks_pull_opts *opts, const struct ks_found *kernel,
				  enum ks_remote_part part, struct ks_pull_plan_kernel *ret)
{
	_cleanup_remote_ struct ks_remote remote = { 0 };
	struct ks_pull_plan_file *file = &ret->files[part];
	KS_TRY(ks_pull_find(lookup, kernel, part, opts, &remote));
	if (!remote.url)
		return NULL;
	if (remote.note && !plan->note &&
	    !(plan->note = ks_arena_strdup(&plan->arena, remote.note)))
		return &ks_nomem;
	if (remote.split)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "its archive signs packages one by one, and a plan names them "
				    "by the checksums of lists: pull it, or --allow-unsigned");
	if (!remote.sha256)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "its archive tells no SHA-256 of it, by which a plan names "
				    "packages: pull it");
	KS_TRY(is_checksum(remote.sha256, strlen(remote.sha256)));
	file->url = ks_arena_strdup(&plan->arena, remote.url);
	file->sha256 = ks_arena_strdup(&plan->arena, remote.sha256);
	file->size = remote.size;
	if (remote.sets)
		ret->sets = ks_arena_strdup(&plan->arena, remote.sets);
	return file->url && file->sha256 && (ret->sets || !remote.sets) ? NULL : &ks_nomem;
}

/** NAME=VERSION. */
static const char *name_of(struct ks_pull_plan *plan, const struct ks_stanza *stanza)
{
	_cleanup_buf_ struct ks_buf name = { 0 };
	const char *version = ks_stanza_value(stanza->text, "Version");
	ks_buf_bytes(&name, stanza->name, stanza->name_len);
	if (version)
		ks_buf_printf(&name, "=%.*s", (int)strcspn(version, "\r\n"), version);
	const char *text = ks_buf_text(&name);
	return text ? ks_arena_strdup(&plan->arena, text) : NULL;
}

static struct ks_error *add_kernel(struct ks_pull_plan *plan,
				   const struct ks_pull_plan_kernel *kernel)
{
	struct ks_pull_plan_kernel *other = find(plan, kernel->files[KS_REMOTE_KERNEL].sha256);
	if (!other)
		return append(plan, kernel);
	return ks_image_sets_join(&plan->arena, other->sets, kernel->sets, &other->sets)
		       ? NULL
		       : &ks_nomem;
}

static struct ks_error *add_package(struct ks_pull_plan *plan, struct ks_lookup *lookup,
				    const char *word, const struct ks_pull_opts *opts)
{
	struct ks_pull_plan_kernel kernel = { .is_unsigned = opts->allow_unsigned };
	struct ks_found found;
	KS_TRY(ks_kernel_package_choose(lookup, word, &found));
	kernel.package = name_of(plan, &found.stanza);
	if (!kernel.package)
		return &ks_nomem;
	for (int part = 0; part < KS_PULL_PLAN_PARTS; part++)
		KS_TRY(take_part(plan, lookup, opts, &found, (enum ks_remote_part)part, &kernel));
	return add_kernel(plan, &kernel);
}

/** @param words nr packages of one archive */
static struct ks_error *add_packages(struct ks_pull_plan *plan, const char *const *words, size_t nr,
				     const struct ks_pull_opts *opts,
				     const struct ks_progress *progress)
{
	_cleanup_lookup_ struct ks_lookup *lookup = NULL;
	KS_TRY(ks_lookup_open(opts, progress, &lookup));
	for (size_t i = 0; i < nr; i++)
		KS_TRY(ks_error_wrap(add_package(plan, lookup, words[i], opts), "%s", words[i]));
	return NULL;
}

struct ks_error *ks_pull_plan_add(struct ks_pull_plan *plan, const char *word,
				  const struct ks_set_extent *extent,
				  const struct ks_pull_opts *opts,
				  const struct ks_progress *progress)
{
	_cleanup_set_kernels_ struct ks_set_kernels kernels = { 0 };
	bool is_set;
	KS_TRY(ks_set_expand(word, extent, opts, progress, &is_set, &kernels));
	if (is_set)
		return add_packages(plan, kernels.packages.at, kernels.nr_wanted, &kernels.pull,
				    progress);
	if (extent->last || extent->debug)
		return ks_error_new(KS_ERR_USAGE,
				    "%s: no set of kernels, such as debian:12; --last and --debug "
				    "choose what is taken of a set",
				    word);
	return add_packages(plan, &word, 1, opts, progress);
}

/* ---- text ---- */

static void write_file(struct ks_json *json, const struct ks_pull_plan_file *file)
{
	ks_json_open(json, '{');
	ks_json_key_str(json, "url", file->url);
	ks_json_key_str(json, "sha256", file->sha256);
	ks_json_key_u64(json, "size", file->size);
	ks_json_close(json, '}');
}

static void write_kernel(const struct ks_pull_plan_kernel *kernel, struct ks_buf *out)
{
	struct ks_json json = ks_json_to(out, 0);
	const struct ks_pull_plan_file *file = &kernel->files[KS_REMOTE_KERNEL];
	ks_json_open(&json, '{');
	ks_json_key_str(&json, "sha256", file->sha256);
	ks_json_key_str(&json, "package", kernel->package);
	if (kernel->sets)
		ks_json_key_str(&json, "sets", kernel->sets);
	ks_json_key_str(&json, "url", file->url);
	ks_json_key_u64(&json, "size", file->size);
	for (int part = 0; part < KS_PULL_PLAN_PARTS; part++) {
		if (!part_names[part] || !kernel->files[part].url)
			continue;
		ks_json_key(&json, part_names[part]);
		write_file(&json, &kernel->files[part]);
	}
	if (kernel->is_unsigned) {
		ks_json_key(&json, "unsigned");
		ks_json_bool(&json, true);
	}
	ks_json_close(&json, '}');
	ks_buf_char(out, '\n');
}

void ks_pull_plan_write(const struct ks_pull_plan *plan, struct ks_buf *out)
{
	for (size_t i = 0; i < plan->kernels.len; i++)
		write_kernel(&plan->kernels.at[i], out);
}

/** A string, kept. NULL when memory runs out, which the reader remembers. */
static const char *read_text(struct ks_jread *r, struct ks_pull_plan *plan)
{
	struct ks_jread_text text = ks_jread_string(r);
	const char *copy = ks_arena_strndup(&plan->arena, text.at ? text.at : "", text.len);
	if (!copy)
		ks_jread_fail_nomem(r);
	return copy;
}

static const char *read_checksum(struct ks_jread *r, struct ks_pull_plan *plan)
{
	const char *text = read_text(r, plan);
	struct ks_error *err = text && !r->why ? is_checksum(text, strlen(text)) : NULL;
	if (err)
		ks_jread_fail(r, "64 hexadecimal digits are expected", "sha256");
	ks_error_free(err);
	return text;
}

static void read_file(struct ks_jread *r, struct ks_pull_plan *plan, struct ks_pull_plan_file *file)
{
	enum { URL, SHA256, SIZE };
	static const struct ks_jread_keys keys = { 3,
						   1 << URL | 1 << SHA256,
						   { "url", "sha256", "size" } };
	uint32_t seen = 0;
	ks_jread_enter(r, '{');
	for (int key; (key = ks_jread_key(r, &keys, &seen)) >= 0;) {
		if (key == URL)
			file->url = read_text(r, plan);
		else if (key == SHA256)
			file->sha256 = read_checksum(r, plan);
		else
			file->size = ks_jread_uint(r, INT64_MAX);
	}
}

static void read_kernel(struct ks_jread *r, struct ks_pull_plan *plan,
			struct ks_pull_plan_kernel *kernel)
{
	enum { SHA256, PACKAGE, SETS, URL, SIZE, CONFIG, MODULES, UNSIGNED };
	static const struct ks_jread_keys keys = {
		8,
		1 << SHA256 | 1 << PACKAGE | 1 << URL,
		{ "sha256", "package", "sets", "url", "size", "config", "modules", "unsigned" },
	};
	struct ks_pull_plan_file *file = &kernel->files[KS_REMOTE_KERNEL];
	uint32_t seen = 0;
	ks_jread_enter(r, '{');
	for (int key; (key = ks_jread_key(r, &keys, &seen)) >= 0;) {
		switch (key) {
		case SHA256:
			file->sha256 = read_checksum(r, plan);
			break;
		case PACKAGE:
			kernel->package = read_text(r, plan);
			break;
		case SETS:
			kernel->sets = read_text(r, plan);
			break;
		case URL:
			file->url = read_text(r, plan);
			break;
		case SIZE:
			file->size = ks_jread_uint(r, INT64_MAX);
			break;
		case CONFIG:
			read_file(r, plan, &kernel->files[KS_REMOTE_CONFIG]);
			break;
		case MODULES:
			read_file(r, plan, &kernel->files[KS_REMOTE_MODULES]);
			break;
		default:
			kernel->is_unsigned = ks_jread_bool(r);
		}
	}
}

static struct ks_error *parse_line(struct ks_jread *r, const char *line, size_t len,
				   struct ks_pull_plan *plan)
{
	struct ks_pull_plan_kernel kernel = { 0 };
	ks_jread_begin(r, line, len);
	read_kernel(r, plan, &kernel);
	ks_jread_end(r);
	KS_TRY(ks_jread_error(r));
	if (find(plan, kernel.files[KS_REMOTE_KERNEL].sha256))
		return ks_error_new(KS_ERR_DATA, "a line before has the same sha256");
	return append(plan, &kernel);
}

struct ks_error *ks_pull_plan_parse(const char *text, size_t len, struct ks_pull_plan *plan)
{
	struct ks_jread r = { 0 };
	struct ks_error *err = NULL;
	const char *at = text;
	size_t left = len; // 0: there may be no text
	for (size_t number = 1; !err && left; number++) {
		const char *end = at + left, *stop = memchr(at, '\n', left);
		stop = stop ? stop : end;
		if (stop > at)
			err = ks_error_wrap(parse_line(&r, at, (size_t)(stop - at), plan),
					    "line %zu: no kernel of a plan", number);
		at = stop + (stop < end);
		left = (size_t)(end - at);
	}
	ks_jread_deinit(&r);
	return err;
}

struct ks_error *ks_pull_plan_read(const char *path, struct ks_pull_plan *plan)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	KS_TRY(ks_read_file(path, PLAN_MAX, &text, NULL));
	return ks_error_in_file(ks_pull_plan_parse(text.at, text.len, plan), path);
}
