/* SPDX-License-Identifier: GPL-2.0-or-later */
int f(int);
#define max(x, y) ({ int x_ = (x); int y_ = (y); x_ > y_ ? x_ : y_; })

int inline_block(int a)
{
	return max(f(a), f(1)) + ({ f(2); 3; });
}

struct pair { int a, b; };

struct pair make(void);

int of_record(struct pair *p)
{
	*p = ({ struct pair q = { 1 }; q.b = f(0); q; });
	return make().b;
}
