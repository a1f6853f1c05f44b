/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A JSON report on its way: inside report/ only. */
#include "base/json.h"
#include "report/show/writer.h"
#include "report/text/c_text.h"

struct ks_sheet {
	struct ks_report *report;
	const struct ks_history *history;
	struct ks_json json;
	struct ks_buf text; // a value before it is escaped; empty between two calls
};

/** A key with a type as C text. */
void ks_sheet_type(struct ks_sheet *sheet, const char *key, const struct ks_type *type);
/** A key with a definition, or null. */
void ks_sheet_decl(struct ks_sheet *sheet, const char *key, const struct ks_decl *decl);
/** The keys of a member, inside an object that is open. */
void ks_sheet_member(struct ks_sheet *sheet, const struct ks_member *member);
/** The key "ambiguity". @param ambiguity may be NULL */
void ks_sheet_ambiguity(struct ks_sheet *sheet, const struct ks_ambiguity *ambiguity);
/** A change as an object. */
void ks_sheet_change(struct ks_sheet *sheet, const struct ks_change *change);
/** A key with the names of issues. */
void ks_sheet_issues(struct ks_json *json, const char *key, uint32_t issues);
/** The key "functions". */
KS_MUST_CHECK struct ks_error *ks_sheet_function(struct ks_sheet *sheet,
						 const struct ks_fact *fact);
