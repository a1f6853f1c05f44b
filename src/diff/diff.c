/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "diff/room.h"
#include "surface/image.h"
#include "surface/type.h"

const struct ks_change_info ks_changes_infos[KS_NR_CHANGES] = {
	[KS_PARAM_ADDED] = { "param-added", "Param added", KS_FORM_DECL, false, true },
	[KS_PARAM_REMOVED] = { "param-removed", "Param removed", KS_FORM_DECL, true, false },
	[KS_PARAM_REORDERED] = { "param-reordered", "Param reordered", KS_FORM_NAMES, true, true },
	[KS_PARAM_TYPE_CHANGED] = { "param-type-changed", "Param type changed", KS_FORM_DECL, true,
				    true },
	[KS_RETURN_TYPE_CHANGED] = { "return-type-changed", "Return type changed", KS_FORM_TYPE,
				     true, true },
	[KS_FIELD_ADDED] = { "field-added", "Field added", KS_FORM_DECL, false, true },
	[KS_FIELD_REMOVED] = { "field-removed", "Field removed", KS_FORM_DECL, true, false },
	[KS_FIELD_TYPE_CHANGED] = { "field-type-changed", "Field type changed", KS_FORM_DECL, true,
				    true },
	[KS_VALUE_ADDED] = { "value-added", "Value added", KS_FORM_NUMBER, false, true },
	[KS_VALUE_REMOVED] = { "value-removed", "Value removed", KS_FORM_NUMBER, true, false },
	[KS_VALUE_CHANGED] = { "value-changed", "Value changed", KS_FORM_NUMBER, true, true },
	[KS_EVENT_CHANGED] = { "event-changed", "Event changed", KS_FORM_NONE, false, false },
	[KS_FUNC_CHANGED] = { "func-changed", "Func changed", KS_FORM_NONE, false, false },
	[KS_ALIAS_CHANGED] = { "type-changed", "Type changed", KS_FORM_TYPE, true, true },
	[KS_SIZE_CHANGED] = { "size-changed", "Size changed", KS_FORM_NUMBER, true, true },
	[KS_OPTION_CHANGED] = { "option-changed", "Option changed", KS_FORM_TEXT, true, true },
	[KS_BYTES_CHANGED] = { "bytes-changed", "Bytes changed", KS_FORM_NUMBER, true, true,
			       KS_DIFF_LAYOUT },
	[KS_FIELD_MOVED] = { "field-moved", "Field moved", KS_FORM_NUMBER, true, true,
			     KS_DIFF_LAYOUT },
	[KS_FIELD_WIDTH_CHANGED] = { "field-width-changed", "Field width changed", KS_FORM_NUMBER,
				     true, true, KS_DIFF_LAYOUT },
	[KS_NEWLY_DUPLICATE] = { "newly-duplicate", "Newly duplicate", KS_FORM_NONE, false, false,
				 KS_DIFF_STATUS },
	[KS_NEWLY_COLLIDING] = { "newly-colliding", "Newly colliding", KS_FORM_NONE, false, false,
				 KS_DIFF_STATUS },
	[KS_NEWLY_FULL_INLINE] = { "newly-full-inline", "Newly fully inlined", KS_FORM_NONE, false,
				   false, KS_DIFF_STATUS },
	[KS_NEWLY_SELECTIVE_INLINE] = { "newly-selective-inline", "Newly inlined in part",
					KS_FORM_NONE, false, false, KS_DIFF_STATUS },
	[KS_NEWLY_TRANSFORMED] = { "newly-transformed", "Newly transformed", KS_FORM_NONE, false,
				   false, KS_DIFF_STATUS },
	[KS_NEWLY_AMBIGUOUS] = { "newly-ambiguous", "Newly ambiguous", KS_FORM_NONE, false, false,
				 KS_DIFF_STATUS },
	[KS_NEWLY_NO_FTRACE] = { "newly-no-ftrace", "Newly without ftrace entry", KS_FORM_NONE,
				 false, false, KS_DIFF_STATUS },
	[KS_NEWLY_NO_KPROBE] = { "newly-no-kprobe", "Newly protected from kprobes", KS_FORM_NONE,
				 false, false, KS_DIFF_STATUS },
	[KS_NEWLY_FREED] = { "newly-freed", "Newly freed after boot", KS_FORM_NONE, false, false,
			     KS_DIFF_STATUS },
	[KS_NEWLY_NOT_IN_BTF] = { "newly-not-in-btf", "Newly left out of BTF", KS_FORM_NONE, false,
				  false, KS_DIFF_STATUS },
	[KS_ISSUE_GONE] = { "issue-gone", "No longer", KS_FORM_TEXT, true, false, KS_DIFF_STATUS },
	[KS_CALLERS_LOST] = { "callers-lost", "Callers lost", KS_FORM_NAMES, true, false,
			      KS_DIFF_STATUS },
};

struct ks_error *ks_diff_new(struct ks_diff **ret)
{
	struct ks_diff *diff = calloc(1, sizeof(*diff));
	if (!diff)
		return &ks_nomem;
	*ret = diff;
	return NULL;
}

void ks_diff_free(struct ks_diff *diff)
{
	if (!diff)
		return;
	ks_vector_deinit(&diff->changes);
	ks_vector_deinit(&diff->names);
	ks_vector_deinit(&diff->callers);
	ks_list_deinit(&diff->old);
	ks_list_deinit(&diff->new);
	free(diff);
}

static bool diff_add(struct ks_diff *diff, struct ks_change change)
{
	return ks_vector_add(&diff->changes, change);
}

/** A type or a number that belongs to a name, on one side or both. */
static bool diff_item(struct ks_diff *diff, enum ks_change_kind kind, const struct ks_item *old,
		      const struct ks_item *new)
{
	struct ks_change change = { .kind = kind, .name = old ? old->name : new->name };
	bool number = ks_changes_infos[kind].form == KS_FORM_NUMBER;
	if (old && number)
		change.old_number = old->value;
	else if (old)
		change.old_type = old->type;
	if (new &&number)
		change.new_number = new->value;
	else if (new)
		change.new_type = new->type;
	return diff_add(diff, change);
}

/** Names of from that are not in the other list. */
static bool diff_missing(struct ks_diff *diff, enum ks_change_kind kind, const struct ks_list *from,
			 const struct ks_list *in)
{
	bool removed = ks_changes_infos[kind].has_old;
	for (size_t i = 0; i < from->items.len; i++) {
		const struct ks_item *item = &from->items.at[i];
		if (ks_list_find(in, item) == SIZE_MAX &&
		    !diff_item(diff, kind, removed ? item : NULL, removed ? NULL : item))
			return false;
	}
	return true;
}

static bool diff_common(struct ks_diff *diff, enum ks_change_kind kind)
{
	for (size_t i = 0; i < diff->old.items.len; i++) {
		const struct ks_item *old = &diff->old.items.at[i], *new;
		size_t place = ks_list_find(&diff->new, old);
		if (place == SIZE_MAX)
			continue;
		new = &diff->new.items.at[place];
		if ((old->value != new->value || !ks_type_equal(old->type, new->type)) &&
		    !diff_item(diff, kind, old, new))
			return false;
	}
	return true;
}

static bool diff_reordered(struct ks_diff *diff)
{
	bool moved = false;
	size_t nr_old = diff->old.items.len, nr_new = diff->new.items.len;
	for (size_t i = 0; i < nr_old && !moved; i++) {
		size_t place = ks_list_find(&diff->new, &diff->old.items.at[i]);
		moved = place != SIZE_MAX && place != i;
	}
	if (!moved)
		return true;
	diff->names.len = 0;
	if (!ks_vector_reserve(&diff->names, nr_old + nr_new))
		return false;
	for (size_t i = 0; i < nr_old; i++)
		diff->names.at[i] = diff->old.items.at[i].name;
	for (size_t i = 0; i < nr_new; i++)
		diff->names.at[nr_old + i] = diff->new.items.at[i].name;
	return diff_add(diff, (struct ks_change){
				      .kind = KS_PARAM_REORDERED,
				      .old_names = { nr_old, diff->names.at },
				      .new_names = { nr_new, diff->names.at + nr_old },
			      });
}

static bool diff_function(struct ks_diff *diff, const struct ks_decl *old,
			  const struct ks_decl *new)
{
	const struct ks_type *a = old->type->inner, *b = new->type->inner;
	if (!ks_list_read(&diff->old, old) || !ks_list_read(&diff->new, new) ||
	    !diff_missing(diff, KS_PARAM_ADDED, &diff->new, &diff->old) ||
	    !diff_missing(diff, KS_PARAM_REMOVED, &diff->old, &diff->new) ||
	    !diff_reordered(diff) || !diff_common(diff, KS_PARAM_TYPE_CHANGED))
		return false;
	return ks_type_equal(a, b) ||
	       diff_add(diff, (struct ks_change){ .kind = KS_RETURN_TYPE_CHANGED,
						  .old_type = a,
						  .new_type = b });
}

static bool diff_members(struct ks_diff *diff, const struct ks_decl *old, const struct ks_decl *new,
			 enum ks_change_kind added)
{
	// added, removed and changed stand in this order in the table, for fields and for values
	return ks_list_read(&diff->old, old) && ks_list_read(&diff->new, new) &&
	       diff_missing(diff, added, &diff->new, &diff->old) &&
	       diff_missing(diff, added + 1, &diff->old, &diff->new) &&
	       diff_common(diff, added + 2);
}

/** Both list the same in the same order: the usual case, told without reading the lists. */
static bool decls_same(const struct ks_decl *a, const struct ks_decl *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind || a->nr != b->nr)
		return false;
	if (a->kind == KS_FUNCTION)
		return ks_type_equal(a->type, b->type);
	for (uint32_t i = 0; a->kind == KS_ENUM && i < a->nr; i++)
		if (a->values[i].value != b->values[i].value ||
		    strcmp(a->values[i].name, b->values[i].name) != 0)
			return false;
	for (uint32_t i = 0; a->kind != KS_ENUM && i < a->nr; i++)
		if (strcmp(a->members[i].name, b->members[i].name) != 0 ||
		    !ks_type_equal(a->members[i].type, b->members[i].type))
			return false;
	return true;
}

static bool diff_decls(struct ks_diff *diff, const struct ks_decl *old, const struct ks_decl *new)
{
	switch (old->kind) {
	case KS_FUNCTION:
		return decls_same(old, new) || diff_function(diff, old, new);
	case KS_STRUCT:
	case KS_UNION:
		return decls_same(old, new) || diff_members(diff, old, new, KS_FIELD_ADDED);
	case KS_ENUM:
		return decls_same(old, new) || diff_members(diff, old, new, KS_VALUE_ADDED);
	case KS_TYPEDEF:
		return ks_type_equal(old->type, new->type) ||
		       diff_add(diff, (struct ks_change){ .kind = KS_ALIAS_CHANGED,
							  .name = old->name,
							  .old_type = old->type,
							  .new_type = new->type });
	case KS_INT:
		return old->size == new->size ||
		       diff_add(diff, (struct ks_change){ .kind = KS_SIZE_CHANGED,
							  .name = old->name,
							  .old_number = (int64_t)old->size,
							  .new_number = (int64_t) new->size });
	default:
		return true;
	}
}

/** The changes of a part of a tracepoint below a heading of their own; a part unknown on a side is left out. */
static bool diff_part(struct ks_diff *diff, enum ks_change_kind heading, const struct ks_decl *old,
		      const struct ks_decl *new)
{
	size_t at = diff->changes.len;
	if (!old || !new)
		return true;
	if (!diff_add(diff, (struct ks_change){ .kind = heading }) || !diff_decls(diff, old, new))
		return false;
	if (diff->changes.len == at + 1)
		diff->changes.len = at;
	return true;
}

static bool diff_field(struct ks_diff *diff, const struct ks_member *old,
		       const struct ks_member *new)
{
	return ks_type_equal(old->type, new->type) ||
	       diff_add(diff, (struct ks_change){ .kind = KS_FIELD_TYPE_CHANGED,
						  .name = old->name,
						  .old_type = old->type,
						  .new_type = new->type });
}

static bool diff_facts(struct ks_diff *diff, enum ks_kind kind, const struct ks_fact *old,
		       const struct ks_fact *new)
{
	switch (ks_kinds[kind].holds) {
	case KS_HOLDS_FUNCTION:
	case KS_HOLDS_TYPE:
	case KS_HOLDS_NAME:
		return diff_decls(diff, old->decl, new->decl);
	case KS_HOLDS_TRACEPOINT:
		return diff_part(diff, KS_EVENT_CHANGED, old->tracepoint->record,
				 new->tracepoint->record) &&
		       diff_part(diff, KS_FUNC_CHANGED, old->tracepoint->func,
				 new->tracepoint->func);
	case KS_HOLDS_MEMBER:
		return diff_field(diff, old->member, new->member);
	case KS_HOLDS_VALUE:
		return strcmp(old->value, new->value) == 0 ||
		       diff_add(diff, (struct ks_change){ .kind = KS_OPTION_CHANGED,
							  .old_text = old->value,
							  .new_text = new->value });
	case KS_HOLDS_NUMBER:
	case KS_NR_HOLDS:
		break;
	}
	return true;
}

bool ks_fact_comparable(enum ks_kind kind, const struct ks_fact *fact)
{
	if (!fact->present)
		return false;
	switch (ks_kinds[kind].holds) {
	case KS_HOLDS_FUNCTION:
	case KS_HOLDS_TYPE:
	case KS_HOLDS_NAME:
		return fact->decl != NULL;
	case KS_HOLDS_TRACEPOINT:
		return fact->tracepoint != NULL;
	case KS_HOLDS_MEMBER:
		return fact->member != NULL;
	case KS_HOLDS_VALUE:
		return fact->value != NULL;
	case KS_HOLDS_NUMBER:
	case KS_NR_HOLDS:
		break;
	}
	return false;
}

/** A name of what a stub of a system call is given: its registers. */
static bool names_registers(const char *name)
{
	return strcmp(name, "regs") == 0 || strcmp(name, "__unused") == 0;
}

/** The stub of a system call on amd64: one parameter, a pointer to registers. */
static bool is_stub(const struct ks_decl *decl)
{
	const struct ks_type *proto = decl ? decl->type : NULL;
	if (!proto || proto->nr_params != 1 || !names_registers(proto->params[0].name))
		return false;
	const struct ks_type *to = proto->params[0].type;
	to = to->kind == KS_TYPE_PTR ? to->inner : NULL;
	to = to && to->kind == KS_TYPE_CONST ? to->inner : NULL;
	return to && to->name && strcmp(to->name, "pt_regs") == 0;
}

/**
 * Beside the stub of a system call there is a weak one, for kernels without the call, that calls its parameter otherwise (COND_SYSCALL in
 * arch/x86/include/asm/syscall_wrapper.h). The linker leaves it out, but debug information has both, and which of them BTF was made
 * from is chance: nothing but that name differs then.
 */
static bool same_stub(const struct ks_fact *old, const struct ks_fact *new)
{
	return is_stub(old->decl) && is_stub(new->decl) &&
	       (!ks_image_tells_inline(old->image) || !ks_image_tells_inline(new->image)) &&
	       ks_type_equal(old->decl->type->inner, new->decl->type->inner);
}

static struct ks_error *diff_result(const struct ks_diff *diff, bool done, struct ks_changes *ret)
{
	if (!done)
		return &ks_nomem;
	*ret = (struct ks_changes){ diff->changes.len, diff->changes.at };
	return NULL;
}

struct ks_error *ks_diff_facts(struct ks_diff *diff, enum ks_kind kind, const struct ks_fact *old,
			       const struct ks_fact *new, struct ks_changes *ret)
{
	diff->changes.len = 0;
	bool same = (old->decl_id && old->decl_id == new->decl_id) ||
		    (kind == KS_FUNCTION && same_stub(old, new));
	return diff_result(diff, same || diff_facts(diff, kind, old, new), ret);
}

void ks_diff_reset(struct ks_diff *diff)
{
	diff->changes.len = 0;
}

struct ks_error *ks_diff_decls(struct ks_diff *diff, const struct ks_decl *old,
			       const struct ks_decl *new, struct ks_changes *ret)
{
	diff->changes.len = 0;
	return diff_result(diff, diff_decls(diff, old, new), ret);
}
