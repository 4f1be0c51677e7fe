import {formatBytes} from '../../../base/units.ts';
import {type BundlePlan, type Needs, platformName} from '../../../bundle/create/index.ts';

/** What `bundle create --json` prints: the plan as a machine reads it. Sizes in bytes. */
export const planJson = (plan: BundlePlan, needs: Needs, folder: string, free: number) => ({
	out: folder,
	images: plan.images.map(({name, tag, source, from, manifest, platforms, blobs, size}) => ({
		name,
		tag,
		source,
		from,
		digest: manifest.digest,
		platforms: platforms.map(platformName),
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

/** The same for people. */
export const planText = (plan: BundlePlan, needs: Needs, folder: string, free: number): string => {
	const {images, charts, sboms, tools, releaseNotes} = plan;
	const shared = images.reduce((sum, {blobs}) => sum + blobs.length, 0) - plan.blobs.length;
	return [
		'Images:',
		...table(
			images.map(({source, manifest, platforms, blobs, size}) => [
				source,
				manifest.digest,
				platforms.map(platformName).join(' '),
				`${blobs.length - platforms.length} layers`,
				formatBytes(size),
			]),
		),
		'Charts:',
		...table(
			charts.map(({chart, file, wanted}) => [
				`${chart.name} ${chart.version}`,
				wanted.location,
				file.digest,
				formatBytes(file.size),
			]),
		),
		...(sboms.length === 0
			? []
			: ['Bills of materials:', ...table(sboms.map(({image, format, path}) => [path, format, image]))]),
		...(tools.length === 0
			? []
			: [
					'Programs:',
					...table(
						tools.map(({name, version, platform, file}) => [
							`${name} ${version}`,
							platform,
							file.path,
							formatBytes(file.size),
						]),
					),
				]),
		...(releaseNotes ? [`Release notes: ${releaseNotes.from}`] : []),
		'',
		`Bundle:    ${folder}, ${formatBytes(needs.total)}${shared > 0 ? ` (${shared} blobs are shared by images and lie there once)` : ''}`,
		`To fetch:  ${formatBytes(needs.toFetch)}; ${formatBytes(needs.present + needs.begun)} are there already`,
		`Disk:      ${formatBytes(needs.toWrite)} needed, ${formatBytes(free)} free`,
		...(needs.leftOver.length === 0
			? []
			: [`Left over: ${needs.leftOver.length} files of an earlier bundle would be taken away`]),
		'',
	].join('\n');
};
