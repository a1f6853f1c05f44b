/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A descriptor beside a message between processes. */
#include <sys/socket.h>

/** Room for one. */
union ks_ask_beside {
	struct cmsghdr header; // for its alignment
	char room[CMSG_SPACE(sizeof(int))];
};

/** Put a descriptor beside a message. @param fd -1: none */
void ks_ask_attach(struct msghdr *msg, union ks_ask_beside *beside, int fd);
/** The descriptor beside a message that came; -1: there is none. Several, for which there may be room, are closed. */
int ks_ask_attached(struct msghdr *msg);
