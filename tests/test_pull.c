/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <ksurf/ksurf.h>
#include <nettle/sha2.h>

#include "base/array.h"
#include "deb_builder.h"
#include "range_server.h"
#include "source/net/lookup.h"
#include "source/net/mirror.h"
#include "source/net/pull.h"
#include "source/net/pull_list.h"
#include "source/net/set_kernels.h"
#include "source/net/spawn.h"
#include "source/net/suites.h"

enum { VMLINUX_BYTES = 1200 * 1000 + 123 };

static const char name[] = "linux-image-7.2.13+deb14-amd64-dbg";
static const char path[] = "./usr/lib/debug/lib/modules/7.2.13+deb14-amd64/vmlinux";
static const char config_text[] = "CONFIG_BPF=y\n";

/** A small archive: one suite, two packages, and the server in front of it. */
struct world {
	uint8_t *vmlinux;
	struct ks_buf deb, image, packages, packed, release;
	char by_hash[256], other_by_hash[256], hash[65];
	struct served_file files[8];
	struct range_server server;
	char *dir;
	struct ks_pull_opts opts;
};

static void hex_sha256(const struct ks_buf *buf, char hex[65])
{
	struct sha256_ctx ctx;
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_init(&ctx);
	sha256_update(&ctx, buf->len, (const uint8_t *)buf->at);
	sha256_digest(&ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static void stanza(struct ks_buf *packages, const char *package, const char *version,
		   const char *file, const struct ks_buf *deb)
{
	char hex[65];
	hex_sha256(deb, hex);
	ks_buf_printf(packages,
		      "Package: %s\nVersion: %s\nArchitecture: arm64\nDescription: x\n"
		      "Filename: pool/%s\nSize: %zu\nSHA256: %s\n\n",
		      package, version, file, deb->len, hex);
}

/** A package without files, which depends on others. */
static void standing_stanza(struct ks_buf *packages, const char *package, const char *version,
			    const char *depends)
{
	ks_buf_printf(packages,
		      "Package: %s\nVersion: %s\nArchitecture: arm64\nDepends: %s\n"
		      "Filename: pool/stands.deb\nSize: 1000\nSHA256: 00\n\n",
		      package, version, depends);
}

/** (Re)make the lists of the suite from what stands in packages. */
static void publish_lists(struct world *w)
{
	w->packed.len = w->release.len = 0;
	pack(&w->packages, PACK_XZ, &w->packed);
	hex_sha256(&w->packed, w->hash);
	char plain[65];
	hex_sha256(&w->packages, plain);
	ks_buf_printf(
		&w->release,
		"Origin: Mini\nSuite: test\nCodename: test\nDate: Wed, 01 Jan 2020 00:00:00 UTC\n"
		"Components: main contrib\nArchitectures: arm64 armhf\n"
		"Acquire-By-Hash: yes\nMD5Sum:\n 00 1 main/binary-s390x/Packages.xz\nSHA256:\n");
	static const char *const archs[] = { "arm64", "armhf" };
	for (size_t i = 0; i < 2; i++) // apt looks for the name without suffix too
		ks_buf_printf(
			&w->release,
			" %s %zu main/binary-%s/Packages\n %s %zu main/binary-%s/Packages.xz\n",
			plain, w->packages.len, archs[i], w->hash, w->packed.len, archs[i]);
	snprintf(w->by_hash, sizeof(w->by_hash), "/dists/test/main/binary-arm64/by-hash/SHA256/%s",
		 w->hash);
	w->files[0] = (struct served_file){ "/dists/test/Release", w->release.at, w->release.len };
	w->files[1] = (struct served_file){ w->by_hash, w->packed.at, w->packed.len };
	w->files[2] = (struct served_file){ "/pool/a%2bb.deb", w->deb.at, w->deb.len };
	w->files[3] = (struct served_file){ "/pool/image.deb", w->image.at, w->image.len };
	snprintf(w->other_by_hash, sizeof(w->other_by_hash),
		 "/dists/test/main/binary-armhf/by-hash/SHA256/%s", w->hash);
	w->files[5] = (struct served_file){ w->other_by_hash, w->packed.at, w->packed.len };
	w->files[4] = (struct served_file){ "/pool/old.deb", w->deb.at, w->deb.len };
}

/** (Re)make the suite from the packages. */
static void publish(struct world *w)
{
	w->packages.len = 0;
	stanza(&w->packages, name, "7.2.9-1", "old.deb", &w->deb);
	stanza(&w->packages, name, "7.2.13-1", "a+b.deb", &w->deb);
	stanza(&w->packages, "linux-image-7.2.13+deb14-amd64", "7.2.13-1", "image.deb", &w->image);
	stanza(&w->packages, name, "7.2.13~rc1-1", "rc.deb", &w->deb);
	standing_stanza(&w->packages, "linux-image-arm64-dbg", "7.2.13-1",
			"linux-base (>= 4.3~) | other (= 1), linux-image-7.2.13+deb14-amd64-dbg (= "
			"7.2.13-1)");
	standing_stanza(&w->packages, "linux-image-lost-dbg", "7.2.13-1",
			"linux-image-7.2.14-amd64-dbg (= 7.2.14-1)");
	standing_stanza(&w->packages, "linux-image-round-dbg", "1", "linux-image-round-dbg (= 1)");
	publish_lists(w);
}

/** @param late vmlinux stands last, behind many megabytes */
static struct world *world_new(enum packing packing, bool late, size_t bulk)
{
	struct world *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	w->vmlinux = fake_vmlinux(VMLINUX_BYTES);
	struct file files[] = { { .path = "./usr/lib/debug/a.ko", .len = bulk },
				{ path, w->vmlinux, VMLINUX_BYTES, NULL },
				{ 0 } };
	if (!late) {
		struct file bulky = files[0];
		files[0] = files[1];
		files[1] = bulky;
	}
	build_deb("Package: linux-image-7.2.13+deb14-amd64-dbg\nVersion: 7.2.13-1\n", files,
		  packing, &w->deb);
	const struct file image[] = { { "./boot/config-7.2.13", config_text, strlen(config_text),
					NULL },
				      { .path = "./boot/vmlinuz-7.2.13", .len = 1 << 20 },
				      { 0 } };
	build_deb("Package: linux-image-7.2.13+deb14-amd64\n", image, packing, &w->image);
	publish(w);
	w->dir = make_dir();
	w->server.files = w->files;
	assert_true(range_server_start(&w->server));
	w->opts = (struct ks_pull_opts){
		.mirror = w->server.url,
		.suite = "test",
		.arch = "arm64",
		.cache_dir = w->dir,
		.allow_unsigned = true,
		.limits = { .probe = 256 << 10 },
		.http = { .tries = 4, .backoff_ms = 1 },
	};
	return w;
}

static void world_free(struct world *w)
{
	range_server_stop(&w->server);
	remove_dir(w->dir);
	ks_buf_deinit(&w->deb);
	ks_buf_deinit(&w->image);
	ks_buf_deinit(&w->packages);
	ks_buf_deinit(&w->packed);
	ks_buf_deinit(&w->release);
	free(w->vmlinux);
	free(w);
}

static struct ks_source *pull(struct world *w, const char *package)
{
	struct ks_source *src = NULL;
	struct ks_error *err = ks_pull_open(package, &w->opts, NULL, &src);
	if (err)
		fail_msg("%s", ks_error_text(err));
	assert_int_equal(src->len, VMLINUX_BYTES);
	assert_memory_equal(src->map, w->vmlinux, VMLINUX_BYTES);
	return src;
}

static void assert_pull_fails(struct world *w, const char *package, enum ks_errcode code,
			      const char *word)
{
	struct ks_source *src = NULL;
	struct ks_error *err = ks_pull_open(package, &w->opts, NULL, &src);
	assert_non_null(err);
	char *text = ks_error_text(err);
	if (err->code != code || !strstr(text, word))
		fail_msg("expected code %d and '%s', got code %d and '%s'", code, word, err->code,
			 text);
	free(text);
	ks_error_free(err);
}

static void transfer_stops_when_vmlinux_is_complete(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_XZ_BLOCKS, false, 24 << 20);
	struct ks_source *src = pull(w, name);
	assert_in_range(src->taken, 1, 16 << 20); // sockets and buffers read ahead a few megabytes
	assert_int_equal(src->total, w->deb.len);
	assert_int_equal(src->proof, KS_PROOF_BLOCKS);
	assert_string_equal(src->package, name);
	assert_string_equal(src->member, path);
	ks_source_close(src);
	world_free(w);
}

static void whole_small_package_is_proven(void **state)
{
	(void)state;
	for (int packing = 0; packing < PACKINGS; packing++) {
		struct world *w = world_new(packing, false, 1000);
		struct ks_source *src = pull(w, name);
		assert_int_equal(src->proof, KS_PROOF_WHOLE);
		ks_source_close(src);
		world_free(w);
	}
}

static void late_vmlinux_is_fetched_by_ranges(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_XZ_BLOCKS, true, 24 << 20);
	struct ks_source *src = pull(w, name);
	assert_in_range(src->taken, 1, 16 << 20);
	assert_int_equal(src->proof, KS_PROOF_BLOCKS);
	ks_source_close(src);
	world_free(w);
}

/** Where nothing but what boots can be, nobody looks from the end: no byte is transferred twice. */
static void package_that_boots_is_read_once(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_XZ_BLOCKS, false, 1000);
	const struct file files[] = { { .path = "./usr/lib/debian-installer/initrd.gz",
					.len = 24 << 20 },
				      { .path = "./usr/share/doc/x/changelog", .len = 1000 },
				      { 0 } };
	w->image.len = 0;
	build_deb("Package: debian-installer-12-netboot-arm64\nVersion: 1\n", files, PACK_XZ_BLOCKS,
		  &w->image);
	stanza(&w->packages, "debian-installer-12-netboot-arm64", "1", "image.deb", &w->image);
	publish_lists(w);
	assert_pull_fails(w, "debian-installer-12-netboot-arm64", KS_ERR_NOTFOUND,
			  "a package of a kernel that boots, and no kernel of a known form in it");
	size_t lists = w->release.len + w->packed.len;
	assert_in_range(atomic_load(&w->server.sent), w->image.len, w->image.len + lists);
	world_free(w);
}

static void late_vmlinux_comes_from_a_server_without_ranges(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_XZ_BLOCKS, true, 3 << 20);
	w->server.no_ranges = true;
	struct ks_source *src = pull(w, name);
	assert_int_equal(src->proof, KS_PROOF_WHOLE);
	ks_source_close(src);
	world_free(w);
}

static void server_that_never_tells_the_length_will_do(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_XZ_BLOCKS, true, 1 << 20);
	w->server.no_ranges = w->server.no_length = true;
	ks_source_close(pull(w, name));
	world_free(w);
}

static void broken_transfers_go_on_where_they_stopped(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++)
		for (int no_ranges = 0; no_ranges < 2; no_ranges++) {
			struct world *w = world_new(PACK_ZSTD, late, 2 << 20);
			// without ranges each try begins anew: more must come than before
			w->server.no_ranges = no_ranges;
			atomic_store(&w->server.cut_after, no_ranges ? 0 : 300 * 1000);
			struct ks_source *src = pull(w, name);
			if (!no_ranges)
				assert_true(atomic_load(&w->server.requests) > 3);
			ks_source_close(src);
			world_free(w);
		}
}

static void transfer_that_never_gets_on_is_given_up(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_ZSTD, true, 2 << 20);
	ks_source_close(pull(w, name)); // the lists are in the cache now
	w->server.no_ranges = true;
	atomic_store(&w->server.cut_after, 300 * 1000); // every try ends at the same byte
	assert_pull_fails(w, name, KS_ERR_NET, "transfer failed at byte");
	world_free(w);
}

static void busy_server_is_asked_again(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_GZIP, false, 1000);
	atomic_store(&w->server.refuse, 3);
	ks_source_close(pull(w, name));
	atomic_store(&w->server.refuse, 1000);
	assert_pull_fails(w, name, KS_ERR_NET, "status 503");
	world_free(w);
}

static void what_does_not_exist_is_named(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_GZIP, false, 1000);
	assert_pull_fails(w, "linux-image-9", KS_ERR_NOTFOUND, name); // offers what there is
	assert_pull_fails(w, "linux-image-7.2.13+deb14-amd64-dbg=7.2.13~rc1-1", KS_ERR_NET,
			  "7.2.13~rc1-1 is listed, but gone from its server (http");
	assert_pull_fails(w, "linux-image-7.2.13+deb14-amd64-dbg=9", KS_ERR_NOTFOUND, "version 9");
	assert_pull_fails(w, "linux-image-7.2.13+deb14-amd64", KS_ERR_NOTFOUND,
			  "no Linux kernel inside");
	w->opts.arch = "s390x";
	assert_pull_fails(w, name, KS_ERR_NOTFOUND, "arm64 armhf");
	w->opts.suite = "other";
	assert_pull_fails(w, name, KS_ERR_NET, "suite other");
	w->opts.suite = NULL;
	assert_pull_fails(w, name, KS_ERR_USAGE, "suite");
	w->opts.suite = "test";
	w->opts.mirror = "http://127.0.0.1:1";
	assert_pull_fails(w, name, KS_ERR_NET, "suite test");
	world_free(w);
}

static void older_version_is_taken_when_asked_for(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_GZIP, false, 1000);
	char wanted[128];
	snprintf(wanted, sizeof(wanted), "%s=7.2.9-1", name);
	struct ks_source *src = pull(w, wanted);
	assert_non_null(strstr(src->path, "/pool/old.deb"));
	ks_source_close(src);
	world_free(w);
}

static void wrong_bytes_do_not_pass_the_checksums(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_NONE, false, 1000);
	// the package: a byte of vmlinux that no check of a plain tar archive covers
	w->deb.at[w->deb.len / 2] ^= 1;
	assert_pull_fails(w, name, KS_ERR_DATA, "SHA256");
	w->deb.at[w->deb.len / 2] ^= 1;
	// its size
	w->files[2].len -= 2;
	assert_pull_fails(w, name, KS_ERR_NET, "bytes on the server");
	w->files[2].len += 2;
	ks_source_close(pull(w, name));
	// the list of packages
	remove_dir(w->dir);
	w->dir = make_dir();
	w->opts.cache_dir = w->dir;
	w->packed.at[w->packed.len / 2] ^= 1;
	assert_pull_fails(w, name, KS_ERR_DATA, "SHA256");
	world_free(w);
}

static void list_of_packages_is_fetched_once_for_each_state_of_the_suite(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_GZIP, false, 1000);
	ks_source_close(pull(w, name));
	ks_source_close(pull(w, name));
	assert_int_equal(atomic_load(&w->server.packages_requests), 1);
	stanza(&w->packages, "more", "1", "more.deb", &w->image); // the suite moves on
	w->packed.len = w->release.len = 0;
	pack(&w->packages, PACK_XZ, &w->packed);
	hex_sha256(&w->packed, w->hash);
	ks_buf_printf(&w->release,
		      "Components: main\nSHA256:\n %s %zu main/binary-arm64/Packages.xz\n", w->hash,
		      w->packed.len);
	w->files[0] = (struct served_file){ "/dists/test/Release", w->release.at, w->release.len };
	w->files[1] = (struct served_file){ "/dists/test/main/binary-arm64/Packages.xz",
					    w->packed.at, w->packed.len };
	ks_source_close(pull(w, name));
	assert_int_equal(atomic_load(&w->server.packages_requests), 2);
	world_free(w);
}

/** Several packages and the configurations beside them: the lists are asked for once a command, whatever their number. */
static void lists_are_read_once_a_command(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_GZIP, false, 1000);
	w->opts.shared = ks_suites_share();
	assert_non_null(w->opts.shared);
	ks_source_close(pull(w, name));
	w->files[0].path = w->files[1].path = "/moved"; // nobody could read the lists now
	ks_source_close(pull(w, name));
	w->opts.arch = "armhf"; // another list: nothing is had in common
	assert_pull_fails(w, name, KS_ERR_NET, "status 404");
	w->opts.arch = "arm64";
	char urls[6][96]; // of the same server, by other names
	publish_lists(w);
	for (int i = 0; i < 6; i++) {
		snprintf(urls[i], sizeof(urls[i]), "%s%.*s", w->server.url, i + 1, "//////");
		w->opts.mirror = urls[i];
		ks_source_close(pull(w, name));
	}
	w->files[0].path = w->files[1].path = "/moved";
	ks_source_close(pull(w, name));
	w->opts.mirror = urls[0]; // not all of them are kept
	assert_pull_fails(w, name, KS_ERR_NET, "status 404");
	w->opts.mirror = w->server.url;
	ks_suites_unshare(w->opts.shared); // the next command
	w->opts.shared = ks_suites_share();
	assert_pull_fails(w, name, KS_ERR_NET, "status 404");
	publish_lists(w); // what failed is asked for again
	ks_source_close(pull(w, name));
	ks_suites_unshare(w->opts.shared);
	world_free(w);
}

enum { AT_ONCE = 8 };

static void *pull_in_a_thread(void *arg)
{
	struct world *w = arg;
	struct ks_source *src = NULL;
	struct ks_error *err = ks_pull_open(name, &w->opts, NULL, &src);
	ks_source_close(src);
	return err;
}

static void pull_at_once(struct world *w, struct ks_error *errs[AT_ONCE])
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
	struct world *w = world_new(PACK_GZIP, false, 1000);
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
	world_free(w);
}

/** What failed is neither a list without packages nor kept: who asks later has it read. */
static void list_that_failed_is_read_again(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_GZIP, false, 1000);
	struct ks_found found;
	struct ks_lookup *lookup;
	assert_null(ks_lookup_open(&w->opts, NULL, &lookup));
	w->files[1].path = "/moved"; // the mirror is being updated, and has another list
	w->files[6] = (struct served_file){ "/dists/test/main/binary-arm64/Packages.xz",
					    w->packed.at, w->packed.len - 2 };
	struct ks_error *err = ks_lookup_find_name(lookup, name, NULL, &found);
	assert_non_null(err);
	assert_int_equal(err->code, KS_ERR_NET);
	assert_non_null(strstr(err->msg, "the mirror is between two states, try again later: "));
	assert_non_null(strstr(err->msg, "bytes on the server, not"));
	ks_error_free(err);
	err = ks_lookup_find_name(lookup, name, NULL, &found); // and not "there is none"
	assert_non_null(err);
	ks_error_free(err);
	w->files[6].len += 2;
	assert_null(ks_lookup_find_name(lookup, name, NULL, &found));
	assert_non_null(found.stanza.text);
	ks_lookup_close(lookup);
	world_free(w);
}

static void config_comes_from_a_second_package(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_XZ, false, 1000);
	w->opts.config = "linux-image-7.2.13+deb14-amd64";
	struct ks_source *src = pull(w, name);
	assert_string_equal(src->config, config_text);
	ks_source_close(src);
	world_free(w);
}

static void package_that_stands_for_the_kernel_is_followed(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_XZ, false, 1000);
	struct ks_source *src = pull(w, "linux-image-arm64-dbg");
	assert_string_equal(src->package, name);
	assert_string_equal(src->package_version, "7.2.13-1");
	ks_source_close(src);
	assert_pull_fails(w, "linux-image-lost-dbg", KS_ERR_NOTFOUND,
			  "stands for linux-image-7.2.14-amd64-dbg, which is not there");
	assert_pull_fails(w, "linux-image-round-dbg", KS_ERR_NET, "stands.deb"); // and ends
	// the release of a kernel is its package, here one that is no kernel at all
	assert_pull_fails(w, "7.2.13+deb14-amd64", KS_ERR_NOTFOUND, "/pool/image.deb");
	assert_pull_fails(w, "7.2.14-amd64", KS_ERR_NOTFOUND, "test has no 7.2.14-amd64");
	world_free(w);
}

static void config_comes_along_from_the_package_that_has_it(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_XZ, false, 1000);
	struct ks_source *src = pull(w, name);
	assert_string_equal(src->config, config_text);
	assert_null(src->note);
	ks_source_close(src);
	char old[128]; // of another version than the kernel: not its configuration
	snprintf(old, sizeof(old), "%s=7.2.9-1", name);
	src = pull(w, old);
	assert_null(src->config);
	assert_non_null(strstr(src->note, "no package that has it is listed"));
	ks_source_close(src);
	// as in trixie-backports, whose list has lost linux-base-RELEASE: what stands for the kernel has nothing in it
	stanza(&w->packages, "linux-binary-7.8.1-arm64", "7.8.1-1", "a+b.deb", &w->deb);
	standing_stanza(&w->packages, "linux-image-7.8.1-arm64", "7.8.1-1",
			"linux-binary-7.8.1-arm64 (= 7.8.1-1)");
	publish_lists(w);
	src = pull(w, "7.8.1-arm64");
	assert_null(src->config);
	assert_non_null(strstr(src->note, "no package that has it is listed"));
	ks_source_close(src);
	w->files[3].path = "/pool/gone"; // the kernel is still good for something
	src = pull(w, name);
	assert_null(src->config);
	assert_non_null(strstr(src->note, "configuration unknown"));
	ks_source_close(src);
	world_free(w);
}

/** Udebs are in lists of their own, which are read when one is asked for. */
static void packages_of_the_installer_are_found(void **state)
{
	(void)state;
	static const char udeb[] = "kernel-image-7.2.13+deb14-arm64-di";
	static const char at[] = "main/debian-installer/binary-arm64";
	struct world *w = world_new(PACK_XZ, false, 1000);
	_cleanup_buf_ struct ks_buf list = { 0 };
	char hex[65], by_hash[256];
	assert_pull_fails(w, udeb, KS_ERR_NOTFOUND, "test has no kernel-image-");
	stanza(&list, udeb, "7.2.13-1", "a+b.deb", &w->deb);
	hex_sha256(&list, hex);
	ks_buf_printf(&w->release, " %s %zu %s/Packages\n", hex, list.len, at);
	assert_non_null(ks_buf_text(&w->release));
	snprintf(by_hash, sizeof(by_hash), "/dists/test/%s/by-hash/SHA256/%s", at, hex);
	w->files[0] = (struct served_file){ "/dists/test/Release", w->release.at, w->release.len };
	w->files[6] = (struct served_file){ by_hash, list.at, list.len };
	int before = w->server.packages_requests;
	assert_pull_fails(w, "linux-image-none", KS_ERR_NOTFOUND, "test has no linux-image-none");
	assert_int_equal(w->server.packages_requests, before); // nobody asks for it
	ks_source_close(pull(w, udeb));
	assert_pull_fails(w, "kernel-image-none-di", KS_ERR_NOTFOUND, "test has no kernel-image-");
	world_free(w);
}

/** Security suites of Debian's list components such as updates/main, whose files are below main/. */
static void component_may_have_a_folder_in_its_name(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_XZ, false, 1000);
	char *components = strstr(w->release.at, "Components: main contrib");
	assert_non_null(components);
	memcpy(components, "Components: updates/main", strlen("Components: updates/main"));
	ks_source_close(pull(w, name));
	world_free(w);
}

static void kernels_are_listed_newest_first(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_XZ, false, 1000);
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
	world_free(w);
}

/* ---- sets ---- */

static const char table[] = "[[set]]\n"
			    "name = 'mini:7'\n"
			    "alias = 'seven'\n"
			    "suites = ['test']\n"
			    "package = 'linux-image-{flavour}-{machine}'\n";

/** A set whose kernel goes on from series to series. */
static const char rolling_table[] = "[[set]]\n"
				    "name = 'mini:next'\n"
				    "suites = ['test']\n"
				    "package = 'linux-image-{flavour}-{machine}'\n"
				    "rolling = true\n";

static void expect_set(struct world *w, const char *word, struct ks_set_extent extent,
		       const char *packages)
{
	_cleanup_sets_ struct ks_sets sets = { 0 };
	_cleanup_set_kernels_ struct ks_set_kernels kernels = { 0 };
	_cleanup_buf_ struct ks_buf got = { 0 };
	struct ks_set_wish wish;
	assert_null(ks_sets_add(&sets, table, strlen(table)));
	assert_null(ks_sets_add(&sets, rolling_table, strlen(rolling_table)));
	struct ks_error *err = ks_sets_find(&sets, word, &wish);
	if (!err)
		err = ks_set_kernels(&wish, &extent, &w->opts, NULL, &kernels);
	if (err) {
		char *text = ks_error_text(err);
		ks_buf_str(&got, text);
		free(text);
		ks_error_free(err);
	}
	for (size_t i = 0; i < kernels.packages.len; i++)
		ks_buf_printf(&got, "%s ", kernels.packages.at[i]);
	assert_false(ks_set_kernels_have(&kernels, "7.2.14"));
	if (strstr(packages, "image-7.2.10+deb14-arm64="))
		assert_true(ks_set_kernels_have(&kernels, "7.2.10+deb14-arm64"));
	if (!strstr(ks_buf_text(&got), packages))
		fail_msg("%s: '%s'", word, got.at);
}

/** More kernels for the suite, which the server sends from now on. */
static void add_kernels(struct world *w)
{
	static const char *const kernels[][2] = {
		{ "linux-image-7.2.14+deb14-arm64", "7.2.14-1" },
		{ "linux-image-7.2.14+deb14-arm64-unsigned", "7.2.14-1" },
		{ "linux-image-7.2.9+deb14-arm64", "7.2.9-1" },
		{ "linux-image-7.2.9+deb14-arm64", "7.2.9-2" },
		{ "linux-image-7.2.10+deb14-arm64", "7.2.10-1" },
		{ "linux-image-7.1.8+deb14-arm64", "7.1.8-1" }, // of the series before
		{ "linux-image-7.2.14+deb14-cloud-arm64", "7.2.14-1" },
		{ "linux-image-7.3.1+deb14-arm64", "7.3.1-1" }, // no package stands for this series
		{ "linux-image-7.4.2+deb14-arm64", "7.4.2-1" }, // beside the usual series
		{ "linux-image-7.4.1+deb14-arm64", "7.4.1-1" },
		{ "linux-image-7.4.2+deb14-cloud-arm64", "7.4.2-1" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(kernels); i++)
		stanza(&w->packages, kernels[i][0], kernels[i][1], "image.deb", &w->image);
	standing_stanza(&w->packages, "linux-image-arm64", "7.2.14-1",
			"linux-image-7.2.14+deb14-arm64 (= 7.2.14-1)");
	standing_stanza(&w->packages, "linux-image-cloud-arm64", "7.2.14-1",
			"linux-image-7.2.14+deb14-cloud-arm64 (= 7.2.14-1)");
	standing_stanza(&w->packages, "linux-image-7.4-arm64", "7.4.2-1",
			"linux-image-7.4.2+deb14-arm64 (= 7.4.2-1)");
	standing_stanza(&w->packages, "linux-image-7.4-cloud-arm64", "7.4.2-1",
			"linux-image-7.4.2+deb14-cloud-arm64 (= 7.4.2-1)");
	publish_lists(w);
}

static void set_is_the_newest_kernels_of_its_series(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_XZ, false, 1000);
	add_kernels(w);
	expect_set(w, "mini:7", (struct ks_set_extent){ 0 },
		   "linux-image-7.2.14+deb14-arm64=7.2.14-1 ");
	// of the series before, too, and not of those that no usual package stands for
	expect_set(
		w, "mini:next", (struct ks_set_extent){ .last = 9 },
		"linux-image-7.2.14+deb14-arm64=7.2.14-1 linux-image-7.2.10+deb14-arm64=7.2.10-1 "
		"linux-image-7.2.9+deb14-arm64=7.2.9-2 linux-image-7.1.8+deb14-arm64=7.1.8-1 ");
	expect_set(w, "mini:next/7.4", (struct ks_set_extent){ .last = 9 },
		   "linux-image-7.4.2+deb14-arm64=7.4.2-1 linux-image-7.4.1+deb14-arm64=7.4.1-1 ");
	expect_set(w, "mini:seven/cloud", (struct ks_set_extent){ .last = 9 },
		   "linux-image-7.2.14+deb14-cloud-arm64=7.2.14-1 ");
	expect_set(
		w, "mini:7@arm64", (struct ks_set_extent){ .last = 2 },
		"linux-image-7.2.14+deb14-arm64=7.2.14-1 linux-image-7.2.10+deb14-arm64=7.2.10-1 ");
	expect_set(w, "mini:7", (struct ks_set_extent){ .last = 9 },
		   "7.2.10-1 linux-image-7.2.9+deb14-arm64=7.2.9-2 ");
	expect_set(w, "mini:7", (struct ks_set_extent){ .debug = true },
		   "linux-image-7.2.13+deb14-amd64-dbg=7.2.13-1 ");
	expect_set(w, "mini:7/7.4", (struct ks_set_extent){ .last = 9 },
		   "linux-image-7.4.2+deb14-arm64=7.4.2-1 linux-image-7.4.1+deb14-arm64=7.4.1-1 ");
	expect_set(w, "mini:7/none", (struct ks_set_extent){ 0 }, "has no linux-image-none-arm64");
	expect_set(w, "mini:7@s390x", (struct ks_set_extent){ 0 }, "no packages for s390x");
	expect_set(w, "mini:8", (struct ks_set_extent){ 0 }, "no such set; there are mini:7");
	world_free(w);
}

/** The packages that were tried, each followed by a space. */
static int note_tried(const struct ksurf_event *event, void *arg)
{
	struct ks_buf *tried = arg;
	if (event->type == KSURF_EVENT_FAILED)
		ks_buf_printf(tried, "%s ", event->source);
	return 0;
}

/** By the library: of the set, what these options say. That the packages hold no kernels does not matter. */
static void expect_tried(struct world *w, struct ksurf_ingest_options options, const char *packages)
{
	_cleanup_buf_ struct ks_buf tried = { 0 };
	const char *const set = "mini:7";
	struct ksurf_store *store;
	char *at = NULL;
	assert_true(asprintf(&at, "%s/store", w->dir) > 0);
	options.size = sizeof(options);
	options.from = KSURF_FROM_PACKAGE;
	options.mirror = w->opts.mirror;
	options.suite = w->opts.suite;
	options.arch = w->opts.arch;
	options.cache_dir = w->opts.cache_dir;
	options.allow_unsigned = 1;
	options.event = note_tried;
	options.event_arg = &tried;
	assert_null(ksurf_store_open(at, KSURF_CREATE, &store));
	struct ksurf_error *err = ksurf_ingest(store, &set, 1, &options, NULL);
	if (err)
		fail_msg("%s", ksurf_error_text(err));
	assert_string_equal(ks_buf_text(&tried), packages);
	ksurf_store_close(store);
	free(at);
}

static void library_takes_sets(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_XZ, false, 1000);
	char *config = NULL;
	add_kernels(w);
	assert_true(asprintf(&config, "%s/ksurf", w->dir) > 0);
	assert_int_equal(mkdir(config, 0700), 0);
	free(write_file(config, "sets.toml", table, strlen(table)));
	setenv("XDG_CONFIG_HOME", w->dir, 1);
	expect_tried(w, (struct ksurf_ingest_options){ 0 },
		     "linux-image-7.2.14+deb14-arm64=7.2.14-1 ");
	expect_tried(
		w, (struct ksurf_ingest_options){ .last = 2 },
		"linux-image-7.2.14+deb14-arm64=7.2.14-1 linux-image-7.2.10+deb14-arm64=7.2.10-1 ");
	expect_tried(w, (struct ksurf_ingest_options){ .debug = 1 },
		     "linux-image-7.2.13+deb14-amd64-dbg=7.2.13-1 ");
	unsetenv("XDG_CONFIG_HOME");
	free(config);
	world_free(w);
}

/** What is pulled by a set is of it; what is pulled by its name is of no set, where no key has signed for the suite. */
static void what_is_pulled_knows_its_set(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "mini:7", "mini:7@arm64" },
		{ "mini:seven/cloud", "mini:7/cloud@arm64" },
		{ "mini:7/usual@arm64", "mini:7@arm64" },
	};
	struct world *w = world_new(PACK_XZ, false, 1000);
	_cleanup_sets_ struct ks_sets sets = { 0 };
	add_kernels(w);
	assert_null(ks_sets_add(&sets, table, strlen(table)));
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_set_kernels_ struct ks_set_kernels kernels = { 0 };
		_cleanup_remote_ struct ks_remote remote = { 0 };
		struct ks_set_wish wish;
		sets.list.at[0].flavour = i == 2 ? "usual" : NULL;
		assert_null(ks_sets_find(&sets, cases[i][0], &wish));
		assert_null(ks_set_archive(&wish, &w->opts, &kernels));
		assert_string_equal(kernels.pull.set, cases[i][1]);
		assert_null(ks_pull_resolve("7.2.14+deb14-arm64", KS_REMOTE_KERNEL, &kernels.pull,
					    NULL, &remote));
		assert_string_equal(remote.sets, cases[i][1]);
	}
	_cleanup_remote_ struct ks_remote named = { 0 };
	assert_null(
		ks_pull_resolve("7.2.14+deb14-arm64", KS_REMOTE_KERNEL, &w->opts, NULL, &named));
	assert_null(named.sets);
	world_free(w);
}

static void table_of_sets_is_read_and_extended(void **state)
{
	(void)state;
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "[[set]]\nname = 'a:1'\n", "no suites" },
		{ "[[set]]\nname = 'a'\nsuites = ['x']\npackage = 'p'\n", "no name" },
		{ "[[set]]\nnam = 'a:1'\n", "nam: no key" },
		{ "name = 'a:1'\n", "expected" },
		{ "[other]\n", "expected" },
		{ "[[set]]\nname = 5\n", "line 2" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_sets_ struct ks_sets sets = { 0 };
		struct ks_error *err = ks_sets_add(&sets, cases[i].text, strlen(cases[i].text));
		assert_non_null(err);
		char *text = ks_error_text(err);
		if (!strstr(text, cases[i].error))
			fail_msg("case %zu: '%s'", i, text);
		free(text);
		ks_error_free(err);
	}
	_cleanup_sets_ struct ks_sets sets = { 0 };
	struct ks_set_wish wish;
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	assert_null(ks_sets_load(&sets)); // the one that is shipped
	assert_null(ks_sets_find(&sets, "debian:bookworm/rt@armhf", &wish));
	assert_string_equal(wish.set->name, "debian:12");
	assert_memory_equal(wish.flavour, "rt", wish.flavour_len);
	assert_string_equal(wish.arch, "armhf");
	static const char own[] = "[[set]]\n"
				  "name = 'debian:12'\n"
				  "suites = ['own']\n"
				  "package = 'p'\n";
	assert_null(ks_sets_add(&sets, own, strlen(own)));
	assert_null(ks_sets_find(&sets, "debian:12", &wish));
	assert_string_equal(wish.set->suites, "own"); // the later row counts
	assert_true(ks_sets_may_be(&sets, "debian:99"));
	assert_false(ks_sets_may_be(&sets, "linux-image-amd64:arm64")); // that is apt's way
	assert_false(ks_sets_may_be(&sets, "debian"));
	assert_true(ks_sets_may_be(&sets,
				   "debain:12")); // no architecture of apt's begins with a number
	assert_true(ks_sets_may_be(&sets, "nix:23"));
	assert_true(ks_sets_may_be(&sets, "debain:bookworm"));
	assert_false(ks_sets_may_be(&sets, "linux-image-amd64:any"));
	assert_false(ks_sets_may_be(&sets, "debian1:i386"));
	assert_false(ks_sets_may_be(&sets, "linux-image-amd64:hurd-i386"));
	assert_string_equal(ks_sets_of_series(&sets, "bookworm"), "debian:12");
	assert_string_equal(ks_sets_of_series(&sets, "sid"), "debian:sid");
	assert_string_equal(ks_sets_of_series(&sets, "22.04"), "ubuntu:22.04");
	assert_null(ks_sets_of_series(&sets, "debian"));
	assert_null(ks_sets_of_series(&sets, "6.1.*"));
	static const char *const mistaken[][2] = {
		{ "debain:12", "debain:12: no such set; did you mean debian:12?" },
		{ "Debian:12/cloud@arm64", "did you mean debian:12?" },
		{ "debian:bokworm", "did you mean debian:bookworm?" },
		{ "debian:8",
		  "no such set; there are debian:11, debian:12, " }, // no slip of the pen
		{ "nix:23", "no such set; there are debian:11, " },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(mistaken); i++) {
		struct ks_error *err = ks_sets_find(&sets, mistaken[i][0], &wish);
		assert_non_null(err);
		if (!strstr(err->msg, mistaken[i][1]))
			fail_msg("%s: '%s'", mistaken[i][0], err->msg);
		ks_error_free(err);
	}
	unsetenv("XDG_CONFIG_HOME");
}

static void unsigned_suite_is_refused_when_a_keyring_is_given(void **state)
{
	(void)state;
	struct world *w = world_new(PACK_XZ, false, 1000);
	w->opts.keyring = "/dev/null";
	w->files[4] =
		(struct served_file){ "/dists/test/InRelease", w->release.at, w->release.len };
	struct ks_source *src;
	struct ks_error *err = ks_pull_open(name, &w->opts, NULL, &src);
	assert_non_null(err); // KS_ERR_DATA, or KS_ERR_NOTFOUND on a machine without gpgv
	ks_error_free(err);
	world_free(w);
}

static bool have_apt(void)
{
	static const char *const argv[] = { "apt-get", "--version", NULL };
	struct ks_spawn run = { 0 };
	struct ks_error *err = ks_spawn_run(argv, -1, &run);
	ks_spawn_deinit(&run);
	ks_error_free(err);
	return !err;
}

/** Make the apt of this process know one source and nothing of the machine's; then let it update. */
static void use_apt(struct world *w, const char *source)
{
	static const char *const dirs[] = { "state",	 "state/lists",	   "state/lists/partial",
					    "cache",	 "cache/archives", "cache/archives/partial",
					    "apt.conf.d" };
	for (size_t i = 0; i < KS_ARRAY_LEN(dirs); i++) {
		char full[512];
		snprintf(full, sizeof(full), "%s/%s", w->dir, dirs[i]);
		assert_int_equal(mkdir(full, 0700), 0);
	}
	free(write_file(w->dir, "sources.list", source, strlen(source)));
	struct ks_buf text = { 0 };
	ks_buf_printf(&text,
		      "Dir::State \"%s/state\";\nDir::State::status \"/dev/null\";\n"
		      "Dir::Cache \"%s/cache\";\nDir::Etc \"%s\";\nDir::Log \"%s\";\n"
		      "APT::Architecture \"arm64\";\nAPT::Architectures:: \"arm64\";\n"
		      "APT::Sandbox::User \"root\";\nAcquire::Languages \"none\";\n",
		      w->dir, w->dir, w->dir, w->dir);
	char *conf = write_file(w->dir, "apt.conf", text.at, text.len);
	ks_buf_deinit(&text);
	setenv("APT_CONFIG", conf, 1);
	free(conf);
	static const char *const update[] = { "apt-get", "update", NULL };
	struct ks_spawn run = { 0 };
	assert_null(ks_spawn_run(update, -1, &run));
	if (run.status)
		fail_msg("%s", run.err.at);
	ks_spawn_deinit(&run);
	w->opts.mirror = w->opts.suite = w->opts.arch = NULL;
}

static void package_is_found_through_apt(void **state)
{
	(void)state;
	if (!have_apt()) {
		print_message("no apt-get on this machine: skipped\n");
		skip();
	}
	struct world *w = world_new(PACK_XZ_BLOCKS, true, 1 << 20);
	struct ks_buf text = { 0 };
	char hex[65];
	free(write_file(w->dir, "a.deb", w->deb.at, w->deb.len));
	hex_sha256(&w->deb, hex);
	ks_buf_printf(&text,
		      "Package: %s\nVersion: 7.2.13-1\nArchitecture: arm64\nMaintainer: x\n"
		      "Description: x\nFilename: ./a.deb\nSize: %zu\nSHA256: %s\n\n",
		      name, w->deb.len, hex);
	free(write_file(w->dir, "Packages", text.at, text.len));
	text.len = 0;
	ks_buf_printf(&text, "deb [trusted=yes] copy:%s ./\n", w->dir);
	use_apt(w, ks_buf_text(&text));
	struct ks_source *src = pull(w, name);
	assert_string_equal(src->package_version, "7.2.13-1");
	ks_source_close(src);
	assert_pull_fails(w, "linux-image-none", KS_ERR_NOTFOUND, "Unable to locate package");
	assert_pull_fails(w, "-o=Dir::Cache=/x", KS_ERR_NOTFOUND, "apt-get"); // a name, no option
	unsetenv("APT_CONFIG");
	ks_buf_deinit(&text);
	world_free(w);
}

static void other_architecture_comes_from_the_servers_of_apt(void **state)
{
	(void)state;
	if (!have_apt()) {
		print_message("no apt-get on this machine: skipped\n");
		skip();
	}
	struct world *w = world_new(PACK_XZ, false, 1000);
	char source[128];
	snprintf(source, sizeof(source), "deb [trusted=yes] %s test main\n", w->server.url);
	use_apt(w, source);
	ks_source_close(pull(w, name)); // apt knows it, we fetch it
	w->opts.arch = "armhf";
	ks_source_close(pull(w, name));
	w->opts.suite = "test";
	ks_source_close(pull(w, name));
	assert_pull_fails(w, "linux-image-none", KS_ERR_NOTFOUND, name);
	w->opts.suite = "other";
	assert_pull_fails(w, name, KS_ERR_NET, "suite other");
	unsetenv("APT_CONFIG");
	world_free(w);
}

/** What apt resolves is of the sets whose suites list that version, as apt knows whose they are. */
static void set_of_a_package_is_told_by_apt(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "7.2.14+deb14-arm64", "mini:7@arm64" },
		{ "linux-image-cloud-arm64", "mini:7/cloud@arm64" },
		{ "7.3.1+deb14-arm64", "mini:7@arm64" },
		{ "7.4.2+deb14-arm64", "mini:7/7.4@arm64" },
		{ "7.4.1+deb14-arm64", "mini:7/7.4@arm64" },
		{ "linux-image-7.4-cloud-arm64", "mini:7/7.4-cloud@arm64" },
	};
	if (!have_apt()) {
		print_message("no apt-get on this machine: skipped\n");
		skip();
	}
	struct world *w = world_new(PACK_XZ, false, 1000);
	char source[128], folder[512];
	snprintf(folder, sizeof(folder), "%s/ksurf", w->dir);
	assert_int_equal(mkdir(folder, 0700), 0);
	free(write_file(folder, "sets.toml", table, strlen(table)));
	setenv("XDG_CONFIG_HOME", w->dir, 1);
	add_kernels(w);
	snprintf(source, sizeof(source), "deb [trusted=yes] %s test main\n", w->server.url);
	use_apt(w, source);
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_remote_ struct ks_remote remote = { 0 };
		assert_null(
			ks_pull_resolve(cases[i][0], KS_REMOTE_KERNEL, &w->opts, NULL, &remote));
		assert_string_equal(remote.sets, cases[i][1]);
	}
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("APT_CONFIG");
	world_free(w);
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
		cmocka_unit_test(packages_of_the_installer_are_found),
		cmocka_unit_test(config_comes_along_from_the_package_that_has_it),
		cmocka_unit_test(component_may_have_a_folder_in_its_name),
		cmocka_unit_test(kernels_are_listed_newest_first),
		cmocka_unit_test(set_is_the_newest_kernels_of_its_series),
		cmocka_unit_test(library_takes_sets),
		cmocka_unit_test(what_is_pulled_knows_its_set),
		cmocka_unit_test(table_of_sets_is_read_and_extended),
		cmocka_unit_test(unsigned_suite_is_refused_when_a_keyring_is_given),
		cmocka_unit_test(package_is_found_through_apt),
		cmocka_unit_test(other_architecture_comes_from_the_servers_of_apt),
		cmocka_unit_test(set_of_a_package_is_told_by_apt),
		cmocka_unit_test(versions_order_as_debian_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
