/* SPDX-License-Identifier: BSD-2-Clause */
#include "hostile_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "own_archive.h"
#include "source/net/spawn.h"

const char hostile_name[] = "linux-image-6.1.0-1-amd64-dbg";
static const char path[] = "./usr/lib/debug/boot/vmlinux-6.1.0-1-amd64";

bool hostile_run(const char *const argv[], struct ks_buf *out)
{
	struct ks_spawn spawn = { 0 };
	struct ks_error *err = ks_spawn_run(argv, -1, &spawn);
	bool good = !err && spawn.status == 0;
	if (good && out) {
		out->len = 0;
		ks_buf_bytes(out, spawn.out.at, spawn.out.len);
	}
	ks_error_free(err);
	ks_spawn_deinit(&spawn);
	return good;
}

void hostile_publish_as(struct hostile_world *w, const char *origin, const char *codename)
{
	char hex[65];
	w->packages.len = w->release.len = 0;
	ks_buf_printf(&w->packages,
		      "Package: %s\nVersion: 6.1-1\nArchitecture: arm64\nMaintainer: x\n"
		      "Description: x\nFilename: pool/a.deb\nSize: %zu\nSHA256: %s\n\n",
		      hostile_name, w->deb.len, w->hash);
	hex_sha256(&w->packages, hex);
	ks_buf_printf(&w->release,
		      "Origin: %s\nSuite: test\nCodename: %s\nDate: Wed, 01 Jan 2020 00:00:00 UTC\n"
		      "Components: main\nArchitectures: arm64 armhf\nSHA256:\n",
		      origin, codename);
	static const char *const archs[] = { "arm64", "armhf" };
	for (size_t i = 0; i < KS_ARRAY_LEN(archs); i++)
		ks_buf_printf(&w->release, " %s %zu main/binary-%s/Packages\n", hex,
			      w->packages.len, archs[i]);
	w->files[0] = (struct served_file){ "/dists/test/Release", w->release.at, w->release.len };
	w->files[1] = (struct served_file){ "/dists/test/main/binary-arm64/Packages",
					    w->packages.at, w->packages.len };
	w->files[2] = (struct served_file){ "/dists/test/main/binary-armhf/Packages",
					    w->packages.at, w->packages.len };
	w->files[3] = (struct served_file){ "/pool/a.deb", w->deb.at, w->deb.len };
}

void hostile_publish(struct hostile_world *w)
{
	hostile_publish_as(w, "Test", "test");
}

void hostile_make_deb(const uint8_t *vmlinux, size_t len, size_t bulk, bool late,
		      struct ks_buf *ret)
{
	struct file files[] = { { path, vmlinux, len, NULL },
				{ .path = "./usr/lib/debug/a.ko", .len = bulk },
				{ 0 } };
	if (late) {
		struct file first = files[0];
		files[0] = files[1];
		files[1] = first;
	}
	build_deb("Package: linux-image-6.1.0-1-amd64-dbg\nVersion: 6.1-1\n", files, PACK_XZ_BLOCKS,
		  ret);
}

struct hostile_world *hostile_world_new(size_t len, size_t bulk, bool late)
{
	struct hostile_world *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	w->len = len;
	w->vmlinux = noise(len, 7);
	uint8_t *head = fake_vmlinux(64);
	memcpy(w->vmlinux, head, 64);
	free(head);
	hostile_make_deb(w->vmlinux, len, bulk, late, &w->deb);
	hex_sha256(&w->deb, w->hash);
	hostile_publish(w);
	w->dir = make_dir();
	w->cache = make_dir();
	w->server.files = w->files;
	assert_true(range_server_start(&w->server));
	w->opts = own_archive_opts(w->server.url, w->cache);
	w->opts.limits.probe = 64 << 10;
	w->opts.http.tries = 2;
	return w;
}

void hostile_world_free(struct hostile_world *w)
{
	range_server_stop(&w->server);
	remove_dir(w->dir);
	remove_dir(w->cache);
	ks_buf_deinit(&w->deb);
	ks_buf_deinit(&w->packages);
	ks_buf_deinit(&w->release);
	ks_buf_deinit(&w->signed_list);
	free(w->keyring);
	free(w->vmlinux);
	free(w);
}

void hostile_expect_pull(struct hostile_world *w, enum ks_source_proof proof)
{
	struct ks_source *src = NULL;
	struct ks_error *err = ks_pull_open(hostile_name, &w->opts, NULL, &src);
	if (err)
		fail_msg("%s", ks_error_text(err));
	assert_int_equal(src->len, w->len);
	assert_memory_equal(src->map, w->vmlinux, w->len);
	assert_int_equal(src->proof, proof);
	assert_int_equal(src->is_unsigned, w->opts.allow_unsigned);
	ks_source_close(src);
}

void hostile_expect_refusal(struct hostile_world *w, const char *word)
{
	struct ks_source *src = NULL;
	struct ks_error *err = ks_pull_open(hostile_name, &w->opts, NULL, &src);
	if (!err)
		fail_msg("no refusal, '%s' was expected", word);
	char *text = ks_error_text(err);
	if (!strstr(text, word))
		fail_msg("'%s' was expected, not '%s'", word, text);
	free(text);
	ks_error_free(err);
}
