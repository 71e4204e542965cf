/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instead of the snapshot's: the same classes and names, and each primitive
 * tells the runtime.  None of these functions is a site.
 */
#ifndef MM_LOCKS_H
#define MM_LOCKS_H

#include <asm/p2m.h>

#define PRIMITIVE static inline __attribute__((__no_instrument_function__))

PRIMITIVE struct rt_lock world_lock(const char *class, int level,
				    enum rt_mode mode, const struct domain *d,
				    const void *object)
{
	return (struct rt_lock){
		.class = class,
		.level = level,
		.mode = mode,
		.instance = world_instance(object),
		.owner = world_number(d),
		.is_control = d && is_control_domain(d),
		.is_current = d && d == current->domain,
		.object = object,
	};
}

#define declare_mm_lock(name)						\
	PRIMITIVE void mm_lock_##name(const struct domain *d,		\
				      mm_lock_t *l, int rec)		\
	{								\
		rt_acquire(world_lock(#name, MM_LOCK_ORDER_##name,	\
				      RT_WRITE, d, l), RT_LOCK, rec);	\
	}
#define declare_mm_rwlock(name)						\
	PRIMITIVE void mm_write_lock_##name(const struct domain *d,	\
					    mm_rwlock_t *l)		\
	{								\
		rt_acquire(world_lock(#name, MM_LOCK_ORDER_##name,	\
				      RT_WRITE, d, l), RT_RWLOCK, 1);	\
	}								\
	PRIMITIVE void mm_read_lock_##name(const struct domain *d,	\
					   mm_rwlock_t *l)		\
	{								\
		rt_acquire(world_lock(#name, MM_LOCK_ORDER_##name,	\
				      RT_READ, d, l), RT_RWLOCK, 1);	\
	}
#define declare_mm_order_constraint(name)				\
	PRIMITIVE void mm_order_pre_##name(const struct domain *d)	\
	{								\
		rt_check(world_lock(#name, MM_LOCK_ORDER_##name,	\
				    RT_ORDER, d, NULL));		\
	}								\
	PRIMITIVE void mm_order_post_##name(const struct domain *d,	\
					    int *level,			\
					    unsigned short *count)	\
	{								\
		rt_hold(world_lock(#name, MM_LOCK_ORDER_##name,		\
				   RT_ORDER, d, level), level, count);	\
	}

#define mm_lock(name, d, l) mm_lock_##name(d, l, 0)
#define mm_unlock(l) rt_release(l, RT_WRITE)
#define mm_write_lock(name, d, l) mm_write_lock_##name(d, l)
#define mm_write_unlock(l) rt_release(l, RT_WRITE)

#define MM_LOCK_ORDER_nestedp2m 8
declare_mm_lock(nestedp2m)
#define nestedp2m_lock(d) mm_lock(nestedp2m, d, &(d)->arch.nested_p2m_lock)
#define nestedp2m_unlock(d) mm_unlock(&(d)->arch.nested_p2m_lock)

#define MM_LOCK_ORDER_p2m 16
declare_mm_rwlock(p2m)

#define MM_LOCK_ORDER_per_page_sharing 24
declare_mm_order_constraint(per_page_sharing)
#define page_sharing_mm_pre_lock() mm_order_pre_per_page_sharing(NULL)
#define page_sharing_mm_post_lock(l, r) \
	mm_order_post_per_page_sharing(NULL, l, r)
#define page_sharing_mm_unlock(l, r) rt_unhold(l, r)

#define MM_LOCK_ORDER_altp2mlist 32
declare_mm_lock(altp2mlist)
#define altp2m_list_lock(d) mm_lock(altp2mlist, d, &(d)->arch.altp2m_list_lock)
#define altp2m_list_unlock(d) mm_unlock(&(d)->arch.altp2m_list_lock)

#define MM_LOCK_ORDER_altp2m 40
declare_mm_rwlock(altp2m)

PRIMITIVE void p2m_lock(struct p2m_domain *p)
{
	if (p2m_is_altp2m(p))
		mm_write_lock(altp2m, p->domain, &p->lock);
	else
		mm_write_lock(p2m, p->domain, &p->lock);
	p->defer_flush++;
}

/* Here as in the snapshot a function that is a site may be called. */
PRIMITIVE void p2m_unlock(struct p2m_domain *p)
{
	if (--p->defer_flush == 0)
		p2m_unlock_and_tlb_flush(p);
	else
		mm_write_unlock(&p->lock);
}

#define p2m_read_lock(p) mm_read_lock_p2m((p)->domain, &(p)->lock)
#define p2m_read_unlock(p) rt_release(&(p)->lock, RT_READ)
#define p2m_locked_by_me(p) rt_held(&(p)->lock)

PRIMITIVE void gfn_lock_if(bool condition, struct p2m_domain *p2m)
{
	if (condition)
		p2m_lock(p2m);
}

#define MM_LOCK_ORDER_pod 48
declare_mm_lock(pod)
#define pod_lock(p) mm_lock(pod, (p)->domain, &(p)->pod.lock)
#define pod_unlock(p) mm_unlock(&(p)->pod.lock)
#define pod_locked_by_me(p) rt_held(&(p)->pod.lock)

#define MM_LOCK_ORDER_page_alloc 56
declare_mm_order_constraint(page_alloc)
#define page_alloc_mm_pre_lock(d) mm_order_pre_page_alloc(d)
#define page_alloc_mm_post_lock(d, l) mm_order_post_page_alloc(d, &(l), NULL)
#define page_alloc_mm_unlock(l) rt_unhold(l, NULL)

#define MM_LOCK_ORDER_paging 64
declare_mm_lock(paging)
#define paging_lock(d) mm_lock(paging, d, &(d)->arch.paging.lock)
#define paging_lock_recursive(d) mm_lock_paging(d, &(d)->arch.paging.lock, 1)
#define paging_unlock(d) mm_unlock(&(d)->arch.paging.lock)
#define paging_locked_by_me(d) rt_held(&(d)->arch.paging.lock)

#endif
