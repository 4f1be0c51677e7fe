import {createStore, powerOf, rolled} from './store.ts';
import type {View} from './views.ts';

/**
 * A part of a view in which every window is one of a secret; `whole` is the length of the secret, the shortest of several. It is
 * `public` where others may see each of its windows, as of a private key the public one, but for a unit or two.
 */
export type Fragment = {readonly from: number; readonly to: number; readonly whole: number; readonly public: boolean};

/** Units of a window. Shorter secrets have windows of their own length, so only the whole of them is found. */
export const windowSize = 8;

/** Units of a secret that may follow its public part by chance: the last sign of base64 holds bits of what comes next. */
const mostByChance = 2;

/** Joins windows that follow each other unit by unit; `take` gets each longest stretch. */
const createJoin = (size: number, take: (fragment: Fragment) => void) => {
	let [from, to, whole] = [0, -1, 0];
	let [secrets, publics] = [0, 0];
	const end = (): void => {
		if (to >= 0) take({from, to, whole, public: publics > 0 && secrets <= mostByChance});
	};
	return {
		/** @param last index of the window's last unit @param owner length of its secret, below zero for a public window */
		window: (last: number, owner: number): void => {
			if (to === last) whole = Math.min(whole, Math.abs(owner));
			else {
				end();
				from = last - size + 1;
				whole = Math.abs(owner);
				[secrets, publics] = [0, 0];
			}
			if (owner > 0) secrets += 1;
			else publics += 1;
			to = last + 1;
		},
		end,
	};
};

/** All windows of one size. */
const createTable = (size: number) => {
	const power = powerOf(size);
	const {add, wholeOf} = createStore(size);
	const scan = ({units, length}: View, take: (fragment: Fragment) => void): void => {
		if (length < size) return;
		const join = createJoin(size, take);
		let hash = 0;
		for (let index = 0; index < size - 1; index += 1) hash = rolled(hash, units[index] ?? 0);
		for (let index = size - 1; index < length; index += 1) {
			hash = rolled(hash, units[index] ?? 0);
			if (index >= size) hash = (hash - Math.imul(units[index - size] ?? 0, power)) | 0;
			const owner = wholeOf(units, index - size + 1, hash);
			if (owner !== 0) join.window(index, owner);
		}
		join.end();
	};
	return {add, scan};
};

/** Windows of forms of every length. Time of a search depends on the length of the text alone. */
export const createWindows = () => {
	const tables = new Map<number, ReturnType<typeof createTable>>();
	const shown = new Set<string>();
	const windowAt = (units: Uint16Array, from: number): string =>
		String.fromCharCode(...units.subarray(from, from + windowSize));
	const isShown = (units: Uint16Array, from: number): boolean => shown.size > 0 && shown.has(windowAt(units, from));
	return {
		add: (form: Uint16Array): void => {
			const size = Math.min(form.length, windowSize);
			const table = tables.get(size) ?? createTable(size);
			tables.set(size, table);
			table.add(form, size === windowSize ? isShown : () => false);
		},
		/** What is added from now on is public where it has windows of this form. */
		show: (form: Uint16Array): void => {
			for (let from = 0; from + windowSize <= form.length; from += 1) shown.add(windowAt(form, from));
		},
		/** Every longest stretch of windows, in order for each size. */
		scan: (view: View, take: (fragment: Fragment) => void): void => {
			for (const table of tables.values()) table.scan(view, take);
		},
		isEmpty: (): boolean => tables.size === 0,
	};
};
