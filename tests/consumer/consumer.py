#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Uses the shared library through ctypes, as a program in another language would: typed, without a compiler.

Usage: consumer.py LIBRARY STORE KERNEL OTHER_KERNEL OBJECT; a traceback and a status that is not 0 tell what is wrong.
"""
import ctypes
import sys
from ctypes import (CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_int64, c_size_t, c_uint, c_uint32, c_uint64,
                    c_void_p, sizeof)

NOTFOUND, USAGE, CANCELLED = 6, 5, 9
ADDED, FAILED = 2, 6
PRESENT = 2
WORKS, NO_LOAD = 0, 4

Progress = CFUNCTYPE(c_int, c_char_p, c_uint64, c_uint64, c_void_p)


def struct(name, *fields):
    return type(name, (Structure,), {"_fields_": list(fields)})


Event = struct("Event", ("type", c_int), ("source", c_char_p), ("doing", c_char_p), ("done", c_uint64), ("total", c_uint64),
               ("note", c_char_p), ("code", c_int), ("error", c_char_p), ("label", c_char_p), ("bytes", c_uint64))
Listener = CFUNCTYPE(c_int, POINTER(Event), c_void_p)
IngestOptions = struct("IngestOptions", ("size", c_size_t), ("from", c_int), ("nr_threads", c_uint), ("strict", c_int),
                       ("config", c_char_p), ("modules", c_char_p), ("mirror", c_char_p), ("suite", c_char_p),
                       ("arch", c_char_p), ("cache_dir", c_char_p), ("debuginfod", c_char_p), ("event", Listener),
                       ("event_arg", c_void_p), ("keyring", c_char_p), ("allow_unsigned", c_int), ("verify", c_int),
                       ("timeout", c_uint), ("last", c_uint), ("debug", c_int))
Count = struct("Count", ("kind", c_char_p), ("known", c_int), ("nr", c_uint64))
Image = struct("Image", *[(name, c_char_p) for name in (
    "label", "release", "version", "arch", "flavor", "build_id", "compiler", "revision", "distribution", "package",
    "package_version", "banner", "digest", "tier")], ("bits", c_uint), ("big_endian", c_int), ("is_base", c_int),
    ("nr_modules", c_uint32), ("nr_unknown", c_size_t), ("unknown", POINTER(c_char_p)), ("nr_counts", c_size_t),
    ("counts", POINTER(POINTER(Count))))
ImagesOptions = struct("ImagesOptions", ("size", c_size_t), ("words", c_char_p), ("counts", c_int),
                       ("progress", Progress), ("progress_arg", c_void_p))
Name = struct("Name", ("kind", c_char_p), ("name", c_char_p), ("nr_images", c_size_t))
NamesOptions = struct("NamesOptions", ("size", c_size_t), ("kind", c_char_p), ("glob", c_char_p), ("images", c_char_p),
                      ("limit", c_size_t), ("progress", Progress), ("progress_arg", c_void_p))
Change = struct("Change", ("change", c_char_p), ("title", c_char_p), ("name", c_char_p), ("old_text", c_char_p),
                ("new_text", c_char_p), ("extra", c_int))
Fact = struct("Fact", ("image", c_char_p), ("status", c_int), ("declaration", c_char_p), ("value", c_char_p),
              ("module", c_char_p), ("nr_issues", c_size_t), ("issues", POINTER(c_char_p)), ("nr_untold", c_size_t),
              ("untold", POINTER(c_char_p)), ("event", c_char_p), ("group", c_char_p), ("compared_with", c_char_p),
              ("nr_changes", c_size_t), ("changes", POINTER(POINTER(Change))))
Difference = struct("Difference", ("kind", c_char_p), ("name", c_char_p), ("status", c_char_p), ("certain", c_int),
                    ("old_declaration", c_char_p), ("new_declaration", c_char_p), ("nr_changes", c_size_t),
                    ("changes", POINTER(POINTER(Change))))
Checked = struct("Checked", ("object", c_char_p), ("path", c_char_p), ("object_index", c_size_t), ("program", c_char_p),
                 ("section", c_char_p), ("hook", c_char_p), ("target", c_char_p), ("base", c_char_p))
Reason = struct("Reason", ("reason", c_char_p), ("title", c_char_p), ("verdict", c_int), ("reachable", c_int),
                ("kind", c_char_p), ("name", c_char_p), ("detail", c_char_p), ("hint", c_char_p), ("instruction", c_int64),
                ("file", c_char_p), ("line", c_uint32), ("source", c_char_p))
Outcome = struct("Outcome", ("verdict", c_int), ("load", c_int), ("attach", c_int), ("optional", c_int),
                 ("nr_reasons", c_size_t), ("reasons", POINTER(POINTER(Reason))))
CheckOptions = struct("CheckOptions", ("size", c_size_t), ("images", c_char_p), ("base", c_char_p), ("policy", c_char_p),
                      ("policy_file", c_char_p), ("policy_beside", c_int), ("optional", c_char_p), ("constants", c_char_p),
                      ("modules", c_int), ("nr_threads", c_uint), ("progress", Progress), ("progress_arg", c_void_p))
ReportOptions = struct("ReportOptions", ("size", c_size_t), ("format", c_char_p), ("images", c_char_p), ("color", c_int),
                       ("verbose", c_int), ("columns", c_uint))


class Failure(Exception):
    """An error of the library, with its code."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code, self.text = code, text


class Library:
    """The functions, with their types; what fails raises Failure."""

    def __init__(self, path):
        self.so = ctypes.CDLL(path)
        self.so.ksurf_error_text.restype = c_char_p
        self.so.ksurf_error_text.argtypes = self.so.ksurf_error_code.argtypes = self.so.ksurf_error_free.argtypes = [c_void_p]

    def check(self, err):
        """Raise what a call returned, unless it is NULL."""
        if err:
            failure = Failure(self.so.ksurf_error_code(err), self.so.ksurf_error_text(err).decode())
            self.so.ksurf_error_free(err)
            raise failure

    def call(self, name, *args):
        """A function that can fail and writes its result last."""
        function, ret = getattr(self.so, name), c_void_p()
        function.restype = c_void_p
        self.check(function(*args, byref(ret)))
        return ret

    def get(self, name, restype, *args):
        """A function that cannot fail."""
        function = getattr(self.so, name)
        function.restype = restype
        return function(*args)

    def list(self, name, kind, handle, count="count", at="at"):
        """All elements of a result."""
        nr = self.get(f"{name}_{count}", c_size_t, handle)
        get = [self.get(f"{name}_{at}", POINTER(kind), handle, c_size_t(i)) for i in range(nr)]
        return [pointer.contents for pointer in get]

    def text(self, name, *args):
        """A function that writes a text, which is ours to free."""
        function, text, length = getattr(self.so, name), c_void_p(), c_size_t()
        function.restype = c_void_p
        self.check(function(*args, byref(text), byref(length)))
        ret = ctypes.string_at(text, length.value).decode()
        free = ctypes.CDLL(None).free
        free.argtypes = [c_void_p]
        free(text)
        return ret


def options(of, **fields):
    return of(size=sizeof(of), **fields)


def refuses(code, inside, function, *args):
    """The call fails in that way and says that."""
    try:
        function(*args)
    except Failure as failure:
        assert failure.code == code and inside in failure.text, (failure.code, failure.text)
    else:
        raise AssertionError(f"no failure: {inside}")


def use_ingest(lib, store, kernels):
    events = []

    @Listener
    def listen(event, _):
        event = event.contents
        events.append((event.type, event.label, event.error))
        return 0

    names = (c_char_p * 3)(kernels[0], b"/nowhere/vmlinux", kernels[1])
    how, added = options(IngestOptions, event=listen), c_size_t()
    lib.so.ksurf_ingest.restype = c_void_p
    lib.check(lib.so.ksurf_ingest(store, names, c_size_t(3), byref(how), byref(added)))
    assert added.value == 2
    assert [label for kind, label, _ in events if kind == ADDED] == [b"6.6.6-mini-amd64", b"6.6.6-mini-arm64"]
    assert [b"/nowhere/vmlinux" in error for kind, _, error in events if kind == FAILED] == [True]


def use_images(lib, store):
    images = lib.call("ksurf_images_choose", store, byref(options(ImagesOptions, counts=1)))
    first, second = lib.list("ksurf_images", Image, images)
    assert (first.label, first.arch, first.tier, first.bits) == (b"6.6.6-mini-amd64", b"amd64", b"full", 64)
    assert second.arch == b"arm64" and first.is_base + second.is_base == 1
    counts = {first.counts[i].contents.kind: first.counts[i].contents.nr for i in range(first.nr_counts)}
    assert counts[b"function"] > 10 and counts[b"struct"] > 5
    lib.get("ksurf_images_free", None, images)
    refuses(NOTFOUND, "9.9", lib.call, "ksurf_images_choose", store, byref(options(ImagesOptions, words=b"9.9")))
    refuses(USAGE, "size", lib.call, "ksurf_images_choose", store, byref(ImagesOptions(words=b"9.9")))


def use_names(lib, store):
    names = lib.call("ksurf_names_find", store, byref(options(NamesOptions, kind=b"function", glob=b"direct_*")))
    assert [(one.name, one.nr_images) for one in lib.list("ksurf_names", Name, names)] == [(b"direct_twice", 2)]
    lib.get("ksurf_names_free", None, names)
    stop = Progress(lambda *_: 1)
    refuses(CANCELLED, "cancelled", lib.call, "ksurf_names_find", store, byref(options(NamesOptions, progress=stop)))


def use_history(lib, store):
    history = lib.call("ksurf_history_read", store, b"function", b"direct_twice", None)
    facts = lib.list("ksurf_history", Fact, history)
    assert [fact.status for fact in facts] == [PRESENT, PRESENT]
    assert all(b"direct_twice(" in fact.declaration for fact in facts)
    lib.get("ksurf_history_free", None, history)
    refuses(NOTFOUND, "did you mean direct_twice", lib.call, "ksurf_history_read", store, b"function", b"direct_twic", None)


def use_diff(lib, store):
    diff = lib.call("ksurf_diff_make", store, b"6.6.6-mini-amd64", b"6.6.6-mini-arm64", None)
    found = lib.list("ksurf_diff", Difference, diff)
    assert found and lib.get("ksurf_diff_differs", c_int, diff)
    assert {one.status for one in found} <= {b"added", b"removed", b"changed"}
    lib.get("ksurf_diff_free", None, diff)


def use_verdicts(lib, store, path):
    objects = lib.call("ksurf_objects_new")
    lib.so.ksurf_objects_add_bytes.restype = c_void_p
    with open(path, "rb") as file:
        content = file.read()
    lib.check(lib.so.ksurf_objects_add_bytes(objects, content, c_size_t(len(content)), b"from Python"))
    told = []
    tell = Progress(lambda what, done, total, _: told.append((what, done, total)) or 0)
    verdicts = lib.call("ksurf_verdicts_make", store, objects, byref(options(CheckOptions, progress=tell)))
    programs = lib.list("ksurf_verdicts", Checked, verdicts, "nr_programs", "program")
    assert {program.path for program in programs} == {b"from Python"}
    assert told[-1] == (b"checking", len(programs), len(programs))
    reasons = []
    for row, program in enumerate(programs):
        outcome = lib.get("ksurf_verdicts_at", POINTER(Outcome), verdicts, c_size_t(row), c_size_t(0)).contents
        for i in range(outcome.nr_reasons):
            reason = outcome.reasons[i].contents
            reasons.append((program.program, reason.reason, reason.kind, reason.name, reason.file, reason.line))
    assert any(name and file and line for _, _, _, name, file, line in reasons), reasons
    assert lib.get("ksurf_verdicts_object", c_int, verdicts, c_size_t(0), c_size_t(0)) == NO_LOAD
    text = lib.text("ksurf_report_verdicts", verdicts, byref(options(ReportOptions, format=b"json")))
    assert '"path": "from Python"' in text
    lib.get("ksurf_verdicts_free", None, verdicts)
    lib.get("ksurf_objects_free", None, objects)


def main():
    library, path, one, two, program = sys.argv[1:]
    lib = Library(library)
    assert lib.get("ksurf_version", c_char_p)
    store = lib.call("ksurf_store_open", path.encode(), c_int(1))
    use_ingest(lib, store, (one.encode(), two.encode()))
    use_images(lib, store)
    use_names(lib, store)
    use_history(lib, store)
    use_diff(lib, store)
    use_verdicts(lib, store, program)
    lib.get("ksurf_store_close", None, store)


if __name__ == "__main__":
    main()
