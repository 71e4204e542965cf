/* SPDX-License-Identifier: GPL-2.0-or-later */
int f(int);

void only_condition(int i)
{
	for ( ; f(i); )
		f(1);
}

void only_step(int i)
{
	for ( ; ; i++) {
		if (f(i))
			break;
		if (i)
			continue;
		f(2);
	}
}

void only_start(int i)
{
	for (i = f(0); ; )
		f(i);
}

void no_condition(int i)
{
	for (i = 0; ; i += 2)
		if (i == 8)
			return;
}

#define each(i, n) for ( (i) = 0 ; (i) < (n) ; ) /* ; ; */

void from_macro(int i, int n)
{
	each(i, n)
		i = f(i);
}

void do_while(int i)
{
	do {
		if (f(i))
			continue;
		i--;
	} while (i > 0);
	do { f(0); } while (0);
	while (!f(3))
		;
}
