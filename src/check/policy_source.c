/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/policy_source.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

enum { POLICY_MAX = 1 << 20 };

/** Append the text of a file. @return false and errno when it cannot be opened */
static bool append_file(const char *path, struct ks_buf *text)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	char block[4096];
	for (size_t n; text->len < POLICY_MAX && (n = fread(block, 1, sizeof(block), file)) > 0;)
		ks_buf_bytes(text, block, n);
	fclose(file);
	return true;
}

/**
 * The ksurf.toml beside the file, else in the current folder.
 * @param path holds the result
 * @return its path, NULL when there is none
 */
static const char *append_found(const struct ks_policy_source *source, struct ks_buf *path,
				struct ks_buf *text)
{
	static const char name[] = "ksurf.toml";
	const char *slash = source->beside ? strrchr(source->beside, '/') : NULL;
	if (slash)
		ks_buf_bytes(path, source->beside, (size_t)(slash - source->beside) + 1);
	ks_buf_str(path, name);
	const char *beside = ks_buf_text(path);
	if (beside && source->beside && append_file(beside, text))
		return beside;
	return source->here && append_file(name, text) ? name : NULL;
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
	if (path && !append_file(path, &text))
		return ks_error_new(KS_ERR_IO, "%s: cannot open: %m", path);
	if (!path && source->text)
		ks_buf_str(&text, source->text);
	else if (!path)
		path = append_found(source, &found, &text);
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
	if (!err && packaged) { // it may tell how its tools load, not what is accepted of them
		(*ret)->packaged = true;
		(*ret)->nr_waivers = 0;
		(*ret)->fail_on = NULL;
	}
	return ks_error_in_file(err, path ? path : source->text ? "policy" : "command line");
}
