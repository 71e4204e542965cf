/* SPDX-License-Identifier: GPL-2.0-or-later */
int f(int);

int fall_through(int x)
{
	int r = 0;

	switch (x) {
	case 1:
		r = f(1);
		/* fallthrough */
	case 2 ... 4:
		r = f(2);
		break;
	default:
		return 9;
	case 7:
		r = f(7);
	}
	return r;
}

int no_default(int x)
{
	switch (x) {
	case 1:
		f(1);
	}
	return f(0);
}
