// SPDX-License-Identifier: BSD-2-Clause
/* Patterns of function names: which of them a kernel attaches, and which it refuses as a whole. */
#include "idiom.h"

// clang-format off

P("kprobe.multi/tcp_v4_*", many, 0)
P("kprobe.multi/zzz_nothing_*", none, 0)
P("kprobe.multi/tcp_v?_rcv", one_letter, 0)
P("kprobe.multi/vfs_read", exact, 0)
P("kprobe.multi/vfs_nothing", absent, 0)
P("kretprobe.multi/vfs_*", on_return, 0)
P("kprobe.session/tcp_v4_*", session, 0)
P("kprobe.session/zzz_nothing_*", session_none, 0)
P("kprobe.multi/tcp_v[46]_rcv", brackets, 0) // read as "tcp_v"
P("kprobe.multi/vfs_read[ab]*", cut, 0)
P("kprobe.multi/*.cold", pieces, 0)
P("kprobe.multi/*.isra.0", clones, 0)
P("kprobe.multi/start_kerne*", early, 0)
P("kprobe.multi/start_kernel", early_exact, 0)
P("kprobe.multi/__rcu_read_lo*", notrace, 0)
P("kprobe.multi/mmio_rea*", some_untraced, 0) // of two of the name one is not traced (6.12)
P("kprobe.multi/mmio_read", some_untraced_exact, 0)
P("kprobe.multi/stats_ope*", some_untraced_too, 0)
P("kprobe.multi/may_creat*", some_untraced_then, 0) // as above (6.1)
P("kprobe.multi/t_star*", several, 0)
P("kprobe.multi/t_start", several_exact, 0)
P("kprobe.multi/kprobe_ftrace_handle*", blacklisted, 0)
P("kprobe.multi/ext4_file_*", in_module, 0)
