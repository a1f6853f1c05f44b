/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The object reader against what a loader saw when it loaded a thousand programs. Opt-in: KSURF_BPF_OBJECTS names a
 * folder with the objects of truth/objects.jsonl.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json_read.h"
#include "bpf_object.h"

struct truth {
	char obj[128], prog[128], sec[128], type[64], attach[64];
	bool autoload;
	uint64_t insns, relos;
};

static void copy_text(char *to, size_t size, struct ks_jread_text text)
{
	snprintf(to, size, "%.*s", (int)text.len, text.at);
}

static void read_truth(struct ks_jread *r, const char *line, struct truth *ret)
{
	static const struct ks_jread_keys keys = {
		.nr = 8,
		.names = { "obj", "prog", "sec", "type", "eat", "autoload", "insns", "relos" },
	};
	uint32_t seen = 0;
	int key;
	memset(ret, 0, sizeof(*ret));
	ks_jread_begin(r, line, strlen(line));
	ks_jread_enter(r, '{');
	while ((key = ks_jread_key(r, &keys, &seen)) >= 0) {
		if (key == 0)
			copy_text(ret->obj, sizeof(ret->obj), ks_jread_string(r));
		else if (key == 1)
			copy_text(ret->prog, sizeof(ret->prog), ks_jread_string(r));
		else if (key == 2)
			copy_text(ret->sec, sizeof(ret->sec), ks_jread_string(r));
		else if (key == 3)
			copy_text(ret->type, sizeof(ret->type), ks_jread_string(r));
		else if (key == 4)
			copy_text(ret->attach, sizeof(ret->attach), ks_jread_string(r));
		else if (key == 5)
			ret->autoload = ks_jread_bool(r);
		else if (key == 6)
			ret->insns = ks_jread_uint(r, UINT32_MAX);
		else
			ret->relos = ks_jread_uint(r, UINT32_MAX);
	}
	assert_true(ks_jread_end(r));
}

/** CO-RE relocations of a program's own instructions, and of all functions that are no programs. */
static uint64_t count_relos(const struct ks_bpf_object *object,
			    const struct ks_bpf_program *program)
{
	uint64_t rest = object->nr_cores;
	for (uint32_t i = 0; i < object->nr_programs; i++) {
		const struct ks_bpf_program *other = &object->programs[i];
		for (uint32_t k = 0; other != program && k < other->nr_main; k++)
			rest -= other->cores[k] != KS_NO_INDEX;
	}
	return rest;
}

static void check_truth(const struct ks_bpf_object *object, const struct truth *truth)
{
	const struct ks_bpf_program *program = program_of(object, truth->prog);
	assert_string_equal(program->section, truth->sec);
	assert_int_equal(program->autoload, truth->autoload);
	assert_int_equal(program->nr_main, truth->insns);
	if (truth->relos) // 0 as well when it was never tried
		assert_int_equal(count_relos(object, program), truth->relos);
	if (program->hook.kind == KS_HOOK_NONE)
		return;
	same_enum(program->hook.program_type, "BPF_PROG_TYPE_", truth->type);
	if (program->hook.attach_type)
		same_enum(program->hook.attach_type, "BPF_", truth->attach);
	else
		assert_string_equal(truth->attach, "cgroup_inet_ingress");
}

static void real_objects_are_what_a_loader_saw(void **state)
{
	(void)state;
	const char *shared = getenv("KSURF_SHARED"), *folder = getenv("KSURF_BPF_OBJECTS");
	char path[4096], open_name[128] = "";
	struct file truths, file = { 0 };
	if (!shared || !folder) {
		print_message("KSURF_SHARED or KSURF_BPF_OBJECTS is not set\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/truth/6.1.0-50-amd64.jsonl", shared);
	assert_true(read_file(path, &truths));
	struct ks_jread reader = { 0 };
	struct ks_bpf_object *object = NULL;
	size_t nr = 0;
	for (char *at = truths.bytes, *line; (line = strsep(&at, "\n")) && *line; nr++) {
		struct truth truth;
		read_truth(&reader, line, &truth);
		if (strcmp(open_name, truth.obj) != 0) {
			ks_bpf_close(object);
			free(file.bytes);
			snprintf(path, sizeof(path), "%s/%s", folder, truth.obj);
			assert_true(read_file(path, &file));
			object = open_object(&file, path);
			snprintf(open_name, sizeof(open_name), "%s", truth.obj);
		}
		check_truth(object, &truth);
	}
	print_message("%zu programs agree\n", nr);
	ks_bpf_close(object);
	ks_jread_deinit(&reader);
	free(file.bytes);
	free(truths.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_objects_are_what_a_loader_saw),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
