// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory is wiped when it is given back: HEAP_IS_WIPED, of programs that are installed.
 *
 * Our own buffers of keys and configurations wipe themselves (secret.h, buf.h). What
 * passes through json-c, libevent, OpenSSL or a stream of the C library is copied
 * there as well, each time that a buffer grows, and those give it back as it was.
 * These two take the place of the C library's for all of them; the memory stays its own.
 * Growing copies, so that what it grew out of can be wiped. Another C library than glibc,
 * and the sanitizers, keep theirs.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#if defined(HEAP_IS_WIPED) && defined(__GLIBC__)

/* Inlined, they would be told how much was asked for, and all that there is counts. */
#define APART	__attribute__((noinline))

/* glibc's own, for those who stand before them. */
void __libc_free(void *p);
void *__libc_realloc(void *p, size_t len);

/*
 * By its second word glibc knows what was given back before, and ends a program that
 * does so twice. It writes over it in turn, except in the bins that are switched off here.
 */
static const size_t its_own = sizeof(void *);

static void __attribute__((constructor)) no_fast_bins(void)
{
	mallopt(M_MXFAST, 0);
}

APART void free(void *p)
{
	size_t len = p ? malloc_usable_size(p) : 0;

	if (len >= 2 * its_own) {
		explicit_bzero(p, its_own);
		explicit_bzero((char *)p + 2 * its_own, len - 2 * its_own);
	}
	__libc_free(p);
}

APART void *realloc(void *p, size_t len)
{
	size_t had = p ? malloc_usable_size(p) : 0;
	void *fresh;

	if (!p)
		return malloc(len);
	if (len <= had) {
		explicit_bzero((char *)p + len, had - len);
		return __libc_realloc(p, len);
	}
	fresh = malloc(len);
	if (!fresh)
		return NULL;
	memcpy(fresh, p, had);
	free(p);
	return fresh;
}

#endif
