// Checks the words of new commits: node scripts/commit-subjects.mjs [BASE]. A subject has 72 characters at most and no full stop, a
// blank line follows, and a body says why. Commits before the rule are left as they are.
import {execFileSync} from 'node:child_process';

/** The newest commit before the rule. */
const before = '6d011c109289afe5e2b4ec17592468e62a6ffdc5';
const longest = 72;

const git = (...args) =>
	execFileSync('git', args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 * 1024 * 1024});

const complaintsOf = (message) => {
	const [subject = '', blank, ...body] = message.trimEnd().split('\n');
	return [
		...([...subject].length > longest
			? [`its subject has ${[...subject].length} characters, ${longest} are the most`]
			: []),
		...(subject.endsWith('.') ? ['its subject ends with a full stop'] : []),
		...(blank === undefined || body.join('').trim() === '' ? ['it has no body that says why'] : []),
		...(blank === undefined || blank === '' ? [] : ['no blank line follows its subject']),
	];
};

const base = process.argv[2] ?? before;
try {
	git('cat-file', '-e', `${base}^{commit}`);
} catch {
	process.stdout.write(`LEFT OUT: the words of commits, because ${base} is not in this clone.\n`);
	process.exit(0);
}
const commits = git('log', '--no-merges', '--format=%H%x00%B%x01', `${base}..HEAD`)
	.split('\u0001')
	.map((record) => record.trim().split('\u0000'))
	.filter(([hash]) => hash !== '');
const wrong = commits.flatMap(([hash, message = '']) =>
	complaintsOf(message).map((complaint) => `${hash.slice(0, 9)} ${message.split('\n')[0]}\n  ${complaint}`),
);
process.stdout.write(
	wrong.length > 0 ? `${wrong.join('\n')}\n` : `The words of ${commits.length} commits are as they should be.\n`,
);
process.exitCode = wrong.length > 0 ? 1 : 0;
