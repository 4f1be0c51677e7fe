import {refusals} from '../errors.ts';
import {shapeOf} from '../shape.ts';
import type {Result} from '../wire.ts';
import {accountStatements} from './accounts.ts';
import {databaseStatements} from './databases.ts';
import {rowStatements} from './rows.ts';
import {sessionStatements} from './session.ts';
import {tableStatements} from './tables.ts';
import type {Session} from './types.ts';

export {playedVersion} from './session.ts';
export {choose, type Session} from './types.ts';

const known = [...sessionStatements, ...accountStatements, ...databaseStatements, ...tableStatements, ...rowStatements];

/**
 * Runs one statement. The server knows those of the installer's driver and of the played product, and refuses every
 * other one: it is never kinder than the real one. `onChange` is told when it has changed what is kept.
 * @throws SqlError
 */
export const runStatement = (session: Session, statement: string, onChange: () => void): Result | number => {
	const {text, values} = shapeOf(statement);
	for (const {pattern, run, writes} of known) {
		const found = pattern.exec(text);
		if (!found) continue;
		const answer = run(session, {part: (name) => found.groups?.[name] ?? '', values});
		if (writes) onChange();
		return answer;
	}
	throw refusals.syntax(statement);
};
