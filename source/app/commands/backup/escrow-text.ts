import {printable} from '../../../base/printable.ts';
import {type EscrowKey, type EscrowRecord, escrowText} from '../../../steps/shared/marks/escrow.ts';

/** What is known of the keys of a site and of their copy. */
export type EscrowTold = {
	readonly keys: readonly Pick<EscrowKey, 'name' | 'fingerprint'>[];
	/** The Secret that they lie in. */
	readonly place: string;
	/** Where they were written to. */
	readonly file: string | undefined;
	readonly record: EscrowRecord | undefined;
	/** Why the record does not do. */
	readonly fault: string | undefined;
	/** The command that confirms a copy, where that is what is next. */
	readonly next: string | undefined;
	/** They are of a played world: nobody who finds the page in a safe is to take them for real ones. */
	readonly isRehearsal: boolean;
};

/** What is said of keys that are of a played world, and written into the file for the safe. */
export const rehearsedKeys = 'REHEARSAL: keys of a simulated site. They open nothing, and are not for the safe.';

/** What `backup escrow` tells, in lines. */
export const escrowLines = ({keys, place, file, record, fault, next, isRehearsal}: EscrowTold): readonly string[] => {
	const width = Math.max(...keys.map(({name}) => name.length));
	const mark = isRehearsal ? '   *** REHEARSAL ***' : '';
	return [
		...(isRehearsal ? [rehearsedKeys] : []),
		`Keys in the secret ${place}, by name and fingerprint:`,
		...keys.map(({name, fingerprint}) => `  ${printable(name.padEnd(width))}  ${fingerprint}`),
		...(file === undefined
			? []
			: [`${isRehearsal ? 'Written' : 'Written for the safe'}, encrypted with age: ${printable(file)}${mark}`]),
		`Copy outside:  ${record ? printable(escrowText(record)) : 'never confirmed'}${mark}`,
		...(fault === undefined ? [] : [`Not well:      ${printable(fault)}`]),
		...(next === undefined ? [] : [next]),
	];
};
