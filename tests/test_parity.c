/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exports of real images equal what the published pipeline made of them, byte for byte (docs/parity.md).
 * The sums of its files lie in KSURF_SHARED/oracle. An image comes from KSURF_PARITY_DIR (a vmlinux-RELEASE in
 * it), or from the package archive that apt knows: the first with KSURF_PARITY=1, all of them with KSURF_PARITY=all.
 * Nothing else asks anything of the network.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/pool.h"
#include "deb_builder.h"
#include "extract/extract.h"
#include "report/export/depsurf.h"
#include "source/load.h"
#include "source/net/pull.h"

/** An image with an oracle. */
struct image {
	const char *release, *arch;
	bool first; // what KSURF_PARITY=1 fetches
};

static const struct image amd64_6_1 = { "6.1.0-50-amd64", "amd64", true };
static const struct image amd64_5_10 = { "5.10.0-32-amd64", "amd64", false };
static const struct image armhf_6_12 = { "6.12.107+deb13-armmp", "armhf", false };

static FILE *open_sums(void)
{
	const char *shared = getenv("KSURF_SHARED");
	char path[4096];
	if (shared)
		snprintf(path, sizeof(path), "%s/oracle/SHA256SUMS", shared);
	else
		snprintf(path, sizeof(path), "%s/../shared/oracle/SHA256SUMS", KSURF_SOURCE_ROOT);
	return fopen(path, "re");
}

static bool sha256_of(const char *path, char hex[65])
{
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	struct sha256_ctx ctx;
	sha256_init(&ctx);
	uint8_t block[1 << 16], digest[SHA256_DIGEST_SIZE];
	for (size_t n; (n = fread(block, 1, sizeof(block), file));)
		sha256_update(&ctx, n, block);
	fclose(file);
	sha256_digest(&ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return true;
}

static struct ks_source *cached(const struct image *image)
{
	const char *dir = getenv("KSURF_PARITY_DIR");
	char path[4096];
	struct stat st;
	snprintf(path, sizeof(path), "%s/vmlinux-%s", dir ? dir : "", image->release);
	if (!dir || stat(path, &st) != 0)
		return NULL;
	struct ks_source *src = NULL;
	struct ks_error *err = ks_source_open(path, NULL, &src);
	if (err)
		fail_msg("%s", ks_error_text(err));
	return src;
}

static struct ks_source *fetched(const struct image *image)
{
	const char *wish = getenv("KSURF_PARITY");
	if (!wish || (strcmp(wish, "all") != 0 && (strcmp(wish, "1") != 0 || !image->first)))
		return NULL;
	char package[128];
	snprintf(package, sizeof(package), "linux-image-%s-dbg", image->release);
	const struct ks_pull_opts opts = { .arch = image->arch };
	struct ks_source *src = NULL;
	struct ks_error *err = ks_pull_open(package, &opts, NULL, &src);
	if (err)
		print_message("%s: %s\n", package, ks_error_text(err));
	ks_error_free(err);
	return src;
}

static void export_image(const struct ks_source *src, const char *dir)
{
	_cleanup_surface_ struct ks_surface *surface = NULL;
	const struct ks_extract_opts opts = { .nr_threads = ks_pool_default_threads() };
	struct ks_error *err = ks_source_surface(src, &opts, &surface);
	if (!err)
		err = ks_export_depsurf(surface, dir);
	if (err)
		fail_msg("%s", ks_error_text(err));
}

/** Every file of the oracle, against ours of the same kind. @return how many there were */
static unsigned int compare(const struct image *image, FILE *sums, const char *dir)
{
	char expected[65], file[256], ours[4096], got[65];
	unsigned int nr = 0;
	while (fscanf(sums, "%64s %255s", expected, file) == 2) {
		size_t len = strlen(image->release);
		const char *kind = file + len + 1;
		if (strncmp(file, image->release, len) != 0 || file[len] != '/' ||
		    !strstr(kind, ".jsonl"))
			continue;
		// one whole object in the published dataset, not one a line
		const char *suffix = strncmp(kind, "syscalls", 8) == 0 ? "json" : "jsonl";
		snprintf(ours, sizeof(ours), "%s/%.*s/%s.%s", dir, (int)strcspn(kind, "."), kind,
			 image->release, suffix);
		if (!sha256_of(ours, got))
			fail_msg("%s was not exported", ours);
		if (strcmp(expected, got) != 0)
			fail_msg("%s differs from the published one", file);
		nr++;
	}
	return nr;
}

static void check_image(const struct image *image)
{
	FILE *sums = open_sums();
	struct ks_source *src = sums ? cached(image) : NULL;
	if (sums && !src)
		src = fetched(image);
	if (!src) {
		print_message("%s: %s\n", image->release,
			      sums ? "no image: see KSURF_PARITY_DIR and KSURF_PARITY"
				   : "no oracle: set KSURF_SHARED");
		if (sums)
			fclose(sums);
		skip();
	}
	char *dir = make_dir();
	export_image(src, dir);
	ks_source_close(src);
	unsigned int nr = compare(image, sums, dir);
	fclose(sums);
	remove_dir(dir);
	assert_int_equal(nr, 9);
}

static void debian_12_on_amd64(void **state)
{
	(void)state;
	check_image(&amd64_6_1);
}

static void debian_11_on_amd64(void **state)
{
	(void)state;
	check_image(&amd64_5_10);
}

static void debian_13_on_armhf(void **state)
{
	(void)state;
	check_image(&armhf_6_12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debian_12_on_amd64),
		cmocka_unit_test(debian_11_on_amd64),
		cmocka_unit_test(debian_13_on_armhf),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
