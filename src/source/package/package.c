/* SPDX-License-Identifier: BSD-2-Clause */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "source/package/ar.h"
#include "source/package/from_end.h"
#include "source/package/member.h"
#include "source/package/package.h"
#include "source/package/rpm.h"
#include "source/package/stream.h"
#include "source/package/tarball.h"

enum {
	CONFIG_MAX = 8 << 20,
	SYSTEM_MAP_MAX = 64 << 20,
	SYSTEM_MAP_LEAST = 4 << 10, // bytes: shorter ones only say where the real one is
	CONTROL_MAX = 1 << 20,	    // bytes of the control file
	CONTROL_UNPACKED_MAX =
		64 << 20,    // bytes of control.tar: checksums of all files are in it too
	AR_MEMBERS_MAX = 64, // dpkg writes three
};

static const struct ks_package_limits defaults = {
	.vmlinux_max = 4ull << 30,   // the largest seen is 0.9 GiB
	.module_max = 1ull << 30,    // the largest seen is 0.4 GiB
	.unpacked_max = 64ull << 30, // the largest seen is 8 GiB
	.probe = 32 << 20,	     // in most packages vmlinux begins within 4 MiB
	.search_max = 3ull << 29,
};

struct walk {
	struct ks_input *in;
	enum ks_package_wish wish;
	struct ks_package_limits limits;
	const struct ks_progress *progress;
	struct ks_package *pkg;
	struct ks_stream *stream;    // borrowed: the archive that is walked
	uint64_t data_at, data_size; // where its packed bytes lie in the input
	struct ks_map vmlinuz;	     // the kernel that boots: good when there is no other
	char *vmlinuz_path;
	bool tail_tried, files_seen, modules_seen;
	const struct ks_package_modules *modules;
	struct ks_error *err; // of the search from the end
};

static const char no_image[] =
	"a package of a kernel that boots, and no kernel of a known form in it";

/** What a package without a kernel seems to be, and where to look; %s is its name. First match counts. */
static const struct hint {
	const char *glob, *text;
} hints[] = {
	{ "linux-image-unsigned-*-dbgsym", "no vmlinux in this debug package" },
	{ "linux-image-*-dbgsym",
	  "the debug package of a signed kernel is empty: add linux-image-unsigned-…-dbgsym" },
	{ "linux-image-*-dbg", "no vmlinux in this debug package" },
	{ "linux-binary-*", no_image },
	{ "kernel-image-*", no_image },
	{ "debian-installer-*", no_image },
	{ "user-mode-linux*", no_image },
	{ "linux-image-*", "a kernel package without a kernel: add %s-dbg (Debian) or "
			   "the -dbgsym package (Ubuntu)" },
	{ "linux-modules-*", "kernel modules only: add the linux-image-…-dbg or -dbgsym package" },
	{ "linux-headers-*", "kernel headers only: add the linux-image-…-dbg or -dbgsym package" },
	{ "linux-base-*",
	  "configuration only: give it as --config with the linux-binary-… package" },
	{ "kernel-debuginfo-common*", "sources only: add the kernel-debuginfo package" },
	{ "kernel*", "a kernel package without a kernel: add kernel-debuginfo (Fedora, RHEL) or "
		     "the -debuginfo package (SUSE)" },
	{ "*", "no kernel debug package: add a linux-image-…-dbg (Debian), -dbgsym (Ubuntu) or "
	       "kernel-debuginfo (RPM)" },
};

/** Packages of what boots: no vmlinux follows behind vmlinuz. */
static bool only_boots(const struct ks_package *pkg)
{
	static const char *const globs[] = { "linux-image-*", "linux-binary-*", "kernel*",
					     "debian-installer-*" };
	if (!pkg->name || strstr(pkg->name, "-dbg") || strstr(pkg->name, "-debug"))
		return false;
	for (size_t i = 0; i < KS_ARRAY_LEN(globs); i++)
		if (fnmatch(globs[i], pkg->name, 0) == 0)
			return true;
	return false;
}

static struct ks_error *not_there(const struct walk *w)
{
	const struct ks_package *pkg = w->pkg;
	if (w->wish == KS_PACKAGE_CONFIG)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "no kernel configuration (boot/config-*) inside");
	if (w->wish == KS_PACKAGE_MODULES)
		return ks_error_new(KS_ERR_NOTFOUND, "no kernel modules inside");
	if (!pkg->name)
		return ks_error_new(KS_ERR_NOTFOUND, "no vmlinux inside");
	if (!w->files_seen && pkg->depends)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "%s is a package without files of its own; it "
				    "stands for: %s",
				    pkg->name, pkg->depends);
	const struct hint *hint = hints;
	while (fnmatch(hint->glob, pkg->name, 0))
		hint++;
	const char *name_at = strstr(hint->text, "%s");
	if (!name_at)
		return ks_error_new(KS_ERR_NOTFOUND, "no vmlinux inside; %s is %s", pkg->name,
				    hint->text);
	return ks_error_new(KS_ERR_NOTFOUND, "no vmlinux inside; %s is %.*s%s%s", pkg->name,
			    (int)(name_at - hint->text), hint->text, pkg->name, name_at + 2);
}

/** Copy a member that holds a kernel out of the walk. */
static struct ks_error *keep_kernel(struct walk *w, struct ks_tarball *tar,
				    const struct ks_tarball_member *member, struct ks_map *map,
				    char **path)
{
	if (member->size > w->limits.vmlinux_max)
		return ks_error_new(KS_ERR_DATA, "vmlinux of %llu MiB: more than %llu are refused",
				    (unsigned long long)member->size >> 20,
				    (unsigned long long)w->limits.vmlinux_max >> 20);
	uint64_t size = member->size, done = 0, told = 0;
	if (!(*path = strdup(member->path)))
		return &ks_nomem;
	_cleanup_tmpfile_ struct ks_tmpfile tmpfile = { -1 };
	KS_TRY(ks_tmpfile_open(&tmpfile, size));
	for (;;) {
		const void *piece;
		size_t len;
		uint64_t offset;
		KS_TRY(ks_tarball_data(tar, &piece, &len, &offset));
		if (!len)
			break;
		if (offset > size || len > size - offset)
			return ks_error_new(KS_ERR_DATA, "vmlinux is longer than its header says");
		KS_TRY(ks_tmpfile_write(&tmpfile, offset, piece, len));
		done = offset + len;
		if (done - told >= 1 << 20)
			KS_TRY(ks_progress_tell(w->progress, "unpacking vmlinux", told = done,
						size));
	}
	if (done < size) // a sparse member with a hole at its end
		KS_TRY(ks_tmpfile_write(&tmpfile, size - 1, "", 1));
	KS_TRY(ks_progress_tell(w->progress, "unpacking vmlinux", size, size));
	return ks_map_fd(tmpfile.fd, 0, size, map);
}

/** Hand a module over. */
static struct ks_error *give_module(struct walk *w, struct ks_tarball *tar,
				    const struct ks_tarball_member *member)
{
	if (member->size > w->limits.module_max)
		return ks_error_new(KS_ERR_DATA,
				    "%s: a module of %llu MiB: more than %llu are refused",
				    member->path, (unsigned long long)member->size >> 20,
				    (unsigned long long)w->limits.module_max >> 20);
	uint8_t *bytes = calloc(1, (size_t)member->size);
	struct ks_error *err = bytes ? NULL : &ks_nomem;
	while (!err) {
		const void *piece;
		size_t len;
		uint64_t offset;
		err = ks_tarball_data(tar, &piece, &len, &offset);
		if (err || !len)
			break;
		if (offset > member->size || len > member->size - offset)
			err = ks_error_new(KS_ERR_DATA, "%s is longer than its header says",
					   member->path);
		else
			memcpy(bytes + offset, piece, len);
	}
	if (err) {
		free(bytes);
		return err;
	}
	return w->modules->fn(w->modules->arg, member->path, bytes, (size_t)member->size);
}

static bool is_wanted_module(struct walk *w, const char *path)
{
	char name[KS_MODULE_NAME_MAX];
	if (w->wish != KS_PACKAGE_MODULES || !ks_module_name(path, name, sizeof(name)))
		return false;
	w->modules_seen = true;
	return !w->modules->wanted || w->modules->wanted(w->modules->arg, name);
}

/** Called between members: after enough of them without vmlinux, look from the other end. */
static bool try_tail(void *arg)
{
	struct walk *w = arg;
	uint64_t unpacked = ks_stream_unpacked(w->stream);
	w->err = ks_progress_tell(w->progress, "searching",
				  ks_stream_offset(w->stream) - w->data_at, w->data_size);
	if (w->err)
		return false;
	if (w->tail_tried || unpacked < w->limits.probe || w->wish != KS_PACKAGE_VMLINUX)
		return true;
	w->tail_tried = true;
	if (only_boots(w->pkg) || !w->in->can_jump || ks_stream_codec(w->stream) != KS_CODEC_XZ)
		return true;
	const struct ks_from_end_range range = {
		.offset = w->data_at,
		.size = w->data_size,
		.unpacked_floor = unpacked,
		.vmlinux_max = w->limits.vmlinux_max,
		.search_max = w->limits.search_max,
	};
	enum ks_from_end_answer answer;
	struct ks_from_end_found found = { 0 };
	w->err = ks_from_end_find(w->in, &range, w->progress, &answer, &found);
	if (w->err)
		return false;
	if (answer != KS_FROM_END_FOUND)
		return true;
	w->pkg->vmlinux = found.map;
	w->pkg->vmlinux_path = found.path;
	return false;
}

static bool satisfied(const struct walk *w)
{
	switch (w->wish) {
	case KS_PACKAGE_NAME:
		return w->pkg->name != NULL;
	case KS_PACKAGE_CONFIG:
		return w->pkg->config != NULL;
	case KS_PACKAGE_MODULES:
		return false; // there may always be one more
	default:
		return w->pkg->vmlinux.at || (w->vmlinuz.at && only_boots(w->pkg));
	}
}

/** What a member is good for. */
static struct ks_error *take_member(struct walk *w, struct ks_tarball *tar,
				    const struct ks_tarball_member *member,
				    enum ks_member_kind what)
{
	struct ks_package *pkg = w->pkg;
	bool kernel = w->wish == KS_PACKAGE_VMLINUX;
	if (what == KS_MEMBER_VMLINUX && kernel)
		return keep_kernel(w, tar, member, &pkg->vmlinux, &pkg->vmlinux_path);
	if (what == KS_MEMBER_VMLINUZ && kernel && !w->vmlinuz.at)
		return keep_kernel(w, tar, member, &w->vmlinuz, &w->vmlinuz_path);
	if (is_wanted_module(w, member->path))
		return give_module(w, tar, member);
	if (what == KS_MEMBER_CONFIG && !pkg->config)
		return ks_tarball_text(tar, CONFIG_MAX, &pkg->config);
	if (what == KS_MEMBER_SYSTEM_MAP && kernel && !pkg->system_map &&
	    member->size >= SYSTEM_MAP_LEAST)
		return ks_tarball_text(tar, SYSTEM_MAP_MAX, &pkg->system_map);
	return NULL;
}

/** Walk over a tar archive until we have what we came for. */
static struct ks_error *walk_data(struct walk *w, uint64_t offset, uint64_t size)
{
	w->data_at = offset;
	w->data_size = size;
	_cleanup_stream_ struct ks_stream *stream = NULL;
	// what is near the beginning is had without what comes later; a whole package is unpacked by threads
	bool ends_early = w->wish == KS_PACKAGE_CONFIG ||
			  (w->wish == KS_PACKAGE_VMLINUX && only_boots(w->pkg));
	KS_TRY((ends_early ? ks_stream_open_sparing
			   : ks_stream_open)(w->in, offset, size, w->limits.unpacked_max, &stream));
	w->stream = stream;
	_cleanup_tarball_ struct ks_tarball *tar = NULL;
	KS_TRY(ks_tarball_open(stream, try_tail, w, &tar));
	while (!satisfied(w)) {
		struct ks_tarball_member member;
		bool end;
		struct ks_error *err = ks_tarball_next(tar, &end, &member);
		if (w->err) {
			ks_error_free(err);
			return ks_take(w->err);
		}
		if (satisfied(w)) // from the end; the walk was cut short
			ks_error_free(err);
		else if (err)
			return err;
		if (end || satisfied(w))
			break;
		if (!member.regular || !member.size)
			continue;
		enum ks_member_kind what = ks_member_kind_of(member.path);
		w->files_seen = w->files_seen || !strstr(member.path, "/doc/");
		KS_TRY(take_member(w, tar, &member, what));
	}
	return NULL;
}

/** The value of a field of a control file, copied; NULL when it is not there. Out of memory is no value too. */
static char *control_field(const char *text, const char *field)
{
	size_t len = strlen(field);
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncasecmp(line, field, len) || line[len] != ':')
			continue;
		line += len + 1;
		line += strspn(line, " \t");
		return strndup(line, strcspn(line, "\r\n"));
	}
	return NULL;
}

static struct ks_error *read_control(struct walk *w, const struct ks_ar_member *ar)
{
	_cleanup_stream_ struct ks_stream *stream = NULL;
	_cleanup_tarball_ struct ks_tarball *tar = NULL;
	KS_TRY(ks_stream_open(w->in, ar->offset, ar->size, CONTROL_UNPACKED_MAX, &stream));
	KS_TRY(ks_tarball_open(stream, NULL, NULL, &tar));
	for (;;) {
		struct ks_tarball_member member;
		bool end;
		KS_TRY(ks_tarball_next(tar, &end, &member));
		if (end)
			return NULL;
		if (!member.regular ||
		    (strcmp(member.path, "./control") && strcmp(member.path, "control")))
			continue;
		char *text;
		KS_TRY(ks_tarball_text(tar, CONTROL_MAX, &text));
		w->pkg->name = control_field(text, "Package");
		w->pkg->version = control_field(text, "Version");
		w->pkg->arch = control_field(text, "Architecture");
		w->pkg->depends = control_field(text, "Depends");
		free(text);
		return NULL;
	}
}

static struct ks_error *walk_deb(struct walk *w)
{
	uint64_t offset = KS_AR_MAGIC_BYTES;
	bool control_seen = false;
	for (int i = 0; i < AR_MEMBERS_MAX; i++) {
		struct ks_ar_member ar;
		bool end;
		KS_TRY(ks_ar_next(w->in, offset, &end, &ar));
		if (end)
			break;
		if (i == 0 && strcmp(ar.name, "debian-binary"))
			return ks_error_new(KS_ERR_UNSUPPORTED,
					    "an ar archive (a library?), not a Debian package");
		if (!control_seen && !strncmp(ar.name, "control.tar", strlen("control.tar"))) {
			KS_TRY(ks_error_wrap(read_control(w, &ar), "control.tar"));
			control_seen = true;
		}
		if (control_seen && w->wish == KS_PACKAGE_NAME)
			return NULL;
		if (!strncmp(ar.name, "data.tar", strlen("data.tar")))
			return ks_error_wrap(walk_data(w, ar.offset, ar.size), "data.tar");
		offset = ar.next;
	}
	return ks_error_new(KS_ERR_DATA, "truncated or damaged: a Debian package without data.tar");
}

static void fill_limits(struct ks_package_limits *limits, const struct ks_package_limits *given)
{
	*limits = defaults;
	if (!given)
		return;
	if (given->vmlinux_max)
		limits->vmlinux_max = given->vmlinux_max;
	if (given->module_max)
		limits->module_max = given->module_max;
	if (given->unpacked_max)
		limits->unpacked_max = given->unpacked_max;
	if (given->probe)
		limits->probe = given->probe;
	if (given->search_max)
		limits->search_max = given->search_max;
}

static struct ks_error *walk_rpm(struct walk *w)
{
	struct ks_rpm rpm = { 0 };
	KS_TRY(ks_rpm_read(w->in, &rpm));
	w->pkg->name = rpm.name;
	w->pkg->version = rpm.version;
	w->pkg->arch = rpm.arch;
	w->tail_tried = true; // its archive is no tar
	if (w->wish == KS_PACKAGE_NAME)
		return NULL;
	if (rpm.payload > w->in->size)
		return ks_error_new(KS_ERR_DATA, "truncated: ends in the header of an RPM package");
	uint64_t size =
		w->in->size == KS_INPUT_SIZE_UNKNOWN ? UINT64_MAX : w->in->size - rpm.payload;
	return ks_error_wrap(walk_data(w, rpm.payload, size), "payload");
}

/** Walk over whatever kind of package it is. */
static struct ks_error *walk_any(struct walk *w, const struct ks_package_limits *limits)
{
	fill_limits(&w->limits, limits);
	uint8_t head[KS_AR_MAGIC_BYTES];
	size_t got;
	KS_TRY(ks_input_read(w->in, 0, head, sizeof(head), &got));
	if (got == sizeof(head) && !memcmp(head, KS_AR_MAGIC, sizeof(head)))
		return walk_deb(w);
	if (got == sizeof(head) && ks_rpm_is(head, got))
		return walk_rpm(w);
	return w->wish == KS_PACKAGE_NAME ? NULL : walk_data(w, 0, w->in->size);
}

/** Nothing better came. */
static void take_vmlinuz(struct walk *w)
{
	if (w->pkg->vmlinux.at || !w->vmlinuz.at)
		return;
	w->pkg->vmlinux = w->vmlinuz;
	w->pkg->vmlinux_path = ks_take(w->vmlinuz_path);
	w->vmlinuz = (struct ks_map){ 0 };
}

struct ks_error *ks_package_read(struct ks_input *in, enum ks_package_wish wish,
				 const struct ks_package_limits *limits,
				 const struct ks_progress *progress, struct ks_package *ret)
{
	_cleanup_package_ struct ks_package pkg = { 0 };
	struct walk w = { .in = in, .wish = wish, .progress = progress, .pkg = &pkg };
	struct ks_error *err = walk_any(&w, limits);
	if (!err)
		take_vmlinuz(&w);
	ks_map_deinit(&w.vmlinuz);
	free(w.vmlinuz_path);
	if (err)
		return err;
	if (!satisfied(&w))
		return not_there(&w);
	*ret = pkg;
	pkg = (struct ks_package){ 0 };
	return NULL;
}

struct ks_error *ks_package_modules(struct ks_input *in, const struct ks_package_limits *limits,
				    const struct ks_progress *progress,
				    const struct ks_package_modules *modules)
{
	_cleanup_package_ struct ks_package pkg = { 0 };
	struct walk w = {
		.in = in,
		.wish = KS_PACKAGE_MODULES,
		.progress = progress,
		.pkg = &pkg,
		.modules = modules,
	};
	KS_TRY(walk_any(&w, limits));
	return w.modules_seen ? NULL : not_there(&w);
}

void ks_package_deinit(struct ks_package *package)
{
	ks_map_deinit(&package->vmlinux);
	free(package->vmlinux_path);
	free(package->config);
	free(package->system_map);
	free(package->name);
	free(package->version);
	free(package->arch);
	free(package->depends);
	*package = (struct ks_package){ 0 };
}
