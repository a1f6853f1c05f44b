/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "source/input.h"
#include "source/tmpfile.h"

/** How much a package may make us do. A zero stands for the default (docs/sources.md). */
struct ks_package_limits {
	uint64_t vmlinux_max;  // bytes of a vmlinux
	uint64_t module_max;   // bytes of a module
	uint64_t unpacked_max; // bytes unpacked before we call the archive endless
	uint64_t probe;	       // bytes looked through from the front before the end is tried
	uint64_t search_max;   // bytes looked through from the end
};

enum ks_package_wish {
	KS_PACKAGE_VMLINUX, // and configuration and System.map, if they come by before vmlinux is complete
	KS_PACKAGE_CONFIG,
	KS_PACKAGE_NAME,    // only the fields of the control file
	KS_PACKAGE_MODULES, // for ks_package_modules()
};

/** What was found in a package. Everything is owned; NULL or zeros where the package has none. */
struct ks_package {
	struct ks_map vmlinux; // or the image that boots, when the package has nothing better
	char *vmlinux_path;    // inside the package
	char *config, *system_map;
	char *name, *version, *arch, *depends; // as the package says
};

/**
 * Read a Debian package (.deb, .ddeb), an RPM package or a tar or cpio archive, packed in any way or not at all, up
 * to the wanted file and not further: when that is complete nothing else is fetched or unpacked.
 * @param in     positioned by offsets; borrowed
 * @param limits, progress  NULL for the defaults, for silence
 * @return KS_ERR_DATA when it is damaged, truncated or breaks a limit, KS_ERR_UNSUPPORTED when it is
 * another kind of file, KS_ERR_NOTFOUND when it is whole but has not what is wanted; the text says
 * which package has it.
 */
KS_MUST_CHECK struct ks_error *ks_package_read(struct ks_input *in, enum ks_package_wish wish,
					       const struct ks_package_limits *limits,
					       const struct ks_progress *progress,
					       struct ks_package *ret);
enum { KS_MODULE_NAME_MAX = 64 }; // bytes with the NUL; the kernel's own limit is 56

/**
 * The name of the module that a file is, by its path: "usb-storage.ko.xz" is usb_storage.
 * @param[out] name size bytes
 * @return false when it is none, or one with a longer name
 */
bool ks_module_name(const char *path, char *name, size_t size);

/**
 * A module out of a package.
 * @param path as it stands in the package; valid during the call
 * @param bytes of the file; the callee frees them
 */
typedef struct ks_error *ks_package_module_fn(void *arg, const char *path, uint8_t *bytes,
					      size_t len);
struct ks_package_modules {
	bool (*wanted)(void *arg, const char *name); // whether a module is worth unpacking
	ks_package_module_fn *fn;		     // an error that it returns ends the walk
	void *arg;
};
/**
 * Go through all of a package and hand over its modules, one after the other as they come.
 * @return as ks_package_read(); KS_ERR_NOTFOUND when it has no module at all
 */
KS_MUST_CHECK struct ks_error *ks_package_modules(struct ks_input *in,
						  const struct ks_package_limits *limits,
						  const struct ks_progress *progress,
						  const struct ks_package_modules *modules);
void ks_package_deinit(struct ks_package *package);

static inline void ks_package_deinitp(struct ks_package *package)
{
	ks_package_deinit(package);
}
#define _cleanup_package_ __attribute__((__cleanup__(ks_package_deinitp)))
