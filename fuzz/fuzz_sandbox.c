/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker that was taken over says what it likes to its parent. The first byte of an input says where: q, questions about files:
 * for each a byte for its length, one for what lies beside it, and the bytes; s, a stream to whatever fetches. No file is opened but
 * what was granted, no other file changes, and no descriptor stays behind.
 */
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/sandbox.h"
#include "cli/sandbox_private.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { QUESTIONS_MAX = 16 }; // the answers fit between the two

/** What lies beside a question. */
enum { NOTHING, GRANTED_DIR, OTHER_DIR, TWO, NR_BESIDE };

static char folder
	[64]; // "in" is to be read, "out" to be written, "tmp" for files without a name, "secret" is not granted
static struct ks_grants grants;
static int home, place; // where libFuzzer's files are, and the folder

static void must(bool condition)
{
	if (!condition)
		abort();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	if (at->level > 0)
		must(remove(path) == 0);
	return 0;
}

static void empty(const char *dir)
{
	must(nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

/** The folder itself may be gone, or a file: it was granted. */
static void renew(const char *dir)
{
	struct stat st;
	if (lstat(dir, &st) == 0) {
		empty(dir);
		must(remove(dir) == 0);
	}
	must(mkdir(dir, 0700) == 0);
}

static void write_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	must(fd >= 0 && write(fd, "abc", 3) == 3);
	close(fd);
}

static void leave(void)
{
	empty(folder);
	rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	strcpy(folder, "/tmp/ksurf-fuzz-XXXXXX");
	must(mkdtemp(folder) && (home = open(".", O_PATH | O_CLOEXEC)) >= 0 &&
	     (place = open(folder, O_PATH | O_CLOEXEC)) >= 0 && fchdir(place) == 0 &&
	     mkdir("in", 0700) == 0 && mkdir("out", 0700) == 0 && mkdir("tmp", 0700) == 0);
	atexit(leave);
	write_file("secret");
	write_file("in/file");
	must(mkfifo("in/pipe", 0600) == 0);
	must(!ks_grants_add(&grants, "in", KS_GRANT_READ | KS_GRANT_BELOW) &&
	     !ks_grants_add(&grants, "out", KS_GRANT_READ | KS_GRANT_WRITE | KS_GRANT_BELOW) &&
	     !ks_grants_add(&grants, "tmp", KS_GRANT_UNNAMED) &&
	     !ks_grants_add(&grants, "out/store-", KS_GRANT_READ | KS_GRANT_BEGINNING) &&
	     fchdir(home) == 0);
	return 0;
}

static unsigned int count_open(void)
{
	enum { LOOKED_AT = 128 };
	unsigned int nr = 0;
	for (int fd = 0; fd < LOOKED_AT; fd++)
		nr += fcntl(fd, F_GETFD) >= 0;
	return nr;
}

/** Whether as many are open as before, once threads that were left have ended. */
static bool are_open(unsigned int nr)
{
	for (int tries = 0; tries < 1000 && count_open() != nr; tries++)
		usleep(1000);
	return count_open() == nr;
}

/* ---- questions ---- */

static void send_question(int channel, const uint8_t *bytes, size_t len, unsigned int beside)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control = { 0 };
	struct iovec out = { (void *)(uintptr_t)bytes, len };
	struct msghdr msg = { .msg_iov = &out, .msg_iovlen = 1 };
	int fds[2] = { open(beside == GRANTED_DIR ? "out" : "/", O_RDONLY | O_CLOEXEC),
		       open("/", O_RDONLY | O_CLOEXEC) };
	size_t nr = beside == TWO ? 2 : beside == NOTHING ? 0 : 1;
	if (nr) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(nr * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(nr * sizeof(int));
		memcpy(CMSG_DATA(&control.header), fds, nr * sizeof(int));
	}
	must(sendmsg(channel, &msg, 0) == (ssize_t)len);
	close(fds[0]);
	close(fds[1]);
}

static bool begins(const char *path, const char *dir)
{
	char whole[80];
	int len = snprintf(whole, sizeof(whole), "%s/%s", folder, dir);
	return strncmp(path, whole, (size_t)len) == 0 && (!path[len] || path[len] == '/');
}

/** What was opened was granted. */
static void check_opened(int fd)
{
	char link[64], path[PATH_MAX] = "";
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	must(readlink(link, path, sizeof(path) - 1) > 0);
	int mode = fcntl(fd, F_GETFL) & O_ACCMODE;
	must(begins(path, "out") || begins(path, "tmp/") ||
	     (begins(path, "in") && mode == O_RDONLY) || begins(path, "tmp"));
	close(fd);
}

static void take_answers(int channel)
{
	char bytes[sizeof(struct ks_ask_reply) + sizeof(union ks_ask_data)] = { 0 };
	ssize_t n;
	do {
		union ks_ask_beside beside;
		struct iovec in = { bytes, sizeof(bytes) };
		struct msghdr msg = { .msg_iov = &in,
				      .msg_iovlen = 1,
				      .msg_control = &beside,
				      .msg_controllen = sizeof(beside) };
		n = recvmsg(channel, &msg, MSG_CMSG_CLOEXEC);
		int fd = n > 0 ? ks_ask_attached(&msg) : -1;
		if (fd >= 0)
			check_opened(fd);
	} while (n > 0);
}

/** The parent answers them one after the other, as it does while a worker lives. */
static void try_questions(const uint8_t *bytes, size_t len)
{
	int pair[2];
	const struct ks_sandbox_start start = { .grants = &grants };
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
	for (unsigned int nr = 0; nr < QUESTIONS_MAX && len > 2; nr++) {
		size_t own = bytes[0] < len - 2 ? bytes[0] : len - 2;
		if (own) // nothing is the end
			send_question(pair[1], bytes + 2, own, bytes[1] % NR_BESIDE);
		bytes += 2 + own;
		len -= 2 + own;
	}
	must(shutdown(pair[1], SHUT_WR) == 0);
	struct ks_worker nobody = { .channel = pair[0] };
	must(ks_sandbox_serve(&start, &nobody) == 0);
	take_answers(pair[1]);
	close(pair[1]);
	struct stat st;
	must(stat("secret", &st) == 0 && st.st_size == 3 && stat("in/file", &st) == 0 &&
	     st.st_size == 3 && stat("in/pipe", &st) == 0);
	renew("out");
	renew("tmp");
}

/* ---- a stream ---- */

static struct ks_error *resolve(void *arg, const char *package, enum ks_remote_part part,
				const struct ks_progress *progress, struct ks_remote *ret)
{
	(void)arg;
	(void)part;
	KS_TRY(ks_progress_tell(progress, package, 1, 2));
	ret->url = strdup("https://there/package");
	return ret->url ? NULL : &ks_nomem;
}

static struct ks_error *expand(void *arg, const char *word, const struct ks_set_extent *extent,
			       const struct ks_progress *progress, bool *is_set,
			       struct ks_set_kernels *ret)
{
	(void)arg;
	(void)word;
	(void)extent;
	(void)progress;
	*is_set = true;
	ret->pull.set = "set";
	return ks_vector_add(&ret->packages, "package") ? NULL : &ks_nomem;
}

static struct ks_error *open_url(void *arg, const char *url, const struct ks_http_opts *opts,
				 struct ks_input **ret)
{
	static const char bytes[] = "what lies there";
	(void)arg;
	(void)opts;
	must(strcmp(url, "https://there/package") == 0); // that alone was found
	return ks_input_memory(bytes, sizeof(bytes), ret);
}

static void try_stream(const uint8_t *bytes, size_t len)
{
	static const struct ks_transport there = { .resolve = resolve,
						   .expand = expand,
						   .open = open_url };
	static char *argv[] = { "set", "package" };
	static const struct ks_sandbox_job job = { .argc = 2, .argv = argv };
	static struct ks_fetch_server server = { .job = &job, .grants = &grants };
	char answer[4096];
	server.how.pull.http.transport = &there;
	int fd = ks_fetch_server_begin(&server);
	must(fd >= 0);
	while (len) { // it may wait for room for its answers
		struct pollfd ready = { fd, POLLIN | POLLOUT, 0 };
		must(poll(&ready, 1, -1) == 1);
		if ((ready.revents & POLLIN) && recv(fd, answer, sizeof(answer), 0) <= 0)
			break;
		if (!(ready.revents & POLLOUT))
			continue;
		ssize_t n = send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0)
			break;
		bytes += n;
		len -= (size_t)n;
	}
	shutdown(fd, SHUT_WR);
	while (recv(fd, answer, sizeof(answer), 0) > 0)
		;
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	unsigned int before = count_open();
	must(fchdir(place) == 0);
	if (len && bytes[0] == 'q')
		try_questions(bytes + 1, len - 1);
	else if (len && bytes[0] == 's')
		try_stream(bytes + 1, len - 1);
	must(fchdir(home) == 0 && are_open(before));
	return 0;
}
