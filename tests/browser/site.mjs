// SPDX-License-Identifier: BSD-2-Clause
// Every kind of page in a browser, as people use it: site.mjs MODULES CHROMIUM ADDRESS FUNCTION STRUCT OBJECT...; writes TAP without numbers.
import { createRequire } from "node:module";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const [modules, chromiumPath, site, aFunction, aStruct, ...objects] = process.argv.slice(2);
const require = createRequire(modules);
const { chromium } = require("playwright-core");
const axe = require.resolve("axe-core/axe.min.js");

const ask = async (path) => (await fetch(site + path)).json();
const labels = (await ask("/kernels.json")).map((image) => image.label);
const [old, latest] = [labels[0], labels.at(-1)];
const at = encodeURIComponent;
const pair = `${at(old)}..${at(latest)}`;

// One address of each kind.
const pages = {
	home: "/",
	search: `/search?q=${aFunction.slice(0, 4)}`,
	"search without an answer": "/search?q=zzzzzzzz",
	"life of a function": `/function/${aFunction}`,
	"life of a struct": `/struct/${aStruct}`,
	"one kernel's function": `/function/${aFunction}@${at(old)}`,
	"one kernel's struct": `/struct/${aStruct}@latest`,
	"two kernels' function": `/function/${aFunction}/${pair}`,
	"two kernels' struct": `/struct/${aStruct}/${pair}`,
	kernels: "/kernels",
	"kernels by distribution": "/kernels?by=distribution",
	"kernels by set": "/kernels?by=set",
	kernel: `/kernel/${at(latest)}`,
	statistics: "/stats",
	"one table": "/stats/growth",
	store: "/store",
	"what to compare": "/diff",
	comparison: `/diff/${pair}`,
	"comparison by name": `/diff/${pair}?kind=struct`,
	API: "/api",
	"what to check": "/check",
	"no such report": "/r/0123456789abcdef0123456789abcdef",
	"not found": "/function/zzzzzzzz",
	"not understood": "/search",
};

// A report on all objects, and what explains one verdict, as programs ask for them.
const form = new FormData();
for (const object of objects)
	form.append("files", new Blob([readFileSync(object)]), basename(object));
const sent = await fetch(site + "/check", { method: "POST", body: form });
assert.equal(sent.status, 200);
const report = new URL(sent.url).pathname;
pages.report = report;
pages.explanation = /<td class="[a-z]+"><a title="[^"]+" href="([^"]+)"/.exec(await sent.text())[1];

// As root Chromium has no sandbox of its own; what it is shown here is only ours.
const browser = await chromium.launch({
	executablePath: chromiumPath,
	args: process.getuid() === 0 ? ["--no-sandbox"] : [],
});

async function test(name, how, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
	const page = await context.newPage();
	const wrong = [];
	page.on("pageerror", (error) => wrong.push(`script: ${error.message}`));
	page.on("console", (message) => {
		if (message.type() === "error" && !/status of 4(0[04]|22)/.test(message.text()))
			wrong.push(`console: ${message.text()}`);
	});
	page.on("request", (request) => {
		if (!request.url().startsWith(site))
			wrong.push(`asks elsewhere: ${request.url()}`);
	});
	page.setDefaultTimeout(15000);
	try {
		await how(page, context);
	} catch (error) {
		wrong.push(error.message);
	}
	await context.close();
	console.log(`${wrong.length ? "not ok" : "ok"} - ${name}`);
	for (const line of wrong.join("\n").split("\n").filter(Boolean))
		console.log(`# ${line}`);
}

const go = (page, path) => page.goto(site + path);
const path = (page) => decodeURIComponent(page.url().slice(site.length));

await test("names come while one types, and arrows and Enter lead to one", async (page) => {
	await go(page, "/");
	await page.keyboard.press("/");
	await page.keyboard.type(aFunction.slice(0, -1), { delay: 20 });
	const rows = page.locator("#found [role=option]");
	await rows.first().waitFor();
	const field = page.locator("nav.site input[type=search]");
	assert.equal(await field.getAttribute("aria-expanded"), "true");
	const { names } = await ask(`/search.json?limit=12&q=${aFunction.slice(0, -1)}`);
	assert.deepEqual(await rows.locator("code").allTextContents(), names.map((found) => found.name));
	const wanted = names.findIndex((found) => found.name === aFunction && found.kind === "function");
	assert.notEqual(wanted, -1);
	for (let i = 0; i <= wanted; i++)
		await page.keyboard.press("ArrowDown");
	const active = await field.getAttribute("aria-activedescendant");
	assert.equal(await page.locator(`#${active}`).getAttribute("aria-selected"), "true");
	await page.keyboard.press("Enter");
	await page.waitForURL(`${site}/function/${aFunction}`);
	await page.keyboard.press("/");
	await page.keyboard.type(aFunction, { delay: 20 });
	await rows.first().waitFor();
	await page.keyboard.press("Escape");
	assert.equal(await rows.count(), 0);
	await page.keyboard.press("Enter");
	await page.waitForURL(`${site}/search?q=${aFunction}`);
});

await test("a click on a name that came leads there", async (page) => {
	await go(page, "/kernels");
	await page.locator("nav.site input[type=search]").pressSequentially(aStruct);
	await page.locator("#found a", { hasText: aStruct }).first().click();
	await page.waitForURL(new RegExp(`/[a-z]+/.*${aStruct}`));
});

await test("another kernel keeps the name", async (page) => {
	await go(page, `/function/${aFunction}@${at(old)}`);
	for (const label of [latest, old]) {
		const list = page.locator("nav.kernels details");
		if ((await list.getAttribute("open")) === null)
			await list.locator("summary").click();
		await list.getByRole("link", { name: label, exact: true }).click();
		assert.equal(path(page), `/function/${aFunction}@${label}`);
		assert.match(await page.locator("h1").innerText(), new RegExp(aFunction));
		assert.equal(await page.locator("h1 strong").innerText(), label);
	}
	await page.getByRole("link", { name: "all kernels" }).click();
	assert.equal(path(page), `/function/${aFunction}`);
});

await test("arrows lead to the kernel before and behind, and back", async (page) => {
	await go(page, `/struct/${aStruct}@${at(old)}`);
	const next = await page.locator("a[rel=next]").getAttribute("href");
	await page.keyboard.press("ArrowRight");
	await page.waitForURL(site + next);
	await page.keyboard.press("ArrowLeft");
	await page.waitForURL(`${site}/struct/${aStruct}@${at(old)}`);
	await page.locator(".scroll").first().focus(); // what is wide scrolls
	await page.keyboard.press("ArrowRight");
	assert.equal(path(page), `/struct/${aStruct}@${old}`);
});

await test("arrows go through the names of a page of search", async (page) => {
	await go(page, `/search?q=${aFunction.slice(0, 4)}`);
	const links = await page.locator("ol.found a").evaluateAll((all) => all.map((a) => a.pathname));
	const focused = () => page.evaluate(() => document.activeElement.pathname);
	await page.keyboard.press("ArrowDown");
	assert.equal(await focused(), links[0]);
	if (links.length > 1) {
		await page.keyboard.press("ArrowDown");
		assert.equal(await focused(), links[1]);
		await page.keyboard.press("ArrowUp");
	}
	await page.keyboard.press("Enter");
	await page.waitForURL(site + links[0]);
});

await test("a wrong letter still finds the name", async (page) => {
	const wrong = aFunction.slice(0, -2) + aFunction.at(-1) + aFunction.at(-2);
	await go(page, "/");
	await page.locator("nav.site input[type=search]").pressSequentially(wrong);
	await page.locator("#found code", { hasText: aFunction }).first().waitFor();
	await go(page, `/search?q=${wrong}`);
	await page.locator(`ol.found a[href="/function/${aFunction}"]`).waitFor();
});

await test("one kernel's function: each way to attach has an answer, as the life has it", async (page) => {
	await go(page, `/function/${aFunction}@${at(latest)}`);
	const { images } = await ask(`/function/${aFunction}.json`);
	const { attach } = images.find((image) => image.image === latest).functions;
	const rows = await page.locator("h2:has-text('Where to attach') + .scroll tbody tr").evaluateAll((all) =>
		all.map((row) => [...row.cells].map((cell) => cell.textContent)));
	const said = Object.fromEntries(rows.map(([way, answer]) => [way.replace(".", "_"), answer.split(" ")[1]]));
	assert.deepEqual(Object.keys(said).sort(), ["fentry", "fmod_ret", "kprobe", "kprobe_multi"]);
	for (const [way, answer] of Object.entries(said))
		assert.equal(answer, { true: "yes", false: "no", null: "unknown" }[attach[way]], way);
	for (const [, answer, why] of rows)
		assert.equal(answer.includes("yes"), why === "", `${answer} ${why}`);
});

await test("one kernel's struct has its members, and two kernels' both offsets", async (page) => {
	await go(page, `/struct/${aStruct}@${at(latest)}`);
	const { images } = await ask(`/struct/${aStruct}.json`);
	const [before, after] = [old, latest].map((label) => images.find((image) => image.image === label).definition.members);
	const cells = (selector) => page.locator(selector).evaluateAll((all) =>
		all.map((row) => [...row.cells].map((cell) => cell.textContent)));
	const rows = await cells("h2:has-text('Members') + .scroll tbody tr");
	assert.deepEqual(rows.map((row) => row[1]), after.map((member) => member.name ?? ""));
	assert.deepEqual(rows.map((row) => Number.parseInt(row[0])), after.map((member) => Math.floor(member.bits_offset / 8)));
	await go(page, `/struct/${aStruct}/${pair}`);
	for (const [, oldAt, newAt] of await cells("table.matrix tbody tr"))
		for (const [where, members] of [[oldAt, before], [newAt, after]])
			assert.ok(where === "–" || members.some((member) => Math.floor(member.bits_offset / 8) === Number.parseInt(where.replace("~", ""))), where);
});

await test("the page of a name leads to its feed, which is one", async (page) => {
	await go(page, `/struct/${aStruct}`);
	const href = await page.locator("link[rel=alternate]").getAttribute("href");
	assert.equal(await page.locator("main a", { hasText: "feed" }).getAttribute("href"), href);
	const answer = await fetch(site + href);
	assert.match(answer.headers.get("content-type"), /^application\/atom\+xml/);
	const text = await answer.text();
	const feed = await page.evaluate((xml) => {
		const parsed = new DOMParser().parseFromString(xml, "application/xml");
		const one = (node, name) => [...node.children].filter((child) => child.localName === name);
		return { broken: parsed.querySelector("parsererror")?.textContent, namespace: parsed.documentElement.namespaceURI,
			ids: [...parsed.querySelectorAll("id")].map((id) => id.textContent),
			dates: [...parsed.querySelectorAll("updated")].map((date) => date.textContent),
			complete: [parsed.documentElement, ...parsed.querySelectorAll("entry")].every((node) =>
				["id", "title", "updated", "link"].every((name) => one(node, name).length)) };
	}, text);
	assert.equal(feed.broken, undefined);
	assert.equal(feed.namespace, "http://www.w3.org/2005/Atom");
	assert.ok(feed.complete);
	assert.equal(new Set(feed.ids).size, feed.ids.length);
	for (const id of feed.ids)
		assert.match(id, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	for (const date of feed.dates)
		assert.ok(!Number.isNaN(Date.parse(date)), date);
});

await test("pictures of statistics are drawn", async (page) => {
	await go(page, "/stats");
	const sizes = await page.locator("figure img").evaluateAll((all) =>
		Promise.all(all.map(async (img) => (await img.decode(), img.naturalWidth))));
	assert.ok(sizes.length > 0 && sizes.every((width) => width > 0));
});

// What is told of addresses is told of a store that has vfs_read; here other names stand for it.
const stands = {
	vfs_readv: aFunction, vfs_read: aFunction, vfs_re: aFunction.slice(0, 4), vfs_raed: aFunction.slice(0, -2) + aFunction.at(-1) + aFunction.at(-2),
	task_struct: aStruct, "debian:13": at(latest), "/v/": `/${aFunction.replace(/^_+/, "")[0]}/`,
};
const ours = (told) => told.replace(/vfs_readv|vfs_read|vfs_raed|vfs_re|task_struct|debian:13|\/v\//g, (name) => stands[name]);

await test("addresses and examples that are told are there", async () => {
	const guide = readFileSync(new URL("../../docs/web.md", import.meta.url), "utf8");
	const told = [...guide.matchAll(/curl -s '[^']*:8080([^']*)'/g)].map((found) => found[1]);
	assert.ok(told.length >= 5, "examples");
	const { length } = told;
	told.push(...(await ask("/api.json")).filter((one) => !one.pattern).map((one) => one.address));
	assert.ok(told.length > length);
	for (const address of told.map(ours)) {
		const { status } = await fetch(site + address);
		assert.equal(status, 200, address);
	}
	const answers = [...guide.matchAll(/curl -s '[^']*:8080([^']*)'\n {4}(\{.*\})/g)];
	assert.ok(answers.length > 0, "answers");
	for (const [, address, answer] of answers)
		assert.deepEqual(Object.keys(await ask(ours(address))), Object.keys(JSON.parse(answer)), address);
});

await test("on paper there is no navigation, and no table is cut off", async (page) => {
	await page.emulateMedia({ media: "print" });
	await go(page, `/function/${aFunction}@${at(latest)}`);
	assert.equal(await page.locator("nav.site").isVisible(), false);
	assert.equal(await page.locator("nav.kernels").isVisible(), false);
	assert.equal(await page.locator(".scroll").first().evaluate((node) => getComputedStyle(node).overflowX), "visible");
});

await test("a function's life says where to attach, and each row leads to its kernel", async (page) => {
	await go(page, `/function/${aFunction}`);
	const { images } = await ask(`/function/${aFunction}.json`);
	const glance = await page.locator("dl.glance").innerText();
	const present = images.filter((image) => image.status !== "absent");
	assert.match(await page.locator("main").innerText(), new RegExp(`in ${present.length} of ${images.length} kernels`));
	assert.match(glance, /attach/);
	const links = await page.locator("table.life td:first-child a").evaluateAll((all) => all.map((a) => decodeURIComponent(a.pathname)));
	assert.ok(links.length > 0 && links.length <= images.length);
	const known = new Set(images.map((image) => `/function/${aFunction}@${image.image}`));
	for (const link of links)
		assert.ok(known.has(link), link);
});

await test("a struct's matrix has every member, with its offset", async (page) => {
	await go(page, `/struct/${aStruct}`);
	const { images } = await ask(`/struct/${aStruct}.json`);
	const regular = images.filter((image) => image.group === "regular" && image.definition);
	const newest = regular.at(-1).definition.members;
	const rows = await page.locator("table.matrix tbody tr").evaluateAll((all) =>
		all.map((row) => [...row.cells].map((cell) => cell.textContent)));
	const names = new Set(regular.flatMap((image) => image.definition.members.map((member) => member.name)).filter(Boolean));
	assert.equal(rows.length, names.size);
	for (const member of newest.filter((one) => one.name && one.bitfield_bits === null)) {
		const row = rows.find((cells) => new RegExp(`\\b${member.name}\\b(?!\\()`).test(cells[0]) &&
			cells.at(-1).replace("~", "") === String(member.bits_offset / 8));
		assert.ok(row, `${member.name} at ${member.bits_offset / 8}`);
	}
});

await test("the form leads to two kernels compared", async (page) => {
	await go(page, "/diff");
	await page.getByLabel("old").selectOption(old);
	await page.getByLabel("new").selectOption(latest);
	await page.getByRole("button", { name: "Compare" }).click();
	assert.equal(path(page), `/diff/${old}..${latest}`);
	assert.equal(await page.getByLabel("old").inputValue(), old);
	assert.equal(await page.getByLabel("new").inputValue(), latest);
	await page.locator("main").getByRole("link", { name: "struct", exact: true }).click();
	assert.equal(path(page), `/diff/${old}..${latest}?kind=struct`);
});

// What the report at the page says, in the words of check --json.
async function isReport(page) {
	assert.match(path(page), /^\/r\/[0-9a-f]{32}$/);
	const { tools } = await ask(`${path(page)}.json`);
	const rows = await page.locator(".checked table.verdicts").first().locator("tbody tr td:first-child").allInnerTexts();
	assert.deepEqual([...rows].sort(), tools.map((tool) => tool.tool).sort());
}

// A cell leads to what explains it; that names the program, and the kernel.
async function readCell(page) {
	const cell = page.locator(".checked table.verdicts td a[title]").first();
	const [, program, label] = /\/([^/@]+)@(.*)$/.exec(decodeURIComponent(await cell.getAttribute("href")));
	await cell.click();
	const text = await page.locator("main pre").innerText();
	assert.match(text, new RegExp(`program +${program}\n`));
	assert.ok(text.includes(label) && /verdict/.test(text));
}

await test("files that are dropped lead to their report, a cell to why, and the address can be shared", async (page, context) => {
	await go(page, "/");
	const dropped = objects.map((object) => ({ name: basename(object), bytes: readFileSync(object).toString("base64") }));
	const transfer = await page.evaluateHandle((files) => {
		const all = new DataTransfer();
		for (const { name, bytes } of files)
			all.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
		return all;
	}, dropped);
	await page.dispatchEvent("h1", "dragenter", { dataTransfer: transfer });
	assert.ok(await page.locator("form.check.over").count());
	await page.dispatchEvent("h1", "drop", { dataTransfer: transfer });
	await page.waitForURL(`${site}/r/*`);
	await isReport(page);
	const shared = page.url();
	await page.locator(".checked table.verdicts td:first-child a").first().click(); // a tool: its programs
	await page.locator("details#t0 tr.program").first().waitFor();
	await readCell(page);
	await page.getByRole("link", { name: "all tools and kernels" }).click();
	assert.equal(page.url(), shared);
	const other = await context.newPage();
	await other.goto(shared);
	await isReport(other);
});

await test("files that are chosen are checked on the kernels that are, and the address keeps these", async (page) => {
	await go(page, `/check?kernels=${at(latest)}`);
	assert.equal(await page.getByLabel("kernels").inputValue(), latest);
	await page.getByLabel("kernels").fill(old);
	await page.getByLabel("kernels").blur();
	assert.equal(path(page), `/check?kernels=${old}`);
	await page.setInputFiles("input[type=file]", objects);
	await page.getByRole("button", { name: "Check" }).click();
	await page.waitForURL(`${site}/r/*`);
	await isReport(page);
	const { images } = await ask(`${path(page)}.json`);
	assert.deepEqual(images.map((image) => image.image), [old]);
	await page.goBack();
	assert.equal(await page.getByRole("button", { name: "Check" }).isEnabled(), true);
});

await test("why files are not checked is said where they were sent", async (page) => {
	await go(page, "/check");
	await page.setInputFiles("input[type=file]", { name: "<b>.o", mimeType: "a/b", buffer: Buffer.from("nothing") });
	await page.getByRole("button", { name: "Check" }).click();
	await page.locator(".told.failure").waitFor();
	assert.match(await page.locator(".told").innerText(), /<b>\.o: no eBPF object/);
	assert.equal(path(page), "/check");
});

await test("files are checked without JavaScript", async (page) => {
	await go(page, "/");
	await page.setInputFiles("input[type=file]", objects);
	await page.getByLabel("kernels").fill(old);
	await page.getByRole("button", { name: "Check" }).click();
	await isReport(page);
	await readCell(page);
	await go(page, "/check");
	await page.setInputFiles("input[type=file]", { name: "a.o", mimeType: "a/b", buffer: Buffer.from("nothing") });
	await page.getByRole("button", { name: "Check" }).click();
	assert.match(await page.locator("main .failure").innerText(), /a\.o: no eBPF object/);
}, { javaScriptEnabled: false });

const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

await test("t turns light to dark, and it stays", async (page) => {
	await go(page, "/");
	const light = await ground(page);
	await page.keyboard.press("t");
	const dark = await ground(page);
	assert.notEqual(dark, light);
	await go(page, "/kernels");
	assert.equal(await ground(page), dark);
	await page.keyboard.press("t");
	assert.equal(await ground(page), light);
	await page.locator("nav.site input[type=search]").fill("");
	await page.keyboard.type("t"); // a letter in the field
	assert.equal(await ground(page), light);
}, { colorScheme: "light" });

await test("dark where the system is", async (page) => {
	await go(page, "/");
	assert.equal(await ground(page), "rgb(22, 24, 27)");
}, { colorScheme: "dark" });

await test("everything without JavaScript", async (page) => {
	await go(page, "/");
	await page.locator("nav.site input[type=search]").fill(aFunction);
	await page.getByRole("button", { name: "Search" }).click();
	assert.equal(path(page), `/search?q=${aFunction}`);
	await page.locator(`ol.found a[href="/function/${aFunction}"]`).click();
	assert.match(await page.locator("h1").innerText(), new RegExp(aFunction));
	await page.locator("table.life td:first-child a").first().click();
	assert.match(path(page), /@/);
	await page.locator("nav.site").getByRole("link", { name: "Compare" }).click();
	await page.getByLabel("old").selectOption(old);
	await page.getByLabel("new").selectOption(latest);
	await page.getByRole("button", { name: "Compare" }).click();
	assert.equal(path(page), `/diff/${old}..${latest}`);
}, { javaScriptEnabled: false });

for (const width of [360, 1280])
	await test(`no page is wider than ${width} px`, async (page) => {
		const wide = [];
		for (const [name, address] of Object.entries(pages)) {
			await go(page, address);
			const is = await page.evaluate(() => document.documentElement.scrollWidth);
			if (is > width)
				wide.push(`${name}: ${is} px`);
		}
		assert.deepEqual(wide, []);
	}, { viewport: { width, height: 800 } });

async function judge(page) {
	await page.addScriptTag({ path: axe });
	const { violations } = await page.evaluate(() => axe.run());
	return violations.map((rule) => `${rule.id}: ${rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 150)).join(" | ")}`);
}

for (const [width, colorScheme] of [[1280, "light"], [360, "light"], [1280, "dark"]])
	await test(`axe finds nothing: ${width} px, ${colorScheme}`, async (page) => {
		const found = [];
		for (const [name, address] of Object.entries(pages)) {
			await go(page, address);
			found.push(...(await judge(page)).map((line) => `${name}: ${line}`));
		}
		await go(page, "/");
		await page.locator("nav.site input[type=search]").pressSequentially(aFunction.slice(0, 4));
		await page.locator("#found").waitFor();
		found.push(...(await judge(page)).map((line) => `names that came: ${line}`));
		assert.equal(found.join("\n"), "");
	}, { viewport: { width, height: 800 }, colorScheme, bypassCSP: true });

await browser.close();
