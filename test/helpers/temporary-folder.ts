import {chmodSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

/** Whatever a test leaves in the system's temporary folder lies in one of its own, which goes when all tests are done. */
export default (): (() => void) => {
	// A short name: paths of sockets have room for 107 characters (unix(7)).
	const folder = mkdtempSync(path.join(tmpdir(), 'za-'));
	// Databases and installers of some tests run as another user.
	chmodSync(folder, 0o1777);
	process.env.TMPDIR = folder;
	return () => rmSync(folder, {recursive: true, force: true, maxRetries: 20, retryDelay: 50});
};
