/* SPDX-License-Identifier: BSD-2-Clause */
/* Which files a command line is about, from the tables of commands and options. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "cli/sandbox.h"
#include "store/pages_cache.h"

enum {
	FILES = KS_GRANT_READ | KS_GRANT_BELOW,
	OUTPUT = KS_GRANT_READ | KS_GRANT_WRITE | KS_GRANT_BELOW,
	BOTH = KS_GRANT_READ | KS_GRANT_WRITE,
};

/** Folders, files and what their names begin with, whatever the command line says. */
struct fixed {
	const char *path;
	unsigned int rights;
};

static const struct fixed system_files[] = {
	{ "/proc/meminfo", KS_GRANT_READ },
	{ "/proc/sys/vm/overcommit_memory", KS_GRANT_READ }, // malloc()
	{ "/sys/devices/system/cpu/online", KS_GRANT_READ },
	{ "/dev/urandom", KS_GRANT_READ }, // SQLite
	{ "/dev/null", BOTH },
	{ "/etc/localtime", KS_GRANT_READ },
};

/** What tells of the running kernel. */
static const struct fixed live_files[] = {
	{ "/proc/version", KS_GRANT_READ },
	{ "/proc/kallsyms", KS_GRANT_READ },
	{ "/proc/modules", KS_GRANT_READ },
	{ "/proc/config.gz", KS_GRANT_READ },
	{ "/sys/kernel", FILES },
	{ "/sys/module", FILES },
	{ "/boot", FILES },
};

/** What libraries that draw text look for. */
static const struct fixed font_files[] = {
	{ "/etc/fonts", FILES },
	{ "/usr/share/fonts", FILES },
	{ "/usr/local/share/fonts", FILES },
	{ "/usr/share/fontconfig", FILES },
	{ "/usr/share/xml", FILES },
	{ "/var/cache/fontconfig", FILES },
};

static struct ks_error *add_fixed(struct ks_grants *grants, const struct fixed *files, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		KS_TRY(ks_grants_add(grants, files[i].path, files[i].rights));
	return NULL;
}

/** A name in the folder of a path, or below a folder. @param len of the path that counts */
static struct ks_error *add_joined(struct ks_grants *grants, const char *path, size_t len,
				   const char *name, unsigned int rights)
{
	_cleanup_buf_ struct ks_buf joined = { 0 };
	ks_buf_bytes(&joined, path, len);
	ks_buf_str(&joined, name);
	return ks_buf_text(&joined) ? ks_grants_add(grants, joined.at, rights) : &ks_nomem;
}

/** Temporary files: those without a name, and SQLite's. */
static struct ks_error *add_temporary(struct ks_grants *grants)
{
	const char *dirs[] = { getenv("TMPDIR"), getenv("SQLITE_TMPDIR"), "/var/tmp", "/tmp" };
	for (size_t i = 0; i < KS_ARRAY_LEN(dirs); i++) {
		if (!dirs[i] || !dirs[i][0])
			continue;
		KS_TRY(ks_grants_add(grants, dirs[i], KS_GRANT_UNNAMED));
		KS_TRY(add_joined(grants, dirs[i], strlen(dirs[i]), "/etilqs_",
				  BOTH | KS_GRANT_BEGINNING));
	}
	return NULL;
}

/** The store, and the files that SQLite keeps beside it. */
static struct ks_error *add_store_at(struct ks_grants *grants, const char *path,
				     enum ks_store_use use)
{
	static const char *const endings[] = { "-wal", "-shm", "-journal" };
	KS_TRY(ks_grants_add(grants, path, use == KS_STORE_CHANGED ? BOTH : KS_GRANT_READ));
	for (size_t i = 0; i < KS_ARRAY_LEN(endings); i++)
		KS_TRY(add_joined(grants, path, strlen(path), endings[i],
				  use == KS_STORE_LOOKED_AT ? KS_GRANT_READ : BOTH));
	return NULL;
}

/** The path without links, as far as it exists, which is what SQLite opens. @return to be freed; NULL: there is none */
static char *resolved(const char *path)
{
	char *joined = NULL;
	for (size_t end = strlen(path);;) {
		_cleanup_free_ char *folder =
			end ? strndup(path, end) : strdup(path[0] == '/' ? "/" : ".");
		_cleanup_free_ char *real = folder ? realpath(folder, NULL) : NULL;
		if (real && asprintf(&joined, "%s/%s", real, path + end) < 0)
			joined = NULL;
		if (real || !end)
			return joined;
		while (end && path[end - 1] == '/')
			end--;
		while (end && path[end - 1] != '/')
			end--;
	}
}

static struct ks_error *add_store(struct ks_grants *grants, const char *path, enum ks_store_use use)
{
	KS_TRY(add_store_at(grants, path, use));
	_cleanup_free_ char *real = resolved(path);
	return real ? add_store_at(grants, real, use) : NULL;
}

/** What is kept of a catalogue on a server: made and tidied up here, for the worker sees only its own files. */
static struct ks_error *add_cache(struct ks_grants *grants, const char *url)
{
	_cleanup_free_ char *prefix = ks_pages_cache_prefix(url);
	if (!prefix)
		return NULL;
	ks_pages_cache_tidy(prefix);
	return ks_grants_add(grants, prefix, BOTH | KS_GRANT_BEGINNING);
}

/** Whether a path may lead to something packed: all but ELF files may. */
static bool may_be_packed(const char *path)
{
	char magic[4];
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return true; // a pipe that is opened and closed is lost for who writes into it
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return strcmp(path, "-") == 0;
	bool is_elf = pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
		      memcmp(magic, "\177ELF", sizeof(magic)) == 0;
	close(fd);
	return !is_elf;
}

/** Where the kernel lies whose debug information was kept apart: "vmlinux" for "vmlinux.debug". */
static struct ks_error *add_kernel_of(struct ks_sandbox_files *files, const char *path)
{
	static const char ending[] = ".debug", root[] = "/usr/lib/debug";
	size_t len = strlen(path), n = sizeof(ending) - 1;
	bool ends = len > n && strcmp(path + len - n, ending) == 0;
	len -= ends ? n : 0;
	if (ends)
		KS_TRY(add_joined(&files->grants, path, len, "", KS_GRANT_READ));
	if (strncmp(path, root, sizeof(root) - 1) != 0 || path[sizeof(root) - 1] != '/')
		return NULL;
	path += sizeof(root) - 1;
	return add_joined(&files->grants, path, len - (sizeof(root) - 1), "", KS_GRANT_READ);
}

/** Something to read, with what is looked for beside it. */
static struct ks_error *add_input(struct ks_sandbox_files *files, const char *path)
{
	static const char *const beside[] = { "config-", "System.map-", "ksurf.toml" };
	const char *slash = strrchr(path, '/');
	size_t folder = slash ? (size_t)(slash + 1 - path) : 0;
	KS_TRY(ks_grants_add(&files->grants, path, FILES));
	KS_TRY(add_kernel_of(files, path));
	for (size_t i = 0; i < KS_ARRAY_LEN(beside); i++)
		KS_TRY(add_joined(&files->grants, path, folder, beside[i],
				  KS_GRANT_READ | KS_GRANT_BEGINNING));
	files->packed = files->packed || may_be_packed(path);
	return NULL;
}

/** A file that is written under another name first. */
static struct ks_error *add_result(struct ks_sandbox_files *files, const char *path)
{
	KS_TRY(ks_grants_add(&files->grants, path, BOTH));
	return add_joined(&files->grants, path, strlen(path), KS_RESULT_ENDING, BOTH);
}

/** A path of the command line, by what its option or its place says. */
static struct ks_error *add_path(struct ks_sandbox_files *files, const char *path, bool output)
{
	return output ? ks_grants_add(&files->grants, path, OUTPUT) : add_input(files, path);
}

static struct ks_error *add_options(const struct ks_sandbox_job *job,
				    struct ks_sandbox_files *files)
{
	for (const struct ks_opt *o = job->cmd->opts; o && o->name; o++) {
		bool output = o->type == KS_OPT_OUTPUT;
		bool result = o->type == KS_OPT_RESULT;
		if (!output && !result && o->type != KS_OPT_INPUT && o->type != KS_OPT_TEXT)
			continue;
		const char *value = *(const char *const *)((const char *)job->opts + o->offset);
		if (value && result)
			KS_TRY(add_result(files, value));
		else if (value && o->type != KS_OPT_TEXT)
			KS_TRY(add_path(files, value, output));
		if (value && o->documents && strcmp(value, "png") == 0)
			files->pictures = true;
	}
	return NULL;
}

/** By the words that say what the arguments are. */
static struct ks_error *add_arguments(const struct ks_sandbox_job *job,
				      struct ks_sandbox_files *files)
{
	const char *word = job->cmd->complete;
	for (int i = 0; i < job->argc; i++) {
		size_t len = strcspn(word, " ");
		bool output = len == 3 && strncmp(word, "dir", len) == 0;
		if (output || (len == 4 && strncmp(word, "file", len) == 0))
			KS_TRY(add_path(files, job->argv[i], output));
		if (len == 5 && strncmp(word, "store", len) == 0)
			KS_TRY(add_store(&files->grants, job->argv[i], KS_STORE_CHANGED));
		if (word[len])
			word += len + 1;
	}
	return NULL;
}

static bool names_live(const char *text)
{
	return strstr(text, "live") || strstr(text, "running");
}

/** Whether the running kernel may be meant. */
static bool wants_live(const struct ks_sandbox_job *job)
{
	bool wanted = false;
	for (int i = 0; i < job->argc; i++)
		wanted = wanted || names_live(job->argv[i]);
	for (const struct ks_opt *o = job->cmd->opts; o && o->name; o++) {
		const void *at = (const char *)job->opts + o->offset;
		if (o->type == KS_OPT_FLAG && names_live(o->name))
			wanted = wanted || *(const bool *)at;
		if (o->type == KS_OPT_TEXT && *(const char *const *)at)
			wanted = wanted || names_live(*(const char *const *)at);
	}
	return wanted;
}

/** The user's tables of sets, which words for images may be of. */
static struct ks_error *add_tables(struct ks_grants *grants)
{
	char path[KS_SETS_PATH_MAX];
	for (unsigned int i = 0; i < KS_SETS_PATHS; i++)
		if (ks_sets_path(i, path, sizeof(path)))
			KS_TRY(ks_grants_add(grants, path, KS_GRANT_READ));
	return NULL;
}

struct ks_error *ks_sandbox_files_find(const struct ks_sandbox_job *job, bool fetched,
				       struct ks_sandbox_files *files)
{
	struct ks_grants *grants = &files->grants;
	KS_TRY(add_fixed(grants, system_files, KS_ARRAY_LEN(system_files)));
	files->fetched = fetched;
	KS_TRY(add_temporary(grants));
	if (job->db && ks_http_serves(job->db)) {
		KS_TRY(add_cache(grants, job->db));
		KS_TRY(add_tables(grants));
	} else if (job->db) {
		KS_TRY(add_store(grants, job->db, job->use));
		files->store = ks_grants_path(grants, job->db);
		KS_TRY(add_tables(grants));
	}
	KS_TRY(add_options(job, files));
	KS_TRY(add_arguments(job, files));
	if (job->cmd->opens & KS_OPENS_POLICY)
		KS_TRY(ks_grants_add(grants, "ksurf.toml", KS_GRANT_READ));
	if ((job->cmd->opens & KS_OPENS_LIVE) && wants_live(job))
		KS_TRY(add_fixed(grants, live_files, KS_ARRAY_LEN(live_files)));
	if (files->pictures)
		KS_TRY(add_fixed(grants, font_files, KS_ARRAY_LEN(font_files)));
	return NULL;
}
