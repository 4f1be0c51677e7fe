import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {AnswersInput} from '../../source/answers/schema.ts';
import {exitCodes} from '../../source/base/problem.ts';

import {dumpOf} from '../helpers/dump.ts';
import {problemOf, type Site, startSite} from '../helpers/world.ts';

let site: Site;
let wrong: string;
beforeAll(async () => {
	site = await startSite();
	wrong = path.join(site.folder, 'wrong-password');
	await writeFile(wrong, 'never-the-password', {mode: 0o600});
});
afterAll(async () => site?.stop());

/** What is wrong with the answers, the step that finds it, and what a script would see. */
const table: readonly {
	readonly what: string;
	readonly step: string;
	readonly change: (input: AnswersInput) => AnswersInput;
	readonly code: string;
	readonly exitCode: number;
	readonly answer?: string;
}[] = [
	{
		what: 'a bundle that is not there',
		step: 'bundle',
		change: (input) => ({...input, bundle: {path: '/nowhere/bundle'}}),
		code: 'bundle-not-found',
		exitCode: 5,
	},
	{
		what: 'a wrong password of the registry',
		step: 'prerequisites',
		change: (input) => ({...input, registry: {...input.registry, password: `file:${wrong}`}}),
		code: 'registry-unauthorized',
		exitCode: 6,
		answer: 'registry.password',
	},
	{
		what: 'a wrong password of the database admin',
		step: 'prerequisites',
		change: (input) => ({...input, database: {...input.database, admin: {password: `file:${wrong}`}}}),
		code: 'database-password',
		exitCode: 7,
		answer: 'database.admin.password',
	},
	{
		what: 'an ingress class that the cluster does not have',
		step: 'prerequisites',
		change: (input) => ({...input, ingress: {...input.ingress, className: 'traefik'}}),
		code: 'ingress-class-missing',
		exitCode: 3,
		answer: 'ingress.className',
	},
	{
		what: 'a certificate that lacks a host name',
		step: 'prerequisites',
		change: (input) => ({...input, controlPlane: {...input.controlPlane, host: 'other.rehearsal.internal'}}),
		code: 'tls-host-not-covered',
		exitCode: 2,
		answer: 'tls.certificate',
	},
	{
		what: 'pods that are larger than the cluster',
		step: 'prerequisites',
		change: (input) => ({...input, controlPlane: {...input.controlPlane, replicas: 500}}),
		code: 'cluster-too-small',
		exitCode: 3,
		answer: 'controlPlane.replicas',
	},
	{
		what: 'a helm that is not there',
		step: 'prerequisites',
		change: (input) => ({...input, helm: {binary: '/nowhere/helm'}}),
		code: 'helm-missing',
		exitCode: 3,
		answer: 'helm.binary',
	},
];

describe('refusals before anything changes', () => {
	it.each(table)('$what is told by "$step" with cause, fix and exit code $exitCode', async (row) => {
		const before = await dumpOf(site);
		const problem = problemOf(await site.check(row.step, site.answers(row.change)));
		expect(problem.code).toBe(row.code);
		expect(exitCodes[problem.area]).toBe(row.exitCode);
		expect(problem.cause.length).toBeGreaterThan(10);
		expect(problem.fix.length).toBeGreaterThan(10);
		if (row.answer !== undefined) expect(problem.answers).toContain(row.answer);
		expect(JSON.stringify(problem)).not.toContain('never-the-password');
		expect(await dumpOf(site)).toEqual(before);
	});
});
