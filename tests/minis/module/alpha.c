/* SPDX-License-Identifier: BSD-2-Clause */
#include "module.h"

MODULE("alpha");

struct security_hook_heads; /* Facts: the kernel defines it, so it is no forward declaration */
struct nobody_has_this;	    /* Facts: it stays one */

/* Facts: struct alpha_state is alpha's; struct device is the kernel's and left out. */
struct alpha_state {
	struct device *dev;
	struct security_hook_heads *heads;
	struct nobody_has_this *other;
	int count;
};
struct alpha_state alpha_state;

/* Facts: beta has another struct of this name. */
struct both_have {
	int alphas;
};
struct both_have alpha_both;

static noinline int alpha_helper(struct device *dev)
{
	barrier();
	return dev->id + alpha_state.count;
}

/*
 * Facts: global; header_plain is inlined here and left out, for the kernel says the same of it; header_big has a
 * symbol in alpha, and is kept. It calls alpha_helper, beta_export of module beta, and global_call of the kernel,
 * which is left out.
 */
int alpha_open(struct device *dev, int flags)
{
	int sum = alpha_helper(dev) + header_plain(dev) + header_big(dev);
	barrier();
	sum += beta_export(dev);
	barrier();
	return sum + global_call(dev, flags) + 1;
}

int (*const alpha_table[])(struct device *, int) used = { alpha_open };

struct trace_event_raw_alpha_class {
	int dev;
	char __data[];
};
struct trace_event_raw_alpha_class keep_alpha_class;

used void trace_event_raw_event_alpha_class(void *__data, struct device *dev)
{
	(void)__data;
	dev->id = 0;
}

static used struct trace_event_class event_class_alpha_class = { .system = "alpha" };
static struct tracepoint __tracepoint_alpha_event = { "alpha_event", 0 };
static char print_fmt_alpha_event[] = "\"dev=%d\", REC->dev";
/* Facts: one event, alpha:alpha_event of class alpha_class. */
static used struct trace_event_call event_alpha_event = {
	.class = &event_class_alpha_class,
	.tp = &__tracepoint_alpha_event,
	.print_fmt = print_fmt_alpha_event,
	.flags = TRACE_EVENT_FL_TRACEPOINT,
};
static used __attribute__((section("_ftrace_events"))) struct trace_event_call *__event_alpha =
	&event_alpha_event;
