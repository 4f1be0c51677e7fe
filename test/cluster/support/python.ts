import {execFile, execFileSync} from 'node:child_process';
import {promisify} from 'node:util';
import {expect} from 'vitest';
import {type ProbeKind, probeSpec} from '../../../source/cluster/probe/scripts.ts';

const pythonVersion = (): string => {
	try {
		return execFileSync('python3', ['--version'], {encoding: 'utf8'});
	} catch {
		return '';
	}
};
const [, minor = '0'] = /^Python 3\.(\d+)/u.exec(pythonVersion()) ?? [];

/** Can this host run the scripts of probes? */
export const hasPython = Number(minor) >= 10;

/** Runs the script of a probe as its pod would; what it prints, which is one line. */
export const runScript = async (kind: ProbeKind, args: Record<string, unknown>): Promise<Record<string, unknown>> => {
	const {script, env} = probeSpec(kind, args);
	const {stdout} = await promisify(execFile)('python3', ['-c', script], {env: {PATH: process.env.PATH, ...env}});
	const lines = stdout.trimEnd().split('\n');
	expect(lines).toHaveLength(1);
	return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
};
