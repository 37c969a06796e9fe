_compare() {
  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words=""
  case "$before" in
    --model) words="cnn rnn all" ;;
    --norm) words="none batch layer instance group rms renorm dyt all" ;;
    --data) words="digits fashion-mnist mnist all" ;;
    --optimizer) words="sgd adam all" ;;
    --activation) words="relu tanh sigmoid all" ;;
    --placement) words="before after input-path time-step all" ;;
    --weight-decay-of) words="weights all all" ;;
    --schedule) words="constant cosine step all" ;;
    --dropout-at) words="classifier layers all" ;;
    --affine) words="on off all" ;;
    --last-batch) words="keep drop all" ;;
    --tune) words="learning-rate init-scale" ;;
    --pivot) words="model norm data seed batch-size learning-rate optimizer groups activation placement init-scale width depth epochs clip momentum weight-decay weight-decay-of schedule warm-up dropout dropout-at label-smoothing epsilon decay affine train-limit validation last-batch evaluate-every" ;;
    --results) COMPREPLY=($(compgen -d -- "$word")); return ;;
    completion) words="bash zsh fish" ;;
  esac
  if [ -n "$words" ]; then
    # Lists: what stands before the last comma stays.
    local list="${word%"${word##*,}"}"
    COMPREPLY=($(compgen -P "$list" -W "$words" -- "${word##*,}"))
  elif [ "$COMP_CWORD" = 1 ] && [ "${word#-}" = "$word" ]; then
    COMPREPLY=($(compgen -W "show columns completion" -- "$word"))
  else
    COMPREPLY=($(compgen -W "--model --norm --data --seed --batch-size --learning-rate --optimizer --groups --activation --placement --init-scale --width --depth --epochs --clip --momentum --weight-decay --weight-decay-of --schedule --warm-up --dropout --dropout-at --label-smoothing --epsilon --decay --affine --train-limit --validation --last-batch --evaluate-every --seeds --tune --budget --baseline --markdown --latex --json --sort --top --pivot --jobs --threads --results --force --dry-run --quiet --help --version" -- "$word"))
  fi
}
complete -F _compare compare
