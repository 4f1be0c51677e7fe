// npm run package: makes build/zenml-airgap-linux-x64, the program as one executable that needs no runtime, and prints its path and
// SHA-256. docs/decisions/15-one-executable.md says why it is made so, and how that for arm64 is.
import {spawnSync} from 'node:child_process';
import {realpathSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {findNode, root} from './setup.mjs';

/**
 * Makes the executable for this platform.
 * @param {{out?: string, work?: string}} [options] `out` is its path
 * @returns {Promise<{file: string, sha256: string, bytes: number}>}
 */
export const packageExecutable = async ({out = path.join(root, 'build', 'zenml-airgap-linux-x64')} = {}) =>
	(await import('./package/make.mjs')).makeExecutable(path.resolve(out));

const isStarted = process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
if (isStarted && Number(process.versions.node.split('.')[0]) < 24) {
	// npm may be older than what this takes (zstd).
	process.exitCode = spawnSync(findNode(), process.argv.slice(1), {stdio: 'inherit'}).status ?? 1;
} else if (isStarted) {
	const at = process.argv.indexOf('--out');
	const {file, sha256, bytes} = await packageExecutable(at < 0 ? {} : {out: process.argv[at + 1]});
	process.stdout.write(`${file}\n${sha256}  ${bytes} bytes\n`);
}
