/* SPDX-License-Identifier: BSD-2-Clause */
/* Any text as a list of packages, and as a table of sets: every question that is asked of one, and no read behind its end. */
#include <stdlib.h>
#include <string.h>

#include "source/net/kernel_package.h"
#include "source/net/sets.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void ask_packages(const struct ks_packages *packages)
{
	for (size_t i = 0; i < packages->list.len; i++) {
		const struct ks_stanza *stanza = &packages->list.at[i];
		const char *release;
		size_t len;
		ks_packages_find(packages, stanza->name, stanza->name_len, NULL);
		if (!ks_kernel_package_is(stanza))
			continue;
		ks_kernel_package_role(stanza);
		if (ks_kernel_package_of(stanza, &release, &len) && memchr(release, '\n', len))
			abort(); // a release is one word
	}
}

static void read_packages(const uint8_t *bytes, size_t len)
{
	struct ks_packages packages = { 0 };
	struct ks_buf text = { 0 };
	ks_buf_bytes(&text, bytes, len);
	struct ks_error *err = ks_packages_add(&packages, &text);
	if (!err)
		ask_packages(&packages);
	ks_error_free(err);
	ks_packages_deinit(&packages);
}

static void read_sets(const char *text, size_t len)
{
	struct ks_sets sets = { 0 };
	struct ks_set_wish wish;
	struct ks_error *err = ks_sets_add(&sets, text, len);
	if (!err)
		err = ks_sets_find(&sets, "debian:12/cloud@arm64", &wish);
	ks_error_free(err);
	ks_sets_deinit(&sets);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *copy = malloc(len ? len : 1); // so that a read behind its end is seen
	if (!copy)
		return 0;
	if (len)
		memcpy(copy, bytes, len);
	read_packages(bytes, len);
	read_sets(copy, len);
	free(copy);
	return 0;
}
