/* SPDX-License-Identifier: BSD-2-Clause */
/* Any text as a plan: an error, or a plan that comes back from its own text. */
#include <stdlib.h>
#include <string.h>

#include "source/net/pull_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const char *text, size_t len, struct ks_buf *out, bool must)
{
	struct ks_pull_plan plan = { 0 };
	struct ks_error *err = ks_pull_plan_parse(text, len, &plan);
	if (err && must)
		abort();
	if (!err)
		ks_pull_plan_write(&plan, out);
	ks_error_free(err);
	ks_pull_plan_deinit(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ks_buf once = { 0 }, again = { 0 };
	parse((const char *)data, size, &once, false);
	parse(once.at, once.len, &again, true);
	if (once.len != again.len || (once.len && memcmp(once.at, again.at, once.len) != 0))
		abort();
	ks_buf_deinit(&once);
	ks_buf_deinit(&again);
	return 0;
}
