/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies for random programs, the same for those who run and who audit. */
#ifndef COMMON_H
#define COMMON_H

static char buffer[8];
static struct tasklet work_item;

void tasklet_init(struct tasklet *t, void (*func)(void *data), void *data)
{
	t->func = func;
	t->data = data;
}

void tasklet_schedule(struct tasklet *t)
{
	t->is_scheduled = true;
}

unsigned int copy_to_user_hvm(void *to, const void *from, unsigned int len)
{
	struct p2m_domain *p2m = host(current->domain);

	(void)to;
	(void)from;
	p2m_read_lock(p2m);
	p2m_read_unlock(p2m);
	return len;
}

unsigned int copy_to_guest_pv(void *to, const void *from, unsigned int len)
{
	(void)to;
	(void)from;
	(void)len;
	return 0;
}

#endif
