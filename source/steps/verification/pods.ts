import {counted, cutTo, oneLine} from '../../base/text.ts';
import type {PodView} from '../../cluster/types.ts';
import {stepProblems} from '../problems.ts';
import type {Check, Seen} from '../shared/checks.ts';
import type {Component} from '../shared/names.ts';
import {selectorOf} from '../shared/release/wanted.ts';
import type {World} from '../world.ts';

const podsOf = async (
	{cluster, signal}: World,
	{answers: {namespace, release}}: Component,
): Promise<readonly PodView[]> => cluster.pods(namespace, selectorOf(release), signal);

/** Where nothing runs nothing was looked at, which is no good news. @param why `no pod of it runs` */
export const unseen = ({label}: Component, what: string, why: string): Seen => {
	const note = `not looked at: ${why}`;
	return {note, bad: true, warnings: [`${label}: ${what} ${note}`]};
};

/** Nothing was pulled from outside: behind an air gap such an image only works as long as its node has it. */
export const images = (component: Component): Check => ({
	label: `${component.label}: every image comes from the internal registry`,
	asks: 'cluster',
	run: async (world) => {
		const pods = await podsOf(world, component);
		if (pods.length === 0) return unseen(component, 'where its images come from was', 'no pod of it is there');
		const all = [...new Set(pods.flatMap((pod) => pod.images))];
		const outside = all.filter((image) => !image.startsWith(`${world.answers.registry.host}/`)).join(', ');
		if (outside !== '')
			throw stepProblems.error('verification-failed', {
				case: 'images from outside',
				component: component.label,
				images: outside,
			});
		return {note: `${counted(all.length, 'image')} in ${counted(pods.length, 'pod')}`};
	},
});

/** Lines of each pod's log that are looked at. */
const tailLines = 200;

/** What a line of a server's log looks like that somebody should read. */
const errorLine = /\b(ERROR|CRITICAL|FATAL|Traceback)\b/u;

/** Lines that a warning shows, and how much of each. */
const [mostShown, longest] = [3, 200];

const shown = (line: string): string => {
	const text = oneLine(line);
	return cutTo(text, longest);
};

const logOf = async ({cluster, signal}: World, {namespace, name}: PodView): Promise<readonly string[]> =>
	cluster.logs({namespace, name}, {tailLines, signal});

/**
 * What the servers log. A server logs an error for every mistyped login, so none fails the install; but whoever signs for it must see
 * that they are there.
 */
export const logs = (component: Component): Check => ({
	label: `${component.label}: logs without errors`,
	asks: 'cluster',
	run: async (world) => {
		const pods = (await podsOf(world, component)).filter(({ready}) => ready);
		if (pods.length === 0) return unseen(component, 'its logs were', 'no pod of it is ready');
		const lines = (await Promise.all(pods.map(async (pod) => logOf(world, pod)))).flat();
		const errors = lines.filter((line) => errorLine.test(line));
		if (errors.length === 0) return {note: `${counted(lines.length, 'line')} of ${counted(pods.length, 'pod')}`};
		const note = `${errors.length} of the last ${counted(lines.length, 'line')} speak of errors`;
		const last = errors.slice(-mostShown).map(shown).join(' | ');
		return {note, bad: true, warnings: [`${component.label}: ${note}; the last ones: ${last}`]};
	},
});
