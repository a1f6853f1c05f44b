/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/vector.h"
#include "surface/config.h"

/** One line; false when it sets no option or memory ran out (then the value is NULL). */
static bool read_option(struct ks_arena *arena, const char *line, size_t len, struct ks_option *ret)
{
	static const char unset[] = " is not set";
	const size_t unset_len = sizeof(unset) - 1;
	const char *value = "n", *name = line;
	size_t value_len = 1, name_len;
	if (len > 2 + unset_len && memcmp(line, "# ", 2) == 0 &&
	    memcmp(line + len - unset_len, unset, unset_len) == 0) {
		name = line + 2;
		name_len = len - 2 - unset_len;
	} else {
		const char *equals = memchr(line, '=', len);
		if (!equals)
			return false;
		name_len = (size_t)(equals - line);
		value = equals + 1;
		value_len = len - name_len - 1;
	}
	if (name_len < 8 || memcmp(name, "CONFIG_", 7) != 0)
		return false;
	ret->name = ks_arena_strndup(arena, name, name_len);
	ret->value = ks_arena_strndup(arena, value, value_len);
	return true;
}

struct ks_error *ks_config_read(struct ks_surface *surface, struct ks_arena *arena,
				const char *text)
{
	KS_VECTOR(struct ks_option) options = { 0 };
	bool good = true;
	for (const char *line = text; good && *line;) {
		size_t len = strcspn(line, "\n");
		struct ks_option option;
		if (read_option(arena, line, len, &option))
			good = option.name && option.value && ks_vector_add(&options, option);
		line += len + (line[len] == '\n');
	}
	struct ks_option *copy = good ? ks_arena_array(arena, options.len, sizeof(*copy)) : NULL;
	if (copy && options.len)
		memcpy(copy, options.at, options.len * sizeof(*copy));
	surface->options = copy;
	surface->nr_options = copy ? options.len : 0;
	surface->config = ks_arena_strdup(arena, text);
	surface->known |= KS_KNOWS(KS_CONFIG);
	ks_vector_deinit(&options);
	return copy && surface->config ? NULL : &ks_nomem;
}
