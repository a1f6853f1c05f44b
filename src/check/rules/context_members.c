/* SPDX-License-Identifier: BSD-2-Clause */
/* Which members of its context a type of program may read and write, and by how many bytes. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "check/interp/opcode.h"
#include "check/rules/context.h"
#include "check/rules/rules.h"
#include "check/rules/struct_walk.h"
#include "check/rules/type_bits.h"

/** Sets of sizes: each is its own bit. */
enum {
	NONE = 0,
	WORD = 4,
	LONG = 8,
	HALVES = 2 | WORD,  // a word, or its halves
	PARTS = 1 | HALVES, // a word, or a part of it: bpf_ctx_narrow_access_ok()
	ALL_SIZES = PARTS | LONG,
	UNTOLD = 16 | ALL_SIZES, // nothing is claimed
};

#define LWT (T(LWT_IN) | T(LWT_OUT) | T(LWT_XMIT) | T(LWT_SEG6LOCAL))
#define TC (T(SCHED_CLS) | T(SCHED_ACT))
#define SKB (T(SOCKET_FILTER) | T(CGROUP_SKB) | T(SK_SKB) | LWT | TC)

/**
 * The first row that fits decides; where none does, nothing is claimed. These are the *_is_valid_access() of net/core/filter.c,
 * kernel/bpf/cgroup.c and kernel/trace/bpf_trace.c, which say the same of these members in 5.10, 6.1, 6.12 and 7.2; those and 7.3 were booted.
 */
// clang-format off
static const struct row {
	uint32_t types;
	const char *attach;	  // a part of the name of the attach type; NULL: any
	const char *first, *last; // members, as the struct has them one behind the other; last: NULL is the first
	uint8_t reads, writes;
} rows[] = {
	/* struct __sk_buff: what a type has of its own … */
	{ T(SOCKET_FILTER) | T(CGROUP_SKB) | LWT | T(SK_SKB), NULL, "tc_classid", NULL, NONE, NONE },
	{ T(SOCKET_FILTER) | T(CGROUP_SKB) | LWT | T(SK_SKB), NULL, "data_meta", NULL, NONE, NONE },
	{ T(SOCKET_FILTER) | T(CGROUP_SKB) | LWT | T(SK_SKB), NULL, "wire_len", NULL, NONE, NONE },
	{ T(SOCKET_FILTER) | LWT | T(SK_SKB), NULL, "tstamp", NULL, NONE, NONE },
	{ T(SOCKET_FILTER) | LWT | T(SK_SKB), NULL, "hwtstamp", NULL, NONE, NONE },
	{ T(SOCKET_FILTER) | LWT | TC, NULL, "family", "local_port", NONE, NONE },
	{ T(SOCKET_FILTER), NULL, "data", "data_end", NONE, NONE },
	{ T(SK_SKB), NULL, "mark", NULL, NONE, NONE },
	{ TC, NULL, "tstamp_type", NULL, 1, NONE },
	{ T(CGROUP_SKB) | LWT | TC, NULL, "mark", NULL, PARTS, WORD },
	{ T(CGROUP_SKB) | LWT | TC | T(SK_SKB), NULL, "priority", NULL, PARTS, WORD },
	{ TC | T(SK_SKB), NULL, "tc_index", NULL, PARTS, WORD },
	{ TC, NULL, "tc_classid", NULL, PARTS, WORD },
	{ TC, NULL, "queue_mapping", NULL, PARTS, WORD },
	{ T(CGROUP_SKB) | TC, NULL, "tstamp", NULL, LONG, LONG },
	{ T(SK_SKB), NULL, "cb", NULL, ALL_SIZES, NONE },
	/* … and what they have together */
	{ SKB, NULL, "cb", NULL, ALL_SIZES, ALL_SIZES },
	{ SKB, NULL, "data", "data_end", WORD, NONE },
	{ SKB, NULL, "data_meta", NULL, WORD, NONE },
	{ SKB, NULL, "remote_ip4", "local_ip6", WORD, NONE },
	{ SKB, NULL, "flow_keys", NULL, NONE, NONE },
	{ SKB, NULL, "tstamp", NULL, LONG, NONE },
	{ SKB, NULL, "sk", NULL, LONG, NONE },
	{ SKB, NULL, "tstamp_type", NULL, NONE, NONE },
	{ SKB, NULL, "hwtstamp", NULL, LONG, NONE },
	{ SKB, NULL, "len", "gso_size", PARTS, NONE },
	{ T(FLOW_DISSECTOR), NULL, "data", "data_end", WORD, NONE },
	{ T(FLOW_DISSECTOR), NULL, "flow_keys", NULL, LONG, NONE },
	{ T(FLOW_DISSECTOR), NULL, "len", "gso_size", NONE, NONE },
	{ T(FLOW_DISSECTOR), NULL, "tstamp_type", NULL, NONE, NONE },
	{ T(FLOW_DISSECTOR), NULL, "hwtstamp", NULL, NONE, NONE },

	/* struct xdp_md; what is offloaded to a device may set the queue */
	{ T(XDP), "XDP_DEVMAP", "egress_ifindex", NULL, WORD, NONE },
	{ T(XDP), NULL, "egress_ifindex", NULL, NONE, NONE },
	{ T(XDP), NULL, "rx_queue_index", NULL, WORD, UNTOLD },
	{ T(XDP), NULL, "data", "ingress_ifindex", WORD, NONE },

	/* struct bpf_sock */
	{ T(CGROUP_SOCK), "INET_SOCK_", "bound_dev_if", NULL, WORD, WORD },
	{ T(CGROUP_SOCK), "INET_SOCK_", "mark", "priority", WORD, WORD },
	{ T(CGROUP_SOCK), NULL, "bound_dev_if", NULL, NONE, NONE },
	{ T(CGROUP_SOCK), NULL, "mark", "priority", NONE, NONE },
	{ T(CGROUP_SOCK), "INET4_POST_BIND", "src_ip4", NULL, PARTS, NONE },
	{ T(CGROUP_SOCK), NULL, "src_ip4", NULL, NONE, NONE },
	{ T(CGROUP_SOCK), "INET6_POST_BIND", "src_ip6", NULL, PARTS, NONE },
	{ T(CGROUP_SOCK), NULL, "src_ip6", NULL, NONE, NONE },
	{ T(CGROUP_SOCK), "POST_BIND", "src_port", NULL, PARTS, NONE },
	{ T(CGROUP_SOCK), NULL, "src_port", NULL, NONE, NONE },
	{ T(CGROUP_SOCK), NULL, "family", "protocol", PARTS, NONE },
	{ T(CGROUP_SOCK), NULL, "dst_port", "state", PARTS, NONE }, // the port was of 4 bytes
	{ T(CGROUP_SOCK), NULL, "rx_queue_mapping", NULL, PARTS, NONE },

	/* struct bpf_sock_addr */
	{ T(CGROUP_SOCK_ADDR), "4_", "user_ip4", NULL, PARTS, WORD },
	{ T(CGROUP_SOCK_ADDR), NULL, "user_ip4", NULL, NONE, NONE },
	{ T(CGROUP_SOCK_ADDR), "6_", "user_ip6", NULL, ALL_SIZES, WORD | LONG },
	{ T(CGROUP_SOCK_ADDR), NULL, "user_ip6", NULL, NONE, NONE },
	{ T(CGROUP_SOCK_ADDR), "UDP4_SENDMSG", "msg_src_ip4", NULL, PARTS, WORD },
	{ T(CGROUP_SOCK_ADDR), NULL, "msg_src_ip4", NULL, NONE, NONE },
	{ T(CGROUP_SOCK_ADDR), "UDP6_SENDMSG", "msg_src_ip6", NULL, ALL_SIZES, WORD | LONG },
	{ T(CGROUP_SOCK_ADDR), NULL, "msg_src_ip6", NULL, NONE, NONE },
	{ T(CGROUP_SOCK_ADDR), NULL, "user_port", NULL, PARTS, WORD },
	{ T(CGROUP_SOCK_ADDR), NULL, "user_family", NULL, WORD, NONE },
	{ T(CGROUP_SOCK_ADDR), NULL, "family", "protocol", WORD, NONE },
	{ T(CGROUP_SOCK_ADDR), NULL, "sk", NULL, LONG, NONE },

	/* struct bpf_sock_ops */
	{ T(SOCK_OPS), NULL, "reply", NULL, WORD, WORD },
	{ T(SOCK_OPS), NULL, "sk_txhash", NULL, WORD, WORD },
	{ T(SOCK_OPS), NULL, "bytes_received", "bytes_acked", LONG, NONE },
	{ T(SOCK_OPS), NULL, "sk", NULL, LONG, NONE },
	{ T(SOCK_OPS), NULL, "skb_data", "skb_data_end", LONG, NONE },
	{ T(SOCK_OPS), NULL, "skb_tcp_flags", NULL, PARTS, NONE },
	{ T(SOCK_OPS), NULL, "skb_hwtstamp", NULL, UNTOLD, NONE },
	{ T(SOCK_OPS), NULL, "op", "skb_len", WORD, NONE },

	/* struct bpf_sk_lookup; its port was of 4 bytes, and the 2 behind it may be read */
	{ T(SK_LOOKUP), NULL, "sk", NULL, LONG, NONE },
	{ T(SK_LOOKUP), NULL, "family", "local_port", PARTS, NONE },
	{ T(SK_LOOKUP), NULL, "ingress_ifindex", NULL, PARTS, NONE },

	/* struct sk_msg_md */
	{ T(SK_MSG), NULL, "data", "data_end", LONG, NONE },
	{ T(SK_MSG), NULL, "family", "size", WORD, NONE },
	{ T(SK_MSG), NULL, "sk", NULL, LONG, NONE },

	/* struct sk_reuseport_md */
	{ T(SK_REUSEPORT), NULL, "data", "data_end", LONG, NONE },
	{ T(SK_REUSEPORT), NULL, "eth_protocol", NULL, HALVES, NONE },
	{ T(SK_REUSEPORT), NULL, "len", "bind_inany", PARTS, NONE },
	{ T(SK_REUSEPORT), NULL, "hash", NULL, WORD, NONE },
	{ T(SK_REUSEPORT), NULL, "sk", NULL, LONG, NONE },
	{ T(SK_REUSEPORT), NULL, "migrating_sk", NULL, LONG, NONE },

	/* of groups */
	{ T(CGROUP_DEVICE), NULL, "access_type", NULL, PARTS, NONE },
	{ T(CGROUP_DEVICE), NULL, "major", "minor", WORD, NONE },
	{ T(CGROUP_SYSCTL), NULL, "write", NULL, PARTS, NONE },
	{ T(CGROUP_SYSCTL), NULL, "file_pos", NULL, PARTS, WORD },
	{ T(CGROUP_SOCKOPT), NULL, "sk", "optval_end", LONG, NONE },
	{ T(CGROUP_SOCKOPT), "SETSOCKOPT", "level", "optname", WORD, WORD },
	{ T(CGROUP_SOCKOPT), NULL, "level", "optname", WORD, NONE },
	{ T(CGROUP_SOCKOPT), NULL, "optlen", NULL, WORD, WORD },
	{ T(CGROUP_SOCKOPT), "GETSOCKOPT", "retval", NULL, WORD, WORD },
	{ T(CGROUP_SOCKOPT), NULL, "retval", NULL, NONE, NONE },

	/* struct bpf_perf_event_data: registers are read whole */
	{ T(PERF_EVENT), NULL, "regs", NULL, LONG, NONE },
	{ T(PERF_EVENT), NULL, "sample_period", "addr", ALL_SIZES, NONE },
};
// clang-format on
/** Of these nothing is written, whatever they get; of a function's registers not before 6.18. LSM programs write theirs. */
#define READERS                                                                                    \
	(T(TRACEPOINT) | T(RAW_TRACEPOINT) | T(RAW_TRACEPOINT_WRITABLE) | T(TRACING) |             \
	 T(STRUCT_OPS) | T(NETFILTER) | T(KPROBE))
enum { FIRST = KS_SINCE(5, 10), TOO_NEW = KS_SINCE(7, 4) };

/** What is done with the context. */
struct access {
	uint64_t offset;
	uint8_t size;
	bool write;
	bool moved; // CO-RE made the offset, and may change the size
};

/**
 * The row that decides, and where its members stand. @param ret_by_place set: other places to attach to have other rows
 * @return NULL: nothing is known
 */
static const struct row *find_row(const struct ks_judge *judge, const struct ks_decl *record,
				  uint64_t offset, struct ks_context_range *ret, bool *ret_by_place)
{
	const struct ks_hook *hook = judge->hook;
	uint32_t type = ks_prog_type_bit(hook->program_type);
	*ret_by_place = false;
	for (size_t i = 0; i < KS_ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];
		struct ks_context_range last;
		if (!(row->types & type) ||
		    !ks_context_member(judge->site, record, row->first, ret))
			continue;
		if (row->last) {
			if (!ks_context_member(judge->site, record, row->last, &last))
				continue;
			ret->end = last.end;
		}
		if (offset < ret->begin || offset >= ret->end)
			continue;
		if (!row->attach)
			return row;
		*ret_by_place = true;
		if (!hook->attach_type)
			return NULL; // who loads it says
		if (strstr(hook->attach_type, row->attach))
			return row;
	}
	return NULL;
}

/** The name of the member at a byte; of a range one may have none. */
static const char *name_at(const struct ks_judge *judge, const struct ks_decl *record,
			   const struct row *row, uint64_t offset)
{
	if (!row->last)
		return row->first;
	struct ks_walk walk = ks_struct_walk(judge->site, record, offset, 1);
	return walk.member && *walk.member->name ? walk.member->name : row->first;
}

/** Kernels that were not looked at may do it in another way. */
KS_PRINTF(4, 5)
static struct ks_reason *refuse(struct ks_judge *judge, enum ks_stage stage,
				const struct ks_about *about, const char *fmt, ...)
{
	char text[256];
	uint32_t version = judge->site->version;
	bool known = version >= FIRST && version < TOO_NEW;
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	struct ks_reason *reason = ks_judge_add(
		judge, stage, known ? KS_REASON_POINTER : KS_REASON_TIER, about, "%s%s", text,
		known ? "" : ", from 5.10 to 7.3: whether this kernel does as these is not known");
	return reason;
}

/** A program that writes registers is loaded, and attached to functions of user space alone (__perf_event_set_bpf_prog()). */
static void judge_changed_registers(struct ks_judge *judge, const struct ks_about *about)
{
	if (judge->hook->kind == KS_HOOK_USER)
		return;
	struct ks_reason *reason = refuse(judge, KS_STAGE_ATTACH, about,
					  "registers are written, which is for uprobes alone");
	ks_reason_hint(judge, reason, "bpf_override_return() changes what a function returns");
}

/** @return whether no more is to be said of it */
static bool judge_reader(struct ks_judge *judge, const struct access *access, uint32_t insn)
{
	static const struct ks_gate registers = { KS_SINCE(6, 18), "7384893d970e" };
	uint32_t type = ks_prog_type_bit(judge->hook->program_type);
	const struct ks_about about = { .kind = KS_NR_KINDS, .name = "context", .insn = insn };
	if (!(type & READERS) || !access->write)
		return false;
	if (type == T(KPROBE) && ks_gate_is_open(&registers, judge->site->version))
		judge_changed_registers(judge, &about);
	else
		refuse(judge, KS_STAGE_LOAD, &about,
		       "byte %u is written, programs of its type only read",
		       (unsigned int)access->offset);
	return true;
}

/** Where a long has 4 bytes, what has 8 may begin in the middle of them. */
static bool is_narrow(const struct ks_judge *judge)
{
	return judge->site->ptr_size == 4 &&
	       ks_prog_type_bit(judge->hook->program_type) == T(PERF_EVENT);
}

static void judge_access(struct ks_judge *judge, const struct ks_decl *record,
			 const struct access *access, uint32_t insn)
{
	struct ks_context_range range;
	bool by_place;
	const struct row *row = find_row(judge, record, access->offset, &range, &by_place);
	uint8_t sizes = !row ? UNTOLD : access->write ? row->writes : row->reads;
	bool fits = sizes & access->size && access->offset % access->size == 0 &&
		    access->offset + access->size <= range.end;
	if (sizes == UNTOLD || fits || (sizes && (access->moved || is_narrow(judge))))
		return;
	const struct ks_about about = { .kind = KS_NR_KINDS, .name = "context", .insn = insn };
	const char *name = name_at(judge, record, row, access->offset);
	const char *verb = access->write ? "written" : "read";
	if (!sizes)
		refuse(judge, KS_STAGE_LOAD, &about, "%s of struct %s is not %s by programs %s",
		       name, record->name, verb,
		       by_place ? "that are attached there" : "of its type");
	else
		refuse(judge, KS_STAGE_LOAD, &about, "%s of struct %s is not %s by %u bytes at %u",
		       name, record->name, verb, access->size, (unsigned int)access->offset);
}

/** No program does that to a context, on any kernel (check_atomic()). */
static void judge_atomic(struct ks_judge *judge, uint32_t insn)
{
	const struct ks_about about = { .kind = KS_NR_KINDS, .name = "context", .insn = insn };
	ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
		     "it is changed by an atomic operation, which no program may");
}

static bool is_atomic(uint8_t code)
{
	return ks_opcode_class(code) == CLASS_STX && ks_opcode_mode(code) != MODE_MEM;
}

/** Of an unknown version several are supposed. */
static void judge_plain(struct ks_judge *judge, const struct ks_decl *record, uint32_t insn)
{
	const struct ks_bpf_program *program = judge->program;
	const struct ks_resolution *resolution = judge->resolution;
	const struct ks_reached *at = &judge->reach->at[insn];
	uint32_t core = program->cores ? program->cores[insn] : KS_NO_INDEX;
	bool moved = core < resolution->prepared->object->nr_cores;
	if (!judge->site->version || (moved && resolution->core_values[core].how != KS_KNOWN_VALUE))
		return;
	const struct access access = { .offset = (uint64_t)at->ctx_offset,
				       .size = at->ctx_size,
				       .write = ks_opcode_class(program->insns[insn].code) !=
						CLASS_LDX,
				       .moved = moved };
	if (!judge_reader(judge, &access, insn) && record)
		judge_access(judge, record, &access, insn);
}

void ks_judge_context_members(struct ks_judge *judge)
{
	const struct ks_decl *record = ks_judge_context(judge);
	for (uint32_t i = 0; i < judge->program->nr && !judge->hook->guessed; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		if (!at->reached || !at->ctx_size || at->modified_ctx)
			continue;
		if (is_atomic(judge->program->insns[i].code))
			judge_atomic(judge, i);
		else
			judge_plain(judge, record, i);
	}
}
