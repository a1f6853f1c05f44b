/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The forms that reports are written in: each has one name, and each report says which of them it has. */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

enum ks_format {
	KS_FORMAT_TERMINAL, // for people, 80 columns
	KS_FORMAT_MD,	    // for a pull request; of names the late published style
	KS_FORMAT_MD_FULL,  // the early published style
	KS_FORMAT_JSON,	    // everything, for programs
	KS_FORMAT_HTML,	    // one page that needs nothing else
	KS_FORMAT_CSV,	    // RFC 4180 with \n
	KS_FORMAT_SARIF,    // 2.1.0, for code scanning
	KS_FORMAT_JUNIT,    // one test case for each program and image
	KS_FORMAT_GITHUB,   // workflow commands: annotations
	KS_FORMAT_SVG,
	KS_FORMAT_PNG,
	KS_FORMAT_DEPSURF, // as the published dataset has it
	KS_NR_FORMATS,
};

/** How a format is spelled and what its files are. */
struct ks_format_info {
	const char *name;	// "terminal"
	const char *aliases[3]; // other spellings that are taken; ends with NULL
	const char *extension;	// of its files, with the dot
	const char *media_type; // as HTTP tells it
};
extern const struct ks_format_info ks_formats[KS_NR_FORMATS];

/** What is written in formats: the reports, and the two commands whose results are of two sorts. */
enum ks_document {
	KS_DOCUMENT_SHOW,
	KS_DOCUMENT_LOG,
	KS_DOCUMENT_DIFF,
	KS_DOCUMENT_DEPS,
	KS_DOCUMENT_COUNTS, // of the same command: a table
	KS_DOCUMENT_CHECK,
	KS_DOCUMENT_EXPLAIN,
	KS_DOCUMENT_STATS,
	KS_DOCUMENT_PICTURES, // of the same command
	KS_DOCUMENT_EXPORT,
	KS_DOCUMENT_IMAGES,
	KS_NR_DOCUMENTS,
};
/** The bit of a document in a set of them. */
#define KS_DOCUMENT_BIT(document) (1u << (document))

/** A document, and the formats it has, in the order in which they are told; the first is the default. */
struct ks_document_info {
	const char *name;			   // "check"
	enum ks_format formats[KS_NR_FORMATS + 1]; // ends with KS_NR_FORMATS
};
extern const struct ks_document_info ks_documents[KS_NR_DOCUMENTS];

/** Whether a document has a format. */
bool ks_format_has(enum ks_document document, enum ks_format format);

/**
 * The format of a name or an alias.
 * @param documents KS_DOCUMENT_BIT()s: any that one of them has is taken
 * @param word NULL: the default of the first
 * @return KS_ERR_USAGE when they have no such format: names those they have, and the nearest
 */
KS_MUST_CHECK struct ks_error *ks_format_find(uint32_t documents, const char *word,
					      enum ks_format *ret);

/** NULL when a document has the format, else the same error as for its name. */
KS_MUST_CHECK struct ks_error *ks_format_expect(enum ks_document document, enum ks_format format);

/** Append the names of some documents' formats, each once. @param last what stands before the last */
void ks_format_list(uint32_t documents, const char *between, const char *last, struct ks_buf *out);
