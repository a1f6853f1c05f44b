/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

struct ks_error ks_nomem = {
	.code = KS_ERR_NOMEM,
	.msg = (char *)"out of memory",
};

struct ks_error *ks_error_new(enum ks_errcode code, const char *fmt, ...)
{
	struct ks_error *err = calloc(1, sizeof(*err));
	if (!err)
		return &ks_nomem;
	err->code = code;
	va_list ap;
	va_start(ap, fmt);
	int n = vasprintf(&err->msg, fmt, ap);
	va_end(ap);
	if (n < 0) {
		free(err);
		return &ks_nomem;
	}
	return err;
}

struct ks_error *ks_error_in_file(struct ks_error *err, const char *file)
{
	if (err && err != &ks_nomem && !err->file)
		err->file = strdup(file); // out of memory: we lose the place, not the error
	return err;
}

struct ks_error *ks_error_at(struct ks_error *err, const char *section, uint64_t offset)
{
	if (err && err != &ks_nomem && !err->section) {
		err->section = section;
		err->offset = offset;
	}
	return err;
}

struct ks_error *ks_error_wrap(struct ks_error *err, const char *fmt, ...)
{
	if (!err || err == &ks_nomem)
		return err;
	char *head = NULL, *msg = NULL;
	va_list ap;
	va_start(ap, fmt);
	if (vasprintf(&head, fmt, ap) < 0)
		head = NULL;
	va_end(ap);
	if (head && asprintf(&msg, "%s: %s", head, err->msg) >= 0) {
		free(err->msg);
		err->msg = msg;
	}
	free(head);
	return err;
}

char *ks_error_text(const struct ks_error *err)
{
	char *text = NULL;
	int n;
	if (err->file && err->section)
		n = asprintf(&text, "%s: %s+0x%" PRIx64 ": %s", err->file, err->section,
			     err->offset, err->msg);
	else if (err->section)
		n = asprintf(&text, "%s+0x%" PRIx64 ": %s", err->section, err->offset, err->msg);
	else if (err->file)
		n = asprintf(&text, "%s: %s", err->file, err->msg);
	else
		n = asprintf(&text, "%s", err->msg);
	return n < 0 ? NULL : text;
}

void ks_error_free(struct ks_error *err)
{
	if (!err || err == &ks_nomem)
		return;
	free(err->msg);
	free(err->file);
	free(err);
}
