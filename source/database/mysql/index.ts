import type {Limits} from '../access.ts';
import {contents, storedSecrets} from '../contents/mysql.ts';
import {portOf} from '../port.ts';
import * as scratch from '../scratch/mysql.ts';
import type {DatabasePort} from '../types.ts';
import {judge} from './judge.ts';
import {missing, refuseAdmin} from './missing.ts';
import {probe, schema} from './probe.ts';
import {provision} from './provision.ts';
import {script} from './script.ts';

/** The port of MySQL, and of MariaDB, which speaks the same protocol. */
export const createMysql = (options: Partial<Limits> = {}): DatabasePort =>
	portOf({probe, schema, contents, storedSecrets, judge, refuseAdmin, missing, provision, script, scratch}, options);
