/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/btf_owner.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"

enum { WORD_MAX = 256 }; // bytes of a name

/** Folders of btfhub, and what distributions are called in reports. */
static const struct {
	const char *folder, *name;
} distributions[] = {
	{ "debian", "Debian" },
	{ "ubuntu", "Ubuntu" },
	{ "fedora", "Fedora" },
	{ "rhel", "RHEL" },
	{ "centos", "CentOS" },
	{ "ol", "Oracle" },
	{ "oracle", "Oracle" },
	{ "amzn", "Amazon" },
	{ "amazon", "Amazon" },
	{ "sles", "SUSE" },
	{ "opensuse", "SUSE" },
	{ "opensuse-leap", "SUSE" },
	{ "opensuse-tumbleweed", "SUSE" },
	{ "arch", "Arch" },
};

/** Length of a release in front of ".btf"; 0: the name is none. */
static size_t release_len(const char *name, size_t len)
{
	const char *end = memmem(name, len, ".btf", 4);
	size_t n = end ? (size_t)(end - name) : len;
	size_t major = strspn(name, "0123456789");
	return major && major < n && name[major] == '.' && isdigit((unsigned char)name[major + 1])
		       ? n
		       : 0;
}

static const struct ks_arch *machine_of(const char *name, size_t len)
{
	char word[WORD_MAX];
	if (len >= sizeof(word))
		return NULL;
	memcpy(word, name, len);
	word[len] = '\0';
	const struct ks_arch *arch = ks_arch_by_debian(word);
	return arch ? arch : ks_arch_by_uname(word);
}

/** Cut the last part off a path. @return its beginning, NULL: there is none */
static const char *cut(const char *path, size_t *path_len, size_t *len)
{
	size_t end = *path_len;
	while (end && path[end - 1] == '/')
		end--;
	size_t at = end;
	while (at && path[at - 1] != '/')
		at--;
	*len = end - at;
	*path_len = at;
	return *len ? path + at : NULL;
}

static const char *distribution_of(const char *name, size_t len)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(distributions); i++)
		if (strlen(distributions[i].folder) == len &&
		    memcmp(distributions[i].folder, name, len) == 0)
			return distributions[i].name;
	return NULL;
}

/** MACHINE above the file, and NAME/VERSION above that. */
static bool read_folders(const char *path, size_t left, struct ks_btf_owner *ret)
{
	size_t len;
	const char *folder = cut(path, &left, &len);
	const struct ks_arch *arch = folder ? machine_of(folder, len) : NULL;
	if (!arch)
		return true;
	ret->arch = strdup(arch->debian);
	cut(path, &left, &len); // the version
	folder = cut(path, &left, &len);
	ret->distribution = folder ? distribution_of(folder, len) : NULL;
	return ret->arch;
}

struct ks_error *ks_btf_owner_of_path(const char *path, struct ks_btf_owner *ret)
{
	size_t left = strlen(path), len;
	const char *name = cut(path, &left, &len);
	if (name && len > 8 && memcmp(name, "vmlinux-", 8) == 0) {
		name += 8;
		len -= 8;
	}
	size_t n = name ? release_len(name, len) : 0;
	if (!n)
		return NULL;
	ret->release = strndup(name, n);
	return ret->release && read_folders(path, left, ret) ? NULL : &ks_nomem;
}

struct ks_error *ks_btf_owner_told(const char *text, struct ks_btf_owner *ret)
{
	size_t len = strcspn(text, "@");
	if (!len || len >= WORD_MAX || strpbrk(text, " \t\n/") || !release_len(text, len))
		return ks_error_new(KS_ERR_USAGE, "%s: no release such as 6.1.0-50-amd64", text);
	free(ret->release);
	ret->release = strndup(text, len);
	if (text[len]) {
		free(ret->arch);
		ret->arch = strdup(text + len + 1);
	}
	return ret->release && (!text[len] || ret->arch) ? NULL : &ks_nomem;
}

void ks_btf_owner_deinit(struct ks_btf_owner *name)
{
	free(name->release);
	free(name->arch);
	*name = (struct ks_btf_owner){ 0 };
}
