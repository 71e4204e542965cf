/* SPDX-License-Identifier: GPL-2.0-or-later */
int f(int), g(int);
struct ops { int (*get)(int); int flags; struct { int (*in)(int); } sub; };
static int table[4] = { 1, 2, 3, 4 };
static int other;

struct ops by_name = { .get = f, .flags = 3, .sub.in = g };
struct ops in_order = { g, 4, { f } };
struct ops array[3] = { [1] = { .get = f }, { g } };
int (*functions[8])(int) = { [2 ... 3] = f, g, [0] = g };
struct ops elided[2] = { f, 1, g, g };
int *pointer = &table[2];
struct ops *to_literal = &(struct ops){ .get = g };

struct two { int a; union { int b; void *p; }; };

void locals(struct two *out, int x)
{
	static struct ops *at = &by_name;
	struct two t = { .b = x };

	*out = t;
	*out = (struct two){ x, 2 };
	at->get(1);
}
