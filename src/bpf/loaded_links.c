/* SPDX-License-Identifier: BSD-2-Clause */
/* Links of bpf(2): what programs are attached to by them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "bpf/loaded_private.h"

/** enum bpf_link_type, which headers of older systems end before. */
enum { LINK_PERF_EVENT = 7, LINK_KPROBE_MULTI = 8, LINK_UPROBE_MULTI = 12 };
/** enum bpf_perf_event_type */
enum { EVENT_UPROBE = 1, EVENT_URETPROBE, EVENT_KPROBE, EVENT_KRETPROBE, EVENT_TRACEPOINT };
enum { ON_RETURN = 1 };	   // BPF_F_KPROBE_MULTI_RETURN, BPF_F_UPROBE_MULTI_RETURN
enum { MAX_NAMED = 4096 }; // a link to more of them is one to whatever there is

/** struct bpf_link_info: what of it is asked. A buffer that it names is written to. */
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
		struct { // told since 6.6
			uint64_t addresses __attribute__((aligned(8)));
			uint32_t count, flags;
		} kprobes;
		struct { // told since 6.8
			uint64_t path __attribute__((aligned(8)));
			uint64_t offsets, counters, cookies;
			uint32_t path_size, count, flags, pid;
		} uprobes;
		struct { // told since 6.6
			uint32_t kind __attribute__((aligned(8)));
			uint64_t name __attribute__((aligned(8)));
			uint32_t len, offset; // no offset of an event
		} event;
		uint64_t room[16];
	};
};

/** Addresses that have to be found in the kernel's list of symbols. */
struct address {
	uint64_t at;
	uint32_t id; // of the program
	bool on_return;
};
struct looking {
	struct ks_loaded_search *search;
	KS_VECTOR(struct address) addresses;
};

static bool ask(struct link_info *info)
{
	return ks_loaded_info(BPF_LINK_GET_FD_BY_ID, info->id, info, sizeof(*info));
}

static void look_at_raw(struct looking *looking, struct link_info *info,
			struct ks_loaded_found *found)
{
	char name[128] = "";
	struct link_info more = {
		.id = info->id, .raw = { .name = (uint64_t)(uintptr_t)name, .len = sizeof(name) }
	};
	if (ask(&more) && name[0]) // of either type of programs
		ks_loaded_attach(looking->search, found,
				 found->type == BPF_PROG_TYPE_TRACING ? "tp_btf/" : "raw_tp/",
				 name);
}

static void look_at_kprobes(struct looking *looking, struct link_info *info,
			    struct ks_loaded_found *found)
{
	uint32_t nr = info->kprobes.count;
	if (!nr || nr > MAX_NAMED)
		return;
	uint64_t *addresses = calloc(nr, sizeof(*addresses));
	struct link_info more = {
		.id = info->id,
		.kprobes = { .addresses = (uint64_t)(uintptr_t)addresses, .count = nr },
	};
	bool told = addresses && ask(&more) && more.kprobes.count == nr;
	for (uint32_t i = 0; told && i < nr; i++) {
		const struct address address = { .at = addresses[i],
						 .id = found->id,
						 .on_return = info->kprobes.flags & ON_RETURN };
		if (address.at && !ks_vector_add(&looking->addresses, address))
			looking->search->nomem = true;
	}
	free(addresses);
}

static void look_at_uprobes(struct looking *looking, struct link_info *info,
			    struct ks_loaded_found *found)
{
	char path[4096] = "";
	uint32_t nr = info->uprobes.count;
	if (!nr || nr > MAX_NAMED)
		return;
	uint64_t *offsets = calloc(nr, sizeof(*offsets));
	struct link_info more = {
		.id = info->id,
		.uprobes = { .path = (uint64_t)(uintptr_t)path,
			     .path_size = sizeof(path),
			     .offsets = (uint64_t)(uintptr_t)offsets,
			     .count = nr },
	};
	bool told = offsets && ask(&more) && path[0] && more.uprobes.count == nr;
	for (uint32_t i = 0; told && i < nr; i++)
		ks_loaded_attach_user(looking->search, found,
				      info->uprobes.flags & ON_RETURN ? "uretprobe.multi/"
								      : "uprobe.multi/",
				      path, offsets[i]);
	free(offsets);
}

static void look_at_event(struct looking *looking, struct link_info *info,
			  struct ks_loaded_found *found)
{
	char name[4096] = "";
	struct link_info more = {
		.id = info->id, .event = { .name = (uint64_t)(uintptr_t)name, .len = sizeof(name) }
	};
	uint32_t kind = info->event.kind;
	if (kind < EVENT_UPROBE || kind > EVENT_TRACEPOINT || !ask(&more) || !name[0])
		return;
	if (kind == EVENT_TRACEPOINT)
		ks_loaded_attach_event(looking->search, found, name);
	else if (kind == EVENT_KRETPROBE || (kind == EVENT_KPROBE && !more.event.offset))
		ks_loaded_attach(looking->search, found,
				 kind == EVENT_KPROBE ? "kprobe/" : "kretprobe/", name);
	else if (kind != EVENT_KPROBE)
		ks_loaded_attach_user(looking->search, found,
				      kind == EVENT_UPROBE ? "uprobe/" : "uretprobe/", name,
				      more.event.offset);
}

static void look_at_link(struct looking *looking, struct link_info *info,
			 struct ks_loaded_found *found)
{
	switch (info->type) {
	case BPF_LINK_TYPE_TRACING:
		found->attach_type = info->tracing.attach_type;
		found->btf_id = found->btf_id ? found->btf_id : info->tracing.id;
		break;
	case BPF_LINK_TYPE_ITER:
		found->attach_type = BPF_TRACE_ITER;
		break;
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
		look_at_raw(looking, info, found);
		break;
	case LINK_PERF_EVENT:
		look_at_event(looking, info, found);
		break;
	case LINK_KPROBE_MULTI:
		look_at_kprobes(looking, info, found);
		break;
	case LINK_UPROBE_MULTI:
		look_at_uprobes(looking, info, found);
		break;
	default:
		break;
	}
}

static int by_address(const void *a, const void *b)
{
	const struct address *x = a, *y = b;
	return (x->at > y->at) - (x->at < y->at);
}

/** All programs that are attached to a symbol: it takes its address, and no other symbol gets it again. */
static void take_symbol(struct looking *looking, uint64_t at, const char *name)
{
	struct address *all = looking->addresses.at;
	size_t nr = looking->addresses.len;
	for (size_t i = KS_FIRST_NOT(0, nr, n, all[n].at < at); i < nr && all[i].at == at; i++) {
		struct address *address = &all[i];
		struct ks_loaded_found *found = ks_loaded_program(looking->search, address->id);
		if (found)
			ks_loaded_attach(looking->search, found,
					 address->on_return ? "kretprobe.multi/" : "kprobe.multi/",
					 name);
		address->id = 0; // no program's
	}
}

/** The functions at the addresses, by the running kernel's own list. */
static void name_addresses(struct looking *looking)
{
	if (!looking->addresses.len)
		return;
	qsort(looking->addresses.at, looking->addresses.len, sizeof(*looking->addresses.at),
	      by_address);
	FILE *list = fopen("/proc/kallsyms", "re");
	char line[1024], name[512], type;
	unsigned long long at;
	while (list && fgets(line, sizeof(line), list))
		if (sscanf(line, "%llx %c %511s", &at, &type, name) == 3 && at &&
		    strchr("tTwW", type))
			take_symbol(looking, at, name);
	if (list)
		fclose(list);
}

void ks_loaded_look_at_links(struct ks_loaded_search *search)
{
	struct looking looking = { .search = search };
	for (uint32_t id = 0;;) {
		union bpf_attr attr = { .start_id = id };
		if (ks_loaded_bpf(BPF_LINK_GET_NEXT_ID, &attr) != 0)
			break;
		id = attr.next_id;
		// first without any buffer: what its size means differs from type to type
		struct link_info info = { .id = id };
		if (!ks_loaded_info(BPF_LINK_GET_FD_BY_ID, id, &info, sizeof(info)))
			continue;
		info.id = id;
		struct ks_loaded_found *found = ks_loaded_program(search, info.prog_id);
		if (found)
			look_at_link(&looking, &info, found);
	}
	name_addresses(&looking);
	ks_vector_deinit(&looking.addresses);
}
