/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors, options and progress, as they cross the border of the library. */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"

struct ksurf_error {
	enum ksurf_code code;
	char *text;
};
struct ksurf_error ks_api_nomem = { KSURF_ERR_NOMEM, "out of memory" };

_Static_assert((int)KSURF_ERR_NOMEM == (int)KS_ERR_NOMEM && (int)KSURF_ERR_IO == (int)KS_ERR_IO &&
		       (int)KSURF_ERR_NET == (int)KS_ERR_NET &&
		       (int)KSURF_ERR_CANCELLED == (int)KS_ERR_CANCELLED,
	       "the public codes are the internal ones");

const char *ksurf_version(void)
{
	return KSURF_VERSION;
}

struct ksurf_error *ks_api_publish(struct ks_error *err)
{
	if (!err)
		return NULL;
	struct ksurf_error *ret = malloc(sizeof(*ret));
	char *text = ret ? ks_error_text(err) : NULL;
	if (text)
		*ret = (struct ksurf_error){ (enum ksurf_code)err->code, text };
	ks_error_free(err);
	if (text)
		return ret;
	free(ret);
	return &ks_api_nomem;
}

struct ksurf_error *ks_api_publish_text(struct ks_error *err, struct ks_buf *out, char **text,
					size_t *len)
{
	if (!err && !ks_buf_text(out))
		err = &ks_nomem;
	if (err)
		return ks_api_publish(err);
	if (len)
		*len = out->len;
	*text = ks_take(out->at);
	return NULL;
}

enum ksurf_code ksurf_error_code(const struct ksurf_error *err)
{
	return err->code;
}

const char *ksurf_error_text(const struct ksurf_error *err)
{
	return err->text;
}

void ksurf_error_free(struct ksurf_error *err)
{
	if (!err || err == &ks_api_nomem)
		return;
	free(err->text);
	free(err);
}

struct ks_error *ks_api_options(void *own, size_t own_size, const void *theirs)
{
	size_t size;
	if (!theirs)
		return NULL;
	memcpy(&size, theirs, sizeof(size));
	if (size < sizeof(size))
		return ks_error_new(KS_ERR_USAGE, "options must begin with their own size");
	for (size_t i = own_size; i < size; i++)
		if (((const uint8_t *)theirs)[i])
			return ks_error_new(KS_ERR_USAGE,
					    "an option that this version of the library does not "
					    "know was given");
	memcpy(own, theirs, size < own_size ? size : own_size);
	return NULL;
}

struct ks_error *ks_api_tell(const struct ks_api_progress *progress, const char *what,
			     uint64_t done, uint64_t total)
{
	if (progress->fn && progress->fn(what, done, total, progress->arg) != 0)
		return ks_error_new(KS_ERR_CANCELLED, "cancelled while %s", what);
	return NULL;
}
