/* SPDX-License-Identifier: GPL-2.0-only */
/* A program that loads memory: its CPU and its buffer; it ends when it has none. */
#ifndef WORKLOAD_PROCESS_H
#define WORKLOAD_PROCESS_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROCESS_FAILED	3

/* On this CPU only; below zero: anywhere. `program` is for the complaint. */
static inline void process_pin(const char *program, int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set)) {
		fprintf(stderr, "%s: CPU %d: %s\n", program, cpu,
			strerror(errno));
		exit(PROCESS_FAILED);
	}
}

/* Populated now: no page fault later. At most 4 GiB. */
static inline void *process_memory(const char *program, uint64_t bytes)
{
	void *memory = bytes > 1ull << 32 ? MAP_FAILED :
		mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (memory != MAP_FAILED)
		return memory;
	fprintf(stderr, "%s: no memory of %llu bytes\n", program,
		(unsigned long long)bytes);
	exit(PROCESS_FAILED);
}

/* What is in a file that is not empty, to be read. */
static inline const void *process_file(const char *program, const char *path,
				       uint64_t *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *content = MAP_FAILED;
	struct stat about;

	if (fd >= 0 && !fstat(fd, &about))
		content = mmap(NULL, (size_t)about.st_size, PROT_READ,
			       MAP_PRIVATE, fd, 0);
	if (content == MAP_FAILED) {
		fprintf(stderr, "%s: %s: %s\n", program, path, strerror(errno));
		exit(PROCESS_FAILED);
	}
	close(fd);
	*bytes = (uint64_t)about.st_size;
	return content;
}

#endif
