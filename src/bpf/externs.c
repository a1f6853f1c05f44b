/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "bpf/reader.h"

/*
 * What the kernel is to define: an undefined symbol, described in BTF by a variable or function of linkage
 * "extern" that a DATASEC lists: ".kconfig" (values that the loader fills in) or ".ksyms" (addresses).
 */

enum { INT_SIGNED = 1, INT_BOOL = 4, MAX_NAME = 4096 };

/** One that BTF lists. */
struct listed {
	struct ks_btf_type type;
	bool kconfig;
};
struct list {
	struct listed *at;
	size_t len, cap;
};

static int compare_listed(const void *pa, const void *pb)
{
	const struct listed *a = pa, *b = pb;
	int order = strcmp(a->type.name, b->type.name);
	return order ? order : a->type.id < b->type.id ? -1 : a->type.id > b->type.id;
}

static struct ks_error *list_section(const struct ks_btf *btf, const char *name, bool kconfig,
				     struct list *list)
{
	uint32_t id = ks_btf_find(btf, KS_BTF_DATASEC, name, 1);
	struct ks_btf_type section = ks_btf_type(btf, id);
	for (uint32_t i = 0; id && i < section.vlen; i++) {
		struct listed item = {
			.type = ks_btf_type(btf, ks_btf_secinfo(btf, &section, i).type),
			.kconfig = kconfig,
		};
		if (strnlen(item.type.name, MAX_NAME) == MAX_NAME)
			return ks_error_at(ks_error_new(KS_ERR_DATA, "an extern has no sane name"),
					   ".BTF", 0);
		if (!ks_vector_add(list, item))
			return &ks_nomem;
	}
	return NULL;
}

static const struct listed *find_listed(const struct list *list, const char *name)
{
	struct listed key = { .type.name = name };
	size_t first = KS_FIRST_NOT(0, list->len, i, compare_listed(&list->at[i], &key) < 0);
	if (first == list->len || strcmp(list->at[first].type.name, name) != 0)
		return NULL;
	return &list->at[first];
}

/** find_kcfg_type() */
static enum ks_kconfig_type value_type(const struct ks_btf *btf, uint32_t id)
{
	struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, id));
	if (type.kind == KS_BTF_INT) {
		bool power = type.size && !(type.size & (type.size - 1)) && type.size <= 8;
		if ((ks_btf_int_data(btf, &type) >> 24) & INT_BOOL)
			return type.size == 1 ? KS_KCONFIG_BOOL : KS_KCONFIG_UNKNOWN;
		return type.size == 1 ? KS_KCONFIG_CHAR
		       : power	      ? KS_KCONFIG_NUMBER
				      : KS_KCONFIG_UNKNOWN;
	}
	if (type.kind == KS_BTF_ENUM && type.size == 4 && strcmp(type.name, "libbpf_tristate") == 0)
		return KS_KCONFIG_TRISTATE;
	if (type.kind != KS_BTF_ARRAY || !ks_btf_array_len(btf, &type))
		return KS_KCONFIG_UNKNOWN;
	type = ks_btf_type(btf, ks_btf_strip(btf, type.type));
	bool text = type.kind == KS_BTF_INT && type.size == 1 &&
		    !((ks_btf_int_data(btf, &type) >> 24) & INT_BOOL);
	return text ? KS_KCONFIG_TEXT : KS_KCONFIG_UNKNOWN;
}

/** Size and sign of a kconfig value. */
static void read_value(const struct ks_btf *btf, struct ks_bpf_extern *ext)
{
	struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, ext->type));
	ext->size = type.size;
	ext->value = value_type(btf, ext->type);
	if (type.kind == KS_BTF_INT)
		ext->is_signed = (ks_btf_int_data(btf, &type) >> 24) & INT_SIGNED;
	if (type.kind == KS_BTF_ARRAY) // of char: a string option
		ext->size = ks_btf_array_len(btf, &type);
}

/** The name as the kernel has it: without "___flavour". */
static struct ks_error *plain_name(struct ks_arena *arena, const char *name, const char **ret)
{
	const char *flavour = strstr(name, "___");
	*ret = name;
	if (flavour && flavour > name && flavour[3])
		*ret = ks_arena_strndup(arena, name, (size_t)(flavour - name));
	return *ret ? NULL : &ks_nomem;
}

static struct ks_error *add_extern(struct ks_bpf_reader *reader, const struct list *list,
				   uint32_t symbol, struct ks_bpf_extern *ext, bool *ret_known)
{
	const struct ks_bpf_symbol *sym = &reader->symbols[symbol];
	const struct listed *item = find_listed(list, sym->name);
	*ret_known = item;
	if (!item)
		return NULL;
	bool func = item->type.kind == KS_BTF_FUNC;
	*ext = (struct ks_bpf_extern){
		.kind = func		? KS_EXTERN_KFUNC
			: item->kconfig ? KS_EXTERN_KCONFIG
					: KS_EXTERN_KSYM,
		.weak = sym->binding == STB_WEAK,
		.type = func ? item->type.id : item->type.type,
	};
	if (ext->kind == KS_EXTERN_KCONFIG)
		read_value(reader->object->btf, ext);
	// `extern const void name __ksym`: an address of whatever it is
	if (ext->kind == KS_EXTERN_KSYM && !ks_btf_strip(reader->object->btf, ext->type))
		ext->type = 0;
	return plain_name(&reader->object->arena, sym->name, &ext->name);
}

/** What only a linker, or another loader than libbpf, may find. */
static struct ks_bpf_extern stray(const struct ks_btf *btf, const struct ks_bpf_symbol *symbol)
{
	bool func = ks_btf_find(btf, KS_BTF_FUNC, symbol->name, 1);
	return (struct ks_bpf_extern){ .kind = func ? KS_EXTERN_KFUNC : KS_EXTERN_KSYM,
				       .name = symbol->name,
				       .weak = symbol->binding == STB_WEAK };
}

static struct ks_error *match_symbols(struct ks_bpf_reader *reader, const struct list *list)
{
	struct ks_bpf_object *object = reader->object;
	struct ks_bpf_extern *externs =
		ks_arena_array(&object->arena, reader->nr_symbols, sizeof(*externs));
	struct ks_bpf_extern *strays =
		ks_arena_array(&object->arena, reader->nr_symbols, sizeof(*strays));
	if (!externs || !strays)
		return &ks_nomem;
	for (uint32_t i = 0; i < reader->nr_symbols; i++) {
		const struct ks_bpf_symbol *symbol = &reader->symbols[i];
		bool known;
		if (symbol->section != SHN_UNDEF || !symbol->name[0] ||
		    symbol->type != STT_NOTYPE || symbol->binding == STB_LOCAL)
			continue;
		KS_TRY(add_extern(reader, list, i, &externs[object->nr_externs], &known));
		if (known)
			reader->extern_of[i] = object->nr_externs++;
		else
			strays[object->nr_strays++] = stray(object->btf, symbol);
	}
	object->externs = externs;
	object->strays = strays;
	return NULL;
}

struct ks_error *ks_bpf_read_externs(struct ks_bpf_reader *reader)
{
	const struct ks_btf *btf = reader->object->btf;
	if (!btf)
		return NULL;
	struct list list = { 0 };
	struct ks_error *err = list_section(btf, ".kconfig", true, &list);
	if (!err)
		err = list_section(btf, ".ksyms", false, &list);
	if (!err && list.len)
		qsort(list.at, list.len, sizeof(*list.at), compare_listed);
	if (!err)
		err = match_symbols(reader, &list);
	ks_vector_deinit(&list);
	return err;
}
