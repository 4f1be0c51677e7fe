import semver from 'semver';
import type {Problem} from '../base/problem.ts';
import type {ChartMetadata} from './contents.ts';
import {chartsProblems} from './problems.ts';
import type {Verdict} from './versions.ts';

/** An image as far as its version is told. */
export type Tagged = {readonly name: string; readonly tag: string};

type Chart = Pick<ChartMetadata, 'name' | 'version'>;

/** From here on the chart starts the migration as a module that older images lack (`zenml.zen_server.database_migration`). */
const newMigration = '0.97.0';

const isOlder = (one: string, other: string): boolean => {
	const [left, right] = [semver.valid(one), semver.valid(other)];
	return left !== null && right !== null && semver.lt(left, right);
};

const differs = (one: string, other: string): boolean => isOlder(one, other) || isOlder(other, one);

const tagsOf = (images: readonly Tagged[], name: string): readonly string[] =>
	images.filter((image) => image.name === name).map(({tag}) => tag);

/** The client image that goes with a server: the newest that is not newer than it; undefined where there is none. */
export const clientFor = (images: readonly Tagged[]): string | undefined => {
	const [server] = tagsOf(images, 'zenml-pro-server');
	const clients = tagsOf(images, 'zenml').filter((tag) => server === undefined || !isOlder(server, tag));
	return [...clients].sort((a, b) => (isOlder(a, b) ? 1 : -1))[0];
};

const migrationProblems = ({name, version}: Chart, server: string | undefined): readonly Problem[] => {
	if (server === undefined || isOlder(version, newMigration) || !isOlder(server, newMigration)) return [];
	const facts = {chart: `${name} ${version}`, image: `zenml-pro-server:${server}`, since: newMigration};
	return [chartsProblems.problem('image-older-than-chart', facts)];
};

const clientProblems = (images: readonly Tagged[], server: string | undefined): Verdict => {
	const newer = tagsOf(images, 'zenml').filter((tag) => server !== undefined && isOlder(server, tag));
	if (newer.length === 0) return {problems: [], warnings: []};
	const clients = newer.map((tag) => `zenml:${tag}`).join(', ');
	if (clientFor(images) === undefined)
		return {
			problems: [chartsProblems.problem('client-newer-than-server', {clients, server: `zenml-pro-server:${server}`})],
			warnings: [],
		};
	return {problems: [], warnings: [`${clients} is newer than the server (${server}): do not use it with this one.`]};
};

/**
 * Do the images of a bundle fit its charts, and each other? The vendor keeps the tag of an image and the version of its chart in sync, and
 * supports no client that is newer than its server. Tags that are no versions are not compared.
 */
export const imagesFit = (
	{controlPlane, workspace}: {readonly controlPlane: Chart; readonly workspace: Chart},
	images: readonly Tagged[],
): Verdict => {
	const [server] = tagsOf(images, 'zenml-pro-server');
	const refused = migrationProblems(workspace, server);
	const client = clientProblems(images, server);
	const pairs: readonly (readonly [Chart, string])[] = [
		[controlPlane, 'zenml-pro-api'],
		[controlPlane, 'zenml-pro-dashboard'],
		[workspace, 'zenml-pro-server'],
	];
	const apart = pairs.flatMap(([chart, name]) =>
		tagsOf(images, name)
			.filter((tag) => refused.length === 0 && differs(tag, chart.version))
			.map((tag) => `The image ${name}:${tag} is not of the version of its chart, ${chart.name} ${chart.version}.`),
	);
	return {problems: [...refused, ...client.problems], warnings: [...apart, ...client.warnings]};
};
