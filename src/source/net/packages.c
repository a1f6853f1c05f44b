/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "source/net/packages.h"

const char *ks_stanza_value(const char *text, const char *name)
{
	size_t len = strlen(name);
	for (const char *p = text; (p = strstr(p, name)); p += len)
		if ((p == text || p[-1] == '\n') && p[len] == ':')
			return p + len + 1 + strspn(p + len + 1, " ");
	return NULL;
}

char *ks_stanza_field(const char *text, const char *name)
{
	const char *value = ks_stanza_value(text, name);
	return value ? strndup(value, strcspn(value, "\r\n")) : NULL;
}

/** Cut off the stanza that a text begins with. @return what follows; NULL: it was the last */
static char *cut_stanza(char *text)
{
	char *next = strstr(text, "\n\n");
	if (!next)
		return NULL;
	*next = '\0';
	for (next += 2; *next == '\n'; next++)
		;
	return next;
}

struct ks_error *ks_packages_add(struct ks_packages *packages, struct ks_buf *text)
{
	bool whole = ks_buf_text(text);
	char *at = ks_take(text->at);
	*text = (struct ks_buf){ 0 };
	if (!whole || !ks_vector_add(&packages->texts, at)) {
		free(at);
		return &ks_nomem;
	}
	for (char *next; at && *at; at = next) {
		next = cut_stanza(at);
		const char *name = ks_stanza_value(at, "Package");
		size_t len = name ? strcspn(name, "\r\n") : 0;
		const struct ks_stanza stanza = { name, len, at };
		if (len && !ks_vector_add(&packages->list, stanza))
			return &ks_nomem;
	}
	return NULL;
}

struct ks_stanza ks_packages_find(const struct ks_packages *packages, const char *name, size_t len,
				  const char *version)
{
	struct ks_stanza best = { 0 };
	char *best_version = NULL;
	for (size_t i = 0; i < packages->list.len; i++) {
		const struct ks_stanza *stanza = &packages->list.at[i];
		if (stanza->name_len != len || memcmp(stanza->name, name, len) != 0)
			continue;
		char *has = ks_stanza_field(stanza->text, "Version");
		bool better = has && (version ? strcmp(has, version) == 0
					      : !best_version ||
							ks_repo_version_compare(packages->kind, has,
										best_version) > 0);
		if (better) {
			best = *stanza;
			free(best_version);
			best_version = ks_take(has);
		}
		free(has);
	}
	free(best_version);
	return best;
}

void ks_packages_deinit(struct ks_packages *packages)
{
	for (size_t i = 0; i < packages->texts.len; i++)
		free(packages->texts.at[i]);
	ks_vector_deinit(&packages->texts);
	ks_vector_deinit(&packages->list);
}
