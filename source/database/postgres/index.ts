import type {Limits} from '../access.ts';
import {contents, storedSecrets} from '../contents/postgres.ts';
import {portOf} from '../port.ts';
import * as scratch from '../scratch/postgres.ts';
import type {DatabasePort} from '../types.ts';
import {judge} from './judge.ts';
import {missing, refuseAdmin} from './missing.ts';
import {probe} from './probe.ts';
import {provision} from './provision.ts';
import {schema} from './schema.ts';
import {script} from './sql.ts';

/** The port of PostgreSQL. */
export const createPostgres = (options: Partial<Limits> = {}): DatabasePort =>
	portOf({probe, schema, contents, storedSecrets, judge, refuseAdmin, missing, provision, script, scratch}, options);
