/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A request while it is answered: inside web/ only. */
#include "base/vector.h"
#include "report/format.h"
#include "report/text/html.h"
#include "store/selection.h"
#include "store/suggest.h"
#include "surface/history.h"
#include "web/web.h"

struct ks_web_call;

/** A name, and how many images have it. */
struct ks_web_hit {
	enum ks_kind kind;
	const char *name;
	size_t nr_images;
	uint64_t pairs; // ks_web_pairs() of the name
};
/** All of a store, in the order of kinds and bytes. */
struct ks_web_names {
	struct ks_arena arena;
	KS_VECTOR(struct ks_web_hit) all;
	size_t (*nr)[KS_NR_KINDS]; // of each image, names of each kind
};

struct ks_web {
	struct ks_store *store;
	struct ks_selection sel;
	struct ks_web_names *names; // of the same state; NULL: nobody has asked yet
	struct ks_view *view;	    // over the selection; NULL: nobody has asked yet
	struct ks_web_reads *reads; // of the same state; NULL: nothing was read yet
	const char *path;
	const struct ks_web_checks *checks; // NULL: no files are taken
	uint64_t device, inode;		    // of the file that is open
	uint64_t place;			    // as of the last request
	int64_t version;		    // of its content when the selection was made
	uint64_t size;			    // of the file, in bytes
	char written[32];		    // when it was: "2026-11-30T08:00:00Z"
	struct ks_web_counted *counted; // statistics of the same state; NULL: nobody has asked yet
};

/** Begin to read one state of the store, the newest; what belongs to an older one is read anew. @param place as of a request */
KS_MUST_CHECK struct ks_error *ks_web_refresh(struct ks_web *web, uint64_t place);
/** End what was begun. @param err why the page failed: what it read on the way is not kept then; NULL: it did not */
void ks_web_release(struct ks_web *web, const struct ks_error *err);

void ks_web_counted_free(struct ks_web_counted *counted); // NULL is allowed
/** The names of the state that is read. */
KS_MUST_CHECK struct ks_error *ks_web_names(struct ks_web *web, const struct ks_web_names **ret);
void ks_web_names_free(struct ks_web_names *names); // NULL is allowed
/** Append a list of names that lead to their pages, below a word of introduction; nothing when there are none. */
void ks_web_write_near(struct ks_web_call *call, const struct ks_suggestions *near);
/** Whether any kernel has the name. */
bool ks_web_names_have(const struct ks_web_names *names, enum ks_kind kind, const char *name);
/** The names that are near to a word. @param kind KS_NR_KINDS: of all */
void ks_web_names_near(const struct ks_web_names *names, enum ks_kind kind, const char *word,
		       struct ks_suggestions *ret);
/** As ks_lookup_unknown(), which goes through the store: whoever asks for what is not there must not hold a thread for long. */
struct ks_error *ks_web_unknown(struct ks_web_call *call, enum ks_kind kind, const char *name);
/** The pairs of letters of a text, as bits that several share: what has all of a word in it has its bits, too. */
uint64_t ks_web_pairs(const char *text);

/** What the kernels say of a name, and what was answered to whoever would attach there. */
struct ks_web_read {
	struct ks_history history; // over the selection
	uint8_t *answers;	   // as ks_report_options.answers
};
/** Read a name, or take it as it was read for a page before. @param[out] ret until the next one is read */
KS_MUST_CHECK struct ks_error *ks_web_read_name(struct ks_web *web, enum ks_kind kind,
						const char *name, const struct ks_web_read **ret);
void ks_web_reads_free(struct ks_web_reads *reads); // NULL is allowed

/** A view over all kernels. What it has read of them is there for the next page, too. @param[out] ret until the next request */
KS_MUST_CHECK struct ks_error *ks_web_view(struct ks_web *web, struct ks_view **ret);

enum { KS_WEB_SEGMENTS = 4, KS_WEB_FIELDS = 8 };

/** The words of an address, decoded. */
struct ks_web_address {
	struct ks_arena arena;
	size_t nr_segments, nr_fields;
	const char *segments[KS_WEB_SEGMENTS]; // of the path, the last one without its ending
	const char *label;     // behind the first '@' of the path that is not encoded; NULL: none
	enum ks_format format; // that the ending stood for: ".json", ".md"; else KS_FORMAT_HTML
	struct {
		const char *name, *value;
	} fields[KS_WEB_FIELDS]; // of the query
};
/** @return KS_ERR_USAGE when it is none */
KS_MUST_CHECK struct ks_error *ks_web_address_read(const struct ks_web_request *request,
						   struct ks_web_address *ret);
void ks_web_address_deinit(struct ks_web_address *address);
/** The first value of a field of the query; NULL: it has none. */
const char *ks_web_field(const struct ks_web_address *address, const char *name);

/** Everything that a page is made from. */
struct ks_web_call {
	struct ks_web *web;
	const struct ks_web_request *request;
	const struct ks_web_address *address;
	struct ks_web_response *response;
	bool of_files;	       // a failure now is that of the files that were sent
	struct ks_arena arena; // of this answer
	const char *feed; // address of the feed that tells of what the page is about; NULL: none
	struct ks_suggestions near; // names beside the one that is not there
};

/** Fill the response, its status aside. @return KS_ERR_NOTFOUND and KS_ERR_USAGE become 404 and 400 */
typedef struct ks_error *ks_web_page_fn(struct ks_web_call *call);
ks_web_page_fn ks_web_home, ks_web_search, ks_web_kernels, ks_web_kernel, ks_web_diff, ks_web_name,
	ks_web_any_name, ks_web_api, ks_web_health, ks_web_style, ks_web_script, ks_web_stats,
	ks_web_feed, ks_web_store, ks_web_published, ks_web_check, ks_web_report;

/** The address is one that the DepSurf project had for a report. */
bool ks_web_is_published(const struct ks_web_address *address);

/** Begin a page of HTML with the frame of the site; what is searched for stands in the field. */
void ks_web_begin(struct ks_web_call *call, const char *title, const char *searched);
/** End it. */
void ks_web_end(struct ks_web_call *call);
/** The forms that a page may have besides HTML. */
enum {
	KS_WEB_ALSO_JSON = 1 << KS_FORMAT_JSON,
	KS_WEB_ALSO_TEXT = 1 << KS_FORMAT_MD | 1 << KS_FORMAT_TERMINAL,
	KS_WEB_ALSO_REPORTS = KS_WEB_ALSO_JSON | KS_WEB_ALSO_TEXT | 1 << KS_FORMAT_SARIF |
			      1 << KS_FORMAT_JUNIT, // of what was sent
};
/** The address has no ending, or that of a form the page has (bits of KS_WEB_ALSO_*): KS_ERR_NOTFOUND otherwise. */
KS_MUST_CHECK struct ks_error *ks_web_expect(const struct ks_web_call *call, unsigned int also);
/** The response is of the form that the address has; HTML is what ks_web_begin() says. */
void ks_web_say_type(struct ks_web_call *call);
/** Append the links to the same page in other forms (bits as above); the address has no ending yet. */
void ks_web_forms(struct ks_web_call *call, const char *address, unsigned int also);
/** A form to choose two kernels to compare; those chosen may be NULL. */
void ks_web_pair_form(struct ks_web_call *call, const struct ks_store_image *old,
		      const struct ks_store_image *new);
/** The first kind that has the name; KS_NR_KINDS: none has. */
KS_MUST_CHECK struct ks_error *ks_web_kind_of(struct ks_web_call *call, const char *name,
					      enum ks_kind *ret);
/** Append the address's part for the labels of two kernels: "A..B". */
void ks_web_pair(struct ks_buf *out, const char *old, const char *new);
/** Where an image stands among others; their number: nowhere. */
size_t ks_web_place_of(const struct ks_store_images *images, const struct ks_store_image *image);
/** A name in one kernel, or in two; without a name a kernel itself. */
struct ks_web_place {
	enum ks_kind kind;
	const char *name; // NULL: none
	size_t nr;
	const struct ks_store_image *image, *other;
};
/** Links from there to the same in other kernels. */
void ks_web_switch(struct ks_web_call *call, const struct ks_web_place *place);
/** The form that sends files; @param kernels what was chosen, or NULL */
void ks_web_check_form(struct ks_web_call *call, const char *kernels);
/** Whether a path is that of an explanation: /r/HASH/PROGRAM@LABEL. */
bool ks_web_is_explanation(const struct ks_web_address *address);
/** Answer with another address, which is in response->location already. */
void ks_web_redirect(struct ks_web_call *call);
