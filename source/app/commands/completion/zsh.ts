import type {ShellTexts} from './texts.ts';

/**
 * For zsh 5. It puts the text of an alias in the place of its name before it completes, which leaves nothing of this program where the
 * alias starts Node: such an alias becomes a function of the same name.
 */
export const zshScript = ({programs, table, lists}: ShellTexts): string => `#compdef ${programs.join(' ')}
# zsh completion of zenml-airgap
typeset -g _zenml_airgap_table=${table}
typeset -g _zenml_airgap_answers=${lists.answers}
typeset -g _zenml_airgap_topics=${lists.topics}
typeset -g _zenml_airgap_names=${lists.names}

_zenml_airgap_values() {
	case "$1" in
		@files) _files ;;
		@answers) compadd -S = -q -- \${=_zenml_airgap_answers} ;;
		@topics) compadd -- \${=_zenml_airgap_topics} ;;
		@names) compadd -- \${=_zenml_airgap_names} ;;
		@*) _message 'a value' ;;
		*) compadd -- \${=1} ;;
	esac
}

_zenml_airgap() {
	local at='' wanted='' word line
	local -i given=0 index
	local -a row found commands options
	for ((index = 2; index < CURRENT; index++)); do
		word=\${(Q)words[index]}
		if [[ -n $wanted ]]; then wanted=''; continue; fi
		if [[ $word == -* ]]; then
			found=(\${(M)\${(f)_zenml_airgap_table}:#$at\\|option\\|$word\\|*})
			row=("\${(@s:|:)found[1]}")
			wanted=\${row[4]-}
			continue
		fi
		found=(\${(M)\${(f)_zenml_airgap_table}:#$at\\|command\\|\${(b)word}\\|*})
		if (( $#found )); then at="\${at:+$at }$word" given=0; else (( given += 1 )); fi
	done
	if [[ -n $wanted ]]; then _zenml_airgap_values "$wanted"; return; fi
	if [[ \${words[CURRENT]} == --*=* ]]; then
		word=\${words[CURRENT]%%=*}
		found=(\${(M)\${(f)_zenml_airgap_table}:#$at\\|option\\|$word\\|*})
		row=("\${(@s:|:)found[1]}")
		compset -P 1 '*=' && _zenml_airgap_values "\${row[4]-}"
		return
	fi
	for line in \${(f)_zenml_airgap_table}; do
		row=("\${(@s:|:)line}")
		[[ $row[1] == $at ]] || continue
		case $row[2] in
			argument) [[ ( $row[3] == $((given + 1)) || ( $row[3] == *+ && \${row[3]%+} -le $((given + 1)) ) ) && \${words[CURRENT]} != -* ]] && _zenml_airgap_values "$row[4]" ;;
			command) (( given )) || commands+=("$row[3]:\${(j:|:)row[5,-1]}") ;;
			*) options+=("$row[3]:\${(j:|:)row[5,-1]}") ;;
		esac
	done
	(( $#commands )) && _describe -t commands command commands
	_describe -o -t options option options
}

if [[ \${funcstack[1]-} == _zenml-airgap ]]; then
	_zenml_airgap "$@"
elif (( ! $+functions[compdef] )); then
	print -u2 "zenml-airgap: the completion of zsh is not on. Put this line before: autoload -Uz compinit && compinit"
else
	if [[ \${aliases[zenml-airgap]-} == *[[:space:]]* ]]; then
		functions[zenml-airgap]="\${aliases[zenml-airgap]} \\"\\$@\\""
		unalias zenml-airgap
	fi
	compdef _zenml_airgap ${programs.join(' ')}
fi
`;
