import {execFileSync} from 'node:child_process';
import {expect, test} from 'vitest';
import {rehearsed} from '../../source/handover/rehearsed.ts';

const section = (fileName: string, ...lines: readonly string[]) => ({title: fileName, fileName, lines});
const textOf = (fileName: string, ...lines: readonly string[]): string =>
	rehearsed([section(fileName, ...lines)])[1]?.lines.join('\n') ?? '';

test('papers of a rehearsal have a file of that name, and each file that can says it in its own way', () => {
	expect(rehearsed([])).toMatchObject([{fileName: 'REHEARSAL.txt', lines: [expect.stringContaining('Do not act')]}]);
	expect(textOf('dns-bind.zone', 'a IN A 127.0.0.1')).toMatch(/^; REHEARSAL: /u);
	expect(textOf('dns-nsupdate.txt', 'send')).toMatch(/^; REHEARSAL: /u);
	expect(textOf('mysql.sql', 'SELECT 1;')).toMatch(/^-- REHEARSAL: /u);
	expect(textOf('ca-windows.ps1', 'param()')).toMatch(/^# REHEARSAL: /u);
	expect(textOf('README.txt', 'CA')).toMatch(/^# REHEARSAL: /u);
});

test('scripts still begin with what they are run by, and run', () => {
	const script = textOf('ca-check.sh', '#!/bin/sh', 'echo works');
	expect(script).toMatch(/^#!\/bin\/sh\n# REHEARSAL: /u);
	expect(execFileSync('sh', ['-c', script], {encoding: 'utf8'})).toBe('works\n');
	expect(textOf('ca-windows.cmd', '@echo off', 'certutil')).toMatch(/^@echo off\nrem REHEARSAL: /u);
});

test('what has no comments stays byte for byte: certificates, JSON, tables, passwords', () => {
	for (const name of ['ca.crt', 'chrome-policy.json', 'connections.csv'])
		expect(textOf(name, 'as it is')).toBe('as it is');
	expect(textOf('ca.mobileconfig', '<string>Internal CA of ZenML Pro</string>')).toBe(
		'<string>REHEARSAL: Internal CA of ZenML Pro</string>',
	);
	const password = {...section('role.password', 'secret'), kind: 'secret' as const};
	expect(rehearsed([password])[1]).toBe(password);
});
