/* SPDX-License-Identifier: BSD-2-Clause */
#include "own_archive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/buf.h"
#include "scratch.h"
#include "source/net/spawn.h"

struct ks_pull_opts own_archive_opts(const char *url, const char *cache)
{
	return (struct ks_pull_opts){
		.mirror = url,
		.suite = "test",
		.arch = "arm64",
		.cache_dir = cache,
		.allow_unsigned = true,
		.http = { .backoff_ms = 1 },
	};
}

void own_apt_need(void)
{
	static const char *const argv[] = { "apt-get", "--version", NULL };
	struct ks_spawn run = { 0 };
	struct ks_error *err = ks_spawn_run(argv, -1, &run);
	ks_spawn_deinit(&run);
	ks_error_free(err);
	if (!err)
		return;
	print_message("no apt-get on this machine: skipped\n");
	skip();
}

void own_apt_use(const char *dir, const char *file, const char *source)
{
	static const char *const dirs[] = {
		"state",	  "state/lists",    "state/lists/partial",
		"cache",	  "cache/archives", "cache/archives/partial",
		"sources.list.d", "apt.conf.d",	    "trusted.gpg.d"
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(dirs); i++) {
		char full[512];
		snprintf(full, sizeof(full), "%s/%s", dir, dirs[i]);
		mkdir(full, 0700);
	}
	char below[512];
	snprintf(below, sizeof(below), "%s/sources.list.d", dir);
	free(write_file(below, file, source, strlen(source)));
	struct ks_buf text = { 0 };
	ks_buf_printf(&text,
		      "Dir::State \"%s/state\";\nDir::State::status \"/dev/null\";\n"
		      "Dir::Cache \"%s/cache\";\nDir::Etc \"%s\";\nDir::Log \"%s\";\n"
		      "APT::Architecture \"arm64\";\nAPT::Architectures:: \"arm64\";\n"
		      "APT::Sandbox::User \"root\";\nAcquire::Languages \"none\";\n",
		      dir, dir, dir, dir);
	char *conf = write_file(dir, "apt.conf", text.at, text.len);
	ks_buf_deinit(&text);
	setenv("APT_CONFIG", conf, 1);
	free(conf);
	static const char *const update[] = { "apt-get", "update", NULL };
	struct ks_spawn run = { 0 };
	assert_null(ks_spawn_run(update, -1, &run));
	if (run.status)
		fail_msg("%s", run.err.at);
	ks_spawn_deinit(&run);
}

void own_apt_forget(void)
{
	unsetenv("APT_CONFIG");
}
