/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/read_file.h"
#include "source/net/keys.h"
#include "source/net/signed_by.h"
#include "source/net/spawn.h"

enum { FILE_MAX = 16 << 20 };

static const char block_begin[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

/** Add the keys of every armored block of a text. */
static void add_armored(struct ks_keys *keys, const char *text)
{
	for (const char *at = text; (at = strstr(at, block_begin));) {
		at += strcspn(at, "\n");
		while (*at == '\n' && at[1] && at[1] != '\n' && at[1] != '\r') // headers
			at += 1 + strcspn(at + 1, "\n");
		if (*at != '\n')
			return;
		at += 1 + strcspn(at + 1, "\n"); // the empty line
		at = ks_base64_lines(at + (*at == '\n'),
				     &keys->ring); // gpgv then says whether these are keys
	}
}

struct ks_error *ks_keys_add_file(struct ks_keys *keys, const char *path)
{
	_cleanup_buf_ struct ks_buf bytes = { 0 };
	KS_TRY(ks_read_file(path, FILE_MAX, &bytes, NULL));
	if (bytes.len > 12 && memcmp(bytes.at + 8, "KBXf", 4) == 0)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "%s: a keybox; give the keys as gpg --export writes them",
				    path);
	if (strstr(bytes.at, block_begin))
		add_armored(keys, bytes.at);
	else
		ks_buf_bytes(&keys->ring, bytes.at, bytes.len);
	return ks_buf_error(&keys->ring);
}

/** A path that apt is set up with. @param kind "f" or "d" @param otherwise when apt does not tell; the caller frees */
static char *apt_path(const char *setting, const char *kind, const char *otherwise)
{
	char item[64], *end;
	snprintf(item, sizeof(item), "%s/%s", setting, kind);
	const char *const argv[] = { "apt-config", "shell", "P", item, NULL };
	_cleanup_spawn_ struct ks_spawn run = { 0 };
	struct ks_error *err = ks_spawn_run(argv, -1, &run);
	ks_error_free(err);
	if (err || run.status || strncmp(run.out.at, "P='", 3) != 0 ||
	    !(end = strrchr(run.out.at + 3, '\'')))
		return strdup(otherwise);
	return strndup(run.out.at + 3, (size_t)(end - run.out.at - 3));
}

static int is_keyring(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');
	return dot && (strcmp(dot, ".gpg") == 0 || strcmp(dot, ".asc") == 0);
}

struct ks_error *ks_keys_add_trusted(struct ks_keys *keys)
{
	char *file = apt_path("Dir::Etc::trusted", "f", "/etc/apt/trusted.gpg");
	char *dir = apt_path("Dir::Etc::trustedparts", "d", "/etc/apt/trusted.gpg.d");
	struct dirent **entries = NULL;
	struct ks_error *err = file && dir ? NULL : &ks_nomem;
	if (!err) // what cannot be read is trusted by nobody
		ks_error_free(ks_keys_add_file(keys, file));
	int nr = err ? 0 : scandir(dir, &entries, is_keyring, alphasort);
	for (int i = 0; i < nr; i++) {
		char *path = NULL;
		if (asprintf(&path, "%s/%s", dir, entries[i]->d_name) >= 0) {
			ks_error_free(ks_keys_add_file(keys, path));
			free(path);
		}
		free(entries[i]);
	}
	free(entries);
	free(file);
	free(dir);
	return err ? err : ks_buf_error(&keys->ring);
}

static bool is_fingerprint(const char *word, size_t len)
{
	len -= len && word[len - 1] == '!';
	size_t digits = 0;
	while (digits < len && isxdigit((unsigned char)word[digits]))
		digits++;
	return digits == len && len >= 40;
}

/** Paths and fingerprints, separated by commas and spaces. */
static struct ks_error *add_words(struct ks_keys *keys, const char *words)
{
	bool has_files = false;
	for (size_t len; *words; words += len) {
		words += strspn(words, ", \t\n");
		len = strcspn(words, ", \t\n");
		if (is_fingerprint(words, len)) {
			ks_buf_char(&keys->prints, ' ');
			for (size_t i = 0; i < len && words[i] != '!'; i++)
				ks_buf_char(&keys->prints, (char)toupper((unsigned char)words[i]));
		} else if (len) {
			char *path = strndup(words, len);
			struct ks_error *err = path ? ks_keys_add_file(keys, path) : &ks_nomem;
			free(path);
			KS_TRY(err);
			has_files = true;
		}
	}
	if (!ks_buf_text(&keys->prints))
		return &ks_nomem;
	return has_files ? NULL : ks_keys_add_trusted(keys);
}

struct ks_error *ks_keys_add_repo(struct ks_keys *keys, const struct ks_apt_repo *repo)
{
	_cleanup_buf_ struct ks_buf text = { 0 }, value = { 0 };
	const char *colon = repo->entry ? strrchr(repo->entry, ':') : NULL;
	if (!colon)
		return ks_keys_add_trusted(keys);
	char *path = strndup(repo->entry, (size_t)(colon - repo->entry));
	struct ks_error *err = path ? ks_read_file(path, FILE_MAX, &text, NULL) : &ks_nomem;
	free(path);
	KS_TRY(err);
	ks_signed_by(text.at, strtoul(colon + 1, NULL, 10), &value);
	if (!ks_buf_text(&value))
		return &ks_nomem;
	if (!strstr(value.at, block_begin))
		return add_words(keys, value.at);
	add_armored(keys, value.at);
	return ks_buf_error(&keys->ring);
}

/** Whether two URLs are the same but for slashes at the end. */
static bool same_url(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);
	while (a_len && a[a_len - 1] == '/')
		a_len--;
	while (b_len && b[b_len - 1] == '/')
		b_len--;
	return a_len == b_len && strncmp(a, b, a_len) == 0;
}

struct ks_error *ks_keys_add_url(struct ks_keys *keys, const char *url)
{
	_cleanup_apt_repos_ struct ks_apt_repos repos = { 0 };
	struct ks_error *err = ks_apt_repos(&repos);
	bool known = false;
	ks_error_free(err); // without apt there are no sources
	for (size_t i = 0; i < repos.list.len; i++)
		known = known || same_url(repos.list.at[i].uri, url);
	for (size_t i = 0; i < repos.list.len; i++)
		if (!known || same_url(repos.list.at[i].uri, url))
			KS_TRY(ks_keys_add_repo(keys, &repos.list.at[i]));
	if (known)
		return NULL;
	// some of the sources may name keys by their fingerprints alone: that narrows nothing here
	keys->prints.len = 0;
	return ks_keys_add_trusted(keys);
}

void ks_keys_deinit(struct ks_keys *keys)
{
	ks_buf_deinit(&keys->ring);
	ks_buf_deinit(&keys->prints);
}
