/* SPDX-License-Identifier: BSD-2-Clause */
/* What the lists of other archives say of kernels, as stanzas. */
#include <string.h>

#include "base/array.h"
#include "source/net/repo.h"
#include "source/package/kernel_name.h"

enum { NAMES_MAX = 1 << 10, TEXT_MAX = 1024 };

/** One word of a line, without what a terminal or a URL would take for more. */
static bool is_word(const char *text)
{
	size_t len = 0;
	for (; text[len]; len++)
		if ((unsigned char)text[len] <= ' ' || text[len] == 0x7f)
			return false;
	return len && len <= TEXT_MAX;
}

static bool is_checksum(const char *text)
{
	size_t len = strspn(text, "0123456789abcdefABCDEF");
	return !text[len] && (len == 64 || len == 128);
}

static struct ks_error *check_row(const struct ks_repo_row *row)
{
	const char *const words[] = { row->name, row->version, row->arch, row->path };
	for (size_t i = 0; i < KS_ARRAY_LEN(words); i++)
		if (!words[i] || !is_word(words[i]))
			return ks_error_new(
				KS_ERR_DATA,
				"the list of packages has a row that is none: a field of "
				"it is empty, too long or has control characters");
	if (row->path[0] == '/' || strstr(row->path, "..") || strstr(row->path, "://"))
		return ks_error_new(KS_ERR_DATA,
				    "the list of packages leads out of its archive: %s", row->path);
	if (row->checksum && !is_checksum(row->checksum))
		return ks_error_new(KS_ERR_DATA,
				    "the list of packages has no checksum of %s that "
				    "can be compared",
				    row->name);
	return NULL;
}

/** "NAME-VERSION.ARCH" of RPM, "NAME-VERSION" elsewhere: the release of its kernel stands in it. */
static const char *package_name(struct ks_repo_rows *rows, const struct ks_repo_row *row)
{
	_cleanup_buf_ struct ks_buf name = { 0 };
	const char *colon = strchr(row->version, ':');
	ks_buf_printf(&name, "%s-%s", row->name, colon ? colon + 1 : row->version);
	if (rows->mirror->kind == KS_REPO_RPM)
		ks_buf_printf(&name, ".%s", row->arch);
	const char *text = ks_buf_text(&name);
	return text ? ks_arena_strdup(&rows->arena, text) : NULL;
}

static struct ks_error *note_newest(struct ks_repo_rows *rows, const struct ks_repo_row *row,
				    const char *package)
{
	struct ks_repo_newest newest = {
		.name = ks_arena_strdup(&rows->arena, row->name),
		.version = ks_arena_strdup(&rows->arena, row->version),
		.package = package,
	};
	if (!newest.name || !newest.version)
		return &ks_nomem;
	for (size_t i = 0; i < rows->newest.len; i++) {
		struct ks_repo_newest *known = &rows->newest.at[i];
		if (strcmp(known->name, row->name) != 0)
			continue;
		if (ks_repo_version_compare(rows->mirror->kind, row->version, known->version) > 0)
			*known = newest;
		return NULL;
	}
	return ks_vector_add(&rows->newest, newest) ? NULL : &ks_nomem;
}

struct ks_error *ks_repo_rows_add(struct ks_repo_rows *rows, const struct ks_repo_row *row)
{
	enum ks_kernel_role role;
	if (!row->name || !ks_kernel_name_bare(row->name, strlen(row->name), &role))
		return NULL;
	if (row->arch && strcmp(row->arch, rows->machine) != 0)
		return NULL;
	KS_TRY(check_row(row));
	const char *package = package_name(rows, row);
	if (!package)
		return &ks_nomem;
	ks_buf_printf(&rows->text, "Package: %s\nVersion: %s\nArchitecture: %s\nFilename: %s/%s\n",
		      package, row->version, row->arch, rows->mirror->suite, row->path);
	if (row->size)
		ks_buf_printf(&rows->text, "Size: %llu\n", (unsigned long long)row->size);
	if (row->checksum)
		ks_buf_printf(&rows->text, "%s: %s\n",
			      strlen(row->checksum) == 64 ? "SHA256" : "SHA512", row->checksum);
	ks_buf_char(&rows->text, '\n');
	if (rows->newest.len >= NAMES_MAX)
		return ks_error_new(KS_ERR_DATA, "more than %d names of kernels", NAMES_MAX);
	return role == KS_KERNEL_CONFIG ? NULL : note_newest(rows, row, package);
}
