import type {LogLevel} from './plan.ts';
import type {LogLine, RunState} from './state.ts';

/** How many log lines stay in memory; older ones are in the log file only. */
export const logLimit = 5000;

/** Lines leave in blocks of this many, so that a long log is not moved for each new line. */
export const logBlock = 500;

const addLine = (state: RunState, line: LogLine): RunState => {
	const log = state.log.length >= logLimit + logBlock ? state.log.slice(-logLimit) : state.log;
	return {...state, log: [...log, line], logDropped: state.logDropped + state.log.length - log.length};
};

/** A line of the run itself. `at` in ms since the epoch. */
export const sayOfRun = (state: RunState, at: number, level: LogLevel, text: string): RunState =>
	addLine(state, {at, level, text});

/** A line of one step. */
export const sayOfStep = (
	state: RunState,
	{at, step}: {readonly at: number; readonly step: string},
	level: LogLevel,
	text: string,
): RunState => addLine(state, {at, step, level, text});
