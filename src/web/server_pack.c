/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/server_pack.h"

#include <zlib.h>

bool ks_web_pack(struct ks_buf *body)
{
	z_stream stream = { 0 };
	struct ks_buf packed = { 0 };
	enum { WINDOW = 15, GZIP = 16, LEVEL = 5 };
	if (deflateInit2(&stream, LEVEL, Z_DEFLATED, WINDOW | GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	size_t most = deflateBound(&stream, body->len);
	bool done = ks_buf_reserve(&packed, most);
	if (done) {
		stream.next_in = (uint8_t *)body->at;
		stream.avail_in = (unsigned int)body->len;
		stream.next_out = (uint8_t *)packed.at;
		stream.avail_out = (unsigned int)most;
		done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
		packed.len = stream.total_out;
	}
	deflateEnd(&stream);
	struct ks_buf old = *body;
	*body = done ? packed : old;
	ks_buf_deinit(done ? &old : &packed);
	return done;
}
