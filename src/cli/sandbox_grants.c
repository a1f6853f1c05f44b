/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths that may be opened, compared as text: what lies behind a name is the file system's business. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/sandbox.h"

/** Append the parts of a path, but for "." and nothing. */
static char *append_parts(char *to, const char *path)
{
	while (*path) {
		size_t len = strcspn(path, "/");
		if (len && !(len == 1 && path[0] == '.')) {
			*to++ = '/';
			memcpy(to, path, len);
			to += len;
		}
		path += len + (path[len] == '/');
	}
	*to = '\0';
	return to;
}

char *ks_grants_path(const struct ks_grants *grants, const char *path)
{
	size_t here = path[0] != '/' && grants->here ? strlen(grants->here) : 0;
	char *whole = malloc(here + strlen(path) + 3);
	if (!whole)
		return NULL;
	char *end = append_parts(whole, here ? grants->here : "");
	if (append_parts(end, path) == whole)
		strcpy(whole, "/");
	return whole;
}

struct ks_error *ks_grants_add(struct ks_grants *grants, const char *path, unsigned int rights)
{
	if (!grants->here && path[0] != '/')
		grants->here = getcwd(NULL, 0); // when it is gone, no relative path leads anywhere
	struct ks_grant grant = { ks_grants_path(grants, path), rights };
	if (grant.path && ks_vector_add(&grants->list, grant))
		return NULL;
	free(grant.path);
	return &ks_nomem;
}

/** Whether the text has no part "..". */
static bool stays_below(const char *rest)
{
	for (const char *dots = rest; (dots = strstr(dots, "/..")); dots++)
		if (!dots[3] || dots[3] == '/')
			return false;
	return true;
}

static bool covers(const struct ks_grant *grant, const char *path)
{
	size_t len = strlen(grant->path);
	if (strncmp(path, grant->path, len) != 0)
		return false;
	const char *rest = path + len;
	if (!*rest)
		return true;
	if (grant->rights & KS_GRANT_BEGINNING)
		return !strchr(rest, '/');
	bool below = *rest == '/' || !grant->path[1]; // "/" ends with its own slash
	return below && (grant->rights & KS_GRANT_BELOW) && stays_below(rest);
}

bool ks_grants_allow(const struct ks_grants *grants, const char *path, enum ks_grant_right right)
{
	for (size_t i = 0; i < grants->list.len; i++)
		if ((grants->list.at[i].rights & right) && covers(&grants->list.at[i], path))
			return true;
	return false;
}

bool ks_grants_lead_to(const struct ks_grants *grants, const char *path, unsigned int rights)
{
	size_t len = strlen(path);
	for (size_t i = 0; i < grants->list.len; i++) {
		const struct ks_grant *grant = &grants->list.at[i];
		bool above = strncmp(grant->path, path, len) == 0 &&
			     (grant->path[len] == '/' || !path[1]);
		if (above && (!rights || (grant->rights & rights)))
			return true;
	}
	return false;
}

void ks_grants_deinit(struct ks_grants *grants)
{
	for (size_t i = 0; i < grants->list.len; i++)
		free(grants->list.at[i].path);
	ks_vector_deinit(&grants->list);
	free(grants->here);
	grants->here = NULL;
}
