import {Readable, type Writable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {createBackups} from '../../source/backup/backups.ts';
import type {PartHead} from '../../source/backup/types.ts';
import {toProblem} from '../../source/base/problem.ts';

// Makes a backup in the folder that is named, of a part of so many bytes, and says what came of it as JSON.
const [, , folder = '', bytes = '0'] = process.argv;

const never = new AbortController().signal;
const head = (name: string): PartHead => ({kind: 'database', name, ending: 'dump'});
const putting = (bytes: Buffer) => async (into: Writable) => {
	await pipeline(Readable.from([bytes]), into, {end: false});
};

const make = async (): Promise<unknown> => {
	const common = {encryption: 'none', recipients: [], tool: 'zenml-airgap 0.0.0', onSecret: () => undefined} as const;
	const backups = createBackups({...common, folder, now: Date.now});
	await backups.ready(0, never);
	const made = await backups.begin('asked', 'run-1', never);
	await made.add(head('small'), putting(Buffer.from('small')));
	await made.add(head('large'), putting(Buffer.alloc(Number(bytes))));
	return {kept: (await made.finish('run-1', [])).parts.length};
};

void make()
	.catch((error: unknown) => toProblem(error))
	.then((told) => process.stdout.write(JSON.stringify(told)));
