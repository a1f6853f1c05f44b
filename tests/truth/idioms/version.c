// SPDX-License-Identifier: BSD-2-Clause
/* The version, which libbpf does not find in every kernel's name: an object of its own. */
#include "idiom.h"

struct task_struct___none {
	int no_such_member;
} __attribute__((preserve_access_index));
#define NONE ((struct task_struct___none *)bpf_get_current_task())

extern int LINUX_KERNEL_VERSION __kconfig;

// clang-format off
BODY("raw_tp/sched_switch", version_new, if (LINUX_KERNEL_VERSION < KERNEL_VERSION(4, 0, 0)) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", version_old, if (LINUX_KERNEL_VERSION > KERNEL_VERSION(4, 0, 0)) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
