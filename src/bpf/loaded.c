/* SPDX-License-Identifier: BSD-2-Clause */
/* What bpf(2) and /proc tell of programs that are loaded, put together. */
#include "bpf/loaded_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/read_file.h"
#include "btf/btf.h"

/** struct bpf_prog_info of the kernel, which headers of older systems end before. */
struct prog_info {
	struct bpf_prog_info known;
	uint64_t later[16];
};
/** Where attach_btf_id stands in it (since 6.0); of types more than any kernel has. */
enum { ATTACH_BTF_ID_AT = 224, MAX_TYPES = 64 << 20 };

/* ---- programs ---- */

static struct ks_error *find_programs(struct ks_loaded_search *search)
{
	for (uint32_t id = 0;;) {
		union bpf_attr attr = { .start_id = id };
		if (ks_loaded_bpf(BPF_PROG_GET_NEXT_ID, &attr) != 0) {
			if (errno == ENOENT)
				return NULL;
			return ks_error_new(KS_ERR_IO,
					    "programs that are loaded cannot be seen: %m%s",
					    errno == EPERM ? "; root may" : "");
		}
		id = attr.next_id;
		struct prog_info info = { 0 };
		if (!ks_loaded_info(BPF_PROG_GET_FD_BY_ID, id, &info, sizeof(info)))
			continue; // gone in between
		const struct ks_loaded_found found = {
			.id = id,
			.type = info.known.type,
			.name = ks_arena_strndup(&search->loaded->arena, info.known.name,
						 strnlen(info.known.name, 15)),
			.owner = "nobody",
			.size = info.known.xlated_prog_len,
		};
		if (!found.name || !ks_vector_add(&search->programs, found))
			return &ks_nomem;
		memcpy(&search->programs.at[search->programs.len - 1].btf_id,
		       (const char *)&info + ATTACH_BTF_ID_AT, sizeof(uint32_t));
	}
}

/** What a program is attached to by an id of the kernel's types. */
static void attach_by_type(struct ks_loaded_search *search, struct ks_loaded_found *found)
{
	static const struct {
		uint32_t type, attach_type;
		const char *section, *prefix; // of the name in BTF
	} ways[] = {
		{ BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, "fentry/", "" },
		{ BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, "fexit/", "" },
		{ BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, "fmod_ret/", "" },
		{ BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, "iter/", "bpf_iter_" },
		{ BPF_PROG_TYPE_LSM, 0, "lsm/", "bpf_lsm_" },
	};
	if (!search->btf || !found->btf_id)
		return;
	const char *name = ks_btf_type(search->btf, found->btf_id).name;
	for (size_t i = 0; i < KS_ARRAY_LEN(ways); i++) {
		size_t len = strlen(ways[i].prefix);
		bool fits = ways[i].type == found->type &&
			    (!ways[i].attach_type || ways[i].attach_type == found->attach_type);
		if (fits && strncmp(name, ways[i].prefix, len) == 0 && name[len]) {
			ks_loaded_attach(search, found, ways[i].section, name + len);
			return;
		}
	}
}

/* ---- objects ---- */

static int by_owner(const void *a, const void *b)
{
	const struct ks_bpf_loaded_program *x = a, *y = b;
	int order = strcmp(x->owner, y->owner);
	if (!order)
		order = (x->id > y->id) - (x->id < y->id);
	return order ? order : strcmp(x->section, y->section);
}

/** What is attached as programs, by owner. */
static struct ks_bpf_loaded_program *sort_attached(struct ks_loaded_search *search)
{
	struct ks_bpf_loaded_program *sorted =
		ks_arena_array(&search->loaded->arena, search->attached.len + 1, sizeof(*sorted));
	for (size_t i = 0; sorted && i < search->attached.len; i++) {
		const struct ks_loaded_attached *attached = &search->attached.at[i];
		const struct ks_loaded_found *found = ks_loaded_program(search, attached->id);
		sorted[i] = (struct ks_bpf_loaded_program){
			.id = found->id,
			.name = found->name,
			.owner = found->owner,
			.section = attached->section,
			.target = found->nr_attached > 1 ? attached->target : NULL,
			.helpers = found->helpers,
		};
	}
	if (sorted && search->attached.len)
		qsort(sorted, search->attached.len, sizeof(*sorted), by_owner);
	return sorted;
}

/** The first few that nothing is known of. */
static bool name_silent(struct ks_loaded_search *search)
{
	enum { FEW = 6 };
	struct ks_bpf_loaded *loaded = search->loaded;
	_cleanup_buf_ struct ks_buf text = { 0 };
	for (size_t i = 0; i < search->programs.len; i++) {
		const struct ks_loaded_found *found = &search->programs.at[i];
		if (found->nr_attached || loaded->nr_silent++ >= FEW)
			continue;
		ks_buf_printf(&text, "%s%s#%u (%s)", text.len ? ", " : "", found->name, found->id,
			      ks_loaded_kind_name(found->type));
	}
	if (loaded->nr_silent > FEW)
		ks_buf_printf(&text, " and %zu more", loaded->nr_silent - FEW);
	if (!loaded->nr_silent)
		return true;
	loaded->silent = ks_buf_text(&text) ? ks_arena_strdup(&loaded->arena, text.at) : NULL;
	return loaded->silent;
}

/** One object for all that a process has. */
static struct ks_error *write_objects(struct ks_loaded_search *search)
{
	struct ks_bpf_loaded *loaded = search->loaded;
	size_t nr = search->attached.len;
	const struct ks_bpf_loaded_program *sorted = sort_attached(search);
	if (search->nomem || !sorted)
		return &ks_nomem;
	loaded->nr_programs = search->programs.len;
	if (!name_silent(search))
		return &ks_nomem;
	for (size_t first = 0, end; first < nr; first = end) {
		struct ks_bpf_loaded_object object = { .name = sorted[first].owner };
		for (end = first + 1; end < nr && strcmp(sorted[end].owner, object.name) == 0;
		     end++)
			;
		ks_bpf_loaded_write(&sorted[first], end - first, &object.bytes);
		if (object.bytes.failed || !ks_vector_add(&loaded->objects, object)) {
			ks_buf_deinit(&object.bytes);
			return &ks_nomem;
		}
	}
	return NULL;
}

static struct ks_error *run(struct ks_loaded_search *search, const struct ks_buf *types)
{
	KS_TRY(find_programs(search));
	ks_loaded_look_at_links(search);
	if (types->len)
		ks_error_free(ks_btf_open(types->at, types->len, NULL, &search->btf));
	for (size_t i = 0; i < search->programs.len; i++)
		attach_by_type(search, &search->programs.at[i]);
	ks_loaded_look_at_processes(search);
	ks_loaded_look_at_calls(search);
	for (size_t i = 0; i < search->programs.len; i++)
		if (!search->programs.at[i].nr_attached)
			ks_loaded_attach_kind(search, &search->programs.at[i]);
	return write_objects(search);
}

struct ks_error *ks_bpf_loaded_find(struct ks_bpf_loaded *ret)
{
	struct ks_loaded_search search = { .loaded = ret };
	_cleanup_buf_ struct ks_buf types = { 0 };
	struct ks_error *err = ks_read_file("/sys/kernel/btf/vmlinux", MAX_TYPES, &types, NULL);
	if (err) // what is attached by types stays unknown
		types.len = 0;
	ks_error_free(err);
	err = run(&search, &types);
	ks_btf_close(search.btf);
	ks_vector_deinit(&search.programs);
	ks_vector_deinit(&search.attached);
	return err;
}

void ks_bpf_loaded_deinit(struct ks_bpf_loaded *loaded)
{
	for (size_t i = 0; i < loaded->objects.len; i++)
		ks_buf_deinit(&loaded->objects.at[i].bytes);
	ks_vector_deinit(&loaded->objects);
	ks_arena_deinit(&loaded->arena);
}
