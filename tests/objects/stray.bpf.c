/* SPDX-License-Identifier: BSD-2-Clause */
/* What is declared, but neither defined nor said to be the kernel's. */
#include "mini_bpf.h"

extern int stray;
extern int weak_stray WEAK;
extern int stray_function(int a);

SEC("kprobe/vfs_read") int uses_it(void *ctx)
{
	return stray + (&weak_stray ? 1 : 0);
}
SEC("kprobe/vfs_read") int calls_it(void *ctx)
{
	return stray_function(1);
}
SEC("kprobe/vfs_read") int uses_none(void *ctx)
{
	return 0;
}
