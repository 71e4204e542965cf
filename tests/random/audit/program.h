/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What random programs include when they are audited: the cases' own. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <asm/mem_sharing.h>

#include <case.h>

/* A flag in memory, which runs may find set or not. */
#define FLAG(x) (x)

/* Nobody calls it: a class is there only if something uses it. */
void use_all_classes(struct domain *d);

void use_all_classes(struct domain *d)
{
	struct page_lock_data data = { 0, 0 };

	nestedp2m_lock(d);
	nestedp2m_unlock(d);
	p2m_lock(host(d));
	p2m_unlock(host(d));
	p2m_read_lock(host(d));
	p2m_read_unlock(host(d));
	page_sharing_mm_pre_lock();
	page_sharing_mm_post_lock(&data.mm_unlock_level, &data.recurse_count);
	page_sharing_mm_unlock(data.mm_unlock_level, &data.recurse_count);
	altp2m_list_lock(d);
	altp2m_list_unlock(d);
	pod_lock(host(d));
	pod_unlock(host(d));
	page_alloc_mm_pre_lock(d);
	page_alloc_mm_post_lock(d, d->arch.page_alloc_unlock_level);
	page_alloc_mm_unlock(d->arch.page_alloc_unlock_level);
	paging_lock(d);
	paging_unlock(d);
}

#include <common.h>

#endif
