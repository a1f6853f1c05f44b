/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/helpers_hook.h"

#include <string.h>

#include "attach/lsm.h"
#include "base/array.h"
#include "check/kernels/attach.h"
#include "check/rules/type_bits.h"

enum {
	SETSOCKOPT = 49,
	GETSOCKOPT = 57,
	BIND = 64,
	GET_LOCAL_STORAGE = 81,
	SEQ_PRINTF = 126,
	SEQ_WRITE = 127,
	D_PATH = 147,
	COPY_FROM_USER = 148,
	SEQ_PRINTF_BTF = 150,
	IMA_INODE_HASH = 161,
	GET_FUNC_IP = 173,
	GET_ATTACH_COOKIE = 174,
	GET_FUNC_ARG = 183,
	GET_FUNC_RET = 184,
	GET_FUNC_ARG_CNT = 185,
	GET_RETVAL = 186,
	SET_RETVAL = 187,
	COPY_FROM_USER_TASK = 191,
	IMA_FILE_HASH = 193,
};

static bool is_one_of(const char *name, const char *const *list)
{
	for (; name && *list; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

/** Is the kernel known to be older? */
static bool is_before(const struct ks_site *site, uint32_t since)
{
	return site->version && site->version < since;
}

/** btf_allowlist_d_path; iterators may, and LSM programs where they might sleep. */
static enum ks_presence may_take_path(const struct ks_site *site,
				      const struct ks_calling_program *caller)
{
	static const struct ks_gate sleeping_hooks = { KS_SINCE(5, 11), "6f100640ca5b" };
	static const char *const functions[] = { "security_file_permission",
						 "security_inode_getattr",
						 "security_file_open",
						 "security_path_truncate",
						 "vfs_truncate",
						 "vfs_fallocate",
						 "dentry_open",
						 "vfs_getattr",
						 "filp_close",
						 NULL };
	if (caller->hook == KS_HOOK_ITER || !caller->target)
		return KS_PRESENT;
	if (caller->hook == KS_HOOK_LSM) {
		const struct ks_attach_facts facts = ks_site_attach(site);
		return is_before(site, sleeping_hooks.since)
			       ? KS_ABSENT
			       : ks_lsm_sleeps(&facts, caller->target);
	}
	return is_one_of(caller->target, functions) ? KS_PRESENT : KS_ABSENT;
}

/** Options of the socket, in LSM programs of a cgroup: where it is locked, or nobody else has it yet. */
static bool may_set_options(const struct ks_calling_program *caller)
{
	static const char *const hooks[] = {
		"sock_graft",	      "inet_csk_clone",	   "inet_conn_established",
		"socket_post_create", "socket_socketpair", NULL
	};
	return caller->attach_type && strcmp(caller->attach_type, "BPF_LSM_CGROUP") == 0 &&
	       is_one_of(caller->target, hooks);
}

/** bpf_lsm_func_proto(), tracing_prog_func_proto(). */
static bool fits_trace(const struct ks_site *site, const struct ks_calling_program *caller,
		       uint32_t type, uint32_t helper)
{
	static const struct ks_gate cookies = { KS_SINCE(6, 10), "68ca5d4eebb8" };
	static const struct ks_gate arguments = { KS_SINCE(7, 0), "85c7f9147147" };
	bool lsm = type == T(LSM), tp_btf = caller->hook == KS_HOOK_TP_BTF;
	bool trampoline = caller->hook == KS_HOOK_FENTRY || caller->hook == KS_HOOK_FMOD_RET || lsm;
	switch (helper) {
	case SETSOCKOPT:
	case GETSOCKOPT:
		return lsm ? may_set_options(caller) : caller->hook == KS_HOOK_ITER;
	case SEQ_PRINTF:
	case SEQ_WRITE:
	case SEQ_PRINTF_BTF:
		return caller->hook == KS_HOOK_ITER;
	case GET_LOCAL_STORAGE:
	case GET_RETVAL:
	case SET_RETVAL:
		return caller->attach_type && strcmp(caller->attach_type, "BPF_LSM_CGROUP") == 0;
	case GET_ATTACH_COOKIE:
		return trampoline || (tp_btf && !is_before(site, cookies.since));
	case GET_FUNC_ARG:
	case GET_FUNC_ARG_CNT:
		return trampoline || (tp_btf && !is_before(site, arguments.since));
	case GET_FUNC_RET:
	case GET_FUNC_IP:
		return trampoline;
	default:
		return true;
	}
}

/** sock_addr_func_proto(), sock_filter_func_proto(), cg_sockopt_func_proto(), cgroup_common_func_proto(). */
static bool fits_cgroup(const struct ks_calling_program *caller, uint32_t type, uint32_t helper)
{
	static const char *const without_result[] = { "RECVMSG", "GETPEERNAME", "GETSOCKNAME" };
	const char *attach = caller->attach_type;
	if (!attach)
		return true;
	switch (helper) {
	case BIND:
		return strstr(attach, "INET4_CONNECT") || strstr(attach, "INET6_CONNECT");
	case SETSOCKOPT:
	case GETSOCKOPT:
		if (type == T(CGROUP_SOCKOPT))
			return strcmp(attach, "BPF_CGROUP_SETSOCKOPT") == 0;
		if (type == T(CGROUP_SOCK))
			return strcmp(attach, "BPF_CGROUP_INET_SOCK_CREATE") == 0;
		return !strstr(attach, "UNIX_GET");
	case GET_RETVAL:
	case SET_RETVAL:
		for (size_t i = 0; i < KS_ARRAY_LEN(without_result); i++)
			if (strstr(attach, without_result[i]))
				return false;
		return true;
	default:
		return true;
	}
}

static enum ks_presence fits(bool fit)
{
	return fit ? KS_PRESENT : KS_ABSENT;
}

enum ks_presence ks_helper_fits_hook(const struct ks_site *site,
				     const struct ks_calling_program *caller, uint32_t type,
				     uint32_t helper)
{
	if (helper == COPY_FROM_USER || helper == COPY_FROM_USER_TASK || helper == IMA_INODE_HASH ||
	    helper == IMA_FILE_HASH)
		return fits(caller->sleepable);
	if (type & (T(TRACING) | T(LSM)))
		return helper == D_PATH ? may_take_path(site, caller)
					: fits(fits_trace(site, caller, type, helper));
	if (type & (T(CGROUP_SOCK_ADDR) | T(CGROUP_SOCK) | T(CGROUP_SOCKOPT)))
		return fits(fits_cgroup(caller, type, helper));
	return KS_PRESENT;
}
