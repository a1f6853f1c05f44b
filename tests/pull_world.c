/* SPDX-License-Identifier: BSD-2-Clause */
#include "pull_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"
#include "own_archive.h"
#include "scratch.h"

const char pull_world_name[] = "linux-image-7.2.13+deb14-amd64-dbg";
const char pull_world_path[] = "./usr/lib/debug/lib/modules/7.2.13+deb14-amd64/vmlinux";
const char pull_world_config[] = "CONFIG_BPF=y\n";

void pull_world_add(struct ks_buf *packages, const char *package, const char *version,
		    const char *file, const struct ks_buf *deb)
{
	char hex[65];
	hex_sha256(deb, hex);
	ks_buf_printf(packages,
		      "Package: %s\nVersion: %s\nArchitecture: arm64\nDescription: x\n"
		      "Filename: pool/%s\nSize: %zu\nSHA256: %s\n\n",
		      package, version, file, deb->len, hex);
}

void pull_world_add_standing(struct ks_buf *packages, const char *package, const char *version,
			     const char *depends)
{
	ks_buf_printf(packages,
		      "Package: %s\nVersion: %s\nArchitecture: arm64\nDepends: %s\n"
		      "Filename: pool/stands.deb\nSize: 1000\nSHA256: 00\n\n",
		      package, version, depends);
}

void pull_world_publish_lists(struct pull_world *w)
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

void pull_world_publish(struct pull_world *w)
{
	w->packages.len = 0;
	pull_world_add(&w->packages, pull_world_name, "7.2.9-1", "old.deb", &w->deb);
	pull_world_add(&w->packages, pull_world_name, "7.2.13-1", "a+b.deb", &w->deb);
	pull_world_add(&w->packages, "linux-image-7.2.13+deb14-amd64", "7.2.13-1", "image.deb",
		       &w->image);
	pull_world_add(&w->packages, pull_world_name, "7.2.13~rc1-1", "rc.deb", &w->deb);
	pull_world_add_standing(
		&w->packages, "linux-image-arm64-dbg", "7.2.13-1",
		"linux-base (>= 4.3~) | other (= 1), linux-image-7.2.13+deb14-amd64-dbg (= "
		"7.2.13-1)");
	pull_world_add_standing(&w->packages, "linux-image-lost-dbg", "7.2.13-1",
				"linux-image-7.2.14-amd64-dbg (= 7.2.14-1)");
	pull_world_add_standing(&w->packages, "linux-image-round-dbg", "1",
				"linux-image-round-dbg (= 1)");
	pull_world_publish_lists(w);
}

struct pull_world *pull_world_new(enum packing packing, bool late, size_t bulk)
{
	struct pull_world *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	w->vmlinux = fake_vmlinux(VMLINUX_BYTES);
	struct file files[] = { { .path = "./usr/lib/debug/a.ko", .len = bulk },
				{ pull_world_path, w->vmlinux, VMLINUX_BYTES, NULL },
				{ 0 } };
	if (!late) {
		struct file bulky = files[0];
		files[0] = files[1];
		files[1] = bulky;
	}
	build_deb("Package: linux-image-7.2.13+deb14-amd64-dbg\nVersion: 7.2.13-1\n", files,
		  packing, &w->deb);
	const struct file image[] = { { "./boot/config-7.2.13", pull_world_config,
					strlen(pull_world_config), NULL },
				      { .path = "./boot/vmlinuz-7.2.13", .len = 1 << 20 },
				      { 0 } };
	build_deb("Package: linux-image-7.2.13+deb14-amd64\n", image, packing, &w->image);
	pull_world_publish(w);
	w->dir = make_dir();
	w->server.files = w->files;
	assert_true(range_server_start(&w->server));
	w->opts = own_archive_opts(w->server.url, w->dir);
	w->opts.limits.probe = 256 << 10;
	w->opts.http.tries = 4;
	return w;
}

void pull_world_free(struct pull_world *w)
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

struct ks_source *pull_world_pull(struct pull_world *w, const char *package)
{
	struct ks_source *src = NULL;
	struct ks_error *err = ks_pull_open(package, &w->opts, NULL, &src);
	if (err)
		fail_msg("%s", ks_error_text(err));
	assert_int_equal(src->len, VMLINUX_BYTES);
	assert_memory_equal(src->map, w->vmlinux, VMLINUX_BYTES);
	return src;
}

void pull_world_refuses(struct pull_world *w, const char *package, enum ks_errcode code,
			const char *word)
{
	struct ks_source *src = NULL;
	expect_error(ks_pull_open(package, &w->opts, NULL, &src), code, word);
}
