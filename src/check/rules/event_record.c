/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records of events. A program gets what the trace buffer would: trace_event_raw_<class>, of which the kernel lets it read up to
 * the end of the last field (perf_event_set_bpf_prog(), trace_event_get_offsets()). Those of system calls are put together for it
 * (perf_call_bpf_enter(), perf_call_bpf_exit(): struct syscall_tp_t), and measured by another struct, which the trace buffer gets
 * (syscall_enter_define_fields(): syscall_trace_enter, syscall_trace_exit).
 */
#include <string.h>

#include "check/core/core_type.h"
#include "check/rules/call_texts.h"
#include "check/rules/event_record.h"

static const struct ks_member *member_of(const struct ks_decl *decl, const char *name)
{
	for (uint32_t i = 0; decl && i < decl->nr; i++)
		if (strcmp(decl->members[i].name, name) == 0)
			return &decl->members[i];
	return NULL;
}

/** Add a member as a field; one whose size is unknown or zero is none. */
static void add_field(const struct ks_site *site, const struct ks_member *member, uint64_t start,
		      bool common, struct ks_record_field *fields, uint32_t *nr)
{
	struct ks_shape shape = ks_shape_of(site, member->type);
	struct ks_record_field field = { .name = member->name,
					 .common = common,
					 .offset = start + member->bits_offset / 8,
					 .nr = 1 };
	uint64_t size = ks_shape_size(site, &shape);
	while (shape.kind == KS_BTF_ARRAY && shape.type) {
		field.nr *= shape.type->n;
		shape = ks_shape_of(site, shape.type->inner);
	}
	field.whole = shape.kind == KS_BTF_STRUCT || shape.kind == KS_BTF_UNION;
	field.size = field.nr ? size / field.nr : 0;
	if (field.size && !member->bitfield_size)
		fields[(*nr)++] = field;
}

/** The members of a struct as fields, those of what every event begins with one by one. */
static bool fill(struct ks_judge *judge, const struct ks_site *site, const struct ks_decl *decl,
		 struct ks_event_record *ret)
{
	const struct ks_decl *entry = ks_site_fact(site, KS_STRUCT, "trace_entry")->decl;
	uint32_t room = decl->nr + (entry ? entry->nr : 0);
	struct ks_record_field *fields =
		ks_arena_array(judge->scratch, (size_t)room + 1, sizeof(*fields));
	judge->nomem |= !fields;
	if (!fields)
		return false;
	for (uint32_t i = 0; i < decl->nr; i++) {
		const struct ks_member *member = &decl->members[i];
		bool is_entry = member->type && member->type->kind == KS_TYPE_STRUCT &&
				member->type->name && !strcmp(member->type->name, "trace_entry");
		for (uint32_t k = 0; is_entry && entry && k < entry->nr; k++)
			add_field(site, &entry->members[k], member->bits_offset / 8, true, fields,
				  &ret->nr);
		if (!is_entry) // before there was an entry, a pointer stood in its place
			add_field(site, member, 0, member->bits_offset == 0, fields, &ret->nr);
	}
	ret->fields = fields;
	return true;
}

static bool event_record(struct ks_judge *judge, const struct ks_site *site,
			 struct ks_event_record *ret)
{
	const struct ks_hook *hook = judge->hook;
	const struct ks_fact *fact = ks_site_fact(site, KS_TRACEPOINT, hook->target);
	if (!fact->present && fact->modules && site->modules)
		fact = fact->modules;
	const struct ks_decl *record = fact->tracepoint ? fact->tracepoint->record : NULL;
	const struct ks_member *end = member_of(record, "__data");
	if (!end || !fill(judge, site, record, ret))
		return false;
	ret->type = record->name;
	ret->end = end->bits_offset / 8;
	return true;
}

/** The definition with a member; a name of the kernel's may have several. */
static const struct ks_decl *variant_with(const struct ks_site *site, const char *name,
					  const char *member)
{
	const struct ks_fact *fact = ks_site_fact(site, KS_STRUCT, name);
	const struct ks_ambiguity *several = fact->ambiguity;
	for (uint32_t i = 0; several && i < several->nr_variants; i++)
		if (member_of(several->variants[i].decl, member))
			return several->variants[i].decl;
	return member_of(fact->decl, member) ? fact->decl : NULL;
}

/** What arguments point to takes four bytes each, where the event shows it; of which arguments, of newer kernels is not known. */
static void measure_texts(const struct ks_site *site, const char *call, uint64_t nr_args,
			  struct ks_event_record *ret)
{
	enum { MAX_TEXTS = 3 }; // SYSCALL_FAULT_MAX_CNT
	const struct ks_decl *metadata = ks_site_fact(site, KS_STRUCT, "syscall_metadata")->decl;
	const uint32_t looked_at = KS_SINCE(7, 4); // the list of 7.3 is the newest that was
	bool told = site->version && site->version < looked_at && site->ptr_size == 8;
	if (member_of(metadata, "user_mask") && told)
		ret->end += ks_call_texts(call) * sizeof(int32_t);
	ret->most = ret->end;
	if (member_of(metadata, "user_mask") && !told)
		ret->most += (nr_args < MAX_TEXTS ? nr_args : MAX_TEXTS) * sizeof(int32_t);
}

/** How far a program on the beginning of a call may read: nr, and each argument in a word of its own. */
static void measure_enter(const struct ks_site *site, const struct ks_fact *call, const char *name,
			  struct ks_event_record *ret)
{
	const struct ks_decl *measured = ks_site_fact(site, KS_STRUCT, "syscall_trace_enter")->decl;
	const struct ks_member *nr = member_of(measured, "nr"), *args = member_of(measured, "args");
	if (!nr || !args)
		return;
	// older stores do not know how many it has: no more than any call
	uint64_t nr_args = call->args ? call->args - 1u : KS_MAX_CALL_ARGS;
	ret->end = nr_args ? args->bits_offset / 8 + nr_args * site->ptr_size
			   : nr->bits_offset / 8 + sizeof(int32_t);
	measure_texts(site, name, nr_args, ret);
}

static bool call_record(struct ks_judge *judge, const struct ks_site *site,
			struct ks_event_record *ret)
{
	const struct ks_hook *hook = judge->hook;
	const struct ks_fact *call = ks_site_fact(site, KS_SYSCALL, hook->target);
	const char *last = hook->on_return ? "ret" : "args";
	const struct ks_decl *given = variant_with(site, "syscall_tp_t", last);
	const struct ks_member *result =
		member_of(ks_site_fact(site, KS_STRUCT, "syscall_trace_exit")->decl, "ret");
	if (!call->present || (given && !fill(judge, site, given, ret)))
		return false;
	if (!hook->on_return)
		measure_enter(site, call, hook->target, ret);
	else if (result)
		ret->end = result->bits_offset / 8 + site->ptr_size;
	return given || ret->end;
}

bool ks_event_record(struct ks_judge *judge, const struct ks_site *site,
		     struct ks_event_record *ret)
{
	*ret = (struct ks_event_record){ 0 };
	return judge->hook->kind == KS_HOOK_SYSCALL_TP ? call_record(judge, site, ret)
						       : event_record(judge, site, ret);
}

const struct ks_record_field *ks_record_at(const struct ks_event_record *record, uint64_t offset)
{
	for (uint32_t i = 0; i < record->nr; i++) {
		const struct ks_record_field *field = &record->fields[i];
		if (offset >= field->offset && offset - field->offset < field->size * field->nr)
			return field;
	}
	return NULL;
}

const struct ks_record_field *ks_record_named(const struct ks_event_record *record,
					      const char *name)
{
	for (uint32_t i = 0; i < record->nr; i++)
		if (!record->fields[i].common && strcmp(record->fields[i].name, name) == 0)
			return &record->fields[i];
	return NULL;
}
