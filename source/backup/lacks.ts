import {printable} from '../base/printable.ts';
import {firstOf} from '../base/text.ts';

/** What a backup lacks, in words for people; empty where it lacks nothing. */
export const lacksText = (lacks: readonly string[]): string => firstOf(lacks.map(printable), 12);
