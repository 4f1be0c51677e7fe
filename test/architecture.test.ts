import {existsSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {type Import, programFiles, programImports, projectFolder, textOfFile, treesOf} from './helpers/imports.ts';

const own = programImports.filter(({to}) => /^(?:source|rehearsal)\/|^cli\.tsx$/u.test(to));

/**
 * The house, from the door down: whoever stands in a line may import from the lines below it, and from nothing on its own line or
 * above. `source/` is left out of names; a wing is a room's folder that has an order of its own.
 */
const floors: readonly (readonly string[])[] = [
	['cli.tsx'],
	['app'],
	['ui'],
	['rehearsal'],
	['report', 'plans', 'docs'],
	['steps'],
	['handover'],
	['zenml', 'charts'],
	['registry'],
	['bundle', 'cluster', 'helm', 'network', 'database', 'backup'],
	['minisign'],
	['answers', 'engine', 'archive', 'http'],
	['oci'],
	['base'],
];

/** Wings of rooms, from the top down, in the same way. `.` is the room's own files. */
const wings: Readonly<Record<string, readonly (readonly string[])[]>> = {
	app: [
		['.'],
		['commands'],
		['rehearsal'],
		['plan'],
		['plain', 'screen'],
		['session'],
		['run'],
		['explain'],
		['answers'],
		['base'],
	],
	bundle: [
		['diff', 'split'],
		['sign', 'create'],
		['open'],
		['verify'],
		['signature'],
		['images'],
		['.'],
		['layout'],
		['write'],
	],
	ui: [['pager'], ['.'], ['screens'], ['components'], ['content'], ['state'], ['terminal']],
};

const notYet: readonly string[] = [];

const placeOf = (file: string): {readonly room: string; readonly wing: string} => {
	if (file === 'cli.tsx') return {room: file, wing: '.'};
	const [top, room = '', wing = ''] = file.split('/');
	if (top === 'rehearsal') return {room: 'rehearsal', wing: '.'};
	return {room, wing: /\.tsx?$/u.test(wing) ? '.' : wing};
};

const levelIn = (levels: readonly (readonly string[])[], name: string): number =>
	levels.findIndex((level) => level.includes(name));

const show = ({from, to, kind}: Import): string => `${from} -> ${to} (${kind})`;

test('imports are found at all, of every kind', () => {
	expect(programFiles.length).toBeGreaterThan(300);
	expect(own.length).toBeGreaterThan(1000);
	const kinds = new Set(own.map(({kind}) => kind));
	expect([...kinds].sort()).toEqual(['dynamic', 'type', 'value']);
});

test('every import of an own file names a file that is there, with its ending', () => {
	const lost = own.filter(({to}) => !existsSync(path.join(projectFolder, to)) || !/\.tsx?$/u.test(to));
	expect(lost.map(show)).toEqual([]);
});

test('every room stands on a floor', () => {
	const rooms = [...new Set(programFiles.map((file) => placeOf(file).room))];
	expect(rooms.filter((room) => levelIn(floors, room) < 0)).toEqual([]);
	expect(floors.flat().filter((room) => !rooms.includes(room))).toEqual([]);
});

test('rooms import only from the floors below them, types included', () => {
	const upward = own.filter(({from, to}) => {
		const [one, other] = [placeOf(from).room, placeOf(to).room];
		return one !== other && levelIn(floors, one) >= levelIn(floors, other);
	});
	expect(upward.map(show)).toEqual(notYet);
});

test.each(Object.keys(wings))('the wings of %s import only from those below them, types included', (room) => {
	const levels = wings[room] ?? [];
	const inside = own.filter(({from, to}) => placeOf(from).room === room && placeOf(to).room === room);
	const names = [...new Set(inside.map(({from}) => placeOf(from).wing))];
	expect(names.filter((wing) => levelIn(levels, wing) < 0)).toEqual([]);
	const upward = inside.filter(({from, to}) => {
		const [one, other] = [placeOf(from).wing, placeOf(to).wing];
		return one !== other && levelIn(levels, one) >= levelIn(levels, other);
	});
	expect(upward.map(show)).toEqual([]);
});

test('no file needs itself, over however many others, types included', () => {
	const next = new Map<string, string[]>();
	// What is imported when it is asked for needs nothing to be there before.
	for (const {from, to, kind} of own) if (kind !== 'dynamic') next.set(from, [...(next.get(from) ?? []), to]);
	const done = new Set<string>();
	const circles: string[] = [];
	const visit = (file: string, trail: readonly string[]): void => {
		if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
		else if (!done.has(file)) {
			for (const to of next.get(file) ?? []) visit(to, [...trail, file]);
			done.add(file);
		}
	};
	for (const file of programFiles) visit(file, []);
	expect(circles).toEqual([]);
});

test('only the screens import Ink or React', () => {
	const drawing = programImports.filter(({to}) => /^(?:ink|react)(?:$|[-/])/u.test(to));
	expect(drawing.length).toBeGreaterThan(0);
	expect(drawing.filter(({from}) => !from.startsWith('source/ui/')).map(show)).toEqual([]);
});

/** Files that are loaded with the given one; `late` are dynamic imports that are followed too. */
const loadedWith = (start: string, late: (one: Import) => boolean): ReadonlySet<string> => {
	const loaded = new Set<string>();
	const visit = (file: string): void => {
		if (loaded.has(file)) return;
		loaded.add(file);
		for (const one of own)
			if (one.from === file && (one.kind === 'value' || (one.kind === 'dynamic' && late(one)))) visit(one.to);
	};
	visit(start);
	return loaded;
};

test('nothing that runs without a screen loads Ink', () => {
	const opensScreens = ({to}: Import): boolean => placeOf(to).room === 'ui';
	expect(own.some((one) => one.kind === 'dynamic' && opensScreens(one))).toBe(true);
	const loaded = loadedWith('cli.tsx', (one) => !opensScreens(one));
	expect(loaded.size).toBeGreaterThan(300);
	expect([...loaded].filter((file) => placeOf(file).room === 'ui')).toEqual([]);
});

test('the start reads no room that only a command needs', () => {
	const rooms = new Set([...loadedWith('cli.tsx', () => false)].map((file) => placeOf(file).room));
	const heavy = ['bundle', 'registry', 'cluster', 'helm', 'database', 'network', 'zenml', 'charts', 'steps', 'ui'];
	expect(heavy.filter((room) => rooms.has(room))).toEqual([]);
});

/** Files that touch the process they run in, with the reason. */
const touchProcess: Readonly<Record<string, string>> = {
	'cli.tsx': 'the door',
	'rehearsal/client-tools/programs.ts': 'the search path, on which the programs of databases may lie',
	'rehearsal/client-tools/run.ts': 'ends a command with all that it started',
	'rehearsal/host-main.ts': 'the door of the rehearsal, a process of its own',
	'rehearsal/mysql/open.ts': 'the search path, on which a database server may lie',
	'rehearsal/postgres/leftover.ts': 'ends a database that an earlier process left',
	'rehearsal/servers/debian.ts': 'the cache of this user, where packages are kept',
	'rehearsal/servers/owner.ts': 'database servers do not run as root',
	'source/app/run/reports/surroundings.ts': 'what runs where, for a report: system and version of Node',
	'source/base/lock/process.ts': 'is the holder of a lock alive?',
	'source/base/own/folder.ts': 'whose is a folder?',
	'source/base/programs/keeper.ts': 'the door of a process of its own, which ends helm and hooks with us',
	'source/base/programs/kept-program.ts': 'ends its group',
	'source/base/self/assets.ts': 'where this program lies, where it is one file',
	'source/base/self/parts.ts': 'starts parts of this program with this Node, or this executable',
	'source/cluster/login/program.ts': 'ends a login program with all that it started',
	'source/helm/left-behind.ts': 'ends a helm that an earlier process left',
};

const uses = (file: string, object: string): boolean =>
	treesOf(file).some(
		({type, object: of}) => type === 'MemberExpression' && (of as {readonly name?: string}).name === object,
	);

test('only the door and a few named files touch the process', () => {
	const imported = new Set(programImports.filter(({to}) => /^(?:node:)?process$/u.test(to)).map(({from}) => from));
	const found = programFiles.filter((file) => imported.has(file) || uses(file, 'process'));
	expect(found).toEqual(Object.keys(touchProcess));
});

test('nothing writes around the one writer that knows the secrets', () => {
	expect(programFiles.filter((file) => uses(file, 'console'))).toEqual([]);
});

test('the steps reach the world through their ports only', () => {
	// node:net is not among them: it tells what is an IP address.
	const effects =
		/^node:(?:fs|child_process|tls|dns|https?|http2|dgram|worker_threads|os|process)(?:\/|$)|^(?:execa|pg|@kubernetes\/client-node|tar-stream)$/u;
	const around = programImports.filter(
		({from, to, kind}) => from.startsWith('source/steps/') && kind !== 'type' && effects.test(to),
	);
	expect(around.map(show)).toEqual([]);
});

test('the engine knows no step, no plan and no product', () => {
	const words = /zenml|workspace|control.plane|registry|database|kubernetes|helm\b/iu;
	const telling = programFiles.filter((file) => file.startsWith('source/engine/') && words.test(textOfFile(file)));
	expect(telling).toEqual([]);
});

test('nothing in the steps knows of a rehearsal', () => {
	expect(programFiles.filter((file) => file.startsWith('source/steps/') && /rehears/iu.test(textOfFile(file)))).toEqual(
		[],
	);
});

test('no file is longer than 300 lines, and no folder holds more than 20', () => {
	const long = programFiles.filter((file) => textOfFile(file).trimEnd().split('\n').length > 300);
	expect(long).toEqual([]);
	const counts = new Map<string, number>();
	for (const file of programFiles) counts.set(path.dirname(file), (counts.get(path.dirname(file)) ?? 0) + 1);
	expect([...counts].filter(([, count]) => count > 20)).toEqual([]);
});

test('a library that is loaded when it is needed is taken by its default: by names the built program may find nothing there', () => {
	const named = programFiles.filter((file) =>
		/\{(?!\s*default)[^{}]*\}\s*=\s*await import\('(?![.]|node:)/u.test(textOfFile(file)),
	);
	expect(named).toEqual([]);
});
