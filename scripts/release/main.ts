// npm run release: makes in build/release what would be published, from a clean tree. docs/releasing.md tells the rest.
import {existsSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {parseArgs} from 'node:util';
import {filesBelow} from '../../source/base/files.ts';
import {ProblemError} from '../../source/base/problem.ts';
import {readKeyFile} from '../../source/minisign/read-key.ts';
import {needsPassphrase, openSecretKey, type SigningKey} from '../../source/minisign/secret-key.ts';
import {askForFaults} from './known-faults.ts';
import {makeRelease} from './make.ts';
import {cleanCommit} from './tree.ts';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const {env} = process;
const say = (text: string): void => void process.stderr.write(`release: ${text}\n`);

/** Nothing of a passphrase goes to the command line, which other users can read. */
const openKey = async (file: string | undefined): Promise<SigningKey | undefined> => {
	if (file === undefined || file === '') return undefined;
	const text = await readKeyFile(path.resolve(file), 'secret');
	const passphrase = env.ZENML_AIRGAP_RELEASE_PASSPHRASE ?? '';
	if (needsPassphrase(text, file) && passphrase === '')
		throw new Error(`${file} is locked with a passphrase: give it in the variable ZENML_AIRGAP_RELEASE_PASSPHRASE.`);
	return openSecretKey(text, file, passphrase);
};

type Packager = {readonly packageExecutable: (options: {readonly out: string}) => Promise<{readonly file: string}>};

const makeExecutables = async (folder: string): Promise<readonly string[]> => {
	const script = path.join(root, 'scripts/package.mjs');
	if (!existsSync(script))
		throw new Error('There is no scripts/package.mjs to make the executable: --without-executable leaves it out.');
	say('making the executable');
	const name = 'zenml-airgap-linux-x64';
	const {packageExecutable} = (await import(pathToFileURL(script).href)) as Packager;
	await packageExecutable({out: path.join(folder, name)});
	return [name];
};

const run = async (): Promise<void> => {
	const {values} = parseArgs({
		options: {out: {type: 'string'}, key: {type: 'string'}, 'without-executable': {type: 'boolean', default: false}},
	});
	const commit = cleanCommit(root, env.SOURCE_DATE_EPOCH);
	const key = await openKey(values.key ?? env.ZENML_AIRGAP_RELEASE_KEY);
	const out = path.resolve(values.out ?? path.join(root, 'build/release'));
	const executables = values['without-executable'] ? async () => [] : makeExecutables;
	await makeRelease({root, out, commit, key, executables, say});
	process.stdout.write(
		`${out}\n${(await filesBelow(out))
			.filter((name) => !name.includes('/'))
			.map((name) => `  ${name}\n`)
			.join('')}`,
	);
	say(
		key ? `SHA256SUMS is signed with the key ${key.public.id}` : 'SHA256SUMS is not signed: name a key with --key FILE',
	);
	say(askForFaults(root));
	if (values['without-executable']) say('without the executable, as asked: this is no release to publish');
};

try {
	await run();
} catch (error) {
	const told =
		error instanceof ProblemError
			? [error.problem.message, error.problem.cause, error.problem.fix].join(' ')
			: undefined;
	process.stderr.write(`release: ${told ?? (error instanceof Error ? error.message : String(error))}\n`);
	process.exitCode = 1;
}
