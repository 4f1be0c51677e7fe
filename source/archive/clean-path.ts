/** `./a//b/` → `a/b`. @returns `undefined` for a path that leads out of the archive */
export const cleanPath = (path: string): string | undefined => {
	if (path.startsWith('/') || path.includes('\0') || path.includes('\\')) return undefined;
	const parts: string[] = [];
	for (const part of path.split('/')) {
		if (part === '' || part === '.') continue;
		if (part !== '..') parts.push(part);
		else if (parts.pop() === undefined) return undefined;
	}
	return parts.join('/');
};
