/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects for tests, and how libbpf calls what we call by the kernel's names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bpf_object.h"

bool read_file(const char *path, struct file *ret)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	fseek(f, 0, SEEK_END);
	ret->len = (size_t)ftell(f);
	rewind(f);
	ret->bytes = malloc(ret->len + 1);
	assert_non_null(ret->bytes);
	assert_int_equal(fread(ret->bytes, 1, ret->len, f), ret->len);
	ret->bytes[ret->len] = '\0';
	fclose(f);
	return true;
}

struct file test_object(const char *name)
{
	const char *folder = getenv("KSURF_OBJECTS");
	char path[4096];
	struct file file;
	if (!folder) {
		print_message("no clang: the objects could not be compiled\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/%s.o", folder, name);
	if (!read_file(path, &file))
		fail_msg("%s cannot be read", path);
	return file;
}

struct ks_bpf_object *open_object(const struct file *file, const char *name)
{
	struct ks_bpf_object *object = NULL;
	struct ks_error *err = ks_bpf_open(file->bytes, file->len, name, &object);
	if (err)
		fail_msg("%s: %s", name, ks_error_text(err));
	return object;
}

const struct ks_bpf_program *program_of(const struct ks_bpf_object *object, const char *name)
{
	for (uint32_t i = 0; i < object->nr_programs; i++)
		if (strcmp(object->programs[i].name, name) == 0)
			return &object->programs[i];
	fail_msg("no program %s", name);
	return NULL;
}

void same_enum(const char *ours, const char *prefix, const char *theirs)
{
	if (strncmp(ours, prefix, strlen(prefix)) != 0)
		fail_msg("%s does not begin with %s", ours, prefix);
	assert_int_equal(strcasecmp(ours + strlen(prefix), theirs), 0);
}

void same_hook(const char *section, const struct ks_hook *hook, enum bpf_prog_type type,
	       enum bpf_attach_type attach)
{
	if (!hook->program_type)
		fail_msg("%s: no program type", section);
	same_enum(hook->program_type, "BPF_PROG_TYPE_", libbpf_bpf_prog_type_str(type));
	if (hook->attach_type)
		same_enum(hook->attach_type, "BPF_", libbpf_bpf_attach_type_str(attach));
	else
		assert_int_equal(attach, 0);
}
