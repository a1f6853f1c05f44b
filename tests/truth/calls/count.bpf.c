/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts the calls of TARGET that a process makes. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "count.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct count);
} counts SEC(".maps");

static int count(void)
{
	__u32 key = 0;
	struct count *seen = bpf_map_lookup_elem(&counts, &key);
	if (seen && seen->process == bpf_get_current_pid_tgid() >> 32)
		__sync_fetch_and_add(&seen->calls, 1);
	return 0;
}

#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

SEC("kprobe/" TEXT(TARGET)) int kprobe(void *ctx)
{
	return count();
}

SEC("fentry/" TEXT(TARGET)) int fentry(void *ctx)
{
	return count();
}

char _license[] SEC("license") = "GPL";
