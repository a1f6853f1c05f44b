/* SPDX-License-Identifier: BSD-2-Clause */
#include <fnmatch.h>
#include <stddef.h>
#include <string.h>

#include "base/array.h"
#include "source/package/member.h"
#include "source/package/package.h"

static const struct pattern {
	enum ks_member_kind what;
	const char *glob;
} patterns[] = {
	{ KS_MEMBER_VMLINUX, "usr/lib/debug/boot/vmlinux-*" },		    // Debian, Ubuntu
	{ KS_MEMBER_VMLINUX, "usr/lib/debug/lib/modules/*/vmlinux" },	    // Debian 7.2 on, Fedora
	{ KS_MEMBER_VMLINUX, "usr/lib/debug/usr/lib/modules/*/vmlinux" },   // merged /usr
	{ KS_MEMBER_VMLINUX, "usr/lib/debug/lib/modules/*/vmlinux.debug" }, // SUSE
	{ KS_MEMBER_VMLINUX, "usr/lib/debug/usr/lib/modules/*/vmlinux.debug" },
	{ KS_MEMBER_VMLINUX, "boot/vmlinux-*" }, // make bindeb-pkg; what boots on ppc64el, riscv64
	{ KS_MEMBER_VMLINUX, "vmlinux" },	 // home-made archives
	{ KS_MEMBER_VMLINUX, "vmlinux-*" },
	{ KS_MEMBER_VMLINUX, "usr/bin/linux.uml" }, // user-mode-linux
	{ KS_MEMBER_VMLINUX, "*.btf" },		    // btfhub: its types alone
	{ KS_MEMBER_CONFIG, "boot/config-*" },
	{ KS_MEMBER_CONFIG, "lib/modules/*/config" },
	{ KS_MEMBER_CONFIG, "usr/lib/modules/*/config" },
	{ KS_MEMBER_CONFIG, "config-*" },
	{ KS_MEMBER_SYSTEM_MAP, "boot/System.map-*" },
	{ KS_MEMBER_SYSTEM_MAP, "lib/modules/*/System.map" },
	{ KS_MEMBER_SYSTEM_MAP, "usr/lib/modules/*/System.map" },
	{ KS_MEMBER_VMLINUZ, "boot/vmlinuz-*" },
	{ KS_MEMBER_VMLINUZ, "boot/vmlinuz" }, // udebs
	{ KS_MEMBER_VMLINUZ, "boot/vmlinux" },
	{ KS_MEMBER_SYSTEM_MAP, "boot/System.map" },
	// debian-installer-*-netboot: VERSION/MACHINE/text/debian-installer/MACHINE, or without the middle
	{ KS_MEMBER_VMLINUZ, "usr/lib/debian-installer/images/*/*/*/debian-installer/*/linux" },
	{ KS_MEMBER_VMLINUZ,
	  "usr/lib/debian-installer/images/*/*/*/debian-installer/*/vmlinu[xz]" },
	{ KS_MEMBER_VMLINUZ,
	  "usr/lib/debian-installer/images/*/*/*/vmlinu[xz]-*" }, // mips: several
	{ KS_MEMBER_VMLINUZ, "vmlinuz" },
	{ KS_MEMBER_VMLINUZ, "vmlinuz-*" },
	{ KS_MEMBER_VMLINUZ, "lib/modules/*/vmlinuz" },
	{ KS_MEMBER_VMLINUZ, "usr/lib/modules/*/vmlinuz" },
	{ KS_MEMBER_VMLINUZ, "lib/modules/*/vmlinuz.unsigned" }, // linux-binary-unsigned-*
	{ KS_MEMBER_VMLINUZ, "usr/lib/modules/*/vmlinuz.unsigned" },
};

enum ks_member_kind ks_member_kind_of(const char *path)
{
	while (*path == '/' || (*path == '.' && path[1] == '/'))
		path++;
	for (size_t i = 0; i < KS_ARRAY_LEN(patterns); i++)
		if (fnmatch(patterns[i].glob, path, FNM_PATHNAME) == 0)
			return patterns[i].what;
	return KS_MEMBER_OTHER;
}

/** Behind a module's name: as it is built, packed, and with its debug information apart. */
static const char *const module_suffixes[] = { ".ko", ".ko.xz", ".ko.zst", ".ko.gz", ".ko.debug" };

bool ks_module_name(const char *path, char *name, size_t size)
{
	const char *file = strrchr(path, '/');
	file = file ? file + 1 : path;
	const char *suffix = strstr(file, ".ko");
	size_t len = suffix ? (size_t)(suffix - file) : 0;
	if (!len || len >= size)
		return false;
	bool known = false;
	for (size_t i = 0; i < KS_ARRAY_LEN(module_suffixes); i++)
		known = known || strcmp(suffix, module_suffixes[i]) == 0;
	for (size_t i = 0; i < len; i++)
		name[i] = file[i] == '-' ? '_' : file[i]; // as the kernel calls it
	name[len] = '\0';
	return known;
}

/** The header of POSIX ustar, which GNU tar and dpkg write too (with another version). */
struct ustar {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type;
	char link[100], magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155];
	char unused[12];
};
_Static_assert(sizeof(struct ustar) == KS_TAR_BLOCK_BYTES, "no padding");

/** An octal field, or a big-endian number marked by its top bit; UINT64_MAX when it is neither. */
static uint64_t number(const char *field, size_t len)
{
	uint64_t v = 0;
	if (*field & (char)0x80) {
		for (size_t i = 1; i < len; i++) {
			if (v >> 56)
				return UINT64_MAX;
			v = v << 8 | (uint8_t)field[i];
		}
		return v;
	}
	size_t i = 0;
	while (i < len && field[i] == ' ')
		i++;
	size_t digits = i;
	for (; i < len && field[i] >= '0' && field[i] <= '7'; i++)
		v = v << 3 | (uint64_t)(field[i] - '0');
	return i == digits ? UINT64_MAX : v;
}

bool ks_tar_header_parse(const uint8_t *block, struct ks_tar_header *ret)
{
	const struct ustar *h = (const struct ustar *)block;
	if (memcmp(h->magic, "ustar", 5))
		return false;
	uint32_t sum = 0;
	for (size_t i = 0; i < KS_TAR_BLOCK_BYTES; i++) {
		bool in_checksum =
			i >= offsetof(struct ustar, checksum) && i < offsetof(struct ustar, type);
		sum += in_checksum ? ' ' : block[i];
	}
	if (number(h->checksum, sizeof(h->checksum)) != sum)
		return false;
	*ret = (struct ks_tar_header){ .size = number(h->size, sizeof(h->size)) };
	size_t len = 0;
	if (h->magic[5] == '\0' && h->prefix[0]) { // GNU keeps other things in that field
		len = strnlen(h->prefix, sizeof(h->prefix));
		memcpy(ret->path, h->prefix, len);
		ret->path[len++] = '/';
	}
	memcpy(ret->path + len, h->name, strnlen(h->name, sizeof(h->name)));
	ret->regular = h->type == '0' || h->type == '\0';
	return true;
}
