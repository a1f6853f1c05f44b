/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/memory.h"
#include "cli/draw.h"
#include "cli/opts.h"
#include "cli/status.h"
#include "source/net/set_kernels.h"

enum ks_color { KS_COLOR_AUTO, KS_COLOR_ALWAYS, KS_COLOR_NEVER };
enum ks_sandbox { KS_SANDBOX_AUTO, KS_SANDBOX_ON, KS_SANDBOX_OFF };

/** What one run of the command was asked for, and how it went so far. */
struct ks_cli {
	const char *db; // --db, or NULL: use ks_cli_db_path()
	bool json, quiet, help, version, no_pager;
	struct ks_cli_installed *installed; // with --installed; NULL
	bool paged;			    // a pager shows what is printed
	unsigned int verbose;
	int color;		 // enum ks_color
	int sandbox;		 // enum ks_sandbox
	unsigned int nr_jobs;	 // -j; 0: as many as there are processors
	unsigned int wait;	 // --wait: seconds for a store that is locked; 0: the usual
	int status;		 // the exit status: that of the first failure
	enum ks_answers answers; // of the command that runs
	int answer;		 // the exit status when nothing fails
	struct ks_draw draw;	 // progress, on a terminal
	const struct ks_transport *transport; // who fetches for it; NULL: it does it itself
	int serving[2];			      // what ks_cmd.begin opened; -1: nothing
	char *default_db;		      // what ks_cli_db_path() made; freed at the end
};

/** What a command opens besides what its options and arguments name. */
enum ks_opens {
	KS_OPENS_STORE = 1,
	KS_OPENS_POLICY = 2, // the ksurf.toml of the current folder
	KS_OPENS_LIVE = 4,   // the running kernel, when it is named
};

/** How a command fetches. */
struct ks_fetches {
	struct ks_pull_opts pull;
	struct ks_set_extent extent; // of sets
	bool only_lists;	     // no package is opened: nothing is there for a worker to read
	bool nothing;		     // these options fetch nothing
	const char *plan; // a plan (source/net/pull_plan.h): what it has, and nothing else
	bool follows;	  // sets that the store follows, where none is named
	bool by_build_id;
	const char *debuginfod; // servers; NULL: those of the environment
};

/** One subcommand: a row that also makes its help, its completion and its place in the manual. */
struct ks_cmd {
	const char *name;
	const char *args;	    // as in its usage line: "KIND NAME…"
	const char *help;	    // one line, imperative
	const char *details;	    // more lines for its own help, or NULL
	void (*explain)(FILE *out); // prints what its help says from other tables, or NULL
	/**
	 * What its arguments are, for completion: words of "command", "kind", "name", "image", "file",
	 * "store", "dir", "package", "shell", in order; the last one repeats.
	 */
	const char *complete;
	const struct ks_opt *opts; // ends with a row without a name; NULL: none
	size_t opts_size;	   // of the struct that opts fill, zeroed first
	enum ks_answers answers;   // what its lowest exit statuses mean
	bool pages;		   // what it prints is for reading: on a terminal through a pager
	bool json;	    // it prints JSON where --json asks for it; else the option is refused
	unsigned int opens; // KS_OPENS_*; 0: nothing that others made, and it needs no sandbox
	/** What its options say of fetching; NULL: it fetches nothing. */
	void (*fetches)(const void *opts, struct ks_fetches *ret);
	/** Whether its options ask for what is installed; NULL: they never do. */
	bool (*installed)(const void *opts);
	/**
	 * It answers connections: open what it does so by in cli->serving, before it is locked up. SIGINT and SIGTERM, which are blocked
	 * from then on, are passed on to it. NULL: it does not
	 */
	struct ks_error *(*begin)(struct ks_cli *cli, const void *opts);
	/** @param opts the filled struct @param argv the arguments without command and options */
	struct ks_error *(*run)(struct ks_cli *cli, const void *opts, int argc, char **argv);
};

/** All of them, in the order of the help; ends with NULL. */
extern const struct ks_cmd *const ks_cmds[];
extern const struct ks_cmd ks_cmd_add, ks_cmd_pull, ks_cmd_update, ks_cmd_plan, ks_cmd_images,
	ks_cmd_merge, ks_cmd_repack, ks_cmd_publish, ks_cmd_fetch, ks_cmd_serve, ks_cmd_find,
	ks_cmd_show, ks_cmd_diff, ks_cmd_log, ks_cmd_deps, ks_cmd_check, ks_cmd_explain, ks_cmd_who,
	ks_cmd_impact, ks_cmd_stats, ks_cmd_export, ks_cmd_completion, ks_cmd_help, ks_cmd_version;

/** The options that every command takes; they fill struct ks_cli. */
extern const struct ks_opt ks_cli_opts[];

/** NULL when there is none of that name. */
const struct ks_cmd *ks_cmd_by_name(const char *name);
/** KS_ERR_USAGE, with the nearest name. */
struct ks_error *ks_cmd_unknown(const char *word);

/** Parse, run, report: all of main(). @return the exit status */
int ks_cli_main(int argc, char **argv);

/** Print an error as one line on stderr, and keep its exit status if it is the first. */
void ks_cli_tell(struct ks_cli *cli, const struct ks_error *err);
/** The same, and free it. */
void ks_cli_fail(struct ks_cli *cli, struct ks_error *err);

/** What cannot be read is left out, and said: fits ks_trouble_fn and ks_bpf_left_out_fn. @param cli a struct ks_cli */
void ks_cli_leave_out(void *cli, struct ks_error *err);

/** The store's path: --db, else below the user's data directory. Borrowed from cli. */
KS_MUST_CHECK struct ks_error *ks_cli_db_path(struct ks_cli *cli, const char **ret);

/** The same without making its folder. */
KS_MUST_CHECK struct ks_error *ks_cli_db_name(struct ks_cli *cli, const char **ret);

/** Make the folders in front of the last slash, as mkdir -p does. @param path changed and restored */
KS_MUST_CHECK struct ks_error *ks_cli_make_dirs(char *path);

/**
 * Print a line. Whatever names are in it, it stays one, and drives neither a terminal nor what reads logs: it is made fit for
 * KS_TEXT_LINE. Fails as fwrite() does; nothing is printed when memory runs out.
 */
KS_PRINTF(2, 3) void ks_cli_say(FILE *out, const char *fmt, ...);

/** Print what a report made; with JSON an end of line behind it. */
void ks_cli_print(const struct ks_buf *text, const char *end);

/** What a file that is written is called until it is whole: its name and this. */
#define KS_RESULT_ENDING ".ksurf-new"
/** Write a file: it is there whole, or as it was. */
KS_MUST_CHECK struct ks_error *ks_cli_write_file(const char *path, const struct ks_buf *text);

/** Write all of the bytes to a descriptor. @return false, with errno, when that cannot be done */
bool ks_cli_write(int fd, const void *bytes, size_t len);

/** Whether output to that stream shall be coloured. */
bool ks_cli_colored(const struct ks_cli *cli, FILE *out);

/** An error where --json asks for JSON of what has none. @param what "images --names" */
KS_MUST_CHECK struct ks_error *ks_cli_no_json(const struct ks_cli *cli, const char *what);
/** Print a document: JSON that was written to a buffer, and an end of line. */
KS_MUST_CHECK struct ks_error *ks_cli_print_json(const struct ks_buf *json);

/** How wide the terminal is that output goes to; 0 when it is none. */
unsigned int ks_cli_columns(void);

/** How many threads to use. */
unsigned int ks_cli_threads(const struct ks_cli *cli);

/** Write the help of one command, or of all when cmd is NULL. */
void ks_help_print(FILE *out, const struct ks_cmd *cmd);
