import {unnamedWords} from '../../backup/open.ts';
import {counted, firstOf} from '../../base/text.ts';
import {formatBytes} from '../../base/units.ts';
import type {Finding} from '../../engine/plan.ts';
import {minute} from '../back/losses.ts';
import {stepProblems} from '../problems.ts';
import {accessesOfRestore, accessText} from '../shared/accesses.ts';
import {componentsOf} from '../shared/names.ts';
import {refuseUnfinishedBack} from '../shared/release/back-mark.ts';
import {longTimeouts, type Step, type World} from '../world.ts';
import {refuseMisfits} from './fit.ts';
import {lackWarnings, lossWarnings} from './losses.ts';
import {requireKeys} from './secret-values.ts';
import {restoringOf, type Source} from './source.ts';

/** What every step of a restore depends on. */
export const inputsOf =
	({options}: Source): Step['inputs'] =>
	(answers) => ({
		...options,
		folder: answers.backup.folder,
		components: componentsOf(answers).map(({id, answers: {namespace, release, database}}) => ({
			id,
			namespace,
			release,
			database: database.name,
		})),
	});

/** @throws ProblemError `kubernetes-permissions` */
const requireAccess = async (world: World, namespaces: readonly string[]): Promise<void> => {
	const needed = accessesOfRestore(world.answers, namespaces);
	const denied = (await world.cluster.denied(needed, world.signal)).map(accessText);
	if (denied.length === 0) return;
	const facts = {denied: denied.length, needed: needed.length, first: firstOf(denied, 3, '; ')};
	throw stepProblems.error('kubernetes-permissions', facts, {evidence: denied});
};

const check =
	(source: Source) =>
	async (world: World): Promise<Finding> => {
		const {options} = source;
		const read = await source.open(world);
		const {manifest, signer} = read;
		const restoring = restoringOf(world, options, manifest);
		const warnings = await refuseMisfits(world, options, manifest, restoring);
		for (const {release} of restoring) await refuseUnfinishedBack(world, release);
		const namespaces = restoring.map(({release: {namespace}}) => namespace);
		await requireAccess(world, namespaces);
		// Whoever cannot decrypt the smallest part learns it here, and not when servers are stopped.
		await requireKeys(world, source, read, restoring);
		const bytes = restoring.reduce((sum, {part}) => sum + part.bytes, 0);
		const made = minute(manifest.finishedAt ?? manifest.createdAt);
		const signed = signer ? `signed by key ${signer.keyId}${signer.proven ? '' : ', not checked'}` : 'not signed';
		const note = `backup ${manifest.id} of ${made}, ${counted(restoring.length, 'database')}, ${formatBytes(bytes)}, ${signed}`;
		const losses = await lossWarnings(world, source, manifest, restoring);
		const pages = losses.length > 0 ? [{title: 'What is lost', lines: losses}] : [];
		return {
			status: 'ok',
			note,
			warnings: [...unnamedWords(read), ...lackWarnings(manifest), ...warnings, ...losses],
			pages,
		};
	};

/** The backup is whole, can be read, and fits; what is lost by it is said. It changes nothing. */
export const backupStep = (source: Source): Step => ({
	id: 'restore-backup',
	title: 'The backup, and what is lost',
	why: 'What cannot be read, or does not fit these servers, shows here, while all that there is still is there.',
	area: 'verification',
	inputs: inputsOf(source),
	timeouts: longTimeouts,
	check: check(source),
});
