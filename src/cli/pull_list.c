/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/pull_list.h"

#include <fnmatch.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "source/net/pull_list.h"

static bool is_wanted(const struct ks_pull_kernel *kernel, char *const *globs, int nr)
{
	bool wanted = nr == 0;
	for (int i = 0; i < nr && !wanted; i++)
		wanted = fnmatch(globs[i], kernel->release, 0) == 0 ||
			 (kernel->name && fnmatch(globs[i], kernel->name, 0) == 0);
	return wanted;
}

/** Keep what is wanted. */
static void filter(struct ks_pull_list *list, char *const *globs, int nr)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->kernels.len; i++)
		if (is_wanted(&list->kernels.at[i], globs, nr))
			list->kernels.at[kept++] = list->kernels.at[i];
	list->kernels.len = kept;
}

/** @param width columns */
static void write_size(struct ks_buf *out, int width, uint64_t bytes)
{
	if (bytes)
		ks_buf_printf(out, "  %*.1f", width, (double)bytes / 1e6);
	else
		ks_buf_printf(out, "  %*s", width, "-");
}

static void write_table(const struct ks_pull_list *list, struct ks_buf *out)
{
	int release = (int)strlen("RELEASE"), version = (int)strlen("VERSION");
	for (size_t i = 0; i < list->kernels.len; i++) {
		int len = (int)strlen(list->kernels.at[i].release);
		release = len > release ? len : release;
		len = (int)strlen(list->kernels.at[i].version);
		version = len > version ? len : version;
	}
	ks_buf_printf(out, "%-*s  %-*s  %7s  %8s  %s\n", release, "RELEASE", version, "VERSION",
		      "MB", "DEBUG MB", "ALSO CALLED");
	for (size_t i = 0; i < list->kernels.len; i++) {
		const struct ks_pull_kernel *kernel = &list->kernels.at[i];
		size_t start = out->len;
		ks_buf_printf(out, "%-*s  %-*s", release, kernel->release, version,
			      kernel->version);
		write_size(out, 7, kernel->boots);
		write_size(out, 8, kernel->debug);
		if (kernel->name)
			ks_buf_printf(out, "  %s", kernel->name);
		ks_text_tail(out, start, KS_TEXT_LINE);
		ks_buf_char(out, '\n');
	}
}

static void write_json(const struct ks_pull_list *list, struct ks_buf *out)
{
	struct ks_json json = ks_json_to(out, 2);
	ks_json_open(&json, '[');
	for (size_t i = 0; i < list->kernels.len; i++) {
		const struct ks_pull_kernel *kernel = &list->kernels.at[i];
		ks_json_open(&json, '{');
		ks_json_key_str(&json, "release", kernel->release);
		ks_json_key_str(&json, "version", kernel->version);
		ks_json_key_u64(&json, "bytes", kernel->boots);
		ks_json_key_u64(&json, "debug_bytes", kernel->debug);
		ks_json_key_str(&json, "package", kernel->name);
		ks_json_close(&json, '}');
	}
	ks_json_close(&json, ']');
	ks_buf_char(out, '\n');
}

struct ks_error *ks_cli_pull_list(struct ks_cli *cli, const struct ks_pull_opts *opts,
				  char *const *globs, int nr)
{
	_cleanup_pull_list_ struct ks_pull_list list = { 0 };
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_draw_job job = { .draw = &cli->draw, .target = "kernels" };
	const struct ks_progress progress = { .fn = ks_draw_bytes, .arg = &job };
	KS_TRY(ks_pull_list(opts, &progress, &list));
	ks_draw_erase(&cli->draw);
	filter(&list, globs, nr);
	if (!list.kernels.len)
		return ks_error_new(KS_ERR_NOTFOUND,
				    nr ? "no kernel there matches" : "no kernel there");
	(cli->json ? write_json : write_table)(&list, &out);
	ks_cli_print(&out, "");
	return ks_buf_error(&out);
}
