import {expect, test} from 'vitest';
import {programImports} from '../helpers/imports.ts';

/** What the program loads on its way to the first page of the full screen. */
const onTheWay = [
	'cli.tsx',
	'source/app/commands/install.ts',
	'source/app/plan/plan-command.ts',
	'source/app/screen/screen.ts',
	'source/ui/index.tsx',
];

/** These files and all that they need before they can run. */
const loadedBy = (files: readonly string[]): ReadonlySet<string> => {
	const loaded = new Set(files);
	for (const file of loaded)
		for (const {from, to, kind} of programImports) if (from === file && kind === 'value') loaded.add(to);
	return loaded;
};

test('the first frame waits for no client of the cluster, reader of bundles, database driver or plain questions', () => {
	const loaded = [...loadedBy(onTheWay)];
	expect(loaded).toContain('source/ui/app.tsx');
	const later =
		/^source\/(?:cluster\/cluster|bundle\/open\/|database\/(?:mysql|postgres)\/|registry\/|helm\/|steps\/|network\/tls|app\/plain\/(?:install|ask|attend|pages)|app\/run\/ports)/u;
	expect(loaded.filter((file) => later.test(file))).toEqual([]);
	expect(loaded).toContain('zod');
	const libraries = ['@kubernetes/client-node', 'pg', 'mysql2', '@peculiar/x509', 'node:http', 'node:https'];
	expect(loaded.filter((file) => libraries.includes(file))).toEqual([]);
});

test('a command waits for nothing that draws, asks or breaks lines, before it knows that it must', () => {
	const loaded = [...loadedBy(['cli.tsx', 'source/app/commands/registry/push.ts'])];
	expect(loaded).toContain('commander');
	// Tables of the widths of characters alone take a fifth of the start of a program.
	const later =
		/^source\/(?:ui|app\/(?:plain|screen|rehearsal)|app\/base\/wrap)|^(?:ink|react|wrap-ansi|string-width)$/u;
	expect(loaded.filter((file) => later.test(file))).toEqual([]);
});
