/** Files that Windows, macOS and makers of discs put beside others. */
const files: ReadonlySet<string> = new Set([
	'.ds_store',
	'.localized',
	'.apdisk',
	'.volumeicon.icns',
	'thumbs.db',
	'ehthumbs.db',
	'desktop.ini',
	'trans.tbl',
]);

/** Folders of file systems and their tools; some of them only root can read. */
const folders: ReadonlySet<string> = new Set([
	'lost+found',
	'system volume information',
	'$recycle.bin',
	'recycler',
	'.trashes',
	'.spotlight-v100',
	'.fseventsd',
	'.temporaryitems',
	'.documentrevisions-v100',
	'.appledouble',
	'__macosx',
	'@eadir',
	'rr_moved',
]);

/** AppleSingle and AppleDouble (RFC 1740, Appendix A and B). */
const appleMagic: readonly string[] = ['00051600', '00051607'];

/** True for a folder that no bundle has, whatever lies in it. */
export const isSystemFolder = (name: string): boolean =>
	folders.has(name.toLowerCase()) || /^\.trash-\d+$/iu.test(name);

/** True for a path with such a folder in it. */
const isInSystemFolder = (path: string): boolean => path.split('/').slice(0, -1).some(isSystemFolder);

/**
 * Whether a file was put there by a system, and not by who made the bundle: it is passed over, and that is said.
 * @param path with `/` @param start reads its first four bytes; asked for names that might be those of an archive as well
 */
export const isDropping = async (path: string, start: () => Promise<Buffer>): Promise<boolean> => {
	const name = path.slice(path.lastIndexOf('/') + 1);
	if (files.has(name.toLowerCase()) || isInSystemFolder(path)) return true;
	return name.startsWith('._') && appleMagic.includes((await start()).toString('hex'));
};

/** How many are named. */
const mostNamed = 5;

/** What was passed over, in the operator's words. */
export const droppingsText = (paths: readonly string[]): readonly string[] => {
	if (paths.length === 0) return [];
	const more = paths.length > mostNamed ? ` and ${paths.length - mostNamed} more` : '';
	return [`Passed over, as systems put it beside other files: ${paths.slice(0, mostNamed).join(', ')}${more}.`];
};
