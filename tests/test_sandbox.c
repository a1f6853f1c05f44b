/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker tries, and what comes of it. It ends with the line of the first thing that went otherwise than it must. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/sandbox.h"
#include "scratch.h"

/** Both kinds of kernel: with Landlock, and without. */
enum { NR_KERNELS = 2, OK = 0 };

/** The worker's verdict: the number of the first check that failed. */
#define worker_must(cond)                                                                          \
	do {                                                                                       \
		++*nr;                                                                             \
		if (!(cond)) {                                                                     \
			fprintf(stderr, "%s:%d: in the worker: %s (errno %d)\n", __FILE__,         \
				__LINE__, #cond, errno);                                           \
			_exit(*nr);                                                                \
		}                                                                                  \
	} while (0)

#define fails_with(why, call) (errno = 0, (call) < 0 && errno == (why))

/** A folder with what is granted, and what is not. */
struct place {
	char *dir, *given, *folder, *inner, *out, *secret;
	struct ks_grants grants;
};

static char *join(const char *dir, const char *name)
{
	char *path;
	must(asprintf(&path, "%s/%s", dir, name) > 0);
	return path;
}

static void make_pipe(const char *dir)
{
	char *path = join(dir, "pipe");
	must(mkfifo(path, 0600) == 0);
	free(path);
}

static void place_init(struct place *place)
{
	*place = (struct place){ .dir = make_dir() };
	place->given = write_file(place->dir, "given", "abc", 3);
	place->secret = write_file(place->dir, "secret", "def", 3);
	place->folder = join(place->dir, "folder");
	place->out = join(place->dir, "out");
	must(mkdir(place->folder, 0700) == 0 && mkdir(place->out, 0700) == 0);
	place->inner = write_file(place->folder, "inner", "ghi", 3);
	make_pipe(place->folder);
	make_pipe(place->out);
	assert_null(ks_grants_add(&place->grants, place->given, KS_GRANT_READ));
	assert_null(ks_grants_add(&place->grants, place->folder, KS_GRANT_READ | KS_GRANT_BELOW));
	assert_null(ks_grants_add(&place->grants, place->out,
				  KS_GRANT_READ | KS_GRANT_WRITE | KS_GRANT_BELOW));
	assert_null(ks_grants_add(&place->grants, place->out, KS_GRANT_UNNAMED));
}

static void place_deinit(struct place *place)
{
	ks_grants_deinit(&place->grants);
	free(place->given);
	free(place->secret);
	free(place->folder);
	free(place->inner);
	free(place->out);
	remove_dir(place->dir);
}

static void look_at_folders(const void *arg)
{
	ks_sandbox_look_at_folders(((const struct place *)arg)->inner);
}

typedef void attempt_fn(const struct place *place, int *nr);

/** Let a worker try, on both kinds of kernel. @param keep files of before; NULL: none, else it answers connections @return the worst wait status */
static int attempt_keeping(attempt_fn *fn, const int *keep, size_t nr_keep)
{
	int worst = 0;
	for (int kernel = 0; kernel < NR_KERNELS; kernel++) {
		struct place place;
		place_init(&place);
		const struct ks_sandbox_start start = {
			.grants = &place.grants,
			.prepare = look_at_folders,
			.prepare_arg = &place,
			.no_landlock = kernel == 1,
			.keep = keep,
			.nr_keep = nr_keep,
			.answers = keep,
		};
		struct ks_worker worker;
		struct ks_error *err = ks_sandbox_start(&start, &worker);
		if (err) {
			print_message("%s\n", err->msg);
			assert_int_equal(err->code, KS_ERR_UNSUPPORTED);
			ks_error_free(err);
			place_deinit(&place);
			skip();
		}
		if (!worker.pid) {
			int nr = 0;
			fn(&place, &nr);
			_exit(OK);
		}
		int status = ks_sandbox_serve(&start, &worker);
		worst = worst ? worst : status;
		place_deinit(&place);
	}
	return worst;
}

static int attempt(attempt_fn *fn)
{
	return attempt_keeping(fn, NULL, 0);
}

static void try_to_open(const struct place *place, int *nr)
{
	struct stat st;
	char text[PATH_MAX], *up = join(place->folder, "../secret");
	worker_must(fails_with(EACCES, open("/etc/passwd", O_RDONLY)));
	worker_must(fails_with(EACCES, syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0)));
	worker_must(fails_with(EACCES, open(place->secret, O_RDONLY)));
	worker_must(fails_with(EACCES, open(up, O_RDONLY)));
	worker_must(fails_with(EACCES, open("/etc", O_RDONLY | O_DIRECTORY)));
	worker_must(fails_with(EACCES, open("/", O_PATH)));
	worker_must(fails_with(EACCES, open(place->given, O_RDWR)));
	worker_must(fails_with(EACCES, open(place->given, O_RDONLY | O_TRUNC)));
	worker_must(fails_with(EACCES, open(place->inner, O_WRONLY)));
	worker_must(fails_with(EACCES, open(place->folder, O_TMPFILE | O_RDWR, 0600)));
	worker_must(fails_with(EACCES, stat("/etc/passwd", &st)));
	worker_must(fails_with(EACCES, access(place->secret, F_OK)));
	worker_must(fails_with(EACCES, readlink("/proc/self/exe", text, sizeof(text))));
	worker_must(fails_with(EACCES, mkdir(up, 0700)));
	worker_must(fails_with(EACCES, unlink(place->given)));
	worker_must(fails_with(EACCES, rename(place->inner, place->secret)));
	worker_must(fopen("/etc/passwd", "r") == NULL);
	worker_must(fails_with(EPERM, symlink("/etc/passwd", place->out)));
	worker_must(fails_with(EPERM, link(place->given, up)));
	worker_must(fails_with(EPERM, truncate(place->given, 0)));
	worker_must(fails_with(EPERM, chmod(place->given, 0777)));
	worker_must(fails_with(EPERM, chdir("/")));
#ifdef SYS_openat2
	uint64_t how[3] = { O_RDONLY, 0, 0 };
	worker_must(fails_with(ENOSYS,
			       syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof(how))));
#endif
	free(up);
}

static void what_was_not_granted_cannot_be_opened(void **state)
{
	(void)state;
	assert_int_equal(attempt(try_to_open), OK);
}

/** The channel to the parent is all that is left: descriptors of before are gone. */
static void try_descriptors(const struct place *place, int *nr)
{
	(void)place;
	for (int fd = 4; fd < 64; fd++)
		worker_must(fails_with(EBADF, fcntl(fd, F_GETFD)));
}

static void no_descriptor_of_before_is_left(void **state)
{
	(void)state;
	int left = open("/etc/passwd", O_RDONLY), high = fcntl(left, F_DUPFD, 40);
	assert_true(left >= 0 && high >= 40);
	assert_int_equal(attempt(try_descriptors), OK);
	close(left);
	close(high);
}

static void try_to_connect(const struct place *place, int *nr)
{
	(void)place;
	struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = 80 };
	int pair[2];
	worker_must(fails_with(EPERM, socket(AF_INET, SOCK_STREAM, 0)));
	worker_must(fails_with(EPERM, socket(AF_INET6, SOCK_DGRAM, 0)));
	worker_must(fails_with(EPERM, socket(AF_UNIX, SOCK_STREAM, 0)));
	worker_must(fails_with(EPERM, socketpair(AF_UNIX, SOCK_STREAM, 0, pair)));
	worker_must(fails_with(EPERM, connect(3, (struct sockaddr *)&there, sizeof(there))));
	worker_must(fails_with(EPERM, bind(3, (struct sockaddr *)&there, sizeof(there))));
	worker_must(fails_with(EPERM, accept4(3, NULL, NULL, 0)));
	worker_must(fails_with(ENOSYS, epoll_create1(0)));
#ifdef SYS_io_uring_setup
	worker_must(fails_with(ENOSYS, syscall(SYS_io_uring_setup, 1, NULL)));
#endif
}

static void no_network_can_be_reached(void **state)
{
	(void)state;
	assert_int_equal(attempt(try_to_connect), OK);
}

/** What answers connections has the socket that was opened before, and makes no other. */
static void try_to_answer(const struct place *place, int *nr)
{
	(void)place;
	struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = 80 };
	char *const argv[] = { "true", NULL };
	char text[8];
	worker_must(fails_with(EAGAIN, accept4(KS_SANDBOX_KEPT, NULL, NULL, 0)));
	worker_must(read(KS_SANDBOX_KEPT + 1, text, 4) == 4);
	worker_must(fails_with(EBADF, fcntl(KS_SANDBOX_KEPT + 2, F_GETFD)));
	worker_must(epoll_create1(EPOLL_CLOEXEC) == KS_SANDBOX_KEPT + 2);
	worker_must(fails_with(EPERM, socket(AF_INET, SOCK_STREAM, 0)));
	worker_must(fails_with(EPERM, connect(3, (struct sockaddr *)&there, sizeof(there))));
	worker_must(fails_with(EPERM, bind(3, (struct sockaddr *)&there, sizeof(there))));
	worker_must(fails_with(EPERM, listen(KS_SANDBOX_KEPT, 1)));
	worker_must(fails_with(EPERM, execv("/bin/true", argv)));
	worker_must(fork() < 0);
	worker_must(fails_with(EACCES, open("/etc/passwd", O_RDONLY)));
}

static void a_server_answers_and_does_nothing_else(void **state)
{
	(void)state;
	int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), pair[2];
	struct sockaddr_un any = { .sun_family = AF_UNIX }; // a name that the kernel chooses
	assert_true(listening >= 0 && pipe(pair) == 0);
	assert_int_equal(bind(listening, (struct sockaddr *)&any, sizeof(any.sun_family)), 0);
	assert_int_equal(listen(listening, 1), 0);
	for (int kernel = 0; kernel < NR_KERNELS; kernel++)
		assert_int_equal(write(pair[1], "kept", 4), 4);
	const int keep[] = { listening, pair[0] };
	assert_int_equal(attempt_keeping(try_to_answer, keep, 2), OK);
	close(listening);
	close(pair[0]);
	close(pair[1]);
}

static void try_to_exec(const struct place *place, int *nr)
{
	(void)place;
	char *const argv[] = { "true", NULL };
	pid_t pid;
	worker_must(fails_with(EPERM, execv("/bin/true", argv)));
	worker_must(fails_with(EPERM, syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, NULL, 0)));
	worker_must(fork() < 0);
	worker_must(posix_spawn(&pid, "/bin/true", NULL, NULL, argv, NULL) != 0);
	worker_must(fails_with(EPERM, kill(getppid(), SIGTERM)));
	worker_must(fails_with(ENOSYS, syscall(SYS_tgkill, getppid(), getppid(), SIGTERM)));
	worker_must(syscall(SYS_tgkill, getpid(), getpid(), 0) == 0);
	worker_must(fails_with(EPERM, ptrace(PTRACE_ATTACH, getppid(), NULL, NULL)));
	worker_must(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
		    MAP_FAILED);
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	worker_must(page != MAP_FAILED);
	worker_must(mprotect(page, 4096, PROT_READ | PROT_EXEC) != 0);
}

static void nothing_can_be_started(void **state)
{
	(void)state;
	assert_int_equal(attempt(try_to_exec), OK);
}

static bool holds(int fd, const char *text)
{
	char bytes[8] = "";
	bool same = fd >= 0 && read(fd, bytes, sizeof(bytes) - 1) == (ssize_t)strlen(text) &&
		    strcmp(bytes, text) == 0;
	close(fd);
	return same;
}

static void use_grants(const struct place *place, int *nr)
{
	struct stat st;
	char *made = join(place->out, "made"), *moved = join(place->out, "moved");
	char *sub = join(place->out, "sub");
	worker_must(holds(open(place->given, O_RDONLY), "abc"));
	worker_must(holds(open(place->inner, O_RDONLY), "ghi"));
	worker_must(stat(place->given, &st) == 0 && st.st_size == 3 && S_ISREG(st.st_mode));
	worker_must(fstatat(AT_FDCWD, place->folder, &st, 0) == 0 && S_ISDIR(st.st_mode));
	worker_must(stat(place->dir, &st) == 0); // on the way to what was granted
	worker_must(fails_with(ENOENT, open(made, O_RDONLY)));
	int fd = open(made, O_RDWR | O_CREAT | O_EXCL, 0600);
	worker_must(fd >= 0 && write(fd, "jkl", 3) == 3 && fstat(fd, &st) == 0 && st.st_size == 3);
	worker_must(rename(made, moved) == 0);
	int dir = open(place->out, O_RDONLY | O_DIRECTORY);
	worker_must(dir >= 0 && holds(openat(dir, "moved", O_RDONLY), "jkl"));
	worker_must(fails_with(EACCES, openat(dir, "../secret", O_RDONLY)));
	worker_must(renameat(dir, "moved", dir, "made") == 0 && unlinkat(dir, "made", 0) == 0);
	worker_must(mkdirat(dir, "sub", 0700) == 0 && rmdir(sub) == 0);
	worker_must(open(place->out, O_TMPFILE | O_RDWR, 0600) >= 0);
	worker_must(memfd_create("x", 0) >= 0);
	worker_must(fchmod(fd, 0640) == 0 && fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0640);
	worker_must(fails_with(EPERM, fchmod(fd, 04755)));
	worker_must(fails_with(EPERM, fchown(fd, 0, 12345)));
	fd = open(place->given, O_RDONLY);
	worker_must(fd >= 0 && fails_with(EPERM, fchmod(fd, 0777)));
	worker_must(fails_with(EPERM, fchown(fd, getuid(), getgid())));
	worker_must(fails_with(EBADF, fchmod(-1, 0600)) && fails_with(EBADF, fchmod(77, 0600)));
	free(made);
	free(moved);
	free(sub);
}

/** Nobody writes into the pipe: a parent that waited for one would answer no more. */
static void try_pipes(const struct place *place, int *nr)
{
	char *inner = join(place->folder, "pipe"), *out = join(place->out, "pipe");
	worker_must(fails_with(ENXIO, open(inner, O_RDONLY)));
	worker_must(fails_with(ENXIO, open(out, O_WRONLY)));
	int fd = open(inner, O_RDONLY | O_NONBLOCK);
	worker_must(fd >= 0 && (fcntl(fd, F_GETFL) & O_NONBLOCK));
	fd = open(place->given, O_RDONLY);
	worker_must(fd >= 0 && !(fcntl(fd, F_GETFL) & O_NONBLOCK));
	free(inner);
	free(out);
}

static void nobody_waits_for_a_pipe(void **state)
{
	(void)state;
	assert_int_equal(attempt(try_pipes), OK);
}

static void what_was_granted_can_be_used(void **state)
{
	(void)state;
	assert_int_equal(attempt(use_grants), OK);
}

/** The parent is not asked: this worker has closed the channel. */
static void try_folders(const struct place *place, int *nr)
{
	struct stat st;
	char *gone = join(place->folder, "..");
	close(3);
	worker_must(lstat(place->folder, &st) == 0 && S_ISDIR(st.st_mode));
	worker_must(lstat(place->dir, &st) == 0 && lstat("/tmp", &st) == 0);
	worker_must(lstat(place->out, &st) < 0 && lstat(gone, &st) < 0);
	worker_must(lstat(place->inner, &st) < 0 && stat(place->folder, &st) < 0);
	free(gone);
}

static void folders_are_looked_at_once(void **state)
{
	(void)state;
	assert_int_equal(attempt(try_folders), OK);
}

enum { NR_THREADS = 4, ROUNDS = 200 };

static void *read_often(void *arg)
{
	const struct place *place = arg;
	struct stat st;
	for (int i = 0; i < ROUNDS; i++)
		if (!holds(open(place->given, O_RDONLY), "abc") ||
		    open(place->secret, O_RDONLY) >= 0 || stat(place->inner, &st) != 0)
			return NULL;
	return arg;
}

static void use_threads(const struct place *place, int *nr)
{
	pthread_t threads[NR_THREADS];
	void *result;
	for (int i = 0; i < NR_THREADS; i++)
		worker_must(pthread_create(&threads[i], NULL, read_often,
					   (void *)(uintptr_t)place) == 0);
	for (int i = 0; i < NR_THREADS; i++)
		worker_must(pthread_join(threads[i], &result) == 0 && result == place);
}

static void threads_of_the_worker_ask_side_by_side(void **state)
{
	(void)state;
	assert_int_equal(attempt(use_threads), OK);
}

/** What a library does that starts threads of its own: nothing is delivered to them. */
static void block_all(const struct place *place, int *nr)
{
	sigset_t all, before, now;
	sigemptyset(&before);
	worker_must(sigfillset(&all) == 0);
	worker_must(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
	worker_must(!sigismember(&before, SIGUSR1));
	int fd = open(place->given, O_RDONLY | O_CLOEXEC);
	worker_must(fd >= 0 && close(fd) == 0);
	worker_must(fails_with(EACCES, open(place->secret, O_RDONLY | O_CLOEXEC)));
	worker_must(pthread_sigmask(SIG_SETMASK, NULL, &now) == 0);
	worker_must(sigismember(&now, SIGUSR1) && sigismember(&now, SIGTERM));
	pthread_t thread;
	void *good = NULL;
	worker_must(pthread_create(&thread, NULL, read_often, (void *)(uintptr_t)place) == 0);
	worker_must(pthread_join(thread, &good) == 0 && good);
	sigset_t one;
	sigemptyset(&one);
	sigaddset(&one, SIGUSR1);
	worker_must(pthread_sigmask(SIG_UNBLOCK, &one, &before) == 0);
	worker_must(sigismember(&before, SIGUSR1));
	worker_must(pthread_sigmask(SIG_BLOCK, &one, &before) == 0);
	worker_must(!sigismember(&before, SIGUSR1) && sigismember(&before, SIGTERM));
	worker_must(pthread_sigmask(99, &one, NULL) == EINVAL);
	worker_must(pthread_kill(pthread_self(), SIGUSR1) == 0); // blocked: nothing comes of it
	sigset_t waiting;
	worker_must(sigpending(&waiting) == 0 && sigismember(&waiting, SIGUSR1));
}

static void blocked_signals_stop_no_question(void **state)
{
	(void)state;
	assert_int_equal(attempt(block_all), OK);
}

static void crash(const struct place *place, int *nr)
{
	(void)place;
	(void)nr;
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
}

static void a_crash_is_seen(void **state)
{
	(void)state;
	int status = attempt(crash);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
}

/** A worker that was taken over says what it wants to its parent. */
static void send_nonsense(const struct place *place, int *nr)
{
	(void)place;
	(void)nr;
	char text[600];
	for (unsigned int i = 0; i < 2000; i++) {
		size_t len = 16 + (i * 7919) % (sizeof(text) - 16);
		for (size_t k = 0; k < len; k++)
			text[k] = (char)(i * 31 + k * 17 + (i * k) % 251);
		memset(text, 0, 16);
		text[0] = (char)(i % 12); // what is asked
		text[12] = (char)(i % 3); // whether there is a folder
		if (i % 2)
			text[len - 1] = '\0';
		if (send(3, text, len, MSG_NOSIGNAL) < 0 || recv(3, text, sizeof(text), 0) < 0)
			return;
	}
}

static void nonsense_is_answered(void **state)
{
	(void)state;
	assert_int_equal(attempt(send_nonsense), OK);
}

static void paths_are_compared_part_by_part(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		bool read, leads;
	} cases[] = {
		{ "/a/b", true, false },	{ "/a/b/", true, false },
		{ "//a/./b", true, false },	{ "/a/b/c/d", true, false },
		{ "/a/b/../b", false, false },	{ "/a/b/c/..", false, false },
		{ "/a/b/..c", true, false },	{ "/a/bc", false, false },
		{ "/a", false, true },		{ "/", false, true },
		{ "/a/x", true, false },	{ "/a/x/y", false, false },
		{ "/t/config-1", true, false }, { "/t/config-", true, false },
		{ "/t/config", false, false },	{ "/t/config-/../x", false, false },
		{ "/t", false, true },		{ "", false, true },
	};
	struct ks_grants grants = { 0 };
	assert_null(ks_grants_add(&grants, "/a//b/", KS_GRANT_READ | KS_GRANT_BELOW));
	assert_null(ks_grants_add(&grants, "/a/x", KS_GRANT_READ));
	assert_null(ks_grants_add(&grants, "/t/config-", KS_GRANT_READ | KS_GRANT_BEGINNING));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path = ks_grants_path(&grants, cases[i].path);
		assert_non_null(path);
		assert_int_equal(ks_grants_allow(&grants, path, KS_GRANT_READ), cases[i].read);
		assert_false(ks_grants_allow(&grants, path, KS_GRANT_WRITE));
		assert_int_equal(ks_grants_lead_to(&grants, path, 0), cases[i].leads);
		free(path);
	}
	ks_grants_deinit(&grants);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_not_granted_cannot_be_opened),
		cmocka_unit_test(no_descriptor_of_before_is_left),
		cmocka_unit_test(no_network_can_be_reached),
		cmocka_unit_test(a_server_answers_and_does_nothing_else),
		cmocka_unit_test(nothing_can_be_started),
		cmocka_unit_test(what_was_granted_can_be_used),
		cmocka_unit_test(nobody_waits_for_a_pipe),
		cmocka_unit_test(folders_are_looked_at_once),
		cmocka_unit_test(threads_of_the_worker_ask_side_by_side),
		cmocka_unit_test(blocked_signals_stop_no_question),
		cmocka_unit_test(a_crash_is_seen),
		cmocka_unit_test(nonsense_is_answered),
		cmocka_unit_test(paths_are_compared_part_by_part),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
