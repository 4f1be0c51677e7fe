import {expect, test} from 'vitest';
import {answersTables} from '../../scripts/docs-answers.ts';
import {madePart} from '../../scripts/docs-pages.ts';
import {madeTables} from '../../scripts/docs-tables.ts';
import {allFields} from '../../source/answers/fields.ts';

test('the page of answers is what the schema says today', async () => {
	// Out of date? npx tsx scripts/docs-answers.ts
	expect(await madePart('answers.md', 'answers')).toBe(answersTables());
});

test('the page of answers has every answer', async () => {
	const page = await madePart('answers.md', 'answers');
	for (const {path} of allFields) expect(page).toContain(`\`${path.join('.')}\``);
});

test.each(madeTables())('the table on docs/%s called "%s" is what the source says today', async (page, name, text) => {
	// Out of date? npx tsx scripts/docs-tables.ts
	expect(await madePart(page, name)).toBe(text);
});
