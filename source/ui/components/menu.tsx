import {Box, Text} from 'ink';
import SelectInput from 'ink-select-input';
import {keepInView} from '../rows.ts';
import {shorten} from '../text.ts';
import {glyphs, style, useLook} from '../theme.ts';

type Place = {readonly isSelected?: boolean};

const Pointer = ({isSelected = false}: Place) => {
	const look = useLook();
	return <Text {...style('key', look)}>{isSelected ? `${glyphs(look).pointer} ` : '  '}</Text>;
};

/** An item is its number, a tab that is never drawn, and its words: all that the list hands to what draws an item. */
const Entry = ({label, isSelected = false}: Place & {readonly label: string}) => {
	const look = useLook();
	const at = label.indexOf('\t');
	return (
		<Text wrap="truncate">
			<Text {...style('dim', look)}>{label.slice(0, at).padEnd(2)}</Text>
			<Text {...style(isSelected ? 'title' : 'plain', look)}>{label.slice(at + 1)}</Text>
		</Text>
	);
};

/**
 * A list with one entry in focus, `height` rows high; digits name the first nine. Scrolls with the focus.
 *
 * The list is drawn by `ink-select-input`, which follows `focus`; its own keyboard is off. Over a slow line several keys
 * arrive in one read, before React has drawn again: the component would then start each move from the same old entry, and
 * "down, down, Enter" would choose the wrong one. Its ends also wrap, where a choice hands the focus to the next question.
 */
export const Menu = ({
	labels,
	focus,
	width,
	height = labels.length,
}: {
	readonly labels: readonly string[];
	readonly focus: number;
	readonly width: number;
	readonly height?: number;
}) => {
	const {more} = glyphs(useLook());
	const top = keepInView(focus, labels.length, height);
	const items = labels.slice(top, top + height).map((label, offset) => {
		const index = top + offset;
		return {label: `${index < 9 ? index + 1 : ''}\t${shorten(label, width - 4, more)}`, value: index};
	});
	return (
		<Box flexDirection="column" width={width} height={Math.min(height, labels.length)} flexShrink={0} overflow="hidden">
			<SelectInput
				key={`${top}/${focus}`}
				items={items}
				initialIndex={focus - top}
				isFocused={false}
				indicatorComponent={Pointer}
				itemComponent={Entry}
			/>
		</Box>
	);
};
