// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs the files named on the command line through a fuzz target once: for
 * reproducing a finding, and where no libFuzzer is at hand. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A block of exactly the file's size; NULL if it cannot be read. */
static uint8_t *read_file(const char *path, size_t *len)
{
	uint8_t *data = NULL;
	FILE *f = fopen(path, "rb");
	long size;

	if (!f)
		return NULL;
	if (fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0 ||
	    fseek(f, 0, SEEK_SET))
		goto out;
	*len = (size_t)size;
	data = malloc(*len ? *len : 1);
	if (data && fread(data, 1, *len, f) != *len) {
		free(data);
		data = NULL;
	}
out:
	fclose(f);
	return data;
}

int main(int argc, char **argv)
{
	uint8_t *data;
	size_t len;
	int i;

	for (i = 1; i < argc; i++) {
		data = read_file(argv[i], &len);
		if (!data) {
			perror(argv[i]);
			return 1;
		}
		LLVMFuzzerTestOneInput(data, len);
		free(data);
	}
	printf("%d inputs\n", argc - 1);
	return 0;
}
