import {hostname} from 'node:os';
import {acquireFileLock} from '../../source/base/lock/lock.ts';
import {ProblemError} from '../../source/base/problem.ts';

// A run that takes the lock, says whether it got it, and holds it until its input ends.
const [file = '', runId = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
try {
	const release = await acquireFileLock(file, {
		pid: process.pid,
		host: hostname(),
		user: 'ada',
		runId,
		startedAt: Date.now(),
	});
	process.stdout.write('taken\n');
	process.stdin.resume();
	await new Promise((resolve) => process.stdin.once('end', resolve));
	await release();
} catch (error) {
	process.stdout.write(`${error instanceof ProblemError ? error.problem.code : String(error)}\n`);
}
process.exit();
