// SPDX-License-Identifier: BSD-2-Clause
/*
 * Offsets and sizes that are bounded in some way or another, or not at all: what verifiers know of numbers. Instructions that
 * matter are written as such, for compilers choose others.
 */
#include "idiom.h"

// clang-format off

struct value {
	u8 bytes[256];
	u64 a, b, c;
	u32 d, e, f;
	u8 g, h;
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct value);
} values SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

u64 n;
u8 table[256];
const volatile u32 off = 0;

/** If that comparison of 64 or 32 bits is true, the program ends. */
#define IF(a, op, b) asm volatile goto("if %0 " op " %1 goto %l2" : : "r"((u64)(a)), "r"((u64)(b)) : : out)
#define IFK(a, op, k) asm volatile goto("if %0 " op " %1 goto %l2" : : "r"((u64)(a)), "i"(k) : : out)
#define IFW(a, op, b) asm volatile goto("if %0 " op " %1 goto %l2" : : "w"((u32)(a)), "w"((u32)(b)) : : out)
#define IFWK(a, op, k) asm volatile goto("if %0 " op " %1 goto %l2" : : "w"((u32)(a)), "i"(k) : : out)
/** Operations that the compiler does not see through. */
#define DO(x, op, y) asm volatile("%0 " op " %1" : "+r"(x) : "ri"((u64)(y)))
#define DOW(x, op, y) asm volatile("%0 " op " %1" : "+w"(x) : "wi"((u32)(y)))
#define COPY(x, y) asm volatile("%0 = %1" : "=r"(x) : "r"(y))
#define COPYW(x, y) asm volatile("%0 = %1" : "=w"(x) : "w"(y))
/** A byte that stands there behind p. */
#define USE(p, i) { u64 at_; asm volatile("%0 = %1; %0 += %2; %0 = *(u8 *)(%0 + 0)" : "=&r"(at_) : "r"(p), "r"((u64)(i))); n += at_; }
#define PUT(p, i) { u64 at_; asm volatile("%0 = %1; %0 += %2; *(u8 *)(%0 + 0) = %2" : "=&r"(at_) : "r"(p), "r"((u64)(i)) : "memory"); }

#define ON(section, name, ...)                                                                     \
	SEC(section) int p_##name(void *ctx)                                                       \
	{                                                                                          \
		u32 key = 0;                                                                       \
		struct value *v = bpf_map_lookup_elem(&values, &key);                              \
		if (!v)                                                                            \
			goto out;                                                                  \
		u64 i = *(volatile u64 *)&v->a, m = *(volatile u64 *)&v->b;                        \
		u32 w = *(volatile u32 *)&v->d, l = *(volatile u32 *)&v->e;                        \
		u64 x = *(volatile u8 *)&v->g, y = *(volatile u8 *)&v->h;                          \
		__VA_ARGS__;                                                                       \
	out:                                                                                       \
		return 0;                                                                          \
	}
#define B(name, ...) ON("kprobe/vfs_read", name, __VA_ARGS__)

#if IDIOM == 1
/* comparisons */
B(byte, USE(v, x))
B(word_unbounded, USE(v, w))
B(unbounded, USE(v, i))
B(unbounded_written, PUT(v, i))
B(constant, IFK(i, ">", 100); USE(v, i))
B(constant_at_most, IFK(i, ">=", 101); USE(v, i))
B(constant_below, IFK(i, "<", 100); USE(v, i))
B(constant_in_register, u64 k; COPY(k, 100ull); IF(i, ">", k); USE(v, i))
B(constant_in_register_first, u64 k; COPY(k, 100ull); IF(k, "<", i); USE(v, i))
B(word_constant, IFWK(w, ">", 100); USE(v, w))
B(word_constant_signed, IFWK(w, "s>", 100); USE(v, w))
B(word_constant_signed_both, IFWK(w, "s>", 100); IFWK(w, "s<", 0); USE(v, w))
B(constant_signed, IFK(i, "s>", 100); USE(v, i))
B(constant_signed_both, IFK(i, "s>", 100); IFK(i, "s<", 0); USE(v, i))
B(variable, IFK(m, ">", 100); IF(i, ">", m); USE(v, i))
B(variable_first, IFK(m, ">", 100); IF(m, "<", i); USE(v, i))
B(variable_at_least, IFK(m, ">", 100); IF(i, ">=", m); USE(v, i))
B(variable_signed, IFK(m, ">", 100); IFK(i, "s<", 0); IF(i, "s>", m); USE(v, i))
B(variable_signed_only, IFK(m, ">", 100); IF(i, "s>", m); USE(v, i))
B(variable_not_bounded, IF(i, ">", m); USE(v, i))
B(variable_bounded_later, IF(i, ">", m); IFK(m, ">", 100); USE(v, i))
B(variable_byte, IF(i, ">", x); USE(v, i))
B(word_variable, IFWK(l, ">", 100); IFW(w, ">", l); USE(v, w))
B(word_variable_first, IFWK(l, ">", 100); IFW(l, "<", w); USE(v, w))
B(equal, IFK(m, ">", 100); IF(i, "!=", m); USE(v, i))
B(word_equal, IFWK(l, ">", 100); IFW(w, "!=", l); USE(v, w))
B(equal_to_constant, IFK(i, "!=", 100); USE(v, i))
B(word_equal_to_constant, IFWK(w, "!=", 100); USE(v, w))
B(equal_both, IFK(m, ">", 100); IFK(i, ">", 200); IF(i, "!=", m); USE(v, i))
B(not_zero, IFK(i, ">", 16); IFK(i, "==", 0); DO(i, "+=", -1); USE(v, i))
B(not_zero_word, IFK(x, ">", 16); IFWK(x, "==", 0); w = x; DOW(w, "+=", -1); USE(v, w))
B(not_zero_at_least, IFK(i, ">", 16); IFK(i, "<", 1); DO(i, "+=", -1); USE(v, i))
B(not_checked, IFK(i, ">", 16); DO(i, "+=", -1); USE(v, i))
B(not_the_last, IFK(i, ">", 256); IFK(i, "==", 256); USE(v, i))
B(before, IFK(x, ">", 16); IFWK(x, "==", 16); IFWK(x, "==", 0); w = x; DOW(w, "+=", -1); u32 z = x; IFW(w, ">", z); USE(v, w))
B(bits, IFK(i, "&", ~127); USE(v, i))
B(bits_of_variable, IFK(m, "<", 1000); IF(i, "&", m); USE(v, i))
B(dead_by_range, IFK(i, ">", 10); IFK(i, "<", 20); USE(v, m))
B(dead_by_constant, if (off) USE(v, m))
#endif

#if IDIOM == 2
/* computation */
B(masked, DO(i, "&=", 127); USE(v, i))
B(masked_later, IFK(i, ">", 100); DO(i, "&=", 127); USE(v, i))
B(masked_and_moved, DO(i, "&=", 127); DO(i, "+=", 100); USE(v, i))
B(masked_by_variable, DO(i, "&=", x); USE(v, i))
B(masked_by_unbounded, DO(i, "&=", m); USE(v, i))
B(word_masked, DOW(w, "&=", 127); USE(v, w))
B(shifted, IFK(i, ">", 30); DO(i, "<<=", 3); USE(v, i))
B(shifted_down, IFK(i, ">", 2000); DO(i, ">>=", 3); USE(v, i))
B(shifted_down_unbounded, DO(i, ">>=", 3); USE(v, i))
B(shifted_down_far, DO(i, ">>=", 56); USE(v, i))
B(shifted_by_variable, DO(x, "&=", 3); IFK(i, ">", 4); DO(i, "<<=", x); USE(v, i))
B(multiplied, IFK(i, ">", 10); DO(i, "*=", 8); USE(v, i))
B(multiplied_by_variable, IFK(i, ">", 10); DO(x, "&=", 7); DO(i, "*=", x); USE(v, i))
B(divided, IFK(i, ">", 2000); DO(i, "/=", 8); USE(v, i))
B(divided_word, IFWK(w, ">", 2000); DOW(w, "/=", 8); USE(v, w))
B(remainder, DO(i, "%%=", 100); USE(v, i))
B(remainder_word, DOW(w, "%%=", 100); USE(v, w))
B(remainder_of_bounded, IFK(i, ">", 100); DO(i, "%%=", 7); USE(v, i))
B(remainder_masked, DO(i, "%%=", 100); DO(i, "&=", 127); USE(v, i))
B(negated, IFK(i, ">", 100); asm volatile("%0 = -%0" : "+r"(i)); asm volatile("%0 = -%0" : "+r"(i)); USE(v, i))
B(swapped, asm volatile("%0 = be16 %0" : "+r"(x)); USE(v, x))
B(swapped_and_masked, asm volatile("%0 = be16 %0" : "+r"(x)); DO(x, "&=", 127); USE(v, x))
B(or_constant, DO(i, "&=", 63); DO(i, "|=", 64); USE(v, i))
B(or_variable, DO(i, "&=", 63); DO(x, "&=", 63); DO(i, "|=", x); USE(v, i))
B(xor_variable, DO(i, "&=", 63); DO(x, "&=", 63); DO(i, "^=", x); USE(v, i))
B(sum, IFK(i, ">", 100); IFK(m, ">", 100); DO(i, "+=", m); USE(v, i))
B(sum_unbounded, IFK(i, ">", 100); DO(i, "+=", m); USE(v, i))
B(difference, IFK(i, ">", 100); IFK(m, ">", 100); DO(i, "-=", m); USE(v, i))
B(difference_checked, IFK(i, ">", 100); IFK(m, ">", 100); IF(i, "<", m); DO(i, "-=", m); USE(v, i))
B(difference_checked_again, IFK(i, ">", 100); IFK(m, ">", 100); DO(i, "-=", m); IFK(i, ">", 100); USE(v, i))
B(word_difference, IFWK(w, ">", 100); IFWK(l, ">", 100); DOW(w, "-=", l); USE(v, w))
B(moved_back, IFK(i, ">", 100); u8 *p = v->bytes; asm volatile("%0 += %1; %0 -= 50; %0 += 50" : "+r"(p) : "r"(i)); n += *(volatile u8 *)p)
B(moved_far, u8 *p = v->bytes; asm volatile("%0 += %1; %0 -= %1" : "+r"(p) : "r"(i)); n += *(volatile u8 *)p)
B(signed_byte, s64 s = (s8)*(volatile s8 *)&v->g; USE(v->bytes, s))
B(signed_byte_bounded, s64 s = (s8)*(volatile s8 *)&v->g; IFK(s, "s<", 0); USE(v->bytes, s))
B(extended, DO(w, "<<=", 32); DO(w, "s>>=", 32); IFK(w, ">", 100); USE(v, w))
#endif

#if IDIOM == 3
/* copies and the stack */
B(copy, u64 c; COPY(c, i); IFK(c, ">", 100); USE(v, i))
B(copied, u64 c; COPY(c, i); IFK(i, ">", 100); USE(v, c))
B(copy_of_word, u32 c; COPYW(c, w); IFWK(c, ">", 100); USE(v, w))
B(copied_word, u32 c; COPYW(c, w); IFWK(w, ">", 100); USE(v, c))
B(copied_word_of_more, u32 c; COPYW(c, i); IFWK(c, ">", 100); USE(v, i))
B(copy_moved, u64 c; COPY(c, i); DO(c, "+=", 4); IFK(c, ">", 100); IFK(c, "<", 4); USE(v, i))
B(copy_of_compared, IFK(i, ">", 100); u64 c; COPY(c, i); USE(v, c))
B(copy_compared_with_variable, IFK(m, ">", 100); u64 c; COPY(c, i); IF(c, ">", m); USE(v, i))
B(spilled, IFK(i, ">", 100); volatile u64 s = i; asm volatile("" ::: "memory"); u64 c = s; USE(v, c))
B(spilled_word, IFWK(w, ">", 100); volatile u32 s = w; asm volatile("" ::: "memory"); u32 c = s; USE(v, c))
B(spilled_unbounded, volatile u64 s = i; u64 c = s; USE(v, c))
B(spilled_variable, IFK(m, ">", 100); volatile u64 s = m; u64 c = s; IF(i, ">", c); USE(v, i))
B(copied_by_helper, u64 s = 0; bpf_probe_read_kernel(&s, 8, v); USE(v, s))
B(copied_by_helper_bounded, u64 s = 0; bpf_probe_read_kernel(&s, 8, v); IFK(s, ">", 100); USE(v, s))
B(copied_by_helper_variable, u64 s = 0; IFK(m, ">", 100); bpf_probe_read_kernel(&s, 8, v); IF(s, ">", m); USE(v, s))
B(copied_word_by_helper, u32 s = 0; bpf_probe_read_kernel(&s, 4, v); USE(v, s))
B(stack, char s[64] = {}; IFK(i, ">", 63); USE(s, i))
B(stack_behind, char s[64] = {}; IFK(i, ">", 1000); USE(s, i))
B(stack_unbounded, char s[64] = {}; USE(s, i))
B(stack_word, char s[64] = {}; USE(s, w))
B(stack_variable, char s[64] = {}; IFK(m, ">", 63); IF(i, ">", m); USE(s, i))
B(stack_written, char s[64] = {}; IFK(i, ">", 63); PUT(s, i); n += s[3])
B(stack_written_unbounded, char s[64] = {}; PUT(s, i); n += s[3])
B(section, IFK(i, ">", 255); USE(table, i))
B(section_unbounded, USE(table, i))
B(section_variable, IFK(m, ">", 100); IF(i, ">", m); USE(table, i))
B(reserved, u8 *r = bpf_ringbuf_reserve(&ring, 64, 0); if (!r) goto out; if (i < 64) PUT(r, i); bpf_ringbuf_discard(r, 0))
B(reserved_variable, u8 *r = bpf_ringbuf_reserve(&ring, 64, 0); if (!r) goto out; if (m < 64) asm volatile goto("if %0 > %1 goto %l3; r0 = %2; r0 += %0; *(u8 *)(r0 + 0) = %0" : : "r"(i), "r"(m), "r"(r) : "r0", "memory" : no); no: bpf_ringbuf_discard(r, 0))
B(reserved_unbounded, u8 *r = bpf_ringbuf_reserve(&ring, 64, 0); if (!r) goto out; PUT(r, i); bpf_ringbuf_discard(r, 0))
B(reserve_variable_size, IFK(i, ">", 64); u8 *r = bpf_ringbuf_reserve(&ring, i, 0); if (r) bpf_ringbuf_discard(r, 0))
B(loop, for (int k = 0; k < 10; k++) USE(v, k))
B(loop_variable, IFK(m, ">", 10); for (u64 k = 0; k < 10; k++) { IF(k, ">=", m); USE(v, k); })
B(loop_up_to_variable, IFK(m, ">", 10); u64 k; COPY(k, 0ull); asm volatile("1: if %0 >= %1 goto 2f; r0 = %2; r0 += %0; r0 = *(u8 *)(r0 + 0); %0 += 1; goto 1b; 2:" : "+r"(k) : "r"(m), "r"(v) : "r0"))
static __noinline u64 at(u8 *p, u64 i) { u64 r; asm volatile("%0 = %1; %0 += %2; %0 = *(u8 *)(%0 + 0)" : "=&r"(r) : "r"(p), "r"(i)); return r; }
B(called, IFK(i, ">", 100); n += at(v->bytes, i))
B(called_unbounded, n += at(v->bytes, i))
B(called_variable, IFK(m, ">", 100); IF(i, ">", m); n += at(v->bytes, i))
static __noinline u64 least(u64 a, u64 b) { asm volatile goto("if %0 > %1 goto %l2" : : "r"(a), "r"(b) : : more); return a; more: return b; }
B(least, IFK(m, ">", 100); i = least(i, m); USE(v, i))
B(least_of_unbounded, i = least(i, m); USE(v, i))
static __noinline u64 most100(u64 a) { asm volatile goto("if %0 > 100 goto %l1" : : "r"(a) : : more); return a; more: return 100; }
B(most, i = most100(i); USE(v, i))
#endif

#if IDIOM == 4
/* sizes, results and contexts */
B(size, u64 s[8] = {}; IFK(i, ">", 64); bpf_probe_read_kernel(s, i, v))
B(size_unbounded, u64 s[8] = {}; bpf_probe_read_kernel(s, i, v))
B(size_behind, u64 s[8] = {}; IFK(i, ">", 1000); bpf_probe_read_kernel(s, i, v))
B(size_word, u64 s[8] = {}; bpf_probe_read_kernel(s, w, v))
B(size_variable, u64 s[8] = {}; IFK(m, ">", 64); IF(i, ">", m); bpf_probe_read_kernel(s, i, v))
B(size_word_variable, u64 s[8] = {}; IFWK(l, ">", 64); IFW(w, ">", l); bpf_probe_read_kernel(s, w, v))
B(size_not_zero, u64 s[8] = {}; IFK(i, ">", 64); IFK(i, "==", 0); DO(i, "-=", 1); bpf_probe_read_kernel(s, i, v))
B(size_into_value, IFK(i, ">", 256); bpf_probe_read_kernel(v->bytes, i, ctx))
B(size_into_value_unbounded, bpf_probe_read_kernel(v->bytes, i, ctx))
B(size_into_value_variable, IFK(m, ">", 200); IF(i, ">", m); bpf_probe_read_kernel(v->bytes, i, ctx))
B(size_negative, u64 s[8] = {}; IFWK(w, "s>", 64); bpf_probe_read_kernel(s, w, v))
B(size_signed, u64 s[8] = {}; IFK(i, "s>", 64); bpf_probe_read_kernel(s, i, v))
B(size_signed_both, u64 s[8] = {}; IFK(i, "s>", 64); IFK(i, "s<", 0); bpf_probe_read_kernel(s, i, v))
B(size_output, IFK(i, ">", 256); bpf_ringbuf_output(&ring, v->bytes, i, 0))
B(size_output_unbounded, bpf_ringbuf_output(&ring, v->bytes, i, 0))
B(size_output_variable, IFK(m, ">", 256); IF(i, ">", m); bpf_ringbuf_output(&ring, v->bytes, i, 0))
B(size_remainder, u64 s[8] = {}; DO(i, "%%=", 64); bpf_probe_read_kernel(s, i, v))
B(result, long r = bpf_probe_read_kernel_str(v->bytes, 100, ctx); USE(v, r))
B(result_bounded, long r = bpf_probe_read_kernel_str(v->bytes, 100, ctx); IFK(r, ">", 100); USE(v, r))
B(result_signed, long r = bpf_probe_read_kernel_str(v->bytes, 100, ctx); IFK(r, "s<", 0); USE(v, r))
B(result_positive, long r = bpf_probe_read_kernel_str(v->bytes, 100, ctx); IFK(r, "s<=", 0); USE(v, r))
B(result_variable, IFK(m, ">", 100); long r = bpf_probe_read_kernel_str(v->bytes, 100, ctx); IF(r, ">", m); USE(v, r))
B(pid, u32 p = bpf_get_current_pid_tgid(); USE(v, p))
B(pid_bounded, u32 p = bpf_get_current_pid_tgid(); IFK(p, ">", 100); USE(v, p))
B(processor, u32 p = bpf_get_smp_processor_id(); USE(v, p))
B(random, u32 p = bpf_get_prandom_u32(); DOW(p, "&=", 127); USE(v, p))
B(random_variable, IFK(m, ">", 100); u64 p = bpf_get_prandom_u32(); IF(p, ">", m); USE(v, p))
ON("kprobe/vfs_read", context, u64 c = *(volatile u64 *)(ctx + 16); USE(v, c))
ON("kprobe/vfs_read", context_bounded, u64 c = *(volatile u64 *)(ctx + 16); IFK(c, ">", 100); USE(v, c))
ON("kprobe/vfs_read", context_variable, IFK(m, ">", 100); u64 c = *(volatile u64 *)(ctx + 16); IF(c, ">", m); USE(v, c))
ON("tracepoint/sched/sched_switch", event, u64 c = *(volatile u32 *)(ctx + 24); USE(v, c))
ON("tracepoint/sched/sched_switch", event_bounded, u64 c = *(volatile u32 *)(ctx + 24); IFK(c, ">", 100); USE(v, c))
ON("raw_tp/sched_switch", argument, u64 c = *(volatile u64 *)ctx; USE(v, c))
ON("raw_tp/sched_switch", argument_bounded, u64 c = *(volatile u64 *)ctx; IFK(c, ">", 100); USE(v, c))
ON("fentry/vfs_read", typed, u64 c = ((volatile u64 *)ctx)[2]; USE(v, c))
ON("fentry/vfs_read", typed_variable, IFK(m, ">", 100); IF(i, ">", m); USE(v, i))
ON("xdp", packet, struct xdp_md *p = ctx; u64 c = *(volatile u32 *)&p->rx_queue_index; USE(v, c))
ON("xdp", packet_variable, IFK(m, ">", 100); IF(i, ">", m); USE(v, i))
ON("tc", skb_variable, IFK(m, ">", 100); IF(i, ">", m); USE(v, i))
#endif
