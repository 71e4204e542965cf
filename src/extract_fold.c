/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What operators yield for constants.  Arithmetic is that of 64-bit two's
 * complement; unsigned operands make the difference that they make in C.
 */
#include "extract_int.h"

static int64_t fold_cast(int64_t value, int64_t bits)
{
	uint64_t v = (uint64_t)value;
	int64_t width = bits < 0 ? -bits : bits;

	if (bits == 1)
		return value != 0;
	if (width <= 0 || width >= 64)
		return value;
	v &= (UINT64_C(1) << width) - 1;
	if (bits < 0 && v >> (width - 1))
		v |= ~UINT64_C(0) << width;
	return (int64_t)v;
}

static bool fold_unary(enum expr_op op, int64_t a, int64_t imm, int64_t *out)
{
	switch (op) {
	case EXPR_NEG:
		*out = (int64_t)(0 - (uint64_t)a);
		return true;
	case EXPR_BITNOT:
		*out = ~a;
		return true;
	case EXPR_LNOT:
		*out = !a;
		return true;
	case EXPR_CAST:
		*out = fold_cast(a, imm);
		return true;
	default:
		return false;
	}
}

static bool fold_division(enum expr_op op, int64_t a, int64_t b,
			  bool is_unsigned, int64_t *out)
{
	if (b == 0 || (!is_unsigned && b == -1))
		return false;
	if (is_unsigned)
		*out = op == EXPR_DIV ? (int64_t)((uint64_t)a / (uint64_t)b)
				      : (int64_t)((uint64_t)a % (uint64_t)b);
	else
		*out = op == EXPR_DIV ? a / b : a % b;
	return true;
}

static bool fold_shift(enum expr_op op, int64_t a, int64_t b,
		       bool is_unsigned, int64_t *out)
{
	if (b < 0 || b > 63)
		return false;
	if (op == EXPR_SHL)
		*out = (int64_t)((uint64_t)a << b);
	else if (is_unsigned || a >= 0)
		*out = (int64_t)((uint64_t)a >> b);
	else
		*out = ~(int64_t)(~(uint64_t)a >> b);
	return true;
}

static bool fold_order(enum expr_op op, int64_t a, int64_t b,
		       bool is_unsigned, int64_t *out)
{
	bool less = is_unsigned ? (uint64_t)a < (uint64_t)b : a < b;

	switch (op) {
	case EXPR_LT:
		*out = less;
		return true;
	case EXPR_GE:
		*out = !less;
		return true;
	case EXPR_LE:
		*out = less || a == b;
		return true;
	case EXPR_GT:
		*out = !less && a != b;
		return true;
	default:
		return false;
	}
}

static bool fold_binary(enum expr_op op, int64_t a, int64_t b,
			bool is_unsigned, int64_t *out)
{
	uint64_t x = (uint64_t)a, y = (uint64_t)b;

	switch (op) {
	case EXPR_ADD:
		*out = (int64_t)(x + y);
		return true;
	case EXPR_SUB:
		*out = (int64_t)(x - y);
		return true;
	case EXPR_MUL:
		*out = (int64_t)(x * y);
		return true;
	case EXPR_AND:
		*out = a & b;
		return true;
	case EXPR_OR:
		*out = a | b;
		return true;
	case EXPR_XOR:
		*out = a ^ b;
		return true;
	case EXPR_EQ:
		*out = a == b;
		return true;
	case EXPR_NE:
		*out = a != b;
		return true;
	case EXPR_DIV:
	case EXPR_REM:
		return fold_division(op, a, b, is_unsigned, out);
	case EXPR_SHL:
	case EXPR_SHR:
		return fold_shift(op, a, b, is_unsigned, out);
	default:
		return fold_order(op, a, b, is_unsigned, out);
	}
}

bool fold_constants(enum expr_op op, int64_t a, int64_t b, int64_t imm,
		    int64_t *out)
{
	if (op < EXPR_NEG)
		return false;
	if (op <= EXPR_LNOT || op == EXPR_CAST)
		return fold_unary(op, a, imm, out);
	return fold_binary(op, a, b, imm == 1, out);
}
