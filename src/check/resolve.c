/* SPDX-License-Identifier: BSD-2-Clause */
/* What a loader makes of an object's relocations and externs on one image. */
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "check/core/core_type.h"
#include "check/resolve.h"
#include "check/rules/target.h"

static void set_number(struct ks_known *known, uint64_t value)
{
	*known = (struct ks_known){ .how = KS_KNOWN_VALUE, .value = value };
}

static enum ks_extern_state missing(const struct ks_bpf_extern *ext, struct ks_known *known)
{
	set_number(known, 0);
	return ext->weak ? KS_EXTERN_WEAK : KS_EXTERN_MISSING;
}

/** A value as .config has it, as a number; false for a text. */
static bool parse_option(const char *value, enum ks_kconfig_type type, uint64_t *ret)
{
	static const char tristate[] = "nym"; // enum libbpf_tristate: 0, 1, 2
	const char *letter = value[0] && !value[1] ? strchr(tristate, value[0]) : NULL;
	if (letter) {
		*ret = type == KS_KCONFIG_CHAR ? (uint64_t)value[0] : (uint64_t)(letter - tristate);
		return true;
	}
	bool negative = *value == '-';
	const char *p = value + negative;
	unsigned int base = p[0] == '0' && (p[1] == 'x' || p[1] == 'X') ? 16 : 10;
	p += base == 16 ? 2 : 0;
	uint64_t v = 0;
	if (!*p)
		return false;
	for (; *p; p++) {
		unsigned int digit = *p >= '0' && *p <= '9'   ? (unsigned int)(*p - '0')
				     : *p >= 'a' && *p <= 'f' ? (unsigned int)(*p - 'a') + 10
				     : *p >= 'A' && *p <= 'F' ? (unsigned int)(*p - 'A') + 10
							      : 16;
		if (digit >= base)
			return false;
		v = v * base + digit;
	}
	*ret = negative ? 0 - v : v;
	return true;
}

/** Whether libbpf puts a number into a variable (set_kcfg_value_num()). */
static bool number_fits(const struct ks_bpf_extern *ext, uint64_t value)
{
	enum { BITS = 8, ALL = 64 };
	uint32_t bits = ext->size * BITS;
	if (ext->value == KS_KCONFIG_UNKNOWN) // the object was not opened
		return true;
	if (ext->value == KS_KCONFIG_BOOL)
		return value <= 1;
	if (ext->value != KS_KCONFIG_NUMBER && ext->value != KS_KCONFIG_CHAR)
		return false;
	if (bits >= ALL)
		return true;
	return ((ext->is_signed ? value + (1ULL << (bits - 1)) : value) >> bits) == 0;
}

/** Whether it puts a value as .config has it into a variable (set_kcfg_value_tri(), set_kcfg_value_str()). */
static bool option_fits(const struct ks_bpf_extern *ext, const char *value,
			const struct ks_known *known)
{
	enum ks_kconfig_type type = ext->value;
	switch (value[0]) {
	case 'm':
	case 'y':
		return type == KS_KCONFIG_UNKNOWN || type == KS_KCONFIG_TRISTATE ||
		       type == KS_KCONFIG_CHAR || (type == KS_KCONFIG_BOOL && value[0] == 'y');
	case '"':
		return type == KS_KCONFIG_UNKNOWN || type == KS_KCONFIG_TEXT;
	default:
		return known->how != KS_KNOWN_VALUE || number_fits(ext, known->value);
	}
}

/** Externs that libbpf itself gives a value. */
static enum ks_extern_state virtual_extern(const struct ks_site *site,
					   const struct ks_bpf_extern *ext, struct ks_known *known)
{
	if (strcmp(ext->name, "LINUX_KERNEL_VERSION") == 0) {
		uint32_t version = ks_version_of_image(site->image);
		set_number(known, version);
		if (version)
			return KS_EXTERN_FOUND;
		known->how = KS_KNOWN_NOT;
		return site->image->release && site->image->banner ? KS_EXTERN_MISSING
								   : KS_EXTERN_UNTOLD;
	}
	if (strcmp(ext->name, "LINUX_HAS_BPF_COOKIE") == 0) {
		enum ks_presence cookie = ks_helper_present(site, 174);
		if (cookie != KS_UNTOLD)
			set_number(known, cookie == KS_PRESENT);
		return cookie == KS_UNTOLD ? KS_EXTERN_UNTOLD : KS_EXTERN_FOUND;
	}
	if (strcmp(ext->name, "LINUX_HAS_SYSCALL_WRAPPER") == 0) {
		const struct ks_arch *arch = ks_arch_by_debian(site->image->arch);
		char wrapper[64]; // of bpf(); libbpf looks for no other
		snprintf(wrapper, sizeof(wrapper), "%sbpf", arch ? arch->syscall_prefix : "");
		if (arch && !ks_arch_wraps_syscalls(arch)) {
			set_number(known, 0);
			return KS_EXTERN_FOUND;
		}
		struct ks_target target = ks_target_find(site, wrapper);
		enum ks_presence code = arch ? ks_target_code(&target) : KS_UNTOLD;
		if (code != KS_UNTOLD)
			set_number(known, code == KS_PRESENT);
		return code == KS_UNTOLD ? KS_EXTERN_UNTOLD : KS_EXTERN_FOUND;
	}
	return missing(ext, known);
}

static enum ks_extern_state kconfig_extern(const struct ks_site *site,
					   const struct ks_bpf_extern *ext, struct ks_known *known)
{
	if (strncmp(ext->name, "LINUX_", 6) == 0) {
		enum ks_extern_state state = virtual_extern(site, ext, known);
		return state == KS_EXTERN_FOUND && !number_fits(ext, known->value) ? KS_EXTERN_UNFIT
										   : state;
	}
	if (strncmp(ext->name, "CONFIG_", 7) != 0)
		return KS_EXTERN_MISSING; // also when it is weak
	const char *value = ks_site_option(site, ext->name);
	if (!value)
		return KS_EXTERN_UNTOLD;
	if (strcmp(value, "n") == 0) // "is not set" is not there for libbpf
		return missing(ext, known);
	size_t len = strlen(value);
	if (value[0] == '"' && len >= 2 && value[len - 1] == '"')
		*known = (struct ks_known){ KS_KNOWN_TEXT, XXH3_64bits(value, len), value };
	else if (parse_option(value, ext->value, &known->value))
		known->how = KS_KNOWN_VALUE;
	return option_fits(ext, value, known) ? KS_EXTERN_FOUND : KS_EXTERN_UNFIT;
}

/**
 * Whether BTF leaves a function's last argument out, which debug information does not: the verifier gives it (KF_IMPLICIT_ARGS,
 * resolve_btfids). It is always a struct bpf_prog_aux.
 */
static bool hides_last(const struct ks_site *site, const struct ks_decl *decl)
{
	const struct ks_type *proto = decl->type;
	if (site->image->tier != KS_TIER_FULL || !proto || proto->kind != KS_TYPE_PROTO ||
	    !proto->nr_params)
		return false;
	struct ks_shape last = ks_shape_of(site, proto->params[proto->nr_params - 1].type);
	if (last.kind != KS_BTF_PTR || !last.type)
		return false;
	last = ks_shape_of(site, last.type->inner);
	return last.name && strcmp(last.name, "bpf_prog_aux") == 0;
}

static bool agrees_without_last(const struct ks_site *site, const struct ks_btf *btf,
				uint32_t local, const struct ks_decl *decl)
{
	if (!hides_last(site, decl))
		return false;
	struct ks_type proto = *decl->type;
	struct ks_decl shown = *decl;
	proto.nr_params--;
	shown.type = &proto;
	return ks_types_agree(site, btf, local, &shown);
}

/** A kernel function called by name; its prototype must agree with the one it is declared with. */
static enum ks_extern_state kfunc_extern(const struct ks_site *site,
					 const struct ks_bpf_object *object,
					 const struct ks_bpf_extern *ext, struct ks_known *known)
{
	char name[256];
	size_t len = ks_core_name_len(ext->name);
	if (len >= sizeof(name))
		return missing(ext, known);
	memcpy(name, ext->name, len);
	name[len] = '\0';
	struct ks_target target = ks_target_find(site, name);
	if (target.in_btf == KS_ABSENT && len > 5 && strcmp(name + len - 5, "_impl") == 0) {
		name[len - 5] = '\0'; // BTF has that name for what keeps its last argument
		struct ks_target whole = ks_target_find(site, name);
		if (whole.in_btf == KS_PRESENT && whole.fact->decl &&
		    hides_last(site, whole.fact->decl))
			target = whole;
	}
	if (target.in_btf == KS_UNTOLD)
		return KS_EXTERN_UNTOLD;
	if (target.in_btf == KS_ABSENT)
		return missing(ext, known);
	if (object->btf && ext->type && target.fact->decl && target.fact->decl->type) {
		struct ks_btf_type type = ks_btf_type(object->btf, ext->type);
		uint32_t proto = type.kind == KS_BTF_FUNC ? type.type : ext->type;
		if (!ks_types_agree(site, object->btf, proto, target.fact->decl) &&
		    !agrees_without_last(site, object->btf, proto, target.fact->decl))
			return missing(ext, known);
	}
	known->how = KS_KNOWN_POINTER;
	return KS_EXTERN_FOUND;
}

/**
 * Whether the verifier finds the address of a variable that BTF describes (check_pseudo_btf_id()): kallsyms has data only with
 * CONFIG_KALLSYMS_ALL.
 */
static enum ks_extern_state address_of(const struct ks_site *site, const char *name)
{
	enum ks_presence there = ks_site_built_in(site, "CONFIG_KALLSYMS_ALL");
	bool kallsyms = site->image->tier == KS_TIER_BTF || site->image->tier == KS_TIER_LIVE;
	if (there == KS_UNTOLD && kallsyms) // where its symbols are from
		there = ks_site_symbol(site, name, false);
	return there == KS_PRESENT  ? KS_EXTERN_FOUND
	       : there == KS_ABSENT ? KS_EXTERN_NO_ADDRESS
				    : KS_EXTERN_ADDRESS_UNTOLD;
}

/** bpf_object__resolve_ksym_var_btf_id(): a variable is declared with a type of the same kinds all the way down. */
static bool variable_agrees(const struct ks_site *site, const struct ks_bpf_object *object,
			    const struct ks_bpf_extern *ext)
{
	const struct ks_type *type = ks_site_variable(site, ext->name);
	const struct ks_decl stands_for = { .kind = KS_TYPEDEF, .name = ext->name, .type = type };
	return !type || !object->btf || ks_types_agree(site, object->btf, ext->type, &stands_for);
}

static enum ks_extern_state ksym_extern(const struct ks_site *site,
					const struct ks_bpf_object *object,
					const struct ks_bpf_extern *ext, struct ks_known *known)
{
	enum ks_presence presence = ks_site_symbol(site, ext->name, ext->type != 0);
	if (ext->type &&
	    ks_site_has_btf(site) == KS_ABSENT) // libbpf asks for BTF first, also for weak ones
		return KS_EXTERN_MISSING;
	if (presence == KS_UNTOLD && !ext->type) {
		const struct ks_fact *fact = ks_site_fact(site, KS_FUNCTION, ext->name);
		if (fact->known && fact->function && fact->function->nr_symbols)
			presence = KS_PRESENT;
	}
	if (presence == KS_UNTOLD)
		return KS_EXTERN_UNTOLD;
	if (presence == KS_ABSENT)
		return missing(ext, known);
	if (ext->type && !variable_agrees(site, object, ext))
		return KS_EXTERN_MISSING; // also when it is weak
	// the verifier takes the address of a typed one for a pointer that may be NULL
	known->how = ext->type ? KS_KNOWN_MAYBE_NULL : KS_KNOWN_POINTER;
	return ext->type ? address_of(site, ext->name) : KS_EXTERN_FOUND;
}

static enum ks_extern_state resolve_extern(const struct ks_site *site,
					   const struct ks_bpf_object *object,
					   const struct ks_bpf_extern *ext, struct ks_known *known)
{
	switch (ext->kind) {
	case KS_EXTERN_KCONFIG:
		return kconfig_extern(site, ext, known);
	case KS_EXTERN_KFUNC:
		return kfunc_extern(site, object, ext, known);
	default:
		return ksym_extern(site, object, ext, known);
	}
}

/** All that can decide a branch, or whether an instruction is poisoned. */
static uint64_t digest_of(const struct ks_resolution *resolution,
			  const struct ks_bpf_object *object)
{
	uint64_t hash = 0;
	for (uint32_t i = 0; i < object->nr_cores; i++) {
		const struct ks_core_result *core = &resolution->cores[i];
		uint64_t word[2] = { (uint64_t)core->state << 1 | core->bad_access,
				     object->cores[i].kind == KS_CORE_TYPE_ID_TARGET
					     ? core->found
					     : core->value };
		hash = XXH3_64bits_withSeed(word, sizeof(word), hash);
	}
	for (uint32_t i = 0; i < object->nr_externs; i++) {
		const struct ks_known *known = &resolution->extern_values[i];
		uint64_t word[2] = { known->how, known->value };
		hash = XXH3_64bits_withSeed(word, sizeof(word), hash);
	}
	return hash;
}

struct ks_error *ks_resolution_make(struct ks_arena *arena, const struct ks_prepared *prepared,
				    const struct ks_site *site, const struct ks_site *base,
				    struct ks_resolution *ret)
{
	const struct ks_bpf_object *object = prepared->object;
	size_t nr_cores = (size_t)object->nr_cores + 1, nr_externs = (size_t)object->nr_externs + 1;
	struct ks_core_result *cores = ks_arena_array(arena, nr_cores, sizeof(*cores));
	struct ks_known *values = ks_arena_array(arena, nr_cores, sizeof(*values));
	struct ks_known *externs = ks_arena_array(arena, nr_externs, sizeof(*externs));
	enum ks_extern_state *states = ks_arena_array(arena, nr_externs, sizeof(*states));
	if (!cores || !values || !externs || !states)
		return &ks_nomem;
	for (uint32_t i = 0; i < object->nr_cores; i++) {
		cores[i] = ks_core_resolve(site, prepared->specs[i]);
		values[i] = (struct ks_known){ 0 };
		// ids are as the image has them, and zero where there is no such type
		if (cores[i].state == KS_CORE_VALUE &&
		    (object->cores[i].kind != KS_CORE_TYPE_ID_TARGET || !cores[i].found))
			set_number(&values[i], cores[i].value);
	}
	for (uint32_t i = 0; i < object->nr_externs; i++) {
		externs[i] = (struct ks_known){ 0 };
		states[i] = resolve_extern(site, object, &object->externs[i], &externs[i]);
	}
	*ret = (struct ks_resolution){ .prepared = prepared,
				       .site = *site,
				       .cores = cores,
				       .core_values = values,
				       .extern_values = externs,
				       .externs = states };
	if (base)
		ret->base = *base;
	ret->digest = digest_of(ret, object);
	return NULL;
}

/** It says whether something is there. */
static bool is_yes_or_no(enum ks_core_kind kind)
{
	return kind == KS_CORE_FIELD_EXISTS || kind == KS_CORE_TYPE_EXISTS ||
	       kind == KS_CORE_TYPE_MATCHES || kind == KS_CORE_ENUM_EXISTS;
}

struct ks_error *ks_resolution_suppose(struct ks_arena *arena, struct ks_resolution *resolution,
				       uint64_t value)
{
	const struct ks_bpf_object *object = resolution->prepared->object;
	struct ks_known *cores =
				ks_arena_array(arena, (size_t)object->nr_cores + 1, sizeof(*cores)),
			*externs = ks_arena_array(arena, (size_t)object->nr_externs + 1,
						  sizeof(*externs));
	if (!cores || !externs)
		return &ks_nomem;
	for (uint32_t i = 0; i < object->nr_cores; i++) {
		cores[i] = resolution->core_values[i];
		if (resolution->cores[i].state == KS_CORE_UNTOLD &&
		    is_yes_or_no(object->cores[i].kind))
			set_number(&cores[i], value != 0);
	}
	for (uint32_t i = 0; i < object->nr_externs; i++) {
		const struct ks_bpf_extern *ext = &object->externs[i];
		externs[i] = resolution->extern_values[i];
		if (resolution->externs[i] != KS_EXTERN_UNTOLD)
			continue;
		if (ext->kind == KS_EXTERN_KCONFIG || (ext->weak && !value))
			set_number(&externs[i], value);
		else
			externs[i].how = KS_KNOWN_POINTER;
	}
	resolution->core_values = cores;
	resolution->extern_values = externs;
	return NULL;
}
