/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/null_arguments.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"

/** raw_tp_null_args of kernel/bpf/btf.c: four bits for each argument, 1: it may be NULL, 2: it may be an error code. */
enum { MAY_BE_NULL = 1, MAY_BE_ERROR = 2 };
enum { SINCE_THE_FIRST, SINCE_6_14, SINCE_6_15, SINCE_UNKNOWN };
static const struct {
	const char *name;
	uint32_t mask;
	uint8_t since;
} tracepoints[] = {
	{ "afs_flock_ev", 0x10, SINCE_THE_FIRST },
	{ "afs_make_fs_call", 0x10, SINCE_THE_FIRST },
	{ "afs_make_fs_call1", 0x10, SINCE_THE_FIRST },
	{ "afs_make_fs_call2", 0x10, SINCE_THE_FIRST },
	{ "afs_make_fs_calli", 0x10, SINCE_THE_FIRST },
	{ "afs_protocol_error", 0x1, SINCE_THE_FIRST },
	{ "amdgpu_vm_bo_map", 0x1, SINCE_6_15 },
	{ "amdgpu_vm_bo_unmap", 0x1, SINCE_6_15 },
	{ "amdtp_packet", 0x100, SINCE_6_15 },
	{ "binder_transaction", 0x100, SINCE_6_15 },
	{ "break_lease_block", 0x10, SINCE_THE_FIRST },
	{ "break_lease_noblock", 0x10, SINCE_THE_FIRST },
	{ "break_lease_unblock", 0x10, SINCE_THE_FIRST },
	{ "btree_path_free", 0x100, SINCE_6_15 },
	{ "cachefiles_io_error", 0x1, SINCE_THE_FIRST },
	{ "cachefiles_lookup", 0x201, SINCE_THE_FIRST },
	{ "cachefiles_mark_active", 0x1, SINCE_THE_FIRST },
	{ "cachefiles_mark_failed", 0x1, SINCE_THE_FIRST },
	{ "cachefiles_mark_inactive", 0x1, SINCE_THE_FIRST },
	{ "cachefiles_ondemand_close", 0x1, SINCE_THE_FIRST },
	{ "cachefiles_ondemand_copen", 0x1, SINCE_THE_FIRST },
	{ "cachefiles_ondemand_cread", 0x1, SINCE_THE_FIRST },
	{ "cachefiles_ondemand_fd_release", 0x1, SINCE_THE_FIRST },
	{ "cachefiles_ondemand_fd_write", 0x1, SINCE_THE_FIRST },
	{ "cachefiles_ondemand_open", 0x1, SINCE_THE_FIRST },
	{ "cachefiles_ondemand_read", 0x1, SINCE_THE_FIRST },
	{ "cachefiles_prep_read", 0x1, SINCE_THE_FIRST },
	{ "cachefiles_rename", 0x1, SINCE_THE_FIRST },
	{ "cachefiles_unlink", 0x1, SINCE_THE_FIRST },
	{ "cachefiles_vfs_error", 0x1, SINCE_THE_FIRST },
	{ "cfg80211_inform_bss_frame", 0x100, SINCE_6_15 },
	{ "cfg80211_michael_mic_failure", 0x10000, SINCE_6_15 },
	{ "cfg80211_report_wowlan_wakeup", 0x100, SINCE_6_15 },
	{ "cfg80211_scan_done", 0x11, SINCE_6_15 },
	{ "coda_dec_pic_done", 0x10, SINCE_6_15 },
	{ "coda_dec_pic_run", 0x10, SINCE_6_15 },
	{ "device_pm_callback_start", 0x10, SINCE_THE_FIRST },
	{ "dpu_crtc_setup_mixer", 0x100, SINCE_6_15 },
	{ "ext4_mballoc_discard", 0x10, SINCE_THE_FIRST },
	{ "ext4_mballoc_free", 0x10, SINCE_THE_FIRST },
	{ "fcntl_setlk", 0x10, SINCE_THE_FIRST },
	{ "fib_table_lookup", 0x100, SINCE_THE_FIRST },
	{ "flock_lock_inode", 0x10, SINCE_THE_FIRST },
	{ "folio_wait_writeback", 0x10, SINCE_THE_FIRST },
	{ "generic_delete_lease", 0x10, SINCE_THE_FIRST },
	{ "hfi1_sdma_progress", 0x1000, SINCE_6_15 },
	{ "host1x_cdma_push_gather", 0x10000, SINCE_THE_FIRST },
	{ "hugetlbfs_alloc_inode", 0x10, SINCE_6_15 },
	{ "iptfs_ingress_postq_event", 0x1000, SINCE_6_15 },
	{ "kvm_page_fault_enter", 0x100, SINCE_6_15 },
	{ "locks_remove_posix", 0x10, SINCE_THE_FIRST },
	{ "mm_collapse_huge_page_isolate", 0x1, SINCE_THE_FIRST },
	{ "mm_khugepaged_collapse_file", 0x10, SINCE_THE_FIRST },
	{ "mm_khugepaged_scan_file", 0x10, SINCE_THE_FIRST },
	{ "mm_khugepaged_scan_pmd", 0x10, SINCE_THE_FIRST },
	{ "mm_page_alloc", 0x1, SINCE_THE_FIRST },
	{ "mm_page_alloc_zone_locked", 0x1, SINCE_THE_FIRST },
	{ "mm_page_pcpu_drain", 0x1, SINCE_THE_FIRST },
	{ "mr_integ_alloc", 0x2000, SINCE_THE_FIRST },
	{ "neigh_update", 0x10, SINCE_6_15 },
	{ "netfs_failure", 0x10, SINCE_THE_FIRST },
	{ "netfs_folioq", 0x1, SINCE_6_15 },
	{ "nfs4_inode_callback_event", 0x200, SINCE_6_15 },
	{ "nfs4_inode_stateid_callback_event", 0x200, SINCE_6_15 },
	{ "nfs4_setup_sequence", 0x1, SINCE_6_15 },
	{ "nfsd_dirent", 0x1, SINCE_6_15 },
	{ "nfsd_file_acquire", 0x1001, SINCE_6_15 },
	{ "nfsd_file_cons_err", 0x1, SINCE_6_15 },
	{ "nfsd_file_insert_err", 0x1, SINCE_6_15 },
	{ "pnfs_mds_fallback_pg_get_mirror_count", 0x10000, SINCE_6_15 },
	{ "pnfs_mds_fallback_pg_init_read", 0x10000, SINCE_6_15 },
	{ "pnfs_mds_fallback_pg_init_write", 0x10000, SINCE_6_15 },
	{ "pnfs_mds_fallback_read_done", 0x10000, SINCE_6_15 },
	{ "pnfs_mds_fallback_read_pagelist", 0x10000, SINCE_6_15 },
	{ "pnfs_mds_fallback_write_done", 0x10000, SINCE_6_15 },
	{ "pnfs_mds_fallback_write_pagelist", 0x10000, SINCE_6_15 },
	{ "pnfs_update_layout", 0x10000, SINCE_6_15 },
	{ "posix_lock_inode", 0x10, SINCE_THE_FIRST },
	{ "qdisc_dequeue", 0x1000, SINCE_THE_FIRST },
	{ "rdev_set_coalesce", 0x10, SINCE_6_15 },
	{ "rxrpc_client", 0x1, SINCE_6_15 },
	{ "rxrpc_recvdata", 0x1, SINCE_THE_FIRST },
	{ "rxrpc_resend", 0x10, SINCE_THE_FIRST },
	{ "rxrpc_tq", 0x10, SINCE_6_15 },
	{ "sched_pi_setprio", 0x10, SINCE_THE_FIRST },
	{ "sched_process_wait", 0x1, SINCE_UNKNOWN },
	{ "sched_stick_numa", 0x100, SINCE_THE_FIRST },
	{ "sched_swap_numa", 0x100, SINCE_THE_FIRST },
	{ "signal_deliver", 0x20, SINCE_THE_FIRST },
	{ "signal_generate", 0x20, SINCE_THE_FIRST },
	{ "spufs_context", 0x10, SINCE_6_15 },
	{ "tcp_send_reset", 0x11, SINCE_THE_FIRST },
	{ "tcp_sendmsg_locked", 0x100, SINCE_THE_FIRST },
	{ "tegra_dma_tx_status", 0x100, SINCE_THE_FIRST },
	{ "time_out_leases", 0x10, SINCE_THE_FIRST },
	{ "tmigr_update_events", 0x1, SINCE_THE_FIRST },
	{ "wiphy_work_cancel", 0x10, SINCE_6_15 },
	{ "wiphy_work_flush", 0x10, SINCE_6_15 },
	{ "wiphy_work_queue", 0x10, SINCE_6_15 },
	{ "wiphy_work_run", 0x10, SINCE_6_15 },
	{ "writeback_dirty_folio", 0x10, SINCE_THE_FIRST },
	{ "xchk_metapath_lookup", 0x100, SINCE_6_15 },
	{ "xchk_nlinks_live_update", 0x10, SINCE_6_15 },
	{ "xfs_blockgc_flush_all", 0x1, SINCE_6_15 },
	{ "xfs_blockgc_free_space", 0x10, SINCE_6_15 },
	{ "xfs_blockgc_start", 0x1, SINCE_6_15 },
	{ "xfs_blockgc_stop", 0x1, SINCE_6_15 },
	{ "xfs_blockgc_worker", 0x1, SINCE_6_15 },
	{ "xfs_btree_overlapped_query_range", 0x100, SINCE_6_15 },
	{ "xfs_btree_updkeys", 0x100, SINCE_6_15 },
	{ "xfs_defer_add_item", 0x1, SINCE_6_15 },
	{ "xfs_defer_cancel_item", 0x1, SINCE_6_15 },
	{ "xfs_defer_cancel_list", 0x1, SINCE_6_15 },
	{ "xfs_defer_create_intent", 0x1, SINCE_6_15 },
	{ "xfs_defer_finish_item", 0x1, SINCE_6_15 },
	{ "xfs_defer_isolate_paused", 0x1, SINCE_6_15 },
	{ "xfs_defer_item_pause", 0x1, SINCE_6_15 },
	{ "xfs_defer_item_unpause", 0x1, SINCE_6_15 },
	{ "xfs_defer_pending_abort", 0x1, SINCE_6_15 },
	{ "xfs_defer_pending_finish", 0x1, SINCE_6_15 },
	{ "xfs_defer_relog_intent", 0x1, SINCE_6_15 },
	{ "xfs_fs_sync_fs", 0x1, SINCE_6_15 },
	{ "xfs_inodegc_flush", 0x1, SINCE_6_15 },
	{ "xfs_inodegc_push", 0x1, SINCE_6_15 },
	{ "xfs_inodegc_queue", 0x1, SINCE_6_15 },
	{ "xfs_inodegc_start", 0x1, SINCE_6_15 },
	{ "xfs_inodegc_stop", 0x1, SINCE_6_15 },
	{ "xfs_inodegc_throttle", 0x1, SINCE_6_15 },
	{ "xfs_ioc_free_eofblocks", 0x10, SINCE_6_15 },
	{ "xfs_iomap_alloc", 0x1000, SINCE_6_15 },
	{ "xfs_iomap_found", 0x1000, SINCE_6_15 },
	{ "xfs_map_blocks_alloc", 0x10000, SINCE_6_15 },
	{ "xfs_map_blocks_found", 0x10000, SINCE_6_15 },
	{ "xprt_get_cong", 0x10, SINCE_THE_FIRST },
	{ "xprt_put_cong", 0x10, SINCE_THE_FIRST },
	{ "xprt_release_cong", 0x10, SINCE_THE_FIRST },
	{ "xprt_reserve_cong", 0x10, SINCE_THE_FIRST },
	{ "xs_stream_read_data", 0x1, SINCE_THE_FIRST },
	{ "kfree_skb", 0x1000, SINCE_6_14 },
};

/** Evidence that there is such a list. */
static const char list_type[] = "bpf_raw_tp_null_args";

static enum ks_null null_at(const struct ks_site *site, uint32_t since, uint32_t bits)
{
	static const struct {
		struct ks_gate gate;
		bool in_stable; // older ones got it, too
	} gates[] = {
		[SINCE_6_14] = { { KS_SINCE(6, 14), "5da7e15fb5a1" }, true },
		[SINCE_6_15] = { { KS_SINCE(6, 15), "c83e2d970bae" }, false },
	};
	if (!(bits & MAY_BE_NULL))
		return KS_NULL_NEVER;
	if (since == SINCE_THE_FIRST)
		return KS_NULL_MAYBE;
	if (since == SINCE_UNKNOWN)
		return KS_NULL_UNTOLD;
	if (ks_gate_is_open(&gates[since].gate, site->version))
		return KS_NULL_MAYBE;
	return site->version && !gates[since].in_stable ? KS_NULL_NEVER : KS_NULL_UNTOLD;
}

/** Does only a module have the tracepoint? */
static bool is_in_module(const struct ks_site *site, const char *name)
{
	char type[256];
	int len = snprintf(type, sizeof(type), "btf_trace_%s", name);
	if (len < 0 || (size_t)len >= sizeof(type))
		return false;
	const struct ks_fact *fact = ks_site_fact(site, KS_TYPEDEF, type);
	return !fact->present && fact->modules && fact->modules->present;
}

enum ks_null ks_null_of_tracepoint(const struct ks_site *site, const char *name, uint32_t argument,
				   bool *ret_number)
{
	const struct ks_fact *list = ks_site_fact(site, KS_STRUCT, list_type);
	*ret_number = false;
	if (list->known && !list->present)
		return KS_NULL_NEVER;
	for (size_t i = 0; i < KS_ARRAY_LEN(tracepoints); i++) {
		if (strcmp(tracepoints[i].name, name) != 0)
			continue;
		uint32_t bits = argument < 8 ? tracepoints[i].mask >> (4 * argument) & 15 : 0;
		enum ks_null null = null_at(site, tracepoints[i].since, bits);
		*ret_number = list->known && bits & MAY_BE_ERROR;
		return list->known || null == KS_NULL_NEVER ? null : KS_NULL_UNTOLD;
	}
	// of what a module has and the list has not, everything may be NULL
	return !is_in_module(site, name) ? KS_NULL_NEVER
	       : list->known		 ? KS_NULL_MAYBE
					 : KS_NULL_UNTOLD;
}

/** The structs that bpf_iter_reg.ctx_arg_info of an iterator says may be NULL, and the memory: bit i for argument i. */
static const struct {
	const char *name;
	uint8_t records, memory;
} iterators[] = {
	{ "bpf_link", 2, 0 },
	{ "bpf_map", 2, 0 },
	{ "bpf_map_elem", 0, 4 | 8 }, // meta, map, key, value
	{ "bpf_prog", 2, 0 },
	{ "bpf_sk_storage_map", 4, 8 }, // meta, map, sk, value
	{ "cgroup", 2, 0 },
	{ "dmabuf", 2, 0 },
	{ "ipv6_route", 2, 0 },
	{ "kmem_cache", 2, 0 },
	{ "ksym", 2, 0 },
	{ "netlink", 2, 0 },
	{ "sockmap", 8, 4 }, // meta, map, key, sk
	{ "task", 2, 0 },
	{ "task_file", 2 | 8, 0 }, // meta, task, fd, file
	{ "task_vma", 2 | 4, 0 },  // meta, task, vma
	{ "tcp", 2, 0 },
	{ "udp", 2, 0 },
	{ "unix", 2, 0 },
};

enum ks_null ks_null_of_iterator(const char *name, uint32_t argument, bool *ret_memory)
{
	*ret_memory = false;
	if (argument == 0)
		return KS_NULL_NEVER;
	for (size_t i = 0; i < KS_ARRAY_LEN(iterators); i++) {
		if (strcmp(iterators[i].name, name) != 0)
			continue;
		uint32_t bit = argument < 8 ? 1u << argument : 0;
		*ret_memory = iterators[i].memory & bit;
		return (iterators[i].records | iterators[i].memory) & bit ? KS_NULL_MAYBE
									  : KS_NULL_NEVER;
	}
	return KS_NULL_UNTOLD;
}
