/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/sandbox_beside.h"

#include <string.h>
#include <unistd.h>

void ks_ask_attach(struct msghdr *msg, union ks_ask_beside *beside, int fd)
{
	if (fd < 0)
		return;
	memset(beside, 0, sizeof(*beside));
	msg->msg_control = beside;
	msg->msg_controllen = sizeof(*beside);
	struct cmsghdr *header = CMSG_FIRSTHDR(msg);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
}

int ks_ask_attached(struct msghdr *msg)
{
	int found = -1;
	for (struct cmsghdr *at = CMSG_FIRSTHDR(msg); at; at = CMSG_NXTHDR(msg, at)) {
		if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_RIGHTS)
			continue;
		size_t nr = (at->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < nr; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(at) + i * sizeof(fd), sizeof(fd));
			if (nr == 1 && found < 0)
				found = fd;
			else
				close(fd);
		}
	}
	return found;
}
