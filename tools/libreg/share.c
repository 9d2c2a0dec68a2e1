// SPDX-License-Identifier: GPL-2.0-only
/* Memory that a cell shares with the root cell. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define TRIES		1000
#define TRY_AGAIN_NS	1000000

/* The driver does not wait for a command that is under way: we do. */
static void *map_patiently(int fd, uint32_t cell, uint64_t bytes)
{
	const struct timespec pause = { .tv_nsec = TRY_AGAIN_NS };
	void *memory = MAP_FAILED;

	for (int n = 0; n < TRIES; n++) {
		memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			      fd, (off_t)((uint64_t)cell
					  << WEIR_MMAP_CELL_SHIFT));
		if (memory != MAP_FAILED || errno != EAGAIN)
			break;
		nanosleep(&pause, NULL);
	}
	return memory;
}

static int map_refused(struct reg_device *device, const char *name, int error)
{
	if (error == ENXIO)
		return reg_fail(device, -ENXIO, REG_ORIGIN_REFUSED,
				"cell %s shares no memory with the root cell",
				name);
	if (error == EINVAL)
		return reg_fail(device, -EINVAL, REG_ORIGIN_REFUSED,
				"cell %s shares less memory than was asked for",
				name);
	return reg_fail(device, -error,
			error == ENODEV ? REG_ORIGIN_ABSENT : REG_ORIGIN_REFUSED,
			"shared memory of cell %s: %s", name, strerror(error));
}

int reg_share_map(struct reg_device *device, const struct weir_cell_id *cell,
		  uint64_t bytes, void **memory)
{
	const struct reg_transport *transport = device->transport;
	struct reg_cell_info info;
	int ret = reg_cell_find(device, cell, &info);
	int fd;

	if (ret)
		return ret;
	if (transport) {
		*memory = transport->map ? transport->map(transport->context,
							  info.id, bytes) : NULL;
		return *memory ? 0 : map_refused(device, info.name, ENXIO);
	}
	fd = reg_device_open(device, O_RDWR);
	if (fd < 0)
		return fd;
	*memory = map_patiently(fd, info.id, bytes);
	if (*memory == MAP_FAILED)
		ret = map_refused(device, info.name, errno);
	close(fd);
	return ret;
}

void reg_share_unmap(struct reg_device *device, void *memory, uint64_t bytes)
{
	if (!device->transport)
		munmap(memory, bytes);
}
