/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "arch/arch.h"
#include "source/net/apt.h"
#include "source/net/spawn.h"

/** Apt's complaint ("E: …", its first one), or the exit status when it made none. */
static struct ks_error *complaint(const char *program, const struct ks_spawn *run)
{
	const char *text = strstr(run->err.at, "E: ");
	if (!text)
		return ks_error_new(KS_ERR_NOTFOUND, "%s failed with status %d", program,
				    run->status);
	text += 3;
	return ks_error_new(KS_ERR_NOTFOUND, "%s: %.*s", program, (int)strcspn(text, "\n"), text);
}

/** A line of --print-uris: 'URL' file-name size HASH:digest */
static struct ks_error *parse_uri(const char *line, struct ks_remote *ret)
{
	_cleanup_remote_ struct ks_remote remote = { 0 };
	const char *quote = *line == '\'' ? strchr(line + 1, '\'') : NULL;
	unsigned long long size;
	char file[256], hash[160] = ""; // a repository that nobody vouches for may give no hash
	if (!quote || sscanf(quote + 1, " %255s %llu %159s", file, &size, hash) < 2)
		return ks_error_new(KS_ERR_UNSUPPORTED, "apt-get answers in a form not known: %.*s",
				    (int)strcspn(line, "\n"), line);
	remote.url = strndup(line + 1, (size_t)(quote - line - 1));
	remote.size = size;
	if (!strncasecmp(hash, "SHA256:", 7))
		remote.sha256 = strdup(hash + 7);
	const char *version = strchr(file, '_'); // NAME_VERSION_ARCH.deb
	if (version)
		remote.version = strndup(version + 1, strcspn(version + 1, "_"));
	if (!remote.url)
		return &ks_nomem;
	*ret = remote;
	remote = (struct ks_remote){ 0 };
	return NULL;
}

struct ks_error *ks_apt_resolve(const char *package, struct ks_remote *ret)
{
	const char *const argv[] = { "apt-get", "download", "--print-uris", "--", package, NULL };
	_cleanup_spawn_ struct ks_spawn run = { 0 };
	KS_TRY(ks_spawn_run(argv, -1, &run));
	if (run.status || !run.out.len)
		return complaint(argv[0], &run);
	return parse_uri(run.out.at, ret);
}

struct ks_error *ks_apt_show(const char *package, struct ks_buf *ret)
{
	const char *const argv[] = {
		"apt-cache", "show", "--no-all-versions", "--", package, NULL
	};
	_cleanup_spawn_ struct ks_spawn run = { 0 };
	KS_TRY(ks_spawn_run(argv, -1, &run));
	*ret = run.out;
	run.out = (struct ks_buf){ 0 };
	return NULL;
}

static bool known(const struct ks_apt_repos *repos, const struct ks_apt_repo *repo)
{
	for (size_t i = 0; i < repos->list.len; i++)
		if (!strcmp(repos->list.at[i].uri, repo->uri) &&
		    !strcmp(repos->list.at[i].codename, repo->codename))
			return true;
	return false;
}

static void repo_deinit(struct ks_apt_repo *repo)
{
	free(repo->uri);
	free(repo->suite);
	free(repo->codename);
	free(repo->entry);
}

struct ks_error *ks_apt_repos(struct ks_apt_repos *ret)
{
	const char *const argv[] = { "apt-get",
				     "indextargets",
				     "--format",
				     "$(REPO_URI) $(SUITE) $(RELEASE) $(TRUSTED) $(SOURCESENTRY)",
				     "Created-By: Packages",
				     NULL };
	_cleanup_spawn_ struct ks_spawn run = { 0 };
	KS_TRY(ks_spawn_run(argv, -1, &run));
	if (run.status)
		return complaint(argv[0], &run);
	_cleanup_apt_repos_ struct ks_apt_repos repos = { 0 };
	char *save, *line = strtok_r(run.out.at, "\n", &save);
	for (; line; line = strtok_r(NULL, "\n", &save)) {
		struct ks_apt_repo repo = { 0 };
		char trusted[16] = "";
		bool read = sscanf(line, "%ms %ms %ms %15s %m[^\n]", &repo.uri, &repo.suite,
				   &repo.codename, trusted, &repo.entry) >= 4;
		repo.is_trusted = strcmp(trusted, "yes") == 0;
		if (!read || known(&repos, &repo)) {
			repo_deinit(&repo);
		} else if (!ks_vector_add(&repos.list, repo)) {
			repo_deinit(&repo);
			return &ks_nomem;
		}
	}
	*ret = repos;
	repos = (struct ks_apt_repos){ 0 };
	return NULL;
}

bool ks_apt_trusts(const struct ks_apt_repos *repos, const char *url)
{
	size_t longest = 0;
	bool trusts = false;
	for (size_t i = 0; i < repos->list.len; i++) {
		const struct ks_apt_repo *repo = &repos->list.at[i];
		size_t len = strlen(repo->uri);
		if (strncmp(url, repo->uri, len) != 0 || len < longest)
			continue;
		// of several suites there, one that is not believed is enough to doubt
		trusts = repo->is_trusted && (trusts || len > longest);
		longest = len;
	}
	return trusts;
}

void ks_apt_repos_deinit(struct ks_apt_repos *repos)
{
	for (size_t i = 0; i < repos->list.len; i++)
		repo_deinit(&repos->list.at[i]);
	ks_vector_deinit(&repos->list);
}

char *ks_apt_setting(const char *name)
{
	const char *const argv[] = { "apt-config", "dump", "--no-empty", "--format",
				     "%v%n",	   name,   NULL };
	_cleanup_spawn_ struct ks_spawn run = { 0 };
	struct ks_error *err = ks_spawn_run(argv, -1, &run);
	ks_error_free(err);
	if (err || run.status || !run.out.len || run.out.at[0] == '\n')
		return NULL;
	return strndup(run.out.at, strcspn(run.out.at, "\n"));
}

char *ks_apt_native_arch(void)
{
	char *set = ks_apt_setting("APT::Architecture");
	if (set)
		return set;
	struct utsname u;
	if (uname(&u) < 0)
		return strdup("amd64");
	const struct ks_arch *arch = ks_arch_by_uname(u.machine);
	return strdup(arch ? arch->debian : u.machine);
}

/* ---- where a package is ---- */

/** Whether a line of madison, "NAME | VERSION | INDEX", is of a version and an index. */
static bool is_in_index(const char *line, const char *version, const char *index)
{
	size_t len = strlen(version), end = strcspn(line, "\n"), n = strlen(index);
	const char *at = memchr(line, '|', end);
	if (!at)
		return false;
	at += 1 + strspn(at + 1, " ");
	const char *second = memchr(at, '|', end - (size_t)(at - line));
	if (!second || strncmp(at, version, len) != 0 || strspn(at + len, " |") == 0)
		return false;
	second += 1 + strspn(second + 1, " ");
	return (size_t)(line + end - second) == n && memcmp(second, index, n) == 0;
}

static bool lists(const char *madison, const char *version, const char *index)
{
	for (const char *line = madison; line && *line;) {
		if (is_in_index(line, version, index))
			return true;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return false;
}

/** A line of index targets: whether it is believed, origin, codename and how madison calls it, with tabs between. */
static struct ks_error *take_target(char *line, const char *madison, const char *version,
				    struct ks_apt_origins *origins)
{
	const char *trusted = strsep(&line, "\t"), *origin = strsep(&line, "\t");
	const char *codename = strsep(&line, "\t");
	if (!line || strcmp(trusted, "yes") != 0 || !lists(madison, version, line))
		return NULL;
	struct ks_apt_origin found = { strdup(origin), strdup(codename) };
	if (found.origin && found.codename && ks_vector_add(&origins->list, found))
		return NULL;
	free(found.origin);
	free(found.codename);
	return &ks_nomem;
}

struct ks_error *ks_apt_origins(const char *package, const char *version,
				struct ks_apt_origins *ret)
{
	const char *const madison[] = { "apt-cache", "madison", "--", package, NULL };
	const char *const targets[] = { "apt-get",
					"indextargets",
					"--format",
					"$(TRUSTED)\t$(ORIGIN)\t$(CODENAME)\t$(DESCRIPTION)",
					"Created-By: Packages",
					NULL };
	_cleanup_spawn_ struct ks_spawn where = { 0 }, which = { 0 };
	_cleanup_apt_origins_ struct ks_apt_origins origins = { 0 };
	KS_TRY(ks_spawn_run(madison, -1, &where));
	KS_TRY(ks_spawn_run(targets, -1, &which));
	char *save, *line = which.status ? NULL : strtok_r(which.out.at, "\n", &save);
	for (; line; line = strtok_r(NULL, "\n", &save))
		KS_TRY(take_target(line, where.out.at, version, &origins));
	*ret = origins;
	origins = (struct ks_apt_origins){ 0 };
	return NULL;
}

void ks_apt_origins_deinit(struct ks_apt_origins *origins)
{
	for (size_t i = 0; i < origins->list.len; i++) {
		free(origins->list.at[i].origin);
		free(origins->list.at[i].codename);
	}
	ks_vector_deinit(&origins->list);
}
