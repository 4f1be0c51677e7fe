import {protocolError} from '../protocol-error.ts';

/** First bytes that do not stand for a length (MySQL documentation, "Protocol::LengthEncodedInteger"). */
const [nullMark, eofMark, errorMark] = [0xfb, 0xfe, 0xff];

/** How many bytes a length has after a first byte of 252, 253 and 254. */
const widths: Readonly<Record<number, number>> = {252: 2, 253: 3, 254: 8};

/** Columns of what is asked for here, at most. */
const mostColumns = 100;

/** SERVER_SESSION_STATE_CHANGED, a flag of the status. */
const stateChanged = 0x4000;

const broken = (what: string): Error => protocolError('PROTOCOL_BROKEN', what);

/** A number of any length, and where the next thing stands. */
const numberAt = (body: Buffer, at: number): {readonly value: number; readonly next: number} => {
	const first = body[at] ?? errorMark;
	if (first < nullMark) return {value: first, next: at + 1};
	const width = widths[first] ?? 0;
	if (width === 0 || at + 1 + width > body.length) throw broken('a length that is none');
	const high = width === 8 ? body.readUInt32LE(at + 5) : 0;
	const low = body.readUIntLE(at + 1, Math.min(width, 4));
	return {value: high * 2 ** 32 + low, next: at + 1 + width};
};

/** Where the next thing stands after a text with its length before it. */
const afterText = (body: Buffer, at: number): number => {
	const {value, next} = numberAt(body, at);
	if (next + value > body.length) throw broken('a text that is shorter than its length');
	return next + value;
};

/** Texts of one kind of change of a session, which the client reads. */
const textsOfChange: Readonly<Record<number, number>> = {0: 2, 1: 1, 2: 1, 3: 2};

const checkChanges = (body: Buffer, start: number): void => {
	let at = numberAt(body, start).next;
	while (at < body.length) {
		const end = afterText(body, at + 1);
		let inner = numberAt(body, at + 1).next;
		for (let count = textsOfChange[body[at] ?? -1] ?? 0; count > 0; count -= 1) inner = afterText(body, inner);
		at = end;
	}
};

const checkOk = (body: Buffer): void => {
	const at = numberAt(body, numberAt(body, 1).next).next;
	if (at + 4 > body.length) throw broken('an answer that is cut short');
	const status = body.readUInt16LE(at);
	if (at + 4 === body.length) return;
	const next = afterText(body, at + 4);
	if ((status & stateChanged) !== 0 && next < body.length) checkChanges(body, next);
};

/** Catalog, schema, table, its origin, name, its origin; then twelve bytes about the type. */
const checkColumn = (body: Buffer): void => {
	let at = 0;
	for (let count = 6; count > 0; count -= 1) at = afterText(body, at);
	if (at + 13 > body.length) throw broken('a column that is cut short');
};

const checkRow = (body: Buffer, columns: number): void => {
	let at = 0;
	for (let count = columns; count > 0; count -= 1) at = body[at] === nullMark ? at + 1 : afterText(body, at);
	if (at !== body.length) throw broken('a row of another length than its columns');
};

/**
 * Checks answers to statements, packet by packet: the client trusts their lengths, and writes to the terminal where one is none.
 * @returns takes the content of one packet after another. @throws protocolError
 */
export const createResultCheck = (): ((body: Buffer) => void) => {
	let state: 'done' | 'columns' | 'rows' = 'done';
	let [columns, described] = [0, 0];
	const begin = (body: Buffer): void => {
		if (body[0] === nullMark) throw broken('a request for a file of this host');
		if (body[0] === 0) {
			checkOk(body);
			return;
		}
		columns = numberAt(body, 0).value;
		if (columns > mostColumns) throw broken('more columns than were asked for');
		[state, described] = ['columns', 0];
	};
	const take = (body: Buffer): void => {
		const isEnd = body[0] === eofMark && body.length < 9;
		if (state === 'rows') {
			if (isEnd) state = 'done';
			else checkRow(body, columns);
		} else if (described < columns) {
			checkColumn(body);
			described += 1;
		} else if (isEnd) state = 'rows';
		else throw broken('rows before their columns are done');
	};
	return (body) => {
		if (body[0] === errorMark) state = 'done';
		else if (state === 'done') begin(body);
		else take(body);
	};
};
