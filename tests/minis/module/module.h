/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the mini modules share: the kernel's header, its layout of events (kernel/tables.c has the same), and what
 * makes a file a module. "Facts:" beside a thing say what tests expect of it.
 */
#ifndef MODULE_H
#define MODULE_H

#include "mini.h"

#ifndef MODULE_RELEASE
#define MODULE_RELEASE "6.6.6-mini-" MINI_ARCH
#endif
#define MODULE(own_name)                                                                           \
	static const char modinfo_name[] used __attribute__((section(".modinfo"), aligned(1))) =   \
		"name=" own_name;                                                                  \
	static const char modinfo_vermagic[] used                                                  \
		__attribute__((section(".modinfo"), aligned(1))) =                                 \
			"vermagic=" MODULE_RELEASE " SMP mod_unload "

enum { TRACE_EVENT_FL_TRACEPOINT = 1 << 4 };

struct tracepoint {
	const char *name;
	int key;
};

struct trace_event {
	struct list_head list;
	int type;
	void *funcs;
};

struct trace_event_class {
	const char *system;
	void *probe;
	struct list_head fields;
};

struct trace_event_call {
	struct list_head list;
	struct trace_event_class *class;
	union {
		char *name;
		struct tracepoint *tp;
	};
	struct trace_event event;
	char *print_fmt;
	void *filter;
	void *data;
	int flags;
};

/* beta.c */
int beta_export(struct device *dev);

#endif
