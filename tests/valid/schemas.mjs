// SPDX-License-Identifier: BSD-2-Clause
// Documents against the schemas that are shipped: node schemas.mjs MODULES SCHEMAS RECORDS; a line of TAP for each document.
// RECORDS has NUMBER.args, a command line, a word a line, and NUMBER.json, what it printed. A key that a schema does not know is a
// failure here, though others must expect such keys.
import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';

const [modules, schemas, records] = process.argv.slice(2);
const Ajv = createRequire(modules)('ajv/dist/2020').default;

function close(schema) {
	if (Array.isArray(schema))
		schema.forEach(close);
	else if (schema && typeof schema === 'object') {
		Object.values(schema).forEach(close);
		if (schema.properties && typeof schema.properties === 'object' && schema.additionalProperties === undefined)
			schema.additionalProperties = false;
	}
	return schema;
}

const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
const validators = new Map(readdirSync(schemas).map((file) =>
	[file.replace('.schema.json', ''), ajv.compile(close(JSON.parse(readFileSync(`${schemas}/${file}`, 'utf8'))))]));
const sameAs = { pull: 'add', update: 'add' };

/** Which document a command line prints. */
function documentOf(words) {
	const command = words.find((word) => validators.has(word) || word in sameAs);
	if (command === 'check' && words.includes('--upgrade')) return 'upgrade';
	if (command === 'check' && words.includes('--since')) return 'since';
	if (command === 'pull' && words.includes('--list'))
		return words.slice(words.indexOf('pull') + 1).every((word) => !word || word.startsWith('--')) ? 'sets' : 'kernels';
	if (command === 'deps' && ['--counts', '--on', '--base'].some((option) => words.includes(option))) return 'table';
	if (!command && words.includes('--version')) return 'version';
	return sameAs[command] ?? command;
}

const seen = new Map(), wrong = new Map();
for (const file of readdirSync(records).filter((name) => name.endsWith('.args'))) {
	const words = readFileSync(`${records}/${file}`, 'utf8').split('\n');
	const text = readFileSync(`${records}/${file.replace('.args', '.json')}`, 'utf8');
	const name = documentOf(words);
	if (text === '' || !name) // it failed, or has no JSON
		continue;
	seen.set(name, (seen.get(name) ?? 0) + 1);
	let said = '';
	try {
		const validate = validators.get(name);
		if (!validate(JSON.parse(text)))
			said = validate.errors.slice(0, 4).map((error) =>
				`${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`).join('\n# ');
	} catch (error) {
		said = String(error);
	}
	if (said && !wrong.has(name))
		wrong.set(name, `${words.join(' ')}\n# ${said}`);
}
for (const name of [...validators.keys()].sort()) {
	if (wrong.has(name))
		console.log(`not ok - schema: ${name}\n# ${wrong.get(name)}`);
	else if (seen.has(name))
		console.log(`ok - schema: ${name}, ${seen.get(name)} documents`);
	else
		console.log(`not ok - schema: ${name} was never asked for`);
}
