import {rm} from 'node:fs/promises';
import path from 'node:path';
import {
	type BundlePlan,
	type CompleteSpec,
	exampleSpec,
	needsOf,
	type PlanOptions,
	planBundle,
	writeBundle,
} from '../../../bundle/create/index.ts';
import {freeBytes} from '../../../bundle/write/room.ts';
import type {Context} from '../../base/context.ts';
import type {Work} from '../command.ts';
import {type ProgressLines, progressLines} from '../progress.ts';
import {makeWorkFolder} from '../work-folder.ts';
import type {CreateFlags} from './create-flags.ts';
import {openHelm} from './create-helm.ts';
import {blobText, doneJson, doneText, planJson, planText, type Site} from './create-report.ts';
import {openSource} from './create-source.ts';
import {epochOf, specOf} from './create-spec.ts';
import {folderLock} from './folder-lock.ts';

/** Where images, charts and programs come from. */
type Sources = Pick<PlanOptions, 'source' | 'charts' | 'tools'>;

/** Opens what a bundle is made from, and closes it when the work with it is done. */
const withSources = async <T>(
	context: Context,
	spec: CompleteSpec,
	flags: CreateFlags,
	use: (sources: Sources) => Promise<T>,
): Promise<T> => {
	const {dockerConfig: given} = flags;
	const dockerConfig = given === undefined ? undefined : path.resolve(context.workingDirectory, given);
	const source = await openSource(context, spec, {dockerConfig, sockets: flags.concurrency});
	try {
		const work = await makeWorkFolder(context);
		try {
			return await use({source, ...(await openHelm(context, spec, {binary: flags.helm, work, dockerConfig}))});
		} finally {
			await rm(work, {recursive: true, force: true});
		}
	} finally {
		source.close();
	}
};

/** What would be done, without doing it. */
const tellPlan = async (context: Context, plan: BundlePlan, {json}: CreateFlags, site: Site): Promise<void> => {
	const needs = await needsOf(plan, site.folder);
	context.out(json ? `${JSON.stringify(planJson(plan, needs, site))}\n` : planText(plan, needs, site));
};

/** Writes the bundle, while no other run can. */
const make = async (
	context: Context,
	plan: BundlePlan,
	flags: CreateFlags,
	{site, lines}: {readonly site: Site; readonly lines: ProgressLines},
): Promise<void> => {
	const {folder} = site;
	const unlock = await folderLock(context, 'bundle-create')(`${folder}.lock`);
	try {
		const needs = await needsOf(plan, folder);
		const done = await writeBundle(plan, {
			folder,
			madeBy: `zenml-airgap ${context.version}`,
			sourceDateEpoch: epochOf(context),
			concurrency: flags.concurrency,
			onNote: lines.say,
			onBlob: (blob, outcome) => lines.say(blobText(blob, outcome)),
			onBytes: (bytes, total, fetched) => lines.move('fetch', bytes, total, bytes - fetched),
			signal: context.signal,
		});
		lines.end();
		context.out(flags.json ? doneJson(planJson(plan, needs, site), done) : doneText(folder, done));
	} finally {
		await unlock();
	}
};

const run = async (context: Context, flags: CreateFlags, lines: ProgressLines): Promise<void> => {
	const {workingDirectory, signal} = context;
	const spec = await specOf(context, flags);
	// Before anything is asked for.
	epochOf(context);
	const folder = path.resolve(workingDirectory, flags.out);
	await withSources(context, spec, flags, async (sources) => {
		const plan = await planBundle({
			spec,
			from: flags.from.map((one) => path.resolve(workingDirectory, one)),
			name: flags.name,
			...sources,
			onLook: (what) => lines.say(`looking at ${what}`),
			signal,
		});
		for (const note of plan.notes) lines.say(note);
		const site = {folder, free: await freeBytes(folder)};
		if (flags.dryRun) await tellPlan(context, plan, flags, site);
		else await make(context, plan, flags, {site, lines});
	});
};

/** Makes a bundle, or tells what would be done. @throws the signal's reason once it is aborted; ProblemError */
export const work: Work<CreateFlags> = async (context, flags) => {
	if (flags.example) {
		context.out(exampleSpec);
		return 0;
	}
	const {signal} = context;
	const lines = progressLines(context);
	try {
		await run(context, flags, lines);
		return 0;
	} catch (error) {
		// Whatever fails once it is told to stop fails because of that: Helm is ended, lines are broken.
		throw signal.aborted ? (signal.reason ?? error) : error;
	} finally {
		lines.end();
	}
};
