/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/format.h"

#include <string.h>

#include "base/edit_distance.h"

const struct ks_format_info ks_formats[KS_NR_FORMATS] = {
	[KS_FORMAT_TERMINAL] = { "terminal", { "term", "text" }, ".txt", "text/plain" },
	[KS_FORMAT_MD] = { "md", { NULL }, ".md", "text/markdown" },
	[KS_FORMAT_MD_FULL] = { "md-full", { NULL }, ".md", "text/markdown" },
	[KS_FORMAT_JSON] = { "json", { NULL }, ".json", "application/json" },
	[KS_FORMAT_HTML] = { "html", { NULL }, ".html", "text/html" },
	[KS_FORMAT_CSV] = { "csv", { NULL }, ".csv", "text/csv" },
	[KS_FORMAT_SARIF] = { "sarif", { NULL }, ".sarif", "application/sarif+json" },
	[KS_FORMAT_JUNIT] = { "junit", { NULL }, ".xml", "application/xml" },
	[KS_FORMAT_GITHUB] = { "github", { NULL }, ".txt", "text/plain" },
	[KS_FORMAT_SVG] = { "svg", { NULL }, ".svg", "image/svg+xml" },
	[KS_FORMAT_PNG] = { "png", { NULL }, ".png", "image/png" },
	[KS_FORMAT_DEPSURF] = { "depsurf", { NULL }, ".jsonl", "application/jsonl" },
};

const struct ks_document_info ks_documents[KS_NR_DOCUMENTS] = {
	[KS_DOCUMENT_SHOW] = { "show",
			       { KS_FORMAT_TERMINAL, KS_FORMAT_MD, KS_FORMAT_MD_FULL,
				 KS_FORMAT_JSON, KS_FORMAT_HTML, KS_NR_FORMATS } },
	[KS_DOCUMENT_LOG] = { "log", { KS_FORMAT_TERMINAL, KS_FORMAT_JSON, KS_NR_FORMATS } },
	[KS_DOCUMENT_DIFF] = { "diff",
			       { KS_FORMAT_TERMINAL, KS_FORMAT_MD, KS_FORMAT_JSON, KS_FORMAT_HTML,
				 KS_NR_FORMATS } },
	[KS_DOCUMENT_DEPS] = { "deps",
			       { KS_FORMAT_TERMINAL, KS_FORMAT_JSON, KS_FORMAT_DEPSURF,
				 KS_NR_FORMATS } },
	[KS_DOCUMENT_COUNTS] = { "counts",
				 { KS_FORMAT_TERMINAL, KS_FORMAT_JSON, KS_FORMAT_CSV, KS_FORMAT_MD,
				   KS_NR_FORMATS } },
	[KS_DOCUMENT_CHECK] = { "check",
				{ KS_FORMAT_TERMINAL, KS_FORMAT_MD, KS_FORMAT_JSON, KS_FORMAT_HTML,
				  KS_FORMAT_SARIF, KS_FORMAT_JUNIT, KS_FORMAT_GITHUB,
				  KS_NR_FORMATS } },
	[KS_DOCUMENT_EXPLAIN] = { "explain",
				  { KS_FORMAT_TERMINAL, KS_FORMAT_JSON, KS_NR_FORMATS } },
	[KS_DOCUMENT_STATS] = { "stats",
				{ KS_FORMAT_TERMINAL, KS_FORMAT_CSV, KS_FORMAT_JSON, KS_FORMAT_MD,
				  KS_NR_FORMATS } },
	[KS_DOCUMENT_PICTURES] = { "pictures", { KS_FORMAT_SVG, KS_FORMAT_PNG, KS_NR_FORMATS } },
	[KS_DOCUMENT_EXPORT] = { "export", { KS_FORMAT_DEPSURF, KS_NR_FORMATS } },
	[KS_DOCUMENT_IMAGES] = { "images", { KS_FORMAT_TERMINAL, KS_FORMAT_JSON, KS_NR_FORMATS } },
};

bool ks_format_has(enum ks_document document, enum ks_format format)
{
	const enum ks_format *formats = ks_documents[document].formats;
	while (*formats != KS_NR_FORMATS && *formats != format)
		formats++;
	return format != KS_NR_FORMATS && *formats == format;
}

/** The formats of some documents, each once, in the order of the documents. @return how many */
static size_t gather(uint32_t documents, enum ks_format ret[KS_NR_FORMATS])
{
	uint32_t taken = 0;
	size_t nr = 0;
	for (enum ks_document document = 0; document < KS_NR_DOCUMENTS; document++) {
		const enum ks_format *format = ks_documents[document].formats;
		if (!(documents & KS_DOCUMENT_BIT(document)))
			continue;
		for (; *format != KS_NR_FORMATS; format++) {
			if (!(taken & 1u << *format))
				ret[nr++] = *format;
			taken |= 1u << *format;
		}
	}
	return nr;
}

void ks_format_list(uint32_t documents, const char *between, const char *last, struct ks_buf *out)
{
	enum ks_format formats[KS_NR_FORMATS];
	size_t nr = gather(documents, formats);
	for (size_t i = 0; i < nr; i++) {
		if (i)
			ks_buf_str(out, i + 1 < nr ? between : last);
		ks_buf_str(out, ks_formats[formats[i]].name);
	}
}

/** How far a word is from the nearest spelling of a format. */
static unsigned int distance(const struct ks_format_info *info, const char *word,
			     unsigned int limit)
{
	unsigned int best = ks_edit_distance(word, info->name, limit);
	for (size_t i = 0; info->aliases[i]; i++) {
		unsigned int other = ks_edit_distance(word, info->aliases[i], limit);
		best = other < best ? other : best;
	}
	return best;
}

/** The format of that spelling, whoever has it; KS_NR_FORMATS when nobody does. */
static enum ks_format spelled(const char *word)
{
	enum ks_format format = 0;
	while (format < KS_NR_FORMATS && distance(&ks_formats[format], word, 0) > 0)
		format++;
	return format;
}

/** Append which of some formats a mistyped word is nearest to, if one is near. */
static void suggest(const enum ks_format *formats, size_t nr, const char *word, struct ks_buf *out)
{
	unsigned int best = strlen(word) < 4 ? 2 : 3; // fewer letters than that may differ
	const char *name = NULL;
	for (size_t i = 0; i < nr; i++) {
		unsigned int far = distance(&ks_formats[formats[i]], word, best);
		if (far < best) {
			best = far;
			name = ks_formats[formats[i]].name;
		}
	}
	if (name)
		ks_buf_printf(out, "; did you mean %s?", name);
}

/** @param known others have a format of that name */
static struct ks_error *refuse(uint32_t documents, const char *word, bool known)
{
	enum ks_format formats[KS_NR_FORMATS];
	size_t nr = gather(documents, formats);
	enum ks_document first = 0;
	while (!(documents & KS_DOCUMENT_BIT(first)))
		first++;
	_cleanup_buf_ struct ks_buf all = { 0 };
	ks_format_list(documents, ", ", ", ", &all);
	suggest(formats, nr, word, &all);
	const char *text = ks_buf_text(&all);
	if (!text)
		return &ks_nomem;
	return ks_error_new(KS_ERR_USAGE, "'%s' is no format%s%s; there %s %s", word,
			    known ? " of " : "", known ? ks_documents[first].name : "",
			    nr == 1 ? "is" : "are", text);
}

struct ks_error *ks_format_expect(enum ks_document document, enum ks_format format)
{
	if (ks_format_has(document, format))
		return NULL;
	return refuse(KS_DOCUMENT_BIT(document), ks_formats[format].name, true);
}

struct ks_error *ks_format_find(uint32_t documents, const char *word, enum ks_format *ret)
{
	enum ks_format formats[KS_NR_FORMATS], wanted = word ? spelled(word) : KS_NR_FORMATS;
	size_t nr = gather(documents, formats), i = 0;
	while (word && i < nr && formats[i] != wanted)
		i++;
	if (i == nr)
		return refuse(documents, word, wanted != KS_NR_FORMATS);
	*ret = formats[i];
	return NULL;
}
