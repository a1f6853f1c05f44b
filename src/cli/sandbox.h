/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * A worker for what strangers made. The command forks before it has threads: the worker goes on with the command and can,
 * from then on, neither name a file nor reach a network nor start anything. Where it tries to open a file, the kernel stops it
 * (SECCOMP_RET_TRAP); the worker asks its parent instead, which opens what was granted before anything was read, and hands the
 * descriptor over. The parent looks into no file.
 */
#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/vector.h"
#include "cli/cmd.h"
#include "source/net/pull_plan.h"

/* ---- sandbox_grants.c: what may be opened ---- */

/** What may be done with a path. */
enum ks_grant_right {
	KS_GRANT_READ = 1,
	KS_GRANT_WRITE = 2,   // make, write, rename and remove it, too
	KS_GRANT_UNNAMED = 4, // make files without a name in that folder
	KS_GRANT_BELOW =
		8, // the same for all that lies below it; links that lie there are followed
	KS_GRANT_BEGINNING = 16, // the same for names in its folder that begin so
};

struct ks_grant {
	char *path; // absolute, without "." and double slashes; ".." stays
	unsigned int rights;
};

/** A zeroed one grants nothing. */
struct ks_grants {
	KS_VECTOR(struct ks_grant) list;
	pthread_mutex_t lock; // of the parent, which may grant more while it serves
	char *here;	      // what relative paths begin with; found when it is needed
};

/** @param path need not exist */
KS_MUST_CHECK struct ks_error *ks_grants_add(struct ks_grants *grants, const char *path,
					     unsigned int rights);
/** The absolute form of a path, as grants are compared with. @return to be freed; NULL when memory runs out */
char *ks_grants_path(const struct ks_grants *grants, const char *path);
/** Whether one of the grants has the right. @param path as ks_grants_path() makes it */
bool ks_grants_allow(const struct ks_grants *grants, const char *path, enum ks_grant_right right);
/** Whether the path is a folder on the way to a grant. @param rights one of these is enough; 0: any grant counts */
bool ks_grants_lead_to(const struct ks_grants *grants, const char *path, unsigned int rights);
void ks_grants_deinit(struct ks_grants *grants);

/* ---- sandbox_start.c: the two processes ---- */

/** How a worker is started. */
struct ks_sandbox_start {
	struct ks_grants *grants;
	/** In the parent: begin to fetch for the worker. @return its end of a stream, or a negative errno; NULL: never */
	int (*fetch)(void *arg);
	void *fetch_arg;
	void (*prepare)(
		const void *arg); // in the worker, before it is locked up: loads libraries; or NULL
	const void *prepare_arg;
	/** Open files that the worker keeps; there they are KS_SANDBOX_KEPT and those that follow, in the order of this. */
	const int *keep;
	size_t nr_keep;	  // KS_SANDBOX_KEEPS at most
	bool answers;	  // it answers connections, on a socket that it keeps
	bool no_landlock; // for tests: as on a kernel that has none
};

/** Where files that are kept are in the worker. */
enum { KS_SANDBOX_KEPT = 4, KS_SANDBOX_KEEPS = 2 };

/** A worker, as its parent sees it. */
struct ks_worker {
	pid_t pid; // 0: this is the worker itself
	int channel;
};

/**
 * Fork. In the worker it returns locked up, and without open files but the standard ones. In the parent it returns once that is
 * so, and ks_sandbox_serve() is to be called next.
 * @return KS_ERR_UNSUPPORTED when this build or this system has no sandbox: there is no worker then
 */
KS_MUST_CHECK struct ks_error *ks_sandbox_start(const struct ks_sandbox_start *start,
						struct ks_worker *ret);

/** Answer the worker until it ends. @return its wait status, as of waitpid(2) */
int ks_sandbox_serve(const struct ks_sandbox_start *start, struct ks_worker *worker);

/**
 * For ks_sandbox_start.prepare: lstat(2) of the folders on the way to that file is answered as things are now. SQLite asks about
 * each of them, and each question would take a turn of the parent. @param path absolute
 */
void ks_sandbox_look_at_folders(const char *path);

/** In the worker: a stream to whatever fetches in the parent. @return -1: there is nothing */
int ks_sandbox_fetch(void);

/* ---- sandbox_files.c, sandbox.c: for a command ---- */

/** What is done with the store. */
enum ks_store_use {
	KS_STORE_CHANGED,
	KS_STORE_SHOWN,	    // it is read, and SQLite tells other readers, in files beside it
	KS_STORE_LOOKED_AT, // nothing is written, not even beside it: another process has it open
};

/** A command about to run. */
struct ks_sandbox_job {
	const struct ks_cmd *cmd;
	const void *opts; // as the command gets them
	int argc;
	char **argv;
	const char *db; // path of the store; NULL: nobody knows
	enum ks_store_use use;
};

/** What a command line is about. */
struct ks_sandbox_files {
	struct ks_grants grants;
	char *store;   // where it is; NULL: nobody knows
	bool packed;   // some input may be an archive, or packed
	bool fetched;  // so may be what comes from elsewhere
	bool pictures; // what is written is drawn
};
/** @param fetched whether it fetches what it reads */
KS_MUST_CHECK struct ks_error *ks_sandbox_files_find(const struct ks_sandbox_job *job, bool fetched,
						     struct ks_sandbox_files *files);

/* ---- sandbox_fetch.c, sandbox_server.c: the network stays with the parent ---- */

/** The worker's side: everything is asked of the parent. Static. */
const struct ks_transport *ks_sandbox_transport(void);

/** The parent's side. Its threads use it until the process ends. */
struct ks_fetch_server {
	const struct ks_sandbox_job *job; // fetched is what it names
	struct ks_grants *grants;	  // packages that apt has as local files are granted
	struct ks_fetches how;
	struct ks_pull_plan plan;		  // that how names
	KS_VECTOR(struct ks_pull_opts *) planned; // how to pull what was asked for of it
	pthread_mutex_t lock;
	KS_VECTOR(struct ks_remote) found;	 // what may be opened
	KS_VECTOR(struct ks_set_kernels *) sets; // of the sets among what it names
};
/** For ks_sandbox_start.fetch. @param arg a struct ks_fetch_server */
int ks_fetch_server_begin(void *arg);

/**
 * Go on as a worker, as --sandbox says.
 * @param[out] done true in the parent, when the worker has done it all: its exit status is that of cli then
 * @return in the parent also why the worker crashed
 */
KS_MUST_CHECK struct ks_error *ks_sandbox_enter(struct ks_cli *cli,
						const struct ks_sandbox_job *job, bool *done);
