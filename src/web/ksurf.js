// SPDX-License-Identifier: BSD-2-Clause
// What pages do besides: names while one types, keys, light and dark. Everything else works without.
"use strict";
(() => {
	const root = document.documentElement;
	const field = document.querySelector("nav.site input[type=search]");
	const themes = ["light", "dark"];

	const stored = localStorage.getItem("theme");
	if (themes.includes(stored))
		root.dataset.theme = stored;

	function turnTheme() {
		const dark = root.dataset.theme
			? root.dataset.theme === "dark"
			: matchMedia("(prefers-color-scheme: dark)").matches;
		root.dataset.theme = dark ? "light" : "dark";
		localStorage.setItem("theme", root.dataset.theme);
	}

	let list = null, chosen = -1, asked = 0;

	function closeList() {
		if (list)
			list.remove();
		list = null;
		chosen = -1;
		field.setAttribute("aria-expanded", "false");
		field.removeAttribute("aria-activedescendant");
	}

	function choose(step) {
		const rows = list ? list.children : [];
		if (!rows.length)
			return;
		if (chosen >= 0)
			rows[chosen].setAttribute("aria-selected", "false");
		chosen = (chosen + step + rows.length) % rows.length;
		rows[chosen].setAttribute("aria-selected", "true");
		rows[chosen].scrollIntoView({ block: "nearest" });
		field.setAttribute("aria-activedescendant", rows[chosen].id);
	}

	function showNames(names, near) {
		closeList();
		if (!names.length)
			names = near; // one letter may be wrong
		if (!names.length)
			return;
		list = document.createElement("div");
		list.id = "found";
		list.setAttribute("role", "listbox");
		names.forEach((name, i) => {
			const row = document.createElement("a");
			const code = document.createElement("code");
			const kind = document.createElement("span");
			row.id = "found" + i;
			row.setAttribute("role", "option");
			row.setAttribute("aria-selected", "false");
			row.href = "/" + name.kind + "/" + encodeURIComponent(name.name);
			row.tabIndex = -1;
			code.textContent = name.name;
			kind.className = "dim";
			kind.textContent = name.kind;
			row.append(code, " ", kind);
			list.append(row);
		});
		field.form.append(list);
		field.setAttribute("aria-expanded", "true");
	}

	async function ask() {
		const word = field.value.trim(), mine = ++asked;
		if (word.length < 2)
			return closeList();
		try {
			const answer = await fetch("/search.json?limit=12&q=" + encodeURIComponent(word));
			const found = await answer.json();
			if (mine === asked && document.activeElement === field)
				showNames(found.names, found.near);
		} catch {
			closeList();
		}
	}

	if (field) {
		let timer = 0;
		field.setAttribute("role", "combobox");
		field.setAttribute("aria-controls", "found");
		field.setAttribute("aria-expanded", "false");
		field.addEventListener("input", () => {
			clearTimeout(timer);
			timer = setTimeout(ask, 80);
		});
		field.addEventListener("blur", () => setTimeout(closeList, 200));
		field.addEventListener("keydown", (event) => {
			if (list && ["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) {
				clearTimeout(timer); // names that are on their way would undo the choice
				asked++;
			}
			if (event.key === "ArrowDown" || event.key === "ArrowUp") {
				choose(event.key === "ArrowDown" ? 1 : -1);
				event.preventDefault();
			} else if (event.key === "Enter" && list && chosen >= 0) {
				location.href = list.children[chosen].href;
				event.preventDefault();
			} else if (event.key === "Escape" && list) {
				closeList();
				event.preventDefault(); // it would empty the field, too
			}
		});
	}

	// Up and down among the names of a page of search, left and right to the kernel before and behind.
	function step(key) {
		const found = [...document.querySelectorAll("ol.found a")];
		const at = found.indexOf(document.activeElement);
		if (found.length && key === "ArrowDown")
			found[Math.min(at + 1, found.length - 1)].focus();
		else if (at >= 0 && key === "ArrowUp")
			found[Math.max(at - 1, 0)].focus();
		else
			return false;
		return true;
	}

	function turn(key) {
		const link = document.querySelector(key === "ArrowLeft" ? "a[rel=prev]" : "a[rel=next]");
		if (link)
			link.click();
		return Boolean(link);
	}

	// ---- files that are checked ----

	function openTarget() {
		const target = document.querySelector("details:target");
		if (target)
			target.open = true;
	}
	addEventListener("hashchange", openTarget);
	openTarget();

	const form = document.querySelector("form.check");

	function tell(text, failed) {
		const told = form.querySelector(".told");
		told.textContent = text;
		told.classList.toggle("failure", failed);
	}

	function readable(bytes) {
		return (bytes / 1048576).toFixed(1) + " MiB";
	}

	// What a page of this site says of why there is no other one.
	function failureOf(request) {
		const page = new DOMParser().parseFromString(request.responseText, "text/html");
		const failure = page.querySelector(".failure");
		return failure ? failure.textContent : "the server did not answer as it should";
	}

	function send(files) {
		const bar = form.querySelector("progress"), button = form.querySelector("button");
		const most = Number(form.dataset.most);
		const sum = [...files].reduce((all, file) => all + file.size, 0);
		if (!files.length || button.disabled)
			return;
		if (sum > most)
			return tell(`these are ${readable(sum)}; ${readable(most)} are taken at once`, true);
		const body = new FormData(), request = new XMLHttpRequest();
		for (const file of files)
			body.append("files", file);
		body.append("kernels", form.elements.kernels.value);
		const end = (text) => {
			bar.hidden = true;
			button.disabled = false;
			tell(text, true);
		};
		bar.hidden = false;
		bar.removeAttribute("value");
		button.disabled = true;
		tell("sending …", false);
		request.upload.addEventListener("progress", (event) => {
			if (event.lengthComputable)
				bar.value = event.loaded / event.total;
		});
		request.upload.addEventListener("load", () => {
			bar.removeAttribute("value");
			tell("checking …", false);
		});
		request.addEventListener("error", () => end("the connection broke"));
		request.addEventListener("load", () => {
			if (request.status === 200)
				location.href = request.responseURL; // it was led to the report
			else
				end(failureOf(request));
		});
		request.open("POST", form.action);
		request.send(body);
	}

	if (form) {
		const files = form.elements.files, kernels = form.elements.kernels;
		let inside = 0;
		const carriesFiles = (event) => [...event.dataTransfer.types].includes("Files");
		form.classList.add("drops");
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			send(files.files);
		});
		kernels.addEventListener("change", () => {
			if (location.pathname === "/check")
				history.replaceState(null, "", kernels.value ? "?kernels=" + encodeURIComponent(kernels.value) : "/check");
		});
		document.addEventListener("dragenter", (event) => {
			if (carriesFiles(event) && ++inside)
				form.classList.add("over");
		});
		document.addEventListener("dragleave", (event) => {
			if (carriesFiles(event) && --inside <= 0)
				form.classList.remove("over");
		});
		document.addEventListener("dragover", (event) => {
			if (carriesFiles(event))
				event.preventDefault(); // or it is no place to drop at
		});
		document.addEventListener("drop", (event) => {
			if (!carriesFiles(event))
				return;
			event.preventDefault();
			inside = 0;
			form.classList.remove("over");
			send(event.dataTransfer.files);
		});
		addEventListener("pageshow", () => { // of a page that one comes back to
			form.querySelector("progress").hidden = true;
			form.querySelector("button").disabled = false;
			tell("", false);
		});
	}

	document.addEventListener("keydown", (event) => {
		const typing = event.target.closest("input, select, textarea");
		if (typing || event.ctrlKey || event.altKey || event.metaKey)
			return;
		if (event.key === "/" && field) {
			field.focus();
			field.select();
			event.preventDefault();
		} else if (event.key === "t") {
			turnTheme();
		} else if (["ArrowDown", "ArrowUp"].includes(event.key)) {
			if (step(event.key))
				event.preventDefault();
		} else if (["ArrowLeft", "ArrowRight"].includes(event.key) && !event.target.closest(".scroll, pre")) {
			if (turn(event.key)) // what is wide scrolls with the same keys
				event.preventDefault();
		}
	});
})();
