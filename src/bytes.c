/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers and texts in a stream of bytes: LEB128 with zigzag folding. */
#include "bytes.h"

#include <string.h>

void bytes_put(GByteArray *out, uint64_t value)
{
	uint8_t byte[10];
	guint len = 0;

	while (value >= 0x80) {
		byte[len++] = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	byte[len++] = (uint8_t)value;
	g_byte_array_append(out, byte, len);
}

void bytes_put_signed(GByteArray *out, int64_t value)
{
	uint64_t bits = (uint64_t)value;

	bytes_put(out, value < 0 ? ~(bits << 1) : bits << 1);
}

void bytes_put_text(GByteArray *out, const char *text)
{
	size_t len = strlen(text);

	bytes_put(out, len);
	g_byte_array_append(out, (const guint8 *)text, (guint)len);
}

static uint64_t fail(struct byte_reader *r)
{
	r->bad = true;
	r->at = r->end;
	return 0;
}

uint64_t bytes_get(struct byte_reader *r)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint64_t byte;

		if (r->at == r->end)
			return fail(r);
		byte = *r->at++;
		if (shift == 63 && byte > 1)
			return fail(r);
		value |= (byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	return fail(r);
}

int64_t bytes_get_signed(struct byte_reader *r)
{
	uint64_t bits = bytes_get(r);

	return bits & 1 ? -(int64_t)(bits >> 1) - 1 : (int64_t)(bits >> 1);
}

uint32_t bytes_get_below(struct byte_reader *r, uint32_t limit)
{
	uint64_t value = bytes_get(r);

	return value < limit ? (uint32_t)value : (uint32_t)fail(r);
}

uint32_t bytes_get_count(struct byte_reader *r)
{
	uint64_t value = bytes_get(r);
	uint64_t left = (uint64_t)(r->end - r->at);

	return value <= left && value < UINT32_MAX ? (uint32_t)value
						   : (uint32_t)fail(r);
}

char *bytes_get_text(struct byte_reader *r)
{
	uint32_t len = bytes_get_count(r);
	const char *text = (const char *)r->at;

	if (r->bad || (len && memchr(text, '\0', len))) {
		fail(r);
		return NULL;
	}
	r->at += len;
	return g_strndup(text, len);
}
