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
