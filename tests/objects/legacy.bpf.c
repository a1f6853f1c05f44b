/* SPDX-License-Identifier: BSD-2-Clause */
#include "mini_bpf.h"

struct map_def {
	u32 type, key_size, value_size, max_entries, map_flags;
};
struct map_def SEC("maps") first = { .type = 1, .key_size = 4, .value_size = 8, .max_entries = 7 };
struct map_def SEC("maps") second = {
	.type = 2, .key_size = 4, .value_size = 16, .max_entries = 9, .map_flags = 4
};

SEC("classifier/ingress")
int classify(u32 *skb)
{
	u32 key = skb[0];
	return map_lookup(&second, &key) ? 1 : map_lookup(&first, &key) != 0;
}
