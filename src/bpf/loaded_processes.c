/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of processes: which program each holds, and what perf events run. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/loaded_private.h"

/** A perf event of a process: which program it runs, and on what. */
static struct ks_loaded_found *look_at_event(struct ks_loaded_search *search, uint32_t pid,
					     uint32_t fd)
{
	char name[4096] = "";
	union bpf_attr attr = { .task_fd_query = { .pid = pid,
						   .fd = fd,
						   .buf_len = sizeof(name),
						   .buf = (uint64_t)(uintptr_t)name } };
	if (ks_loaded_bpf(BPF_TASK_FD_QUERY, &attr) != 0)
		return NULL;
	struct ks_loaded_found *found = ks_loaded_program(search, attr.task_fd_query.prog_id);
	if (!found || !name[0])
		return found;
	uint64_t offset = attr.task_fd_query.probe_offset;
	switch (attr.task_fd_query.fd_type) {
	case BPF_FD_TYPE_TRACEPOINT:
		ks_loaded_attach_event(search, found, name);
		break;
	case BPF_FD_TYPE_KPROBE:
		if (!offset)
			ks_loaded_attach(search, found, "kprobe/", name);
		break;
	case BPF_FD_TYPE_KRETPROBE:
		ks_loaded_attach(search, found, "kretprobe/", name);
		break;
	case BPF_FD_TYPE_UPROBE:
		ks_loaded_attach_user(search, found, "uprobe/", name, offset);
		break;
	case BPF_FD_TYPE_URETPROBE:
		ks_loaded_attach_user(search, found, "uretprobe/", name, offset);
		break;
	default: // raw tracepoints have links
		break;
	}
	return found;
}

/** The program that the file of a descriptor is of. */
static struct ks_loaded_found *look_at_file(struct ks_loaded_search *search, const char *pid,
					    const char *fd)
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
	struct ks_loaded_found *found = NULL;
	char line[256];
	unsigned int id;
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "prog_id: %u", &id) == 1)
			found = ks_loaded_program(search, id);
	if (file)
		fclose(file);
	return found;
}

/** The name of a process; NULL when it is gone. */
static const char *name_of(struct ks_loaded_search *search, const char *pid)
{
	char path[64], name[64] = "";
	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	FILE *file = fopen(path, "re");
	bool got = file && fgets(name, sizeof(name), file);
	if (file)
		fclose(file);
	return got ? ks_arena_strndup(&search->loaded->arena, name, strcspn(name, "\n")) : NULL;
}

static void look_at_process(struct ks_loaded_search *search, const char *pid)
{
	char path[64];
	const char *owner = NULL;
	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	DIR *dir = opendir(path);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		struct ks_loaded_found *found = isdigit((unsigned char)entry->d_name[0])
							? look_at_file(search, pid, entry->d_name)
							: NULL;
		if (!found)
			continue;
		owner = owner ? owner : name_of(search, pid);
		found->owner = owner ? owner : found->owner;
	}
	if (dir)
		closedir(dir);
}

void ks_loaded_look_at_processes(struct ks_loaded_search *search)
{
	DIR *dir = opendir("/proc");
	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (isdigit((unsigned char)entry->d_name[0]))
			look_at_process(search, entry->d_name);
	if (dir)
		closedir(dir);
}
