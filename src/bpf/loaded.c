/* SPDX-License-Identifier: BSD-2-Clause */
/* What bpf(2) and /proc tell of programs that are loaded. */
#include "bpf/loaded.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/** struct bpf_link_info: what of it is asked. */
struct link_info {
	uint32_t type, id, prog_id;
	union {
		struct {
			uint64_t name __attribute__((aligned(8)));
			uint32_t len;
		} raw;
		struct {
			uint32_t attach_type, object, id;
		} tracing;
		uint64_t room[16];
	};
};

/** A program, as it is found out piece by piece. */
struct found {
	struct ks_bpf_loaded_program program;
	uint32_t type, attach_type, btf_id;
};
struct search {
	struct ks_bpf_loaded *loaded;
	KS_VECTOR(struct found) programs; // by id, ascending
	struct ks_btf *btf;		  // of the kernel; NULL
};

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static struct found *find(struct search *search, uint32_t id)
{
	for (size_t i = 0; i < search->programs.len; i++)
		if (search->programs.at[i].program.id == id)
			return &search->programs.at[i];
	return NULL;
}

/** Fill an info of a program or link. */
static bool get_info(int command, uint32_t id, void *info, uint32_t size)
{
	union bpf_attr attr = { .prog_id = id };
	int fd = (int)bpf(command, &attr);
	if (fd < 0)
		return false;
	union bpf_attr ask = { .info = { .bpf_fd = (uint32_t)fd,
					 .info_len = size,
					 .info = (uint64_t)(uintptr_t)info } };
	bool got = bpf(BPF_OBJ_GET_INFO_BY_FD, &ask) == 0;
	close(fd);
	return got;
}

/** A section that a name makes; NULL: no memory. */
static const char *section(struct search *search, const char *before, const char *name)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	ks_buf_printf(&text, "%s%s", before, name);
	return ks_buf_text(&text) ? ks_arena_strdup(&search->loaded->arena, text.at) : NULL;
}

/* ---- programs and links ---- */

static struct ks_error *find_programs(struct search *search)
{
	for (uint32_t id = 0;;) {
		union bpf_attr attr = { .start_id = id };
		if (bpf(BPF_PROG_GET_NEXT_ID, &attr) != 0) {
			if (errno == ENOENT)
				return NULL;
			return ks_error_new(KS_ERR_IO,
					    "programs that are loaded cannot be seen: %m%s",
					    errno == EPERM ? "; root may" : "");
		}
		id = attr.next_id;
		struct prog_info info = { 0 };
		if (!get_info(BPF_PROG_GET_FD_BY_ID, id, &info, sizeof(info)))
			continue; // gone in between
		const struct found found = {
			.program = { .id = id,
				     .name = ks_arena_strndup(&search->loaded->arena,
							      info.known.name,
							      strnlen(info.known.name, 15)),
				     .owner = "nobody" },
			.type = info.known.type,
		};
		if (!found.program.name || !ks_vector_add(&search->programs, found))
			return &ks_nomem;
		memcpy(&search->programs.at[search->programs.len - 1].btf_id,
		       (const char *)&info + ATTACH_BTF_ID_AT, sizeof(uint32_t));
	}
}

/** The raw tracepoint of a link; "": not known. */
static void get_raw_name(uint32_t id, char *name, uint32_t size)
{
	struct link_info info = { .raw = { .name = (uint64_t)(uintptr_t)name, .len = size } };
	if (!get_info(BPF_LINK_GET_FD_BY_ID, id, &info, sizeof(info)))
		name[0] = '\0';
}

static void look_at_link(struct search *search, const struct link_info *info, struct found *found)
{
	char name[128] = "";
	switch (info->type) {
	case BPF_LINK_TYPE_TRACING:
		found->attach_type = info->tracing.attach_type;
		found->btf_id = found->btf_id ? found->btf_id : info->tracing.id;
		break;
	case BPF_LINK_TYPE_ITER:
		found->attach_type = BPF_TRACE_ITER;
		break;
	case BPF_LINK_TYPE_RAW_TRACEPOINT: // of either type of programs
		get_raw_name(info->id, name, sizeof(name));
		if (name[0])
			found->program.section = section(
				search,
				found->type == BPF_PROG_TYPE_TRACING ? "tp_btf/" : "raw_tp/", name);
		break;
	default:
		break;
	}
}

/** How programs are attached that have links: what kind of tracing, to which raw tracepoint. */
static void look_at_links(struct search *search)
{
	for (uint32_t id = 0;;) {
		union bpf_attr attr = { .start_id = id };
		if (bpf(BPF_LINK_GET_NEXT_ID, &attr) != 0)
			return;
		id = attr.next_id;
		// without any buffer: of other types of links its size would be a number of addresses
		struct link_info info = { 0 };
		if (!get_info(BPF_LINK_GET_FD_BY_ID, id, &info, sizeof(info)))
			continue;
		struct found *found = find(search, info.prog_id);
		if (found)
			look_at_link(search, &info, found);
	}
}

/** What a program is attached to by an id of the kernel's types. */
static const char *section_of_btf(struct search *search, const struct found *found)
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
		return NULL;
	const char *name = ks_btf_type(search->btf, found->btf_id).name;
	for (size_t i = 0; i < KS_ARRAY_LEN(ways); i++) {
		size_t len = strlen(ways[i].prefix);
		bool fits = ways[i].type == found->type &&
			    (!ways[i].attach_type || ways[i].attach_type == found->attach_type);
		if (fits && strncmp(name, ways[i].prefix, len) == 0 && name[len])
			return section(search, ways[i].section, name + len);
	}
	return NULL;
}

/* ---- processes: who holds what, and perf events ---- */

/** An event's system: the only one that has an event of that name; NULL. */
static const char *section_of_event(struct search *search, const char *name)
{
	static const char *const roots[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	const char *ret = NULL;
	for (size_t i = 0; i < 2 && !ret; i++) {
		_cleanup_buf_ struct ks_buf pattern = { 0 };
		glob_t at = { 0 };
		ks_buf_printf(&pattern, "%s/events/*/%s", roots[i], name);
		if (ks_buf_text(&pattern) && glob(pattern.at, 0, NULL, &at) == 0 &&
		    at.gl_pathc == 1)
			ret = section(search, "tracepoint/",
				      at.gl_pathv[0] + strlen(roots[i]) + strlen("/events/"));
		globfree(&at);
	}
	return ret;
}

/** A perf event of a process: which program it runs, and on what. */
static struct found *look_at_event(struct search *search, uint32_t pid, uint32_t fd)
{
	char name[256] = "";
	union bpf_attr attr = { .task_fd_query = { .pid = pid,
						   .fd = fd,
						   .buf_len = sizeof(name),
						   .buf = (uint64_t)(uintptr_t)name } };
	if (bpf(BPF_TASK_FD_QUERY, &attr) != 0)
		return NULL;
	struct found *found = find(search, attr.task_fd_query.prog_id);
	if (!found || found->program.section || !name[0])
		return found;
	switch (attr.task_fd_query.fd_type) {
	case BPF_FD_TYPE_TRACEPOINT:
		found->program.section = section_of_event(search, name);
		break;
	case BPF_FD_TYPE_KPROBE:
		if (!attr.task_fd_query.probe_offset)
			found->program.section = section(search, "kprobe/", name);
		break;
	case BPF_FD_TYPE_KRETPROBE:
		found->program.section = section(search, "kretprobe/", name);
		break;
	default: // raw tracepoints have links; uprobes are nothing of the kernel
		break;
	}
	return found;
}

/** The program that the file of a descriptor is of. */
static struct found *look_at_file(struct search *search, const char *pid, const char *fd)
{
	char path[300], kind[64];
	snprintf(path, sizeof(path), "/proc/%.20s/fd/%.20s", pid, fd);
	ssize_t len = readlink(path, kind, sizeof(kind) - 1);
	if (len <= 0)
		return NULL;
	kind[len] = '\0';
	if (strstr(kind, "perf_event"))
		return look_at_event(search, (uint32_t)strtoul(pid, NULL, 10),
				     (uint32_t)strtoul(fd, NULL, 10));
	if (!strstr(kind, "bpf-prog") && !strstr(kind, "bpf_link") && !strstr(kind, "bpf-link"))
		return NULL;
	snprintf(path, sizeof(path), "/proc/%.20s/fdinfo/%.20s", pid, fd);
	FILE *file = fopen(path, "re");
	struct found *found = NULL;
	char line[256];
	unsigned int id;
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "prog_id: %u", &id) == 1)
			found = find(search, id);
	if (file)
		fclose(file);
	return found;
}

/** The name of a process; NULL when it is gone. */
static const char *name_of(struct search *search, const char *pid)
{
	char path[64], name[64] = "";
	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	FILE *file = fopen(path, "re");
	bool got = file && fgets(name, sizeof(name), file);
	if (file)
		fclose(file);
	return got ? ks_arena_strndup(&search->loaded->arena, name, strcspn(name, "\n")) : NULL;
}

static void look_at_process(struct search *search, const char *pid)
{
	char path[64];
	const char *owner = NULL;
	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	DIR *dir = opendir(path);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		struct found *found = isdigit((unsigned char)entry->d_name[0])
					      ? look_at_file(search, pid, entry->d_name)
					      : NULL;
		if (!found)
			continue;
		owner = owner ? owner : name_of(search, pid);
		found->program.owner = owner ? owner : found->program.owner;
	}
	if (dir)
		closedir(dir);
}

static void look_at_processes(struct search *search)
{
	DIR *dir = opendir("/proc");
	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (isdigit((unsigned char)entry->d_name[0]))
			look_at_process(search, entry->d_name);
	if (dir)
		closedir(dir);
}

/* ---- objects ---- */

static int by_owner(const void *a, const void *b)
{
	const struct ks_bpf_loaded_program *x = *(const struct ks_bpf_loaded_program *const *)a;
	const struct ks_bpf_loaded_program *y = *(const struct ks_bpf_loaded_program *const *)b;
	int order = strcmp(x->owner, y->owner);
	return order ? order : (x->id > y->id) - (x->id < y->id);
}

/** One object for all that a process has. */
static struct ks_error *write_objects(struct search *search)
{
	struct ks_bpf_loaded *loaded = search->loaded;
	size_t nr = 0;
	const struct ks_bpf_loaded_program **sorted =
		ks_arena_array(&loaded->arena, search->programs.len + 1,
			       sizeof(const struct ks_bpf_loaded_program *));
	if (!sorted)
		return &ks_nomem;
	for (size_t i = 0; i < search->programs.len; i++)
		if (search->programs.at[i].program.section)
			sorted[nr++] = &search->programs.at[i].program;
	loaded->nr_programs = search->programs.len;
	loaded->nr_silent = search->programs.len - nr;
	if (nr)
		qsort(sorted, nr, sizeof(const struct ks_bpf_loaded_program *), by_owner);
	for (size_t first = 0, end; first < nr; first = end) {
		struct ks_bpf_loaded_object object = { .name = sorted[first]->owner };
		for (end = first + 1; end < nr && strcmp(sorted[end]->owner, object.name) == 0;
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

static struct ks_error *run(struct search *search, const struct ks_buf *types)
{
	KS_TRY(find_programs(search));
	look_at_links(search);
	if (types->len)
		ks_error_free(ks_btf_open(types->at, types->len, NULL, &search->btf));
	for (size_t i = 0; i < search->programs.len; i++)
		if (!search->programs.at[i].program.section)
			search->programs.at[i].program.section =
				section_of_btf(search, &search->programs.at[i]);
	look_at_processes(search);
	return write_objects(search);
}

struct ks_error *ks_bpf_loaded_find(struct ks_bpf_loaded *ret)
{
	struct search search = { .loaded = ret };
	_cleanup_buf_ struct ks_buf types = { 0 };
	struct ks_error *err = ks_read_file("/sys/kernel/btf/vmlinux", MAX_TYPES, &types, NULL);
	if (err) // what is attached by types stays unknown
		types.len = 0;
	ks_error_free(err);
	err = run(&search, &types);
	ks_btf_close(search.btf);
	ks_vector_deinit(&search.programs);
	return err;
}

void ks_bpf_loaded_deinit(struct ks_bpf_loaded *loaded)
{
	for (size_t i = 0; i < loaded->objects.len; i++)
		ks_buf_deinit(&loaded->objects.at[i].bytes);
	ks_vector_deinit(&loaded->objects);
	ks_arena_deinit(&loaded->arena);
}
