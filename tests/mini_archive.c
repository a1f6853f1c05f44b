/* SPDX-License-Identifier: BSD-2-Clause */
#include "mini_archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "deb_builder.h"

static bool read_kernel(struct mini_archive *archive)
{
	char path[4096];
	const char *folder = getenv("KSURF_MINIS");
	snprintf(path, sizeof(path), "%s/btf-amd64-gcc-dwarf5", folder ? folder : "");
	FILE *file = folder ? fopen(path, "rb") : NULL;
	if (!file)
		return false;
	must(fseek(file, 0, SEEK_END) == 0);
	archive->kernel_len = (size_t)ftell(file);
	rewind(file);
	archive->kernel = malloc(archive->kernel_len);
	must(archive->kernel &&
	     fread(archive->kernel, 1, archive->kernel_len, file) == archive->kernel_len);
	fclose(file);
	return true;
}

/** The kernel as another release, with another build id. */
static void renumber(uint8_t *bytes, size_t len, unsigned int nr)
{
	static const char release[] = "6.6.6-mini", note[] = "\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU";
	size_t found = 0;
	for (uint8_t *at = bytes;
	     (at = memmem(at, (size_t)(bytes + len - at), release, sizeof(release) - 1)); found++)
		*(at += 4) = (uint8_t)('0' + nr);
	must(found);
	uint8_t *id = memmem(bytes, len, note, sizeof(note));
	must(id && id + sizeof(note) < bytes + len);
	id[sizeof(note)] = (uint8_t)nr;
}

static void build(struct mini_archive *archive, unsigned int nr)
{
	static const char config[] = "CONFIG_BPF=y\n";
	char path[64], config_path[64], control[128];
	uint8_t *bytes = malloc(archive->kernel_len);
	must(bytes);
	memcpy(bytes, archive->kernel, archive->kernel_len);
	renumber(bytes, archive->kernel_len, nr);
	snprintf(path, sizeof(path), "./boot/vmlinux-6.6.%u-mini-amd64", nr);
	snprintf(config_path, sizeof(config_path), "./boot/config-6.6.%u-mini-amd64", nr);
	snprintf(control, sizeof(control),
		 "Package: linux-image-6.6.%u-mini-amd64\nVersion: 6.6.%u-1\nArchitecture: amd64\n",
		 nr, nr);
	const struct file files[] = { { config_path, config, sizeof(config) - 1, NULL },
				      { path, bytes, archive->kernel_len, NULL },
				      { .path = "./usr/share/doc/text", .len = 10000 },
				      { 0 } };
	build_deb(control, files + archive->bare, PACK_XZ, &archive->debs[nr]);
	free(bytes);
}

static void publish(struct mini_archive *archive)
{
	size_t nr_files = 2;
	char hex[65];
	unsigned int newest = 0;
	archive->packages.len = archive->release.len = 0;
	memset(archive->files, 0, sizeof(archive->files));
	for (unsigned int nr = 1; nr <= MINI_RELEASES; nr++) {
		if (!archive->listed[nr])
			continue;
		newest = nr;
		hex_sha256(&archive->debs[nr], hex);
		snprintf(archive->paths[nr], sizeof(archive->paths[nr]),
			 "/pool/of_no_meaning_%u.deb", nr);
		ks_buf_printf(&archive->packages,
			      "Package: linux-image-6.6.%u-mini-amd64\nVersion: 6.6.%u-1\n"
			      "Architecture: amd64\nDescription: x\nFilename: %s\n"
			      "Size: %zu\nSHA256: %s\n\n",
			      nr, nr, archive->paths[nr] + 1, archive->debs[nr].len, hex);
		if (!archive->gone[nr])
			archive->files[nr_files++] =
				(struct served_file){ archive->paths[nr], archive->debs[nr].at,
						      archive->debs[nr].len };
	}
	ks_buf_printf(&archive->packages,
		      "Package: linux-image-amd64\nVersion: 6.6.%u-1\nArchitecture: amd64\n"
		      "Depends: linux-image-6.6.%u-mini-amd64 (= 6.6.%u-1)\n"
		      "Filename: pool/stands.deb\nSize: 1000\nSHA256: 00\n\n",
		      newest, newest, newest);
	hex_sha256(&archive->packages, hex);
	ks_buf_printf(&archive->release,
		      "Suite: test\nCodename: test\nDate: Wed, 01 Jan 2020 00:00:00 UTC\n"
		      "Components: main\nArchitectures: amd64\n"
		      "SHA256:\n %s %zu main/binary-amd64/Packages\n",
		      hex, archive->packages.len);
	archive->files[0] = (struct served_file){ "/dists/test/Release", archive->release.at,
						  archive->release.len };
	archive->files[1] = (struct served_file){ "/dists/test/main/binary-amd64/Packages",
						  archive->packages.at, archive->packages.len };
}

void mini_archive_release(struct mini_archive *archive, unsigned int nr, bool gone)
{
	must(nr >= 1 && nr <= MINI_RELEASES);
	if (!archive->listed[nr])
		build(archive, nr);
	archive->listed[nr] = true;
	archive->gone[nr] = gone;
	publish(archive);
}

bool mini_archive_begin(struct mini_archive *archive)
{
	*archive = (struct mini_archive){ 0 };
	if (!read_kernel(archive))
		return false;
	archive->server.files = archive->files;
	if (!range_server_start(&archive->server)) {
		free(archive->kernel);
		return false;
	}
	_cleanup_buf_ struct ks_buf table = { 0 }, folder = { 0 };
	archive->dir = make_dir();
	ks_buf_printf(&folder, "%s/ksurf", archive->dir);
	must(ks_buf_text(&folder) && mkdir(folder.at, 0700) == 0);
	ks_buf_printf(&table,
		      "[[set]]\nname = 'mini:6'\nalias = 'six'\nserver = '%s'\nports = '%s'\n"
		      "suites = ['test']\npackage = 'linux-image-{flavour}-{machine}'\n",
		      archive->server.url, archive->server.url);
	must(!table.failed);
	free(write_file(folder.at, "sets.toml", table.at, table.len));
	setenv("XDG_CONFIG_HOME", archive->dir, 1);
	return true;
}

void mini_archive_end(struct mini_archive *archive)
{
	range_server_stop(&archive->server);
	unsetenv("XDG_CONFIG_HOME");
	remove_dir(archive->dir);
	for (size_t i = 0; i <= MINI_RELEASES; i++)
		ks_buf_deinit(&archive->debs[i]);
	ks_buf_deinit(&archive->packages);
	ks_buf_deinit(&archive->release);
	free(archive->kernel);
}

struct ks_pull_opts mini_archive_opts(const struct mini_archive *archive)
{
	return (struct ks_pull_opts){
		.arch = "amd64",
		.allow_unsigned = true,
		.cache_dir = archive->dir,
		.http = { .tries = 4, .backoff_ms = 1 },
	};
}
