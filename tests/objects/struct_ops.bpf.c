/* SPDX-License-Identifier: BSD-2-Clause */
#include "mini_bpf.h"

struct tcp_congestion_ops {
	u32 key, flags;
	void (*init)(void *sk);
	u32 (*ssthresh)(void *sk);
	char name[16];
};

SEC("struct_ops/mini_init")
void mini_init(u64 *ctx)
{
	((u8 *)ctx[0])[0] = 1;
}

SEC("struct_ops")
u32 mini_ssthresh(u64 *ctx)
{
	return (u32)ctx[0];
}

SEC(".struct_ops")
struct tcp_congestion_ops mini = {
	.init = (void *)mini_init,
	.ssthresh = (void *)mini_ssthresh,
	.name = "mini",
};
