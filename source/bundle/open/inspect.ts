import {resolve} from 'node:path';
import {readSlice} from '../../archive/slice.ts';
import {maximumJsonBytes} from '../../archive/tree.ts';
import {ProblemError, ProblemsError} from '../../base/problem.ts';
import {parseExactChecksums} from '../layout/checksums-text.ts';
import {bundleFiles} from '../layout/index-file.ts';
import {type Layout, openLayout} from '../layout/layout.ts';
import {findPartsFile} from '../layout/parts.ts';
import {partsFileSuffix} from '../layout/parts-file.ts';
import type {SignatureRequest} from '../signature/check.ts';
import type {Bundle, Verified} from '../types.ts';
import {type Damage, damageProblem, perFile} from '../verify/damage.ts';
import {checkParts, type PartsCheck} from '../verify/parts-check.ts';
import {inspectBundle, type VerifyOptions} from '../verify/verify.ts';
import {openBundle} from './bundle.ts';

/**
 * What an inspection found. Of a split bundle `files` and `bytes` are those of the parts; `read` is more where files that lie
 * across two parts were read once more. `refusals` are the reasons why the bundle cannot be used; empty when it is whole.
 */
export type Inspection = Verified & {
	readonly kind: 'folder' | 'tar' | 'parts';
	/** Absolute: the folder, the tar, or the list of the parts. */
	readonly path: string;
	/** How many parts there should be. */
	readonly parts?: number;
	readonly bundle?: Bundle;
	readonly damages: readonly Damage[];
	readonly refusals: readonly ProblemError[];
};

/** What a refusal that is thrown can be put off for, to see first whether more is wrong. */
const attempt = async <T>(work: () => Promise<T>): Promise<{readonly value: T} | {readonly error: ProblemError}> => {
	try {
		return {value: await work()};
	} catch (error) {
		if (!(error instanceof ProblemError)) throw error;
		return {error};
	}
};

/** The checksums of a bundle that cannot be opened, as far as they can be read. */
const checksumsOf = async (layout: Layout): Promise<ReadonlyMap<string, string>> => {
	const slice = layout.files.get(bundleFiles.checksums);
	if (!slice || slice.size > maximumJsonBytes) return new Map();
	return parseExactChecksums((await readSlice(slice)).toString('utf8')) ?? new Map();
};

const listDamage = (check: PartsCheck, bundle: Bundle | undefined): readonly Damage[] =>
	bundle && bundle.digest !== check.list.bundle
		? [
				{
					file: `${check.list.name}${partsFileSuffix}`,
					reason: 'digest',
					cause: `It is the list of another bundle: it names ${check.list.bundle}, the parts hold ${bundle.digest}.`,
				},
			]
		: [];

/**
 * Looks at everything in a bundle, wherever it lies, and finds all that is wrong in one go: what is missing, what is too
 * much, what has other bytes. Of a split bundle it tells which parts to carry again.
 * @param options.workDirectory where charts of a tar go
 * @throws ProblemError where there is no bundle at all, or its list of parts cannot be read
 */
export const inspectPath = async (
	path: string,
	options: VerifyOptions & {
		readonly workDirectory: () => Promise<string>;
		readonly signature?: SignatureRequest | undefined;
	},
): Promise<Inspection> => {
	const absolute = resolve(path);
	const {signal} = options;
	const layout = await attempt(() => openLayout(absolute, signal));
	const found = 'value' in layout ? layout.value : undefined;
	const list = found ? found.path.endsWith(partsFileSuffix) && found.path : await findPartsFile(absolute);
	if ('error' in layout && !list) throw layout.error;
	const check = list ? await checkParts(list) : undefined;
	const usable = check && check.damages.length > 0 && check.claims.length === 0 ? undefined : found;
	const opened = usable
		? await attempt(() =>
				openBundle(usable, options.workDirectory, {signature: options.signature ?? {}, platform: undefined}, signal),
			)
		: undefined;
	const bundle = opened && 'value' in opened ? opened.value : undefined;
	const checksums = usable && (bundle?.manifest.checksums ?? (await checksumsOf(usable)));
	const target = usable && checksums ? {layout: usable, checksums, ...(bundle ? {bundle} : {})} : undefined;
	const {damages: hashed, ...verified} = await inspectBundle(target, check?.claims ?? [], options);
	const all = [...(check?.damages ?? []), ...hashed];
	const names = new Set(
		[...(check?.damages ?? []), ...(check?.claims ?? []).map(({file}) => ({file: file.label}))].map(({file}) => file),
	);
	const ofParts = all.filter(({file}) => names.has(file));
	// What lies in a bad part is bad with it; it is the part that has to be carried again.
	const damages = perFile(ofParts.length > 0 ? ofParts : [...all, ...(check ? listDamage(check, bundle) : [])]);
	const unopened = [layout, opened].flatMap((one) => (one && 'error' in one ? [one.error] : []));
	const refusals = [...(ofParts.length > 0 ? [] : unopened), ...(damages.length > 0 ? [damageProblem(damages)] : [])];
	return {
		...verified,
		kind: list ? 'parts' : found?.packed ? 'tar' : 'folder',
		path: list || (found?.path ?? absolute),
		...(check ? {parts: check.list.parts.length, files: check.list.parts.length, bytes: check.list.size} : {}),
		...(bundle ? {bundle} : {}),
		damages,
		refusals,
	};
};

/** @throws ProblemError, ProblemsError what an inspection found */
export const requireWhole = ({refusals}: Inspection): void => {
	const [first] = refusals;
	if (refusals.length === 1 && first) throw first;
	if (first) throw new ProblemsError(refusals.map(({problem}) => problem));
};
