/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/policy_source.h"

#include <string.h>

#include "base/read_file.h"

enum { POLICY_MAX = 1 << 20 };

/**
 * The ksurf.toml beside the file, else in the current folder.
 * @param path holds the result
 * @param[out] ret its path; NULL when there is none
 */
static struct ks_error *append_found(const struct ks_policy_source *source, struct ks_buf *path,
				     struct ks_buf *text, const char **ret)
{
	static const char name[] = "ksurf.toml";
	const char *slash = source->beside ? strrchr(source->beside, '/') : NULL;
	bool there = false;
	if (slash)
		ks_buf_bytes(path, source->beside, (size_t)(slash - source->beside) + 1);
	ks_buf_str(path, name);
	*ret = ks_buf_text(path);
	if (*ret && source->beside)
		KS_TRY(ks_read_file(*ret, POLICY_MAX, text, &there));
	if (!there && source->here) {
		*ret = name;
		KS_TRY(ks_read_file(name, POLICY_MAX, text, &there));
	}
	if (!there)
		*ret = NULL;
	return NULL;
}

/** A word between single quotes, as TOML wants it. */
static struct ks_error *append_word(struct ks_buf *text, const char *word, size_t len)
{
	if (!len || memchr(word, '\'', len) || memchr(word, '\n', len))
		return ks_error_new(KS_ERR_USAGE, "'%.*s' cannot be a name", (int)len, word);
	ks_buf_char(text, '\'');
	ks_buf_bytes(text, word, len);
	ks_buf_char(text, '\'');
	return NULL;
}

/** What is declared besides, in the words of the file. */
static struct ks_error *append_options(const struct ks_policy_source *source, struct ks_buf *text)
{
	if (source->optional || source->constants)
		ks_buf_str(text, "\n[[object]]\noptional = [");
	for (const char *at = source->optional; at && *at;) {
		size_t len = strcspn(at, ",");
		KS_TRY(append_word(text, at, len));
		ks_buf_char(text, ',');
		at += len + (at[len] == ',');
	}
	if (source->optional || source->constants)
		ks_buf_str(text, "]\n[object.constants]\n");
	for (const char *at = source->constants; at && *at;) {
		size_t len = strcspn(at, ","), name = strcspn(at, "=");
		if (name >= len)
			return ks_error_new(KS_ERR_USAGE, "--set wants NAME=NUMBER, not '%.*s'",
					    (int)len, at);
		KS_TRY(append_word(text, at, name));
		ks_buf_printf(text, " = %.*s\n", (int)(len - name - 1), at + name + 1);
		at += len + (at[len] == ',');
	}
	return NULL;
}

struct ks_error *ks_policy_load(const struct ks_policy_source *source, struct ks_policy **ret)
{
	_cleanup_buf_ struct ks_buf found = { 0 }, text = { 0 };
	const char *path = source->path;
	if (path)
		KS_TRY(ks_read_file(path, POLICY_MAX, &text, NULL));
	else if (source->text)
		ks_buf_str(&text, source->text);
	else
		KS_TRY(append_found(source, &found, &text, &path));
	bool packaged = !path && !source->text && source->packaged;
	if (packaged) {
		path = source->packaged_path;
		ks_buf_str(&text, source->packaged);
	}
	KS_TRY(append_options(source, &text));
	KS_TRY(ks_buf_error(&text));
	struct ks_error *err = ks_policy_read(text.at ? text.at : "", text.len, ret);
	if (!err && source->brings_btf)
		(*ret)->brings_btf = true;
	if (!err && path) {
		(*ret)->path = ks_arena_strdup(&(*ret)->arena, path);
		err = (*ret)->path ? NULL : &ks_nomem;
	}
	if (!err && packaged) { // it may tell how its tools load, not what is accepted of them
		(*ret)->packaged = true;
		(*ret)->nr_waivers = 0;
		(*ret)->fail_on = NULL;
	}
	return ks_error_in_file(err, path ? path : source->text ? "policy" : "command line");
}
