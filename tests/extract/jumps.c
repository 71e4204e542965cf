/* SPDX-License-Identifier: GPL-2.0-or-later */
int f(int);

void asm_goto(int x)
{
	asm goto ("jmp %l[out]" : : "r" (x) : : out);
	f(1);
	goto end;
 out:
	f(2);
 end:
	f(3);
}

void computed(int x)
{
	static void *const to[] = { &&one, &&two };

	goto *to[x];
 one:
	f(1);
 two:
	f(2);
 three:
	f(3);
}

void dead(int x)
{
	switch (x) {
	case 0:
		f(0);
		break;
	default:
		__builtin_unreachable();
	}
}
