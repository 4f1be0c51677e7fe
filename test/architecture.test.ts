import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

type Import = {
	/** The file that imports, and what it imports: a file from the top of the project, or the name of a package. */
	readonly from: string;
	readonly to: string;
	readonly kind: 'value' | 'type' | 'dynamic';
};

const files = [
	'cli.tsx',
	...['source', 'rehearsal'].flatMap((top) =>
		readdirSync(path.join(root, top), {recursive: true, encoding: 'utf8'})
			.filter((name) => /\.tsx?$/u.test(name))
			.map((name) => path.posix.join(top, name.split(path.sep).join('/'))),
	),
].sort();

const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Without comments that stand on lines of their own: they may speak of anything. */
const codeOf = (file: string): string =>
	textOf(file)
		.replaceAll(/^\s*\/\*[\s\S]*?\*\/\s*$/gmu, '')
		.replaceAll(/^\s*\/\/.*$/gmu, '');

const statement =
	/^(?:import|export)\s+(?<type>type\s)?(?<names>[^'";]*?)\s*from\s*'(?<source>[^']+)'|^import\s+'(?<bare>[^']+)'|\bimport\(\s*'(?<dynamic>[^']+)'\s*\)/gmu;

const isTypesOnly = (names: string): boolean =>
	/^\{[^}]*\}$/u.test(names) &&
	names
		.slice(1, -1)
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '')
		.every((name) => name.startsWith('type '));

const importsOf = (file: string): readonly Import[] =>
	[...codeOf(file).matchAll(statement)].map(({groups = {}}) => {
		const {type, names = '', source, bare, dynamic} = groups;
		const to = source ?? bare ?? dynamic ?? '';
		return {
			from: file,
			to: to.startsWith('.') ? path.posix.normalize(path.posix.join(path.posix.dirname(file), to)) : to,
			kind: dynamic !== undefined ? 'dynamic' : type !== undefined || isTypesOnly(names) ? 'type' : 'value',
		};
	});

const imports = files.flatMap(importsOf);
const roomOf = (file: string): string => {
	if (file === 'cli.tsx') return 'cli';
	return file.startsWith('rehearsal/') ? 'rehearsal' : (file.split('/')[1] ?? '');
};
const own = imports.filter(({to}) => to.startsWith('source/') || to.startsWith('rehearsal/') || to === 'cli.tsx');
const between = own.filter(({from, to}) => roomOf(from) !== roomOf(to));

/** What each room may import from: values and types, or types alone. The order is that of the house, from the door down. */
const house: Readonly<
	Record<
		string,
		{readonly any: readonly string[]; readonly types?: readonly string[]; readonly late?: readonly string[]}
	>
> = {
	cli: {any: ['app', 'base']},
	app: {
		any: [
			'report',
			'plans',
			'steps',
			'answers',
			'bundle',
			'registry',
			'cluster',
			'helm',
			'database',
			'network',
			'zenml',
			'rehearsal',
			'engine',
			'archive',
			'base',
		],
		types: ['ui'],
		// Ink is loaded for a full screen only.
		late: ['ui'],
	},
	ui: {any: ['answers', 'engine', 'base']},
	report: {any: ['engine', 'base'], types: ['answers']},
	plans: {any: ['steps']},
	steps: {
		any: ['answers', 'charts', 'cluster', 'database', 'network', 'engine', 'base'],
		types: ['bundle', 'registry', 'helm', 'zenml'],
	},
	answers: {any: ['base']},
	registry: {any: ['http', 'oci', 'base']},
	bundle: {any: ['archive', 'oci', 'base']},
	archive: {any: ['base']},
	http: {any: ['base']},
	oci: {any: ['base']},
	cluster: {any: ['http', 'base']},
	helm: {any: ['base']},
	charts: {any: ['base'], types: ['answers']},
	database: {any: ['base']},
	network: {any: ['http', 'base']},
	// The client of the product is handed the HTTPS port.
	zenml: {any: ['base'], types: ['network']},
	// The world of a rehearsal knows the installer's answers, and nothing that installs.
	rehearsal: {any: ['base'], types: ['answers']},
	engine: {any: ['base']},
	base: {any: []},
};

const show = ({from, to, kind}: Import): string => `${from} -> ${to} (${kind})`;

test('imports are found at all', () => {
	expect(files.length).toBeGreaterThan(200);
	expect(own.length).toBeGreaterThan(500);
	expect(imports.filter(({kind}) => kind === 'dynamic').length).toBeGreaterThan(0);
	const lines = files
		.map((file) => codeOf(file).match(/\bfrom '/gu)?.length ?? 0)
		.reduce((sum, count) => sum + count, 0);
	expect(imports.filter(({kind}) => kind !== 'dynamic').length).toBeGreaterThanOrEqual(lines * 0.98);
});

test('every import of an own file names a file that is there, with its ending', () => {
	expect(own.filter(({to}) => !existsSync(path.join(root, to)) || !/\.tsx?$/u.test(to)).map(show)).toEqual([]);
});

test('every room stands in the house', () => {
	expect([...new Set(files.map(roomOf))].sort()).toEqual(Object.keys(house).sort());
});

test('rooms import only from the rooms below them', () => {
	const broken = between.filter(({from, to, kind}) => {
		const {any, types = [], late = []} = house[roomOf(from)] ?? {any: []};
		const room = roomOf(to);
		return !(
			any.includes(room) ||
			(kind === 'type' && types.includes(room)) ||
			(kind === 'dynamic' && late.includes(room))
		);
	});
	expect(broken.map(show)).toEqual([]);
});

test('the house allows nothing that is not used', () => {
	const unused = Object.entries(house).flatMap(([room, {any, types = [], late = []}]) => {
		const used = between.filter(({from}) => roomOf(from) === room);
		return [
			...any.filter((to) => !used.some((one) => roomOf(one.to) === to)),
			...types.filter((to) => !used.some((one) => roomOf(one.to) === to && one.kind === 'type')),
			...late.filter((to) => !used.some((one) => roomOf(one.to) === to && one.kind === 'dynamic')),
		].map((to) => `${room} -> ${to}`);
	});
	expect(unused).toEqual([]);
});

test('no room reaches back', () => {
	const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
		between
			.filter((one) => roomOf(one.from) === from)
			.some(({to}) => {
				const next = roomOf(to);
				if (next === goal) return true;
				if (seen.has(next)) return false;
				seen.add(next);
				return reaches(next, goal, seen);
			});
	expect(Object.keys(house).filter((room) => reaches(room, room))).toEqual([]);
});

test('no files need each other to be loaded', () => {
	const next = new Map<string, string[]>();
	for (const {from, to, kind} of own) if (kind === 'value') next.set(from, [...(next.get(from) ?? []), to]);
	const done = new Set<string>();
	const cycles: string[] = [];
	const visit = (file: string, trail: readonly string[]): void => {
		if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
		else if (!done.has(file)) {
			for (const to of next.get(file) ?? []) visit(to, [...trail, file]);
			done.add(file);
		}
	};
	for (const file of files) visit(file, []);
	expect(cycles).toEqual([]);
});

test('only the screens import Ink or React', () => {
	const drawing = imports.filter(({to}) => /^(?:ink|react)(?:$|[-/])/u.test(to));
	expect(drawing.length).toBeGreaterThan(0);
	expect(drawing.filter(({from}) => !from.startsWith('source/ui/')).map(show)).toEqual([]);
});

test('nothing that runs without a screen loads Ink', () => {
	const loaded = new Set<string>();
	// Commands bring their modules when they are asked for; the screens come by such an import too, and by no other.
	const opensScreens = ({to, kind}: Import): boolean => kind === 'dynamic' && roomOf(to) === 'ui';
	const visit = (file: string): void => {
		if (loaded.has(file)) return;
		loaded.add(file);
		for (const one of own) if (one.from === file && one.kind !== 'type' && !opensScreens(one)) visit(one.to);
	};
	visit('cli.tsx');
	expect(own.some(opensScreens)).toBe(true);
	expect(loaded.size).toBeGreaterThan(200);
	expect([...loaded].filter((file) => roomOf(file) === 'ui')).toEqual([]);
});

/** Files that touch the process they run in, with the reason. */
const touchProcess: Readonly<Record<string, string>> = {
	'cli.tsx': 'the door',
	'source/base/lock.ts': 'is the holder of a lock alive?',
	'rehearsal/host-main.ts': 'the door of the rehearsal, a process of its own',
	'rehearsal/postgres/leftover.ts': 'ends a database that an earlier process left',
	'rehearsal/postgres/binaries.ts': 'a cache is trusted only where this user owns it',
	'rehearsal/postgres/owner.ts': 'PostgreSQL does not run as root',
};

test('only the door and a few named ports touch the process', () => {
	const found = files.filter(
		(file) =>
			/(?<![\w.$])process\??\.[a-zA-Z]/u.test(codeOf(file)) ||
			/\bglobalThis\.process\b/u.test(codeOf(file)) ||
			importsOf(file).some(({to}) => to === 'node:process' || to === 'process'),
	);
	expect(found).toEqual(Object.keys(touchProcess).sort());
});

test('nothing writes around the one writer that knows the secrets', () => {
	expect(files.filter((file) => /(?<![\w.$])console\.[a-z]/u.test(codeOf(file)))).toEqual([]);
});

test('the steps reach the world through their ports only', () => {
	// node:net is not among them: it tells what is an IP address.
	const effects =
		/^node:(?:fs|child_process|tls|dns|https?|http2|dgram|worker_threads|os|process)(?:\/|$)|^(?:execa|pg|@kubernetes\/client-node|tar-stream)$/u;
	expect(
		imports
			.filter(({from, to, kind}) => from.startsWith('source/steps/') && kind !== 'type' && effects.test(to))
			.map(show),
	).toEqual([]);
});

test('nothing in the steps knows of a rehearsal', () => {
	expect(files.filter((file) => file.startsWith('source/steps/') && /rehears/iu.test(textOf(file)))).toEqual([]);
});

test('no file is longer than 300 lines', () => {
	const long = files
		.map((file) => [file, textOf(file).trimEnd().split('\n').length] as const)
		.filter(([, lines]) => lines > 300);
	expect(long).toEqual([]);
});
