import {appendFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {type ProblemCode, ProblemsError} from '../../../source/base/problem.ts';
import type {PartsFile} from '../../../source/bundle/layout/parts-file.ts';
import {partsFileText, partsSumsText} from '../../../source/bundle/layout/parts-text.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {requireWhole} from '../../../source/bundle/open/inspect.ts';
import {sha256Of} from '../../../source/oci/digest.ts';
import {bundleFiles, checksumLines, never, problemOf, tarOf, temporary, writeFiles} from '../helpers.ts';
import {inspect} from '../made.ts';

const code = 'bundle-checksum-mismatch' satisfies ProblemCode;
const carryAgain = (file: string) => `Carry ${file} in again from the connected side and try again.`;

/** The tar of a bundle in parts of 20,000 bytes, as `bundle split` writes them. */
const split = async () => {
	const folder = await temporary();
	const tar = await tarOf(await bundleFiles());
	await writeFile(join(folder, 'whole'), tar);
	const path = join(folder, 'whole');
	const {digest: bundle} = await createBundlePort({path, workDirectory: await temporary()}).open(never);
	await rm(path);
	const parts: PartsFile['parts'] = [];
	for (let at = 0; at < tar.length; at += 20_000) {
		const bytes = tar.subarray(at, at + 20_000);
		const file = `b.tar.00${parts.length + 1}`;
		await writeFile(join(folder, file), bytes);
		parts.push({file, size: bytes.length, digest: sha256Of(bytes)});
	}
	const list: PartsFile = {formatVersion: 1, name: 'b.tar', size: tar.length, partSize: 20_000, parts, bundle};
	await writeFile(join(folder, 'b.tar.parts.json'), partsFileText(list));
	await writeFile(join(folder, 'b.tar.sha256'), partsSumsText(list));
	return {folder, list};
};

type Split = Awaited<ReturnType<typeof split>>;

const bad: readonly (readonly [
	string,
	{readonly code: ProblemCode; readonly file: string; readonly cause: string | RegExp; readonly reason: string},
	(made: Split) => Promise<unknown>,
])[] = [
	[
		'a part that is not there',
		{code: 'bundle-part-missing', reason: 'missing', file: 'b.tar.002', cause: /^It is not in \//u},
		({folder}) => rm(join(folder, 'b.tar.002')),
	],
	[
		'a part that is cut',
		{
			code: 'bundle-part-size',
			reason: 'size',
			file: 'b.tar.001',
			cause: 'It has 3 bytes instead of 20000: copying ended too early, or it is a part of another bundle.',
		},
		({folder}) => writeFile(join(folder, 'b.tar.001'), 'abc'),
	],
	[
		'a part with other bytes',
		{
			code,
			reason: 'digest',
			file: 'b.tar.001',
			cause:
				/^Its SHA-256 is sha256:[0-9a-f]{64}, but sha256:[0-9a-f]{64} was expected: bytes were changed or lost on the way\.$/u,
		},
		({folder}) => writeFile(join(folder, 'b.tar.001'), Buffer.alloc(20_000)),
	],
	[
		'a list in another form',
		{
			code,
			reason: 'digest',
			file: 'b.tar.parts.json',
			cause: 'It is not as `bundle split` writes it: bytes were changed on the way.',
		},
		({folder}) => appendFile(join(folder, 'b.tar.parts.json'), ' '),
	],
	[
		'checksums that were changed',
		{
			code,
			reason: 'digest',
			file: 'b.tar.sha256',
			cause: 'It does not agree with b.tar.parts.json, whose checksum it has.',
		},
		({folder}) => appendFile(join(folder, 'b.tar.sha256'), ' '),
	],
	[
		'a list of other parts than the checksums are of',
		{
			code,
			reason: 'digest',
			file: 'b.tar.parts.json',
			cause: 'b.tar.parts.json and b.tar.sha256 do not agree.',
		},
		({folder}) => writeFile(join(folder, 'b.tar.sha256'), 'something else'),
	],
	[
		'a list of another bundle',
		{
			code,
			reason: 'digest',
			file: 'b.tar.parts.json',
			cause: /^It is the list of another bundle: it names sha256:0{64}, the parts hold sha256:[0-9a-f]{64}\.$/u,
		},
		async ({folder, list}) => {
			const other = {...list, bundle: `sha256:${'0'.repeat(64)}`};
			await writeFile(join(folder, 'b.tar.parts.json'), partsFileText(other));
			await writeFile(join(folder, 'b.tar.sha256'), partsSumsText(other));
		},
	],
];

test.each(bad)('%s is told alone, to be carried again', async (_what, told, change) => {
	const made = await split();
	expect((await inspect(made.folder)).refusals).toEqual([]);
	await change(made);
	const {damages, refusals, kind} = await inspect(made.folder);
	const cause = told.cause instanceof RegExp ? expect.stringMatching(told.cause) : told.cause;
	expect(kind).toBe('parts');
	expect(damages).toMatchObject([{file: told.file, reason: told.reason, cause}]);
	expect(refusals.map(({problem}) => problem)).toMatchObject([
		{
			code: told.code,
			cause,
			fix:
				told.reason === 'missing'
					? `Carry ${told.file} in from the connected side, put it beside the others and try again.`
					: carryAgain(told.file),
			location: {file: told.file},
		},
	]);
});

test('a list and checksums that agree about the parts, but not about the list, are both told', async () => {
	const {folder, list} = await split();
	const lines = partsSumsText(list).split('\n').slice(0, -2);
	await writeFile(join(folder, 'b.tar.sha256'), [...lines, `${'0'.repeat(64)}  b.tar.parts.json`, ''].join('\n'));
	const {damages} = await inspect(folder);
	expect(damages.map(({file, cause}) => [file, cause])).toEqual([
		['b.tar.parts.json', 'b.tar.parts.json and b.tar.sha256 do not agree.'],
		['b.tar.sha256', 'b.tar.parts.json and b.tar.sha256 do not agree.'],
	]);
});

test('a layer with other bytes is blamed on its archive, where nothing else speaks for it', async () => {
	const folder = await temporary();
	const files = await bundleFiles();
	const name = 'images/zenml-pro-dashboard.tar';
	const bad = Buffer.from(files[name] ?? '');
	bad[bad.indexOf('zenml-pro-dashboard-0.13.18vendor')] = 0x21;
	await writeFiles(folder, {...files, [name]: bad});
	const verifying = createBundlePort({path: folder}).verify({signal: never, onProgress: () => undefined});
	const problem = await problemOf(verifying);
	expect(problem).toMatchObject({code, message: `${name} is not what it should be.`, fix: carryAgain(name)});
	expect(problem.cause).toMatch(
		/^The digest of a part of an image in it is sha256:[0-9a-f]{64}, but sha256:[0-9a-f]{64} was expected: bytes were changed or lost on the way\.$/u,
	);
});

test('several files are one refusal, with each of their causes as evidence', async () => {
	const folder = await temporary();
	const files = await bundleFiles();
	const names = ['charts/zenml-0.95.1.tgz', 'images/a.bin', 'images/b.bin'];
	const more = {...files, 'images/a.bin': Buffer.from('a'), 'images/b.bin': Buffer.from('b')};
	await writeFiles(folder, {...more, SHA256SUMS: checksumLines(more)});
	for (const name of names) await writeFile(join(folder, name), 'x');
	const found = await inspect(folder);
	expect(found.refusals.map(({problem}) => problem.code)).toEqual(['bundle-chart-damaged', code]);
	expect(found.refusals[1]?.problem).toMatchObject({
		message: `3 files are not what they should be: ${names.join(', ')}.`,
		cause: 'They were changed, cut short or lost on the way; the others are whole.',
		fix: 'Carry these files in again from the connected side, and only these; then try again.',
		evidence: names.map((name) => expect.stringMatching(`^${name}: Its SHA-256 is`)),
	});
	expect(() => requireWhole(found)).toThrow(ProblemsError);
});

test('an inspection that found one thing throws it, and one that found nothing does not', async () => {
	const {folder} = await split();
	const whole = await inspect(folder);
	expect(() => requireWhole(whole)).not.toThrow();
	await rm(join(folder, 'b.tar.001'));
	const found = await inspect(folder);
	expect(() => requireWhole(found)).toThrow('b.tar.001 is not there.');
});
