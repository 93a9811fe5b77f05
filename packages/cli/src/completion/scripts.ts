export const shells = ['bash', 'zsh', 'fish'] as const;

/**
 * What makes each shell ask `clipscribe complete -- WORD…`, where the last word is the one to complete. The first line
 * of the answer is `:words`, `:files` or `:folders`; the others are candidates, with a tab before what they mean.
 */
export const completionScripts: Readonly<Record<(typeof shells)[number], string>> = {
  bash: `_clipscribe() {
  local answer kind
  mapfile -t answer < <(clipscribe complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  kind=\${answer[0]}
  COMPREPLY=("\${answer[@]:1}")
  COMPREPLY=("\${COMPREPLY[@]%%$'\\t'*}")
  case $kind in
    :files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}") ;;
    :folders) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "\${COMP_WORDS[COMP_CWORD]}") ;;
  esac
}
complete -F _clipscribe clipscribe
`,
  zsh: `#compdef clipscribe
_clipscribe() {
  local -a answer candidates
  answer=("\${(@f)$(clipscribe complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ $answer[1] != :words && $words[CURRENT] == --*=* ]] && compset -P 1 '*='
  case $answer[1] in
    :files) _files ;;
    :folders) _files -/ ;;
    *)
      candidates=("\${(@)\${(@)\${(@)answer[2,-1]}//:/\\\\:}//$'\\t'/:}")
      _describe clipscribe candidates ;;
  esac
}
if [[ \${funcstack[1]} == _clipscribe ]]; then _clipscribe; else compdef _clipscribe clipscribe; fi
`,
  fish: `function __clipscribe_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l answer (clipscribe complete -- $words[2..-1] 2>/dev/null)
    switch "$answer[1]"
        case :files
            __fish_complete_path (commandline -ct)
        case :folders
            __fish_complete_directories (commandline -ct)
        case '*'
            printf '%s\\n' $answer[2..-1]
    end
end
complete -c clipscribe -f -a '(__clipscribe_complete)'
`,
};
