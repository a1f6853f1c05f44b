/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/kfuncs.h"

#include <string.h>

#include "base/array.h"
#include "check/rules/scx_kfuncs.h"
#include "check/rules/type_bits.h"

/*
 * What register_btf_kfunc_id_set() was called with. tests/truth/kfuncs.c asked booted kernels (6.1, 6.12, 7.2, 7.3) about each
 * function and type; for versions between two of these the table has what the newer one allows, for kernels only ever
 * allow more, but for what a commit is known to have brought. Functions of modules are as their sources register them.
 */
enum { FIRST = KS_SINCE(5, 13), OLDEST = KS_SINCE(6, 1), TOO_NEW = KS_SINCE(7, 4) };

#define TC (T(SCHED_CLS) | T(SCHED_ACT))
#define LWT (T(LWT_IN) | T(LWT_OUT) | T(LWT_XMIT) | T(LWT_SEG6LOCAL))
/** Registered for tracing, or for cgroups: which types that is has grown. */
#define ON_TRACE (T(TRACING) | T(LSM) | T(PERF_EVENT) | T(TRACEPOINT) | T(RAW_TRACEPOINT))
#define ON_CGROUP                                                                                  \
	(T(CGROUP_SKB) | T(CGROUP_SOCK) | T(CGROUP_DEVICE) | T(CGROUP_SOCK_ADDR) |                 \
	 T(CGROUP_SOCKOPT) | T(CGROUP_SYSCTL) | T(SOCK_OPS))
#define GENERIC (ON_TRACE | ON_CGROUP | T(SCHED_CLS) | T(XDP) | T(SYSCALL))
/** Registered for tracing, with a filter that leaves less. */
#define ON_LSM T(LSM)
#define ON_SESSION (T(KPROBE) | T(TRACING))
#define ITERATORS (1u << 31) // of the type TRACING only these
#define ON_ITER (T(TRACING) | ITERATORS)

/** Types that joined the others: of all functions, or of those that are registered for GENERIC. */
static const struct {
	struct ks_gate gate;
	uint32_t types;
	bool generic;
} late[] = {
	{ { KS_SINCE(6, 12), "bc638d8cb5be" }, T(PERF_EVENT) | T(TRACEPOINT), false },
	{ { KS_SINCE(6, 15), "59422464266f" }, T(SOCK_OPS), false },
	{ { KS_SINCE(7, 0), "342297d51146" }, T(RAW_TRACEPOINT), false }, // booted: 6.19.14, 7.0.13
	{ { KS_SINCE(6, 8), "7489723c2e26" }, T(XDP), true },
	{ { KS_SINCE(6, 10), "a8e03b6bbb2c" }, T(SYSCALL), true },
	{ { KS_SINCE(6, 12), "67666479edf1" }, ON_CGROUP, true },
};

enum { MAX_NAMES = 60 };
#define NO_TYPE ITERATORS // alone it is no type: none that could be asked may call them
static const struct row {
	struct ks_gate gate;
	uint32_t types;
	const char *names[MAX_NAMES]; // ends with NULL
} rows[] = {
	// statistics of cgroups, keys
	{ { 0 },
	  ON_TRACE,
	  { "bpf_key_put", "bpf_lookup_system_key", "bpf_lookup_user_key",
	    "bpf_verify_pkcs7_signature", "cgroup_rstat_flush", "cgroup_rstat_updated",
	    "crash_kexec", "css_rstat_flush", "css_rstat_updated" } },
	// keys, later
	{ { KS_SINCE(6, 18), "8cd189e414bb" },
	  GENERIC,
	  { "bpf_key_put", "bpf_lookup_system_key", "bpf_lookup_user_key",
	    "bpf_verify_pkcs7_signature" } },
	// tasks, cgroups, objects, lists, trees
	{ { KS_SINCE(6, 2), "958cf2e273f0" },
	  GENERIC,
	  { "bpf_cgroup_acquire",
	    "bpf_cgroup_ancestor",
	    "bpf_cgroup_from_id",
	    "bpf_cgroup_release",
	    "bpf_list_add",
	    "bpf_list_back",
	    "bpf_list_del",
	    "bpf_list_empty",
	    "bpf_list_front",
	    "bpf_list_is_first",
	    "bpf_list_is_last",
	    "bpf_list_pop_back",
	    "bpf_list_pop_front",
	    "bpf_list_push_back",
	    "bpf_list_push_back_impl",
	    "bpf_list_push_front",
	    "bpf_list_push_front_impl",
	    "bpf_obj_drop",
	    "bpf_obj_drop_impl",
	    "bpf_obj_new",
	    "bpf_obj_new_impl",
	    "bpf_percpu_obj_drop",
	    "bpf_percpu_obj_drop_impl",
	    "bpf_percpu_obj_new",
	    "bpf_percpu_obj_new_impl",
	    "bpf_rbtree_add",
	    "bpf_rbtree_add_impl",
	    "bpf_rbtree_first",
	    "bpf_rbtree_left",
	    "bpf_rbtree_remove",
	    "bpf_rbtree_right",
	    "bpf_rbtree_root",
	    "bpf_refcount_acquire",
	    "bpf_refcount_acquire_impl",
	    "bpf_send_signal_task",
	    "bpf_task_acquire",
	    "bpf_task_from_pid",
	    "bpf_task_from_vpid",
	    "bpf_task_get_cgroup1",
	    "bpf_task_release",
	    "bpf_task_under_cgroup",
	    "bpf_throw",
	    "crash_kexec" } },
	// masks of processors
	{ { 0 },
	  ON_TRACE | T(SYSCALL),
	  { "bpf_cpumask_acquire",
	    "bpf_cpumask_and",
	    "bpf_cpumask_any_and_distribute",
	    "bpf_cpumask_any_distribute",
	    "bpf_cpumask_clear",
	    "bpf_cpumask_clear_cpu",
	    "bpf_cpumask_copy",
	    "bpf_cpumask_create",
	    "bpf_cpumask_empty",
	    "bpf_cpumask_equal",
	    "bpf_cpumask_first",
	    "bpf_cpumask_first_and",
	    "bpf_cpumask_first_zero",
	    "bpf_cpumask_full",
	    "bpf_cpumask_intersects",
	    "bpf_cpumask_or",
	    "bpf_cpumask_populate",
	    "bpf_cpumask_release",
	    "bpf_cpumask_set_cpu",
	    "bpf_cpumask_setall",
	    "bpf_cpumask_subset",
	    "bpf_cpumask_test_and_clear_cpu",
	    "bpf_cpumask_test_and_set_cpu",
	    "bpf_cpumask_test_cpu",
	    "bpf_cpumask_weight",
	    "bpf_cpumask_xor" } },
	// sched_ext; struct_ops may call all of it
	{ { 0 },
	  ON_TRACE | T(SYSCALL),
	  { "bpf_iter_scx_dsq_destroy",
	    "bpf_iter_scx_dsq_new",
	    "bpf_iter_scx_dsq_next",
	    "scx_bpf_cid_curr",
	    "scx_bpf_cid_to_cpu",
	    "scx_bpf_cid_topo",
	    "scx_bpf_cidperf_cap",
	    "scx_bpf_cidperf_cur",
	    "scx_bpf_cidperf_set",
	    "scx_bpf_cpu_curr",
	    "scx_bpf_cpu_node",
	    "scx_bpf_cpu_rq",
	    "scx_bpf_cpu_to_cid",
	    "scx_bpf_cpuperf_cap",
	    "scx_bpf_cpuperf_cur",
	    "scx_bpf_cpuperf_set",
	    "scx_bpf_destroy_dsq",
	    "scx_bpf_dsq_nr_queued",
	    "scx_bpf_dsq_peek",
	    "scx_bpf_dsq_reenq",
	    "scx_bpf_dump_bstr",
	    "scx_bpf_error_bstr",
	    "scx_bpf_events",
	    "scx_bpf_exit_bstr",
	    "scx_bpf_get_idle_cpumask",
	    "scx_bpf_get_idle_cpumask_node",
	    "scx_bpf_get_idle_smtmask",
	    "scx_bpf_get_idle_smtmask_node",
	    "scx_bpf_get_online_cpumask",
	    "scx_bpf_get_possible_cpumask",
	    "scx_bpf_kick_cid",
	    "scx_bpf_kick_cpu",
	    "scx_bpf_locked_rq",
	    "scx_bpf_now",
	    "scx_bpf_nr_cids",
	    "scx_bpf_nr_cpu_ids",
	    "scx_bpf_nr_node_ids",
	    "scx_bpf_online_cmask",
	    "scx_bpf_sub_kill_bstr",
	    "scx_bpf_nr_online_cids",
	    "scx_bpf_pick_any_cpu",
	    "scx_bpf_pick_any_cpu_node",
	    "scx_bpf_pick_idle_cpu",
	    "scx_bpf_pick_idle_cpu_node",
	    "scx_bpf_put_cpumask",
	    "scx_bpf_put_idle_cpumask",
	    "scx_bpf_reenqueue_local___v2",
	    "scx_bpf_task_cgroup",
	    "scx_bpf_task_cid",
	    "scx_bpf_task_cpu",
	    "scx_bpf_task_running",
	    "scx_bpf_task_set_dsq_vtime",
	    "scx_bpf_task_set_slice",
	    "scx_bpf_test_and_clear_cpu_idle",
	    "scx_bpf_this_cid",
	    "scx_bpf_tid_to_task" } },
	// what sets up
	{ { 0 },
	  T(SYSCALL),
	  { "__scx_bpf_select_cpu_and",
	    "bpf_crypto_ctx_acquire",
	    "bpf_crypto_ctx_create",
	    "bpf_crypto_ctx_release",
	    "bpf_ksock_connect",
	    "bpf_ksock_create",
	    "bpf_wakeup_sources_get_head",
	    "bpf_wakeup_sources_read_lock",
	    "bpf_wakeup_sources_read_unlock",
	    "hid_bpf_allocate_context",
	    "hid_bpf_hw_output_report",
	    "hid_bpf_hw_request",
	    "hid_bpf_input_report",
	    "hid_bpf_release_context",
	    "scx_bpf_create_dsq",
	    "scx_bpf_dsq_move",
	    "scx_bpf_dsq_move_set_slice",
	    "scx_bpf_dsq_move_set_vtime",
	    "scx_bpf_dsq_move_vtime",
	    "scx_bpf_select_cpu_and",
	    "scx_bpf_select_cpu_dfl" } },
	// sockets of the kernel's own
	{ { 0 },
	  T(SYSCALL) | ON_LSM,
	  { "bpf_ksock_acquire", "bpf_ksock_release", "bpf_ksock_send" } },
	// files
	{ { 0 },
	  ON_LSM,
	  { "bpf_get_dentry_xattr", "bpf_get_file_xattr", "bpf_get_fsverity_digest",
	    "bpf_get_task_exe_file", "bpf_path_d_path", "bpf_put_file", "bpf_real_data_inode",
	    "bpf_remove_dentry_xattr", "bpf_set_dentry_xattr", "bpf_sock_read_xattr" } },
	// sockets that are iterated over
	{ { 0 }, ON_ITER, { "bpf_sock_destroy" } },
	// sessions
	{ { 0 }, ON_SESSION, { "bpf_session_cookie", "bpf_session_is_return" } },
	// packets in front of the stack
	{ { 0 },
	  T(XDP),
	  { "bpf_dynptr_from_xdp", "bpf_xdp_flow_lookup", "bpf_xdp_get_xfrm_state",
	    "bpf_xdp_pull_data", "bpf_xdp_xfrm_state_release" } },
	// packets in queues
	{ { 0 }, TC, { "bpf_dynptr_from_skb_meta" } },
	{ { 0 },
	  T(SCHED_CLS),
	  { "bpf_sk_assign_tcp_reqsk", "bpf_skb_get_fou_encap", "bpf_skb_get_xfrm_info",
	    "bpf_skb_set_fou_encap", "bpf_skb_set_xfrm_info" } },
	// packets and their connections
	{ { 0 }, TC | T(XDP), { "bpf_crypto_decrypt", "bpf_crypto_encrypt" } },
	{ { 0 },
	  T(SCHED_CLS) | T(XDP),
	  { "bpf_ct_change_status", "bpf_ct_change_timeout", "bpf_ct_insert_entry",
	    "bpf_ct_release", "bpf_ct_set_nat_info", "bpf_ct_set_status", "bpf_ct_set_timeout",
	    "bpf_skb_ct_alloc", "bpf_skb_ct_lookup", "bpf_xdp_ct_alloc", "bpf_xdp_ct_lookup" } },
	// addresses and time stamps of sockets
	{ { 0 },
	  ON_CGROUP,
	  { "bpf_icmp_send", "bpf_sock_addr_set_sun_path", "bpf_sock_ops_enable_tx_tstamp" } },
	// any packet
	{ { 0 },
	  ON_TRACE | ON_CGROUP | LWT | TC | T(NETFILTER) | T(SK_SKB) | T(SOCKET_FILTER),
	  { "bpf_dynptr_from_skb" } },
	// what every type may call
	{ { 0 },
	  EVERY_TYPE,
	  { "__bpf_trap",
	    "bpf_arena_alloc_pages",
	    "bpf_arena_free_pages",
	    "bpf_arena_reserve_pages",
	    "bpf_cast_to_kern_ctx",
	    "bpf_cgroup_read_xattr",
	    "bpf_copy_from_user_dynptr",
	    "bpf_copy_from_user_str",
	    "bpf_copy_from_user_str_dynptr",
	    "bpf_copy_from_user_task_dynptr",
	    "bpf_copy_from_user_task_str",
	    "bpf_copy_from_user_task_str_dynptr",
	    "bpf_dynptr_adjust",
	    "bpf_dynptr_clone",
	    "bpf_dynptr_copy",
	    "bpf_dynptr_file_discard",
	    "bpf_dynptr_from_file",
	    "bpf_dynptr_is_null",
	    "bpf_dynptr_is_rdonly",
	    "bpf_dynptr_memset",
	    "bpf_dynptr_size",
	    "bpf_dynptr_slice",
	    "bpf_dynptr_slice_rdwr",
	    "bpf_get_kmem_cache",
	    "bpf_get_mem_cgroup",
	    "bpf_get_root_mem_cgroup",
	    "bpf_iter_bits_destroy",
	    "bpf_iter_bits_new",
	    "bpf_iter_bits_next",
	    "bpf_iter_css_destroy",
	    "bpf_iter_css_new",
	    "bpf_iter_css_next",
	    "bpf_iter_css_task_destroy",
	    "bpf_iter_css_task_new",
	    "bpf_iter_css_task_next",
	    "bpf_iter_dmabuf_destroy",
	    "bpf_iter_dmabuf_new",
	    "bpf_iter_dmabuf_next",
	    "bpf_iter_kmem_cache_destroy",
	    "bpf_iter_kmem_cache_new",
	    "bpf_iter_kmem_cache_next",
	    "bpf_iter_num_destroy",
	    "bpf_iter_num_new",
	    "bpf_iter_num_next",
	    "bpf_iter_task_destroy",
	    "bpf_iter_task_new",
	    "bpf_iter_task_next",
	    "bpf_iter_task_vma_destroy",
	    "bpf_iter_task_vma_new",
	    "bpf_iter_task_vma_next" } },
	{ { 0 },
	  EVERY_TYPE,
	  { "bpf_local_irq_restore",
	    "bpf_local_irq_save",
	    "bpf_map_sum_elem_count",
	    "bpf_mem_cgroup_flush_stats",
	    "bpf_mem_cgroup_memory_events",
	    "bpf_mem_cgroup_page_state",
	    "bpf_mem_cgroup_usage",
	    "bpf_mem_cgroup_vm_events",
	    "bpf_modify_return_test_tp",
	    "bpf_preempt_disable",
	    "bpf_preempt_enable",
	    "bpf_probe_read_kernel_dynptr",
	    "bpf_probe_read_kernel_str_dynptr",
	    "bpf_probe_read_user_dynptr",
	    "bpf_probe_read_user_str_dynptr",
	    "bpf_put_mem_cgroup",
	    "bpf_rcu_read_lock",
	    "bpf_rcu_read_unlock",
	    "bpf_rdonly_cast",
	    "bpf_res_spin_lock",
	    "bpf_res_spin_lock_irqsave",
	    "bpf_res_spin_unlock",
	    "bpf_res_spin_unlock_irqrestore",
	    "bpf_strcasecmp",
	    "bpf_strcasestr",
	    "bpf_strchr",
	    "bpf_strchrnul",
	    "bpf_strcmp",
	    "bpf_strcspn",
	    "bpf_stream_print_stack",
	    "bpf_stream_vprintk",
	    "bpf_stream_vprintk_impl",
	    "bpf_strlen",
	    "bpf_strncasecmp",
	    "bpf_strncasestr",
	    "bpf_strnchr",
	    "bpf_strnlen",
	    "bpf_strnstr",
	    "bpf_strrchr",
	    "bpf_strspn",
	    "bpf_strstr",
	    "bpf_task_work_schedule_resume",
	    "bpf_task_work_schedule_resume_impl",
	    "bpf_task_work_schedule_signal",
	    "bpf_task_work_schedule_signal_impl",
	    "bpf_timer_cancel_async",
	    "bpf_wq_init",
	    "bpf_wq_set_callback",
	    "bpf_wq_set_callback_impl",
	    "bpf_wq_start" } },
	// what no type may call that could be asked, and is there for hooks of the kernel's own tests
	{ { 0 },
	  NO_TYPE,
	  { "bpf_fentry_test1", "bpf_modify_return_test", "bpf_modify_return_test2" } },
	// what no other type may call, and is there for operations: the kernel's own congestion controls, qdiscs, sched_ext, io_uring
	{ { 0 },
	  T(STRUCT_OPS),
	  { "__scx_bpf_dsq_insert_vtime",
	    "bpf_io_uring_get_region",
	    "bpf_io_uring_submit_sqes",
	    "bpf_kfree_skb",
	    "bpf_qdisc_bstats_update",
	    "bpf_qdisc_init_prologue",
	    "bpf_qdisc_reset_destroy_epilogue",
	    "bpf_qdisc_skb_drop",
	    "bpf_qdisc_watchdog_schedule",
	    "bpf_skb_get_hash",
	    "cubictcp_acked",
	    "cubictcp_cong_avoid",
	    "cubictcp_cwnd_event",
	    "cubictcp_cwnd_event_tx_start",
	    "cubictcp_init",
	    "cubictcp_recalc_ssthresh",
	    "cubictcp_state",
	    "scx_bpf_cid_override",
	    "scx_bpf_dispatch_cancel",
	    "scx_bpf_dispatch_nr_slots",
	    "scx_bpf_dsq_insert",
	    "scx_bpf_dsq_insert___v2",
	    "scx_bpf_dsq_insert_vtime",
	    "scx_bpf_dsq_move_to_local",
	    "scx_bpf_dsq_move_to_local___v2",
	    "scx_bpf_reenqueue_local",
	    "scx_bpf_sub_dispatch",
	    "tcp_cong_avoid_ai",
	    "tcp_reno_cong_avoid",
	    "tcp_reno_ssthresh",
	    "tcp_reno_undo_cwnd",
	    "tcp_slow_start" } },
};

/** Only programs that may sleep may call them. */
static const char *const sleeping[] = { "bpf_copy_from_user_dynptr",
					"bpf_copy_from_user_str",
					"bpf_copy_from_user_str_dynptr",
					"bpf_copy_from_user_task_dynptr",
					"bpf_copy_from_user_task_str",
					"bpf_copy_from_user_task_str_dynptr",
					"bpf_get_dentry_xattr",
					"bpf_get_file_xattr",
					"bpf_iter_dmabuf_destroy",
					"bpf_iter_dmabuf_new",
					"bpf_iter_dmabuf_next",
					"bpf_iter_kmem_cache_destroy",
					"bpf_iter_kmem_cache_new",
					"bpf_iter_kmem_cache_next",
					"bpf_ksock_send",
					"bpf_lookup_user_key",
					"bpf_mem_cgroup_flush_stats",
					"bpf_real_data_inode",
					"bpf_remove_dentry_xattr",
					"bpf_set_dentry_xattr",
					"bpf_verify_pkcs7_signature",
					"cgroup_rstat_flush",
					"css_rstat_flush",
					"scx_bpf_cid_override",
					"scx_bpf_create_dsq" };

static bool is_in(const char *const *names, size_t nr, const char *name)
{
	for (size_t i = 0; i < nr && names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/** The types of a row, without those that had not joined yet. */
static uint32_t types_of_row(const struct row *row, uint32_t version)
{
	uint32_t types = row->types;
	for (size_t i = 0; types != EVERY_TYPE && i < KS_ARRAY_LEN(late); i++)
		if (!ks_gate_is_open(&late[i].gate, version) &&
		    (!late[i].generic || row->types == GENERIC))
			types &= ~late[i].types;
	return types;
}

/** The types that may call a function; 0 when it is not known. */
static uint32_t types_of(uint32_t version, const char *name)
{
	uint32_t types = 0;
	for (size_t i = 0; i < KS_ARRAY_LEN(rows); i++)
		if (version >= rows[i].gate.since && is_in(rows[i].names, MAX_NAMES, name))
			types |= types_of_row(&rows[i], version);
	return types;
}

enum ks_allowed ks_kfunc_allowed(const struct ks_site *site,
				 const struct ks_calling_program *caller, const char *name)
{
	uint32_t type = ks_prog_type_bit(caller->program_type);
	if (!caller->gpl && site->version >= FIRST)
		return KS_NEEDS_GPL;
	if (!type || type == T(EXT) || site->version < OLDEST || site->version >= TOO_NEW)
		return KS_ALLOWED_UNTOLD;
	uint32_t types = types_of(site->version, name);
	if (type == T(STRUCT_OPS) && strstr(name, "scx_"))
		return ks_scx_allowed(site, caller, name, types & T(TRACING));
	// which of them may call a function that is not for all is written in their own code, and was not measured
	if (!types || (type == T(STRUCT_OPS) && !(types & type)))
		return KS_ALLOWED_UNTOLD;
	bool iterates = caller->hook == KS_HOOK_ITER;
	if (!(types & type) || (types & ITERATORS && type == T(TRACING) && !iterates))
		return KS_NOT_ALLOWED;
	return KS_ALLOWED;
}

bool ks_kfunc_sleeps(const struct ks_site *site, const char *name)
{
	return site->version >= OLDEST && site->version < TOO_NEW &&
	       is_in(sleeping, KS_ARRAY_LEN(sleeping), name);
}
