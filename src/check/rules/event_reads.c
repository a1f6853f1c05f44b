/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program reads of an event's record: the field that its own types name there, or that stands there in the base, must be
 * what stands there here.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "check/interp/opcode.h"
#include "check/rules/event_record.h"
#include "check/rules/rules.h"

enum {
	MAX_DEPTH = 8,
	WORD = 8,
	HEAD = 8,      // bytes that all events have in front where nothing was added
	CALL_HEAD = 16 // and what the record of a call has in front of its arguments
};

/** What the program's own types call the place that it reads. */
struct meaning {
	const char *name;  // NULL: nothing
	uint64_t at, size; // byte in the member of that name, and bytes of what is declared there
	bool array;
	uint64_t from_start; // of the whole
};

/** Bytes of a type of the object's. @param ret_element of an element, when it is an array */
static uint64_t local_size(const struct ks_btf *btf, uint32_t id, uint64_t *ret_element)
{
	struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, id));
	uint64_t nr = 1;
	for (int i = 0; type.kind == KS_BTF_ARRAY && i < MAX_DEPTH; i++) {
		nr *= ks_btf_array_len(btf, &type);
		type = ks_btf_type(btf, ks_btf_strip(btf, type.type));
	}
	*ret_element = type.kind == KS_BTF_PTR ? WORD : type.size;
	return nr * *ret_element;
}

/** The outermost named member of a struct that holds a byte. */
static struct meaning local_member(const struct ks_btf *btf, uint32_t id, uint64_t offset,
				   int depth)
{
	struct meaning found = { .from_start = offset };
	struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, id));
	bool record = type.kind == KS_BTF_STRUCT || type.kind == KS_BTF_UNION;
	for (uint32_t i = 0; record && i < type.vlen && depth < MAX_DEPTH; i++) {
		struct ks_btf_member member = ks_btf_member(btf, &type, i);
		uint64_t at = member.bits_offset / 8, element;
		uint64_t size = local_size(btf, member.type, &element);
		if (member.bitfield_size || at > offset || offset - at >= size)
			continue;
		if (!member.name[0])
			found = local_member(btf, member.type, offset - at, depth + 1);
		else
			found = (struct meaning){ .name = member.name,
						  .at = offset - at,
						  .size = element,
						  .array = element != size };
		found.from_start = offset;
		break;
	}
	return found;
}

/** Of a read at a fixed offset: by the struct that the program takes its context for. */
static struct meaning meaning_of_fixed(const struct ks_judge *judge, uint64_t offset)
{
	const struct ks_btf *btf = judge->resolution->prepared->object->btf;
	struct ks_btf_type proto = { 0 }, pointer = { 0 };
	if (btf && judge->program->func_type)
		proto = ks_btf_type(btf, judge->program->func_type);
	if (proto.kind == KS_BTF_FUNC)
		proto = ks_btf_type(btf, proto.type);
	if (proto.kind == KS_BTF_FUNC_PROTO && proto.vlen)
		pointer = ks_btf_type(btf, ks_btf_strip(btf, ks_btf_param(btf, &proto, 0).type));
	return pointer.kind == KS_BTF_PTR ? local_member(btf, pointer.type, offset, 0)
					  : (struct meaning){ 0 };
}

/** Of a read that CO-RE moves: by where it begins in the object's own types. */
static struct meaning meaning_of_relocated(const struct ks_core_spec *spec)
{
	uint64_t offset = 0, element;
	if (!spec->root || spec->kind != KS_CORE_FIELD_OFFSET)
		return (struct meaning){ 0 };
	for (uint32_t i = 1; i < spec->nr; i++) {
		const struct ks_core_step *step = &spec->steps[i];
		offset += step->name ? step->bits_offset / 8
				     : step->index * local_size(spec->btf, step->type, &element);
	}
	return local_member(spec->btf, spec->type, offset, 0);
}

/** The number of a call, which stands in front of its arguments, has many names. */
static const char *kernel_name(const struct meaning *meaning, bool call)
{
	static const char *const numbers[] = { "id", "nr", "__syscall_nr" };
	for (size_t i = 0; i < KS_ARRAY_LEN(numbers); i++)
		if (call && meaning->from_start < CALL_HEAD &&
		    strcmp(meaning->name, numbers[i]) == 0)
			return "syscall_nr";
	// a name that a program gives to an argument is its own
	return call && !meaning->array && strcmp(meaning->name, "args") == 0 ? "" : meaning->name;
}

/** A read of the context. */
struct reading {
	struct ks_judge *judge;
	const struct ks_event_record *here;
	uint32_t insn;
	bool call, relocated;
	uint64_t offset, size;
};
enum { TEXT = 160 };

/** "args[1]" */
static void spell(char out[TEXT], const struct ks_record_field *field, uint64_t offset)
{
	uint64_t index = (offset - field->offset) / field->size;
	const char *common = field->common ? "common_" : "";
	if (field->nr > 1 && field->size > 1)
		snprintf(out, TEXT, "%s%s[%u]", common, field->name, (unsigned int)index);
	else
		snprintf(out, TEXT, "%s%s", common, field->name);
}

KS_PRINTF(2, 3)
static void say(const struct reading *reading, const char *fmt, ...)
{
	struct ks_judge *judge = reading->judge;
	const struct ks_about about = { .kind = reading->call ? KS_SYSCALL : KS_TRACEPOINT,
					.name = judge->hook->target,
					.insn = reading->insn };
	const struct ks_record_field *field = ks_record_at(reading->here, reading->offset);
	char what[TEXT] = "nothing", why[TEXT];
	if (field)
		spell(what, field, reading->offset);
	va_list args;
	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	struct ks_reason *reason = ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_CONTEXT_CHANGED,
						&about, "byte %u is read, which is %s%s",
						(unsigned int)reading->offset, what, why);
	if (reading->call && reading->relocated)
		ks_reason_hint(judge, reason,
			       "read it at a fixed offset, or by CO-RE from struct syscall_tp_t");
	else if (!reading->call && !reading->relocated && reading->here->type)
		ks_reason_hint(judge, reason, "read it by CO-RE from struct %s",
			       reading->here->type);
}

/** A field that is meant is there: does the program read it? @param at byte in it */
static bool is_at(const struct reading *reading, const struct ks_record_field *field, uint64_t at)
{
	return reading->offset == field->offset + at ||
	       (field->whole && ks_record_at(reading->here, reading->offset) == field) ||
	       at >= field->size * field->nr; // it means more than there is
}

/** More bytes than the field has are read as one number, and another field is among them. */
static void judge_size(const struct reading *reading, const struct ks_record_field *field,
		       uint64_t declared)
{
	uint64_t end = reading->offset + reading->size;
	if (field->whole || declared < reading->size || reading->size <= field->size)
		return;
	for (uint64_t at = reading->offset + field->size; at < end; at++) {
		const struct ks_record_field *next = ks_record_at(reading->here, at);
		if (!next || next == field)
			continue;
		say(reading, " and has %u bytes; %u are read, some of %s",
		    (unsigned int)field->size, (unsigned int)reading->size, next->name);
		return;
	}
}

/** By what the base has there. @return false: that does not tell */
static bool judge_by_base(const struct reading *reading, const struct ks_event_record *base)
{
	const struct ks_record_field *then = base ? ks_record_at(base, reading->offset) : NULL;
	if (!then || then->common || reading->relocated)
		return false;
	const char *label = reading->judge->resolution->base.image->label;
	const struct ks_record_field *now = ks_record_named(reading->here, then->name);
	char name[TEXT];
	spell(name, then, reading->offset);
	if (!now)
		say(reading, "; in %s it is %s, which is not there", label, name);
	else if (!is_at(reading, now, reading->offset - then->offset))
		say(reading, "; in %s it is %s, which is at %u", label, name,
		    (unsigned int)(now->offset + reading->offset - then->offset));
	return true;
}

/** By itself: no program means to read a part of a field, or what was added in front of all fields. */
static void judge_alone(const struct reading *reading, const struct meaning *meaning)
{
	const struct ks_record_field *field = ks_record_at(reading->here, reading->offset);
	// of more than that a compiler may have left a part
	bool begins = meaning->name && meaning->size && meaning->at % meaning->size == 0;
	if (!field && reading->offset + reading->size <= reading->here->end)
		say(reading, ": no field is there");
	else if (field && field->common && reading->offset >= HEAD)
		say(reading, ", as in every event here");
	else if (field && !field->whole && begins &&
		 (reading->offset - field->offset) % field->size)
		say(reading, ", but not from its beginning");
}

static void judge_reading(const struct reading *reading, const struct meaning *meaning,
			  const struct ks_event_record *base)
{
	const struct ks_record_field *named = NULL;
	if (meaning->name)
		named = ks_record_named(reading->here, kernel_name(meaning, reading->call));
	if (named && !is_at(reading, named, meaning->at)) {
		char name[TEXT];
		spell(name, named, named->offset + meaning->at);
		say(reading, "; %s is at %u", name, (unsigned int)(named->offset + meaning->at));
	} else if (named && !reading->relocated)
		judge_size(reading, named, meaning->size);
	if (!named && !judge_by_base(reading, base) && !reading->relocated)
		judge_alone(reading, meaning);
}

/** The common fields have names in the program, too. */
static bool is_common(const struct meaning *meaning)
{
	return meaning->name &&
	       (strncmp(meaning->name, "common_", 7) == 0 || strcmp(meaning->name, "ent") == 0);
}

/** tp_prog_is_valid_access(): a pointer of the kernel's own lies over the first bytes. */
static void judge_head(const struct reading *reading)
{
	const struct ks_about about = { .kind = KS_NR_KINDS,
					.name = "context",
					.insn = reading->insn };
	if (reading->offset < reading->judge->site->ptr_size)
		ks_judge_add(reading->judge, KS_STAGE_LOAD, KS_REASON_CONTEXT_CHANGED, &about,
			     "byte %u is read: the first %u are the kernel's own",
			     (unsigned int)reading->offset, reading->judge->site->ptr_size);
	else if (reading->offset % reading->size)
		ks_judge_add(reading->judge, KS_STAGE_LOAD, KS_REASON_CONTEXT_CHANGED, &about,
			     "byte %u is not aligned for a read of %u",
			     (unsigned int)reading->offset, (unsigned int)reading->size);
}

void ks_judge_event_reads(struct ks_judge *judge)
{
	const struct ks_bpf_program *program = judge->program;
	const struct ks_prepared *prepared = judge->resolution->prepared;
	const struct ks_site *base_site = &judge->resolution->base;
	struct ks_event_record here, base;
	bool told = ks_event_record(judge, judge->site, &here) && here.nr;
	bool compared = told && base_site->view && !ks_site_same(base_site, judge->site) &&
			ks_event_record(judge, base_site, &base);
	for (uint32_t i = 0; i < program->nr; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		if (!at->reached || !at->ctx_size || at->modified_ctx ||
		    ks_opcode_class(program->insns[i].code) != CLASS_LDX)
			continue;
		uint32_t core = program->cores ? program->cores[i] : KS_NO_INDEX;
		struct reading reading = { .judge = judge,
					   .here = &here,
					   .insn = i,
					   .call = judge->hook->kind == KS_HOOK_SYSCALL_TP,
					   .relocated = core < prepared->object->nr_cores,
					   .offset = (uint64_t)at->ctx_offset,
					   .size = at->ctx_size };
		judge_head(&reading);
		struct meaning meaning = reading.relocated
						 ? meaning_of_relocated(prepared->specs[core])
						 : meaning_of_fixed(judge, reading.offset);
		if (told && reading.offset >= judge->site->ptr_size && !is_common(&meaning))
			judge_reading(&reading, &meaning, compared ? &base : NULL);
	}
}
