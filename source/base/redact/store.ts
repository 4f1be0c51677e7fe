const factor = 0x01000193;

/** A hash of a window that is carried on from unit to unit (Rabin and Karp). */
export const rolled = (hash: number, unit: number): number => (Math.imul(hash, factor) + unit) | 0;

/** By what a unit counts in a hash when `size` others came after it. */
export const powerOf = (size: number): number => {
	let power = 1;
	for (let count = 0; count < size; count += 1) power = Math.imul(power, factor);
	return power;
};

const hashAt = (units: Uint16Array, from: number, size: number): number => {
	let hash = 0;
	for (let index = from; index < from + size; index += 1) hash = rolled(hash, units[index] ?? 0);
	return hash;
};

/** Slots for each used one, so that the way to a free one is short. */
const roominess = 4;

/** All units of all forms, one after the other, and for each the length of the form that has its window there, below zero where that is public. */
const createPool = () => {
	let units = new Uint16Array(256);
	let wholes = new Int32Array(256);
	let used = 0;
	return {
		units: () => units,
		wholes: () => wholes,
		/** Returns where the form begins. */
		keep: (form: Uint16Array): number => {
			if (used + form.length > units.length) {
				const size = (used + form.length) * 2;
				const older = {units, wholes};
				units = new Uint16Array(size);
				wholes = new Int32Array(size);
				units.set(older.units);
				wholes.set(older.wholes);
			}
			units.set(form, used);
			used += form.length;
			return used - form.length;
		},
	};
};

/** Windows by their hash, in one table of open slots: places in the pool, counted from 1. */
const createSlots = (size: number, pool: ReturnType<typeof createPool>) => {
	let slots = new Int32Array(1024);
	/** A bit for each slot to which a window belongs; these stay in the processor's nearest memory, where slots do not. */
	let bits = new Uint8Array(slots.length / 8);
	let count = 0;
	const homeOf = (hash: number): number => (Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 8) & (slots.length - 1);
	const isSame = (units: Uint16Array, from: number, place: number): boolean => {
		const known = pool.units();
		for (let index = 0; index < size; index += 1) if (units[from + index] !== known[place + index]) return false;
		return true;
	};
	/** The slot that holds this window, or the free one where it belongs. */
	const slotFor = (units: Uint16Array, from: number, hash: number): number => {
		let slot = homeOf(hash);
		for (let known = slots[slot] ?? 0; known !== 0; known = slots[slot] ?? 0) {
			if (isSame(units, from, known - 1)) return slot;
			slot = (slot + 1) & (slots.length - 1);
		}
		return slot;
	};
	const occupy = (slot: number, hash: number, known: number): void => {
		slots[slot] = known;
		const home = homeOf(hash);
		bits[home >>> 3] = (bits[home >>> 3] ?? 0) | (1 << (home & 7));
	};
	const grow = (): void => {
		const held = slots.filter((known) => known !== 0);
		slots = new Int32Array(slots.length * 4);
		bits = new Uint8Array(slots.length / 8);
		for (const known of held) {
			const hash = hashAt(pool.units(), known - 1, size);
			occupy(slotFor(pool.units(), known - 1, hash), hash, known);
		}
	};
	return {
		/** The place of a window that is the same, or -1. */
		find: (units: Uint16Array, from: number, hash: number): number => {
			const home = homeOf(hash);
			if (((bits[home >>> 3] ?? 0) & (1 << (home & 7))) === 0) return -1;
			return (slots[slotFor(units, from, hash)] ?? 0) - 1;
		},
		/** Keeps the window at this place of the pool, which must not be there yet. */
		put: (place: number): void => {
			const hash = hashAt(pool.units(), place, size);
			occupy(slotFor(pool.units(), place, hash), hash, place + 1);
			count += 1;
			if (count * roominess > slots.length) grow();
		},
	};
};

/** The windows of one size of many forms. Looking for one takes the same time however many there are. */
export const createStore = (size: number) => {
	const pool = createPool();
	const slots = createSlots(size, pool);
	return {
		/** @param isPublic is this window no secret by itself? */
		add: (form: Uint16Array, isPublic: (units: Uint16Array, from: number) => boolean): void => {
			const start = pool.keep(form);
			const [units, wholes] = [pool.units(), pool.wholes()];
			for (let place = start; place + size <= start + form.length; place += 1) {
				const known = slots.find(units, place, hashAt(units, place, size));
				if (known < 0) slots.put(place);
				const owner = known < 0 ? place : known;
				const whole = Math.min(Math.abs(wholes[owner] ?? 0) || form.length, form.length);
				wholes[owner] = isPublic(units, place) ? -whole : whole;
			}
		},
		/** The length of the shortest form that has this window, below zero where it is public, or 0. */
		wholeOf: (units: Uint16Array, from: number, hash: number): number => {
			const place = slots.find(units, from, hash);
			return place < 0 ? 0 : (pool.wholes()[place] ?? 0);
		},
	};
};
