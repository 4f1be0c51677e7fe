import {printable} from '../../../base/printable.ts';
import {counted} from '../../../base/text.ts';
import {formatBytes} from '../../../base/units.ts';
import type {Base} from '../../../bundle/diff/base.ts';
import type {Change, Difference} from '../../../bundle/diff/compare.ts';

const changeText = ({name, before, now, same}: Change): string => {
	const [old, fresh] = [before.join(', '), now.join(', ')];
	if (same) return `${name} ${fresh}: the same`;
	if (now.length === 0) return `${name} ${old}: not in the new bundle`;
	if (before.length === 0) return `${name} ${fresh}: new`;
	return old === fresh ? `${name} ${fresh}: same version, other contents` : `${name} ${old} -> ${fresh}`;
};

const wholeText = ({bytes, carryBytes, programBytes}: Required<Difference>['whole']): string => {
	const programs = programBytes === 0 ? '' : ` programs (${formatBytes(programBytes)}),`;
	return `in all:   ${formatBytes(carryBytes)} of ${formatBytes(bytes)}, as${programs} charts and lists come along always`;
};

/** What differs, for people. */
export const differenceText = (base: Base, difference: Difference): string => {
	const {images, charts, omitted, omittedBytes, blobs, blobBytes, whole} = difference;
	const toCarry = `${formatBytes(blobBytes - omittedBytes)} of ${formatBytes(blobBytes)} in blobs`;
	return [
		`Against ${base.kind === 'bundle' ? 'the bundle' : 'the inventory of'} ${base.name}:`,
		'images',
		...images.map((one) => `  ${changeText(one)}`),
		...(charts ? ['charts', ...charts.map((one) => `  ${changeText(one)}`)] : []),
		`to carry: ${toCarry}; the base has ${omitted.length} of ${blobs}, ${formatBytes(omittedBytes)}`,
		...(whole ? [wholeText(whole)] : []),
		'',
	]
		.map(printable)
		.join('\n');
};

/** A differential bundle that was made; `linked` counts hard links to the files of the whole one. */
export type Made = {readonly path: string; readonly files: number; readonly bytes: number; readonly linked: number};

/** @param whole the bundle that it was made from: its path, and whether it is signed */
export const madeText = (
	{path, files, bytes, linked}: Made,
	whole: {readonly path: string; readonly signed: boolean},
): string => {
	const links = linked === 0 ? '' : `, ${linked} of them hard links to ${whole.path}`;
	const resign = 'The signature of the whole bundle does not hold for it: sign it with `zenml-airgap bundle sign`.\n';
	return `${path}: ${counted(files, 'file')}, ${formatBytes(bytes)}${links}.\n${whole.signed ? resign : ''}`;
};

/** The same for a machine. Sizes in bytes. */
export const differenceJson = ({kind, name}: Base, difference: Difference, made: Made | undefined): string =>
	`${JSON.stringify({base: {kind, name}, ...difference, made})}\n`;
