import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {type Import, programImports, projectFolder} from '../helpers/imports.ts';

const inside = programImports.filter(({from}) => from.startsWith('rehearsal/'));
const show = ({from, to, kind}: Import): string => `${from} -> ${to} (${kind})`;

/** The part of the played site that a file belongs to: `registry`; empty for those above the parts. */
const partOf = (file: string): string => /^rehearsal\/([^/]+)\//u.exec(file)?.[1] ?? '';

test('a played site takes from the program its ground floor and the form of the answers, and nothing else', () => {
	const isAllowed = ({to, kind}: Import): boolean =>
		to.startsWith('source/base/') || (to === 'source/answers/schema.ts' && kind === 'type');
	const taken = inside.filter(({to}) => to.startsWith('source/'));
	expect(taken.length).toBeGreaterThan(20);
	expect(taken.filter((one) => !isAllowed(one)).map(show)).toEqual([]);
});

test('the parts of a played site know each other by their entries', () => {
	const across = inside.filter(({from, to}) => to.startsWith('rehearsal/') && partOf(from) !== partOf(to));
	const isEntry = ({to}: Import): boolean => partOf(to) !== '' && path.posix.basename(to) === 'index.ts';
	expect(across.filter(isEntry).length).toBeGreaterThan(10);
	// What goes wrong is told in one table for all parts.
	expect(across.filter((one) => !isEntry(one) && one.to !== 'rehearsal/problems.ts').map(show)).toEqual([]);
});

const textOf = (file: string): string => readFileSync(path.join(projectFolder, file), 'utf8');

test('whoever plays a site comes in by an entry', () => {
	const scripts = ['bench', 'lab', 'scripts']
		.flatMap((top) =>
			readdirSync(path.join(projectFolder, top), {recursive: true, encoding: 'utf8'}).map((name) => `${top}/${name}`),
		)
		.filter((name) => /\.(?:ts|mjs)$/u.test(name));
	const named = scripts.flatMap((file) =>
		[...textOf(file).matchAll(/from '((?:\.\.\/)+rehearsal\/[^']+)'/gu)]
			.map(([, to = '']) => path.posix.join(path.posix.dirname(file), to))
			.filter((to) => to.startsWith('rehearsal/')),
	);
	const ofProgram = programImports
		.filter(({from, to}) => !from.startsWith('rehearsal/') && to.startsWith('rehearsal/'))
		.map(({to}) => to);
	expect(named.length).toBeGreaterThan(0);
	expect(ofProgram.length).toBeGreaterThan(0);
	// Explaining a problem reads the tables of all rooms, and plays nothing.
	const isEntry = (to: string): boolean => /^rehearsal\/(?:(?:[^/]+\/)?index|problems)\.ts$/u.test(to);
	expect([...named, ...ofProgram].filter((to) => !isEntry(to))).toEqual([]);
});

/** The wings of the played cluster, from the top down; whoever stands in a line knows those below it alone. */
const wings = [
	['.'],
	['api/documents', 'controllers', 'exec'],
	['api', 'kubelet'],
	['writes'],
	['api/tables', 'patches', 'validation'],
	['objects'],
];

test('the wings of the played cluster know only those below them, types included', () => {
	const root = 'rehearsal/kubernetes';
	const levelOf = (file: string): number =>
		wings.findIndex((names) => names.includes(path.posix.relative(root, path.posix.dirname(file)) || '.'));
	const own = inside.filter(({from, to}) => from.startsWith(`${root}/`) && to.startsWith(`${root}/`));
	expect(own.filter(({from}) => levelOf(from) < 0).map(show)).toEqual([]);
	const upward = own.filter(
		({from, to}) => path.posix.dirname(from) !== path.posix.dirname(to) && levelOf(from) >= levelOf(to),
	);
	expect(upward.map(show)).toEqual([]);
});
