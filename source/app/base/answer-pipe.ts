/** The name under which the shell, or somebody else, hands a pipe on: `--answers <(…)` (bash(1), "Process Substitution"). */
export const isPassedPipe = (file: string): boolean =>
	/^\/(?:dev\/(?:fd\/\d+|stdin)|proc\/(?:self|\d+)\/fd\/\d+)$/u.test(file);

/** Are these answers that can be read only once: those of a pipe? */
export const isReadOnce = (answers: string | undefined): boolean =>
	answers !== undefined && (answers === '-' || isPassedPipe(answers));
