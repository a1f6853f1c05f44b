/* SPDX-License-Identifier: BSD-2-Clause */
/* A workload whose calls are known: each step makes its system call once, whatever it needs besides goes through other ones. */
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "workload.h"

enum { PORT = 4711, FLAGS_ANON = MAP_PRIVATE | MAP_ANONYMOUS };

static char buffer[4096];
static struct iovec vec = { buffer, 16 };
static const struct timespec instant = { 0, 1 };
static int file = -1, dir = -1, fds[2] = { -1, -1 }, other_fds[2] = { -1, -1 }, epoll_fd = -1;
static int listener = -1, client = -1, peer = -1, udp = -1, queue = -1, timer_fd = -1;
static void *page, *shared;
static struct sockaddr_in here;

#define CALL(...) syscall(SYS_##__VA_ARGS__)

/* ---- steps with something around the call ---- */

static void give_back(long fd)
{
	if (fd >= 0)
		CALL(close, fd);
}

static void give_back_pair(const int *pair)
{
	give_back(pair[0]);
	give_back(pair[1]);
}

static void do_close(void)
{
	int fd = dup(file);
	CALL(close, fd);
}

static void do_openat2(void)
{
	struct open_how how = { .flags = O_RDONLY };
	give_back(CALL(openat2, AT_FDCWD, "/w/file", &how, sizeof(how)));
}

static void do_ppoll(void)
{
	struct pollfd one = { .fd = fds[0], .events = POLLIN };
	struct timespec none = { 0, 0 };
	CALL(ppoll, &one, 1, &none, NULL, 8);
}

static void do_poll(void)
{
	struct pollfd one = { .fd = fds[0], .events = POLLIN };
	CALL(poll, &one, 1, 0);
}

static void do_select(void)
{
	struct timeval none = { 0, 0 };
	fd_set set;
	FD_ZERO(&set);
	FD_SET(fds[0], &set);
	CALL(select, fds[0] + 1, &set, NULL, NULL, &none);
}

static void do_pselect6(void)
{
	struct timespec none = { 0, 0 };
	fd_set set;
	FD_ZERO(&set);
	FD_SET(fds[0], &set);
	CALL(pselect6, fds[0] + 1, &set, NULL, NULL, &none, NULL);
}

static void do_epoll_ctl(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	CALL(epoll_ctl, epoll_fd, EPOLL_CTL_MOD, fds[0], &event);
}

static void do_msgsnd(void)
{
	struct {
		long type;
		char text[8];
	} message = { 1, "text" };
	CALL(msgsnd, queue, &message, sizeof(message.text), 0);
	CALL(msgrcv, queue, &message, sizeof(message.text), 0, 0);
}

static void do_rename(void)
{
	static bool moved;
	CALL(rename, moved ? "/w/b" : "/w/a", moved ? "/w/a" : "/w/b");
	moved = !moved;
}

static void do_renameat2(void)
{
	static bool moved;
	CALL(renameat2, AT_FDCWD, moved ? "/w/d" : "/w/c", AT_FDCWD, moved ? "/w/c" : "/w/d", 0);
	moved = !moved;
}

static void make(const char *path)
{
	close(open(path, O_CREAT | O_WRONLY, 0600));
}

static void do_unlink(void)
{
	make("/w/gone");
	CALL(unlink, "/w/gone");
}

static void do_unlinkat(void)
{
	make("/w/gone");
	CALL(unlinkat, AT_FDCWD, "/w/gone", 0);
}

static void do_rmdir(void)
{
	mkdir("/w/gone", 0700);
	CALL(rmdir, "/w/gone");
}

static void do_mkdir(void)
{
	CALL(mkdir, "/w/made", 0700);
	rmdir("/w/made");
}

static void do_mkdirat(void)
{
	CALL(mkdirat, AT_FDCWD, "/w/made", 0700);
	rmdir("/w/made");
}

static void do_symlink(void)
{
	CALL(symlink, "file", "/w/made");
	unlink("/w/made");
}

static void do_link(void)
{
	CALL(link, "/w/file", "/w/made");
	unlink("/w/made");
}

static void do_mknod(void)
{
	CALL(mknod, "/w/made", S_IFREG | 0600, 0);
	unlink("/w/made");
}

static void do_mkfifo(void)
{
	CALL(mknodat, AT_FDCWD, "/w/made", S_IFIFO | 0600, 0);
	unlink("/w/made");
}

static void do_getdents64(void)
{
	lseek(dir, 0, SEEK_SET);
	CALL(getdents64, dir, buffer, sizeof(buffer));
}

static void do_sendfile(void)
{
	off_t at = 0;
	CALL(sendfile, fds[1], file, &at, 1);
	if (read(fds[0], buffer, 1) != 1)
		abort();
}

static void do_tee(void)
{
	CALL(tee, fds[0], other_fds[1], 1, SPLICE_F_NONBLOCK);
}

static void do_pipe(void)
{
	int pair[2] = { -1, -1 };
	CALL(pipe, pair);
	give_back_pair(pair);
}

static void do_pipe2(void)
{
	int pair[2] = { -1, -1 };
	CALL(pipe2, pair, 0);
	give_back_pair(pair);
}

static void do_signalfd4(void)
{
	uint64_t set = 1;
	give_back(CALL(signalfd4, -1, &set, 8, 0));
}

static void do_socketpair(void)
{
	int pair[2] = { -1, -1 };
	CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
	give_back_pair(pair);
}

static void do_bind(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CALL(bind, fd, &any, sizeof(any));
	close(fd);
}

static void do_listen(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CALL(listen, fd, 1);
	close(fd);
}

static void connected(bool with_accept4)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CALL(connect, fd, &here, sizeof(here));
	give_back(with_accept4 ? CALL(accept4, listener, NULL, NULL, 0)
			       : CALL(accept, listener, NULL, NULL));
	close(fd);
}

static void do_accept(void)
{
	connected(false);
}

static void do_accept4(void)
{
	connected(true);
}

static void do_sendto(void)
{
	CALL(sendto, client, "x", 1, 0, NULL, 0);
	if (read(peer, buffer, 1) != 1)
		abort();
}

static void do_recvfrom(void)
{
	if (write(client, "x", 1) != 1)
		abort();
	CALL(recvfrom, peer, buffer, 1, 0, NULL, NULL);
}

/** A receive whose flags are known. */
static void do_peek(void)
{
	if (write(client, "x", 1) != 1)
		abort();
	CALL(recvfrom, peer, buffer, 1, MSG_PEEK, NULL, NULL);
}

static void do_sendto_udp(void)
{
	CALL(sendto, udp, "x", 1, 0, &here, sizeof(here));
}

static void do_sendmsg(void)
{
	struct iovec one = { buffer, 1 };
	struct msghdr message = {
		.msg_name = &here, .msg_namelen = sizeof(here), .msg_iov = &one, .msg_iovlen = 1
	};
	CALL(sendmsg, udp, &message, 0);
}

static void do_getsockname(void)
{
	socklen_t size = sizeof(here);
	struct sockaddr_in name;
	CALL(getsockname, listener, &name, &size);
}

static void do_setsockopt(void)
{
	int one = 1;
	CALL(setsockopt, udp, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
}

static void do_cork(void)
{
	int on = 1;
	CALL(setsockopt, client, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
}

static void do_tcp_info(void)
{
	socklen_t size = 64;
	CALL(getsockopt, client, IPPROTO_TCP, TCP_INFO, buffer, &size);
}

static void do_renice(void)
{
	static int nice = 1;
	CALL(setpriority, PRIO_PROCESS, 0, nice);
	nice = !nice;
}

static void wait_child(long pid)
{
	if (pid == 0)
		CALL(exit_group, 0);
	CALL(wait4, pid, NULL, 0, NULL);
}

static void do_fork(void)
{
	wait_child(CALL(fork));
}

static void do_clone(void)
{
	wait_child(CALL(clone, SIGCHLD, 0, 0, 0, 0));
}

static void do_waitid(void)
{
	long pid = CALL(fork);
	if (pid == 0)
		CALL(exit_group, 0);
	CALL(waitid, P_PID, pid, NULL, WEXITED, NULL);
}

static void do_mmap(void)
{
	munmap((void *)CALL(mmap, NULL, 4096, PROT_READ, FLAGS_ANON, -1, 0), 4096);
}

static void do_munmap(void)
{
	CALL(munmap, mmap(NULL, 4096, PROT_READ, FLAGS_ANON, -1, 0), 4096);
}

static void do_mprotect(void)
{
	static int protection = PROT_READ;
	CALL(mprotect, page, 4096, protection);
	protection ^= PROT_WRITE;
}

static void do_sched_setscheduler(void)
{
	int priority = 0;
	CALL(sched_setscheduler, 0, SCHED_OTHER, &priority);
}

static void do_sched_setparam(void)
{
	int priority = 0;
	CALL(sched_setparam, 0, &priority);
}

static void do_sched_setattr(void)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t deadline[3];
	} attr = { .size = sizeof(attr) };
	CALL(sched_setattr, 0, &attr, 0);
}

static void do_setgroups(void)
{
	gid_t groups[] = { 0, 1 };
	CALL(setgroups, 2, groups);
}

static void do_getgroups(void)
{
	gid_t groups[64];
	CALL(getgroups, 64, groups);
}

static void do_timer_create(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	int timer = -1;
	CALL(timer_create, CLOCK_MONOTONIC, &event, &timer);
	CALL(timer_delete, timer);
}

static void do_futex_wait(void)
{
	uint32_t word = 1;
	CALL(futex, &word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0);
}

static void do_futex_wake(void)
{
	uint32_t word = 1;
	CALL(futex, &word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

static void read_whole(const char *path)
{
	int fd = open(path, O_RDONLY);
	if (fd >= 0 && read(fd, buffer, sizeof(buffer)) < 0)
		lseek(fd, 0, SEEK_SET);
	give_back(fd);
}

static void do_chroot(void)
{
	CALL(chroot, "/");
}

/* ---- the table ---- */

#define STEP(name, call)                                                                           \
	static void one_##name(void)                                                               \
	{                                                                                          \
		call;                                                                              \
	}
// The steps that are one expression.
// clang-format off
#define SIMPLE(X) \
	X(fsync, CALL(fsync, file)) \
	X(fdatasync, CALL(fdatasync, file)) \
	X(msync, CALL(msync, shared, 4096, MS_SYNC)) \
	X(chdir, CALL(chdir, "/w")) \
	X(fchmod, CALL(fchmod, file, 0600)) \
	X(chmod, CALL(chmod, "/w/file", 0600)) \
	X(fchmodat, CALL(fchmodat, AT_FDCWD, "/w/file", 0600)) \
	X(fchown, CALL(fchown, file, 0, 0)) \
	X(chown, CALL(chown, "/w/file", 0, 0)) \
	X(read, CALL(read, file, buffer, 1)) \
	X(write, CALL(write, file, buffer, 1)) \
	X(pread64, CALL(pread64, file, buffer, 1, 0L)) \
	X(pwrite64, CALL(pwrite64, file, buffer, 1, 0L)) \
	X(readv, CALL(readv, file, &vec, 1)) \
	X(writev, CALL(writev, file, &vec, 1)) \
	X(preadv, CALL(preadv, file, &vec, 1, 0L, 0L)) \
	X(preadv2, CALL(preadv2, file, &vec, 1, 0L, 0L, 0L)) \
	X(pwritev, CALL(pwritev, file, &vec, 1, 0L, 0L)) \
	X(pwritev2, CALL(pwritev2, file, &vec, 1, 0L, 0L, 0L)) \
	X(getpgrp, CALL(getpgrp)) \
	X(getpgid, CALL(getpgid, 0)) \
	X(getrlimit, CALL(getrlimit, RLIMIT_NOFILE, buffer)) \
	X(setrlimit, CALL(setrlimit, RLIMIT_CORE, &(struct rlimit){ 0, 0 })) \
	X(prlimit64, CALL(prlimit64, 0, RLIMIT_NOFILE, NULL, buffer)) \
	X(open, give_back(CALL(open, "/w/file", O_RDONLY, 0))) \
	X(openat, give_back(CALL(openat, AT_FDCWD, "/w/file", O_RDONLY, 0))) \
	X(creat, give_back(CALL(creat, "/w/new", 0600))) \
	X(dup, give_back(CALL(dup, file))) \
	X(dup3, give_back(CALL(dup3, file, 100, 0))) \
	X(dup2, give_back(CALL(dup2, file, 100))) \
	X(fadvise64, CALL(fadvise64, file, 0L, 0L, 0)) \
	X(readahead, CALL(readahead, file, 0L, 1L)) \
	X(lseek, CALL(lseek, file, 0L, SEEK_SET)) \
	X(fstat, CALL(fstat, file, buffer)) \
	X(stat, CALL(stat, "/w/file", buffer)) \
	X(lstat, CALL(lstat, "/w/file", buffer)) \
	X(newfstatat, CALL(newfstatat, AT_FDCWD, "/w/file", buffer, 0)) \
	X(statx, CALL(statx, AT_FDCWD, "/w/file", 0, STATX_BASIC_STATS, buffer)) \
	X(fionread, CALL(ioctl, fds[0], FIONREAD, buffer)) \
	X(ioctl, CALL(ioctl, fds[0], 0x1234, buffer)) \
	X(epoll_wait, CALL(epoll_wait, epoll_fd, buffer, 1, 0)) \
	X(epoll_pwait, CALL(epoll_pwait, epoll_fd, buffer, 1, 0, NULL, 8)) \
	X(epoll_create1, give_back(CALL(epoll_create1, 0))) \
	X(msgget, CALL(msgget, 4711, 01600)) \
	X(semget, CALL(semget, 4711, 1, 01600)) \
	X(shmget, CALL(shmget, 4711, 4096, 01600)) \
	X(ftruncate, CALL(ftruncate, file, 4096L)) \
	X(truncate, CALL(truncate, "/w/file", 4096L)) \
	X(statfs, CALL(statfs, "/w", buffer)) \
	X(fstatfs, CALL(fstatfs, file, buffer)) \
	X(access, CALL(access, "/w/file", 0)) \
	X(faccessat, CALL(faccessat, AT_FDCWD, "/w/file", 0)) \
	X(readlink, CALL(readlink, "/w/link", buffer, 64)) \
	X(readlinkat, CALL(readlinkat, AT_FDCWD, "/w/link", buffer, 64)) \
	X(utimensat, CALL(utimensat, AT_FDCWD, "/w/file", NULL, 0)) \
	X(futimens, CALL(utimensat, file, NULL, NULL, 0)) \
	X(fallocate, CALL(fallocate, file, 0, 0L, 4096L)) \
	X(sync_file_range, CALL(sync_file_range, file, 0L, 1L, 0)) \
	X(syncfs, CALL(syncfs, file)) \
	X(eventfd2, give_back(CALL(eventfd2, 0, 0))) \
	X(eventfd, give_back(CALL(eventfd, 0))) \
	X(inotify_init, give_back(CALL(inotify_init))) \
	X(inotify_init1, give_back(CALL(inotify_init1, 0))) \
	X(socket, give_back(CALL(socket, AF_INET, SOCK_STREAM, 0))) \
	X(shutdown, CALL(shutdown, listener, 3)) \
	X(kill, CALL(kill, getpid(), 0)) \
	X(tkill, CALL(tkill, getpid(), 0)) \
	X(tgkill, CALL(tgkill, getpid(), getpid(), 0)) \
	X(nanosleep, CALL(nanosleep, &instant, NULL)) \
	X(clock_nanosleep, CALL(clock_nanosleep, CLOCK_MONOTONIC, 0, &instant, NULL)) \
	X(getxattr, CALL(getxattr, "/w/file", "user.x", buffer, 16)) \
	X(mlock, CALL(mlock, page, 4096)) \
	X(mlock2, CALL(mlock2, page, 4096, 0)) \
	X(madvise, CALL(madvise, page, 4096, MADV_NORMAL)) \
	X(sched_yield, CALL(sched_yield)) \
	X(setpriority, CALL(setpriority, PRIO_PROCESS, 0, 0)) \
	X(getpriority, CALL(getpriority, PRIO_PGRP, getpid())) \
	X(sigaction, CALL(rt_sigaction, SIGUSR1, NULL, buffer, 8)) \
	X(sigaltstack, CALL(sigaltstack, NULL, buffer)) \
	X(sigprocmask, CALL(rt_sigprocmask, SIG_BLOCK, &(uint64_t){ 0 }, buffer, 8)) \
	X(setuid, CALL(setuid, 0)) \
	X(pidfd_open, give_back(CALL(pidfd_open, getpid(), 0))) \
	X(clock_getres, CALL(clock_getres, CLOCK_REALTIME, buffer)) \
	X(clock_gettime, CALL(clock_gettime, CLOCK_REALTIME, buffer)) \
	X(timer_gettime, CALL(timerfd_gettime, timer_fd, buffer)) \
	X(proc_loadavg, read_whole("/proc/loadavg")) \
	X(proc_meminfo, read_whole("/proc/meminfo")) \
	X(proc_status, read_whole("/proc/self/status")) \
	X(proc_version, read_whole("/proc/version")) \
	X(proc_uptime, read_whole("/proc/uptime")) \
	X(proc_filesystems, read_whole("/proc/filesystems")) \
	X(sys_lo_type, read_whole("/sys/class/net/lo/type")) \
	X(sys_lo_flags, read_whole("/sys/class/net/lo/flags")) \
	X(sys_lo_carrier, read_whole("/sys/class/net/lo/carrier"))
// clang-format on
SIMPLE(STEP)

#define ROW(name, call) { #name, one_##name },
static const struct {
	const char *name;
	void (*make)(void);
} steps[] = {
	SIMPLE(ROW) /* the others, and those that another chain shares */
	{ "chroot", do_chroot },
	{ "open_how", one_open },
	{ "openat_how", one_openat },
	{ "open_flags", one_open },
	{ "stat_copy", one_stat },
	{ "fstat_copy", one_fstat },
	{ "close", do_close },
	{ "openat2", do_openat2 },
	{ "poll", do_poll },
	{ "poll_set", do_poll },
	{ "poll_wait", do_poll },
	{ "ppoll", do_ppoll },
	{ "ppoll_set", do_ppoll },
	{ "select", do_select },
	{ "pselect6", do_pselect6 },
	{ "epoll_ctl", do_epoll_ctl },
	{ "msgsnd", do_msgsnd },
	{ "rename", do_rename },
	{ "renameat2", do_renameat2 },
	{ "unlink", do_unlink },
	{ "unlinkat", do_unlinkat },
	{ "rmdir", do_rmdir },
	{ "mkdir", do_mkdir },
	{ "mkdirat", do_mkdirat },
	{ "symlink", do_symlink },
	{ "link", do_link },
	{ "mknod", do_mknod },
	{ "mkfifo", do_mkfifo },
	{ "getdents64", do_getdents64 },
	{ "sendfile", do_sendfile },
	{ "tee", do_tee },
	{ "pipe", do_pipe },
	{ "pipe2", do_pipe2 },
	{ "signalfd4", do_signalfd4 },
	{ "socketpair", do_socketpair },
	{ "bind", do_bind },
	{ "listen", do_listen },
	{ "connect", do_accept },
	{ "accept", do_accept },
	{ "accept4", do_accept4 },
	{ "sendto", do_sendto },
	{ "recvfrom", do_recvfrom },
	{ "peek", do_peek },
	{ "sendto_udp", do_sendto_udp },
	{ "sendto_address", do_sendto_udp },
	{ "bind_address", do_bind },
	{ "connect_address", do_accept },
	{ "cork", do_cork },
	{ "tcp_info", do_tcp_info },
	{ "access_name", one_access },
	{ "mmap_limit", do_mmap },
	{ "renice", do_renice },
	{ "sendmsg", do_sendmsg },
	{ "getsockname", do_getsockname },
	{ "setsockopt", do_setsockopt },
	{ "fork", do_fork },
	{ "wake", do_fork },
	{ "wait4", do_fork },
	{ "vfork", do_clone },
	{ "waitid", do_waitid },
	{ "mmap", do_mmap },
	{ "munmap", do_munmap },
	{ "mprotect", do_mprotect },
	{ "sched_setscheduler", do_sched_setscheduler },
	{ "sched_setparam", do_sched_setparam },
	{ "sched_setattr", do_sched_setattr },
	{ "setgroups", do_setgroups },
	{ "setgroups_alloc", do_setgroups },
	{ "setgroups_sort", do_setgroups },
	{ "getgroups", do_getgroups },
	{ "timer_create", do_timer_create },
	{ "futex_wait", do_futex_wait },
	{ "futex_wake", do_futex_wake },
};

/* ---- the interface ---- */

static void up(const char *name)
{
	struct ifreq request = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	strcpy(request.ifr_name, name);
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
}

static void set_up_sockets(void)
{
	int one = 1;
	up("lo");
	here.sin_family = AF_INET;
	here.sin_port = htons(PORT);
	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&here, sizeof(here)) || listen(listener, 64))
		perror("listen");
	client = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(client, (struct sockaddr *)&here, sizeof(here)))
		perror("connect");
	peer = accept(listener, NULL, NULL);
	udp = socket(AF_INET, SOCK_DGRAM,
		     0); // sends to itself, lest somebody answers that nobody is there
	if (bind(udp, (struct sockaddr *)&here, sizeof(here)))
		perror("bind");
}

unsigned long long workload_inode(void)
{
	struct stat st = { 0 };
	fstat(file, &st);
	return st.st_ino;
}

void workload_set_up(void)
{
	setpgid(0, 0);
	mkdir("/w", 0700);
	file = open("/w/file", O_CREAT | O_RDWR, 0600);
	if (write(file, buffer, sizeof(buffer)) != sizeof(buffer))
		perror("/w/file");
	dir = open("/w", O_RDONLY | O_DIRECTORY);
	make("/w/a");
	make("/w/c");
	if (symlink("file", "/w/link") && access("/w/link", F_OK))
		perror("/w/link");
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, FLAGS_ANON, -1, 0);
	if (pipe(fds) || pipe(other_fds) || write(fds[1], "x", 1) != 1)
		perror("pipe");
	epoll_fd = epoll_create1(0);
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fds[0], &(struct epoll_event){ .events = EPOLLIN });
	queue = (int)CALL(msgget, 4711, 01600);
	timer_fd = timerfd_create(CLOCK_MONOTONIC, 0);
	set_up_sockets();
}

bool workload_make(const char *step, unsigned int times)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (strcmp(steps[i].name, step) != 0)
			continue;
		for (unsigned int k = 0; k < times; k++)
			steps[i].make();
		return true;
	}
	return false;
}

void workload_make_all(void)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		steps[i].make();
}
