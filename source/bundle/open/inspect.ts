import {resolve} from 'node:path';
import {type ProblemCode, ProblemError, ProblemsError} from '../../base/problem.ts';
import {ociProblems} from '../../oci/problems.ts';
import {bundleFiles} from '../layout/index-file.ts';
import {openLayout} from '../layout/layout.ts';
import {findPartsFile} from '../layout/parts.ts';
import {partsFileSuffix} from '../layout/parts-file.ts';
import type {Layout} from '../layout/types.ts';
import type {SignatureRequest} from '../signature/check.ts';
import type {Bundle, Verified} from '../types.ts';
import {type Damage, damageOf, damageProblem, perFile} from '../verify/damage.ts';
import {checkParts, type PartsCheck} from '../verify/parts-check.ts';
import type {Target} from '../verify/plan.ts';
import {inspectBundle, type VerifyOptions} from '../verify/verify.ts';
import {isDamage} from './carry-again.ts';
import {openBundle} from './open-bundle.ts';
import {openProblems} from './problems.ts';
import {readManifest} from './read-manifest.ts';

/**
 * What an inspection found. Of a split bundle `files` and `bytes` are those of the parts; `read` is more where files that lie
 * across two parts were read once more. `refusals` are the reasons why the bundle cannot be used; empty when it is whole.
 */
export type Inspection = Verified & {
	readonly kind: 'folder' | 'tar' | 'parts';
	/** Absolute: the folder, the tar, or the list of the parts. */
	readonly path: string;
	/** How many parts there should be. */
	readonly parts?: number | undefined;
	readonly bundle?: Bundle | undefined;
	readonly damages: readonly Damage[];
	readonly refusals: readonly ProblemError[];
};

export type InspectOptions = VerifyOptions & {
	/** Where charts of a tar go. */
	readonly workDirectory: () => Promise<string>;
	readonly signature?: SignatureRequest | undefined;
};

/** What work came to; a refusal is put off, to see first whether more is wrong. */
type Attempt<T> = {readonly value?: T | undefined; readonly refusals: readonly ProblemError[]};

const refusalsIn = (error: unknown): readonly ProblemError[] => {
	if (error instanceof ProblemsError) return error.problems.map((problem) => new ProblemError(problem));
	if (error instanceof ProblemError) return [error];
	throw error;
};

const attempt = async <T>(work: () => Promise<T>): Promise<Attempt<T>> => {
	try {
		return {value: await work(), refusals: []};
	} catch (error) {
		return {refusals: refusalsIn(error)};
	}
};

/** What lies at a path: a layout, or why there is none, and of a split bundle what its list says. */
type Located = {
	readonly path: string;
	readonly layout: Attempt<Layout>;
	readonly check: PartsCheck | undefined;
};

const listOf = async (path: string, layout: Layout | undefined): Promise<string | undefined> => {
	if (!layout) return findPartsFile(path);
	return layout.path.endsWith(partsFileSuffix) ? layout.path : undefined;
};

/** @throws ProblemError where there is no bundle at all, or its list of parts cannot be read */
const locate = async (path: string, signal: AbortSignal): Promise<Located> => {
	const layout = await attempt(() => openLayout(path, signal));
	const list = await listOf(path, layout.value);
	if (list !== undefined) return {path: list, layout, check: await checkParts(list)};
	const [refusal] = layout.refusals;
	if (refusal) throw refusal;
	return {path: layout.value?.path ?? path, layout, check: undefined};
};

/** A layout is as good as the list of its parts: where that is damaged, nothing is known of what they hold. */
const usableLayout = ({layout, check}: Located): Layout | undefined =>
	check && check.damages.length > 0 && check.claims.length === 0 ? undefined : layout.value;

/** The checksums of a bundle that cannot be opened, as far as they can be read. */
const checksumsOf = async (layout: Layout): Promise<ReadonlyMap<string, string>> =>
	(await attempt(() => readManifest(layout))).value?.checksums ?? new Map();

/** Files that are listed, in the lists or by their being there, and are not there. */
const lostFiles = ({layout: {files}, checksums}: Target): readonly Damage[] => {
	const sums = bundleFiles.checksums;
	const wanted = [...checksums.keys(), ...(files.has(bundleFiles.index) ? [sums] : [])];
	return wanted
		.filter((file) => !files.has(file))
		.map((file) => {
			const problem = openProblems.problem('bundle-file-missing', {case: 'one', file}, {location: {file}});
			return damageOf(file, 'missing', problem);
		});
};

const targetOf = async (layout: Layout, bundle: Bundle | undefined): Promise<Target> => ({
	layout,
	bundle,
	checksums: bundle?.manifest.checksums ?? (await checksumsOf(layout)),
});

/** The parts may all be whole, and the list be that of another bundle. */
const listDamages = ({list}: PartsCheck, bundle: Bundle | undefined): readonly Damage[] => {
	if (!bundle || bundle.digest === list.bundle) return [];
	const file = `${list.name}${partsFileSuffix}`;
	const given = {case: 'other bundle', file, named: list.bundle, held: bundle.digest} as const;
	const problem = ociProblems.problem('bundle-checksum-mismatch', given, {location: {file}});
	return [damageOf(file, 'digest', problem)];
};

/** Damages of the parts of a split bundle, among all. */
const ofParts = (damages: readonly Damage[], check: PartsCheck | undefined): readonly Damage[] => {
	const parts = new Set([
		...(check?.damages ?? []).map(({file}) => file),
		...(check?.claims ?? []).map(({file}) => file.label),
	]);
	return damages.filter(({file}) => parts.has(file));
};

/** What is to be carried again, and why the bundle cannot be used. */
type Verdict = Pick<Inspection, 'damages' | 'refusals'>;

const fileMissing: ProblemCode = 'bundle-file-missing';
const namesLost = ({problem}: ProblemError): boolean => problem.code === fileMissing;

const verdictOn = (
	{hashed, lost}: {readonly hashed: readonly Damage[]; readonly lost: readonly Damage[]},
	{layout, check}: Located,
	opened: Attempt<Bundle>,
): Verdict => {
	const all = [...(check?.damages ?? []), ...hashed];
	const parts = ofParts(all, check);
	// What lies in a bad part is bad with it; it is the part that has to be carried again.
	if (parts.length > 0) return {damages: perFile(parts), refusals: [damageProblem(parts)]};
	const damages = perFile([...all, ...(check ? listDamages(check, opened.value) : [])]);
	const unopened = [...layout.refusals, ...opened.refusals];
	// What could not be opened for want of files may have named them all.
	const told = unopened.some(namesLost) ? damages : perFile([...damages, ...lost]);
	return {
		damages: perFile([...damages, ...lost]),
		refusals: [...unopened, ...(told.length > 0 ? [damageProblem(told)] : [])],
	};
};

const kindOf = ({check, layout}: Located): Inspection['kind'] => {
	if (check) return 'parts';
	return layout.value?.packed ? 'tar' : 'folder';
};

/**
 * Looks at everything in a bundle, wherever it lies, and finds all that is wrong in one go: what is missing, what is too
 * much, what has other bytes. Of a split bundle it tells which parts to carry again.
 * @throws ProblemError where there is no bundle at all, or its list of parts cannot be read
 */
export const inspectPath = async (path: string, options: InspectOptions): Promise<Inspection> => {
	const {signal, workDirectory, signature = {}} = options;
	const found = await locate(resolve(path), signal);
	const {check} = found;
	const layout = usableLayout(found);
	const opened: Attempt<Bundle> = layout
		? await attempt(() => openBundle(layout, workDirectory, {signature, platform: undefined}, signal))
		: {refusals: []};
	const target = layout && (await targetOf(layout, opened.value));
	const {damages: hashed, ...verified} = await inspectBundle(target, check?.claims ?? [], options);
	const parts = check?.list.parts.length;
	return {
		...verified,
		...(check && {files: check.list.parts.length, bytes: check.list.size}),
		kind: kindOf(found),
		path: found.path,
		parts,
		bundle: opened.value,
		...verdictOn({hashed, lost: target ? lostFiles(target) : []}, found, opened),
	};
};

const otherBytes: ProblemCode = 'bundle-checksum-mismatch';

/** Refusals without those that say no more of a damaged file than that its bytes are others, where another one says what became of it. */
const eachOnce = (refusals: Inspection['refusals']): Inspection['refusals'] => {
	const told = refusals.flatMap((error) => {
		const {code, location} = error.problem;
		return code !== otherBytes && location && isDamage(error) ? [location.file] : [];
	});
	return refusals.filter(
		({problem: {code, location}}) => code !== otherBytes || !location || !told.includes(location.file),
	);
};

/** @throws ProblemError, ProblemsError what an inspection found */
export const requireWhole = ({refusals}: Inspection): void => {
	const told = eachOnce(refusals);
	const [first] = told;
	if (told.length === 1 && first) throw first;
	if (first) throw new ProblemsError(told.map(({problem}) => problem));
};
