/* SPDX-License-Identifier: GPL-2.0-or-later */
int f(int);
_Noreturn void die(void);
#define unlikely(x) __builtin_expect(!!(x), 0)
#define BUG_ON(p) do { if (unlikely(p)) die(); } while (0)

int short_circuit(int a, int b)
{
	if (a && (f(1) || !b))
		return 1;
	return a || f(2);
}

int conditional(int a)
{
	return a ? f(1) : f(2);
}

int without_middle(int a)
{
	return f(a) ?: f(3);
}

int known(int a)
{
	BUG_ON(a == 7);
	if (sizeof(a) == 8)
		return f(1);
	return __builtin_constant_p(a) ? f(2) : f(3);
}
