import type {Context, GlobalOptions} from '../base/context.ts';

/** Will nobody be asked? */
export const isUnattended = ({stdin, stdout}: Context, {nonInteractive, json}: GlobalOptions): boolean =>
	nonInteractive || json || stdin.isTTY !== true || stdout.isTTY !== true;
