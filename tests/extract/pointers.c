/* SPDX-License-Identifier: GPL-2.0-or-later */
struct list { struct list *next; };
struct item { int a; struct list list; int (*fn)(struct item *, int); };
extern char per_cpu__x, area[];
#define container_of(p, type, member) ({				\
	typeof(((type *)0)->member) *p_ = (p);				\
	(type *)((char *)p_ - __builtin_offsetof(type, member)); })
#define hide(p, off) ({							\
	unsigned long p_; asm ("" : "=r" (p_) : "0" (p));		\
	(typeof(p))(p_ + (off)); })

int call_through(struct list *l, int i)
{
	struct item *it = container_of(l, struct item, list);

	(*it->fn)(it, 1);
	(**it[i].fn)(&it[i], 2);
	return it->fn(it + i, 3);
}

char per_cpu(unsigned long off)
{
	return *hide(&per_cpu__x, off);
}

long arithmetic(unsigned a, unsigned b, int s, long *p, long *q)
{
	_Bool t = a;
	unsigned char c = s;

	p[a - b] = ~a;
	if (a < b || s < 0)
		return q - p;
	return c + t + (unsigned short)s;
}
