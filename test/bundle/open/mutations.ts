import {gzipSync, zstdCompressSync} from 'node:zlib';
import {type Random, randomFrom} from '../../helpers/random.ts';
import {classic, configOf, hex, type Member, modern, tarOf} from '../helpers.ts';

const checksummed = (tar: Buffer, at: number): void => {
	tar.fill(32, at + 148, at + 156);
	const sum = tar.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
	tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
};

/** Where the headers of a sound tar begin, and the size of what follows each. */
export const headersOf = (tar: Buffer): ReadonlyArray<{readonly at: number; readonly size: number}> => {
	const found: {at: number; size: number}[] = [];
	for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
		const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
		found.push({at, size});
		at += 512 + Math.ceil(size / 512) * 512;
	}
	return found;
};

type Pieces = readonly Buffer[];
const piecesOf = (tar: Buffer): Pieces =>
	headersOf(tar).map(({at, size}) => tar.subarray(at, at + 512 + Math.ceil(size / 512) * 512));
const joined = (pieces: Pieces): Buffer => Buffer.concat([...pieces, Buffer.alloc(1024)]);

const withHeader = (tar: Buffer, random: Random, change: (copy: Buffer, at: number) => void): Buffer => {
	const copy = Buffer.from(tar);
	const {at} = random.pick(headersOf(copy));
	change(copy, at);
	checksummed(copy, at);
	return copy;
};

const sizes = ['00000000000', '00000000777', '00000100000', '77777777777', '7777777777z', '           '];
const names = [
	'../../evil',
	'/etc/passwd',
	'a/../../b',
	'manifest.json',
	'',
	'index.json',
	`${'x/'.repeat(49)}y`,
	'a\\b',
];

/** Changes of the tar itself; checksums of headers are right, so that what lies behind is reached. */
const tarMutations: Readonly<Record<string, (tar: Buffer, random: Random) => Buffer>> = {
	'bits flipped': (tar, random) => {
		const copy = Buffer.from(tar);
		for (let count = 1 + random.below(8); count > 0; count--) {
			const at = random.below(copy.length);
			copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
		}
		return copy;
	},
	'a cut': (tar, random) => tar.subarray(0, random.below(tar.length)),
	'bytes lost in the middle': (tar, random) => {
		const at = random.below(tar.length);
		return Buffer.concat([tar.subarray(0, at), tar.subarray(at + 1 + random.below(2000))]);
	},
	'bytes added in the middle': (tar, random) => {
		const at = random.below(tar.length);
		return Buffer.concat([
			tar.subarray(0, at),
			Buffer.alloc(1 + random.below(2000), random.below(256)),
			tar.subarray(at),
		]);
	},
	'members doubled': (tar, random) => {
		const pieces = piecesOf(tar);
		return joined([...pieces, random.pick(pieces), random.pick(pieces)]);
	},
	'members in another order': (tar, random) => {
		const pieces = [...piecesOf(tar)];
		for (let at = pieces.length - 1; at > 0; at--) {
			const other = random.below(at + 1);
			[pieces[at], pieces[other]] = [pieces[other] ?? tar, pieces[at] ?? tar];
		}
		return joined(pieces);
	},
	'a member lost': (tar, random) => {
		const pieces = piecesOf(tar);
		const lost = random.below(pieces.length);
		return joined(pieces.filter((_, index) => index !== lost));
	},
	'contents of two members swapped': (tar, random) => {
		const pieces = piecesOf(tar);
		const [one, other] = [random.pick(pieces), random.pick(pieces)];
		const swap = (header: Buffer, content: Buffer) => {
			const copy = Buffer.concat([header.subarray(0, 512), content.subarray(512)]);
			content.copy(copy, 124, 124, 136);
			checksummed(copy, 0);
			return copy;
		};
		const swapped = new Map([
			[one, swap(one, other)],
			[other, swap(other, one)],
		]);
		return joined(pieces.map((piece) => swapped.get(piece) ?? piece));
	},
	'a size that lies': (tar, random) =>
		withHeader(tar, random, (copy, at) => copy.write(random.pick(sizes), at + 124, 'latin1')),
	'a size of exabytes': (tar, random) =>
		withHeader(tar, random, (copy, at) => {
			copy.fill(random.pick([0xff, 0x7f, 0]), at + 125, at + 136);
			copy[at + 124] = 0x80;
		}),
	'a name that leads elsewhere': (tar, random) =>
		withHeader(tar, random, (copy, at) => {
			copy.fill(0, at, at + 100);
			copy.write(random.pick(names), at, 'latin1');
		}),
	'another type': (tar, random) =>
		withHeader(tar, random, (copy, at) => {
			copy.write(random.pick([...'012345xgLKSV\0']), at + 156, 'latin1');
			copy.write(
				random.pick(['../../../etc/shadow', 'manifest.json', 'blobs', '.', 'a'.repeat(99)]),
				at + 157,
				'latin1',
			);
		}),
	'deep links': (tar, random) => {
		const links = Array.from({length: 30}, (_, index) => {
			const header = Buffer.alloc(512);
			header.write(index === 0 ? 'manifest.json' : `link${index}`, 0);
			header.write('00000000000', 124);
			header.write(random.pick(['1', '2']), 156);
			header.write(index === 29 && random.below(2) === 0 ? 'manifest.json' : `link${index + 1}`, 157);
			checksummed(header, 0);
			return header;
		});
		return joined([...piecesOf(tar), ...links]);
	},
	'JSON that is something else': (tar, random) => {
		const pieces = piecesOf(tar);
		const texts = ['{}', '[]', 'null', '"x"', '[{"Config":1}]', `${'['.repeat(30_000)}`, '{"manifests":[{}]}', '\0\0'];
		const jsons = pieces.filter((piece) => piece[512] === 0x7b || piece[512] === 0x5b);
		const victim = random.pick(jsons);
		const content = Buffer.from(random.pick(texts));
		const header = Buffer.from(victim.subarray(0, 512));
		header.write(content.length.toString(8).padStart(11, '0'), 124, 'latin1');
		checksummed(header, 0);
		const padding = Buffer.alloc(Math.ceil(content.length / 512) * 512 - content.length);
		return joined(pieces.map((piece) => (piece === victim ? Buffer.concat([header, content, padding]) : piece)));
	},
	nothing: (tar) => tar,
};

const zeros = Buffer.alloc(4 * 1024 * 1024);
/** Many times a few megabytes of zeros, in a few kilobytes. */
const bombs = {
	gzip: Buffer.concat(Array.from({length: 80}, () => gzipSync(zeros))),
	zstd: Buffer.concat(Array.from({length: 80}, () => zstdCompressSync(zeros))),
};

/** Changes of the compressed file. */
const packedMutations: Readonly<Record<string, (packed: Buffer, random: Random, form: 'gzip' | 'zstd') => Buffer>> = {
	'compressed bits flipped': (packed, random) => tarMutations['bits flipped']?.(packed, random) ?? packed,
	'a cut of the compressed file': (packed, random) => packed.subarray(0, random.below(packed.length)),
	'compressed bytes added': (packed, random) =>
		Buffer.concat([packed, Buffer.alloc(1 + random.below(5000), random.below(256))]),
	'a bomb behind it': (packed, _random, form) => Buffer.concat([packed, bombs[form]]),
	'a bomb before it': (packed, _random, form) => Buffer.concat([bombs[form], packed]),
	'the other compression behind it': (packed, _random, form) =>
		Buffer.concat([packed, bombs[form === 'gzip' ? 'zstd' : 'gzip']]),
	'compressed, and nothing else': (packed) => packed,
};

export type Mutated = {readonly what: string; readonly name: string; readonly bytes: Buffer};

const reference = 'vendor.example.com/zenml-pro-api:0.13.18';

type Image = {readonly reference: string; readonly layers: readonly Buffer[]; readonly stored: readonly Buffer[]};

/** Without `manifest.json`, so that its index alone says what it is. */
const layoutMembers = (image: Image): Record<string, Member> => {
	const {'manifest.json': _, ...members} = modern([image]);
	const index = JSON.parse(String(members['index.json']));
	index.manifests[0].annotations = {'io.containerd.image.name': reference};
	return {...members, 'index.json': JSON.stringify(index)};
};

/** Its first layer once more, behind a link. */
const linkedMembers = (image: Image, random: Random): Record<string, Member> => {
	const layers = Object.entries(classic([image])).filter(([name]) => !name.endsWith('.json'));
	const places = layers.map(([name]) => name);
	const config = configOf({reference, layers: [...image.layers, ...image.layers.slice(0, 1)]});
	const name = `${hex(config)}.json`;
	const listed = {Config: name, RepoTags: [reference], Layers: [...places, 'again/layer.tar']};
	return {
		...Object.fromEntries(layers),
		'again/layer.tar': random.below(2) === 0 ? {symlink: `../${places[0]}`} : {link: places[0] ?? ''},
		[name]: config,
		'manifest.json': JSON.stringify([listed]),
	};
};

const shapes: Readonly<Record<string, (image: Image, random: Random) => Record<string, Member>>> = {
	modern: (image) => modern([image]),
	classic: (image) => classic([image]),
	layout: layoutMembers,
	linked: linkedMembers,
};

/** A sound archive in one of the forms, and one that was changed, as the seed says. */
export const mutate = async (seed: number, layers: readonly Buffer[]): Promise<Mutated> => {
	const random = randomFrom(seed);
	const stored = random.below(3) === 0 ? layers.map((layer) => gzipSync(layer)) : layers;
	const shape = random.pick(Object.keys(shapes));
	const members = shapes[shape]?.({reference, layers, stored}, random) ?? {};
	const sound = await tarOf(members);
	const inner = random.pick(Object.keys(tarMutations));
	const tar = (tarMutations[inner] ?? (() => sound))(sound, random);
	const form = random.pick(['plain', 'plain', 'gzip', 'zstd'] as const);
	if (form === 'plain') return {what: `${shape}: ${inner}`, name: 'images/zenml-pro-api.tar', bytes: tar};
	const drawn = random.pick(Object.keys(packedMutations));
	// A bomb takes a second to be told from an archive, so there are few.
	const outer = drawn.startsWith('a bomb') && random.below(4) > 0 ? 'compressed bits flipped' : drawn;
	// One change at a time reaches further than two.
	const packed = form === 'gzip' ? gzipSync : zstdCompressSync;
	const twice = random.below(4) === 0;
	const before = packed(outer === 'compressed, and nothing else' || twice ? tar : sound);
	const bytes = (packedMutations[outer] ?? (() => before))(before, random, form);
	return {
		what: `${shape}, ${form}: ${outer}${twice ? `, ${inner}` : ''}`,
		name: `images/zenml-pro-api.tar.${form === 'gzip' ? 'gz' : 'zst'}`,
		bytes,
	};
};
