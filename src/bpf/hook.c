/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/edit_distance.h"
#include "bpf/hook.h"

const struct ks_hook_info ks_hooks[KS_NR_HOOKS] = {
	[KS_HOOK_NONE] = { "none", "unknown section" },
	[KS_HOOK_KPROBE] = { "kprobe", "kprobe" },
	[KS_HOOK_KPROBE_MULTI] = { "kprobe-multi", "kprobe.multi" },
	[KS_HOOK_KSYSCALL] = { "ksyscall", "ksyscall" },
	[KS_HOOK_FENTRY] = { "fentry", "fentry" },
	[KS_HOOK_FMOD_RET] = { "fmod-ret", "fmod_ret" },
	[KS_HOOK_TRACEPOINT] = { "tracepoint", "tracepoint" },
	[KS_HOOK_RAW_TP] = { "raw-tp", "raw_tp" },
	[KS_HOOK_TP_BTF] = { "tp-btf", "tp_btf" },
	[KS_HOOK_SYSCALL_TP] = { "syscall-tp", "syscall tracepoint" },
	[KS_HOOK_LSM] = { "lsm", "LSM hook" },
	[KS_HOOK_ITER] = { "iter", "iterator" },
	[KS_HOOK_STRUCT_OPS] = { "struct-ops", "struct_ops" },
	[KS_HOOK_FREPLACE] = { "freplace", "freplace" },
	[KS_HOOK_USER] = { "user", "user space" },
	[KS_HOOK_OTHER] = { "other", "other" },
};

/** One form of a section's name. */
struct form {
	const char *name;
	enum ks_hook_kind kind;
	const char *program, *attach; // without "BPF_PROG_TYPE_" and "BPF_"
	unsigned int flags;
};
enum {
	EXTRA = 1,     // "name" or "name/…"; without: "name" only
	RETURN = 2,    //
	SLEEP = 4,     //
	FRAGS = 8,     //
	OPTIONAL = 16, // may stand without a target
	WITHOUT = 32   // there is a way to attach it that is older than the attach type
};

#define ADDR(name, attach)                                                                         \
	{                                                                                          \
		"cgroup/" name, KS_HOOK_OTHER, "CGROUP_SOCK_ADDR", "CGROUP_" attach, 0             \
	}

static const struct form forms[] = {
	{ "kprobe", KS_HOOK_KPROBE, "KPROBE", NULL, EXTRA },
	{ "kretprobe", KS_HOOK_KPROBE, "KPROBE", NULL, EXTRA | RETURN },
	{ "kprobe.multi", KS_HOOK_KPROBE_MULTI, "KPROBE", "TRACE_KPROBE_MULTI", EXTRA },
	{ "kretprobe.multi", KS_HOOK_KPROBE_MULTI, "KPROBE", "TRACE_KPROBE_MULTI", EXTRA | RETURN },
	{ "kprobe.session", KS_HOOK_KPROBE_MULTI, "KPROBE", "TRACE_KPROBE_SESSION", EXTRA },
	{ "ksyscall", KS_HOOK_KSYSCALL, "KPROBE", NULL, EXTRA },
	{ "kretsyscall", KS_HOOK_KSYSCALL, "KPROBE", NULL, EXTRA | RETURN },
	{ "uprobe", KS_HOOK_USER, "KPROBE", NULL, EXTRA },
	{ "uprobe.s", KS_HOOK_USER, "KPROBE", NULL, EXTRA | SLEEP },
	{ "uretprobe", KS_HOOK_USER, "KPROBE", NULL, EXTRA | RETURN },
	{ "uretprobe.s", KS_HOOK_USER, "KPROBE", NULL, EXTRA | RETURN | SLEEP },
	{ "uprobe.multi", KS_HOOK_USER, "KPROBE", "TRACE_UPROBE_MULTI", EXTRA },
	{ "uprobe.multi.s", KS_HOOK_USER, "KPROBE", "TRACE_UPROBE_MULTI", EXTRA | SLEEP },
	{ "uretprobe.multi", KS_HOOK_USER, "KPROBE", "TRACE_UPROBE_MULTI", EXTRA | RETURN },
	{ "uretprobe.multi.s", KS_HOOK_USER, "KPROBE", "TRACE_UPROBE_MULTI",
	  EXTRA | RETURN | SLEEP },
	{ "uprobe.session", KS_HOOK_USER, "KPROBE", "TRACE_UPROBE_SESSION", EXTRA },
	{ "uprobe.session.s", KS_HOOK_USER, "KPROBE", "TRACE_UPROBE_SESSION", EXTRA | SLEEP },
	{ "usdt", KS_HOOK_USER, "KPROBE", NULL, EXTRA },
	{ "usdt.s", KS_HOOK_USER, "KPROBE", NULL, EXTRA | SLEEP },
	{ "tracepoint", KS_HOOK_TRACEPOINT, "TRACEPOINT", NULL, EXTRA },
	{ "tp", KS_HOOK_TRACEPOINT, "TRACEPOINT", NULL, EXTRA },
	{ "raw_tracepoint", KS_HOOK_RAW_TP, "RAW_TRACEPOINT", NULL, EXTRA },
	{ "raw_tp", KS_HOOK_RAW_TP, "RAW_TRACEPOINT", NULL, EXTRA },
	{ "raw_tracepoint.w", KS_HOOK_RAW_TP, "RAW_TRACEPOINT_WRITABLE", NULL, EXTRA },
	{ "raw_tp.w", KS_HOOK_RAW_TP, "RAW_TRACEPOINT_WRITABLE", NULL, EXTRA },
	{ "tp_btf", KS_HOOK_TP_BTF, "TRACING", "TRACE_RAW_TP", EXTRA },
	{ "fentry", KS_HOOK_FENTRY, "TRACING", "TRACE_FENTRY", EXTRA },
	{ "fentry.s", KS_HOOK_FENTRY, "TRACING", "TRACE_FENTRY", EXTRA | SLEEP },
	{ "fexit", KS_HOOK_FENTRY, "TRACING", "TRACE_FEXIT", EXTRA | RETURN },
	{ "fexit.s", KS_HOOK_FENTRY, "TRACING", "TRACE_FEXIT", EXTRA | RETURN | SLEEP },
	{ "fsession", KS_HOOK_FENTRY, "TRACING", "TRACE_FSESSION", EXTRA },
	{ "fsession.s", KS_HOOK_FENTRY, "TRACING", "TRACE_FSESSION", EXTRA | SLEEP },
	{ "fentry.multi", KS_HOOK_OTHER, "TRACING", "TRACE_FENTRY_MULTI", EXTRA },
	{ "fentry.multi.s", KS_HOOK_OTHER, "TRACING", "TRACE_FENTRY_MULTI", EXTRA | SLEEP },
	{ "fexit.multi", KS_HOOK_OTHER, "TRACING", "TRACE_FEXIT_MULTI", EXTRA | RETURN },
	{ "fexit.multi.s", KS_HOOK_OTHER, "TRACING", "TRACE_FEXIT_MULTI", EXTRA | RETURN | SLEEP },
	{ "fsession.multi", KS_HOOK_OTHER, "TRACING", "TRACE_FSESSION_MULTI", EXTRA },
	{ "fsession.multi.s", KS_HOOK_OTHER, "TRACING", "TRACE_FSESSION_MULTI", EXTRA | SLEEP },
	{ "fmod_ret", KS_HOOK_FMOD_RET, "TRACING", "MODIFY_RETURN", EXTRA },
	{ "fmod_ret.s", KS_HOOK_FMOD_RET, "TRACING", "MODIFY_RETURN", EXTRA | SLEEP },
	{ "freplace", KS_HOOK_FREPLACE, "EXT", NULL, EXTRA },
	{ "lsm", KS_HOOK_LSM, "LSM", "LSM_MAC", EXTRA },
	{ "lsm.s", KS_HOOK_LSM, "LSM", "LSM_MAC", EXTRA | SLEEP },
	{ "lsm_cgroup", KS_HOOK_LSM, "LSM", "LSM_CGROUP", EXTRA },
	{ "iter", KS_HOOK_ITER, "TRACING", "TRACE_ITER", EXTRA },
	{ "iter.s", KS_HOOK_ITER, "TRACING", "TRACE_ITER", EXTRA | SLEEP },
	{ "struct_ops", KS_HOOK_STRUCT_OPS, "STRUCT_OPS", NULL, EXTRA | OPTIONAL },
	{ "struct_ops.s", KS_HOOK_STRUCT_OPS, "STRUCT_OPS", NULL, EXTRA | OPTIONAL | SLEEP },
	{ "syscall", KS_HOOK_OTHER, "SYSCALL", NULL, SLEEP },
	{ "socket", KS_HOOK_OTHER, "SOCKET_FILTER", NULL, 0 },
	{ "sk_reuseport", KS_HOOK_OTHER, "SK_REUSEPORT", "SK_REUSEPORT_SELECT", WITHOUT },
	{ "sk_reuseport/migrate", KS_HOOK_OTHER, "SK_REUSEPORT", "SK_REUSEPORT_SELECT_OR_MIGRATE",
	  0 },
	{ "tc/ingress", KS_HOOK_OTHER, "SCHED_CLS", "TCX_INGRESS", WITHOUT },
	{ "tc/egress", KS_HOOK_OTHER, "SCHED_CLS", "TCX_EGRESS", WITHOUT },
	{ "tcx/ingress", KS_HOOK_OTHER, "SCHED_CLS", "TCX_INGRESS", 0 },
	{ "tcx/egress", KS_HOOK_OTHER, "SCHED_CLS", "TCX_EGRESS", 0 },
	{ "tc", KS_HOOK_OTHER, "SCHED_CLS", NULL, 0 },
	{ "classifier", KS_HOOK_OTHER, "SCHED_CLS", NULL, 0 },
	{ "action", KS_HOOK_OTHER, "SCHED_ACT", NULL, 0 },
	{ "netkit/primary", KS_HOOK_OTHER, "SCHED_CLS", "NETKIT_PRIMARY", 0 },
	{ "netkit/peer", KS_HOOK_OTHER, "SCHED_CLS", "NETKIT_PEER", 0 },
	{ "xdp", KS_HOOK_OTHER, "XDP", "XDP", WITHOUT },
	{ "xdp/devmap", KS_HOOK_OTHER, "XDP", "XDP_DEVMAP", 0 },
	{ "xdp/cpumap", KS_HOOK_OTHER, "XDP", "XDP_CPUMAP", 0 },
	{ "xdp.frags", KS_HOOK_OTHER, "XDP", "XDP", FRAGS | WITHOUT },
	{ "xdp.frags/devmap", KS_HOOK_OTHER, "XDP", "XDP_DEVMAP", FRAGS },
	{ "xdp.frags/cpumap", KS_HOOK_OTHER, "XDP", "XDP_CPUMAP", FRAGS },
	{ "perf_event", KS_HOOK_OTHER, "PERF_EVENT", NULL, 0 },
	{ "lwt_in", KS_HOOK_OTHER, "LWT_IN", NULL, 0 },
	{ "lwt_out", KS_HOOK_OTHER, "LWT_OUT", NULL, 0 },
	{ "lwt_xmit", KS_HOOK_OTHER, "LWT_XMIT", NULL, 0 },
	{ "lwt_seg6local", KS_HOOK_OTHER, "LWT_SEG6LOCAL", NULL, 0 },
	{ "sockops", KS_HOOK_OTHER, "SOCK_OPS", "CGROUP_SOCK_OPS", 0 },
	{ "sk_skb", KS_HOOK_OTHER, "SK_SKB", NULL, 0 },
	{ "sk_skb/stream_parser", KS_HOOK_OTHER, "SK_SKB", "SK_SKB_STREAM_PARSER", 0 },
	{ "sk_skb/stream_verdict", KS_HOOK_OTHER, "SK_SKB", "SK_SKB_STREAM_VERDICT", 0 },
	{ "sk_skb/verdict", KS_HOOK_OTHER, "SK_SKB", "SK_SKB_VERDICT", 0 },
	{ "sk_msg", KS_HOOK_OTHER, "SK_MSG", "SK_MSG_VERDICT", 0 },
	{ "sk_lookup", KS_HOOK_OTHER, "SK_LOOKUP", "SK_LOOKUP", 0 },
	{ "lirc_mode2", KS_HOOK_OTHER, "LIRC_MODE2", "LIRC_MODE2", 0 },
	{ "flow_dissector", KS_HOOK_OTHER, "FLOW_DISSECTOR", "FLOW_DISSECTOR", 0 },
	{ "netfilter", KS_HOOK_OTHER, "NETFILTER", "NETFILTER", 0 },
	{ "cgroup_skb/ingress", KS_HOOK_OTHER, "CGROUP_SKB", "CGROUP_INET_INGRESS", 0 },
	{ "cgroup_skb/egress", KS_HOOK_OTHER, "CGROUP_SKB", "CGROUP_INET_EGRESS", 0 },
	{ "cgroup/skb", KS_HOOK_OTHER, "CGROUP_SKB", NULL, 0 },
	{ "cgroup/sock", KS_HOOK_OTHER, "CGROUP_SOCK", "CGROUP_INET_SOCK_CREATE", 0 },
	{ "cgroup/sock_create", KS_HOOK_OTHER, "CGROUP_SOCK", "CGROUP_INET_SOCK_CREATE", 0 },
	{ "cgroup/sock_release", KS_HOOK_OTHER, "CGROUP_SOCK", "CGROUP_INET_SOCK_RELEASE", 0 },
	{ "cgroup/post_bind4", KS_HOOK_OTHER, "CGROUP_SOCK", "CGROUP_INET4_POST_BIND", 0 },
	{ "cgroup/post_bind6", KS_HOOK_OTHER, "CGROUP_SOCK", "CGROUP_INET6_POST_BIND", 0 },
	ADDR("bind4", "INET4_BIND"),
	ADDR("bind6", "INET6_BIND"),
	ADDR("connect4", "INET4_CONNECT"),
	ADDR("connect6", "INET6_CONNECT"),
	ADDR("connect_unix", "UNIX_CONNECT"),
	ADDR("sendmsg4", "UDP4_SENDMSG"),
	ADDR("sendmsg6", "UDP6_SENDMSG"),
	ADDR("sendmsg_unix", "UNIX_SENDMSG"),
	ADDR("recvmsg4", "UDP4_RECVMSG"),
	ADDR("recvmsg6", "UDP6_RECVMSG"),
	ADDR("recvmsg_unix", "UNIX_RECVMSG"),
	ADDR("getpeername4", "INET4_GETPEERNAME"),
	ADDR("getpeername6", "INET6_GETPEERNAME"),
	ADDR("getpeername_unix", "UNIX_GETPEERNAME"),
	ADDR("getsockname4", "INET4_GETSOCKNAME"),
	ADDR("getsockname6", "INET6_GETSOCKNAME"),
	ADDR("getsockname_unix", "UNIX_GETSOCKNAME"),
	{ "cgroup/sysctl", KS_HOOK_OTHER, "CGROUP_SYSCTL", "CGROUP_SYSCTL", 0 },
	{ "cgroup/getsockopt", KS_HOOK_OTHER, "CGROUP_SOCKOPT", "CGROUP_GETSOCKOPT", 0 },
	{ "cgroup/setsockopt", KS_HOOK_OTHER, "CGROUP_SOCKOPT", "CGROUP_SETSOCKOPT", 0 },
	{ "cgroup/dev", KS_HOOK_OTHER, "CGROUP_DEVICE", "CGROUP_DEVICE", 0 },
};

/**
 * The form of a name and what stands behind its slash. When nothing fits: the longest form that begins it, as
 * loaders of old and other ones than libbpf have it, which says the type of program only.
 */
static const struct form *find_form(const char *section, bool *ret_exact, const char **ret_extra)
{
	const struct form *prefix = NULL;
	size_t prefix_len = 0;
	*ret_extra = NULL;
	*ret_exact = true;
	for (size_t i = 0; i < KS_ARRAY_LEN(forms); i++) {
		const struct form *form = &forms[i];
		size_t len = strlen(form->name);
		if (strncmp(section, form->name, len) != 0)
			continue;
		if (!section[len])
			return form;
		if (section[len] == '/' && form->flags & EXTRA) {
			*ret_extra = section + len + 1;
			return form;
		}
		if (len > prefix_len) {
			prefix = form;
			prefix_len = len;
		}
	}
	*ret_exact = false;
	return prefix;
}

/** "event" behind "system/"; system calls' own events are a kind of their own. */
static struct ks_error *read_event(struct ks_arena *arena, const char *extra, struct ks_hook *hook)
{
	const char *slash = strchr(extra, '/');
	if (!slash) { // no loader takes it, but the name is worth showing
		hook->target = ks_arena_strdup(arena, extra);
		return hook->target ? NULL : &ks_nomem;
	}
	// it is a path in tracefs, where more slashes are as good as one
	const char *event = slash + strspn(slash, "/");
	size_t len = strlen(event);
	while (len && event[len - 1] == '/')
		len--;
	hook->group = ks_arena_strndup(arena, extra, (size_t)(slash - extra));
	if (!hook->group)
		return &ks_nomem;
	bool enter = strncmp(event, "sys_enter_", 10) == 0;
	if (strcmp(hook->group, "syscalls") == 0 &&
	    (enter || strncmp(event, "sys_exit_", 9) == 0)) {
		hook->kind = KS_HOOK_SYSCALL_TP;
		hook->on_return = !enter;
		event += enter ? 10 : 9;
		len -= enter ? 10 : 9;
	}
	hook->target = ks_arena_strndup(arena, event, len);
	return hook->target ? NULL : &ks_nomem;
}

size_t ks_hook_function_len(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
}

/** "module:function+offset". */
static struct ks_error *read_function(struct ks_arena *arena, const char *extra,
				      struct ks_hook *hook)
{
	const char *colon = strchr(extra, ':');
	if (colon) {
		hook->module = ks_arena_strndup(arena, extra, (size_t)(colon - extra));
		if (!hook->module)
			return &ks_nomem;
		extra = colon + 1;
	}
	size_t len = strlen(extra);
	size_t name = hook->kind == KS_HOOK_KPROBE ? ks_hook_function_len(extra) : 0;
	if (name) { // what stands behind it, if it is no offset, is not read
		len = name;
		if (extra[len] == '+')
			hook->offset = strtoull(extra + len + 1, NULL, 0);
	}
	hook->target = ks_arena_strndup(arena, extra, len);
	return hook->target ? NULL : &ks_nomem;
}

static struct ks_error *read_target(struct ks_arena *arena, const char *extra, struct ks_hook *hook)
{
	switch (hook->kind) {
	case KS_HOOK_TRACEPOINT:
		return read_event(arena, extra, hook);
	case KS_HOOK_KPROBE:
	case KS_HOOK_KPROBE_MULTI:
	case KS_HOOK_FENTRY:
	case KS_HOOK_FMOD_RET:
		return read_function(arena, extra, hook);
	default:
		hook->target = ks_arena_strdup(arena, extra);
		return hook->target ? NULL : &ks_nomem;
	}
}

static struct ks_error *join(struct ks_arena *arena, const char *head, const char *tail,
			     const char **ret)
{
	size_t head_len = strlen(head), tail_len = strlen(tail);
	char *text = ks_arena_alloc(arena, head_len + tail_len + 1);
	if (!text)
		return &ks_nomem;
	memcpy(text, head, head_len);
	memcpy(text + head_len, tail, tail_len + 1);
	*ret = text;
	return NULL;
}

struct ks_error *ks_hook_parse(struct ks_arena *arena, const char *section, struct ks_hook *ret)
{
	struct ks_hook hook = { 0 };
	bool exact;
	const char *extra;
	const struct form *form = find_form(section + (section[0] == '?'), &exact, &extra);
	if (form)
		KS_TRY(join(arena, "BPF_PROG_TYPE_", form->program, &hook.program_type));
	hook.guessed = form && !exact;
	if (form && exact) {
		hook.kind = form->kind;
		hook.on_return = form->flags & RETURN;
		hook.sleepable = form->flags & SLEEP;
		hook.frags = form->flags & FRAGS;
		hook.attaches_without = form->flags & WITHOUT;
		if (form->attach)
			KS_TRY(join(arena, "BPF_", form->attach, &hook.attach_type));
		if (extra && extra[0])
			KS_TRY(read_target(arena, extra, &hook));
		hook.needs_target =
			form->flags & EXTRA && !(form->flags & OPTIONAL) && !hook.target;
	}
	*ret = hook;
	return NULL;
}

const char *ks_hook_near(const char *section)
{
	enum { LONGEST = 64 };
	const char *near = NULL;
	unsigned int best = 0;
	for (size_t i = 0; i < KS_ARRAY_LEN(forms); i++) {
		char head[LONGEST];
		const char *name = forms[i].name;
		size_t len = strcspn(section, "/");
		bool whole = strchr(name, '/') || !(forms[i].flags & EXTRA);
		len = whole ? strlen(section) : len;
		if (len >= sizeof(head))
			continue;
		memcpy(head, section, len);
		head[len] = '\0';
		unsigned int limit = near ? best - 1 : ks_edit_slips(len);
		unsigned int distance = ks_edit_distance(head, name, limit);
		if (distance > limit)
			continue;
		best = distance;
		near = name;
		if (!best)
			break;
	}
	return near;
}
