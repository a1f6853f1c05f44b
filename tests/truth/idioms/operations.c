// SPDX-License-Identifier: BSD-2-Clause
/* Operations that are there for tests of the kernel itself: none of them may call a helper. */
#include "idiom.h"

#if IDIOM == 1
#define DO (void)state
#elif IDIOM == 2
#define DO bpf_get_prandom_u32()
#endif

SEC("struct_ops/test_1") int BPF_PROG(test_1, struct bpf_dummy_ops_state *state)
{
	DO;
	return 0;
}
SEC(".struct_ops") struct bpf_dummy_ops dummy = { .test_1 = (void *)test_1 };
