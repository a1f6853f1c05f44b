// SPDX-License-Identifier: BSD-2-Clause
/* Relocations of every kind, found and not found, guarded and not. */
#include "idiom.h"

// clang-format off

struct task_struct___old {
	long state;
} __attribute__((preserve_access_index));
struct task_struct___none {
	int no_such_member;
	int pid;
	struct {
		int deep;
	} no_such_struct;
} __attribute__((preserve_access_index));
struct task_struct___wide {
	u64 pid; // an int in the kernel
	u64 flags; // unsigned int in the kernel
	u64 *mm;
	char comm[64];
	int start_time;
} __attribute__((preserve_access_index));
struct no_such_struct {
	int member;
} __attribute__((preserve_access_index));
struct sk_buff___bits {
	u8 cloned : 1;
	u8 pkt_type : 3;
	u8 no_such_bits : 2;
} __attribute__((preserve_access_index));
struct request___disk {
	struct gendisk *rq_disk;
} __attribute__((preserve_access_index));
struct path___same {
	void *mnt;
	void *dentry;
};
struct path___other {
	int mnt;
};
enum bpf_func_id___none {
	BPF_FUNC_no_such_helper___none = 9999,
	BPF_FUNC_loop___none = 1,
};
enum bpf_cgroup_iter_order___x {
	BPF_CGROUP_ITER_CHILDREN___x = 1,
};
enum no_such_enum {
	NO_SUCH_VALUE = 1,
};
typedef int no_such_typedef;
typedef u64 (*btf_bpf_map_lookup_elem___x)(struct bpf_map *, const void *);

extern bool CONFIG_BPF_LSM __kconfig __weak;
extern bool CONFIG_NO_SUCH_OPTION __kconfig __weak;
extern enum libbpf_tristate CONFIG_NF_CONNTRACK __kconfig __weak;
extern int CONFIG_HZ __kconfig __weak;
extern char CONFIG_CC_VERSION_TEXT[16] __kconfig __weak;
extern bool LINUX_HAS_BPF_COOKIE __kconfig __weak;
extern bool LINUX_HAS_SYSCALL_WRAPPER __kconfig __weak;

const volatile bool off = false;
const volatile int level = 3;
const volatile struct {
	int a;
	bool b;
} settings = { 0, false };
volatile int variable = 0;

#define TASK ((struct task_struct *)bpf_get_current_task())
#define NONE ((struct task_struct___none *)bpf_get_current_task())
#define WIDE ((struct task_struct___wide *)bpf_get_current_task_btf())
#define BAD (void)BPF_CORE_READ(NONE, no_such_member)

BODY("raw_tp/sched_switch", read, bpf_printk("%d", BPF_CORE_READ(TASK, pid)))
BODY("raw_tp/sched_switch", missing, bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", missing_deep, bpf_printk("%d", BPF_CORE_READ(NONE, no_such_struct.deep)))
BODY("raw_tp/sched_switch", flavour, bpf_printk("%d", BPF_CORE_READ(NONE, pid)))
BODY("raw_tp/sched_switch", guarded, if (bpf_core_field_exists(NONE->no_such_member)) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", guarded_not, if (!bpf_core_field_exists(NONE->no_such_member)) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", old_state, if (bpf_core_field_exists(((struct task_struct___old *)0)->state)) bpf_printk("%d", BPF_CORE_READ((struct task_struct___old *)bpf_get_current_task(), state)))
BODY("raw_tp/sched_switch", size, bpf_printk("%d", bpf_core_field_size(NONE->no_such_member)))
BODY("raw_tp/sched_switch", type_size, bpf_printk("%d", bpf_core_type_size(struct no_such_struct)))
BODY("raw_tp/sched_switch", type_size_guard, if (bpf_core_type_size(struct no_such_struct) > 4) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", type_exists, if (bpf_core_type_exists(struct no_such_struct)) bpf_printk("%d", BPF_CORE_READ((struct no_such_struct *)ctx, member)))
BODY("raw_tp/sched_switch", type_missing, bpf_printk("%d", BPF_CORE_READ((struct no_such_struct *)ctx, member)))
BODY("raw_tp/sched_switch", type_matches, if (bpf_core_type_matches(struct path___same)) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", type_matches_not, if (bpf_core_type_matches(struct path___other)) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", typedef_exists, if (bpf_core_type_exists(no_such_typedef)) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", enum_exists, if (bpf_core_enum_value_exists(enum bpf_func_id___none, BPF_FUNC_no_such_helper___none)) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", enum_value, bpf_printk("%d", bpf_core_enum_value(enum bpf_func_id___none, BPF_FUNC_loop___none)))
BODY("raw_tp/sched_switch", enum_value_missing, bpf_printk("%d", bpf_core_enum_value(enum bpf_func_id___none, BPF_FUNC_no_such_helper___none)))
BODY("raw_tp/sched_switch", enum_none, if (bpf_core_enum_value_exists(enum no_such_enum, NO_SUCH_VALUE)) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", enum_changed, bpf_printk("%d", bpf_core_enum_value(enum bpf_cgroup_iter_order___x, BPF_CGROUP_ITER_CHILDREN___x)))
BODY("raw_tp/sched_switch", config_bool, if (!CONFIG_BPF_LSM) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", config_none, if (CONFIG_NO_SUCH_OPTION) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", config_module, if (CONFIG_NF_CONNTRACK != TRI_MODULE) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", config_int, if (CONFIG_HZ != 250) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", config_hz, if (CONFIG_HZ > 10000) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", config_text, if (CONFIG_CC_VERSION_TEXT[0] == 'x') bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", has_cookie, if (!LINUX_HAS_BPF_COOKIE) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", has_wrapper, if (!LINUX_HAS_SYSCALL_WRAPPER) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", rodata_off, if (off) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", rodata_level, if (level < 3) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", rodata_struct, if (settings.b || settings.a > 1) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", data, if (variable) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", range, if ((bpf_get_prandom_u32() & 7) > 9) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)))
BODY("raw_tp/sched_switch", range_loop, for (int i = 0; i < 4; i++) { if (i > 7) bpf_printk("%d", BPF_CORE_READ(NONE, no_such_member)); bpf_printk("%d", i); })
BODY("raw_tp/sched_switch", bits, bpf_printk("%d", BPF_CORE_READ_BITFIELD_PROBED((struct sk_buff___bits *)ctx, pkt_type)))
BODY("raw_tp/sched_switch", bits_missing, bpf_printk("%d", BPF_CORE_READ_BITFIELD_PROBED((struct sk_buff___bits *)ctx, no_such_bits)))
BODY("raw_tp/sched_switch", rq_disk, bpf_printk("%p", BPF_CORE_READ((struct request___disk *)ctx, rq_disk)))
BODY("tp_btf/sched_switch", direct_wide_signed, bpf_printk("%d", WIDE->pid))
BODY("tp_btf/sched_switch", direct_wide_unsigned, bpf_printk("%d", WIDE->flags))
BODY("tp_btf/sched_switch", direct_narrow, bpf_printk("%d", WIDE->start_time))
BODY("tp_btf/sched_switch", direct_array, bpf_printk("%d", WIDE->comm[2]))
BODY("tp_btf/sched_switch", direct_array_far, bpf_printk("%d", WIDE->comm[40]))
BODY("tp_btf/sched_switch", direct_none, bpf_printk("%d", ((struct task_struct___none *)bpf_get_current_task_btf())->no_such_member))
BODY("raw_tp/sched_switch", read_wide_signed, bpf_printk("%d", BPF_CORE_READ(WIDE, pid)))

// what chars, unnamed structs and flexible arrays make of it
struct task_struct___text {
	char comm[16];
};
struct task_struct___inside {
	struct {
		int pid;
	};
};
struct cgroup___list {
	struct cgroup *ancestors[8];
} __attribute__((preserve_access_index));
struct bpf_prog___list {
	struct bpf_insn insnsi[8];
} __attribute__((preserve_access_index));
BODY("raw_tp/sched_switch", matches_chars, if (bpf_core_type_matches(struct task_struct___text)) BAD)
BODY("raw_tp/sched_switch", matches_inside, if (bpf_core_type_matches(struct task_struct___inside)) BAD)
BODY("raw_tp/sched_switch", flexible, if (bpf_core_field_exists(((struct cgroup___list *)0)->ancestors[3])) BAD)
BODY("raw_tp/sched_switch", flexible_insns, if (bpf_core_field_exists(((struct bpf_prog___list *)0)->insnsi[3])) BAD)
BODY("raw_tp/sched_switch", id_none, if (!bpf_core_type_id_kernel(struct no_such_struct)) BAD)
BODY("raw_tp/sched_switch", id_some, if (!bpf_core_type_id_kernel(struct task_struct)) BAD)
