import {expect, test} from 'vitest';
import {problem} from '../../source/base/problem.ts';
import {formatBytes, formatDuration} from '../../source/base/units.ts';
import {formatChange} from '../../source/engine/changes.ts';
import type {Progress} from '../../source/engine/state.ts';
import {formatProblem, formatProgress} from '../../source/report/format.ts';

test.each([
	[0, '0 B'],
	[1, '1 B'],
	[12.345, '12 B'],
	[1023, '1023 B'],
	[1023.7, '1.0 KiB'],
	[1024, '1.0 KiB'],
	[1536, '1.5 KiB'],
	[1024 ** 2 - 1, '1.0 MiB'],
	[1024 ** 2, '1.0 MiB'],
	[25_270_682, '24.1 MiB'],
	[1024 ** 3 * 2.5, '2.5 GiB'],
	[1024 ** 4, '1.0 TiB'],
	[1024 ** 5, '1024.0 TiB'],
])('%f bytes are %s', (bytes, text) => {
	expect(formatBytes(bytes)).toBe(text);
});

test.each([
	[-5, '0.0 s'],
	[0, '0.0 s'],
	[400, '0.4 s'],
	[9949, '9.9 s'],
	[9999, '10 s'],
	[12_000, '12 s'],
	[59_400, '59 s'],
	[59_600, '1 min 00 s'],
	[185_000, '3 min 05 s'],
	[3_599_700, '1 h 00 min'],
	[7_800_000, '2 h 10 min'],
])('%i ms are %s', (ms, text) => {
	expect(formatDuration(ms)).toBe(text);
});

const progress = (more: Partial<Progress>): Progress => ({
	label: 'push api',
	done: 0,
	unit: 'bytes',
	startedAt: 1000,
	startedDone: 0,
	updatedAt: 1000,
	...more,
});

test.each([
	[{done: 512}, 'push api: 512 B'],
	[{done: 512, total: 2048}, 'push api: 512 B of 2.0 KiB'],
	[{done: 1024, total: 4096, updatedAt: 3000}, 'push api: 1.0 KiB of 4.0 KiB, 512 B/s, 6.0 s left'],
	[{done: 4096, total: 4096, updatedAt: 3000}, 'push api: 4.0 KiB of 4.0 KiB, 2.0 KiB/s'],
	[{done: 2, total: 4, unit: 'items', updatedAt: 3000}, 'push api: 2 of 4, 2.0 s left'],
] as const)('progress %j reads as %s', (more, text) => {
	expect(formatProgress(progress(more))).toBe(text);
});

test('a change is its action, its target and what of it', () => {
	expect(formatChange({action: 'create', target: 'namespace zenml'})).toBe('create namespace zenml');
	expect(formatChange({action: 'update', target: 'secret a/b', detail: 'tls.crt'})).toBe('update secret a/b (tls.crt)');
});

test('a problem reads what, why, what to do, who, and where', () => {
	expect(
		formatProblem(
			problem({
				code: 'time-out',
				area: 'prerequisites',
				who: 'network team',
				message: 'The certificate is for another host.',
				cause: 'It names a.corp.',
				fix: 'Get one for b.corp.',
				nextSteps: ['openssl x509 -in tls.crt -text'],
				answers: ['tls.certificate'],
				evidence: ['DNS:a.corp'],
				location: {file: 'site.yaml', line: 3, column: 7},
			}),
		).join('\n'),
	).toMatchInlineSnapshot(`
		"site.yaml:3:7: The certificate is for another host.
		  why:   It names a.corp.
		  do:    Get one for b.corp.
		         openssl x509 -in tls.crt -text
		  who:   the network team
		  answers: tls.certificate
		  | DNS:a.corp
		  code:  time-out"
	`);
	expect(
		formatProblem(
			problem({code: 'time-out', area: 'bug', who: 'bug', message: 'm', cause: 'w', fix: 'f', location: {file: 'a'}}),
		),
	).toEqual(['a: m', '  why:   w', '  do:    f', '  who:   the authors of this tool', '  code:  time-out']);
});

test('several problems are numbered, each with why, what to do, who and its code; what stands for all comes last', () => {
	const inner = {area: 'prerequisites', message: 'Too full.', cause: 'w', fix: 'f'} as const;
	const parts = [
		problem({...inner, code: 'disk-full', nextSteps: ['df -h'], evidence: ['100 %'], answers: ['bundle.path']}),
		problem({
			...inner,
			code: 'clock-skew',
			who: 'network team',
			message: 'b\u001b[2J',
			location: {file: 'a.yaml', line: 2},
		}),
	];
	const whole = problem({...inner, code: 'prerequisites-not-met', message: '2 are not met.', fix: 'Mend each.', parts});
	expect(formatProblem(whole).join('\n')).toMatchInlineSnapshot(`
		"2 are not met.
		  1. Too full.
		     why:   w
		     do:    f
		            df -h
		     who:   you
		     answers: bundle.path
		     | 100 %
		     code:  disk-full
		  2. a.yaml:2: b\\u{1b}[2J
		     why:   w
		     do:    f
		     who:   the network team
		     code:  clock-skew
		  do:    Mend each.
		  code:  prerequisites-not-met"
	`);
});

test.each([
	['bin/helm', 'bin/helm is not what it should be.', 'bin/helm is not what it should be.'],
	['bin/helm', 'bin/helm: the file is gone.', 'bin/helm: the file is gone.'],
	['bin/helm', 'bin/helm.sig is not there.', 'bin/helm: bin/helm.sig is not there.'],
	['bin/helm', 'The bundle lacks bin/helm.', 'The bundle lacks bin/helm.'],
])('the place %s before "%s" is told once', (file, message, first) => {
	const told = formatProblem(
		problem({code: 'time-out', area: 'bundle', message, cause: 'w', fix: 'f', location: {file}}),
	);
	expect(told[0]).toBe(first);
});

test('a line of a file is told also where the message begins with the file', () => {
	const [first] = formatProblem(
		problem({
			code: 'time-out',
			area: 'usage',
			message: 'a is wrong.',
			cause: 'w',
			fix: 'f',
			location: {file: 'a', line: 3},
		}),
	);
	expect(first).toBe('a:3: a is wrong.');
});

test('a problem cannot steer a terminal, and nothing in it begins a line of its own', () => {
	const evil = 'a\u001b]0;x\u0007\u009b2J\r\n  do:    rm -rf /\u202e';
	const lines = formatProblem(
		problem({
			code: 'time-out',
			area: 'bundle',
			message: evil,
			cause: evil,
			fix: evil,
			nextSteps: [evil],
			answers: [evil],
			evidence: [`\u001b[31mred\u001b[0m ${evil}`],
			location: {file: evil},
		}),
	);
	expect(lines.join('')).not.toMatch(/[\p{Cc}\u202e]/u);
	expect(lines.filter((line) => line.startsWith('  do:'))).toHaveLength(1);
	expect(lines).toContain('  | red a');
	expect(lines[0]).toContain(String.raw`a\u{1b}]0;x`);
});
