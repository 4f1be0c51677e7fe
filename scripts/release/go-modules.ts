/** A module of Go that was compiled into a program. */
export type GoModule = {readonly name: string; readonly version: string};

const magic = Buffer.from('\xff Go buildinf:', 'latin1');
/** Sentinels around the text (Go, debug/buildinfo): 16 bytes at each end. */
const sentinel = 16;

/** A number as `binary.Uvarint` of Go reads it. */
const varint = (bytes: Buffer, at: number): readonly [value: number, next: number] => {
	let value = 0;
	for (let [next, factor] = [at, 1]; ; next++, factor *= 128) {
		const byte = bytes[next] ?? 0;
		value += (byte & 127) * factor;
		if (byte < 128) return [value, next + 1];
	}
};

const textAt = (bytes: Buffer, at: number): readonly [text: string, next: number] => {
	const [length, from] = varint(bytes, at);
	return [bytes.toString('utf8', from, from + length), from + length];
};

/**
 * What a program of Go says it was built from (package debug/buildinfo of Go 1.18 and newer, whose texts follow the header).
 * @param bytes the whole program
 * @throws Error where there is nothing of the kind
 */
export const goModulesIn = (bytes: Buffer): {readonly go: string; readonly modules: readonly GoModule[]} => {
	const at = bytes.indexOf(magic);
	if (at < 0 || ((bytes[at + 15] ?? 0) & 2) === 0)
		throw new Error('The program does not say of which modules of Go it was built.');
	const [go, next] = textAt(bytes, at + 32);
	const [text] = textAt(bytes, next);
	const modules = text
		.slice(sentinel, -sentinel)
		.split('\n')
		.map((line) => line.split('\t'))
		.filter(([kind]) => kind === 'dep')
		.map(([, name = '', version = '']) => ({name, version}))
		.sort((a, b) => (a.name < b.name ? -1 : 1));
	return {go: go.replace(/^go/u, ''), modules};
};
