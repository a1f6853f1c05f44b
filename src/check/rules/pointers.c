/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/pointers.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "check/interp/results.h"
#include "check/rules/kfunc_results.h"
#include "check/rules/machine.h"
#include "check/rules/null_arguments.h"
#include "check/rules/target.h"
#include "check/rules/trust.h"

enum { WORD = 8, MAX_NAME = 256 };
#define MAY_BE_NULL "__nullable"

bool ks_hook_is_typed(const struct ks_hook *hook)
{
	switch (hook->kind) {
	case KS_HOOK_FENTRY:
	case KS_HOOK_FMOD_RET:
	case KS_HOOK_TP_BTF:
	case KS_HOOK_LSM:
	case KS_HOOK_ITER:
	case KS_HOOK_STRUCT_OPS:
		return true;
	default:
		return false;
	}
}

/** A function whose name begins with a prefix, and its prototype. @param[out] ret_decl NULL is allowed */
static const struct ks_type *function_proto(const struct ks_site *site, const char *prefix,
					    const char *name, const struct ks_decl **ret_decl)
{
	char text[MAX_NAME];
	int len = snprintf(text, sizeof(text), "%s%s", prefix, name);
	if (len < 0 || (size_t)len >= sizeof(text))
		return NULL;
	struct ks_target target = ks_target_find(site, text);
	if (ret_decl)
		*ret_decl = target.fact->decl;
	return ks_target_proto(&target);
}

/** The member of the kernel's struct that a program stands for, and the function that names its parameters. */
static void find_operation(const struct ks_bpf_object *object, const struct ks_bpf_program *program,
			   struct ks_pointers *pointers)
{
	const struct ks_bpf_struct_op *op = NULL;
	for (uint32_t i = 0; i < object->nr_struct_ops && !op; i++)
		if (&object->programs[object->struct_ops[i].program] == program)
			op = &object->struct_ops[i];
	const char *text =
		op && op->map < object->nr_maps ? object->maps[op->map].struct_ops : NULL;
	char name[MAX_NAME], stub[MAX_NAME];
	size_t len = text ? ks_core_name_len(text) : 0;
	if (!len || len >= sizeof(name))
		return;
	snprintf(name, sizeof(name), "%.*s", (int)len, text);
	const struct ks_decl *decl = ks_site_fact(pointers->site, KS_STRUCT, name)->decl;
	for (uint32_t i = 0; decl && i < decl->nr; i++) {
		if (strcmp(decl->members[i].name, op->member) != 0)
			continue;
		struct ks_shape shape = ks_shape_of(pointers->site, decl->members[i].type);
		if (shape.kind == KS_BTF_PTR && shape.type)
			shape = ks_shape_of(pointers->site, shape.type->inner);
		if (shape.kind == KS_BTF_FUNC_PROTO)
			pointers->proto = shape.type;
		pointers->operations = decl->name;
		pointers->told_by = decl;
		pointers->member = decl->members[i].name;
	}
	int used = snprintf(stub, sizeof(stub), "%s__%s", name, op->member);
	if (used > 0 && (size_t)used < sizeof(stub))
		pointers->named = function_proto(pointers->site, "", stub, NULL);
}

/** The prototype behind a hook with a name. */
static void find_proto(struct ks_pointers *ret)
{
	const struct ks_site *site = ret->site;
	const struct ks_hook *hook = ret->hook;
	switch (hook->kind) {
	case KS_HOOK_KPROBE:
	case KS_HOOK_KPROBE_MULTI:
	case KS_HOOK_FENTRY:
	case KS_HOOK_FMOD_RET:
		ret->proto = ret->named = function_proto(site, "", hook->target, &ret->told_by);
		return;
	case KS_HOOK_RAW_TP:
	case KS_HOOK_TP_BTF:
		ret->skip = 1; // "void *__data"
		ret->proto = ks_tracepoint_proto(site, hook->target);
		ret->told_by = ks_tracepoint_decl(site, hook->target);
		ret->named = function_proto(site, "__bpf_trace_", hook->target, NULL);
		return;
	case KS_HOOK_LSM:
		ret->proto = ret->named =
			function_proto(site, "bpf_lsm_", hook->target, &ret->told_by);
		return;
	case KS_HOOK_ITER:
		ret->proto = function_proto(site, "bpf_iter_", hook->target, &ret->told_by);
		return;
	default:
		return;
	}
}

/** Whether the object has the function by which programs that sleep hold RCU. */
static bool locks_rcu(const struct ks_bpf_object *object)
{
	for (uint32_t i = 0; i < object->nr_externs; i++)
		if (strcmp(object->externs[i].name, "bpf_rcu_read_lock") == 0)
			return true;
	return false;
}

struct ks_pointers ks_pointers_of(const struct ks_bpf_object *object,
				  const struct ks_bpf_program *program, const struct ks_hook *hook,
				  bool sleepable, const struct ks_site *site)
{
	struct ks_pointers pointers = { .site = site,
					.object = object,
					.hook = hook,
					.machine = ks_registers_at(object, site),
					.sleepable = sleepable,
					.locks = locks_rcu(object) };
	if (hook->kind == KS_HOOK_STRUCT_OPS)
		find_operation(object, program, &pointers);
	else if (hook->target && !hook->needs_target)
		find_proto(&pointers);
	return pointers;
}

struct ks_pointers ks_judge_pointers(const struct ks_judge *judge, const struct ks_site *site)
{
	return ks_pointers_of(judge->resolution->prepared->object, judge->program, judge->hook,
			      judge->caller && judge->caller->sleepable, site);
}

/** Pointers to numbers of more than a byte, to const void, and to anything may be loaded, as numbers, since these. */
static const struct ks_gate to_numbers = { KS_SINCE(5, 17), "bb6728d75611" };
static const struct ks_gate to_const_void = { KS_SINCE(6, 16), "1271a40eeafa" };
static const struct ks_gate to_anything = { KS_SINCE(7, 1), "4145203841ba" };

/** A struct by value is as many words as it takes, and each a number; before it was not let. */
static const struct ks_gate by_value = { KS_SINCE(6, 1), "720e6a435194" };

/** A struct that types of the kernel only declare, and define nowhere: so does BTF. */
static bool is_declared_only(const struct ks_site *site, const struct ks_shape *shape)
{
	const enum ks_kind kinds[] = { KS_STRUCT, KS_UNION };
	if (shape->kind != KS_BTF_FWD || !shape->name)
		return false;
	for (int i = 0; i < 2; i++) {
		const struct ks_fact *fact = ks_site_fact(site, kinds[i], shape->name);
		if (!fact->known || fact->present || (fact->modules && fact->modules->present))
			return false;
	}
	return true;
}

/** Bytes, but under no other name than their own (is_string_ptr()). */
static bool is_text(const struct ks_site *site, const struct ks_type *type)
{
	if (type->kind == KS_TYPE_CONST && type->inner)
		type = type->inner;
	struct ks_shape shape = ks_shape_of(site, type);
	return type->kind == KS_TYPE_INT && ks_shape_size(site, &shape) == 1;
}

/** A word that a trampoline passes on, as btf_ctx_access() takes it. */
static struct ks_pointee word_of(const struct ks_site *site, const struct ks_type *type)
{
	struct ks_pointee word = { .word = KS_WORD_UNTOLD, .type = type };
	struct ks_shape shape = ks_shape_of(site, type), inner;
	const struct ks_gate *gate = NULL;
	if (shape.untold)
		return word;
	if (shape.kind == KS_BTF_INT || shape.kind == KS_BTF_ENUM) {
		if (ks_shape_size(site, &shape) <= WORD)
			word.word = KS_WORD_NUMBER;
		return word;
	}
	if (shape.kind == KS_BTF_STRUCT && site->version)
		word.word = ks_gate_is_open(&by_value, site->version) ? KS_WORD_NUMBER
								      : KS_WORD_REFUSED;
	if (shape.kind != KS_BTF_PTR || !shape.type)
		return word;
	inner = ks_shape_of(site, shape.type->inner);
	word.record = inner.name ? ks_record_of_shape(site, &inner) : NULL;
	if (word.record)
		word.word = KS_WORD_RECORD;
	else if (shape.type->inner && shape.type->inner->kind == KS_TYPE_VOID)
		word.word = KS_WORD_NUMBER;
	else if (!inner.untold && inner.kind == KS_BTF_VOID)
		gate = &to_const_void; // behind a modifier or a typedef
	else if (!inner.untold && inner.kind == KS_BTF_INT && is_text(site, shape.type->inner))
		word.word = KS_WORD_NUMBER;
	else if (!inner.untold && inner.kind == KS_BTF_INT)
		gate = &to_numbers;
	else if (!inner.untold && (inner.kind == KS_BTF_PTR || inner.kind == KS_BTF_ENUM ||
				   inner.kind == KS_BTF_FUNC_PROTO))
		gate = &to_anything;
	else if (is_declared_only(site, &inner))
		gate = &to_anything;
	if (gate && ks_gate_is_open(gate, site->version))
		word.word = KS_WORD_NUMBER;
	else if (gate && site->version)
		word.word = KS_WORD_REFUSED;
	return word;
}

/** The argument at an offset: a struct by value takes more than one word. UINT32_MAX: not known. */
static uint32_t argument_at(const struct ks_pointers *pointers, uint32_t offset)
{
	uint64_t at = 0;
	const struct ks_type *proto = pointers->proto;
	uint32_t i = pointers->skip;
	for (; i < proto->nr_params; i++) {
		struct ks_shape shape = ks_shape_of(pointers->site, proto->params[i].type);
		uint64_t size = ks_shape_size(pointers->site, &shape);
		if (shape.untold || !size)
			return UINT32_MAX;
		at += (size + WORD - 1) / WORD * WORD;
		if (offset < at)
			return i - pointers->skip;
	}
	return i - pointers->skip + (uint32_t)((offset - at) / WORD);
}

static bool ends_nullable(const struct ks_type *named, uint32_t index)
{
	const char *name = named && index < named->nr_params ? named->params[index].name : "";
	size_t len = strlen(name), tail = strlen(MAY_BE_NULL);
	return len >= tail && strcmp(name + len - tail, MAY_BE_NULL) == 0;
}

/** What no type tells of an argument: whether it may be NULL, and what becomes of it. */
static void look_up_argument(const struct ks_pointers *pointers, uint32_t index,
			     struct ks_pointee *word)
{
	const struct ks_site *site = pointers->site;
	const struct ks_hook *hook = pointers->hook;
	static const struct ks_gate by_name = { KS_SINCE(6, 12), "8aeaed21befc" };
	bool special = false;
	if (hook->kind == KS_HOOK_ITER) {
		word->null = ks_null_of_iterator(hook->target, index, &special);
		if (special)
			word->word = KS_WORD_MEMORY;
		else if (word->word != KS_WORD_RECORD)
			word->null = KS_NULL_NEVER;
		return;
	}
	if (word->word != KS_WORD_RECORD)
		return;
	if (hook->kind == KS_HOOK_STRUCT_OPS && pointers->operations &&
	    strcmp(pointers->operations, "tcp_congestion_ops") == 0 &&
	    strcmp(word->record->name, "sock") == 0) { // bpf_tcp_ca_is_valid_access()
		const struct ks_fact *fact = ks_site_fact(site, KS_STRUCT, "tcp_sock");
		word->record = fact->ambiguity ? NULL : fact->decl;
		word->word = word->record ? KS_WORD_RECORD : KS_WORD_UNTOLD;
	}
	if (hook->kind == KS_HOOK_TP_BTF) {
		word->null = ks_null_of_tracepoint(site, hook->target, index, &special);
		if (special)
			word->word = KS_WORD_NUMBER;
	}
	if (word->null == KS_NULL_NEVER && ends_nullable(pointers->named, index + pointers->skip)) {
		bool operation = hook->kind == KS_HOOK_STRUCT_OPS;
		word->null = operation || ks_gate_is_open(&by_name, site->version) ? KS_NULL_MAYBE
			     : site->version					   ? KS_NULL_NEVER
										   : KS_NULL_UNTOLD;
	}
}

/** Of RCU's tag btf_ctx_access() takes no note. */
static void tag_argument(const struct ks_pointers *pointers, uint32_t index,
			 struct ks_pointee *word)
{
	if (word->word == KS_WORD_RECORD && ks_hook_is_typed(pointers->hook))
		word->tagged = ks_tag_heeded(pointers->site,
					     ks_tag_of_parameter(pointers->site, pointers->told_by,
								 pointers->member, index));
}

struct ks_pointee ks_argument_of(const struct ks_pointers *pointers, uint32_t offset,
				 uint32_t *ret_index)
{
	const struct ks_type *proto = pointers->proto;
	const struct ks_hook *hook = pointers->hook;
	struct ks_pointee word = { .word = KS_WORD_UNTOLD };
	*ret_index = UINT32_MAX;
	if (!proto || offset % WORD)
		return word;
	uint32_t index = ks_hook_is_typed(hook)
				 ? argument_at(pointers, offset)
				 : (uint32_t)ks_bpf_argument(pointers->machine, hook, offset) - 1;
	*ret_index = index;
	if (index == UINT32_MAX || index > proto->nr_params - pointers->skip)
		return word;
	if (index + pointers->skip < proto->nr_params) {
		word = word_of(pointers->site, proto->params[index + pointers->skip].type);
		word.trusted = ks_trusts_arguments(hook);
		tag_argument(pointers, index + pointers->skip, &word);
		look_up_argument(pointers, index, &word);
	} else if (proto->inner && (hook->on_return || hook->kind == KS_HOOK_FMOD_RET ||
				    hook->kind == KS_HOOK_LSM)) {
		word = word_of(pointers->site, proto->inner);
	}
	return word;
}

/** What check_ptr_to_btf_access() takes a pointer for that is read through one of a struct. */
static struct ks_pointee read_through(const struct ks_pointers *pointers,
				      const struct ks_pointee *from, uint32_t offset, uint64_t size)
{
	// 2d5c91e1cc14: such memory may be read, whatever is there
	static const struct ks_gate leaves = { KS_SINCE(6, 17), "2d5c91e1cc14" };
	const struct ks_site *site = pointers->site;
	struct ks_pointee word = { .word = KS_WORD_UNTOLD };
	if (!from->record)
		return word;
	struct ks_walk walk = ks_struct_walk(site, from->record, offset, size);
	if (from->word != KS_WORD_RECORD) {
		word.record = walk.end == KS_WALK_POINTER ? walk.pointee : NULL;
		return word;
	}
	word.type = walk.member ? walk.member->type : NULL;
	switch (walk.end) {
	case KS_WALK_SCALAR:
		word.word = KS_WORD_NUMBER;
		return word;
	case KS_WALK_MEMORY:
		if (site->version)
			word.word = ks_gate_is_open(&leaves, site->version) ? KS_WORD_MEMORY
									    : KS_WORD_NUMBER;
		return word;
	case KS_WALK_POINTER:
		word.word = KS_WORD_RECORD;
		word.record = walk.pointee;
		break;
	default:
		return word;
	}
	ks_trust_walked(pointers, from, &walk, &word);
	return word;
}

/** What a helper gives. */
static struct ks_pointee result_of(const struct ks_site *site, int32_t helper)
{
	enum { CURRENT_TASK_BTF = 158 };
	static const struct ks_gate trusted = { KS_SINCE(6, 2), "3f00c5239344" };
	const struct ks_helper_result *result = ks_helper_result(helper);
	struct ks_pointee word = { .word = KS_WORD_UNTOLD };
	if (!result)
		return word;
	word.null = result->may_be_null ? KS_NULL_MAYBE : KS_NULL_NEVER;
	word.trusted = helper == CURRENT_TASK_BTF && ks_gate_is_open(&trusted, site->version);
	if (result->record) {
		const struct ks_fact *fact = ks_site_fact(site, KS_STRUCT, result->record);
		word.record = fact->ambiguity ? NULL : fact->decl;
	}
	if (result->number)
		word.word = KS_WORD_NUMBER;
	else if (word.record)
		word.word = KS_WORD_RECORD;
	return word;
}

/** What a function of the kernel gives that may give NULL. */
static struct ks_pointee kfunc_result_of(const struct ks_pointers *pointers, uint32_t ext)
{
	const struct ks_bpf_object *object = pointers->object;
	const char *name = ext < object->nr_externs ? object->externs[ext].name : NULL;
	const struct ks_kfunc_result *result = ks_kfunc_result(name, pointers->site->version);
	struct ks_pointee word = { .word = KS_WORD_UNTOLD };
	if (!result)
		return word;
	const struct ks_type *proto = function_proto(pointers->site, "", name, NULL);
	bool other;
	word.null = KS_NULL_MAYBE;
	word.record =
		proto && !result->own ? ks_pointee(pointers->site, proto->inner, &other) : NULL;
	if (word.record)
		word.word = KS_WORD_RECORD;
	return word;
}

struct ks_pointee ks_pointee_of(const struct ks_pointers *pointers, const struct ks_path *paths,
				uint32_t path)
{
	const struct ks_path *at = &paths[path];
	uint32_t index;
	if (at->how == KS_PATH_RESULT)
		return result_of(pointers->site, at->offset);
	if (at->how == KS_PATH_KFUNC)
		return kfunc_result_of(pointers, (uint32_t)at->offset);
	if (at->from == KS_NO_PATH)
		return ks_argument_of(pointers, (uint32_t)at->offset, &index);
	// no deeper than KS_MAX_DEREFS
	const struct ks_pointee from = ks_pointee_of(pointers, paths, at->from);
	// libbpf makes a load that CO-RE moves as wide as the pointer is
	return read_through(pointers, &from, (uint32_t)at->offset,
			    at->moved ? pointers->site->ptr_size : WORD);
}

const struct ks_decl *ks_record_of(const struct ks_pointers *pointers, const struct ks_path *paths,
				   uint32_t path)
{
	return ks_pointee_of(pointers, paths, path).record;
}

bool ks_pointer_may_be_null(const void *types, const struct ks_path *paths, uint32_t path)
{
	return ks_pointee_of(types, paths, path).null != KS_NULL_NEVER;
}

bool ks_pointer_is_never_null(const void *types, const struct ks_path *paths, uint32_t path)
{
	static const struct ks_gate known = { KS_SINCE(6, 5), "51302c951c8f" }; // if it is trusted
	const struct ks_pointers *pointers = types;
	return !pointers->site->version || ks_gate_is_open(&known, pointers->site->version) ||
	       ks_pointee_of(types, paths, path).word != KS_WORD_RECORD;
}

bool ks_kfunc_may_give_null(const void *types, uint32_t ext)
{
	return kfunc_result_of(types, ext).null != KS_NULL_NEVER;
}
