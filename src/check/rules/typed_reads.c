/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads and writes through pointers whose types the verifier knows: arguments of hooks, what is read through these, and
 * what helpers give (kernel/bpf/btf.c: btf_ctx_access(), btf_struct_access(); verifier.c: check_ptr_to_btf_access(),
 * check_mem_access()).
 */
#include <string.h>

#include "base/buf.h"
#include "bpf/names.h"
#include "check/interp/results.h"
#include "check/rules/pointers.h"
#include "check/rules/rules.h"

/** One access while it is judged. */
struct typed_access {
	struct ks_judge *judge;
	const struct ks_pointers *pointers;
	const struct ks_access *access;
	struct ks_pointee pointee;
	uint32_t insn;
	const struct ks_core_spec *spec; // of the instruction's relocation; NULL
	const char *what;		 // "argument 1"
};

/** "argument 1", "file::f_inode" or "what bpf_sock_from_file() gives". */
static void write_pointer(const struct ks_pointers *pointers, const struct ks_path *paths,
			  uint32_t path, struct ks_buf *out)
{
	const struct ks_path *at = &paths[path];
	if (at->how == KS_PATH_RESULT) {
		const struct ks_helper_result *result = ks_helper_result(at->offset);
		ks_buf_printf(out, "what %s() gives", result ? result->name : "the helper");
	} else if (at->how == KS_PATH_KFUNC) {
		const struct ks_bpf_object *object = pointers->object;
		const char *name = (uint32_t)at->offset < object->nr_externs
					   ? object->externs[at->offset].name
					   : NULL;
		ks_buf_printf(out, "what %s() gives", name ? name : "the function");
	} else if (at->from == KS_NO_PATH) {
		uint32_t index;
		ks_argument_of(pointers, (uint32_t)at->offset, &index);
		if (index == UINT32_MAX)
			index = (uint32_t)at->offset / 8;
		ks_buf_printf(out, "argument %u", index + 1);
	} else {
		const struct ks_decl *outer = ks_record_of(pointers, paths, at->from);
		struct ks_walk walk = { 0 };
		if (outer)
			walk = ks_struct_walk(pointers->site, outer, (uint32_t)at->offset,
					      pointers->site->ptr_size);
		if (walk.member && outer->name) {
			ks_buf_printf(out, "%s::%s", outer->name, walk.member->name);
			return;
		}
		ks_buf_printf(out, "byte %d behind ", at->offset);
		write_pointer(pointers, paths, at->from, out); // no deeper than KS_MAX_DEREFS
	}
}

/** libbpf makes a load of a whole member, through a relocation, as wide as the member is. */
static uint64_t width_of(const struct typed_access *typed)
{
	const struct ks_judge *judge = typed->judge;
	if (!typed->spec || !typed->access->moved || typed->access->how != KS_ACCESS_READ)
		return typed->access->size;
	uint32_t core = judge->program->cores[typed->insn];
	const struct ks_member *member = judge->resolution->cores[core].member;
	const struct ks_core_spec *spec = typed->spec;
	if (!member || member->bitfield_size || !spec->nr)
		return typed->access->size;
	struct ks_shape shape = ks_shape_of(judge->site, member->type);
	uint64_t size = ks_shape_size(judge->site, &shape);
	struct ks_btf_type local =
		ks_btf_type(spec->btf, ks_btf_strip(spec->btf, spec->steps[spec->nr - 1].type));
	bool whole = typed->access->size == (local.kind == KS_BTF_PTR ? 8 : local.size);
	bool fits =
		shape.kind != KS_BTF_ARRAY && (size == 1 || size == 2 || size == 4 || size == 8);
	return fits && whole ? size : typed->access->size;
}

/** What a reason is about: the field that is meant, or the pointer. */
static struct ks_about about_of(const struct typed_access *typed)
{
	bool field = typed->spec && typed->spec->kind == KS_CORE_FIELD_OFFSET && typed->spec->text;
	return (struct ks_about){ .kind = field ? KS_FIELD : KS_NR_KINDS,
				  .name = field ? typed->spec->text : typed->what,
				  .insn = typed->insn };
}

/** Whether NULL comes of a lookup in an array depends on what is known of the index (get_constant_map_key()). */
static enum ks_null null_of_result(const struct typed_access *typed, const struct ks_path *path)
{
	static const struct ks_gate elided = { KS_SINCE(6, 14), "d2102f2f5d75" };
	const struct ks_bpf_object *object = typed->judge->resolution->prepared->object;
	const struct ks_site *site = typed->pointers->site;
	if (path->offset != KS_HELPER_MAP_LOOKUP)
		return KS_NULL_MAYBE;
	if (!path->map || path->map > object->nr_maps)
		return KS_NULL_NEVER;
	uint32_t type = object->maps[path->map - 1].type;
	bool array = type == KS_MAP_ARRAY || type == KS_MAP_PERCPU_ARRAY;
	bool told = site->version && !ks_gate_is_open(&elided, site->version);
	return array && !told ? KS_NULL_UNTOLD : KS_NULL_MAYBE;
}

/** @return whether it fails for that */
static bool judge_null(const struct typed_access *typed)
{
	const struct ks_path *path = &typed->judge->reach->paths[typed->access->path];
	enum ks_null null = path->how == KS_PATH_RESULT && typed->pointee.null == KS_NULL_MAYBE
				    ? null_of_result(typed, path)
				    : typed->pointee.null;
	const struct ks_about about = { .kind = KS_NR_KINDS,
					.name = typed->what,
					.insn = typed->insn };
	static const char *const texts[] = { [KS_ACCESS_READ] = "read through",
					     [KS_ACCESS_WRITE] = "written through",
					     [KS_ACCESS_COMPUTE] = "computed with",
					     [KS_ACCESS_PASS] = "given to a helper" };
	if (typed->access->null != KS_NULL_MAYBE || null == KS_NULL_NEVER)
		return false;
	if (null == KS_NULL_UNTOLD) {
		ks_judge_add(typed->judge, KS_STAGE_LOAD, KS_REASON_TIER, &about,
			     "whether the verifier takes it for a pointer that may be NULL is not "
			     "known");
		return false;
	}
	struct ks_reason *reason = ks_judge_add(typed->judge, KS_STAGE_LOAD, KS_REASON_POINTER,
						&about, "it may be NULL, and is %s without a check",
						texts[typed->access->how]);
	ks_reason_hint(typed->judge, reason, "compare it with NULL before");
	return true;
}

/** What functions of the kernel give is often the program's own. */
static bool is_given_by_kfunc(const struct typed_access *typed)
{
	const struct ks_path *paths = typed->judge->reach->paths;
	uint32_t path = typed->access->path;
	while (paths[path].from != KS_NO_PATH)
		path = paths[path].from;
	return paths[path].how == KS_PATH_KFUNC;
}

static void say_untold(const struct typed_access *typed)
{
	const struct ks_about about = about_of(typed);
	ks_judge_add(typed->judge, KS_STAGE_LOAD, KS_REASON_TIER, &about,
		     "what %s points to, and so what may be read there, is not known", typed->what);
}

static const char *kind_of(const struct ks_decl *record)
{
	return record->kind == KS_UNION ? "union" : "struct";
}

/** What is read of a record at a place that is known. */
static void judge_place(const struct typed_access *typed)
{
	const struct ks_access *access = typed->access;
	const struct ks_decl *record = typed->pointee.record;
	const struct ks_about about = about_of(typed);
	const char *kind = kind_of(record);
	struct ks_reason *reason = NULL;
	uint64_t size = width_of(typed);
	struct ks_walk walk =
		ks_struct_walk(typed->pointers->site, record, (uint64_t)access->offset, size);
	switch (walk.end) {
	case KS_WALK_BEYOND:
		reason = ks_judge_add(typed->judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
				      "%s points to %s %s of %u bytes, byte %d is read",
				      typed->what, kind, record->name, (unsigned int)record->size,
				      access->offset);
		break;
	case KS_WALK_NOTHING:
		reason = ks_judge_add(typed->judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
				      "%s points to %s %s, which has no member at byte %d",
				      typed->what, kind, record->name, access->offset);
		break;
	case KS_WALK_PART:
		reason = ks_judge_add(typed->judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
				      "%s points to %s %s, whose %s is not read by %u bytes at %d",
				      typed->what, kind, record->name,
				      walk.member ? walk.member->name : "member",
				      (unsigned int)size, access->offset);
		break;
	case KS_WALK_UNTOLD:
		say_untold(typed);
		return;
	default:
		return;
	}
	ks_reason_hint(typed->judge, reason,
		       "read another type by BPF_CORE_READ(), or cast by bpf_core_cast()");
}

static void judge_record(const struct typed_access *typed)
{
	const struct ks_access *access = typed->access;
	const struct ks_decl *record = typed->pointee.record;
	const struct ks_about about = about_of(typed);
	const char *kind = kind_of(record);
	if (access->how == KS_ACCESS_WRITE) {
		if (ks_hook_is_typed(typed->judge->hook) &&
		    typed->judge->hook->kind != KS_HOOK_STRUCT_OPS)
			ks_judge_add(typed->judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
				     "%s points to %s %s, which may only be read", typed->what,
				     kind, record->name);
		return;
	}
	if (access->varies) {
		struct ks_reason *reason =
			ks_judge_add(typed->judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
				     "%s points to %s %s, where it is read is only known when it "
				     "runs",
				     typed->what, kind, record->name);
		ks_reason_hint(typed->judge, reason, "read it by bpf_probe_read_kernel()");
		return;
	}
	if (access->offset < 0) {
		ks_judge_add(typed->judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
			     "%s points to %s %s, it is read before its begin", typed->what, kind,
			     record->name);
		return;
	}
	judge_place(typed);
}

/** Tags on what a pointer leads to. @return whether it is not read for one */
static bool judge_tag(const struct typed_access *typed)
{
	static const struct {
		const char *where, *hint;
	} texts[] = {
		[KS_TAGGED_USER] = { "to memory of user space, which programs do not read so",
				     "read it by bpf_probe_read_user() or bpf_copy_from_user()" },
		[KS_TAGGED_PERCPU] = { "to what each CPU has elsewhere",
				       "ask bpf_per_cpu_ptr() or bpf_this_cpu_ptr() where it is" },
	};
	const struct ks_about about = about_of(typed);
	enum ks_tagged tag = typed->pointee.tagged;
	if (tag == KS_TAGGED_UNTOLD)
		ks_judge_add(typed->judge, KS_STAGE_LOAD, KS_REASON_TIER, &about,
			     "whether %s points to memory of the kernel is not known: the image "
			     "does not tell the tags of its types",
			     typed->what);
	if (tag != KS_TAGGED_USER && tag != KS_TAGGED_PERCPU)
		return false;
	struct ks_reason *reason =
		ks_judge_add(typed->judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about, "%s points %s",
			     typed->what, texts[tag].where);
	ks_reason_hint(typed->judge, reason, "%s", texts[tag].hint);
	return true;
}

static void judge_license(const struct typed_access *typed)
{
	static const struct ks_gate gpl = { KS_SINCE(6, 2), "c67cae551f0d" };
	const struct ks_about about = about_of(typed);
	if (!typed->judge->caller->gpl && ks_gate_is_open(&gpl, typed->pointers->site->version))
		ks_judge_add(typed->judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
			     "only GPL-compatible programs may read structs of the kernel since "
			     "%u.%u",
			     gpl.since >> 16, gpl.since >> 8 & 255);
}

/** What a helper gets that wants a pointer to a struct; to which one is not compared. */
static void judge_passed(const struct typed_access *typed)
{
	const struct ks_bpf_insn *insn = &typed->judge->program->insns[typed->insn];
	const struct ks_about about = { .kind = KS_NR_KINDS,
					.name = typed->what,
					.insn = typed->insn };
	if (typed->pointee.word == KS_WORD_NUMBER)
		ks_judge_add(
			typed->judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
			"it is a number to the verifier, or a pointer to no struct, and %s() wants "
			"one",
			ks_helper_wanting(insn->imm));
}

/** A pointer that is shifted, masked or multiplied: what the program takes for a number is none here. */
static void judge_operation(const struct typed_access *typed)
{
	const struct ks_about about = about_of(typed);
	const struct ks_decl *record = typed->pointee.record;
	if (typed->access->null == KS_NULL_UNTOLD) // where it is NULL it is a number
		return;
	if (!typed->judge->reach->paths[typed->access->path].typed)
		ks_judge_add(typed->judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
			     "%s is a pointer, and is computed with as numbers only are",
			     typed->what);
	else if (typed->pointee.word == KS_WORD_RECORD && record)
		ks_judge_add(
			typed->judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
			"%s points to %s %s, and is computed with as numbers only are (shifted, "
			"masked, multiplied)",
			typed->what, record->kind == KS_UNION ? "union" : "struct", record->name);
}

static void judge_access(const struct typed_access *typed)
{
	if (typed->access->how == KS_ACCESS_OPERATE) {
		judge_operation(typed);
		return;
	}
	if (judge_null(typed))
		return;
	const struct ks_about about = about_of(typed);
	if (!typed->judge->reach->paths[typed->access->path].typed ||
	    typed->access->how == KS_ACCESS_COMPUTE)
		return;
	if (typed->access->how == KS_ACCESS_PASS) {
		judge_passed(typed);
	} else if (typed->pointee.word == KS_WORD_NUMBER) {
		struct ks_reason *reason = ks_judge_add(
			typed->judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
			"%s is a number to the verifier, or a pointer to no struct", typed->what);
		ks_reason_hint(typed->judge, reason, "read through it by bpf_probe_read_kernel()");
	} else if (typed->pointee.word == KS_WORD_UNTOLD && !is_given_by_kfunc(typed)) {
		say_untold(typed);
	} else if (typed->pointee.word == KS_WORD_RECORD && !judge_tag(typed)) {
		judge_license(typed);
		judge_record(typed);
	}
}

/** A word of the context that is none of its typed arguments, or what a helper copied. */
static void judge_number(struct ks_judge *judge, uint32_t insn)
{
	const struct ks_reached *at = &judge->reach->at[insn];
	const struct ks_path *path = &judge->reach->paths[at->through_number - 1];
	const char *type = judge->hook->program_type;
	struct ks_about about = { .kind = KS_NR_KINDS, .insn = insn };
	// the first word of writable tracepoints is memory (raw_tp_writable_prog_is_valid_access())
	if (path->how == KS_PATH_CONTEXT && !path->offset && type &&
	    strcmp(type, "BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE") == 0)
		return;
	about.name = path->how == KS_PATH_CONTEXT ? "context" : "a copy";
	struct ks_reason *reason =
		path->how == KS_PATH_CONTEXT
			? ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
				       "byte %d of it is a number to the verifier, and is read "
				       "through",
				       path->offset)
			: ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
				       "what was copied is a number to the verifier, and is read "
				       "through");
	ks_reason_hint(judge, reason, "read through it by bpf_probe_read_kernel()");
}

void ks_judge_typed_reads(struct ks_judge *judge)
{
	const struct ks_resolution *resolution = judge->resolution;
	const struct ks_bpf_program *program = judge->program;
	const struct ks_bpf_object *object = resolution->prepared->object;
	if (!judge->reach->complete)
		return;
	const struct ks_pointers pointers = ks_judge_pointers(judge, judge->site);
	for (uint32_t i = 0; i < program->nr; i++) {
		if (judge->reach->at[i].reached && judge->reach->at[i].through_null)
			ks_judge_add(
				judge, KS_STAGE_LOAD, KS_REASON_POINTER,
				&(struct ks_about){ KS_NR_KINDS, "NULL", i, false },
				"a pointer is read through where it was compared with NULL, and "
				"is NULL");
		if (judge->reach->at[i].reached && judge->reach->at[i].through_number)
			judge_number(judge, i);
		for (uint32_t next = judge->reach->at[i].accesses; next;) {
			const struct ks_access *access = &judge->reach->accesses[next - 1];
			_cleanup_buf_ struct ks_buf what = { 0 };
			next = access->next;
			write_pointer(&pointers, judge->reach->paths, access->path, &what);
			uint32_t core = program->cores ? program->cores[i] : KS_NO_INDEX;
			struct typed_access typed = {
				.judge = judge,
				.pointers = &pointers,
				.access = access,
				.pointee =
					ks_pointee_of(&pointers, judge->reach->paths, access->path),
				.insn = i,
				.spec = core < object->nr_cores ? resolution->prepared->specs[core]
								: NULL,
				.what = ks_buf_text(&what),
			};
			judge->nomem |= !typed.what;
			if (typed.what)
				judge_access(&typed);
		}
	}
}
