// SPDX-License-Identifier: GPL-2.0-only
/* The read side: cells and exit counters from the driver's sysfs tree. */
#include "internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES	512

int reg_line_read(const char *directory, const char *name, char *text,
		  size_t size)
{
	char path[PATH_BYTES];
	ssize_t count;
	int error;
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", directory, name) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	count = read(fd, text, size - 1);
	error = errno;
	close(fd);
	if (count < 0)
		return -error;
	text[count] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

static int number_read(const char *directory, const char *name,
		       uint64_t *value)
{
	char text[32];
	char *end;
	int ret;

	ret = reg_line_read(directory, name, text, sizeof(text));
	if (ret)
		return ret;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno || end == text || *end ? -EINVAL : 0;
}

/* The kernel's list format: "0,2-5", or nothing. */
static uint64_t cpus_read(const char *directory, const char *name)
{
	char text[256];
	char *place = text;
	uint64_t cpus = 0;

	if (reg_line_read(directory, name, text, sizeof(text)))
		return 0;
	while (*place >= '0' && *place <= '9') {
		unsigned long first = strtoul(place, &place, 10);
		unsigned long last = first;

		if (*place == '-')
			last = strtoul(place + 1, &place, 10);
		for (; first <= last && first < 64; first++)
			cpus |= 1ull << first;
		if (*place != ',')
			break;
		place++;
	}
	return cpus;
}

/*
 * False when the directory is not that of a cell, or has just gone. `ask` for
 * what the driver must ask the hypervisor for.
 */
static bool cell_read(const char *cells, const char *entry, bool ask,
		      struct reg_cell_info *info)
{
	char directory[PATH_BYTES];
	char *end;

	memset(info, 0, sizeof(*info));
	info->id = (uint32_t)strtoul(entry, &end, 10);
	if (end == entry || *end)
		return false;
	if (snprintf(directory, sizeof(directory), "%s/%s", cells, entry) >=
	    (int)sizeof(directory))
		return false;
	if (reg_line_read(directory, "name", info->name, sizeof(info->name)))
		return false;
	info->cpus = cpus_read(directory, "cpus_assigned_list");
	if (!ask)
		return true;
	if (reg_line_read(directory, "state", info->state, sizeof(info->state)))
		info->state[0] = '\0';
	info->cpus_failed = cpus_read(directory, "cpus_failed_list");
	return true;
}

static int cell_compare(const void *a, const void *b)
{
	const struct reg_cell_info *left = a;
	const struct reg_cell_info *right = b;

	return left->id < right->id ? -1 : left->id > right->id;
}

static int directory_open(struct reg_device *device, const char *path,
			  DIR **directory)
{
	int error;

	*directory = opendir(path);
	if (*directory)
		return 0;
	error = errno;
	if (error == ENOENT)
		return reg_fail(device, -ENODEV, REG_ORIGIN_ABSENT,
				"%s does not exist: is the weir module loaded?",
				path);
	return reg_fail(device, -error, REG_ORIGIN_ABSENT, "%s: %s", path,
			strerror(error));
}

static int cells_list(struct reg_device *device, bool ask,
		      struct reg_cell_info cells[REG_CELLS_MAX])
{
	char path[PATH_BYTES];
	struct dirent *entry;
	DIR *directory;
	int count = 0;
	int ret;

	snprintf(path, sizeof(path), "%s/cells", device->sysfs_path);
	ret = directory_open(device, path, &directory);
	if (ret)
		return ret;
	while (count < REG_CELLS_MAX && (entry = readdir(directory))) {
		if (cell_read(path, entry->d_name, ask, &cells[count]))
			count++;
	}
	closedir(directory);
	qsort(cells, (size_t)count, sizeof(cells[0]), cell_compare);
	return count;
}

int reg_cells_list(struct reg_device *device,
		   struct reg_cell_info cells[REG_CELLS_MAX])
{
	return cells_list(device, true, cells);
}

int reg_cells_names(struct reg_device *device,
		    struct reg_cell_info cells[REG_CELLS_MAX])
{
	return cells_list(device, false, cells);
}

int reg_cell_find(struct reg_device *device, const struct weir_cell_id *cell,
		  struct reg_cell_info *info)
{
	struct reg_cell_info cells[REG_CELLS_MAX];
	int count = cells_list(device, true, cells);
	int i;

	if (count < 0)
		return count;
	if (count == 0)
		return reg_fail(device, -ENODEV, REG_ORIGIN_ABSENT,
				"Weir is not enabled");
	for (i = 0; i < count; i++) {
		if (cell->id < 0 ? strcmp(cells[i].name, cell->name) == 0 :
				   cells[i].id == (uint32_t)cell->id) {
			*info = cells[i];
			return 0;
		}
	}
	if (cell->id < 0)
		return reg_fail(device, -ENOENT, REG_ORIGIN_REFUSED,
				"no cell is named %s", cell->name);
	return reg_fail(device, -ENOENT, REG_ORIGIN_REFUSED,
			"no cell has id %d", (int)cell->id);
}

static bool is_total(const struct reg_stat *stat)
{
	const char *end = strrchr(stat->name, '_');

	return strcmp(end ? end + 1 : stat->name, "total") == 0;
}

static int stat_compare(const void *a, const void *b)
{
	const struct reg_stat *left = a;
	const struct reg_stat *right = b;

	if (is_total(left) != is_total(right))
		return is_total(left) ? -1 : 1;
	return strcmp(left->name, right->name);
}

/* Adds the counter in a file; what is no counter is passed over. */
static bool stat_read(const char *path, const struct dirent *entry,
		      struct reg_stat *stat)
{
	if (entry->d_type == DT_DIR ||
	    strlen(entry->d_name) >= sizeof(stat->name))
		return false;
	strcpy(stat->name, entry->d_name);
	return number_read(path, entry->d_name, &stat->value) == 0;
}

int reg_cell_stats(struct reg_device *device, uint32_t id, int cpu,
		   struct reg_stat stats[REG_STATS_MAX])
{
	char path[PATH_BYTES];
	struct dirent *entry;
	DIR *directory;
	size_t length;
	int count = 0;
	int ret;

	length = (size_t)snprintf(path, sizeof(path), "%s/cells/%u/statistics",
				  device->sysfs_path, id);
	if (cpu != REG_STATS_CELL && length < sizeof(path))
		snprintf(path + length, sizeof(path) - length, "/cpu%d", cpu);
	ret = directory_open(device, path, &directory);
	if (ret)
		return ret;
	while (count < REG_STATS_MAX && (entry = readdir(directory))) {
		if (stat_read(path, entry, &stats[count]))
			count++;
	}
	closedir(directory);
	qsort(stats, (size_t)count, sizeof(stats[0]), stat_compare);
	return count;
}
