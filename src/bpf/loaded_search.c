/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions to bpf(2) about what is loaded, and what has been found so far. */
#include <glob.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/loaded_private.h"

long ks_loaded_bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

struct ks_loaded_found *ks_loaded_program(struct ks_loaded_search *search, uint32_t id)
{
	for (size_t i = 0; i < search->programs.len; i++)
		if (search->programs.at[i].id == id)
			return &search->programs.at[i];
	return NULL;
}

bool ks_loaded_info(int command, uint32_t id, void *info, uint32_t size)
{
	union bpf_attr attr = { .prog_id = id };
	int fd = (int)ks_loaded_bpf(command, &attr);
	if (fd < 0)
		return false;
	union bpf_attr ask = { .info = { .bpf_fd = (uint32_t)fd,
					 .info_len = size,
					 .info = (uint64_t)(uintptr_t)info } };
	bool got = ks_loaded_bpf(BPF_OBJ_GET_INFO_BY_FD, &ask) == 0;
	close(fd);
	return got;
}

/* ---- what they are attached to ---- */

static bool is_attached(const struct ks_loaded_search *search, uint32_t id, const char *section)
{
	for (size_t i = 0; i < search->attached.len; i++)
		if (search->attached.at[i].id == id &&
		    strcmp(search->attached.at[i].section, section) == 0)
			return true;
	return false;
}

void ks_loaded_attach(struct ks_loaded_search *search, struct ks_loaded_found *found,
		      const char *before, const char *target)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	ks_buf_printf(&text, "%s%s", before, target);
	if (ks_buf_text(&text) && is_attached(search, found->id, text.at))
		return;
	struct ks_loaded_attached attached = { .id = found->id };
	if (ks_buf_text(&text))
		attached.section = ks_arena_strdup(&search->loaded->arena, text.at);
	if (!attached.section || !ks_vector_add(&search->attached, attached)) {
		search->nomem = true;
		return;
	}
	search->attached.at[search->attached.len - 1].target = attached.section + strlen(before);
	found->nr_attached++;
}

void ks_loaded_attach_event(struct ks_loaded_search *search, struct ks_loaded_found *found,
			    const char *name)
{
	static const char *const roots[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	for (size_t i = 0, nr = 0; i < 2 && !nr; i++) {
		_cleanup_buf_ struct ks_buf pattern = { 0 };
		glob_t at = { 0 };
		ks_buf_printf(&pattern, "%s/events/*/%s", roots[i], name);
		if (ks_buf_text(&pattern) && glob(pattern.at, 0, NULL, &at) == 0)
			nr = at.gl_pathc;
		if (nr == 1)
			ks_loaded_attach(search, found, "tracepoint/",
					 at.gl_pathv[0] + strlen(roots[i]) + strlen("/events/"));
		globfree(&at);
	}
}

void ks_loaded_attach_user(struct ks_loaded_search *search, struct ks_loaded_found *found,
			   const char *before, const char *path, uint64_t offset)
{
	_cleanup_buf_ struct ks_buf place = { 0 };
	ks_buf_printf(&place, "%s:%#llx", path, (unsigned long long)offset);
	if (ks_buf_text(&place))
		ks_loaded_attach(search, found, before, place.at);
	else
		search->nomem = true;
}
