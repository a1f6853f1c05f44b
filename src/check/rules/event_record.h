/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Records of events, as the programs on them get them: inside check/ only. */
#include "check/reasons.h"

/** A field: what a name in the record stands for. */
struct ks_record_field {
	const char *name;	   // as in the kernel's struct: "pid", "__data_loc_comm", "args"
	bool common;		   // one of those that every event has in front
	bool whole;		   // a record in the record: reads inside it are not judged
	uint64_t offset, size, nr; // bytes of an element, and how many there are
};

/** A record on one image. */
struct ks_event_record {
	const char *type; // the struct to read it by CO-RE; NULL
	uint32_t nr;
	const struct ks_record_field *fields; // in their order; none where the image does not tell
	/** Up to where programs may read; 0: unknown. */
	uint64_t end;
	uint64_t most; // not further in any case; the end where that is known
};

/** The record of the judged program's event on an image. @return false: that does not tell */
bool ks_event_record(struct ks_judge *judge, const struct ks_site *site,
		     struct ks_event_record *ret);
/** The field that a byte is in; NULL: none. */
const struct ks_record_field *ks_record_at(const struct ks_event_record *record, uint64_t offset);
/** The field of a name; those in front have none. NULL: none. */
const struct ks_record_field *ks_record_named(const struct ks_event_record *record,
					      const char *name);
