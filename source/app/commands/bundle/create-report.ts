import {counted} from '../../../base/text.ts';
import {formatBytes} from '../../../base/units.ts';
import {
	type BlobOutcome,
	type BundlePlan,
	type Needs,
	type PlannedBlob,
	platformText,
	type Written,
} from '../../../bundle/create/index.ts';

/** The folder of the bundle, and free bytes on its disk. */
export type Site = {readonly folder: string; readonly free: number};

/** What `bundle create --json` prints: the plan as a machine reads it. Sizes in bytes. */
export const planJson = (plan: BundlePlan, needs: Needs, {folder, free}: Site) => ({
	out: folder,
	images: plan.images.map(({name, tag, source, from, manifest, platforms, blobs, size}) => ({
		name,
		tag,
		source,
		from,
		digest: manifest.digest,
		platforms: platforms.map(platformText),
		layers: blobs.length - platforms.length,
		size,
	})),
	charts: plan.charts.map(({chart, file, wanted}) => ({
		name: chart.name,
		version: chart.version,
		source: wanted.location,
		digest: file.digest,
		size: file.size,
	})),
	sboms: plan.sboms.map(({image, format, path}) => ({image, format, file: path})),
	tools: plan.tools.map(({name, version, platform, file}) => ({name, version, platform, size: file.size})),
	notes: plan.notes,
	bytes: {
		total: needs.total,
		present: needs.present,
		begun: needs.begun,
		toFetch: needs.toFetch,
		toWrite: needs.toWrite,
		free,
	},
	leftOver: needs.leftOver,
});

const table = (rows: readonly (readonly string[])[]): readonly string[] => {
	const widths = rows[0]?.map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
	return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
};

/** A table under its title; nothing where it has no rows. */
const section = (title: string, rows: readonly (readonly string[])[]): readonly string[] =>
	rows.length === 0 ? [] : [title, ...table(rows)];

/** What goes in, in tables. */
const contents = ({images, charts, sboms, tools, releaseNotes}: BundlePlan): readonly string[] => [
	...section(
		'Images:',
		images.map(({source, manifest, platforms, blobs, size}) => [
			source,
			manifest.digest,
			platforms.map(platformText).join(' '),
			counted(blobs.length - platforms.length, 'layer'),
			formatBytes(size),
		]),
	),
	...section(
		'Charts:',
		charts.map(({chart, file, wanted}) => [
			`${chart.name} ${chart.version}`,
			wanted.location,
			file.digest,
			formatBytes(file.size),
		]),
	),
	...section(
		'Bills of materials:',
		sboms.map(({image, format, path}) => [path, format, image]),
	),
	...section(
		'Programs:',
		tools.map(({name, version, platform, file}) => [`${name} ${version}`, platform, file.path, formatBytes(file.size)]),
	),
	...(releaseNotes ? [`Release notes: ${releaseNotes.from}`] : []),
];

/** The plan for people. */
export const planText = (plan: BundlePlan, needs: Needs, {folder, free}: Site): string => {
	const shared = plan.images.reduce((sum, {blobs}) => sum + blobs.length, 0) - plan.blobs.length;
	const once = shared > 0 ? ` (${shared} blobs are shared by images and lie there once)` : '';
	const leftOver = `Left over: ${counted(needs.leftOver.length, 'file')} of an earlier bundle would be taken away`;
	return [
		...contents(plan),
		'',
		`Bundle:    ${folder}, ${formatBytes(needs.total)}${once}`,
		`To fetch:  ${formatBytes(needs.toFetch)}; ${formatBytes(needs.present + needs.begun)} are there already`,
		`Disk:      ${formatBytes(needs.toWrite)} needed, ${formatBytes(free)} free`,
		...(needs.leftOver.length === 0 ? [] : [leftOver]),
		'',
	].join('\n');
};

const outcomeText = ({state, from}: BlobOutcome): string => {
	if (state === 'present') return 'was there';
	return from > 0 ? `gone on with at ${formatBytes(from)}` : 'fetched';
};

/** What became of a blob, on a line. */
export const blobText = ({digest, size, image}: PlannedBlob, outcome: BlobOutcome): string =>
	`${digest.slice(0, 19)}  ${formatBytes(size).padStart(10)}  ${image}  ${outcomeText(outcome)}`;

/** What was made, for people. */
export const doneText = (folder: string, {index, fetched}: Written): string => {
	const {images, charts, files} = index;
	const what = `${counted(images.length, 'image')}, ${counted(charts.length, 'chart')}, ${files.length + 2} files`;
	return `${folder} is whole: ${what}; ${formatBytes(fetched)} were fetched.\nCheck it on the other side: sha256sum -c SHA256SUMS\n`;
};

/** The same for a machine. @param plan as `planJson` gives it */
export const doneJson = (plan: ReturnType<typeof planJson>, {index, fetched}: Written): string =>
	`${JSON.stringify({...plan, created: index.created, fetched})}\n`;
