import type {ShellTexts} from './texts.ts';

/**
 * For bash 3.2 and newer. bash breaks words at `=` and `:`, so that what is behind them comes as words of their own; and it asks for a
 * command by the word that was typed, so that an alias is completed like the program.
 */
export const bashScript = ({programs, table, lists}: ShellTexts): string => `# bash completion of zenml-airgap
_zenml_airgap_table=${table}
_zenml_airgap_answers=${lists.answers}
_zenml_airgap_topics=${lists.topics}
_zenml_airgap_names=${lists.names}

_zenml_airgap_offer() {
	local word
	for word in $1; do
		[[ $word$2 == "$cur"* ]] && COMPREPLY+=("$word$2")
	done
}

_zenml_airgap_values() {
	case "$1" in
		@files) local IFS=$'\\n'; compopt -o filenames 2>/dev/null
			COMPREPLY=($(compgen -f -- "$cur")) ;;
		@answers) compopt -o nospace 2>/dev/null; _zenml_airgap_offer "$_zenml_airgap_answers" = ;;
		@topics) _zenml_airgap_offer "$_zenml_airgap_topics" '' ;;
		@names) _zenml_airgap_offer "$_zenml_airgap_names" '' ;;
		@*) ;;
		*) _zenml_airgap_offer "$1" '' ;;
	esac
}

_zenml_airgap_look() {
	local at kind word values about
	found='' next=''
	while IFS='|' read -r at kind word values about; do
		[[ $at == "$path" && $word == "$1" && $kind == "$2" ]] || continue
		found=yes next=$values
		return
	done <<<"$_zenml_airgap_table"
}

_zenml_airgap() {
	local cur=\${COMP_WORDS[COMP_CWORD]} path='' given=0 wanted='' found next index word
	local at kind values about few=yes
	local -a options=()
	COMPREPLY=()
	for ((index = 1; index < COMP_CWORD; index++)); do
		word=\${COMP_WORDS[index]}
		case "$word" in
			=|:) [[ $wanted ]] || wanted=@any; continue ;;
		esac
		if [[ $wanted ]]; then wanted=''; continue; fi
		if [[ $word == -* ]]; then _zenml_airgap_look "$word" option; wanted=$next; continue; fi
		_zenml_airgap_look "$word" command
		if [[ $found ]]; then path="\${path:+$path }$word" given=0; else given=$((given + 1)); fi
	done
	[[ $cur == = || $cur == : ]] && { [[ $wanted ]] || wanted=@any; cur=''; }
	if [[ $wanted ]]; then _zenml_airgap_values "$wanted"; return; fi
	while IFS='|' read -r at kind word values about; do
		[[ $at == "$path" ]] || continue
		case "$kind" in
			argument) [[ ( $word == $((given + 1)) || ( $word == *+ && \${word%+} -le $((given + 1)) ) ) && $cur != -* ]] && few='' && _zenml_airgap_values "$values" ;;
			command) few=''; [[ $given == 0 && $word == "$cur"* ]] && COMPREPLY+=("$word") ;;
			*) [[ $word == "$cur"* ]] && options+=("$word") ;;
		esac
	done <<<"$_zenml_airgap_table"
	[[ $cur == -* || $few ]] && COMPREPLY=("\${options[@]}")
	return 0
}

complete -F _zenml_airgap ${programs.join(' ')}
`;
