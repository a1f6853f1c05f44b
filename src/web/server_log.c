/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/server_log.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/text.h"

static void write_line(FILE *lines, const struct ks_web_sent *sent)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(sent->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char host[NI_MAXHOST] = "-", when[64];
	time_t now = time(NULL);
	struct tm tm;
	if (info &&
	    getnameinfo(info->client_addr,
			info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
								 : sizeof(struct sockaddr_in),
			host, sizeof(host), NULL, 0, NI_NUMERICHOST) != 0)
		strcpy(host, "-");
	localtime_r(&now, &tm);
	strftime(when, sizeof(when), "%d/%b/%Y:%H:%M:%S %z", &tm);
	_cleanup_buf_ struct ks_buf line = { 0 };
	ks_buf_printf(&line, "%s - - [%s] \"", host, when);
	ks_text_str(&line, KS_TEXT_MARKUP, sent->method);
	ks_buf_char(&line, ' ');
	ks_text_str(&line, KS_TEXT_MARKUP, sent->uri);
	ks_buf_printf(&line, " HTTP/1.1\" %u %zu\n", sent->status, sent->bytes);
	if (ks_buf_text(&line))
		fputs(line.at, lines);
	fflush(lines);
}

void ks_web_log_sent(struct ks_web_log *log, const struct ks_web_sent *sent)
{
	atomic_fetch_add(&log->answers[sent->status / 100 % KS_ARRAY_LEN(log->answers)], 1);
	atomic_fetch_add(&log->bytes, sent->bytes);
	if (log->lines)
		write_line(log->lines, sent);
}

void ks_web_log_metrics(struct ks_web_log *log, struct ks_web_response *response)
{
	*response = (struct ks_web_response){ .status = 200,
					      .type = "text/plain; version=0.0.4; charset=utf-8" };
	ks_buf_str(&response->body, "# TYPE ksurf_answers_total counter\n");
	for (size_t i = 2; i < KS_ARRAY_LEN(log->answers); i++)
		ks_buf_printf(&response->body, "ksurf_answers_total{status=\"%zuxx\"} %llu\n", i,
			      atomic_load(&log->answers[i]));
	ks_buf_printf(
		&response->body,
		"# TYPE ksurf_answered_bytes_total counter\nksurf_answered_bytes_total %llu\n",
		atomic_load(&log->bytes));
}
