/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/call_texts.h"

#include <string.h>

#include "base/array.h"

// clang-format off
/** check_faultable_syscall() of kernel/trace/trace_syscalls.c, by the names of events: one argument, and several. */
static const char *const one[] = {
	"access", "acct", "chdir", "chmod", "chown", "chroot", "creat", "delete_module", "execve", "execveat", "faccessat",
	"faccessat2", "fanotify_mark", "fchmodat", "fchmodat2", "fchownat", "fgetxattr", "finit_module", "flistxattr",
	"fremovexattr", "fsconfig", "fsetxattr", "fsopen", "fspick", "futimesat", "init_module", "inotify_add_watch",
	"kexec_file_load", "lchown", "memfd_create", "mkdir", "mkdirat", "mknod", "mknodat", "mount_setattr", "mq_open",
	"mq_timedsend", "mq_unlink", "name_to_handle_at", "newfstatat", "open", "open_tree", "open_tree_attr", "openat",
	"openat2", "pwrite64", "quotactl", "readlink", "readlinkat", "rmdir", "setdomainname", "sethostname", "shmdt",
	"statfs", "statx", "swapoff", "swapon", "syslog", "truncate", "umount", "unlink", "unlinkat", "utime",
	"utimensat", "utimes", "write",
};
static const char *const two[] = {
	"add_key", "getxattr", "getxattrat", "lgetxattr", "link", "linkat", "listxattr", "listxattrat", "llistxattr",
	"lremovexattr", "lsetxattr", "move_mount", "pivot_root", "removexattr", "removexattrat", "rename", "renameat",
	"renameat2", "request_key", "setxattr", "setxattrat", "symlink", "symlinkat",
};
// clang-format on

static bool is_in(const char *const *names, size_t nr, const char *name)
{
	for (size_t i = 0; i < nr; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

uint32_t ks_call_texts(const char *name)
{
	if (strcmp(name, "mount") == 0)
		return 3;
	return is_in(two, KS_ARRAY_LEN(two), name) ? 2 : is_in(one, KS_ARRAY_LEN(one), name);
}
