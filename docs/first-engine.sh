#!/bin/sh
# An engine in one file, to try Relight on: docs/first-engine.md. It trades nothing; it lives, beats, and does as it is told.
# `engine.sh run` is the engine; every other first word is a command of Relight: 0 is yes, anything else is no.
cd "$(dirname "$0")" || exit 1

fresh() { # it has beaten within the last 5 seconds
  [ $(($(date +%s) - $(cat beat 2>/dev/null || echo 0))) -le 5 ]
}

case "$1" in
  run)
    echo $$ > pid
    echo "started as pid $$, not trading"
    while :; do date +%s > beat; sleep 1; done ;;
  quickHealth)
    kill -0 "$(cat pid 2>/dev/null)" 2>/dev/null || { echo "it is not running" >&2; exit 1; }
    fresh || { echo "it does not beat" >&2; exit 1; } ;;
  comprehensiveHealth)
    "./$(basename "$0")" quickHealth && echo "process and heart: OK" ;;
  state) echo '{}' ;; # positions, as JSON by symbol: it holds none
  riskLimits) echo "max order notional 10,000" ;;
  setLimits) echo "$2" > percent && echo "limits at $2 %" ;;
  enableStrategies) echo "$2" > strategies && echo "strategies: $2" ;;
  shutdown) kill "$(cat pid)" && rm -f pid ;;
  *) echo "usage: $0 run | COMMAND" >&2; exit 2 ;;
esac
