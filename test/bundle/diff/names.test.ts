import {expect, test} from 'vitest';
import {baseOfBundle, baseOfInventory} from '../../../source/bundle/diff/base.ts';
import {compareBundle} from '../../../source/bundle/diff/compare.ts';
import {productImages} from '../create/helpers.ts';
import {madeBundle, openAt} from '../made.ts';

const images = productImages(20_000);

test('a layer that the base has in no image of a name that needs it is carried: no push would look for it there', async () => {
	const {bundle} = await openAt(await madeBundle(images));
	const of = (...names: readonly string[]) =>
		compareBundle(
			bundle,
			baseOfInventory({
				formatVersion: 1,
				registry: 'registry.example.com',
				prefix: 'zenml',
				taken: '2026-01-01T00:00:00.000Z',
				repositories: names.map((name) => ({
					name,
					tags: [],
					blobs: bundle.images.flatMap(({blobs}) => blobs.map(({digest, size}) => ({digest, size}))),
				})),
			}),
		).omitted.length;
	expect(of('zenml/python', 'elsewhere/zenml-pro-api', 'zenml-pro-api')).toBe(0);
	// What all images share, and what is the api's own.
	expect(of('zenml/zenml-pro-api')).toBe(2);
	expect(of('zenml/zenml-pro-api', 'zenml/zenml', 'zenml/python')).toBe(3);

	const renamed = bundle.images.map((image) => ({...image, name: `old-${image.name}`}));
	expect(compareBundle(bundle, baseOfBundle({...bundle, images: renamed})).omitted).toEqual([]);
	expect(compareBundle(bundle, baseOfBundle(bundle)).omitted).toHaveLength(5);
});
