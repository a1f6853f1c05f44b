/* SPDX-License-Identifier: BSD-2-Clause */
/* Members of contexts by types of programs (tests/truth/idioms/contexts.c). The layouts are those of the headers of 6.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "tiny_judge.h"
#include "tiny_view.h"

#define MEMBER(n, t, byte)                                                                         \
	{                                                                                          \
		.name = (n), .type = (t), .bits_offset = (byte)*8                                  \
	}
#define RECORD(k, n, bytes, m)                                                                     \
	{                                                                                          \
		.kind = (k), .name = (n), .size = (bytes), .nr = KS_ARRAY_LEN(m), .members = (m)   \
	}

static const struct ks_type u8 = { .kind = KS_TYPE_INT, .name = "unsigned char" };
static const struct ks_type u32 = { .kind = KS_TYPE_INT, .name = "unsigned int" };
static const struct ks_type u64 = { .kind = KS_TYPE_INT, .name = "unsigned long" };
static const struct ks_type words4 = { .kind = KS_TYPE_ARRAY, .inner = &u32, .n = 4 };
static const struct ks_type words5 = { .kind = KS_TYPE_ARRAY, .inner = &u32, .n = 5 };
static const struct ks_type address = { .kind = KS_TYPE_PTR, .inner = &u8 };

/** A pointer of 8 bytes on every machine. */
#define POINTER(n)                                                                                 \
	static const struct ks_member n##_members[] = { MEMBER(#n, &address, 0),                   \
							MEMBER("", &u64, 0) };                     \
	static const struct ks_decl n##_union = RECORD(KS_UNION, NULL, 8, n##_members);            \
	static const struct ks_type n = { .kind = KS_TYPE_UNION, .body = &n##_union }
POINTER(flow_keys);
POINTER(sk);
POINTER(optval);
POINTER(optval_end);

static const struct ks_member skb_members[] = { MEMBER("len", &u32, 0),
						MEMBER("pkt_type", &u32, 4),
						MEMBER("mark", &u32, 8),
						MEMBER("queue_mapping", &u32, 12),
						MEMBER("priority", &u32, 32),
						MEMBER("ifindex", &u32, 40),
						MEMBER("tc_index", &u32, 44),
						MEMBER("cb", &words5, 48),
						MEMBER("hash", &u32, 68),
						MEMBER("tc_classid", &u32, 72),
						MEMBER("data", &u32, 76),
						MEMBER("data_end", &u32, 80),
						MEMBER("napi_id", &u32, 84),
						MEMBER("family", &u32, 88),
						MEMBER("remote_ip4", &u32, 92),
						MEMBER("local_ip4", &u32, 96),
						MEMBER("remote_ip6", &words4, 100),
						MEMBER("local_ip6", &words4, 116),
						MEMBER("remote_port", &u32, 132),
						MEMBER("local_port", &u32, 136),
						MEMBER("data_meta", &u32, 140),
						MEMBER("", &flow_keys, 144),
						MEMBER("tstamp", &u64, 152),
						MEMBER("wire_len", &u32, 160),
						MEMBER("gso_segs", &u32, 164),
						MEMBER("", &sk, 168),
						MEMBER("gso_size", &u32, 176),
						MEMBER("tstamp_type", &u8, 180),
						MEMBER("hwtstamp", &u64, 184) };
static const struct ks_member xdp_members[] = {
	MEMBER("data", &u32, 0),
	MEMBER("data_end", &u32, 4),
	MEMBER("data_meta", &u32, 8),
	MEMBER("ingress_ifindex", &u32, 12),
	MEMBER("rx_queue_index", &u32, 16),
	MEMBER("egress_ifindex", &u32, 20),
};
static const struct ks_member addr_members[] = {
	MEMBER("user_family", &u32, 0), MEMBER("user_ip4", &u32, 4), MEMBER("user_ip6", &words4, 8),
	MEMBER("user_port", &u32, 24),	MEMBER("family", &u32, 28),  MEMBER("type", &u32, 32),
	MEMBER("protocol", &u32, 36),
};
static const struct ks_member reply_members[] = { MEMBER("args", &words4, 0),
						  MEMBER("reply", &u32, 0),
						  MEMBER("replylong", &words4, 0) };
static const struct ks_decl reply_union = RECORD(KS_UNION, NULL, 16, reply_members);
static const struct ks_type reply = { .kind = KS_TYPE_UNION, .body = &reply_union };
static const struct ks_member ops_members[] = { MEMBER("op", &u32, 0), MEMBER("", &reply, 4),
						MEMBER("family", &u32, 20),
						MEMBER("skb_len", &u32, 24) };
static const struct ks_member sockopt_members[] = {
	MEMBER("", &sk, 0),	    MEMBER("", &optval, 8),	 MEMBER("", &optval_end, 16),
	MEMBER("level", &u32, 24),  MEMBER("optname", &u32, 28), MEMBER("optlen", &u32, 32),
	MEMBER("retval", &u32, 36),
};
static const struct ks_member regs_members[] = { MEMBER("r15", &u64, 0), MEMBER("r14", &u64, 8) };
static const struct ks_decl d_regs = RECORD(KS_STRUCT, "pt_regs", 16, regs_members);
static const struct ks_type regs = { .kind = KS_TYPE_STRUCT, .name = "pt_regs" };
static const struct ks_member perf_members[] = { MEMBER("regs", &regs, 0),
						 MEMBER("sample_period", &u64, 16),
						 MEMBER("addr", &u64, 24) };
static const struct ks_decl d_u8 = { .kind = KS_INT, .name = "unsigned char", .size = 1 },
			    d_u32 = { .kind = KS_INT, .name = "unsigned int", .size = 4 },
			    d_u64 = { .kind = KS_INT, .name = "unsigned long", .size = 8 },
			    d_skb = RECORD(KS_STRUCT, "__sk_buff", 192, skb_members),
			    d_xdp = RECORD(KS_STRUCT, "xdp_md", 24, xdp_members),
			    d_addr = RECORD(KS_STRUCT, "bpf_sock_addr", 72, addr_members),
			    d_ops = RECORD(KS_STRUCT, "bpf_sock_ops", 32, ops_members),
			    d_sockopt = RECORD(KS_STRUCT, "bpf_sockopt", 40, sockopt_members),
			    d_perf = RECORD(KS_STRUCT, "bpf_perf_event_data", 32, perf_members);
static const struct ks_decl *const decls[] = { &d_u8,	&d_u32, &d_u64,	    &d_skb,  &d_xdp,
					       &d_addr, &d_ops, &d_sockopt, &d_regs, &d_perf };

/** What a rule says of a program. */
static const char *said_of_all(const char *version, const char *section,
			       const struct ks_bpf_insn *insns, uint32_t nr,
			       void (*rule)(struct ks_judge *))
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	const struct tiny_image tiny = { .image = { .label = version,
						    .version = version,
						    .arch = "amd64",
						    .elf_class = 64,
						    .facts = UINT32_MAX },
					 .nr_decls = KS_ARRAY_LEN(decls),
					 .decls = decls };
	_cleanup_view_ struct ks_view *view = tiny_view(&tiny);
	struct ks_bpf_program program = tiny_program(section, insns, nr);
	struct ks_bpf_object object = { .license = "GPL", .nr_programs = 1, .programs = &program };
	struct tiny_judge frame;
	tiny_judge_plain(&frame, &arena, view, &object, &program);
	return tiny_judge_said(&frame, rule);
}

/** What is said of one that reads or writes one thing of its context. */
static const char *said_of(const char *version, const char *section, uint8_t code, int16_t offset)
{
	bool load = (code & 7) == 1;
	const struct ks_bpf_insn insns[] = {
		{ .code = 0xb7, .dst = 2 }, // r2 = 0
		{ .code = code, .dst = load ? 2 : 1, .src = load ? 1 : 2, .off = offset },
		{ .code = 0xb7 },
		{ .code = 0x95 },
	};
	return said_of_all(version, section, insns, KS_ARRAY_LEN(insns), ks_judge_context_members);
}

enum {
	R1 = 0x71,
	R2 = 0x69,
	R4 = 0x61,
	R8 = 0x79,
	W2 = 0x6b,
	W4 = 0x63,
	W8 = 0x7b,
	ATOMIC4 = 0xc3
};
#define FINE(section, code, offset)                                                                \
	assert_string_equal(said_of("6.1.50", section, code, offset), "")
#define REFUSED(section, code, offset, text)                                                       \
	assert_string_equal(said_of("6.1.50", section, code, offset), text)

static void each_type_has_members_of_its_own(void **state)
{
	(void)state;
	FINE("tc", R4, 76);
	FINE("flow_dissector", R4, 76);
	FINE("cgroup/skb", R4, 76);
	REFUSED("socket", R4, 76, "data of struct __sk_buff is not read by programs of its type");
	FINE("tc", R4, 72);
	REFUSED("lwt_in", R4, 72,
		"tc_classid of struct __sk_buff is not read by programs of its type");
	FINE("socket", R4, 0);
	REFUSED("flow_dissector", R4, 0,
		"len of struct __sk_buff is not read by programs of its type");
	FINE("sk_skb/stream_verdict", R4, 136);
	REFUSED("tc", R4, 136,
		"local_port of struct __sk_buff is not read by programs of its type");
	REFUSED("tc", R4, 104,
		"remote_ip6 of struct __sk_buff is not read by programs of its type");
	FINE("flow_dissector", R8, 144);
	REFUSED("tc", R8, 144, "flow_keys of struct __sk_buff is not read by programs of its type");
	FINE("tc", R1, 180);
	REFUSED("cgroup/skb", R1, 180,
		"tstamp_type of struct __sk_buff is not read by programs of its type");
	// between its members there is nothing to claim
	FINE("tc", R1, 181);
}

static void few_members_are_written(void **state)
{
	(void)state;
	FINE("tc", W4, 8);
	FINE("tc", W8, 152);
	FINE("sk_skb/stream_verdict", W4, 44);
	REFUSED("tc", W4, 0, "len of struct __sk_buff is not written by programs of its type");
	REFUSED("socket", W4, 8, "mark of struct __sk_buff is not written by programs of its type");
	REFUSED("cgroup/skb", W4, 44,
		"tc_index of struct __sk_buff is not written by programs of its type");
	REFUSED("lwt_in", W8, 168, "sk of struct __sk_buff is not written by programs of its type");
	FINE("sockops", W4, 4);
	REFUSED("sockops", W4, 8,
		"args of struct bpf_sock_ops is not written by programs of its type");
	REFUSED("xdp", W4, 0, "data of struct xdp_md is not written by programs of its type");
	FINE("xdp", W4, 16); // by one that is offloaded
}

static void members_are_read_whole_or_in_parts(void **state)
{
	(void)state;
	FINE("tc", R1, 11);
	FINE("tc", R2, 10);
	REFUSED("tc", R8, 8, "mark of struct __sk_buff is not read by 8 bytes at 8");
	REFUSED("tc", W2, 8, "mark of struct __sk_buff is not written by 2 bytes at 8");
	REFUSED("tc", R2, 78, "data of struct __sk_buff is not read by 2 bytes at 78");
	REFUSED("tc", R4, 77, "data of struct __sk_buff is not read by 4 bytes at 77");
	REFUSED("tc", R4, 184, "hwtstamp of struct __sk_buff is not read by 4 bytes at 184");
	FINE("tc", W8, 56);
	REFUSED("tc", W8, 64, "cb of struct __sk_buff is not written by 8 bytes at 64");
	REFUSED("xdp", R2, 12, "ingress_ifindex of struct xdp_md is not read by 2 bytes at 12");
	FINE("cgroup/bind6", R8, 16);
	REFUSED("cgroup/setsockopt", R4, 8,
		"optval of struct bpf_sockopt is not read by 4 bytes at 8");
}

static void where_it_is_attached_decides(void **state)
{
	(void)state;
	FINE("xdp/devmap", R4, 20);
	REFUSED("xdp", R4, 20,
		"egress_ifindex of struct xdp_md is not read by programs that are attached there");
	FINE("cgroup/bind4", W4, 4);
	FINE("cgroup/recvmsg4", R1, 5);
	REFUSED("cgroup/bind6", R4, 4,
		"user_ip4 of struct bpf_sock_addr is not read by programs that are attached there");
	REFUSED("cgroup/connect4", R4, 8,
		"user_ip6 of struct bpf_sock_addr is not read by programs that are attached there");
	FINE("cgroup/setsockopt", W4, 24);
	REFUSED("cgroup/getsockopt", W4, 28,
		"optname of struct bpf_sockopt is not written by programs that are attached there");
	FINE("cgroup/getsockopt", R4, 36);
	REFUSED("cgroup/setsockopt", R4, 36,
		"retval of struct bpf_sockopt is not read by programs that are attached there");
}

static void packets_are_compared_with_their_end(void **state)
{
	(void)state;
#define LOAD(size, dst, src, at)                                                                   \
	{                                                                                          \
		size, dst, src, at, 0                                                              \
	}
#define EXIT                                                                                       \
	{ 0xb7, 0, 0, 0, 0 },                                                                      \
	{                                                                                          \
		0x95, 0, 0, 0, 0                                                                   \
	}
	static const struct ks_bpf_insn at_once[] = { LOAD(R4, 2, 1, 0), LOAD(R1, 3, 2, 0), EXIT },
					moved[] = { { 0xbf, 6, 1, 0, 0 },
						    LOAD(R4, 2, 6, 0),
						    { 0x07, 2, 0, 0, 14 },
						    LOAD(R1, 3, 2, 0),
						    EXIT },
					compared[] = { LOAD(R4, 2, 1, 0),
						       LOAD(R4, 3, 1, 4),
						       { 0xbf, 4, 2, 0, 0 },
						       { 0x07, 4, 0, 0, 1 },
						       { 0x2d, 4, 3, 1, 0 },
						       LOAD(R1, 3, 2, 0),
						       EXIT },
					number[] = { LOAD(R4, 2, 1, 12), LOAD(R1, 3, 2, 0), EXIT },
					forgotten[] = { LOAD(R4, 2, 1, 0),
							{ 0xb7, 2, 0, 0, 0 },
							LOAD(R1, 3, 2, 0),
							EXIT };
#define SAID(insns) said_of_all("6.1.50", "xdp", insns, KS_ARRAY_LEN(insns), ks_judge_packet_reads)
	static const char refused[] = "what data of struct xdp_md points to is used before it is "
				      "compared with its end";
	assert_string_equal(SAID(at_once), refused);
	assert_string_equal(SAID(moved), refused);
	assert_string_equal(SAID(compared), "");
	assert_string_equal(SAID(number), ""); // what else is wrong with it
	assert_string_equal(SAID(forgotten), "");
	assert_string_equal(said_of_all("6.1.50", "perf_event", at_once, KS_ARRAY_LEN(at_once),
					ks_judge_packet_reads),
			    "");
}

/** As 5.10, 6.1, 6.12 and 7.2 said when they were booted (tests/truth/idioms/contexts.c). */
static void some_contexts_are_only_read(void **state)
{
	(void)state;
	static const char *const only_read[] = { "struct_ops/init", "netfilter" };
	static const char atomic[] = "it is changed by an atomic operation, which no program may";
	for (size_t i = 0; i < KS_ARRAY_LEN(only_read); i++) {
		REFUSED(only_read[i], W8, 8, "byte 8 is written, programs of its type only read");
		FINE(only_read[i], R8, 8);
	}
	FINE("lsm/file_open", W8, 8); // btf_ctx_access() asks of none: 6.1.176 takes it
	FINE("lsm/file_open", W8, 0);
	FINE("syscall", W8, 8);
	REFUSED("tc", ATOMIC4, 8, atomic);
	REFUSED("lsm/file_open", ATOMIC4, 8, atomic);
}

static void events_are_read_alone(void **state)
{
	(void)state;
	FINE("perf_event", R8, 8);
	FINE("perf_event", R2, 18);
	FINE("perf_event", R4, 28);
	REFUSED("perf_event", R4, 8,
		"regs of struct bpf_perf_event_data is not read by 4 bytes at 8");
	REFUSED("perf_event", W8, 8,
		"regs of struct bpf_perf_event_data is not written by programs of its type");
	REFUSED("perf_event", W8, 24,
		"addr of struct bpf_perf_event_data is not written by programs of its type");
	static const char *const sections[] = { "tp/sched/sched_switch",
						"raw_tp/sched_switch",
						"tp_btf/sched_switch",
						"fentry/vfs_read",
						"iter/task",
						"kprobe/vfs_read",
						"uprobe",
						"kprobe.multi/vfs_*" };
	for (size_t i = 0; i < KS_ARRAY_LEN(sections); i++) {
		FINE(sections[i], R8, 8);
		REFUSED(sections[i], W8, 8, "byte 8 is written, programs of its type only read");
	}
}

static void uprobes_change_registers_since_6_18(void **state)
{
	(void)state;
	static const char others[] = "registers are written, which is for uprobes alone";
	assert_string_not_equal(said_of("6.17.9", "uprobe", W8, 8), "");
	assert_string_equal(said_of("6.18.1", "uprobe", W8, 8), "");
	assert_string_equal(said_of("6.18.1", "usdt", W8, 8), "");
	assert_string_equal(said_of("6.18.1", "kprobe/vfs_read", W8, 8), others);
	assert_string_equal(said_of("6.18.1", "kretprobe", W8, 8), others);
	assert_string_equal(said_of("6.18.1", "kprobe.multi/vfs_*", W8, 8), others);
	assert_string_equal(said_of("6.18.1", "tp/sched/sched_switch", W8, 8),
			    "byte 8 is written, programs of its type only read");
}

static void of_kernels_that_were_not_looked_at_it_is_unknown(void **state)
{
	(void)state;
	assert_string_not_equal(said_of("5.10.1", "socket", R4, 76), "");
	assert_string_not_equal(said_of("7.3.4", "socket", R4, 76), "");
	static const char maybe[] =
		"data of struct __sk_buff is not read by programs of its type, from 5.10 to "
		"7.3: whether this kernel does as these is not known";
	assert_string_equal(said_of("5.9.16", "socket", R4, 76), maybe);
	assert_string_equal(said_of("7.4.1", "socket", R4, 76), maybe);
	assert_string_equal(said_of("7.4.1", "tc", R4, 76), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_has_members_of_its_own),
		cmocka_unit_test(few_members_are_written),
		cmocka_unit_test(members_are_read_whole_or_in_parts),
		cmocka_unit_test(where_it_is_attached_decides),
		cmocka_unit_test(packets_are_compared_with_their_end),
		cmocka_unit_test(some_contexts_are_only_read),
		cmocka_unit_test(events_are_read_alone),
		cmocka_unit_test(uprobes_change_registers_since_6_18),
		cmocka_unit_test(of_kernels_that_were_not_looked_at_it_is_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
