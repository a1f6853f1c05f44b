/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "pull_world.h"
#include "source/net/lookup.h"
#include "source/net/mirror.h"
#include "source/net/pull_list.h"
#include "source/net/suites_share.h"

static void transfer_stops_when_vmlinux_is_complete(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_XZ_BLOCKS, false, 24 << 20);
	struct ks_source *src = pull_world_pull(w, pull_world_name);
	assert_in_range(src->taken, 1, 16 << 20); // sockets and buffers read ahead a few megabytes
	assert_int_equal(src->total, w->deb.len);
	assert_int_equal(src->proof, KS_PROOF_BLOCKS);
	assert_string_equal(src->package, pull_world_name);
	assert_string_equal(src->member, pull_world_path);
	ks_source_close(src);
	pull_world_free(w);
}

static void whole_small_package_is_proven(void **state)
{
	(void)state;
	for (int packing = 0; packing < PACKINGS; packing++) {
		struct pull_world *w = pull_world_new(packing, false, 1000);
		struct ks_source *src = pull_world_pull(w, pull_world_name);
		assert_int_equal(src->proof, KS_PROOF_WHOLE);
		ks_source_close(src);
		pull_world_free(w);
	}
}

static void late_vmlinux_is_fetched_by_ranges(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_XZ_BLOCKS, true, 24 << 20);
	struct ks_source *src = pull_world_pull(w, pull_world_name);
	assert_in_range(src->taken, 1, 16 << 20);
	assert_int_equal(src->proof, KS_PROOF_BLOCKS);
	ks_source_close(src);
	pull_world_free(w);
}

/** Where nothing but what boots can be, nobody looks from the end: no byte is transferred twice. */
static void package_that_boots_is_read_once(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_XZ_BLOCKS, false, 1000);
	const struct file files[] = { { .path = "./usr/lib/debian-installer/initrd.gz",
					.len = 24 << 20 },
				      { .path = "./usr/share/doc/x/changelog", .len = 1000 },
				      { 0 } };
	w->image.len = 0;
	build_deb("Package: debian-installer-12-netboot-arm64\nVersion: 1\n", files, PACK_XZ_BLOCKS,
		  &w->image);
	pull_world_add(&w->packages, "debian-installer-12-netboot-arm64", "1", "image.deb",
		       &w->image);
	pull_world_publish_lists(w);
	pull_world_refuses(w, "debian-installer-12-netboot-arm64", KS_ERR_NOTFOUND,
			   "a package of a kernel that boots, and no kernel of a known form in it");
	size_t lists = w->release.len + w->packed.len;
	assert_in_range(atomic_load(&w->server.sent), w->image.len, w->image.len + lists);
	pull_world_free(w);
}

static void late_vmlinux_comes_from_a_server_without_ranges(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_XZ_BLOCKS, true, 3 << 20);
	w->server.no_ranges = true;
	struct ks_source *src = pull_world_pull(w, pull_world_name);
	assert_int_equal(src->proof, KS_PROOF_WHOLE);
	ks_source_close(src);
	pull_world_free(w);
}

static void server_that_never_tells_the_length_will_do(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_XZ_BLOCKS, true, 1 << 20);
	w->server.no_ranges = w->server.no_length = true;
	ks_source_close(pull_world_pull(w, pull_world_name));
	pull_world_free(w);
}

static void broken_transfers_go_on_where_they_stopped(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++)
		for (int no_ranges = 0; no_ranges < 2; no_ranges++) {
			struct pull_world *w = pull_world_new(PACK_ZSTD, late, 2 << 20);
			// without ranges each try begins anew: more must come than before
			w->server.no_ranges = no_ranges;
			atomic_store(&w->server.cut_after, no_ranges ? 0 : 300 * 1000);
			struct ks_source *src = pull_world_pull(w, pull_world_name);
			if (!no_ranges)
				assert_true(atomic_load(&w->server.requests) > 3);
			ks_source_close(src);
			pull_world_free(w);
		}
}

static void transfer_that_never_gets_on_is_given_up(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_ZSTD, true, 2 << 20);
	ks_source_close(pull_world_pull(w, pull_world_name)); // the lists are in the cache now
	w->server.no_ranges = true;
	atomic_store(&w->server.cut_after, 300 * 1000); // every try ends at the same byte
	pull_world_refuses(w, pull_world_name, KS_ERR_NET, "transfer failed at byte");
	pull_world_free(w);
}

static void busy_server_is_asked_again(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_GZIP, false, 1000);
	atomic_store(&w->server.refuse, 3);
	ks_source_close(pull_world_pull(w, pull_world_name));
	atomic_store(&w->server.refuse, 1000);
	pull_world_refuses(w, pull_world_name, KS_ERR_NET, "status 503");
	pull_world_free(w);
}

static void what_does_not_exist_is_named(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_GZIP, false, 1000);
	pull_world_refuses(w, "linux-image-9", KS_ERR_NOTFOUND,
			   pull_world_name); // offers what there is
	pull_world_refuses(w, "linux-image-7.2.13+deb14-amd64-dbg=7.2.13~rc1-1", KS_ERR_NET,
			   "7.2.13~rc1-1 is listed, but gone from its server (http");
	pull_world_refuses(w, "linux-image-7.2.13+deb14-amd64-dbg=9", KS_ERR_NOTFOUND, "version 9");
	pull_world_refuses(w, "linux-image-7.2.13+deb14-amd64", KS_ERR_NOTFOUND,
			   "no Linux kernel inside");
	w->opts.arch = "s390x";
	pull_world_refuses(w, pull_world_name, KS_ERR_NOTFOUND, "arm64 armhf");
	w->opts.suite = "other";
	pull_world_refuses(w, pull_world_name, KS_ERR_NET, "suite other");
	w->opts.suite = NULL;
	pull_world_refuses(w, pull_world_name, KS_ERR_USAGE, "suite");
	w->opts.suite = "test";
	w->opts.mirror = "http://127.0.0.1:1";
	pull_world_refuses(w, pull_world_name, KS_ERR_NET, "suite test");
	pull_world_free(w);
}

static void older_version_is_taken_when_asked_for(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_GZIP, false, 1000);
	char wanted[128];
	snprintf(wanted, sizeof(wanted), "%s=7.2.9-1", pull_world_name);
	struct ks_source *src = pull_world_pull(w, wanted);
	assert_non_null(strstr(src->path, "/pool/old.deb"));
	ks_source_close(src);
	pull_world_free(w);
}

static void wrong_bytes_do_not_pass_the_checksums(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_NONE, false, 1000);
	// the package: a byte of vmlinux that no check of a plain tar archive covers
	w->deb.at[w->deb.len / 2] ^= 1;
	pull_world_refuses(w, pull_world_name, KS_ERR_DATA, "SHA256");
	w->deb.at[w->deb.len / 2] ^= 1;
	// its size
	w->files[2].len -= 2;
	pull_world_refuses(w, pull_world_name, KS_ERR_NET, "bytes on the server");
	w->files[2].len += 2;
	ks_source_close(pull_world_pull(w, pull_world_name));
	// the list of packages
	remove_dir(w->dir);
	w->dir = make_dir();
	w->opts.cache_dir = w->dir;
	w->packed.at[w->packed.len / 2] ^= 1;
	pull_world_refuses(w, pull_world_name, KS_ERR_DATA, "SHA256");
	pull_world_free(w);
}

static void list_of_packages_is_fetched_once_for_each_state_of_the_suite(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_GZIP, false, 1000);
	ks_source_close(pull_world_pull(w, pull_world_name));
	ks_source_close(pull_world_pull(w, pull_world_name));
	assert_int_equal(atomic_load(&w->server.packages_requests), 1);
	pull_world_add(&w->packages, "more", "1", "more.deb", &w->image); // the suite moves on
	w->packed.len = w->release.len = 0;
	pack(&w->packages, PACK_XZ, &w->packed);
	hex_sha256(&w->packed, w->hash);
	ks_buf_printf(&w->release,
		      "Components: main\nSHA256:\n %s %zu main/binary-arm64/Packages.xz\n", w->hash,
		      w->packed.len);
	w->files[0] = (struct served_file){ "/dists/test/Release", w->release.at, w->release.len };
	w->files[1] = (struct served_file){ "/dists/test/main/binary-arm64/Packages.xz",
					    w->packed.at, w->packed.len };
	ks_source_close(pull_world_pull(w, pull_world_name));
	assert_int_equal(atomic_load(&w->server.packages_requests), 2);
	pull_world_free(w);
}

/** Several packages and the configurations beside them: the lists are asked for once a command, whatever their number. */
static void lists_are_read_once_a_command(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_GZIP, false, 1000);
	w->opts.shared = ks_suites_share();
	assert_non_null(w->opts.shared);
	ks_source_close(pull_world_pull(w, pull_world_name));
	w->files[0].path = w->files[1].path = "/moved"; // nobody could read the lists now
	ks_source_close(pull_world_pull(w, pull_world_name));
	w->opts.arch = "armhf"; // another list: nothing is had in common
	pull_world_refuses(w, pull_world_name, KS_ERR_NET, "status 404");
	w->opts.arch = "arm64";
	char urls[6][96]; // of the same server, by other names
	pull_world_publish_lists(w);
	for (int i = 0; i < 6; i++) {
		snprintf(urls[i], sizeof(urls[i]), "%s%.*s", w->server.url, i + 1, "//////");
		w->opts.mirror = urls[i];
		ks_source_close(pull_world_pull(w, pull_world_name));
	}
	w->files[0].path = w->files[1].path = "/moved";
	ks_source_close(pull_world_pull(w, pull_world_name));
	w->opts.mirror = urls[0]; // not all of them are kept
	pull_world_refuses(w, pull_world_name, KS_ERR_NET, "status 404");
	w->opts.mirror = w->server.url;
	ks_suites_unshare(w->opts.shared); // the next command
	w->opts.shared = ks_suites_share();
	pull_world_refuses(w, pull_world_name, KS_ERR_NET, "status 404");
	pull_world_publish_lists(w); // what failed is asked for again
	ks_source_close(pull_world_pull(w, pull_world_name));
	ks_suites_unshare(w->opts.shared);
	pull_world_free(w);
}

enum { AT_ONCE = 8 };

static void *pull_in_a_thread(void *arg)
{
	struct pull_world *w = arg;
	struct ks_source *src = NULL;
	struct ks_error *err = ks_pull_open(pull_world_name, &w->opts, NULL, &src);
	ks_source_close(src);
	return err;
}

static void pull_at_once(struct pull_world *w, struct ks_error *errs[AT_ONCE])
{
	pthread_t threads[AT_ONCE];
	for (int i = 0; i < AT_ONCE; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, pull_in_a_thread, w), 0);
	for (int i = 0; i < AT_ONCE; i++)
		pthread_join(threads[i], (void **)&errs[i]);
}

static void threads_share_lists(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_GZIP, false, 1000);
	struct ks_error *errs[AT_ONCE];
	w->opts.shared = ks_suites_share();
	w->files[1].len--; // of the list: it does not come whole
	pull_at_once(w, errs);
	for (int i = 0; i < AT_ONCE; i++) {
		assert_non_null(errs[i]);
		assert_int_equal(errs[i]->code, KS_ERR_NET);
		ks_error_free(errs[i]);
	}
	w->files[1].len++;
	int before = atomic_load(&w->server.packages_requests);
	pull_at_once(w, errs);
	for (int i = 0; i < AT_ONCE; i++)
		if (errs[i])
			fail_msg("%s", ks_error_text(errs[i]));
	assert_int_equal(atomic_load(&w->server.packages_requests) - before, 1);
	ks_suites_unshare(w->opts.shared);
	pull_world_free(w);
}

/** What failed is neither a list without packages nor kept: who asks later has it read. */
static void list_that_failed_is_read_again(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_GZIP, false, 1000);
	struct ks_found found;
	struct ks_lookup *lookup;
	assert_null(ks_lookup_open(&w->opts, NULL, &lookup));
	w->files[1].path = "/moved"; // the mirror is being updated, and has another list
	w->files[6] = (struct served_file){ "/dists/test/main/binary-arm64/Packages.xz",
					    w->packed.at, w->packed.len - 2 };
	struct ks_error *err = ks_lookup_find_name(lookup, pull_world_name, NULL, &found);
	assert_non_null(err);
	assert_int_equal(err->code, KS_ERR_NET);
	assert_non_null(strstr(err->msg, "the mirror is between two states, try again later: "));
	assert_non_null(strstr(err->msg, "bytes on the server, not"));
	ks_error_free(err);
	err = ks_lookup_find_name(lookup, pull_world_name, NULL, &found); // and not "there is none"
	assert_non_null(err);
	ks_error_free(err);
	w->files[6].len += 2;
	assert_null(ks_lookup_find_name(lookup, pull_world_name, NULL, &found));
	assert_non_null(found.stanza.text);
	ks_lookup_close(lookup);
	pull_world_free(w);
}

static void config_comes_from_a_second_package(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_XZ, false, 1000);
	w->opts.config = "linux-image-7.2.13+deb14-amd64";
	struct ks_source *src = pull_world_pull(w, pull_world_name);
	assert_string_equal(src->config, pull_world_config);
	ks_source_close(src);
	pull_world_free(w);
}

static void package_that_stands_for_the_kernel_is_followed(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_XZ, false, 1000);
	struct ks_source *src = pull_world_pull(w, "linux-image-arm64-dbg");
	assert_string_equal(src->package, pull_world_name);
	assert_string_equal(src->package_version, "7.2.13-1");
	ks_source_close(src);
	pull_world_refuses(w, "linux-image-lost-dbg", KS_ERR_NOTFOUND,
			   "stands for linux-image-7.2.14-amd64-dbg, which is not there");
	pull_world_refuses(w, "linux-image-round-dbg", KS_ERR_NET, "stands.deb"); // and ends
	// the release of a kernel is its package, here one that is no kernel at all
	pull_world_refuses(w, "7.2.13+deb14-amd64", KS_ERR_NOTFOUND, "/pool/image.deb");
	pull_world_refuses(w, "7.2.14-amd64", KS_ERR_NOTFOUND, "test has no 7.2.14-amd64");
	pull_world_free(w);
}

static void config_comes_along_from_the_package_that_has_it(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_XZ, false, 1000);
	struct ks_source *src = pull_world_pull(w, pull_world_name);
	assert_string_equal(src->config, pull_world_config);
	assert_null(src->note);
	ks_source_close(src);
	char old[128]; // of another version than the kernel: not its configuration
	snprintf(old, sizeof(old), "%s=7.2.9-1", pull_world_name);
	src = pull_world_pull(w, old);
	assert_null(src->config);
	assert_non_null(strstr(src->note, "no package that has it is listed"));
	ks_source_close(src);
	// as in trixie-backports, whose list has lost linux-base-RELEASE: what stands for the kernel has nothing in it
	pull_world_add(&w->packages, "linux-binary-7.8.1-arm64", "7.8.1-1", "a+b.deb", &w->deb);
	pull_world_add_standing(&w->packages, "linux-image-7.8.1-arm64", "7.8.1-1",
				"linux-binary-7.8.1-arm64 (= 7.8.1-1)");
	pull_world_publish_lists(w);
	src = pull_world_pull(w, "7.8.1-arm64");
	assert_null(src->config);
	assert_non_null(strstr(src->note, "no package that has it is listed"));
	ks_source_close(src);
	w->files[3].path = "/pool/gone"; // the kernel is still good for something
	src = pull_world_pull(w, pull_world_name);
	assert_null(src->config);
	assert_non_null(strstr(src->note, "configuration unknown"));
	ks_source_close(src);
	pull_world_free(w);
}

/** Udebs are in lists of their own, which are read when one is asked for. */
static void packages_of_the_installer_are_found(void **state)
{
	(void)state;
	static const char udeb[] = "kernel-image-7.2.13+deb14-arm64-di";
	static const char at[] = "main/debian-installer/binary-arm64";
	struct pull_world *w = pull_world_new(PACK_XZ, false, 1000);
	_cleanup_buf_ struct ks_buf list = { 0 };
	char hex[65], by_hash[256];
	pull_world_refuses(w, udeb, KS_ERR_NOTFOUND, "test has no kernel-image-");
	pull_world_add(&list, udeb, "7.2.13-1", "a+b.deb", &w->deb);
	hex_sha256(&list, hex);
	ks_buf_printf(&w->release, " %s %zu %s/Packages\n", hex, list.len, at);
	assert_non_null(ks_buf_text(&w->release));
	snprintf(by_hash, sizeof(by_hash), "/dists/test/%s/by-hash/SHA256/%s", at, hex);
	w->files[0] = (struct served_file){ "/dists/test/Release", w->release.at, w->release.len };
	w->files[6] = (struct served_file){ by_hash, list.at, list.len };
	int before = w->server.packages_requests;
	pull_world_refuses(w, "linux-image-none", KS_ERR_NOTFOUND, "test has no linux-image-none");
	assert_int_equal(w->server.packages_requests, before); // nobody asks for it
	ks_source_close(pull_world_pull(w, udeb));
	pull_world_refuses(w, "kernel-image-none-di", KS_ERR_NOTFOUND, "test has no kernel-image-");
	pull_world_free(w);
}

/** A list of the installer's that cannot be had is no reason for not finding other packages. */
static void packages_of_the_installer_are_a_list_of_their_own(void **state)
{
	(void)state;
	static const char udeb[] = "kernel-image-7.2.13+deb14-arm64-di";
	struct pull_world *w = pull_world_new(PACK_XZ, false, 1000);
	struct ks_found found;
	struct ks_lookup *lookup;
	ks_buf_printf(&w->release, " %064d 100 main/debian-installer/binary-arm64/Packages\n", 0);
	assert_non_null(ks_buf_text(&w->release));
	w->files[0] = (struct served_file){ "/dists/test/Release", w->release.at, w->release.len };
	assert_null(ks_lookup_open(&w->opts, NULL, &lookup));
	expect_error(ks_lookup_find_name(lookup, udeb, NULL, &found), KS_ERR_NET, "");
	assert_null(ks_lookup_find_name(lookup, "linux-image-none", NULL, &found));
	assert_null(found.stanza.text);
	assert_null(ks_lookup_find_name(lookup, pull_world_name, NULL, &found));
	assert_non_null(found.stanza.text);
	ks_lookup_close(lookup);
	pull_world_free(w);
}

/** Security suites of Debian's list components such as updates/main, whose files are below main/. */
static void component_may_have_a_folder_in_its_name(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_XZ, false, 1000);
	char *components = strstr(w->release.at, "Components: main contrib");
	assert_non_null(components);
	memcpy(components, "Components: updates/main", strlen("Components: updates/main"));
	ks_source_close(pull_world_pull(w, pull_world_name));
	pull_world_free(w);
}

static void kernels_are_listed_newest_first(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_XZ, false, 1000);
	struct ks_pull_list list;
	struct ks_error *err = ks_pull_list(&w->opts, NULL, &list);
	if (err)
		fail_msg("%s", ks_error_text(err));
	// 7.2.14 is only stood for, 7.2.13 has both packages, of 7.2.9 and 7.2.13~rc1 there is debug information
	static const char *const versions[] = { "7.2.13-1", "7.2.13-1", "7.2.13~rc1-1", "7.2.9-1" };
	assert_int_equal(list.kernels.len, KS_ARRAY_LEN(versions));
	for (size_t i = 0; i < list.kernels.len; i++)
		assert_string_equal(list.kernels.at[i].version, versions[i]);
	const struct ks_pull_kernel *whole = &list.kernels.at[0];
	assert_string_equal(whole->release, "7.2.13+deb14-amd64");
	assert_string_equal(whole->name, "linux-image-arm64-dbg");
	assert_int_equal(whole->boots, w->image.len);
	assert_int_equal(whole->debug, w->deb.len);
	assert_int_equal(list.kernels.at[3].boots, 0);
	assert_int_equal(list.kernels.at[3].debug, w->deb.len);
	ks_pull_list_deinit(&list);
	pull_world_free(w);
}

static void unsigned_suite_is_refused_when_a_keyring_is_given(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_XZ, false, 1000);
	w->opts.keyring = "/dev/null";
	w->files[4] =
		(struct served_file){ "/dists/test/InRelease", w->release.at, w->release.len };
	struct ks_source *src;
	struct ks_error *err = ks_pull_open(pull_world_name, &w->opts, NULL, &src);
	assert_non_null(err); // KS_ERR_DATA, or KS_ERR_NOTFOUND on a machine without gpgv
	ks_error_free(err);
	pull_world_free(w);
}

static void versions_order_as_debian_says(void **state)
{
	(void)state;
	static const char *const rising[] = { "1.0~rc1-1", "1.0-1",   "1.0-1+b1", "1.0-2",
					      "1.0a-1",	   "1.0+x-1", "1.0.1-1",  "1.9-1",
					      "1.10-1",	   "1:0.1-1", "2:0-1" };
	size_t count = KS_ARRAY_LEN(rising);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count; k++) {
			int diff = ks_package_version_compare(rising[i], rising[k]);
			assert_int_equal((diff > 0) - (diff < 0), (i > k) - (i < k));
		}
	assert_int_equal(ks_package_version_compare("1.00-1", "1.0-1"), 0);
}

int main(void)
{
	setenv("no_proxy", "*", 1); // the server is on this machine
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transfer_stops_when_vmlinux_is_complete),
		cmocka_unit_test(whole_small_package_is_proven),
		cmocka_unit_test(late_vmlinux_is_fetched_by_ranges),
		cmocka_unit_test(package_that_boots_is_read_once),
		cmocka_unit_test(late_vmlinux_comes_from_a_server_without_ranges),
		cmocka_unit_test(server_that_never_tells_the_length_will_do),
		cmocka_unit_test(broken_transfers_go_on_where_they_stopped),
		cmocka_unit_test(transfer_that_never_gets_on_is_given_up),
		cmocka_unit_test(busy_server_is_asked_again),
		cmocka_unit_test(what_does_not_exist_is_named),
		cmocka_unit_test(older_version_is_taken_when_asked_for),
		cmocka_unit_test(wrong_bytes_do_not_pass_the_checksums),
		cmocka_unit_test(list_of_packages_is_fetched_once_for_each_state_of_the_suite),
		cmocka_unit_test(lists_are_read_once_a_command),
		cmocka_unit_test(threads_share_lists),
		cmocka_unit_test(list_that_failed_is_read_again),
		cmocka_unit_test(config_comes_from_a_second_package),
		cmocka_unit_test(package_that_stands_for_the_kernel_is_followed),
		cmocka_unit_test(config_comes_along_from_the_package_that_has_it),
		cmocka_unit_test(packages_of_the_installer_are_found),
		cmocka_unit_test(packages_of_the_installer_are_a_list_of_their_own),
		cmocka_unit_test(component_may_have_a_folder_in_its_name),
		cmocka_unit_test(kernels_are_listed_newest_first),
		cmocka_unit_test(unsigned_suite_is_refused_when_a_keyring_is_given),
		cmocka_unit_test(versions_order_as_debian_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
