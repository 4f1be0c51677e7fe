import type {PodProbe} from '../../../source/cluster/types.ts';
import {artifactsStep} from '../../../source/steps/artifacts/index.ts';
import {carried, kept} from '../parts.ts';
import {type Given, look, worldOf} from '../world.ts';
import {storages, withStorage} from './answers.ts';

type Said = Readonly<Record<string, unknown>>;

/** A cluster that keeps objects with their annotations, and a pod that says this. */
export const stage = (said: Said | Error = {ok: true}, more: Partial<Given> = {}) => {
	const objects = kept();
	const asked: PodProbe[] = [];
	const saved = new Map<string, string | undefined>();
	const probe = async (one: PodProbe) => {
		asked.push(one);
		if (said instanceof Error) throw said;
		return {exitCode: 0, output: [JSON.stringify(said)]};
	};
	const diff: typeof objects.diff = async ({metadata, ...object}) => {
		const live = objects.all.get(`${object.kind} ${metadata.namespace}/${metadata.name}`);
		const annotations = JSON.stringify(live?.metadata.annotations) === JSON.stringify(metadata.annotations);
		return [...(await objects.diff({metadata, ...object})), ...(annotations ? [] : ['metadata.annotations'])];
	};
	const world = worldOf({
		answers: withStorage(storages.s3),
		bundle: carried(),
		cluster: {...objects, diff, probe},
		host: {
			readFile: async (file) => `text of ${file}`,
			saveState: async (name, text) => {
				saved.set(name, text);
				return `/state/${name}`;
			},
		},
		...more,
	});
	return {world, asked, saved, objects: objects.all};
};

/** Looks, makes and looks again. */
export const converge = async (world: ReturnType<typeof stage>['world']) => {
	const before = await look(artifactsStep, world);
	await artifactsStep.apply?.(world);
	return {before, after: await look(artifactsStep, world)};
};
