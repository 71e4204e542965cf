/* SPDX-License-Identifier: GPL-2.0-or-later */
struct ops { int (*get)(int, long); void (*put)(int); };
extern struct ops ops;
int f(int);

/* an assembly that calls, and its twin */
#define patched_call(fn, a, b) ({				\
	__auto_type first_ = (a);				\
	register int in_ asm("rdi") = first_;			\
	typeof(fn(a, b)) out_;					\
	asm volatile ("call *%c[to]" : "+r" (in_), "=a" (out_)	\
		      : [to] "i" (&(fn)), "g" (fn) : "memory");	\
	out_;							\
})
#define patched_void(fn, a) ({					\
	register int in_ asm("rdi") = (a);			\
	(void)sizeof(fn(a));					\
	asm volatile ("call *%c[to]" : "+r" (in_)		\
		      : [to] "i" (&(fn)) : "memory");		\
})

int twin(struct ops *o)
{
	patched_void(o->put, 4);
	return patched_call(ops.get, f(1), 2);
}

void no_twin(void)
{
	asm volatile ("call *%c0" : : "i" (&ops.put));
	asm volatile ("jmp %c0" : : "i" (f));
	asm volatile (".quad %c0" : : "i" (f));
}

unsigned long hide(unsigned long *p)
{
	unsigned long q;

	asm ("" : "=r" (q) : "0" (p));
	asm ("" : "+r" (q));
	asm volatile ("" : : : "memory");
	asm volatile ("movq %1,%0" : "=r" (q) : "m" (*p));
	return q;
}

int other(int *p, int i)
{
	int r;

	asm ("btl %1,%2" : "=r" (r) : "r" (i), "m" (*p));
	asm ("xchg %0,%1" : "+r" (r), "+m" (*p) : : "memory");
	return r;
}
