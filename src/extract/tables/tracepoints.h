/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Events by their form, for kernels whose symbols do not name them: inside extract/ only. */
#include "base/vector.h"
#include "extract/tables/find.h"

typedef KS_VECTOR(uint64_t) ks_event_calls;

/**
 * Append the addresses of what looks like struct trace_event_call: its class has the probe of some event. In the
 * order of addresses. False when memory runs out.
 */
bool ks_event_calls_find(const struct ks_finder *finder, const struct ks_event_layout *at,
			 ks_event_calls *ret);
/** An event's name, from its tracepoint; NULL when there is none. */
const char *ks_event_name_find(const struct ks_finder *finder, uint64_t call);
/** The class's name, from its probe; NULL when it has none. */
const char *ks_event_class_find(const struct ks_finder *finder, uint64_t class);
