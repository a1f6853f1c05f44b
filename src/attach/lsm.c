/* SPDX-License-Identifier: BSD-2-Clause */
/* LSM hooks: bpf_lsm_verify_prog(), bpf_lsm_is_sleepable_hook() at load, a trampoline at attach. */
#include <stdio.h>
#include <string.h>

#include "attach/lsm.h"
#include "attach/private.h"
#include "base/array.h"

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

/** Not every function bpf_lsm_NAME is a hook (bpf_lsm_hooks); each has a member in security_list_options. */
static bool is_hook(const struct ks_attach_facts *facts, const char *name)
{
	const struct ks_decl *decl = ks_attach_fact(facts, KS_UNION, "security_list_options")->decl;
	for (uint32_t i = 0; decl && i < decl->nr; i++)
		if (strcmp(decl->members[i].name, name) == 0)
			return true;
	return !decl;
}

bool ks_lsm_sleeps(uint32_t version, const char *name)
{
	if (!version)
		return true;
	if (version < KS_SINCE(5, 11)) // btf_sleepable_lsm_hooks
		return strcmp(name, "bprm_committed_creds") == 0;
	for (size_t i = 0; i < KS_ARRAY_LEN(sleepable); i++)
		if (strcmp(sleepable[i].name, name) == 0 && version >= sleepable[i].since &&
		    (!sleepable[i].until || version < sleepable[i].until))
			return true;
	return false;
}

/** Is the hook closed to programs (bpf_lsm_disabled_hooks)? */
static bool is_closed(const struct ks_attach_facts *facts, const char *name)
{
	// stable kernels got the list, too: where symbols of data are known, it tells of itself
	enum ks_presence list =
		facts->source ? facts->source->symbol(facts->arg, "bpf_lsm_disabled_hooks")
			      : KS_UNTOLD;
	if (list == KS_ABSENT || (list == KS_UNTOLD && facts->version < KS_SINCE(6, 12)))
		return false;
	if (strcmp(name, "file_alloc_security") == 0 && facts->version < KS_SINCE(7, 0))
		return false;
	for (size_t i = 0; i < KS_ARRAY_LEN(disabled); i++)
		if (strcmp(disabled[i], name) == 0)
			return true;
	return false;
}

void ks_asking_lsm(struct ks_asking *asking)
{
	const struct ks_attach_facts *facts = asking->facts;
	const char *name = asking->question->name;
	char function[KS_ATTACH_NAME];
	snprintf(function, sizeof(function), "bpf_lsm_%s", name);
	struct ks_target target = ks_attach_target(facts, function);
	if (target.in_btf == KS_ABSENT) {
		ks_asking_find_at_load(asking, KS_WHY_NO_HOOK, KS_ANSWER_NO);
	} else {
		if (target.in_btf == KS_UNTOLD)
			ks_asking_find_at_load(asking, KS_WHY_HOOK_UNTOLD, KS_ANSWER_UNKNOWN);
		ks_asking_signature(asking, ks_target_proto(&target));
		if (!is_hook(facts, name))
			ks_asking_find_at_load(asking, KS_WHY_NOT_A_HOOK, KS_ANSWER_NO);
		else if (is_closed(facts, name))
			ks_asking_find_at_load(asking, KS_WHY_HOOK_CLOSED, KS_ANSWER_NO);
		else if (asking->question->sleepable && !ks_lsm_sleeps(facts->version, name))
			ks_asking_find_at_load(asking, KS_WHY_AWAKE, KS_ANSWER_NO);
	}
	ks_asking_lacks(asking, ks_attach_trampolines(facts), KS_WHY_NO_TRAMPOLINES,
			KS_WHY_TRAMPOLINES_UNTOLD);
}
