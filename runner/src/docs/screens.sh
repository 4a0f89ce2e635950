#!/bin/sh
# Draws the README's terminal pictures anew from a real run of the smoke profile, in a directory
# that is thrown away. Needs tmux and a JDK:
#
#   runner/src/docs/screens.sh [COMMAND]     COMMAND runs the program; default ./amalgam
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=$(CDPATH='' cd -- "$here/../../.." && pwd -P)
amalgam=${1:-$root/amalgam}
work=$(mktemp -d)
session=amalgam-screens-$$
trap 'tmux kill-session -t "$session" 2>/dev/null || :; rm -rf "$work"' EXIT
ln -s "$root/recipes" "$work/recipes"
cd "$work"

draw() { # draw NAME SHOWN-COMMAND < text
  java "$here/TerminalPicture.java" "\$ $2" > "$here/$1.svg"
}

# Of a run at work the screen is caught once at least three stages are done.
run="amalgam run recipes/final-recipe.yaml --profile smoke"
tmux new-session -d -s "$session" -x 100 -y 24 \
  "AMALGAM_TERMINAL=yes TERM=xterm '$amalgam' run recipes/final-recipe.yaml --profile smoke; sleep 1"
while ! tmux capture-pane -p -t "$session" | grep -q '█.*█'; do sleep 0.05; done
until [ "$(tmux capture-pane -p -t "$session" | grep -c '^ran ')" -ge 5 ] \
  && tmux capture-pane -p -t "$session" | grep -q '█'; do sleep 0.05; done
tmux capture-pane -e -p -t "$session" | sed 's/[[:space:]]*$//' | draw run "$run"
while tmux has-session -t "$session" 2>/dev/null; do sleep 0.2; done

"$amalgam" plan recipes/final-recipe.yaml --profile smoke --set alpha=0.6 --compare \
  | draw plan "amalgam plan recipes/final-recipe.yaml --profile smoke --set alpha=0.6 --compare"
"$amalgam" why 'ours, alpha 0.75 / VQA' \
  | draw why "amalgam why 'ours, alpha 0.75 / VQA'"
