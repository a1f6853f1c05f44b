/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BTF out of images and objects. The first byte says how much of the input (in 256ths) is the base; the rest is
 * split BTF over it, when the base can be opened. Everything that was opened is then read, and made into the tables of a
 * surface; what comes of it is encoded, so that nothing is endless when it is spelled out.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "btf/btf.h"
#include "extract/btf/btf_decls.h"
#include "surface/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Where what was read goes, so that no read is left out. */
static volatile size_t sink;

static void read_name(const char *name)
{
	sink += strlen(name);
}

static void read_elements(const struct ks_btf *btf, const struct ks_btf_type *type)
{
	for (uint32_t i = 0; i < type->vlen; i++) {
		switch (type->kind) {
		case KS_BTF_STRUCT:
		case KS_BTF_UNION:
			read_name(ks_btf_member(btf, type, i).name);
			sink += ks_btf_type(btf, ks_btf_member(btf, type, i).type).id;
			break;
		case KS_BTF_FUNC_PROTO:
			read_name(ks_btf_param(btf, type, i).name);
			sink += ks_btf_type(btf, ks_btf_param(btf, type, i).type).id;
			break;
		case KS_BTF_ENUM:
		case KS_BTF_ENUM64:
			read_name(ks_btf_enumerator(btf, type, i).name);
			break;
		case KS_BTF_DATASEC:
			read_name(ks_btf_type(btf, ks_btf_secinfo(btf, type, i).type).name);
			break;
		default:
			return;
		}
	}
}

static void read_all(const struct ks_btf *btf)
{
	for (uint32_t id = 0; id < btf->nr; id++) {
		struct ks_btf_type type = ks_btf_type(btf, id);
		read_name(type.name);
		sink += ks_btf_type(btf, type.type).id + ks_btf_strip(btf, id);
		sink += ks_btf_array_len(btf, &type) + ks_btf_int_data(btf, &type) +
			ks_btf_component(btf, &type) + ks_btf_var_linkage(btf, &type);
		read_elements(btf, &type);
	}
	sink += ks_btf_find(btf, KS_BTF_STRUCT, "task_struct", 1);
}

/** What the types are as values, spelled out as a store has them. */
static void make_tables(const struct ks_btf *btf)
{
	struct ks_surface *surface = ks_surface_new(1);
	struct ks_buf out = { 0 };
	struct ks_error *err = surface ? ks_btf_decls_read(btf, surface) : &ks_nomem;
	for (enum ks_kind kind = KS_FUNCTION; !err && kind <= KS_INT; kind++)
		for (size_t i = 0; i < surface->decls[kind].nr; i++) {
			out.len = 0;
			ks_codec_put_decl(&out, &surface->decls[kind].at[i]);
			sink += out.len;
		}
	ks_error_free(err);
	ks_buf_deinit(&out);
	ks_surface_free(surface);
}

/** A copy of its own, so that a read behind its end is seen; and its BTF, NULL when it is none. */
static struct ks_btf *open_copy(const uint8_t *data, size_t size, const struct ks_btf *base,
				uint8_t **copy)
{
	struct ks_btf *btf = NULL;
	*copy = malloc(size ? size : 1);
	if (!*copy)
		return NULL;
	memcpy(*copy, data, size);
	ks_error_free(ks_btf_open(*copy, size, base, &btf));
	if (btf) {
		read_all(btf);
		make_tables(btf);
	}
	return btf;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	size_t cut = data[0] ? (size - 1) * data[0] / 256 : size - 1;
	uint8_t *bytes[2] = { NULL, NULL };
	struct ks_btf *base = open_copy(data + 1, cut, NULL, &bytes[0]);
	ks_btf_close(open_copy(data + 1 + cut, size - 1 - cut, base, &bytes[1]));
	ks_btf_close(base);
	free(bytes[0]);
	free(bytes[1]);
	return 0;
}
