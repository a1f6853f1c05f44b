/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/lsm.h"
#include "base/array.h"

#include <string.h>

/** Where programs that sleep may be, since 5.11; a version that is not known to the letter is the first seen with it. */
static const struct {
	const char *name;
	uint32_t since, until; // 0: always
} sleepable[] = {
	{ "bpf", 0, 0 },
	{ "bpf_map", 0, 0 },
	{ "bpf_map_alloc_security", 0, 0 },
	{ "bpf_map_free_security", 0, 0 },
	{ "bpf_prog", 0, 0 },
	{ "bprm_check_security", 0, 0 },
	{ "bprm_committed_creds", 0, 0 },
	{ "bprm_committing_creds", 0, 0 },
	{ "bprm_creds_for_exec", 0, 0 },
	{ "bprm_creds_from_file", 0, 0 },
	{ "capget", 0, 0 },
	{ "capset", 0, 0 },
	{ "cred_prepare", 0, 0 },
	{ "file_ioctl", 0, 0 },
	{ "file_lock", 0, 0 },
	{ "file_open", 0, 0 },
	{ "file_receive", 0, 0 },
	{ "inode_create", 0, 0 },
	{ "inode_free_security", 0, 0 },
	{ "inode_getattr", 0, 0 },
	{ "inode_getxattr", 0, 0 },
	{ "inode_mknod", 0, 0 },
	{ "inode_need_killpriv", 0, 0 },
	{ "inode_post_setxattr", 0, 0 },
	{ "inode_readlink", 0, 0 },
	{ "inode_rename", 0, 0 },
	{ "inode_rmdir", 0, 0 },
	{ "inode_setattr", 0, 0 },
	{ "inode_setxattr", 0, 0 },
	{ "inode_symlink", 0, 0 },
	{ "inode_unlink", 0, 0 },
	{ "kernel_module_request", 0, 0 },
	{ "kernel_read_file", 0, 0 },
	{ "kernfs_init_security", 0, 0 },
	{ "mmap_file", 0, 0 },
	{ "netlink_send", 0, 0 },
	{ "path_notify", 0, 0 },
	{ "release_secctx", 0, 0 },
	{ "sb_alloc_security", 0, 0 },
	{ "sb_eat_lsm_opts", 0, 0 },
	{ "sb_kern_mount", 0, 0 },
	{ "sb_mount", 0, 0 },
	{ "sb_remount", 0, 0 },
	{ "sb_set_mnt_opts", 0, 0 },
	{ "sb_show_options", 0, 0 },
	{ "sb_statfs", 0, 0 },
	{ "sb_umount", 0, 0 },
	{ "settime", 0, 0 },
	{ "socket_accept", 0, 0 },
	{ "socket_bind", 0, 0 },
	{ "socket_connect", 0, 0 },
	{ "socket_create", 0, 0 },
	{ "socket_getpeername", 0, 0 },
	{ "socket_getpeersec_dgram", 0, 0 },
	{ "socket_getsockname", 0, 0 },
	{ "socket_getsockopt", 0, 0 },
	{ "socket_listen", 0, 0 },
	{ "socket_post_create", 0, 0 },
	{ "socket_recvmsg", 0, 0 },
	{ "socket_sendmsg", 0, 0 },
	{ "socket_shutdown", 0, 0 },
	{ "socket_socketpair", 0, 0 },
	{ "syslog", 0, 0 },
	{ "task_alloc", 0, 0 },
	{ "task_prctl", 0, 0 },
	{ "task_setscheduler", 0, 0 },
	{ "userns_create", 0, 0 },
	{ "inet_conn_established", 0, KS_SINCE(6, 2) },
	{ "key_free", 0, KS_SINCE(6, 2) },
	{ "current_getsecid_subj", 0, KS_SINCE(7, 0) },
	{ "task_getsecid_obj", 0, KS_SINCE(7, 0) },
	{ "bpf_map_create", KS_SINCE(6, 9), 0 },
	{ "bpf_map_free", KS_SINCE(6, 9), 0 },
	{ "bpf_prog_load", KS_SINCE(6, 9), 0 },
	{ "bpf_token_create", KS_SINCE(6, 9), 0 },
	{ "bpf_token_free", KS_SINCE(6, 9), 0 },
	{ "bpf_token_cmd", KS_SINCE(6, 9), 0 },
	{ "bpf_token_capable", KS_SINCE(6, 9), 0 },
	{ "file_post_open", KS_SINCE(6, 9), 0 },
	{ "path_unlink", KS_SINCE(6, 8), 0 },
	{ "path_mkdir", KS_SINCE(6, 8), 0 },
	{ "path_rmdir", KS_SINCE(6, 8), 0 },
	{ "path_truncate", KS_SINCE(6, 8), 0 },
	{ "path_symlink", KS_SINCE(6, 8), 0 },
	{ "path_link", KS_SINCE(6, 8), 0 },
	{ "path_rename", KS_SINCE(6, 8), 0 },
	{ "path_chmod", KS_SINCE(6, 8), 0 },
	{ "path_chown", KS_SINCE(6, 8), 0 },
	{ "inode_post_removexattr", KS_SINCE(6, 13), 0 },
	{ "inode_removexattr", KS_SINCE(6, 13), 0 },
	{ "bdev_alloc_security", KS_SINCE(6, 12), 0 },
	{ "bdev_setintegrity", KS_SINCE(6, 12), 0 },
};

static const char *const disabled[] = {
	"vm_enough_memory",    "inode_need_killpriv", "inode_getsecurity",   "inode_listsecurity",
	"inode_copy_up_xattr", "getselfattr",	      "getprocattr",	     "setprocattr",
	"key_getsecurity",     "audit_rule_match",    "xfrm_decode_session", "ismaclabel",
	"file_alloc_security",
};

bool ks_lsm_is_hook(const struct ks_site *site, const char *name)
{
	const struct ks_decl *decl = ks_site_fact(site, KS_UNION, "security_list_options")->decl;
	for (uint32_t i = 0; decl && i < decl->nr; i++)
		if (strcmp(decl->members[i].name, name) == 0)
			return true;
	return !decl;
}

bool ks_lsm_sleeps(const struct ks_site *site, const char *name)
{
	if (!site->version)
		return true;
	if (site->version < KS_SINCE(5, 11)) // btf_sleepable_lsm_hooks
		return strcmp(name, "bprm_committed_creds") == 0;
	for (size_t i = 0; i < KS_ARRAY_LEN(sleepable); i++)
		if (strcmp(sleepable[i].name, name) == 0 && site->version >= sleepable[i].since &&
		    (!sleepable[i].until || site->version < sleepable[i].until))
			return true;
	return false;
}

bool ks_lsm_disabled(const struct ks_site *site, const char *name)
{
	// stable kernels got the list, too: where symbols of data are known, it tells of itself
	enum ks_presence list = ks_site_symbol(site, "bpf_lsm_disabled_hooks", false);
	if (list == KS_ABSENT || (list == KS_UNTOLD && site->version < KS_SINCE(6, 12)))
		return false;
	if (strcmp(name, "file_alloc_security") == 0 && site->version < KS_SINCE(7, 0))
		return false;
	for (size_t i = 0; i < KS_ARRAY_LEN(disabled); i++)
		if (strcmp(disabled[i], name) == 0)
			return true;
	return false;
}
