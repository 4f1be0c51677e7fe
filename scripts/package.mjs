// npm run package: makes build/zenml-airgap-linux-x64, the program as one executable that needs no runtime, and prints its path and
// SHA-256; with `-- --arch arm64` build/zenml-airgap-linux-arm64. docs/decisions/14-one-executable.md says why it is made so.
import {spawnSync} from 'node:child_process';
import {realpathSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {findNode, root} from './setup.mjs';

/**
 * Makes the executable of a platform.
 * @param {{out?: string | undefined, arch?: string | undefined}} [options] `out` is its path, `arch` is `x64` or `arm64`
 * @returns {Promise<{file: string, sha256: string, bytes: number}>}
 */
export const packageExecutable = async ({out, arch = 'x64'} = {}) => {
	if (arch !== 'x64' && arch !== 'arm64') throw new Error(`--arch is x64 or arm64, not ${arch}`);
	const file = path.resolve(out ?? path.join(root, 'build', `zenml-airgap-linux-${arch}`));
	return (await import('./package/make.mjs')).makeExecutable(file, arch);
};

const isStarted = process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
if (isStarted && Number(process.versions.node.split('.')[0]) < 24) {
	// npm may be older than what this takes (zstd).
	process.exitCode = spawnSync(findNode(), process.argv.slice(1), {stdio: 'inherit'}).status ?? 1;
} else if (isStarted) {
	const {values} = parseArgs({options: {out: {type: 'string'}, arch: {type: 'string'}}});
	const {file, sha256, bytes} = await packageExecutable(values);
	process.stdout.write(`${file}\n${sha256}  ${bytes} bytes\n`);
}
