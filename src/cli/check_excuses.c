/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/check_excuses.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "check/tools/doubts.h"

enum { KNOWN_MAX = 64 << 20 };

/** The day of this machine as 20270131. */
static unsigned int today(void)
{
	time_t now = time(NULL);
	struct tm day;
	if (!localtime_r(&now, &day))
		return 0;
	return (unsigned int)((day.tm_year + 1900) * 10000 + (day.tm_mon + 1) * 100 + day.tm_mday);
}

static struct ks_error *read_file(const char *path, struct ks_buf *text)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return ks_error_new(KS_ERR_IO, "%s: cannot open: %m", path);
	char block[4096];
	for (size_t n; text->len < KNOWN_MAX && (n = fread(block, 1, sizeof(block), file)) > 0;)
		ks_buf_bytes(text, block, n);
	bool failed = ferror(file);
	fclose(file);
	if (failed)
		return ks_error_new(KS_ERR_IO, "%s: cannot read", path);
	return ks_buf_error(text);
}

struct ks_error *ks_check_excuse(struct ks_tools *tools, const char *known, struct ks_arena *arena,
				 struct ks_excuses *ret)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	KS_TRY(ks_excuse_waived(tools, today(), arena, ret));
	if (!known)
		return NULL;
	KS_TRY(read_file(known, &text));
	return ks_error_in_file(ks_excuse_known(tools, text.at ? text.at : "", text.len, ret),
				known);
}

struct ks_error *ks_check_doubt(const struct ks_cli *cli, const struct ks_tools *tools,
				const struct ks_store_images *all)
{
	_cleanup_buf_ struct ks_buf said = { 0 };
	const struct ks_policy *policy = tools->check->policy;
	if (!policy || policy->packaged)
		return NULL;
	KS_TRY(ks_doubt_words(tools, all, &said));
	for (char *at = said.at, *end; at && *at && !cli->quiet; at = end + 1) {
		end = strchr(at, '\n');
		*end = '\0';
		ks_cli_say(stderr, "ksurf: %s: %s", policy->path ? policy->path : "policy", at);
	}
	return NULL;
}

struct ks_error *ks_check_known_write(const struct ks_tools *tools, const char *path)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	KS_TRY(ks_known_write(tools, &text));
	return ks_cli_write_file(path, &text);
}
