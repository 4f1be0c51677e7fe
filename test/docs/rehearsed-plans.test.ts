import {readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {projectFolder} from '../../scripts/docs-pages.ts';
import {plans} from '../../source/plans/index.ts';

test('every plan that can be rehearsed stands in the page of rehearsals, with what is played before it', () => {
	const page = readFileSync(path.join(projectFolder, 'docs', 'rehearsal.md'), 'utf8');
	const rows = page.split('\n').flatMap((line) => /^\| `rehearse ([a-z-]+)` \| (.+) \|/u.exec(line)?.[1] ?? []);
	expect(rows.toSorted()).toEqual(Object.keys(plans).toSorted());
});
