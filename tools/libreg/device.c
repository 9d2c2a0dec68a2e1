// SPDX-License-Identifier: GPL-2.0-only
/* The device node: opening, requests, errors, and the life of Weir. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int reg_fail(struct reg_device *device, int error, enum reg_origin origin,
	     const char *format, ...)
{
	va_list arguments;

	device->last.error = error;
	device->last.origin = origin;
	device->last.reason = device->last.text;
	va_start(arguments, format);
	vsnprintf(device->last.text, sizeof(device->last.text), format,
		  arguments);
	va_end(arguments);
	return error;
}

const struct reg_error *reg_last_error(const struct reg_device *device)
{
	return &device->last;
}

int reg_open(struct reg_device **device, const struct reg_options *options)
{
	const char *path = options->device_path;
	const char *sysfs = options->sysfs_path;
	struct reg_device *new = calloc(1, sizeof(*new));

	if (!new)
		return -ENOMEM;
	new->fd = -1;
	new->transport = options->transport;
	new->device_path = strdup(path ? path : WEIR_DEVICE);
	new->sysfs_path = strdup(sysfs ? sysfs : WEIR_SYSFS);
	if (!new->device_path || !new->sysfs_path) {
		reg_close(new);
		return -ENOMEM;
	}
	*device = new;
	return 0;
}

void reg_close(struct reg_device *device)
{
	if (!device)
		return;
	if (device->fd >= 0)
		close(device->fd);
	free(device->device_path);
	free(device->sysfs_path);
	free(device);
}

int reg_device_open(struct reg_device *device, int flags)
{
	int fd = open(device->device_path, flags | O_CLOEXEC);
	int error = errno;

	if (fd >= 0)
		return fd;
	if (error == ENOENT || error == ENXIO || error == ENODEV)
		return reg_fail(device, -error, REG_ORIGIN_ABSENT,
				"%s does not exist: is the weir module loaded?",
				device->device_path);
	return reg_fail(device, -error, REG_ORIGIN_ABSENT, "%s: %s",
			device->device_path, strerror(error));
}

static int control_send(struct reg_device *device, unsigned long command,
			void *request)
{
	const struct reg_transport *transport = device->transport;

	if (transport)
		return transport->control(transport->context, command, request);
	return ioctl(device->fd, command, request) < 0 ? -errno : 0;
}

/* The driver answers -ENODEV for what this machine does not have. */
static enum reg_origin control_origin(int error)
{
	return error == -ENODEV || error == -ENOTTY ? REG_ORIGIN_ABSENT :
						      REG_ORIGIN_REFUSED;
}

int reg_control(struct reg_device *device, const char *what,
		unsigned long command, void *request, char *reason)
{
	int ret;

	if (!device->transport && device->fd < 0) {
		ret = reg_device_open(device, O_RDWR);
		if (ret < 0)
			return ret;
		device->fd = ret;
	}
	reason[0] = '\0';
	ret = control_send(device, command, request);
	reason[WEIR_REASON_BYTES - 1] = '\0';
	if (ret >= 0)
		return 0;
	if (ret == -ENOTTY)
		return reg_fail(device, ret, REG_ORIGIN_ABSENT,
				"%s: %s is not a Weir device, "
				"or its driver is older than this program",
				what, device->device_path);
	reg_fail(device, ret, control_origin(ret), "%s: %s", what,
		 reason[0] ? reason : strerror(-ret));
	device->last.reason += strlen(what) + 2;
	return ret;
}

int reg_enable(struct reg_device *device, const void *config,
	       size_t config_size, const void *image, size_t image_size)
{
	struct weir_enable request = {
		.size = sizeof(request),
		.config_address = (uintptr_t)config,
		.config_size = config_size,
		.image_address = (uintptr_t)image,
		.image_size = image_size,
	};

	return reg_control(device, "enable", WEIR_ENABLE, &request,
			   request.reason);
}

int reg_disable(struct reg_device *device)
{
	struct weir_disable request = { .size = sizeof(request) };

	return reg_control(device, "disable", WEIR_DISABLE, &request,
			   request.reason);
}

int reg_console_open(struct reg_device *device, bool wait)
{
	return reg_device_open(device, wait ? O_RDONLY : O_RDONLY | O_NONBLOCK);
}
