import {Box, Text} from 'ink';
import TextInput from 'ink-text-input';
import {useRef} from 'react';
import {cells} from '../text.ts';
import {style, useLook} from '../theme.ts';

const label = 'Search the log: ';

/**
 * The text to search the log for, typed into `ink-text-input`. It holds what the reducer holds: what the reducer changed
 * by itself (a paste, keys that came before a frame was drawn) starts the component anew, with its cursor at the end.
 *
 * The fields of the questionnaire have their own line (`state/line.ts`): this component counts its cursor in UTF-16
 * units, which tears wide and combined characters apart; it knows no Home, End, Delete, Ctrl-U, Ctrl-W and Ctrl-K; it
 * breaks a path that is longer than the row over several rows in place of scrolling; and it takes what was typed between
 * two frames for an edit of the older text, so that characters of a password could get lost unseen.
 */
export const SearchLine = ({
	text,
	width,
	onSearch,
}: {
	readonly text: string;
	readonly width: number;
	readonly onSearch: (text: string) => void;
}) => {
	const look = useLook();
	const own = useRef(text);
	const turns = useRef(0);
	if (own.current !== text) {
		own.current = text;
		turns.current += 1;
	}
	return (
		<Box width={width} height={1} flexShrink={0} overflow="hidden">
			<Text {...style('title', look)}>{label}</Text>
			<TextInput
				key={turns.current}
				value={text}
				onChange={(next) => {
					// One row is all there is; a longer text would push its own cursor out of sight.
					if (cells(next) >= width - label.length) return;
					own.current = next;
					onSearch(next);
				}}
			/>
		</Box>
	);
};
