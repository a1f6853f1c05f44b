/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/text/html.h"

#include "base/url.h"
#include "surface/kind.h"

void ks_html_lines(struct ks_buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		const char *end = memchr(text + i, '\n', len - i);
		size_t line = end ? (size_t)(end - text) - i : len - i;
		ks_text_write(out, KS_TEXT_MARKUP, text + i, line);
		if (end)
			ks_buf_char(out, '\n');
		i += line + (end != NULL);
	}
}

void ks_html_begin(struct ks_buf *out, const char *title)
{
	ks_buf_str(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
			"<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
	ks_html_text(out, title);
	ks_buf_str(out, "</title>\n<style>\n");
	ks_buf_str(out, ks_html_style);
	ks_buf_str(out, "</style></head><body><main>\n");
}

void ks_html_end(struct ks_buf *out)
{
	ks_buf_str(out, "</main></body></html>\n");
}

void ks_html_address(struct ks_buf *out, enum ks_kind kind, const char *name, const char *label)
{
	ks_buf_printf(out, "/%s/", ks_kinds[kind].name);
	ks_url_encode(out, name, strlen(name));
	if (label) {
		ks_buf_char(out, '@');
		ks_url_encode(out, label, strlen(label));
	}
}
