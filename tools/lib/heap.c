// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory is wiped when it is given back.
 *
 * Our own buffers of keys and configurations wipe themselves (secret.h, buf.h). What
 * passes through json-c, libevent, OpenSSL or a stream of the C library is copied
 * there as well, each time that a buffer grows, and those give it back as it was.
 * These two take the place of the C library's for all of them; the memory stays its own.
 * Where the allocator is another one (AddressSanitizer's, another C library's), nothing
 * is replaced.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* gcc says it in one way, clang in another. */
#if defined(__SANITIZE_ADDRESS__)
#define HEAP_IS_ANOTHER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEAP_IS_ANOTHER 1
#endif
#endif

#if defined(__GLIBC__) && !defined(HEAP_IS_ANOTHER)

/* glibc's own, for those who stand before them. */
void __libc_free(void *p);
void *__libc_realloc(void *p, size_t len);

void free(void *p)
{
	if (p)
		explicit_bzero(p, malloc_usable_size(p));
	__libc_free(p);
}

void *realloc(void *p, size_t len)
{
	size_t had = p ? malloc_usable_size(p) : 0;
	void *fresh;

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
