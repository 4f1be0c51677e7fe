import {fine, runWith, stepOf} from './hooks-stage.ts';

/** A run that lasts until it is killed, with one hook at work; at the second argument `leave` it leaves at once when it is told to. */
const [folder = '', hook = '', end = ''] = process.argv.slice(2);
if (end === 'leave') process.stdin.once('data', () => process.exit(130));
await runWith(folder, {started: {command: hook}, timeoutSeconds: 60}, [
	fine,
	stepOf(async () => new Promise(() => setInterval(() => undefined, 1000)), 'images'),
]);
