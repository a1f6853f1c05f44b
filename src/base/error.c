/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

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

struct ks_error *ks_error_copy(const struct ks_error *err)
{
	if (!err || err == &ks_nomem)
		return err ? &ks_nomem : NULL;
	struct ks_error *copy = ks_error_new(err->code, "%s", err->msg);
	if (copy == &ks_nomem)
		return copy;
	copy->section = err->section;
	copy->offset = err->offset;
	copy->is_gone = err->is_gone;
	copy->is_replaced = err->is_replaced;
	return err->file ? ks_error_in_file(copy, err->file) : copy;
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
	struct ks_buf text = { 0 };
	if (err->file)
		ks_buf_printf(&text, "%s: ", err->file);
	if (err->section)
		ks_buf_printf(&text, "%s+0x%" PRIx64 ": ", err->section, err->offset);
	ks_buf_str(&text, err->msg);
	ks_text_tail(&text, 0, KS_TEXT_LINE);
	if (!ks_buf_text(&text))
		ks_buf_deinit(&text);
	return text.at;
}

void ks_error_free(struct ks_error *err)
{
	if (!err || err == &ks_nomem)
		return;
	free(err->msg);
	free(err->file);
	free(err);
}

void ks_error_keep_first(struct ks_error **first, struct ks_error *err)
{
	if (*first)
		ks_error_free(err);
	else
		*first = err;
}
