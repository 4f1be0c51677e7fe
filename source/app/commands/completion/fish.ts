import type {ShellTexts} from './texts.ts';

/** For fish 3. An alias is a function there, which is completed by its own name. */
export const fishScript = ({programs, table, lists}: ShellTexts): string => `# fish completion of zenml-airgap
set -g __zenml_airgap_table (string split \\n -- ${table})
set -g __zenml_airgap_answers (string split ' ' -- ${lists.answers})
set -g __zenml_airgap_topics (string split ' ' -- ${lists.topics})
set -g __zenml_airgap_names (string split ' ' -- ${lists.names})

function __zenml_airgap_values --argument-names wanted current
	switch $wanted
		case @files
			__fish_complete_path $current
		case @answers
			printf '%s=\\n' $__zenml_airgap_answers
		case @topics
			printf '%s\\n' $__zenml_airgap_topics
		case @names
			printf '%s\\n' $__zenml_airgap_names
		case '@*'
		case '*'
			string split ' ' -- $wanted
	end
end

function __zenml_airgap_complete
	set -l current (commandline -ct)
	set -l words (commandline -opc)
	set -e words[1]
	set -l path ''
	set -l wanted ''
	set -l given 0
	for word in $words
		if test -n "$wanted"
			set wanted ''
			continue
		end
		set -l option (string match -- "$path|option|$word|*" $__zenml_airgap_table)
		if string match -q -- '-*' $word
			set wanted (string split '|' -- $option[1])[4]
		else if string match -q -- "$path|command|$word|*" $__zenml_airgap_table
			set path (string trim -- "$path $word")
			set given 0
		else
			set given (math $given + 1)
		end
	end
	if test -n "$wanted"
		__zenml_airgap_values $wanted $current
		return
	end
	if string match -q -- '--*=*' $current
		set -l parts (string split -m 1 = -- $current)
		set -l option (string match -- "$path|option|$parts[1]|*" $__zenml_airgap_table)
		set -l values (__zenml_airgap_values (string split '|' -- $option[1])[4] $parts[2])
		printf "$parts[1]=%s\\n" $values
		return
	end
	for line in (string match -- "$path|*" $__zenml_airgap_table)
		set -l row (string split -m 4 '|' -- $line)
		switch $row[2]
			case argument
				test $row[3] = (math $given + 1)
				or string match -q -- '*+' $row[3]; and test (string trim -r -c + -- $row[3]) -le (math $given + 1)
				and not string match -q -- '-*' $current
				and __zenml_airgap_values $row[4] $current
			case command
				test $given = 0; and printf '%s\\t%s\\n' $row[3] $row[5]
			case option
				string match -q -- '-*' $current; and printf '%s\\t%s\\n' $row[3] $row[5]
		end
	end
end

for program in ${programs.join(' ')}
	complete -c $program -f -a '(__zenml_airgap_complete)'
end
`;
