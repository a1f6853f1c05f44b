/* SPDX-License-Identifier: BSD-2-Clause */
/* LSM hooks: bpf_lsm_verify_prog(), bpf_lsm_is_sleepable_hook() at load, a trampoline at attach. */
#include <stdio.h>
#include <string.h>

#include "attach/lsm.h"
#include "attach/private.h"
#include "base/array.h"

/** Since then more than one hook takes programs that sleep. */
static const struct ks_gate sleepable_hooks = { KS_SINCE(5, 11), "423f16108c9d" };

/**
 * Hooks that take programs that sleep in every kernel from 6.1 to 7.2.13 whose list was read: for images that do not
 * tell the list.
 */
static const char *const sleepable[] = {
	"bpf",
	"bpf_map",
	"bpf_prog",
	"bprm_check_security",
	"bprm_committed_creds",
	"bprm_committing_creds",
	"bprm_creds_for_exec",
	"bprm_creds_from_file",
	"capget",
	"capset",
	"cred_prepare",
	"file_ioctl",
	"file_lock",
	"file_open",
	"file_receive",
	"inode_create",
	"inode_free_security",
	"inode_getattr",
	"inode_getxattr",
	"inode_mknod",
	"inode_need_killpriv",
	"inode_post_setxattr",
	"inode_readlink",
	"inode_rename",
	"inode_rmdir",
	"inode_setattr",
	"inode_setxattr",
	"inode_symlink",
	"inode_unlink",
	"kernel_module_request",
	"kernel_read_file",
	"kernfs_init_security",
	"mmap_file",
	"netlink_send",
	"path_notify",
	"release_secctx",
	"sb_alloc_security",
	"sb_eat_lsm_opts",
	"sb_kern_mount",
	"sb_mount",
	"sb_remount",
	"sb_set_mnt_opts",
	"sb_show_options",
	"sb_statfs",
	"sb_umount",
	"settime",
	"socket_accept",
	"socket_bind",
	"socket_connect",
	"socket_create",
	"socket_getpeername",
	"socket_getpeersec_dgram",
	"socket_getsockname",
	"socket_getsockopt",
	"socket_listen",
	"socket_post_create",
	"socket_recvmsg",
	"socket_sendmsg",
	"socket_shutdown",
	"socket_socketpair",
	"syslog",
	"task_alloc",
	"task_prctl",
	"task_setscheduler",
	"userns_create",
};

/** Hooks that are closed in some kernels whose list was read. */
static const char *const disabled[] = {
	"vm_enough_memory",    "inode_need_killpriv", "inode_getsecurity",   "inode_listsecurity",
	"inode_copy_up_xattr", "getselfattr",	      "getprocattr",	     "setprocattr",
	"key_getsecurity",     "audit_rule_match",    "xfrm_decode_session", "ismaclabel",
	"file_alloc_security",
};

/** Not every function bpf_lsm_NAME is a hook (bpf_lsm_hooks); each has a member in security_list_options. */
static enum ks_presence is_hook(const struct ks_attach_facts *facts, const char *name)
{
	const struct ks_decl *decl = ks_attach_fact(facts, KS_UNION, "security_list_options")->decl;
	for (uint32_t i = 0; decl && i < decl->nr; i++)
		if (strcmp(decl->members[i].name, name) == 0)
			return KS_PRESENT;
	return decl ? KS_ABSENT : KS_UNTOLD;
}

static bool is_one_of(const char *const *names, size_t nr, const char *name)
{
	for (size_t i = 0; i < nr; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/** What a list in the image says of the hook's function. */
static enum ks_presence listed(const struct ks_attach_facts *facts, const char *name, uint8_t bit)
{
	char function[KS_ATTACH_NAME];
	snprintf(function, sizeof(function), "bpf_lsm_%s", name);
	struct ks_target target = ks_attach_target(facts, function);
	return target.symbol ? ks_attach_bit(facts->image, target.symbol, bit) : KS_UNTOLD;
}

enum ks_presence ks_lsm_sleeps(const struct ks_attach_facts *facts, const char *name)
{
	enum ks_presence told = listed(facts, name, KS_ATTACH_SLEEPS);
	if (told != KS_UNTOLD || !facts->version)
		return told;
	if (!ks_gate_is_open(&sleepable_hooks, facts->version))
		return strcmp(name, "bprm_committed_creds") == 0 ? KS_PRESENT : KS_ABSENT;
	return is_one_of(sleepable, KS_ARRAY_LEN(sleepable), name) ? KS_PRESENT : KS_UNTOLD;
}

/** Is the hook closed to programs (bpf_lsm_disabled_hooks)? */
static enum ks_presence is_closed(const struct ks_attach_facts *facts, const char *name)
{
	enum ks_presence told = listed(facts, name, KS_ATTACH_DENIED);
	if (told != KS_UNTOLD)
		return told;
	enum ks_presence list =
		facts->source ? facts->source->symbol(facts->arg, "bpf_lsm_disabled_hooks")
			      : KS_UNTOLD;
	return list == KS_ABSENT || !is_one_of(disabled, KS_ARRAY_LEN(disabled), name) ? KS_ABSENT
										       : KS_UNTOLD;
}

/** What the kernel's own lists say of the hook. */
static void look_at_lists(struct ks_asking *asking, const char *name)
{
	enum ks_presence closed = is_closed(asking->facts, name);
	if (closed == KS_PRESENT) {
		ks_asking_find_at_load(asking, KS_WHY_HOOK_CLOSED, KS_ANSWER_NO);
		return;
	}
	if (closed == KS_UNTOLD)
		ks_asking_find_at_load(asking, KS_WHY_HOOK_LISTS_UNTOLD, KS_ANSWER_UNKNOWN);
	if (!asking->question->sleepable)
		return;
	enum ks_presence sleeps = ks_lsm_sleeps(asking->facts, name);
	if (sleeps == KS_ABSENT)
		ks_asking_find_at_load(asking, KS_WHY_AWAKE, KS_ANSWER_NO);
	else if (sleeps == KS_UNTOLD && closed != KS_UNTOLD)
		ks_asking_find_at_load(asking, KS_WHY_HOOK_LISTS_UNTOLD, KS_ANSWER_UNKNOWN);
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
		enum ks_presence hook = is_hook(facts, name);
		if (hook == KS_ABSENT)
			ks_asking_find_at_load(asking, KS_WHY_NOT_A_HOOK, KS_ANSWER_NO);
		else
			look_at_lists(asking, name);
		if (hook == KS_UNTOLD && target.in_btf == KS_PRESENT)
			ks_asking_find_at_load(asking, KS_WHY_HOOK_UNTOLD, KS_ANSWER_UNKNOWN);
	}
	ks_asking_lacks(asking, ks_attach_trampolines(facts), KS_WHY_NO_TRAMPOLINES,
			KS_WHY_TRAMPOLINES_UNTOLD);
}
