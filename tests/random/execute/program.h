/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What random programs include when they are run: the snapshot's declarations,
 * the same bodies as the cases have, and a world of three domains.  What a
 * domain is like, and what flags in memory are, is an input of the run: chosen
 * when it is first asked.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <runtime.h>

#include <xen/sched.h>

#define QUIET __attribute__((__no_instrument_function__))

/* Domain 0 controls the others; 1 is a fork of 2, and 2 one of 0. */
enum { WORLD_DOMAINS = 3, UNKNOWN_FLAG = 2 };

struct world_domain {
	unsigned int known;	/* bits of what has been chosen */
};

enum { KNOWN_NESTED = 1, KNOWN_TRANSLATE = 2, KNOWN_HVM = 4, KNOWN_CONTROL = 8 };

static struct world_domain world_domain[WORLD_DOMAINS];
static struct domain world_domains[WORLD_DOMAINS];

QUIET static bool world_ask(const struct domain *d, unsigned int what)
{
	struct world_domain *w = &world_domain[d - world_domains];

	if (w->known & what)
		return false;
	w->known |= what;
	return true;
}

QUIET static struct domain *world_with_control(const struct domain *d)
{
	struct domain *own = &world_domains[d - world_domains];

	if (world_ask(d, KNOWN_CONTROL))
		own->is_privileged = own->domain_id == 0 ||
			(own->domain_id == 1 && rt_choose(2));
	return own;
}

QUIET static struct domain *world_with_hvm(const struct domain *d)
{
	struct domain *own = &world_domains[d - world_domains];

	if (world_ask(d, KNOWN_HVM) && rt_choose(2))
		own->options |= XEN_DOMCTL_CDF_hvm;
	return own;
}

QUIET static struct domain *world_with_nested(const struct domain *d)
{
	struct domain *own = &world_domains[d - world_domains];

	if (world_ask(d, KNOWN_NESTED) && rt_choose(2))
		own->options |= XEN_DOMCTL_CDF_nested_virt;
	return own;
}

QUIET static struct domain *world_with_mode(struct domain *d);

#define is_control_domain(d) is_control_domain(world_with_control(d))
#define is_hvm_domain(d) is_hvm_domain(world_with_hvm(d))
#define is_hvm_vcpu(v) is_hvm_domain((v)->domain)

#include <asm/paging.h>

#undef paging_mode_translate
#define paging_mode_translate(d) \
	(!!(world_with_mode(d)->arch.paging.mode & PG_translate))

QUIET static struct domain *world_with_mode(struct domain *d)
{
	if (world_ask(d, KNOWN_TRANSLATE) && rt_choose(2))
		d->arch.paging.mode |= PG_translate;
	return d;
}

/* Not the snapshot's: it hides its table behind assembly. */
#define ASM_ALTERNATIVE_H
#define alternative_vcall(func, ...) ((func)(__VA_ARGS__))
#define alternative_call(func, ...) ((func)(__VA_ARGS__))

#include <asm/altp2m.h>
#include <asm/guest_access.h>
#include <asm/hvm.h>
#include <asm/mem_sharing.h>
#include <xen/tasklet.h>

#define nestedhvm_enabled(d) nestedhvm_enabled(world_with_nested(d))

static struct {
	struct p2m_domain host, nested[MAX_NESTEDP2M], alternate[MAX_ALTP2M];
} world_table[WORLD_DOMAINS];
static struct vcpu world_vcpu[WORLD_DOMAINS];
static struct vcpu *world_running;

QUIET struct vcpu *world_current(void)
{
	if (!world_running)
		world_running = &world_vcpu[rt_choose(2)];
	return world_running;
}

QUIET static int world_number(const struct domain *d)
{
	return d ? (int)(d - world_domains) : RT_NOBODY;
}

QUIET static enum rt_instance world_instance(const void *object)
{
	for (int i = 0; i < WORLD_DOMAINS; i++) {
		const char *at = object, *table = (char *)&world_table[i];
		const struct p2m_domain *p;

		if (at < table || at >= table + sizeof(world_table[i]))
			continue;
		p = (const struct p2m_domain *)(table +
			(at - table) / sizeof(*p) * sizeof(*p));
		return p->p2m_class == p2m_host	    ? RT_HOST
		       : p->p2m_class == p2m_nested ? RT_NESTED
						    : RT_ALTERNATE;
	}
	return RT_ANY;
}

#include "mm-locks.h"

#define host(d) p2m_get_hostp2m(d)

/* A bool that has not been asked yet holds a number that no bool has. */
QUIET static bool *world_flag(bool *flag)
{
	unsigned char *raw = (unsigned char *)flag;

	if (*raw == UNKNOWN_FLAG)
		*raw = (unsigned char)rt_choose(2);
	return flag;
}

#define FLAG(x) (*world_flag(&(x)))

QUIET static void world_forget_flag(bool *flag)
{
	*(unsigned char *)flag = UNKNOWN_FLAG;
}

QUIET static void world_reset_table(struct p2m_domain *p, struct domain *d,
				    p2m_class_t class)
{
	__builtin_memset(p, 0, sizeof(*p));
	p->domain = d;
	p->p2m_class = class;
	world_forget_flag(&p->need_flush);
	world_forget_flag(&p->defer_nested_flush);
}

QUIET static void world_reset_domain(int i)
{
	struct domain *d = &world_domains[i];

	__builtin_memset(d, 0, sizeof(*d));
	world_domain[i].known = 0;
	d->domain_id = (domid_t)i;
	world_forget_flag(&d->is_dying);
	world_forget_flag(&d->arch.altp2m_active);
	world_reset_table(&world_table[i].host, d, p2m_host);
	d->arch.p2m = &world_table[i].host;
	for (int k = 0; k < MAX_NESTEDP2M; k++) {
		world_reset_table(&world_table[i].nested[k], d, p2m_nested);
		d->arch.nested_p2m[k] = &world_table[i].nested[k];
	}
	for (int k = 0; k < MAX_ALTP2M; k++) {
		world_reset_table(&world_table[i].alternate[k], d,
				  p2m_alternate);
		d->arch.altp2m_p2m[k] = &world_table[i].alternate[k];
	}
	__builtin_memset(&world_vcpu[i], 0, sizeof(world_vcpu[i]));
	world_vcpu[i].domain = d;
	d->next_in_list = i + 1 < WORLD_DOMAINS ? d + 1 : NULL;
}

struct domain *domain_list = world_domains;

QUIET void rt_reset_world(void)
{
	world_running = NULL;
	for (int i = 0; i < WORLD_DOMAINS; i++)
		world_reset_domain(i);
	world_domains[1].parent = &world_domains[2];
	world_domains[2].parent = &world_domains[0];
}

QUIET static struct rt_lock world_plain(spinlock_t *lock)
{
	struct domain *d = container_of(lock, struct domain, page_alloc_lock);

	return world_lock("page_alloc", MM_LOCK_ORDER_page_alloc, RT_SPIN, d,
			  lock);
}

QUIET void spin_lock(spinlock_t *lock)
{
	rt_acquire(world_plain(lock), RT_LOCK, 0);
}

/* The constraint that covered it may have taken it away. */
QUIET void spin_unlock(spinlock_t *lock)
{
	rt_release_covered(lock);
}

QUIET bool spin_trylock(spinlock_t *lock)
{
	if (!rt_choose(2))
		return false;
	rt_try(world_plain(lock));
	return true;
}

void panic(const char *fmt, ...)
{
	(void)fmt;
	rt_stop();
}

void domain_crash(struct domain *d)
{
	d->is_dying = true;
}

struct domain *rcu_lock_domain_by_id(domid_t dom)
{
	struct domain *d;

	for_each_domain (d)
		if (d->domain_id == dom)
			break;
	return d;
}

int rcu_lock_live_remote_domain_by_id(domid_t dom, struct domain **d)
{
	*d = rcu_lock_domain_by_id(dom);
	if (!*d)
		return -ESRCH;
	return *d == current->domain ? -EPERM : 0;
}

void p2m_unlock_and_tlb_flush(struct p2m_domain *p2m)
{
	mm_write_unlock(&p2m->lock);
}

void p2m_put_gfn(struct p2m_domain *p2m, gfn_t gfn)
{
	(void)gfn;
	p2m_unlock(p2m);
}

mfn_t p2m_get_gfn_type_access(struct p2m_domain *p2m, gfn_t gfn,
			      p2m_type_t *t, p2m_access_t *a, p2m_query_t q,
			      bool locked)
{
	(void)q;
	gfn_lock_if(locked, p2m);
	*t = p2m_ram_rw;
	*a = p2m->default_access;
	return _mfn(gfn_x(gfn));
}

#include <common.h>

/* For the drivers that the generator writes. */
#define WORLD_DOMID() ((domid_t)rt_choose(WORLD_DOMAINS))
#define WORLD_ANY_DOMID() ((domid_t)rt_choose(WORLD_DOMAINS + 1))

#endif
