/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/array.h"
#include "btf/btf.h"
#include "check/core/core.h"
#include "check/kernels/attach.h"
#include "check/rules/elsewhere.h"
#include "check/rules/helpers.h"
#include "check/rules/helpers_hook.h"
#include "check/rules/type_bits.h"

/** What bpf_tracing_func_proto() serves; TRACING and LSM add to that. */
#define PROBES                                                                                     \
	(T(KPROBE) | T(TRACEPOINT) | T(PERF_EVENT) | T(RAW_TRACEPOINT) |                           \
	 T(RAW_TRACEPOINT_WRITABLE) | TRACED)
#define TRACED (T(TRACING) | T(LSM))
#define LWT (T(LWT_IN) | T(LWT_OUT) | T(LWT_XMIT) | T(LWT_SEG6LOCAL))
#define TC (T(SCHED_CLS) | T(SCHED_ACT))
#define CGROUP                                                                                     \
	(T(CGROUP_DEVICE) | T(CGROUP_SOCK) | T(CGROUP_SOCK_ADDR) | T(CGROUP_SOCKOPT) |             \
	 T(CGROUP_SYSCTL))
#define NETWORK                                                                                    \
	(TC | LWT | T(SOCKET_FILTER) | T(XDP) | T(CGROUP_SKB) | T(SOCK_OPS) | T(SK_SKB) |          \
	 T(SK_MSG) | T(CGROUP_SOCK_ADDR) | T(FLOW_DISSECTOR) | T(SK_LOOKUP))
enum { MAX_IDS = 56 };

/**
 * Helpers that the same types may call, from a version on; the numbers are those of enum bpf_func_id. Without a commit the gate
 * is a kernel that was booted and asked; the one before it was, too, and says no.
 */
static const struct row {
	struct ks_gate gate;
	uint32_t types;
	uint8_t ids[MAX_IDS]; // ends with 0
} rows[] = {
	{ { 0 }, EVERY_TYPE, { 1,   2,	 3,   5,   6,	7,   8,	  12,  35,  42,	 87,  88,  89,
			       112, 113, 114, 115, 118, 125, 130, 131, 132, 133, 134, 149, 153,
			       154, 158, 164, 165, 169, 170, 171, 172, 175, 177, 181, 182, 194,
			       195, 197, 198, 199, 200, 201, 202, 203, 208, 209 } },
	{ { 0 },
	  PROBES | T(SYSCALL),
	  { 4, 22, 27, 36, 37, 45, 55, 67, 109, 117, 120, 141, 156, 157, 176, 180 } },
	{ { 0 }, TC | T(LWT_XMIT), { 10, 11, 13, 20, 21, 29, 30, 40, 41, 135 } },
	{ { 0 }, TC, { 18, 19, 31, 32, 48, 66, 151, 152, 155, 192 } },
	{ { 0 }, T(SYSCALL), { 111, 121, 147, 148, 162, 166, 167, 168, 179, 191 } },
	{ { 0 }, TC | T(XDP), { 69, 100, 110, 163, 204, 205, 206, 207 } },
	{ { 0 }, T(SK_MSG), { 60, 61, 62, 63, 71, 90, 91 } },
	{ { 0 }, NETWORK | T(SYSCALL), { 136, 137, 138, 139, 140, 178, 196 } },
	{ { 0 }, T(XDP), { 44, 51, 54, 65, 189, 190 } },
	{ { 0 }, T(SOCK_OPS), { 53, 59, 70, 142, 143, 144 } },
	{ { 0 }, TC | T(CGROUP_SKB), { 79, 83, 95, 97, 98 } },
	{ { 0 }, T(CGROUP_SYSCTL), { 101, 102, 103, 104 } },
	{ { 0 }, TC | T(LWT_XMIT) | T(SK_SKB), { 9, 38, 43 } },
	{ { 0 }, LWT | TC, { 24, 33, 34 } },
	{ { 0 }, T(LWT_SEG6LOCAL), { 74, 75, 76 } },
	{ { 0 }, TC | T(CGROUP_SKB) | T(CGROUP_SOCK_ADDR) | T(SK_SKB) | T(XDP), { 84, 85, 99 } },
	{ { 0 }, PROBES | CGROUP | T(SK_MSG) | T(SYSCALL), { 15, 80 } },
	{ { 0 }, T(CGROUP_SOCK_ADDR) | T(SOCK_OPS), { 49, 57 } },
	{ { 0 }, T(SK_SKB), { 52, 72 } },
	{ { 0 }, T(PERF_EVENT), { 56, 119 } },
	{ { 0 }, EVERY_TYPE & ~(PROBES), { 93, 94 } },
	{ { 0 }, T(CGROUP_SYSCTL) | T(SYSCALL), { 105, 106 } },
	{ { 0 }, T(CGROUP_SKB), { 128, 129 } },
	{ { 0 }, CGROUP, { 186, 187 } },
	{ { 0 }, PROBES | T(CGROUP_SOCK) | T(CGROUP_SOCK_ADDR) | T(SK_MSG) | T(SYSCALL), { 14 } },
	{ { 0 }, PROBES | T(CGROUP_SOCK) | T(CGROUP_SOCK_ADDR) | T(SYSCALL), { 16 } },
	{ { 0 }, LWT | TC | T(CGROUP_SOCK) | T(CGROUP_SOCK_ADDR) | T(SK_MSG), { 17 } },
	{ { 0 }, TC | T(LWT_XMIT) | T(XDP), { 23 } },
	{ { 0 }, EVERY_TYPE & ~(T(FLOW_DISSECTOR) | T(SK_REUSEPORT) | T(NETFILTER)), { 25 } },
	{ { 0 },
	  LWT | TC | T(CGROUP_SKB) | T(FLOW_DISSECTOR) | T(SK_REUSEPORT) | T(SK_SKB) |
		  T(SOCKET_FILTER),
	  { 26 } },
	{ { 0 }, LWT | TC | T(XDP), { 28 } },
	{ { 0 }, LWT | TC | T(SK_SKB), { 39 } },
	{ { 0 },
	  TC | T(CGROUP_SKB) | T(CGROUP_SOCK) | T(CGROUP_SOCK_ADDR) | T(SK_SKB) | T(SOCK_OPS) |
		  T(SOCKET_FILTER) | T(SYSCALL),
	  { 46 } },
	{ { 0 }, TC | T(CGROUP_SKB) | T(SK_SKB) | T(SOCKET_FILTER), { 47 } },
	{ { 0 }, TC | T(SK_SKB), { 50 } },
	{ { 0 }, T(CGROUP_SOCK_ADDR), { 64 } },
	{ { 0 }, TC | T(CGROUP_SKB) | T(SK_REUSEPORT) | T(SOCKET_FILTER), { 68 } },
	{ { 0 }, T(LWT_IN) | T(LWT_XMIT), { 73 } },
	{ { 0 }, CGROUP | T(CGROUP_SKB) | T(SOCK_OPS), { 81 } },
	{ { 0 }, T(SK_REUSEPORT), { 82 } },
	{ { 0 },
	  TC | T(CGROUP_SKB) | T(CGROUP_SOCK_ADDR) | T(SK_LOOKUP) | T(SK_SKB) | T(XDP),
	  { 86 } },
	{ { 0 }, TC | T(CGROUP_SKB) | T(CGROUP_SOCKOPT) | T(SOCK_OPS), { 96 } },
	{ { 0 },
	  TC | T(CGROUP_SKB) | T(CGROUP_SOCK) | T(CGROUP_SOCK_ADDR) | T(CGROUP_SOCKOPT) |
		  T(SK_MSG) | T(SOCK_OPS) | T(SYSCALL),
	  { 107 } },
	{ { 0 },
	  TC | T(CGROUP_SKB) | T(CGROUP_SOCK_ADDR) | T(CGROUP_SOCKOPT) | T(SK_MSG) | T(SOCK_OPS) |
		  T(SYSCALL),
	  { 108 } },
	{ { 0 }, T(CGROUP_SOCK) | T(CGROUP_SOCK_ADDR), { 122 } },
	{ { 0 }, T(CGROUP_SOCK) | T(CGROUP_SOCK_ADDR) | T(SK_MSG) | T(SYSCALL), { 123 } },
	{ { 0 }, TC | T(SK_LOOKUP), { 124 } },
	{ { 0 }, NETWORK | T(CGROUP_SOCK) | T(CGROUP_SYSCTL) | T(SK_REUSEPORT), { 160 } },
	{ { 0 }, T(KPROBE), { 173 } },
	{ { 0 }, PROBES, { 148, 191 } },
	{ { 0 }, TRACED, { 188 } },
	{ { KS_SINCE(5, 15), "2c531639deb5" }, T(CGROUP_SOCKOPT), { 49, 57 } },
	{ { KS_SINCE(6, 10), "68ca5d4eebb8" },
	  T(RAW_TRACEPOINT) | T(RAW_TRACEPOINT_WRITABLE),
	  { 174 } },
	{ { 0 }, T(KPROBE) | T(PERF_EVENT) | T(TRACEPOINT), { 174 } },
	{ { 0 }, T(SYSCALL) | T(XDP), { 188 } },
	{ { KS_SINCE(6, 1), NULL }, PROBES, { 93, 94 } }, // asked: 5.10 refuses, 6.1 takes
	{ { KS_SINCE(6, 1), "8a67f2de9b1d" },
	  EVERY_TYPE & ~(T(CGROUP_SYSCTL) | T(SYSCALL)),
	  { 105, 106 } },
	{ { KS_SINCE(6, 1), "bed89185af0d" },
	  T(CGROUP_DEVICE) | T(CGROUP_SOCKOPT) | T(CGROUP_SYSCTL),
	  { 14, 16, 17 } },
	{ { KS_SINCE(5, 14), "e061047684af" }, T(SK_REUSEPORT), { 46 } },
	{ { KS_SINCE(5, 15), "f1248dee954c" }, T(CGROUP_SOCKOPT), { 122 } },
	{ { KS_SINCE(5, 15), "fab60e29fcc6" }, T(SK_MSG), { 122 } },
	{ { KS_SINCE(5, 15), "6cf1770d63dd" }, T(SOCK_OPS), { 122 } },
	{ { KS_SINCE(6, 1), "bed89185af0d" },
	  T(CGROUP_DEVICE) | T(CGROUP_SOCKOPT) | T(CGROUP_SYSCTL),
	  { 123 } },
	{ { KS_SINCE(5, 15), "95b861a7935b" }, PROBES, { 123 } },
	{ { 0 }, TRACED, { 111, 121, 126, 127, 136, 137, 138, 139, 140, 147,
			   148, 150, 162, 173, 178, 183, 184, 185, 191, 196 } },
	{ { KS_SINCE(5, 11), "8e4597c627fb" }, TRACED, { 107, 108 } },
	{ { KS_SINCE(5, 12), "c5dbb89fc2ac" }, TRACED, { 46 } },
	{ { KS_SINCE(5, 19), "2fcc82411e74" }, TRACED, { 174 } },
	{ { 0 }, T(LSM), { 49, 57, 81, 107, 108, 145, 146, 159, 161, 186, 187, 193 } },
	{ { KS_SINCE(5, 16), "3cee6fb8e69e" },
	  T(TRACING),
	  { 49, 57 } }, // of sockets that are iterated over
	{ { 0 }, T(STRUCT_OPS), { 46, 49, 57, 107, 108, 116, 156, 157, 160 } },
	{ { 0 }, T(KPROBE), { 58 } },
	{ { 0 }, EVERY_TYPE, { 210, 211 } },
	{ { KS_SINCE(6, 10), "eb166e522c77" }, EVERY_TYPE, { 14, 120 } },
	{ { KS_SINCE(6, 12), "7f6287417baf" }, CGROUP, { 37 } },
	{ { KS_SINCE(6, 4), "c501bf55c88b" }, EVERY_TYPE, { 80, 123 } },
	{ { KS_SINCE(6, 15), "eb62f49de7ec" }, TC, { 122 } },
	{ { KS_SINCE(6, 15), "c221d3744ad3" }, T(CGROUP_SKB) | T(SOCKET_FILTER), { 122 } },
	{ { KS_SINCE(6, 16), "ee971630f20f" },
	  EVERY_TYPE,
	  { 15, 16, 17, 22, 37, 55, 109, 117, 141, 148, 156, 157, 176, 180, 191 } },
	{ { KS_SINCE(6, 19), "5ed17896a09e" }, T(CGROUP_SOCK), { 49, 57 } },
};

/** Helpers of programs under a license that is compatible with the GPL. */
static const uint8_t gpl_only[] = { 4,	 6,   22,  25,	27,  35,  36,  45,  55,	 56,  58,
				    67,	 69,  111, 112, 113, 114, 115, 119, 121, 126, 127,
				    149, 150, 158, 163, 165, 173, 175, 176, 177, 191, 0 };
static bool is_in(const uint8_t *ids, uint32_t helper)
{
	for (; *ids; ids++)
		if (*ids == helper)
			return true;
	return false;
}

/** Whether a row holds on a version; between two kernels of which only the newer one takes it nobody knows. */
static enum ks_presence holds(const struct ks_gate *gate, uint32_t version)
{
	static const uint32_t asked[] = { KS_SINCE(5, 10), KS_SINCE(6, 1), KS_SINCE(6, 12) };
	if (!gate->since || !version || ks_gate_is_open(gate, version))
		return KS_PRESENT;
	uint32_t refused = 0; // the newest that was asked before the gate
	for (size_t i = 0; i < KS_ARRAY_LEN(asked); i++)
		if (asked[i] < gate->since)
			refused = asked[i] | 0xff; // and its later patches
	return gate->commit || version <= refused ? KS_ABSENT : KS_UNTOLD;
}

/** @param[out] newer whether a later version lists it */
static enum ks_presence is_listed(uint32_t version, uint32_t type, uint32_t helper, bool *newer)
{
	enum ks_presence best = KS_ABSENT;
	for (size_t i = 0; i < KS_ARRAY_LEN(rows) && best != KS_PRESENT; i++) {
		if (!(rows[i].types & type) || !is_in(rows[i].ids, helper))
			continue;
		enum ks_presence row = holds(&rows[i].gate, version);
		*newer |= row == KS_ABSENT;
		if (row != KS_ABSENT)
			best = row;
	}
	return best;
}

/** bpf_dummy_verifier_ops has no get_func_proto() (net/bpf/bpf_dummy_struct_ops.c, c196906d50e3). */
static bool has_no_helpers(const struct ks_calling_program *caller)
{
	static const char dummy[] = "bpf_dummy_ops";
	size_t len = caller->group ? ks_core_name_len(caller->group) : 0;
	return caller->hook == KS_HOOK_STRUCT_OPS && len == strlen(dummy) &&
	       memcmp(caller->group, dummy, len) == 0;
}

enum ks_allowed ks_helper_allowed(const struct ks_site *site,
				  const struct ks_calling_program *caller, uint32_t helper)
{
	uint32_t type = ks_prog_type_bit(caller->program_type);
	bool newer = false;
	if (has_no_helpers(caller))
		return KS_NOT_ALLOWED;
	if (!type || type == T(EXT) || helper > 211)
		return KS_ALLOWED_UNTOLD;
	enum ks_presence listed = is_listed(site->version, type, helper, &newer);
	enum ks_presence fits =
		listed == KS_ABSENT ? KS_ABSENT : ks_helper_fits_hook(site, caller, type, helper);
	if (fits == KS_UNTOLD || (fits == KS_PRESENT && listed == KS_UNTOLD))
		return KS_ALLOWED_UNTOLD;
	if (fits == KS_ABSENT)
		return newer || type != T(STRUCT_OPS) ? KS_NOT_ALLOWED : KS_ALLOWED_UNTOLD;
	return is_in(gpl_only, helper) && !caller->gpl ? KS_NEEDS_GPL : KS_ALLOWED;
}

enum ks_presence ks_helper_present(const struct ks_site *site, uint32_t helper)
{
	const struct ks_decl *decl = ks_site_fact(site, KS_ENUM, "bpf_func_id")->decl;
	if (!decl)
		return KS_UNTOLD;
	for (uint32_t i = 0; i < decl->nr; i++)
		if (decl->values[i].value == helper &&
		    strcmp(decl->values[i].name, "__BPF_FUNC_MAX_ID") != 0)
			return KS_PRESENT;
	return KS_ABSENT;
}

static const char *helper_text(struct ks_arena *arena, const char *enumerator)
{
	static const char prefix[] = "BPF_FUNC_";
	if (strncmp(enumerator, prefix, sizeof(prefix) - 1) != 0)
		return NULL;
	size_t len = strlen(enumerator) - (sizeof(prefix) - 1);
	char *name = ks_arena_alloc(arena, len + 5);
	if (name) {
		memcpy(name, "bpf_", 4);
		memcpy(name + 4, enumerator + sizeof(prefix) - 1, len + 1);
	}
	return name;
}

const char *ks_helper_name(const struct ks_site *site, const struct ks_btf *btf, uint32_t helper,
			   struct ks_arena *arena)
{
	const struct ks_decl *decl = ks_site_fact(site, KS_ENUM, "bpf_func_id")->decl;
	for (uint32_t i = 0; decl && i < decl->nr; i++)
		if (decl->values[i].value == helper && strncmp(decl->values[i].name, "__", 2) != 0)
			return helper_text(arena, decl->values[i].name);
	uint32_t id = btf ? ks_btf_find(btf, KS_BTF_ENUM, "bpf_func_id", 1) : 0;
	struct ks_btf_type type = id ? ks_btf_type(btf, id) : (struct ks_btf_type){ 0 };
	for (uint32_t i = 0; id && i < type.vlen; i++) {
		struct ks_btf_enumerator value = ks_btf_enumerator(btf, &type, i);
		if (value.value == helper)
			return helper_text(arena, value.name);
	}
	const char *elsewhere = ks_elsewhere_named(site, "bpf_func_id", helper);
	return elsewhere ? helper_text(arena, elsewhere) : NULL;
}

bool ks_license_is_gpl(const char *license)
{
	static const char *const licenses[] = {
		"GPL",		"GPL v2",	"GPL and additional rights",
		"Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"
	};
	for (size_t i = 0; license && i < KS_ARRAY_LEN(licenses); i++)
		if (strcmp(license, licenses[i]) == 0)
			return true;
	return false;
}
