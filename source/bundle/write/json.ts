import {readFile} from 'node:fs/promises';

/** A value as JSON that people can read, and that is the same for equal values. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, '\t')}\n`;

/** JSON that came from elsewhere. @returns `undefined` where it is none */
export const parseJson = (text: Buffer | string): unknown => {
	try {
		return JSON.parse(text.toString());
	} catch {
		return undefined;
	}
};

/** JSON of a file that an earlier run may have left. @returns `undefined` where it is not there, or not whole */
export const readJsonFile = async (file: string): Promise<unknown> =>
	parseJson(await readFile(file, 'utf8').catch(() => ''));
