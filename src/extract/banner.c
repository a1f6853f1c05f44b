/* SPDX-License-Identifier: BSD-2-Clause */
#include "extract/banner.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"

/** The words in a banner that name who built the kernel. */
static const struct {
	const char *word, *name;
} distributions[] = {
	{ "Debian", "Debian" },	  { "Ubuntu", "Ubuntu" }, { "fedoraproject", "Fedora" },
	{ "redhat.com", "RHEL" }, { "suse", "SUSE" },	  { "archlinux", "Arch" },
};

/** "debian 6.1.176-1" behind the distribution's name in the banner, as far as it looks like one. */
static const char *package_version(struct ks_arena *arena, const char *banner)
{
	const char *at = strstr(banner, " Debian ");
	if (!at)
		return NULL;
	at += strlen(" Debian ");
	size_t len = strcspn(at, " \n");
	return len && at[0] >= '0' && at[0] <= '9' ? ks_arena_strndup(arena, at, len) : NULL;
}

/** "Linux version RELEASE (…": the release, or NULL. */
static const char *release_of(struct ks_arena *arena, const char *banner)
{
	static const char intro[] = "Linux version ";
	if (strncmp(banner, intro, sizeof(intro) - 1) != 0)
		return NULL;
	const char *at = banner + sizeof(intro) - 1;
	size_t len = strcspn(at, " \n");
	return len ? ks_arena_strndup(arena, at, len) : NULL;
}

static bool ends_in(const char *text, size_t len, const char *end)
{
	size_t n = strlen(end);
	return len >= n && memcmp(text + len - n, end, n) == 0;
}

/** Whether what stands behind the version begins with a number of the distribution's, or with what Debian and kernel.org have there. */
static bool has_revision(const char *rest)
{
	static const char *const words[] = { "deb", "rc" };
	bool has = isdigit((unsigned char)*rest);
	for (size_t i = 0; i < KS_ARRAY_LEN(words) && !has; i++)
		has = strncmp(rest, words[i], strlen(words[i])) == 0 &&
		      isdigit((unsigned char)rest[strlen(words[i])]);
	return has;
}

/** Where the name of the machine stands at the end of a revision: ".x86_64" of Fedora's "300.fc42.x86_64"; its length if not. */
static size_t machine_in_revision(const struct ks_image *image, const char *text, size_t len)
{
	const struct ks_arch *arch = ks_arch_by_debian(image->arch);
	for (size_t i = 0; arch && i < KS_ARRAY_LEN(arch->uname); i++) {
		size_t n = arch->uname[i] ? strlen(arch->uname[i]) : 0;
		if (n && len > n && text[len - n - 1] == '.' &&
		    memcmp(text + len - n, arch->uname[i], n) == 0)
			return len - n - 1;
	}
	return len;
}

/**
 * Take "VERSION[-REVISION][-FLAVOR][-ARCH]" apart. Debian writes the architecture behind the flavour, Ubuntu and SUSE do
 * not, and Debian's later kernels have "+debN" for a revision; Fedora and its relatives write "VERSION-REVISION.MACHINE",
 * and "+FLAVOR" behind it.
 */
static bool split_release(struct ks_arena *arena, struct ks_image *image)
{
	const char *release = image->release;
	size_t version = strspn(release, "0123456789.");
	image->version = ks_arena_strndup(arena, release, version);
	const char *rest = release + version;
	rest += *rest == '-' || *rest == '+';
	size_t whole = 0, revision = 0;
	if (has_revision(rest)) {
		bool fedora = memchr(rest, '.', strcspn(rest, "-")) && rest[-1] == '-';
		whole = strcspn(rest, fedora ? "-+" : "-");
		revision = machine_in_revision(image, rest, whole);
	}
	image->revision = ks_arena_strndup(arena, rest, revision);
	rest += whole;
	rest += *rest == '-' || *rest == '+';
	size_t flavor = strlen(rest);
	if (ends_in(rest, flavor, image->arch)) {
		flavor -= strlen(image->arch);
		flavor -= flavor && rest[flavor - 1] == '-';
	}
	image->flavor = ks_arena_strndup(arena, rest, flavor);
	return image->version && image->revision && image->flavor;
}

/** Length of the word in front of a compiler's description if that is gcc under some name: "gcc-12", "x86_64-linux-gnu-gcc-14". */
static size_t gcc_len(const char *text, size_t len)
{
	const char *space = memchr(text, ' ', len);
	size_t word = space ? (size_t)(space - text) : len, name = word;
	while (name && (isdigit((unsigned char)text[name - 1]) || text[name - 1] == '-' ||
			text[name - 1] == '.'))
		name--;
	return ends_in(text, name, "gcc") ? word : 0;
}

/** The words that gcc writes into .comment, "GCC: (Debian 12.2.0-14) 12.2.0"; another compiler's own. */
static const char *compiler_text(struct ks_arena *arena, const char *at, size_t len)
{
	static const char old[] = "gcc version ";
	size_t gcc = gcc_len(at, len), version = sizeof(old) - 1, end = version;
	bool is_old = len > version && memcmp(at, old, version) == 0;
	if (is_old)
		end += strcspn(at + version, " ");
	bool is_gcc = is_old ? end < len && at[end + 1] == '(' && at[len - 1] == ')'
			     : gcc && gcc < len && at[gcc + 1] == '(';
	char *text = is_gcc ? ks_arena_alloc(arena, strlen("GCC: ") + len + 1)
			    : ks_arena_strndup(arena, at, len);
	if (is_gcc && text && is_old)
		sprintf(text, "GCC:%.*s %.*s", (int)(len - end), at + end, (int)(end - version),
			at + version);
	else if (is_gcc && text)
		sprintf(text, "GCC:%.*s", (int)(len - gcc), at + gcc);
	return text;
}

/**
 * What the banner says of the compiler: "(user@host) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld …) #1 …", or before 5.10
 * "(gcc version 8.3.0 (Debian 8.3.0-6))".
 */
static const char *compiler_of(struct ks_arena *arena, const char *banner)
{
	const char *at = strstr(banner, ") (");
	if (!at)
		return NULL;
	at += strlen(") (");
	size_t len = 0;
	for (int depth = 0; at[len] && depth >= 0; len++) {
		if (depth == 0 && (at[len] == ',' || at[len] == ')'))
			break;
		depth += (at[len] == '(') - (at[len] == ')');
	}
	return len ? compiler_text(arena, at, len) : NULL;
}

bool ks_banner_read(struct ks_arena *arena, const char *banner, struct ks_image *image)
{
	image->banner = ks_arena_strdup(arena, banner);
	if (!image->banner)
		return false;
	image->release = release_of(arena, banner);
	if (!image->release)
		return true;
	if (!image->compiler)
		image->compiler = compiler_of(arena, banner);
	for (size_t i = 0; i < KS_ARRAY_LEN(distributions) && !image->distribution; i++)
		if (strstr(banner, distributions[i].word))
			image->distribution = distributions[i].name;
	image->package_version = package_version(arena, banner);
	return split_release(arena, image);
}

bool ks_banner_release(struct ks_arena *arena, const char *release, struct ks_image *image)
{
	image->release = ks_arena_strdup(arena, release);
	return image->release && split_release(arena, image);
}
